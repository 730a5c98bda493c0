"""Correct before fast: what a contender answers, held against the loops on bounded numbers before it is timed.

Two right answers may each lie as far from the true number as the bound of `reference.Bounded` says, so they may differ by
twice the bound: that is the allowance. A share above 1 is a wrong answer.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import reference
from benchmarks.contenders import Contender
from benchmarks.problem import HIDDEN, LOSS, OUTPUT, RATE, Problem
from reference import Bounded, Undecided

SINGLE = Bounded.with_unit(2.0**-24, 2.0**-149, 2.0**128 - 2.0**104, single=True)
KINDS: dict[str, type[Bounded]] = {"float64": Bounded, "float32": SINGLE}
CHECKED = 170_000  # multiply-adds on bounded numbers, each some sixteen times as slow as on floats: a fraction of a second

Allowed = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]


def checked_samples(problem: Problem) -> int:
    """Return how many samples the bounds are worked out for: at least two, where there are two."""
    of_one = problem.shape._replace(n_samples=1).multiply_adds("gradient")
    return min(problem.shape.n_samples, max(2, CHECKED // of_one))


def bounds_of(problem: Problem) -> Allowed:
    """Return the values of each operation and their allowances, flat: outputs, loss, gradient, weights after one step.

    Raises ValueError where a bound is undecided, as no answer can be judged then.
    """
    kind: type[Bounded] = KINDS[problem.shape.dtype]

    def bounded(rows: Any) -> Any:
        return [[kind(x) for x in row] for row in rows.tolist()]

    weights = [kind(w) for w in problem.weights.tolist()]
    network = reference.NeuralNetwork(*problem.shape.sizes, hidden=HIDDEN, output=OUTPUT, loss=LOSS, weights=weights)
    inputs, targets = bounded(problem.inputs), bounded(problem.targets)
    try:
        outputs = [y for row in network.predict(inputs) for y in row]
        loss, _, _, gradient = network.backward(inputs, targets)
        network.train(inputs, targets, learning_rate=RATE)
        parts = {"forward": outputs, "loss": [loss], "gradient": gradient, "step": network.weights}
        return {operation: (values_of(numbers), 2 * errors_of(numbers)) for operation, numbers in parts.items()}
    except Undecided as error:
        raise ValueError(f"{problem.shape}: {error}, so that no answer can be checked; choose a smaller shape") from None


def values_of(numbers: list[Bounded]) -> NDArray[np.float64]:
    """Return the values."""
    return np.array([x.value for x in numbers])


def errors_of(numbers: list[Bounded]) -> NDArray[np.float64]:
    """Return the bounds."""
    return np.array([x.error for x in numbers])


def share(answer: Any, value: NDArray[np.float64], allowance: NDArray[np.float64]) -> float:
    """Return the largest difference in allowances: 0 for the same number, infinite for another shape or what is not finite.

    >>> share([1.0, 2.5], np.array([1.0, 2.0]), np.array([0.0, 2.0]))
    0.25
    >>> share([1.0], np.array([2.0]), np.array([0.0]))
    inf
    """
    given = np.asarray(answer, float).reshape(-1)
    if given.shape != value.shape or not np.isfinite(given).all():
        return float("inf")
    difference = np.abs(given - value)
    apart = difference > 0
    with np.errstate(divide="ignore"):
        return float((difference[apart] / allowance[apart]).max(initial=0.0))


def shares(make: Callable[[Problem], Contender], problem: Problem, allowed: Allowed) -> dict[str, float]:
    """Return for each operation the largest difference of a contender's answer, in allowances.

    An epoch is judged by its first step: the bound of many steps says nothing. Two steps in a row are to be two single ones.
    """
    found = {operation: share(getattr(make(problem), operation)(1), *allowed[operation]) for operation in allowed}
    if "step" in found:
        one_by_one = make(problem)
        one_by_one.step(1)
        again = np.array(one_by_one.step(1), float)
        found["step"] = max(found["step"], share(make(problem).step(2), again, allowed["step"][1]))
    return found | {"epoch": found.get("step", 0.0)}
