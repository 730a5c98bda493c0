"""Reports on ordinary mistakes that an earlier version of the oracle explained falsely, twice, or not at all."""

from typing import Any

import pytest

import reference
from reference import oracle
from reference.oracle.cases import Case, Question
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
    """Return the verdict on a right network that was changed to use these formulas."""
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
def test_a_mistake_in_the_gradient_has_one_explanation(
    formulas: dict[str, str], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reference.oracle.explaining.search.PATIENCE", 60.0)  # 1 second is too short on a busy machine
    verdict = verdict_on(formulas)
    assert verdict.diagnoses == names, f"{verdict}"
    assert verdict.record["complete"]


@pytest.mark.usefixtures("without_smallest_network")
def test_the_report_leaves_out_a_factor_of_1() -> None:
    report = str(verdict_on({"o_deltas": "2*right_deltas"}, "all"))
    assert "right   o_deltas[o] = o_nodes[o] - targets[o]\n" in report
    assert " * 1 - " not in report


def test_the_wrong_formula_contains_all_mistakes_and_the_right_formula_contains_none() -> None:
    model = RELU._replace(inputs=tree("abs(inputs)"))
    (right,) = statement_of_step("hidden_slope_missing", Wording(model, ASKED, True, True))["right"]
    assert right.startswith("h_deltas[h] = sigmoid'(h_sums[h])*")
    statement = statement_of_step("h_biases_missing", Wording(model, ASKED, True, True))
    assert statement["theirs"] == ["h_sums[h] = sum_i(abs(inputs[i])*ih_weights[i][h])"]
    assert statement["right"] == ["h_sums[h] = sum_i(inputs[i]*ih_weights[i][h]) + h_biases[h]"]


def test_an_unusual_function_is_explained() -> None:
    lines = statement_lines(statement_of_step("h_sums_carried_over_nodes", Wording(RELU, ASKED, True, True)), "")
    assert f"    where   running(x) is {MEANINGS['running']}" in lines
    assert MEANINGS.keys() <= {*ROW_FUNCTIONS, *GRID_FUNCTIONS, "carried"}


# ---- a student's network: sigmoid and half squared error, the slopes computed as y*(1 - y)

STUDENT: dict[str, Any] = {"hidden": "sigmoid", "output": "sigmoid", "loss": "half_squared_error", "learning_rate": 0.1}


def student(case: Question, factor: float, *, errors_passed_back: bool = False) -> dict[str, Any]:
    """Return the outputs of one sample, and its gradient multiplied by a factor."""
    network = reference.NeuralNetwork(
        case.n_inputs, case.n_hidden, case.n_outputs, hidden="sigmoid", output="sigmoid", weights=case.weights
    )
    forward, matrix = network.forward(case.inputs), network.blocks().ho_weights
    errors = [y - t for y, t in zip(forward.o_nodes, case.targets, strict=True)]
    o_deltas = [error * y * (1 - y) for error, y in zip(errors, forward.o_nodes, strict=True)]
    passed_back = errors if errors_passed_back else o_deltas
    sums = [sum(w * each for w, each in zip(row, passed_back, strict=True)) for row in matrix]
    h_deltas = [each * y * (1 - y) for each, y in zip(sums, forward.h_nodes, strict=True)]
    blocks = (
        [x * d for x in case.inputs for d in h_deltas],
        h_deltas,
        [y * d for y in forward.h_nodes for d in o_deltas],
        o_deltas,
    )
    return {"o_nodes": forward.o_nodes, "gradient": [factor * g for block in blocks for g in block]}


FACTORS = [
    (0.5, ["o_deltas_half"]),
    (0.1, ["gradient_times_the_learning_rate"]),
    (-0.1, ["deltas_negative", "gradient_times_the_learning_rate"]),
    (3, ["gradient[b->o] = 3*o_deltas[o]"]),
]


@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize(("factor", "names"), [*FACTORS[1:2], *thorough(FACTORS[0], *FACTORS[2:])])
def test_a_factor_of_the_whole_gradient_is_named_once(factor: float, names: list[str]) -> None:
    """Case 185 has outputs near 1, so 1 - y loses digits. The factor is still named."""
    verdict = oracle.check(lambda case: student(case, factor), **STUDENT)
    assert verdict.diagnoses == names, f"{verdict}"
    assert verdict.record["complete"]


@pytest.mark.usefixtures("without_smallest_network")
def test_another_rule_is_described_in_words() -> None:
    report = str(oracle.check(lambda case: student(case, 1, errors_passed_back=True), **STUDENT, examples=20))
    assert "The hidden deltas are computed from the errors y - t in place of the output deltas." in report
    assert "    fix     Multiply the ho weights by the output deltas.\n" in report
    report = str(oracle.check(lambda case: student(case, 1), **STUDENT, rule="error_splitting", examples=20))
    assert "The hidden deltas are computed from the output deltas in place of the errors y - t." in report
    assert "    fix     Multiply the ho weights by the errors y - t.\n" in report


@pytest.mark.usefixtures("without_smallest_network")
def test_a_missing_slope_of_leaky_relu_is_reported_as_missing() -> None:
    """The report does not name hidden_slope_of_node_at_the_sum: only networks with sigmoid or tanh can have that mistake."""
    report = str(verdict_on({"h_deltas": "o_deltas @ ho_weights.T"}, "all", hidden="leaky_relu"))
    assert "(hidden_slope_missing)" in report
    assert "at_the_sum" not in report
