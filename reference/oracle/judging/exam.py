"""An exam: a case, the answer to it, and the right numbers with their allowed errors."""

import math
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from reference.numbers.single import is_single
from reference.oracle.answers import Answer
from reference.oracle.cases import Case
from reference.oracle.judging.expected import Right, right
from reference.specification.names import STAGES

SMALL = 2.0**-20  # rounding may explain an error of up to SMALL times the largest right number of the same stage
Unit = Callable[[float], float]  # returns one unit in the last printed digit of a number


class Mark(NamedTuple):
    """A judged number of an answer, and the right number."""

    case: int
    stage: str
    at: int
    answer: float
    right: Right

    @property
    def ratio(self) -> float:
        """Return error / allowance; infinity for NaN and infinities."""
        return self.right.ratio(self.answer) if math.isfinite(self.answer) else math.inf


class Exam(NamedTuple):
    """A case and the answer to it.

    right : the right numbers and the errors allowed in double precision; without stages whose error bounds are unknown
    single : the stages in which every answered number is a single-precision number
    unit : for answers with few digits, a function (see `Unit`); else None
    number : the number of the case in the check
    """

    case: Case
    answer: Answer
    right: dict[str, list[Right]]
    single: frozenset[str] = frozenset()
    unit: Unit | None = None
    number: int = 0

    @property
    def is_finite(self) -> bool:
        """Whether all answered numbers are finite."""
        return all(math.isfinite(x) for row in self.answer.stages.values() for x in row)

    def marks(self, case_index: int = 0) -> Iterator[Mark]:
        """Yield a mark for every number of the answer that can be judged. `case_index` becomes the `case` of each mark."""
        for stage, rights in self.right.items():
            for at, (answer, expected) in enumerate(zip(self.answer.stages[stage], rights, strict=True)):
                if self.counts(stage, at) and (expected.allowance < math.inf or not math.isfinite(answer)):
                    yield Mark(case_index, stage, at, answer, expected)

    def counts(self, stage: str, at: int) -> bool:
        """Whether a number is judged. In a network without biases, bias entries of gradient and weights are not judged."""
        if self.case.setting.biases or stage not in ("gradient", "weights"):
            return True
        return not self.case.is_bias(at % self.case.layout.n_weights)

    def wrong(self, stages: tuple[str, ...] = STAGES) -> bool:
        """Whether any number of these stages is outside its allowance."""
        return any(number.ratio > 1 for number in self.marks() if number.stage in stages)

    def of_stages(self, stages: Collection[str]) -> "Exam":
        """Return the exam of these stages alone."""
        answer = self.answer._replace(stages={stage: x for stage, x in self.answer.stages.items() if stage in stages})
        return self._replace(answer=answer, right={stage: x for stage, x in self.right.items() if stage in stages})

    def with_unit(self, unit: Unit | None) -> "Exam":
        """Return an exam that also allows rounding to few digits. If `unit` is None, return this exam."""
        if unit is None:
            return self
        rights = {}
        for stage, numbers in self.right.items():
            limit = limit_of(max((abs(number.value) for number in numbers), default=0.0), unit)
            rights[stage] = [number._replace(allowance=max(number.allowance, limit)) for number in numbers]
        return self._replace(right=rights, unit=unit)


def limit_of(largest: float, unit: Unit | None) -> float:
    """Return the largest error in a stage that rounding may explain. `largest` is the largest right number of the stage."""
    return SMALL * largest + (unit(largest) if unit else 0.0)


def exam_of(case: Case, answer: Answer) -> Exam:
    """Return the exam of an answer. Each training step after the first starts from the answered weights of the step before."""
    exam = exam_without_right_numbers(case, answer)
    return exam._replace(right=right(exam.case, tuple(answer.stages)))


def exam_without_right_numbers(case: Case, answer: Answer) -> Exam:
    """Return the exam of an answer, without the right numbers."""
    if case.setting.steps > 1 and "weights" in answer.stages:
        weights, size = answer.stages["weights"], case.layout.n_weights
        rows = tuple(tuple(weights[at : at + size]) for at in range(0, len(weights) - size, size))
        case = case._replace(path=rows if all(map(math.isfinite, weights)) else ())
    return Exam(case, answer, {}, frozenset(stage for stage, numbers in answer.stages.items() if all(map(is_single, numbers))))


def is_small(exams: list[Exam]) -> bool:
    """Whether every error that is not allowed is at most 2**-20 times the largest right number of its stage and case."""
    for exam in exams:
        numbers = list(exam.marks())
        for stage in exam.right:
            same_stage = [number for number in numbers if number.stage == stage]
            largest = max((abs(number.right.value) for number in same_stage), default=0.0)
            if any(not abs(n.answer - n.right.value) <= limit_of(largest, None) for n in same_stage if n.ratio > 1):
                return False
    return True
