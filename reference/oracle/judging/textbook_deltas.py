"""How textbooks write the deltas: slopes computed from node values, as y*(1 - y), and the cross-entropy by the chain rule."""

from reference.losses import error_slopes
from reference.numbers.number import Number, Row
from reference.oracle.judging.steps import Network
from reference.oracle.judging.textbook_losses import Guarded
from reference.specification.stages import Forward


def slopes_from_nodes(name: str, nodes: Row) -> Row | None:
    """Return y*(1 - y) for the logistic, 1 - y**2 for tanh, None for other activations."""
    if name == "sigmoid":
        return [y * (1 - y) for y in nodes]
    return [1 - y * y for y in nodes] if name == "tanh" else None


class OutputSlopeFromTheNode(Network):
    """The slope of the outputs as y*(1 - y) or 1 - y**2."""

    def output_deltas(self, sample: Forward[Row], targets: Row) -> Row:
        slopes = slopes_from_nodes(self.setting.output, sample.o_nodes)
        loss = "half_squared_error" if self.setting.rule == "error_splitting" else self.setting.loss
        if slopes is None or loss == "cross_entropy":
            return super().output_deltas(sample, targets)
        errors = error_slopes(loss, sample.o_nodes, targets)
        return [error * slope for error, slope in zip(errors, slopes, strict=True)]


class HiddenSlopeFromTheNode(Network):
    """The slope of the hidden nodes as h*(1 - h) or 1 - h**2."""

    def hidden_slopes(self, sample: Forward[Row]) -> Row:
        slopes = slopes_from_nodes(self.setting.hidden, sample.h_nodes)
        return super().hidden_slopes(sample) if slopes is None else slopes


class DeltaThroughTheNode(Guarded):
    """The delta of cross-entropy by the chain rule: d loss / d y, times the derivative of the outputs.

    d loss / d y is -t/y for softmax outputs, and -t/y + (1-t)/(1-y) for sigmoid outputs. If the loss uses an epsilon, automatic
    differentiation gives -t/(y + epsilon) in place of -t/y, or 0 where y is clipped.
    """

    def by_node(self, y: Number, t: Number, sign: int) -> Number:
        """Return sign*t/y, or sign*t/(y + epsilon) if the loss adds epsilon to y, or 0 where the loss clips y."""
        value = self.kind.value(y)
        if self.clips and (value < self.epsilon or (self.clips_above and value > 1 - self.epsilon)):
            return self.zero
        slope: Number = sign * t / (self.guard(y) if self.epsilon and not self.clips else y)
        return slope

    def output_deltas(self, sample: Forward[Row], targets: Row) -> Row:
        if self.setting.loss != "cross_entropy" or self.setting.rule == "error_splitting":
            return super().output_deltas(sample, targets)
        pairs = list(zip(sample.o_nodes, targets, strict=True))
        slopes = [self.by_node(y, t, -1) for y, t in pairs]
        if self.setting.output == "sigmoid":
            slopes = [slope + self.by_node(1 - y, 1 - t, 1) for slope, (y, t) in zip(slopes, pairs, strict=True)]
            return [slope * (y * (1 - y)) for slope, (y, _) in zip(slopes, pairs, strict=True)]
        deltas = []
        for o, y in enumerate(sample.o_nodes):
            delta = self.zero
            for k, other in enumerate(sample.o_nodes):
                delta += slopes[k] * (other * (1 - y) if k == o else 0 - other * y)
            deltas.append(delta)
        return deltas


class DeltaByQuotient(Network):
    """(y - t)/(y*(1 - y)) * y*(1 - y): the derivative of the loss times that of the logistic, not simplified."""

    def output_deltas(self, sample: Forward[Row], targets: Row) -> Row:
        if (self.setting.output, self.setting.loss) != ("sigmoid", "cross_entropy") or self.setting.rule == "error_splitting":
            return super().output_deltas(sample, targets)
        deltas = []
        for y, t in zip(sample.o_nodes, targets, strict=True):
            slope = y * (1 - y)
            error = y - t
            deltas.append(error / slope * slope if self.kind.value(slope) else error)  # avoid 0/0
        return deltas
