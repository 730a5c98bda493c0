"""Helpers for the tests of the five documents: both networks, printed digits, true values and proven bounds."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import ModuleType
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

import reference
import vectorized
from reference import Bounded

Network: TypeAlias = reference.NeuralNetwork | vectorized.NeuralNetwork
Exact: TypeAlias = NDArray[np.object_]  # of Decimal
SIGMOIDS = {"hidden": "sigmoid", "output": "sigmoid"}
packages = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])

# Functions on arrays of Decimal. They compute with 28 digits.
exact = np.vectorize(lambda x: Decimal(float(x)), otypes=[object])
sigmoid = np.vectorize(lambda z: 1 / (1 + (-z).exp()), otypes=[object])


def digits(values: ArrayLike, spec: str) -> list[str]:
    """Return numbers as text, in the format of a document."""
    return [f"{float(x):{spec}}" for x in np.ravel(values)]


def bounded(network: Network) -> reference.NeuralNetwork:
    """Return the same network with bounded numbers, which carry error bounds."""
    sizes = network.n_inputs, network.n_hidden, network.n_outputs
    names = {"hidden": network.hidden, "output": network.output, "loss": network.loss}
    return reference.NeuralNetwork(*sizes, **names, weights=[Bounded(float(weight)) for weight in network.weights])


def within(computed: ArrayLike, truth: Exact | Sequence[Decimal], proven: Sequence[object]) -> bool:
    """Whether every computed number is within its proven bound of the true number."""
    truths, bounds = (np.ravel(np.array(values, dtype=object)) for values in (truth, proven))
    return all(
        abs(Decimal(float(x)) - true) <= Decimal(bound.error)
        for x, true, bound in zip(np.ravel(computed), truths, bounds, strict=True)
    )


def weights_within(
    network: Network, proven: reference.NeuralNetwork, ih_weights: Exact, ho_weights: Exact
) -> tuple[bool, bool]:
    """Whether the ih weights and the ho weights of a network are within their bounds of the true weights."""
    blocks, bounds = network.blocks(), proven.blocks()
    return within(blocks.ih_weights, ih_weights, bounds.ih_weights), within(blocks.ho_weights, ho_weights, bounds.ho_weights)


def drawn_from(probabilities: Iterable[float]) -> bool:
    """Whether weights may come from a distribution, given its cumulative distribution function at the sorted weights.

    For n draws, the largest difference between the empirical and the true distribution function exceeds
    sqrt(ln(2/p) / 2n) with a probability below p (Dvoretzky, Kiefer, Wolfowitz, Massart). Here p is a millionth.
    """
    expected = np.array(list(probabilities))
    n = len(expected)
    deviations = np.abs(np.arange(1, n + 1) / n - expected)
    return bool(deviations.max() <= math.sqrt(math.log(2e6) / (2 * n)))


def lone_node(package: ModuleType, activation: str) -> Network:
    """Return a network with one hidden node. The sum of the node is the input, and the value of the node is the output."""
    return package.NeuralNetwork(1, 1, 1, hidden=activation, output="identity", weights=[1, 0, 1, 0])


def nodes(network: Network, values: Iterable[float]) -> list[object]:
    """Return the hidden node of a `lone_node` network for each value."""
    return [row[0] for row in network.forward([[float(z)] for z in values]).h_nodes]


def slopes(network: Network, values: Iterable[float]) -> list[object]:
    """Return the slope of a `lone_node` network at each value: the h_delta for an output error of 1."""
    inputs = [[float(z)] for z in values]
    targets = [[row[0] - 1] for row in network.predict(inputs)]
    return [row[0] for row in network.backward(inputs, targets).h_deltas]


def sizes_of(blocks: Iterable[ArrayLike]) -> tuple[tuple[int, ...], ...]:
    return tuple(np.shape(block) for block in blocks)
