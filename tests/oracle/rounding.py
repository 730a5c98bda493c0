"""Right networks that round otherwise: their sums are added in another order, or cut off after every addition."""

import math
import random
from collections.abc import Callable

from reference.numbers.number import Number, Rows
from reference.oracle.steps import Network
from reference.specification.stages import Blocks, Forward


def forwards(terms: list[Number]) -> Number:
    """Return the sum from the first to the last."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def pairwise(terms: list[Number]) -> Number:
    """Return the sum of the sums of two halves."""
    half = len(terms) // 2
    return pairwise(terms[:half]) + pairwise(terms[half:]) if half else terms[0]


def exactly(terms: list[Number]) -> Number:
    """Return the sum rounded once."""
    return type(terms[0])(math.fsum(map(float, terms)))


def shuffled(terms: list[Number]) -> Number:
    """Return the sum in a random order, the same for every list of this length."""
    return forwards(random.Random(len(terms)).sample(terms, len(terms)))


def truncated(terms: list[float]) -> float:
    """Return the sum, taken one step towards 0 after each addition that rounds away from 0."""
    total = terms[0]
    for term in terms[1:]:
        before, total = total, total + term
        part = total - before
        lost = (before - (total - part)) + (term - part)  # exactly what rounding took from the sum
        total = math.nextafter(total, 0.0) if lost * total < 0 else total
    return total


ORDERS: dict[str, Callable[[list[Number]], Number]] = {
    "forwards": forwards,
    "reversed": lambda terms: forwards(terms[::-1]),
    "sorted": lambda terms: forwards(sorted(terms)),
    "shuffled": shuffled,
    "pairwise": pairwise,
    "exact (fsum)": exactly,
}


class OtherOrder(Network):
    """A right network whose sums are added up in another order, the bias last or first."""

    total = staticmethod(forwards)
    bias_first = False

    def layer(self, nodes: list[Number], rows: Rows, biases: list[Number]) -> list[Number]:
        """Return the sums of a layer."""
        sums = []
        for at, bias in enumerate(biases):
            terms = [node * row[at] for node, row in zip(nodes, rows, strict=True)]
            sums.append(self.total([bias, *terms] if self.bias_first else [*terms, bias]))
        return sums

    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        """Return the sums of the hidden layer."""
        return self.layer(inputs, blocks.ih_weights, blocks.h_biases)

    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        """Return the sums of the output layer."""
        return self.layer(h_nodes, blocks.ho_weights, blocks.o_biases)

    def loss(self, stages: list[Forward]) -> Number:
        """Return the loss, its samples added in the same order."""
        losses = [self.sample_loss(sample, targets) for sample, targets in zip(stages, self.targets, strict=True)]
        return self.reduced(self.total(losses)) + self.penalty()

    def hidden_deltas(self, stages: Forward, blocks: Blocks, back: list[Number]) -> list[Number]:
        """Return the slope times the sum over the outputs; where the bias is first, the slope times each of its terms."""
        deltas = []
        for slope, row in zip(self.hidden_slopes(stages), blocks.ho_weights, strict=True):
            terms = [w * delta for w, delta in zip(row, back, strict=True)]
            deltas.append(self.total([slope * term for term in terms]) if self.bias_first else slope * self.total(terms))
        return deltas

    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        """Return the sum over the samples; where the bias is first, a mean divides each delta and not the sum."""
        early = self.bias_first and self.setting.reduction == "mean"
        parts = []
        for x, sample, h_row, o_row in zip(self.inputs, stages, h_deltas, o_deltas, strict=True):
            part: list[Number] = []
            for nodes, row in ((x, h_row), (sample.h_nodes, o_row)):
                deltas = [self.reduced(delta) for delta in row] if early else row
                part += [node * delta for node in nodes for delta in deltas] + deltas
            parts.append(part)
        totals = [self.total(list(column)) for column in zip(*parts, strict=True)]
        gradient = totals if early else [self.reduced(total) for total in totals]
        if self.setting.l2:
            self.decay(gradient)
        return gradient


def ordered(total: Callable[[list[Number]], Number], bias_first: bool = False) -> type[OtherOrder]:
    """Return the network that adds up in this way."""
    return type("Ordered", (OtherOrder,), {"total": staticmethod(total), "bias_first": bias_first})
