"""The door: what a user gives becomes a finite array of the network's dtype, or one clear ValueError."""

from typing import Any

import numpy as np

from reference import checks
from reference.kinds import FLOAT
from reference.layout import Layout
from vectorized.workspace import Array, all_finite


def numbers(values: Any, dtype: Any) -> Array | None:
    """Return a contiguous array of finite numbers, or None for anything else."""
    try:
        array = np.asarray(values)
    except (ValueError, TypeError):  # rows of unequal length
        return None
    if array.dtype.kind not in "fiub":
        return None
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(array, dtype)
    with np.errstate(all="ignore"):
        return array if all_finite(array.reshape(-1)) else None


def rounded(values: Any, what: str, dtype: Any) -> Array:
    """Return checked lists as an array; ValueError names the first number that is out of the dtype's range."""
    with np.errstate(over="ignore"):
        array = np.array(values, dtype)
    if not np.isfinite(array).all():
        at = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
        entry = f"{what}[{']['.join(map(str, at))}]"
        raise ValueError(f"{entry} is {np.array(values)[at]}, beyond the range of {array.dtype}; scale it down")
    return array


def rows_of(values: Any, n_columns: int, size: str, what: str, dtype: Any) -> tuple[Array, bool]:
    """Return (rows, whether it was one sample) from one sample of n_columns numbers or from rows of them.

    Raises ValueError that names the entry and both shapes.
    """
    array = numbers(values, dtype)
    if array is not None and array.shape == (n_columns,):
        return array[np.newaxis], True
    if array is not None and array.ndim == 2 and array.shape[1] == n_columns and array.size:
        return array, False
    rows, one = checks.rows_of(values, n_columns, size, what, FLOAT)  # says what is wrong, or knows the numbers
    return rounded(rows, what, dtype), one


def pair_of(inputs: Any, targets: Any, layout: Layout, dtype: Any) -> tuple[Array, Array, bool]:
    """Return (input rows, target rows, whether it was one sample); ValueError unless there is one target row a sample."""
    input_rows, one_input = rows_of(inputs, layout.n_inputs, "n_inputs", "inputs", dtype)
    target_rows, one_target = rows_of(targets, layout.n_outputs, "n_outputs", "targets", dtype)
    checks.check_pairing(len(input_rows), one_input, len(target_rows), one_target, layout)
    return input_rows, target_rows, one_input


def flat_vector(values: Any, layout: Layout, dtype: Any, what: str = "weights") -> Array:
    """Return a checked copy of a flat weight vector."""
    array = numbers(values, dtype)
    if array is not None and array.shape == (layout.n_weights,):
        return array.copy()
    listed, _ = checks.flat_vector(values, layout, what)
    return rounded([FLOAT.take(x, f"{what}[{at}]") for at, x in enumerate(listed)], what, dtype)
