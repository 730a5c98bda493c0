"""Two files of results against each other, row by row: did anything become faster, and by how much?

Times of two runs do not compare, as the machine was slower or faster as a whole. So a contender is compared in units of the
limit that was timed in the same rounds. The intervals of both runs, each of 97.5 %, give an interval of their ratio of at
least 95 %.
"""

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console

from benchmarks import machine, table
from benchmarks.intervals import Interval, interval, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.results import Results, Row
from benchmarks.table import Table
from benchmarks.texts import ratio_text, time_text

EACH = 1 - (1 - 0.95) / 2
YARDSTICKS = {LOOPS: LOOP_LIMIT, MATRICES: PRODUCT_LIMIT}
CLOCK = "the clock"
MARGIN = 1.1  # two runs of the same code differ by up to a tenth, whatever their intervals say
LEAST_SHARE = 0.3  # a time depends on its limit where that is at least this share of it; else on how fast Python is
HEADINGS = ("operation", "shape", "contender", "before", "after", "after / before", "measured by", "verdict")
NOTE = (
    "after / before is in units of the limit that was timed in the same rounds, so that a machine that was slower as a "
    "whole does not count; what has no limit is measured by the clock, may be off by a third, and its verdict has a ?. "
    "Two runs of the same code differ by up to a tenth, so that a smaller change is no difference."
)


class Change(NamedTuple):
    """What became of the time of one contender in one row."""

    row: Row
    contender: str
    before: Interval
    after: Interval
    ratio: Interval
    yardstick: str

    @property
    def verdict(self) -> str:
        """Slower, faster or no difference; with a question mark where the clock is the yardstick."""
        verdict = "slower" if self.ratio.low > MARGIN else "faster" if self.ratio.high < 1 / MARGIN else "no difference"
        return f"{verdict}?" if self.yardstick == CLOCK else verdict


def quotient(after: Interval, before: Interval) -> Interval:
    """Return the ratio of two independent medians, its interval as wide as both allow.

    >>> quotient(Interval(6.0, 5.0, 8.0), Interval(2.0, 1.0, 2.5))
    Interval(middle=3.0, low=2.0, high=8.0)
    """
    high = after.high / before.low if before.low else float("inf")
    return Interval(after.middle / before.middle, after.low / before.high, high)


def key(row: Row) -> tuple[object, ...]:
    """Return what two rows that compare have in common."""
    return row.group, row.operation, row.shape


def changes(before: Results, after: Results) -> Iterator[Change]:
    """Yield the change of every contender that both files have."""
    earlier = {key(row): row for row in before.rows}
    for row in after.rows:
        if key(row) in earlier:
            old, new = earlier[key(row)].seconds, row.seconds
            for name in [name for name in new if name in old and name not in YARDSTICKS.values()]:
                yardstick = yardstick_of(name, old, new)
                if yardstick == CLOCK:
                    change = quotient(interval(new[name], EACH), interval(old[name], EACH))
                else:
                    change = quotient(ratio(new[name], new[yardstick], EACH), ratio(old[name], old[yardstick], EACH))
                yield Change(row, name, interval(old[name]), interval(new[name]), change, yardstick)


def yardstick_of(name: str, old: dict[str, list[float]], new: dict[str, list[float]]) -> str:
    """Return the limit that a contender is measured by; the clock where a run has none."""
    limit = YARDSTICKS.get(name, CLOCK)
    if limit in old and ratio(old[limit], old[name]).middle < LEAST_SHARE:
        limit = LOOP_LIMIT
    return limit if limit in old and limit in new else CLOCK


def show(out: Console, before: Results, after: Results) -> None:
    """Print the comparison; ValueError where no row is in both."""
    rows = [cells(change) for change in changes(before, after)]
    if not rows:
        raise ValueError("no row of the first file is in the second; measure the same shapes and operations")
    for name, results in (("before", before), ("after", after)):
        out.print(f"{name}: {machine.header(results.machine)}", soft_wrap=True)
    alone = {key(row) for row in before.rows} ^ {key(row) for row in after.rows}
    notes = [f"{len(alone)} rows are in one file alone, and left out"] if alone else []
    table.show(out, Table(HEADINGS, rows, notes=[*notes, NOTE]))


def cells(change: Change) -> list[str]:
    """Return a change as a row of texts."""
    group, operation, shape = change.row[:3]
    where = operation if group == "operations" else f"{group}: {operation}"
    times = [time_text(time.middle, time.spread) for time in (change.before, change.after)]
    return [where, str(shape), change.contender, *times, ratio_text(change.ratio), change.yardstick, change.verdict]
