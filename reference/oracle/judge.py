"""Judging: every number of every answer against the truth and its allowance, and the grade that all of them make.

A level is a precision and a way to compute; an answer is of the first level whose allowance keeps all its numbers.
"""

import math
import struct
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from reference.bounded import Bounded
from reference.kinds import Number
from reference.oracle.answers import Answer
from reference.oracle.cases import Case
from reference.oracle.expected import HALF, SINGLE, Right, right
from reference.oracle.steps import Network
from reference.oracle.textbook import FORMULAS, Textbook


class Level(NamedTuple):
    """A way to compute that an answer may have been computed in."""

    precision: str
    bounded: type[Bounded]
    network: type[Network]


LEVELS = [
    Level("double precision", Bounded, Network),
    Level("double precision", Bounded, Textbook),
    Level("single precision", SINGLE, Network),
    Level("single precision", SINGLE, Textbook),
    Level("half precision", HALF, Network),
    Level("half precision", HALF, Textbook),
]


class Judged(NamedTuple):
    """One number of an answer beside what is right."""

    case: int
    stage: str
    at: int
    answer: float
    right: Right

    @property
    def ratio(self) -> float:
        """Error over allowance; infinite for what is no number."""
        return self.right.ratio(self.answer) if math.isfinite(self.answer) else math.inf


class Exam(NamedTuple):
    """A case, its answer, and what is right in double precision in every stage answered that the bounds decide."""

    case: Case
    answer: Answer
    right: dict[str, list[Right]]

    def marked(self, number: int) -> Iterator[Judged]:
        """Yield every number of the answer that can be judged."""
        for stage, rights in self.right.items():
            for at, (answer, expected) in enumerate(zip(self.answer.stages[stage], rights, strict=True)):
                if self.counts(stage, at):
                    yield Judged(number, stage, at, answer, expected)

    def counts(self, stage: str, at: int) -> bool:
        """Whether a number is judged: without biases their gradient and step are not."""
        if self.case.setting.biases or stage not in ("gradient", "weights"):
            return True
        return not self.case.layout.name_of(at).startswith("b")

    def wrong(self) -> bool:
        """Whether any number leaves its allowance."""
        return any(number.ratio > 1 for number in self.marked(0))


def exam(case: Case, answer: Answer) -> Exam:
    """Return a case, its answer and what is right."""
    return Exam(case, answer, right(case, "float64", tuple(answer.stages)))


def fits(exam: Exam, network: type[Network], bounded: type[Bounded]) -> bool | None:
    """Whether all numbers of an answer are those of this network in this precision.

    None where it decides none of them, or not those that are wrong.

    The value beside the bound and the answer may each be one bound away from the true number of that network.
    """
    answers: dict[str, list[Number]] = network(exam.case, bounded).answers(tuple(exam.answer.stages))
    decided = False
    for stage, numbers in answers.items():
        for at, (mine, theirs) in enumerate(zip(exam.answer.stages[stage], numbers, strict=True)):
            if not exam.counts(stage, at):
                continue
            if not math.isfinite(mine) or abs(mine - theirs.value) > 2 * theirs.error:
                return False
            decided = True
    undecided = {number.stage for number in exam.marked(0) if number.ratio > 1} - answers.keys()
    return True if decided and not undecided else None


def level_of(exams: list[Exam]) -> int | None:
    """Return the first level that all answers keep, None if there is none."""
    for level, (_, bounded, network) in enumerate(LEVELS):
        if bounded is HALF and not mostly_half(exams):
            return None
        if level and bounded is not HALF and any(misses_the_exact(each) for each in exams):
            continue
        if level and all(fits(each, network, bounded) is not False for each in exams):
            return level
        if not level and not any(each.wrong() for each in exams):
            return level
    return None


def misses_the_exact(exam: Exam) -> bool:
    """Whether an answer is off where nothing rounds, neither in double nor in single precision."""
    return any(number.right.allowance == 0 and number.ratio > 0 for number in exam.marked(0))


def mostly_half(exams: list[Exam]) -> bool:
    """Whether nine answers of ten are numbers of half precision: its allowance alone would hold too many mistakes."""
    answers = [x for each in exams for numbers in each.answer.stages.values() for x in numbers if math.isfinite(x)]
    return 10 * sum(map(is_half, answers)) >= 9 * len(answers)


def is_half(x: float) -> bool:
    """Whether half precision holds a number, to the digits that a program prints of it."""
    try:
        (nearest,) = struct.unpack("e", struct.pack("e", x))
    except OverflowError:
        return False
    return bool(abs(nearest - x) <= abs(x) * 1e-5)


def formulas_of(exams: list[Exam], level: int) -> list[str]:
    """Return the textbook formula that alone explains the lost digits, or the two that do, or all that may be in play."""
    bounded, network = LEVELS[level].bounded, LEVELS[level].network
    if network is not Textbook:
        return []
    for count in (1, 2):
        for names in combinations(FORMULAS, count):
            together = type("Coarse", tuple(FORMULAS[name] for name in names), {})
            if all(fits(each, together, bounded) is not False for each in exams):
                return list(names)
    return list(FORMULAS)


def bits_of(numbers: list[Judged]) -> float:
    """Return the effective bits: 53 less what the worst ratio of error to allowance takes."""
    worst = max((number.ratio for number in numbers if math.isfinite(number.ratio)), default=0.0)
    return max(0.0, 53.0 - max(0.0, math.log2(worst))) if worst else 53.0
