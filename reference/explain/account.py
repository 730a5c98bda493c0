"""The account of one sample: what every number of every stage is made of, in the order in which the loops make it.

The loops are run on traced numbers; nothing here computes anything.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from reference.explain.formulas import Formula, formulas
from reference.layout import Layout
from reference.network import NeuralNetwork
from reference.numbers.traced import Traced, running, symbol, terms_of, written

FORWARD = ("h_sums", "h_nodes", "o_sums", "o_nodes")
BACKWARD = ("loss", "o_deltas", "h_deltas", "gradient", "weights")
STAGES = FORWARD + BACKWARD


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

    def text(self, leaf: Callable[[Traced], str | None]) -> str:
        """Return its expression, down to what `leaf` has a text for."""
        return self.alias if self.alias and leaf is symbol else written(self.number, leaf)


class Account(NamedTuple):
    """The entries of every stage, and what they are about."""

    layout: Layout
    names: tuple[str, str, str]
    formulas: dict[str, Formula]
    inputs: list[float]
    targets: list[float] | None
    weights: list[float]
    rate: float
    entries: list[Entry]

    def of(self, stage: str) -> list[Entry]:
        """Return the entries of a stage."""
        return [entry for entry in self.entries if entry.stage == stage]


def account_of(network: Any, inputs: list[float], targets: list[float] | None = None, rate: float = 0.1) -> Account:
    """Return the account of one sample, with the backward pass and one step of gradient descent if there are targets.

    >>> account = account_of(NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5])
    >>> account.entries[0].name, account.entries[0].text(symbol)
    ('h_sums[0]', 'inputs[0] * i0->h0 + inputs[1] * i1->h0 + inputs[2] * i2->h0 + b->h0')
    """
    layout = Layout(network.n_inputs, network.n_hidden, network.n_outputs)
    sizes, names = (layout.n_inputs, layout.n_hidden, layout.n_outputs), (network.hidden, network.output, network.loss)
    weights = [float(w) for w in network.weights]
    loops = NeuralNetwork(*sizes, hidden=names[0], output=names[1], loss=names[2])
    loops.weights = [Traced(w, layout.name_of(at)) for at, w in enumerate(weights)]
    own = named("inputs", inputs)
    entries: list[Entry] = []
    for stage, numbers in zip(FORWARD, loops.forward(own), strict=True):
        entries += entries_of(layout, stage, numbers)
    if targets is not None:
        wanted = named("targets", targets)
        for stage, numbers in zip(BACKWARD[:-1], loops.backward(own, wanted), strict=True):
            entries += entries_of(layout, stage, numbers if isinstance(numbers, list) else [numbers])
        loops.train([own], [wanted], learning_rate=Traced(rate, "rate"))
        entries += entries_of(layout, "weights", loops.weights)
    return Account(layout, names, formulas(loops.architecture), list(map(float, inputs)), targets, weights, rate, entries)


def named(what: str, values: list[float]) -> list[Traced]:
    """Return numbers that are given, by their names."""
    return [Traced(x, f"{what}[{at}]") for at, x in enumerate(values)]


def entries_of(layout: Layout, stage: str, numbers: list[Traced]) -> list[Entry]:
    """Return the entries of a stage, and give its numbers their names: from now on they are written by them.

    The way back makes the same objects again as the way forward (see `Traced`), so it finds them named. A number
    that has a name already is another one as it stands, as the gradient of a bias is its delta. A constant is everybody's:
    it gets a copy to bear the name.
    """
    entries = []
    for at, given in enumerate(numbers):
        number = given if given.operation or given.name else Traced(given.value)
        name = stage if stage == "loss" else f"{stage}[{at}]"
        node = "" if stage == "loss" else layout.name_of(at) if stage in ("gradient", "weights") else f"{stage[0]}{at}"
        alias, total = (
            number.name,
            None if number.name else sum_in(number) or (edge_in(number) if stage == "h_deltas" else None),
        )
        entries.append(Entry(stage, name, node, number, [] if total is None else terms(layout, total), total, alias))
    for entry in entries:
        if entry.alias is None:
            entry.number.name = entry.name
    return entries


def sum_in(number: Traced) -> Traced | None:
    """Return the first sum of at least two terms that an expression holds, named numbers left as they stand."""
    if number.operation == "+" and not is_one(number.parts[0]):  # 1 + exp(-z) is a divisor, and no sum of terms
        return number
    for part in number.parts:
        found = sum_in(part) if part.name is None else None
        if found is not None:
            return found
    return None


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
    parts = terms_of(total)
    found = []
    for number, so_far in zip(parts, running(parts), strict=True):
        edge = next((part.name for part in (number, *number.parts) if part.name and "->" in part.name), None)
        found.append(Term(edge, None if edge is None else layout.position(edge), number, so_far))
    return found
