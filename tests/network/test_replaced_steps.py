"""Training notices changed weights, changed momentum, a replaced method `step`, and overflows."""

import copy
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
import vectorized.inplace
from reference.numbers.kinds import FLOAT, KINDS
from tests.network.compare import assert_within, bounded

PACKAGES = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
LINEAR = {"hidden": "identity", "output": "identity"}
USUAL = {"hidden": "tanh", "output": "softmax"}  # with these functions, `vectorized` computes its steps in place
NAMES = pytest.mark.parametrize("names", [LINEAR, USUAL], ids=["linear", "usual"])
WEIGHTS = [0.5, 0.125, 0.25, -0.75, 0.375, -0.5]


class Mutable:
    """A mutable number: `+=` changes the object, as with an array."""

    def __init__(self, value: float) -> None:
        self.value = float(value)

    def __float__(self) -> float:
        return self.value

    def __add__(self, other: Any) -> "Mutable":
        return Mutable(self.value + float(other))

    __radd__ = __add__

    def __iadd__(self, other: Any) -> "Mutable":
        self.value += float(other)
        return self

    def __mul__(self, other: Any) -> "Mutable":
        return Mutable(self.value * float(other))

    __rmul__ = __mul__


def test_sums_do_not_change_numbers_in_place() -> None:
    weights = [Mutable(n / 10) for n in range(1, 10)]
    network = reference.NeuralNetwork(2, 2, 1, weights=weights, **LINEAR)
    floats = reference.NeuralNetwork(2, 2, 1, weights=[n / 10 for n in range(1, 10)], **LINEAR).predict([1.0, 2.0])
    answers = [[float(y) for y in network.predict([1.0, 2.0])] for _ in range(3)]
    assert answers == [floats] * 3


def test_a_sum_starts_at_the_integer_0_except_for_floats() -> None:
    assert all(type(kind.zero) is (float if kind.type is float else int) for kind in KINDS.values())
    assert FLOAT.zero == 0


@PACKAGES
@NAMES
def test_momentum_set_during_training_is_used(package: Any, names: dict[str, str]) -> None:
    optimizer = package.SGD()
    network = package.NeuralNetwork(1, 1, 2, weights=WEIGHTS, **names)
    how = {"epochs": 4, "learning_rate": 0.125, "optimizer": optimizer}
    network.train([[1.0]], [[1.0, 0.0]], on_epoch=lambda epoch, loss: setattr(optimizer, "momentum", 0.875), **how)
    plain = package.NeuralNetwork(1, 1, 2, weights=WEIGHTS, **names)
    plain.train([[1.0]], [[1.0, 0.0]], epochs=1, learning_rate=0.125)
    with_momentum = package.SGD(momentum=0.875)
    plain.train([[1.0]], [[1.0, 0.0]], epochs=3, learning_rate=0.125, optimizer=with_momentum)
    assert list(network.weights) == list(plain.weights)


@NAMES
def test_both_packages_agree_if_momentum_changes_during_training(names: dict[str, str]) -> None:
    trained = []
    for package, make in ((reference, list), (vectorized, list), (reference, bounded)):
        optimizer, network = package.SGD(), package.NeuralNetwork(1, 1, 2, weights=make(WEIGHTS), **names)

        def change(epoch: int, loss: Any, optimizer: Any = optimizer) -> None:
            optimizer.momentum = [0.5, 0.0, 0.0, 0.75, 0.0][epoch]

        network.train([[1.0]], [[1.0, 0.0]], epochs=5, learning_rate=0.125, optimizer=optimizer, on_epoch=change)
        trained.append(network.weights)
    here, there, allowed = trained
    assert_within(reference.Layout(1, 1, 2), "weights", here, list(there), allowed, allowed)


@PACKAGES
@NAMES
def test_weights_set_during_training_are_used(package: Any, names: dict[str, str]) -> None:
    network = package.NeuralNetwork(1, 1, 2, weights=WEIGHTS, **names)
    new_weights = [-weight for weight in WEIGHTS]

    def change(epoch: int, loss: float) -> None:
        if epoch == 1:
            network.weights = new_weights

    network.train([[1.0]], [[1.0, 0.0]], epochs=4, on_epoch=change)
    after = package.NeuralNetwork(1, 1, 2, weights=new_weights, **names)
    after.train([[1.0]], [[1.0, 0.0]], epochs=2)
    assert list(network.weights) == list(after.weights)


@PACKAGES
@NAMES
@pytest.mark.parametrize("on", ["object", "class"])
def test_a_replaced_step_is_used(package: Any, names: dict[str, str], on: str, monkeypatch: pytest.MonkeyPatch) -> None:
    optimizer, calls = package.SGD(), []

    def step(weights: Any, gradient: Any, learning_rate: Any) -> Any:
        calls.append(len(weights))
        return weights

    if on == "object":
        monkeypatch.setattr(optimizer, "step", step)
    else:
        monkeypatch.setattr(package.SGD, "step", lambda self, *arguments: step(*arguments))
    network = package.NeuralNetwork(1, 1, 2, weights=WEIGHTS, **names)
    network.train([[1.0]], [[1.0, 0.0]], epochs=2, optimizer=optimizer)
    assert calls == [6, 6]
    assert list(network.weights) == WEIGHTS


@PACKAGES
@NAMES
def test_a_step_replaced_during_training_is_used_from_then_on(package: Any, names: dict[str, str]) -> None:
    optimizer, history = package.SGD(), []

    def change(epoch: int, loss: float) -> None:
        history.append(list(network.weights))
        optimizer.step = lambda weights, gradient, learning_rate: weights

    network = package.NeuralNetwork(1, 1, 2, weights=WEIGHTS, **names)
    network.train([[1.0]], [[1.0, 0.0]], epochs=3, optimizer=optimizer, on_epoch=change)
    assert history == [history[0]] * 3
    assert history[0] != WEIGHTS


@PACKAGES
@NAMES
def test_a_used_optimizer_refuses_a_network_of_another_size(package: Any, names: dict[str, str]) -> None:
    optimizer = package.SGD()
    package.NeuralNetwork(1, 1, 2, weights=WEIGHTS, **names).train([[1.0]], [[1.0, 0.0]], optimizer=optimizer)
    other = package.NeuralNetwork(2, 1, 2, **names)
    with pytest.raises(ValueError, match="was used with 6 weights, not 7"):
        other.train([[1.0, 2.0]], [[1.0, 0.0]], optimizer=optimizer)


@pytest.mark.parametrize("how", ["raise", "warn"])
@pytest.mark.parametrize("hidden", vectorized.inplace.ACTIVATIONS)
def test_error_settings_of_numpy_do_not_change_training(hidden: str, how: Any) -> None:
    """Powers and products underflow in this training, and a power in the sigmoid overflows."""
    trained = []
    for calls in (how, "ignore"):
        network = vectorized.NeuralNetwork(1, 2, 2, hidden=hidden, weights=[1e-200, 800.0, 0, 0, -1e-200, 1, 0, 0, 0, -800.0])
        with np.errstate(all=calls):
            losses = network.train([[1e-200], [1.0]], [[1.0, 0.0], [1.0, 0.0]], epochs=2, batch_size=1)
        trained.append((losses, list(network.weights)))
    assert trained[0] == trained[1]


def silence_products(patch: pytest.MonkeyPatch) -> None:
    """Let matrix products overflow without an error, as in some versions of NumPy."""
    right = vectorized.inplace.dot

    def silent(a: Any, b: Any, out: Any) -> Any:
        with np.errstate(all="ignore"):
            return right(a, b, out)

    patch.setattr(vectorized.inplace, "dot", silent)


@pytest.fixture
def silent_products(monkeypatch: pytest.MonkeyPatch) -> None:
    silence_products(monkeypatch)


CASES: dict[str, Any] = {
    "after a step that changes weights by 1e160": ([1.0, 0.0, -1.0, 3.0], 1.0, [-1e150], 1e10, ("identity", "relu")),
    "in the first step": ([1e300, 0.0, 1e300, 0.0], 1.0, [1.0], 0.1, ("identity", "identity")),
    "in place, h_sums alone": ([1e150, 0.0, 1.0, -1.0, 0.0, 0.0], 1e200, [1.0, 0.0], 0.1, ("tanh", "softmax")),
    "in place, o_sums": ([1e150, 0.0, -1e100, 0.0, 0.0, 0.0], 1e100, [0.0, 1.0], 0.1, ("relu", "softmax")),
    "in place, the gradient": ([0.0, 0.0, 1e10, -1e10, 0.0, 0.0], 1e300, [1.0, 0.0], 0.1, ("tanh", "softmax")),
    "in place, rate times gradient": ([0.0, 0.0, 1e10, -1e10, 0.0, 0.0], 1e150, [1.0, 0.0], 1e150, ("tanh", "softmax")),
    "in place, rate times gradient of a bias": ([0.0, 0.0, 1e10, -1e10, 0.0, 0.0], 0.0, [1.0, 0.0], 1e300, ("tanh", "softmax")),
    "in place, the weights, after a step with rate 0": (
        [1.7e308, -1.7e308, 1e308, -1e308, 0.0, 0.0],
        1.0,
        [1.0, 0.0],
        lambda epoch: float(epoch),
        ("tanh", "softmax"),
    ),
}


def check_overflow(case: str) -> None:
    """Assert that both packages notice an overflow in the same batch, and keep the same weights."""
    weights, x, targets, rate, (hidden, output) = CASES[case]
    outcomes = []
    for package in (reference, vectorized):
        network, message = package.NeuralNetwork(1, 1, len(targets), hidden=hidden, output=output, weights=weights), "nothing"
        try:
            network.train([[x]], [targets], learning_rate=rate, epochs=4)
        except FloatingPointError as error:
            message = str(error)
        outcomes.append((message, list(network.weights)))
    assert outcomes[0][0].startswith("training diverged"), "no overflow"
    assert "overflow encountered" not in outcomes[1][0]
    assert outcomes[0][0].split(":")[0] == outcomes[1][0].split(":")[0], "not in the same epoch and batch"
    assert outcomes[0][1] == outcomes[1][1], "not the same last finite step"


@pytest.mark.usefixtures("silent_products")
@pytest.mark.parametrize("case", CASES)
def test_both_packages_notice_every_overflow(case: str) -> None:
    check_overflow(case)


@pytest.mark.usefixtures("silent_products")
@pytest.mark.parametrize("where", ["on_epoch", "learning_rate"])
@NAMES
def test_weights_set_during_training_are_checked(where: str, names: dict[str, str]) -> None:
    network = vectorized.NeuralNetwork(2, 2, 2, **names)

    def change(epoch: int, loss: float = 0.0) -> float:
        if epoch == 1:
            network.weights = [1.7e308] * 4 + [0.0] * 8
        return 0.1

    how = {"on_epoch": change} if where == "on_epoch" else {"learning_rate": change}
    with pytest.raises(FloatingPointError, match=r"epoch [12], batch 0: h_sums\[0\] is inf"):
        network.train([[1.0, 2.0]], [[1.0, 0.0]], epochs=4, **how)


RATES = [
    (["tanh", "identity"], [1.0, 0.0, 1e150, 0.0], 1000.0, 0.0, 1e10),
    (["identity", "identity"], [0.0, 0.0, 1.0, 0.0], 1e140, -1e-30, 1e-300),
    (["identity", "identity"], [0.0, 0.0, 1.0, 0.0], 1e15, -1e-34, 1e-10),
    (["identity", "identity"], [1.0, 0.0, 1.0, 0.0], 1e-200, -1e10, 1e300),
]


@pytest.mark.parametrize(("names", "weights", "x", "t", "rate"), RATES)
def test_extreme_rates_lose_no_digit(names: list[str], weights: list[float], x: float, t: float, rate: float) -> None:
    """The rate must multiply the gradient. If it multiplied the deltas, numbers could overflow or underflow."""
    trained = []
    for package, start in ((reference, weights), (vectorized, weights), (reference, bounded(weights))):
        network = package.NeuralNetwork(1, 1, 1, hidden=names[0], output=names[1], weights=start)
        network.train([[x]], [[t]], learning_rate=rate, train_biases=False)
        trained.append(network.weights)
    here, there, allowed = trained
    assert_within(reference.Layout(1, 1, 1), "weights", here, list(there), allowed, allowed)


def test_large_results_are_stored_row_by_row() -> None:
    network = vectorized.NeuralNetwork(3, 4, 5)
    stages = network.backward(np.ones((3000, 3)), np.eye(5)[np.arange(3000) % 5])
    for result in (*network.forward(np.ones((3000, 3))), stages.o_deltas, stages.h_deltas):
        assert result.flags.c_contiguous


@PACKAGES
def test_a_copy_made_during_training_does_not_change(package: Any) -> None:
    network, copies = package.NeuralNetwork(1, 1, 2), []
    network.train(
        [[1.0]], [[1, 0]], epochs=3, on_epoch=lambda epoch, loss: copies.append((copy.copy(network), network.weights))
    )
    for duplicate, weights in copies:
        assert list(duplicate.weights) == list(weights)


@PACKAGES
def test_training_uses_the_velocity_left_by_a_direct_call_of_step(package: Any) -> None:
    optimizer, network = package.SGD(), package.NeuralNetwork(1, 1, 2, hidden="tanh", weights=[0.5, 0.25, 1.0, -1.0, 0.0, 0.5])

    def on_epoch(epoch: int, loss: float) -> None:
        optimizer.momentum = 0.5
        if epoch == 0:
            optimizer.step(list(network.weights), [1.0] * 6, 1.0)
            optimizer.momentum = 0.0

    network.train([[1.0]], [[1, 0]], epochs=3, optimizer=optimizer, on_epoch=on_epoch)
    steps = np.array(network.weights) - [0.5, 0.25, 1.0, -1.0, 0.0, 0.5]
    assert (steps < -0.3).all()


def test_the_losses_of_an_epoch_are_added_in_the_precision_of_the_network() -> None:
    weights = np.array([0, 0, 0, 0, 0, 3e38], np.float32)
    for network in (
        reference.NeuralNetwork(1, 1, 2, hidden="tanh", weights=list(weights)),
        vectorized.NeuralNetwork(1, 1, 2, hidden="tanh", weights=weights, dtype="float32"),
    ):
        with pytest.raises(FloatingPointError, match="the sum of the losses of all batches of this epoch overflows"):
            network.train([[0.0]] * 2, [[1, 0]] * 2, batch_size=1, reduction="sum", learning_rate=1e-6)


@PACKAGES
def test_a_loss_of_minus_infinity_is_an_overflow(package: Any) -> None:
    network = package.NeuralNetwork(1, 1, 2, hidden="identity", weights=[0.0, 0, 0, 0, 1.7e308, -1.7e308])
    with pytest.raises(FloatingPointError, match="loss is -inf"):
        network.loss_of([0.0], [0, -1.0])


@PACKAGES
def test_training_does_not_silence_numpy_warnings_in_a_custom_optimizer(package: Any) -> None:
    class Overflowing:
        def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
            np.array([1e300]) * 1e300
            return weights

    with pytest.raises(RuntimeWarning, match="overflow"):
        package.NeuralNetwork(1, 1, 1, **LINEAR).train([[1.0]], [[1.0]], optimizer=Overflowing())
