"""The texts of the account: for each number a line for each term, the sum, and what follows from it.

Numbers are rounded for display and computed at full precision. Every line is an equation that can be read back.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from reference.explain.account import Entry, Term
from reference.numbers.traced import Traced, expression_of, symbol

LARGEST = 7  # digits before the point, beyond which a number is shown by its power of ten


class Style(NamedTuple):
    """How much is shown: digits behind the point, and terms of a sum."""

    digits: int = 4
    most: int = 12


def decimal(x: float, digits: int) -> str:
    """Return a number to so many digits behind the point, a very small or large one by its power of ten.

    >>> decimal(-0.045, 4), decimal(0.00000123, 4), decimal(0.0, 2), decimal(1e12, 3)
    ('-0.0450', '1.2300e-06', '0.00', '1.000e+12')
    """
    if x == 0:
        return f"{0:.{digits}f}"  # of either sign
    if not 10.0 ** (1 - digits) <= abs(x) < 10.0**LARGEST:
        return f"{x:.{digits}e}"
    return f"{x:.{digits}f}"


def leaf_of(digits: int) -> Callable[[Traced], str | None]:
    """Return a leaf for `expression_of`: the digits of a number with a name or of a constant; whole constants as they are."""

    def leaf(x: Traced) -> str | None:
        if x.name is None and not x.operation:
            return f"{x.value:g}" if x.value == int(x.value) and abs(x.value) < 1e6 else decimal(x.value, digits)
        return decimal(x.value, digits) if x.name is not None else None

    return leaf


class Line(NamedTuple):
    """One line: an edge, its flat position, an expression and its value, and the sum so far."""

    edge: str
    position: str
    expression: str
    value: str
    so_far: str


def term_lines(entry: Entry, style: Style) -> list[Line]:
    """Return a line for each term; of very many the largest, and the sum of the rest."""
    terms, leaf = entry.terms, leaf_of(style.digits)
    few = terms if len(terms) <= style.most else largest(terms, style.most - 1)
    lines = []
    for term in few:
        so_far = decimal(term.so_far, style.digits) if few is terms else ""
        expression = expression_of(term.number, leaf) if term.number.operation else decimal(term.number.value, style.digits)
        edge = term.edge or (expression_of(term.number, symbol) if term.number.name is None else term.number.name)
        position = "" if term.position is None else str(term.position)
        lines.append(Line(edge, position, expression, decimal(term.number.value, style.digits), so_far))
    if few is not terms:
        rest = math.fsum(term.number.value for term in terms if term not in few)
        name = f"the {len(terms) - len(few)} other terms"
        lines.append(Line(name, "", decimal(rest, style.digits), decimal(rest, style.digits), ""))
    return lines


def largest(terms: list[Term], most: int) -> list[Term]:
    """Return the terms of the largest magnitude, and the bias, in the order in which they are added."""
    bias = [at for at, term in enumerate(terms) if term.edge and term.edge.startswith("b->")]
    others = sorted((at for at in range(len(terms)) if at not in bias), key=lambda at: -abs(terms[at].number.value))
    return [terms[at] for at in sorted(others[: most - len(bias)] + bias)]


def result_lines(entry: Entry, style: Style) -> Iterator[str]:
    """Yield the equation of an entry: its name, its expression in names and in numbers, and its value."""
    leaf, value = leaf_of(style.digits), decimal(entry.value, style.digits)
    name = f"{entry.name} ({entry.node})" if "->" in entry.node else entry.name
    if entry.alias:
        yield f"{name} = {entry.alias} = {value}"
    elif entry.total is entry.number or not entry.number.operation:
        yield f"{name} = {value}"
    elif entry.total is not None:
        total = decimal(entry.total.value, style.digits)
        yield f"sum = {total}"
        operand = f"({total})" if total.startswith("-") else total
        in_names = expression_of(entry.number, lambda x: "sum" if x is entry.total else symbol(x))
        in_numbers = expression_of(entry.number, lambda x: operand if x is entry.total else leaf(x))
        yield f"{name} = {in_names} = {in_numbers} = {value}"
    else:
        yield f"{name} = {expression_of(entry.number, symbol)} = {expression_of(entry.number, leaf)} = {value}"


def twin_text(entry: Entry, twin: float, style: Style) -> str:
    """Return the number that the other package computes as matrices, and by how much it differs."""
    difference = twin - entry.value
    return f"{decimal(twin, style.digits)}, " + (f"difference {difference:.1e}" if difference else "no difference")
