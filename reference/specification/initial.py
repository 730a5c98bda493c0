"""Initial weights: the same numbers on every platform and Python version.

All randomness comes from `random.Random(seed).random()`. Python guarantees that these numbers never change. Numbers from a
normal distribution are rounded to multiples of 2**-32, because the last digit of math.log may differ between platforms.
"""

import math
import random
from collections.abc import Callable

from reference.layout import Layout
from reference.specification.names import INITS, one_of
from reference.specification.parameters import fits_in_memory, whole_number


def initial_weights(n_inputs: int, n_hidden: int, n_outputs: int, scheme: str = "glorot_uniform", seed: int = 0) -> list[float]:
    """Return the flat vector of initial weights. Biases are 0, except with the scheme `ramp`.

    Parameters
    ----------
    n_inputs, n_hidden, n_outputs : sizes, at least 1
    scheme : one of

        glorot_uniform    uniform within +-sqrt(6 / (fan_in + fan_out))
        he_normal         normal, mean 0, variance 2 / fan_in
        truncated_normal  normal, mean 0, sd 1, cut at +-1/sqrt(fan_in): document 000
        uniform           uniform within +-1/2: document 002
        unit_uniform      uniform in [0, 1): document 003
        normal            normal, mean 0, sd 1: document 004
        ramp              0.01, 0.02, 0.03, ...: document 001

        A layer leads from fan_in nodes to fan_out nodes. sd is the standard deviation.
    seed : whole number >= 0

    Returns
    -------
    list of float, length n_weights. The ih weights are drawn first, then the ho weights, in the order of the flat vector.

    Raises
    ------
    ValueError
        if the scheme is unknown, a size or the seed is invalid, or the weights do not fit in memory.

    >>> initial_weights(3, 4, 2, "ramp")[-2:]
    [0.25, 0.26]
    >>> initial_weights(1, 1, 1, "uniform", seed=7)
    [-0.17616723516683763, 0.0, -0.3491508260754981, 0.0]
    """
    layout = Layout(n_inputs, n_hidden, n_outputs)
    one_of(INITS, scheme, "init")
    fits_in_memory(layout, bytes_per_weight=32)
    draw = random.Random(whole_number(seed, "seed")).random
    if scheme == "ramp":
        return [number / 100 for number in range(1, layout.n_weights + 1)]
    ih_weights = block(scheme, draw, layout.n_inputs, layout.n_hidden)
    ho_weights = block(scheme, draw, layout.n_hidden, layout.n_outputs)
    return ih_weights + [0.0] * layout.n_hidden + ho_weights + [0.0] * layout.n_outputs


def block(scheme: str, draw: Callable[[], float], fan_in: int, fan_out: int) -> list[float]:
    """Return the fan_in * fan_out weights of one layer."""
    count = range(fan_in * fan_out)
    if scheme == "glorot_uniform":
        limit = math.sqrt(6 / (fan_in + fan_out))
        return [(2 * draw() - 1) * limit for _ in count]
    if scheme == "he_normal":
        deviation = math.sqrt(2 / fan_in)
        return [normal(draw) * deviation for _ in count]
    if scheme == "truncated_normal":
        return [truncated_normal(draw, 1 / math.sqrt(fan_in)) for _ in count]
    if scheme == "uniform":
        return [draw() - 0.5 for _ in count]
    if scheme == "unit_uniform":
        return [draw() for _ in count]
    return [normal(draw) for _ in count]


def multiple(x: float) -> float:
    """Return x rounded to a multiple of 2**-32."""
    return round(x * 2**32) / 2**32


def normal(draw: Callable[[], float]) -> float:
    """Return a random number from the normal distribution with mean 0 and sd 1.

    The Box-Muller formula is sqrt(-2 ln r) * cos(2 pi q), with uniform random numbers r in (0, 1] and q in [0, 1).
    """
    radius = math.sqrt(-2 * math.log(1 - draw()))
    return multiple(radius * math.cos(2 * math.pi * draw()))


def truncated_normal(draw: Callable[[], float], cut: float) -> float:
    """Return a random number from the standard normal distribution, within +-cut.

    Draw x uniformly within +-cut, and keep it with probability e**(-x**2 / 2). Otherwise draw again.
    """
    while True:
        x = multiple((2 * draw() - 1) * cut)
        if draw() < math.exp(-x * x / 2) and abs(x) <= cut:
            return x
