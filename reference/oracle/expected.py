"""What is right: the truth of every stage in a hundred digits, and how far a correct evaluation may be from it.

Both are the loops of `reference`, run on Decimal and on Bounded numbers.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Context, Decimal, localcontext
from typing import NamedTuple, TypeVar

from reference.network import NeuralNetwork
from reference.numbers.bounded import Bounded, Undecided
from reference.oracle.cases import Case
from reference.oracle.settings import optimizer_of
from reference.oracle.steps import STAGES, Network, leaves, numbers_of

DIGITS = Context(prec=100)
N = TypeVar("N")


class Right(NamedTuple):
    """A number as it must be: the truth, and the allowance that every correct evaluation keeps."""

    truth: Decimal
    allowance: float
    value: float

    def ratio(self, answer: float) -> float:
        """Return error / allowance; where none is allowed, 0 for the very number and infinity for another."""
        if self.allowance == 0:
            return 0.0 if answer == self.value else float("inf")
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth) / Decimal(self.allowance))

    def error(self, answer: float) -> float:
        """Return how far an answer is from the truth."""
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth))


def answers_of(case: Case, number: type[N], stages: Sequence[str]) -> dict[str, list[N]]:
    """Return these stages of the reference network on one kind of number, each flat, sample after sample.

    A stage that cannot be computed is left out.
    """
    setting, layout = case.setting, case.layout
    sizes = layout.n_inputs, layout.n_hidden, layout.n_outputs
    reduction, l2, rule = setting.reduction, setting.l2, setting.rule
    convert: Callable[[float], N] = number

    def network() -> NeuralNetwork:
        flat = [convert(w) for w in case.weights]
        return NeuralNetwork(*sizes, hidden=setting.hidden, output=setting.output, loss=setting.loss, weights=flat)

    def backward() -> dict[str, object]:
        return network().backward(case.inputs, case.targets, reduction=reduction, l2=l2, rule=rule)._asdict()

    def weights() -> dict[str, object]:
        net, optimizer, rate, rows = network(), optimizer_of(setting.optimizer), setting.learning_rate, []
        for step in range(setting.steps):
            if step and case.path:
                net.weights = [convert(w) for w in case.path[step - 1]]
            net.train(case.inputs, case.targets, learning_rate=rate, optimizer=optimizer, reduction=reduction, l2=l2, rule=rule)
            rows.append(net.weights)
        return {"weights": rows}

    parts: tuple[tuple[Sequence[str], Callable[[], dict[str, object]]], ...] = (
        (STAGES[:4], lambda: network().forward(case.inputs)._asdict()),
        (("loss",), lambda: {"loss": network().loss_of(case.inputs, case.targets, reduction=reduction, l2=l2)}),
        (STAGES[5:8], backward),
        (("weights",), weights),
    )
    answers: dict[str, list[N]] = {}
    for names, compute in parts:
        if not set(names).isdisjoint(stages):
            with suppress(Undecided, FloatingPointError):
                answers |= {stage: list(leaves(number, rows)) for stage, rows in compute().items() if stage in stages}
    return answers


def right(case: Case, stages: Sequence[str]) -> dict[str, list[Right]]:
    """Return what is right in double precision in these stages; one that the bounds cannot decide is left out.

    A single number that they cannot decide may be anything.
    """
    bounds = numbers_of(Bounded, Network(case, Bounded).answers(stages))
    with localcontext(DIGITS):
        truths = answers_of(case, Decimal, tuple(bounds))
    return {
        stage: [Right(t, allowance(b), b.value) for t, b in zip(truths[stage], bounds[stage], strict=True)]
        for stage in STAGES
        if stage in truths
    }


def allowance(number: Bounded) -> float:
    """Return the bound of a number; infinity where it has none."""
    try:
        return number.error
    except Undecided:
        return math.inf
