"""Formulas are printed without terms of 0, factors of 1 and terms that cancel. Reports name the right reduction."""

import pytest

from reference import oracle
from reference.oracle.explaining.formulas import tree
from reference.oracle.explaining.simple import simplified
from tests.oracle.answering import candidate_with
from tests.thorough import thorough


@pytest.mark.parametrize(
    ("text", "one_sample", "simple"),
    [
        ("x + 0*n_samples", False, "x"),
        ("x/n_samples*n_samples", False, "x"),
        ("x/n_samples", True, "x"),
        ("x/n_samples", False, "x/n_samples"),
        ("(h_nodes*0 + 1).T @ o_deltas", True, "(h_nodes*0 + 1).T @ o_deltas"),
        ("sum(sum1(o_nodes))/n_samples", True, "sum1(o_nodes)"),
        ("0 - rate*gradient", False, "-(rate*gradient)"),
        ("w + 2*(w - rate*gradient - w)", False, "w - 2*(rate*gradient)"),
        ("w + (w + v - w)/n_samples", False, "w + v/n_samples"),
        ("w + (w - v - w)/n_samples", False, "w - v/n_samples"),
        ("2*w - (w - rate*gradient)", False, "w + rate*gradient"),
        ("2*w - (w + v)", False, "w - v"),
    ],
)
def test_a_formula_is_simplified(text: str, one_sample: bool, simple: str) -> None:
    assert simplified(tree(text), one_sample) == tree(simple)


@pytest.mark.thorough
@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize(
    ("reduction", "text"),
    [
        ("mean", "summed over the batch, not averaged. (gradient_reduced_otherwise)"),
        *thorough(
            ("mean", "It is mean: divide by the number of samples."),
            ("sum", "averaged over the batch, not summed. (gradient_reduced_otherwise)"),
            ("sum", "It is sum: do not divide by the number of samples."),
        ),
    ],
)
def test_a_report_explains_a_wrong_reduction(reduction: str, text: str) -> None:
    assert text in str(oracle.check(candidate_with("gradient_reduced_otherwise"), reduction=reduction, batch=3, examples=20))


@pytest.mark.usefixtures("without_smallest_network")
def test_a_step_after_each_sample_is_described_in_words() -> None:
    text = "yours   after each sample: w = w - rate*gradient of that sample"
    assert text in str(oracle.check(candidate_with("step_after_every_sample"), batch=2, examples=20))
