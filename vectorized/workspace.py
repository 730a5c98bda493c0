"""The arrays that a pass writes into: made once, used for every batch of the same size.

A row is a sample in the input and the hidden layer. In the output layer a row is a node, and the samples are the columns:
the largest of a few outputs, and their sum, are then taken for many samples at a time.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.layout import Layout

Array: TypeAlias = NDArray[Any]

# Every overflow of a function of arrays raises; a product of matrices raises nothing and is looked at afterwards.
RAISE: dict[str, Any] = {"over": "raise", "divide": "raise", "invalid": "raise", "under": "ignore"}

SLAB = 1 << 15  # numbers; three arrays of so many stay in a processor's second cache from one operation to the next


def slabs(size: int) -> Iterator[slice]:
    """Yield the parts of a flat array that are worked on one after another."""
    for start in range(0, size, SLAB):
        yield slice(start, start + SLAB)


class Blocks:
    """Views of one flat vector: matrices with the source node as the row, and biases.

    ih : (n_inputs + 1, n_hidden), the ih weights with the h biases as the last row, where the flat vector has them:
        a bias is the weight of one more input that is always 1
    o_column : (n_outputs, 1), the o biases as a column
    """

    __slots__ = ("flat", "h_biases", "ho_weights", "ih", "ih_weights", "largest", "o_biases", "o_column")

    def __init__(self, flat: Array, layout: Layout) -> None:
        self.flat = flat
        self.ih = flat[: layout.ho_weights_at].reshape(layout.n_inputs + 1, layout.n_hidden)
        self.ih_weights, self.h_biases = self.ih[:-1], self.ih[-1]
        self.ho_weights = flat[layout.ho_weights_at : layout.o_biases_at].reshape(layout.n_hidden, layout.n_outputs)
        self.o_biases = flat[layout.o_biases_at :]
        self.o_column = self.o_biases[:, np.newaxis]
        self.largest = math.inf if flat.dtype.kind != "f" else float(np.finfo(flat.dtype).max)


class Stages:
    """The stages of the forward pass of one batch, and room to work in.

    h_sums, h_nodes : (n_samples, n_hidden)
    o_sums, o_nodes, o_shifted, o_powers : (n_outputs, n_samples)
    s_largest, s_total : (n_samples,)
    h_slopes, o_slopes : None, as nobody asks for them
    """

    h_slopes: Any = None
    o_slopes: Any = None

    def __init__(self, layout: Layout, n_samples: int, dtype: Any) -> None:
        hidden, outputs = (n_samples, layout.n_hidden), (layout.n_outputs, n_samples)
        self.sums = np.empty(n_samples * (layout.n_hidden + layout.n_outputs), dtype)
        self.h_sums = self.sums[: n_samples * layout.n_hidden].reshape(hidden)
        self.o_sums = self.sums[n_samples * layout.n_hidden :].reshape(outputs)
        self.h_nodes, self.o_nodes = np.empty(hidden, dtype), np.empty(outputs, dtype)
        self.o_shifted, self.o_powers = np.empty(outputs, dtype), np.empty(outputs, dtype)
        self.s_largest, self.s_total = np.empty(n_samples, dtype), np.empty(n_samples, dtype)
        self.ones_o = np.ones(layout.n_outputs, dtype)
        self.h_slabs = self.slabs_of(self.h_sums, self.h_nodes, self.h_slopes)

    def slabs_of(self, *stages: Any) -> list[tuple[Any, ...]]:
        """Return the parts of some stages that are worked on one after another."""
        flats = [None if stage is None else stage.reshape(-1) for stage in stages]
        return [tuple(None if flat is None else flat[part] for flat in flats) for part in slabs(self.h_nodes.size)]


class Workspace(Stages):
    """The stages of both passes.

    h_slopes, h_deltas : (n_samples, n_hidden)
    o_slopes, o_deltas : (n_outputs, n_samples)
    gradient : views of one flat vector
    """

    def __init__(self, layout: Layout, n_samples: int, dtype: Any) -> None:
        super().__init__(layout, n_samples, dtype)
        self.h_slopes, self.h_deltas = np.empty_like(self.h_sums), np.empty_like(self.h_sums)
        self.o_slopes, self.o_deltas = np.empty_like(self.o_sums), np.empty_like(self.o_sums)
        self.ones_s = np.ones(n_samples, dtype)
        self.gradient = Blocks(np.empty(layout.n_weights, dtype), layout)
        self.h_slabs = self.slabs_of(self.h_sums, self.h_nodes, self.h_slopes)
        self.delta_slabs = self.slabs_of(self.h_slopes, self.h_deltas)


class Targets(NamedTuple):
    """The targets of one batch and what the loss needs of them.

    values : (n_outputs, n_samples)
    marks : 1 at each sample's target of the largest magnitude, the first of equals, else 0; the values if they are one-hot
    sums : (n_samples,), the sum of each sample's targets
    """

    values: Array
    marks: Array
    sums: Array
    one_hot: bool


class TargetBatches:
    """The targets of all batches of an epoch, each batch in one piece."""

    def __init__(self, rows: Array, batch_size: int) -> None:
        n_samples, n_outputs = rows.shape
        self.whole = n_samples // batch_size * batch_size
        self.batch_size = batch_size
        one_hot = bool(((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all())
        self.values = np.empty(rows.size, rows.dtype)
        self.marks = self.values if one_hot else np.empty_like(self.values)
        self.sums = np.ones(n_samples, rows.dtype)
        self.one_hot = one_hot
        self.fill(rows)
        self.batches = []
        for start in range(0, n_samples, batch_size):
            end = min(start + batch_size, n_samples)
            part = slice(start * n_outputs, end * n_outputs)
            values, marks = (flat[part].reshape(n_outputs, end - start) for flat in (self.values, self.marks))
            self.batches.append(Targets(values, marks, self.sums[start:end], one_hot))

    def fill(self, rows: Array) -> None:
        """Take the targets in the order of an epoch, rows of shape (n_samples, n_outputs)."""
        self.turn(rows, self.values)
        if not self.one_hot:
            largest = np.abs(rows).argmax(axis=1)
            self.turn((largest[:, None] == np.arange(rows.shape[1])).astype(rows.dtype), self.marks)
            with np.errstate(all="ignore"):  # a sum that overflows shows in the loss, and is named there
                rows.sum(axis=1, out=self.sums)

    def turn(self, rows: Array, flat: Array) -> None:
        """Write rows of samples into a flat array, batch after batch, a row for each output."""
        whole, size, n_outputs = self.whole, self.batch_size, rows.shape[1]
        batches = flat[: whole * n_outputs].reshape(-1, n_outputs, size)
        batches[...] = rows[:whole].reshape(-1, size, n_outputs).transpose(0, 2, 1)
        flat[whole * n_outputs :].reshape(n_outputs, -1)[...] = rows[whole:].T


def with_one(rows: Array) -> Array:
    """Return rows of inputs with a column of ones behind, which the biases are the weights of."""
    inputs = np.empty((rows.shape[0], rows.shape[1] + 1), rows.dtype)
    inputs[:, :-1] = rows
    inputs[:, -1] = 1
    return inputs


# product(a, b, out) fills out with a @ b. Some versions of NumPy raise where that overflows, in the others it shows afterwards.
product: Callable[[Array, Array, Array], Array] = np.ndarray.dot


def dot(a: Array, b: Array) -> float:
    """Return the dot product of two flat arrays; not finite where it overflows, which only some versions of NumPy notice."""
    try:
        return float(a.dot(b))
    except FloatingPointError:
        return math.inf


def all_finite(flat: Array) -> bool:
    """Whether every number of a flat array is finite.

    The dot product with itself is one fast pass; only where it is too large is each number asked.
    """
    return math.isfinite(dot(flat, flat)) or bool(np.isfinite(flat).all())
