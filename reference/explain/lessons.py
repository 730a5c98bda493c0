"""The worked examples, and the lessons: a lesson is the data of one example on the page."""

import re
from collections.abc import Callable
from typing import Any

from reference.datasets import gate
from reference.datasets.scales import Scaling
from reference.explain.history import Moment
from reference.explain.subject import TITLE_001, Subject
from reference.network import NeuralNetwork
from reference.specification.architecture import Architecture

MOST_NODES, MOST_WEIGHTS = 1024, 20_000
MOST_NUMBERS = 20_000  # the inputs and targets of all rows on a page
MOST_PRODUCTS = 2_000_000  # rows * weights on a page


def document_001() -> Subject:
    """Return the 3-4-2 network of document 001, with a target of 1 for its first output."""
    network = NeuralNetwork(3, 4, 2, init="ramp")
    return Subject(network, [3.0, 4.0, -4.5], [1.0, 0.0], TITLE_001)


def document_004() -> Subject:
    """Return the gate of document 004 with an untrained network. The target is 1 if all three inputs are equal, else 0."""
    data = gate()
    network = NeuralNetwork(3, 4, 1, hidden="sigmoid", output="sigmoid", init="normal")
    rows = data.inputs, data.targets
    title = "The gate: target 1 if all inputs are equal, else 0"
    return Subject(network, data.inputs[3], data.targets[3], title, rows, 1.0, "sum", learn="all", row=3)


def exclusive_or() -> Subject:
    """Return the four rows of exclusive or, and an untrained network that learns them in about a hundred steps."""
    inputs, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]]
    network = NeuralNetwork(2, 3, 1, hidden="tanh", output="sigmoid", loss="cross_entropy", seed=2)
    title = "Exclusive or: target 1 if the two inputs differ, else 0"
    return Subject(network, inputs[1], targets[1], title, (inputs, targets), 1.0, learn="all", row=1)


def two_two_two() -> Subject:
    """Return the 2-2-2 network that Matt Mazur's article computes by hand."""
    blocks = [[0.15, 0.25], [0.2, 0.3]], [0.35, 0.35], [[0.4, 0.5], [0.45, 0.55]], [0.6, 0.6]
    network = NeuralNetwork.from_blocks(*blocks, hidden="sigmoid", output="sigmoid", loss="half_squared_error")
    title = "Matt Mazur's worked example: a 2-2-2 network; its biases are fixed"
    return Subject(network, [0.05, 0.1], [0.01, 0.99], title, rate=0.5, biases="stay")


WORKED: dict[str, Callable[[], Subject]] = {
    "3-4-2": document_001,
    "gate": document_004,
    "xor": exclusive_or,
    "2-2-2": two_two_two,
}


def check_size(net: Architecture) -> None:
    """Raise ValueError if a network is too large for a page."""
    too_many = None
    if max(net.sizes) > MOST_NODES:
        too_many = f"{max(net.sizes):,} nodes in a layer, but a page can show at most {MOST_NODES:,}"
    elif net.layout.n_weights > MOST_WEIGHTS:
        too_many = f"{net.layout.n_weights:,} weights, but a page can show at most {MOST_WEIGHTS:,}"
    if too_many:
        raise ValueError(f"--html: this {net.layout} network has {too_many}; leave --html out to see it as text")


def lesson_of(subject: Subject, name: str, history: list[Moment] | None = None) -> dict[str, Any]:
    """Return the data of one example for the page."""
    net = subject.network.architecture
    inputs, targets, row, numbers = rows_of(subject)
    # with several rows, the page has a list of rows, so the title does not name the row
    title = re.sub(r"^Row \d+ of ", "", subject.title) if len(inputs) > 1 else subject.title
    subtitle = f"{net.hidden}, {net.output}, {net.loss}"
    if name in WORKED:
        title, _, subtitle = title.partition(": ")
    if subject.targets is None:
        subtitle = "no targets were given; the page shows placeholders, which you can change"
    return {
        "name": name,
        "title": title,
        "subtitle": "; ".join((subtitle, *subject.notes)),
        "sizes": net.sizes,
        "hidden": net.hidden,
        "output": net.output,
        "loss": net.loss,
        "weights": [float(weight) for weight in subject.network.weights],
        "rows": {"inputs": inputs, "targets": targets},
        "placeholders": subject.targets is None,
        "row": row,
        "rowNames": [str(number) for number in numbers],
        "allRows": f"all {len(inputs):,} rows"
        if len(inputs) >= len(subject.rows[0])
        else f"the {len(inputs):,} rows on this page",
        "rate": subject.rate,
        "reduction": subject.reduction,
        "learn": "all" if history else subject.learn,
        "biases": subject.biases,
        "history": [{"epoch": moment.epoch, "weights": moment.weights} for moment in history or []],
        "names": {"inputs": list(subject.columns), "outputs": list(subject.outputs)},
        "scales": {"inputs": scale_of(subject.scale), "targets": scale_of(subject.target_scale)},
        "largestPixel": largest_pixel(subject),
    }


def rows_of(subject: Subject) -> tuple[list[list[float]], list[list[float]], int, list[int]]:
    """Return the inputs and targets of the rows on the page, the index of the subject's row, and the row numbers in the data.

    If there are too many rows, the page gets the first rows and the subject's row.
    """
    inputs, targets = subject.rows
    net, sample_targets = subject.network.architecture, subject.targets
    if sample_targets is None:  # the page needs targets: 1 for the first softmax output, else 0
        sample_targets = [float(net.output == "softmax" and o == 0) for o in range(net.n_outputs)]
    if not inputs:
        return [subject.inputs], [sample_targets], 0, [0]
    most = min(MOST_NUMBERS // (net.n_inputs + net.n_outputs), MOST_PRODUCTS // net.layout.n_weights)
    numbers = list(range(min(len(inputs), max(1, most))))
    if subject.row not in numbers:
        numbers.append(subject.row)
    place = numbers.index(subject.row)
    few = [targets[at] for at in numbers]
    few[place] = sample_targets
    return [inputs[at] for at in numbers], few, place, numbers


def scale_of(scale: Scaling | None) -> dict[str, list[float]] | None:
    """Return the shifts and divisors of a scaling, or None if it changes no number."""
    if scale is None or (not any(scale.shift) and set(scale.divisor) == {1.0}):
        return None
    return scale._asdict()


def largest_pixel(subject: Subject) -> float | None:
    """Return the largest input before scaling; None if the columns are not pixels."""
    if subject.scale is None or not subject.columns or not all("pixel" in column for column in subject.columns):
        return None
    rows = subject.scale.undo(subject.rows[0] or [subject.inputs])
    return max(max(row) for row in rows) or 1.0
