"""The rungs from loop to matmul: one layer's sums written four times, each faster than the one before, all equal.

h_sums[s][h] = (sum over i of inputs[s][i] * ih_weights[i][h]) + h_biases[h]
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Rung = Callable[[Any, Any, Any], Any]


def with_plus_equals(inputs: Any, ih_weights: Any, h_biases: Any) -> Any:
    """One product after another, on lists."""
    h_sums: list[list[float]] = []
    for s in range(len(inputs)):
        h_sums.append([])
        for h in range(len(h_biases)):
            total = 0.0
            for i in range(len(ih_weights)):
                total += inputs[s][i] * ih_weights[i][h]
            h_sums[s].append(total + h_biases[h])
    return h_sums


def with_dot(inputs: Any, ih_weights: Any, h_biases: Any) -> Any:
    """One sum after another: the loop over i is `np.dot`."""
    h_sums = np.empty((len(inputs), len(h_biases)), inputs.dtype)
    for s in range(len(inputs)):
        for h in range(len(h_biases)):
            h_sums[s, h] = np.dot(inputs[s], ih_weights[:, h]) + h_biases[h]
    return h_sums


def with_einsum(inputs: Any, ih_weights: Any, h_biases: Any) -> Any:
    """All sums at once, the index letters written out."""
    return np.einsum("si,ih->sh", inputs, ih_weights) + h_biases


def with_matmul(inputs: Any, ih_weights: Any, h_biases: Any) -> Any:
    """All sums at once, as a product of matrices."""
    return inputs @ ih_weights + h_biases


RUNGS: dict[str, Rung] = {
    "+=": with_plus_equals,
    "np.dot for each node": with_dot,
    "np.einsum": with_einsum,
    "@": with_matmul,
}
