"""What the tests of the five documents share: both twins, printed digits, true values and proven bounds."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
from reference import Bounded

twins = pytest.mark.parametrize("twin", [reference, vectorized], ids=["reference", "vectorized"])

# Arrays of Decimal: a document's formula, computed with 28 digits from the very numbers that the twins are given.
exact = np.vectorize(lambda x: Decimal(float(x)), otypes=[object])
sigmoid = np.vectorize(lambda z: 1 / (1 + (-z).exp()), otypes=[object])


def digits(values: Any, form: str) -> list[str]:
    """Return numbers as a document prints them: `form` is ".4f" for four digits after the point."""
    return [f"{float(x):{form}}" for x in np.ravel(values)]


def bounded(network: Any) -> reference.NeuralNetwork:
    """Return the same network on numbers that carry their bound."""
    sizes = network.n_inputs, network.n_hidden, network.n_outputs
    names = {"hidden": network.hidden, "output": network.output, "loss": network.loss}
    return reference.NeuralNetwork(*sizes, **names, weights=[Bounded(float(weight)) for weight in network.weights])


def within(computed: Any, truth: Any, proven: Any) -> bool:
    """Whether every computed number lies no farther from the true one than the proven bound."""
    truths, bounds = (np.ravel(np.array(values, dtype=object)) for values in (truth, proven))
    return all(
        abs(Decimal(float(x)) - true) <= Decimal(bound.error)
        for x, true, bound in zip(np.ravel(computed), truths, bounds, strict=True)
    )


def lone_node(twin: Any, activation: str) -> Any:
    """Return a network of one hidden node whose sum is its input, and whose output is the node."""
    return twin.NeuralNetwork(1, 1, 1, hidden=activation, output="identity", weights=[1, 0, 1, 0])


def nodes(network: Any, values: Any) -> list[Any]:
    """Return what a lone node makes of each value."""
    return [row[0] for row in network.forward([[float(z)] for z in values]).h_nodes]


def slopes(network: Any, values: Any) -> list[Any]:
    """Return the slope of a lone node at each value: its h_delta where the error of the output is 1."""
    inputs = [[float(z)] for z in values]
    targets = [[row[0] - 1] for row in network.predict(inputs)]
    return [row[0] for row in network.backward(inputs, targets).h_deltas]


def sizes_of(blocks: Any) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of ih weights, h biases, ho weights and o biases."""
    return tuple(np.shape(block) for block in blocks)
