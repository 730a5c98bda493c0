"""The loops run on every kind of number, including kinds of other packages."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import reference
from reference import Bounded, Kind, register
from reference.specification.names import HIDDEN
from tests.strategies import PAIRS

INPUTS, TARGETS = [[1, 0.5], [-2, 3]], [[0.25, 0.75], [1, 0]]
WEIGHTS = [number / 8 for number in (1, -2, 3, 4, -5, 6, 7, -8, 9, 10, -11, 12, 13, -14, 15, 16, 3)]  # 2-3-2


class Unregistered:
    """A number of another package, with + - * / and comparisons. It is not registered."""

    def __init__(self, value: Any) -> None:
        self.value = value.value if isinstance(value, Unregistered) else float(value)

    def __float__(self) -> float:
        return self.value

    def __neg__(self) -> Any:
        return type(self)(-self.value)

    def __lt__(self, other: Any) -> bool:
        return self.value < float(other)

    def __le__(self, other: Any) -> bool:
        return self.value <= float(other)

    def __gt__(self, other: Any) -> bool:
        return self.value > float(other)

    def __ge__(self, other: Any) -> bool:
        return self.value >= float(other)

    def __eq__(self, other: object) -> bool:
        return self.value == float(other)  # type: ignore[arg-type]

    __hash__ = None  # type: ignore[assignment]


def arithmetic(name: str) -> Any:
    """Return an operation that refuses floats, because the loops may use only integer literals."""

    def operate(self: Any, other: Any) -> Any:
        assert isinstance(other, type(self) | int), f"{name} with {other!r}"
        return type(self)(getattr(self.value, name)(float(other)))

    return operate


for operation in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv"):
    setattr(Unregistered, f"__{operation}__", arithmetic(f"__{operation}__"))


class Registered(Unregistered):
    """A number with its own functions, registered for the loops."""


def function_of_registered(function: Any) -> Any:
    return lambda x: Registered(function(float(x)))


register(
    Kind(
        Registered,
        Registered,
        *map(function_of_registered, (math.exp, math.log, math.log1p, math.tanh, math.sqrt)),
        is_finite=lambda x: math.isfinite(x.value),
    )
)


def every_number(network: Any, **how: Any) -> list[Any]:
    """Return the numbers of both passes, the losses of training, and the trained weights."""
    stages = [*network.forward(INPUTS), *network.backward(INPUTS, TARGETS, l2=0.5)]
    losses = [network.train(INPUTS, TARGETS, l2=0.25, learning_rate=0.1, epochs=2, shuffle=1, batch_size=1, **how)]
    flat: list[Any] = []

    def collect(values: Any) -> None:
        if isinstance(values, list):
            for value in values:
                collect(value)
        else:
            flat.append(values)

    collect([*stages, losses, network.weights])
    return flat


@pytest.mark.parametrize("make", [float, Decimal, np.float32, np.float64, Bounded, Registered])
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_result_has_the_kind_of_the_weights(make: Any, hidden: str, output: str, loss: str) -> None:
    names = {"hidden": hidden, "output": output, "loss": loss}
    numbers = every_number(reference.NeuralNetwork(2, 3, 2, weights=[make(w) for w in WEIGHTS], **names))
    assert {type(number) for number in numbers} == {float if make is np.float64 else make}


@pytest.mark.parametrize("make", [Decimal, np.float32, Bounded, Registered])
@pytest.mark.parametrize("optimizer", ["SGD(0.9)", "SGD(0.9, True)", "RMSProp()", "Adam()"])
def test_every_optimizer_keeps_the_kind_of_the_weights(make: Any, optimizer: str) -> None:
    network = reference.NeuralNetwork(2, 3, 2, hidden="tanh", weights=[make(w) for w in WEIGHTS])
    numbers = every_number(network, optimizer=eval(optimizer, vars(reference)))
    assert {type(number) for number in numbers} == {make}


@pytest.mark.parametrize("make", [lambda w: Fraction(w) / 3, Unregistered], ids=["Fraction", "not registered"])
@pytest.mark.parametrize("optimizer", ["SGD()", "SGD(0.9)", "SGD(0.9, True)"])
def test_fractions_and_unregistered_numbers_train_if_no_function_is_needed(make: Any, optimizer: str) -> None:
    for hidden in ("relu", "leaky_relu", "identity"):
        names = {"hidden": hidden, "output": hidden, "weights": [make(w) for w in WEIGHTS]}
        numbers = every_number(reference.NeuralNetwork(2, 3, 2, **names), optimizer=eval(optimizer, vars(reference)))
        assert {type(number) for number in numbers} == {type(make(1))}


@pytest.mark.parametrize("activation", [{"hidden": "sigmoid"}, {"hidden": "tanh"}, {"output": "softmax"}])
def test_a_missing_function_is_refused_until_it_is_registered(activation: dict[str, str]) -> None:
    """If the loops used the function for floats instead, the number would lose its precision."""

    class Late(Unregistered):
        """A number that is registered after a network uses it."""

    names = {"hidden": "relu", "output": "identity"} | activation
    network = reference.NeuralNetwork(2, 3, 2, weights=[Late(w) for w in WEIGHTS], **names)
    with pytest.raises(
        ValueError, match=r"^(exp|tanh) of a Late is not known; define it with register\(Kind\(Late, \.\.\.\)\)"
    ):
        network.predict([1, 2])
    functions = [lambda x, f=f: Late(f(float(x))) for f in (math.exp, math.log, math.log1p, math.tanh, math.sqrt)]
    try:
        register(Kind(Late, Late, *functions, is_finite=lambda x: math.isfinite(x.value)))
        floats = reference.NeuralNetwork(2, 3, 2, weights=WEIGHTS, **names).predict([1, 2])
        for each in (network, reference.NeuralNetwork(2, 3, 2, weights=[Late(w) for w in WEIGHTS], **names)):
            assert [float(y) for y in each.predict([1, 2])] == floats
    finally:
        del reference.numbers.kinds.KINDS[Late]


@pytest.mark.parametrize("optimizer", ["RMSProp()", "Adam()"])
def test_a_missing_sqrt_is_refused(optimizer: str) -> None:
    network = reference.NeuralNetwork(2, 3, 2, hidden="relu", output="relu", weights=[Unregistered(w) for w in WEIGHTS])
    with pytest.raises(ValueError, match="sqrt of a Unregistered is not known"):
        network.train(INPUTS, TARGETS, optimizer=eval(optimizer, vars(reference)))


@pytest.mark.parametrize("activation", [{"hidden": "sigmoid"}, {"hidden": "tanh"}, {"output": "softmax"}])
def test_functions_of_fractions_are_refused_with_advice(activation: dict[str, str]) -> None:
    names = {"hidden": "relu", "output": "identity"} | activation
    with pytest.raises(ValueError, match="use Decimal numbers, or relu, leaky_relu or identity"):
        reference.NeuralNetwork(2, 3, 2, weights=[Fraction(w) for w in WEIGHTS], **names).predict([1, 2])


def test_ints_become_floats_and_floats_may_be_mixed_with_one_other_kind() -> None:
    assert reference.NeuralNetwork(1, 1, 1, weights=[1, 2, 3, 4]).weights == [1.0, 2.0, 3.0, 4.0]
    network = reference.NeuralNetwork(1, 1, 1, weights=[1, 0.5, Decimal("0.1"), 4])
    assert {type(weight) for weight in network.weights} == {Decimal}
    with pytest.raises(ValueError, match="mixes Decimal and Fraction"):
        reference.NeuralNetwork(1, 1, 1, weights=[1, 0.5, Decimal("0.1"), Fraction(1, 3)])


def test_single_precision_rounds_every_product_and_sum() -> None:
    weights = np.array([0.7, 0.1, 1, 0], np.float32)
    network = reference.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=weights)
    (y,) = network.predict([3])
    assert type(y) is np.float32
    assert y == np.float32(3) * np.float32(0.7) + np.float32(0.1)
    assert float(y) != 3 * 0.7 + 0.1
