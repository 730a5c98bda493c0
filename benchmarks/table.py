"""A table as text with aligned columns."""

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

WIDTH, NO_BREAK = 100, "\N{NO-BREAK SPACE}"


class Table(NamedTuple):
    """Headings (which may have several lines), rows of cells, a title above and notes below."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    notes: Sequence[str] = ()


def text_of(table: Table) -> str:
    r"""Return a table as text, under its title.

    >>> print(text_of(Table(["shape", "time of\nloops"], [["3-4-2 x1", "20 µs"], ["64-32-10 x1", "3 ms"]])))
                 time of
    shape          loops
    --------------------
    3-4-2 x1       20 µs
    64-32-10 x1     3 ms
    """
    upwards = zip_longest(*(reversed(heading.split("\n")) for heading in table.headings), fillvalue="")
    headings = list(upwards)[::-1]
    lines = aligned([*headings, *table.rows])
    lines.insert(len(headings), "-" * max(map(len, lines)))
    notes = [textwrap.fill(note.replace(" %", NO_BREAK + "%"), WIDTH).replace(NO_BREAK, " ") for note in table.notes]
    return "\n".join([*([table.title] if table.title else []), *lines, *notes])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines: the first column aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [[f"{cell:{'>' if at else '<'}{widths[at]}}" for at, cell in enumerate(row)] for row in rows]
    return ["  ".join(line).rstrip() for line in lines]
