"""The right numbers: the true value of every stage in a hundred digits, and the error that a correct program may have.

The loops of `reference` compute both, with Decimal and with Bounded numbers.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from reference.network import NeuralNetwork
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.number import Number, Row
from reference.oracle.answers import leaves
from reference.oracle.cases import Case
from reference.oracle.judging.steps import Network, numbers_of
from reference.oracle.settings import optimizer_of
from reference.specification.names import STAGES

DIGITS = Context(prec=100)


class Right(NamedTuple):
    """A right number: the true value, the allowed error of a correct program, and the value as a float."""

    truth: Decimal
    allowance: float
    value: float

    def ratio(self, answer: float) -> float:
        """Return error / allowance; if no error is allowed, 0 for the right number and infinity for any other."""
        if self.allowance == 0:
            return 0.0 if answer == self.value else float("inf")
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth) / Decimal(self.allowance))

    def error(self, answer: float) -> float:
        """Return how far an answer is from the truth."""
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth))


def answers_of(case: Case, number: Callable[[float], Number], stages: Sequence[str]) -> dict[str, Row]:
    """Return these stages of the reference network on one kind of number, each flat, sample after sample.

    If numbers overflow, or the bounds cannot decide, all stages of that pass are left out.
    """
    setting, layout = case.setting, case.layout
    flat = [number(w) for w in case.weights]
    network = NeuralNetwork(*layout.sizes, hidden=setting.hidden, output=setting.output, loss=setting.loss, weights=flat)
    pair, reduction, l2, rule = (case.inputs, case.targets), setting.reduction, setting.l2, setting.rule

    def weights() -> list[Row]:
        """Return the weights after each step. Each step starts from the candidate's own weights, if it answered them."""
        optimizer, rate, rows = optimizer_of(setting.optimizer), setting.learning_rate, []
        for step in range(setting.steps):
            if step and case.path:
                network.weights = [number(w) for w in case.path[step - 1]]
            network.train(*pair, learning_rate=rate, optimizer=optimizer, reduction=reduction, l2=l2, rule=rule)
            rows.append(network.weights)
        return rows

    parts: tuple[tuple[Sequence[str], Callable[[], Mapping[str, object]]], ...] = (
        (STAGES[:4], lambda: network.forward(case.inputs)._asdict()),
        (("loss",), lambda: {"loss": network.loss_of(*pair, reduction=reduction, l2=l2)}),
        (STAGES[5:8], lambda: network.backward(*pair, reduction=reduction, l2=l2, rule=rule)._asdict()),
        (("weights",), lambda: {"weights": weights()}),
    )
    answers: dict[str, Row] = {}
    for names, compute in parts:
        if not set(names).isdisjoint(stages):
            with suppress(Undecided, FloatingPointError):
                answers |= {stage: list(leaves(value)) for stage, value in compute().items() if stage in stages}
    return answers


def right(case: Case, stages: Sequence[str]) -> dict[str, list[Right]]:
    """Return the right numbers of these stages, each with the error allowed in double precision.

    A stage that the bounds cannot decide is left out.

    A single number without a bound has an infinite allowance.
    """
    bounds = numbers_of(Bounded, Network(case, Bounded).answers(stages))
    with localcontext(DIGITS):
        truths = numbers_of(Decimal, answers_of(case, Decimal, tuple(bounds)))
    return {
        stage: [Right(t, allowance(b), b.value) for t, b in zip(truths[stage], bounds[stage], strict=True)]
        for stage in STAGES
        if stage in truths
    }


def allowance(number: Bounded) -> float:
    """Return the bound of a number; infinity if it has none."""
    try:
        return number.error
    except Undecided:
        return math.inf
