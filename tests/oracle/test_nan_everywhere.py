"""If a stage is NaN in all cases, the report says so and names no mistake. But it names Adam that counts its steps from 0."""

import math
from typing import Any

import pytest

from reference import oracle
from reference.oracle.cases import Question
from reference.oracle.explaining.mistakes import MISTAKES
from tests.oracle.answering import Runner, names_of, scenario_of, with_change
from tests.thorough import mark_slow_in


@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize("batch", mark_slow_in([None, 3], None))
@pytest.mark.parametrize("stage", ["loss", "h_sums", "o_nodes", "gradient"])
def test_the_report_says_that_a_stage_is_nan_in_all_cases_and_names_no_mistake(stage: str, batch: int | None) -> None:
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
