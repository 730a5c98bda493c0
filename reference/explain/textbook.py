"""The textbook formulas, such as y * (1 - y) for the slope of a sigmoid.

Some textbook formulas lose digits, so the loops use others. `shown_form` chooses the formula to show.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from reference.explain.equations import value_of
from reference.explain.shown import shown
from reference.numbers.traced import Traced, combine, is_constant, maximum, to_traced
from reference.specification.architecture import Architecture


class Context(NamedTuple):
    """What a formula of a stage can use: the network, the targets, and the numbers of the earlier stages."""

    net: Architecture
    targets: list[Traced]
    stages: dict[str, list[Traced]]


def exp(z: Traced) -> Traced:
    """Return e**z."""
    return combine("exp", math.exp(z.value), z)


def minus_ln(y: Traced) -> Traced:
    """Return -ln y."""
    return 0 - combine("ln", math.log(y.value), y)


NODES: dict[str, Callable[[Traced], Traced]] = {
    "sigmoid": lambda z: 1 / (1 + exp(0 - z)),
    "tanh": lambda z: combine("tanh", math.tanh(z.value), z),
    "relu": lambda z: maximum(z, 0),
    "leaky_relu": lambda z: maximum(z, z / 100),
    "identity": lambda z: z,
}
SLOPES: dict[str, Callable[[Traced, Traced], Traced]] = {
    "sigmoid": lambda z, y: y * (1 - y),
    "tanh": lambda z, y: 1 - y * y,
    "relu": lambda z, y: Traced(0 if z <= 0 else 1, "slope"),
    "leaky_relu": lambda z, y: Traced(1 / 100 if z <= 0 else 1, "slope"),
    "identity": lambda z, y: Traced(1, "slope"),
}


def shown_form(context: Context, stage: str, at: int, number: Traced) -> tuple[Traced, bool]:
    """Return the expression to show, and whether it replaces a textbook formula that is not accurate enough.

    The textbook formula is shown if it loses at most three of the 16 digits of a float, and if its error is at most 1 % when
    its numbers are rounded to four digits.
    """
    total = sum_in(number) or weighted_delta_in(number) if stage == "h_deltas" else None

    def leaf(x: Traced) -> str | None:
        return repr(x.value) if x is total else shown(x.value, 4) if x.name or not x.operation else None

    try:
        form = textbook(context, stage, at, total)
        if form is None:
            return number, False
        is_close = abs(value_of(form, leaf) - Fraction(number.value)) <= abs(number.value) / 100
        is_close = is_close and math.isclose(form.value, number.value, rel_tol=1e-13)
    except (ArithmeticError, ValueError):  # in the textbook formula, exp overflows or ln gets 0
        return number, True
    return (form, False) if is_close else (number, form is not number)


def textbook(context: Context, stage: str, at: int, weighted_deltas: Traced | None) -> Traced | None:
    """Return the textbook formula of one number of a stage, or None to show the formula of the loops.

    `weighted_deltas` is the sum over o of ho_weights[h][o] * o_deltas[o].
    """
    net, targets, stages = context
    if stage == "h_nodes":
        return NODES[net.hidden](stages["h_sums"][at])
    if stage == "o_nodes":
        sums = stages["o_sums"]
        return exp(sums[at]) / sum(map(exp, sums), to_traced(0)) if net.output == "softmax" else NODES[net.output](sums[at])
    if stage == "loss" and net.loss == "cross_entropy":
        return cross_entropy(net.output, stages["o_nodes"], targets)
    if stage == "h_deltas" and weighted_deltas is not None:
        return SLOPES[net.hidden](stages["h_sums"][at], stages["h_nodes"][at]) * weighted_deltas
    if stage == "o_deltas":
        return output_delta(context, at)
    return None


def cross_entropy(output: str, o_nodes: list[Traced], targets: list[Traced]) -> Traced:
    """Return the cross-entropy without terms that are 0.

    softmax: sum over o of t * -ln y
    sigmoid: sum over o of t * -ln y + (1 - t) * -ln(1 - y)
    """
    terms: list[Traced] = []
    for y, t in zip(o_nodes, targets, strict=True):
        pairs = [(t, y)] if output == "softmax" else [(t, y), (1 - t, 1 - y)]
        terms += [minus_ln(share) if part.value == 1 else part * minus_ln(share) for part, share in pairs if part.value != 0]
    return sum(terms, to_traced(0))


def output_delta(context: Context, at: int) -> Traced | None:
    """Return y - t for cross-entropy. For a squared error, return its derivative with respect to y, times the slope.

    Return None for softmax if the loss is a squared error, or if the targets do not add up to 1.
    """
    net, targets, stages = context
    z, y = stages["o_sums"][at], stages["o_nodes"][at]
    error = y - targets[at]
    if net.loss == "cross_entropy":
        return error if net.output == "sigmoid" or add_up_to_1([t.value for t in targets]) else None
    if net.output == "softmax":
        return None
    if net.loss != "half_squared_error":
        error = (to_traced(2) if net.loss == "squared_error" else to_traced(2) / net.n_outputs) * error
    return error * SLOPES[net.output](z, y)


def add_up_to_1(targets: list[float]) -> bool:
    """Whether the targets add up to 1, as in one-hot rows."""
    return round(sum(targets), 12) == 1


def sum_in(number: Traced) -> Traced | None:
    """Return the first sum of at least two terms in an expression, or None. Skip named operands, such as h_nodes[0]."""
    if number.operation == "+" and not is_constant(number.parts[0], 1):  # 1 + exp(-z) is a divisor, not a weighted sum
        return number
    return next(filter(None, (sum_in(part) for part in number.parts if part.name is None)), None)


def weighted_delta_in(number: Traced) -> Traced | None:
    """Return the first product weight * delta in an expression, or None. With one output, the weighted sum is one product."""
    if number.operation == "*" and any(part.name and "->" in part.name for part in number.parts):
        return number
    return next(filter(None, (weighted_delta_in(part) for part in number.parts if part.name is None)), None)
