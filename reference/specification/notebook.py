"""Parts of a display: short numbers, one line of text, and a small HTML table for notebooks."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from reference.numbers.description import describe

MOST = 8  # how many numbers a row shows at most
WIDTH = 100  # how many characters a line has at most


def short(x: Any) -> str:
    """Return a number as text with four significant digits. Describe anything that is not a number.

    >>> short(2 / 3), short(1e-300), short(None)
    ('0.6667', '1e-300', 'None')
    """
    for number in (lambda: x, lambda: float(x)):
        try:
            return format(number(), ".4g")
        except Exception:  # each kind of number raises its own error
            continue
    return describe(x)


def cut(text: str) -> str:
    """Return a text as one line. A line longer than WIDTH is cut and ends with "…"."""
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def quantity(n: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless n is 1.

    >>> quantity(1, "input"), quantity(2, "input")
    ('1 input', '2 inputs')
    """
    return f"{n:,} {noun}" + "s" * (n != 1)


def first_few(items: Sequence[Any], most: int = MOST) -> list[Any]:
    """Return the first items, followed by … if there are more."""
    return [*items[:most], *["…"] * (len(items) > most)]


def table(title: str, rows: Iterable[Sequence[str]]) -> str:
    """Return an HTML table in the colours of the notebook. A row with an empty first cell is a row of headings.

    >>> table("A & B", [["a", "1"]]).count("&amp;")
    1
    """
    lines = []
    for name, *cells in rows:
        style = "border-top:1px solid rgba(128,128,128,.4)" if name else "opacity:.7"
        inner = "".join(f'<td style="text-align:right">{escape(cell)}</td>' for cell in cells)
        lines.append(
            f'<tr style="background:none;border:0;{style}"><th style="text-align:left">{escape(name)}</th>{inner}</tr>'
        )
    caption = f'<caption style="text-align:left;white-space:nowrap;color:inherit">{escape(title)}</caption>'
    return f'<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">{caption}{"".join(lines)}</table>'
