"""Traced numbers, which record how they were computed, equal the floats of the loops, and so do the recorded expressions."""

import math

import pytest
from hypothesis import find, given

import reference
from reference.explain.explanation import explanation_of
from reference.numbers import traced
from reference.numbers.traced import Traced, digits, expression_of, running_totals, symbol, terms_of
from reference.specification.names import STAGES
from tests.strategies import SEARCH, Trial, cases

NAMES = {"exp": math.exp, "log1p": math.log1p, "tanh": math.tanh, "log": math.log, "sqrt": math.sqrt, "max": max}


def evaluate(text: str) -> float:
    """Return the value that Python computes for an expression."""
    return float(eval(text, {"__builtins__": {}}, NAMES))


def stages_of(case: Trial) -> dict[str, list[float]] | None:
    """Return the stages and the new weights for the first sample, computed with floats, or None if a number overflows."""
    network = case.network(reference)
    inputs, targets = case.inputs[0], case.targets[0]
    try:
        stages = network.forward(inputs)._asdict() | network.backward(inputs, targets)._asdict()
        network.train([inputs], [targets], learning_rate=0.5)
    except FloatingPointError:
        return None
    stages["loss"] = [stages["loss"]]
    return stages | {"weights": network.weights}


def check(case: Trial) -> None:
    """Assert that the values and expressions that `explain` shows are equal to the numbers of the loops."""
    stages = stages_of(case)
    if stages is None:
        return
    explanation = explanation_of(case.network(reference), case.inputs[0], case.targets[0], rate=0.5)
    for stage in STAGES:
        entries = explanation.of(stage)
        assert [entry.value for entry in entries] == stages[stage], stage
        for entry in entries:
            assert evaluate(expression_of(entry.number, digits)) == entry.value, entry.name
            if entry.terms:
                assert entry.total is not None
                assert entry.terms[-1].so_far == entry.total.value


def fails(case: Trial) -> bool:
    """Whether `check` fails."""
    try:
        check(case)
    except AssertionError:
        return True
    return False


@given(cases(usual=True))
def test_the_explanation_has_the_numbers_of_the_loops(case: Trial) -> None:
    check(case)


@pytest.mark.parametrize("operation", ["+", "-", "*", "/", "exp", "max"])
def test_a_wrong_operation_is_found(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = traced.combine

    def wrong(symbol: str, value: float, *parts: Traced) -> Traced:
        return right(symbol, value * (1 + 2**-50) if symbol == operation else value, *parts)

    monkeypatch.setattr(traced, "combine", wrong)
    traced.RECORDS.clear()
    try:
        find(cases(usual=True), fails, settings=SEARCH)
    finally:
        traced.RECORDS.clear()  # so that no later test uses the wrong numbers


def test_brackets_keep_the_order_and_surround_negative_factors() -> None:
    a, b, c = Traced(0.1, "a"), Traced(0.2, "b"), Traced(0.3, "c")
    assert expression_of(a - (b - c), symbol) == "a - (b - c)"
    assert expression_of((a - b) - c, symbol) == "a - b - c"
    assert expression_of(a * (b / c), symbol) == "a * (b / c)"
    assert expression_of(a * b / c, symbol) == "a * b / c"
    assert expression_of((a + b) * c, symbol) == "(a + b) * c"
    assert expression_of(0 - (a + b), symbol) == "-(a + b)"
    assert expression_of((0 - a) * b, symbol) == "-a * b"
    assert expression_of(a * Traced(-0.5, "w"), digits) == "0.1 * (-0.5)"


def test_the_same_operation_on_the_same_numbers_gives_the_same_object() -> None:
    a, b = Traced(1.5, "a"), Traced(2.5, "b")
    assert a * b is a * b
    assert a * b is not b * a
    assert (a + b) / 3 is (a + b) / 3


def test_terms_come_in_the_order_in_which_they_were_added() -> None:
    x = [Traced(number, f"x{number}") for number in range(1, 5)]
    total = 0
    for each in x:
        total += each * each
    assert [expression_of(term, symbol) for term in terms_of(total)] == ["x1 * x1", "x2 * x2", "x3 * x3", "x4 * x4"]
    assert list(running_totals(terms_of(total))) == [1, 5, 14, 30]


def test_the_records_of_deleted_numbers_are_deleted() -> None:
    before = len(traced.RECORDS)
    for seed in range(3):
        explanation_of(reference.NeuralNetwork(3, 4, 2, seed=seed), [1.0, 2.0, 3.0], [1.0, 0.0])
    assert len(traced.RECORDS) < before + 400
