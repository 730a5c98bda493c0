"""Comparison of two files of results, row by row: did the loops and the matrices become faster, and by how much?

after / before is the quotient of the two median times, with an interval of at least 95 % confidence. The bare loop
`for a, b in zip(u, v): total += a * b` shows whether the machine changed, because the code of this loop is always the same.
"""

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console

from benchmarks import machine, table
from benchmarks.answer import series
from benchmarks.intervals import Interval, interval, quotient
from benchmarks.limits import LOOP_LIMIT, MARGIN
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.results import Results, Row
from benchmarks.table import Table
from benchmarks.texts import digits, median_text, ratio_text

HEADINGS = ("operation", "network x batch", "", "before", "after", "after /\nbefore", "bare\nloop", "verdict")
NAMES = {LOOPS: "loops", MATRICES: "matrices"}
NOTE = (
    "slower: the whole interval of after / before is above 1.1, and its upper end is below the square of its lower end. "
    "faster: the same for before / after. no difference: the interval is between 1 / 1.1 and 1.1. "
    "unclear: all other rows, and all rows in which the machine changed: the bare loop took more than 1.1 times as long in one "
    "run as in the other. The interval shows how much the times varied within each run. It cannot show whether only the "
    "code was different in the two runs."
)
SETTINGS = ("processor", "blas", "kernel", "threads", "python", "numpy", "dtype")


class Change(NamedTuple):
    """The times of the loops or the matrices in one row: before, after, and the ratio after / before.

    bare_loop : the ratio after / before for the bare loop
    """

    row: Row
    name: str
    before: Interval
    after: Interval
    ratio: Interval
    bare_loop: float

    @property
    def verdict(self) -> str:
        """One of "slower", "faster", "no difference" and "unclear"."""
        if not 1 / MARGIN <= self.bare_loop <= MARGIN:
            return "unclear"
        _, low, high = self.ratio
        if low > MARGIN and low * low > high:
            return "slower"
        if high < 1 / MARGIN and high * high < low:
            return "faster"
        return "no difference" if low >= 1 / MARGIN and high <= MARGIN else "unclear"


def pairs(before: Results, after: Results) -> Iterator[tuple[Row, Row]]:
    """Yield pairs of rows that have the same operation, network and batch. Their precisions may differ."""
    earlier = {(row.operation, row.shape.label): row for row in before.rows_of("operations")}
    for row in after.rows_of("operations"):
        if old := earlier.get((row.operation, row.shape.label)):
            yield old, row


def changes(before: Results, after: Results) -> Iterator[Change]:
    """Yield the change of the loops and of the matrices in every pair of rows."""
    for old, new in pairs(before, after):
        for name in NAMES:
            if name in old.seconds and name in new.seconds:
                first, second = old.seconds[name], new.seconds[name]
                bare_loop = quotient(new.seconds[LOOP_LIMIT], old.seconds[LOOP_LIMIT]).middle
                yield Change(new, name, interval(first), interval(second), quotient(second, first), bare_loop)


def show(out: Console, before: Results, after: Results) -> None:
    """Print the comparison. Raises ValueError if no row is in both files."""
    all_changes = list(changes(before, after))
    if not all_changes:
        raise ValueError(
            "the files have no row in common; measure the same networks and operations, without --peers and --contender"
        )
    for name, results in (("before", before), ("after", after)):
        out.print(f"{name}: " + "\n".join(machine.lines(results.machine)), soft_wrap=True)
    if others := other_settings(before, after):
        out.print(f"warning: the files differ in {', '.join(others)}; a change of the times may come from this", soft_wrap=True)
    n_unclear = sum(change.verdict == "unclear" for change in all_changes)
    advice = [f"{n_unclear} of {len(all_changes)} rows are unclear: repeat both runs on an idle machine."] if n_unclear else []
    n_unpaired = len(before.rows_of("operations")) + len(after.rows_of("operations")) - 2 * len(list(pairs(before, after)))
    advice += [f"{n_unpaired} rows are in only one of the files."] if n_unpaired else []
    out.print(table.text_of(Table(HEADINGS, list(map(cells, all_changes)), notes=[NOTE, *advice])), soft_wrap=True)


def other_settings(before: Results, after: Results) -> list[str]:
    """Return the settings that differ between the files, with both values."""
    old, new = map(settings, (before, after))
    return [f"{name} ({old[name]} before, {new[name]} after)" for name in old if old[name] != new[name]]


def settings(results: Results) -> dict[str, str]:
    """Return the facts that may change the speed."""
    facts: dict[str, object] = {**results.machine, "threads": series([*map(str, results.machine["threads"])])}
    facts["dtype"] = series(sorted({row.shape.dtype for row in results.rows_of("operations")}))
    return {name: str(facts[name] or "unknown") for name in SETTINGS}


def cells(change: Change) -> list[str]:
    """Return a change as a row of texts."""
    times = [median_text(time) for time in (change.before, change.after)]
    ratios = ratio_text(change.ratio), digits(change.bare_loop)
    return [change.row.operation, change.row.shape.label, NAMES[change.name], *times, *ratios, change.verdict]
