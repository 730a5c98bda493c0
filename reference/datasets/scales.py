"""Scaling: shift and divide each column of a table, by numbers computed from the training set only.

scaled = (x - shift) / divisor          x = scaled * divisor + shift
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from reference.numbers.description import describe
from reference.numbers.kinds import FLOAT, exact_float
from reference.specification.door import matrix, row
from reference.specification.names import SCALES, one_of

Rows = list[list[float]]


class Scaling(NamedTuple):
    """The shift and the divisor of every column."""

    shift: list[float]
    divisor: list[float]

    def apply(self, rows: Rows) -> Rows:
        """Return rows of (x - shift) / divisor. Raises ValueError that names a wrong entry or a wrong length.

        >>> Scaling([1.0, 0.0], [2.0, 16.0]).apply([[3.0, 8.0]])
        [[1.0, 0.5]]
        """
        rows = checked(rows, len(self.shift))
        return [[(x - shift) / divisor for x, shift, divisor in zip(row, *self, strict=True)] for row in rows]

    def undo(self, rows: Rows) -> Rows:
        """Return rows of x * divisor + shift: the inverse of `apply`.

        >>> Scaling([1.0, 0.0], [2.0, 16.0]).undo([[1.0, 0.5]])
        [[3.0, 8.0]]
        """
        return [[x * divisor + shift for x, shift, divisor in zip(row, *self, strict=True)] for row in rows]


def scaling(rows: Rows, scheme: str = "standard", columns: Sequence[str] = ()) -> Scaling:
    """Return the shift and divisor of each column of rows of shape (n_samples, n_columns).

        none      shift 0         divisor 1
        max       shift 0         divisor max |x|
        minmax    shift minimum   divisor maximum - minimum
        standard  shift mean      divisor standard deviation, sqrt((sum over s of (x[s] - mean)**2) / n_samples)

    A divisor of 0, such as that of a constant column, becomes 1. `columns` are names for error messages. Raises ValueError if
    the scheme is unknown, there are no rows, an entry is not a finite number, or a column has numbers too large to scale.

    >>> scaling([[1.0, 5.0], [3.0, 5.0]], "minmax")
    Scaling(shift=[1.0, 5.0], divisor=[2.0, 1.0])
    >>> scaling([[1.0, 5.0], [3.0, 5.0]], "standard")
    Scaling(shift=[2.0, 5.0], divisor=[1.0, 1.0])
    """
    one_of(SCALES, scheme, "scale")
    numbers = checked(rows)
    shifts, divisors = [], []
    for at in range(len(numbers[0])):
        try:
            shift, divisor = SCHEMES[scheme]([sample[at] for sample in numbers])
        except OverflowError:
            divisor = math.inf
        if not math.isfinite(divisor):
            name = describe(columns[at]) if at < len(columns) else at + 1
            raise ValueError(f"column {name} has numbers too large for scale {scheme!r}; choose another scale, or divide them")
        shifts.append(shift)
        divisors.append(divisor or 1.0)
    return Scaling(shifts, divisors)


def checked(rows: Rows, n_columns: int | None = None) -> Rows:
    """Return rows of floats. Raises ValueError if an entry is not a finite number, or a row has the wrong length."""
    if n_columns is not None and len(rows) == 0:
        return []
    numbers = [row(sample, FLOAT, f"rows[{s}]") for s, sample in enumerate(matrix(rows, "rows"))]
    if n_columns not in (None, len(numbers[0])):
        raise ValueError(f"rows have {len(numbers[0])} numbers, expected {n_columns} in each row")
    return [[exact_float(x) for x in sample] for sample in numbers]


def standard(column: list[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation. The deviation of a constant column is exactly 0, without rounding errors."""
    if min(column) == max(column):
        return column[0], 0.0
    mean = math.fsum(column) / len(column)
    return mean, math.hypot(*[x - mean for x in column]) / math.sqrt(len(column))


SCHEMES: dict[str, Callable[[list[float]], tuple[float, float]]] = {
    "none": lambda column: (0.0, 1.0),
    "max": lambda column: (0.0, max(map(abs, column))),
    "minmax": lambda column: (min(column), max(column) - min(column)),
    "standard": standard,
}
