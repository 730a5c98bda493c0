"""The check of a contender's answers before it is timed. They are compared with the loops on bounded numbers.

A right answer differs from the true number by at most the bound of `reference.Bounded`. So two right answers differ by at
most twice the bound. Twice the bound is called the allowance. An answer is wrong if it differs from the answer of the loops
by more than one allowance.
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
# At most this many multiply-adds are checked, unless two samples need more: bounded numbers are about twenty times as slow
# as floats.
MOST_CHECKED = 170_000


class Expected(NamedTuple):
    """The right numbers as a flat array, and by how much an answer may differ from each of them."""

    values: Array
    allowances: Array


class Check(NamedTuple):
    """The problem that contenders solve in the check, and the right answer of each operation."""

    problem: Problem
    answers: dict[str, Expected]


def check_of(operation: str, shape: Shape) -> Check:
    """Return the check of an operation. An epoch is checked on one batch of the digits, so with a single step."""
    if operation == "epoch":
        return check_on(shape._replace(n_samples=BATCH_OF_DIGITS), digits=True)
    size = shape._replace(n_samples=1).multiply_adds("gradient")
    return check_on(shape._replace(n_samples=min(shape.n_samples, max(2, MOST_CHECKED // size))), digits=False)


@cache
def check_on(shape: Shape, digits: bool) -> Check:
    """Return the check on all samples of a shape. The samples are digits or random numbers."""
    problem = digits_of(shape, shape.n_samples) if digits else problem_of(shape)
    return Check(problem, answers_of(problem))


def answers_of(problem: Problem) -> dict[str, Expected]:
    """Return the right answer of each operation: outputs, loss, gradient, weights after one step.

    Raises ValueError if a bound is too wide to decide a question, such as whether a sum overflows. Then no answer can be
    checked.
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
        raise ValueError(f"{problem.shape}: {error}, so no answer can be checked; choose a smaller shape") from None


def bounded_rows(rows: Array, kind: type[Bounded]) -> list[list[Bounded]]:
    """Return rows of bounded numbers."""
    return [[kind(x) for x in row] for row in rows.tolist()]


def answer_of(numbers: Sequence[object]) -> Expected:
    """Return the values and the allowances of bounded numbers, or of rows of them."""
    flat = np.array(numbers, object).ravel()
    return Expected(np.array([x.value for x in flat]), 2 * np.array([x.error for x in flat]))


def largest_difference(numbers: object, answer: Expected) -> float:
    """Return the largest difference, measured in allowances. It is infinite if the shapes differ or a number is not finite.

    >>> largest_difference([1.0, 2.5], Expected(np.array([1.0, 2.0]), np.array([0.0, 2.0])))
    0.25
    >>> largest_difference([1.0], Expected(np.array([2.0]), np.array([0.0])))
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
    """Return the largest difference between a contender's answers and the right answers, measured in allowances.

    For a step, also compare the weights after two calls with those after one call that takes two steps.
    """
    answer = check.answers[operation]
    bench.prepare(check.problem)
    largest = largest_difference(bench.answer(operation, 1), answer)
    if operation == "step":
        second = Expected(bench.answer("step", 1), answer.allowances)
        bench.prepare(check.problem)
        largest = max(largest, largest_difference(bench.answer("step", 2), second))
    return largest
