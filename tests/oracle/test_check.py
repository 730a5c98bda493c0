"""What `oracle.check` promises: right networks agree; mistakes are caught, placed, named and made small; garbage is told."""

import hashlib
import json
import math
import random
import re
import struct
import time
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache, partial
from itertools import count
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
from reference import oracle
from reference.oracle.answers import ask
from reference.oracle.cases import Question, cases
from reference.oracle.decide import verdict_on
from reference.oracle.expected import DIGITS
from reference.oracle.fits import network_of
from reference.oracle.mistakes import MISTAKES
from reference.oracle.settings import Setting
from reference.oracle.steps import STAGES, Network
from reference.oracle.textbook import SLOTS
from tests.oracle.answering import STEPS, Answering, Asking, Made, OfTwin, asking, differs, names_of, network_with, settings
from tests.oracle.corpus import ENTRIES, Entry
from tests.thorough import but_thorough, thorough

Candidate = Callable[[Any], Any]
PLACES = settings()
EVERY = 30  # of the mistakes one is asked about by default
TWINS: dict[str, Any] = {"reference": reference, "vectorized": vectorized}


def outputs_of(package: Any) -> Candidate:
    """Return a candidate that answers the outputs alone."""

    def candidate(case: Question) -> Any:
        sizes, names = (case.n_inputs, case.n_hidden, case.n_outputs), ("hidden", "output", "loss", "weights")
        return package.NeuralNetwork(*sizes, **{name: case[name] for name in names}).predict(case.inputs)

    return candidate


def making(*names: str) -> Candidate:
    """Return a candidate that makes these mistakes."""
    return Answering(network_with(*names))


def with_change(change: Callable[[dict[str, Any], Question], Any]) -> Candidate:
    """Return a right candidate whose answer is changed."""

    def candidate(case: Question) -> Any:
        answer = Answering(Network)(case)
        other = change(answer, case)
        return answer if other is None else other

    return candidate


# Right networks agree.


@pytest.mark.parametrize("examples", [2, *thorough((10,))])
@pytest.mark.parametrize("where", but_thorough(PLACES, *PLACES[1::2]), ids=str)
def test_the_twins_agree_in_every_setting(where: Asking, examples: int) -> None:
    own = where.verdict(OfTwin(reference), examples=examples, more=True)
    assert (own.grade, own.agrees, own.diagnoses, own.first_wrong, own.record["notes"]) == ("exact", True, [], None, [])
    other = where.verdict(OfTwin(vectorized), examples=examples, more=True)
    assert other.grade in ("exact", "within_bound"), str(other)
    assert other.agrees


def test_single_precision_agrees_and_is_told_unless_double_is_asked_for() -> None:
    single = OfTwin(vectorized, dtype="float32")
    verdict = oracle.check(single, hidden="tanh", examples=4)
    assert (verdict.grade, verdict.agrees) == ("within_bound", True)
    assert "single precision from" in verdict.record["accuracy"]
    assert verdict.record["accuracy"] in str(verdict)
    assert oracle.check(single, hidden="tanh", examples=4, precision="float32").agrees
    verdict = oracle.check(single, hidden="tanh", examples=4, precision="float64")
    assert (verdict.grade, verdict.agrees) == ("low_precision", False)
    with pytest.raises(AssertionError, match="single precision"):
        oracle.assert_agrees(single, hidden="tanh", examples=4, precision="float64")


def test_single_precision_may_begin_at_a_later_stage() -> None:
    """The stages before are double, and judged so."""

    def round_to_single(answer: dict[str, Any], case: Question) -> None:
        for stage in ("gradient", "weights"):
            answer[stage] = [float(np.float32(x)) for x in answer[stage]]

    verdict = oracle.check(with_change(round_to_single), examples=20)
    assert (verdict.grade, verdict.agrees) == ("within_bound", True)
    assert "single precision from gradient on" in verdict.record["accuracy"]


@pytest.mark.usefixtures("not_explained")
def test_ten_digits_are_low_precision_and_three_are_wrong() -> None:
    verdict = oracle.check(lambda case: [float(f"{y:.10g}") for y in outputs_of(reference)(case)], examples=12)
    assert (verdict.grade, verdict.agrees, verdict.diagnoses) == ("low_precision", False, [])
    half = oracle.check(lambda case: np.array(outputs_of(reference)(case), np.float16), examples=4)
    assert (half.grade, half.agrees) == ("wrong", False)


FORMULAS = {formula.name: formula.network for slot in SLOTS.values() for formula in slot}
TEXTBOOK = (  # an ordinary network: what most people write, all at once
    "the logistic as 1/(1 + e**-z)", "tanh as (e**z - e**-z)/(e**z + e**-z)", "softmax without the maximum taken out",
    "cross-entropy from the node, -t*ln(y)", "the output slope from the node, y*(1-y) or 1-y**2",
    "the delta of cross-entropy as (y-t)/(y*(1-y)) * y*(1-y)", "the hidden slope from the node, h*(1-h) or 1-h**2",
)  # fmt: skip
LATER = [name for name in FORMULAS if re.search(r"e-\d", name) and not re.search("1e-(07|12)", name)]  # other epsilons
FORMULA_NAMES = but_thorough(FORMULAS, *LATER, *list(FORMULAS)[1::2])


@pytest.mark.parametrize("examples", [20, *thorough((60,))])
@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_a_textbook_formula_agrees_and_is_named(formula: str, examples: int) -> None:
    hidden = "tanh" if "tanh" in formula and "logistic" not in formula else "sigmoid"
    output = "softmax" if "softmax" in formula else "sigmoid"
    verdict = oracle.check(Answering(FORMULAS[formula]), hidden=hidden, output=output, loss="cross_entropy", examples=examples)
    assert verdict.agrees
    assert verdict.grade in ("exact", "within_bound", "textbook")
    if verdict.grade == "textbook":
        (slot,) = (slot for slot in SLOTS.values() if any(formula == each.name for each in slot))
        (named,) = verdict.record["formulas"]
        assert named in {each.name for each in slot}  # another one of this slot may give the same numbers
        assert named in str(verdict)
        assert "largest difference" in verdict.record["accuracy"]
        strict = oracle.check(
            Answering(FORMULAS[formula]), hidden=hidden, output=output, loss="cross_entropy", examples=examples, strict=True
        )
        assert (strict.grade, strict.agrees) == ("textbook", False)


@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_a_textbook_formula_without_its_epsilon_is_the_right_one_in_a_hundred_digits(formula: str) -> None:
    network = type("WithoutEpsilon", (FORMULAS[formula],), {"epsilon": 0.0})
    with localcontext(DIGITS):
        for place in PLACES[::3]:
            for case in place.cases(4):
                other, right = network(case, Decimal).answers(), Network(case, Decimal).answers()
                assert list(other) == list(right)
                for stage, numbers in right.items():
                    assert all(abs(a - b) < Decimal("1e-40") for a, b in zip(other[stage], numbers, strict=True)), stage


def test_textbook_formulas_in_single_precision_agree_and_both_are_told() -> None:
    ordinary = network_of(tuple(formula for slot in SLOTS.values() for formula in slot if formula.name in TEXTBOOK))
    verdict = oracle.check(Answering(ordinary, np.float32), examples=40)
    assert verdict.agrees, str(verdict)
    assert "single precision" in verdict.record["accuracy"]


def test_a_right_network_passes_with_outputs_alone_and_without_biases() -> None:
    assert oracle.check(outputs_of(vectorized), examples=30).agrees

    def no_bias_gradient(answer: dict[str, Any], case: Question) -> None:
        layout = reference.Layout(case.n_inputs, case.n_hidden, case.n_outputs)
        for at in range(layout.n_weights):
            if layout.name_of(at).startswith("b"):
                answer["gradient"][at] = answer["weights"][at] = 1e9

    assert not oracle.check(with_change(no_bias_gradient), examples=1).agrees
    assert oracle.check(with_change(no_bias_gradient), examples=10, biases=False).agrees


@pytest.mark.thorough
@pytest.mark.usefixtures("not_explained")
def test_without_biases_a_mistake_in_the_weights_is_found() -> None:
    assert not oracle.check(making("gradient_ih_weights_transposed"), examples=10, biases=False).agrees


@pytest.mark.parametrize("stage", ["o_nodes", "h_deltas", "weights"])
def test_what_is_off_by_a_millionth_of_a_millionth_does_not_agree(stage: str) -> None:
    assert oracle.check(with_change(off_by_little(stage)), examples=1).grade == "low_precision"


def test_a_gradient_that_is_off_by_so_little_may_be_one_by_finite_differences() -> None:
    """Their digits allow it. It is said to be one, and strictly it does not agree."""
    verdict = oracle.check(with_change(off_by_little("gradient")), examples=1)
    assert verdict.grade == "textbook"
    assert "the gradient by central differences" in verdict.record["formulas"][0]
    assert not oracle.check(with_change(off_by_little("gradient")), examples=1, strict=True).agrees


def off_by_little(stage: str) -> Callable[[dict[str, Any], Question], None]:
    """Return a change of an answer: every number of a stage times 1 + 1e-12."""

    def shift(answer: dict[str, Any], case: Question) -> None:
        answer[stage] = [x * (1 + 1e-12) for x in answer[stage]]

    return shift


def test_without_biases_they_are_zero() -> None:
    for case in cases(Setting(biases=False), examples=20, batch=2):
        biases = [w for at, w in enumerate(case.weights) if case.layout.name_of(at).startswith("b")]
        assert biases == [0.0] * (case.layout.n_hidden + case.layout.n_outputs)


def test_a_pass_counts_what_was_judged() -> None:
    verdict = oracle.check(OfTwin(reference), examples=20)
    judged = verdict.record["summary"]
    assert set(judged["by_stage"]) == set(STAGES)
    assert judged["judged"] == judged["exact"] == sum(judged["by_stage"].values()) > 500
    assert "does not prove" in str(verdict)
    assert json.loads(verdict.to_json())["grade"] == "exact"


# Every mistake is caught and named.

STEPPED = [
    *PLACES,
    *(asking("tanh", "identity", "half_squared_error", 2, optimizer=step, steps=3) for step in (None, *STEPS.values())),
]


@cache
def right_answers(at: int, examples: int) -> list[dict[str, list[float]]]:
    """Return what is right in a setting."""
    return [Network(case).answers() for case in STEPPED[at].cases(examples)]


def where_it_applies(name: str, examples: int) -> Asking:
    """Return the first setting from one on, for each mistake another, in which it changes an answer; small batches first."""
    begin = list(MISTAKES).index(name) % len(PLACES)
    turned = sorted([*range(begin, len(PLACES)), *range(begin)], key=lambda at: PLACES[at].batch or 0)
    for at in (*turned, *range(len(PLACES), len(STEPPED))):
        if differs(right_answers(at, examples), MISTAKES[name].network, STEPPED[at].cases(examples)):
            return STEPPED[at]
    raise AssertionError(f"{name} changes nothing")


SLICE = list(MISTAKES)[::EVERY]


@pytest.mark.parametrize("name", but_thorough(MISTAKES, *(name for name in MISTAKES if name not in SLICE)))
@pytest.mark.usefixtures("not_explained")
def test_every_mistake_is_caught_and_named(name: str) -> None:
    examples = 12
    where = where_it_applies(name, examples)
    candidate = Answering(MISTAKES[name].network)
    verdict = where.verdict(candidate, examples=examples)
    nesterov = (where.setting.optimizer or {}).get("nesterov") and where.setting.steps == 1
    if nesterov and verdict.grade == "another_convention":  # the first step of Sutskever's form is one of plain momentum
        return
    assert (verdict.grade, verdict.agrees) == ("wrong", False)
    same = verdict.explanation is not None and all(
        alike(candidate(case.question()), verdict.explanation(case.question())) for case in where.cases(6, seed=7)
    )
    assert name in names_of(verdict) or same, f"{where}\n{verdict}"
    by_norm = "clipped_by_norm" in name  # with or without the millionth that PyTorch adds to the norm
    assert same or by_norm or verdict.explanation is None, f"explained falsely; {where}\n{verdict}"


def alike(mine: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answers differ by rounding alone."""
    assert mine.keys() == other.keys()
    return all(np.allclose(mine[stage], other[stage], rtol=1e-6, atol=1e-9, equal_nan=True) for stage in mine)


SHRUNK = (
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


@pytest.mark.parametrize(("name", "setting", "nodes"), SHRUNK)
def test_the_counterexample_is_small_still_wrong_and_of_the_same_names(name: str, setting: dict[str, Any], nodes: int) -> None:
    verdict = oracle.check(making(name), examples=20, **setting)
    assert verdict.diagnoses == [name]
    small = verdict.counterexample
    assert small is not None
    assert small.layout.n_inputs + small.layout.n_hidden + small.layout.n_outputs <= nodes, small
    assert max(small.layout.n_inputs, small.layout.n_hidden, small.layout.n_outputs) <= 3
    assert small.layout.n_outputs == 2 or small.setting.output != "softmax"
    assert any(small.weights)
    again = verdict_on(making(name), [small], {**verdict.record, "notes": []}, more=False)
    assert (again.grade, again.diagnoses) == ("wrong", [name])
    assert again.first_wrong is not None
    assert verdict.first_wrong is not None
    assert again.first_wrong.partition("[")[0] == verdict.first_wrong.partition("[")[0]
    assert name in str(verdict)
    assert MISTAKES[name].fix in str(verdict)


AT_ONCE = (
    ("h_biases_missing", "output_activation_missing"),
    ("ih_weights_transposed", "loss_twice", "h_bias_gradient_missing"),
    ("hidden_slope_missing", "h_bias_gradient_missing"),
    ("h_biases_missing", "hidden_slope_missing", "step_uphill"),
    ("leak_of_a_tenth", "o_biases_twice", "penalty_missing_in_gradient"),
)


@pytest.mark.parametrize("names", but_thorough(AT_ONCE, *AT_ONCE[2:]), ids=" and ".join)
@pytest.mark.usefixtures("not_made_small")
def test_mistakes_in_different_stages_are_found_all_at_once(names: tuple[str, ...]) -> None:
    where = asking("leaky_relu", "sigmoid", "half_squared_error", 2, l2=0.25)
    verdict = where.verdict(making(*names), examples=12)
    assert set(verdict.diagnoses) == set(names), f"{verdict}"
    assert len(verdict.diagnoses) == len(names)
    assert verdict.record["complete"]
    assert all(f"({name})" in str(verdict) for name in verdict.diagnoses)


def h_biases_missing(candidate: Candidate, case: Question) -> Any:
    """Answer as a network that forgets the h biases."""
    at, weights = case.n_inputs * case.n_hidden, list(case.weights)
    weights[at : at + case.n_hidden] = [0.0] * case.n_hidden
    return candidate(Question(case | {"weights": weights}))


def gradient_twice(candidate: Candidate, case: Question) -> Any:
    """Answer as a network whose gradient has a factor 2 too many."""
    answer = candidate(case)
    return answer | {"gradient": [2 * g for g in answer["gradient"]]}


def loss_twice(candidate: Candidate, case: Question) -> Any:
    """Answer as a network whose loss has a factor 2 too many."""
    answer = candidate(case)
    return answer | {"loss": 2 * answer["loss"]}


PLANTED = (h_biases_missing, gradient_twice, loss_twice)
WITH_EPSILON = [each for each in ENTRIES if each.epsilon == 1e-7 and not each.needs and set(STAGES[:-1]) <= set(each.stages)]


@pytest.mark.parametrize("mistake", but_thorough(PLANTED, *PLANTED[2:]))
@pytest.mark.parametrize("entry", but_thorough(WITH_EPSILON, *WITH_EPSILON[1:]), ids=lambda entry: entry.name)
@pytest.mark.usefixtures("not_made_small")
def test_a_mistake_beside_textbook_formulas_is_named_and_the_epsilon_never(entry: Entry, mistake: Callable[..., Any]) -> None:
    for setting in entry.settings:
        assert oracle.check(entry.candidate, **setting, examples=20).agrees
        verdict = oracle.check(partial(mistake, entry.candidate), **setting, examples=20)
        assert verdict.diagnoses == [mistake.__name__], f"{verdict}"


EQUAL = (
    (("loss_reduced_otherwise",), "sigmoid", "softmax", "cross_entropy", "all"),
    (("plain_errors_passed_back",), "sigmoid", "sigmoid", "cross_entropy", "all"),
    (("hidden_slope_at_the_node",), "relu", "identity", "half_squared_error", "all"),
    (("gradient_twice", "o_deltas_twice"), "sigmoid", "softmax", "cross_entropy", "gradient"),
    (("step_uphill", "gradient_negative", "deltas_negative"), "sigmoid", "softmax", "cross_entropy", "weights"),
)


@pytest.mark.parametrize("names, hidden, output, loss, view", EQUAL, ids=[each[0][0] for each in EQUAL])  # noqa: PT006
@pytest.mark.usefixtures("not_made_small")
def test_mistakes_that_are_equal_are_right_or_reported_together(
    names: tuple[str, ...], hidden: str, output: str, loss: str, view: str
) -> None:
    for name in names:
        verdict = asking(hidden, output, loss).verdict(Answering(MISTAKES[name].network, view=view), examples=20)
        if len(names) == 1:  # equal to what is right
            assert verdict.agrees
        else:
            assert set(names) <= names_of(verdict)
            assert len(verdict.diagnoses) == 1
            assert "for these settings that is the same" in str(verdict)


# Where it goes wrong first.

METHODS = {
    "h_sums": "hidden_sums", "h_nodes": "hidden_nodes", "o_sums": "output_sums", "o_nodes": "output_nodes", "loss": "loss",
    "o_deltas": "output_deltas", "h_deltas": "hidden_deltas", "gradient": "gradient", "weights": "step",
}  # fmt: skip


def network_off_at(*stages: str, small: str = "") -> Made:
    """Return a network whose node 1 is off by 1/4 in these stages, `small` only where the first weight is negative."""

    def shift(stage: str) -> Callable[..., Any]:
        def method(self: Network, *arguments: Any) -> Any:
            right = getattr(Network, METHODS[stage])(self, *arguments)
            if stage == small and self.case.weights[0] >= 0:
                return right
            return right + 0.25 if stage == "loss" else [n + 0.25 * (at == 1) for at, n in enumerate(right)]

        return method

    return type("Planted", (Network,), {METHODS[stage]: shift(stage) for stage in stages})


@pytest.fixture
def not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the search for formulas without a name, which takes long where there is none."""
    monkeypatch.setattr("reference.oracle.search.PATIENCE", 0.0)


@pytest.mark.usefixtures("not_searched")
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("batch", but_thorough([3, None], None))
@pytest.mark.usefixtures("not_explained")
def test_a_node_that_is_wrong_by_itself_is_named_and_what_inherits_is_not(stage: str, batch: int | None) -> None:
    setting = {"hidden": "tanh", "output": "sigmoid", "loss": "half_squared_error", "batch": batch, "sizes": (2, 3, 2)}
    verdict = verdict_on_few(network_off_at(stage), **setting)
    place = "loss" if stage == "loss" else f"{stage}[1]"
    rows = batch and stage in STAGES[:7] and stage != "loss"
    whole = " (i0->h1)" if stage in ("gradient", "weights") else ""
    assert verdict.first_wrong == place + (" of sample 0" if rows else whole)
    assert (verdict.diagnoses, verdict.explanation) == ([], None)
    assert "no formula found for" in str(verdict)


def verdict_on_few(network: Made, **setting: Any) -> Any:
    """Return the verdict on a network in a few cases."""
    return oracle.check(Answering(network), examples=6, **setting)


@pytest.mark.usefixtures("not_searched")
@pytest.mark.parametrize(("early", "late"), [("h_sums", "o_nodes"), ("o_sums", "h_deltas"), ("o_nodes", "loss")])
@pytest.mark.usefixtures("not_made_small")
def test_the_first_wrong_stage_is_the_earliest_of_all_cases(early: str, late: str) -> None:
    verdict = verdict_on_few(network_off_at(early, late, small=early), hidden="tanh", sizes=(2, 3, 2))
    assert verdict.first_wrong == f"{early}[1]"
    assert verdict.record["first_wrong_case"] > 0


@pytest.mark.usefixtures("not_searched")
def test_the_first_wrong_sample_of_a_batch_is_named() -> None:
    def last(answer: dict[str, Any], case: Question) -> None:
        answer["h_nodes"][2][0] += 0.5

    assert oracle.check(with_change(last), examples=5, batch=3).first_wrong == "h_nodes[0] of sample 2"


@pytest.mark.usefixtures("not_searched")
@pytest.mark.parametrize(
    ("stage", "place"),
    [("o_nodes", "o_nodes (wrong even where all ho weights are 0"), ("h_nodes", "h_nodes[1], or the ho weights")],
)
def test_a_black_box_that_nothing_explains_is_placed_by_its_outputs_alone(stage: str, place: str) -> None:
    setting = {"hidden": "tanh", "output": "sigmoid", "loss": "half_squared_error", "sizes": (2, 3, 2)}
    verdict = oracle.check(Answering(network_off_at(stage), view="outputs"), examples=6, **setting)
    assert verdict.first_wrong is not None
    assert verdict.first_wrong.startswith(place)


# What a candidate does besides.


def test_a_candidate_that_alters_its_inputs_is_told_so() -> None:
    def spoiling(case: Question) -> Any:
        outputs = outputs_of(reference)(case)
        case.inputs[0] = 7.0
        return outputs

    verdict = oracle.check(spoiling, examples=5)
    assert verdict.agrees
    assert any("alters its inputs" in note for note in verdict.record["notes"])
    assert "alters its inputs" in str(verdict)
    assert oracle.check(outputs_of(reference), examples=5).record["notes"] == []


def test_a_candidate_that_keeps_sums_is_told_so() -> None:
    calls = 0

    def keeping(case: Question) -> Any:
        nonlocal calls
        calls += 1
        return [y + 1e-3 * (calls > 5) for y in outputs_of(reference)(case)]

    (note,) = oracle.check(keeping, examples=5).record["notes"]
    assert "it carries something over from call to call" in note


@pytest.mark.parametrize(
    ("noise", "message"), [(random.Random(0).random, "is it random"), (count(1).__next__, "it carries something over")]
)
@pytest.mark.usefixtures("not_explained")
def test_chance_and_what_is_carried_over_are_told_apart(noise: Callable[[], float], message: str) -> None:
    verdict = oracle.check(lambda case: [y + 1e-3 * noise() for y in outputs_of(reference)(case)], examples=5)
    (note,) = verdict.record["notes"]
    assert (verdict.grade, note.startswith("asked again, it answers otherwise"), message in note) == ("wrong", True, True)
    assert str(verdict).splitlines()[1] == note


@pytest.mark.parametrize(("factor", "grade"), [(1, "undecided"), (2, "wrong")])
@pytest.mark.usefixtures("not_explained")
def test_what_raises_an_error_in_some_cases_is_wrong_if_it_is_wrong_in_others(factor: int, grade: str) -> None:
    def network(case: Question) -> Any:
        return [factor * y if case.n_hidden < 3 else case.weights[99] for y in outputs_of(reference)(case)]

    verdict = oracle.check(network, examples=20)
    assert (verdict.grade, verdict.agrees) == (grade, False)
    assert "it raised IndexError" in str(verdict)
    assert any("it raised an error in" in note for note in verdict.record["notes"]) == (grade == "wrong")


def test_a_column_is_taken_for_a_row_with_a_note() -> None:
    verdict = oracle.check(lambda case: [[y] for y in outputs_of(reference)(case)], examples=10)
    assert verdict.agrees
    (note,) = verdict.record["notes"]  # of all sizes
    assert note.startswith("o_nodes has shape (3, 1) where (3,) is meant; it is taken for that; so it is with other sizes")


@pytest.mark.parametrize("convert", [np.array, lambda ys: np.array(ys)[None, :], tuple, np.float32])
def test_arrays_and_tuples_are_taken(convert: Callable[[Any], Any]) -> None:
    assert oracle.check(lambda case: convert(outputs_of(reference)(case)), examples=5, precision="float32").agrees


def test_wrong_shapes_are_wrong_and_told() -> None:
    verdict = oracle.check(lambda case: [*outputs_of(reference)(case), 0.5], examples=5)
    assert (verdict.grade, verdict.agrees) == ("wrong", False)
    assert "has shape (" in (verdict.first_wrong or "")
    verdict = oracle.check(lambda case: {"gradient": [[1.0], [1.0, 2.0]]}, examples=5)
    assert "rows of different lengths" in str(verdict)
    verdict = oracle.check(lambda case: outputs_of(reference)(case)[0], examples=5, batch=2)
    assert verdict.grade == "wrong"


@pytest.mark.usefixtures("not_explained")
def test_nan_is_wrong() -> None:
    def spoil(answer: dict[str, Any], case: Question) -> None:
        answer["o_sums"][0] = math.nan

    verdict = oracle.check(with_change(spoil), examples=2)
    assert (verdict.grade, verdict.diagnoses, verdict.first_wrong) == ("wrong", [], "o_sums[0]")
    json.loads(verdict.to_json())


def raising(case: Question) -> Any:
    raise RuntimeError("no weights1")


def leaving(case: Question) -> Any:
    raise SystemExit(3)


GARBAGE: dict[str, tuple[Candidate, str]] = {
    "nothing": (lambda case: None, "it returned nothing"),
    "an empty mapping": (lambda case: {}, "empty mapping"),
    "a text": (lambda case: "0.5", "which is no number"),
    "complex numbers": (lambda case: [1j], "which is no number"),
    "truth": (lambda case: [True], "which is no number"),
    "a generator": (lambda case: (y for y in [0.5]), "which is no number"),
    "an unknown stage": (lambda case: {"hidden_sums": [1.0]}, "which is no stage; the stages are h_sums"),
    "far too much": (lambda case: [0.0] * 1_000_000, "far more than were asked for"),
    "an error": (raising, "it raised RuntimeError: 'no weights1'"),
    "a name that is not there": (lambda case: case.wieghts, "AttributeError"),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_is_undecided_and_told(what: str) -> None:
    candidate, message = GARBAGE[what]
    verdict = oracle.check(candidate, examples=3)
    assert (verdict.grade, verdict.agrees, verdict.diagnoses) == ("undecided", False, [])
    assert message in verdict.record["why"]
    assert verdict.record["why"].startswith("case 0: ")
    assert message in str(verdict)
    with pytest.raises(AssertionError, match="COULD NOT TELL"):
        oracle.assert_agrees(candidate, examples=3)


def test_what_never_answers_is_stopped() -> None:
    def endless(case: Question) -> Any:
        while True:
            pass

    case = next(cases(Setting(), examples=1))
    start = time.monotonic()
    with pytest.raises(Exception, match=r"no answer within 0\.2 s"):
        ask(endless, case, seconds=0.2)
    assert time.monotonic() - start < 2


def test_an_interruption_is_not_taken_for_an_answer() -> None:
    def interrupted(case: Question) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        oracle.check(interrupted, examples=2)


def test_a_stage_that_is_answered_in_some_cases_only_is_judged_there() -> None:
    def sometimes(answer: dict[str, Any], case: Question) -> Any:
        return answer if case.n_hidden > 1 else {"o_nodes": answer["o_nodes"]}

    verdict = oracle.check(with_change(sometimes), examples=20)
    assert verdict.agrees
    assert verdict.record["summary"]["by_stage"]["h_sums"] > 0


# The cases.


def questions_of(seed: int = 0, **how: Any) -> list[dict[str, Any]]:
    """Return cases as a candidate sees them."""
    return [dict(case.question()) for case in cases(Setting(), seed=seed, **how)]


def test_the_cases_of_a_seed_are_the_same_everywhere() -> None:
    text = json.dumps([questions_of(examples=200), questions_of(examples=40, batch=3)])
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "e3fdb6af2bdea56a"
    assert questions_of() == questions_of()
    assert questions_of() != questions_of(seed=1)
    random.seed(5)
    assert questions_of() == questions_of()


def test_every_number_of_a_case_is_exact_in_single_precision_and_sizes_differ() -> None:
    drawn_cases = list(cases(Setting(), examples=200, batch=2))
    for case in drawn_cases:
        for x in [*case.weights, *(x for rows in (case.inputs, case.targets) for row in rows for x in row)]:
            assert struct.unpack("f", struct.pack("f", x))[0] == x
    unequal = [c for c in drawn_cases if c.layout.n_inputs != c.layout.n_hidden and c.layout.n_hidden != c.layout.n_outputs]
    assert len(unequal) > 100
    assert {c.purpose for c in drawn_cases} >= {"integers", "large", "cancelling"}
    assert {1, 2, 3, 4, 5} == {c.layout.n_hidden for c in drawn_cases}


@pytest.mark.thorough
def test_fixed_sizes_stay_fixed_even_when_made_small() -> None:
    sizes: set[tuple[int, int, int]] = set()

    def watched(case: Question) -> Any:
        sizes.add((case.n_inputs, case.n_hidden, case.n_outputs))
        return making("h_biases_missing")(case)

    verdict = oracle.check(watched, examples=5, sizes=(2, 3, 2))
    assert sizes == {(2, 3, 2)}
    assert verdict.diagnoses == ["h_biases_missing"]


def test_a_candidate_sees_what_it_was_told_to_compute() -> None:
    questions: list[Question] = []
    oracle.check(
        lambda case: questions.append(case), examples=1, batch=2, l2=0.5, reduction="sum", optimizer="adam", learning_rate=0.5
    )
    case = questions[0]
    assert (case.l2, case.reduction, case.optimizer["name"], case.learning_rate) == (0.5, "sum", "adam", 0.5)
    assert len(case.inputs) == len(case.targets) == 2
    assert case["weights"] is case.weights


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"hidden": "sigmoyd"}, "sigmoid"),
        ({"output": "tanh", "loss": "cross_entropy"}, "cross_entropy"),
        ({"l2": -1.0}, "l2"),
        ({"examples": 0}, "examples"),
        ({"batch": 0}, "batch"),
        ({"sizes": (1, 2)}, "sizes"),
        ({"sizes": (0, 1, 1)}, "n_inputs"),
        ({"optimizer": "adagrad"}, "optimizer"),
        ({"optimizer": 3}, "optimizer"),
        ({"precision": "float16"}, "precision"),
        ({"rule": "hebb"}, "rule"),
        ({"reduction": "max"}, "reduction"),
        ({"seed": 0.5}, "seed"),
        ({"biases": 1}, "biases"),
        ({"learning_rate": math.nan}, "learning_rate"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        oracle.check(outputs_of(reference), **setting)
