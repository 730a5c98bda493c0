"""Right networks that round differently: they add in another order, or round each sum only once."""

import math
import random
from collections.abc import Callable

from reference.blocks import Cut
from reference.numbers.number import Number, Row, Rows
from reference.oracle.judging.steps import Network
from reference.specification.stages import Forward


def forwards(terms: Row) -> Number:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def pairwise(terms: Row) -> Number:
    half = len(terms) // 2
    return pairwise(terms[:half]) + pairwise(terms[half:]) if half else terms[0]


def exactly(terms: Row) -> Number:
    """Return the exact sum, rounded once at the end."""
    return type(terms[0])(math.fsum(map(float, terms)))


def shuffled(terms: Row) -> Number:
    """Add in a random order. Lists of equal length get the same order."""
    return forwards(random.Random(len(terms)).sample(terms, len(terms)))


ORDERS: dict[str, Callable[[Row], Number]] = {
    "forwards": forwards,
    "reversed": lambda terms: forwards(terms[::-1]),
    "sorted": lambda terms: forwards(sorted(terms)),
    "shuffled": shuffled,
    "pairwise": pairwise,
    "exact (fsum)": exactly,
}


class OtherOrder(Network):
    """A right network that adds in another order.

    additions_last : if True, each term is multiplied by a slope or divided by n_samples before it is added, not the sum
        afterwards; and the bias is added first
    """

    total = staticmethod(forwards)
    additions_last = False

    def layer(self, nodes: Row, columns: Rows, biases: Row) -> Row:
        sums = []
        for column, bias in zip(columns, biases, strict=True):
            terms = [node * w for node, w in zip(nodes, column, strict=True)]
            sums.append(self.total([bias, *terms] if self.additions_last else [*terms, bias]))
        return sums

    def hidden_sums(self, inputs: Row, cut: Cut) -> Row:
        return self.layer(inputs, cut.ih_columns, cut.h_biases)

    def output_sums(self, h_nodes: Row, cut: Cut) -> Row:
        return self.layer(h_nodes, cut.ho_columns, cut.o_biases)

    def loss(self, samples: list[Forward]) -> Number:
        losses = [self.sample_loss(sample, targets) for sample, targets in zip(samples, self.targets, strict=True)]
        return self.reduce(self.total(losses)) + self.penalty()

    def hidden_deltas(self, sample: Forward, ho_rows: Rows, errors: Row) -> Row:
        deltas = []
        for slope, row in zip(self.hidden_slopes(sample), ho_rows, strict=True):
            terms = [w * delta for w, delta in zip(row, errors, strict=True)]
            deltas.append(self.total([slope * term for term in terms]) if self.additions_last else slope * self.total(terms))
        return deltas

    def gradient(self, samples: list[Forward], o_deltas: Rows, h_deltas: Rows) -> Row:
        divides_deltas = self.additions_last and self.setting.reduction == "mean"
        parts = []
        for x, sample, h_row, o_row in zip(self.inputs, samples, h_deltas, o_deltas, strict=True):
            part: Row = []
            for nodes, row in ((x, h_row), (sample.h_nodes, o_row)):
                deltas = [self.reduce(delta) for delta in row] if divides_deltas else row
                part += [node * delta for node in nodes for delta in deltas] + deltas
            parts.append(part)
        totals = [self.total(list(column)) for column in zip(*parts, strict=True)]
        return self.with_decay(totals if divides_deltas else [self.reduce(total) for total in totals])


def network_with_sum(total: Callable[[Row], Number], additions_last: bool = False) -> type[OtherOrder]:
    """Return the class of a network that computes every sum with `total`."""
    return type("Ordered", (OtherOrder,), {"total": staticmethod(total), "additions_last": additions_last})
