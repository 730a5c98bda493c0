"""Compare formulas with the candidate's answers, step by step. A step is a stage or one block of the gradient.

A `Model` is an assumption about the candidate: its activations, loss and optimizer, and the order of its flat vectors. A
`Frame` computes a model on one case, from the candidate's answers to the earlier steps.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import KINDS
from reference.numbers.number import Number, Row
from reference.oracle.explaining.grammar import BLOCK_STEPS, STEPS, expand, right, suspects
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.models import Formulas, Frame, Model
from reference.oracle.explaining.readings import Reading, positions
from reference.oracle.judging.exam import SMALL, Exam

TINY = 1e-15  # with a smaller tolerance, rounding alone can cause a mismatch of plain floats
BOUNDED = KINDS[Bounded]


class StepAnswer(NamedTuple):
    """The candidate's numbers of a step in one case.

    judged : whether each number is compared; in a check without biases, the numbers of biases are not compared
    tolerance : how far a computed number may be from the answer
    """

    numbers: list[float]
    judged: list[bool]
    tolerance: float

    def matches(self, computed: Row) -> bool:
        """Whether the computed numbers are within the tolerance. All NaNs and infinities match one another."""
        for a, b, judged in zip(self.numbers, cast(list[float], computed), self.judged, strict=True):
            if judged and not abs(a - b) <= self.tolerance and not (a == b or not (math.isfinite(a) or math.isfinite(b))):
                return False
        return True

    def unexpected_nan(self, computed: Row) -> bool:
        """Whether a computed number is NaN although its answer is finite."""
        return any(
            judged and b != b and math.isfinite(a) for a, b, judged in zip(self.numbers, computed, self.judged, strict=True)
        )

    def matches_within_bounds(self, computed: Sequence[Number]) -> bool:
        """Whether the computed numbers are within the tolerance plus twice their bounds. An unknown bound allows any answer."""
        for a, b, judged in zip(self.numbers, computed, self.judged, strict=True):
            assert isinstance(b, Bounded)
            try:
                if judged and not abs(a - b.value) <= 2 * b.error + self.tolerance:
                    return False
            except Undecided:
                pass
        return True


def step_answer(exam: Exam, step: str, answers_by_step: dict[str, list[float]], tolerated_share: float) -> StepAnswer:
    """Return the answer to a step. Errors up to `tolerated_share` of the largest number are tolerated."""
    numbers, biases = answers_by_step[step], exam.case.setting.biases
    if step == "weights":
        judged = [biases or exam.counts(step, at) for at in range(len(numbers))]
    else:
        judged = [biases or not step.endswith("biases")] * len(numbers)
    largest = max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)
    tolerance = tolerated_share * (max(1.0, largest) if step.partition(".")[0] in exam.single else largest)
    return StepAnswer(numbers, judged, tolerance + (exam.unit(largest) if exam.unit else 0.0))


def answered_steps(exam: Exam) -> list[str]:
    """Return the steps that the candidate answered, in order."""
    stages = exam.answer.stages
    return [step for step in STEPS if step in stages or (step in BLOCK_STEPS and "gradient" in stages)]


def answers_by_step(exam: Exam, gradient_order: Reading) -> dict[str, list[float]]:
    """Return the answers by step, with the gradient also cut into blocks. The candidate's gradient is in `gradient_order`."""
    stages = exam.answer.stages
    if "gradient" not in stages:
        return stages
    places = positions(gradient_order, exam.case.layout)
    return stages | {step: [stages["gradient"][at] for at in places[step.removeprefix("gradient.")]] for step in BLOCK_STEPS}


def best_cases(exams: list[Exam], numbers: Iterable[int]) -> list[int]:
    """Sort these cases, the best first: finite answers, ordinary weights and inputs, different sizes, large networks."""

    def rank(at: int) -> tuple[bool, bool, int, int]:
        case = exams[at].case
        sizes = (*case.layout.sizes, 0 if case.one else len(case.inputs))
        return not exams[at].is_finite, case.purpose != "plain", -len(set(sizes)), -case.layout.n_weights

    return sorted(numbers, key=rank)


def updates_in(formulas: Formulas) -> Formulas:
    """Return the update formulas among these formulas, with names such as "w" in place of "weights.w"."""
    return {name.removeprefix("weights."): formula for name, formula in formulas.items() if name.startswith("weights.")}


def numbers_of(frame: Frame, step: str, formulas: Formulas) -> Row:
    """Compute a step of a frame. `formulas` replace formulas of the frame."""
    others = {name: formula for name, formula in formulas.items() if name != step and not name.startswith("weights.")}
    if others:
        frame = Frame(frame.case, frame.model, frame.formulas | others, frame.answers_by_step, frame.kind)
    if step == "weights":
        return frame.weights_after(frame.updates() | updates_in(formulas))
    return (frame.shape(step, frame.value(formulas[step])) if step in formulas else frame.compute(step)).numbers


class Inquiry:
    """Compares a model, and the wrong formulas found so far, with the answers to all cases."""

    def __init__(
        self, exams: list[Exam], model: Model, formulas: Formulas | None = None, tolerated_share: float = SMALL
    ) -> None:
        self.exams, self.model, self.tolerated_share = exams, model, tolerated_share
        self.answers = [answers_by_step(exam, model.writing) for exam in exams]
        # nothing is computed from answers with few digits: their rounding errors would spread
        exact = [{} if exam.unit else answers for exam, answers in zip(exams, self.answers, strict=True)]
        self.frames = [Frame(exam.case, model, formulas or {}, answers) for exam, answers in zip(exams, exact, strict=True)]
        self.bounded_frames: dict[int, Frame] = {}

    def answer(self, at: int, step: str) -> StepAnswer:
        """Return the answer to a step of a case."""
        return step_answer(self.exams[at], step, self.answers[at], self.tolerated_share)

    def numbers(self, at: int, step: str, formulas: Formulas) -> Row:
        """Compute a step of a case with these formulas."""
        return numbers_of(self.frames[at], step, formulas)

    def bounded_numbers(self, at: int, step: str, formulas: Formulas) -> Row:
        """Compute a step of a case with these formulas, with bounds."""
        if at not in self.bounded_frames:
            frame = self.frames[at]
            self.bounded_frames[at] = Frame(frame.case, frame.model, frame.formulas, frame.answers_by_step, BOUNDED)
        with BOUNDED.quiet():
            return numbers_of(self.bounded_frames[at], step, formulas)

    def agrees(self, at: int, step: str, formulas: Formulas, *, quick: bool = False) -> tuple[bool, bool]:
        """Return whether formulas explain a step of a case, and whether this is strong evidence.

        A match of plain floats is strong evidence. A match within the proven bounds is strong evidence only if the tolerance is
        tiny. With `quick`, the bounds are used only if the tolerance is tiny.
        """
        answer = self.answer(at, step)
        is_tiny = answer.tolerance < TINY
        try:
            numbers = self.numbers(at, step, formulas)
            if answer.matches(numbers):
                return True, True
            if self.exams[at].unit or (quick and not is_tiny) or (answer.unexpected_nan(numbers) and self.is_plain(at)):
                return False, False
            return answer.matches_within_bounds(self.bounded_numbers(at, step, formulas)), is_tiny
        except (Misfit, RecursionError):
            return False, False

    def is_nan(self, step: str) -> bool:
        """Whether all answers to a step are NaN. Then any formula that gives NaN would explain the step."""
        return all(
            x != x for at in range(len(self.exams)) for x, judged in zip(*self.answer(at, step)[:2], strict=True) if judged
        )

    def is_plain(self, at: int) -> bool:
        """Whether a case has plain weights and inputs, and all its answers are finite."""
        exam = self.exams[at]
        return exam.case.purpose == "plain" and exam.is_finite

    def fits(self, at: int, step: str, formulas: Formulas, *, quick: bool = False) -> bool:
        """Whether formulas explain a step of a case."""
        return self.agrees(at, step, formulas, quick=quick)[0]

    def fits_few_weights(self, at: int, formulas: Formulas) -> bool:
        """Whether update formulas explain a few of the new weights. Most wrong formulas fail this quick test."""
        frame, n = self.frames[at], self.exams[at].case.layout.n_weights
        places = list(range(0, n, max(1, n // 6)))
        answer = self.answer(at, "weights")
        try:
            numbers = frame.weights_after(frame.updates() | updates_in(formulas), places)
        except Misfit:
            return False
        entries = [row * n + place for row in range(len(numbers) // len(places)) for place in places]
        few = StepAnswer([answer.numbers[at] for at in entries], [answer.judged[at] for at in entries], answer.tolerance)
        return few.matches(numbers)

    def is_proportional(self, at: int, step: str) -> bool:
        """Whether a step has two or more numbers, and the answers are the computed numbers times one factor other than 0."""
        answer, numbers = self.answer(at, step), self.numbers(at, step, {})
        largest = max(range(len(numbers)), key=lambda number: abs(answer.numbers[number]))
        if len(numbers) < 2 or not answer.numbers[largest] or not numbers[largest]:
            return False
        factor = answer.numbers[largest] / numbers[largest]
        return answer.matches([factor * x for x in numbers])

    def first_wrong(self, at: int, step: str) -> int | None:
        """Return the index of the first number of a step that its formula does not explain, or None."""
        answer = self.answer(at, step)
        plain, bounded = self.numbers(at, step, {}), self.bounded_numbers(at, step, {})
        for number, (x, judged) in enumerate(zip(answer.numbers, answer.judged, strict=True)):
            single = StepAnswer([x], [judged], answer.tolerance)
            if not single.matches([plain[number]]) and not single.matches_within_bounds([bounded[number]]):
                return number
        return None

    def confirms(self, step: str, formulas: Formulas) -> bool:
        """Whether formulas explain a step in all cases, with strong evidence in at least half of them."""
        n_strong = 0
        for at in sorted(range(len(self.exams)), key=lambda at: self.exams[at].case.purpose != "plain"):
            fits, is_strong = self.agrees(at, step, formulas)
            if not fits:
                return False
            n_strong += is_strong
        return 2 * n_strong >= len(self.exams)

    def failing(self, step: str, formulas: Formulas) -> list[int]:
        """Return the cases in which formulas do not explain a step."""
        return [at for at in range(len(self.exams)) if not self.fits(at, step, formulas)]

    def right_formulas(self, step: str) -> Formulas | None:
        """Return {} if the formulas so far explain a step in all cases. Otherwise, see `with_right_formula`."""
        failing = self.failing(step, {})
        return self.with_right_formula(step, {}, failing) if failing else {}

    def with_right_formula(self, step: str, formulas: Formulas, failing: list[int]) -> Formulas | None:
        """Return `formulas` plus one right formula in another form, if together they explain `step` in all cases; else None.

        The right formula is that of `step`, or of a step that leads to it. `failing` are the cases that `formulas` alone do not
        explain.
        """
        known = self.frames[0].formulas | formulas
        steps = suspects(step, answered_steps(self.exams[0])) if failing and step != "weights" else []
        for suspect in reversed([each for each in steps if each not in known]):
            for way in expand(self.model.setting, right(self.model.setting, suspect))[1:]:
                both = formulas | {suspect: way}
                if all(self.fits(at, step, both) for at in failing) and self.confirms(step, both):
                    return both
        return None
