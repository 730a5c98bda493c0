"""How textbooks write the activations. These formulas lose digits or overflow where `reference` does not."""

from collections.abc import Callable
from typing import TypeAlias

from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row
from reference.oracle.judging.steps import Network

Nodes: TypeAlias = Callable[[Kind, Row], Row]  # the nodes of a layer from its sums


def network_with(name: str, nodes: Nodes) -> type[Network]:
    """Return a class of networks that compute the activation `name` by the formula `nodes`."""

    class WithFormula(Network):
        def nodes_of(self, activation: str, sums: Row) -> Row:
            return nodes(self.kind, sums) if activation == name else super().nodes_of(activation, sums)

    return WithFormula


def plain_logistic(kind: Kind, sums: Row) -> Row:
    """1/(1 + e**-z) for every z."""
    return [reciprocal(kind, z) for z in sums]


def reciprocal(kind: Kind, z: Number) -> Number:
    """Return 1/(1 + e**-z). If e**-z may overflow, return 0 with a small bound."""
    try:
        node: Number = 1 / (1 + kind.exp(0 - z))
    except Undecided:
        if not isinstance(z, Bounded) or z.value >= 0:
            raise
        node = type(z)(0.0, 4 / z.largest)
    return node


def logistic_of_power(kind: Kind, sums: Row) -> Row:
    """e**z/(1 + e**z) for every z."""
    powers = [kind.exp(z) for z in sums]
    return [power / (1 + power) for power in powers]


def logistic_by_tanh(kind: Kind, sums: Row) -> Row:
    """(1 + tanh(z/2))/2."""
    return [(1 + kind.tanh(z / 2)) / 2 for z in sums]


def plain_tanh(kind: Kind, sums: Row) -> Row:
    """(e**z - e**-z)/(e**z + e**-z)."""
    powers = [(kind.exp(z), kind.exp(0 - z)) for z in sums]
    return [(up - down) / (up + down) for up, down in powers]


def tanh_of_square(kind: Kind, sums: Row) -> Row:
    """(e**2z - 1)/(e**2z + 1)."""
    powers = [kind.exp(2 * z) for z in sums]
    return [(power - 1) / (power + 1) for power in powers]


def tanh_by_logistic(kind: Kind, sums: Row) -> Row:
    """2/(1 + e**-2z) - 1."""
    return [2 / (1 + kind.exp(0 - 2 * z)) - 1 for z in sums]


def plain_softmax(kind: Kind, sums: Row) -> Row:
    """e**z / (sum of e**z), without subtracting the maximum first."""
    powers = [kind.exp(z) for z in sums]
    total = kind.convert(0)
    for power in powers:
        total += power
    return [power / total for power in powers]


def softmax_of_log(kind: Kind, sums: Row) -> Row:
    """exp(z - max - ln(sum of e**(z - max))), where max is the largest z."""
    largest = max(map(kind.value, sums))
    total = kind.convert(0)
    for z in sums:
        total += kind.exp(z - largest)
    log_total = kind.log(total)
    return [kind.exp(z - largest - log_total) for z in sums]
