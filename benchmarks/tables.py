"""The tables that a run is read as: made of its results alone, so that a file of results shows the same ones."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from benchmarks import machine
from benchmarks.intervals import Interval, Line, break_even, interval, line, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, SUMS, TERMS
from benchmarks.parts import PARTS
from benchmarks.results import Results, Row, text_of
from benchmarks.run import TWINS
from benchmarks.shapes import OPERATIONS
from reference.commands.report import show_table

FORMATS = ("text", "markdown", "csv", "json")
LOOPS, MATRICES = TWINS
PREDICTED = "≈"
NAMES = {
    "documents": "the documents' way",
    "straightforward": "straightforward NumPy",
    "reference": "reference",
    "vectorized": "vectorized",
}


class Table(NamedTuple):
    """A title, headings, rows of texts, and what is to be said below."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    notes: list[str]


def time_text(seconds: float, spread: float = 0.0) -> str:
    """Return a time in its own unit, with the digits that its spread leaves.

    >>> time_text(0.0000123456, 0.01), time_text(1.5), time_text(0.00149, 0.3)
    ('12.3 µs', '1.50 s', '1.5 ms')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= size or unit == "ns":
            return f"{digits(seconds / size, spread * seconds / size)} {unit}"
    raise AssertionError


def digits(value: float, spread: float = 0.0) -> str:
    """Return a number with three digits, or with two where it is not known better than to a tenth.

    >>> digits(57.83, 0.5), digits(57.83, 9.0), digits(0.04512), digits(1234.0)
    ('57.8', '58', '0.0451', '1,230')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    significant = 3 if spread < abs(value) / 10 else 2
    rounded = float(f"{value:.{significant - 1}e}")
    return f"{rounded:,.{max(0, significant - 1 - math.floor(math.log10(abs(rounded))))}f}"


def spread_text(found: Interval) -> str:
    """Return a median time and its spread, e.g. "12.3 µs ±1 %"."""
    percent = 100 * found.spread
    width = "±?" if percent > 999 else f"±{percent:.0f} %" if percent >= 0.95 else "±<1 %"
    return f"{time_text(found.middle, found.spread)} {width}"


def ratio_text(found: Interval) -> str:
    """Return a ratio and its interval, e.g. "57.8 (57.1–58.4)"."""
    significant = 3 if found.spread < 0.1 else 2
    decimals = significant - 1 - math.floor(math.log10(found.middle))
    while decimals < 5 and any(round(end, decimals) == 1 != end for end in found[1:]):
        decimals += 1  # so that the digits say on which side of 1 the interval ends
    middle, low, high = (f"{round(part, decimals):,.{max(0, decimals)}f}" for part in found)
    return f"{middle} ({low}–{high})"


def verdict(found: Interval) -> str:
    """Return who is faster, by the interval of loops over matrices; nobody where it covers 1."""
    return "matrices" if found.low > 1 else "loops" if found.high < 1 else "no difference"


def share_text(difference: float) -> str:
    """Return the largest difference in allowances."""
    return "0" if difference == 0 else f"{difference:.1g}"


def percent(limit: list[float], samples: list[float]) -> str:
    """Return the share of the time that the limit takes, within rounds."""
    return f"{100 * ratio(limit, samples).middle:.0f} %"


# ---- the main tables


def lines_of(rows: list[Row]) -> dict[str, Line | None]:
    """Return the line of each twin through the rows of one operation."""
    found = {}
    for name in TWINS:
        timed = [row for row in rows if name in row.seconds]
        found[name] = line([row.multiply_adds for row in timed], [interval(row.seconds[name]).middle for row in timed])
    return found


def loop_limit(row: Row) -> list[float]:
    """Return the seconds of as many multiply-adds in the bare loop."""
    return [t * row.multiply_adds / (TERMS * SUMS) for t in row.seconds[LOOP_LIMIT]]


def cells(row: Row, loops_line: Line | None) -> list[str]:
    """Return the row of a main table."""
    head = [row.shape.network, f"{row.shape.n_samples:,}", f"{row.multiply_adds:,}"]
    wrong = [name for name in row.differences if not row.agrees(name)]
    difference = share_text(max(row.differences.values(), default=0.0)) + (
        f" on {row.checked:,}" if row.checked < row.shape.n_samples and row.operation != "epoch" else ""
    )
    if wrong:
        return [*head, *["FAIL" if name in wrong else "not timed" for name in TWINS], "", "", "", "", "", difference]
    matrices = interval(row.seconds[MATRICES])
    products = percent(row.seconds[PRODUCT_LIMIT], row.seconds[MATRICES])
    speed = digits(2 * row.multiply_adds / matrices.middle / 1e9)
    if LOOPS not in row.seconds:
        seconds = loops_line.at(row.multiply_adds) if loops_line else math.nan
        guess = f"{PREDICTED} {time_text(seconds, 1.0)}" if loops_line else "too long"
        times = f"{PREDICTED} {digits(seconds / matrices.middle, math.inf)}" if loops_line else ""
        return [*head, guess, spread_text(matrices), times, "predicted", "", products, speed, difference]
    loops, factor = interval(row.seconds[LOOPS]), ratio(row.seconds[LOOPS], row.seconds[MATRICES])
    own_limit = percent(loop_limit(row), row.seconds[LOOPS])
    timed = [spread_text(loops), spread_text(matrices), ratio_text(factor), verdict(factor)]
    return [*head, *timed, own_limit, products, speed, difference]


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


def operation_table(operation: str, rows: list[Row], points: list[Row]) -> Table:
    """Return the main table of an operation, and below it the lines through the points and where they cross."""
    found = lines_of(points)
    notes = []
    for name, through in found.items():
        if through and points is rows:
            notes.append(
                f"{name}: t = {time_text(through.start, 1.0)} + {digits(through.each * 1e9, math.inf)} ns for a multiply-add; "
                f"the {through.rows} measured times miss it by {100 * through.misfit:.0f} % in the median"
            )
    if points is rows:
        notes += break_even_notes(found, rows)
    large = large_line(points)
    if any(LOOPS not in row.seconds for row in rows):
        of = "" if points is rows else f" of the {OPERATIONS['step']}"
        told = f"{PREDICTED} would take too long, and is predicted by the line through the two largest times of the loops{of}"
        notes.append(told if large else "the loops would take too long, and there are no two smaller times to predict from")
    if operation in ("step", "epoch"):
        notes.append("a step or an epoch is one of many in a call of `train`: what a call does once is shared out over them")
    precisions = list(dict.fromkeys(row.shape.dtype for row in rows))
    if precisions != ["float64"]:
        notes.append("the loops compute in double precision here, too: Python has no other float")
    title = f"{OPERATIONS[operation]}, {' and '.join(precisions)}"
    return Table(title, HEADINGS, [cells(row, large) for row in rows], notes)


def large_line(rows: list[Row]) -> Line | None:
    """Return the line through the two largest sizes of the loops that were timed: far away, what counts is its slope."""
    timed = {row.multiply_adds: interval(row.seconds[LOOPS]).middle for row in rows if LOOPS in row.seconds}
    sizes = sorted(timed)[-2:]
    return line(sizes, [timed[size] for size in sizes])


def break_even_notes(found: dict[str, Line | None], rows: list[Row]) -> list[str]:
    """Return between which measured sizes the matrices become faster, and where there the lines cross."""
    sizes: dict[str, list[int]] = {"loops": [], "matrices": [], "no difference": []}
    for row in rows:
        if all(name in row.seconds for name in TWINS):
            sizes[verdict(ratio(row.seconds[LOOPS], row.seconds[MATRICES]))].append(row.multiply_adds)
    if not (sizes["loops"] and sizes["matrices"]):
        ahead = next((name for name in ("loops", "matrices") if sizes[name]), None)
        return [f"{ahead} are faster at every size that was measured"] if ahead and len(rows) > 1 else []
    low, high = max(sizes["loops"]), min(sizes["matrices"])
    loops, matrices = found[LOOPS], found[MATRICES]
    at = break_even(loops, matrices) if loops and matrices else None
    told = f"; the lines cross at {digits(at, math.inf)}" if at and low <= at <= high else ""
    return [f"break-even: loops are faster up to {low:,} multiply-adds, matrices from {high:,} on{told}"]


LEGEND = [
    "multiply-adds: products that are added up in a node or a gradient; biases, activations, loss and update are not counted.",
    "Times are medians over the rounds with half the width of their 95 % interval; ratios are medians of ratios within rounds, "
    "with their 95 % interval; where it covers 1 there is no difference. Intervals are of this run: another may lie outside.",
    "of loop limit: time of as many multiply-adds in Python's bare loop / time of the loops; of product limit: time of the "
    "bare matrix products / time of the matrices. More is better; a limit is the usual way to write it, and may be exceeded.",
    "GFLOP/s: of the matrices, two operations a multiply-add.",
    "difference: the largest between an answer and the loops on bounded numbers, in allowances: above 1 an answer is wrong and "
    'is not timed. "on 2" says that the first two samples of the batch were checked.',
]


# ---- ladder, rungs, parts, other contenders


def factor_table(title: str, rows: list[Row], names: Iterable[str], notes: list[str], faster: bool = True) -> Table:
    """Return a table with a row for each contender, and for each shape its time and how many times as fast as the first.

    Or how many times as long it takes, where it is not to be `faster`.
    """
    names = list(names)
    names_first = NAMES.get(names[0], names[0]) if names else ""
    base = f"× as {'fast as' if faster else 'long as'} {names_first}"
    headings = [base, *(f"{OPERATIONS[row.operation].split(',')[0]}\n{row.shape}" for row in rows)]
    body = []
    for name in names:
        texts = []
        for row in rows:
            if name not in row.seconds:
                texts.append("FAIL" if name in row.differences and not row.agrees(name) else "-")
                continue
            base = next(first for first in names if first in row.seconds)
            times = ratio(row.seconds[base], row.seconds[name])
            factor = times.middle if faster else 1 / times.middle
            texts.append(f"{spread_text(interval(row.seconds[name]))}, × {digits(factor, factor * times.spread)}")
        body.append([NAMES.get(name, name), *texts])
    worst = max((share for row in rows for share in row.differences.values()), default=0.0)
    return Table(title, headings, body, [*notes, f"largest difference of any answer: {share_text(worst)} allowances"])


def parts_table(rows: list[Row]) -> Table:
    """Return the shares of a step's parts."""
    headings = ["part of a step of the matrices", *(str(row.shape) for row in rows)]
    shares = {name: [ratio(row.seconds[name], row.seconds["step"]).middle for row in rows] for name in PARTS}
    rest = [1 - sum(shares[name][at] for name in PARTS) for at in range(len(rows))]
    body = [[name, *(f"{100 * share:.0f} %" for share in shares[name])] for name in PARTS]
    body += [["Python between them", *(f"{100 * share:.0f} %" for share in rest)]]
    body += [["the whole step", *(spread_text(interval(row.seconds["step"])) for row in rows)]]
    return Table(
        "where a step of the matrices spends its time", headings, body, ["each part timed alone, within the same rounds"]
    )


def tables_of(results: Results) -> Iterator[Table]:
    """Yield every table that the results have rows for."""
    for operation in OPERATIONS:
        rows = results.of("operations", operation)
        if rows:
            yield operation_table(operation, rows, results.of("operations", "step") if operation == "epoch" else rows)
    contenders = results.of("contenders")
    if contenders:
        names = list(dict.fromkeys(name for row in contenders for name in row.differences))
        notes = [PEERS_DIFFER] if "scikit-learn" in names else []
        yield factor_table("contenders, each in a process of its own", contenders, names, notes, faster=False)
    if results.of("ladder"):
        title = "the ladder: one network written four ways"
        yield factor_table(title, results.of("ladder"), NAMES_IN_ORDER, [LADDER_NOTE])
    if results.of("rungs"):
        rungs = results.of("rungs")
        shape = rungs[0].shape
        title = f"the rungs: the hidden sums, {shape.n_inputs}-{shape.n_hidden} x{shape.n_samples}, from loop to matmul"
        yield factor_table(title, rungs, rungs[0].differences, [])
    if results.of("parts"):
        yield parts_table(results.of("parts"))


LADDER_NOTE = "the twins look at every sum of a forward pass for an overflow; straightforward NumPy looks at nothing"
PEERS_DIFFER = "scikit-learn's step is `partial_fit`, with its own checks"
NAMES_IN_ORDER = ("documents", "reference", "straightforward", "vectorized")


# ---- formats


def show(out: Console, results: Results, how: str) -> None:
    """Print the results in one of the formats."""
    if how == "json":
        out.file.write(text_of(results))
        return
    if how == "csv":
        out.file.write(csv_of(results))
        return
    head = machine.header(results.machine)
    lines = [f"warning: {warning}" for warning in machine.warnings(results.machine)]
    lines += [] if results.complete else ["stopped before it was complete: these are the rows that were finished"]
    if how == "markdown":
        out.file.write("\n\n".join([f"Measured on {head}.", *lines, *map(markdown_of, tables_of(results))]) + "\n")
        return
    for text in [head, *lines]:
        out.print(text, soft_wrap=True)
    for table in tables_of(results):
        out.print(f"\n{table.title}", style="bold", soft_wrap=True)
        made, left_out = fitted(out, table)
        show_table(out, made)
        if left_out:
            out.print(f"left out for want of width: {', '.join(left_out)}; --format markdown has them")
        for note in table.notes:
            out.print(note, soft_wrap=True)
    if results.of("operations"):
        out.print()
        for text in LEGEND:
            out.print(text)


def fitted(out: Console, table: Table) -> tuple[RichTable, list[str]]:
    """Return the table without as many columns as a terminal is too narrow for, and their headings."""
    left_out: list[str] = []
    while True:
        made = RichTable(box=SIMPLE_HEAD, pad_edge=False)
        kept = [at for at, heading in enumerate(table.headings) if heading not in left_out]
        for at in kept:
            made.add_column(table.headings[at], justify="right" if at else "left", no_wrap=True)
        for row in table.rows:
            made.add_row(*(Text(row[at]) for at in kept))
        wide = Measurement.get(out, out.options.update(max_width=100_000), made).maximum
        spare = [heading for heading in SPARE if heading in table.headings and heading not in left_out]
        if not out.is_terminal or wide <= out.width or not spare:
            return made, left_out
        left_out.append(spare[0])


SPARE = ("GFLOP/s", "multiply-adds", "difference", "of product limit", "of loop limit", "faster")


def markdown_of(table: Table) -> str:
    """Return a table in Markdown, its notes as a list."""
    headings = [heading.replace("\n", " ") for heading in table.headings]
    lines = [f"**{table.title}**", "", f"| {' | '.join(headings)} |", f"|---|{'---:|' * (len(table.headings) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    return "\n".join([*lines, "", *(f"* {note}" for note in table.notes)])


def csv_of(results: Results) -> str:
    """Return every raw sample as a line."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["group", "operation", "network", "batch", "dtype", "multiply_adds", "contender", "round", "seconds"])
    for row in results.rows:
        for name, samples in row.seconds.items():
            for number, seconds in enumerate(samples):
                size = TERMS * SUMS if name == LOOP_LIMIT else row.multiply_adds
                where = [row.group, row.operation, row.shape.network, row.shape.n_samples, row.shape.dtype, size]
                rows.writerow([*where, name, number, f"{seconds:.6g}"])
    return text.getvalue()
