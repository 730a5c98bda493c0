"""Where a training step of the matrices spends its time: each part alone, on the very arrays of a step.

The parts are functions of `vectorized`; what is left of the whole step is Python between them.
"""

from collections.abc import Callable

import numpy as np

import vectorized
from benchmarks.contenders import Matrices
from benchmarks.measure import Work
from benchmarks.problem import RATE, Problem
from vectorized import activations, backward, losses
from vectorized.workspace import RAISE, Blocks, TargetBatches, Workspace, product, with_one

PARTS = ("products", "activation", "softmax and loss", "bias", "update")


def parts_of(problem: Problem) -> dict[str, Work]:
    """Return the parts of a step, and the step itself."""
    twin = Matrices(problem)
    network: vectorized.NeuralNetwork = twin.network
    of, blocks, layout = network._functions, network._blocks, network._net.layout
    inputs, n_samples = with_one(problem.inputs), problem.shape.n_samples
    work = Workspace(layout, n_samples, problem.inputs.dtype)
    targets, gradient = TargetBatches(problem.targets, n_samples).batches[0], work.gradient
    with np.errstate(**RAISE):
        activations_filled(network, inputs, work)
    still = Blocks(np.zeros_like(blocks.flat), layout)

    def products() -> None:
        product(inputs, blocks.ih, work.h_sums)
        product(blocks.ho_weights.T, work.h_nodes.T, work.o_sums)
        product(work.o_deltas.T, blocks.ho_weights.T, work.h_deltas)
        product(inputs.T, work.h_deltas, gradient.ih)
        product(work.h_nodes.T, work.o_deltas.T, gradient.ho_weights)

    def activation() -> None:
        for h_sums, h_nodes, h_slopes in work.h_slabs:
            of.hidden(h_sums, h_nodes, h_slopes)
        for h_slopes, h_deltas in work.delta_slabs:
            np.multiply(h_deltas, h_slopes, h_deltas)

    def softmax_and_loss() -> None:
        activations.softmax(work)
        losses.batch_loss(of.net, work, targets)
        backward.output_deltas(of, of.net, work, targets)
        np.multiply(work.o_deltas, RATE, work.o_deltas)

    def bias() -> None:
        np.add(work.o_sums, blocks.o_column, work.o_sums)
        product(work.o_deltas, work.ones_s, gradient.o_biases)

    def update() -> None:
        gradient.flat.dot(gradient.flat)
        np.multiply(gradient.flat, RATE, gradient.flat)
        np.subtract(still.flat, gradient.flat, still.flat)

    def repeated(part: Callable[[], None]) -> Work:
        def run(n: int) -> None:
            with np.errstate(all="ignore"):
                for _ in range(n):
                    part()

        return run

    named = zip(PARTS, (products, activation, softmax_and_loss, bias, update), strict=True)
    return {name: repeated(part) for name, part in named} | {"step": twin.step}


def activations_filled(network: vectorized.NeuralNetwork, inputs: np.ndarray, work: Workspace) -> None:
    """Fill the stages of a work space as a step does, so that no part meets numbers that a step does not."""
    from vectorized.forward import forward

    forward(network._functions, network._blocks, inputs, work)
    work.o_deltas.fill(0.01)
