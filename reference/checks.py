"""The door: what a user gives becomes lists of finite numbers of one kind, or one clear ValueError."""

import math
import operator
import os
from collections.abc import Sequence
from typing import Any

from reference.kinds import FLOAT, Kind, Number, kind_of, kind_of_type
from reference.layout import Layout


def whole_number(given: object, what: str, least: int = 0) -> int:
    """Return a whole number of at least `least`; ValueError otherwise."""
    try:
        number = operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if number < least or isinstance(given, bool):
        raise ValueError(f"{what} is {given!r}, expected a whole number of at least {least}")
    return number


def real_number(given: Number, what: str) -> Number:
    """Return a finite number of any kind; ValueError otherwise."""
    kind = kind_of_type(type(given))
    if kind is None or not kind.is_finite(given):
        raise ValueError(f"{what} is {given!r}, expected a finite number")
    return given


def not_negative(given: Number, what: str) -> Number:
    """Return a number of at least 0; ValueError otherwise."""
    if not real_number(given, what) >= 0:
        raise ValueError(f"{what} is {given!r}, expected a number of at least 0")
    return given


def positive(given: Number, what: str) -> Number:
    """Return a number above 0; ValueError otherwise."""
    if not real_number(given, what) > 0:
        raise ValueError(f"{what} is {given!r}, expected a number above 0")
    return given


def fraction_of_one(given: Number, what: str) -> Number:
    """Return a number of at least 0 and below 1; ValueError otherwise."""
    if not 0 <= real_number(given, what) < 1:
        raise ValueError(f"{what} is {given!r}, expected a number of at least 0 and below 1")
    return given


def fits_in_memory(layout: Layout, bytes_per_weight: int) -> None:
    """Raise ValueError for a network larger than the machine's memory, before anything is allocated."""
    needed = layout.n_weights * bytes_per_weight
    try:
        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        available = 2**40
    if needed > available:
        raise ValueError(
            f"a {layout} network has {layout.n_weights} weights and needs {needed / 2**30:.3g} GiB; "
            f"this machine has {available / 2**30:.3g} GiB"
        )


def is_sequence(x: object) -> bool:
    """Whether x is a list, a tuple or an array."""
    return isinstance(x, list | tuple) or (hasattr(x, "__len__") and hasattr(x, "__setitem__") and hasattr(x, "__array__"))


def as_sequence(values: Any, what: str) -> Sequence[Any]:
    """Return a list or tuple of what values holds; float32 arrays keep their numbers, other floats become Python's.

    Raises ValueError for what is no list, tuple or array.
    """
    if isinstance(values, list | tuple):
        return values
    if not is_sequence(values):
        raise ValueError(f"{what} is {describe(values)}, expected a list, a tuple or an array of numbers")
    if not hasattr(values, "tolist"):
        values = values.__array__()
    single_precision = str(getattr(values, "dtype", "")) in ("float16", "float32")
    items = list(values) if single_precision else values.tolist()
    return items if isinstance(items, list) else [items]


def describe(x: object) -> str:
    """Return x in a few words: a number in full, anything else by its type."""
    return f"the number {x!r}" if isinstance(x, int | float) else f"{x!r}" if isinstance(x, str) else f"a {type(x).__name__}"


def shape_of(values: Sequence[Any]) -> str:
    """Return the shape of nested lists whose rows are of equal length, e.g. '(5, 2)'."""
    if len(values) and is_sequence(values[0]):
        return f"({len(values)}, {len(values[0])})"
    return f"({len(values)},)"


def all_floats(values: Sequence[Any]) -> bool:
    """Whether all are Python floats, and finite."""
    return set(map(type, values)) == {float} and all(map(math.isfinite, values))


def row(values: Sequence[Any], kind: Kind, what: str) -> list[Number]:
    """Return a list of finite numbers of a kind; ValueError names the entry that is none."""
    if kind is FLOAT and all_floats(values):
        return list(values)
    return [kind.take(x, f"{what}[{at}]") for at, x in enumerate(values)]


def rows_of(values: Any, n_columns: int, size: str, what: str, kind: Kind) -> tuple[list[list[Number]], bool]:
    """Return (rows, whether it was one sample) from one sample of n_columns numbers or from rows of them.

    `size` is the name of n_columns, "n_inputs" or "n_outputs".
    Raises ValueError that names the entry and both shapes.
    """
    if type(values) is list and len(values) == n_columns and all_floats(values) and kind is FLOAT:
        return [list(values)], True
    values = as_sequence(values, what)
    expected = f"expected ({n_columns},) for one sample or (n_samples, {n_columns}) for a batch, as {size} is {n_columns}"
    if len(values) == 0:
        raise ValueError(f"{what} is empty; {expected}")
    if not is_sequence(values[0]):
        if len(values) != n_columns:
            hint = "; are these class numbers? Targets are one row of numbers a sample" if what == "targets" else ""
            raise ValueError(f"{what} has shape {shape_of(values)}; {expected}{hint}")
        return [row(values, kind, what)], True
    rows = []
    for s, sample in enumerate(values):
        if not is_sequence(sample):
            raise ValueError(f"{what}[{s}] is {describe(sample)} where a row of {n_columns} numbers is meant; {expected}")
        numbers = as_sequence(sample, f"{what}[{s}]")
        if len(numbers) != n_columns:
            column = len(numbers) == 1 and len(values) == n_columns
            hint = f"; a column is not a sample, give a list of {n_columns} numbers" if column else ""
            raise ValueError(f"{what}[{s}] has {len(numbers)} numbers, {what} has {len(values)} rows; {expected}{hint}")
        rows.append(row(numbers, kind, f"{what}[{s}]"))
    return rows, False


def pair_of(inputs: Any, targets: Any, layout: Layout, kind: Kind) -> tuple[list[list[Number]], list[list[Number]], bool]:
    """Return (input rows, target rows, whether it was one sample); ValueError unless there is one target row a sample."""
    input_rows, one_input = rows_of(inputs, layout.n_inputs, "n_inputs", "inputs", kind)
    target_rows, one_target = rows_of(targets, layout.n_outputs, "n_outputs", "targets", kind)
    check_pairing(len(input_rows), one_input, len(target_rows), one_target, layout)
    return input_rows, target_rows, one_input


def check_pairing(n_inputs: int, one_input: bool, n_targets: int, one_target: bool, layout: Layout) -> None:
    """Raise ValueError unless both are one sample, or both are batches with as many rows."""
    if one_input != one_target or n_inputs != n_targets:
        shapes = [
            f"({size},)" if one else f"({rows}, {size})"
            for rows, one, size in ((n_inputs, one_input, layout.n_inputs), (n_targets, one_target, layout.n_outputs))
        ]
        raise ValueError(f"inputs has shape {shapes[0]} and targets {shapes[1]}; give a row of targets for each row of inputs")


def flat_vector(values: Any, layout: Layout, what: str = "weights") -> tuple[list[Number], Kind]:
    """Return a checked copy of a flat weight vector and its kind of number."""
    values = as_sequence(values, what)
    if len(values) and is_sequence(values[0]):
        raise ValueError(f"{what} has shape {shape_of(values)}, expected the flat vector, shape ({layout.n_weights},)")
    if len(values) != layout.n_weights:
        raise ValueError(f"{what} has shape ({len(values)},), expected ({layout.n_weights},) for a {layout} network")
    kind = kind_of(values, what)
    return row(values, kind, what), kind


def matrix(values: Any, what: str) -> list[list[Any]]:
    """Return rows of equal length; ValueError names the first that differs."""
    rows = []
    for at, numbers in enumerate(as_sequence(values, what)):
        if not is_sequence(numbers):
            raise ValueError(f"{what}[{at}] is {describe(numbers)}, expected a row of numbers")
        rows.append(list(as_sequence(numbers, f"{what}[{at}]")))
        if len(rows[at]) != len(rows[0]) or not rows[at]:
            raise ValueError(f"{what}[{at}] has {len(rows[at])} numbers, {what}[0] has {len(rows[0])}; expected equal rows")
    if not rows:
        raise ValueError(f"{what} is empty, expected rows of numbers")
    return rows


def blocks_of(
    ih_weights: Any, h_biases: Any, ho_weights: Any, o_biases: Any, transposed: bool
) -> tuple[Layout, tuple[list[list[Any]], list[Any], list[list[Any]], list[Any]]]:
    """Return the layout of four blocks, and the blocks as lists with the source node as the row.

    Raises ValueError that names the block whose shape does not fit and both shapes.
    """
    ih, ho = matrix(ih_weights, "ih_weights"), matrix(ho_weights, "ho_weights")
    if transposed:
        ih, ho = [list(column) for column in zip(*ih, strict=True)], [list(column) for column in zip(*ho, strict=True)]
    biases = list(as_sequence(h_biases, "h_biases")), list(as_sequence(o_biases, "o_biases"))
    layout = Layout(len(ih), len(ih[0]), len(ho[0]))
    for name, numbers, size in (("h_biases", biases[0], layout.n_hidden), ("o_biases", biases[1], layout.n_outputs)):
        if len(numbers) != size or is_sequence(numbers[0]):
            raise ValueError(f"{name} has shape {shape_of(numbers)}, expected ({size},) as the weights have {size} columns")
    if len(ho) != layout.n_hidden:
        given, expected = (len(ho), layout.n_outputs), (layout.n_hidden, layout.n_outputs)
        if transposed:
            given, expected = given[::-1], expected[::-1]
        raise ValueError(
            f"ho_weights has shape {given}, expected {expected} as ih_weights leads to {layout.n_hidden} hidden nodes; "
            f"matrices are {'(out, in) with transposed=True' if transposed else '(in, out), or (out, in) with transposed=True'}"
        )
    return layout, (ih, biases[0], ho, biases[1])
