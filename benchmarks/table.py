"""A table, as a terminal or as Markdown shows it."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.measure import Measurement
from rich.text import Text

from reference.commands.report import plain_table, show_table


class Table(NamedTuple):
    """Headings and rows of texts; a title above, notes below, and the columns that a narrow terminal leaves out, in order."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    notes: Sequence[str] = ()
    spare: Sequence[str] = ()


def show(out: Console, table: Table) -> None:
    """Print a table."""
    if table.title:
        out.print(f"\n{table.title}", style="bold", soft_wrap=True)
    left_out: list[str] = []
    while True:
        columns = [at for at, heading in enumerate(table.headings) if heading not in left_out]
        lines = plain_table([Text(table.headings[at]) for at in columns], [[row[at] for at in columns] for row in table.rows])
        width = Measurement.get(out, out.options.update(max_width=100_000), lines).maximum
        if not out.is_terminal or width <= out.width or len(left_out) == len(table.spare):
            break
        left_out.append(table.spare[len(left_out)])
    show_table(out, lines)
    if left_out:
        out.print(f"left out, as the terminal is narrow: {', '.join(left_out)}; --format markdown has them")
    for note in table.notes:
        out.print(note, soft_wrap=True)


def markdown_of(table: Table) -> str:
    """Return a table in Markdown, its notes as a list."""
    headings = [heading.replace("\n", " ") for heading in table.headings]
    lines = [f"**{table.title}**", "", f"| {' | '.join(headings)} |", f"|---|{'---:|' * (len(table.headings) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    return "\n".join([*lines, "", *(f"* {note}" for note in table.notes)])
