"""Cases drawn by hypothesis: a right network passes all of them, and a wrong one fails, with the report as the message."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings

import reference
import vectorized
from reference import oracle
from reference.oracle.strategies import cases


def answers(package: Any, case: Any) -> Any:
    names = {name: case[name] for name in ("n_inputs", "n_hidden", "n_outputs", "hidden", "output", "loss", "weights")}
    network = package.NeuralNetwork(**names)
    return network.backward(case.inputs, case.targets, reduction=case.reduction, l2=case.l2, rule=case.rule)._asdict()


@given(cases(hidden="tanh", output="sigmoid", loss="cross_entropy", batch=2, l2=0.5, reduction="sum"))
def test_the_vectorized_network_is_right(case: Any) -> None:
    oracle.assert_right(lambda question: answers(vectorized, question), case)


@pytest.mark.thorough
def test_a_wrong_network_fails_with_the_report() -> None:
    @settings(phases=[Phase.generate])
    @given(cases(hidden="tanh"))
    def check_negative_gradient(case: Any) -> None:
        oracle.assert_right(lambda question: {"gradient": [-g for g in answers(reference, question)["gradient"]]}, case)

    with pytest.raises(AssertionError, match=r"WRONG[\s\S]*gradient[\s\S]*right numbers from: reference\.NeuralNetwork"):
        check_negative_gradient()
