"""The tables of a run, made of its results alone, so that a file of results shows the same ones."""

import math
from collections.abc import Iterator, Sequence

from rich.console import Console

from benchmarks import machine, table
from benchmarks.intervals import Interval, interval, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, SUMS, TERMS
from benchmarks.lines import LOOPS, MATRICES, Line, break_even, large_line, line_of
from benchmarks.parts import PARTS
from benchmarks.results import Results, Row
from benchmarks.shapes import OPERATIONS
from benchmarks.table import Table
from benchmarks.texts import digits, ratio_text, share_text, spread_text, time_text

FORMATS = ("text", "markdown")
NAMES = {"documents": "the documents' way", "straightforward": "straightforward NumPy"}
HEADINGS = [
    "network",
    "batch",
    "multiply-adds",
    "loops",
    "matrices",
    "loops / matrices",
    "faster",
    "of loop limit",
    "of product limit",
    "GFLOP/s",
    "difference",
]
SPARE = ("GFLOP/s", "multiply-adds", "difference", "of product limit", "of loop limit", "faster")
LEGEND = [
    "multiply-adds: products that are added up in a node or a gradient. Biases, activations, loss and update are not counted.",
    "A time is the median over the rounds, with half the width of its 95 % interval. A ratio is the median of the ratios "
    "within rounds, with its 95 % interval. If it covers 1 there is no difference. Another run may lie outside them.",
    "of loop limit: time of as many multiply-adds in Python's bare loop / time of the loops. of product limit: time of the "
    "bare matrix products / time of the matrices. More is better. A limit is the usual way to write it, and may be exceeded.",
    "GFLOP/s: speed of the matrices, two operations per multiply-add.",
    "difference: the largest between an answer and the loops on bounded numbers, in allowances. Above 1 the answer is wrong "
    'and the contender is not timed. "on 2" means that the first two samples of the batch were checked.',
]


def verdict(times: Interval) -> str:
    """Return who is faster, by the interval of loops over matrices; nobody where it covers 1."""
    return "matrices" if times.low > 1 else "loops" if times.high < 1 else "no difference"


def loop_limit(row: Row) -> list[float]:
    """Return the seconds of as many multiply-adds in the bare loop."""
    return [t * row.multiply_adds / (TERMS * SUMS) for t in row.seconds[LOOP_LIMIT]]


def cells(row: Row, loops_line: Line | None) -> list[str]:
    """Return the row of a main table; where the loops were not timed, their time is predicted by the line."""
    head = [row.shape.network, f"{row.shape.n_samples:,}", f"{row.multiply_adds:,}"]
    difference = share_text(max(row.differences.values(), default=0.0))
    if row.checked < row.shape.n_samples and row.operation != "epoch":
        difference += f" on {row.checked:,}"
    if row.wrong:
        return [*head, *["FAIL" if name in row.wrong else "not timed" for name in (LOOPS, MATRICES)], *[""] * 5, difference]
    matrices = interval(row.seconds[MATRICES])
    of_products = f"{100 * ratio(row.seconds[PRODUCT_LIMIT], row.seconds[MATRICES]).middle:.0f} %"
    speed = digits(2 * row.multiply_adds / matrices.middle / 1e9)
    if LOOPS in row.seconds:
        times = ratio(row.seconds[LOOPS], row.seconds[MATRICES])
        loops, faster = spread_text(interval(row.seconds[LOOPS])), verdict(times)
        factor, of_loop = ratio_text(times), f"{100 * ratio(loop_limit(row), row.seconds[LOOPS]).middle:.0f} %"
    elif loops_line:
        seconds = loops_line.at(row.multiply_adds)
        loops, faster = f"≈ {time_text(seconds, 1.0)}", "predicted"
        factor, of_loop = f"≈ {digits(seconds / matrices.middle, math.inf)}", ""
    else:
        loops, faster, factor, of_loop = "too long", "", "", ""
    return [*head, loops, spread_text(matrices), factor, faster, of_loop, of_products, speed, difference]


def operation_table(operation: str, rows: list[Row], steps: list[Row]) -> Table:
    """Return the main table of an operation; the epoch, which is one row, is predicted from the rows of the steps."""
    points = steps if operation == "epoch" else rows
    notes = [] if operation == "epoch" else line_notes(rows)
    prediction = large_line(points)
    if any(LOOPS not in row.seconds for row in rows):
        source = f" of the {OPERATIONS['step']}" if operation == "epoch" else ""
        note = f"≈ would take too long, so it is predicted by the line through the two largest times of the loops{source}"
        notes.append(note if prediction else "the loops would take too long, and no two smaller times predict how long")
    if operation in ("step", "epoch"):
        notes.append("one call of `train` takes many steps or epochs, so the fixed cost of a call is spread over them")
    precisions = list(dict.fromkeys(row.shape.dtype for row in rows))
    if precisions != ["float64"]:
        notes.append("the loops compute in double precision here, too: Python has no single-precision float")
    title = f"{OPERATIONS[operation]}, {' and '.join(precisions)}"
    return Table(HEADINGS, [cells(row, prediction) for row in rows], title, notes, SPARE)


def line_notes(rows: list[Row]) -> list[str]:
    """Return the line of each twin, and from which size on the matrices are faster."""
    notes = []
    for name in (LOOPS, MATRICES):
        if line := line_of(name, rows):
            notes.append(
                f"{name}: t = {time_text(line.start, 1.0)} + {digits(line.each * 1e9, math.inf)} ns for a multiply-add; "
                f"the {line.rows} measured times miss it by {100 * line.misfit:.0f} % in the median"
            )
    sizes: dict[str, list[int]] = {"loops": [], "matrices": [], "no difference": []}
    for row in rows:
        if LOOPS in row.seconds and MATRICES in row.seconds:
            sizes[verdict(ratio(row.seconds[LOOPS], row.seconds[MATRICES]))].append(row.multiply_adds)
    if sizes["loops"] and sizes["matrices"]:
        low, high = max(sizes["loops"]), min(sizes["matrices"])
        at = break_even(line_of(LOOPS, rows), line_of(MATRICES, rows))
        crossing = f"; the lines cross at {digits(at, math.inf)}" if at and low <= at <= high else ""
        notes.append(f"break-even: loops are faster up to {low:,} multiply-adds, matrices from {high:,} on{crossing}")
    elif len(rows) > 1:
        notes += [f"{name} are faster at every size that was measured" for name in ("loops", "matrices") if sizes[name]]
    return notes


def factor_table(title: str, rows: list[Row], names: Sequence[str], notes: Sequence[str] = (), faster: bool = True) -> Table:
    """Return a table with a row for each contender, and for each shape its time and how many times as fast as the first.

    Or how many times as long it takes, where it is not to be `faster`.
    """
    corner = f"× as {'fast' if faster else 'long'} as {NAMES.get(names[0], names[0])}"
    headings = [corner, *(f"{OPERATIONS[row.operation].split(',')[0]}\n{row.shape}" for row in rows)]
    body = [[NAMES.get(name, name), *(factor_text(row, name, names, faster) for row in rows)] for name in names]
    worst = max((difference for row in rows for difference in row.differences.values()), default=0.0)
    return Table(headings, body, title, [*notes, f"largest difference of any answer: {share_text(worst)} allowances"])


def factor_text(row: Row, name: str, names: Sequence[str], faster: bool) -> str:
    """Return the time of a contender, and how many times as fast (or as long) it is as the first one that was timed."""
    if name not in row.seconds:
        return "FAIL" if name in row.wrong else "-"
    first = next(name for name in names if name in row.seconds)
    times = ratio(row.seconds[first], row.seconds[name])
    factor = times.middle if faster else 1 / times.middle
    return f"{spread_text(interval(row.seconds[name]))}, × {digits(factor, factor * times.spread)}"


def ladder_table(rows: list[Row]) -> Table:
    """Return the table of one network written four ways."""
    note = "the twins check every sum of a forward pass for overflow; straightforward NumPy checks nothing"
    names = ("documents", "reference", "straightforward", "vectorized")
    return factor_table("the ladder: one network written four ways", rows, names, [note])


def parts_table(rows: list[Row]) -> Table:
    """Return the shares of a step's parts."""
    headings = ["part of a step of the matrices", *(str(row.shape) for row in rows)]
    shares = {name: [ratio(row.seconds[name], row.seconds["step"]).middle for row in rows] for name in PARTS}
    shares["Python between them"] = [1 - sum(shares[name][at] for name in PARTS) for at in range(len(rows))]
    body = [[name, *(f"{100 * share:.0f} %" for share in shares[name])] for name in shares]
    body.append(["the whole step", *(spread_text(interval(row.seconds["step"])) for row in rows)])
    title = "where a step of the matrices spends its time"
    return Table(headings, body, title, ["each part timed alone, within the same rounds"])


def tables_of(results: Results) -> Iterator[Table]:
    """Yield every table that the results have rows for."""
    for operation in OPERATIONS:
        if rows := results.rows_of("operations", operation):
            yield operation_table(operation, rows, results.rows_of("operations", "step"))
    if rows := results.rows_of("contenders"):
        names = list(dict.fromkeys(name for row in rows for name in row.differences))
        notes = ["scikit-learn's step is `partial_fit`, with its own checks"] if "scikit-learn" in names else []
        yield factor_table("contenders, each in a process of its own", rows, names, notes, faster=False)
    if rows := results.rows_of("ladder"):
        yield ladder_table(rows)
    if rows := results.rows_of("rungs"):
        shape = rows[0].shape
        title = f"the rungs: the hidden sums, {shape.n_inputs}-{shape.n_hidden} x{shape.n_samples}, from loop to matmul"
        yield factor_table(title, rows, list(rows[0].differences))
    if rows := results.rows_of("parts"):
        yield parts_table(rows)


def show(out: Console, results: Results, form: str) -> None:
    """Print the results as text or as Markdown."""
    head = machine.header(results.machine)
    lines = [f"warning: {warning}" for warning in machine.warnings(results.machine)]
    if not results.complete:
        lines.append("stopped before it was complete: these are the rows that were finished")
    if form == "markdown":
        out.file.write("\n\n".join([f"Measured on {head}.", *lines, *map(table.markdown_of, tables_of(results))]) + "\n")
        return
    for text in [head, *lines]:
        out.print(text, soft_wrap=True)
    for each in tables_of(results):
        table.show(out, each)
    if results.rows_of("operations"):
        out.print()
        for text in LEGEND:
            out.print(text)
