"""Progress on standard error: a bar in a terminal, a few plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from time import monotonic
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from reference.commands.line import console
from reference.specification.messages import printable

PATIENCE = 2.0  # seconds before something is said where there is no terminal


def spinner(what: str) -> AbstractContextManager[Any]:
    """Show in a terminal that something is being done."""
    return console(stderr=True).status(Text(printable(what))) if sys.stderr.isatty() else nullcontext()


@contextmanager
def epochs_shown(epochs: int) -> Iterator[Callable[[int, float], None]]:
    """Yield a function of (epoch, loss) that shows how far the training is, its loss, and the time left."""
    if not sys.stderr.isatty():
        yield plain(epochs)
        return
    columns = TextColumn("epoch {task.completed} of {task.total}"), BarColumn(), TextColumn("{task.description}")
    with Progress(*columns, TimeRemainingColumn(), TextColumn("left"), console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=epochs)
        yield lambda epoch, loss: bar.update(task, completed=epoch + 1, description=f"loss {loss:.4g}")


def plain(epochs: int) -> Callable[[int, float], None]:
    """Return a function of (epoch, loss) that writes a line now and then."""
    start = said = monotonic()

    def say(epoch: int, loss: float) -> None:
        nonlocal said
        now, done = monotonic(), epoch + 1
        if now - said >= max(PATIENCE, (now - start) / 10) and done < epochs:
            said = now
            left = (now - start) / done * (epochs - done)
            with suppress(OSError):  # where nobody can read it, the training goes on
                print(f"epoch {done} of {epochs}, loss {loss:.4g}, {left:.0f} s left", file=sys.stderr, flush=True)

    return say
