"""What is right: the truth of every stage in a hundred digits, and how far a correct evaluation may be from it.

Both are the loops of `reference`, run on Decimal and on Bounded numbers.
"""

import math
from collections.abc import Iterator
from decimal import Context, Decimal, localcontext
from typing import Any, NamedTuple

from reference.network import NeuralNetwork
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.number import Number
from reference.optimizers import SGD, Adam, RMSProp
from reference.oracle.cases import Case
from reference.oracle.steps import STAGES, Network

DIGITS = Context(prec=100)
SINGLE = Bounded.with_unit(2.0**-24, 2.0**-149, 2.0**128 - 2.0**104, single=True)
PRECISIONS: dict[str, type[Bounded]] = {"float64": Bounded, "float32": SINGLE}
OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSProp, "adam": Adam}


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

    def outwards(self, answer: float) -> int:
        """Return 1 for an answer farther from 0 than the truth, -1 for one nearer, 0 for the truth."""
        with localcontext(DIGITS):
            off = (Decimal(answer) - self.truth) * self.truth
            return (off > 0) - (off < 0)

    def error(self, answer: float) -> float:
        """Return how far an answer is from the truth."""
        with localcontext(DIGITS):
            return float(abs(Decimal(answer) - self.truth))


def network_on(case: Case, number: Any) -> NeuralNetwork:
    """Return the reference network of a case on numbers of a kind."""
    layout, setting = case.layout, case.setting
    names: Any = {"hidden": setting.hidden, "output": setting.output, "loss": setting.loss}
    return NeuralNetwork(layout.n_inputs, layout.n_hidden, layout.n_outputs, **names, weights=[number(w) for w in case.weights])


def answers_of(case: Case, number: Any, wanted: tuple[str, ...]) -> dict[str, list[Number]]:
    """Return the wanted stages that reference can answer on numbers of a kind, each flat, sample after sample."""
    setting = case.setting
    found: dict[str, list[Number]] = {}
    how = {"reduction": setting.reduction, "l2": setting.l2}
    for stages, ask in (
        (STAGES[:4], lambda network: network.forward(case.inputs)),
        (("loss",), lambda network: {"loss": network.loss_of(case.inputs, case.targets, **how)}),
        (STAGES[5:8], lambda network: network.backward(case.inputs, case.targets, **how, rule=setting.rule)),
        (("weights",), lambda network: {"weights": weights_after(network, case, how)}),
    ):
        if set(stages) & set(wanted):
            try:
                answer = ask(network_on(case, number))
            except (Undecided, FloatingPointError):
                continue
            fields = answer if isinstance(answer, dict) else answer._asdict()
            found |= {stage: list(flattened(fields[stage])) for stage in stages if stage in wanted}
    return found


def weights_after(network: NeuralNetwork, case: Case, how: dict[str, Any]) -> list[Number]:
    """Return the weights after every step on the whole batch."""
    rate, rule = case.setting.learning_rate, case.setting.rule
    optimizer, weights = optimizer_of(case), []
    for number in range(case.setting.steps):
        if number and case.path:
            network.weights = [type(network.weights[0])(w) for w in case.path[number - 1]]
        network.train(case.inputs, case.targets, learning_rate=rate, optimizer=optimizer, rule=rule, **how)
        weights += network.weights
    return weights


def optimizer_of(case: Case) -> Any:
    """Return the optimizer of a case, before its first step."""
    settings = dict(case.setting.optimizer or {"name": "sgd"})
    return OPTIMIZERS[settings.pop("name")](**settings)


def flattened(values: Any) -> Iterator[Number]:
    """Yield the numbers of nested lists in order."""
    if isinstance(values, list):
        for each in values:
            yield from flattened(each)
    else:
        yield values


def right(case: Case, precision: str, wanted: tuple[str, ...]) -> dict[str, list[Right]]:
    """Return what is right in every wanted stage that the bounds decide; a single number they do not decide may be anything."""
    bounds = Network(case, PRECISIONS[precision]).answers(wanted)
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
