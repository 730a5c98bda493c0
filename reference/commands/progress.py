"""Progress on standard error: a bar in a terminal, otherwise a plain line now and then."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from time import monotonic
from typing import TypeVar

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from reference.commands.line import console
from reference.specification.messages import printable

T = TypeVar("T")
PATIENCE = 2.0  # minimum seconds between two plain lines


def spinner(what: str) -> AbstractContextManager[object]:
    """Show a spinner in a terminal."""
    return console(stderr=True).status(Text(printable(what))) if sys.stderr.isatty() else nullcontext()


@contextmanager
def progress(total: float) -> Iterator[Callable[[float, str], None]]:
    """Yield a function of (amount done, text) that shows the text and the time left, and in a terminal also a bar."""
    if not sys.stderr.isatty():
        yield plain_lines(total)
        return
    columns = BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(), TextColumn("left")
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, text: bar.update(task, completed=done, description=text)


def plain_lines(total: float) -> Callable[[float, str], None]:
    """Return a function of (amount done, text) that now and then prints the text and the time left."""
    start = last = monotonic()

    def show(done: float, text: str) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= max(PATIENCE, (now - start) / 10) and 0 < done < total:
            last = now
            with suppress(OSError):  # go on if standard error is closed
                print(f"{text}, {(now - start) / done * (total - done):.0f} s left", file=sys.stderr, flush=True)

    return show


@contextmanager
def epoch_progress(epochs: int) -> Iterator[Callable[[int, float], None]]:
    """Yield a function of (epoch, loss) that shows the progress of training."""
    with progress(epochs) as show:
        show(0, f"epoch 0 of {epochs}")
        yield lambda epoch, loss: show(epoch + 1, f"epoch {epoch + 1} of {epochs}, loss {loss:.4g}")


def with_progress(jobs: Sequence[tuple[str, Callable[[], T]]]) -> Iterator[Callable[[], T]]:
    """Yield one job after another, and show the name of the current job."""
    with progress(len(jobs)) as show:
        for at, (name, job) in enumerate(jobs):
            show(at, name)
            yield job
