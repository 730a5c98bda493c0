"""The oracle names one or several mistakes, accepts an epsilon of 1e-7 in a logarithm, and finds a small counterexample."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

import reference
from reference import oracle
from reference.oracle.answers import Candidate
from reference.oracle.cases import Question
from reference.oracle.decide import verdict_on
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.judging.steps import Network
from reference.specification.names import STAGES
from tests.oracle.answering import STATEFUL, Runner, Scenario, candidate_with, differs, names_of, scenario_of, scenarios
from tests.oracle.corpus import ENTRIES, Entry
from tests.thorough import mark_slow_in, thorough

SCENARIOS = scenarios()
WITH_MORE_STEPS = [
    *SCENARIOS,
    *(
        scenario_of("tanh", "identity", "half_squared_error", 2, optimizer=optimizer, steps=3)
        for optimizer in (None, *STATEFUL.values())
    ),
]


@cache
def right_answers(at: int, examples: int) -> list[dict[str, list[float]]]:
    return [Network(case).answers() for case in WITH_MORE_STEPS[at].cases(examples)]


def scenario_with_effect(name: str, examples: int) -> Scenario:
    """Return a scenario in which a mistake changes an answer, if possible without NaN.

    Small batches are tried first, and several training steps at the end. The mistake decides where the search begins.
    """
    begin = list(MISTAKES).index(name) % len(SCENARIOS)
    order = sorted([*range(begin, len(SCENARIOS)), *range(begin)], key=lambda at: SCENARIOS[at].batch or 0)
    with_effect: list[Scenario] = []
    for at in (*order, *range(len(SCENARIOS), len(WITH_MORE_STEPS))):
        scenario = WITH_MORE_STEPS[at]
        if differs(right_answers(at, examples), MISTAKES[name].network, scenario.cases(examples)):
            with_effect.append(scenario)
            if not gives_nan(name, scenario):
                return scenario
    assert with_effect, f"{name} changes nothing"
    return with_effect[0]


def gives_nan(name: str, scenario: Scenario) -> bool:
    """Whether a network with this mistake answers NaN in the first case."""
    answers = MISTAKES[name].network(scenario.cases(1)[0]).answers()
    return any(x != x for numbers in answers.values() for x in numbers)


DEFAULT_MISTAKES = list(MISTAKES)[::50]


@pytest.mark.parametrize("name", mark_slow_in(MISTAKES, *(name for name in MISTAKES if name not in DEFAULT_MISTAKES)))
@pytest.mark.usefixtures("without_slow_searches")
def test_every_mistake_is_caught_and_named_or_explained(name: str) -> None:
    examples = 12
    scenario = scenario_with_effect(name, examples)
    candidate = Runner(MISTAKES[name].network)
    verdict = scenario.verdict(candidate, examples=examples)
    nesterov = (scenario.setting.optimizer or {}).get("nesterov") and scenario.setting.steps == 1
    if nesterov and verdict.grade == "another_convention":  # in one step, Sutskever's form of Nesterov equals plain momentum
        return
    assert (verdict.grade, verdict.agrees) == ("wrong", False)
    if gives_nan(name, scenario) and "has NaN (not a number) in all cases" in str(verdict):
        assert (verdict.diagnoses, verdict.explanation) == ([], None)
        return
    same = verdict.explanation is not None and all(
        alike(candidate(case.question()), verdict.explanation(case.question())) for case in scenario.cases(6, seed=7)
    )
    assert name in names_of(verdict) or same, f"{scenario}\n{verdict}"
    by_norm = "clipped_by_norm" in name  # the explanation may leave out the 1e-6 that PyTorch adds to the norm
    assert same or by_norm or verdict.explanation is None, f"explained falsely; {scenario}\n{verdict}"


def alike(answer: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answers differ only by rounding."""
    assert answer.keys() == other.keys()
    return all(np.allclose(answer[stage], other[stage], rtol=1e-6, atol=1e-9, equal_nan=True) for stage in answer)


SMALLEST = (
    ("h_biases_missing", {}, 4),
    ("ih_weights_transposed", {"hidden": "tanh"}, 6),
    *thorough(
        ("hidden_slope_missing", {"batch": 3}, 4),
        ("gradient_reduced_otherwise", {"batch": 3}, 4),
        ("adam_epsilon_under_the_root", {"optimizer": "adam"}, 4),
        ("leak_of_a_tenth", {"hidden": "leaky_relu"}, 4),
        ("one_o_bias_for_all", {}, 4),
    ),
)


@pytest.mark.parametrize(("name", "setting", "nodes"), SMALLEST)
def test_the_counterexample_is_small_and_has_the_same_mistake(name: str, setting: dict[str, Any], nodes: int) -> None:
    verdict = oracle.check(candidate_with(name), examples=20, **setting)
    assert verdict.diagnoses == [name]
    small = verdict.counterexample
    assert small is not None
    assert small.layout.n_inputs + small.layout.n_hidden + small.layout.n_outputs <= nodes, small
    assert max(small.layout.n_inputs, small.layout.n_hidden, small.layout.n_outputs) <= 3
    assert small.layout.n_outputs == 2 or small.setting.output != "softmax"
    assert any(small.weights)
    small_verdict = verdict_on(candidate_with(name), [small], {**verdict.record, "notes": []}, ask_more=False)
    assert (small_verdict.grade, small_verdict.diagnoses) == ("wrong", [name])
    assert small_verdict.first_wrong is not None
    assert verdict.first_wrong is not None
    assert small_verdict.first_wrong.partition("[")[0] == verdict.first_wrong.partition("[")[0]
    assert name in str(verdict)
    assert MISTAKES[name].fix in str(verdict)


COMBINATIONS = (
    ("h_biases_missing", "output_activation_missing"),
    ("ih_weights_transposed", "loss_twice", "h_bias_gradient_missing"),
    ("hidden_slope_missing", "h_bias_gradient_missing"),
    ("h_biases_missing", "hidden_slope_missing", "step_uphill"),
    ("leak_of_a_tenth", "o_biases_twice", "penalty_missing_in_gradient"),
)


@pytest.mark.parametrize("names", mark_slow_in(COMBINATIONS, *COMBINATIONS[2:]), ids=" and ".join)
@pytest.mark.usefixtures("without_smallest_network")
def test_mistakes_in_different_stages_are_all_found(names: tuple[str, ...]) -> None:
    scenario = scenario_of("leaky_relu", "sigmoid", "half_squared_error", 2, l2=0.25)
    verdict = scenario.verdict(candidate_with(*names), examples=12)
    assert set(verdict.diagnoses) == set(names), f"{verdict}"
    assert len(verdict.diagnoses) == len(names)
    assert verdict.record["complete"]
    assert all(f"({name})" in str(verdict) for name in verdict.diagnoses)


def h_biases_missing(candidate: Candidate, case: Question) -> Any:
    at, weights = case.n_inputs * case.n_hidden, list(case.weights)
    weights[at : at + case.n_hidden] = [0.0] * case.n_hidden
    return candidate(Question(case | {"weights": weights}))


def gradient_twice(candidate: Candidate, case: Question) -> Any:
    answer = candidate(case)
    return answer | {"gradient": [2 * g for g in answer["gradient"]]}


def loss_twice(candidate: Candidate, case: Question) -> Any:
    answer = candidate(case)
    return answer | {"loss": 2 * answer["loss"]}


CHANGES = (h_biases_missing, gradient_twice, loss_twice)
WITH_EPSILON = [each for each in ENTRIES if each.epsilon == 1e-7 and not each.needs and set(STAGES[:-1]) <= set(each.stages)]


@pytest.mark.thorough
@pytest.mark.parametrize("mistake", mark_slow_in(CHANGES, *CHANGES[2:]))
@pytest.mark.parametrize("entry", mark_slow_in(WITH_EPSILON, *WITH_EPSILON[1:]), ids=lambda entry: entry.name)
@pytest.mark.usefixtures("without_smallest_network")
def test_a_mistake_is_named_and_a_textbook_epsilon_is_not(entry: Entry, mistake: Callable[..., Any]) -> None:
    for setting in entry.settings:
        assert oracle.check(entry.candidate, **setting, examples=20).agrees
        verdict = oracle.check(partial(mistake, entry.candidate), **setting, examples=20)
        assert verdict.diagnoses == [mistake.__name__], f"{verdict}"


EQUAL_MISTAKES = (
    (("loss_reduced_otherwise",), "sigmoid", "softmax", "cross_entropy", "all"),
    (("plain_errors_passed_back",), "sigmoid", "sigmoid", "cross_entropy", "all"),
    (("hidden_slope_at_the_node",), "relu", "identity", "half_squared_error", "all"),
    (("gradient_twice", "o_deltas_twice"), "sigmoid", "softmax", "cross_entropy", "gradient"),
    (("step_uphill", "gradient_negative", "deltas_negative"), "sigmoid", "softmax", "cross_entropy", "weights"),
)


@pytest.mark.parametrize(
    ("names", "hidden", "output", "loss", "view"),
    [*EQUAL_MISTAKES[:-2], *thorough(*EQUAL_MISTAKES[-2:])],
    ids=[each[0][0] for each in EQUAL_MISTAKES],
)
@pytest.mark.usefixtures("without_smallest_network")
def test_mistakes_with_the_same_numbers_give_one_diagnosis_and_right_numbers_give_none(
    names: tuple[str, ...], hidden: str, output: str, loss: str, view: str
) -> None:
    for name in names:
        verdict = scenario_of(hidden, output, loss).verdict(Runner(MISTAKES[name].network, view=view), examples=20)
        if len(names) == 1:  # this mistake gives the right numbers in this setting
            assert verdict.agrees
        else:
            assert set(names) <= names_of(verdict)
            assert len(verdict.diagnoses) == 1
            assert "other mistakes that give the same numbers in this check:" in str(verdict)


@pytest.mark.usefixtures("without_smallest_network")
def test_a_report_shows_one_of_several_formulas_and_counts_the_others() -> None:
    assert "(and 3 more formulas)" in str(oracle.check(candidate_with("gradient_twice"), examples=20))


def weight_of_the_first_output(case: Question) -> dict[str, Any]:
    """Answer wrong hidden deltas: every output delta is multiplied by the weight to the first output.

    With softmax, the output deltas of a sample add up to 0, so these hidden deltas are 0 or nearly 0.
    """
    network = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden="sigmoid", weights=case.weights)
    h_nodes, backward = network.forward(case.inputs).h_nodes, network.backward(case.inputs, case.targets)
    errors = [sum(delta * weights[0] for delta in backward.o_deltas) for weights in network.blocks().ho_weights]
    return {"h_deltas": [y * (1 - y) * error for y, error in zip(h_nodes, errors, strict=True)]}


@pytest.mark.usefixtures("without_smallest_network")
def test_a_formula_that_gives_nan_explains_no_answer() -> None:
    """For one sample, standardised inputs are NaN (0/0)."""
    verdict = oracle.check(weight_of_the_first_output, hidden="sigmoid")
    assert "inputs_standardised_over_the_batch" not in verdict.diagnoses
    assert verdict.diagnoses == ["ho_weights_at_n_targets_0"]
