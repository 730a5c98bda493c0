"""Tables with a column for each shape: contenders, the network written four ways, the parts of a step."""

from collections.abc import Sequence

from benchmarks.intervals import interval, ratio
from benchmarks.parts import PARTS
from benchmarks.results import Row
from benchmarks.shapes import OPERATIONS
from benchmarks.table import Table
from benchmarks.texts import difference_text, digits, median_text

NAMES = {
    "documents": "the documents' way",
    "straightforward": "straightforward NumPy",
    "reference": "reference (loops)",
    "vectorized": "vectorized (matrices)",
}
FACTOR_NOTE = "× is the median of the ratios within rounds, so it may differ a little from the quotient of the two times."
LADDER = ("documents", "reference", "straightforward", "vectorized")


def worst_note(rows: list[Row]) -> str:
    """Return a note on the largest difference from a right answer, and on whether only some samples were checked."""
    worst = max((difference for row in rows for difference in row.differences.values()), default=0.0)
    few = any(row.checked < row.shape.n_samples and row.operation != "epoch" for row in rows)
    part = " Only the first samples of a large batch were checked." if few else ""
    return f"Largest difference from the right answer: {difference_text(worst)} allowances.{part}"


def factor_table(title: str, rows: list[Row], names: Sequence[str], notes: Sequence[str]) -> Table:
    """Return a table with a row for each contender and a column for each shape.

    A cell has a time, and how many times as fast as the first contender it is.
    """
    corner = f"× as fast as\n{NAMES.get(names[0], names[0])}"
    body = [[NAMES.get(name, name), *(factor_text(row, name, names) for row in rows)] for name in names]
    return Table([corner, *map(heading, rows)], body, title, [FACTOR_NOTE, *notes, worst_note(rows)])


def heading(row: Row) -> str:
    """Return the heading of a row's column."""
    return f"{OPERATIONS[row.operation]}\n{row.shape.label}"


def factor_text(row: Row, name: str, names: Sequence[str]) -> str:
    """Return the time of a contender, and how many times as fast as the first contender that was timed it is."""
    if name not in row.seconds:
        return "FAIL" if name in row.wrong else "-"
    first = next(name for name in names if name in row.seconds)
    times = ratio(row.seconds[first], row.seconds[name])
    return f"{median_text(interval(row.seconds[name]))}, × {digits(times.middle, times.middle * times.spread)}"


def contenders_table(title: str, rows: list[Row]) -> Table:
    """Return the table of contenders that each ran in their own process."""
    names = list(dict.fromkeys(name for row in rows for name in row.differences))
    has_step = "scikit-learn" in names and rows[0].operation in ("step", "epoch")
    notes = ["scikit-learn's step is `partial_fit`, with its own checks."] if has_step else []
    return factor_table(title, rows, names, notes)


def ladder_table(rows: list[Row]) -> Table:
    """Return the table of one network written four ways."""
    note = "reference and vectorized check every sum for overflow. Straightforward NumPy checks nothing."
    return factor_table("the same network written four ways, float64", rows, LADDER, [note])


def parts_table(rows: list[Row]) -> Table:
    """Return the table of the shares of a step's parts."""
    shares = {name: [ratio(row.seconds[name], row.seconds["step"]).middle for row in rows] for name in PARTS}
    shares["the rest"] = [1 - sum(shares[name][at] for name in PARTS) for at in range(len(rows))]
    body = [[name, *(f"{100 * share:.0f} %" for share in shares[name])] for name in shares]
    body.append(["the whole step", *(median_text(interval(row.seconds["step"])) for row in rows)])
    title = "where a training step of the matrices spends its time"
    return Table(
        ["part", *map(heading, rows)],
        body,
        title,
        ["Each part is timed alone, within the same rounds. The rest is the check for overflow, and Python between the parts."],
    )
