"""What a run found: every raw sample, the machine, the agreement of the answers; a JSON file that is read without trust.

    {"format": "nodesum benchmark", "version": 1, "complete": true, "machine": {...}, "rows": [
        {"group": "operations", "operation": "step", "shape": [3, 4, 2, 1, "float64"], "checked": 1,
         "differences": {"reference": 0.0, ...}, "seconds": {"reference": [...], ...}}, ...]}

A contender that stands in `differences` and not in `seconds` disagreed, or would have taken too long.
"""

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.measure import Samples
from benchmarks.parts import PARTS
from benchmarks.shapes import OPERATIONS, Shape
from reference.numbers.shown import shown
from reference.specification.files import Path, read_bounded, write_whole
from reference.specification.messages import printable
from reference.specification.names import DTYPES

SHORTEST, LONGEST = 1e-12, 1e9  # seconds
OF_A_ROW = ("vectorized", LOOP_LIMIT, PRODUCT_LIMIT)
PARTS_OF_A_ROW = (*PARTS, "step")
FORMAT, VERSION = "nodesum benchmark", 1
GROUPS = ("operations", "ladder", "rungs", "parts", "contenders")
FACTS: dict[str, Any] = {  # what each fact of the machine is: of this type, or a list of it
    "processor": str,
    "cores": int,
    "system": str,
    "python": str,
    "numpy": str,
    "blas": str,
    "kernel": str | None,
    "threads": [int],
    "vectors": [str],
    "load": int | float | None,
    "revision": str | None,
}


class Row(NamedTuple):
    """One shape and operation: of each contender the largest difference in allowances, and the seconds of each round."""

    group: str
    operation: str
    shape: Shape
    checked: int
    differences: dict[str, float]
    seconds: Samples

    def agrees(self, contender: str) -> bool:
        """Whether the contender's answers are right; the limits and the parts answer nothing."""
        return self.differences.get(contender, 0.0) <= 1

    @property
    def multiply_adds(self) -> int:
        """The size of the operation."""
        return self.shape.multiply_adds(self.operation)


class Results(NamedTuple):
    """The machine, the rows measured on it, and whether all that were asked for are there."""

    machine: dict[str, Any]
    rows: list[Row]
    complete: bool = True

    def of(self, group: str, operation: str | None = None) -> list[Row]:
        """Return the rows of a group, and of an operation if one is named."""
        return [row for row in self.rows if row.group == group and operation in (None, row.operation)]


def text_of(results: Results) -> str:
    """Return the file's text."""
    rows: list[dict[str, Any]] = [
        row._asdict()
        | {
            "differences": {name: share if math.isfinite(share) else None for name, share in row.differences.items()},
            "seconds": {name: [float(f"{t:.6g}") for t in samples] for name, samples in row.seconds.items()},
        }
        for row in results.rows
    ]
    head = {"format": FORMAT, "version": VERSION, "complete": results.complete, "machine": results.machine}
    lines = ",\n  ".join(json.dumps(row, allow_nan=False) for row in rows)
    return json.dumps(head, allow_nan=False)[:-1] + f', "rows": [\n  {lines}\n]}}\n'


def write(path: Path, results: Results) -> None:
    """Write the results, whole or not at all."""
    write_whole(path, text_of(results))


def read(path: str) -> Results:
    """Read a file of results; ValueError in one line names the file and what is wrong in it."""

    def refuse(what: str) -> NoReturn:
        raise ValueError(f"{path}: {what}; give a file that python -m benchmarks --output wrote")

    text = read_bounded(path)
    try:
        content = json.loads(text, parse_constant=lambda name: refuse(f"holds {name}"))
    except (ValueError, RecursionError) as error:
        if "; give a file that" in str(error):
            raise
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        refuse(f"is no JSON, or not all of it{where}")
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        refuse("holds no results of a benchmark")
    if content.get("version") != VERSION:
        refuse(f"is of version {shown(content.get('version'))}, this program reads {VERSION}")
    machine, rows, complete = (content.get(name) for name in ("machine", "rows", "complete"))
    if not (isinstance(machine, dict) and set(machine) == set(FACTS) and isinstance(complete, bool)):
        refuse("does not say on which machine it was made, and whether it is complete")
    check_machine(machine, refuse)
    if not isinstance(rows, list):
        refuse("has no rows")
    return Results(machine, [row_of(row, f"row {at}", refuse) for at, row in enumerate(rows, 1)], complete)


def check_machine(machine: dict[str, Any], refuse: Callable[[str], NoReturn]) -> None:
    """Refuse a machine whose facts are not texts, numbers and lists of them."""
    for name, fact in machine.items():
        kind, listed = FACTS[name], isinstance(fact, list)
        facts = fact if listed else [fact]
        right = kind[0] if isinstance(kind, list) else kind
        if listed is not isinstance(kind, list) or not all(isinstance(one, right) for one in facts):
            refuse(f"machine.{name} is {shown(fact)}")
        if not all(printable(one) == one and len(one) < 200 for one in facts if isinstance(one, str)):
            refuse(f"machine.{name} is no text that can be shown")
        if not all(is_number(one) for one in facts if isinstance(one, int | float)):
            refuse(f"machine.{name} is {shown(fact)}")


def row_of(row: Any, where: str, refuse: Callable[[str], NoReturn]) -> Row:
    """Return a checked row."""
    if not isinstance(row, dict) or set(row) != set(Row._fields):
        refuse(f"{where} has not the fields {', '.join(Row._fields)}")
    named = isinstance(row["group"], str) and isinstance(row["operation"], str)
    if not (named and row["group"] in GROUPS and row["operation"] in OPERATIONS):
        refuse(f"{where} is of group {shown(row['group'])} and operation {shown(row['operation'])}")
    shape = row["shape"]
    sizes_fit = isinstance(shape, list) and len(shape) == 5 and all(type(n) is int and 0 < n < 2**53 for n in shape[:4])
    if not sizes_fit or shape[4] not in DTYPES:
        refuse(f"{where} has the shape {shown(shape)}, expected four sizes and a precision")
    differences, seconds = row["differences"], row["seconds"]
    if type(row["checked"]) is not int or not (isinstance(differences, dict) and isinstance(seconds, dict)):
        refuse(f"{where} lacks its samples or its differences")
    if not all(share is None or is_number(share) for share in differences.values()):
        refuse(f"{where} has a difference that is no number")
    if not all(printable(name) == name and len(name) < 100 for name in (*differences, *seconds)):
        refuse(f"{where} has a name that cannot be shown")
    lengths = {len(samples) if isinstance(samples, list) else -1 for samples in seconds.values()}
    if len(lengths) > 1 or lengths & {-1, 0}:
        refuse(f"{where} has not as many samples of one contender as of another")
    if not all(is_number(t) and SHORTEST <= t <= LONGEST for samples in seconds.values() for t in samples):
        refuse(f"{where} has a sample that is no time")
    needed = {"operations": OF_A_ROW, "parts": PARTS_OF_A_ROW}.get(row["group"], ())
    judged = {name for name, share in differences.items() if share is None or share > 1}
    missing = [name for name in needed if name not in seconds and name not in judged]
    if missing or not (differences or row["group"] == "parts"):
        refuse(f"{where} lacks the times of {missing[0] if missing else 'any contender'}")
    shares = {name: math.inf if share is None else float(share) for name, share in differences.items()}
    return Row(row["group"], row["operation"], Shape(*shape), row["checked"], shares, seconds)


def is_number(x: object) -> bool:
    """Whether x is a finite number of at least 0."""
    return type(x) in (int, float) and 0 <= x <= 1e300  # type: ignore[operator]
