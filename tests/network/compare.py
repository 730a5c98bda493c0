"""Compare results: two computed numbers may differ by at most the sum of their error bounds."""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

import reference
from reference import Bounded, Layout, Undecided
from reference.specification.messages import EPOCH_OVERFLOWS
from tests.network.computers import Computer
from tests.strategies import Trial
from vectorized.libraries import to_numpy

STAGES = ("h_sums", "h_nodes", "o_sums", "o_nodes")
BACKWARD = ("loss", "o_deltas", "h_deltas", "gradient")


def incoming(layout: Layout, stage: str, node: int) -> str:
    """Return the flat positions of the weights into a node. For `gradient` and `weights`, `node` is itself a position."""
    if stage in ("gradient", "weights"):
        return f"{node} ({layout.name_of(node)})"
    if stage.startswith("h"):
        return str([*range(node, layout.h_biases_at, layout.n_hidden), layout.h_biases_at + node])
    if stage.startswith("o"):
        return str([*range(layout.ho_weights_at + node, layout.o_biases_at, layout.n_outputs), layout.o_biases_at + node])
    return "all"


def assert_within(layout: Layout, stage: str, here: Any, there: Any, *allowances: Any) -> None:
    """Assert that, at every index, `here` and `there` differ by at most the sum of the error bounds in `allowances`."""
    shape = np.shape(here)
    assert np.shape(there) == shape, f"{stage}: shapes {shape} and {np.shape(there)}"
    for index in np.ndindex(*shape):
        a, b = entry(here, index), entry(there, index)
        allowance = sum((Fraction(entry(bounds, index).error) for bounds in allowances), Fraction(0))
        assert math.isfinite(a), f"{stage}{list(index)} is {a}"
        assert math.isfinite(b), f"{stage}{list(index)} is {b}"
        error = abs(Fraction(a) - Fraction(b))
        node = index[-1] if index else 0
        # If b is a Decimal, it is rounded to 60 digits. So a may differ from b even if a is exact and the allowance is 0.
        assert error <= allowance or a == float(b), (
            f"{stage}{list(index)}: {a!r} and {b!r} differ by {float(error):.3g}, allowed {float(allowance):.3g}; "
            f"flat positions {incoming(layout, stage, node)}"
        )


def entry(values: Any, index: tuple[int, ...]) -> Any:
    """Return a number from nested lists or an array. NumPy numbers become Python floats."""
    for at in index:
        values = values[at]
    return float(values) if isinstance(values, np.generic | np.ndarray) else values


def bounded(numbers: Any, kind: type[Bounded] = Bounded) -> Any:
    """Return nested lists of numbers as bounded numbers."""
    return [bounded(each, kind) for each in numbers] if isinstance(numbers, list) else kind(numbers)


def bounds_of(case: Trial, ask: Callable[[Any], Any], kind: type[Bounded] = Bounded) -> Any:
    """Return the results of the loops with error bounds, or None if a bound is missing, e.g. because a number may overflow."""
    try:
        return ask(case.network(reference, bounded(case.weights, kind)))
    except Undecided:
        return None


def answer(network: Any, ask: Callable[[Any], Any]) -> Any:
    """Return the result of a network, or None if a number overflows. Other errors and warnings fail the test."""
    try:
        return ask(network)
    except FloatingPointError as error:
        message = str(error)
    assert "overflows" in message or EPOCH_OVERFLOWS in message, message
    return None


def decimals(numbers: Any) -> Any:
    return [Decimal(x) for x in numbers]


def check_truth(case: Trial, computer: Computer, ask: Callable[[Any], Any], stages: tuple[str, ...]) -> None:
    """Assert that the result of a `Computer` is within its error bound of the true result (of the loops with 60 digits).

    If there are no bounds (see `bounds_of`), the computer may report an overflow, but no other error and no warning.
    """
    computed, bounds = answer(computer.network(case), ask), bounds_of(case, ask, computer.bounded)
    if bounds is None:
        return
    assert computed is not None, "an overflow, although every bound is finite"
    with localcontext() as context:
        context.prec = 60
        true = ask(case.network(reference, decimals(case.weights)))
    for stage in stages:
        assert_within(case.layout, stage, to_numpy(getattr(computed, stage)), getattr(true, stage), getattr(bounds, stage))
