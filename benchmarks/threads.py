"""The number of BLAS threads. BLAS reads it from the environment when NumPy is loaded, so the command sets it and restarts."""

import argparse
import os
import sys

VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS")


def n_threads() -> int:
    """Return OPENBLAS_NUM_THREADS as a number, or 1 if it is not set."""
    return int(os.environ.get(VARIABLES[0], "1"))


def threads_of(arguments: list[str]) -> str:
    """Return the number of threads in the arguments, or "1" if they have none.

    >>> threads_of(["--quick"]), threads_of(["--threads", "2"]), threads_of(["--threads", "2", "--threads=4"])
    ('1', '2', '4')
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--threads", nargs="?", default="1", const="1")
    return str(parser.parse_known_args(arguments)[0].threads)


def restart(arguments: list[str]) -> None:
    """Restart with the number of threads that the arguments give, unless the environment already sets this number."""
    n = threads_of(arguments)
    environment = dict.fromkeys(VARIABLES, n)
    for name in VARIABLES:
        if os.environ.get(name, n) != n:
            print(f"{name}={os.environ[name]} is not used; use --threads {os.environ[name]}", file=sys.stderr)
    # execve refuses arguments that contain \0
    if "\0" not in "".join(arguments) and not environment.items() <= os.environ.items():
        options = [part for option in sys.warnoptions for part in ("-W", option)]
        os.execve(sys.executable, [sys.executable, *options, "-m", "benchmarks", *arguments], os.environ | environment)
