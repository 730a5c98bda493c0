"""The command line of the benchmark. `python -m benchmarks` measures loops against matrices.

`show`, `plot` and `compare` read files of results. `goals` measures whether the twins meet their goals.
"""

import sys
import warnings

from benchmarks import threads


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0 for success, 1 for a missed goal, 2 for an error, 130 after Ctrl-C."""
    try:
        from benchmarks import commands
        from reference.commands import line
    except ImportError as error:
        print(f"python -m benchmarks: {error}; install the package with `pip install -e .`", file=sys.stderr)
        return 2
    warnings.filterwarnings("ignore", "the softmax of one output")  # of the network 1-1-1, which is measured but learns nothing
    return line.run(commands.parser(), arguments)


if __name__ == "__main__":
    try:
        threads.restart(sys.argv[1:])
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
