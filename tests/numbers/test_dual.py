"""The gradient of the backward pass agrees with the gradient by dual numbers, which needs no backward pass."""

from typing import Any

from hypothesis import given

import reference
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.dual import Dual
from tests.strategies import Trial, cases


def gradient(case: Trial) -> list[Any]:
    """Return the gradient by dual numbers: one forward pass for each weight."""
    dual = Dual.of(Bounded)
    weights = [dual(w) for w in case.weights]
    slopes = []
    for position, weight in enumerate(case.weights):
        network = case.network(reference, [*weights[:position], dual(weight, 1), *weights[position + 1 :]])
        slopes.append(network.loss_of(case.inputs, case.targets, reduction=case.reduction, l2=case.l2).slope)
    return slopes


def disagree(case: Trial, factor: float = 1.0) -> bool:
    """Whether factor * (gradient of `backward`) and the gradient by dual numbers differ by more than the sum of their bounds.

    False if a computation raises Undecided (its bounds are too wide) or FloatingPointError (a number overflows).
    """
    network = case.network(reference, [Bounded(w) for w in case.weights])
    try:
        back = network.backward(case.inputs, case.targets, reduction=case.reduction, l2=case.l2).gradient
        pairs = [(factor * g.value - d.value, g.error + d.error) for g, d in zip(back, gradient(case), strict=True)]
    except (Undecided, FloatingPointError):
        return False
    return any(abs(difference) > bound for difference, bound in pairs)


@given(cases(usual=True))
def test_the_backward_pass_is_the_derivative_of_the_loss(case: Trial) -> None:
    assert not disagree(case)


def test_a_wrong_gradient_is_found() -> None:
    findings = []

    @given(cases(usual=True))
    def count(case: Trial) -> None:
        findings.append(disagree(case, factor=1.001))

    count()
    assert sum(findings) > len(findings) / 2
