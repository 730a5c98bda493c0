"""Regimes: ways to draw the weights and inputs of a case. Each regime reveals other mistakes.

Every number is a whole number of at most 12 bits times a power of two, so single precision holds it exactly.
"""

from collections.abc import Callable
from typing import TypeAlias

from reference.layout import Layout

Draw: TypeAlias = Callable[[], float]  # returns a random number of at least 0 and below 1
Numbers: TypeAlias = tuple[list[float], list[list[float]]]  # the weights and the rows of inputs
Regime: TypeAlias = Callable[[Draw, Layout, int], Numbers]  # the last argument is the number of rows of inputs


def numbers(draw: Draw, count: int, bits: int = 10, exponent: int = -9) -> list[float]:
    """Return `count` random whole numbers of at most `bits` bits and any sign, each times 2**exponent."""
    largest = 2**bits - 1
    return [(int(draw() * (2 * largest + 1)) - largest) * 2.0**exponent for _ in range(count)]


def rows(draw: Draw, count: int, size: int, bits: int = 10, exponent: int = -9) -> list[list[float]]:
    """Return `count` rows of `size` random numbers: see `numbers`."""
    return [numbers(draw, size, bits, exponent) for _ in range(count)]


def plain(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Draw weights and inputs between -2 and 2."""
    return numbers(draw, layout.n_weights), rows(draw, count, layout.n_inputs)


def integers(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Draw small whole numbers. With ReLU and identity, every operation is exact, and sums are often equal or exactly 0."""
    return numbers(draw, layout.n_weights, 1, 0), rows(draw, count, layout.n_inputs, 2, 0)


def tiny(exponent: int, *blocks: str) -> Regime:
    """Return a regime: draw as `plain` does, and multiply these blocks of the flat vector by 2**exponent."""

    def regime(draw: Draw, layout: Layout, count: int) -> Numbers:
        weights, inputs = plain(draw, layout, count)
        for block in blocks:
            for position in positions_of(layout)[block]:
                weights[position] *= 2.0**exponent
        return weights, inputs

    return regime


def positions_of(layout: Layout) -> dict[str, range]:
    """Return the positions of each block of the flat vector."""
    return {
        "ih_weights": range(layout.h_biases_at),
        "h_biases": range(layout.h_biases_at, layout.ho_weights_at),
        "ho_weights": range(layout.ho_weights_at, layout.o_biases_at),
        "o_biases": range(layout.o_biases_at, layout.n_weights),
    }


def large(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Draw numbers so large that hidden sums reach several tens: sigmoid and tanh saturate, softmax is nearly 0 or 1."""
    weights = [w * 2.0 for w in numbers(draw, layout.n_weights)]
    for position in range(layout.ho_weights_at):
        weights[position] *= 4
    return weights, rows(draw, count, layout.n_inputs)


def first_sum(weights: list[float], inputs: list[list[float]], layout: Layout, h: int) -> float:
    """Return the sum of a hidden node in the first sample, without the bias."""
    return sum(inputs[0][i] * weights[i * layout.n_hidden + h] for i in range(layout.n_inputs))


def cancelling(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Draw h biases that nearly cancel the other terms of the hidden sums in the first sample.

    The bias is 0 if the other terms add up to 8 or more, or to -8 or less.
    """
    weights, inputs = plain(draw, layout, count)
    for h in range(layout.n_hidden):
        total = first_sum(weights, inputs, layout, h)
        weights[layout.h_biases_at + h] = -round(total * 2.0**9) * 2.0**-9 if abs(total) < 8 else 0.0
    return weights, inputs


def sums_of_zero(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Draw small whole numbers with hidden sums of exactly 0 in the first sample, where ReLU has its kink."""
    weights, inputs = integers(draw, layout, count)
    for h in range(layout.n_hidden):
        weights[layout.h_biases_at + h] = 0.0 - first_sum(weights, inputs, layout, h)
    return weights, inputs


def one_hot_input(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Set one input to 1 and the others to 0. The hidden sums are then a row of the ih weights plus the h biases."""
    weights, inputs = plain(draw, layout, count)
    at = int(draw() * layout.n_inputs)
    return weights, [[float(i == at) for i in range(layout.n_inputs)] for _ in inputs]


def no_ho_weights(draw: Draw, layout: Layout, count: int) -> Numbers:
    """Set the ho weights to 0. The output sums are then the o biases."""
    weights, inputs = plain(draw, layout, count)
    weights[layout.ho_weights_at : layout.o_biases_at] = [0.0] * (layout.n_hidden * layout.n_outputs)
    return weights, inputs


REGIMES: dict[str, Regime] = {
    "plain": plain,
    "integers": integers,
    "outputs x 1e-9": tiny(-30, "ho_weights", "o_biases"),
    "sums of 0": sums_of_zero,
    "first layer x 1e-6": tiny(-20, "ih_weights", "h_biases"),
    "large": large,
    "cancelling": cancelling,
    "biases x 1e-9": tiny(-30, "h_biases", "o_biases"),
    "one-hot input": one_hot_input,
    "no ho weights": no_ho_weights,
}
