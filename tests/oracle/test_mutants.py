"""Mutants are networks with one change. Each report of the oracle is judged correctly, and most mutants are explained."""

import random
from collections import Counter
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from reference import oracle
from tests.oracle import mutants
from tests.oracle.mutants import (
    FAULTS,
    NETWORKS,
    OTHER_KINDS,
    SCORED_KINDS,
    Mutant,
    Outcome,
    Ruler,
    counts,
    markdown,
    mutants_of,
    network_of,
    original_of,
    parts_of,
    ruler_of,
    score,
)
from tests.oracle.mutation import OPERATORS, edits
from tests.thorough import thorough

NAME = "textbook_vectors"


def mutant_with(change: str, name: str = NAME) -> Mutant:
    """Return the first mutant whose changed line contains a text that the original line does not contain."""
    return next(mutant for mutant in mutants_of(name) if change in mutant.after and change not in mutant.before)


WRONG_DELTA = mutant_with("delta2 = y + t")


def fake_check(explanation: Any = None, first_wrong: str | None = "o_deltas[1]", agrees: bool = False) -> Any:
    """Return a check that always gives this verdict."""
    answer = SimpleNamespace(agrees=agrees, explanation=explanation, first_wrong=first_wrong, diagnoses=[])
    return lambda candidate, **settings: answer


def kind_of(mutant: Mutant, check: Any) -> str:
    return ruler_of(mutant.network).outcome(mutant, check).kind


def random_numbers(case: Any) -> dict[str, Any]:
    """Answer with random numbers in the shapes of the mutant's stages."""
    answer = network_of(WRONG_DELTA)(case)
    return {stage: [random.random() for _ in value] if isinstance(value, list) else 0.5 for stage, value in answer.items()}


# The operators.


def test_each_operator_makes_a_mutant() -> None:
    operators = Counter(edit.operator for name in NETWORKS for part in parts_of(name)[1] for edit in edits(part))
    assert set(operators) == set(OPERATORS)


def test_each_mutant_changes_one_line_of_the_original() -> None:
    original = original_of(NAME).source.splitlines()
    all_mutants = list(mutants_of(NAME))
    assert all_mutants == list(mutants_of(NAME))
    assert len({mutant.source for mutant in all_mutants}) > 0.9 * len(all_mutants)
    for mutant in all_mutants:
        lines = mutant.source.splitlines()
        assert sum(one != other for one, other in zip(original, lines, strict=True)) == 1, str(mutant)
        assert mutant.before in map(str.strip, original)


# The outcome of a mutant.


@pytest.mark.thorough
def test_a_mutant_with_the_source_of_the_original_is_equivalent() -> None:
    assert kind_of(original_of(NAME), fake_check(agrees=True)) == "equivalent"
    assert kind_of(WRONG_DELTA._replace(source=original_of(NAME).source), fake_check(agrees=True)) == "equivalent"


@pytest.mark.parametrize(
    ("change", "stage"),
    [
        ("delta2 = y + t", "o_deltas"),
        *thorough(("z1 = np.dot(x, w1) - b1", "h_sums"), ("loss = np.sum", "loss"), ("flat(np.outer(delta1, x)", "gradient")),
    ],
)
def test_the_first_stage_that_differs_is_found(change: str, stage: str) -> None:
    assert ruler_of(NAME).difference(network_of(mutant_with(change))) == ("differs", stage)


@pytest.mark.parametrize("body", ["while True:\n        pass", "raise ValueError", "return {'loss': [1.0]}", "return None"])
def test_a_mutant_without_usable_answers_counts_as_missed_if_the_oracle_agrees(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "SECONDS", 0.1)
    broken = original_of(NAME)._replace(source=f"def {NAME}(case):\n    {body}\n")
    assert kind_of(broken, fake_check()) == "unusable"
    assert kind_of(broken, fake_check(agrees=True)) == "missed"
    assert kind_of(broken._replace(source="nonsense:"), fake_check()) == "unusable"


def test_a_mutant_that_adds_the_epsilon_of_textbooks_counts_as_right() -> None:
    epsilon = mutant_with("np.log(y + 1e-07)")
    assert kind_of(epsilon, oracle.check) == "right"
    assert kind_of(epsilon, fake_check()) == "right but refused"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (fake_check(agrees=True), "missed"),
        (fake_check(), "unexplained"),
        (fake_check(network_of(WRONG_DELTA)), "explained"),
        (fake_check(network_of(WRONG_DELTA), "o_deltas[0] of sample 1"), "explained"),
        (fake_check(network_of(WRONG_DELTA), "o_nodes[1]"), "explained falsely"),
        (fake_check(network_of(WRONG_DELTA), None), "explained falsely"),
        (fake_check(network_of(original_of(NAME))), "explained falsely"),
        (fake_check(random_numbers), "explained falsely"),
        (fake_check(lambda case: {"o_deltas": network_of(WRONG_DELTA)(case)["o_deltas"]}), "explained falsely"),
        (fake_check(lambda case: 1 / 0), "explained falsely"),
        (lambda candidate, **settings: 1 / 0, "oracle raises"),
    ],
)
def test_an_explanation_must_give_the_numbers_of_the_mutant_and_name_the_wrong_stage(check: Any, kind: str) -> None:
    assert kind_of(WRONG_DELTA, check) == kind


@pytest.mark.thorough
def test_the_oracle_may_name_an_earlier_stage_that_is_not_answered() -> None:
    """This network returns only outputs and weights, so a wrong hidden node first appears in the outputs."""
    ruler = ruler_of("error_times_slope_added")
    assert ruler.names_stage("h_nodes[0], or the ho weights that leave it", "o_nodes")
    assert ruler.names_stage("h_deltas[0]", "weights")
    assert not ruler.names_stage("h_nodes[0]", "weights")
    assert not ruler.names_stage("weights[0]", "o_nodes")


# Faults of the ruler, which compares each mutant with its original.


@pytest.mark.thorough
def test_a_ruler_that_compares_a_network_with_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    original = network_of(original_of(NAME))
    monkeypatch.setattr(mutants, "network_of", lambda mutant: original)
    with pytest.raises(ValueError, match="this ruler finds no difference"):
        Ruler(NAME)
    monkeypatch.undo()
    monkeypatch.setattr(mutants, "is_same", lambda own, other: True)
    with pytest.raises(ValueError, match="this ruler finds no difference"):
        Ruler(NAME)


def test_a_wrong_original_is_refused_before_any_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="the oracle does not agree with textbook_vectors before any change"):
        Ruler(NAME, fake_check())
    monkeypatch.setattr(mutants, "original_of", lambda name: WRONG_DELTA)
    with pytest.raises(ValueError, match="textbook_vectors is not right before any change"):
        Ruler(NAME)


def test_the_counts_add_up() -> None:
    kinds = [*SCORED_KINDS, *OTHER_KINDS, "explained"]
    outcomes = [Outcome(mutant, kind) for mutant, kind in zip(mutants_of(NAME, 7), kinds * 9, strict=False)]
    by_network, by_operator = (
        counts(outcomes, lambda mutant, field=field: getattr(mutant, field)) for field in Mutant._fields[:2]
    )
    assert by_network["all"] == by_operator["all"] == by_network[NAME] == Counter(outcome.kind for outcome in outcomes)
    cells = markdown(outcomes, "network", lambda mutant: mutant.network).splitlines()[-1].strip("| ").split(" | ")
    numbers = list(map(int, cells[1:12]))
    assert numbers[0] == len(outcomes) == sum(numbers[1:5]) + numbers[5]
    assert numbers[5] == sum(numbers[6:11])


# The oracle, measured.


@cache
def thorough_outcomes(name: str) -> list[Outcome]:
    return list(score(mutants_of(name, 20)))


def faults(outcomes: list[Outcome], *kinds: str) -> list[str]:
    return [mutants.details(outcome) for outcome in outcomes if outcome.kind in kinds]


@pytest.mark.thorough
@pytest.mark.usefixtures("without_smallest_network")
def test_mutants_are_caught_and_none_is_explained_falsely() -> None:
    assert faults(list(score(mutants_of(NAME, 80))), *FAULTS) == []


@pytest.mark.thorough
@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize("name", NETWORKS)
def test_mutants_of_a_network_are_caught(name: str) -> None:
    assert faults(thorough_outcomes(name), "missed", "oracle raises", "right but refused") == []


@pytest.mark.thorough
@pytest.mark.usefixtures("without_smallest_network")
def test_most_mutants_are_explained_and_hardly_any_falsely() -> None:
    kinds = counts([outcome for name in NETWORKS for outcome in thorough_outcomes(name)], str)["all"]
    scored = sum(kinds[kind] for kind in SCORED_KINDS)
    assert kinds["missed"] == kinds["oracle raises"] == 0
    assert kinds["explained falsely"] < 0.01 * scored
    assert kinds["explained"] >= 0.75 * scored
