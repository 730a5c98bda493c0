"""Search for the formula of a wrong step: mistakes of the catalogue, then right formulas with one or two changes.

A step is a stage or one block of the gradient. A formula is tried in a few failing cases first, and then in all cases.
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
from reference.oracle.explaining.grammar import expand, right, step_of, suspects, updates, variants
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.inquiry import Inquiry, StepAnswer, answered_steps, best_cases
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import BACKWARD, IN_STEP, Formulas, best_formula, with_rate
from reference.oracle.explaining.readings import BLOCKS, position_variables
from reference.oracle.judging.exam import SMALL
from reference.specification.names import STAGES

FEW = 3  # a formula is first tried in at most this many failing cases
BASES = 4  # at most this many ways to write a right formula are tried, besides the most accurate way
WAYS = 60  # at most this many ways to write a mistake of the catalogue are tried
PATIENCE = 1.0  # seconds of processor time for a step; single named mistakes are tried even after this time
Proposals = Iterable[tuple[str, Tree]]  # formulas to try, with names such as "loss" or "weights.w"


class Finding(NamedTuple):
    """The explanation of a step.

    formulas : the formulas that explain the step; empty if the default right formulas explain it, or if nothing does
    names : the mistakes of the catalogue that explain it
    fits : whether an explanation was found
    together : whether the mistakes explain the step only together; otherwise each explains it alone
    rate : the learning rate that the candidate uses, if it is not that of the case
    """

    step: str
    formulas: Formulas
    names: tuple[str, ...] = ()
    fits: bool = True
    together: bool = False
    rate: float | None = None


class Search:
    """The search for the formula of a step. `steps` are the steps in which the mistake may be."""

    def __init__(self, inquiry: Inquiry, step: str, steps: list[str]) -> None:
        self.inquiry, self.step, self.steps = inquiry, step, steps
        self.setting = inquiry.model.setting
        self.end = process_time() + PATIENCE
        self.failing = inquiry.failing(step, {})
        self.few_cases = best_cases(inquiry.exams, self.failing)[:FEW]
        self.tried: set[Tree] = set()

    def finding(self) -> Finding:
        """Return the explanation of the step."""
        right_formulas = self.inquiry.with_right_formula(self.step, {}, self.failing) if self.failing else {}
        if right_formulas is not None:
            return Finding(self.step, right_formulas)
        if self.inquiry.is_nan(self.step):
            return self.named_mistakes(["weights"]) or Finding(self.step, {}, fits=False)  # a mistake in Adam may divide by 0
        proposals = (self.bases(), self.other_stages(), self.clipped_formulas(), self.variations(1), self.variations(2))
        nothing = Finding(self.step, {}, fits=False)
        named = (
            self.right_in_training()
            or self.named_mistakes()
            or self.other_rate()
            or self.mistakes_in_training()
            or self.pair_of_mistakes()
        )
        return named or next(filter(None, map(self.first_fit, proposals)), nothing)

    def finding_in_update(self) -> Finding:
        """Explain the weights by one mistake, or by one change of an update formula."""
        if not self.failing:
            return Finding(self.step, {})
        changed = ((name, formula) for name, formula in self.variations(1) if step_of(name) == "weights")
        named = self.named_mistakes() or self.other_rate() or self.mistakes_in_training()
        return named or self.first_fit(changed) or Finding(self.step, {}, fits=False)

    # ---- mistakes of the catalogue

    def fits_few_cases(self, formulas: Formulas) -> bool:
        """Whether formulas explain the few cases."""
        return all(self.inquiry.fits(at, self.step, formulas, quick=True) for at in self.few_cases)

    def fits(self, formulas: Formulas) -> bool:
        """Whether formulas explain the few cases, and then all cases."""
        return self.fits_few_cases(formulas) and self.inquiry.confirms(self.step, formulas)

    def fitting(self, formulas: Formulas) -> Formulas | None:
        """Return formulas that explain all cases: `formulas`, if needed plus a right formula in another form; or else None."""
        if not self.fits_few_cases(formulas):
            return None
        if self.inquiry.confirms(self.step, formulas):
            return formulas
        return self.inquiry.with_right_formula(self.step, formulas, self.inquiry.failing(self.step, formulas))

    def named_mistakes(self, steps: list[str] | None = None) -> Finding | None:
        """Of the mistakes in `steps` that each explain `self.step`, return the mistakes that explain the most other steps."""
        fitting: dict[str, Formulas] = {}
        for name, formulas in mistakes_in(self.setting, steps or self.steps):
            way = next(filter(None, map(self.fitting, islice(ways(self.setting, formulas), WAYS))), None)
            if way:
                fitting[name] = way
        if len(fitting) > 1:
            all_formulas = {name: best_ways(self.setting, MISTAKES[name].trees(self.setting)) for name in fitting}
            counts = {name: self.n_others_unexplained(all_formulas[name] | way) for name, way in fitting.items()}
            fitting = {name: way for name, way in fitting.items() if counts[name] == min(counts.values())}
        return Finding(self.step, next(iter(fitting.values())), tuple(fitting)) if fitting else None

    def n_others_unexplained(self, formulas: Formulas) -> int:
        """Count the other returned steps that depend on `self.steps`, and that these formulas do not explain."""
        answered = answered_steps(self.inquiry.exams[0])
        others = [each for each in answered if each != self.step and set(suspects(each, answered)) & set(self.steps)]
        return sum(not all(self.inquiry.fits(at, each, formulas) for at in self.few_cases) for each in others)

    def other_rate(self) -> Finding | None:
        """Explain the weights by another learning rate, alone or with a named mistake; return None if this fails."""
        rate = self.rate_of_largest_step() if self.step == "weights" else None
        if rate is None:
            return None
        updates_with_rate = with_rate(self.setting, rate)
        if self.fits(updates_with_rate):
            return Finding(self.step, updates_with_rate, rate=rate)
        for name, mistake in mistakes_in(self.setting, ["weights"]):
            formulas = updates_with_rate | {update: put(formula, {"rate": rate}) for update, formula in mistake.items()}
            if self.fits(formulas):
                return Finding(self.step, formulas, (name,), rate=rate)
        return None

    def rate_of_largest_step(self) -> float | None:
        """Return the positive learning rate of at most four digits that explains the largest change of a weight; else None."""
        at = self.few_cases[0]
        answers, right_weights = self.inquiry.answer(at, "weights").numbers, self.inquiry.numbers(at, "weights", {})
        triples = list(zip(self.inquiry.exams[at].case.weights, answers, right_weights, strict=False))
        before, after, right_after = max(triples, key=lambda each: abs(each[1] - each[0]))
        step = float(FLOAT.value(right_after)) - before
        rate = self.setting.learning_rate * (after - before) / step if step else 0.0
        short = float(f"{rate:.4g}")
        return short if rate > 0 and abs(rate - short) <= SMALL * rate else None

    def right_in_training(self) -> Finding | None:
        """Explain the weights by the right gradient, although the answered gradient is wrong; return None if this fails."""
        if self.step != "weights":
            return None
        in_step = {IN_STEP + step: best_formula(self.setting, step) for step in BACKWARD if step not in self.steps}
        return Finding(self.step, in_step) if self.fits(in_step) else None

    def mistakes_in_training(self) -> Finding | None:
        """Return the mistakes that each explain the weights if the network makes them only when it trains."""
        answered = [step for step in BACKWARD if step not in self.steps] if self.step == "weights" else []
        fitting: dict[str, Formulas] = {}
        for name, formulas in mistakes_in(self.setting, answered):
            in_step = {IN_STEP + step: formula for step, formula in best_ways(self.setting, formulas).items()}
            if self.fits(in_step):
                fitting[name] = in_step
        return Finding(self.step, next(iter(fitting.values())), tuple(fitting)) if fitting else None

    def pair_of_mistakes(self) -> Finding | None:
        """Return two mistakes of the catalogue, with formulas for different steps, that together explain the answers."""
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
        """Yield right formulas: the first way to write each of the steps, then the second ways, and so on."""
        bases: list[tuple[int, str, Tree]] = []
        for step in reversed(self.steps):
            if step == "weights":
                bases += [(0, f"weights.{name}", formula) for name, formula in updates(self.setting).items()]
            else:
                all_ways = expand(self.setting, right(self.setting, step))
                textual = [way for way in all_ways if not names_in(way) & {"right_losses", "right_deltas"}]
                several = [*textual[:BASES], *variants(self.setting, step), *all_ways[:1]]
                bases += [(rank, step, way) for rank, way in enumerate(several)]
        yield from ((name, way) for _, name, way in sorted(bases, key=lambda each: each[0]))

    def other_stages(self) -> Iterator[tuple[str, Tree]]:
        """If the network computes this step correctly, but returns wrong numbers, yield the stages that it may return."""
        if self.inquiry.model.misreport == self.step:
            yield from ((self.step, stage) for stage in STAGES[:7] if stage not in ("loss", self.step))

    def clipped_formulas(self) -> Iterator[tuple[str, Tree]]:
        """Yield right formulas, clipped at the largest and the smallest answer, but only at answers that occur more than once.

        If all answers are equal, yield this number.
        """
        if self.step == "weights":
            return
        answers = (self.inquiry.answer(at, self.step) for at in range(len(self.inquiry.exams)))
        numbers = [x for each in answers for x in each.numbers if math.isfinite(x)]
        low, high = min(numbers, default=0.0), max(numbers, default=0.0)
        if low == high:
            yield self.step, low
        for formula in expand(self.setting, right(self.setting, self.step))[:BASES] if low < high else ():
            upper: Tree = ("minimum", formula, high) if numbers.count(high) > 1 else formula
            yield self.step, ("maximum", upper, low) if numbers.count(low) > 1 else upper

    def variations(self, n_changes: int) -> Iterator[tuple[str, Tree]]:
        """Yield right formulas with `n_changes` changes.

        If only some blocks of the weights are wrong, also yield each changed formula for these blocks alone.
        """
        mask = self.wrong_blocks() if self.step == "weights" else None
        for name, base in self.bases():
            leaves, few_leaves = (leaves_of(name, self.setting, blocks=blocks) for blocks in (n_changes == 1, False))
            formulas = [base]
            for _ in range(n_changes - 1):
                formulas = list(dict.fromkeys(other for each in formulas for other in changes(each, few_leaves)))
            for each in sorted(formulas, key=size):
                for other in changes(each, leaves):
                    yield name, other
                    if mask and name == "weights.w":
                        yield name, ("where", mask, other, base)

    def wrong_blocks(self) -> "Tree | None":
        """Return the wrong blocks of the weights as a sum, such as is_h_biases + is_o_biases; None if all or none are wrong."""
        wrong = set()
        for at in self.few_cases:
            answer, right_weights = self.inquiry.answer(at, "weights"), self.inquiry.numbers(at, "weights", {})
            blocks = cycle(position_variables(self.inquiry.exams[at].case.layout)["block"])
            for block, x, right_weight in zip(blocks, answer.numbers, right_weights, strict=False):
                if not StepAnswer([x], [True], answer.tolerance).matches([right_weight]):
                    wrong.add(block)
        names: list[Tree] = [f"is_{BLOCKS[block - 1]}" for block in sorted(wrong)]
        return reduce(lambda a, b: ("+", a, b), names) if 0 < len(names) < 4 else None

    def first_fit(self, proposals: Proposals) -> Finding | None:
        """Return the first of these formulas that explains all answers, alone or times a simple factor. Stop after PATIENCE."""
        for name, formula in proposals:
            if process_time() > self.end:
                return None
            if formula not in self.tried:
                self.tried.add(formula)
                for formula_with_factor in self.with_factors(name, formula):
                    formulas = self.fitting({name: formula_with_factor})
                    if formulas:
                        return Finding(self.step, formulas)
        return None

    def with_factors(self, name: str, formula: Tree) -> Iterator[Tree]:
        """Yield the formula, or else its products with simple factors, if they explain the few cases."""
        at = self.few_cases[0]
        answer = self.inquiry.answer(at, self.step)
        if not any(map(math.isfinite, answer.numbers)):
            return
        if step_of(name) == "weights" and not self.inquiry.fits_few_weights(at, {name: formula}):
            return
        try:
            numbers = self.inquiry.numbers(at, self.step, {name: formula})
        except (Misfit, RecursionError):
            return
        if answer.matches(numbers) or self.inquiry.fits(at, self.step, {name: formula}, quick=True):
            if self.fits_few_cases({name: formula}):
                yield formula
        elif name == self.step:
            ratio = ratio_of_largest(answer, numbers)
            for factor, value in self.factors:
                if abs(ratio - value) <= SMALL * abs(value) and self.fits_few_cases({name: ("*", factor, formula)}):
                    yield ("*", factor, formula)

    @cached_property
    def factors(self) -> list[tuple[Tree, float]]:
        """The simple factors and their values in the first of the few cases, without factors that are 0 or not finite."""
        frame = self.inquiry.frames[self.few_cases[0]]
        values = [(factor, float(FLOAT.value(frame.value(factor).numbers[0]))) for factor in FACTORS]
        return [(factor, value) for factor, value in values if value and math.isfinite(value)]


def ratio_of_largest(answer: StepAnswer, computed: Row) -> float:
    """Return the largest answer divided by its computed number; 0 if the quotient is not finite."""
    sizes = [abs(x) if judged and math.isfinite(x) else -1.0 for x, judged in zip(answer.numbers, answer.judged, strict=True)]
    largest = sizes.index(max(sizes))
    divisor = float(FLOAT.value(computed[largest]))
    return answer.numbers[largest] / divisor if divisor and math.isfinite(divisor) else 0.0
