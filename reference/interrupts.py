"""Ctrl-C while a command starts: from here on it ends the program without a traceback of the imports that follow.

Both packages and the benchmarks import this first. Python says by sys.argv that it is still looking for the module to run.
"""

import signal
import sys

COMMANDS = ("reference", "vectorized", "benchmarks")


def is_starting(words: list[str]) -> bool:
    """Whether these are the words of `python -m` and one of our commands.

    >>> is_starting(["python", "-W", "error", "-m", "reference", "train"]), is_starting(["python", "-m", "pytest"])
    (True, False)
    """
    module = words[words.index("-m") + 1 :][:1] if "-m" in words else []
    return "".join(module).partition(".")[0] in COMMANDS


if sys.argv[:1] == ["-m"] and is_starting(sys.orig_argv) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
