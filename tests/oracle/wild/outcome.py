"""What the oracle makes of a wrong network: is it caught, placed, and explained by something that answers the same?"""

import math
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

import reference
from reference import oracle
from reference.oracle.cases import Case, cases
from reference.oracle.settings import OPTIMIZERS, setting_of
from tests.oracle.corpus.entry import STAGES
from tests.oracle.wild.entry import Wild

ORDER = (*STAGES, "weights")
BOUND = 1e-6  # of the largest number of a stage
SINGLE = 2.0**-10  # the same in single precision, in which differences lose digits
NOISE = 1e-12  # what rounding leaves where terms cancel
FRESH = {"examples": 1000, "seed": 271828}  # of which every tenth is plain
FOR_ALL = (
    "WRONG", "first wrong", "closest to its allowance", "error/allowance", "right by", "again:", "the errors lean",
    "consistent with no mistake",
)  # fmt: skip


class Outcome(NamedTuple):
    """The verdict on a wrong network, and what of it is true.

    `placed` : the first wrong number is in the first true stage; None where this stage is not answered.
    `same` : the explanation answers as the network does on fresh cases; None where there is no explanation.
    `named` : the explanation contains what an honest one must contain.
    """

    entry: Wild
    verdict: oracle.Verdict
    placed: bool | None
    same: bool | None
    named: bool
    seconds: float

    @property
    def caught(self) -> bool:
        return not self.verdict.agrees

    @property
    def explained(self) -> bool:
        """Whether it is explained, and truly; a network that depends on earlier calls is said to do so."""
        if self.entry.state:
            return "answers otherwise" in str(self.verdict)
        return self.same is True and self.placed is not False

    @property
    def explained_falsely(self) -> bool:
        return self.same is not None and not self.explained


def outcome_of(entry: Wild, examples: int = 60) -> Outcome:
    """Ask the oracle about a wrong network, and hold what it says against what is known."""
    began = time.perf_counter()
    verdict = oracle.check(entry.candidate, **entry.settings, examples=examples)
    seconds = time.perf_counter() - began
    explanation = getattr(verdict, "explanation", None)
    same = None if explanation is None or entry.state else answers_alike(entry, explanation)
    return Outcome(entry, verdict, placed(entry, verdict), same, entry.named_by(explanation_text(verdict)), seconds)


def placed(entry: Wild, verdict: oracle.Verdict) -> bool | None:
    """Return whether the first wrong number is in the first true stage; None where this stage is not answered."""
    if entry.answers and entry.stages[0] not in entry.answers:
        return None
    return (verdict.first_wrong or "").startswith(entry.stages[0])


def explanation_text(verdict: oracle.Verdict) -> str:
    """Return what a report says of the mistake itself: not where it is, nor the smallest network, nor the counts."""
    own = str(verdict).split("the smallest network")[0].splitlines()
    own = [line for line in own if not line.startswith(FOR_ALL) and "numbers judged" not in line]
    return "\n".join([*verdict.diagnoses, *own])


def drawn(settings: dict[str, Any], examples: int, seed: int = 0) -> list[Case]:
    """Return cases of the settings of a check."""
    asked = {"batch": None, "sizes": None, "targets": "usual", "precision": None} | settings
    asked.pop("precision")
    how = {name: asked.pop(name) for name in ("batch", "sizes", "targets")}
    return list(cases(setting_of(**asked), examples=examples, seed=seed, **how))


def answers_alike(entry: Wild, explanation: Any) -> bool:
    """Return whether an explanation answers what the network answers, on fresh cases; those in which it raises are left out."""
    bound = SINGLE if entry.settings.get("precision") == "float32" else BOUND
    for case in drawn(entry.settings, **FRESH):
        if case.purpose != "plain":
            continue
        try:
            answered = entry.candidate(case.question())
        except (ArithmeticError, ValueError):  # such as the logarithm of 0
            continue
        if "weights" in answered and np.abs(answered.get("gradient", 1.0)).min() < NOISE:
            continue  # a step by signs follows what rounding leaves of a gradient of 0
        if not alike(answered, explanation(case.question()), bound):
            return False
    return True


def alike(answered: dict[str, Any], explained: Mapping[str, Any], bound: float) -> bool:
    """Return whether every stage of an answer is explained; NaN and infinities are to be the same."""
    return all(stage in explained and close(answered[stage], explained[stage], bound) for stage in answered)


def close(answered: Any, explained: Any, bound: float) -> bool:
    """Return whether two stages are the same within a share of the largest number."""
    mine, others = np.asarray(answered, float), np.asarray(explained, float)
    if mine.shape != others.shape:
        return False
    finite = np.abs(mine[np.isfinite(mine)])
    return np.allclose(others, mine, rtol=0.0, atol=max(NOISE, bound * finite.max(initial=0.0)), equal_nan=True)


def right_answers(case: Case) -> dict[str, Any]:
    """Return what the reference answers, as rows for the weights after each step."""
    setting, layout = case.setting, case.layout
    functions = {"hidden": setting.hidden, "output": setting.output, "loss": setting.loss}
    net = reference.NeuralNetwork(layout.n_inputs, layout.n_hidden, layout.n_outputs, **functions, weights=case.weights)
    how = {"reduction": setting.reduction, "l2": setting.l2, "rule": setting.rule}
    answers = {**net.forward(case.inputs)._asdict(), **net.backward(case.inputs, case.targets, **how)._asdict()}
    fields = dict(setting.optimizer or {"name": "sgd"})
    optimizer, rows = OPTIMIZERS[fields.pop("name")](**fields), []
    for _ in range(setting.steps):
        gradient = net.backward(case.inputs, case.targets, **how).gradient
        net.weights = optimizer.step(net.weights, gradient, setting.learning_rate)
        rows.append(net.weights)
    return {**answers, "weights": rows}


def differing_stages(entry: Wild) -> list[str]:
    """Return the stages in which a network differs from the reference on plain cases, in their order, without the oracle.

    Each case is asked twice, as some networks answer only the second time wrongly.
    """
    differing = set()
    for case in drawn(entry.settings, examples=60):
        if case.purpose == "plain" and not (case.setting.output == "softmax" and case.layout.n_outputs == 1):
            entry.candidate(case.question())
            answered, right = entry.candidate(case.question()), right_answers(case)
            differing |= {stage for stage in answered if not difference(answered[stage], right[stage]) <= BOUND}
    return [stage for stage in ORDER if stage in differing]


def difference(answered: Any, right: Any) -> float:
    """Return the largest difference in a stage, as a share of its largest number; infinite for another shape."""
    mine, true = np.ravel(answered), np.ravel(right)
    if mine.shape != true.shape:
        return math.inf
    return float(np.max(np.abs(mine - true)) / max(1.0, np.max(np.abs(true))))
