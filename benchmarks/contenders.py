"""What is timed: the twins, the documents' way, NumPy as one writes it first, and the limits of both worlds.

Every contender computes the same network: sigmoid hidden nodes, softmax outputs, cross-entropy, full batch, SGD.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

import reference
import vectorized

RATE = 0.1


def documents_forward(blocks: Any, inputs: Any) -> Any:
    """Forward pass in loops over NumPy's scalars, as the documents index their arrays."""
    ih_weights, h_biases, ho_weights, o_biases = blocks
    outputs = np.zeros((len(inputs), len(o_biases)))
    for s in range(len(inputs)):
        h_nodes = np.zeros(len(h_biases))
        for h in range(len(h_biases)):
            for i in range(inputs.shape[1]):
                h_nodes[h] += inputs[s, i] * ih_weights[i, h]
            h_nodes[h] = 1 / (1 + np.exp(-(h_nodes[h] + h_biases[h])))
        o_sums = np.zeros(len(o_biases))
        for o in range(len(o_biases)):
            for h in range(len(h_biases)):
                o_sums[o] += h_nodes[h] * ho_weights[h, o]
            o_sums[o] += o_biases[o]
        powers = np.exp(o_sums - np.max(o_sums))
        outputs[s] = powers / np.sum(powers)
    return outputs


def straightforward_forward(blocks: Any, inputs: Any) -> Any:
    """Forward pass in NumPy, one line a formula."""
    ih_weights, h_biases, ho_weights, o_biases = blocks
    h_nodes = 1 / (1 + np.exp(-(inputs @ ih_weights + h_biases)))
    o_sums = h_nodes @ ho_weights + o_biases
    powers = np.exp(o_sums - o_sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def straightforward_step(blocks: Any, inputs: Any, targets: Any) -> float:
    """One step in NumPy, one line a formula, weights changed in place; returns the loss."""
    ih_weights, h_biases, ho_weights, o_biases = blocks
    h_nodes = 1 / (1 + np.exp(-(inputs @ ih_weights + h_biases)))
    o_sums = h_nodes @ ho_weights + o_biases
    powers = np.exp(o_sums - o_sums.max(axis=1, keepdims=True))
    o_nodes = powers / powers.sum(axis=1, keepdims=True)
    loss = -np.sum(targets * np.log(o_nodes)) / len(inputs)
    o_deltas = (o_nodes - targets) / len(inputs)
    h_deltas = o_deltas @ ho_weights.T * h_nodes * (1 - h_nodes)
    ho_weights -= RATE * (h_nodes.T @ o_deltas)
    o_biases -= RATE * o_deltas.sum(axis=0)
    ih_weights -= RATE * (inputs.T @ h_deltas)
    h_biases -= RATE * h_deltas.sum(axis=0)
    return float(loss)


def bare_loop(multiply_adds: int) -> float:
    """What the interpreter does at best: `total += a * b` so many times."""
    left, right = [0.5] * 64, [0.25] * 64
    total = 0.0
    for _ in range(multiply_adds // 64):
        for a, b in zip(left, right):  # noqa: B905
            total += a * b
    return total


def bare_products(blocks: Any, inputs: Any, h_deltas: Any, o_deltas: Any) -> None:
    """The five matrix products of a step, and nothing else."""
    ih_weights, _, ho_weights, _ = blocks
    inputs @ ih_weights
    h_deltas @ ho_weights
    o_deltas @ ho_weights.T
    h_deltas.T @ o_deltas
    inputs.T @ h_deltas


def steps(sizes: tuple[int, int, int], n_samples: int, dtype: str, repeats: int) -> dict[str, Callable[[], Any]]:
    """Return the contenders for `repeats` training steps; a step of the twins is an epoch of one batch."""
    data = np.random.default_rng(0)
    inputs = data.uniform(size=(n_samples, sizes[0])).astype(dtype)
    targets = np.eye(sizes[2], dtype=dtype)[data.integers(0, sizes[2], n_samples)]
    network = vectorized.NeuralNetwork(*sizes, hidden="sigmoid", dtype=dtype)
    blocks = network.blocks()
    h_deltas, o_deltas = np.ones((n_samples, sizes[1]), dtype), np.ones((n_samples, sizes[2]), dtype)
    return {
        "vectorized": lambda: network.train(inputs, targets, epochs=repeats, learning_rate=RATE),
        "plain NumPy": lambda: [straightforward_step(blocks, inputs, targets) for _ in range(repeats)],
        "5 products": lambda: [bare_products(blocks, inputs, h_deltas, o_deltas) for _ in range(repeats)],
    }


def loop_steps(sizes: tuple[int, int, int], n_samples: int, repeats: int) -> dict[str, Callable[[], Any]]:
    """Return the contenders for `repeats` training steps in loops."""
    data = np.random.default_rng(0)
    inputs = data.uniform(size=(n_samples, sizes[0])).tolist()
    targets = np.eye(sizes[2])[data.integers(0, sizes[2], n_samples)].tolist()
    network = reference.NeuralNetwork(*sizes, hidden="sigmoid")
    multiply_adds = n_samples * (2 * sizes[0] * sizes[1] + 3 * sizes[1] * sizes[2])
    return {
        "reference": lambda: network.train(inputs, targets, epochs=repeats, learning_rate=RATE),
        "bare loop": lambda: bare_loop(multiply_adds * repeats),
    }


def forwards(sizes: tuple[int, int, int], n_samples: int, repeats: int) -> dict[str, Callable[[], Any]]:
    """Return the contenders for `repeats` forward passes."""
    inputs = np.random.default_rng(0).uniform(size=(n_samples, sizes[0]))
    loops, matrices = (package.NeuralNetwork(*sizes, hidden="sigmoid") for package in (reference, vectorized))
    blocks = matrices.blocks()
    given = inputs.tolist() if n_samples > 1 else inputs[0].tolist()
    rows = inputs if n_samples > 1 else inputs[0]
    multiply_adds = n_samples * (sizes[0] + sizes[2]) * sizes[1]
    return {
        "reference": lambda: [loops.predict(given) for _ in range(repeats)][-1],
        "documents": lambda: [documents_forward(blocks, inputs) for _ in range(repeats)][-1],
        "bare loop": lambda: bare_loop(multiply_adds * repeats),
        "vectorized": lambda: [matrices.predict(rows) for _ in range(repeats)][-1],
        "plain NumPy": lambda: [straightforward_forward(blocks, inputs) for _ in range(repeats)][-1],
    }
