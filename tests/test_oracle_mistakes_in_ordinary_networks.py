"""Every mistake of the catalogue, planted in networks as ordinary people write them, is still caught.

Such networks lose digits: h*(1 - h), -t*ln(y), an epsilon in the logarithm. What is accepted there must not hide a mistake.
"""

import importlib
from functools import cache
from typing import Any

import pytest

from reference.kinds import Number
from reference.oracle import judge
from reference.oracle.cases import Case
from reference.oracle.expected import Right, right
from reference.oracle.mistakes import MISTAKES
from reference.oracle.steps import STAGES, Network
from reference.oracle.textbook import (
    DeltaThroughTheNode,
    GuardedLoss,
    HiddenSlopeFromTheNode,
    LogisticByTanh,
    LogisticOfPower,
    LossFromTheNode,
    OutputSlopeFromTheNode,
    PlainLogistic,
    PlainSoftmax,
    PlainTanh,
    SoftmaxOfLog,
    TanhByLogistic,
    TanhOfSquare,
)
from tests.answering import STEPS, Answering, Asking, asking, differs


def with_epsilon(base: Any, epsilon: float, clips: bool = False) -> Any:
    """Return a formula with this epsilon."""
    return type(base.__name__, (base,), {"epsilon": epsilon, "clips": clips})


ORDINARY: dict[str, tuple[type[Network], ...]] = {
    "a NumPy tutorial: h*(1-h), y-t, -t*ln(y)": (
        HiddenSlopeFromTheNode, OutputSlopeFromTheNode, LossFromTheNode, PlainSoftmax, PlainLogistic, PlainTanh,
    ),
    "an epsilon of 1e-7 in the logarithm": (
        HiddenSlopeFromTheNode, OutputSlopeFromTheNode, with_epsilon(GuardedLoss, 1e-7), PlainLogistic, TanhByLogistic,
    ),
    "clipped at 1e-7, as in Keras": (
        HiddenSlopeFromTheNode, OutputSlopeFromTheNode, with_epsilon(GuardedLoss, 1e-7, clips=True), LogisticOfPower,
    ),
    "clipped at 2.2e-16, as in scikit-learn": (
        HiddenSlopeFromTheNode, OutputSlopeFromTheNode, with_epsilon(GuardedLoss, 2.0**-52, clips=True), LogisticByTanh,
    ),
    "automatic differentiation through ln(y + 1e-8)": (
        HiddenSlopeFromTheNode, with_epsilon(DeltaThroughTheNode, 1e-8), with_epsilon(GuardedLoss, 1e-8), TanhOfSquare,
    ),
    "the Jacobian times -t/y": (
        HiddenSlopeFromTheNode, OutputSlopeFromTheNode, DeltaThroughTheNode, LossFromTheNode, SoftmaxOfLog, PlainTanh,
    ),
}  # fmt: skip
EXAMPLES = 20  # cases asked
PLACES = [
    asking("sigmoid", "softmax", "cross_entropy"),
    asking("tanh", "softmax", "cross_entropy", l2=0.25),
    asking("sigmoid", "sigmoid", "cross_entropy"),
    asking("sigmoid", "sigmoid", "half_squared_error"),
    asking("relu", "softmax", "cross_entropy"),
    asking("tanh", "identity", "mean_squared_error"),
    asking("leaky_relu", "softmax", "cross_entropy"),
    asking("sigmoid", "softmax", "cross_entropy", 3),
    asking("tanh", "softmax", "cross_entropy", 3, l2=0.25),
    asking("sigmoid", "softmax", "mean_squared_error", 2),
    asking("sigmoid", "softmax", "cross_entropy", targets="any"),
    asking("sigmoid", "softmax", "cross_entropy", optimizer=STEPS["nesterov"]),
    asking("sigmoid", "softmax", "cross_entropy", optimizer="rmsprop"),
    asking("tanh", "softmax", "cross_entropy", optimizer="adam"),
]


@cache
def own_answers(at: int) -> list[dict[str, list[Number]]]:
    """Return the right answers to the cases of a place."""
    return [Network(case).answers() for case in PLACES[at].cases(EXAMPLES)]


def place_of(name: str) -> Asking:
    """Return the first setting in which a mistake changes an answer clearly."""
    for at, where in enumerate(PLACES):
        if differs(own_answers(at), MISTAKES[name].network, where.cases(EXAMPLES)):
            return where
    raise AssertionError(f"{name} changes nothing")


computed: dict[str, dict[str, list[Right]]] = {}


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute once what is right, and look for no names: whether a mistake is caught does not depend on them."""

    def remembered(case: Case, precision: str, wanted: tuple[str, ...]) -> dict[str, list[Right]]:
        key = repr((case, precision, wanted))
        if key not in computed:
            computed[key] = right(case, precision, wanted)
        return computed[key]

    monkeypatch.setattr(judge, "right", remembered)
    module = importlib.import_module("reference.oracle.check")  # its name in the package is that of the function
    monkeypatch.setattr(module, "diagnosed", lambda exams, ways: module.Diagnosis([], False))


PLANTED = [
    pytest.param(
        name,
        way,
        id=f"{name} in {way}",
        marks=[] if at % 3 == 0 and way == list(ORDINARY)[at // 3 % 6] else [pytest.mark.thorough],
    )
    for at, name in enumerate(MISTAKES)
    for way in ORDINARY
]


@pytest.mark.parametrize(("name", "way"), PLANTED)
def test_a_mistake_in_an_ordinary_network_is_caught(name: str, way: str) -> None:
    made = type("Made", (MISTAKES[name].network, *ORDINARY[way]), {})
    verdict = place_of(name).verdict(Answering(made), examples=EXAMPLES)
    assert not verdict.agrees, str(verdict)
    assert verdict.grade == "wrong", str(verdict)


@pytest.mark.parametrize("way", ORDINARY)
@pytest.mark.parametrize("where", PLACES[:4], ids=str)
def test_the_ordinary_networks_agree_without_a_mistake(where: Asking, way: str) -> None:
    verdict = where.verdict(Answering(type("Right", ORDINARY[way], {})), examples=EXAMPLES)
    assert verdict.agrees, str(verdict)
    assert set(verdict.record["summary"]["by_stage"]) == set(STAGES)
