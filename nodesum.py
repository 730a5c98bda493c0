"""The command `nodesum`: the commands of `python -m reference`, but `train`, `predict` and `show` use the matrices.

This file is in neither package: before it imports the two packages, it checks in which folders Python finds them.
"""

import argparse
import re
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference.commands.line import Commands, Parser

HERE = Path(__file__).resolve().parent
ERROR = 2
ADVICE = "install nodesum in its own virtual environment, and unset PYTHONPATH"
EXAMPLES = """Examples:
  nodesum tour
  nodesum train iris --save iris.json
  nodesum predict iris.json iris > answers.csv
  nodesum check my_network.py:mine --hidden tanh
  nodesum explain --targets 1,0"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    try:
        check_packages()
        from reference.commands import line

        nodesum = parser()
    except ImportError as error:
        print(f"nodesum: {error}; {ADVICE}", file=sys.stderr)
        return ERROR
    return line.run(nodesum, arguments)


def check_packages() -> None:
    """Raise ImportError if Python finds a `reference` or `vectorized` that is not beside this file."""
    for name in ("reference", "vectorized"):
        found = place_of(find_spec(name))
        if found != HERE / name:
            raise ImportError(f"the package {name} of nodesum is {HERE / name}, but Python finds {found or 'none'}")
        if not hasattr(import_module(name), "NeuralNetwork"):  # another distribution has written its files over ours
            raise ImportError(f"{found} is not the package {name} of nodesum")


def place_of(specification: ModuleSpec | None) -> Path | None:
    """Return the folder of a package, or the file of a module."""
    if specification is None:
        return None
    folders = specification.submodule_search_locations
    place = next(iter(folders), None) if folders is not None else specification.origin
    return Path(place).resolve() if place else None


def parser() -> "Parser":
    """Return the parser of all commands."""
    import vectorized
    from reference import commands
    from reference.__main__ import add_checks_and_explanations, tour
    from reference.commands.line import Parser

    main = Parser(
        prog="nodesum",
        description="Train and use a network with one hidden layer, see how it computes, and check your own network.",
        epilog=EXAMPLES,
    )

    def show_help(options: argparse.Namespace) -> int:
        main.print_help()
        return 0

    main.set_defaults(run=show_help, prog=main.prog)
    subparsers = commands.add_to(main, vectorized)
    add_checks_and_explanations(subparsers)
    text = "the sums of a small network, then digits learnt with loops and with matrices (10 seconds)"
    command = subparsers.add_parser("tour", help=text, description=f"Show {text}.", epilog="Example:\n  nodesum tour")
    command.set_defaults(run=tour, prog=command.prog)
    add_benchmarks(subparsers)
    for command in subparsers.choices.values():
        command.usage, command.epilog = with_nodesum(command.usage), with_nodesum(command.epilog)
    return main


def with_nodesum(text: str | None) -> str | None:
    """Return a help text with `nodesum` in place of `python -m reference` and `python -m vectorized`."""
    return text and re.sub(r"\bpython -m (reference|vectorized)\b", "nodesum", text)


def add_benchmarks(commands: "Commands") -> None:
    """Add the command `benchmarks`, which accepts all options and only says where the benchmark is."""
    command = commands.add_parser("benchmarks", help="where the benchmark is", prefix_chars="\0", add_help=False)
    command.add_argument("arguments", nargs="*")
    command.set_defaults(run=benchmarks, prog=command.prog)


def benchmarks(options: argparse.Namespace) -> int:
    """Raise ValueError, which says where the benchmark is."""
    from reference.commands.checkout import place_of_benchmark

    raise ValueError(place_of_benchmark())


if __name__ == "__main__":
    sys.exit(main())
