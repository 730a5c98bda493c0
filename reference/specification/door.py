"""The door: what a user gives becomes lists of finite numbers of one kind, or one clear ValueError."""

import math
from collections.abc import Sequence
from typing import Any

from reference.layout import Layout
from reference.numbers.description import describe
from reference.numbers.kinds import FLOAT, Kind, kind_of
from reference.numbers.number import Numbers, Row, Rows
from reference.specification.parameters import yes_or_no


def is_sequence(x: object) -> bool:
    """Whether x is a list, a tuple or an array of at least one dimension; NumPy's numbers have none."""
    return isinstance(x, list | tuple) or (hasattr(type(x), "__array__") and getattr(x, "ndim", 1) > 0)


def as_sequence(values: Any, what: str) -> Sequence[Any]:
    """Return a list or tuple of what values holds; arrays of float32 or dates keep their entries, other floats become Python's.

    np.matrix is the array of two dimensions that it looks like. Raises ValueError for what is no list, tuple or array.
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
    """Return the shape of a list, or of a list of rows that are as long as the first, e.g. '(5, 2)'."""
    if len(values) and is_sequence(values[0]):
        return f"({len(values)}, {len(values[0])})"
    return f"({len(values)},)"


def all_floats(values: Sequence[Any]) -> bool:
    """Whether all are Python floats, and finite."""
    return set(map(type, values)) == {float} and all(map(math.isfinite, values))


def row(values: Sequence[Any], kind: Kind, what: str) -> Row:
    """Return a list of finite numbers of a kind; ValueError names the entry that is none."""
    if kind is FLOAT and all_floats(values):
        return list(values)
    return [kind.take(x, f"{what}[{at}]") for at, x in enumerate(values)]


def rows_of(values: Numbers, n_columns: int, size: str, what: str, kind: Kind) -> tuple[Rows, bool]:
    """Return (rows, whether it was one sample) from one sample of n_columns numbers or from rows of them.

    `size` is the name of n_columns, "n_inputs" or "n_outputs".
    Raises ValueError that names the entry and both shapes.
    """
    if type(values) is list and len(values) == n_columns and all_floats(values) and kind is FLOAT:
        return [list(values)], True
    values = as_sequence(values, what)
    requirement = f"expected ({n_columns},) for one sample or (n_samples, {n_columns}) for a batch, as {size} is {n_columns}"
    if not values:
        raise ValueError(f"{what} is empty; {requirement}")
    if not is_sequence(values[0]):
        if len(values) != n_columns:
            hint = "; targets are a row of numbers for each sample, not class numbers" if what == "targets" else ""
            raise ValueError(f"{what} has shape {shape_of(values)}; {requirement}{hint}")
        return [row(values, kind, what)], True
    rows = []
    for s, sample in enumerate(values):
        if not is_sequence(sample):
            raise ValueError(f"{what}[{s}] is {describe(sample)} in a batch of {len(values)}; {requirement}")
        numbers = as_sequence(sample, f"{what}[{s}]")
        if len(numbers) != n_columns:
            column = len(numbers) == 1 and len(values) == n_columns
            hint = f"; a column is no sample, give {n_columns} numbers" if column else ""
            raise ValueError(f"{what}[{s}] has shape {shape_of(numbers)} in a batch of {len(values)}; {requirement}{hint}")
        rows.append(row(numbers, kind, f"{what}[{s}]"))
    return rows, False


def pair_of(inputs: Numbers, targets: Numbers, layout: Layout, kind: Kind) -> tuple[Rows, Rows, bool]:
    """Return (input rows, target rows, whether it was one sample); ValueError unless there is one target row a sample."""
    input_rows, one_input = rows_of(inputs, layout.n_inputs, "n_inputs", "inputs", kind)
    target_rows, one_target = rows_of(targets, layout.n_outputs, "n_outputs", "targets", kind)
    check_pairing(len(input_rows), one_input, len(target_rows), one_target, layout)
    return input_rows, target_rows, one_input


def check_pairing(n_inputs: int, one_input: bool, n_targets: int, one_target: bool, layout: Layout) -> None:
    """Raise ValueError unless both are one sample, or both are batches with as many rows."""
    if one_input != one_target or n_inputs != n_targets:
        inputs = f"({layout.n_inputs},)" if one_input else f"({n_inputs}, {layout.n_inputs})"
        targets = f"({layout.n_outputs},)" if one_target else f"({n_targets}, {layout.n_outputs})"
        raise ValueError(f"inputs has shape {inputs} and targets {targets}; give a row of targets for each row of inputs")


def flat_vector(values: Numbers, layout: Layout, kind: Kind | None = None) -> tuple[Row, Kind]:
    """Return a checked copy of a flat weight vector, and its kind of number: the one given or else their own."""
    values = as_sequence(values, "weights")
    if len(values) != layout.n_weights or is_sequence(values[0]):
        raise ValueError(
            f"weights has shape {shape_of(values)}, expected ({layout.n_weights},), the flat vector of a {layout} network; "
            "from_blocks takes matrices"
        )
    own = kind_of(values, "weights")
    kind = kind or own
    if kind is FLOAT and all_floats(values):
        return list(values), kind
    return [kind.take(x, f"weights[{at}] ({layout.name_of(at)})") for at, x in enumerate(values)], kind


def optimizer_answer(values: Numbers, layout: Layout, kind: Kind) -> Row:
    """Return what a user's own optimizer made of the weights, as numbers of the kind, perhaps infinite ones."""
    answer = as_sequence(values, name := "the optimizer's answer")
    if len(answer) != layout.n_weights:
        raise ValueError(f"{name} has {len(answer)} entries, expected {layout.n_weights} weights")
    return [x if kind.type is type(x) else kind.take(x, f"{name}[{at}]") for at, x in enumerate(answer)]


def matrix(values: Numbers, what: str) -> list[Sequence[Any]]:
    """Return rows of equal length; ValueError names the first that differs."""
    rows = [as_sequence(numbers, f"{what}[{at}]") for at, numbers in enumerate(as_sequence(values, what))]
    if not rows or not rows[0]:
        raise ValueError(f"{what} is empty, expected rows of numbers")
    for at, numbers in enumerate(rows):
        if len(numbers) != len(rows[0]) or is_sequence(numbers[0]):
            raise ValueError(
                f"{what}[{at}] has shape {shape_of(numbers)}, expected ({len(rows[0])},) as {what}[0] has that length"
            )
    return rows


def blocks_of(
    ih_weights: Numbers, h_biases: Numbers, ho_weights: Numbers, o_biases: Numbers, transposed: bool
) -> tuple[Layout, list[Any]]:
    """Return the layout that four blocks fit, and the blocks as they stand, each as rows or as a list.

    Raises ValueError that names the block whose shape does not fit, and both shapes.
    """
    ih, ho = matrix(ih_weights, "ih_weights"), matrix(ho_weights, "ho_weights")
    (n_inputs, n_hidden), (ho_rows, n_outputs) = (len(ih), len(ih[0])), (len(ho), len(ho[0]))
    shape, way_out = (ho_rows, n_outputs), "matrices are (in, out) unless transposed=True"
    if yes_or_no(transposed, "transposed"):
        n_inputs, n_hidden, ho_rows, n_outputs = n_hidden, n_inputs, n_outputs, ho_rows
        way_out = "matrices are (out, in) with transposed=True"
    if ho_rows != n_hidden:
        requirement = (n_outputs, n_hidden) if transposed else (n_hidden, n_outputs)
        raise ValueError(
            f"ho_weights has shape {shape}, expected {requirement} as ih_weights leads to {n_hidden} nodes; {way_out}"
        )
    biases = []
    for name, values, size in (("h_biases", h_biases, n_hidden), ("o_biases", o_biases, n_outputs)):
        numbers = as_sequence(values, name)
        if len(numbers) != size or is_sequence(numbers[0]):
            raise ValueError(f"{name} has shape {shape_of(numbers)}, expected ({size},) as the weights lead to {size} nodes")
        biases.append(numbers)
    return Layout(n_inputs, n_hidden, n_outputs), [ih, biases[0], ho, biases[1]]
