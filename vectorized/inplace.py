"""A faster training step for the most common case: NumPy, plain SGD, softmax with cross-entropy, one-hot targets.

It uses the same formulas as `training.Step`, but writes into existing arrays (`out=`). The arrays are allocated once for each
batch size. If a number overflows or is very large, the weights stay unchanged, and `training.Step` computes the step.
"""

from typing import Any, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from reference.specification.architecture import Architecture
from reference.specification.settings import TrainingSettings
from vectorized import training
from vectorized.arrays import Array
from vectorized.blocks import blocks_of
from vectorized.libraries import NUMPY, Form
from vectorized.optimizers import SGD

NumPyArray: TypeAlias = NDArray[Any]

RAISE: Any = {"over": "raise", "divide": "raise", "invalid": "raise", "under": "ignore"}
dot = np.ndarray.dot  # dot(a, b, out) fills out with a @ b in half the time of np.matmul


def sigmoid(z: NumPyArray, nodes: NumPyArray, slopes: NumPyArray) -> None:
    """Write e**z / (1 + e**z) to nodes, and e**z / (1 + e**z)**2 to slopes. Raises FloatingPointError if e**z overflows."""
    np.exp(z, nodes)
    np.add(nodes, 1, slopes)
    np.divide(nodes, slopes, nodes)
    np.divide(nodes, slopes, slopes)


def tanh(z: NumPyArray, nodes: NumPyArray, slopes: NumPyArray) -> None:
    """Write tanh z to nodes, and (2 e**-|z| / (1 + e**-2|z|))**2 to slopes."""
    small = np.exp(np.negative(np.abs(z, slopes), slopes), slopes)
    np.add(np.multiply(small, small, nodes), 1, nodes)
    np.divide(np.multiply(small, 2, slopes), nodes, slopes)
    np.multiply(slopes, slopes, slopes)
    np.tanh(z, nodes)


def relu(z: NumPyArray, nodes: NumPyArray, slopes: NumPyArray) -> None:
    """Write max(z, 0) to nodes, and to slopes 0 for z <= 0 and 1 for z > 0."""
    np.maximum(z, 0, out=nodes)
    np.greater(z, 0, out=slopes)


def leaky_relu(z: NumPyArray, nodes: NumPyArray, slopes: NumPyArray) -> None:
    """Write max(z, z/100) to nodes, and to slopes 1/100 for z <= 0 and 1 for z > 0."""
    np.maximum(z, np.divide(z, 100, nodes), out=nodes)
    np.maximum(np.greater(z, 0, out=slopes), 1 / 100, out=slopes)


ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu, "leaky_relu": leaky_relu}


class Arrays:
    """The arrays that a step fills, for one batch size: the stages, with samples as rows, and the flat gradient."""

    def __init__(self, architecture: Architecture, n: int, dtype: str, mean: bool) -> None:
        n_hidden, n_outputs = architecture.n_hidden, architecture.n_outputs
        self.h_sums, self.h_nodes, self.h_slopes, self.h_deltas = (np.empty((n, n_hidden), dtype) for _ in range(4))
        self.o_sums, self.powers, self.o_deltas = (np.empty((n, n_outputs), dtype) for _ in range(3))
        self.o_columns = np.empty((n_outputs, n), dtype)
        self.largest, self.total, self.rest = (np.empty((n, 1), dtype) for _ in range(3))
        self.ones, self.o_ones = np.ones(n, dtype), np.ones((n_outputs, 1), dtype)
        self.share = 1 / n if mean else 1.0
        self.gradient = np.empty(architecture.layout.n_weights, dtype)
        self.blocks = blocks_of(architecture.layout, self.gradient)


class Step:
    """A function of weights, a batch and a learning rate. It returns the new weights, and the loss before the step.

    The new weights are usually in an array that belongs to this object, and the next step changes that array.
    """

    def __init__(self, architecture: Architecture, form: Form, settings: TrainingSettings) -> None:
        self.architecture, self.settings, self.form, self.dtype = architecture, settings, form, form.precision
        self.fallback = training.Step(architecture, form, settings)
        self.activate = ACTIVATIONS[architecture.hidden]
        self.arrays: dict[int, Arrays] = {}
        self.weights = np.empty(architecture.layout.n_weights, self.dtype)
        self.blocks = blocks_of(architecture.layout, self.weights)
        self.h_biases, self.o_biases = self.blocks.h_biases[np.newaxis], self.blocks.o_biases[np.newaxis]

    def __call__(self, weights: Any, inputs: Array, targets: Array, rate: float) -> tuple[Array, float]:
        """Take a step. For very large numbers, or if the user changed the optimizer, `training.Step` computes the step."""
        optimizer = self.settings.optimizer
        try:
            if is_plain(optimizer):
                with np.errstate(**RAISE):
                    # `weights` is another array in the first step, after `self.fallback`, and if on_epoch has set the weights.
                    if weights is not self.weights:
                        self.state = optimizer._checked_state(self.form, weights, weights)
                        np.copyto(self.weights, weights)
                    loss = self.descend(inputs, targets, rate)
                if not optimizer._state:
                    optimizer._remember(self.form, self.state)
                return self.weights, loss
        except FloatingPointError:
            pass
        return self.fallback(weights, inputs, targets, rate)

    def descend(self, inputs: Any, targets: Any, rate: float) -> float:
        """Change the weights, and return the loss before the change.

        For very large numbers, raise FloatingPointError and leave the weights unchanged.
        """
        n = len(inputs)
        if n not in self.arrays:
            self.arrays[n] = Arrays(self.architecture, n, self.dtype, self.settings.loss.reduction == "mean")
        work, blocks, gradient = self.arrays[n], self.blocks, self.arrays[n].blocks
        np.add(dot(inputs, blocks.ih_weights, work.h_sums), self.h_biases, work.h_sums)
        self.activate(work.h_sums, work.h_nodes, work.h_slopes)
        np.add(dot(work.h_nodes, blocks.ho_weights, work.o_sums), self.o_biases, work.o_sums)
        refuse_unless(squares(work.h_sums) + squares(work.o_sums) < np.inf)
        np.copyto(work.o_columns, work.o_sums.T)  # this copy makes the next line faster if there are few outputs
        np.maximum.reduce(work.o_columns, 0, out=work.largest[:, 0])
        shifted, o_deltas = np.subtract(work.o_sums, work.largest, work.o_sums), work.o_deltas
        np.exp(shifted, work.powers)
        dot(work.powers, work.o_ones, work.total)
        dot(np.subtract(work.powers, targets, o_deltas), work.o_ones, work.rest)
        loss = np.log1p(work.rest, work.rest)[:, 0].dot(work.ones) - shifted.ravel().dot(targets.ravel())
        np.subtract(np.divide(work.powers, work.total, o_deltas), targets, o_deltas)
        np.multiply(o_deltas, work.share, o_deltas)
        np.multiply(dot(o_deltas, blocks.ho_weights.T, work.h_deltas), work.h_slopes, work.h_deltas)
        dot(inputs.T, work.h_deltas, gradient.ih_weights)
        dot(work.ones, work.h_deltas, gradient.h_biases)
        dot(work.h_nodes.T, o_deltas, gradient.ho_weights)
        dot(work.ones, o_deltas, gradient.o_biases)
        change = np.multiply(work.gradient, rate, work.gradient)
        refuse_unless(squares(change) < np.inf)  # if the sum of the squares is finite, no weight can overflow
        np.subtract(self.weights, change, self.weights)
        return float(loss * work.share)


def squares(array: NumPyArray) -> Any:
    """Return the sum of the squares. It is infinite or NaN if an entry is infinite, NaN or very large."""
    flat = array.ravel()
    return flat.dot(flat)


def refuse_unless(condition: bool) -> None:
    """Raise FloatingPointError unless the condition holds."""
    if not condition:
        raise FloatingPointError


def is_plain(optimizer: object) -> TypeGuard[SGD]:
    """Whether a step is w <- w - rate*g and nothing else."""
    return type(optimizer) is SGD and optimizer.momentum == 0 and training.uses_our_step(optimizer)


def stepper(architecture: Architecture, form: Form, settings: TrainingSettings, targets: Any) -> Step | None:
    """Return the faster step if this is the most common case, else None."""
    usual = architecture.hidden in ACTIVATIONS and architecture.output == "softmax" and architecture.loss == "cross_entropy"
    plain = is_plain(settings.optimizer) and settings.train_biases and not settings.loss.l2
    plain = plain and settings.loss.rule == "backpropagation"
    if form.library is NUMPY and usual and plain and is_one_hot(targets):
        return Step(architecture, form, settings)
    return None


def is_one_hot(targets: NumPyArray) -> bool:
    """Whether every row has a single 1 and zeros elsewhere."""
    return bool(((targets == 0) | (targets == 1)).all() and (targets.sum(axis=1) == 1).all())
