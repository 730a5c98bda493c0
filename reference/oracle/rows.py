"""How often each row of a batch counts, where not each counts once: rows dropped, padded, shared out to processes."""

import math
from collections.abc import Callable
from itertools import pairwise

Counts = Callable[[int, bool], list[float]]  # of the number of rows, and whether their mean is taken


def shares(n: int, parts: int) -> list[list[int]]:
    """Return the rows of each process, the first ones with one more."""
    few, more = divmod(n, parts)
    starts = [part * few + min(part, more) for part in range(parts + 1)]
    return [list(range(*pair)) for pair in pairwise(starts)]


def counted(n: int, rows: list[int], mean: bool) -> list[float]:
    """Return how often each row counts; for a mean they are shares of the rows that there are. NaN where none is left."""
    if not rows:
        return [math.nan] * n
    return [rows.count(s) * (n / len(rows) if mean else 1.0) for s in range(n)]


def taking(rows: Callable[[int], list[int]]) -> Counts:
    """Return the counts where these rows are taken."""
    return lambda n, mean: counted(n, rows(n), mean)


def mean_of_means(parts: int) -> Counts:
    """Return the counts where the mean of every share is taken, and then the mean of these."""
    return lambda n, mean: [n / parts / len(share) for share in shares(n, parts) for _ in share]


ROWS: dict[str, tuple[Counts, str]] = {
    "first": (taking(lambda n: [0]), "is that of the first row alone"),
    "last": (taking(lambda n: [n - 1]), "is that of the last row (sample) alone"),
    "all_but_the_first": (taking(lambda n: list(range(1, n))), "leaves the first row out"),
}
for parts in (2, 3, 4):
    taken: dict[str, tuple[Callable[[int], list[int]], str]] = {
        f"last_dropped_in_{parts}_shares": (
            lambda n, parts=parts: list(range(n // parts * parts)),  # type: ignore[misc]
            "leaves the last rows out, which fill no whole share",
        ),
        f"padded_for_{parts}_shares": (
            lambda n, parts=parts: [*range(n), *range(-n % parts)],  # type: ignore[misc]
            "counts padding rows: the first rows are counted twice",
        ),
        f"first_of_{parts}_shares": (
            lambda n, parts=parts: shares(n, parts)[0],  # type: ignore[misc]
            "is that of the rows of the first process (share) alone",
        ),
        f"last_of_{parts}_shares": (
            lambda n, parts=parts: shares(n, parts)[-1],  # type: ignore[misc]
            "is that of the rows of the last process (share) alone",
        ),
        f"one_in_{parts}": (
            lambda n, parts=parts: list(range(0, n, parts)),  # type: ignore[misc]
            "takes only some of the rows, as if every process had the same rows",
        ),
    }
    ROWS |= {name: (taking(rows), words) for name, (rows, words) in taken.items()}
    words = "is the mean of the means of unequal shares, as of several processes"
    ROWS[f"mean_of_means_of_{parts}_shares"] = (mean_of_means(parts), words)
