"""Textbook formulas: other right ways to write a network. They lose digits or overflow where `reference` does not.

Each formula overrides one method of `judging.steps.Network`. Computed with Bounded numbers (a value and its error
bound), a formula also gives the bounds of its rounding errors. A slot is a part of a network, such as the loss. At most one
formula is chosen for each slot. Together, the chosen formulas must explain all answers.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from reference.oracle.judging.steps import Network
from reference.oracle.judging.textbook_deltas import (
    DeltaByQuotient,
    DeltaThroughTheNode,
    HiddenSlopeFromTheNode,
    OutputSlopeFromTheNode,
)
from reference.oracle.judging.textbook_losses import Guarded, GuardedLoss, LogOfTheSum, LossFromTheNode, LossFromTheSum
from reference.oracle.judging.textbook_nodes import (
    Nodes,
    logistic_by_tanh,
    logistic_of_power,
    network_with,
    plain_logistic,
    plain_softmax,
    plain_tanh,
    softmax_of_log,
    tanh_by_logistic,
    tanh_of_square,
)
from reference.oracle.settings import Setting


class Formula(NamedTuple):
    """A formula of one slot. `note` is for the report, and `applies` says whether a setting can use the formula."""

    name: str
    note: str
    network: type[Network]
    applies: Callable[[Setting], bool]


EPSILONS = (*(10.0**-n for n in range(7, 17)), 2.0**-52, 1e-20, 1e-30, 1e-100, 1e-300)
NEAR_THE_ENDS = "loses digits where the nodes come close to the ends of their range"


def is_cross_entropy(setting: Setting) -> bool:
    """Whether the loss is the cross-entropy."""
    return setting.loss == "cross_entropy"


def nodes_formula(name: str, note: str, activation: str, nodes: Nodes) -> Formula:
    """Return a formula that applies if a layer has this activation."""
    return Formula(name, note, network_with(activation, nodes), lambda setting: activation in (setting.hidden, setting.output))


def epsilon_formulas(base: type[Guarded], what: str) -> Iterator[Formula]:
    """Yield three formulas for each usual epsilon: y + epsilon, y clipped on both sides, y clipped from below."""
    note = f"the {what} is wrong where a node is near 0 or 1"
    for epsilon in EPSILONS:
        for text, clips, above in (
            (f"ln(y + {epsilon:g})", False, True),
            (f"y clipped at {epsilon:g}", True, True),
            (f"max(y, {epsilon:g})", True, False),
        ):
            body = {"epsilon": epsilon, "clips": clips, "clips_above": above}
            yield Formula(f"{what} with {text}", note, type(base.__name__, (base,), body), is_cross_entropy)


SLOTS: dict[str, list[Formula]] = {
    "logistic": [
        nodes_formula("the logistic as 1/(1 + e**-z)", "exp overflows for sums below -709", "sigmoid", plain_logistic),
        nodes_formula("the logistic as e**z/(1 + e**z)", "exp overflows for sums beyond 709", "sigmoid", logistic_of_power),
        nodes_formula("the logistic as (1 + tanh(z/2))/2", "nodes lose digits for negative sums", "sigmoid", logistic_by_tanh),
    ],
    "tanh": [
        nodes_formula("tanh as (e**z - e**-z)/(e**z + e**-z)", "nodes lose digits for sums near 0", "tanh", plain_tanh),
        nodes_formula("tanh as (e**2z - 1)/(e**2z + 1)", "nodes lose digits for sums near 0", "tanh", tanh_of_square),
        nodes_formula("tanh as 2/(1 + e**-2z) - 1", "nodes lose digits for sums near 0", "tanh", tanh_by_logistic),
    ],
    "softmax": [
        nodes_formula("softmax without the maximum subtracted", "exp overflows for sums beyond 709", "softmax", plain_softmax),
        nodes_formula("softmax as the exponential of log-softmax", "the nodes lose a few digits", "softmax", softmax_of_log),
    ],
    "loss": [
        Formula("cross-entropy from the node, -t*ln(y)", f"the loss {NEAR_THE_ENDS}", LossFromTheNode, is_cross_entropy),
        Formula(
            "cross-entropy from ln(sum of e**z), without log1p", "the loss loses digits near 0", LogOfTheSum, is_cross_entropy
        ),
        Formula(
            "cross-entropy as max(z, 0) - t*z + ln(1 + e**-|z|)",
            "the loss loses digits near 0",
            LossFromTheSum,
            is_cross_entropy,
        ),
        *epsilon_formulas(GuardedLoss, "cross-entropy"),
    ],
    "o_deltas": [
        Formula(
            "the output slope from the node, y*(1-y) or 1-y**2",
            f"the delta {NEAR_THE_ENDS}",
            OutputSlopeFromTheNode,
            lambda setting: setting.output in ("sigmoid", "tanh"),
        ),
        Formula(
            "the delta of cross-entropy as (y-t)/(y*(1-y)) * y*(1-y)",
            f"the delta {NEAR_THE_ENDS}",
            DeltaByQuotient,
            is_cross_entropy,
        ),
        Formula("the delta of cross-entropy through -t/y", f"the delta {NEAR_THE_ENDS}", DeltaThroughTheNode, is_cross_entropy),
        *epsilon_formulas(DeltaThroughTheNode, "the delta of cross-entropy"),
    ],
    "slopes": [
        Formula(
            "the hidden slope from the node, h*(1-h) or 1-h**2",
            "the slope loses digits for large sums",
            HiddenSlopeFromTheNode,
            lambda setting: setting.hidden in ("sigmoid", "tanh"),
        ),
    ],
}
