"""The rungs from loop to matmul: one layer's sums written four times, each faster than the one before, all equal.

h_sums[s][h] = (sum over i of inputs[s][i] * ih_weights[i][h]) + h_biases[h]
"""

from collections.abc import Callable

import numpy as np

from benchmarks.problem import Array

Rows = list[list[float]]


def with_plus_equals(inputs: Rows, ih_weights: Rows, h_biases: list[float]) -> Rows:
    """One product after another, on lists."""
    h_sums: Rows = []
    for s in range(len(inputs)):
        h_sums.append([])
        for h in range(len(h_biases)):
            total = 0.0
            for i in range(len(ih_weights)):
                total += inputs[s][i] * ih_weights[i][h]
            h_sums[s].append(total + h_biases[h])
    return h_sums


def with_dot(inputs: Array, ih_weights: Array, h_biases: Array) -> Array:
    """One sum after another: the loop over i is `np.dot`."""
    h_sums = np.empty((len(inputs), len(h_biases)), inputs.dtype)
    for s in range(len(inputs)):
        for h in range(len(h_biases)):
            h_sums[s, h] = np.dot(inputs[s], ih_weights[:, h]) + h_biases[h]
    return h_sums


def with_einsum(inputs: Array, ih_weights: Array, h_biases: Array) -> Array:
    """All sums at once, the index letters written out."""
    return np.asarray(np.einsum("si,ih->sh", inputs, ih_weights) + h_biases)


def with_matmul(inputs: Array, ih_weights: Array, h_biases: Array) -> Array:
    """All sums at once, as a product of matrices."""
    return inputs @ ih_weights + h_biases


def rungs_of(inputs: Array, ih_weights: Array, h_biases: Array) -> dict[str, Callable[[], object]]:
    """Return the rungs from the lowest to the highest, on numbers in the form that each is written for."""
    lists = inputs.tolist(), ih_weights.tolist(), h_biases.tolist()
    return {
        "+=": lambda: with_plus_equals(*lists),
        "np.dot for each node": lambda: with_dot(inputs, ih_weights, h_biases),
        "np.einsum": lambda: with_einsum(inputs, ih_weights, h_biases),
        "@": lambda: with_matmul(inputs, ih_weights, h_biases),
    }
