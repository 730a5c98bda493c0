"""Document 001, "How To Code Modern Neural Networks Using Python and NumPy": its numbers and its mistakes."""

import math
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

import reference
from reference.specification.stages import Blocks
from tests.network.documents import Network, bounded, digits, exact, lone_node, nodes, packages, sigmoid, within

SAMPLE = [3.0, 4.0, -4.5]


def demo(package: ModuleType) -> Network:
    return package.NeuralNetwork(3, 4, 2, init="ramp")


def demo_in_single(package: ModuleType) -> Network:
    """The document uses dtype=np.float32."""
    if package is reference:
        return package.NeuralNetwork(3, 4, 2, weights=[np.float32(weight) for weight in demo(package).weights])
    return package.NeuralNetwork(3, 4, 2, init="ramp", dtype="float32")


both_precisions = pytest.mark.parametrize("network_of", [demo, demo_in_single], ids=["double", "single"])


@packages
def test_26_weights_and_biases(package: ModuleType) -> None:
    """001, "a total of (ni * nh) + nh + (nh * no) + no": (3*4) + 4 + (4*2) + 2 = 26, from 0.01 to 0.26."""
    network = demo(package)
    assert network.n_weights == (3 * 4) + 4 + (4 * 2) + 2 == 26
    assert digits(network.weights, ".2f") == [f"0.{number:02d}" for number in range(1, 27)]


@packages
def test_weights_between_named_nodes(package: ModuleType) -> None:
    """001, weights: input[0] to hidden[0] is 0.01, hidden[3] to output[1] is 0.24. Biases: hidden[3] 0.16, output[0] 0.25."""
    weights, layout = demo(package).weights, reference.Layout(3, 4, 2)
    weight_of = {"i0->h0": 0.01, "h3->o1": 0.24, "b->h3": 0.16, "b->o0": 0.25}
    assert {name: weights[layout.position(name)] for name in weight_of} == weight_of
    blocks = demo(package).blocks()
    assert blocks.ho_weights[2][0] == weights[layout.position("h2->o0")] == 0.21, "ho_weights[2,0]"


@packages
@both_precisions
def test_first_hidden_node(package: ModuleType, network_of: Callable[[ModuleType], Network]) -> None:
    """001, h_sum[0] = (3.0)(0.01) + (4.0)(0.05) + (-4.5)(0.09) + 0.13 = -0.0450 and hidden[0] = leaky(-0.0450) = -0.00045."""
    stages = network_of(package).forward(SAMPLE)
    assert digits(stages.h_sums[0], ".4f") == ["-0.0450"]
    assert digits(stages.h_nodes[0], ".5f") == ["-0.00045"]
    without_bias = stages.h_sums[0] - 0.13
    assert digits(without_bias, ".4f") == ["-0.1750"], "the sum without its bias"


@packages
def test_hidden_nodes_in_single_precision(package: ModuleType) -> None:
    """001, the hidden nodes in o_sum[0]: (-0.0005), (-0.0001), (0.0250), (0.0600).

    The first node is -0.00045, halfway between two numbers with four decimals. In single precision the computed sum is
    below -0.045, so -0.0005 is printed. In double precision the computed sum is above -0.045, so -0.0004 is printed.
    """
    assert digits(demo_in_single(package).forward(SAMPLE).h_nodes, ".4f") == ["-0.0005", "-0.0001", "0.0250", "0.0600"]
    assert digits(demo(package).forward(SAMPLE).h_nodes, ".4f")[1:] == ["-0.0001", "0.0250", "0.0600"]
    assert digits(demo(reference).forward(SAMPLE).h_nodes[0], ".4f") == ["-0.0004"]


@packages
@both_precisions
def test_output_sums(package: ModuleType, network_of: Callable[[ModuleType], Network]) -> None:
    """001, o_sum[0] = 0.2690 and o_sum[1] = 0.2798.

    The document adds unrounded hidden nodes. With the printed hidden nodes, o_sum[0] would be 0.2689.
    """
    assert digits(network_of(package).forward(SAMPLE).o_sums, ".4f") == ["0.2690", "0.2798"]
    from_printed = [
        (-0.0005) * 0.17 + (-0.0001) * 0.19 + 0.0250 * 0.21 + 0.0600 * 0.23 + 0.25,
        (-0.0005) * 0.18 + (-0.0001) * 0.20 + 0.0250 * 0.22 + 0.0600 * 0.24 + 0.26,
    ]
    assert digits(from_printed, ".4f") == ["0.2689", "0.2798"]


@packages
@both_precisions
def test_softmax_divisor(package: ModuleType, network_of: Callable[[ModuleType], Network]) -> None:
    """001, divisor = exp(0.2690) + exp(0.2798) = 1.3087 + 1.3229 = 2.6315.

    The document takes exp of rounded sums. With unrounded sums, the first term would be 1.3086. The document adds
    unrounded terms. With rounded terms, the divisor would be 2.6316.
    """
    o_sums = network_of(package).forward(SAMPLE).o_sums
    from_rounded = [math.exp(float(z)) for z in digits(o_sums, ".4f")]
    assert digits([*from_rounded, sum(from_rounded)], ".4f") == ["1.3087", "1.3229", "2.6315"]
    from_unrounded = [math.exp(z) for z in o_sums]
    assert digits([*from_unrounded, sum(from_unrounded)], ".4f") == ["1.3086", "1.3229", "2.6315"]
    assert digits([1.3087 + 1.3229], ".4f") == ["2.6316"]


@packages
@both_precisions
def test_outputs(package: ModuleType, network_of: Callable[[ModuleType], Network]) -> None:
    """001, output[0] = 0.4973 and output[1] = 0.5027: the second is larger, so the predicted class is 1 (female)."""
    network = network_of(package)
    assert digits(network.predict(SAMPLE), ".4f") == ["0.4973", "0.5027"]
    assert network.classify(SAMPLE) == 1
    assert digits([math.exp(0.2690) / 2.6315, math.exp(0.2798) / 2.6315], ".4f") == ["0.4973", "0.5027"]
    transposed = reference.NeuralNetwork(
        3, 4, 2, weights=[*np.reshape(demo(package).weights[:12], (4, 3)).T.flat, *demo(package).weights[12:]]
    )
    assert digits(transposed.predict(SAMPLE), ".4f") != ["0.4973", "0.5027"], "a wrong layout gives other outputs"


@packages
def test_leaky_relu_and_relu(package: ModuleType) -> None:
    """001, leaky(1.234) = 1.234 and leaky(-2.34) = -0.0234. relu gives 0.0 for the second."""
    assert digits(nodes(lone_node(package, "leaky_relu"), [1.234, -2.34]), ".4f") == ["1.2340", "-0.0234"]
    assert digits(nodes(lone_node(package, "relu"), [1.234, -2.34]), ".4f") == ["1.2340", "0.0000"]


@packages
def test_logistic_cut_off_at_20(package: ModuleType) -> None:
    """001, log_sig: exactly 0.0 below -20 and 1.0 above 20. Here, sigmoid(-20.5) and sigmoid(-700) are right, not 0."""
    network, beyond = lone_node(package, "sigmoid"), [-20.5, -700.0]
    proven, truth = nodes(bounded(network), beyond), sigmoid(exact(beyond))
    assert within(nodes(network, beyond), truth, proven)
    assert not within([0.0, 0.0], truth, proven)
    assert nodes(network, [-1e4, 1e4]) == [0, 1], "farther out, the nearest floats are 0 and 1"


@packages
def test_softmax_max_trick(package: ModuleType) -> None:
    """001, "the softmax max trick": if both sums are 1000 larger, exp(x) overflows, but the outputs are the same."""
    weights = demo(package).weights
    weights[-2:] = [weight + 1000 for weight in weights[-2:]]
    network = package.NeuralNetwork(3, 4, 2, weights=weights)
    assert digits(network.predict(SAMPLE), ".4f") == ["0.4973", "0.5027"]
    with pytest.raises(OverflowError):
        [math.exp(z) for z in network.forward(SAMPLE).o_sums]


class AccumulatedSums:
    """The sums of the document's `eval`. The constructor sets the sums to 0, and every call adds to them."""

    def __init__(self, blocks: Blocks) -> None:
        self.weights, self.biases = blocks.ih_weights, blocks.h_biases
        self.sums = [0.0] * len(self.biases)

    def h_sums(self, inputs: list[float]) -> list[float]:
        for h, bias in enumerate(self.biases):
            for i, x in enumerate(inputs):
                self.sums[h] += x * self.weights[i][h]
            self.sums[h] += bias
        return self.sums


@packages
def test_sums_leak_into_the_next_call(package: ModuleType) -> None:
    """001, eval: `h_sums[j] +=` starts from the sums of the previous call, so only the first call is right.

    The document also has a form with np.dot. This form assigns the sums, so it is right in every call.
    """
    network, wrong = demo(package), AccumulatedSums(demo(package).blocks())
    right = ["-0.0450", "-0.0100", "0.0250", "0.0600"]
    assert digits(wrong.h_sums(SAMPLE), ".4f") == right
    assert digits(wrong.h_sums(SAMPLE), ".4f") == ["-0.0900", "-0.0200", "0.0500", "0.1200"]
    first, second = network.forward(SAMPLE), network.forward(SAMPLE)
    assert digits(first.h_sums, ".4f") == right
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    matrix_form = np.dot(SAMPLE, network.blocks().ih_weights) + network.blocks().h_biases
    assert digits(matrix_form, ".4f") == right


@packages
def test_nothing_is_stored_by_reference(package: ModuleType) -> None:
    """001, `i_nodes = x_values # by ref`: in this project, later changes by the caller change no weights and no results."""
    network, sample, weights = demo(package), list(SAMPLE), demo(package).weights
    network.weights = weights
    stages = network.forward(sample)
    sample[0] = weights[0] = 99.0
    assert digits(stages.o_nodes, ".4f") == ["0.4973", "0.5027"]
    assert digits(network.predict(SAMPLE), ".4f") == ["0.4973", "0.5027"]
