"""The formula of one step: the catalogue's mistakes, a simple factor, any change in one place, then in two.

Formulas are looked for in plain floats on a few plain cases, and confirmed on all.
"""

import math
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import combinations, islice
from time import monotonic
from typing import NamedTuple

from reference.oracle.alternatives import FACTORS, named, names_for, size, ways
from reference.oracle.changes import changes, everywhere, mixed
from reference.oracle.exam import SMALL
from reference.oracle.formulas import Tree, names_in
from reference.oracle.grammar import BASES, PARTS, STEPS, expanded, others, right, updates
from reference.oracle.grids import Misfit
from reference.oracle.inquiry import Inquiry, alike, telling
from reference.oracle.models import Formulas, block_at
from reference.oracle.readings import BLOCKS
from reference.oracle.steps import STAGES

QUICK = 3  # cases on which formulas are looked for
PATIENCE = 1.0  # seconds for the formulas that differ in one or two places, for each step


class Finding(NamedTuple):
    """What explains a step: nothing where it is right, else the names that fit, and a formula."""

    step: str
    names: tuple[str, ...]
    formulas: Formulas
    found: bool = True
    together: bool = False


BEFORE: dict[str, tuple[str, ...]] = {  # what a step is computed from
    "h_sums": (),
    "h_nodes": ("h_sums",),
    "o_sums": ("h_nodes",),
    "o_nodes": ("o_sums",),
    "loss": ("o_nodes",),
    "o_deltas": ("o_nodes",),
    "h_deltas": ("o_deltas",),
    "gradient.o_biases": ("o_deltas",),
    "gradient.ho_weights": ("o_deltas", "h_nodes"),
    "gradient.h_biases": ("h_deltas",),
    "gradient.ih_weights": ("h_deltas",),
    "weights": PARTS,
}


def chain(step: str, answered: list[str]) -> list[str]:
    """Return the steps that lead to this one without an answer between, and the step itself."""
    found = {step}
    for here in reversed(STEPS[: STEPS.index(step) + 1]):
        if here in found:
            found.update(each for each in BEFORE[here] if each not in answered)
    return [each for each in STEPS if each in found]


class Search:
    """The search for the formula of one step: on a few cases, then on all."""

    def __init__(self, inquiry: Inquiry, step: str, steps: list[str]) -> None:
        self.inquiry, self.step, self.steps = inquiry, step, steps
        self.setting = inquiry.model.setting
        self.end = monotonic() + PATIENCE
        self.quick: list[int] = []
        self.seen: set[Tree] = set()
        self.known_factors: list[tuple[Tree, float]] = []

    def right(self) -> Formulas | None:
        """Return the right formula in the way that gives all answers, None where none does."""
        inquiry, step = self.inquiry, self.step
        failing = inquiry.failing(step, {})
        if not failing:
            return {}
        self.quick = telling(inquiry.exams, failing)[:QUICK]
        if step != "weights":
            for at in reversed(range(len(self.steps))):
                here = self.steps[at]
                for way in expanded(self.setting, right(self.setting, here))[1:]:
                    if all(inquiry.fits(each, step, {here: way}) for each in failing) and inquiry.confirmed(step, {here: way}):
                        return {here: way}
        return None

    def fits_quickly(self, formulas: Formulas) -> bool:
        """Whether formulas give the answers of the few cases."""
        return all(self.inquiry.fits(at, self.step, formulas, quick=True) for at in self.quick)

    def by_name(self) -> Finding | None:
        """Return the mistakes of the catalogue that give all answers."""
        fitting: dict[str, Formulas] = {}
        for name, formulas in named(self.setting, self.steps):
            for way in islice(ways(self.setting, formulas), 60):
                if self.fits_quickly(way) and self.inquiry.confirmed(self.step, way):
                    fitting[name] = way
                    break
        return Finding(self.step, tuple(fitting), next(iter(fitting.values()))) if fitting else None

    def by_names(self) -> Finding | None:
        """Return two mistakes of the catalogue, at different steps before an answer, that together give all answers."""
        if len(self.steps) < 2 and self.step != "weights":
            return None
        first = [
            (name, {step: expanded(self.setting, formula)[0] for step, formula in formulas.items()})
            for name, formulas in named(self.setting, self.steps)
        ]
        for (one, here), (other, there) in combinations(first, 2):
            if monotonic() > self.end:
                return None
            both = here | there
            if not set(here) & set(there) and self.fits_quickly(both) and self.inquiry.confirmed(self.step, both):
                return Finding(self.step, (one, other), both, together=True)
        return None

    def other_stages(self) -> Iterator[tuple[str, Tree]]:
        """Yield the other stages, where a step is answered otherwise than the network goes on with."""
        if self.inquiry.model.reported == self.step:
            yield from ((self.step, stage) for stage in STAGES[:7] if stage not in ("loss", self.step))

    def limits(self) -> Iterator[tuple[str, Tree]]:
        """Yield the right formula cut off at the largest and at the smallest answer, where these occur more than once."""
        if self.step == "weights":
            return
        targets = (self.inquiry.target(at, self.step) for at in range(len(self.inquiry.exams)))
        answers = [x for each in targets for x in each.numbers if math.isfinite(x)]
        low, high = min(answers, default=0.0), max(answers, default=0.0)
        if low == high:
            yield self.step, low
        for whole in expanded(self.setting, right(self.setting, self.step))[:BASES] if low < high else ():
            upper = ("minimum", whole, high) if answers.count(high) > 1 else whole
            yield self.step, ("maximum", upper, low) if answers.count(low) > 1 else upper

    def by_factor(self, formulas: Iterable[tuple[str, Tree]]) -> Finding | None:
        """Return the first of these formulas that gives all answers, as it is or times a simple factor."""
        for here, whole in formulas:
            if monotonic() > self.end:
                return None
            if whole in self.seen:
                continue
            self.seen.add(whole)
            for found in self.fitting(here, whole):
                if self.inquiry.confirmed(self.step, {here: found}):
                    return Finding(self.step, (), {here: found})
        return None

    def fitting(self, here: str, whole: Tree) -> Iterator[Tree]:
        """Yield a formula as it is, or times a factor, where it gives the answers of the few cases."""
        at = self.quick[0]
        wanted = self.inquiry.target(at, self.step)
        if not any(map(math.isfinite, wanted.numbers)):
            return
        if self.step == "weights" and here.startswith("weights") and not self.inquiry.fits_few(at, {here: whole}):
            return
        try:
            found = self.inquiry.numbers(self.inquiry.frames[at], self.step, {here: whole})
        except (Misfit, RecursionError):
            return
        if alike(wanted.numbers, found, wanted) or self.inquiry.fits(at, self.step, {here: whole}, quick=True):
            if self.fits_quickly({here: whole}):
                yield whole
            return
        if here != self.step or here == "weights":
            return
        finite = [
            abs(x) if counts and math.isfinite(x) else -1.0 for x, counts in zip(wanted.numbers, wanted.counts, strict=True)
        ]
        largest = finite.index(max(finite))
        if not found[largest] or not wanted.numbers[largest] or not math.isfinite(found[largest]):
            return
        ratio = wanted.numbers[largest] / found[largest]
        for factor, value in self.factors():
            if abs(ratio - value) <= SMALL * abs(value) and self.fits_quickly({here: ("*", factor, whole)}):
                yield ("*", factor, whole)

    def factors(self) -> list[tuple[Tree, float]]:
        """Return the simple factors and their values in the first of the few cases."""
        if not self.known_factors:
            frame = self.inquiry.frames[self.quick[0]]
            values = [(factor, frame.value(factor).numbers[0]) for factor in FACTORS]
            self.known_factors = [(factor, value) for factor, value in values if value and math.isfinite(value)]
        return self.known_factors

    def bases(self) -> Iterator[tuple[str, Tree]]:
        """Yield the right formulas that changes are made in: each step of the chain in its ways, the plainest first."""
        found: list[tuple[int, str, Tree]] = []
        for here in reversed(self.steps):
            if here == "weights":
                found += [(0, f"weights.{line}", formula) for line, formula in updates(self.setting).items()]
            else:
                ways = expanded(self.setting, right(self.setting, here))
                textual = [way for way in ways if not names_in(way) & {"right_losses", "right_deltas"}]
                every = [*textual[:BASES], *others(self.setting, here), *ways[:1]]
                found += [(at, here, way) for at, way in enumerate(every)]
        yield from ((here, way) for _, here, way in sorted(found, key=lambda each: each[0]))

    def wrong_blocks(self) -> Tree | None:
        """Return which blocks of the weights are wrong, as a sum of their marks; None where all are."""
        inquiry, wrong = self.inquiry, set()
        for at in self.quick:
            wanted, layout = inquiry.target(at, "weights"), inquiry.exams[at].case.layout
            found = inquiry.numbers(inquiry.frames[at], "weights", {})
            pairs = enumerate(zip(wanted.numbers, found, strict=True))
            wrong |= {
                block_at(layout, number % layout.n_weights) for number, (a, b) in pairs if not abs(a - b) <= wanted.allowed
            }
        marks: list[Tree] = [f"is_{BLOCKS[number - 1]}" for number in sorted(wrong)]
        return reduce(lambda a, b: ("+", a, b), marks) if 0 < len(marks) < 4 else None

    def changed(self, depth: int) -> Iterator[tuple[str, Tree]]:
        """Yield the formulas that differ in so many places."""
        mask = self.wrong_blocks() if self.step == "weights" else None
        for here, base in self.bases():
            known, few = (names_for(here, self.setting, blocks=blocks) for blocks in (depth == 1, False))
            layer = [base]
            for _ in range(depth - 1):
                layer = list(dict.fromkeys(other for each in layer for other in changes(each, few)))
            for each in sorted(layer, key=size):
                for other in changes(each, known):
                    yield here, other
                    if mask and here == "weights.w":
                        yield here, ("where", mask, other, base)
            if depth == 1:
                yield from ((here, other) for other in everywhere(base, known))
                yield from ((here, other) for other in mixed(base))

    def step_found(self) -> Finding:
        """Return what explains the weights by one mistake alone, or by the step."""
        if self.right() is not None:
            return Finding(self.step, (), {})
        steps = ((here, whole) for here, whole in self.changed(1) if here.startswith("weights"))
        return self.by_name() or self.by_factor(steps) or Finding(self.step, (), {}, False)

    def found(self) -> Finding:
        """Return what explains the step."""
        way = self.right()
        if way is not None:
            return Finding(self.step, (), way)
        looked_at = (self.bases(), self.other_stages(), self.limits(), self.changed(1), self.changed(2))
        return (
            self.by_name()
            or self.by_names()
            or next(filter(None, map(self.by_factor, looked_at)), Finding(self.step, (), {}, False))
        )
