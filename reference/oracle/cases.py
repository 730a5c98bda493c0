"""Draw cases: networks, each with a sample or a batch. The same seed gives the same cases on every platform.

The sizes of a case usually differ, because a square matrix can hide that it is transposed.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from reference.layout import Layout
from reference.oracle.regimes import REGIMES, Draw, numbers, positions_of
from reference.oracle.settings import Setting

ONE_OUTPUT_CASE = 7  # if sizes are random, only case 7 may have a softmax with one output
QUESTION_FIELDS = (
    "n_inputs", "n_hidden", "n_outputs", "hidden", "output", "loss", "reduction", "l2", "rule", "optimizer", "learning_rate",
    "steps", "weights", "inputs", "targets",
)  # fmt: skip


class Case(NamedTuple):
    """A network with inputs and targets. If `one`, the candidate gets its only sample as a flat list, not as a list of rows."""

    setting: Setting
    layout: Layout
    weights: list[float]
    inputs: list[list[float]]
    targets: list[list[float]]
    one: bool
    purpose: str
    path: tuple[tuple[float, ...], ...] = ()  # the candidate's weights after each step except the last

    def question(self) -> "Question":
        """Return the case as a candidate sees it: plain floats, and copies of all lists."""
        setting, layout = self.setting, self.layout
        fields = setting._asdict() | {name: getattr(layout, name) for name in ("n_inputs", "n_hidden", "n_outputs")}
        fields["optimizer"] = dict(setting.optimizer) if setting.optimizer else None
        fields["weights"] = list(self.weights)
        for name, rows in (("inputs", self.inputs), ("targets", self.targets)):
            fields[name] = list(rows[0]) if self.one else [list(row) for row in rows]
        return Question({name: fields[name] for name in QUESTION_FIELDS})

    def is_bias(self, position: int) -> bool:
        """Whether a position of the flat vector holds a bias."""
        return self.layout.name_of(position).startswith("b")


class Question(dict[str, Any]):
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
    """Yield cases. The functions in REGIMES draw the numbers in turn. The sizes are `sizes`, or random from 1 to 5."""
    draw = random.Random(seed).random
    for number in range(examples):
        min_outputs = 2 if setting.output == "softmax" and number != ONE_OUTPUT_CASE else 1
        layout = Layout(*(sizes or draw_sizes(draw, number, min_outputs)))
        purpose = list(REGIMES)[number % len(REGIMES)]
        weights, inputs = REGIMES[purpose](draw, layout, batch or 1)
        if not setting.biases:
            weights = without_biases(weights, layout)
        rows = [TARGETS_OF[targets](draw, setting, layout.n_outputs) for _ in inputs]
        yield Case(setting, layout, weights, inputs, rows, batch is None, purpose)


def without_biases(weights: list[float], layout: Layout) -> list[float]:
    """Return the flat vector with biases of 0."""
    positions = positions_of(layout)
    return [0.0 if at in positions["h_biases"] or at in positions["o_biases"] else w for at, w in enumerate(weights)]


def draw_sizes(draw: Draw, number: int, min_outputs: int) -> tuple[int, int, int]:
    """Return three random sizes, small in the first cases. If n_hidden equals another size, draw all three once more."""
    largest = 3 if number < 20 else 5
    sizes = [1 + int(draw() * largest) for _ in range(3)]
    if sizes[0] == sizes[1] or sizes[1] == sizes[2]:
        sizes = [1 + int(draw() * largest) for _ in range(3)]
    return sizes[0], sizes[1], max(sizes[2], min_outputs)


def usual_targets(draw: Draw, setting: Setting, n_outputs: int) -> list[float]:
    """Return the targets that people use with the loss.

    Cross-entropy has one-hot targets with softmax, zeros and ones with sigmoid. Squared errors have any numbers.
    """
    if setting.loss != "cross_entropy":
        return numbers(draw, n_outputs)
    if setting.output == "sigmoid":
        return [float(draw() < 0.5) for _ in range(n_outputs)]
    label = int(draw() * n_outputs)
    return [float(o == label) for o in range(n_outputs)]


def distributions(draw: Draw, setting: Setting, n_outputs: int) -> list[float]:
    """Return targets that add up to 1: each of 64 equal shares goes to a random output."""
    shares = [0.0] * n_outputs
    for _ in range(64):
        shares[int(draw() * n_outputs)] += 1 / 64
    return shares


def any_targets(draw: Draw, setting: Setting, n_outputs: int) -> list[float]:
    """Return targets with any sum: numbers between 0 and 1 for cross-entropy, else any numbers."""
    if setting.loss == "cross_entropy":
        return [int(draw() * 65) / 64 for _ in range(n_outputs)]
    return numbers(draw, n_outputs)


TARGETS_OF: dict[str, Callable[[Draw, Setting, int], list[float]]] = {
    "usual": usual_targets,
    "distribution": distributions,
    "any": any_targets,
}
