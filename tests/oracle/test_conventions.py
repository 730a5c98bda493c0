"""If a training step follows another convention, the report names the convention and does not call it a mistake."""

import numpy as np
import pytest

from reference import Adam, RMSProp, oracle
from reference.oracle.judging.conventions import CONVENTIONS
from tests.oracle.corpus import ENTRIES, FINITE_DIFFERENCES
from tests.oracle.corpus.entry import answer
from tests.oracle.corpus.optimizers import gradient_of

NAMES = {
    "rmsprop_epsilon_under_the_root": "RMSProp with epsilon inside the root",
    "adam_epsilon_unscaled": "Adam with epsilon added before the bias correction",
    "weight_decay_decoupled": "decoupled weight decay",
    "nesterov_of_sutskever": "Nesterov's momentum as Sutskever writes it",
}
WITH_CONVENTION = [each for each in ENTRIES if each.convention in NAMES and not each.needs]


def convention_names(verdict):
    return [each["name"] for each in verdict.record.get("conventions", [])]


@pytest.mark.parametrize("entry", WITH_CONVENTION, ids=lambda entry: entry.name)
def test_a_convention_is_named_and_is_not_a_mistake(entry) -> None:
    verdict = oracle.check(entry.candidate, **entry.settings[0], examples=30)
    assert (verdict.grade, verdict.agrees, verdict.diagnoses) == ("another_convention", False, []), f"{verdict}"
    assert convention_names(verdict) == [NAMES[entry.convention]]
    assert verdict.first_wrong.startswith("weights[")
    assert "it is not a mistake" in str(verdict)
    assert NAMES[entry.convention] in str(verdict)


def test_every_convention_has_an_example() -> None:
    named = {formula.name for formulas in CONVENTIONS.values() for formula in formulas}
    assert named == {*NAMES.values(), "decoupled weight decay of all weights"}
    assert {each.convention for each in ENTRIES if each.convention} == {*NAMES, FINITE_DIFFERENCES}


def candidate_of(change):
    """Return a candidate that answers the gradient g, and the weights w - learning_rate * change(g, w, case)."""

    def candidate(case):
        w = np.array(case.weights)
        g = gradient_of(case, w)
        return answer(case, gradient=g, weights=w - case.learning_rate * change(g, w, case))

    return candidate


def first_adam_step(g, epsilon):
    return g / (np.abs(g) + epsilon)


def test_decay_of_all_weights_and_biases_is_another_convention() -> None:
    def change(g, w, case):
        i, h, o = case.n_inputs, case.n_hidden, case.n_outputs
        is_weight = np.repeat([1.0, 0.0, 1.0, 0.0], [i * h, h, h * o, o])
        return first_adam_step(g - case.l2 * w * is_weight, case.optimizer["epsilon"]) + case.l2 * w

    verdict = oracle.check(candidate_of(change), optimizer=Adam(epsilon=2.0**-10), l2=0.0625, batch=2, examples=30)
    assert convention_names(verdict) == ["decoupled weight decay of all weights"]


MISTAKES = {
    "epsilon inside the root, and the step uphill": lambda g, w, case: -g / np.sqrt(0.125 * g**2 + 2.0**-10),
    "epsilon inside the root for every second weight only": lambda g, w, case: np.where(
        np.arange(len(g)) % 2, g / np.sqrt(0.125 * g**2 + 2.0**-10), g / (np.sqrt(0.125 * g**2) + 2.0**-10)
    ),
    "no epsilon": lambda g, w, case: np.sign(g) / np.sqrt(0.125),
}


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize("name", MISTAKES)
def test_a_step_that_only_resembles_a_convention_is_wrong(name) -> None:
    settings = {"optimizer": RMSProp(decay=0.875, epsilon=2.0**-10), "batch": 3, "examples": 30}
    verdict = oracle.check(candidate_of(MISTAKES[name]), **settings)
    assert verdict.grade == "wrong", f"{verdict}"


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_a_convention_does_not_excuse_a_wrong_gradient() -> None:
    def candidate(case):
        w = np.array(case.weights)
        g = 2 * gradient_of(case, w)
        return answer(case, gradient=g, weights=w - case.learning_rate * g / np.sqrt(0.125 * g**2 + 2.0**-10))

    verdict = oracle.check(candidate, optimizer=RMSProp(decay=0.875, epsilon=2.0**-10), examples=30)
    assert verdict.grade == "wrong"
