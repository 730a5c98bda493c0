"""The command line of the benchmark. `python -m benchmarks` measures loops against matrices.

`show`, `plot` and `compare` read files of results. `goals` measures whether `reference` and `vectorized` meet
their goals for speed and memory.
"""

import sys
import warnings

from benchmarks import threads


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status.

    The status is 0 for success, 1 for a missed goal, 2 for an error or a missing peer library, and 130 after Ctrl-C.
    """
    try:
        from benchmarks import commands
        from reference.commands import line
    except ImportError as error:
        print(f"python -m benchmarks: {error}; install the package with `pip install -e .`", file=sys.stderr)
        return 2
    # the network 1-1-1 gives this warning, because it learns nothing; its times are measured nevertheless
    warnings.filterwarnings("ignore", "the softmax of one output")
    return line.run(commands.parser(), arguments)


if __name__ == "__main__":
    try:
        threads.restart(sys.argv[1:])
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
