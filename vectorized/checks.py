"""The door: what a user gives becomes a finite array of the network's dtype, or one clear ValueError.

What is plainly right is recognised by a few operations on the whole array. Everything else is asked of `reference.checks`,
entry by entry: it says what is wrong, in the same words for both packages, or it knows the numbers after all.
"""

from itertools import chain
from typing import Any

import numpy as np

from reference import checks
from reference.kinds import FLOAT, Kind, kind_of_type
from reference.kinds import kind_of as kind_of_numbers
from reference.layout import Layout
from vectorized.workspace import Array

NUMBERS = {float, int, bool, np.float64, np.float32, np.int64}
ROWS = {list, tuple, np.ndarray}


def kind_of(dtype: Any) -> Kind:
    """Return the kind of number that `reference` computes in when its weights are of this dtype."""
    return kind_of_type(dtype.type) or FLOAT


def array_of(values: Any, dtype: Any) -> Array | None:
    """Return a contiguous array of what are plainly finite numbers, or None for anything else."""
    listed = isinstance(values, list | tuple)
    if listed:
        types = set(map(type, values))
        if not (types <= NUMBERS or types <= ROWS):
            return None
        dimensions = 1 if types <= NUMBERS else 2
        rows = [] if dimensions == 1 else [each for each in values if isinstance(each, list | tuple)]
        if not NUMBERS.issuperset(map(type, chain.from_iterable(rows))):  # arrays of no dimension are none
            return None
    elif type(values) is np.ndarray and values.ndim == 0:
        return None
    elif type(values) is not np.ndarray and (not checks.is_sequence(values) or hasattr(values, "filled")):
        return None  # no array, or a masked one
    try:
        given = np.asarray(values)
    except Exception:  # rows of unequal length, or an array that refuses
        return None
    if given.dtype.kind not in "fiub" or given.dtype.itemsize > 8 or (listed and given.ndim != dimensions):
        return None
    with np.errstate(all="ignore"):
        array = np.ascontiguousarray(given, dtype)
        flat = array.reshape(-1)
        if flat.dot(flat) < 2.0**106:  # all are finite, and a whole number below 2**53 is a float
            return array
        return array if not listed and given.dtype.kind == "f" and np.isfinite(flat).all() else None


def rows_of(values: Any, n_columns: int, size: str, what: str, dtype: Any) -> tuple[Array, bool]:
    """Return (rows, whether it was one sample) from one sample of n_columns numbers or from rows of them.

    Raises ValueError that names the entry and both shapes.
    """
    array = array_of(values, dtype)
    if array is not None and array.shape == (n_columns,):
        return array[np.newaxis], True
    if array is not None and array.ndim == 2 and array.shape[1] == n_columns and array.size:
        return array, False
    rows, one = checks.rows_of(values, n_columns, size, what, kind_of(dtype))
    return np.array(rows, dtype), one


def pair_of(inputs: Any, targets: Any, layout: Layout, dtype: Any) -> tuple[Array, Array, bool]:
    """Return (input rows, target rows, whether it was one sample); ValueError unless there is one target row a sample."""
    input_rows, one_input = rows_of(inputs, layout.n_inputs, "n_inputs", "inputs", dtype)
    target_rows, one_target = rows_of(targets, layout.n_outputs, "n_outputs", "targets", dtype)
    checks.check_pairing(len(input_rows), one_input, len(target_rows), one_target, layout)
    return input_rows, target_rows, one_input


def flat_vector(values: Any, layout: Layout, dtype: Any) -> Array:
    """Return a checked flat weight vector; it may be the very array given."""
    refuse_half(values)
    array = array_of(values, dtype)
    if array is not None and array.shape == (layout.n_weights,):
        return array
    return np.array(checks.flat_vector(values, layout, kind_of(dtype))[0], dtype)


def refuse_half(weights: Any) -> None:
    """Raise ValueError for weights in half precision, in which only the loops compute."""
    if np.float16 in (getattr(weights, "dtype", None), *(map(type, weights) if isinstance(weights, list | tuple) else ())):
        raise ValueError("weights are float16; give them as float32 or float64, or let reference compute with them")


def step_vectors(weights: Any, gradient: Any) -> tuple[Array, Array]:
    """Return weights and gradient as arrays in the precision of the weights: single if they came so, else double."""
    refuse_half(weights)
    single = getattr(weights, "dtype", None) == np.float32
    if isinstance(weights, list | tuple):
        single = kind_of_numbers(weights, "weights").type is np.float32
    dtype = np.dtype(np.float32 if single else float)
    return vector(weights, "weights", dtype), vector(gradient, "gradient", dtype)


def vector(values: Any, what: str, dtype: Any) -> Array:
    """Return an array of one dimension."""
    array = array_of(values, dtype)
    if array is not None and array.ndim == 1:
        return array
    return np.array(checks.row(checks.as_sequence(values, what), kind_of(dtype), what), dtype)


def optimizer_answer(values: Any, layout: Layout, dtype: Any) -> Array:
    """Return what a user's own optimizer made of the weights, perhaps infinite ones; ValueError where that are no weights."""
    array = array_of(values, dtype)
    if array is not None and array.shape == (layout.n_weights,):
        return array
    return np.array(checks.optimizer_answer(values, layout, kind_of(dtype)), dtype)
