"""The check of answers. A contender is one way to write the network. It is timed only if its answers are right.

The loops run on `reference.Bounded` numbers, which carry a proven bound on the rounding error. A right answer differs from
the true number by at most this bound. So two right answers differ by at most twice the bound. This is called the allowance.
An answer is wrong if it differs from the answer of the loops by more than the allowance.
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
# Bounded numbers are slow, so a check has only as many samples as fit into this many multiply-adds, but at least two.
MOST_CHECKED = 170_000


class Expected(NamedTuple):
    """The right numbers and their allowances, as flat arrays."""

    values: Array
    allowances: Array


class Check(NamedTuple):
    """A problem, and its right answer for each operation."""

    problem: Problem
    answers: dict[str, Expected]


def check_of(operation: str, shape: Shape) -> Check:
    """Return the check of an operation. The check of an epoch is a single step on one batch of the digits."""
    if operation == "epoch":
        return check_on(shape._replace(n_samples=BATCH_OF_DIGITS), digits=True)
    size = shape._replace(n_samples=1).multiply_adds("gradient")
    return check_on(shape._replace(n_samples=min(shape.n_samples, max(2, MOST_CHECKED // size))), digits=False)


@cache
def check_on(shape: Shape, digits: bool) -> Check:
    """Return the check of a shape, on digits or on random samples."""
    problem = digits_of(shape, shape.n_samples) if digits else problem_of(shape)
    return Check(problem, answers_of(problem))


def answers_of(problem: Problem) -> dict[str, Expected]:
    """Return the right answer of each operation: outputs, loss, gradient, weights after one step.

    Raises ValueError if the bounds leave a question open, for example whether a sum overflows.
    """
    kind = NUMBERS[problem.shape.dtype]
    weights = [kind(w) for w in problem.weights.tolist()]
    network = reference.NeuralNetwork(*problem.shape.sizes, hidden=HIDDEN, output=OUTPUT, loss=LOSS, weights=weights)
    inputs, targets = ([[kind(x) for x in row] for row in rows.tolist()] for rows in (problem.inputs, problem.targets))
    try:
        answers = {"forward": answer_of(network.predict(inputs))}
        stages = network.backward(inputs, targets)
        answers |= {"loss": answer_of([stages.loss]), "gradient": answer_of(stages.gradient)}
        network.train(inputs, targets, learning_rate=RATE)
        step = answer_of(network.weights)
        return answers | {"step": step, "epoch": step}
    except Undecided as error:
        raise ValueError(f"{problem.shape}: {error}, so no answer can be checked; choose a smaller shape") from None


def answer_of(numbers: Sequence[object]) -> Expected:
    """Return the values and the allowances of bounded numbers, which may be in rows."""
    flat = np.array(numbers, object).ravel()
    return Expected(np.array([x.value for x in flat]), 2 * np.array([x.error for x in flat]))


def largest_difference(numbers: object, answer: Expected) -> float:
    """Return the largest difference / allowance, or infinity if the shapes differ or a number is not finite.

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
    """Return the largest difference / allowance between a contender's answer and the right answer.

    For a step, also compare the weights after two calls with n = 1 and after one call with n = 2.
    """
    answer = check.answers[operation]
    bench.prepare(check.problem)
    largest = largest_difference(bench.answer(operation, 1), answer)
    if operation == "step":
        second = Expected(bench.answer("step", 1), answer.allowances)
        bench.prepare(check.problem)
        largest = max(largest, largest_difference(bench.answer("step", 2), second))
    return largest
