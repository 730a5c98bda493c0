"""Right networks agree in every textbook form, and the report names their formulas and precision."""

import json
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
from reference import oracle
from reference.oracle.cases import Question, cases
from reference.oracle.judging.expected import DIGITS
from reference.oracle.judging.fits import network_of
from reference.oracle.judging.steps import Network
from reference.oracle.judging.textbook import SLOTS
from reference.oracle.settings import Setting
from reference.specification.names import STAGES
from tests.oracle.answering import PackageRunner, Runner, Scenario, candidate_with, outputs_of, scenarios, with_change
from tests.thorough import mark_slow_in, thorough

SCENARIOS = scenarios()


@pytest.mark.parametrize("examples", [2, *thorough((10,))])
@pytest.mark.parametrize("scenario", mark_slow_in(SCENARIOS, *SCENARIOS[1::2]), ids=str)
def test_both_packages_agree_in_every_scenario(scenario: Scenario, examples: int) -> None:
    loops = scenario.verdict(PackageRunner(reference), examples=examples, ask_more=True)
    assert (loops.grade, loops.agrees, loops.diagnoses, loops.first_wrong) == ("exact", True, [], None)
    assert loops.record["notes"] == []
    matrices = scenario.verdict(PackageRunner(vectorized), examples=examples, ask_more=True)
    assert matrices.grade in ("exact", "within_bound"), str(matrices)
    assert matrices.agrees


def test_single_precision_is_reported_and_agrees_unless_double_is_required() -> None:
    single = PackageRunner(vectorized, dtype="float32")
    verdict = oracle.check(single, hidden="tanh", examples=4)
    assert (verdict.grade, verdict.agrees) == ("within_bound", True)
    assert "single precision from" in verdict.record["accuracy"]
    for part in verdict.record["accuracy"].split("; "):
        assert f"\n{part}\n" in str(verdict)
    assert oracle.check(single, hidden="tanh", examples=4, precision="float32").agrees
    verdict = oracle.check(single, hidden="tanh", examples=4, precision="float64")
    assert (verdict.grade, verdict.agrees) == ("low_precision", False)
    with pytest.raises(AssertionError, match="single precision"):
        oracle.assert_agrees(single, hidden="tanh", examples=4, precision="float64")


def test_single_precision_may_begin_at_a_later_stage() -> None:
    def round_to_single(answer: dict[str, Any], case: Question) -> None:
        for stage in ("gradient", "weights"):
            answer[stage] = [float(np.float32(x)) for x in answer[stage]]

    verdict = oracle.check(with_change(round_to_single), examples=20)
    assert (verdict.grade, verdict.agrees) == ("within_bound", True)
    assert "single precision from gradient on" in verdict.record["accuracy"]


def rounded_by_printing(code: str, network: type[Network] = Network, kind: type = float) -> Callable[[Question], Any]:
    """Return a candidate whose numbers are rounded as if they were printed in this format."""

    def candidate(case: Question) -> Any:
        answers = Runner(network, kind)(case)
        return {stage: np.vectorize(lambda x: float(f"{x:{code}}"))(numbers) for stage, numbers in answers.items()}

    return candidate


@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize(
    ("code", "digits", "kind"),
    [
        (".6f", "6 decimals", float),
        (".4f", "4 decimals", np.float32),
        (".6g", "6 significant digits", np.float32),
        (".5e", "6 significant digits", float),
        (".10g", "10 significant digits", float),
        (".8g", "8 significant digits", np.float32),
        (".10f", "10 decimals", np.float32),
    ],
)
def test_few_digits_are_low_precision(code: str, digits: str, kind: type) -> None:
    verdict = oracle.check(rounded_by_printing(code, TEXTBOOK_NETWORK, kind), examples=20)
    assert (verdict.grade, verdict.agrees, verdict.diagnoses) == ("low_precision", False, []), str(verdict)
    assert f"have only {digits}; " in str(verdict)


def test_a_variable_in_single_precision_is_low_precision_and_its_stage_is_named() -> None:
    class SingleRate(TEXTBOOK_NETWORK):  # type: ignore[misc, valid-type]
        def step(self, gradient: Any) -> Any:
            self.rate = float(np.float32(self.rate))
            return super().step(gradient)

    class SingleSlopes(TEXTBOOK_NETWORK):  # type: ignore[misc, valid-type]
        def hidden_slopes(self, sample: Any) -> Any:
            return [float(np.float32(slope)) for slope in super().hidden_slopes(sample)]

    for network, stage in ((SingleRate, "weights"), (SingleSlopes, "h_deltas")):
        verdict = oracle.check(Runner(network), hidden="tanh", examples=40)
        assert (verdict.grade, verdict.diagnoses) == ("low_precision", []), str(verdict)
        assert f"no known formula explains the digits that are lost in {stage}: is a variable there in single" in str(verdict)


def test_a_note_says_that_only_the_first_wrong_stage_has_few_digits() -> None:
    def round_outputs(answer: dict[str, Any], case: Question) -> None:
        answer["o_nodes"] = np.round(answer["o_nodes"], 4).tolist()

    notes = oracle.check(with_change(round_outputs), examples=12).record["notes"]
    assert "your o_nodes have only 4 decimals; give 17 significant digits, and check again" in notes


@pytest.mark.parametrize("code", [".6f", ".6g"])
def test_few_digits_do_not_hide_a_mistake(code: str) -> None:
    candidate = candidate_with("o_biases_missing")
    verdict = oracle.check(lambda case: np.vectorize(lambda x: float(f"{x:{code}}"))(candidate(case)["o_nodes"]), examples=12)
    assert verdict.grade == "wrong"
    assert verdict.diagnoses == ["o_biases_missing"]


@pytest.mark.parametrize("answer", mark_slow_in([0.0, 0.5, 0.123], 0.0, 0.5))
def test_the_same_answer_to_every_case_is_wrong(answer: float) -> None:
    assert oracle.check(lambda case: [answer] * case.n_outputs, examples=12).grade == "wrong"


@pytest.mark.usefixtures("without_slow_searches")
def test_half_precision_is_wrong() -> None:
    half = oracle.check(lambda case: np.array(outputs_of(reference)(case), np.float16), examples=4)
    assert (half.grade, half.agrees) == ("wrong", False)


FORMULAS = {formula.name: formula.network for slot in SLOTS.values() for formula in slot}
TEXTBOOK = (  # the formulas that most people write
    "the logistic as 1/(1 + e**-z)", "tanh as (e**z - e**-z)/(e**z + e**-z)", "softmax without the maximum subtracted",
    "cross-entropy from the node, -t*ln(y)", "the output slope from the node, y*(1-y) or 1-y**2",
    "the delta of cross-entropy as (y-t)/(y*(1-y)) * y*(1-y)", "the hidden slope from the node, h*(1-h) or 1-h**2",
)  # fmt: skip
TEXTBOOK_NETWORK = network_of(tuple(formula for slot in SLOTS.values() for formula in slot if formula.name in TEXTBOOK))
OTHER_EPSILONS = [name for name in FORMULAS if re.search(r"e-\d", name) and not re.search("1e-(07|12)", name)]
FORMULA_NAMES = mark_slow_in(FORMULAS, *OTHER_EPSILONS, *list(FORMULAS)[1::2])


@pytest.mark.parametrize("examples", [20, *thorough((60,))])
@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_a_textbook_formula_agrees_and_is_named(formula: str, examples: int) -> None:
    hidden = "tanh" if "tanh" in formula and "logistic" not in formula else "sigmoid"
    output = "softmax" if "softmax" in formula else "sigmoid"
    settings = {"hidden": hidden, "output": output, "loss": "cross_entropy", "examples": examples}
    verdict = oracle.check(Runner(FORMULAS[formula]), **settings)
    assert verdict.agrees
    assert verdict.grade in ("exact", "within_bound", "textbook")
    if verdict.grade == "textbook":
        (slot,) = (slot for slot in SLOTS.values() if any(formula == each.name for each in slot))
        (named,) = verdict.record["formulas"]
        assert named in {each.name for each in slot}  # other formulas for this part of the network may give the same numbers
        assert named in str(verdict)
        assert "largest difference" in verdict.record["accuracy"]
        strict = oracle.check(Runner(FORMULAS[formula]), **settings, strict=True)
        assert (strict.grade, strict.agrees) == ("textbook", False)


@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_a_textbook_formula_with_a_hundred_digits_and_no_epsilon_gives_the_right_numbers(formula: str) -> None:
    network = type("WithoutEpsilon", (FORMULAS[formula],), {"epsilon": 0.0})
    with localcontext(DIGITS):
        for scenario in SCENARIOS[::3]:
            for case in scenario.cases(4):
                other, right = network(case, Decimal).answers(), Network(case, Decimal).answers()
                assert list(other) == list(right)
                for stage, numbers in right.items():
                    assert all(abs(a - b) < Decimal("1e-40") for a, b in zip(other[stage], numbers, strict=True)), stage


def test_textbook_formulas_in_single_precision_agree_and_the_precision_is_reported() -> None:
    verdict = oracle.check(Runner(TEXTBOOK_NETWORK, np.float32), examples=40)
    assert verdict.agrees, str(verdict)
    assert "single precision" in verdict.record["accuracy"]


def test_a_right_network_that_answers_outputs_alone_agrees() -> None:
    assert oracle.check(outputs_of(vectorized), examples=30).agrees


def test_a_check_without_biases_ignores_the_numbers_of_biases() -> None:
    def spoil_biases(answer: dict[str, Any], case: Question) -> None:
        layout = reference.Layout(case.n_inputs, case.n_hidden, case.n_outputs)
        for at in range(layout.n_weights):
            if layout.name_of(at).startswith("b"):
                answer["gradient"][at] = answer["weights"][at] = 1e9

    assert not oracle.check(with_change(spoil_biases), examples=1).agrees
    assert oracle.check(with_change(spoil_biases), examples=10, biases=False).agrees


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_without_biases_a_mistake_in_the_weights_is_found() -> None:
    assert not oracle.check(candidate_with("gradient_ih_weights_transposed"), examples=10, biases=False).agrees


@pytest.mark.parametrize("stage", ["o_nodes", "h_deltas", "weights"])
def test_numbers_off_by_1e_12_do_not_agree(stage: str) -> None:
    assert oracle.check(with_change(off_by_little(stage)), examples=1).grade == "low_precision"


def test_a_gradient_off_by_1e_12_may_come_from_finite_differences() -> None:
    """Central differences have errors of this size."""
    verdict = oracle.check(with_change(off_by_little("gradient")), examples=1)
    assert verdict.grade == "textbook"
    assert "the gradient by central differences" in verdict.record["formulas"][0]
    assert not oracle.check(with_change(off_by_little("gradient")), examples=1, strict=True).agrees


def off_by_little(stage: str) -> Callable[[dict[str, Any], Question], None]:
    """Return a function that multiplies every number of a stage by 1 + 1e-12."""

    def shift(answer: dict[str, Any], case: Question) -> None:
        answer[stage] = [x * (1 + 1e-12) for x in answer[stage]]

    return shift


def test_without_biases_all_biases_of_a_case_are_zero() -> None:
    for case in cases(Setting(biases=False), examples=20, batch=2):
        biases = [w for at, w in enumerate(case.weights) if case.layout.name_of(at).startswith("b")]
        assert biases == [0.0] * (case.layout.n_hidden + case.layout.n_outputs)


def test_the_summary_counts_the_judged_numbers() -> None:
    verdict = oracle.check(PackageRunner(reference), examples=20)
    judged = verdict.record["summary"]
    assert set(judged["by_stage"]) == set(STAGES)
    assert judged["judged"] == judged["exact"] == sum(judged["by_stage"].values()) > 500
    assert "does not prove" in str(verdict)
    assert json.loads(verdict.to_json())["grade"] == "exact"
