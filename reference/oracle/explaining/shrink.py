"""Find the smallest network that fails for the same reason: remove nodes and samples, and simplify numbers."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import TypeVar

from reference.layout import Layout
from reference.oracle.cases import Case

T = TypeVar("T")
SIMPLE = (1.0, -1.0, 2.0, 0.5, -2.0, 3.0, -0.5)  # without 0: a weight of 0 would hide a node


def smallest(case: Case, fails_alike: Callable[[Case], bool], *, keep_sizes: bool, seconds: float) -> Case:
    """Return a small case for which `fails_alike` is true: the smallest that is found within `seconds`."""
    end = monotonic() + seconds
    smaller: Case | None = case
    while smaller:
        case, smaller = smaller, None
        for other in simpler(case, keep_sizes):
            if monotonic() > end:
                return case
            if fails_alike(other):
                smaller = other
                break
    return case


def simpler(case: Case, keep_sizes: bool) -> Iterator[Case]:
    """Yield cases with one sample or node less, then cases with one simpler number."""
    if not case.one and len(case.inputs) > 1:
        for s in range(len(case.inputs)):
            yield case._replace(inputs=without(case.inputs, s), targets=without(case.targets, s))
    if not keep_sizes:
        yield from with_fewer_nodes(case)
    yield from with_simpler_numbers(case)


def with_fewer_nodes(case: Case) -> Iterator[Case]:
    """Yield the case without one of its hidden nodes, inputs or outputs."""
    layout = case.layout
    for letter, size in (("h", layout.n_hidden), ("i", layout.n_inputs), ("o", layout.n_outputs)):
        least = 2 if letter == "o" and case.setting.output == "softmax" else 1
        for node in range(size - 1, -1, -1) if size > least else ():
            places = [at for at in range(layout.n_weights) if f"{letter}{node}" not in layout.name_of(at).split("->")]
            sizes = {"i": layout.n_inputs, "h": layout.n_hidden, "o": layout.n_outputs}
            sizes[letter] -= 1
            inputs = [without(row, node) for row in case.inputs] if letter == "i" else case.inputs
            targets = [without(row, node) for row in case.targets] if letter == "o" else case.targets
            weights = [case.weights[at] for at in places]
            yield case._replace(layout=Layout(*sizes.values()), weights=weights, inputs=inputs, targets=targets)


def with_simpler_numbers(case: Case) -> Iterator[Case]:
    """Yield the case with one simpler number. The targets of a cross-entropy stay as they are."""
    yield from (case._replace(weights=weights) for weights in simpler_rows(case.weights))
    for s, row in enumerate(case.inputs):
        yield from (case._replace(inputs=with_entry(case.inputs, s, other)) for other in simpler_rows(row))
    for s, row in enumerate(case.targets) if case.setting.loss != "cross_entropy" else ():
        yield from (case._replace(targets=with_entry(case.targets, s, other)) for other in simpler_rows(row))


def simpler_rows(row: list[float]) -> Iterator[list[float]]:
    """Yield the row with one simpler number."""
    for at, x in enumerate(row):
        yield from (with_entry(row, at, simple) for simple in simpler_than(x))


def simpler_than(x: float) -> Iterator[float]:
    """Yield the numbers before x in SIMPLE. If x is not in SIMPLE, yield SIMPLE, and x rounded to at most 3 binary places."""
    rank = SIMPLE.index(x) if x in SIMPLE else len(SIMPLE)
    yield from SIMPLE[:rank]
    if rank == len(SIMPLE):
        for places in (0, 1, 2, 3):
            nearest = round(x * 2**places) / 2**places
            if nearest == x:
                return
            if nearest and nearest not in SIMPLE:
                yield nearest


def with_entry(values: list[T], at: int, value: T) -> list[T]:
    """Return a list with one entry replaced."""
    return [*values[:at], value, *values[at + 1 :]]


def without(values: list[T], at: int) -> list[T]:
    """Return a list without one of its entries."""
    return [*values[:at], *values[at + 1 :]]
