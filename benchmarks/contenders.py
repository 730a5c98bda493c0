"""Four ways to write one network: the documents' way, the reference, straightforward NumPy, and the vectorized twin.

Every contender computes sigmoid hidden nodes, softmax outputs and cross-entropy, and steps down the mean gradient.
"""

from typing import Any, Protocol

import numpy as np

import reference
import vectorized
from benchmarks.problem import HIDDEN, LOSS, OUTPUT, RATE, Problem
from benchmarks.shapes import BATCH_OF_DIGITS
from reference.layout import Layout
from vectorized.blocks import blocks_of


class Contender(Protocol):
    """A way to write the network; `n` in a row, so that what is done once is shared out over them."""

    def __init__(self, problem: Problem) -> None: ...

    def forward(self, n: int) -> Any:
        """Return the outputs of all samples."""

    def loss(self, n: int) -> Any:
        """Return the mean loss of all samples; for `goals` alone."""

    def gradient(self, n: int) -> Any:
        """Return the flat gradient of the mean loss of all samples; the loss is computed too."""

    def step(self, n: int) -> Any:
        """Change the weights n times by all samples, and return them as one flat vector; the losses are computed too."""

    def epoch(self, n: int) -> Any:
        """Change the weights by batch after batch, n times through all samples, in a new order each time."""


class Twin:
    """Either twin, through its public methods."""

    package: Any

    def __init__(self, problem: Problem, **more: Any) -> None:
        names = {"hidden": HIDDEN, "output": OUTPUT, "loss": LOSS}
        self.network = self.package.NeuralNetwork(*problem.shape.sizes, weights=problem.weights.tolist(), **names, **more)
        self.inputs, self.targets = self.taken(problem.inputs), self.taken(problem.targets)
        self.given = self.inputs if problem.shape.n_samples > 1 else self.inputs[0]

    def taken(self, rows: Any) -> Any:
        """Return rows in the form in which users of the twin have them."""
        return rows

    def forward(self, n: int) -> Any:
        """Return the outputs."""
        for _ in range(n):
            answer = self.network.predict(self.given)
        return answer

    def loss(self, n: int) -> Any:
        """Return the loss."""
        for _ in range(n):
            answer = self.network.loss_of(self.inputs, self.targets)
        return answer

    def gradient(self, n: int) -> Any:
        """Return the gradient."""
        for _ in range(n):
            answer = self.network.backward(self.inputs, self.targets)
        return answer.gradient

    def step(self, n: int) -> Any:
        """Return the weights after n steps of `train`."""
        self.network.train(self.inputs, self.targets, epochs=n, learning_rate=RATE)
        return self.network.weights

    def epoch(self, n: int) -> Any:
        """Return the weights after n epochs of `train`."""
        how = {"epochs": n, "learning_rate": RATE, "batch_size": BATCH_OF_DIGITS, "shuffle": 0}
        self.network.train(self.inputs, self.targets, **how)
        return self.network.weights


class Loops(Twin):
    """The reference, on lists of Python's floats: double precision, whatever the shape asks of the others."""

    package = reference

    def taken(self, rows: Any) -> Any:
        """Return lists."""
        return rows.tolist()


class Matrices(Twin):
    """The vectorized twin, on arrays of the shape's precision."""

    package = vectorized

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, dtype=problem.shape.dtype)


class Plain:
    """What the two ways over plain arrays share: a flat vector, its blocks, and how training goes through the samples."""

    def __init__(self, problem: Problem) -> None:
        self.layout = Layout(*problem.shape.sizes)
        self.flat = problem.weights.astype(problem.shape.dtype)
        self.weights = blocks_of(self.layout, self.flat)
        self.inputs, self.targets = problem.inputs, problem.targets

    def outputs(self, inputs: Any) -> Any:
        """Return o_nodes of rows of inputs."""
        raise NotImplementedError

    def gradients(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        """Return the mean loss and the gradient of every block."""
        raise NotImplementedError

    def forward(self, n: int) -> Any:
        """Return the outputs."""
        for _ in range(n):
            answer = self.outputs(self.inputs)
        return answer

    def loss(self, n: int) -> Any:
        """Return the loss."""
        for _ in range(n):
            answer = -np.sum(self.targets * np.log(self.outputs(self.inputs))) / len(self.inputs)
        return answer

    def gradient(self, n: int) -> Any:
        """Return the gradient."""
        for _ in range(n):
            _, gradients = self.gradients(self.inputs, self.targets)
            answer = np.concatenate([block.ravel() for block in gradients])
        return answer

    def descend(self, inputs: Any, targets: Any) -> float:
        """Take one step; return the loss before it."""
        loss, gradients = self.gradients(inputs, targets)
        for block, gradient in zip(self.weights, gradients, strict=True):
            block -= RATE * gradient
        return float(loss)

    def step(self, n: int) -> Any:
        """Return the weights after n steps."""
        self.losses = [self.descend(self.inputs, self.targets) for _ in range(n)]
        return self.flat

    def epoch(self, n: int) -> Any:
        """Return the weights after n epochs."""
        draw = np.random.default_rng(0)
        for _ in range(n):
            order = draw.permutation(len(self.inputs))
            for start in range(0, len(order), BATCH_OF_DIGITS):
                batch = order[start : start + BATCH_OF_DIGITS]
                self.descend(self.inputs[batch], self.targets[batch])
        return self.flat


class Documents(Plain):
    """Loops over NumPy's own numbers, as the documents index their arrays."""

    def stages(self, sample: Any) -> tuple[Any, Any]:
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

    def outputs(self, inputs: Any) -> Any:
        """Return o_nodes, sample by sample."""
        return np.array([self.stages(sample)[1] for sample in inputs])

    def gradients(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
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
    """NumPy as one writes it first: one line a formula."""

    def stages(self, inputs: Any) -> tuple[Any, Any]:
        """Return h_nodes and o_nodes."""
        ih_weights, h_biases, ho_weights, o_biases = self.weights
        h_nodes = 1 / (1 + np.exp(-(inputs @ ih_weights + h_biases)))
        o_sums = h_nodes @ ho_weights + o_biases
        powers = np.exp(o_sums - o_sums.max(axis=1, keepdims=True))
        return h_nodes, powers / powers.sum(axis=1, keepdims=True)

    def outputs(self, inputs: Any) -> Any:
        """Return o_nodes."""
        return self.stages(inputs)[1]

    def gradients(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        """Return the mean loss and the gradients."""
        h_nodes, o_nodes = self.stages(inputs)
        loss = -np.sum(targets * np.log(o_nodes)) / len(inputs)
        o_deltas = (o_nodes - targets) / len(inputs)
        h_deltas = o_deltas @ self.weights[2].T * h_nodes * (1 - h_nodes)
        return loss, (inputs.T @ h_deltas, h_deltas.sum(axis=0), h_nodes.T @ o_deltas, o_deltas.sum(axis=0))


CONTENDERS: dict[str, type[Contender]] = {
    "documents": Documents,
    "reference": Loops,
    "straightforward": Straightforward,
    "vectorized": Matrices,
}
