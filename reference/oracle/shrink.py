"""The smallest network that still fails for the same reason: nodes, samples and digits are taken away, greedily.

Still wrong alone slides to networks that several mistakes explain; so the same names must fit, and no others.
"""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from reference.layout import Layout
from reference.oracle.cases import Case

SIMPLE = (1.0, -1.0, 2.0, 0.5, -2.0, 3.0, -0.5)  # a weight of 0 would hide what it is multiplied by


def smallest(case: Case, still: Callable[[Case], bool], *, keep_sizes: bool, seconds: float) -> Case:
    """Return the smallest case found that is `still` what it was."""
    end = monotonic() + seconds
    changed = True
    while changed:
        changed = False
        for smaller in simpler(case, keep_sizes):
            if monotonic() > end:
                return case
            if still(smaller):
                case, changed = smaller, True
                break
    return case


def simpler(case: Case, keep_sizes: bool) -> Iterator[Case]:
    """Yield cases a step simpler: fewer samples, fewer nodes, then simpler numbers."""
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
            kept = [at for at in range(layout.n_weights) if f"{letter}{node}" not in layout.name_of(at).split("->")]
            sizes = {"i": layout.n_inputs, "h": layout.n_hidden, "o": layout.n_outputs}
            sizes[letter] -= 1
            inputs = [without(row, node) for row in case.inputs] if letter == "i" else case.inputs
            targets = [without(row, node) for row in case.targets] if letter == "o" else case.targets
            weights = [case.weights[at] for at in kept]
            yield case._replace(layout=Layout(*sizes.values()), weights=weights, inputs=inputs, targets=targets)


def with_simpler_numbers(case: Case) -> Iterator[Case]:
    """Yield the case with one of its numbers simpler."""
    for at, w in enumerate(case.weights):
        for simple in simpler_than(w):
            yield case._replace(weights=[*case.weights[:at], simple, *case.weights[at + 1 :]])
    for name in ("inputs",) if case.setting.loss == "cross_entropy" else ("inputs", "targets"):
        rows = getattr(case, name)
        for s, row in enumerate(rows):
            for at, x in enumerate(row):
                for simple in simpler_than(x):
                    changed = [*row[:at], simple, *row[at + 1 :]]
                    replaced: Any = {name: [*rows[:s], changed, *rows[s + 1 :]]}
                    yield case._replace(**replaced)


def simpler_than(x: float) -> Iterator[float]:
    """Yield simpler numbers than x: those of the list before it, and x to fewer binary places."""
    rank = SIMPLE.index(x) if x in SIMPLE else len(SIMPLE)
    yield from SIMPLE[:rank]
    if rank == len(SIMPLE):
        for places in (0, 1, 2, 3):
            rounded = round(x * 2**places) / 2**places
            if rounded == x:
                return
            if rounded and rounded not in SIMPLE:
                yield rounded


def without(values: list, at: int) -> list:  # type: ignore[type-arg]
    """Return a list without one of its entries."""
    return [*values[:at], *values[at + 1 :]]
