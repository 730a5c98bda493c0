"""Search for the formula of one step: mistakes of the catalogue, then formulas with changes in one or two places.

The search uses mostly plain floats on a few cases. A formula that fits is then confirmed on all cases.
"""

import math
from collections.abc import Iterable, Iterator
from functools import cached_property, reduce
from itertools import combinations, cycle, islice
from time import process_time
from typing import NamedTuple

from reference.numbers.kinds import FLOAT
from reference.numbers.number import Row
from reference.oracle.explaining.alternatives import FACTORS, best_ways, leaves_of, mistakes_in, ways
from reference.oracle.explaining.changes import changes
from reference.oracle.explaining.formulas import Tree, names_in, put, size
from reference.oracle.explaining.grammar import BLOCK_STEPS, STEPS, expand, right, step_of, updates, variants
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.inquiry import Inquiry, Target, answered_steps, best_cases
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import BACKWARD, IN_STEP, Formulas, with_rate
from reference.oracle.explaining.readings import BLOCKS, marks
from reference.oracle.judging.exam import SMALL
from reference.specification.names import STAGES

QUICK = 3  # at most this many failing cases are used in the search
BASES = 4  # at most this many ways to write a right formula are changed
WAYS = 60  # at most this many ways to write a mistake of the catalogue are tried
PATIENCE = 1.0  # seconds of processor time for a step; single named mistakes are tried even after this time
PREVIOUS_STEPS: dict[str, tuple[str, ...]] = {  # the steps that a step is computed from, without those that only slopes need
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
    "weights": BLOCK_STEPS,
}
Proposals = Iterable[tuple[str, Tree]]  # steps or lines of the optimizer, each with a formula


class Finding(NamedTuple):
    """The explanation of a step: its formulas (empty for the usual right one), and the names of the mistakes that fit.

    fits : whether an explanation was found
    together : whether the named mistakes fit only together; otherwise each fits by itself
    rate : the learning rate that the step uses, if it is not that of the case
    """

    step: str
    formulas: Formulas
    names: tuple[str, ...] = ()
    fits: bool = True
    together: bool = False
    rate: float | None = None


def chain(step: str, answered: list[str]) -> list[str]:
    """Return this step and the unanswered steps that it is computed from, in order."""
    steps = {step}
    for here in reversed(STEPS[: STEPS.index(step) + 1]):
        if here in steps:
            steps.update(each for each in PREVIOUS_STEPS[here] if each not in answered)
    return [each for each in STEPS if each in steps]


class Search:
    """The search for the formula of one step: on a few cases, then on all."""

    def __init__(self, inquiry: Inquiry, step: str, steps: list[str]) -> None:
        self.inquiry, self.step, self.steps = inquiry, step, steps
        self.setting = inquiry.model.setting
        self.end = process_time() + PATIENCE
        self.quick: list[int] = []
        self.attempts: set[Tree] = set()

    def finding(self) -> Finding:
        """Return the explanation of the step."""
        way = self.right_way()
        if way is not None:
            return Finding(self.step, way)
        if self.inquiry.is_nan(self.step):
            return self.named_mistakes(["weights"]) or Finding(self.step, {}, fits=False)  # a mistake in Adam may divide by 0
        proposals = (self.bases(), self.other_stages(), self.cut_off_formulas(), self.variations(1), self.variations(2))
        nothing = Finding(self.step, {}, fits=False)
        named = self.named_mistakes() or self.other_rate() or self.mistakes_in_step() or self.pair_of_mistakes()
        return named or next(filter(None, map(self.first_fit, proposals)), nothing)

    def finding_in_lines(self) -> Finding:
        """Return an explanation of the weights by one mistake, or by a changed line of the optimizer."""
        if self.right_way() is not None:
            return Finding(self.step, {})
        lines = ((here, whole) for here, whole in self.variations(1) if step_of(here) == "weights")
        named = self.named_mistakes() or self.other_rate() or self.mistakes_in_step()
        return named or self.first_fit(lines) or Finding(self.step, {}, fits=False)

    # ---- right, or by mistakes of the catalogue

    def right_way(self) -> Formulas | None:
        """Return right formulas that explain all answers, empty for the usual ones. Return None if no right formulas do so."""
        inquiry, step = self.inquiry, self.step
        failing = inquiry.failing(step, {})
        if not failing:
            return {}
        self.quick = best_cases(inquiry.exams, failing)[:QUICK]
        return self.with_another_way({}, failing)

    def with_another_way(self, formulas: Formulas, failing: list[int]) -> Formulas | None:
        """Return these formulas and another right formula for one step, if together they explain all answers; else None.

        That step is this one, or an unanswered step that it is computed from, and has no other formula so far. `failing` are
        the cases that the formulas alone do not explain.
        """
        inquiry, step = self.inquiry, self.step
        known = inquiry.frames[0].formulas | formulas
        steps = chain(step, answered_steps(inquiry.exams[0])) if failing and step != "weights" else []
        for here in reversed([each for each in steps if each not in known]):
            for way in expand(self.setting, right(self.setting, here))[1:]:
                both = formulas | {here: way}
                if all(inquiry.fits(at, step, both) for at in failing) and inquiry.confirms(step, both):
                    return both
        return None

    def fits_quickly(self, formulas: Formulas) -> bool:
        """Whether formulas explain the few cases."""
        return all(self.inquiry.fits(at, self.step, formulas, quick=True) for at in self.quick)

    def fits(self, formulas: Formulas) -> bool:
        """Whether formulas explain the few cases, and then all cases."""
        return self.fits_quickly(formulas) and self.inquiry.confirms(self.step, formulas)

    def fitting(self, formulas: Formulas) -> Formulas | None:
        """Return formulas that explain all answers: these, alone or with another right formula for one more step; else None."""
        if not self.fits_quickly(formulas):
            return None
        if self.inquiry.confirms(self.step, formulas):
            return formulas
        return self.with_another_way(formulas, self.inquiry.failing(self.step, formulas))

    def named_mistakes(self, steps: list[str] | None = None) -> Finding | None:
        """Return the mistakes of the catalogue in these steps, by default self.steps, that each explain all answers.

        Of several, keep those that leave the fewest other steps unexplained.
        """
        fitting: dict[str, Formulas] = {}
        for name, formulas in mistakes_in(self.setting, self.steps if steps is None else steps):
            way = next(filter(None, map(self.fitting, islice(ways(self.setting, formulas), WAYS))), None)
            if way:
                fitting[name] = way
        if len(fitting) > 1:
            whole = {name: best_ways(self.setting, MISTAKES[name].trees(self.setting)) for name in fitting}
            counts = {name: self.n_others_unexplained(whole[name] | way) for name, way in fitting.items()}
            fitting = {name: way for name, way in fitting.items() if counts[name] == min(counts.values())}
        return Finding(self.step, next(iter(fitting.values())), tuple(fitting)) if fitting else None

    def n_others_unexplained(self, formulas: Formulas) -> int:
        """Return how many other steps these formulas leave unexplained.

        Only the answered steps that depend on the same unanswered steps are counted.
        """
        answered = answered_steps(self.inquiry.exams[0])
        others = [each for each in answered if each != self.step and set(chain(each, answered)) & set(self.steps)]
        return sum(not all(self.inquiry.fits(at, each, formulas) for at in self.quick) for each in others)

    def other_rate(self) -> Finding | None:
        """Explain the weights by another learning rate, alone or with a named mistake of the step; None if this fails."""
        rate = self.rate_of_largest_step() if self.step == "weights" else None
        if rate is None:
            return None
        lines_with_rate = with_rate(self.setting, rate)
        if self.fits(lines_with_rate):
            return Finding(self.step, lines_with_rate, rate=rate)
        for name, lines in mistakes_in(self.setting, ["weights"]):
            formulas = lines_with_rate | {line: put(formula, {"rate": rate}) for line, formula in lines.items()}
            if self.fits(formulas):
                return Finding(self.step, formulas, (name,), rate=rate)
        return None

    def rate_of_largest_step(self) -> float | None:
        """Return the learning rate that explains the largest change of a weight in the first step.

        Return None if this rate is not a positive number of at most four digits.
        """
        at = self.quick[0]
        answers, right_weights = self.inquiry.target(at, "weights").numbers, self.inquiry.numbers(at, "weights", {})
        triples = list(zip(self.inquiry.exams[at].case.weights, answers, right_weights, strict=False))
        before, after, right_after = max(triples, key=lambda each: abs(each[1] - each[0]))
        step = float(FLOAT.value(right_after)) - before
        rate = self.setting.learning_rate * (after - before) / step if step else 0.0
        short = float(f"{rate:.4g}")
        return short if rate > 0 and abs(rate - short) <= SMALL * rate else None

    def mistakes_in_step(self) -> Finding | None:
        """Return mistakes of answered backward steps that each explain the weights if only the training step makes them."""
        answered = [step for step in BACKWARD if step not in self.steps] if self.step == "weights" else []
        fitting: dict[str, Formulas] = {}
        for name, formulas in mistakes_in(self.setting, answered):
            in_step = {IN_STEP + step: formula for step, formula in best_ways(self.setting, formulas).items()}
            if self.fits(in_step):
                fitting[name] = in_step
        return Finding(self.step, next(iter(fitting.values())), tuple(fitting)) if fitting else None

    def pair_of_mistakes(self) -> Finding | None:
        """Return two mistakes of the catalogue, in different steps or lines, that together explain all answers."""
        if len(self.steps) < 2 and self.step != "weights":
            return None
        mistakes = [(name, best_ways(self.setting, formulas)) for name, formulas in mistakes_in(self.setting, self.steps)]
        for (first, here), (second, there) in combinations(mistakes, 2):
            if process_time() > self.end:
                return None
            if not set(here) & set(there) and self.fits(here | there):
                return Finding(self.step, here | there, (first, second), together=True)
        return None

    # ---- other formulas

    def bases(self) -> Iterator[tuple[str, Tree]]:
        """Yield the right formulas to change: each step of the chain in its first way, then each in its other ways."""
        bases: list[tuple[int, str, Tree]] = []
        for here in reversed(self.steps):
            if here == "weights":
                bases += [(0, f"weights.{line}", formula) for line, formula in updates(self.setting).items()]
            else:
                all_ways = expand(self.setting, right(self.setting, here))
                textual = [way for way in all_ways if not names_in(way) & {"right_losses", "right_deltas"}]
                several = [*textual[:BASES], *variants(self.setting, here), *all_ways[:1]]
                bases += [(rank, here, way) for rank, way in enumerate(several)]
        yield from ((here, way) for _, here, way in sorted(bases, key=lambda each: each[0]))

    def other_stages(self) -> Iterator[tuple[str, Tree]]:
        """Yield the other stages, if the answers of this step are not the numbers that the network computes with."""
        if self.inquiry.model.misreport == self.step:
            yield from ((self.step, stage) for stage in STAGES[:7] if stage not in ("loss", self.step))

    def cut_off_formulas(self) -> Iterator[tuple[str, Tree]]:
        """Yield the right formula cut off at the largest or smallest answer if it repeats; a constant if all are equal."""
        if self.step == "weights":
            return
        targets = (self.inquiry.target(at, self.step) for at in range(len(self.inquiry.exams)))
        answers = [x for each in targets for x in each.numbers if math.isfinite(x)]
        low, high = min(answers, default=0.0), max(answers, default=0.0)
        if low == high:
            yield self.step, low
        for whole in expand(self.setting, right(self.setting, self.step))[:BASES] if low < high else ():
            upper: Tree = ("minimum", whole, high) if answers.count(high) > 1 else whole
            yield self.step, ("maximum", upper, low) if answers.count(low) > 1 else upper

    def variations(self, depth: int) -> Iterator[tuple[str, Tree]]:
        """Yield formulas that differ from a right one in `depth` places.

        A changed formula of the new weights is tried for all blocks, and for the wrong blocks only.
        """
        mask = self.wrong_blocks() if self.step == "weights" else None
        for here, base in self.bases():
            leaves, few_leaves = (leaves_of(here, self.setting, blocks=blocks) for blocks in (depth == 1, False))
            layer = [base]
            for _ in range(depth - 1):
                layer = list(dict.fromkeys(other for each in layer for other in changes(each, few_leaves)))
            for each in sorted(layer, key=size):
                for other in changes(each, leaves):
                    yield here, other
                    if mask and here == "weights.w":
                        yield here, ("where", mask, other, base)

    def wrong_blocks(self) -> "Tree | None":
        """Return which blocks of the weights are wrong, as a sum of names such as is_h_biases; None if all or no blocks are."""
        wrong = set()
        for at in self.quick:
            answers, right_weights = self.inquiry.target(at, "weights"), self.inquiry.numbers(at, "weights", {})
            blocks = cycle(marks(self.inquiry.exams[at].case.layout)["block"])
            for block, a, b in zip(blocks, answers.numbers, right_weights, strict=False):
                if not Target([a], [True], answers.slack).matches([b]):
                    wrong.add(block)
        names: list[Tree] = [f"is_{BLOCKS[block - 1]}" for block in sorted(wrong)]
        return reduce(lambda a, b: ("+", a, b), names) if 0 < len(names) < 4 else None

    def first_fit(self, proposals: Proposals) -> Finding | None:
        """Return the first of these formulas that explains all answers, alone or times a simple factor. Stop after PATIENCE."""
        for here, whole in proposals:
            if process_time() > self.end:
                return None
            if whole not in self.attempts:
                self.attempts.add(whole)
                for whole_with_factor in self.with_factors(here, whole):
                    formulas = self.fitting({here: whole_with_factor})
                    if formulas:
                        return Finding(self.step, formulas)
        return None

    def with_factors(self, here: str, whole: Tree) -> Iterator[Tree]:
        """Yield a formula, alone or times a factor, if it explains the few cases."""
        at = self.quick[0]
        answers = self.inquiry.target(at, self.step)
        if not any(map(math.isfinite, answers.numbers)):
            return
        if step_of(here) == "weights" and not self.inquiry.fits_at_places(at, {here: whole}):
            return
        try:
            numbers = self.inquiry.numbers(at, self.step, {here: whole})
        except (Misfit, RecursionError):
            return
        if answers.matches(numbers) or self.inquiry.fits(at, self.step, {here: whole}, quick=True):
            if self.fits_quickly({here: whole}):
                yield whole
        elif here == self.step:
            ratio = ratio_of_largest(answers, numbers)
            for factor, value in self.factors:
                if abs(ratio - value) <= SMALL * abs(value) and self.fits_quickly({here: ("*", factor, whole)}):
                    yield ("*", factor, whole)

    @cached_property
    def factors(self) -> list[tuple[Tree, float]]:
        """The simple factors and their values in the first of the few cases, without factors that are 0 or not finite."""
        frame = self.inquiry.frames[self.quick[0]]
        values = [(factor, float(FLOAT.value(frame.value(factor).numbers[0]))) for factor in FACTORS]
        return [(factor, value) for factor, value in values if value and math.isfinite(value)]


def ratio_of_largest(answers: Target, numbers: Row) -> float:
    """Return the largest answer divided by the formula's value for it; 0 if there is no such ratio."""
    sizes = [abs(x) if counts and math.isfinite(x) else -1.0 for x, counts in zip(answers.numbers, answers.counts, strict=True)]
    largest = sizes.index(max(sizes))
    divisor = float(FLOAT.value(numbers[largest]))
    return answers.numbers[largest] / divisor if divisor and math.isfinite(divisor) else 0.0
