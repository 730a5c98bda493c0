"""Where a training step of the matrices spends its time: each part alone, on arrays of the size and the kind of a step's.

What is left of the whole step is Python between them.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.contenders import Matrices
from benchmarks.measure import Work
from benchmarks.problem import Problem
from vectorized.blocks import blocks_of
from vectorized.inplace import Arrays, dot, sigmoid

PARTS = ("products", "activation", "softmax and loss", "bias", "update")


def parts_of(problem: Problem) -> dict[str, Work]:
    """Return the parts of a step, and the step itself."""
    twin = Matrices(problem)
    network, inputs, targets, n = twin.network, problem.inputs, problem.targets, problem.shape.n_samples
    of, weights = Arrays(network.architecture, n, network.dtype, mean=True), network.weights
    blocks, gradient = blocks_of(network.architecture.layout, weights), of.blocks
    stages = network.forward(inputs)
    of.h_sums[...], of.h_nodes[...], of.o_sums[...] = stages.h_sums, stages.h_nodes, stages.o_sums
    o_sums = stages.o_sums
    of.o_deltas.fill(0.01)
    still, h_biases, o_biases = np.zeros_like(weights), blocks.h_biases[np.newaxis], blocks.o_biases[np.newaxis]

    def products() -> None:
        dot(inputs, blocks.ih_weights, of.h_deltas)
        dot(of.h_nodes, blocks.ho_weights, of.powers)
        dot(of.o_deltas, blocks.ho_weights.T, of.h_deltas)
        dot(inputs.T, of.h_deltas, gradient.ih_weights)
        dot(of.h_nodes.T, of.o_deltas, gradient.ho_weights)

    def activation() -> None:
        sigmoid(stages.h_sums, of.h_nodes, of.h_slopes)
        np.multiply(of.h_deltas, of.h_slopes, of.h_sums)  # h_deltas would shrink to nothing, call after call

    def softmax_and_loss() -> None:
        np.copyto(of.o_columns, o_sums.T)
        np.maximum.reduce(of.o_columns, 0, out=of.largest[:, 0])
        np.subtract(o_sums, of.largest, of.o_sums)
        np.exp(of.o_sums, of.powers)
        dot(of.powers, of.o_ones, of.total)
        dot(np.subtract(of.powers, targets, of.o_deltas), of.o_ones, of.rest)
        np.log1p(of.rest, of.rest)[:, 0].dot(of.ones)
        of.o_sums.ravel().dot(targets.ravel())
        np.subtract(np.divide(of.powers, of.total, of.o_deltas), targets, of.o_deltas)
        np.multiply(of.o_deltas, of.share, of.o_deltas)

    def bias() -> None:
        np.add(of.h_sums, h_biases, of.h_sums)
        np.add(of.o_sums, o_biases, of.o_sums)
        dot(of.ones, of.h_deltas, gradient.h_biases)
        dot(of.ones, of.o_deltas, gradient.o_biases)

    def update() -> None:
        np.multiply(of.gradient, 1.0, of.gradient)  # as by the learning rate
        of.gradient.dot(of.gradient)
        np.subtract(still, of.gradient, still)

    def repeated(part: Callable[[], None]) -> Work:
        def run(n: int) -> None:
            with np.errstate(all="ignore"):
                for _ in range(n):
                    part()

        return run

    named = zip(PARTS, (products, activation, softmax_and_loss, bias, update), strict=True)
    return {name: repeated(part) for name, part in named} | {"step": twin.step}
