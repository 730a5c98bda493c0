"""Rows and results for the tests of the benchmark."""

from benchmarks import machine
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.measure import Pace
from benchmarks.results import Results, Row
from benchmarks.shapes import Shape

SHORT = Pace(rounds=6, sample=1e-4)
SMALL = Shape(3, 4, 2, 1)


def row_of(loops: list[float], matrices: list[float], shape: Shape = SMALL) -> Row:
    """Return a row with these times."""
    seconds = {"reference": loops, "vectorized": matrices, LOOP_LIMIT: [1e-4] * len(loops), PRODUCT_LIMIT: matrices}
    return Row("operations", "step", shape, 1, {"reference": 0.0, "vectorized": 0.1}, seconds)


def results_of_two_rows() -> Results:
    """Return results with two rows."""
    rows = [row_of([2e-5] * 7, [1e-5] * 7), row_of([2e-3] * 7, [1e-5] * 7, Shape(64, 32, 10, 8, "float32"))]
    return Results(machine.describe(), rows)
