"""How textbooks write the cross-entropy: from the nodes, from the sums, or with an epsilon that avoids ln 0."""

from collections.abc import Callable

from reference.numbers.number import Number, Row
from reference.oracle.judging.steps import Network
from reference.specification.stages import Forward


def cross_entropy(network: Network, targets: Row, log: Callable[[Number], Number], nodes: Row) -> Number:
    """Return -sum_o t*log(y), and for sigmoid outputs -sum_o (t*log(y) + (1-t)*log(1-y)).

    The logarithm is computed even if it is multiplied by 0, as in many programs.
    """
    loss = network.zero
    for y, t in zip(nodes, targets, strict=True):
        loss += t * (0 - log(y))
        if network.setting.output == "sigmoid":
            loss += (1 - t) * (0 - log(1 - y))
    return loss


class LossFromTheNode(Network):
    """The cross-entropy from the nodes: -sum_o t*ln(y), or -sum_o (t*ln(y) + (1-t)*ln(1-y)) for sigmoid outputs."""

    def sample_loss(self, sample: Forward[Row], targets: Row) -> Number:
        if self.setting.loss != "cross_entropy":
            return super().sample_loss(sample, targets)
        return cross_entropy(self, targets, self.kind.log, sample.o_nodes)


class LogOfTheSum(Network):
    """-sum_o t*(z - max - ln(sum of e**(z - max))), where max is the largest z. The inner sum is rounded before ln."""

    def sample_loss(self, sample: Forward[Row], targets: Row) -> Number:
        if (self.setting.output, self.setting.loss) != ("softmax", "cross_entropy"):
            return super().sample_loss(sample, targets)
        values = [self.kind.value(z) for z in sample.o_sums]
        top = sample.o_sums[values.index(max(values))]
        total, loss = self.zero, self.zero
        for z in sample.o_sums:
            total += self.kind.exp(z - top)
        log_total = self.kind.log(total)
        for z, t in zip(sample.o_sums, targets, strict=True):
            loss += t * (log_total - (z - top))
        return loss


class LossFromTheSum(Network):
    """max(z, 0) - t*z + ln(1 + e**-|z|): the cross-entropy of sigmoid outputs from the sums."""

    def sample_loss(self, sample: Forward[Row], targets: Row) -> Number:
        if (self.setting.output, self.setting.loss) != ("sigmoid", "cross_entropy"):
            return super().sample_loss(sample, targets)
        loss = self.zero
        for z, t in zip(sample.o_sums, targets, strict=True):
            rest = self.kind.exp(0 - self.kind.maximum(z, 0 - z))
            loss += self.kind.maximum(z, self.zero) - t * z + self.kind.log1p(rest)
        return loss


class Guarded(Network):
    """A network that avoids ln 0 with an epsilon: y + epsilon (the default), or y clipped on one side or both."""

    epsilon = 0.0
    clips = False
    clips_above = True

    def guard(self, y: Number) -> Number:
        """Return y + epsilon, or y clipped."""
        epsilon = self.kind.convert(self.epsilon)
        safe: Number = self.kind.maximum(y, epsilon) if self.clips else y + epsilon
        return 0 - self.kind.maximum(0 - safe, epsilon - 1) if self.clips and self.clips_above else safe


class GuardedLoss(Guarded):
    """The cross-entropy with ln(guarded y) in place of ln(y)."""

    def sample_loss(self, sample: Forward[Row], targets: Row) -> Number:
        if self.setting.loss != "cross_entropy":
            return super().sample_loss(sample, targets)
        if self.clips:  # clip before computing 1 - y, as scikit-learn and Keras do
            return cross_entropy(self, targets, self.kind.log, list(map(self.guard, sample.o_nodes)))
        return cross_entropy(self, targets, lambda y: self.kind.log(self.guard(y)), sample.o_nodes)
