"""A stage that is NaN in all cases is described but not explained, except the weights of an Adam that counts from 0."""

import math
from typing import Any

import pytest

from reference import oracle
from reference.oracle.cases import Question
from reference.oracle.explaining.mistakes import MISTAKES
from tests.oracle.answering import Runner, names_of, scenario_of, with_change
from tests.thorough import but_thorough


@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize("batch", but_thorough([None, 3], None))
@pytest.mark.parametrize("stage", ["loss", "h_sums", "o_nodes", "gradient"])
def test_nan_in_all_cases_is_described_but_not_explained(stage: str, batch: int | None) -> None:
    def plant(answer: dict[str, Any], case: Question) -> None:
        answer[stage] = nan_like(answer[stage])

    verdict = oracle.check(with_change(plant), batch=batch, examples=20)
    assert (verdict.first_wrong or "").startswith(stage)
    assert (verdict.diagnoses, verdict.explanation) == ([], None), f"{verdict}"
    assert f"{stage} has NaN (not a number) in all cases: look for log(0)" in str(verdict)
    assert "no explanation found" not in str(verdict)


def nan_like(numbers: Any) -> Any:
    return [nan_like(each) for each in numbers] if isinstance(numbers, list) else math.nan


@pytest.mark.usefixtures("without_slow_searches")
def test_adam_that_counts_from_zero_is_named_although_its_weights_are_nan() -> None:
    scenario = scenario_of("tanh", "softmax", "cross_entropy", optimizer="adam")
    verdict = scenario.verdict(Runner(MISTAKES["adam_counts_from_zero"].network), examples=10)
    assert names_of(verdict) == {"adam_counts_from_zero"}
