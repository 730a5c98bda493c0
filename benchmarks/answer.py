"""The answer in words: from which size matrices win, how many times as fast they are, and how near both are to their limits."""

import math

from benchmarks.intervals import Interval, interval, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, SUMS, TERMS
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.results import Row
from benchmarks.texts import digits


def loops_over_matrices(row: Row) -> Interval:
    """Return the ratio of the loops' time to the matrices' time."""
    return ratio(row.seconds[LOOPS], row.seconds[MATRICES])


def loop_limit(row: Row) -> list[float]:
    """Return how many seconds the bare loop takes for as many multiply-adds, in each round."""
    return [t * row.multiply_adds / (TERMS * SUMS) for t in row.seconds[LOOP_LIMIT]]


def share_of_limit(row: Row, name: str) -> str:
    """Return the limit of the loops or of the matrices, in per cent of their own time."""
    limit = loop_limit(row) if name == LOOPS else row.seconds[PRODUCT_LIMIT]
    return f"{100 * ratio(limit, row.seconds[name]).middle:.0f} %"


def speed(row: Row) -> str:
    """Return the speed of the matrices, with two operations for each multiply-add."""
    return f"{digits(2 * row.multiply_adds / interval(row.seconds[MATRICES]).middle / 1e9)} GFLOP/s"


def timed_in(rows: list[Row]) -> list[Row]:
    """Return the rows in which both loops and matrices were timed."""
    return [row for row in rows if LOOPS in row.seconds and MATRICES in row.seconds]


def around_break_even(rows: list[Row]) -> tuple[Row, Row] | None:
    """Return the largest row with faster loops and the smallest with faster matrices. None if they are not in this order."""
    timed = timed_in(rows)
    low = max((row for row in timed if loops_over_matrices(row).high < 1), key=lambda row: row.multiply_adds, default=None)
    high = min((row for row in timed if loops_over_matrices(row).low > 1), key=lambda row: row.multiply_adds, default=None)
    return (low, high) if low and high and low.multiply_adds < high.multiply_adds else None


def break_even(rows: list[Row]) -> float | None:
    """Return the size at which both take equally long, interpolated in logarithms between two rows, or None."""
    if (ends := around_break_even(rows)) is None:
        return None
    low, high = (math.log(loops_over_matrices(row).middle) for row in ends)
    start, end = (row.multiply_adds for row in ends)
    return float(f"{start * (end / start) ** (-low / (high - low)):.0e}")


def sentences(rows: list[Row]) -> list[str]:
    """Return the answer for the rows of one operation, as sentences."""
    timed = timed_in(rows)
    won = [row for row in timed if loops_over_matrices(row).low > 1]
    examples = [won[at] for at in sorted({0, len(won) // 2, len(won) - 1})] if won else []
    texts = []
    if (ends := around_break_even(rows)) and (at := break_even(rows)):
        texts.append(f"Matrices are faster from about {at:,.0f} multiply-adds on.")
        texts.append(f"At {size(ends[0])} the loops are {digits(1 / loops_over_matrices(ends[0]).middle)} times as fast.")
    elif len(timed) > 1 and (not won or won == timed):
        texts.append(f"Matrices are faster at {'every' if won else 'no'} size that was measured.")
    elif len(timed) > 1:
        texts.append("This run does not show from which size on matrices are faster.")
    if examples:
        factors = [f"{factor(row)} times{' as fast' if row is examples[0] else ''} at {size(row)}" for row in examples]
        loops, matrices = (series([share_of_limit(row, name) for row in examples]) for name in (LOOPS, MATRICES))
        texts.append(f"The matrices are {series(factors)}.")
        where = "There" if len(examples) == 1 else f"At these {('two', 'three')[len(examples) - 2]} sizes"
        texts.append(
            f"{where}, a bare Python loop of as many multiply-adds would take {loops} of the time of the loops, "
            f"and the matrix products alone would take {matrices} of the time of the matrices."
        )
    if len(rows) > 1 and MATRICES in rows[-1].seconds:
        share, gflops = share_of_limit(rows[-1], MATRICES), speed(rows[-1])
        texts.append(f"At {size(rows[-1])} the products would take {share} of the time of the matrices, which reach {gflops}.")
    return texts


def size(row: Row) -> str:
    """Return the network and the batch of a row, with its multiply-adds."""
    return f"{row.shape.label} ({row.multiply_adds:,})"


def factor(row: Row) -> str:
    """Return how many times as fast the matrices are, as text without the interval."""
    times = loops_over_matrices(row)
    return digits(times.middle, times.spread * times.middle)


def series(texts: list[str]) -> str:
    """Return texts as a list in a sentence.

    >>> series(["a", "b", "c"]), series(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
