"""What the machine could do at best: the interpreter's bare loop, and the bare matrix products.

A pass is `limit / time` near its limit: the share of its time that is spent on what cannot be spared.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.shapes import Shape

TERMS, SUMS = 64, 100
LOOP_LIMIT, PRODUCT_LIMIT = f"bare loop of {TERMS * SUMS:,} multiply-adds", "bare products"


def bare_loop(n: int) -> float:
    """Add up n times 6,400 products, as Python does it when there is nothing else to do."""
    left, right = [0.5] * TERMS, [0.25] * TERMS
    total = 0.0
    for _ in range(n * SUMS):
        for a, b in zip(left, right):  # noqa: B905
            total += a * b
    return total


def bare_products(shape: Shape, operation: str) -> Callable[[int], None]:
    """Return a function that does n times the matrix products of an operation, into arrays that are there, and nothing else.

    inputs @ ih, h_nodes @ ho, and for a gradient o_deltas @ ho.T, h_nodes.T @ o_deltas, inputs.T @ h_deltas
    """
    draw = np.random.default_rng(0)

    def array(*size: int) -> Any:
        return draw.random(size).astype(shape.dtype)

    n_inputs, n_hidden, n_outputs = shape.sizes
    inputs, h, o = array(shape.n_samples, n_inputs), array(shape.n_samples, n_hidden), array(shape.n_samples, n_outputs)
    ih, ho = array(n_inputs, n_hidden), array(n_hidden, n_outputs)
    products = [(inputs, ih, np.empty_like(h)), (h, ho, np.empty_like(o))]
    if operation != "forward":
        products += [(o, ho.T, np.empty_like(h)), (h.T, o, np.empty_like(ho)), (inputs.T, h, np.empty_like(ih))]

    def multiply(n: int) -> None:
        for _ in range(n):
            for left, right, out in products:
                left.dot(right, out)

    return multiply
