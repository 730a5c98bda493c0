"""How far a run is, on standard error: a bar in a terminal, a plain line now and then elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from reference.commands.line import console

EVERY = 10.0  # seconds between two plain lines
Tell = Callable[[float, str], None]


@contextmanager
def shown(total: float) -> Iterator[Tell]:
    """Yield a function of (how much of the total is done, what is next)."""
    if not sys.stderr.isatty():
        yield plainly(total)
        return
    columns = TextColumn("{task.description:36}"), BarColumn(), TimeRemainingColumn(), TextColumn("left")
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, what: bar.update(task, completed=done, description=what)


def plainly(total: float) -> Tell:
    """Return a function that prints a line where some seconds have gone by since the last."""
    said = monotonic()

    def tell(done: float, what: str) -> None:
        nonlocal said
        if monotonic() - said > EVERY:
            said = monotonic()
            print(f"{done / total:.0%} measured, next: {what}", file=sys.stderr, flush=True)

    return tell
