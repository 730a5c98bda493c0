"""The tables of a run, made only from its results, so that a file of results shows the same tables."""

import math
from collections.abc import Iterator
from itertools import groupby

from rich.console import Console

from benchmarks import answer, factors, machine, table
from benchmarks.intervals import interval, quotient
from benchmarks.limits import LOOP_LIMIT, MARGIN
from benchmarks.lines import LOOPS, MATRICES, line_of, prediction
from benchmarks.results import Results, Row
from benchmarks.shapes import OPERATIONS
from benchmarks.table import Table
from benchmarks.texts import digits, median_text, ratio_text, time_text

HEADINGS = ("network x batch", "multiply-adds", "loops", "matrices", "loops /\nmatrices", "limit /\nloops", "limit /\nmatrices")
LEGEND = """multiply-adds: the products that are added up. Biases, activations, the loss and the update of the
  weights are not counted.
loops, matrices: the median time over all rounds.
loops / matrices: the median of the ratios within rounds, with its 95 % interval. If the interval
  contains 1, this run does not show which is faster. Another run may give a ratio outside the
  interval.
limit / loops: the time of a bare Python loop (total += a * b) for as many multiply-adds, as a share
  of the loops' time.
limit / matrices: the time of the bare matrix products, as a share of the matrices' time.
  Near 100 %, little can still be saved. The limits are not exact, so a share may be above 100 %.
GFLOP/s: billions of floating-point operations per second, two for each multiply-add.
allowance: the largest possible difference between two right answers. An answer that differs by
  more is wrong, and its contender is not timed."""


def cells(row: Row, predicted: list[float] | None) -> list[str]:
    """Return the cells of a row of a main table. `predicted` has the predicted times of loops that were not timed."""
    head = [row.shape.label, f"{row.multiply_adds:,}"]
    if row.wrong:
        return [*head, *("FAIL" if name in row.wrong else "not timed" for name in (LOOPS, MATRICES)), "", "", ""]
    seconds = {name: interval(row.seconds[name]) for name in (LOOPS, MATRICES) if name in row.seconds}
    loops, factor, loop_share = "not timed", "", ""
    if LOOPS in seconds:
        loops = median_text(seconds[LOOPS])
        factor, loop_share = ratio_text(answer.loops_over_matrices(row)), answer.share_of_limit(row, LOOPS)
    elif predicted:
        loops = f"≈ {median_text(interval(predicted))}"
        factor = f"≈ {ratio_text(quotient(predicted, row.seconds[MATRICES]))}"
    return [*head, loops, median_text(seconds[MATRICES]), factor, loop_share, answer.share_of_limit(row, MATRICES)]


def operation_table(operation: str, rows: list[Row], step_rows: list[Row]) -> Table:
    """Return the main table of an operation. For an epoch, the times of the loops are predicted from `step_rows`."""
    points = step_rows if operation == "epoch" else rows
    predicted = [prediction(row, points) for row in rows]
    notes = [" ".join(answer.sentences(rows)), *([] if operation == "epoch" else line_notes(rows))]
    if any(LOOPS not in row.seconds and LOOPS not in row.wrong for row in rows):
        source = OPERATIONS["step"] if operation == "epoch" else "network x batch"
        rule = (
            f" ≈ is a prediction. It assumes that each multiply-add takes as long as in the largest {source} that was timed. "
            "Its interval does not show how wrong this assumption is. "
            "For a --shape that is too large for the loops, a smaller batch is timed too."
        )
        notes.append("If the loops would take longer than this run allows, they are not timed." + rule * any(predicted))
    if operation in ("step", "epoch"):
        notes.append(
            "If a step or epoch is short, one call of `train` runs many. "
            "The time of each then includes only a small share of the fixed cost of a call."
        )
    precisions = list(dict.fromkeys(row.shape.dtype for row in rows))
    if precisions != ["float64"]:
        notes.append("The loops always compute in double precision: Python has no single-precision float.")
    notes.append(factors.check_note(rows))
    title = f"{OPERATIONS[operation]}, {' and '.join(precisions)}"
    return Table(
        HEADINGS, [cells(row, t) for row, t in zip(rows, predicted, strict=True)], title, [note for note in notes if note]
    )


def line_notes(rows: list[Row]) -> list[str]:
    """Return notes on how the times of loops and matrices grow with the size."""
    notes = []
    for name, what in ((LOOPS, "Loops"), (MATRICES, "Matrices")):
        if line := line_of(name, rows):
            notes.append(
                f"{what}: time = {time_text(line.start, 1.0)} + {digits(line.each * 1e9, math.inf)} ns for each multiply-add. "
                f"Every measured time is within a factor of {digits(line.misfit, math.inf)} of this."
            )
    return notes


def tables_of(results: Results) -> Iterator[Table]:
    """Yield every table for which the results have rows."""
    for operation in OPERATIONS:
        if rows := results.rows_of("operations", operation):
            yield operation_table(operation, rows, results.rows_of("operations", "step"))
    for (operation, dtype), group in groupby(results.rows_of("contenders"), lambda row: (row.operation, row.shape.dtype)):
        yield factors.contenders_table(f"{OPERATIONS[operation]}, {dtype}, each contender in its own process", list(group))
    if rows := results.rows_of("ladder"):
        yield factors.ladder_table(rows)
    if rows := results.rows_of("parts"):
        yield factors.parts_table(rows)


def show(out: Console, results: Results) -> None:
    """Print the results."""
    lines = machine.lines(results.machine)
    if not results.complete:
        lines.append("the run was stopped before it was complete: these are the rows that were finished")
    limits = [interval(row.seconds[LOOP_LIMIT]).middle for row in results.rows_of("operations")]
    if limits and max(limits) > MARGIN * min(limits):
        change = digits(max(limits) / min(limits))
        lines.append(f"warning: the machine was not steady: the time of the bare loop varied by a factor of {change}")
    texts = ["\n".join(lines), *map(table.text_of, tables_of(results))]
    if results.rows_of("operations"):
        texts.append(LEGEND)
    out.print("\n\n".join(texts), soft_wrap=True)
