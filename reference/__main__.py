"""The command line: `python -m reference` is the tour."""

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0 good, 2 could not."""
    parser = argparse.ArgumentParser(
        prog="python -m reference",
        description="The tour: the sums of a small network, then handwritten digits learnt by loops and by matrices.",
        epilog="Example: python -m reference",
    )
    parser.parse_args(arguments)
    try:
        from rich.console import Console

        import reference
        import vectorized
        from reference import tour
    except ImportError as error:
        print(f"python -m reference: {error}; install the package with `pip install .`", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    tour.show_sums(console)
    tour.show_training(console, {"reference": reference, "vectorized": vectorized})
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # nowhere to write to: a full disk, or a pipe that nobody reads any more
        print(f"python -m reference: {error}", file=sys.stderr)
        sys.exit(2)
