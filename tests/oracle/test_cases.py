"""The cases are the same on all platforms and follow the settings. Invalid settings are refused."""

import hashlib
import json
import math
import random
import struct
from typing import Any

import pytest

import reference
from reference import oracle
from reference.oracle.cases import Question, cases
from reference.oracle.settings import Setting
from tests.oracle.answering import candidate_with, outputs_of


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


def test_every_number_of_a_case_is_exact_in_single_precision_and_most_cases_have_no_square_matrix() -> None:
    drawn_cases = list(cases(Setting(), examples=200, batch=2))
    for case in drawn_cases:
        for x in [*case.weights, *(x for rows in (case.inputs, case.targets) for row in rows for x in row)]:
            assert struct.unpack("f", struct.pack("f", x))[0] == x
    not_square = [c for c in drawn_cases if c.layout.n_inputs != c.layout.n_hidden and c.layout.n_hidden != c.layout.n_outputs]
    assert len(not_square) > 100
    assert {c.purpose for c in drawn_cases} >= {"integers", "large", "cancelling"}
    assert {1, 2, 3, 4, 5} == {c.layout.n_hidden for c in drawn_cases}


@pytest.mark.thorough
def test_fixed_sizes_also_hold_in_the_search_for_the_smallest_network() -> None:
    sizes: set[tuple[int, int, int]] = set()

    def record_sizes(case: Question) -> Any:
        sizes.add((case.n_inputs, case.n_hidden, case.n_outputs))
        return candidate_with("h_biases_missing")(case)

    verdict = oracle.check(record_sizes, examples=5, sizes=(2, 3, 2))
    assert sizes == {(2, 3, 2)}
    assert verdict.diagnoses == ["h_biases_missing"]


def test_a_candidate_sees_the_settings_of_the_check() -> None:
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
def test_an_invalid_setting_is_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        oracle.check(outputs_of(reference), **setting)
