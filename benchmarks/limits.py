"""Two computations that only do the necessary arithmetic: a bare Python loop, and the bare matrix products.

Their times are called limits, because a network can hardly be faster.
"""

import numpy as np

from benchmarks.measure import Work, seconds_of
from benchmarks.problem import Array
from benchmarks.shapes import Shape

TERMS, SUMS = 64, 100
MARGIN = 1.1  # times that differ by at most this factor count as equal
LOOP_LIMIT, PRODUCT_LIMIT = f"bare loop of {TERMS * SUMS:,} multiply-adds", "bare products"


def bare_loop(n: int) -> float:
    """Add up 6,400 products n times, in the simplest Python loop."""
    left, right = [0.5] * TERMS, [0.25] * TERMS
    total = 0.0
    for _ in range(n * SUMS):
        for a, b in zip(left, right):  # noqa: B905
            total += a * b
    return total


def loop_seconds() -> float:
    """Estimate the seconds of a multiply-add in `reference`: 1.3 times the seconds of a multiply-add in the bare loop."""
    return 1.3 * min(seconds_of(bare_loop, 5) for _ in range(3)) / (5 * SUMS * TERMS)


def products_of(operation: str, shape: Shape) -> list[tuple[Array, Array, Array]]:
    """Return the left matrix, right matrix and result array of every matrix product of an operation.

    Forward: inputs @ ih, h_nodes @ ho. Backward: o_deltas @ ho.T, h_nodes.T @ o_deltas, inputs.T @ h_deltas.
    """
    draw = np.random.default_rng(0)

    def array(*size: int) -> Array:
        return draw.random(size).astype(shape.dtype)

    n_inputs, n_hidden, n_outputs = shape.sizes
    inputs, h, o = array(shape.n_samples, n_inputs), array(shape.n_samples, n_hidden), array(shape.n_samples, n_outputs)
    ih, ho = array(n_inputs, n_hidden), array(n_hidden, n_outputs)
    products = [(inputs, ih, np.empty_like(h)), (h, ho, np.empty_like(o))]
    if operation != "forward":
        products += [(o, ho.T, np.empty_like(h)), (h.T, o, np.empty_like(ho)), (inputs.T, h, np.empty_like(ih))]
    return products


def bare_products(operation: str, shape: Shape) -> Work:
    """Return a function that computes the matrix products of an operation n times. An epoch repeats the products of a step."""
    products = products_of(operation, shape)

    def multiply(n: int) -> None:
        for _ in range(n):
            for left, right, out in products:
                left.dot(right, out)

    if operation == "epoch":
        return lambda n: multiply(n * shape.multiply_adds("epoch") // shape.multiply_adds("step"))
    return multiply
