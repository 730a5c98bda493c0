"""The right numbers: the true values of every stage in a hundred digits, and the errors that a correct program may have.

The loops of `reference` compute the true values with Decimal numbers, and the allowed errors with Bounded numbers.
"""

import math
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from reference.numbers.bounded import Bounded, Undecided
from reference.oracle.cases import Case
from reference.oracle.judging.steps import Network, numbers_of
from reference.specification.names import STAGES

DIGITS = Context(prec=100)


class Right(NamedTuple):
    """A right number: the true value, the allowed error of a correct program, and the value as a float."""

    truth: Decimal
    allowance: float
    value: float

    def ratio(self, answer: float) -> float:
        """Return error / allowance. If no error is allowed, return 0 for the right number and infinity for any other."""
        if self.allowance == 0:
            return 0.0 if answer == self.value else float("inf")
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth) / Decimal(self.allowance))

    def error(self, answer: float) -> float:
        """Return how far an answer is from the truth."""
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth))


def right(case: Case, stages: Sequence[str]) -> dict[str, list[Right]]:
    """Return the right numbers of these stages, with the errors allowed in double precision.

    A stage that Bounded numbers cannot compute is left out. A number without a bound has an infinite allowance.
    """
    bounds = numbers_of(Bounded, Network(case, Bounded).answers(stages))
    with localcontext(DIGITS):
        truths = numbers_of(Decimal, Network(case, Decimal).answers(tuple(bounds)))
    return {
        stage: [Right(t, allowance(b), b.value) for t, b in zip(truths[stage], bounds[stage], strict=True)]
        for stage in STAGES
        if stage in truths
    }


def allowance(number: Bounded) -> float:
    """Return the error bound of a number, or infinity if the number has no bound."""
    try:
        return number.error
    except Undecided:
        return math.inf
