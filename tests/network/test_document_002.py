"""Document 002, "Making A Neural Network in Python": its query, its training and its mistakes."""

from types import ModuleType

import numpy as np
import pytest
from numpy.typing import ArrayLike

from reference import initial_weights
from tests.network.documents import (
    SIGMOIDS,
    Exact,
    Network,
    bounded,
    exact,
    packages,
    sigmoid,
    sizes_of,
    weights_within,
    within,
)

SIZES = 3, 4, 2
INPUTS = [[0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.1, 0.1, 0.9]]
TARGETS = [[0.9, 0.1], [0.1, 0.9], [0.9, 0.9]]
ONLINE = {"learning_rate": 0.3, "batch_size": 1, "train_biases": False}


def network_of(package: ModuleType, sizes: tuple[int, int, int] = SIZES, seed: int = 1) -> Network:
    return package.NeuralNetwork(*sizes, **SIGMOIDS, init="uniform", seed=seed)


def matrices(network: Network) -> tuple[Exact, Exact]:
    """The document's two matrices, with a row for each target node."""
    blocks = network.blocks()
    return exact(np.transpose(blocks.ih_weights)), exact(np.transpose(blocks.ho_weights))


def described_step(w_ih: Exact, w_ho: Exact, inputs: ArrayLike, targets: ArrayLike, slip: str = "") -> tuple[Exact, Exact]:
    """Return the matrices after one sample, as in the document's text: errors split by the weights, rate 0.3.

    slip="hidden_errors", as in the document's code: errors of the hidden nodes replace their outputs.
    slip="sigmoid_twice", as in the document's formula: the sigmoid is applied to outputs of the sigmoid.
    """
    x, t = exact(inputs)[:, None], exact(targets)[:, None]
    hidden = sigmoid(w_ih @ x)
    final = sigmoid(w_ho @ hidden)
    errors = t - final
    hidden_errors = w_ho.T @ errors
    rate = exact(0.3)[()]
    source = hidden_errors if slip == "hidden_errors" else hidden
    if slip == "sigmoid_twice":
        slope, hidden_slope = (sigmoid(y) * (1 - sigmoid(y)) for y in (final, hidden))
    else:
        slope, hidden_slope = final * (1 - final), hidden * (1 - hidden)
    return w_ih + rate * (hidden_errors * hidden_slope) @ x.T, w_ho + rate * (errors * slope) @ source.T


def ends_at(
    package: ModuleType, matrices: tuple[Exact, Exact], inputs: ArrayLike, targets: ArrayLike, epochs: int = 1
) -> tuple[bool, bool]:
    """Train with error splitting. Return for the ih and the ho weights whether they equal the matrices within the bounds."""
    network, proven = network_of(package), bounded(network_of(package))
    for net in (network, proven):
        net.train(inputs, targets, epochs=epochs, rule="error_splitting", **ONLINE)
    assert max(weight.error for weight in proven.weights) < 1e-12, "the bounds are narrow"
    return weights_within(network, proven, *(matrix.T for matrix in matrices))


@packages
def test_initial_weights(package: ModuleType) -> None:
    """002, np.random.rand(3, 3) - 0.5: our and the printed weights are from -1/2 to 1/2. The text says "between + 1 and -1"."""
    printed = [-0.34996344, 0.29926373, 0.12863304, -0.31322347, 0.4357355, 0.30678867, -0.45037221, 0.34011758]
    assert np.abs(printed).max() <= 0.5
    weights = np.array([network_of(package, (3, 3, 3), seed).blocks().ih_weights for seed in range(200)])
    assert weights.shape == (200, 3, 3)
    assert np.abs(weights).max() <= 0.5
    assert weights.min() < -0.45, "negative weights too, as the document subtracts 0.5"
    assert weights.max() > 0.45


@packages
def test_query(package: ModuleType) -> None:
    """002, query: sigmoid(W_ho . sigmoid(W_ih . inputs)), for one sample and for rows of samples."""
    network = network_of(package)
    w_ih, w_ho = matrices(network)
    truth = sigmoid(w_ho @ sigmoid(w_ih @ exact(INPUTS).T)).T
    assert np.shape(network.predict(INPUTS)) == (3, 2)
    assert np.shape(network.predict(INPUTS[0])) == (2,)
    assert within(network.predict(INPUTS), truth, bounded(network).predict(INPUTS))
    assert within(network.predict(INPUTS[0]), truth[0], bounded(network).predict(INPUTS[0]))
    assert not within(network.predict(INPUTS), sigmoid(truth), bounded(network).predict(INPUTS))


@packages
def test_the_printed_query_runs_only_if_all_layers_have_the_same_size(package: ModuleType) -> None:
    """002, rand(inodes, hnodes) then dot(weights, inputs): this fails for 3-4-2, and uses transposed matrices for 3-3-3."""
    rows_of_sources = network_of(package).blocks()
    with pytest.raises(ValueError, match="shapes"):
        np.dot(rows_of_sources.ih_weights, INPUTS[0])
    assert sizes_of(rows_of_sources) == ((3, 4), (4,), (4, 2), (2,))
    square = network_of(package, (3, 3, 3))
    w_ih, w_ho = matrices(square)
    proven = bounded(square).predict(INPUTS[0])
    assert within(square.predict(INPUTS[0]), sigmoid(w_ho @ sigmoid(w_ih @ exact(INPUTS[0]))), proven)
    assert not within(square.predict(INPUTS[0]), sigmoid(w_ho.T @ sigmoid(w_ih.T @ exact(INPUTS[0]))), proven)


@packages
def test_signal_into_the_hidden_layer_is_a_product(package: ModuleType) -> None:
    """002, `X_hidden = W_hidden_input.I` means the matrix times the inputs I, not the inverse `.I` of the matrix."""
    network = network_of(package, (3, 3, 3))
    w_ih, _ = matrices(network)
    h_sums, proven = network.forward(INPUTS[0]).h_sums, bounded(network).forward(INPUTS[0]).h_sums
    assert within(h_sums, w_ih @ exact(INPUTS[0]), proven)
    inverse = np.linalg.inv(w_ih.astype(float))
    assert inverse.shape != np.shape(h_sums), "an inverse does not have the shape of the sums"


@packages
def test_one_step_of_training(package: ModuleType) -> None:
    """002, train: both updates after one sample are those of rule="error_splitting", within the proven bound."""
    step = described_step(*matrices(network_of(package)), INPUTS[0], TARGETS[0])
    assert ends_at(package, step, INPUTS[0], TARGETS[0]) == (True, True)


@packages
def test_hidden_errors_where_hidden_outputs_belong(package: ModuleType) -> None:
    """002, `weights_hidden_output += ... transpose(hidden_errors)`: the shapes fit, but the ho weights are wrong.

    The text's formula has O_j, the outputs of the hidden layer, instead of hidden_errors.
    """
    w_ih, w_ho = matrices(network_of(package))
    wrong = described_step(w_ih, w_ho, INPUTS[0], TARGETS[0], "hidden_errors")
    assert wrong[1].shape == w_ho.shape
    assert ends_at(package, wrong, INPUTS[0], TARGETS[0]) == (True, False)


@packages
def test_sigmoid_twice_in_the_formula(package: ModuleType) -> None:
    """002, sigmoid(O_k) * (1 - sigmoid(O_k)): O_k is already an output of the sigmoid. The code is right: O_k * (1 - O_k)."""
    wrong = described_step(*matrices(network_of(package)), INPUTS[0], TARGETS[0], "sigmoid_twice")
    assert ends_at(package, wrong, INPUTS[0], TARGETS[0]) == (False, False)


@packages
def test_split_errors_are_not_those_of_backpropagation(package: ModuleType) -> None:
    """002, errors_hidden = W_ho^T . errors_output: backpropagation also multiplies by the slope of the outputs."""
    network, proven = network_of(package), bounded(network_of(package))
    x, t = INPUTS[0], TARGETS[0]
    w_ih, w_ho = matrices(network)
    hidden = sigmoid(w_ih @ exact(x))
    final = sigmoid(w_ho @ hidden)
    errors, slope, hidden_slope = final - exact(t), final * (1 - final), hidden * (1 - hidden)
    split, chained = hidden_slope * (w_ho.T @ errors), hidden_slope * (w_ho.T @ (errors * slope))
    for rule, right, wrong in (("error_splitting", split, chained), ("backpropagation", chained, split)):
        stages, bounds = (net.backward(x, t, rule=rule) for net in (network, proven))
        assert within(stages.o_deltas, errors * slope, bounds.o_deltas)
        assert within(stages.h_deltas, right, bounds.h_deltas)
        assert not within(stages.h_deltas, wrong, bounds.h_deltas)


@packages
def test_trajectory(package: ModuleType) -> None:
    """002, train: after ten epochs of three samples, the weights are those of the text's formula, within their bounds."""
    right = wrong = matrices(network_of(package))
    for x, t in 10 * list(zip(INPUTS, TARGETS, strict=True)):
        right, wrong = described_step(*right, x, t), described_step(*wrong, x, t, "hidden_errors")
    assert ends_at(package, right, INPUTS, TARGETS, epochs=10) == (True, True)
    assert ends_at(package, wrong, INPUTS, TARGETS, epochs=10) == (False, False)


CLASSES = [[0.1, 0.9, 0.1], [0.1, 0.1, 0.9], [0.9, 0.1, 0.1]]


@packages
def test_the_network_learns(package: ModuleType) -> None:
    """002, train with learning rate 0.3 on a 3-3-3 network: it learns three classes from each of five starts."""
    for seed in range(5):
        network = network_of(package, (3, 3, 3), seed)
        losses = network.train(INPUTS, CLASSES, epochs=1000, rule="error_splitting", **ONLINE)
        assert losses[-1] < losses[0] / 100
        assert list(network.classify(INPUTS)) == [1, 2, 0]


def test_code_as_printed_may_not_learn() -> None:
    """002, the code, with hidden_errors in the update: from seed 0, the last loss is above the first loss."""
    flat = np.array(initial_weights(3, 3, 3, "uniform", seed=0))
    w_ih, w_ho = flat[:9].reshape(3, 3).T, flat[12:21].reshape(3, 3).T
    losses = []
    for _ in range(1000):
        loss = 0.0
        for x, t in zip(np.array(INPUTS), np.array(CLASSES), strict=True):
            hidden = 1 / (1 + np.exp(-w_ih @ x))
            final = 1 / (1 + np.exp(-w_ho @ hidden))
            hidden_errors = w_ho.T @ (t - final)
            loss += ((t - final) ** 2).sum() / 2 / len(INPUTS)
            w_ho = w_ho + 0.3 * np.outer((t - final) * final * (1 - final), hidden_errors)
            w_ih = w_ih + 0.3 * np.outer(hidden_errors * hidden * (1 - hidden), x)
        losses.append(loss)
    assert losses[-1] > losses[0]
