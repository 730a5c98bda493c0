"""Compare answers with formulas, step by step.

Each step is computed from the candidate's answers to the earlier steps, if there are any.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import KINDS
from reference.numbers.number import Number, Row
from reference.oracle.explaining.grammar import BLOCK_STEPS, STEPS
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.models import Formulas, Frame, Model
from reference.oracle.explaining.readings import Reading, positions
from reference.oracle.judging.exam import SMALL, Exam

TINY = 1e-15  # if the slack is smaller, a mismatch of plain floats may be only rounding, so it does not decide
BOUNDED = KINDS[Bounded]


class Target(NamedTuple):
    """The answered numbers of a step, which of them count, and the slack: how far the values of a formula may be from them."""

    numbers: list[float]
    counts: list[bool]
    slack: float

    def matches(self, numbers: Row) -> bool:
        """Whether these numbers differ from the answers by at most the slack. Any NaN or infinity matches any other."""
        for a, b, counts in zip(self.numbers, cast(list[float], numbers), self.counts, strict=True):
            if counts and not abs(a - b) <= self.slack and not (a == b or not (math.isfinite(a) or math.isfinite(b))):
                return False
        return True

    def has_nan(self, numbers: Row) -> bool:
        """Whether any of these numbers is NaN where the answer is finite."""
        return any(
            counts and b != b and math.isfinite(a) for a, b, counts in zip(self.numbers, numbers, self.counts, strict=True)
        )

    def matches_within_bounds(self, numbers: Sequence[Number]) -> bool:
        """Whether these numbers differ from the answers by at most twice their bounds plus the slack.

        A number whose bound is unknown matches every answer.
        """
        for a, b, counts in zip(self.numbers, numbers, self.counts, strict=True):
            assert isinstance(b, Bounded)
            try:
                if counts and not abs(a - b.value) <= 2 * b.error + self.slack:
                    return False
            except Undecided:
                pass
        return True


def target(exam: Exam, step: str, basis: dict[str, list[float]], lost_digits: float) -> Target:
    """Return the target of a step; `basis` has the answers by step."""
    numbers, biases = basis[step], exam.case.setting.biases
    if step == "weights":
        counts = [biases or exam.counts(step, at) for at in range(len(numbers))]
    else:
        counts = [biases or not step.endswith("biases")] * len(numbers)
    largest = max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)
    slack = lost_digits * (max(1.0, largest) if step.partition(".")[0] in exam.single else largest)
    return Target(numbers, counts, slack + (exam.unit(largest) if exam.unit else 0.0))


def answered_steps(exam: Exam) -> list[str]:
    """Return the steps that were answered, in order."""
    stages = exam.answer.stages
    return [step for step in STEPS if step in stages or (step in BLOCK_STEPS and "gradient" in stages)]


def basis_of(exam: Exam, writing: Reading) -> dict[str, list[float]]:
    """Return the answers by step, with the gradient cut into its blocks. `writing` is the order of the candidate's gradient."""
    stages = exam.answer.stages
    if "gradient" not in stages:
        return stages
    places = positions(writing, exam.case.layout)
    return stages | {step: [stages["gradient"][at] for at in places[step.removeprefix("gradient.")]] for step in BLOCK_STEPS}


def best_cases(exams: list[Exam], numbers: Iterable[int]) -> list[int]:
    """Return these cases sorted, the most informative first: finite answers, plain numbers, unequal sizes, large networks."""

    def rank(at: int) -> tuple[bool, bool, int, int]:
        case = exams[at].case
        sizes = (*case.layout.sizes, 0 if case.one else len(case.inputs))
        return not exams[at].is_finite, case.purpose != "plain", -len(set(sizes)), -case.layout.n_weights

    return sorted(numbers, key=rank)


def lines_of(formulas: Formulas) -> Formulas:
    """Return those formulas that are lines of the optimizer, by their names without the prefix "weights."."""
    return {name.removeprefix("weights."): line for name, line in formulas.items() if name.startswith("weights.")}


def numbers_of(frame: Frame, step: str, formulas: Formulas) -> Row:
    """Compute a step with these formulas. For a step or line that has none here, use the formula of the frame."""
    others = {name: whole for name, whole in formulas.items() if name != step and not name.startswith("weights.")}
    if others:
        frame = Frame(frame.case, frame.model, frame.formulas | others, frame.basis, frame.kind)
    if step == "weights":
        return frame.weights_after(frame.lines() | lines_of(formulas))
    return (frame.shape(step, frame.value(formulas[step])) if step in formulas else frame.compute(step)).numbers


class Inquiry:
    """Compares a model, and the formulas found so far, with all answers."""

    def __init__(self, exams: list[Exam], model: Model, formulas: Formulas | None = None, lost_digits: float = SMALL) -> None:
        self.exams, self.model, self.lost_digits = exams, model, lost_digits
        self.answers = [basis_of(exam, model.writing) for exam in exams]
        # answers with few digits are not used as a basis: later steps would inherit their rounding errors
        bases = [{} if exam.unit else basis for exam, basis in zip(exams, self.answers, strict=True)]
        self.frames = [Frame(exam.case, model, formulas or {}, basis) for exam, basis in zip(exams, bases, strict=True)]
        self.bounded_frames: dict[int, Frame] = {}

    def target(self, at: int, step: str) -> Target:
        """Return the target of a step in a case."""
        return target(self.exams[at], step, self.answers[at], self.lost_digits)

    def numbers(self, at: int, step: str, formulas: Formulas) -> Row:
        """Compute a step of a case with these formulas."""
        return numbers_of(self.frames[at], step, formulas)

    def bounded_numbers(self, at: int, step: str, formulas: Formulas) -> Row:
        """Compute a step of a case with these formulas, with bounds."""
        if at not in self.bounded_frames:
            frame = self.frames[at]
            self.bounded_frames[at] = Frame(frame.case, frame.model, frame.formulas, frame.basis, BOUNDED)
        with BOUNDED.quiet():
            return numbers_of(self.bounded_frames[at], step, formulas)

    def agrees(self, at: int, step: str, formulas: Formulas, *, quick: bool = False) -> tuple[bool, bool]:
        """Return whether formulas explain a step of a case, and whether the match is close.

        A match of plain floats is close. If plain floats do not match, the proven bounds decide, and a match within the bounds
        is close only if the slack is tiny. The bounds are not used for answers with few digits. With `quick`, they are used
        only if the slack is tiny. In a case that `is_plain`, a formula that gives NaN does not match.
        """
        answers = self.target(at, step)
        try:
            numbers = self.numbers(at, step, formulas)
            if answers.matches(numbers):
                return True, True
            if self.exams[at].unit or (quick and answers.slack >= TINY) or (answers.has_nan(numbers) and self.is_plain(at)):
                return False, False
            return answers.matches_within_bounds(self.bounded_numbers(at, step, formulas)), answers.slack < TINY
        except (Misfit, RecursionError):
            return False, False

    def is_nan(self, step: str) -> bool:
        """Whether every answer of a step is NaN in all cases. Then no formula is looked for: any formula with NaN would fit."""
        return all(
            x != x for at in range(len(self.exams)) for x, counts in zip(*self.target(at, step)[:2], strict=True) if counts
        )

    def is_plain(self, at: int) -> bool:
        """Whether a case has plain weights and inputs, and all its answers are finite."""
        exam = self.exams[at]
        return exam.case.purpose == "plain" and exam.is_finite

    def fits(self, at: int, step: str, formulas: Formulas, *, quick: bool = False) -> bool:
        """Whether formulas explain a step of a case."""
        return self.agrees(at, step, formulas, quick=quick)[0]

    def fits_at_places(self, at: int, formulas: Formulas) -> bool:
        """Whether lines of the optimizer explain a few of the new weights. This rejects most wrong lines quickly."""
        frame, n = self.frames[at], self.exams[at].case.layout.n_weights
        places = list(range(0, n, max(1, n // 6)))
        answers = self.target(at, "weights")
        try:
            numbers = frame.weights_after(frame.lines() | lines_of(formulas), places)
        except Misfit:
            return False
        entries = [row * n + place for row in range(len(numbers) // len(places)) for place in places]
        few = Target([answers.numbers[at] for at in entries], [answers.counts[at] for at in entries], answers.slack)
        return few.matches(numbers)

    def is_proportional(self, at: int, step: str) -> bool:
        """Whether a step has two or more answers, and all are the values of its formula times the same factor, not 0."""
        answers, numbers = self.target(at, step), self.numbers(at, step, {})
        largest = max(range(len(numbers)), key=lambda number: abs(answers.numbers[number]))
        if len(numbers) < 2 or not answers.numbers[largest] or not numbers[largest]:
            return False
        factor = answers.numbers[largest] / numbers[largest]
        return answers.matches([factor * x for x in numbers])

    def first_wrong(self, at: int, step: str) -> int | None:
        """Return the index of the first number of a step that its formula does not explain; None if it explains all."""
        answers = self.target(at, step)
        plain, bounded = self.numbers(at, step, {}), self.bounded_numbers(at, step, {})
        for number, (answer, counts) in enumerate(zip(answers.numbers, answers.counts, strict=True)):
            single = Target([answer], [counts], answers.slack)
            if not single.matches([plain[number]]) and not single.matches_within_bounds([bounded[number]]):
                return number
        return None

    def confirms(self, step: str, formulas: Formulas) -> bool:
        """Whether formulas explain a step in all cases, and closely in at least half of them."""
        n_close = 0
        for at in sorted(range(len(self.exams)), key=lambda at: self.exams[at].case.purpose != "plain"):
            fits, is_close = self.agrees(at, step, formulas)
            if not fits:
                return False
            n_close += is_close
        return 2 * n_close >= len(self.exams)

    def failing(self, step: str, formulas: Formulas) -> list[int]:
        """Return the cases in which formulas do not explain a step."""
        return [at for at in range(len(self.exams)) if not self.fits(at, step, formulas)]
