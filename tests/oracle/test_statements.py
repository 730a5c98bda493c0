"""What the report says about ordinary mistakes that once had a false, a doubled or no explanation."""

from typing import Any

import pytest

from reference import oracle
from reference.oracle.cases import Case
from reference.oracle.explaining.formulas import tree
from reference.oracle.explaining.functions import ROW_FUNCTIONS
from reference.oracle.explaining.grids import GRID_FUNCTIONS
from reference.oracle.explaining.models import Formulas, Frame, model_of
from reference.oracle.explaining.report import MEANINGS, statement_lines
from reference.oracle.explaining.statements import Wording
from reference.oracle.explaining.words import statement_of_step
from reference.oracle.settings import Setting
from tests.oracle.answering import Runner
from tests.thorough import thorough

ASKED = model_of(Setting()).setting
RELU = model_of(ASKED._replace(hidden="relu"))


def verdict_on(formulas: dict[str, str], view: str = "gradient", **settings: Any) -> oracle.Verdict:
    """Return the verdict on a network that computes some steps by these formulas."""
    trees: Formulas = {step: tree(text) for step, text in formulas.items()}

    def network(case: Case, number: type = float) -> Frame:
        return Frame(case, model_of(case.setting), trees)

    return oracle.check(Runner(network, view=view), examples=20, **settings)


SLOPE = "h_nodes*(1 - h_nodes)*(o_deltas @ ho_weights.T)"
FOUND = [
    ({"gradient.h_biases": "0"}, ["h_bias_gradient_missing"]),
    ({"h_nodes": "relu(h_sums)", "h_deltas": SLOPE}, ["relu_in_the_nodes_alone"]),
    ({"gradient.h_biases": "3*h_deltas", "gradient.o_biases": "3*o_deltas"}, ["gradient[b->o] = 3*o_deltas[o]"]),
]


@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize(("formulas", "names"), [*FOUND[:2], *thorough(*FOUND[2:])])
def test_a_mistake_in_the_gradient_has_one_explanation(formulas: dict[str, str], names: list[str]) -> None:
    verdict = verdict_on(formulas)
    assert verdict.diagnoses == names, f"{verdict}"
    assert verdict.record["complete"]


@pytest.mark.usefixtures("without_smallest_network")
def test_a_sum_of_targets_that_is_always_1_is_not_written() -> None:
    report = str(verdict_on({"o_deltas": "2*right_deltas"}, "all"))
    assert "right   o_deltas[o] = o_nodes[o] - targets[o]\n" in report
    assert " * 1 - " not in report


def test_the_right_formula_is_that_of_the_setting_and_the_wrong_one_that_of_the_network() -> None:
    model = RELU._replace(inputs=tree("abs(inputs)"))
    (right,) = statement_of_step("hidden_slope_missing", Wording(model, ASKED, True, True))["right"]
    assert right.startswith("h_deltas[h] = sigmoid'(h_sums[h])*")
    each = statement_of_step("h_biases_missing", Wording(model, ASKED, True, True))
    assert each["theirs"] == ["h_sums[h] = sum_i(abs(inputs[i])*ih_weights[i][h])"]
    assert each["right"] == ["h_sums[h] = sum_i(inputs[i]*ih_weights[i][h]) + h_biases[h]"]


def test_an_unusual_function_is_explained() -> None:
    lines = statement_lines(statement_of_step("h_sums_carried_over_nodes", Wording(RELU, ASKED, True, True)), "")
    assert f"    where   running(x) is {MEANINGS['running']}" in lines
    assert MEANINGS.keys() <= {*ROW_FUNCTIONS, *GRID_FUNCTIONS, "carried"}
