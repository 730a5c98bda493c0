"""Input checks: turn what the user passes into lists of finite numbers of one kind, or raise one clear ValueError."""

import math
from collections.abc import Sequence
from typing import Any

from reference.layout import Layout
from reference.numbers.description import describe
from reference.numbers.kinds import FLOAT, Kind, kind_of
from reference.numbers.number import Numbers, Row, Rows
from reference.specification.parameters import yes_or_no


def is_sequence(x: object) -> bool:
    """Whether x is a list, a tuple or an array of at least one dimension. NumPy scalars have no dimension."""
    return isinstance(x, list | tuple) or (hasattr(type(x), "__array__") and getattr(x, "ndim", 1) > 0)


def as_sequence(values: Any, what: str) -> Sequence[Any]:
    """Return the entries of a list, tuple or array as a list or tuple. Raises ValueError for anything else.

    Entries of arrays become Python objects, such as float. Only float16, float32, dates and time spans stay unchanged.
    """
    if isinstance(values, list | tuple):
        return values
    if is_sequence(values):
        is_array = hasattr(values, "tolist") and type(values).__name__ != "matrix"
        array = values if is_array else values.__array__()
        keeps_its_numbers = str(getattr(array, "dtype", "")).startswith(("float16", "float32", "datetime64", "timedelta64"))
        items = list(array) if keeps_its_numbers else array.tolist()
        if isinstance(items, list):
            return items
    raise ValueError(f"{what} is {describe(values)}, expected a list, a tuple or a NumPy array of numbers")


def shape_of(values: Sequence[Any]) -> str:
    """Return the shape of a list or of a list of rows as text, e.g. '(5, 2)'. The first row gives the number of columns."""
    if len(values) and is_sequence(values[0]):
        return f"({len(values)}, {len(values[0])})"
    return f"({len(values)},)"


def all_floats(values: Sequence[Any]) -> bool:
    """Whether all values are finite Python floats. False if there are no values."""
    return set(map(type, values)) == {float} and all(map(math.isfinite, values))


def row(values: Sequence[Any], kind: Kind, what: str) -> Row:
    """Return the values as finite numbers of a kind. Raises a ValueError that names the first wrong value."""
    if kind is FLOAT and all_floats(values):
        return list(values)
    return [kind.take(x, f"{what}[{at}]") for at, x in enumerate(values)]


def rows_of(values: Numbers, n_columns: int, size_name: str, what: str, kind: Kind) -> tuple[Rows, bool]:
    """Return (rows, is_one_sample). `values` is one sample of n_columns numbers, or rows of n_columns numbers.

    `size_name` is the name of n_columns in messages: "n_inputs" or "n_outputs". Raises a ValueError that names the wrong
    entry or shape.
    """
    if type(values) is list and len(values) == n_columns and all_floats(values) and kind is FLOAT:
        return [list(values)], True
    values = as_sequence(values, what)
    requirement = (
        f"expected ({n_columns},) for one sample or (n_samples, {n_columns}) for a batch, as {size_name} is {n_columns}"
    )
    if not values:
        raise ValueError(f"{what} is empty; {requirement}")
    if not is_sequence(values[0]):
        if len(values) != n_columns:
            hint = "; give one row of numbers for each sample, not class numbers" if what == "targets" else ""
            raise ValueError(f"{what} has shape {shape_of(values)}; {requirement}{hint}")
        return [row(values, kind, what)], True
    rows = []
    for s, sample in enumerate(values):
        if not is_sequence(sample):
            raise ValueError(f"{what}[{s}] is {describe(sample)} in a batch of {len(values)}; {requirement}")
        numbers = as_sequence(sample, f"{what}[{s}]")
        if len(numbers) != n_columns:
            is_column = len(numbers) == 1 and len(values) == n_columns
            hint = f"; one sample is a list of {n_columns} numbers, not a column" if is_column else ""
            raise ValueError(f"{what}[{s}] has shape {shape_of(numbers)} in a batch of {len(values)}; {requirement}{hint}")
        rows.append(row(numbers, kind, f"{what}[{s}]"))
    return rows, False


def pair_of(inputs: Numbers, targets: Numbers, layout: Layout, kind: Kind) -> tuple[Rows, Rows, bool]:
    """Return (input rows, target rows, is_one_sample). Raises ValueError unless each sample has one row of targets."""
    input_rows, one_input = rows_of(inputs, layout.n_inputs, "n_inputs", "inputs", kind)
    target_rows, one_target = rows_of(targets, layout.n_outputs, "n_outputs", "targets", kind)
    check_pairing(len(input_rows), one_input, len(target_rows), one_target, layout)
    return input_rows, target_rows, one_input


def check_pairing(input_rows: int, one_input: bool, target_rows: int, one_target: bool, layout: Layout) -> None:
    """Raise ValueError unless inputs and targets are both one sample, or both batches with the same number of rows."""
    if one_input != one_target or input_rows != target_rows:
        inputs = f"({layout.n_inputs},)" if one_input else f"({input_rows}, {layout.n_inputs})"
        targets = f"({layout.n_outputs},)" if one_target else f"({target_rows}, {layout.n_outputs})"
        raise ValueError(f"inputs has shape {inputs} and targets has {targets}; give one row of targets for each row of inputs")


def flat_vector(values: Numbers, layout: Layout, kind: Kind | None = None) -> tuple[Row, Kind]:
    """Return a copy of a flat weight vector as finite numbers of a kind, and the kind.

    If `kind` is None, the weights keep their own kind. Raises a ValueError that names the wrong entry or shape.
    """
    values = as_sequence(values, "weights")
    if len(values) != layout.n_weights or is_sequence(values[0]):
        raise ValueError(
            f"weights has shape {shape_of(values)}, expected ({layout.n_weights},), the flat vector of a {layout} network; "
            "use from_blocks for matrices"
        )
    weights_kind = kind_of(values, "weights")
    kind = kind or weights_kind
    if kind is FLOAT and all_floats(values):
        return list(values), kind
    return [kind.take(x, f"weights[{at}] ({layout.name_of(at)})") for at, x in enumerate(values)], kind


def optimizer_answer(values: Numbers, layout: Layout, kind: Kind) -> Row:
    """Return the weights that a user's optimizer computed, as numbers of the kind.

    Raises ValueError for a wrong length or a failed conversion. Entries that need no conversion may be infinite or NaN.
    """
    answer = as_sequence(values, name := "the optimizer's answer")
    if len(answer) != layout.n_weights:
        raise ValueError(f"{name} has {len(answer)} entries, expected {layout.n_weights} weights")
    return [x if kind.type is type(x) else kind.take(x, f"{name}[{at}]") for at, x in enumerate(answer)]


def matrix(values: Numbers, what: str) -> list[Sequence[Any]]:
    """Return the rows of a matrix. Raises ValueError unless it has rows of numbers, all of the same length and not empty."""
    rows = [as_sequence(numbers, f"{what}[{at}]") for at, numbers in enumerate(as_sequence(values, what))]
    if not rows or not rows[0]:
        raise ValueError(f"{what} is empty, expected rows of numbers")
    n_columns = len(rows[0])
    for at, numbers in enumerate(rows):
        if len(numbers) != n_columns or is_sequence(numbers[0]):
            shape = shape_of(numbers)
            raise ValueError(f"{what}[{at}] has shape {shape}, expected ({n_columns},): every row needs {n_columns} numbers")
    return rows


def blocks_of(
    ih_weights: Numbers, h_biases: Numbers, ho_weights: Numbers, o_biases: Numbers, transposed: bool
) -> tuple[Layout, list[Any]]:
    """Return the layout, and the four blocks as lists or tuples. Transposed matrices stay transposed.

    Raises a ValueError that names the first block with a wrong shape.
    """
    ih, ho = matrix(ih_weights, "ih_weights"), matrix(ho_weights, "ho_weights")
    (n_inputs, n_hidden), (ho_rows, n_outputs) = (len(ih), len(ih[0])), (len(ho), len(ho[0]))
    shape, convention = (ho_rows, n_outputs), "matrices are (in, out) unless transposed=True"
    if yes_or_no(transposed, "transposed"):
        n_inputs, n_hidden, ho_rows, n_outputs = n_hidden, n_inputs, n_outputs, ho_rows
        convention = "matrices are (out, in) with transposed=True"
    if ho_rows != n_hidden:
        requirement = (n_outputs, n_hidden) if transposed else (n_hidden, n_outputs)
        raise ValueError(
            f"ho_weights has shape {shape}, expected {requirement}, as ih_weights has {n_hidden} hidden nodes; {convention}"
        )
    biases = []
    for name, values, size in (("h_biases", h_biases, n_hidden), ("o_biases", o_biases, n_outputs)):
        numbers = as_sequence(values, name)
        if len(numbers) != size or is_sequence(numbers[0]):
            raise ValueError(f"{name} has shape {shape_of(numbers)}, expected ({size},), as the weights lead to {size} nodes")
        biases.append(numbers)
    return Layout(n_inputs, n_hidden, n_outputs), [ih, biases[0], ho, biases[1]]
