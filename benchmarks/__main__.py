"""If necessary, restart Python with the right number of BLAS threads. Then run one of the commands of commands.py."""

import sys
import warnings

from benchmarks import threads


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Return 0 for success, 1 for a missed goal, 2 for an error or a missing library, 130 after Ctrl-C."""
    try:
        from benchmarks import commands
        from reference.commands import line
    except ImportError as error:
        print(f"python -m benchmarks: {error}; install the package with `pip install -e .`", file=sys.stderr)
        return 2
    # the network 1-1-1 gives this warning, because it cannot learn; only its times matter here
    warnings.filterwarnings("ignore", "the softmax of one output")
    return line.run(commands.parser(), arguments)


if __name__ == "__main__":
    try:
        threads.restart(sys.argv[1:])
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
