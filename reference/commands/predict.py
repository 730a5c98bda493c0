"""The command `predict`: rows of a table in, the network's answers out, as CSV."""

import argparse
import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from reference.commands.data import scaled
from reference.commands.line import lines_from
from reference.commands.options import add_data
from reference.commands.progress import spinner
from reference.datasets.preparation import Preparation
from reference.datasets.scales import Scaling
from reference.datasets.tables import Choose, Table, nameless, no_collector, place_of, read_table
from reference.numbers.shown import shown
from reference.specification.messages import printable

SAMPLES = 4096  # rows a pass, so that no array grows large
EXAMPLES = """Examples:
  python -m {name} train iris --save iris.json
  python -m {name} predict iris.json iris > answers.csv"""


def add_to(commands: Any, twin: Any) -> None:
    """Add the command to those of a twin, which is the package itself."""
    parser = commands.add_parser(
        "predict",
        help="answer the rows of a table with a trained network",
        description="Write the network's answers as CSV: the class and every class's output, or the numbers it learnt.\n"
        "Inputs are treated as in training; the columns it learnt to answer may be there, and are not looked at.",
        epilog=EXAMPLES.format(name=twin.__name__),
    )
    parser.add_argument("network", metavar="NETWORK", help="a network file of either twin, or - for standard input")
    add_data(parser)
    parser.set_defaults(run=partial(run, twin), prog=parser.prog)


def run(twin: Any, options: argparse.Namespace) -> int:
    """Print the answers to every row, and return the exit status."""
    if options.network == options.data == "-":
        raise ValueError("NETWORK and DATA cannot both be standard input")
    network = loaded(twin, options.network)
    preparation = preparation_of(network, options.network) or plain(network)
    with spinner(f"reading {options.data}"), no_collector(), lines_from(options.data) as (lines, source):
        table = read_table(lines, source, choice(preparation, options), options.header)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading(network, preparation))
    with spinner("predicting"):
        writer.writerows(answers(network, preparation, table))
    content = text.getvalue()
    if sys.stdout.isatty():  # the name of a class may hold what steers a terminal; a file gets it as it is
        content = "\n".join(map(printable, content.split("\n")))
    sys.stdout.write(content)
    return 0


def heading(network: Any, preparation: Preparation) -> list[str]:
    """Return the names of the answers: the class and every class's output, or the columns of numbers."""
    if not preparation.classes:
        return list(preparation.target_columns)
    return [preparation.target_columns[0], *(preparation.classes if network.n_outputs > 1 else ["output"])]


def loaded(twin: Any, name: str) -> Any:
    """Return the network of a file, or of standard input."""
    if name == "-" and sys.stdin is None:
        raise ValueError("standard input is closed")
    return twin.NeuralNetwork.load(sys.stdin.buffer if name == "-" else name)


def preparation_of(network: Any, name: str) -> Preparation | None:
    """Return what a network file says of its data, None if nothing; ValueError names the file."""
    try:
        return Preparation.of(network)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def by_place(preparation: Preparation) -> bool:
    """Whether the network learnt from a table without names, or its file knows none."""
    names = (*preparation.columns, *preparation.target_columns) if preparation.columns else ()
    numbers = [int(name.split()[1]) for name in preparation.columns if nameless(name)]
    return all(map(nameless, names)) and numbers == sorted(numbers)


def plain(network: Any) -> Preparation:
    """Return what is assumed of a network whose file says nothing of data: no scaling, and classes for softmax."""
    classes = tuple(map(str, range(network.n_outputs))) if network.output == "softmax" else ()
    targets = ("class",) if classes else tuple(f"o{o}" for o in range(network.n_outputs))
    ones = [Scaling([0.0] * size, [1.0] * size) for size in (network.n_inputs, network.n_outputs)]
    return Preparation((), ones[0], targets, ones[1], classes)


def choice(preparation: Preparation, options: argparse.Namespace) -> Choose:
    """Return what chooses the network's inputs among the columns of a table, and refuses a table with others."""
    wanted, answered, n_inputs = preparation.columns, preparation.target_columns, len(preparation.inputs.shift)

    def choose(names: list[str]) -> tuple[list[int], list[int]]:
        left_out = {place_of(column, names, "ignored column") for column in options.ignored}
        if by_place(preparation):
            if len(names) - len(left_out) > n_inputs:
                left_out |= {int(name.split()[1]) - 1 for name in answered if nameless(name)}
        elif options.header is not False:
            left_out |= {at for at, name in enumerate(names) if name in answered and name not in wanted}
        inputs_at = [at for at in range(len(names)) if at not in left_out]
        given = [names[at] for at in inputs_at]
        if by_place(preparation) or options.header is False:
            if len(given) != n_inputs:
                raise ValueError(
                    f"has {len(given)} columns for the {n_inputs} inputs of {options.network}; "
                    "ignore the others with --ignore NUMBER"
                )
        elif given != list(wanted):
            raise ValueError(difference(given, list(wanted), inputs_at))
        return inputs_at, []

    return choose


def difference(given: list[str], wanted: list[str], places: list[int]) -> str:
    """Return how the columns of a table differ from those of a network: one is missing, too many, or elsewhere."""
    here, there = Counter(given), Counter(wanted)
    if not here.keys() & there.keys():
        return f"has none of the network's {len(wanted)} columns ({shown(wanted[0])}, ...); is there no header (--no-header)?"
    for name in wanted:
        if name not in here:
            return f"column {shown(name)} is not there, which the network takes"
    for name in given:
        if here[name] > there[name]:
            return f"column {shown(name)} is one too many; ignore it with --ignore {places[given.index(name)] + 1}"
    elsewhere = [at for at, (name, other) in enumerate(zip(given, wanted, strict=True)) if name != other]
    return (
        f"the columns are in another order, {len(elsewhere)} of {len(given)} elsewhere: "
        f"{shown(given[elsewhere[0]])} stands where the network takes {shown(wanted[elsewhere[0]])}; put them in its order"
    )


def answers(network: Any, preparation: Preparation, table: Table) -> Iterator[list[Any]]:
    """Yield the class and the outputs, or the numbers, for every row."""
    for start in range(0, len(table.inputs), SAMPLES):
        rows = scaled(table, table.columns, table.inputs[start : start + SAMPLES], preparation.inputs, first=start)
        try:
            o_nodes = network.predict(rows)
            numbers = preparation.numbers(o_nodes)
        except (ValueError, FloatingPointError) as error:
            raise ValueError(f"{table.source}, counting samples from line {table.lines[start]} on: {error}") from None
        if not preparation.classes:
            yield from numbers
            continue
        for label, outputs in zip(preparation.labels(o_nodes), numbers, strict=True):
            yield [preparation.classes[label], *outputs]
