"""The results of a run, stored in a JSON file: every measured time, the machine, and how far each answer is from the right one.

    {"format": "nodesum benchmark", "version": 1, "complete": true, "machine": {...}, "rows": [
        {"group": "operations", "operation": "step", "shape": [3, 4, 2, 1, "float64"], "checked": 1,
         "differences": {"reference": 0.0, ...}, "seconds": {"reference": [...], ...}}, ...]}

A contender in `differences` but not in `seconds` gave a wrong answer. Loops that would have taken too long are in neither.
A file may come from anyone, so `read` checks all of it.
"""

import json
import math
from types import UnionType
from typing import NamedTuple, TypedDict, TypeGuard, TypeVar, get_args, get_origin, get_type_hints, is_typeddict

from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.machine import Machine
from benchmarks.measure import Samples
from benchmarks.parts import PARTS
from benchmarks.shapes import OPERATIONS, Shape
from reference.specification.files import Path, read_limited, write_whole
from reference.specification.messages import printable
from reference.specification.names import DTYPES

T = TypeVar("T")
SHORTEST, LONGEST = 1e-12, 1e9  # seconds
FORMAT, VERSION = "nodesum benchmark", 1
# The names that must have times in every row of a group. A contender with wrong answers needs no times.
TIMES: dict[str, tuple[str, ...]] = {
    "operations": ("vectorized", LOOP_LIMIT, PRODUCT_LIMIT),
    "ladder": (),
    "parts": (*PARTS, "step"),
    "contenders": (),
}


class Row(NamedTuple):
    """The measurement of an operation on a shape.

    checked : how many samples were checked
    differences : for each contender, the largest difference divided by the allowed difference (see agreement.py)
    seconds : the seconds of one repetition in each round, by contender, part of a step or computation of limits.py
    """

    group: str
    operation: str
    shape: Shape
    checked: int
    differences: dict[str, float]
    seconds: Samples

    @property
    def wrong(self) -> list[str]:
        """The contenders whose answers are wrong."""
        return [name for name, difference in self.differences.items() if difference > 1]

    @property
    def multiply_adds(self) -> int:
        """The number of multiply-adds of the operation."""
        return self.shape.multiply_adds(self.operation)


class Results(NamedTuple):
    """The machine, the rows measured on it, and whether the run reached its end."""

    machine: Machine
    rows: list[Row]
    complete: bool = True

    def rows_of(self, group: str, operation: str | None = None) -> list[Row]:
        """Return the rows of a group. If an operation is named, return only its rows."""
        return [row for row in self.rows if row.group == group and operation in (None, row.operation)]


class RowInFile(TypedDict):
    """A row as stored in JSON. An infinite difference is null."""

    group: str
    operation: str
    shape: list[int | str]
    checked: int
    differences: dict[str, float | None]
    seconds: dict[str, list[float]]


class File(TypedDict):
    """A file of results as stored in JSON."""

    format: str
    version: int
    complete: bool
    machine: Machine
    rows: list[RowInFile]


def write(path: Path, results: Results) -> None:
    """Write the results with one row per line, completely or not at all."""
    rows = []
    for row in results.rows:
        differences = {name: x if math.isfinite(x) else None for name, x in row.differences.items()}
        seconds = {name: [float(f"{t:.6g}") for t in samples] for name, samples in row.seconds.items()}
        rows.append(row._asdict() | {"differences": differences, "seconds": seconds})
    head = {"format": FORMAT, "version": VERSION, "complete": results.complete, "machine": results.machine}
    lines = ",\n  ".join(json.dumps(row, allow_nan=False) for row in rows)
    write_whole(path, json.dumps(head, allow_nan=False)[:-1] + f', "rows": [\n  {lines}\n]}}\n')


def read(path: str) -> Results:
    """Read a file of results. Raises ValueError if the file contains no results or is damaged."""
    text = read_limited(path)
    try:
        content = json.loads(text)
        if not fits(content, File) or (content["format"], content["version"]) != (FORMAT, VERSION):
            raise ValueError
        return Results(content["machine"], list(map(row_of, content["rows"])), content["complete"])
    except (ValueError, RecursionError):
        problem = "holds no results of a benchmark, or they are damaged; give a file that python -m benchmarks --output wrote"
        raise ValueError(f"{path}: {problem}") from None


def row_of(row: RowInFile) -> Row:
    """Return a row from a file. Raises ValueError if the row is damaged."""
    *sizes, dtype = row["shape"]
    if not fits(sizes, list[int]) or len(sizes) != 4 or not 0 < min(sizes) <= max(sizes) < 2**53 or dtype not in DTYPES:
        raise ValueError
    n_inputs, n_hidden, n_outputs, n_samples = sizes
    shape = Shape(n_inputs, n_hidden, n_outputs, n_samples, str(dtype))
    differences = {name: math.inf if x is None else x for name, x in row["differences"].items()}
    result = Row(row["group"], row["operation"], shape, row["checked"], differences, row["seconds"])
    samples = list(result.seconds.values())
    known = result.group in TIMES and result.operation in OPERATIONS and bool(samples or differences)
    possible = all(SHORTEST <= t <= LONGEST for times in samples for t in times)
    paired = len({len(times) for times in samples}) <= 1 and [] not in samples
    if not (known and possible and paired) or set(TIMES[result.group]) - {*result.seconds, *result.wrong}:
        raise ValueError
    return result


def fits(value: object, expected: type[T]) -> TypeGuard[T]:
    """Whether a value from JSON has the expected type. Its numbers must be from 0 to 1e300, and its strings printable.

    >>> fits({"a": [1, 0.5]}, dict[str, list[float]]), fits([1, None], list[int | None]), fits([0.5], list[int])
    (True, True, False)
    """
    inner = get_args(expected)
    if is_typeddict(expected):
        fields = get_type_hints(expected)
        return (
            isinstance(value, dict)
            and vars(expected)["__required_keys__"] <= set(value) <= set(fields)
            and all(fits(part, fields[name]) for name, part in value.items())
        )
    if get_origin(expected) is dict:
        return isinstance(value, dict) and all(fits(name, str) and fits(entry, inner[1]) for name, entry in value.items())
    if get_origin(expected) is list:
        return isinstance(value, list) and all(fits(entry, inner[0]) for entry in value)
    if get_origin(expected) is UnionType:
        return any(fits(value, member) for member in inner)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (expected is float or expected is type(value)) and 0 <= value <= 1e300
    return type(value) is expected and (not isinstance(value, str) or value == printable(value))
