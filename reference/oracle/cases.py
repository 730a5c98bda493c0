"""Cases: a network, a sample or a batch, and what is asked; drawn from a seed, the same on every platform.

Every number is a whole number of at most 12 bits times a power of two, so it is exact in single precision as well,
and the three sizes are drawn independently, so that a transposed factor cannot hide in a square.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from reference.layout import Layout

Draw = Callable[[], float]
ALONE = 7  # the one case in which a softmax has a single output
CANDIDATES_SEE = (
    "n_inputs",
    "n_hidden",
    "n_outputs",
    "hidden",
    "output",
    "loss",
    "reduction",
    "l2",
    "rule",
    "optimizer",
    "learning_rate",
    "steps",
    "weights",
    "inputs",
    "targets",
)


class Setting(NamedTuple):
    """What does not vary from case to case: functions, loss, rule, optimizer."""

    hidden: str = "sigmoid"
    output: str = "softmax"
    loss: str = "cross_entropy"
    reduction: str = "mean"
    l2: float = 0.0
    rule: str = "backpropagation"
    optimizer: dict[str, Any] | None = None
    learning_rate: float = 0.125
    biases: bool = True
    steps: int = 1


class Case(NamedTuple):
    """One question: rows of inputs and targets, or one sample of them where `one` is set."""

    setting: Setting
    layout: Layout
    weights: list[float]
    inputs: list[list[float]]
    targets: list[list[float]]
    one: bool
    purpose: str
    path: tuple[tuple[float, ...], ...] = ()  # the weights a candidate answered after each step but the last

    def asked(self) -> "Asked":
        """Return what a candidate sees: plain floats and lists of its own."""
        setting, layout = self.setting, self.layout
        fields = setting._asdict() | {"n_inputs": layout.n_inputs, "n_hidden": layout.n_hidden, "n_outputs": layout.n_outputs}
        del fields["biases"]
        fields["optimizer"] = dict(setting.optimizer) if setting.optimizer else None
        fields["weights"] = list(self.weights)
        for name, rows in (("inputs", self.inputs), ("targets", self.targets)):
            fields[name] = list(rows[0]) if self.one else [list(row) for row in rows]
        return Asked({name: fields[name] for name in CANDIDATES_SEE})


class Asked(dict[str, Any]):
    """A case as a candidate sees it: `case.weights` and `case["weights"]` are the same."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"a case has no {name!r}; it has {', '.join(self)}") from None


def cases(
    setting: Setting,
    *,
    examples: int = 200,
    seed: int = 0,
    batch: int | None = None,
    sizes: tuple[int, int, int] | None = None,
    targets: str = "usual",
) -> Iterator[Case]:
    """Yield so many cases: every regime in turn, sizes from 1 to 5; a softmax has two outputs at least, but for one case."""
    draw = random.Random(seed).random
    for number in range(examples):
        layout = Layout(*(sizes or drawn_sizes(draw, number, 2 if setting.output == "softmax" and number != ALONE else 1)))
        purpose = list(REGIMES)[number % len(REGIMES)]
        weights, inputs = REGIMES[purpose](draw, layout, batch or 1)
        if not setting.biases:
            for position in (*range(layout.h_biases_at, layout.ho_weights_at), *range(layout.o_biases_at, layout.n_weights)):
                weights[position] = 0.0
        rows = [TARGETS_OF[targets](draw, setting, layout.n_outputs) for _ in inputs]
        yield Case(setting, layout, weights, inputs, rows, batch is None, purpose)


def drawn_sizes(draw: Draw, number: int, n_outputs: int = 1) -> tuple[int, int, int]:
    """Return three sizes; the first cases stay small, and two equal neighbours are drawn again half of the time."""
    largest = 3 if number < 20 else 5
    sizes = [1 + int(draw() * largest) for _ in range(3)]
    if sizes[0] == sizes[1] or sizes[1] == sizes[2]:
        sizes = [1 + int(draw() * largest) for _ in range(3)]
    return sizes[0], sizes[1], max(sizes[2], n_outputs)


def whole(draw: Draw, largest: int) -> int:
    """Return a whole number from -largest to largest."""
    return int(draw() * (2 * largest + 1)) - largest


def numbers(draw: Draw, count: int, bits: int = 10, exponent: int = -9) -> list[float]:
    """Return so many numbers of so many bits, times 2**exponent."""
    return [whole(draw, 2**bits - 1) * 2.0**exponent for _ in range(count)]


def rows(draw: Draw, count: int, size: int, bits: int = 10, exponent: int = -9) -> list[list[float]]:
    """Return rows of such numbers."""
    return [numbers(draw, size, bits, exponent) for _ in range(count)]


Drawn = tuple[list[float], list[list[float]]]


def plain(draw: Draw, layout: Layout, count: int) -> Drawn:
    """Weights and inputs between -2 and 2."""
    return numbers(draw, layout.n_weights), rows(draw, count, layout.n_inputs)


def integers(draw: Draw, layout: Layout, count: int) -> Drawn:
    """Small whole numbers: with ReLU and identity every operation is exact; ties, and sums of exactly 0."""
    return numbers(draw, layout.n_weights, 1, 0), rows(draw, count, layout.n_inputs, 2, 0)


def scaled_block(first: str, last: str, exponent: int) -> Callable[[Draw, Layout, int], Drawn]:
    """Return a regime in which the weights of one part of the flat vector are tiny."""

    def regime(draw: Draw, layout: Layout, count: int) -> Drawn:
        ends = {"start": 0, "h_biases": layout.h_biases_at, "ho_weights": layout.ho_weights_at, "o_biases": layout.o_biases_at}
        weights, inputs = plain(draw, layout, count)
        for position in range(ends[first], ends.get(last, layout.n_weights)):
            weights[position] *= 2.0**exponent
        return weights, inputs

    return regime


def tiny_biases(draw: Draw, layout: Layout, count: int) -> Drawn:
    """Biases of some 1e-9 beside weights of 1."""
    weights, inputs = scaled_block("h_biases", "ho_weights", -30)(draw, layout, count)
    for position in range(layout.o_biases_at, layout.n_weights):
        weights[position] *= 2.0**-30
    return weights, inputs


def large(draw: Draw, layout: Layout, count: int) -> Drawn:
    """Hidden sums of some tens: logistic and tanh at their ends, softmax near 0 and 1."""
    weights = [w * 2.0 for w in numbers(draw, layout.n_weights)]
    for position in range(layout.ho_weights_at):
        weights[position] *= 4
    return weights, rows(draw, count, layout.n_inputs)


def cancelling(draw: Draw, layout: Layout, count: int) -> Drawn:
    """Terms that all but cancel, so that rounding is all that differs."""
    weights, inputs = plain(draw, layout, count)
    for h in range(layout.n_hidden):
        total = sum(inputs[0][i] * weights[i * layout.n_hidden + h] for i in range(layout.n_inputs))
        weights[layout.h_biases_at + h] = -round(total * 2.0**9) * 2.0**-9 if abs(total) < 8 else 0.0
    return weights, inputs


def sums_of_zero(draw: Draw, layout: Layout, count: int) -> Drawn:
    """Small whole numbers whose hidden sums are exactly 0 in the first sample: there the slope of the ReLU is 0."""
    weights, inputs = integers(draw, layout, count)
    for h in range(layout.n_hidden):
        total = sum(inputs[0][i] * weights[i * layout.n_hidden + h] for i in range(layout.n_inputs))
        weights[layout.h_biases_at + h] = 0.0 - total
    return weights, inputs


def one_hot_input(draw: Draw, layout: Layout, count: int) -> Drawn:
    """A single input of 1: the sums are a row of the ih weights and the biases."""
    weights, inputs = plain(draw, layout, count)
    at = int(draw() * layout.n_inputs)
    return weights, [[float(i == at) for i in range(layout.n_inputs)] for _ in inputs]


def no_ho_weights(draw: Draw, layout: Layout, count: int) -> Drawn:
    """No ho weights: the output sums are the o biases."""
    weights, inputs = plain(draw, layout, count)
    weights[layout.ho_weights_at : layout.o_biases_at] = [0.0] * (layout.n_hidden * layout.n_outputs)
    return weights, inputs


REGIMES: dict[str, Callable[[Draw, Layout, int], Drawn]] = {
    "plain": plain,
    "integers": integers,
    "outputs x 1e-9": scaled_block("ho_weights", "end", -30),
    "sums of 0": sums_of_zero,
    "first layer x 1e-6": scaled_block("start", "ho_weights", -20),
    "large": large,
    "cancelling": cancelling,
    "biases x 1e-9": tiny_biases,
    "one-hot input": one_hot_input,
    "no ho weights": no_ho_weights,
}


def usual_targets(draw: Draw, setting: Setting, n_outputs: int) -> list[float]:
    """Return what people use the loss with: a class, zeros and ones for sigmoid outputs, or numbers for squared errors."""
    if setting.loss != "cross_entropy":
        return numbers(draw, n_outputs)
    if setting.output == "sigmoid":
        return [float(draw() < 0.5) for _ in range(n_outputs)]
    label = int(draw() * n_outputs)
    return [float(o == label) for o in range(n_outputs)]


def distributions(draw: Draw, setting: Setting, n_outputs: int) -> list[float]:
    """Return targets that add up to 1: sixty-four equal shares, each given to one of the outputs."""
    shares = [0.0] * n_outputs
    for _ in range(64):
        shares[int(draw() * n_outputs)] += 1 / 64
    return shares


def any_targets(draw: Draw, setting: Setting, n_outputs: int) -> list[float]:
    """Return numbers of any sum: between 0 and 1 for a cross-entropy, which is defined there for sigmoid outputs."""
    if setting.loss == "cross_entropy":
        return [int(draw() * 65) / 64 for _ in range(n_outputs)]
    return numbers(draw, n_outputs)


TARGETS_OF: dict[str, Callable[[Draw, Setting, int], list[float]]] = {
    "usual": usual_targets,
    "distribution": distributions,
    "any": any_targets,
}
