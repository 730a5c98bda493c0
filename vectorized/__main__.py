"""The command line: `python -m vectorized train`, `predict`, `show`."""

import sys

import vectorized
from reference import commands
from reference.commands import line


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = line.Parser(
        prog="python -m vectorized",
        description="Train and use a network with one hidden layer, computed with matrices.",
        epilog="Example:\n  python -m vectorized train iris",
    )
    commands.add_to(parser, vectorized)
    return line.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
