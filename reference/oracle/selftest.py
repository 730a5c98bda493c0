"""The oracle examines itself before it judges: where every operation is exact, every way to compute must give the same number.

Whole numbers through ReLU and identity, and a gradient that owes nothing to the backward pass; then a planted mistake,
which must be seen.
"""

from fractions import Fraction
from functools import cache

from reference.numbers.bounded import Bounded
from reference.numbers.dual import Dual
from reference.numbers.number import Number
from reference.oracle.answers import Answer
from reference.oracle.cases import REGIMES, Case, Setting, cases
from reference.oracle.expected import answers_of, network_on, right
from reference.oracle.judge import exam
from reference.oracle.mistakes import MISTAKES
from reference.oracle.steps import STAGES, Network

EXACT = Setting("relu", "identity", "squared_error", "sum")
SMOOTH = Setting("tanh", "softmax", "mean_squared_error", l2=0.25)
EXACT_STAGES = STAGES[:8]
PLANTED = "h_biases_missing"


@cache
def self_test() -> None:
    """Raise AssertionError where the oracle contradicts itself; it is asked once, and remembered."""
    whole = [case for case in cases(EXACT, examples=4 * len(REGIMES), batch=2) if case.purpose == "integers"]
    for case in whole:
        exactly = answers_of(case, Fraction, EXACT_STAGES)
        for way, found in (("floats", answers_of(case, float, EXACT_STAGES)), ("steps", Network(case).answers(EXACT_STAGES))):
            agree(exactly == found, f"on whole numbers {way} and fractions differ")
        for stage, numbers in right(case, "float64", EXACT_STAGES).items():
            agree([n.value for n in numbers] == exactly[stage], f"on whole numbers the value beside the bound differs: {stage}")
    for case in cases(SMOOTH, examples=3, batch=2):
        backward, forward = answers_of(case, Bounded, ("gradient",))["gradient"], gradient(case, Bounded)
        for there, here in zip(backward, forward, strict=True):
            agree(
                abs(there.value - here.value) <= there.error + here.error,
                "the gradients with and without a backward pass differ",
            )
    agree(any(map(planted_is_seen, whole)), f"the planted mistake {PLANTED} is not seen")


def planted_is_seen(case: Case) -> bool:
    """Whether a mistake planted in the answers to a case is seen."""
    answers = MISTAKES[PLANTED].network(case).answers(EXACT_STAGES)
    return exam(case, Answer(answers, frozenset())).wrong()


def agree(good: bool, otherwise: str) -> None:
    """Raise AssertionError unless all is well."""
    if not good:
        raise AssertionError(f"the oracle fails its own test, and gives no verdict: {otherwise}; please report this")


def gradient(case: Case, part: type = float) -> list[Number]:
    """Return the gradient of a case's loss, one forward pass a weight.

    Raises Undecided at a kink, where there is none.
    """
    kind, setting = Dual.of(part), case.setting
    network = network_on(case, kind)
    entries = []
    for position, weight in enumerate(case.weights):
        weights = network.weights
        weights[position] = kind(weight, 1)
        moved = network_on(case, kind)
        moved.weights = weights
        loss = moved.loss_of(case.inputs, case.targets, reduction=setting.reduction, l2=setting.l2)
        entries.append(loss.slope)
    return entries
