"""Answers beside what formulas give: step by step, from the candidate's own numbers before each."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from reference.numbers.bounded import Undecided
from reference.oracle.exam import SMALL, Exam
from reference.oracle.grammar import PARTS, STEPS
from reference.oracle.grids import Misfit
from reference.oracle.models import BOUNDED, Formulas, Frame, Model
from reference.oracle.readings import Reading, positions

TINY = 1e-15  # what rounding leaves where terms cancel is above it: plain floats do not decide


class Target(NamedTuple):
    """The numbers of a step that a candidate answered: those that count, and how far a formula may be off."""

    numbers: list[float]
    counts: list[bool]
    allowed: float


def answered_steps(exam: Exam) -> list[str]:
    """Return the steps whose numbers are answered, in order."""
    stages = exam.answer.stages
    return [step for step in STEPS if step in stages or (step in PARTS and "gradient" in stages)]


def given_by(exam: Exam, written: Reading) -> dict[str, list[float]]:
    """Return the answers by step: the gradient in its blocks, as they were written."""
    given = dict(exam.answer.stages)
    if "gradient" in given:
        where = positions(written, exam.case.layout)
        given |= {part: [given["gradient"][at] for at in where[part[9:]]] for part in PARTS}
    return given


def target(exam: Exam, step: str, given: dict[str, list[float]], lost: float) -> Target:
    """Return the answers of a step."""
    numbers = given[step]
    if exam.case.setting.biases:
        counts = [True] * len(numbers)
    else:
        counts = (
            [not step.endswith("biases")] * len(numbers)
            if step != "weights"
            else [exam.counts(step, at) for at in range(len(numbers))]
        )
    finite = [abs(x) for x in numbers if math.isfinite(x)]
    largest = max(finite, default=0.0)
    return Target(numbers, counts, lost * (max(1.0, largest) if step.partition(".")[0] in exam.single else largest))


def alike(mine: list[float], theirs: list[float], wanted: Target) -> bool:
    """Whether two lists are the same numbers, but for lost digits."""
    for a, b, counts in zip(mine, theirs, wanted.counts, strict=True):
        if counts and not abs(a - b) <= wanted.allowed and not (a == b or not (math.isfinite(a) or math.isfinite(b))):
            return False
    return True


def bounded_alike(mine: float, theirs: Any, counts: bool, allowed: float) -> bool:
    """Whether a number is within the bound of another and lost digits; what the bound does not decide is."""
    try:
        return not counts or abs(mine - theirs.value) <= 2 * theirs.error + allowed
    except Undecided:
        return True


def lines_of(formulas: Formulas) -> Formulas:
    """Return the lines of the optimizer among formulas."""
    return {name.removeprefix("weights."): line for name, line in formulas.items() if name.startswith("weights.")}


class Inquiry:
    """A model and what was found so far, beside all answers."""

    def __init__(self, exams: list[Exam], model: Model, formulas: Formulas | None = None, lost: float = SMALL) -> None:
        self.exams, self.model, self.formulas, self.lost = exams, model, formulas or {}, lost
        self.given = [given_by(exam, model.written) for exam in exams]
        self.frames = [Frame(exam.case, model, self.formulas, given) for exam, given in zip(exams, self.given, strict=True)]
        self.exact: dict[int, Frame] = {}

    def target(self, at: int, step: str) -> Target:
        """Return the answers of a step in a case."""
        return target(self.exams[at], step, self.given[at], self.lost)

    def numbers(self, frame: Frame, step: str, formulas: Formulas) -> list[Any]:
        """Return what formulas give for a step; the other formulas are those found."""
        lines = lines_of(formulas)
        others = {name: formula for name, formula in formulas.items() if name != step and not name.startswith("weights.")}
        if others:
            frame = Frame(frame.case, frame.model, frame.formulas | others, frame.given, frame.kind)
        if step == "weights":
            return frame.weights(frame.lines() | lines)
        return (frame.shaped(step, frame.value(formulas[step])) if step in formulas else frame.computed(step)).numbers

    def fits(self, at: int, step: str, formulas: Formulas, *, quick: bool = False) -> bool:
        """Whether formulas give the answers of a step in a case."""
        wanted = self.target(at, step)
        try:
            if alike(wanted.numbers, self.numbers(self.frames[at], step, formulas), wanted):
                return True
            return (not quick or wanted.allowed < TINY) and self.within_bounds(at, step, formulas, wanted)
        except (Misfit, RecursionError):
            return False

    def fits_few(self, at: int, formulas: Formulas) -> bool:
        """Whether lines of the optimizer give the weights of a case at a few places: most that do not fit are seen there."""
        frame, n = self.frames[at], self.exams[at].case.layout.n_weights
        few = list(range(0, n, max(1, n // 6)))
        wanted = self.target(at, "weights")
        try:
            found = frame.weights(frame.lines() | lines_of(formulas), few)
        except Misfit:
            return False
        places = [row * n + place for row in range(len(found) // len(few)) for place in few]
        return all(
            not wanted.counts[place] or abs(wanted.numbers[place] - x) <= wanted.allowed
            for place, x in zip(places, found, strict=True)
        )

    def proportional(self, at: int, step: str) -> bool:
        """Whether the answers of a step in a case are those of its formula times one number, which is not 0."""
        wanted = self.target(at, step)
        found = self.numbers(self.frames[at], step, {})
        largest = max(range(len(found)), key=lambda number: abs(wanted.numbers[number]))
        if len(found) < 2 or not wanted.numbers[largest] or not found[largest]:
            return False
        factor = wanted.numbers[largest] / found[largest]
        return alike(wanted.numbers, [factor * x for x in found], wanted)

    def within_bounds(self, at: int, step: str, formulas: Formulas, wanted: Target) -> bool:
        """Whether the answers differ by no more than the proven bounds and lost digits; what is undecided is left out."""
        if at not in self.exact:
            frame = self.frames[at]
            self.exact[at] = Frame(frame.case, frame.model, frame.formulas, frame.given, BOUNDED)
        with BOUNDED.quiet():
            found = self.numbers(self.exact[at], step, formulas)
        return all(map(bounded_alike, wanted.numbers, found, wanted.counts, [wanted.allowed] * len(found)))

    def first_wrong(self, at: int, step: str) -> int | None:
        """Return the first number of a step that its formula does not give, in a case."""
        wanted = self.target(at, step)
        plain = self.numbers(self.frames[at], step, {})
        self.within_bounds(at, step, {}, wanted)
        with BOUNDED.quiet():
            exact = self.numbers(self.exact[at], step, {})
        for number, (mine, theirs, bounded) in enumerate(zip(wanted.numbers, plain, exact, strict=True)):
            one = Target([mine], [wanted.counts[number]], wanted.allowed)
            if not alike([mine], [theirs], one) and not bounded_alike(mine, bounded, one.counts[0], wanted.allowed):
                return number
        return None

    def confirmed(self, step: str, formulas: Formulas) -> bool:
        """Whether formulas give the answers of a step in all cases, and in most of them without the help of a bound."""
        order = sorted(range(len(self.exams)), key=lambda at: self.exams[at].case.purpose != "plain")
        plainly = 0
        for at in order:
            wanted = self.target(at, step)
            try:
                plainly += wanted.allowed < TINY
                if alike(wanted.numbers, self.numbers(self.frames[at], step, formulas), wanted):
                    plainly += wanted.allowed >= TINY
                elif not self.within_bounds(at, step, formulas, wanted):
                    return False
            except (Misfit, RecursionError):
                return False
        return 2 * plainly >= len(order)

    def failing(self, step: str, formulas: Formulas) -> list[int]:
        """Return the cases in which formulas do not give the answers."""
        return [at for at in range(len(self.exams)) if not self.fits(at, step, formulas)]


def telling(exams: list[Exam], among: Iterable[int]) -> list[int]:
    """Return the cases that tell most: plain, of unequal sizes, large."""

    def rank(at: int) -> tuple[bool, bool, int, int]:
        case = exams[at].case
        finite = all(math.isfinite(x) for numbers in exams[at].answer.stages.values() for x in numbers)
        sizes = (case.layout.n_inputs, case.layout.n_hidden, case.layout.n_outputs, 0 if case.one else len(case.inputs))
        return not finite, case.purpose != "plain", -len(set(sizes)), -case.layout.n_weights

    return sorted(among, key=rank)
