"""Mistakes that drop or repeat rows of a batch, for example when several processes share the batch."""

import math
from collections.abc import Callable
from itertools import pairwise

# takes the number of rows, and whether the loss is a mean; returns how often each row counts
Counts = Callable[[int, bool], list[float]]


def shares(n: int, parts: int) -> list[list[int]]:
    """Return the rows of each process. The first processes get one more row if the rows do not divide evenly."""
    few, more = divmod(n, parts)
    starts = [part * few + min(part, more) for part in range(parts + 1)]
    return [list(range(*pair)) for pair in pairwise(starts)]


def counts_of(rows: Callable[[int], list[int]]) -> Counts:
    """Return the `Counts` of a network that uses the rows in the list `rows(n)` if the batch has n rows.

    For a mean, the counts are scaled to add up to n. For an empty list, they are NaN.
    """

    def counts(n: int, mean: bool) -> list[float]:
        some = rows(n)
        return [some.count(s) * (n / len(some) if mean else 1.0) if some else math.nan for s in range(n)]

    return counts


def counts_in_shares(parts: int) -> dict[str, tuple[Counts, str]]:
    """Return the mistakes with this number of processes, by name: the counts, and the mistake in words."""
    mistakes: dict[str, tuple[Counts, str]] = {
        f"last_dropped_in_{parts}_shares": (
            counts_of(lambda n: list(range(n // parts * parts))),
            f"leaves out the last rows, which cannot be divided evenly among {parts} processes",
        ),
        f"padded_for_{parts}_shares": (
            counts_of(lambda n: [*range(n), *range(-n % parts)]),
            f"counts the first rows twice, so that {parts} processes have equally many rows",
        ),
        f"first_of_{parts}_shares": (
            counts_of(lambda n: shares(n, parts)[0]),
            f"uses only the rows of the first of {parts} processes",
        ),
        f"last_of_{parts}_shares": (
            counts_of(lambda n: shares(n, parts)[-1]),
            f"uses only the rows of the last of {parts} processes",
        ),
        f"one_in_{parts}": (
            counts_of(lambda n: list(range(0, n, parts))),
            f"uses only rows 0, {parts}, {2 * parts} and so on: the rows of one of {parts} processes that take turns",
        ),
        f"mean_of_means_of_{parts}_shares": (
            lambda n, mean: [n / parts / len(share) for share in shares(n, parts) for _ in share],
            f"is the mean of the means of {parts} processes, which have different numbers of rows",
        ),
    }
    return {name: (with_a_row_each(counts, parts), words) for name, (counts, words) in mistakes.items()}


def with_a_row_each(counts: Counts, parts: int) -> Counts:
    """Return counts that are NaN if a process has no row."""
    return lambda n, mean: counts(n, mean) if n >= parts else [math.nan] * n


ROWS = {
    "first": (counts_of(lambda n: [0]), "uses only the first row"),
    "last": (counts_of(lambda n: [n - 1]), "uses only the last row"),
    "all_but_the_first": (counts_of(lambda n: list(range(1, n))), "leaves out the first row"),
    **counts_in_shares(2),
    **counts_in_shares(3),
    **counts_in_shares(4),
}
