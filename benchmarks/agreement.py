"""Correct before fast: the answers of a contender are checked before it is timed, against the loops on bounded numbers.

Two right answers may each lie as far from the true number as the bound of `reference.Bounded` says, so they may differ by
twice the bound: that is the allowance. A share above 1 is a wrong answer.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

import reference
from benchmarks.bench import Bench
from benchmarks.problem import HIDDEN, LOSS, OUTPUT, RATE, Array, Problem, digits_of, problem_of
from benchmarks.shapes import BATCH_OF_DIGITS, Shape
from reference import Bounded, Undecided
from reference.numbers.single import SINGLE

NUMBERS: dict[str, type[Bounded]] = {"float64": Bounded, "float32": SINGLE}
MOST_CHECKED = 170_000  # multiply-adds on bounded numbers, each some sixteen times as slow as on floats: a fraction of a second


class Expected(NamedTuple):
    """The right numbers, flat, and by how much each of them may differ."""

    values: Array
    allowances: Array


class Check(NamedTuple):
    """The samples that answers are checked on, and the answer to each operation."""

    problem: Problem
    answers: dict[str, Expected]


def check_of(operation: str, shape: Shape) -> Check:
    """Return the check of an operation; of the digits it is one batch, so that an epoch is a step."""
    if operation == "epoch":
        return check_on(shape._replace(n_samples=BATCH_OF_DIGITS), digits=True)
    size = shape._replace(n_samples=1).multiply_adds("gradient")
    return check_on(shape._replace(n_samples=min(shape.n_samples, max(2, MOST_CHECKED // size))), digits=False)


@cache
def check_on(shape: Shape, digits: bool) -> Check:
    """Return the check on all samples of a shape."""
    problem = digits_of(shape, shape.n_samples) if digits else problem_of(shape)
    return Check(problem, answers_of(problem))


def answers_of(problem: Problem) -> dict[str, Expected]:
    """Return the answer to each operation: outputs, loss, gradient, weights after one step.

    Raises ValueError where a bound is undecided, as no answer can be judged then.
    """
    kind = NUMBERS[problem.shape.dtype]
    weights = [kind(w) for w in problem.weights.tolist()]
    network = reference.NeuralNetwork(*problem.shape.sizes, hidden=HIDDEN, output=OUTPUT, loss=LOSS, weights=weights)
    inputs, targets = bounded_rows(problem.inputs, kind), bounded_rows(problem.targets, kind)
    try:
        answers = {"forward": answer_of(network.predict(inputs))}
        stages = network.backward(inputs, targets)
        answers |= {"loss": answer_of([stages.loss]), "gradient": answer_of(stages.gradient)}
        network.train(inputs, targets, learning_rate=RATE)
        step = answer_of(network.weights)
        return answers | {"step": step, "epoch": step}
    except Undecided as error:
        raise ValueError(f"{problem.shape}: {error}, so that no answer can be checked; choose a smaller shape") from None


def bounded_rows(rows: Array, kind: type[Bounded]) -> list[list[Bounded]]:
    """Return rows of bounded numbers."""
    return [[kind(x) for x in row] for row in rows.tolist()]


def answer_of(numbers: Sequence[object]) -> Expected:
    """Return the values and the allowances of bounded numbers, or of rows of them."""
    flat = np.array(numbers, object).ravel()
    return Expected(np.array([x.value for x in flat]), 2 * np.array([x.error for x in flat]))


def share(numbers: object, answer: Expected) -> float:
    """Return the largest difference in allowances: 0 for the same number, infinite for another shape or what is not finite.

    >>> share([1.0, 2.5], Expected(np.array([1.0, 2.0]), np.array([0.0, 2.0])))
    0.25
    >>> share([1.0], Expected(np.array([2.0]), np.array([0.0])))
    inf
    """
    flat = np.asarray(numbers, float).ravel()
    if flat.shape != answer.values.shape or not np.isfinite(flat).all():
        return float("inf")
    differences = np.abs(flat - answer.values)
    unequal = differences > 0
    with np.errstate(divide="ignore"):
        return float((differences[unequal] / answer.allowances[unequal]).max(initial=0.0))


def difference(bench: Bench, operation: str, check: Check) -> float:
    """Return the largest difference of a contender's answer, in allowances. Two steps in a row must be two single steps."""
    answer = check.answers[operation]
    bench.prepare(check.problem)
    largest = share(bench.answer(operation, 1), answer)
    if operation == "step":
        second = Expected(bench.answer("step", 1), answer.allowances)
        bench.prepare(check.problem)
        largest = max(largest, share(bench.answer("step", 2), second))
    return largest
