"""The contenders: four ways to write the same network.

Every contender computes sigmoid hidden nodes, softmax outputs and cross-entropy, and trains with the gradient of the mean loss.
"""

from typing import Protocol

import reference
import vectorized
from benchmarks.plain import Documents, Straightforward
from benchmarks.problem import HIDDEN, LOSS, OUTPUT, RATE, Array, Problem
from benchmarks.shapes import BATCH_OF_DIGITS


class Contender(Protocol):
    """A way to write the network. Each method repeats its operation n times and returns the last answer."""

    def __init__(self, problem: Problem) -> None: ...

    def forward(self, n: int) -> object:
        """Return the outputs of all samples."""

    def loss(self, n: int) -> object:
        """Return the mean loss of all samples. Only `python -m benchmarks goals` measures the time of this method."""

    def gradient(self, n: int) -> object:
        """Compute the mean loss of all samples and its gradient, and return the gradient as a flat vector."""

    def step(self, n: int) -> object:
        """Take n steps on all samples, and return the flat vector of weights. Each step also computes the loss."""

    def epoch(self, n: int) -> object:
        """Train n epochs in batches, with the samples in random order, and return the flat vector of weights."""


class PackageNetwork:
    """The network of either package, called through its public methods."""

    network: reference.NeuralNetwork | vectorized.NeuralNetwork

    def __init__(self, inputs: Array | list[list[float]], targets: Array | list[list[float]]) -> None:
        self.inputs, self.targets = inputs, targets
        self.query = inputs if len(inputs) > 1 else inputs[0]

    def forward(self, n: int) -> object:
        """Return the outputs."""
        for _ in range(n):
            answer = self.network.predict(self.query)
        return answer

    def loss(self, n: int) -> object:
        """Return the loss."""
        for _ in range(n):
            answer = self.network.loss_of(self.inputs, self.targets)
        return answer

    def gradient(self, n: int) -> object:
        """Return the gradient."""
        for _ in range(n):
            answer = self.network.backward(self.inputs, self.targets)
        return answer.gradient

    def step(self, n: int) -> object:
        """Return the weights after n steps of `train`."""
        self.network.train(self.inputs, self.targets, epochs=n, learning_rate=RATE)
        return self.network.weights

    def epoch(self, n: int) -> object:
        """Return the weights after n epochs of `train`."""
        self.network.train(self.inputs, self.targets, epochs=n, learning_rate=RATE, batch_size=BATCH_OF_DIGITS, shuffle=0)
        return self.network.weights


class Loops(PackageNetwork):
    """The network of `reference`, always in double precision."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.inputs.tolist(), problem.targets.tolist())
        weights = problem.weights.tolist()
        self.network = reference.NeuralNetwork(*problem.shape.sizes, hidden=HIDDEN, output=OUTPUT, loss=LOSS, weights=weights)


class Matrices(PackageNetwork):
    """The network of `vectorized`, in double or single precision."""

    network: vectorized.NeuralNetwork

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.inputs, problem.targets)
        self.network = vectorized.NeuralNetwork(
            *problem.shape.sizes,
            hidden=HIDDEN,
            output=OUTPUT,
            loss=LOSS,
            weights=problem.weights,
            dtype=problem.shape.dtype,
        )


CONTENDERS: dict[str, type[Contender]] = {
    "documents": Documents,
    "reference": Loops,
    "straightforward": Straightforward,
    "vectorized": Matrices,
}
