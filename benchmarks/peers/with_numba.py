"""The network as loops that numba compiles."""

from collections.abc import Sequence

import numpy as np

from benchmarks.plain import Plain
from benchmarks.problem import Array, Problem


class Numba(Plain):
    """Loops compiled by numba, which compute one sample after another."""

    def __init__(self, problem: Problem) -> None:
        import numba

        super().__init__(problem)
        self.compiled_nodes, self.compiled_gradients = numba.njit(nodes_of), numba.njit(gradients_of)

    def outputs(self, inputs: Array) -> Array:
        """Return the probabilities."""
        return np.asarray(self.compiled_nodes(*self.weights, inputs)[1])

    def gradients(self, inputs: Array, targets: Array) -> tuple[float, Sequence[Array]]:
        """Return the mean loss and the gradients."""
        h_nodes, o_nodes = self.compiled_nodes(*self.weights, inputs)
        loss, *gradients = self.compiled_gradients(self.weights[2], inputs, targets, h_nodes, o_nodes)
        return loss, gradients


def nodes_of(ih_weights: Array, h_biases: Array, ho_weights: Array, o_biases: Array, inputs: Array) -> tuple[Array, Array]:
    """Return h_nodes and o_nodes."""
    n_samples, n_inputs, n_hidden, n_outputs = len(inputs), len(ih_weights), len(h_biases), len(o_biases)
    h_nodes, o_nodes = np.empty((n_samples, n_hidden), inputs.dtype), np.empty((n_samples, n_outputs), inputs.dtype)
    for s in range(n_samples):
        h_nodes[s] = h_biases
        for i in range(n_inputs):
            for h in range(n_hidden):
                h_nodes[s, h] += inputs[s, i] * ih_weights[i, h]
        for h in range(n_hidden):
            h_nodes[s, h] = 1 / (1 + np.exp(-h_nodes[s, h]))
        o_nodes[s] = o_biases
        for h in range(n_hidden):
            for o in range(n_outputs):
                o_nodes[s, o] += h_nodes[s, h] * ho_weights[h, o]
        o_nodes[s] = np.exp(o_nodes[s] - o_nodes[s].max())
        o_nodes[s] /= o_nodes[s].sum()
    return h_nodes, o_nodes


def gradients_of(
    ho_weights: Array, inputs: Array, targets: Array, h_nodes: Array, o_nodes: Array
) -> tuple[float, Array, Array, Array, Array]:
    """Return the mean loss and the gradients of the blocks."""
    (n_samples, n_inputs), (n_hidden, n_outputs) = inputs.shape, ho_weights.shape
    ih_gradient, h_gradient = np.zeros((n_inputs, n_hidden), inputs.dtype), np.zeros(n_hidden, inputs.dtype)
    ho_gradient, o_gradient = np.zeros_like(ho_weights), np.zeros(n_outputs, inputs.dtype)
    h_deltas, o_deltas, loss = np.empty_like(h_gradient), np.empty_like(o_gradient), 0.0
    for s in range(n_samples):
        for o in range(n_outputs):
            if targets[s, o] != 0:
                loss -= targets[s, o] * np.log(o_nodes[s, o])
            o_deltas[o] = (o_nodes[s, o] - targets[s, o]) / n_samples
        o_gradient += o_deltas
        for h in range(n_hidden):
            h_deltas[h] = 0
            for o in range(n_outputs):
                h_deltas[h] += o_deltas[o] * ho_weights[h, o]
                ho_gradient[h, o] += h_nodes[s, h] * o_deltas[o]
            h_deltas[h] *= h_nodes[s, h] * (1 - h_nodes[s, h])
        h_gradient += h_deltas
        for i in range(n_inputs):
            for h in range(n_hidden):
                ih_gradient[i, h] += inputs[s, i] * h_deltas[h]
    return loss / n_samples, ih_gradient, h_gradient, ho_gradient, o_gradient
