"""The tables of the contenders, of the network written four ways, and of the parts of a step."""

from collections.abc import Sequence

from benchmarks.answer import series
from benchmarks.intervals import interval, ratio
from benchmarks.parts import PARTS
from benchmarks.results import Row
from benchmarks.shapes import OPERATIONS
from benchmarks.table import Table
from benchmarks.texts import digits, median_text, ratio_text

NAMES = {
    "documents": "the documents' way",
    "straightforward": "straightforward NumPy",
    "reference": "reference (loops)",
    "vectorized": "vectorized (matrices)",
}
FACTOR_NOTE = (
    "× is the median of the ratios within rounds, with its 95 % interval. It is not exactly the quotient of the two times."
)
LADDER = ("documents", "reference", "straightforward", "vectorized")


def check_note(rows: list[Row]) -> str:
    """Return a note with the number of rounds, the largest difference, and the batches that were checked only in part."""
    rounds = max((len(times) for row in rows for times in row.seconds.values()), default=0)
    worst = max((difference for row in rows for difference in row.differences.values()), default=0.0)
    large = [row for row in rows if row.checked < row.shape.n_samples and row.operation != "epoch"]
    parts = dict.fromkeys(f"{row.checked} of {row.shape.label}" for row in large)
    checked = f" Of large batches, only the first samples were checked: {series([*parts])}." if parts else ""
    difference = f"The largest difference from the right answer is {worst:.1g} times the allowed difference."
    return f"Rounds: {rounds}. {difference}{checked}"


def factor_table(title: str, rows: list[Row], names: Sequence[str], notes: Sequence[str]) -> Table:
    """Return a table of the times, and of the speeds as multiples of the speed of the first contender without wrong answers."""
    first = next((name for name in names if all(name in row.seconds for row in rows)), names[0])
    body = []
    for row in rows:
        body.append([f"{OPERATIONS[row.operation]}, {row.shape.label}", "", ""])
        body += [[f"  {NAMES.get(name, name)}", *factor_cells(row, name, first)] for name in names]
    return Table(
        ["contender", "time", f"× as fast as\n{NAMES.get(first, first)}"], body, title, [FACTOR_NOTE, *notes, check_note(rows)]
    )


def factor_cells(row: Row, name: str, first: str) -> list[str]:
    """Return the time of a contender, and how many times as fast it is as `first`."""
    if name not in row.seconds:
        return ["FAIL" if name in row.wrong else "-", ""]
    factor = f"× {ratio_text(ratio(row.seconds[first], row.seconds[name]))}" if first in row.seconds else ""
    return [median_text(interval(row.seconds[name])), factor]


def contenders_table(title: str, rows: list[Row]) -> Table:
    """Return the table of contenders that each ran in their own process."""
    names = list(dict.fromkeys(name for row in rows for name in row.differences))
    has_step = "scikit-learn" in names and rows[0].operation in ("step", "epoch")
    notes = ["A step of scikit-learn is a call of `partial_fit`, which does its own checks."] if has_step else []
    return factor_table(title, rows, names, notes)


def ladder_table(rows: list[Row]) -> Table:
    """Return the table of one network written four ways."""
    note = "reference and vectorized check every sum for overflow. Straightforward NumPy checks nothing."
    times = [
        f"{digits(ratio(row.seconds['vectorized'], row.seconds['straightforward']).middle)} times as long at {row.shape.label}"
        for row in rows
        if row.operation == "gradient" and {"vectorized", "straightforward"} <= set(row.seconds)
    ]
    if times:
        note += f" For the loss and its gradient, compared with straightforward NumPy, vectorized takes {series(times)}."
    return factor_table("the same network written four ways, float64", rows, LADDER, [note])


def parts_table(rows: list[Row]) -> Table:
    """Return the table of the parts of a step, as shares of the time of the step."""
    shares = {name: [ratio(row.seconds[name], row.seconds["step"]).middle for row in rows] for name in PARTS}
    shares["the rest"] = [1 - sum(shares[name][at] for name in PARTS) for at in range(len(rows))]
    body = [[name, *(f"{100 * share:.0f} %" for share in shares[name])] for name in shares]
    body.append(["the whole step", *(median_text(interval(row.seconds["step"])) for row in rows)])
    note = "Each part is timed alone, in the same rounds. "
    note += "The rest is the check of the sums for overflow, and Python between the parts."
    headings = ["part", *(row.shape.label for row in rows)]
    return Table(headings, body, "where a training step of the matrices spends its time", [note])
