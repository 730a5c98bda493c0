"""Small matrices of any kind of number, used to compute formulas. Their shapes broadcast as in NumPy."""

from collections.abc import Callable
from typing import NamedTuple

from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row, Rows
from reference.oracle.explaining.formulas import TOTALS, axis_of
from reference.oracle.explaining.functions import ROW_FUNCTIONS, dot, functions_of, guard, guard_row, total_of
from reference.oracle.judging.steps import NOT_COMPUTABLE


class Misfit(Exception):
    """A formula has no value: its shapes do not fit, or a name is unknown."""


class Grid(NamedTuple):
    """A matrix: its shape, and its numbers row by row."""

    n_rows: int
    n_columns: int
    numbers: Row

    def rows(self) -> Rows:
        """Return the rows."""
        return [self.numbers[r * self.n_columns : (r + 1) * self.n_columns] for r in range(self.n_rows)]

    def columns(self) -> Rows:
        """Return the columns."""
        return [self.numbers[c :: self.n_columns] for c in range(self.n_columns)]

    def spread(self, n_rows: int, n_columns: int) -> Row:
        """Return the numbers broadcast to this shape, row by row; raise Misfit if the shapes do not fit."""
        if (self.n_rows, self.n_columns) == (n_rows, n_columns):
            return self.numbers
        if self.n_rows not in (1, n_rows) or self.n_columns not in (1, n_columns):
            raise Misfit
        rows = [row * n_columns if self.n_columns == 1 else row for row in self.rows()]
        return [number for row in (rows * n_rows if self.n_rows == 1 else rows) for number in row]


def grid_of(rows: Rows) -> Grid:
    """Return the grid with these rows."""
    return Grid(len(rows), len(rows[0]), [number for row in rows for number in row])


def chunks(numbers: Row, size: int) -> Rows:
    """Cut numbers into rows of this size."""
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


GRID_FUNCTIONS: dict[str, Callable[[Grid], Rows]] = {
    "T": Grid.columns,
    "head": lambda grid: [row[:1] for row in grid.rows()],
    "read_by_columns": lambda grid: [grid.numbers[r :: grid.n_rows] for r in range(grid.n_rows)],
    "stored_by_columns": lambda grid: chunks([x for row in grid.columns() for x in row], grid.n_columns),
    "last_sample": lambda grid: grid.rows()[-1:],
    "first_sample": lambda grid: grid.rows()[:1],
    "samples_backwards": lambda grid: grid.rows()[::-1],
    "next_sample": lambda grid: [*grid.rows()[1:], grid.rows()[0]],
    "previous_sample": lambda grid: [grid.rows()[-1], *grid.rows()[:-1]],
}


def apply(kind: Kind, op: str, grids: list[Grid]) -> Grid:
    """Apply an operation to grids."""
    grid = grids[0]
    if op == "@":
        return product(kind, *grids)
    if op in GRID_FUNCTIONS:
        return grid_of(GRID_FUNCTIONS[op](grid))
    if op in ROW_FUNCTIONS:
        return grid_of([guard_row(kind, ROW_FUNCTIONS[op], row) for row in grid.rows()])
    if op == "carried":
        return grid_of(apply(kind, "running", [grid_of(grid.columns())]).columns())
    if op == "entry":
        at = int(float(kind.value(grids[1].numbers[0]))) - 1
        if not 0 <= at < grid.n_columns:
            raise Misfit
        return grid_of([[row[at]] * len(row) for row in grid.rows()])
    if op in TOTALS:
        return Grid(1, 1, [guard(kind, total_of, kind, op, grid.numbers)])
    axis = axis_of(op)
    if axis is not None:
        totals = [guard(kind, total_of, kind, op[:-1], line) for line in (grid.rows() if axis else grid.columns())]
        return Grid(grid.n_rows, 1, totals) if axis else Grid(1, grid.n_columns, totals)
    n_rows, n_columns = max(each.n_rows for each in grids), max(each.n_columns for each in grids)
    arguments = [each.spread(n_rows, n_columns) for each in grids]
    return Grid(n_rows, n_columns, values_of(kind, functions_of(kind)[op], arguments))


def product(kind: Kind, a: Grid, b: Grid) -> Grid:
    """Return the product of two matrices."""
    if a.n_columns != b.n_rows:
        raise Misfit
    columns = b.columns()
    return Grid(a.n_rows, b.n_columns, [guard(kind, dot, row, column) for row in a.rows() for column in columns])


def values_of(kind: Kind, function: Callable[..., Number], arguments: Rows) -> Row:
    """Apply a function entry by entry. `arguments` has one list of entries for each argument."""
    try:
        return [function(*numbers) for numbers in zip(*arguments, strict=True)]
    except NOT_COMPUTABLE:
        return [guard(kind, function, *numbers) for numbers in zip(*arguments, strict=True)]
