"""How far a run is: a bar on standard error, where that is a terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from reference.commands.line import console

T = TypeVar("T")


def through(jobs: Sequence[tuple[str, Callable[[], T]]]) -> Iterator[Callable[[], T]]:
    """Yield one job after another, and show its name while it is done."""
    columns = TextColumn("{task.description:36}"), BarColumn(), TimeRemainingColumn(), TextColumn("left")
    err = console(stderr=True)
    with Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(jobs))
        for name, job in jobs:
            bar.update(task, description=name)
            yield job
            bar.advance(task)
