"""For each part of a network, a formula that loses no digits. A strict check recommends it."""

from collections.abc import Sequence

from reference.oracle.judging.textbook import SLOTS, Formula
from reference.oracle.settings import Setting

NODES = {
    "logistic": "compute 1/(1 + e**-z) for z >= 0, and e**z/(1 + e**z) for z < 0",
    "tanh": "use the tanh of your library",
    "softmax": "subtract the largest sum from each sum, take exp, divide by the total",
}
LOSSES = {
    "softmax": "-ln(y) = m - z + log1p(total of e**(s - m) over all sums s but the largest), where z is the sum of y and m the "
    "largest sum",
    "sigmoid": "-ln(y) = max(-z, 0) + log1p(e**-|z|), and -ln(1-y) = max(z, 0) + log1p(e**-|z|)",
}
SLOPES = {
    "sigmoid": "the slope at the sum z is e**-|z|/(1 + e**-|z|)**2",
    "tanh": "the slope at the sum z is (2*e**-|z|/(1 + e**(-2*|z|)))**2",
}


def accurate_forms(formulas: Sequence[Formula], settings: list[Setting]) -> list[str]:
    """Return formulas, in words, that replace these textbook formulas and lose no digits."""
    forms = []
    for slot, known in SLOTS.items():
        for formula in formulas:
            if formula in known:
                forms.append(accurate_form(slot, next(filter(formula.applies, settings))))
    return list(dict.fromkeys(forms))


def accurate_form(slot: str, setting: Setting) -> str:
    """Return in words how to compute one part of the network (see SLOTS) without losing digits."""
    if slot == "loss":
        return LOSSES[setting.output]
    if slot == "slopes":
        return SLOPES[setting.hidden]
    if slot == "o_deltas":
        is_difference = setting.loss == "cross_entropy" and setting.rule == "backpropagation"
        return "the delta is y - t" if is_difference else SLOPES[setting.output]
    return NODES[slot]
