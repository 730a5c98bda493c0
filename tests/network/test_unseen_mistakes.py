"""Mistakes that the other tests would miss."""

import math
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from typing import Any

import pytest

import reference
import vectorized
from reference import Layout, initial_weights, oracle
from reference.numbers.exact import decimal_log1p, decimal_tanh
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.judging.steps import Network
from reference.specification.order import epoch_keys
from tests.network.compare import assert_within, bounded
from tests.network.computers import OWN, Computer
from tests.network.test_both_packages import check_backward, check_step
from tests.oracle.answering import Runner
from tests.strategies import Trial

BOTH = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])


@pytest.mark.parametrize("computer", OWN, ids=str)
@pytest.mark.parametrize("targets", [[[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [[1.0, 1.0, 1.0]] * 2, [[0.0, 0.0, 0.0]] * 2])
def test_zeros_and_ones_that_are_not_one_hot(targets: list[list[float]], computer: Computer) -> None:
    """If a row has two ones, the softmax delta is y*2 - t. For a one-hot row it would be y - t."""
    weights = [n / 8 for n in range(-7, 8)]
    case = Trial(Layout(2, 2, 3), "tanh", "softmax", "cross_entropy", weights, [[1.0, -2.0], [0.5, 3.0]], targets)
    check_backward(case, computer)
    check_step(case, "SGD", computer)


# Adam counts its steps.


def adam_by_hand(weights: list[float], gradients: list[list[float]], rate: float) -> list[list[Decimal]]:
    """Return the weights after each step, by the formula with sixty digits."""
    with localcontext() as context:
        context.prec = 60
        beta1, beta2, epsilon = map(Decimal, (0.9, 0.999, 1e-8))  # the same floats as in the optimizers
        w = [Decimal(x) for x in weights]
        m, v = [Decimal(0)] * len(w), [Decimal(0)] * len(w)
        after = []
        for t, gradient in enumerate(gradients, 1):
            for at, g in enumerate(map(Decimal, gradient)):
                m[at] = beta1 * m[at] + (1 - beta1) * g
                v[at] = beta2 * v[at] + (1 - beta2) * g * g
                change = m[at] / (1 - beta1**t) / ((v[at] / (1 - beta2**t)).sqrt() + epsilon)
                w[at] -= Decimal(rate) * change
            after.append(list(w))
        return after


GRADIENTS = [[0.5, -2.0, 0.0, 1e-9], [0.25, 3.0, 1.0, -1e-9], [-4.0, 0.125, 1.0, 1e-3]]


@BOTH
def test_three_steps_of_adam(package: Any) -> None:
    """A single step does not show whether the optimizer keeps t, m and v for the next step."""
    start = [0.5, -1.0, 2.0, 0.0]
    optimizer, bounded_optimizer = package.Adam(), reference.Adam()
    weights, bounds = start, bounded(start)
    for gradient, truth in zip(GRADIENTS, adam_by_hand(start, GRADIENTS, 0.125), strict=True):
        weights = optimizer.step(weights, gradient, 0.125)
        bounds = bounded_optimizer.step(bounds, bounded(gradient), bounded(0.125))
        exact = [Fraction(w) for w in truth]
        assert_within(Layout(1, 1, 1), "weights", [float(w) for w in weights], exact, bounds, [bounded(0.0)] * 4)


@BOTH
def test_adam_does_not_count_a_step_that_overflowed(package: Any) -> None:
    """A user may catch the overflow and continue with a smaller gradient."""
    interrupted, undisturbed = package.Adam(), package.Adam()
    for optimizer in (interrupted, undisturbed):
        optimizer.step([1.0, 2.0], [0.5, -1.0], 0.1)
    with pytest.raises(FloatingPointError, match="the optimizer's step overflows"):
        interrupted.step([1.0, 2.0], [1e200, 1.0], 0.1)
    here, there = (optimizer.step([1.0, 2.0], [0.25, 0.5], 0.1) for optimizer in (interrupted, undisturbed))
    assert list(here) == list(there)


@BOTH
@pytest.mark.parametrize("optimizer", ["SGD(0.5)", "RMSProp()", "Adam()"])
def test_a_diverging_step_changes_neither_weights_nor_optimizer(package: Any, optimizer: str) -> None:
    """The backward pass multiplies infinity by a slope of 0."""
    names = {"hidden": "relu", "output": "softmax", "weights": [-1.0, 0.0, 1e200, -1e200, 0.0, 0.0]}  # the hidden node is 0
    interrupted, undisturbed = (eval(optimizer, vars(package)) for _ in range(2))
    for each in (interrupted, undisturbed):
        package.NeuralNetwork(1, 1, 2, **names).train([[1.0]], [[1.0, 0.0]], optimizer=each)
    diverging = package.NeuralNetwork(1, 1, 2, **names)
    with pytest.raises(FloatingPointError, match="training diverged in epoch 0, batch 0: h_deltas"):
        diverging.train([[1.0]], [[1e150, 0.0]], optimizer=interrupted)
    assert list(diverging.weights) == names["weights"]
    after = []
    for each in (interrupted, undisturbed):
        network = package.NeuralNetwork(1, 1, 2, **names)
        network.train([[1.0]], [[0.0, 1.0]], optimizer=each, epochs=2)
        after.append(list(network.weights))
    assert after[0] == after[1]


@BOTH
def test_three_epochs_of_adam_equal_three_of_its_steps(package: Any) -> None:
    inputs, targets = [[1.0, -2.0], [0.5, 3.0]], [[1.0, 0.0], [0.0, 1.0]]
    network, alone = (
        package.NeuralNetwork(2, 3, 2, hidden="tanh", seed=1),
        package.NeuralNetwork(2, 3, 2, hidden="tanh", seed=1),
    )
    network.train(inputs, targets, epochs=3, optimizer=package.Adam(), learning_rate=0.1, reduction="sum")
    optimizer = package.Adam()
    for _ in range(3):
        alone.weights = optimizer.step(alone.weights, alone.backward(inputs, targets, reduction="sum").gradient, 0.1)
    assert list(network.weights) == list(alone.weights)


# The order of samples.


@BOTH
@pytest.mark.parametrize("shuffle", [None, 0, 3])
def test_online_training_over_several_epochs(package: Any, shuffle: int | None) -> None:
    """Each step halves the distance from the weight to a target, so the bits of the weight show the order of the samples."""
    targets = [0.0, 1.0, 3.0]
    weights = [0.0, 1.0, 0.0, 0.0]  # the hidden node is its bias, 1, and only h0->o0 is trained
    network = package.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=weights)
    how = {"batch_size": 1, "learning_rate": 0.5, "shuffle": shuffle, "train_biases": False, "epochs": 5}
    losses = network.train([[0.0]] * 3, [[t] for t in targets], **how)
    keys = epoch_keys(3, shuffle) if shuffle is not None else None
    w, expected, orders = 0.0, [], set()
    for _ in range(5):
        order = range(3) if keys is None else sorted(range(3), key=next(keys).__getitem__)
        orders.add(tuple(order))
        sample_losses = []
        for s in order:
            sample_losses.append((w - targets[s]) ** 2 / 2)
            w = (w + targets[s]) / 2
        expected.append(sum(sample_losses) / 3)
    assert len(orders) > 1 or shuffle is None, "these seeds take the samples in several orders"
    assert network.weights[2] == w
    assert losses == expected


@pytest.mark.parametrize("shuffle", [None, 0, 3])
@pytest.mark.parametrize("optimizer", ["SGD", "momentum"])
def test_both_packages_take_the_samples_in_the_same_order(optimizer: str, shuffle: int | None) -> None:
    """In another order, these steps would give other weights."""
    weights = [n / 8 for n in range(-6, 7)]
    inputs, targets = [[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25]], [[0.25], [-1.0], [2.0]]
    case = Trial(Layout(2, 3, 1), "tanh", "identity", "half_squared_error", weights, inputs, targets)
    check_step(case, optimizer, batch_size=1, epochs=4, learning_rate=0.25, shuffle=shuffle)


# Decimals near 0.


@pytest.mark.parametrize("function", [decimal_tanh, decimal_log1p])
@pytest.mark.parametrize("x", ["1e-40", "1e-29", "-3e-27", "1e-20", "7e-15", "-1e-14", "3e-9", "1e-5", "-0.001", "0.1"])
def test_decimals_near_0_keep_every_digit(function: Any, x: str) -> None:
    """With 28 digits, 1 - exp(-2x) and 1 + x lose digits of a small x."""
    assert getcontext().prec == 28
    number = Decimal(x) * Decimal("1.234567890123456789012345678")  # with fewer digits, 1 + x might be exact
    with localcontext() as context:
        context.prec = 120
        e = (2 * number).exp()
        truth = (e - 1) / (e + 1) if function is decimal_tanh else (1 + number).ln()
    found = function(number)
    assert abs(found - truth) <= abs(truth) * Decimal(10) ** -27
    assert found.copy_sign(Decimal(1)) == abs(found)
    assert math.copysign(1, found) == math.copysign(1, number)


# Names, seeds and candidates.


@pytest.mark.parametrize("name", ["i3->h0", "i0->h4", "b->h4", "h4->o0", "h0->o2", "b->o2"])
def test_an_edge_of_a_node_that_does_not_exist_is_refused(name: str) -> None:
    """The formulas of the positions alone would give h0->o2 the position of h1->o0, and b->h4 the position of h0->o0."""
    with pytest.raises(ValueError, match=f"'{name}' is not an edge of a 3-4-2 network"):
        Layout(3, 4, 2).position(name)


@pytest.mark.parametrize("scheme", ["glorot_uniform", "uniform", "normal"])
def test_the_default_seed_is_0(scheme: str) -> None:
    """Examples without a seed print the same numbers every time."""
    expected = initial_weights(2, 3, 2, scheme, seed=0)
    assert initial_weights(2, 3, 2, scheme) == expected
    for package in (reference, vectorized):
        assert list(package.NeuralNetwork(2, 3, 2, init=scheme).weights) == expected


@pytest.mark.thorough
def test_a_candidate_may_answer_o_deltas_alone() -> None:
    """The candidate returns no sums, so the oracle uses the true sums."""

    def deltas_of(network: type[Network]) -> Any:
        return lambda case: {"o_deltas": Runner(network)(case)["o_deltas"]}

    right = oracle.check(deltas_of(Network), hidden="tanh", examples=20)
    assert (right.grade, right.agrees) == ("exact", True)
    wrong = oracle.check(deltas_of(MISTAKES["o_deltas_twice"].network), hidden="tanh", examples=20)
    assert (wrong.grade, wrong.first_wrong) == ("wrong", "o_deltas[0]")
    assert "o_deltas_twice" in wrong.diagnoses
