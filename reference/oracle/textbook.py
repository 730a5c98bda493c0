"""Textbook formulas: right networks whose formulas lose digits. They are coarse, not wrong.

On Bounded numbers each says how many digits: a candidate within that bound is of low precision, and the formula is named.
"""

from reference.forward import Forward
from reference.kinds import Number
from reference.oracle.steps import Network


class PlainLogistic(Network):
    """1/(1 + e**-z) for every z."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "sigmoid":
            return super().activated(name, sums)
        return [1 / (1 + self.kind.exp(0 - z)) for z in sums]


class PlainTanh(Network):
    """(e**z - e**-z)/(e**z + e**-z)."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "tanh":
            return super().activated(name, sums)
        powers = [(self.kind.exp(z), self.kind.exp(0 - z)) for z in sums]
        return [(up - down) / (up + down) for up, down in powers]


class PlainSoftmax(Network):
    """exp(o_sums[o]) / (sum over o of exp(o_sums[o])), the maximum not taken out."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "softmax":
            return super().activated(name, sums)
        powers = [self.kind.exp(z) for z in sums]
        total = self.zero
        for power in powers:
            total += power
        return [power / total for power in powers]


class SlopeFromTheNode(Network):
    """y*(1 - y) for the logistic, 1 - y**2 for tanh."""

    def slopes(self, name: str, nodes: list[Number]) -> list[Number] | None:
        """Return the slopes from the nodes, None where the activation has no such form."""
        if name == "sigmoid":
            return [y * (1 - y) for y in nodes]
        return [1 - y * y for y in nodes] if name == "tanh" else None

    def hidden_slopes(self, stages: Forward) -> list[Number]:
        slopes = self.slopes(self.setting.hidden, stages.h_nodes)
        return super().hidden_slopes(stages) if slopes is None else slopes

    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        slopes = self.slopes(self.setting.output, stages.o_nodes)
        plain_loss = self.setting.loss == "cross_entropy" and self.setting.rule != "error_splitting"
        if slopes is None or plain_loss:
            return super().output_deltas(stages, targets)
        errors = self.output_errors(stages, targets)
        if self.setting.rule != "error_splitting":
            errors = self.loss_slopes(stages, targets)
        return [error * slope for error, slope in zip(errors, slopes, strict=True)]


class LossFromTheNode(Network):
    """-sum_o t*ln(y), for sigmoid outputs -sum_o (t*ln(y) + (1-t)*ln(1-y)), from the nodes."""

    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        if self.setting.loss != "cross_entropy":
            return super().sample_loss(stages, targets)
        loss = self.zero
        for y, t in zip(stages.o_nodes, targets, strict=True):
            if t != 0:
                loss += t * (0 - self.kind.log(y))
            if self.setting.output == "sigmoid" and t != 1:
                loss += (1 - t) * (0 - self.kind.log(1 - y))
        return loss


class LogOfTheSum(Network):
    """-sum_o t*(z - max - ln(sum of e**(z - max))): the logarithm of 1 + the rest, rounded before it is taken."""

    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        if (self.setting.output, self.setting.loss) != ("softmax", "cross_entropy"):
            return super().sample_loss(stages, targets)
        values = [self.kind.value(z) for z in stages.o_sums]
        top = stages.o_sums[values.index(max(values))]
        total, loss = self.zero, self.zero
        for z in stages.o_sums:
            total += self.kind.exp(z - top)
        log_total = self.kind.log(total)
        for z, t in zip(stages.o_sums, targets, strict=True):
            loss += t * (log_total - (z - top))
        return loss


class CrossEntropyDeltaBySlope(Network):
    """(y - t)/(y*(1 - y)) * y*(1 - y): the derivative of the loss times that of the logistic, not cancelled."""

    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if (self.setting.output, self.setting.loss) != ("sigmoid", "cross_entropy") or self.setting.rule == "error_splitting":
            return super().output_deltas(stages, targets)
        slopes, value = [y * (1 - y) for y in stages.o_nodes], self.kind.value
        errors = self.output_errors(stages, targets)  # where a slope is 0, who divides by it knows better
        return [e / slope * slope if value(slope) else e for e, slope in zip(errors, slopes, strict=True)]


FORMULAS: dict[str, type[Network]] = {
    "the logistic as 1/(1 + e**-z)": PlainLogistic,
    "tanh as (e**z - e**-z)/(e**z + e**-z)": PlainTanh,
    "softmax without the maximum taken out": PlainSoftmax,
    "slopes from the node, y*(1-y) or 1-y**2": SlopeFromTheNode,
    "cross-entropy from ln(sum of e**z), without log1p": LogOfTheSum,
    "cross-entropy from the node, -t*ln(y)": LossFromTheNode,
    "the delta of cross-entropy as (y-t)/(y*(1-y)) * y*(1-y)": CrossEntropyDeltaBySlope,
}


class Textbook(CrossEntropyDeltaBySlope, LossFromTheNode, SlopeFromTheNode, PlainSoftmax, PlainTanh, PlainLogistic):
    """All of them at once."""
