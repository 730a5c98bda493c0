"""Two ways to write the network with NumPy arrays: with loops, as in the articles of reference/DOCUMENTS.md, and without."""

from collections.abc import Sequence

import numpy as np

from benchmarks.problem import RATE, Array, Problem
from benchmarks.shapes import BATCH_OF_DIGITS
from reference.layout import Layout
from vectorized.blocks import blocks_of


class Plain:
    """The base class of all contenders but `Loops` and `Matrices`."""

    def __init__(self, problem: Problem) -> None:
        self.flat = problem.weights.astype(problem.shape.dtype)
        self.weights = blocks_of(Layout(*problem.shape.sizes), self.flat)
        self.inputs, self.targets = problem.inputs, problem.targets

    def outputs(self, inputs: Array) -> Array:
        """Return o_nodes of rows of inputs."""
        raise NotImplementedError

    def gradients(self, inputs: Array, targets: Array) -> tuple[float | np.floating, Sequence[Array]]:
        """Return the mean loss and the gradient of every block."""
        raise NotImplementedError

    def forward(self, n: int) -> object:
        """Return the outputs."""
        for _ in range(n):
            answer = self.outputs(self.inputs)
        return answer

    def loss(self, n: int) -> object:
        """Return the loss."""
        for _ in range(n):
            answer = -np.sum(self.targets * np.log(self.outputs(self.inputs))) / len(self.inputs)
        return answer

    def gradient(self, n: int) -> object:
        """Return the gradient."""
        for _ in range(n):
            _, gradients = self.gradients(self.inputs, self.targets)
            answer = np.concatenate([block.ravel() for block in gradients])
        return answer

    def descend(self, inputs: Array, targets: Array) -> float:
        """Take one step, and return the loss that the network had before the step."""
        loss, gradients = self.gradients(inputs, targets)
        for block, gradient in zip(self.weights, gradients, strict=True):
            block -= RATE * gradient
        return float(loss)

    def step(self, n: int) -> object:
        """Return the weights after n steps."""
        for _ in range(n):
            self.descend(self.inputs, self.targets)
        return self.flat

    def epoch(self, n: int) -> object:
        """Return the weights after n epochs."""
        draw = np.random.default_rng(0)
        for _ in range(n):
            order = draw.permutation(len(self.inputs))
            for start in range(0, len(order), BATCH_OF_DIGITS):
                batch = order[start : start + BATCH_OF_DIGITS]
                self.descend(self.inputs[batch], self.targets[batch])
        return self.flat


class Documents(Plain):
    """Loops that index NumPy arrays entry by entry, as the articles do."""

    def stages(self, sample: Array) -> tuple[Array, Array]:
        """Return h_nodes and o_nodes of one sample."""
        ih_weights, h_biases, ho_weights, o_biases = self.weights
        h_nodes = np.zeros(len(h_biases), self.flat.dtype)
        for h in range(len(h_biases)):
            for i in range(len(sample)):
                h_nodes[h] += sample[i] * ih_weights[i, h]
            h_nodes[h] = 1 / (1 + np.exp(-(h_nodes[h] + h_biases[h])))
        o_sums = np.zeros(len(o_biases), self.flat.dtype)
        for o in range(len(o_biases)):
            for h in range(len(h_biases)):
                o_sums[o] += h_nodes[h] * ho_weights[h, o]
            o_sums[o] += o_biases[o]
        powers = np.exp(o_sums - np.max(o_sums))
        return h_nodes, powers / np.sum(powers)

    def outputs(self, inputs: Array) -> Array:
        """Return o_nodes, sample by sample."""
        return np.array([self.stages(sample)[1] for sample in inputs])

    def gradients(self, inputs: Array, targets: Array) -> tuple[float | np.floating, Sequence[Array]]:
        """Return the mean loss and the gradients, entry by entry."""
        ho_weights, loss = self.weights[2], 0.0
        ih_gradient, h_gradient, ho_gradient, o_gradient = (np.zeros_like(block) for block in self.weights)
        for s in range(len(inputs)):
            h_nodes, o_nodes = self.stages(inputs[s])
            o_deltas = np.zeros_like(o_nodes)
            for o in range(len(o_nodes)):
                if targets[s, o] != 0:
                    loss -= targets[s, o] * np.log(o_nodes[o])
                o_deltas[o] = (o_nodes[o] - targets[s, o]) / len(inputs)
                o_gradient[o] += o_deltas[o]
            for h in range(len(h_nodes)):
                error = 0.0
                for o in range(len(o_nodes)):
                    error += ho_weights[h, o] * o_deltas[o]
                    ho_gradient[h, o] += h_nodes[h] * o_deltas[o]
                h_delta = error * h_nodes[h] * (1 - h_nodes[h])
                h_gradient[h] += h_delta
                for i in range(inputs.shape[1]):
                    ih_gradient[i, h] += inputs[s, i] * h_delta
        return loss / len(inputs), (ih_gradient, h_gradient, ho_gradient, o_gradient)


class Straightforward(Plain):
    """NumPy code with one line for each formula, without checks."""

    def stages(self, inputs: Array) -> tuple[Array, Array]:
        """Return h_nodes and o_nodes."""
        ih_weights, h_biases, ho_weights, o_biases = self.weights
        h_nodes = 1 / (1 + np.exp(-(inputs @ ih_weights + h_biases)))
        o_sums = h_nodes @ ho_weights + o_biases
        powers = np.exp(o_sums - o_sums.max(axis=1, keepdims=True))
        return h_nodes, powers / powers.sum(axis=1, keepdims=True)

    def outputs(self, inputs: Array) -> Array:
        """Return o_nodes."""
        return self.stages(inputs)[1]

    def gradients(self, inputs: Array, targets: Array) -> tuple[float | np.floating, Sequence[Array]]:
        """Return the mean loss and the gradients."""
        h_nodes, o_nodes = self.stages(inputs)
        loss = -np.sum(targets * np.log(o_nodes)) / len(inputs)
        o_deltas = (o_nodes - targets) / len(inputs)
        h_deltas = o_deltas @ self.weights[2].T * h_nodes * (1 - h_nodes)
        return loss, (inputs.T @ h_deltas, h_deltas.sum(axis=0), h_nodes.T @ o_deltas, o_deltas.sum(axis=0))
