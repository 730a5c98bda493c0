"""The command line: options parsed, errors told in one line, exit status 0 good, 2 could not, 130 stopped by Ctrl-C."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console

from reference.datasets import BUILT_IN, lines_of
from reference.messages import printable
from reference.tables import whole_lines
from reference.vocabulary import one_of

ERROR = 2
STOPPED = 130
PIPE_WIDTH = 160


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, and leave."""
        self.exit(ERROR, printable(f"{self.prog}: {message}; see {self.prog} --help") + "\n")


def named(known: Collection[str], what: str) -> Callable[[str], str]:
    """Return a type of option that takes one of these names, and suggests the nearest to another."""

    def name(given: str) -> str:
        try:
            return one_of(known, given, what)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return name


def run(parser: Parser, arguments: list[str] | None) -> int:
    """Parse the arguments, run the command they name, and return its exit status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller: what would be said there is for nobody
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
        elif hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="backslashreplace")
    options = parser.parse_args(arguments)
    if not hasattr(options, "run"):
        parser.error("give a command")
    said = ""
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # the reader of our output has gone; nor can the interpreter flush what is left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename is not None else str(error)
    except MemoryError:
        said = "there is not enough memory for this; give fewer rows or columns, or smaller sizes"
    except (ValueError, FloatingPointError) as error:
        said = str(error)
    if said:
        print(printable(f"{options.prog}: {said}"), file=sys.stderr)
    return ERROR


class PlainConsole(Console):
    """A console that leaves it to `run` what to do when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Raise what Console would make an exit of its own."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> PlainConsole:
    """Return where to print for a person: in a terminal as wide as it, in a pipe plain and wide."""
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else PIPE_WIDTH
    return PlainConsole(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


@contextmanager
def lines_from(name: str) -> Iterator[tuple[Iterable[bytes], str]]:
    """Yield the lines of a data set that comes with the package, of standard input (-) or of a file, and its name."""
    if name in BUILT_IN:
        yield lines_of(name), name
    elif name == "-":
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        yield whole_lines(sys.stdin.buffer), "standard input"
    else:
        try:
            file = open(name, "rb")  # noqa: SIM115
        except FileNotFoundError:
            raise ValueError(f"{name}: no such file; DATA is {', '.join(BUILT_IN)}, - or the name of a CSV file") from None
        with file:
            yield whole_lines(file), name


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nothing interrupt what is short and must be finished: Ctrl-C is not heard."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
