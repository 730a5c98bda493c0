"""How many threads BLAS may use: it reads that as NumPy is loaded, so a run begins in a process that has been told."""

import os
import sys

VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS")


def asked(arguments: list[str]) -> str:
    """Return how many threads the arguments ask for, one if they do not.

    >>> asked(["--quick"]), asked(["--threads", "2"]), asked(["--threads", "2", "--threads=4"])
    ('1', '2', '4')
    """
    found = "1"
    for at, argument in enumerate(arguments):
        if argument == "--threads" and arguments[at + 1 :]:
            found = arguments[at + 1]
        if argument.startswith("--threads="):
            found = argument.split("=", 1)[1]
    return found


def told(arguments: list[str]) -> None:
    """Start `python -m benchmarks` anew where the process it runs in has been told another number, or none."""
    wanted = dict.fromkeys(VARIABLES, asked(arguments))
    if "\0" not in "".join(arguments) and not wanted.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *interpreter_options(), "-m", "benchmarks", *arguments], os.environ | wanted)


def interpreter_options() -> list[str]:
    """Return the options that Python itself was given, e.g. -W error."""
    return [part for option in sys.warnoptions for part in ("-W", option)]
