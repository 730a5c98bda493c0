"""Decide whether formulas explain an answer: whether the numbers fit a network with these formulas."""

import math
from functools import cache
from typing import TypeAlias

from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.single import SINGLE, is_single, nearest_single
from reference.oracle.cases import Case
from reference.oracle.judging.exam import SMALL, Exam
from reference.oracle.judging.ieee import Ieee, IeeeSingle
from reference.oracle.judging.steps import Network, numbers_of
from reference.oracle.judging.textbook import Formula
from reference.specification.names import STAGES

Formulas: TypeAlias = tuple[Formula, ...]


def explains(exam: Exam, formulas: Formulas, single: str | None, stages: tuple[str, ...], *, lenient: bool = True) -> bool:
    """Whether an answer in these stages fits a network with these formulas. For `lenient`, see the function `fits`.

    The stages from `single` on are in single precision, and the stages before it in double precision.
    """
    start = len(STAGES) if single is None else STAGES.index(single)
    for bounded, part in ((Bounded, STAGES[:start]), (SINGLE, STAGES[start:])):
        answered = tuple(stage for stage in part if stage in stages and stage in exam.answer.stages)
        if answered and not fits(exam, network_of(formulas), bounded, answered, lenient=lenient):
            return False
    return True


@cache
def network_of(formulas: Formulas) -> type[Network]:
    """Return the network with these formulas. A later formula overrides an earlier formula."""
    return type("Explained", (*(formula.network for formula in reversed(formulas)), Network), {})


def fits(exam: Exam, network: type[Network], bounded: type[Bounded], stages: tuple[str, ...], *, lenient: bool) -> bool:
    """Whether all numbers of an answer in these stages fit a network in this precision.

    The answered number and the number computed here may each differ from the exact number by one bound, so they may differ
    by two bounds. If the number computed here has no bound (it may overflow), every answer fits.
    In a stage whose right numbers are known, `lenient` changes two things. An answer within the bound of the right number
    also fits. But if the number computed here has no bound, an answer that is not finite fits only if it is like the number
    of this network in `Ieee` arithmetic (see `are_alike`). If the whole stage has no bounds, this holds for every answer.
    """
    bounds = numbers_of(Bounded, network(exam.case, bounded).answers(stages))
    ieee: dict[str, list[Ieee]] | None = None
    for stage in stages:
        rights = exam.right.get(stage)
        for at, answer in enumerate(exam.answer.stages[stage]):
            if not exam.counts(stage, at):
                continue
            if lenient and rights is not None and math.isfinite(answer) and rights[at].ratio(answer) <= 1:
                continue
            try:
                bound = bounds[stage][at]
                nearest = nearest_single(answer) if bounded.single and is_single(answer) else answer
                allowed = 2 * bound.error + (exam.unit(abs(answer)) if exam.unit else 0.0)
                within = math.isfinite(nearest) and abs(nearest - bound.value) <= allowed
            except (KeyError, Undecided) as error:  # a KeyError if the whole stage has no bounds
                if not lenient or rights is None or (isinstance(error, Undecided) and math.isfinite(answer)):
                    continue
                number = IeeeSingle if bounded.single else Ieee
                ieee = ieee or numbers_of(number, network(exam.case, number).answers(stages))
                largest = max(abs(right.value) for right in rights)
                within = stage in ieee and are_alike(answer, ieee[stage][at], largest)
            if not within:
                return False
    return True


def are_alike(a: float, b: float, largest: float) -> bool:
    """Whether two numbers are both NaN or infinite, or both finite with a difference of at most SMALL * largest."""
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) <= SMALL * largest
    return not math.isfinite(a) and not math.isfinite(b)


def overflows(case: Case, formulas: Formulas, single: str | None, stages: tuple[str, ...]) -> bool:
    """Whether the network with these formulas may overflow in a case, so that a stage cannot be computed."""
    return len(network_of(formulas)(case, SINGLE if single else Bounded).answers(stages)) < len(stages)
