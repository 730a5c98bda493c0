"""The order of the samples in each epoch of training, and the bounds of the batches."""

import random
from collections.abc import Iterator
from itertools import repeat


def epoch_keys(n_samples: int, seed: int) -> Iterator[list[float]]:
    """Yield for each epoch one random number for each sample. Sorting the samples by these numbers gives their order.

    >>> keys = next(epoch_keys(3, seed=1))
    >>> sorted(range(3), key=keys.__getitem__)
    [0, 2, 1]
    """
    draw = random.Random(seed).random
    while True:
        yield [draw() for _ in range(n_samples)]


def epoch_orders(n_samples: int, seed: int | None) -> Iterator[list[int]]:
    """Yield for each epoch the indices of the samples in a new random order. If seed is None, the order is 0, 1, 2, ...

    >>> next(epoch_orders(3, seed=1))
    [0, 2, 1]
    """
    if seed is None:
        yield from repeat(list(range(n_samples)))
    else:
        for keys in epoch_keys(n_samples, seed):
            yield sorted(range(n_samples), key=keys.__getitem__)


def batch_bounds(n_samples: int, batch_size: int | None) -> list[tuple[int, int]]:
    """Return (start, end) of each batch. The last batch may be shorter. batch_size=None puts all samples in one batch.

    >>> batch_bounds(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    size = batch_size or n_samples
    return [(start, min(start + size, n_samples)) for start in range(0, n_samples, size)]
