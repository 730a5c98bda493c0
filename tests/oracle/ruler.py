"""Cases, right answers and comparisons to test the oracle. They do not use the code with which the oracle judges answers."""

import random
from typing import Any

import numpy as np

import reference
from reference.layout import Layout
from reference.oracle.cases import Case
from reference.oracle.settings import OPTIMIZERS, Setting, setting_of
from tests.oracle.corpus.entry import STAGES

ORDER = (*STAGES, "weights")
CLOSE = 1e-6  # the allowed difference, relative to the largest number of a stage
NOISE = 1e-12  # a difference that is always allowed: a rounding error where terms cancel


def ordinary_cases(settings: dict[str, Any], count: int, seed: int) -> list[Case]:
    """Draw cases for the settings of a check, with numbers between -2 and 2 and the usual targets.

    The sizes are from 1 to 5, unless the settings fix them. A softmax has at least two outputs.
    """
    draw, fields = random.Random(seed), {name: value for name, value in settings.items() if name != "precision"}
    batch, sizes = fields.pop("batch", None), fields.pop("sizes", None)
    setting = setting_of(**fields)
    least = 2 if setting.output == "softmax" else 1
    cases = []
    for _ in range(count):
        layout = Layout(*(sizes or (draw.randint(1, 5), draw.randint(1, 5), draw.randint(least, 5))))
        weights = [draw.uniform(-2, 2) for _ in range(layout.n_weights)]
        inputs = [[draw.uniform(-2, 2) for _ in range(layout.n_inputs)] for _ in range(batch or 1)]
        targets = [usual_target(draw, setting, layout.n_outputs) for _ in inputs]
        cases.append(Case(setting, layout, weights, inputs, targets, batch is None, "ordinary"))
    return cases


def usual_target(draw: random.Random, setting: Setting, size: int) -> list[float]:
    if setting.loss != "cross_entropy":
        return [draw.uniform(-2, 2) for _ in range(size)]
    if setting.output == "sigmoid":
        return [float(draw.random() < 0.5) for _ in range(size)]
    label = draw.randrange(size)
    return [float(o == label) for o in range(size)]


def right_answers(case: Case) -> dict[str, Any]:
    """Return the answers of the reference, by stage. `weights` has one row for each training step."""
    setting = case.setting
    functions = {"hidden": setting.hidden, "output": setting.output, "loss": setting.loss}
    network = reference.NeuralNetwork(*case.layout.sizes, **functions, weights=case.weights)
    how = {"reduction": setting.reduction, "l2": setting.l2, "rule": setting.rule}
    answers = {**network.forward(case.inputs)._asdict(), **network.backward(case.inputs, case.targets, **how)._asdict()}
    fields = dict(setting.optimizer or {"name": "sgd"})
    optimizer, rows = OPTIMIZERS[fields.pop("name")](**fields), []
    for _ in range(setting.steps):
        gradient = network.backward(case.inputs, case.targets, **how).gradient
        network.weights = optimizer.step(network.weights, gradient, setting.learning_rate)
        rows.append(network.weights)
    return {**answers, "weights": rows}


def is_same(answer: Any, other: Any, bound: float = CLOSE) -> bool:
    """Whether two arrays have the same shape and nearly the same numbers.

    A difference may be up to `bound` times the largest number of `other`, or up to NOISE. NaN equals NaN.
    """
    numbers, others = np.asarray(answer, float), np.asarray(other, float)
    if numbers.shape != others.shape:
        return False
    largest = np.abs(others[np.isfinite(others)]).max(initial=0.0)
    return np.allclose(numbers, others, rtol=0.0, atol=max(NOISE, bound * largest), equal_nan=True)


def is_right(answer: Any, right: Any, bound: float = CLOSE) -> bool:
    """Whether a stage has nearly the numbers of the reference, in any shape."""
    return is_same(np.ravel(answer), np.ravel(right), bound)
