"""Right networks in many styles. Each is compared with the reference, and the oracle checks it."""

import importlib.util
import shutil
from typing import Any

import numpy as np
import pytest

from reference import oracle
from reference.numbers.number import Row
from reference.oracle.cases import Question, cases
from reference.oracle.judging.steps import Network
from reference.oracle.settings import setting_of
from tests.oracle.corpus import ENTRIES, FINITE_DIFFERENCES, Candidate, Entry, only

PROGRAMS = {"cc", "node"}
BOUND = 2.0**-20
EXAMPLES = 12  # cases in a check without --thorough; they use every regime (way to draw the numbers)


def entries(each_setting: bool = False) -> list[Any]:
    """Return the entries as parameters of a test, each with its first setting or with all its settings."""
    return [
        pytest.param(entry, setting, id=f"{entry.name}-{at}" if each_setting else entry.name)
        for entry in ENTRIES
        for at, setting in enumerate(entry.settings[: None if each_setting else 1])
    ]


def skip_without_needs(entry: Entry) -> None:
    for need in entry.needs:
        if not (shutil.which(need) if need in PROGRAMS else importlib.util.find_spec(need)):
            pytest.skip(f"{entry.name} needs {need}")
    if "torch" in entry.needs:
        importlib.import_module("torch").set_num_threads(1)  # a second thread makes small networks fifty times slower


def plain_cases(settings: dict[str, Any]) -> list[tuple[Question, dict[str, Row]]]:
    """Return the cases with the purpose "plain", as a candidate sees them, and the right answers."""
    settings = {name: value for name, value in settings.items() if name != "precision"}
    how = {name: settings.pop(name) for name in ("batch", "sizes") if name in settings}
    plain = [case for case in cases(setting_of(**settings), examples=60, **how) if case.purpose == "plain"]
    return [(case.question(), Network(case).answers()) for case in plain]


def difference(answers: dict[str, Any], right: dict[str, Any], stage: str) -> float:
    """Return the largest difference in a stage, divided by the largest right number or by 1, whichever is larger."""
    numbers, rights = np.ravel(answers[stage]), np.ravel(right[stage])
    assert numbers.shape == rights.shape, stage
    return float(np.max(np.abs(numbers - rights)) / max(1.0, np.max(np.abs(rights))))


@pytest.mark.parametrize(("entry", "setting"), entries(each_setting=True))
def test_an_entry_gives_the_numbers_of_the_reference_on_plain_cases(entry: Entry, setting: dict[str, Any]) -> None:
    skip_without_needs(entry)
    largest = 0.0
    pairs = plain_cases(setting)
    assert pairs
    for case, right in pairs:
        before = dict(case)
        answers = entry.candidate(case)
        assert case == before, "the candidate changes the case"
        assert set(answers) == set(entry.stages)
        smallest = min(right["o_nodes"]) if entry.epsilon else 1.0
        bound = BOUND + entry.epsilon / smallest + (1e-3 if entry.convention == FINITE_DIFFERENCES else 0)
        for stage in entry.stages:
            if stage == "weights" and entry.convention:
                largest = max(largest, difference(answers, right, stage))
            else:
                assert difference(answers, right, stage) <= bound, stage
    assert largest > BOUND or entry.convention in (None, FINITE_DIFFERENCES), "this training convention must change a weight"


def test_networks_with_the_same_training_convention_give_the_same_weights() -> None:
    for name in {entry.convention for entry in ENTRIES} - {None, FINITE_DIFFERENCES}:
        alike = [entry for entry in ENTRIES if entry.convention == name]
        alike = [entry for entry in alike if all(importlib.util.find_spec(need) for need in entry.needs)]
        for case, _ in plain_cases({**alike[0].settings[0], "sizes": (3, 4, 3), "steps": 3}):
            first, *others = (entry.candidate(case) for entry in alike)
            for other in others:
                assert difference(other, first, "weights") <= BOUND


def assert_verdict_is_right(entry: Entry, candidate: Candidate, **settings: Any) -> None:
    verdict = oracle.check(candidate, **settings)
    if entry.convention == FINITE_DIFFERENCES:
        assert verdict.grade != "wrong", f"{verdict}"
    elif entry.convention:
        assert verdict.grade == "another_convention", f"{verdict}"
    else:
        assert verdict.agrees, f"{verdict}"


@pytest.mark.parametrize(("entry", "setting"), entries()[::4])  # the thorough test below has all of them
def test_the_verdict_is_right(entry: Entry, setting: dict[str, Any]) -> None:
    skip_without_needs(entry)
    assert_verdict_is_right(entry, entry.candidate, **setting, examples=EXAMPLES)


@pytest.mark.thorough
@pytest.mark.parametrize("precision", [None, "float32"])
@pytest.mark.parametrize(("entry", "setting"), entries(each_setting=True))
def test_the_verdict_is_right_in_every_setting(entry: Entry, setting: dict[str, Any], precision: str | None) -> None:
    skip_without_needs(entry)
    assert_verdict_is_right(entry, entry.candidate, **setting | ({"precision": precision} if precision else {}), examples=40)


@pytest.mark.thorough
@pytest.mark.parametrize(("entry", "setting"), entries())
def test_the_verdict_is_right_for_each_stage_alone(entry: Entry, setting: dict[str, Any]) -> None:
    skip_without_needs(entry)
    for stage in entry.stages:
        if entry.convention in (None, FINITE_DIFFERENCES) or stage == "weights":
            assert_verdict_is_right(entry, only(entry.candidate, stage), **setting, examples=30)
