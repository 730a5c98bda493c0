"""The oracle accepts right networks that add in another order or in single precision."""

import numpy as np
import pytest

import vectorized
from reference.oracle.judging.steps import Network
from tests.oracle.answering import STATEFUL, PackageRunner, Runner, Scenario, scenario_of, scenarios
from tests.oracle.rounding import ORDERS, network_with_sum
from tests.thorough import mark_slow_in

TWO_SCENARIOS = (
    scenario_of("sigmoid", "sigmoid", "half_squared_error", 3, reduction="sum", optimizer=STATEFUL["nesterov"]),
    scenario_of("tanh", "softmax", "cross_entropy", l2=0.25),
)
SCENARIOS = scenarios()


@pytest.mark.parametrize("additions_last", mark_slow_in([True, False], False))
@pytest.mark.parametrize("number", mark_slow_in([float, np.float32], np.float32))
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("scenario", TWO_SCENARIOS, ids=str)
def test_the_oracle_accepts_every_order_of_summation(
    scenario: Scenario, order: str, number: type, additions_last: bool
) -> None:
    verdict = scenario.verdict(Runner(network_with_sum(ORDERS[order], additions_last), number), examples=6)
    assert verdict.grade in ("exact", "within_bound"), str(verdict)


@pytest.mark.parametrize(
    "candidate", [Runner(Network, np.float32), PackageRunner(vectorized, dtype="float32")], ids=["loops", "matrices"]
)
@pytest.mark.parametrize("scenario", mark_slow_in(SCENARIOS, *(each for at, each in enumerate(SCENARIOS) if at % 5)), ids=str)
def test_the_oracle_accepts_loops_and_matrices_in_single_precision(
    scenario: Scenario, candidate: Runner | PackageRunner
) -> None:
    verdict = scenario.verdict(candidate, examples=6)
    assert verdict.grade == "within_bound", str(verdict)


@pytest.mark.parametrize("additions_last", [False, True], ids=["additions first", "additions last"])
@pytest.mark.parametrize("order", list(ORDERS.values()))
def test_every_order_is_exact_on_whole_numbers(order: object, additions_last: bool) -> None:
    scenario = scenario_of("relu", "identity", "squared_error", 3, reduction="sum", l2=0.5)
    whole = [case for case in scenario.cases(20) if case.purpose == "integers"]
    assert whole
    for case in whole:
        assert network_with_sum(order, additions_last)(case).answers() == Network(case).answers()
