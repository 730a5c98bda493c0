"""Input checks: turn what the user passes into a finite array, or raise one clear ValueError.

The array gets the form of the network: its library, precision and device. Usual input is checked by a few fast operations on
the whole array. `reference.specification.door` checks all other input entry by entry.

With `check_finite=False`, a float array is not searched for NaN and infinities. They make a result NaN or infinite, and the
check of the results finds it.
"""

from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.layout import Layout
from reference.numbers.kinds import FLOAT, Kind, kind_of_type
from reference.numbers.kinds import kind_of as kind_of_numbers
from reference.numbers.number import Numbers
from reference.specification import door
from reference.specification.names import DTYPES
from vectorized.arrays import Array
from vectorized.libraries import NUMPY, Form, all_finite, copy_of, form_of, library_of, name_of, to_numpy

NUMBER_TYPES = {float, int, bool, np.float64, np.float32, np.int64}
ROW_TYPES = {list, tuple, np.ndarray}


def kind_of(form: Form) -> Kind:
    """Return the kind of number that `reference` uses for weights of this form."""
    return FLOAT if form.precision == "float64" else kind_of_type(np.float32) or FLOAT


def precision_of(dtype: Any) -> str:
    """Return the name of a dtype of NumPy or another library. A text is returned unchanged."""
    try:
        return dtype if isinstance(dtype, str) else np.dtype(dtype).name
    except TypeError:
        return name_of(dtype)


def array_of(values: Any, dtype: str, check_finite: bool = True) -> NDArray[Any] | None:
    """Return a contiguous array if fast operations accept the values, else None."""
    is_list = isinstance(values, list | tuple)
    if is_list:
        types = set(map(type, values))
        if not (types <= NUMBER_TYPES or types <= ROW_TYPES):
            return None
        dimensions = 1 if types <= NUMBER_TYPES else 2
        rows = [each for each in values if isinstance(each, list | tuple)]
        if not NUMBER_TYPES.issuperset(map(type, chain.from_iterable(rows))):
            return None
    elif not door.is_sequence(values) or hasattr(values, "filled"):
        return None  # a masked array, an array without dimensions, or an object of another type
    try:
        plain = np.asarray(values)
    except Exception:  # rows of unequal length, or an array that NumPy cannot convert
        return None
    if plain.dtype.kind not in "fiub" or plain.dtype.itemsize > 8 or (is_list and plain.ndim != dimensions):
        return None
    with np.errstate(all="ignore"):
        array = np.ascontiguousarray(plain, dtype)
        if not check_finite and plain.dtype.kind == "f" and not is_list:
            return array
        flat = array.reshape(-1)
        if flat.dot(flat) < 2.0**106:  # so each entry is below 2**53, where a float holds every whole number exactly
            return array
        return array if not is_list and plain.dtype.kind == "f" and np.isfinite(flat).all() else None


def array_of_form(values: Any, what: str, form: Form, check_finite: bool = True) -> Array | None:
    """Return an array of the network's form if fast operations accept the values, else None. Raises as `checked_array` does."""
    if library_of(values) is not NUMPY:
        array = checked_array(values, what, form)
        return array if not check_finite or all_finite(array) else None
    if type(values) is np.ndarray and not check_finite and values.dtype == form.precision and form.library is NUMPY:
        return values
    numbers = array_of(values, form.precision, check_finite)
    return numbers if numbers is None or form.library is NUMPY else form.array(numbers)


def rows_of(values: Numbers, n_columns: int, size: str, what: str, form: Form, check_finite: bool = True) -> tuple[Array, bool]:
    """Return (rows, is_one_sample). `values` is one sample of n_columns numbers, or rows of n_columns numbers.

    Raises a ValueError that names the wrong entry, shape, library or device.
    """
    array = array_of_form(values, what, form, check_finite)
    if array is not None and array.shape == (n_columns,):
        return array[None, :], True
    if array is not None and array.ndim == 2 and array.shape[1] == n_columns and array.shape[0]:
        return array, False
    rows, is_one_sample = door.rows_of(to_numpy(values), n_columns, size, what, kind_of(form))
    return form.array(rows), is_one_sample


def inputs_of(inputs: Numbers, layout: Layout, form: Form, check_finite: bool = True) -> tuple[Array, bool]:
    """Return (input rows, is_one_sample). See `rows_of`."""
    return rows_of(inputs, layout.n_inputs, "n_inputs", "inputs", form, check_finite)


def checked_array(values: Array, what: str, form: Form) -> Array:
    """Return an array of the network's library, cast to its precision.

    Raises ValueError for another library or device, entries that are not plain real numbers, or an unknown shape.
    """
    library = library_of(values)
    if library.name != form.library.name:
        raise ValueError(f"{what} is a {library.name} array, but the weights are {form.library.name}; convert one of them")
    if content := not_numbers(values):
        raise ValueError(f"{what} is {content}, expected an array of real numbers")
    device = getattr(values, "device", None)
    if device not in (None, form.device):
        raise ValueError(f"{what} is on {device}, but the weights are on {form.device}; move one of them")
    if any(n != n for n in values.shape):
        raise ValueError(f"{what} has an unknown number of rows; compute its chunk sizes first")
    return form.cast(detach(values))


def not_numbers(values: Array) -> str:
    """Return why an array does not hold plain real numbers (its dtype, "sparse" or "masked"), or "" if it holds them."""
    if not name_of(values.dtype).startswith(("bool", "int", "uint", "float", "bfloat")):
        return name_of(values.dtype)
    if "sparse" in str(getattr(values, "layout", "")):
        return "sparse"
    return "masked" if hasattr(getattr(values, "_meta", None), "filled") else ""


def detach(values: Array) -> Array:
    """Return a PyTorch tensor detached from autograd; return any other array unchanged."""
    return values.detach() if hasattr(values, "detach") else values


def pair_of(
    inputs: Numbers, targets: Numbers, layout: Layout, form: Form, check_finite: bool = True
) -> tuple[Array, Array, bool]:
    """Return (input rows, target rows, is_one_sample). Raises ValueError unless each sample has one row of targets."""
    input_rows, one_input = inputs_of(inputs, layout, form, check_finite)
    target_rows, one_target = rows_of(targets, layout.n_outputs, "n_outputs", "targets", form, check_finite)
    door.check_pairing(input_rows.shape[0], one_input, target_rows.shape[0], one_target, layout)
    return input_rows, target_rows, one_input


def weights_of(values: Any, layout: Layout, precision: str | None) -> tuple[Array, Form]:
    """Return a checked copy of a flat weight vector, and its form.

    Lists and NumPy arrays get `precision`, or "float64" if it is None. Arrays of other libraries keep their precision.
    Raises ValueError for a wrong entry, for a precision other than float32 and float64, and for an array of another library
    whose precision is not `precision`.
    """
    library = library_of(values)
    if library is NUMPY:
        form = Form(NUMPY, precision or "float64")
        return np.array(flat_vector(values, layout, form)), form
    form = form_of(values)
    if not_numbers(values) or form.precision not in DTYPES:
        raise ValueError(f"weights are {not_numbers(values) or form.precision}; give them as float32 or float64")
    if precision not in (None, form.precision):
        raise ValueError(
            f"dtype is {precision!r}, but the weights are {form.precision}; convert the weights, or leave dtype out"
        )
    if values.shape != (layout.n_weights,) or not all_finite(values):
        door.flat_vector(to_numpy(values), layout)  # raises an error that names the entry
    if library.is_lazy:  # keep NumPy weights, so that training does not build an ever longer task graph
        return to_numpy(values), form
    return copy_of(detach(values)), form


def common_form(*blocks: Any) -> Form | None:
    """Return the form of the blocks, or None if all blocks are lists or NumPy arrays.

    Raises ValueError if the blocks have different forms, or a precision other than float32 and float64.
    """
    forms = list({str(form_of(block)): form_of(block) for block in blocks if library_of(block) is not NUMPY}.values())
    if len(forms) > 1:
        raise ValueError(f"the blocks are of two kinds, {forms[0]} and {forms[1]}; convert some of them")
    if forms and forms[0].precision not in DTYPES:
        raise ValueError(f"the blocks are {forms[0].precision}; give them as float32 or float64")
    return forms[0] if forms else None


def flat_vector(values: Numbers, layout: Layout, form: Form) -> NDArray[Any]:
    """Return a checked flat weight vector as a NumPy array. It may be the user's own array, not a copy."""
    refuse_half(values)
    array = array_of(values, form.precision)
    if array is not None and array.shape == (layout.n_weights,):
        return array
    return np.array(door.flat_vector(values, layout, kind_of(form))[0], form.precision)


def refuse_half(weights: Numbers) -> None:
    """Raise ValueError for weights in half precision. Only `reference` computes in half precision."""
    types = set(map(type, weights)) if isinstance(weights, list | tuple) else ()
    if name_of(getattr(weights, "dtype", "")) in ("float16", "bfloat16") or np.float16 in types:
        raise ValueError("weights are float16; give them as float32 or float64, or use reference, which accepts float16")


def step_vectors(weights: Any, gradient: Any) -> tuple[Array, Array, Form]:
    """Return (weights, gradient, form). Both arrays have the form of the weights."""
    library = library_of(weights)
    if library is not NUMPY:
        form = form_of(weights)
    else:
        refuse_half(weights)
        single = getattr(weights, "dtype", None) == np.float32
        if isinstance(weights, list | tuple):
            single = kind_of_numbers(weights, "weights").type is np.float32
        form = Form(NUMPY, "float32" if single else "float64")
    return vector(weights, "weights", form), vector(gradient, "gradient", form), form


def vector(values: Numbers, what: str, form: Form) -> Array:
    """Return a one-dimensional array of finite numbers. Raises ValueError that names the first wrong entry."""
    array = array_of_form(values, what, form)
    if array is None or array.ndim != 1:
        array = form.array(door.row(door.as_sequence(to_numpy(values), what), kind_of(form), what))
    return array


def optimizer_answer(values: Numbers, layout: Layout, form: Form) -> Array:
    """Return the weights that a user's optimizer computed. They may be NaN or infinite.

    Raises ValueError unless there is one number for each weight.
    """
    numbers: Numbers | None = array_of(to_numpy(values), form.precision)
    if numbers is None or len(numbers) != layout.n_weights or door.is_sequence(numbers[0]):
        numbers = door.optimizer_answer(to_numpy(values), layout, kind_of(form))
    return form.array(numbers)
