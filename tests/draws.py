"""Random cases: networks, samples and settings. Their numbers differ so much in size that no fixed tolerance fits all cases.

The number of a case is the seed of its random numbers, so a case can be drawn again by its number.
"""

import random
import struct
from typing import NamedTuple

from reference.specification.names import HIDDEN, LOSSES, OUTPUT, REDUCTIONS, RULES, SQUARED_ERRORS

# How the numbers of a case are chosen.
REGIMES = ("plain", "outputs x1e-9", "first layer x1e-6", "large", "cancelling", "biases x1e-9", "underflowing", "overflowing")
PRECISIONS = ("float64", "float32")
LINEAR = ("relu", "leaky_relu", "identity")  # linear on either side of 0


class Draw(NamedTuple):
    """A case. Each number is exact in `precision`."""

    number: int
    regime: str
    precision: str
    n_inputs: int
    n_hidden: int
    n_outputs: int
    hidden: str
    output: str
    loss: str
    reduction: str
    l2: float
    rule: str
    weights: list[float]
    inputs: list[list[float]]
    targets: list[list[float]]


def to_single(x: float) -> float:
    """Return the single-precision number nearest to x, as a float."""
    return struct.unpack("f", struct.pack("f", x))[0]


def draw(number: int, regime: str | None = None, precision: str | None = None) -> Draw:
    """Return the case with this number. By default, consecutive numbers go through all regimes in both precisions."""
    rng = random.Random(number)
    precision = precision or PRECISIONS[number % 2]
    regime = regime or REGIMES[number // 2 % len(REGIMES)]
    sizes = rng.sample(range(1, 7), 3) if rng.random() < 0.9 else [rng.randrange(1, 7)] * 3
    functions = LINEAR if regime == "overflowing" else OUTPUT  # exp of such sums is too large even for Decimal
    output = rng.choice(functions)
    loss = rng.choice(LOSSES if output in ("softmax", "sigmoid") else SQUARED_ERRORS)
    if regime == "overflowing":  # whether another loss overflows depends on when it divides
        loss = "squared_error"
    scales, ih, hb, ho, ob = scales_of(rng, regime, precision), *blocks(rng, *sizes)
    inputs = [[draw_input(rng) for _ in range(sizes[0])] for _ in range(rng.randrange(1, 4))]
    if regime == "cancelling":
        cancel(rng, inputs, ih, hb, ho, ob)
    parts = (*((row, scales[0]) for row in ih), (hb, scales[1]), *((row, scales[2]) for row in ho), (ob, scales[3]))
    fit = to_single if precision == "float32" else float
    return Draw(
        number,
        regime,
        precision,
        *sizes,
        rng.choice([name for name in functions if name in HIDDEN]),
        output,
        loss,
        rng.choice(REDUCTIONS),
        fit(rng.choice((0.0, rng.random()))),
        rng.choice(RULES) if rng.random() < 0.4 else RULES[0],
        [fit(w * scale) for row, scale in parts for w in row],
        [[fit(x * scales[4]) for x in row] for row in inputs],
        [[fit(t) for t in draw_targets(rng, sizes[2])] for _ in inputs],
    )


def draw_wide(number: int, n_inputs: int, n_hidden: int, precision: str) -> Draw:
    """Return a plain case with 3 outputs and one sample. A weight is about 1/sqrt(n), for a sum of n terms."""
    rng = random.Random(number)
    fit = to_single if precision == "float32" else float
    weights = [rng.gauss(0, 1) / n_inputs**0.5 for _ in range((n_inputs + 1) * n_hidden)]
    weights += [rng.gauss(0, 1) / n_hidden**0.5 for _ in range((n_hidden + 1) * 3)]
    names = "tanh", "softmax", "cross_entropy", "mean", 0.0, RULES[0]
    inputs, targets = [[fit(rng.gauss(0, 1)) for _ in range(n_inputs)]], [[0.0, 1.0, 0.0]]
    sizes = n_inputs, n_hidden, 3
    return Draw(number, "plain", precision, *sizes, *names, [fit(w) for w in weights], inputs, targets)


def blocks(rng: random.Random, n_inputs: int, n_hidden: int, n_outputs: int) -> tuple[list, list, list, list]:
    """Return ih weights, h biases, ho weights and o biases of size about 1."""
    ih = [[rng.gauss(0, 1) for _ in range(n_hidden)] for _ in range(n_inputs)]
    ho = [[rng.gauss(0, 1) for _ in range(n_outputs)] for _ in range(n_hidden)]
    return ih, [rng.gauss(0, 1) for _ in range(n_hidden)], ho, [rng.gauss(0, 1) for _ in range(n_outputs)]


def scales_of(rng: random.Random, regime: str, precision: str) -> tuple[float, ...]:
    """Return factors for ih weights, h biases, ho weights, o biases and inputs."""
    if regime == "large":
        return (10 ** rng.uniform(0.5, 3), 10 ** rng.uniform(0.5, 3), 10 ** rng.uniform(0.5, 3), 10 ** rng.uniform(0.5, 3), 1)
    if regime == "underflowing":  # products of an input and a weight are close to the smallest positive number
        small = 2.0 ** -round((149 if precision == "float32" else 1074) * rng.uniform(0.4, 0.52))
        return (small, small * small, rng.choice((1, small)), small, small)
    if regime == "overflowing":  # some sums, or their squares, are beyond the largest number
        large = 2.0 ** round((64 if precision == "float32" else 512) * rng.uniform(0.3, 1.02))
        return (large, large, rng.choice((1, large)), large, large)
    scales: dict[str, tuple[float, ...]] = {
        "outputs x1e-9": (1, 1, 1e-9, 1e-9, 1),
        "first layer x1e-6": (1e-6, 1e-6, 1, 1, 1),
        "biases x1e-9": (1, 1e-9, 1, 1e-9, 1),
    }
    return scales.get(regime, (1, 1, 1, 1, 1))


def cancel(rng: random.Random, inputs: list, ih: list, hb: list, ho: list, ob: list) -> None:
    """Change inputs and weights so that most terms of a sum come in pairs that nearly cancel."""
    for i in range(1, len(ih), 2):
        for row in inputs:
            row[i] = row[i - 1]
        ih[i] = [-w * (1 + nearly_0(rng)) for w in ih[i - 1]]
    hb[:] = [nearly_0(rng) for _ in hb]
    for h in range(1, len(hb), 2):
        for row in (*ih, hb):
            row[h] = row[h - 1]
        ho[h] = [-w * (1 + nearly_0(rng)) for w in ho[h - 1]]
    ob[:] = [nearly_0(rng) for _ in ob]


def nearly_0(rng: random.Random) -> float:
    return rng.choice((0.0, rng.uniform(-1, 1) * 10 ** -rng.uniform(0, 17)))


def draw_input(rng: random.Random) -> float:
    return rng.choice((0.0, 1.0, *(rng.gauss(0, 2) for _ in range(8))))


def draw_targets(rng: random.Random, n_outputs: int) -> list[float]:
    """Return a one-hot target, numbers from 0 to 1, or numbers of either sign."""
    kind = rng.randrange(3)
    if kind == 0:
        target = rng.randrange(n_outputs)
        return [float(o == target) for o in range(n_outputs)]
    return [rng.random() if kind == 1 else rng.gauss(0, 2) for _ in range(n_outputs)]
