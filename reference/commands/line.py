"""The command line: parse the options, run the command, and report an error in one line.

Exit status: 0 for success, 1 if `check` found a wrong network, 2 for an error, 128 + N when signal N stopped the command.
"""

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, NoReturn, TypeAlias

from rich.console import Console

from reference.specification.messages import printable
from reference.specification.names import one_of

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

ERROR = 2
PIPE_WIDTH = 160
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(KeyboardInterrupt):
    """Ctrl-C, or another signal that asks the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


def status_of(error: KeyboardInterrupt) -> int:
    """Return the exit status of a command that was stopped."""
    return error.status if isinstance(error, Stopped) else 128 + signal.SIGINT


class Parser(argparse.ArgumentParser):
    """A parser that prints an error in one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **settings)

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        """Print the help. Unlike argparse, raise an error if it cannot be written."""
        print(self.format_help(), end="", file=file)

    def error(self, message: str) -> NoReturn:
        """Print in one line what is wrong, and exit."""
        if message.endswith("expected one argument"):
            message += " (a value that begins with - needs =, as in --inputs=-1,2)"
        self.exit(ERROR, printable(f"{self.prog}: {message}; see {self.prog} --help") + "\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def named(names: Collection[str], what: str) -> Callable[[str], str]:
    """Return an argparse type that accepts these names. For another name, the error suggests a similar one."""

    def name(text: str) -> str:
        try:
            return one_of(names, text, what)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return name


def run(parser: Parser, arguments: list[str] | None) -> int:
    """Parse the arguments, run the command they name, and return its exit status."""
    try:
        status = run_stoppable(parser, arguments)
    except KeyboardInterrupt as error:  # Ctrl-C again, while the first one was handled
        status = status_of(error)
    if arguments is None:  # the program ends now: ignore a late Ctrl-C, so that it does not change the status
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
    return status


def run_stoppable(parser: Parser, arguments: list[str] | None) -> int:
    """Run the command, report an error in one line, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    prog, status, problem = parser.prog, ERROR, ""
    with signals(stop):
        try:
            try:
                options, unknown = parser.parse_known_args(arguments)
                if not hasattr(options, "run"):
                    parser.error("give a command")
                prog = options.prog
                if unknown:
                    raise ValueError(f"unrecognized arguments: {' '.join(unknown)}; see {prog} --help")
                status = options.run(options)
            except SystemExit as error:  # argparse has printed its help or an error
                status = int(error.code or 0)
            flush(sys.stdout)
        except KeyboardInterrupt as error:
            status = status_of(error)
        except BrokenPipeError:  # the program that reads our output has ended
            status = ERROR
        except OSError as error:
            problem = f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror or str(error)
        except MemoryError:
            problem = "there is not enough memory for this; give fewer rows or columns, or smaller sizes"
        except (ValueError, FloatingPointError) as error:
            problem = str(error)
        with uninterrupted():
            if problem:
                status = ERROR
                with suppress(OSError):
                    print(printable(f"{prog}: {problem}"), file=sys.stderr)
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError):
                    flush(stream)
    return status


def flush(stream: IO[str]) -> None:
    """Flush a stream. If that fails, discard its output, so that the interpreter does not try again."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise


def stop(number: int, frame: object) -> NoReturn:
    """Handle a signal: raise Stopped."""
    raise Stopped(number)


def uninterrupted() -> AbstractContextManager[None]:
    """Ignore Ctrl-C, SIGTERM and SIGHUP during short work that must be finished."""
    return signals(signal.SIG_IGN)


@contextmanager
def signals(handler: Any) -> Iterator[None]:
    """Handle Ctrl-C, SIGTERM and SIGHUP, except a signal that is already ignored. For example, nohup ignores SIGHUP."""
    numbers = [number for number in STOP_SIGNALS if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)


class PlainConsole(Console):
    """A console that lets `run` handle a closed pipe."""

    def on_broken_pipe(self) -> None:
        """Raise an error, where `Console` would end the program with status 1."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> PlainConsole:
    """Return a console as wide as the terminal. If the output is not a terminal, it has 160 columns and no colours."""
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else PIPE_WIDTH
    return PlainConsole(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)
