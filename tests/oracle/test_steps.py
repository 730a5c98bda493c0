"""The settings of training steps: on the command line, in Python, and in the report."""

import numpy as np
import pytest

import reference
from reference import oracle
from tests.command import Result, run
from tests.oracle.answering import names_of
from tests.oracle.corpus.entry import answer, rows_or_one
from tests.oracle.corpus.optimizers import gradient_of
from tests.thorough import mark_slow_in

NET = """
import reference
def net(case):
    n = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden=case.hidden, output=case.output,
                                loss=case.loss, weights=case.weights)
    settings = dict(case.optimizer or {"name": "sgd"})
    kind = {"sgd": reference.SGD, "rmsprop": reference.RMSProp, "adam": reference.Adam}[settings.pop("name")]
    n.train(case.inputs, case.targets, learning_rate=case.learning_rate, optimizer=kind(**settings))
    return {"weights": n.weights}
"""


def run_check(tmp_path, *words: str) -> Result:
    (tmp_path / "net.py").write_text(NET, "utf-8")
    return run("reference", "check", "net.py:net", "--examples", 5, *words, folder=tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "words",
    [
        ("--optimizer", "adam", "--beta1", "0.5", "--beta2", "0.75", "--epsilon", "0.001", "--targets", "any", "--strict"),
        ("--momentum", "0.5", "--nesterov"),
        ("--optimizer", "rmsprop", "--rmsprop-decay", "0.5", "--targets", "distribution"),
    ],
)
def test_the_report_repeats_the_settings_of_a_step(tmp_path, words) -> None:
    result = run_check(tmp_path, *words)
    assert result.status == 0, result
    assert result.out.splitlines()[-1].endswith(" ".join(words))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--optimizer", "adam", "--momentum", "0.5"), "--momentum is a setting of sgd, but the optimizer is adam"),
        (("--epsilon", "0.5"), "--epsilon is a setting of rmsprop and adam, but the optimizer is sgd"),
        (("--targets", "foo"), "targets is 'foo', not one of usual, distribution, any"),
        (("--precision", "half"), "precision is 'half', not one of float64, float32"),
        (("--optimizer", "rmsprop", "--rmsprop-decay", "2"), "decay is 2.0, expected a finite number"),
    ],
)
def test_a_wrong_setting_gives_an_error_of_one_line(tmp_path, words, message) -> None:
    result = run_check(tmp_path, *words)
    assert result.status == 2
    assert message in result.err
    assert len(result.err.splitlines()) == 1


def test_the_call_in_the_report_gives_the_same_report_again() -> None:
    exec(NET, names := {})
    settings = {"optimizer": reference.Adam(beta1=0.5, epsilon=2.0**-10), "targets": "any", "strict": True, "examples": 5}
    report = str(oracle.check(names["net"], precision="float64", **settings))
    assert "largest difference 0" in report
    call = report.splitlines()[-1].removeprefix("repeat with: ")
    assert str(eval(call, {"oracle": oracle, "reference": reference, "candidate": names["net"]})) == report
    assert "beta1=0.5" in call
    assert "targets='any', precision='float64', strict=True" in call


def candidate_of(step, recompute=True):
    """Return a candidate that takes training steps. `step(w, g, t, state, case)` returns the weights after step t.

    If `recompute` is False, every step uses the gradient of the first step.
    """

    def candidate(case):
        w, state, rows = np.array(case.weights), {}, []
        first = gradient_of(case, w)
        for t in range(1, case.steps + 1):
            w = step(w, gradient_of(case, w) if recompute else first, t, state, case)
            rows.append(w)
        return answer(case, gradient=first, weights=rows_or_one(rows))

    return candidate


def momentum(w, g, t, state, case):
    state["v"] = 0.75 * state.get("v", 0.0) - case.learning_rate * g
    return w + state["v"]


def forgotten_momentum(w, g, t, state, case):
    return w - case.learning_rate * g


def adam(w, g, t, state, case):
    state["m"] = 0.9 * state.get("m", 0.0) + (1 - 0.9) * g
    state["v"] = 0.999 * state.get("v", 0.0) + (1 - 0.999) * g**2
    return w - case.learning_rate * state["m"] / (1 - 0.9**t) / (np.sqrt(state["v"] / (1 - 0.999**t)) + 2.0**-10)


def corrections_of_the_first_step(w, g, t, state, case):
    return adam(w, g, 1, state, case)


def state_of_the_last_step_forgotten(w, g, t, state, case):
    return adam(w, g, t, {}, case)


MOMENTUM, ADAM = reference.SGD(momentum=0.75), reference.Adam(epsilon=2.0**-10)
MISTAKES_BETWEEN_STEPS = {  # the optimizer, the candidate, and the names that the verdict must give, if any
    "forgotten momentum": (MOMENTUM, candidate_of(forgotten_momentum), {"momentum_forgotten", "optimizer_is_sgd"}),
    "gradient not recomputed": (MOMENTUM, candidate_of(momentum, recompute=False), set()),
    "corrections kept at t=1": (ADAM, candidate_of(corrections_of_the_first_step), {"adam_count_stands_still"}),
    "moments not kept": (ADAM, candidate_of(state_of_the_last_step_forgotten), set()),
}


@pytest.mark.parametrize("name", mark_slow_in(MISTAKES_BETWEEN_STEPS, *list(MISTAKES_BETWEEN_STEPS)[2:]))
@pytest.mark.usefixtures("without_slow_searches")
def test_a_mistake_between_steps_shows_in_the_second_step(name) -> None:
    optimizer, candidate, names = MISTAKES_BETWEEN_STEPS[name]
    once = oracle.check(candidate, optimizer=optimizer, batch=2, examples=20)
    assert once.agrees, f"{once}"
    assert "only the first step was checked" in str(once)
    verdict = oracle.check(candidate, optimizer=optimizer, batch=2, examples=10, steps=3)
    assert verdict.grade == "wrong", f"{verdict}"
    assert verdict.first_wrong.endswith(" after step 2")
    assert names <= names_of(verdict)


@pytest.mark.parametrize(("optimizer", "step"), [(MOMENTUM, momentum), (ADAM, adam)])
def test_right_steps_agree(optimizer, step) -> None:
    verdict = oracle.check(candidate_of(step), optimizer=optimizer, batch=2, examples=30, steps=3)
    assert verdict.agrees, f"{verdict}"
    assert "only the first step" not in str(verdict)
    assert "steps=3" in str(verdict)


def test_steps_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="steps is 0"):
        oracle.check(candidate_of(momentum), steps=0)
