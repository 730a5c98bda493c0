"""The gradient agrees with central differences of the loss in Decimal, for every output activation and loss."""

from decimal import Decimal, localcontext
from typing import Any

import pytest

import reference
from reference.specification.names import HIDDEN
from tests.strategies import PAIRS
from tests.thorough import mark_slow_in, thorough

DIGITS = 80
WEIGHTS = [Decimal(n) / 16 for n in (3, -7, 5, 11, -2, 9, -13, 4, 6, -5, 8, -3, 7, -9, 10, 2, -11)]  # 2-3-2
INPUTS, TARGETS = (
    [[Decimal("0.75"), Decimal("-1.25")], [Decimal(2), Decimal("0.5")]],
    [[Decimal(1), Decimal(0)], [Decimal("0.25"), Decimal("0.5")]],
)


def loss(names: dict[str, str], weights: list[Decimal], **how: Any) -> Decimal:
    return reference.NeuralNetwork(2, 3, 2, weights=weights, **names).loss_of(INPUTS, TARGETS, **how)


def difference(names: dict[str, str], position: int, step: Decimal, **how: Any) -> Decimal:
    """Return (loss(w + step) - loss(w - step)) / (2 step) for one weight."""
    up, down = list(WEIGHTS), list(WEIGHTS)
    up[position] += step
    down[position] -= step
    return (loss(names, up, **how) - loss(names, down, **how)) / (2 * step)


def check_gradient(names: dict[str, str], gradient: list[Decimal], **how: Any) -> None:
    """Assert that each entry is the limit of the central differences.

    The error of a central difference is about C*step**2 for `far`, and C*step**2/4 for `near`, which uses step/2. So the error
    of `near` is about a third of |far - near|. The test allows |far - near|, plus the effect of rounding the loss to 80 digits.
    """
    step = Decimal(10) ** -12
    rounding = 100 * abs(loss(names, WEIGHTS, **how)) * Decimal(10) ** -DIGITS / step
    for position in range(len(WEIGHTS)):
        far, near = (difference(names, position, width, **how) for width in (step, step / 2))
        error = abs(gradient[position] - near)
        assert error <= abs(far - near) + rounding, f"gradient[{position}]: {gradient[position]:.20} and {near:.20}"


@pytest.mark.parametrize("hidden", mark_slow_in(HIDDEN, "sigmoid", "relu", "identity"))
@pytest.mark.parametrize(("output", "loss_name"), PAIRS)
@pytest.mark.parametrize("reduction", ["mean", *thorough(("sum",))])
def test_gradient_is_the_limit_of_central_differences(reduction: str, output: str, loss_name: str, hidden: str) -> None:
    names, how = {"hidden": hidden, "output": output, "loss": loss_name}, {"reduction": reduction, "l2": Decimal("0.125")}
    with localcontext() as context:
        context.prec = DIGITS
        network = reference.NeuralNetwork(2, 3, 2, weights=WEIGHTS, **names)
        check_gradient(names, network.backward(INPUTS, TARGETS, **how).gradient, **how)


def test_a_gradient_that_is_a_trillionth_off_is_found() -> None:
    names = {"hidden": "tanh", "output": "softmax", "loss": "cross_entropy"}
    with localcontext() as context:
        context.prec = DIGITS
        gradient = reference.NeuralNetwork(2, 3, 2, weights=WEIGHTS, **names).backward(INPUTS, TARGETS).gradient
        check_gradient(names, gradient)
        for position in range(len(gradient)):
            wrong = list(gradient)
            wrong[position] *= 1 + Decimal(10) ** -12
            with pytest.raises(AssertionError, match=rf"gradient\[{position}\]"):
                check_gradient(names, wrong)


def test_the_rule_error_splitting_does_not_give_the_gradient_of_any_loss() -> None:
    for loss_name in ("half_squared_error", "squared_error", "mean_squared_error", "cross_entropy"):
        names = {"hidden": "sigmoid", "output": "sigmoid", "loss": loss_name}
        with localcontext() as context:
            context.prec = DIGITS
            network = reference.NeuralNetwork(2, 3, 2, weights=WEIGHTS, **names)
            with pytest.raises(AssertionError):
                check_gradient(names, network.backward(INPUTS, TARGETS, rule="error_splitting").gradient)
