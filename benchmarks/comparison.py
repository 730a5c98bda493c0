"""Comparison of two files of results, row by row: did the twins become faster, and by how much?

Times of two runs cannot be compared directly, because the whole machine may have been faster in one of them. So the time of
a twin is divided by the time of a limit, the bare loop or the bare matrix products, from the same rounds. The 97.5 %
intervals of both runs give an interval of at least 95 % for their ratio.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rich.console import Console

from benchmarks import machine, table
from benchmarks.intervals import Interval, interval, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.results import Results, Row
from benchmarks.shapes import OPERATIONS
from benchmarks.table import Table
from benchmarks.texts import median_text, ratio_text

CONFIDENCE_OF_EACH = 1 - (1 - 0.95) / 2
MARGIN = 1.1  # two runs of the same code differ by up to a tenth, whatever their intervals say
LEAST_SHARE = 0.3  # below this share of the time of the matrices, the bare loop is their limit instead of the products
HEADINGS = ("operation", "network x batch", "twin", "before", "after", "after /\nbefore", "verdict")
NAMES = {LOOPS: "loops", MATRICES: "matrices"}
NOTES = [
    "after / before: a twin is measured in units of the limit that was timed in the same rounds, so a machine that was slower "
    "as a whole does not count.",
    "Two runs of the same code differ by up to a tenth. slower, faster: the whole interval is beyond a tenth. no difference: "
    "the whole interval is within a tenth. unclear: all other cases.",
]
SETTINGS = {
    "processor": "processor",
    "blas": "BLAS library",
    "kernel": "BLAS kernel",
    "threads": "number of BLAS threads",
    "python": "Python",
    "numpy": "NumPy",
}


class Change(NamedTuple):
    """The times of one twin in one row, before and after, and their ratio in units of a limit."""

    row: Row
    twin: str
    before: Interval
    after: Interval
    ratio: Interval

    @property
    def verdict(self) -> str:
        """Slower, faster, no difference or unclear."""
        if self.ratio.low > MARGIN:
            return "slower"
        if self.ratio.high < 1 / MARGIN:
            return "faster"
        return "no difference" if self.ratio.low >= 1 / MARGIN and self.ratio.high <= MARGIN else "unclear"


def quotient(after: Interval, before: Interval) -> Interval:
    """Return after / before, from the smallest to the largest ratio that the two intervals allow.

    >>> quotient(Interval(6.0, 5.0, 8.0), Interval(2.0, 1.0, 2.5))
    Interval(middle=3.0, low=2.0, high=8.0)
    """
    high = after.high / before.low if before.low else float("inf")
    return Interval(after.middle / before.middle, after.low / before.high, high)


def changes(before: Results, after: Results) -> Iterator[Change]:
    """Yield the change of each twin in every row of the main tables that both files have."""
    earlier = {(row.operation, row.shape): row.seconds for row in before.rows_of("operations")}
    for row in after.rows_of("operations"):
        old, new = earlier.get((row.operation, row.shape), {}), row.seconds
        for twin in (LOOPS, MATRICES):
            if twin in old and twin in new:
                limit = LOOP_LIMIT
                if twin == MATRICES and ratio(old[PRODUCT_LIMIT], old[twin]).middle >= LEAST_SHARE:
                    limit = PRODUCT_LIMIT
                ratios = [ratio(seconds[twin], seconds[limit], CONFIDENCE_OF_EACH) for seconds in (new, old)]
                yield Change(row, twin, interval(old[twin]), interval(new[twin]), quotient(*ratios))


def show(out: Console, before: Results, after: Results) -> None:
    """Print the comparison. Raises ValueError if the files have no row in common."""
    rows = [cells(change) for change in changes(before, after)]
    if not rows:
        raise ValueError("the files have no row of the main tables in common; measure the same shapes and operations")
    for name, results in (("before", before), ("after", after)):
        out.print(f"{name}: {machine.header(results.machine)}", soft_wrap=True)
    if others := other_settings(before.machine, after.machine):
        out.print(f"warning: not the same in both: {', '.join(others)}; a change may come from this", soft_wrap=True)
    out.print(table.text_of(Table(HEADINGS, rows, notes=NOTES)), soft_wrap=True)


def other_settings(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the settings that differ between two machines and may change the speed."""
    return [name for key, name in SETTINGS.items() if before[key] != after[key]]


def cells(change: Change) -> list[str]:
    """Return a change as a row of texts."""
    times = [median_text(time) for time in (change.before, change.after)]
    row = change.row
    network = row.shape.label if row.shape.dtype == "float64" else str(row.shape)
    return [OPERATIONS[row.operation], network, NAMES[change.twin], *times, ratio_text(change.ratio), change.verdict]
