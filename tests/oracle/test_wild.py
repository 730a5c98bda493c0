"""The wrong networks in `wild`: each differs from the reference, and the oracle catches all and explains most of them."""

from collections.abc import Callable
from functools import cache

import pytest

from reference import oracle
from tests.oracle.corpus.entry import quiet
from tests.oracle.ruler import ORDER
from tests.oracle.wild import WILD, Wild
from tests.oracle.wild.batch import Batch
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import REGRESSION, SQUARES, candidate_of
from tests.oracle.wild.layers import Layers
from tests.oracle.wild.neurons import Neurons
from tests.oracle.wild.outcome import Outcome, answers_alike, differing_stages, outcome_of
from tests.thorough import mark_slow_in

LEAST_EXPLAINED = 0.85
STYLES = {
    Batch: ({}, {"hidden": "tanh", "batch": 3, "l2": 0.25}, {**REGRESSION, "hidden": "relu", "batch": 2, "reduction": "sum"}),
    Columns: ({"batch": 2}, SQUARES, {**REGRESSION, "hidden": "leaky_relu"}),
    Neurons: ({"hidden": "tanh"}, SQUARES, REGRESSION),
    Layers: ({"hidden": "relu"}, {"batch": 3, "l2": 0.5, "hidden": "tanh"}, {**REGRESSION, "hidden": "leaky_relu", "batch": 2}),
}
SOME = WILD[::24]  # the networks that the oracle checks without --thorough
NAMES = [entry.name for entry in WILD]
each_entry = pytest.mark.parametrize("entry", mark_slow_in(WILD, *(entry for entry in WILD if entry not in SOME)), ids=NAMES)


@cache
def outcome_by_name(name: str, examples: int) -> Outcome:
    return outcome_of(next(entry for entry in WILD if entry.name == name), examples)


@pytest.fixture
def outcomes(request: pytest.FixtureRequest) -> Callable[[str], Outcome]:
    """Return a function that takes the name of a network and returns its outcome."""
    request.getfixturevalue("without_smallest_network")
    examples = 40 if request.config.getoption("--thorough") else 20
    return lambda name: outcome_by_name(name, examples)


@pytest.mark.parametrize(
    ("style", "settings"), [(style, settings) for style, many in STYLES.items() for settings in many], ids=str
)
def test_the_networks_without_a_mistake_agree(style, settings) -> None:
    verdict = oracle.check(quiet(candidate_of(style)), **settings, examples=20)
    assert verdict.agrees, f"{verdict}"


def test_names_are_unique_and_some_networks_have_several_mistakes() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 100
    assert sum(entry.module == "several" for entry in WILD) >= 8
    assert all(set(entry.stages) <= set(ORDER) and entry.says for entry in WILD)


@pytest.mark.parametrize("entry", WILD, ids=NAMES)
def test_a_network_differs_first_in_the_stage_that_its_entry_names(entry: Wild) -> None:
    differing = differing_stages(entry)
    assert differing
    if entry.answers is None or entry.stages[0] in entry.answers:
        assert differing[0] == entry.stages[0]
    else:
        assert ORDER.index(differing[0]) > ORDER.index(entry.stages[0])
    stages = [stage for stage in entry.stages if entry.answers is None or stage in entry.answers]
    assert set(stages) <= set(differing)


@each_entry
def test_a_network_without_state_gives_the_same_answers_again(entry: Wild) -> None:
    assert entry.state or answers_alike(entry, entry.candidate)


@each_entry
def test_a_network_is_caught(entry: Wild, outcomes: Callable[[str], Outcome]) -> None:
    assert outcomes(entry.name).caught, f"{outcomes(entry.name).verdict}"


@each_entry
def test_the_oracle_finds_the_first_wrong_stage(entry: Wild, outcomes: Callable[[str], Outcome]) -> None:
    assert outcomes(entry.name).placed in (True, None), f"{entry.stages}\n{outcomes(entry.name).verdict}"


@each_entry
def test_a_network_is_not_explained_falsely(entry: Wild, outcomes: Callable[[str], Outcome]) -> None:
    assert not outcomes(entry.name).explained_falsely, f"{entry.says}\n{outcomes(entry.name).verdict}"


@pytest.mark.parametrize("entries", [pytest.param(SOME, id="some"), pytest.param(WILD, id="all", marks=pytest.mark.thorough)])
def test_most_networks_are_explained(entries: list[Wild], outcomes: Callable[[str], Outcome]) -> None:
    unexplained = [entry.name for entry in entries if not outcomes(entry.name).explained]
    assert len(unexplained) <= (1 - LEAST_EXPLAINED) * len(entries), unexplained


class FakeVerdict:
    agrees, first_wrong, diagnoses = False, "loss", ()

    def __init__(self, explanation: object, text: str = "") -> None:
        self.explanation, self.text = explanation, text

    def __str__(self) -> str:
        return self.text


@pytest.mark.parametrize(
    ("explanation", "first_wrong", "explained", "falsely"),
    [
        ("the network itself", "loss", True, False),
        ("the network itself", "gradient[0]", False, True),
        ("another network", "loss", False, True),
        (None, "loss", False, False),
    ],
)
def test_an_explanation_must_hold_on_fresh_cases_and_name_the_first_wrong_stage(
    monkeypatch, explanation, first_wrong, explained, falsely
) -> None:
    entry = next(entry for entry in WILD if entry.name == "log10")
    networks = {"the network itself": entry.candidate, "another network": candidate_of(Neurons), None: None}
    verdict = FakeVerdict(networks[explanation])
    verdict.first_wrong = first_wrong
    monkeypatch.setattr(oracle, "check", lambda *arguments, **how: verdict)
    outcome = outcome_of(entry)
    assert (outcome.explained, outcome.explained_falsely) == (explained, falsely)


@pytest.mark.parametrize(("text", "explained"), [("note: called again, it gives other numbers", True), ("note: wrong", False)])
def test_a_network_with_state_is_explained_if_the_report_says_that_it_gives_other_numbers(monkeypatch, text, explained) -> None:
    entry = next(entry for entry in WILD if entry.name == "zero_grad_forgotten")
    monkeypatch.setattr(oracle, "check", lambda *arguments, **how: FakeVerdict(None, text))
    assert outcome_of(entry).explained is explained
