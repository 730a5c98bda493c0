"""Check that results are finite."""

from math import isfinite

import numpy as np

from reference.layout import Layout
from reference.specification.messages import not_finite, weight_not_finite
from reference.specification.stages import Backward, Forward
from vectorized.arrays import Array
from vectorized.libraries import all_finite, number_of, to_numpy


def check_forward(stages: Forward[Array]) -> None:
    """Raise FloatingPointError for the first sum that is not finite. Nodes need no check: finite sums have finite nodes."""
    if not all_finite(stages.h_sums, stages.o_sums):
        check_rows("h_sums", stages.h_sums)
        check_rows("o_sums", stages.o_sums)


def check_backward(layout: Layout, stages: Backward[Array, Array, Array]) -> None:
    """Raise FloatingPointError for the first number of the backward pass that is not finite.

    If the gradient is finite, so are the deltas, because each delta is a term of the gradient of a bias.
    """
    check_loss(stages.loss)
    if not all_finite(stages.gradient):
        check_rows("o_deltas", stages.o_deltas)
        check_rows("h_deltas", stages.h_deltas)
        check_weights(layout, "gradient", stages.gradient)


def check_rows(stage: str, rows: Array) -> None:
    """Raise FloatingPointError for the first number that is not finite. The message names its stage, node and sample."""
    numbers = to_numpy(rows)
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        s, node = map(int, bad[0])
        raise FloatingPointError(not_finite(stage, node, s if len(numbers) > 1 else None, float(numbers[s, node])))


def check_loss(loss: Array) -> None:
    """Raise FloatingPointError unless a loss is finite."""
    number = number_of(loss)
    if not isfinite(number):
        raise FloatingPointError(not_finite("loss", None, None, number))


def check_weights(layout: Layout, what: str, numbers: Array) -> None:
    """Raise FloatingPointError for the first number of a flat vector that is not finite. The message names the weight."""
    if not all_finite(numbers):
        flat = to_numpy(numbers)
        position = int(np.flatnonzero(~np.isfinite(flat))[0])
        raise FloatingPointError(weight_not_finite(what, position, layout.name_of(position), float(flat[position])))
