"""Document 000, "Running a Neural Network with Python": its numbers, and the mistakes in its code and text."""

import math
from types import ModuleType

import numpy as np
import pytest

from tests.network.documents import (
    SIGMOIDS,
    Network,
    bounded,
    digits,
    drawn_from,
    exact,
    lone_node,
    nodes,
    packages,
    sigmoid,
    sizes_of,
    slopes,
    within,
)

# The weights that the document prints for a 3-4-2 network. Each row has the weights into one node.
IN_HIDDEN = [
    [0.49058188, 0.14617092, -0.47790455],
    [0.26993597, 0.36309481, 0.11283154],
    [0.32753078, 0.38435895, 0.03503271],
    [0.51872348, 0.54349491, 0.08622246],
]
HIDDEN_OUT = [[0.14301566, 0.34597223, 0.15016601, 0.47628255], [0.02225483, 0.17910145, -0.10143901, -0.32381102]]


def printed_network(package: ModuleType) -> Network:
    return package.NeuralNetwork.from_blocks(IN_HIDDEN, [0] * 4, HIDDEN_OUT, [0] * 2, **SIGMOIDS, transposed=True)


@packages
def test_the_printed_sigmoid_has_a_rounding_error_in_the_last_digit(package: ModuleType) -> None:
    """000, expit(3.4) = 0.9677045353015494. The true value ends in ...5495. The last digit differs because of rounding."""
    digits_of_document, network = "0.9677045353015494", lone_node(package, "sigmoid")
    truth = sigmoid(exact([3.4]))
    assert within([float(digits_of_document)], truth, nodes(bounded(network), [3.4]))
    assert within(nodes(network, [3.4]), truth, nodes(bounded(network), [3.4]))
    assert repr(float(truth[0])) == "0.9677045353015495"
    power = float(exact([-3.4])[0].exp())
    assert repr(1 / (1 + power)) == digits_of_document, "e**-3.4, the sum and the quotient are rounded"


@packages
@pytest.mark.parametrize(
    ("values", "digits_of_document"),
    [
        ([3, 4, 1], ["0.95257413", "0.98201379", "0.73105858"]),
        ([0.8, 2.3, 8], ["0.68997448", "0.90887704", "0.99966465"]),
        ([3, 4, 5], ["0.95257413", "0.98201379", "0.99330715"]),
    ],
)
def test_tables_of_the_sigmoid(package: ModuleType, values: list[float], digits_of_document: list[str]) -> None:
    """000, expit([3, 4, 1]), expit([0.8, 2.3, 8]) and sigmoid([3, 4, 5]), eight digits each."""
    assert digits(nodes(lone_node(package, "sigmoid"), values), ".8f") == digits_of_document
    assert digits(nodes(lone_node(package, "tanh"), values), ".8f") != digits_of_document


@packages
def test_derivative_of_the_sigmoid(package: ModuleType) -> None:
    """000, the curves of s(x) and s(x)(1 - s(x)) at 100 points from -5 to 5."""
    grid = np.linspace(-5, 5, 100)
    node, network = sigmoid(exact(grid)), lone_node(package, "sigmoid")
    assert within(nodes(network, grid), node, nodes(bounded(network), grid))
    assert within(slopes(network, grid), node * (1 - node), slopes(bounded(network), grid))
    sigmoid_twice = sigmoid(node)
    assert not within(slopes(network, grid), sigmoid_twice * (1 - sigmoid_twice), slopes(bounded(network), grid))


@packages
def test_sigmoid_reaches_1_in_floats(package: ModuleType) -> None:
    """000, "0 and 1 not included": this is true for real numbers. In floats, s(40) is 1, and s(40)(1 - s(40)) is 0."""
    network = lone_node(package, "sigmoid")
    (node,), true_node = nodes(network, [40]), sigmoid(exact([40]))
    assert node == 1
    assert true_node[0] < 1
    true_slope, proven = true_node * sigmoid(exact([-40])), slopes(bounded(network), [40])
    assert within(slopes(network, [40]), true_slope, proven)
    assert not within([node * (1 - node)], true_slope, proven)


@packages
def test_tables_of_relu(package: ModuleType) -> None:
    """000, ReLU(x) = max(0, x) and its derivative at 100 points from -5 to 6, and at 0. The derivative at 0 is 0."""
    grid, network = [*np.linspace(-5, 6, 100), 0.0], lone_node(package, "relu")
    assert nodes(network, grid) == [max(0.0, x) for x in grid]
    assert slopes(network, grid) == [0 if x <= 0 else 1 for x in grid]


@packages
def test_shapes_and_ranges_of_truncated_normal_weights(package: ModuleType) -> None:
    """000, create_weight_matrices: |weight| <= 1/sqrt(3) into hidden nodes, and <= 1/2 into outputs.

    The weights that the document prints are also within these limits.
    """
    cuts = 1 / math.sqrt(3), 1 / math.sqrt(4)
    for seed in range(20):
        blocks = package.NeuralNetwork(3, 4, 2, init="truncated_normal", seed=seed).blocks()
        assert sizes_of(blocks) == ((3, 4), (4,), (4, 2), (2,)), "the document's matrices are transposed"
        for matrix, cut in ((blocks.ih_weights, cuts[0]), (blocks.ho_weights, cuts[1])):
            assert np.abs(matrix).max() <= cut
        assert not np.any(blocks.h_biases)
        assert not np.any(blocks.o_biases)
    assert np.shape(IN_HIDDEN) == (4, 3)
    assert np.shape(HIDDEN_OUT) == (2, 4)
    assert np.abs(IN_HIDDEN).max() <= cuts[0]
    assert np.abs(HIDDEN_OUT).max() <= cuts[1]
    assert np.abs(IN_HIDDEN).max() > cuts[1], "the printed weights need the larger limit"


@packages
def test_truncated_normal_weights_are_not_uniform(package: ModuleType) -> None:
    """000, truncnorm: the weights have a truncated normal distribution, not the uniform one with the same range."""
    n = 20_000
    weights = np.sort(np.ravel(package.NeuralNetwork(1, n, 1, init="truncated_normal").blocks().ih_weights))
    normal = [math.erf(x / math.sqrt(2)) / math.erf(1 / math.sqrt(2)) for x in weights]
    assert drawn_from((1 + share) / 2 for share in normal)
    assert not drawn_from((1 + weight) / 2 for weight in weights)


@packages
def test_run(package: ModuleType) -> None:
    """000, run: two matrix products and two sigmoids, with the printed weights."""
    network, sample = printed_network(package), [0.5, -1.0, 2.0]
    h_nodes = sigmoid(exact(IN_HIDDEN) @ exact(sample))
    o_nodes = sigmoid(exact(HIDDEN_OUT) @ h_nodes)
    assert within(network.predict(sample), o_nodes, bounded(network).predict(sample))
    assert not within(network.predict(sample), exact(HIDDEN_OUT) @ h_nodes, bounded(network).predict(sample))


@packages
def test_outputs_with_random_weights_are_between_the_sigmoids_of_minus_2_and_2(package: ModuleType) -> None:
    """000, run([(3, 4)]) = 0.50734046, 0.62161634: these outputs are random, but they are between s(-2) and s(2).

    An output adds 4 hidden nodes between 0 and 1, with weights between -1/2 and 1/2. So its sum is between -2 and 2.
    """
    low, high = float(sigmoid(exact([-2]))[0]), float(sigmoid(exact([2]))[0])
    assert all(low < y < high for y in (0.50734046, 0.62161634))
    for seed in range(20):
        network = package.NeuralNetwork(2, 4, 2, **SIGMOIDS, init="truncated_normal", seed=seed)
        assert np.shape(network.predict((3, 4))) == (2,)
        assert np.shape(network.predict([(3, 4)])) == (1, 2), "a batch of one; the document prints a column (2, 1)"
        assert all(low < y < high for y in network.predict((3, 4)))


@packages
def test_matrices_the_wrong_way_round(package: ModuleType) -> None:
    """000, the matrices have a row for each target node. In this project, a row is a source node, unless transposed=True."""
    with pytest.raises(ValueError, match="shape"):
        package.NeuralNetwork.from_blocks(IN_HIDDEN, [0] * 4, HIDDEN_OUT, [0] * 2, **SIGMOIDS)
    blocks = printed_network(package).blocks()
    assert np.array_equal(blocks.ih_weights, np.transpose(IN_HIDDEN))
    assert np.array_equal(blocks.ho_weights, np.transpose(HIDDEN_OUT))


@packages
def test_the_outputs_of_a_batch_are_rows(package: ModuleType) -> None:
    """000, run transposes its input but not its output, so the document's outputs are columns. A 2-by-2 shape hides this."""
    batch = [[3.0, 4.0], [1.0, 2.0]]
    network = package.NeuralNetwork(2, 4, 2, **SIGMOIDS, init="truncated_normal", seed=1)
    in_hidden, hidden_out = (exact(np.transpose(block)) for block in network.blocks()[::2])
    columns = sigmoid(hidden_out @ sigmoid(in_hidden @ exact(batch).T))
    assert within(network.predict(batch), columns.T, bounded(network).predict(batch))
    assert not within(network.predict(batch), columns, bounded(network).predict(batch))
