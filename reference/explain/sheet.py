"""A worksheet, and its text. A line breaks only between the terms of an equation."""

import re
from textwrap import TextWrapper, fill
from typing import NamedTuple

WIDTH, UNBROKEN = 80, "\N{NO-BREAK SPACE}"
BLANK = "= ________"
BREAK = re.compile(r" (?=\+ )| (?=[*×/-] \((?!-))")  # before a plus sign, or before an operator and a bracket


class Part(NamedTuple):
    """The questions of one stage.

    notes : its formula, and other lines about it
    questions : the equations without results
    answers : pairs (name, result)
    """

    title: str
    notes: list[str]
    questions: list[str]
    answers: list[tuple[str, str]]


class Table(NamedTuple):
    """Numbers with names: the first row has the names of the columns, and each row begins with its name."""

    title: str
    rows: list[list[str]]


class Sheet(NamedTuple):
    """A worksheet: its title, lines with the data, the weights, a rule for rounding, and the questions."""

    title: str
    data: list[str]
    weights: list[Table]
    rounding: str
    parts: list[Part]

    def text(self) -> str:
        """Return the worksheet as text with lines of at most 80 characters."""
        lines = [fill(line, WIDTH) for line in (self.title, *self.data, self.rounding)]
        for table in self.weights:
            lines += ["", *lines_of(table)]
        for part in self.parts:
            lines += ["", part.title, *map(wrapped, part.notes)]
            lines += [wrapped(f"  {question}", f" {BLANK}") for question in part.questions]
        lines += ["", "-" * WIDTH, "Answers"]
        for part in self.parts:
            lines += ["", *(f"  {name} = {value}" for name, value in part.answers)]
        return "\n".join(lines)


def lines_of(table: Table) -> list[str]:
    """Return a table as lines of text."""
    widths = [max(map(len, column)) for column in zip(*table.rows, strict=True)]
    rows = ("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in table.rows)
    return [table.title, *(f"  {row}" for row in rows)]


def parts_of(equation: str) -> list[str]:
    """Return the parts of an equation between which a line may break: within brackets only at a plus or minus sign.

    >>> parts_of("d = 2 * (y - 1) * (y * (1 - y))"), parts_of("y = 5 / (1 + 4)")
    (['d = 2', '* (y - 1)', '* (y * (1 - y))'], ['y = 5', '/ (1', '+ 4)'])
    """
    parts, start = [], 0
    for found in BREAK.finditer(equation):
        before = equation[: found.start()]
        if before.count("(") == before.count(")") or equation[found.end()] in "+-":
            parts.append(before[start:])
            start = found.end()
    return [*parts, equation[start:]]


def wrapped(equation: str, result: str = "") -> str:
    """Return an equation as lines of text. A result at its end stays with the last term."""
    indent = equation[: len(equation) - len(equation.lstrip())]
    text = " ".join(part.replace(" ", UNBROKEN) for part in parts_of(equation.strip() + result))
    wrapper = TextWrapper(WIDTH, indent, f"{indent}    ", break_long_words=False, break_on_hyphens=False)
    return wrapper.fill(text).replace(UNBROKEN, " ")
