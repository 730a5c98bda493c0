"""Two files of results against each other, row by row: did anything become faster, and by how much?

Times of two runs do not compare, as the machine was slower or faster as a whole. What the limits took in the same rounds
is the yardstick: a contender is compared in units of its limit. The intervals of both runs, each of 97.5 %, give an
interval of their ratio of at least 95 %.
"""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks import machine
from benchmarks.intervals import Interval, interval, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.results import Results, Row
from benchmarks.tables import ratio_text, time_text
from reference.commands.report import show_table

EACH = 1 - (1 - 0.95) / 2
YARDSTICKS: dict[str, str] = {"reference": LOOP_LIMIT, "vectorized": PRODUCT_LIMIT}
CLOCK = "the clock"
MARGIN = 1.1
OWN = 0.3  # from this share of a time on its limit is what it depends on; below, it is how fast Python is


def quotient(after: Interval, before: Interval) -> Interval:
    """Return the ratio of two independent medians, its interval as wide as both allow.

    >>> quotient(Interval(6.0, 5.0, 8.0), Interval(2.0, 1.0, 2.5))
    Interval(middle=3.0, low=2.0, high=8.0)
    """
    return Interval(
        after.middle / before.middle, after.low / before.high, after.high / before.low if before.low else float("inf")
    )


def verdict(found: Interval) -> str:
    """Return what became of a time; runs of the same code differ by up to a tenth, whatever their intervals say."""
    return "slower" if found.low > MARGIN else "faster" if found.high < 1 / MARGIN else "no difference"


def key(row: Row) -> tuple[object, ...]:
    """Return what makes two rows the same."""
    return row.group, row.operation, row.shape


def changes(before: Results, after: Results) -> Iterator[tuple[Row, str, Interval, Interval, Interval, str]]:
    """Yield row, contender, both times, the change, and the yardstick it is in."""
    there = {key(row): row for row in before.rows}
    for row in after.rows:
        other = there.get(key(row))
        for name in row.seconds if other else ():
            if other is None or name not in other.seconds or name in YARDSTICKS.values():
                continue
            yard = YARDSTICKS.get(name, CLOCK)
            if yard in other.seconds and ratio(other.seconds[yard], other.seconds[name]).middle < OWN:
                yard = LOOP_LIMIT
            if yard in row.seconds and yard in other.seconds:
                change = quotient(*(ratio(one.seconds[name], one.seconds[yard], EACH) for one in (row, other)))
            else:
                yard, change = CLOCK, quotient(*(interval(one.seconds[name], EACH) for one in (row, other)))
            yield row, name, interval(other.seconds[name]), interval(row.seconds[name]), change, yard


def show(out: Console, before: Results, after: Results) -> None:
    """Print the comparison; ValueError where no row is in both."""
    found = list(changes(before, after))
    if not found:
        raise ValueError("no row of the first file is in the second; measure the same shapes and operations")
    for name, results in (("before", before), ("after", after)):
        out.print(f"{name}: {machine.header(results.machine)}", soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    headings = ("operation", "shape", "", "before", "after", "after / before", "measured by", "verdict")
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="right" if at in (3, 4, 5) else "left", no_wrap=True)
    for row, name, first, second, change, yard in found:
        times = time_text(first.middle, first.spread), time_text(second.middle, second.spread)
        where = row.operation if row.group == "operations" else f"{row.group}: {row.operation}"
        told = verdict(change) if yard != CLOCK else f"{verdict(change)}?"
        table.add_row(*map(Text, (where, str(row.shape), name, *times, ratio_text(change), yard, told)))
    show_table(out, table)
    keys = {key(row) for row in before.rows} ^ {key(row) for row in after.rows}
    if keys:
        out.print(f"{len(keys)} rows are in one file alone, and left out")
    out.print(
        "after / before is in units of the limit that was timed in the same rounds, so that a machine that was slower as a "
        "whole does not count; what has no limit is measured by the clock, may be off by a third, and its verdict has a ?. "
        "Two runs of the same code differ by up to a tenth, so that a smaller change is no difference."
    )
