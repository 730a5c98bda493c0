"""The texts of the account: for each number a line for each term, the sum, and what follows from it.

Numbers are rounded for display and computed at full precision. An equation has the sign = where it holds for the digits that
it shows, else ≈.
"""

import math
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from reference.explain.account import Entry, Term
from reference.explain.equations import decimals_of, sign, value_of
from reference.numbers.traced import Traced, expression_of, symbol

MOST_DIGITS = 15  # a float has no more
MOST_DECIMALS = 12  # to which a weight is shown so that its change can be seen


class Style(NamedTuple):
    """How much is shown: significant digits, and terms of a sum."""

    digits: int = 4
    most: int = 12


def shown(x: float, digits: int, decimals: int = 0) -> str:
    """Return a number rounded to so many significant digits, and to at least so many decimals, if any.

    A number that is not rounded is shown without zeros at its end: a short number is exact.

    >>> shown(-0.045, 4), shown(0.49703, 4), shown(12345.678, 4), shown(1.50812e-7, 4), shown(1.2e9, 4), shown(0.17, 4, 6)
    ('-0.045', '0.4970', '12346', '1.508e-7', '1.2e+9', '0.17')
    """
    if x == 0:
        return "0"  # of either sign
    with localcontext(rounding=ROUND_HALF_UP):
        exponent = int(f"{Decimal(x):.{digits - 1}e}".partition("e")[2])
        behind = digits - 1  # the first digit
        if decimals:
            behind = max(behind, min(exponent + decimals, MOST_DIGITS - 1))
        plain = -5 <= exponent < 7
        text = f"{Decimal(x):.{max(behind - exponent, 0)}f}" if plain else f"{Decimal(x):.{behind}e}"
    mantissa, e, power = text.partition("e")
    if "." in mantissa and abs(float(text) - x) <= 1e-12 * abs(x):
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + e + power


def weight_decimals(entry: Entry, digits: int) -> int:
    """Return the decimals to which an old and a new weight are shown, so that two digits of the change can be seen."""
    if entry.stage != "weights":
        return 0
    change = abs(entry.value - entry.number.parts[0].value)
    of_change = min(MOST_DECIMALS, 1 - math.floor(math.log10(change))) if change else 0
    return max(of_change, decimals_of(shown(entry.value, digits)))


def leaf_of(entry: Entry, digits: int) -> Callable[[Traced], str | None]:
    """Return a leaf for `expression_of`: the digits of the total, of a number with a name and of a constant."""
    decimals = weight_decimals(entry, digits)

    def leaf(x: Traced) -> str | None:
        if x.name is None and x.operation and x is not entry.total:
            return None
        return shown(x.value, digits, decimals if decimals and x is entry.number.parts[0] else 0)

    return leaf


def name_of(x: Traced) -> str | None:
    """Return a number's name; the one constant that is not whole is the largest of o_sums."""
    return symbol(x) if x.name or x.operation or x.value.is_integer() else "largest"


class Line(NamedTuple):
    """One line: an edge, its flat position, an expression, = or ≈, its value, and the sum so far."""

    edge: str
    position: str
    expression: str
    sign: str
    value: str
    so_far: str


def term_lines(entry: Entry, style: Style) -> list[Line]:
    """Return a line for each term; of very many the largest, and the sum of the rest."""
    terms, leaf = entry.terms, leaf_of(entry, style.digits)
    few = terms if len(terms) <= style.most else largest(terms, style.most - 1)
    lines = []
    for term in few:
        value = shown(term.number.value, style.digits)
        edge = term.edge or term.number.name or expression_of(term.number, name_of)
        position = "" if term.position is None else str(term.position)
        so_far = shown(term.so_far, style.digits) if few is terms else ""
        expression, equal = expression_of(term.number, leaf), sign(value_of(term.number, leaf), value)
        lines.append(Line(edge, position, expression, equal, value, so_far))
    if few is not terms:
        rest = shown(math.fsum(term.number.value for term in terms if term not in few), style.digits)
        lines.append(Line(f"the {len(terms) - len(few)} other terms", "", rest, "=", rest, ""))
    return lines


def largest(terms: list[Term], most: int) -> list[Term]:
    """Return the terms of the largest magnitude, and the bias, in the order in which they are added."""
    bias = [at for at, term in enumerate(terms) if term.edge and term.edge.startswith("b->")]
    others = sorted((at for at in range(len(terms)) if at not in bias), key=lambda at: -abs(terms[at].number.value))
    return [terms[at] for at in sorted(others[: most - len(bias)] + bias)]


def result_lines(entry: Entry, style: Style) -> Iterator[str]:
    """Yield the equations of an entry: the sum of its terms, then its name, expression in names and in numbers, and value."""
    leaf, value = leaf_of(entry, style.digits), value_text(entry, entry.value, style)
    name = f"{entry.name} ({entry.node})" if "->" in entry.node else entry.name
    if entry.total is not None:
        total = shown(entry.total.value, style.digits)
        equal = sign(sum((Fraction(line.value) for line in term_lines(entry, style)), Fraction()), total)
        yield f"{name if entry.total is entry.number else 'sum'} {equal} {total}"
    if entry.alias:
        yield f"{name} = {entry.alias} = {value}"
    elif not entry.number.operation:
        yield f"{name} = {value}"
    elif entry.total is not entry.number:
        in_names = expression_of(entry.number, lambda x: "sum" if x is entry.total else name_of(x))
        equal = sign(value_of(entry.number, leaf), value)
        yield f"{name} = {in_names} = {expression_of(entry.number, leaf)} {equal} {value}"


def value_text(entry: Entry, value: float, style: Style) -> str:
    """Return the value of an entry as it is shown, or that of its twin."""
    return shown(value, style.digits, weight_decimals(entry, style.digits))


def twin_text(entry: Entry, twin: float, style: Style) -> str:
    """Return the number that the other package computes as matrices, and by how much it differs."""
    difference = twin - entry.value
    return f"{value_text(entry, twin, style)}, " + (f"difference {shown(difference, 2)}" if difference else "no difference")
