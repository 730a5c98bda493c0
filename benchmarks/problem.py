"""The numbers that every contender computes with: the same weights, inputs and one-hot targets in every process."""

import random
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.shapes import DIGITS, Shape
from reference import datasets
from reference.specification.initial import initial_weights

RATE = 0.125  # exact in any precision
HIDDEN, OUTPUT, LOSS = "sigmoid", "softmax", "cross_entropy"
Array: TypeAlias = NDArray[np.floating]


class Problem(NamedTuple):
    """The input of a contender. Every number is exact in `shape.dtype`.

    weights : (n_weights,), float64
    inputs, targets : (n_samples, n_inputs) and (n_samples, n_outputs), `shape.dtype`
    """

    shape: Shape
    weights: NDArray[np.float64]
    inputs: Array
    targets: Array


@lru_cache(maxsize=2)
def problem_of(shape: Shape) -> Problem:
    """Return the problem of a shape: Glorot's weights, random inputs in [0, 1), and targets of random classes."""
    weights = np.array(initial_weights(*shape.sizes, "glorot_uniform", seed=0), shape.dtype)
    inputs = np.random.default_rng(0).random((shape.n_samples, shape.n_inputs)).astype(shape.dtype)
    classes = np.random.default_rng(1).integers(0, shape.n_outputs, shape.n_samples)
    targets = np.eye(shape.n_outputs, dtype=shape.dtype)[classes]
    return Problem(shape, weights.astype(float), inputs, targets)


@lru_cache(maxsize=2)
def digits_of(shape: Shape, n_samples: int = DIGITS) -> Problem:
    """Return the problem of `n_samples` digits, in random order and scaled to [0, 1], for a network of this shape."""
    data = datasets.scaled(datasets.digits(), 16)
    order = random.Random(0).sample(range(DIGITS), DIGITS)[:n_samples]
    inputs, targets = (np.array(rows, shape.dtype)[order] for rows in (data.inputs, data.targets))
    return problem_of(shape)._replace(shape=shape._replace(n_samples=n_samples), inputs=inputs, targets=targets)
