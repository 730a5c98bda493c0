"""Textbook formulas: how right networks are written, where that loses digits or overflows. They are right, only less accurate.

Each overrides one step of `reference.oracle.steps.Network`, and on Bounded numbers says how far its answers may be off. For
each part of a network (a slot) one formula must explain all the answers: they are never judged against several at once.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

from reference.numbers.bounded import Undecided
from reference.numbers.number import Number
from reference.oracle.cases import Setting
from reference.oracle.steps import Network
from reference.specification.stages import Forward


class Formula(NamedTuple):
    """A formula of one slot: what it is, what a person should know of it, and the network that computes so."""

    name: str
    note: str
    network: type[Network]
    applies: Callable[[Setting], bool]


def uses(name: str) -> Callable[[Setting], bool]:
    """Return whether a setting has this activation in either layer."""
    return lambda setting: name in (setting.hidden, setting.output)


# ---- nodes


class PlainLogistic(Network):
    """1/(1 + e**-z) for every z."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "sigmoid":
            return super().activated(name, sums)
        return [self.logistic(z) for z in sums]

    def logistic(self, z: Number) -> Number:
        """Return 1/(1 + e**-z); where the power may overflow, that is 0 to the smallest numbers."""
        try:
            return 1 / (1 + self.kind.exp(0 - z))
        except Undecided:
            if z.value < 0:
                return type(z)(0.0, 4 / z.largest)
            raise


class LogisticOfPower(Network):
    """e**z/(1 + e**z) for every z."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "sigmoid":
            return super().activated(name, sums)
        powers = [self.kind.exp(z) for z in sums]
        return [power / (1 + power) for power in powers]


class LogisticByTanh(Network):
    """(1 + tanh(z/2))/2."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "sigmoid":
            return super().activated(name, sums)
        return [(1 + self.kind.tanh(z / 2)) / 2 for z in sums]


class PlainTanh(Network):
    """(e**z - e**-z)/(e**z + e**-z)."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "tanh":
            return super().activated(name, sums)
        powers = [(self.kind.exp(z), self.kind.exp(0 - z)) for z in sums]
        return [(up - down) / (up + down) for up, down in powers]


class TanhOfSquare(Network):
    """(e**2z - 1)/(e**2z + 1)."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "tanh":
            return super().activated(name, sums)
        powers = [self.kind.exp(2 * z) for z in sums]
        return [(power - 1) / (power + 1) for power in powers]


class TanhByLogistic(Network):
    """2/(1 + e**-2z) - 1."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "tanh":
            return super().activated(name, sums)
        return [2 / (1 + self.kind.exp(0 - 2 * z)) - 1 for z in sums]


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


class SoftmaxOfLog(Network):
    """exp(z - max - ln(sum of e**(z - max))): the exponential of the log-softmax."""

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        if name != "softmax":
            return super().activated(name, sums)
        largest = max(map(self.kind.value, sums))
        total = self.zero
        for z in sums:
            total += self.kind.exp(z - largest)
        log_total = self.kind.log(total)
        return [self.kind.exp(z - largest - log_total) for z in sums]


# ---- the loss, cross-entropy alone


def cross_entropy(network: Network, targets: list[Number], log: Callable[[Number], Number], nodes: list[Number]) -> Number:
    """Return -sum_o t*log(y), and for sigmoid outputs -sum_o (t*log(y) + (1-t)*log(1-y)).

    A logarithm that is multiplied by 0 is taken all the same, as many programs do.
    """
    loss = network.zero
    for y, t in zip(nodes, targets, strict=True):
        loss += t * (0 - log(y))
        if network.setting.output == "sigmoid":
            loss += (1 - t) * (0 - log(1 - y))
    return loss


class LossFromTheNode(Network):
    """-sum_o t*ln(y), for sigmoid outputs -sum_o (t*ln(y) + (1-t)*ln(1-y)), from the nodes."""

    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        if self.setting.loss != "cross_entropy":
            return super().sample_loss(stages, targets)
        return cross_entropy(self, targets, self.kind.log, stages.o_nodes)


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


class LossFromTheSum(Network):
    """max(z, 0) - t*z + ln(1 + e**-|z|): the cross-entropy of sigmoid outputs in one line, from the sums."""

    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        if (self.setting.output, self.setting.loss) != ("sigmoid", "cross_entropy"):
            return super().sample_loss(stages, targets)
        loss = self.zero
        for z, t in zip(stages.o_sums, targets, strict=True):
            rest = self.kind.exp(0 - self.kind.maximum(z, 0 - z))
            loss += self.kind.maximum(z, self.zero) - t * z + self.kind.log1p(rest)
        return loss


class Guarded(Network):
    """A cross-entropy guarded against ln 0 by one epsilon: ln(y + epsilon), or y clipped to [epsilon, 1 - epsilon]."""

    epsilon = 0.0
    clips = False
    clips_above = True

    def guard(self, y: Number) -> Number:
        """Return y as its logarithm is taken."""
        epsilon = self.kind.convert(self.epsilon)
        if not self.clips:
            return y + epsilon
        above = self.kind.maximum(y, epsilon)
        return 0 - self.kind.maximum(0 - above, epsilon - 1) if self.clips_above else above


class GuardedLoss(Guarded):
    """-sum_o t*ln(guarded y)."""

    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        if self.setting.loss != "cross_entropy":
            return super().sample_loss(stages, targets)
        if self.clips:  # before 1 - y is taken, as scikit-learn and Keras do
            return cross_entropy(self, targets, self.kind.log, list(map(self.guard, stages.o_nodes)))
        return cross_entropy(self, targets, lambda y: self.kind.log(self.guard(y)), stages.o_nodes)


# ---- the deltas


def slopes_from_nodes(name: str, nodes: list[Number]) -> list[Number] | None:
    """Return y*(1 - y) for the logistic, 1 - y**2 for tanh, None for an activation that has no such form."""
    if name == "sigmoid":
        return [y * (1 - y) for y in nodes]
    return [1 - y * y for y in nodes] if name == "tanh" else None


class OutputSlopeFromTheNode(Network):
    """The slope of the outputs as y*(1 - y) or 1 - y**2."""

    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        slopes = slopes_from_nodes(self.setting.output, stages.o_nodes)
        plain_loss = self.setting.loss == "cross_entropy" and self.setting.rule != "error_splitting"
        if slopes is None or plain_loss:
            return super().output_deltas(stages, targets)
        errors = self.output_errors(stages, targets)
        if self.setting.rule != "error_splitting":
            errors = self.loss_slopes(stages, targets)
        return [error * slope for error, slope in zip(errors, slopes, strict=True)]


class HiddenSlopeFromTheNode(Network):
    """The slope of the hidden nodes as h*(1 - h) or 1 - h**2."""

    def hidden_slopes(self, stages: Forward) -> list[Number]:
        slopes = slopes_from_nodes(self.setting.hidden, stages.h_nodes)
        return super().hidden_slopes(stages) if slopes is None else slopes


class DeltaThroughTheNode(Guarded):
    """The delta of cross-entropy by the chain rule: d loss / d y = -t/y (+ (1-t)/(1-y)), times the derivative of the outputs.

    With an epsilon it is what automatic differentiation makes of that: -t/(y + epsilon), or 0 where y is clipped.
    """

    def by_node(self, y: Number, t: Number, sign: int) -> Number:
        """Return sign * t / (guarded y), the derivative of sign*t*ln(guarded y)."""
        if self.clips:
            value = self.kind.value(y)
            if value < self.epsilon or (self.clips_above and value > 1 - self.epsilon):
                return self.zero
            return sign * t / y
        return sign * t / (self.guard(y) if self.epsilon else y)

    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if self.setting.loss != "cross_entropy" or self.setting.rule == "error_splitting":
            return super().output_deltas(stages, targets)
        pairs = list(zip(stages.o_nodes, targets, strict=True))
        slopes = [self.by_node(y, t, -1) for y, t in pairs]
        if self.setting.output == "sigmoid":
            slopes = [slope + self.by_node(1 - y, 1 - t, 1) for slope, (y, t) in zip(slopes, pairs, strict=True)]
            return [slope * (y * (1 - y)) for slope, (y, _) in zip(slopes, pairs, strict=True)]
        deltas = []
        for o, y in enumerate(stages.o_nodes):
            delta = self.zero
            for k, other in enumerate(stages.o_nodes):
                delta += slopes[k] * (other * (1 - y) if k == o else 0 - other * y)
            deltas.append(delta)
        return deltas


class DeltaByQuotient(Network):
    """(y - t)/(y*(1 - y)) * y*(1 - y): the derivative of the loss times that of the logistic, not cancelled."""

    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if (self.setting.output, self.setting.loss) != ("sigmoid", "cross_entropy") or self.setting.rule == "error_splitting":
            return super().output_deltas(stages, targets)
        slopes, value = [y * (1 - y) for y in stages.o_nodes], self.kind.value
        errors = self.output_errors(stages, targets)  # where a slope is 0, who divides by it knows better
        return [e / slope * slope if value(slope) else e for e, slope in zip(errors, slopes, strict=True)]


# ---- the table

EPSILONS = (*(10.0**-n for n in range(7, 17)), 2.0**-52, 1e-20, 1e-30, 1e-100, 1e-300)
SATURATED = "loses digits where the nodes come close to 0 or 1"


def is_cross_entropy(setting: Setting) -> bool:
    """Whether the loss is the cross-entropy."""
    return setting.loss == "cross_entropy"


def guarded(base: type[Guarded], what: str) -> list[Formula]:
    """Return a formula for every usual epsilon, added or clipped at."""
    found = []
    for epsilon, clips, above in product(EPSILONS, (False, True), (True, False)):
        if not clips and not above:
            continue
        body = {"epsilon": epsilon, "clips": clips, "clips_above": above}
        clipped = f"y clipped at {epsilon:g}" if above else f"max(y, {epsilon:g})"
        how = clipped if clips else f"ln(y + {epsilon:g})"
        note = f"the {what} is off by the epsilon where the nodes come close to 0 or 1"
        found.append(Formula(f"{what} with {how}", note, type(base.__name__, (base,), body), is_cross_entropy))
    return found


SLOTS: dict[str, list[Formula]] = {
    "logistic": [
        Formula("the logistic as 1/(1 + e**-z)", "exp overflows for sums below -709", PlainLogistic, uses("sigmoid")),
        Formula("the logistic as e**z/(1 + e**z)", "exp overflows for sums beyond 709", LogisticOfPower, uses("sigmoid")),
        Formula("the logistic as (1 + tanh(z/2))/2", "nodes lose digits for sums below -10", LogisticByTanh, uses("sigmoid")),
    ],
    "tanh": [
        Formula("tanh as (e**z - e**-z)/(e**z + e**-z)", "nodes lose digits for sums near 0", PlainTanh, uses("tanh")),
        Formula("tanh as (e**2z - 1)/(e**2z + 1)", "nodes lose digits for sums near 0", TanhOfSquare, uses("tanh")),
        Formula("tanh as 2/(1 + e**-2z) - 1", "nodes lose digits for sums near 0", TanhByLogistic, uses("tanh")),
    ],
    "softmax": [
        Formula("softmax without the maximum taken out", "exp overflows for sums beyond 709", PlainSoftmax, uses("softmax")),
        Formula("softmax as the exponential of log-softmax", "the nodes lose a few digits", SoftmaxOfLog, uses("softmax")),
    ],
    "loss": [
        Formula("cross-entropy from the node, -t*ln(y)", f"the loss {SATURATED}", LossFromTheNode, is_cross_entropy),
        Formula("cross-entropy from ln(sum of e**z), without log1p", "it loses digits near 0", LogOfTheSum, is_cross_entropy),
        Formula(
            "cross-entropy as max(z, 0) - t*z + ln(1 + e**-|z|)", "it loses digits near 0", LossFromTheSum, is_cross_entropy
        ),
        *guarded(GuardedLoss, "cross-entropy"),
    ],
    "o_deltas": [
        Formula(
            "the output slope from the node, y*(1-y) or 1-y**2",
            f"the delta {SATURATED}",
            OutputSlopeFromTheNode,
            lambda setting: setting.output in ("sigmoid", "tanh"),
        ),
        Formula(
            "the delta of cross-entropy as (y-t)/(y*(1-y)) * y*(1-y)",
            f"the delta {SATURATED}",
            DeltaByQuotient,
            is_cross_entropy,
        ),
        Formula("the delta of cross-entropy through -t/y", f"the delta {SATURATED}", DeltaThroughTheNode, is_cross_entropy),
        *guarded(DeltaThroughTheNode, "the delta of cross-entropy"),
    ],
    "slopes": [
        Formula(
            "the hidden slope from the node, h*(1-h) or 1-h**2",
            "the slope loses digits for sums beyond 20",
            HiddenSlopeFromTheNode,
            lambda setting: setting.hidden in ("sigmoid", "tanh"),
        ),
    ],
}
FORMULAS: dict[str, type[Network]] = {formula.name: formula.network for slot in SLOTS.values() for formula in slot}


class Textbook(
    DeltaByQuotient, LossFromTheNode, OutputSlopeFromTheNode, HiddenSlopeFromTheNode, PlainSoftmax, PlainTanh, PlainLogistic
):
    """An ordinary network: what most people write, all at once. Mistakes are looked for in it, too."""


# ---- gradients by finite differences


class Differences(Network):
    """(loss(w + step) - loss(w - step)) / (2*step) for every weight, or (loss(w + step) - loss(w)) / step."""

    distance = 1e-5
    central = True

    def gradient(self, stages: list[Forward], o_deltas: list[list[Number]], h_deltas: list[list[Number]]) -> list[Number]:
        """The slope of the loss between two points."""
        own, gradient = list(self.flat), []
        here = self.zero if self.central else self.loss(self.forward())
        for position, w in enumerate(own):
            ends = []
            for sign in (1, -1) if self.central else (1,):
                moved = self.kind.value(w) + sign * self.distance
                self.flat = [*own[:position], self.kind.convert(moved), *own[position + 1 :]]
                ends.append(self.loss(self.forward()))
            self.flat = own
            between = self.kind.convert(2 * self.distance if self.central else self.distance)
            gradient.append((ends[0] - (ends[1] if self.central else here)) / between)
        return gradient


DIFFERENCES = [
    Formula(
        f"the gradient by {'central' if central else 'forward'} differences of {distance:g}",
        "a gradient by differences has about half the digits, or fewer",
        type("Differences", (Differences,), {"distance": distance, "central": central}),
        lambda setting: True,
    )
    for central in (True, False)
    for distance in (1e-5, 1e-6, 1e-4, 1e-7, 1e-3, 1e-8, 2.0**-26, 2.0 ** (-52 / 3), 1e-2)
]

__all__ = ["DIFFERENCES", "FORMULAS", "SLOTS", "Formula", "Textbook"]
