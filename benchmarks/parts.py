"""The parts of a training step of `vectorized`, each timed alone, on the arrays of a step."""

import numpy as np

from benchmarks.contenders import Matrices
from benchmarks.measure import Work, repeat
from benchmarks.problem import Problem
from vectorized.blocks import blocks_of
from vectorized.inplace import Arrays, dot, sigmoid

PARTS = ("products", "activation", "softmax and loss", "bias", "update")


def parts_of(problem: Problem) -> dict[str, Work]:
    """Return the parts of a step, and the step itself."""
    matrices = Matrices(problem)
    network, inputs, targets, n = matrices.network, problem.inputs, problem.targets, problem.shape.n_samples
    arrays, weights = Arrays(network.architecture, n, network.dtype, mean=True), np.asarray(network.weights)
    blocks, gradient = blocks_of(network.architecture.layout, weights), arrays.blocks
    h_sums, h_nodes, o_sums, _ = map(np.asarray, network.forward(inputs))
    arrays.h_sums[...], arrays.h_nodes[...], arrays.o_sums[...] = h_sums, h_nodes, o_sums
    arrays.o_deltas.fill(0.01)
    new_weights, h_biases, o_biases = np.zeros_like(weights), blocks.h_biases[np.newaxis], blocks.o_biases[np.newaxis]

    def products() -> None:
        dot(inputs, blocks.ih_weights, arrays.h_deltas)
        dot(arrays.h_nodes, blocks.ho_weights, arrays.powers)
        dot(arrays.o_deltas, blocks.ho_weights.T, arrays.h_deltas)
        dot(inputs.T, arrays.h_deltas, gradient.ih_weights)
        dot(arrays.h_nodes.T, arrays.o_deltas, gradient.ho_weights)

    def activation() -> None:
        sigmoid(h_sums, arrays.h_nodes, arrays.h_slopes)
        np.multiply(arrays.h_deltas, arrays.h_slopes, arrays.h_sums)  # not into h_deltas, which would shrink with every call

    def softmax_and_loss() -> None:
        np.copyto(arrays.o_columns, o_sums.T)
        np.maximum.reduce(arrays.o_columns, 0, out=arrays.largest[:, 0])
        np.subtract(o_sums, arrays.largest, arrays.o_sums)
        np.exp(arrays.o_sums, arrays.powers)
        dot(arrays.powers, arrays.o_ones, arrays.total)
        dot(np.subtract(arrays.powers, targets, arrays.o_deltas), arrays.o_ones, arrays.rest)
        np.log1p(arrays.rest, arrays.rest)[:, 0].dot(arrays.ones)
        arrays.o_sums.ravel().dot(targets.ravel())
        np.subtract(np.divide(arrays.powers, arrays.total, arrays.o_deltas), targets, arrays.o_deltas)
        np.multiply(arrays.o_deltas, arrays.share, arrays.o_deltas)

    def bias() -> None:
        np.add(arrays.h_sums, h_biases, arrays.h_sums)
        np.add(arrays.o_sums, o_biases, arrays.o_sums)
        dot(arrays.ones, arrays.h_deltas, gradient.h_biases)
        dot(arrays.ones, arrays.o_deltas, gradient.o_biases)

    def update() -> None:
        np.multiply(arrays.gradient, 1.0, arrays.gradient)  # 1.0 stands for the learning rate
        arrays.gradient.dot(arrays.gradient)
        np.subtract(new_weights, arrays.gradient, new_weights)

    works = zip(PARTS, (products, activation, softmax_and_loss, bias, update), strict=True)
    return {name: repeat(part) for name, part in works} | {"step": matrices.step}
