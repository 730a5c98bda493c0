"""Document 003, "Neural Networks in Python: How to Write and Train": its neuron, network, training and mistakes."""

from types import ModuleType

import numpy as np
import pytest

from reference import Bounded
from tests.network.documents import (
    SIGMOIDS,
    Exact,
    Network,
    bounded,
    digits,
    exact,
    packages,
    sigmoid,
    sizes_of,
    weights_within,
    within,
)

INPUTS = [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [0.5, 0.25, 1.0]]
TARGETS = [[0.0], [1.0], [1.0], [0.0], [0.5]]
FULL_BATCH = {"learning_rate": 1, "reduction": "sum", "train_biases": False}


def neuron(package: ModuleType) -> Network:
    """The document's neuron: a hidden node with weights [0, 1] and bias 4. Its value is also the output."""
    return package.NeuralNetwork(2, 1, 1, hidden="sigmoid", output="identity", weights=[0, 1, 4, 1, 0])


def network_of_neurons(package: ModuleType) -> Network:
    """The document's network: h1, h2 and o1, each with weights [0, 1] and bias 0. In this project, rows are source nodes."""
    return package.NeuralNetwork.from_blocks([[0, 0], [1, 1]], [0, 0], [[0], [1]], [0], **SIGMOIDS)


def trained_class(package: ModuleType) -> Network:
    """The document's class NeuralNetwork: four hidden nodes, one output, weights in [0, 1), squared error."""
    return package.NeuralNetwork(3, 4, 1, **SIGMOIDS, loss="squared_error", init="unit_uniform", seed=1)


def backprop(network: Network, twice: bool = False, average: bool = False) -> tuple[Exact, Exact]:
    """Return both matrices of a network after one step of the document's `backprop`. Its missing parenthesis is added.

    twice: if true, sigmoid_derivative applies the sigmoid to an output of the sigmoid.
    average: if true, the loss is a mean over the samples, not a sum.
    """
    blocks, x, y = network.blocks(), exact(INPUTS), exact(TARGETS)
    weights1, weights2 = exact(blocks.ih_weights), exact(blocks.ho_weights)
    layer1 = sigmoid(x @ weights1)
    output = sigmoid(layer1 @ weights2)
    slope1, slope = (sigmoid(s) * (1 - sigmoid(s)) if twice else s * (1 - s) for s in (layer1, output))
    delta = 2 * (y - output) * slope / (len(INPUTS) if average else 1)
    return weights1 + x.T @ (delta @ weights2.T * slope1), weights2 + layer1.T @ delta


def agrees_with_backprop(package: ModuleType, twice: bool = False, average: bool = False) -> tuple[bool, bool]:
    """Return whether training changes the ih weights and the ho weights as `backprop` does, within the proven bounds."""
    network, proven = trained_class(package), bounded(trained_class(package))
    expected = backprop(network, twice, average)
    for net in (network, proven):
        net.train(INPUTS, TARGETS, **FULL_BATCH)
    return weights_within(network, proven, *expected)


@packages
def test_neuron(package: ModuleType) -> None:
    """003, w = [0, 1], c = 4, x = [2, 3]: the sum is 7, and feedforward(x) prints 0.9990889488055994."""
    stages = neuron(package).forward([2, 3])
    assert stages.h_sums[0] == 7
    assert repr(float(stages.o_nodes[0])) == "0.9990889488055994"
    assert within(stages.o_nodes, sigmoid(exact([7])), bounded(neuron(package)).forward([2, 3]).o_nodes)
    assert repr(float(neuron(package).predict([3, 2])[0])) != "0.9990889488055994"


@packages
def test_sum_of_the_neuron_lost_its_multiplication_signs(package: ModuleType) -> None:
    """003, "((xw1) + (yw2)) + c = 20 + 31 + 4 = 7": 2*0 + 3*1 + 4 without its multiplication signs."""
    (h_sum,) = neuron(package).forward([2, 3]).h_sums
    assert h_sum == 2 * 0 + 3 * 1 + 4 == 7
    assert h_sum != 20 + 31 + 4


@packages
def test_neuron_is_not_0_99(package: ModuleType) -> None:
    """003, "z = f(7) = 0.99": this number is cut off after two decimals. Rounded, it is 1.00."""
    assert digits(neuron(package).predict([2, 3]), ".2f") == ["1.00"]
    assert digits(neuron(package).predict([2, 3]), ".3f") == ["0.999"]


@packages
def test_network(package: ModuleType) -> None:
    """003, x = [2, 3]: h1 = h2 = f(3) = 0.95, o1 = f(0.95) = 0.72, and feedforward(x) prints 0.7216325609518421.

    The printed number is the true value, rounded. The result may have another last digit, because exp may be wrong in its
    last bit. With f(3) rounded to 0.95, the fourth digit would differ.
    """
    network, printed = network_of_neurons(package), "0.7216325609518421"
    stages, proven = network.forward([2, 3]), bounded(network).forward([2, 3])
    assert list(stages.h_sums) == [3, 3]
    assert digits(stages.h_nodes, ".2f") == ["0.95", "0.95"]
    assert digits(stages.o_nodes, ".2f") == digits(sigmoid(exact([0.95])), ".2f") == ["0.72"]
    truth = sigmoid(sigmoid(exact([3])))
    assert repr(float(truth[0])) == printed
    assert within(stages.o_nodes, truth, proven.o_nodes)
    assert not within(stages.o_nodes, sigmoid(exact([0.95])), proven.o_nodes)


@packages
def test_weights_of_the_trained_class(package: ModuleType) -> None:
    """003, np.random.rand: weights in [0, 1), shapes (3, 4) and (4, 1), no biases."""
    for seed in range(20):
        blocks = package.NeuralNetwork(3, 4, 1, init="unit_uniform", seed=seed).blocks()
        assert sizes_of(blocks) == ((3, 4), (4,), (4, 1), (1,))
        assert all(0 <= weight < 1 for weight in (*np.ravel(blocks.ih_weights), *np.ravel(blocks.ho_weights)))
        assert not np.any(blocks.h_biases)
        assert not np.any(blocks.o_biases)


@packages
def test_one_step_of_training(package: ModuleType) -> None:
    """003, backprop: its matrix formula takes one step of gradient descent on the sum of (y-t)**2, with rate 1."""
    assert agrees_with_backprop(package) == (True, True)
    assert agrees_with_backprop(package, average=True) == (False, False)


@packages
def test_sigmoid_derivative_of_an_output(package: ModuleType) -> None:
    """003 does not define sigmoid_derivative(self.output). It must be y*(1-y) for the output y.

    s(z)*(1-s(z)), the formula for a sum z, would apply the sigmoid s to the output once more.
    """
    assert agrees_with_backprop(package, twice=True) == (False, False)


@packages
def test_missing_parenthesis(package: ModuleType) -> None:
    """003, d_weights1 opens one more parenthesis than it closes. The slope of layer1 must be inside the product with X.

    If the slope is outside, the shapes fit only if there are as many samples as inputs.
    """
    slope = np.ones((len(INPUTS), 4)) / 4
    delta, w2 = np.ones((len(INPUTS), 1)), np.ones((1, 4))
    inputs = np.array(INPUTS)
    assert (inputs.T @ (delta @ w2 * slope)).shape == np.shape(trained_class(package).blocks().ih_weights)
    with pytest.raises(ValueError, match="broadcast"):
        inputs.T @ (delta @ w2) * slope
    assert (inputs[:3].T @ (delta[:3] @ w2) * slope[:3]).shape == (3, 4)


@packages
def test_sum_of_squares_is_no_average(package: ModuleType) -> None:
    """003, "the sum-of-squares error formula - the average between the predicted and actual results": it is the sum."""
    network = trained_class(package)
    errors = sigmoid(sigmoid(exact(INPUTS) @ exact(network.blocks().ih_weights)) @ exact(network.blocks().ho_weights))
    errors -= exact(TARGETS)
    total, proven = (errors**2).sum(), bounded(network).loss_of(INPUTS, TARGETS, reduction="sum")
    assert isinstance(proven, Bounded)
    assert within([network.loss_of(INPUTS, TARGETS, reduction="sum")], [total], [proven])
    assert not within([network.loss_of(INPUTS, TARGETS)], [total], [proven])
    (loss,) = network.train(INPUTS, TARGETS, **FULL_BATCH)
    assert within([loss], [total], [proven])


@packages
def test_the_network_learns(package: ModuleType) -> None:
    """003, repeated feedforward and backprop on the full batch: it learns an exclusive or, and biases stay exactly 0."""
    network = trained_class(package)
    losses = network.train(INPUTS[:4], TARGETS[:4], epochs=1500, **FULL_BATCH)
    assert losses[-1] < losses[0] / 100
    assert [round(float(y[0])) for y in network.predict(INPUTS[:4])] == [0, 1, 1, 0]
    assert not np.any(network.blocks().h_biases)
    assert not np.any(network.blocks().o_biases)
