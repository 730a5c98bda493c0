"""The explanation of one sample: how the loops compute every number.

The loops run on traced numbers, which record every computation.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

from reference.explain.formulas import Formula, formulas
from reference.explain.textbook import Context, shown_form, sum_in, weighted_delta_in
from reference.layout import Layout
from reference.network import NeuralNetwork
from reference.numbers.traced import Traced, running_totals, terms_of, to_traced
from reference.specification.architecture import Architecture
from reference.specification.names import BACKWARD, FORWARD

if TYPE_CHECKING:
    from reference.commands.package import Network


class Term(NamedTuple):
    """One term of a sum, with the edge and the position of its weight. A term without a weight has neither."""

    edge: str | None
    position: int | None
    number: Traced
    so_far: float


class Entry(NamedTuple):
    """One number of a stage.

    name : e.g. "h_sums[2]"
    node : the node, e.g. "h2"; the edge for the stages gradient and weights; "" for the loss
    number : the traced number that the loops computed
    plain : the expression to show: the textbook formula, or the formula of the loops
    is_exact : True if `plain` is the formula of the loops because the textbook formula would lose digits
    terms : the terms of `total`
    total : the sum in `plain`, or None; if the network has one output, the sum in a hidden delta is a single product
    alias : the earlier name of the same number, or None; e.g. the gradient of a bias is a delta
    """

    stage: str
    name: str
    node: str
    number: Traced
    plain: Traced
    is_exact: bool
    terms: list[Term]
    total: Traced | None
    alias: str | None

    @property
    def value(self) -> float:
        """The value of the number."""
        return self.number.value


class Explanation(NamedTuple):
    """How a network computes one sample. `loss_after` is the loss after one training step, or None without targets."""

    architecture: Architecture
    formulas: dict[str, Formula]
    inputs: list[float]
    targets: list[float] | None
    weights: list[float]
    rate: float
    entries: list[Entry]
    loss_after: float | None

    def of(self, stage: str) -> list[Entry]:
        """Return the entries of a stage."""
        return [entry for entry in self.entries if entry.stage == stage]


def explanation_of(
    network: "Network", inputs: list[float], targets: list[float] | None = None, rate: float = 0.1, train_biases: bool = True
) -> Explanation:
    """Return the explanation of one sample. With targets, it includes the backward pass and one training step.

    >>> from reference.numbers.traced import expression_of, symbol
    >>> explanation = explanation_of(NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5])
    >>> explanation.entries[0].name, expression_of(explanation.entries[0].number, symbol)
    ('h_sums[0]', 'inputs[0] * i0->h0 + inputs[1] * i1->h0 + inputs[2] * i2->h0 + b->h0')
    """
    net, layout = network.architecture, network.architecture.layout
    loops = NeuralNetwork(*net.sizes, **net.names)
    weights = [float(weight) for weight in network.weights]
    loops.weights = [Traced(weight, layout.name_of(at)) for at, weight in enumerate(weights)]
    x, t = trace("inputs", inputs), trace("targets", targets or [])
    context = Context(net, t, {})
    entries, loss_after = [], None
    for stage, numbers in zip(FORWARD, loops.forward(x), strict=True):
        entries += entries_of(context, stage, numbers)
    if targets is not None:
        loss, *others = loops.backward(x, t)
        for stage, numbers in zip(BACKWARD, ([loss], *others), strict=True):
            entries += entries_of(context, stage, numbers)
        loops.train([x], [t], learning_rate=Traced(rate, "rate"), train_biases=train_biases)
        entries += entries_of(context, "weights", cast(list[Traced], loops.weights))
        try:
            loss_after = float(cast(Traced, loops.loss_of(x, t)))
        except FloatingPointError:
            raise FloatingPointError(f"with the new weights the sums overflow; try a --learning-rate below {rate:g}") from None
    return Explanation(net, formulas(net, targets), inputs, targets, weights, rate, entries, loss_after)


def trace(name: str, values: list[float]) -> list[Traced]:
    """Return traced numbers with the names name[0], name[1] and so on."""
    return [Traced(x, f"{name}[{at}]") for at, x in enumerate(values)]


def entries_of(context: Context, stage: str, numbers: Iterable[Traced]) -> list[Entry]:
    """Return the entries of a stage, and name its numbers. The expressions of later stages use these names."""
    layout = context.net.layout
    entries = []
    for at, x in enumerate(numbers):
        number = to_traced(x)
        if not number.operation and not number.name:  # constants are shared, so copy before naming
            number = Traced(number.value)
        name = stage if stage == "loss" else f"{stage}[{at}]"
        node = "" if stage == "loss" else layout.name_of(at) if stage in ("gradient", "weights") else f"{stage[0]}{at}"
        plain, is_exact = shown_form(context, stage, at, number)
        total = None
        if number.name is None:
            total = sum_in(plain) or (weighted_delta_in(plain) if stage == "h_deltas" else None)
        total_terms = [] if total is None else terms(layout, total)
        entries.append(Entry(stage, name, node, number, plain, is_exact, total_terms, total, number.name))
    for entry in entries:
        if entry.alias is None:
            entry.number.name = entry.name
    context.stages[stage] = [entry.number for entry in entries]
    return entries


def terms(layout: Layout, total: Traced) -> list[Term]:
    """Return the terms of a sum."""
    numbers = terms_of(total)
    terms = []
    for number, so_far in zip(numbers, running_totals(numbers), strict=True):
        edge = next((part.name for part in (number, *number.parts) if part.name and "->" in part.name), None)
        terms.append(Term(edge, None if edge is None else layout.position(edge), number, so_far))
    return terms
