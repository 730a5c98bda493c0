"""A right formula that overflows gives a note. Otherwise, NaN and infinity get the grade "wrong", exceptions "undecided"."""

import math
import sys

import numpy as np
import pytest

from reference import oracle
from reference.oracle.answers import NoAnswer
from reference.oracle.candidates.program import Program
from tests.oracle.corpus.entry import answer, matrices, samples
from tests.thorough import thorough

DOUBLE, SINGLE = np.float64, np.float32


def plain_formulas(case, dtype=DOUBLE, plant=None):
    """Answer with ReLU or sigmoid hidden nodes, softmax without subtracting the maximum, and the loss -t*ln(y)."""
    with np.errstate(all="ignore"):
        (w1, b1, w2, b2), (x, t) = matrices(case, dtype), samples(case, dtype)
        z1 = x @ w1 + b1
        h = np.maximum(z1, 0) if case.hidden == "relu" else 1 / (1 + np.exp(-z1))
        z2 = h @ w2 + b2
        e = np.exp(z2)
        y = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.sum(t * np.log(y), axis=1))
        stages = {"h_sums": z1, "h_nodes": h, "o_sums": z2, "o_nodes": y, "loss": loss, "o_deltas": y - t}
        if plant:
            plant(case, stages)
        return answer(case, stages)


@pytest.mark.parametrize(
    ("hidden", "dtype", "sizes"),
    [("relu", SINGLE, (9, 9, 2)), *thorough(("relu", DOUBLE, (40, 40, 2)), ("sigmoid", SINGLE, (9, 9, 2)))],
)
def test_an_overflow_of_a_textbook_formula_gives_a_note(hidden, dtype, sizes) -> None:
    verdict = oracle.check(lambda case: plain_formulas(case, dtype), hidden=hidden, sizes=sizes, examples=60)
    assert verdict.agrees, f"{verdict}"
    assert ("numbers are NaN or infinite, because a formula overflows" in str(verdict)) == (hidden == "relu")


PLACES = {"h_nodes": "h_nodes[0]", "o_nodes": "o_nodes[0]", "loss": "loss", "o_deltas": "o_deltas[0]"}


@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("stage", PLACES)
def test_nan_or_infinity_without_overflow_is_wrong_and_shown(stage, value) -> None:
    def plant(case, stages):
        if max(map(abs, case.weights)) < 2:  # so exp does not overflow
            if stage == "loss":
                stages["loss"] = value
            else:
                stages[stage][0][0] = value

    verdict = oracle.check(lambda case: plain_formulas(case, plant=plant), hidden="relu", examples=30)
    assert (verdict.grade, verdict.first_wrong) == ("wrong", PLACES[stage]), f"{verdict}"
    assert f"yours {'NaN' if value != value else 'inf'}, not a finite number" in str(verdict)


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_nan_in_a_stage_before_the_overflow_is_wrong() -> None:
    def plant(case, stages):
        if np.isnan(stages["o_nodes"]).any():
            stages["h_nodes"][0][0] = math.nan

    verdict = oracle.check(lambda case: plain_formulas(case, plant=plant), hidden="relu", sizes=(40, 40, 2), examples=60)
    assert (verdict.grade, verdict.first_wrong) == ("wrong", "h_nodes[0]"), f"{verdict}"


PLAIN_PYTHON = """
import math
def net(case):
    I, H, O, w = case.n_inputs, case.n_hidden, case.n_outputs, case.weights
    z1 = [sum(case.inputs[i] * w[i * H + h] for i in range(I)) + w[I * H + h] for h in range(H)]
    a = [max(z, 0.0) for z in z1]
    z2 = [sum(a[h] * w[(I + 1) * H + h * O + o] for h in range(H)) + w[(I + 1) * H + H * O + o] for o in range(O)]
    e = [math.exp(z) for z in z2]
    return {"o_nodes": [x / sum(e) for x in e], "o_sums": z2}
def broken(case):
    if case.n_hidden == 3:
        raise ValueError("math domain error")
    return net(case)
"""


def test_an_exception_of_a_formula_that_overflows_gives_a_note() -> None:
    exec(PLAIN_PYTHON, names := {})
    verdict = oracle.check(names["net"], hidden="relu", sizes=(40, 40, 2), examples=60)
    assert (verdict.grade, verdict.agrees) == ("textbook", True), f"{verdict}"
    assert "of 60 cases it raised OverflowError, because a formula overflows" in str(verdict)
    verdict = oracle.check(names["broken"], hidden="relu", examples=30)
    assert verdict.grade == "undecided", f"{verdict}"
    assert "ValueError: 'math domain error'" in str(verdict)


def test_a_function_in_its_own_process_gets_the_same_note(tmp_path) -> None:
    (tmp_path / "net.py").write_text(PLAIN_PYTHON, "utf-8")
    command = [sys.executable, "-m", "reference.oracle.candidates.serve", f"{tmp_path / 'net.py'}:net"]
    with Program(command, greets=True) as candidate:
        verdict = oracle.check(candidate, hidden="relu", sizes=(40, 40, 2), examples=60)
    assert verdict.agrees, f"{verdict}"
    assert "it raised OverflowError" in str(verdict)


@pytest.mark.thorough
def test_a_first_answer_may_take_longer_than_later_ones() -> None:
    code = "import sys, time\nfor line in sys.stdin: time.sleep(0.3); print('[1.0]', flush=True)\n"
    with Program([sys.executable, "-c", code], seconds=0.1) as candidate:
        assert candidate({}) == [1.0]
        with pytest.raises(NoAnswer, match=r"no answer within 0\.1 s"):
            candidate({})
