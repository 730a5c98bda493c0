"""The order in which training meets its samples: which batch holds which, in each epoch."""

import random
from collections.abc import Iterator
from itertools import repeat


def epoch_keys(n_samples: int, seed: int) -> Iterator[list[float]]:
    """Yield, epoch after epoch, one random number a sample; the order of the epoch is the samples sorted by them.

    >>> keys = next(epoch_keys(3, seed=1))
    >>> sorted(range(3), key=keys.__getitem__)
    [0, 2, 1]
    """
    draw = random.Random(seed).random
    while True:
        yield [draw() for _ in range(n_samples)]


def epoch_orders(n_samples: int, seed: int | None) -> Iterator[list[int]]:
    """Yield, epoch after epoch, the samples in the order of the epoch; without a seed always as they stand.

    >>> next(epoch_orders(3, seed=1))
    [0, 2, 1]
    """
    if seed is None:
        yield from repeat(list(range(n_samples)))
    else:
        for keys in epoch_keys(n_samples, seed):
            yield sorted(range(n_samples), key=keys.__getitem__)


def batch_bounds(n_samples: int, batch_size: int | None) -> list[tuple[int, int]]:
    """Return (start, end) of each batch in the order of an epoch; the last may be shorter, None is one batch of all.

    >>> batch_bounds(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    size = batch_size or n_samples
    return [(start, min(start + size, n_samples)) for start in range(0, n_samples, size)]
