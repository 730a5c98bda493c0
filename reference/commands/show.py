"""The command `show`: describe a network file on one screen."""

import argparse
from functools import partial

from rich.console import Console
from rich.table import Table

from reference.commands.line import Commands, console
from reference.commands.package import Package
from reference.commands.predict import load_network, preparation_of
from reference.commands.report import plain_table, say, show_table
from reference.datasets.scales import Scaling
from reference.layout import Layout

BLOCKS = ("ih weights", "h biases", "ho weights", "o biases")
FEW_COLUMNS, FEW_CLASSES = 6, 20
EXAMPLES = """Examples:
  python -m {name} train iris --save iris.json
  python -m {name} show iris.json"""


def add_to(commands: Commands, package: Package) -> None:
    """Add the command to the commands of a package."""
    parser = commands.add_parser(
        "show",
        help="describe a network file",
        description="Show sizes, functions, the range of every block of weights, and what the file says about the data.",
        epilog=EXAMPLES.format(name=package.__name__),
    )
    parser.add_argument("network", metavar="NETWORK", help="a network file saved by either package, or - for standard input")
    parser.set_defaults(run=partial(run, package), prog=parser.prog)


def run(package: Package, options: argparse.Namespace) -> int:
    """Print what is in the file, and return the exit status."""
    network, out = load_network(package, options.network), console()
    net, weights = network.architecture, list(map(float, network.weights))
    layout = net.layout
    names = f"hidden {net.hidden}, output {net.output}, loss {net.loss}"
    say(out, f"{layout} network, {layout.n_weights:,} weights; {names}")
    preparation = preparation_of(network, options.network)
    if preparation:
        show_columns(out, "inputs", preparation.columns, preparation.inputs, FEW_COLUMNS)
        what = f"classes of {preparation.target_columns[0]}" if preparation.classes else "targets"
        outputs = preparation.classes or preparation.target_columns
        show_columns(out, what, outputs, preparation.targets, FEW_CLASSES)
    elif network.data:
        say(out, f"data: {', '.join(network.data)}")
    show_table(out, block_table(layout, weights))
    return 0


def show_columns(out: Console, what: str, names: tuple[str, ...], scale: Scaling, few: int) -> None:
    """Print the names of the inputs, classes or targets, with their scaling if they are scaled."""
    has_scale = len(names) == len(scale.shift) and (any(scale.shift) or set(scale.divisor) != {1.0})
    formulas = [f"({name} - {shift:.4g}) / {divisor:.4g}" for name, shift, divisor in zip(names, *scale, strict=False)]
    columns = (formulas if has_scale else list(names))[:few]
    more = f", and {len(names) - few:,} more" if len(names) > few else ""
    say(out, f"{what}: {', '.join(columns)}{more}")


def block_table(layout: Layout, weights: list[float]) -> Table:
    """Return a table with the shape, the positions and the range of every block."""
    ends = [0, layout.h_biases_at, layout.ho_weights_at, layout.o_biases_at, layout.n_weights]
    shapes = [(layout.n_inputs, layout.n_hidden), (layout.n_hidden,), (layout.n_hidden, layout.n_outputs), (layout.n_outputs,)]
    rows = []
    for name, shape, start, end in zip(BLOCKS, shapes, ends, ends[1:], strict=False):
        block = weights[start:end]
        magnitude = sum(map(abs, block)) / len(block)
        rows.append((name, f"{shape}", f"{start} .. {end - 1}", *(f"{x:.4g}" for x in (min(block), max(block), magnitude))))
    return plain_table(("block", "shape", "positions", "least", "largest", "mean magnitude"), rows)
