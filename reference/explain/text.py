"""The texts of an explanation: one line for each term of a sum, and one equation for each number.

The sign of an equation is = if the equation holds for the digits shown, else ≈.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from reference.explain.equations import sign, value_of
from reference.explain.explanation import Entry, Term
from reference.explain.shown import decimals_of, shown
from reference.numbers.traced import Traced, expression_of, symbol

MOST_DECIMALS = 12  # to show the change of a weight, at most this many decimals are used
MOST_ON_A_LINE = 6  # a sum on one line has at most this many terms


class Style(NamedTuple):
    """The significant digits of a number, and the largest number of lines for the terms of a sum."""

    digits: int = 4
    most: int = 12


def weight_decimals(entry: Entry, digits: int) -> int:
    """Return how many decimals a new weight needs to show two digits of its change. Return 0 for all other numbers."""
    if entry.stage != "weights" or not entry.number.operation:
        return 0
    change = abs(entry.value - entry.number.parts[0].value)
    of_change = min(MOST_DECIMALS, 1 - math.floor(math.log10(change))) if change else 0
    return max(of_change, decimals_of(shown(entry.value, digits)))


def value_text(entry: Entry, style: Style) -> str:
    """Return the value of an entry as text."""
    return shown(entry.value, style.digits, weight_decimals(entry, style.digits))


def leaf_of(entry: Entry, digits: int, total: Traced | None = None) -> Callable[[Traced], str | None]:
    """Return a function to pass to `expression_of` as `leaf`. It writes constants, named numbers and `total` as digits."""
    decimals = weight_decimals(entry, digits)

    def leaf(x: Traced) -> str | None:
        if x.name is None and x.operation and x is not total:
            return None
        return shown(x.value, digits, decimals if decimals and x is entry.number.parts[0] else 0)

    return leaf


def name_of(x: Traced) -> str | None:
    """Return a name or the digits of a whole constant. A constant with decimals is always the largest of o_sums."""
    return symbol(x) if x.name or x.operation or x.value.is_integer() else "largest"


class Line(NamedTuple):
    """The texts in the line of a term: edge, position in the flat list, expression, = or ≈, value, and the sum so far."""

    edge: str
    position: str
    expression: str
    sign: str
    value: str
    so_far: str


def term_lines(entry: Entry, style: Style) -> list[Line]:
    """Return a line for each term. If there are too many terms, the smallest terms share the last line."""
    terms = entry.terms
    few = terms if len(terms) <= style.most else largest(terms, style.most - 1)
    lines = [line_of(entry, term, style, show_sum=few is terms) for term in few]
    if few is not terms:
        rest = shown(math.fsum(term.number.value for term in terms if term not in few), style.digits)
        lines.append(Line(f"the {len(terms) - len(few)} other terms", "", rest, "=", rest, ""))
    return lines


def line_of(entry: Entry, term: Term, style: Style, show_sum: bool) -> Line:
    """Return the line of one term."""
    leaf, value = leaf_of(entry, style.digits), shown(term.number.value, style.digits)
    edge = term.edge or term.number.name or expression_of(term.number, name_of)
    position = "" if term.position is None else f"[{term.position}]"
    so_far = shown(term.so_far, style.digits) if show_sum else ""
    equal = sign(value_of(term.number, leaf), value)
    return Line(edge, position, expression_of(term.number, leaf), equal, value, so_far)


def largest(terms: list[Term], most: int) -> list[Term]:
    """Return the terms with the largest magnitudes, and the bias, in the order of addition."""
    bias = [at for at, term in enumerate(terms) if term.edge and term.edge.startswith("b->")]
    others = sorted((at for at in range(len(terms)) if at not in bias), key=lambda at: -abs(terms[at].number.value))
    return [terms[at] for at in sorted(others[: most - len(bias)] + bias)]


def title_of(entry: Entry) -> str:
    """Return the name of an entry, followed by its edge if it has one."""
    return f"{entry.name} ({entry.node})" if "->" in entry.node else entry.name


def equations_after_terms(entry: Entry, style: Style) -> list[str]:
    """Return the equations below the terms: the sum, and the number that is computed from this sum."""
    assert entry.total is not None
    is_whole = entry.total is entry.plain
    total = value_text(entry, style) if is_whole else shown(entry.total.value, style.digits)
    equal = sign(sum((Fraction(line.value) for line in term_lines(entry, style)), Fraction()), total)
    if is_whole:
        return [f"{title_of(entry)} {equal} {total}"]
    return [f"sum {equal} {total}", equation(entry, style, names=True, total=entry.total)]


def equation(entry: Entry, style: Style, names: bool = False, total: Traced | None = None) -> str:
    """Return the equation of an entry in numbers. With `names`, add the formula in names, where `total` is called "sum"."""
    value = value_text(entry, style)
    if entry.alias:
        return f"{title_of(entry)} = {entry.alias} = {value}"
    if not entry.plain.operation:
        return f"{title_of(entry)} = {value}"
    leaf = leaf_of(entry, style.digits, total)
    old = entry.number.parts[0] if entry.stage == "weights" else None
    in_names = expression_of(entry.plain, lambda x: "sum" if x is total else entry.name if x is old else name_of(x))
    first = f"{title_of(entry)} = {in_names}" if names else title_of(entry)
    return f"{first} = {expression_of(entry.plain, leaf)} {sign(value_of(entry.plain, leaf), value)} {value}"


def short_equation(entry: Entry, style: Style, shown_total: Traced | None, names: bool) -> str:
    """Return an equation of one line, without the terms of a sum that is long or was already printed (`shown_total`)."""
    if not entry.terms:
        return equation(entry, style, names)
    if entry.total is shown_total:
        return equation(entry, style, names=True, total=shown_total)
    if len(entry.terms) <= MOST_ON_A_LINE:
        return equation(entry, style)
    if entry.total is entry.plain:
        return f"{title_of(entry)} = {value_text(entry, style)}, a sum of {len(entry.terms)} terms"
    return f"{equation(entry, style, names=True, total=entry.total)}, where sum has {len(entry.terms)} terms"
