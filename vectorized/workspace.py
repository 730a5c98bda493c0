"""The arrays that a pass writes into: made once, used for every batch of the same size.

Rows are samples in the hidden layer. In the output layer rows are classes: a sum or a maximum over a few classes is
then taken down the columns, many samples at a time, which is several times faster than along short rows.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.layout import Layout

Array: TypeAlias = NDArray[Any]

# Every overflow of a function of arrays raises; a product of matrices raises nothing and is looked at afterwards.
RAISE: dict[str, Any] = {"over": "raise", "divide": "raise", "invalid": "raise", "under": "ignore"}


class Blocks:
    """Views of one flat vector as matrices with the source node as the row, and its biases."""

    __slots__ = ("flat", "h_biases", "ho_weights", "ih_weights", "o_biases", "o_biases_down")

    def __init__(self, flat: Array, layout: Layout) -> None:
        ih_end, ho_start, ho_end = layout.h_biases_at, layout.ho_weights_at, layout.o_biases_at
        self.flat = flat
        self.ih_weights = flat[:ih_end].reshape(layout.n_inputs, layout.n_hidden)
        self.h_biases = flat[ih_end:ho_start]
        self.ho_weights = flat[ho_start:ho_end].reshape(layout.n_hidden, layout.n_outputs)
        self.o_biases = flat[ho_end:]
        self.o_biases_down = self.o_biases.reshape(layout.n_outputs, 1)


class Workspace:
    """The stages of one batch, and room to work in.

    h_sums, h_nodes, h_slopes, h_deltas : (n_samples, n_hidden)
    o_sums, o_nodes, o_slopes, o_deltas, o_shifted, o_powers : (n_outputs, n_samples)
    gradient : views of one flat vector
    """

    def __init__(self, layout: Layout, n_samples: int, dtype: Any) -> None:
        hidden, outputs = (n_samples, layout.n_hidden), (layout.n_outputs, n_samples)
        self.h_sums, self.h_nodes, self.h_slopes, self.h_deltas = (np.empty(hidden, dtype) for _ in range(4))
        self.o_sums, self.o_nodes, self.o_slopes, self.o_deltas = (np.empty(outputs, dtype) for _ in range(4))
        self.o_shifted, self.o_powers = np.empty(outputs, dtype), np.empty(outputs, dtype)
        self.s_largest, self.s_total = np.empty(n_samples, dtype), np.empty(n_samples, dtype)
        self.ones_s, self.ones_o = np.ones(n_samples, dtype), np.ones(layout.n_outputs, dtype)
        self.gradient = Blocks(np.empty(layout.n_weights, dtype), layout)


class Targets:
    """The targets of one batch, class by class.

    values : (n_outputs, n_samples)
    marks : (n_outputs, n_samples), 1 at each sample's largest target, else 0
    sums : (n_samples,), the sum of each sample's targets
    one_hot : whether the values are the marks
    """

    def __init__(self, n_outputs: int, n_samples: int, dtype: Any, one_hot: bool) -> None:
        self.values = np.empty((n_outputs, n_samples), dtype)
        self.marks = self.values if one_hot else np.empty_like(self.values)
        self.sums = np.ones(n_samples, dtype)
        self.one_hot = one_hot

    def fill(self, rows: Array) -> None:
        """Take the targets of a batch, rows of shape (n_samples, n_outputs)."""
        np.copyto(self.values, rows.T)
        if not self.one_hot:
            np.equal(np.abs(rows).argmax(axis=1), np.arange(rows.shape[1])[:, None], out=self.marks)
            self.values.sum(axis=0, out=self.sums)


def is_one_hot(rows: Array) -> bool:
    """Whether every row has a single 1 among zeros."""
    return bool(((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all())


def all_finite(values: Array) -> bool:
    """Whether every number of a contiguous array is finite.

    The dot product with itself is one fast pass; only where it is too large is each number asked.
    """
    flat = values.reshape(-1)
    return bool(flat.dot(flat) < np.inf) or bool(np.isfinite(values).all())
