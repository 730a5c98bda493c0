"""The command `predict`: rows of a table in, the network's answers out, as CSV."""

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from reference.commands.line import lines_from
from reference.commands.options import add_data
from reference.commands.progress import spinner
from reference.messages import shown
from reference.preparation import Preparation
from reference.scaling import Scaling
from reference.tables import Choose, Table, nameless, no_collector, place_of, read_table

SAMPLES = 4096  # rows a pass, so that the work space stays small
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
    network = loaded(twin, options.network)
    if options.network == options.data == "-":
        raise ValueError("NETWORK and DATA cannot both be standard input")
    preparation = Preparation.of(network) or plain(network)
    with spinner(f"reading {options.data}"), no_collector(), lines_from(options.data) as (lines, source):
        table = read_table(lines, source, choice(preparation, options), options.header)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading(network, preparation))
    with spinner("predicting"):
        writer.writerows(answers(network, preparation, table))
    sys.stdout.write(text.getvalue())
    return 0


def heading(network: Any, preparation: Preparation) -> list[str]:
    """Return the names of the answers: the class and every class's output, or the columns of numbers."""
    if not preparation.classes:
        return list(preparation.target_columns)
    return [preparation.target_columns[0], *(preparation.classes if network.n_outputs > 1 else ["output"])]


def loaded(twin: Any, name: str) -> Any:
    """Return the network of a file, or of standard input."""
    return twin.NeuralNetwork.load(sys.stdin.buffer if name == "-" else name)


def plain(network: Any) -> Preparation:
    """Return what is assumed of a network whose file says nothing of data: no scaling, and classes for softmax."""
    columns = tuple(f"column {number}" for number in range(1, network.n_inputs + 1))
    classes = tuple(map(str, range(network.n_outputs))) if network.output == "softmax" else ()
    targets = ("class",) if classes else tuple(f"o{o}" for o in range(network.n_outputs))
    ones = [Scaling([0.0] * size, [1.0] * size) for size in (network.n_inputs, network.n_outputs)]
    return Preparation(columns, ones[0], targets, ones[1], classes)


def choice(preparation: Preparation, options: argparse.Namespace) -> Choose:
    """Return what chooses the network's inputs among the columns of a table, and refuses a table with others."""
    wanted, answered = preparation.columns, preparation.target_columns

    def choose(names: list[str]) -> tuple[list[int], list[int]]:
        left_out = {place_of(column, names, "ignored column") for column in options.ignored}
        if nameless(wanted[0]):  # by place: the network learnt from a table without names
            if len(names) - len(left_out) > len(wanted):
                left_out |= {int(name.split()[1]) - 1 for name in answered if nameless(name)}
        elif options.header is not False:
            left_out |= {at for at, name in enumerate(names) if name in answered and name not in wanted}
        inputs_at = [at for at in range(len(names)) if at not in left_out]
        given = [names[at] for at in inputs_at]
        if nameless(wanted[0]) or options.header is False:
            if len(given) != len(wanted):
                raise ValueError(
                    f"{options.data}: has {len(given)} columns for the {len(wanted)} inputs of {options.network}; "
                    "ignore the others with --ignore NUMBER"
                )
        elif given != list(wanted):
            raise ValueError(f"{options.data}: {difference(given, list(wanted))}; python -m reference show {options.network}")
        return inputs_at, []

    return choose


def difference(given: list[str], wanted: list[str]) -> str:
    """Return how the columns of a table differ from those of a network: one is missing, too many, or elsewhere."""
    if not set(given) & set(wanted):
        return f"has none of the network's {len(wanted)} columns ({shown(wanted[0])}, ...); is there no header (--no-header)?"
    for name in wanted:
        if name not in given:
            return f"column {shown(name)} is not there, which the network takes"
    for name in given:
        if name not in wanted or given.count(name) > wanted.count(name):
            return f"column {shown(name)} is one too many; ignore it with --ignore {given.index(name) + 1}"
    elsewhere = [at for at, (name, other) in enumerate(zip(given, wanted, strict=True)) if name != other]
    return (
        f"the columns are in another order, {len(elsewhere)} of {len(given)} elsewhere: "
        f"{shown(given[elsewhere[0]])} stands where the network takes {shown(wanted[elsewhere[0]])}; put them in its order"
    )


def answers(network: Any, preparation: Preparation, table: Table) -> Iterator[list[Any]]:
    """Yield the class and the outputs, or the numbers, for every row."""
    for start in range(0, len(table.inputs), SAMPLES):
        try:
            o_nodes = network.predict(preparation.inputs.apply(table.inputs[start : start + SAMPLES]))
        except (ValueError, FloatingPointError) as error:
            raise ValueError(f"{table.source}, sample 0 is line {table.lines[start]}: {error}") from None
        numbers = preparation.numbers(o_nodes)
        if not preparation.classes:
            yield from numbers
            continue
        for label, outputs in zip(preparation.labels(o_nodes), numbers, strict=True):
            yield [preparation.classes[label], *outputs]
