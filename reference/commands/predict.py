"""The command `predict`: read the rows of a table, and write the network's answers as CSV."""

import argparse
import csv
import io
import sys
from functools import partial

from reference.commands.data import table_of
from reference.commands.line import Commands
from reference.commands.options import add_data
from reference.commands.package import Network, Package
from reference.commands.progress import spinner
from reference.commands.score import show_score
from reference.datasets.preparation import Preparation, input_places
from reference.datasets.scales import Scaling
from reference.datasets.tables import Table, ignored_places, nameless
from reference.numbers.description import describe
from reference.specification.messages import printable

EXAMPLES = """Examples:
  python -m {name} train iris --save iris.json
  python -m {name} predict iris.json iris > answers.csv"""


def add_to(commands: Commands, package: Package) -> None:
    """Add the command to the commands of a package."""
    parser = commands.add_parser(
        "predict",
        help="apply a trained network to the rows of a table",
        description="Write the network's answers as CSV: the class and the output of every class, or the predicted numbers.\n"
        "Inputs are scaled as in training. If the target columns are in the table, a report on standard error says how\n"
        "good the answers are.",
        epilog=EXAMPLES.format(name=package.__name__),
    )
    parser.add_argument("network", metavar="NETWORK", help="a network file saved by either package, or - for standard input")
    add_data(parser)
    parser.set_defaults(run=partial(run, package), prog=parser.prog)


def run(package: Package, options: argparse.Namespace) -> int:
    """Print the answers to every row, and return the exit status."""
    if options.network == options.data == "-":
        raise ValueError("NETWORK and DATA cannot both be standard input")
    network = load_network(package, options.network)
    preparation = preparation_of(network, options.network) or default_preparation(network)
    choice = partial(choose_columns, preparation=preparation, options=options)
    with spinner(f"reading {options.data}"):
        table = table_of(options, choice)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = heading(network, preparation)
    writer.writerow(names)
    with spinner("predicting"):
        rows = dict(zip(table.lines, answers(network, preparation, table), strict=True))
    # a row that was left out gets empty fields, so that the rows of DATA and of the answers correspond
    writer.writerows(rows.get(line, [""] * len(names)) for line in sorted((*table.lines, *table.skipped)))
    content = text.getvalue()
    if sys.stdout.isatty():  # the name of a class may contain control characters
        content = "\n".join(map(printable, content.split("\n")))
    sys.stdout.write(content)
    sys.stdout.flush()
    show_score(network, preparation, table)
    return 0


def load_network(package: Package, name: str) -> Network:
    """Return the network of a file, or of standard input."""
    return package.NeuralNetwork.load(sys.stdin.buffer if name == "-" else name)


def preparation_of(network: Network, name: str) -> Preparation | None:
    """Return the names and scales in a network file, or None if the file has none. A ValueError names the file."""
    try:
        return Preparation.of(network)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def default_preparation(network: Network) -> Preparation:
    """Return the preparation for a network file without one: no scaling, and classes for softmax."""
    net = network.architecture
    classes = tuple(map(str, range(net.n_outputs))) if net.output == "softmax" else ()
    columns = ("class",) if classes else tuple(f"o{o}" for o in range(net.n_outputs))
    inputs, targets = (Scaling([0.0] * size, [1.0] * size) for size in (net.n_inputs, net.n_outputs))
    return Preparation((), inputs, columns, targets, classes)


def choose_columns(names: list[str], preparation: Preparation, options: argparse.Namespace) -> tuple[list[int], list[int]]:
    """Return the positions of the network's inputs in a table, and of its targets if the table has all targets."""
    inputs_at = choose_inputs(names, preparation, options)
    targets_at = [names.index(column) for column in preparation.target_columns if column in names]
    is_complete = len(targets_at) == len(preparation.target_columns) and not set(targets_at) & set(inputs_at)
    return inputs_at, targets_at if is_complete else []


def choose_inputs(names: list[str], preparation: Preparation, options: argparse.Namespace) -> list[int]:
    """Return the positions of the network's inputs in a table. Raises ValueError for a missing column or too many columns.

    If the training file and the table have column names, the inputs are found by name. If neither has column names, and the
    table has columns at exactly the positions of the inputs and targets in the training file (ignored columns do not count),
    the inputs are found by position. Otherwise the inputs are all columns that are not ignored.
    """
    n_inputs, has_names = len(preparation.inputs.shift), not all(map(nameless, preparation.columns))
    ignored_at = ignored_places(options.ignored, names)
    if has_names and options.header is not False:
        return input_places(["" if at in ignored_at else name for at, name in enumerate(names)], preparation.columns)
    inputs_at = [at for at in range(len(names)) if at not in ignored_at]
    layout = [*preparation.columns, *preparation.target_columns]
    if not has_names and sorted(names[at] for at in inputs_at) == sorted(layout):
        return [names.index(column) for column in preparation.columns]
    if len(inputs_at) != n_inputs:
        advice = "ignore the others with --ignore NUMBER" if len(inputs_at) > n_inputs else "a column is missing"
        if not has_names and preparation.columns:
            advice += f" (in the training, the inputs were {describe(list(preparation.columns))})"
        raise ValueError(f"has {len(inputs_at)} columns, but {options.network} has {n_inputs} inputs; {advice}")
    return inputs_at


def heading(network: Network, preparation: Preparation) -> list[str]:
    """Return the heading of the answers: the name of the target and the names of all classes, or the names of the targets."""
    if not preparation.classes:
        return list(preparation.target_columns)
    return [preparation.target_columns[0], *(preparation.classes if network.architecture.n_outputs > 1 else ["output"])]


def answers(network: Network, preparation: Preparation, table: Table) -> list[list[object]]:
    """Return for each row the class and the outputs, or only the predicted numbers if there are no classes."""
    try:
        o_nodes = network.predict(preparation.inputs.apply(table.inputs))
        numbers = preparation.numbers(o_nodes)
    except (ValueError, FloatingPointError) as error:
        raise ValueError(f"{table.source} (sample 0 is line {table.lines[0]}): {error}") from None
    if not preparation.classes:
        return [list(row) for row in numbers]
    labels = preparation.labels(o_nodes)
    return [[preparation.classes[label], *row] for label, row in zip(labels, numbers, strict=True)]
