"""Right networks that round differently from the loops are never called wrong."""

import numpy as np
import pytest

import vectorized
from reference.oracle.judging.steps import Network
from tests.oracle.answering import STEPS, Answering, Asking, OfTwin, asking, settings
from tests.oracle.rounding import ORDERS, network_adding
from tests.thorough import but_thorough

PLACES = (
    asking("sigmoid", "sigmoid", "half_squared_error", 3, reduction="sum", optimizer=STEPS["nesterov"]),
    asking("tanh", "softmax", "cross_entropy", l2=0.25),
)
SETTINGS = settings()
in_every_place = pytest.mark.parametrize("where", PLACES, ids=str)


@pytest.mark.parametrize("bias_first", but_thorough([True, False], False))
@pytest.mark.parametrize("number", but_thorough([float, np.float32], np.float32))
@pytest.mark.parametrize("order", ORDERS)
@in_every_place
def test_every_order_of_summation_agrees(where: Asking, order: str, number: type, bias_first: bool) -> None:
    verdict = where.verdict(Answering(network_adding(ORDERS[order], bias_first), number), examples=6)
    assert verdict.grade in ("exact", "within_bound"), str(verdict)


@pytest.mark.parametrize(
    "candidate", [Answering(Network, np.float32), OfTwin(vectorized, dtype="float32")], ids=["loops", "matrices"]
)
@pytest.mark.parametrize("where", but_thorough(SETTINGS, *(each for at, each in enumerate(SETTINGS) if at % 5)), ids=str)
def test_both_twins_agree_in_single_precision(where: Asking, candidate: Answering | OfTwin) -> None:
    verdict = where.verdict(candidate, examples=6)
    assert verdict.grade == "within_bound", str(verdict)


@pytest.mark.parametrize("bias_first", [False, True], ids=["bias last", "bias first"])
@pytest.mark.parametrize("order", list(ORDERS.values()))
def test_every_order_is_right_on_whole_numbers(order: object, bias_first: bool) -> None:
    where = asking("relu", "identity", "squared_error", 3, reduction="sum", l2=0.5)
    whole = [case for case in where.cases(20) if case.purpose == "integers"]
    assert whole
    for case in whole:
        assert network_adding(order, bias_first)(case).answers() == Network(case).answers()
