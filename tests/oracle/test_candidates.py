"""Unusual candidates: they change the case, keep state, or give odd shapes, garbage, errors, or no answer."""

import json
import math
import random
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest

import reference
from reference import oracle
from reference.oracle.answers import Candidate, ask
from reference.oracle.cases import Question, cases
from reference.oracle.settings import Setting
from tests.oracle.answering import outputs_of, with_change


def test_a_note_says_that_a_candidate_changes_the_lists_in_the_case() -> None:
    def change_inputs(case: Question) -> Any:
        outputs = outputs_of(reference)(case)
        case.inputs[0] = 7.0
        return outputs

    verdict = oracle.check(change_inputs, examples=5)
    assert verdict.agrees
    assert any("changes the lists in the case" in note for note in verdict.record["notes"])
    assert "changes the lists in the case" in str(verdict)
    assert oracle.check(outputs_of(reference), examples=5).record["notes"] == []


def test_a_note_says_that_a_candidate_keeps_state() -> None:
    calls = 0

    def stateful(case: Question) -> Any:
        nonlocal calls
        calls += 1
        return [y + 1e-3 * (calls > 5) for y in outputs_of(reference)(case)]

    (note,) = oracle.check(stateful, examples=5).record["notes"]
    assert "it keeps something from call to call" in note


@pytest.mark.parametrize(
    ("noise", "message"), [(random.Random(0).random, "is it random"), (count(1).__next__, "it keeps something")]
)
@pytest.mark.usefixtures("without_slow_searches")
def test_random_and_stateful_candidates_get_different_notes(noise: Callable[[], float], message: str) -> None:
    verdict = oracle.check(lambda case: [y + 1e-3 * noise() for y in outputs_of(reference)(case)], examples=5)
    (note,) = verdict.record["notes"]
    assert (verdict.grade, note.startswith("called again, it gives other numbers"), message in note) == ("wrong", True, True)
    assert str(verdict).splitlines()[1] == note


def test_a_candidate_with_wrong_numbers_and_some_errors_is_wrong() -> None:
    calls = count()

    def candidate(case: Question) -> list[float]:
        if next(calls) % 3 == 2:
            raise RuntimeError("now and then")
        return [0.25] * case.n_outputs

    assert oracle.check(candidate, examples=4).grade == "wrong"


@pytest.mark.parametrize(("factor", "grade"), [(1, "undecided"), (2, "wrong")])
@pytest.mark.usefixtures("without_slow_searches")
def test_errors_in_some_cases_do_not_hide_wrong_numbers_in_others(factor: int, grade: str) -> None:
    def network(case: Question) -> Any:
        return [factor * y if case.n_hidden < 3 else case.weights[99] for y in outputs_of(reference)(case)]

    drawn = list(cases(Setting(), examples=20, seed=5))
    verdict = oracle.check(network, examples=20, seed=5)
    assert (verdict.grade, verdict.agrees) == (grade, False)
    assert "it raised IndexError" in str(verdict)
    if grade == "wrong":
        n_errors = sum(case.layout.n_hidden >= 3 for case in drawn)
        (note,) = (note for note in verdict.record["notes"] if "it raised an error in" in note)
        assert note.startswith(
            f"it raised an error in {n_errors} of 20 cases, and gave wrong numbers in {20 - n_errors} of the"
        )
        assert drawn[verdict.record["first_wrong_case"]].layout.n_hidden < 3
        assert verdict.record["failing"] == 20


def test_a_column_in_place_of_a_row_is_accepted_with_a_note() -> None:
    verdict = oracle.check(lambda case: [[y] for y in outputs_of(reference)(case)], examples=10)
    assert verdict.agrees
    (note,) = verdict.record["notes"]  # one note for all sizes
    assert note.startswith(
        "o_nodes has shape (3, 1) in place of (3,), which is accepted; similar shapes of o_nodes are accepted too"
    )


@pytest.mark.parametrize("convert", [np.array, lambda ys: np.array(ys)[None, :], tuple, np.float32])
def test_arrays_and_tuples_are_accepted(convert: Callable[[Any], Any]) -> None:
    assert oracle.check(lambda case: convert(outputs_of(reference)(case)), examples=5, precision="float32").agrees


def test_wrong_shapes_are_wrong_and_reported() -> None:
    verdict = oracle.check(lambda case: [*outputs_of(reference)(case), 0.5], examples=5)
    assert (verdict.grade, verdict.agrees) == ("wrong", False)
    assert "has shape (" in (verdict.first_wrong or "")
    for stage, how, row in (("weights", {"steps": 3}, "step"), ("o_nodes", {"batch": 3}, "sample")):
        text = str(oracle.check(lambda case, stage=stage: {stage: [0.5, 0.5]}, **how))
        assert f": a list of 3 rows, one for each {row}\n" in text
        assert "fixed sizes" not in text
    verdict = oracle.check(lambda case: {"gradient": [[1.0], [1.0, 2.0]]}, examples=5)
    assert "rows of different lengths" in str(verdict)
    verdict = oracle.check(lambda case: outputs_of(reference)(case)[0], examples=5, batch=2)
    assert verdict.grade == "wrong"


@pytest.mark.usefixtures("without_slow_searches")
def test_nan_is_wrong() -> None:
    def spoil(answer: dict[str, Any], case: Question) -> None:
        answer["o_sums"][0] = math.nan

    verdict = oracle.check(with_change(spoil), examples=2)
    assert (verdict.grade, verdict.diagnoses, verdict.first_wrong) == ("wrong", [], "o_sums[0]")
    json.loads(verdict.to_json())


def raising(case: Question) -> Any:
    raise RuntimeError("no weights1")


GARBAGE: dict[str, tuple[Candidate, str]] = {
    "nothing": (lambda case: None, "it returned nothing"),
    "an empty mapping": (lambda case: {}, "empty mapping"),
    "a text": (lambda case: "0.5", "which is not a number"),
    "complex numbers": (lambda case: [1j], "which is not a number"),
    "a boolean": (lambda case: [True], "which is not a number"),
    "a generator": (lambda case: (y for y in [0.5]), "which is not a number"),
    "an unknown stage": (lambda case: {"hidden_sums": [1.0]}, "which is not a stage; the stages are h_sums"),
    "too many numbers": (lambda case: [0.0] * 1_000_000, "far more than expected"),
    "an error": (raising, "it raised RuntimeError: 'no weights1'"),
    "a misspelt field": (lambda case: case.wieghts, "AttributeError"),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_undecided_and_the_report_says_why(name: str) -> None:
    candidate, message = GARBAGE[name]
    verdict = oracle.check(candidate, examples=3)
    assert (verdict.grade, verdict.agrees, verdict.diagnoses) == ("undecided", False, [])
    assert message in verdict.record["why"]
    assert verdict.record["why"].startswith("case 0: ")
    assert message in str(verdict)
    with pytest.raises(AssertionError, match="COULD NOT TELL"):
        oracle.assert_agrees(candidate, examples=3)


def test_a_candidate_that_never_answers_is_stopped() -> None:
    def endless(case: Question) -> Any:
        while True:
            pass

    case = next(cases(Setting(), examples=1))
    start = time.monotonic()
    with pytest.raises(Exception, match=r"no answer within 0\.2 s"):
        ask(endless, case, seconds=0.2)
    assert time.monotonic() - start < 2


def test_a_keyboard_interrupt_is_passed_on() -> None:
    def interrupted(case: Question) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        oracle.check(interrupted, examples=2)


def test_a_stage_is_judged_in_the_cases_where_it_is_answered() -> None:
    def sometimes(answer: dict[str, Any], case: Question) -> Any:
        return answer if case.n_hidden > 1 else {"o_nodes": answer["o_nodes"]}

    verdict = oracle.check(with_change(sometimes), examples=20)
    assert verdict.agrees
    assert verdict.record["summary"]["by_stage"]["h_sums"] > 0
