"""The account of one sample: what every number of every stage is made of, in the order in which the loops make it.

The loops run on traced numbers. Nothing is computed here.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

from reference.explain.formulas import Formula, formulas
from reference.layout import Layout
from reference.network import NeuralNetwork
from reference.numbers.traced import Traced, running, terms_of, to_traced
from reference.specification.architecture import Architecture
from reference.specification.names import BACKWARD, FORWARD

if TYPE_CHECKING:
    from reference.commands.twin import Network


class Term(NamedTuple):
    """One term of a sum: the edge it comes over and its flat position if it has one, the number, and the sum so far."""

    edge: str | None
    position: int | None
    number: Traced
    so_far: float


class Entry(NamedTuple):
    """One number of a stage.

    name : e.g. "h_sums[2]"
    node : the node it belongs to, "h2", or the edge of a weight; "" for the loss
    number : the traced number, whose record is its expression
    terms : of the sum in that expression, more than one; else empty
    total : that sum
    alias : the name it had before, where it is another number as it stands
    """

    stage: str
    name: str
    node: str
    number: Traced
    terms: list[Term]
    total: Traced | None
    alias: str | None

    @property
    def value(self) -> float:
        """The number itself."""
        return self.number.value


class Account(NamedTuple):
    """The entries of every stage, and what they are about."""

    architecture: Architecture
    formulas: dict[str, Formula]
    inputs: list[float]
    targets: list[float] | None
    weights: list[float]
    entries: list[Entry]

    @property
    def layout(self) -> Layout:
        """Where each weight stands in the flat vector."""
        return self.architecture.layout

    def of(self, stage: str) -> list[Entry]:
        """Return the entries of a stage."""
        return [entry for entry in self.entries if entry.stage == stage]


def account_of(network: "Network", inputs: list[float], targets: list[float] | None = None, rate: float = 0.1) -> Account:
    """Return the account of one sample, with the backward pass and one step of gradient descent if there are targets.

    >>> from reference.numbers.traced import expression_of, symbol
    >>> account = account_of(NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5])
    >>> account.entries[0].name, expression_of(account.entries[0].number, symbol)
    ('h_sums[0]', 'inputs[0] * i0->h0 + inputs[1] * i1->h0 + inputs[2] * i2->h0 + b->h0')
    """
    net, weights = network.architecture, [float(weight) for weight in network.weights]
    layout = net.layout
    loops = NeuralNetwork(*net.sizes, **net.names)
    loops.weights = [Traced(weight, layout.name_of(at)) for at, weight in enumerate(weights)]
    x = trace("inputs", inputs)
    entries: list[Entry] = []
    for stage, numbers in zip(FORWARD, loops.forward(x), strict=True):
        entries += entries_of(layout, stage, numbers)
    if targets is not None:
        t = trace("targets", targets)
        loss, *stages = loops.backward(x, t)
        for stage, numbers in zip(BACKWARD, ([loss], *stages), strict=True):
            entries += entries_of(layout, stage, numbers)
        loops.train([x], [t], learning_rate=Traced(rate, "rate"))
        entries += entries_of(layout, "weights", cast(list[Traced], loops.weights))
    return Account(net, formulas(net), inputs, targets, weights, entries)


def trace(name: str, values: list[float]) -> list[Traced]:
    """Return traced numbers that are called name[0], name[1] and so on."""
    return [Traced(x, f"{name}[{at}]") for at, x in enumerate(values)]


def entries_of(layout: Layout, stage: str, numbers: Iterable[Traced]) -> list[Entry]:
    """Return the entries of a stage, and name its numbers: expressions of later stages refer to them by these names.

    The backward pass makes the same objects as the forward pass (see `Traced`), so it finds them with their names. A number
    that already has a name is another number as it stands: the gradient of a bias is its delta. Constants are shared, so
    they are copied before they get a name.
    """
    entries = []
    for at, x in enumerate(numbers):
        number = to_traced(x)
        if not number.operation and not number.name:
            number = Traced(number.value)
        name = stage if stage == "loss" else f"{stage}[{at}]"
        node = "" if stage == "loss" else layout.name_of(at) if stage in ("gradient", "weights") else f"{stage[0]}{at}"
        total = None
        if number.name is None:
            total = sum_in(number) or (edge_in(number) if stage == "h_deltas" else None)
        entries.append(Entry(stage, name, node, number, [] if total is None else terms(layout, total), total, number.name))
    for entry in entries:
        if entry.alias is None:
            entry.number.name = entry.name
    return entries


def sum_in(number: Traced) -> Traced | None:
    """Return the first sum of at least two terms in an expression; numbers with a name are not taken apart."""
    if number.operation == "+" and not is_one(number.parts[0]):  # 1 + exp(-z) is a divisor, and no sum of terms
        return number
    return next(filter(None, (sum_in(part) for part in number.parts if part.name is None)), None)


def edge_in(number: Traced) -> Traced | None:
    """Return the product with a weight that an expression holds: the sum of one term, where there is one output."""
    if number.operation == "*" and any(part.name and "->" in part.name for part in number.parts):
        return number
    return next(filter(None, (edge_in(part) for part in number.parts if part.name is None)), None)


def is_one(x: Traced) -> bool:
    """Whether x is the constant 1."""
    return x.value == 1 and not x.operation and x.name is None


def terms(layout: Layout, total: Traced) -> list[Term]:
    """Return the terms of a sum, each with the weight that it comes over."""
    numbers = terms_of(total)
    terms = []
    for number, so_far in zip(numbers, running(numbers), strict=True):
        edge = next((part.name for part in (number, *number.parts) if part.name and "->" in part.name), None)
        terms.append(Term(edge, None if edge is None else layout.position(edge), number, so_far))
    return terms
