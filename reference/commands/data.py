"""From a name on the command line to a training part and a held-out part."""

import argparse
from collections.abc import Sequence

from reference.commands.line import lines_from
from reference.datasets import Dataset, split
from reference.datasets.dataset import choice, dataset_of, task_of
from reference.datasets.preparation import Preparation, prepare
from reference.datasets.scales import Rows, Scaling
from reference.datasets.tables import Table, read_table
from reference.numbers.shown import shown
from reference.specification.network_file import LARGEST_DOUBLE, LARGEST_SINGLE

REACH = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, 1.0)}


def load(options: argparse.Namespace) -> tuple[Table, Dataset]:
    """Return the table and data set that the options name, and settle the task and the output where they are left open."""
    with lines_from(options.data) as (lines, source):
        table = read_table(lines, source, choice(options.targets, options.ignored), options.header)
    if options.task is None:
        known_classes = options.data in ("iris", "digits") and options.targets is None
        options.task = "classification" if known_classes else task_of(table, options.output)
    data = dataset_of(table, options.task)
    if options.output is None:
        options.output = "softmax" if options.task == "classification" else "identity"
    if options.output == "softmax" and len(data.targets[0]) == 1:
        raise ValueError("the only output of a softmax is always 1; for one column of numbers choose another --output")
    return table, data


def prepared_parts(table: Table, data: Dataset, options: argparse.Namespace) -> tuple[Preparation, Dataset, Dataset]:
    """Return what the training part teaches, and both parts as the network takes them.

    Raises ValueError that names file, line and column of a number that is too large for the scale.
    """
    training, _ = parts(data, options)
    try:
        preparation = prepare(training, options.scale, target_scale(training, options))
    except ValueError as error:
        raise ValueError(f"{options.data}: {error}") from None
    largest = LARGEST_SINGLE if options.dtype == "float32" else LARGEST_DOUBLE
    inputs = scaled(table, table.columns, data.inputs, preparation.inputs, largest=largest)
    targets = scaled(table, table.target_columns, data.targets, preparation.targets, largest=largest)
    return preparation, *parts(data._replace(inputs=inputs, targets=targets), options)


def scaled(
    table: Table, columns: Sequence[str], rows: Rows, scale: Scaling, *, first: int = 0, largest: float = LARGEST_DOUBLE
) -> Rows:
    """Return rows of a table, from its sample `first` on, under a scale; ValueError names a number that is too large for it."""
    under_scale = scale.apply(rows)
    for s, row in enumerate(under_scale):
        if max(row) > largest or min(row) < -largest:
            at = next(at for at, x in enumerate(row) if not -largest <= x <= largest)
            where = table.place(first + s, columns[at])
            raise ValueError(
                f"{where}: {rows[s][at]!r} is too large under the scale of the training part; correct it, or leave it out"
            )
    return under_scale


def parts(data: Dataset, options: argparse.Namespace) -> tuple[Dataset, Dataset]:
    """Return the training part and the held-out part, which may be empty."""
    if options.test_fraction == 0:
        return data, data._replace(inputs=[], targets=[], labels=[])
    try:
        return split(data, options.test_fraction, options.seed)
    except ValueError:
        raise ValueError(
            f"{options.data}: has {rows(len(data.inputs))}, of which a --test-fraction of {options.test_fraction} leaves "
            "a part without any; give more rows, or another fraction (0 holds none out)"
        ) from None


def target_scale(training: Dataset, options: argparse.Namespace) -> str:
    """Return the scale of the targets: none for classes; for numbers what brings them within the reach of the output."""
    scale: str | None = options.scale_targets
    if options.task == "classification" or options.output == "softmax":
        if scale not in (None, "none"):
            raise ValueError(f"--scale-targets is {shown(scale)}, but classes are not scaled; is it a --task regression?")
        return "none"
    if scale is not None:
        return scale
    if options.output not in REACH:
        return "standard"
    least, largest = REACH[options.output]
    return "none" if all(least <= y <= largest for targets in training.targets for y in targets) else "minmax"


def rows(number: int) -> str:
    """Return e.g. "1 row" or "1,200 rows"."""
    return f"{number:,} row{'' if number == 1 else 's'}"
