"""Load the data named on the command line, and split it into a training set and a test set."""

import argparse
import sys
from functools import partial

from reference.datasets import Dataset, split
from reference.datasets.built_in import BUILT_IN, lines_of
from reference.datasets.csv_files import choose, dataset_of, task_of
from reference.datasets.tables import Choose, Table, limited_lines, read_table

# For these output activations, the targets are scaled to 0..1 if any target is outside the range given here.
RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, 1.0)}


def file_of(data: str | None) -> str | None:
    """Return the file that DATA names (`-` for standard input), or None for a built-in data set."""
    return None if data in BUILT_IN else data


def table_of(options: argparse.Namespace, choice: Choose, skip: str = "inputs") -> Table:
    """Return the table of a built-in data set, of standard input (-) or of a file."""
    decimal, skip_missing = "," if options.decimal == "comma" else ".", skip if options.skip_missing else ""
    name, how = options.data, (options.header, decimal, skip_missing)
    if name in BUILT_IN:
        return read_table(lines_of(name), name, choice, *how)
    if name == "-":
        return read_table(limited_lines(sys.stdin.buffer), "standard input", choice, *how)
    try:
        with open(name, "rb") as file:
            return read_table(limited_lines(file), name, choice, *how)
    except FileNotFoundError:
        raise ValueError(f"{name}: no such file; DATA is {', '.join(BUILT_IN)}, - or the name of a CSV file") from None


def load(options: argparse.Namespace) -> Dataset:
    """Return the data set that the options name. Also set the options task, task_is_guessed, output and skipped."""
    choice = partial(choose, targets=options.targets, ignored=options.ignored)
    table = table_of(options, choice, "all")
    known_classes = options.data in ("iris", "digits") and options.targets is None
    options.task_is_guessed = options.task is None and not known_classes
    if options.task is None:
        options.task = "classification" if known_classes else task_of(table, options.output)
    data, options.skipped = dataset_of(table, options.task), table.skipped
    if options.output is None:
        options.output = "softmax" if options.task == "classification" else "identity"
    if options.output == "softmax" and len(data.targets[0]) == 1:
        raise ValueError("a softmax with one output always gives 1; choose another --output for one column of numbers")
    return data


def split_data(data: Dataset, options: argparse.Namespace) -> tuple[Dataset, Dataset]:
    """Return the training set and the test set. With --test-fraction 0, all rows are for training."""
    if options.test_fraction == 0:
        return data, data._replace(inputs=[], targets=[], labels=[])
    n_rows = len(data.inputs)
    if not 0 < round(n_rows * options.test_fraction) < n_rows:
        raise ValueError(
            f"{options.data}: has {n_rows:,} rows; with --test-fraction {options.test_fraction} the training set or "
            "the test set has no rows; give more rows, or another fraction (0 for no test set)"
        )
    return split(data, options.test_fraction, options.seed)


def target_scale(training: Dataset, options: argparse.Namespace) -> str:
    """Return the scale of the targets: "none" for classes, and for numbers a scale that fits the output."""
    if options.task == "classification" or options.output == "softmax":
        return "none"
    if options.output not in RANGES:
        return "standard"
    least, largest = RANGES[options.output]
    return "none" if all(least <= y <= largest for targets in training.targets for y in targets) else "minmax"
