"""Comparison of two files of results, row by row: did the loops and the matrices become faster, and by how much?

after / before is the quotient of the two times. The 97.5 % intervals of both give its interval of at least 95 %. Nothing is
corrected for a machine that was slower as a whole. The bare loop, whose code is always the same, shows whether it was.
"""

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from rich.console import Console

from benchmarks import machine, table
from benchmarks.intervals import Interval, interval
from benchmarks.limits import LOOP_LIMIT
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.results import Results, Row
from benchmarks.shapes import OPERATIONS
from benchmarks.table import Table
from benchmarks.texts import digits, median_text, ratio_text

CONFIDENCE_OF_EACH = 1 - (1 - 0.95) / 2
MARGIN = 1.1  # two runs of the same code differ by up to a tenth, even on an idle machine
HEADINGS = ("operation", "network x batch", "", "before", "after", "after /\nbefore", "verdict")
NAMES = {LOOPS: "loops", MATRICES: "matrices"}
NOTE = (
    "slower: the whole interval is above 1.1. faster: it is below 1 / 1.1. no difference: it is between the two. unclear: all "
    "other rows, and those in which the bare loop changed by more than a tenth: there, the machine was slower or faster."
)
SETTINGS = {
    "processor": "processor",
    "blas": "BLAS library",
    "kernel": "BLAS kernel",
    "threads": "number of BLAS threads",
    "python": "Python",
    "numpy": "NumPy",
}


class Change(NamedTuple):
    """The times of the loops or the matrices in one row, before and after, their quotient, and that of the bare loop."""

    row: Row
    name: str
    before: Interval
    after: Interval
    ratio: Interval
    machine: float

    @property
    def verdict(self) -> str:
        """Slower, faster, no difference or unclear."""
        if not 1 / MARGIN <= self.machine <= MARGIN:
            return "unclear"
        if self.ratio.low > MARGIN:
            return "slower"
        if self.ratio.high < 1 / MARGIN:
            return "faster"
        return "no difference" if self.ratio.low >= 1 / MARGIN and self.ratio.high <= MARGIN else "unclear"


def quotient(after: Interval, before: Interval) -> Interval:
    """Return after / before. Its interval is from the smallest to the largest quotient that the two intervals allow.

    >>> quotient(Interval(6.0, 5.0, 8.0), Interval(2.0, 1.0, 2.5))
    Interval(middle=3.0, low=2.0, high=8.0)
    """
    high = after.high / before.low if before.low else float("inf")
    return Interval(after.middle / before.middle, after.low / before.high, high)


def pairs(before: Results, after: Results) -> Iterator[tuple[Row, Row]]:
    """Yield the rows of the same operation, network and batch, in either precision."""
    earlier = {(row.operation, row.shape.label): row for row in before.rows_of("operations")}
    for row in after.rows_of("operations"):
        if old := earlier.get((row.operation, row.shape.label)):
            yield old, row


def changes(before: Results, after: Results) -> Iterator[Change]:
    """Yield the change of the loops and of the matrices in every row of the main tables that both files have."""
    for old, new in pairs(before, after):
        for name in NAMES:
            if name in old.seconds and name in new.seconds:
                first, second = old.seconds[name], new.seconds[name]
                ratio = quotient(interval(second, CONFIDENCE_OF_EACH), interval(first, CONFIDENCE_OF_EACH))
                yield Change(new, name, interval(first), interval(second), ratio, machine_ratio(old, new))


def machine_ratio(before: Row, after: Row) -> float:
    """Return how many times as long the bare loop took after as before."""
    return interval(after.seconds[LOOP_LIMIT]).middle / interval(before.seconds[LOOP_LIMIT]).middle


def show(out: Console, before: Results, after: Results) -> None:
    """Print the comparison. Raises ValueError if no row is in both files."""
    every = list(changes(before, after))
    if not every:
        raise ValueError(
            "the files have no row in common; measure the same networks and operations, without --peers and --contender"
        )
    for name, results in (("before", before), ("after", after)):
        out.print(f"{name}: " + "\n".join(machine.lines(results.machine)), soft_wrap=True)
    out.print(speed(before, after), soft_wrap=True)
    if others := other_settings(before, after):
        out.print(f"warning: not the same in both: {', '.join(others)}; a change may come from this", soft_wrap=True)
    n_unclear = sum(change.verdict == "unclear" for change in every)
    advice = [f"{n_unclear} of {len(every)} rows are unclear: measure both again on an idle machine."] if n_unclear else []
    n_single = len(before.rows_of("operations")) + len(after.rows_of("operations")) - 2 * len(list(pairs(before, after)))
    advice += [f"{n_single} rows are in only one of the files."] if n_single else []
    out.print(table.text_of(Table(HEADINGS, list(map(cells, every)), notes=[NOTE, *advice])), soft_wrap=True)


def speed(before: Results, after: Results) -> str:
    """Describe how fast the machine was after, compared with before: the median change of the bare loop over all rows."""
    change = median(machine_ratio(old, new) for old, new in pairs(before, after))
    text = f"the bare loop, whose code is always the same, took {digits(change)} times as long after as before"
    return text if 1 / MARGIN <= change <= MARGIN else f"warning: {text}: the machine was slower or faster; measure both again"


def other_settings(before: Results, after: Results) -> list[str]:
    """Return the names of the facts that differ and may change the speed."""
    facts: list[tuple[dict[str, object], dict[str, object]]] = [({**before.machine}, {**after.machine})]
    dtypes = [{row.shape.dtype for row in results.rows_of("operations")} for results in (before, after)]
    names = [name for key, name in SETTINGS.items() for old, new in facts if old[key] != new[key]]
    return names + ["dtype"] * (dtypes[0] != dtypes[1])


def cells(change: Change) -> list[str]:
    """Return a change as a row of texts."""
    times = [median_text(time) for time in (change.before, change.after)]
    operation, network = OPERATIONS[change.row.operation], change.row.shape.label
    return [operation, network, NAMES[change.name], *times, ratio_text(change.ratio), change.verdict]
