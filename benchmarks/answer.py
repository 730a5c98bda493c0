"""The answer in words: from which size on matrices are faster, by what factor, and how long the arithmetic alone would take."""

from itertools import takewhile

from benchmarks.intervals import Interval, interval, ratio
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT, SUMS, TERMS
from benchmarks.lines import LOOPS, MATRICES
from benchmarks.results import Row
from benchmarks.texts import digits


def loops_over_matrices(row: Row) -> Interval:
    """Return the ratio of the loops' time to the matrices' time."""
    return ratio(row.seconds[LOOPS], row.seconds[MATRICES])


def loop_limit(row: Row) -> list[float]:
    """Return the seconds that a bare Python loop would take for the multiply-adds of the row, in each round."""
    return [t * row.multiply_adds / (TERMS * SUMS) for t in row.seconds[LOOP_LIMIT]]


def share_of_limit(row: Row, name: str) -> str:
    """Return the ratio of two times in per cent: bare loop / loops, or bare matrix products / matrices."""
    limit = loop_limit(row) if name == LOOPS else row.seconds[PRODUCT_LIMIT]
    return f"{100 * ratio(limit, row.seconds[name]).middle:.0f} %"


def speed(row: Row) -> str:
    """Return the speed of the matrices as text. A multiply-add counts as two operations."""
    return f"{digits(2 * row.multiply_adds / interval(row.seconds[MATRICES]).middle / 1e9)} GFLOP/s"


def timed_in(rows: list[Row]) -> list[Row]:
    """Return the rows in which both loops and matrices were timed."""
    return [row for row in rows if LOOPS in row.seconds and MATRICES in row.seconds]


def clear_sides(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Sort rows by size. Return the first rows, in which the loops are faster, and the last, in which the matrices are faster.

    Faster means that the whole interval of loops / matrices is on one side of 1.
    """
    ascending = sorted(timed_in(rows), key=lambda row: row.multiply_adds)
    loops = list(takewhile(lambda row: loops_over_matrices(row).high < 1, ascending))
    matrices = list(takewhile(lambda row: loops_over_matrices(row).low > 1, reversed(ascending)))
    return loops, matrices[::-1]


def sides(where: str, rows: list[Row]) -> list[str]:
    """Return sentences: up to which size the loops are faster, and from which size on the matrices are faster."""
    timed, (loops, matrices) = timed_in(rows), clear_sides(rows)
    parts = [f"the loops are faster up to {size(loops[-1])}"] if loops else []
    if matrices:
        everywhere = "at every measured size, " if len(matrices) == len(timed) else ""
        parts.append(f"the matrices are faster {everywhere}from {size(matrices[0])} on")
    texts = [f"{where}, {series(parts or ['this run does not show which are faster'])}."] if len(timed) > 1 else []
    if loops:
        texts.append(f"At {size(loops[-1])} the loops are {digits(1 / loops_over_matrices(loops[-1]).middle)} times as fast.")
    return texts


def sentences(rows: list[Row]) -> list[str]:
    """Return the answer for the rows of one operation, as sentences."""
    rows = sorted(rows, key=lambda row: row.multiply_adds)
    wins = [row for row in timed_in(rows) if loops_over_matrices(row).low > 1]
    examples = [wins[at] for at in sorted({0, len(wins) // 2, len(wins) - 1})] if wins else []
    texts = sides("For one sample", [row for row in rows if row.shape.n_samples == 1])
    texts += sides("In larger batches", [row for row in rows if row.shape.n_samples > 1])
    if examples:
        factors = [f"{factor(row)} times{' as fast' if row is examples[0] else ''} at {size(row)}" for row in examples]
        loops, matrices = (series([share_of_limit(row, name) for row in examples]) for name in (LOOPS, MATRICES))
        texts.append(f"The matrices are {series(factors)}.")
        where = "At this size" if len(examples) == 1 else f"At these {('two', 'three')[len(examples) - 2]} sizes"
        texts.append(
            f"{where}, a bare Python loop with the same number of multiply-adds would take {loops} of the time of the loops, "
            f"and the matrix products alone would take {matrices} of the time of the matrices."
        )
    if len(rows) > 1 and MATRICES in rows[-1].seconds:
        share, gflops = share_of_limit(rows[-1], MATRICES), speed(rows[-1])
        texts.append(f"At {size(rows[-1])} the products would take {share} of the time of the matrices, which reach {gflops}.")
    return texts


def size(row: Row) -> str:
    """Return the label and the multiply-adds of a row, for example "3-4-2 x1 (48)"."""
    return f"{row.shape.label} ({row.multiply_adds:,})"


def factor(row: Row) -> str:
    """Return how many times as fast the matrices are, without the interval."""
    times = loops_over_matrices(row)
    return digits(times.middle, times.spread * times.middle)


def series(texts: list[str]) -> str:
    """Return texts as a list in a sentence.

    >>> series(["a", "b", "c"]), series(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
