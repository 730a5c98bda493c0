"""Decide whether formulas explain an answer: whether a network with these formulas gives all numbers of the answer."""

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
    """Whether formulas explain an answer. If no number can be decided, this is True. `fits` describes `lenient`.

    The stages from `single` on are in single precision, and the stages before it in double precision.
    """
    network = network_of(formulas)
    start = len(STAGES) if single is None else STAGES.index(single)
    double_stages = tuple(stage for stage in stages if STAGES.index(stage) < start)
    single_stages = tuple(stage for stage in stages if STAGES.index(stage) >= start)
    return all(
        exam.answer.stages.keys().isdisjoint(part) or fits(exam, network, bounded, part, lenient=lenient) is not False
        for bounded, part in ((Bounded, double_stages), (SINGLE, single_stages))
    )


@cache
def network_of(formulas: Formulas) -> type[Network]:
    """Return the network with these formulas. Later formulas override earlier ones, so the later classes come first."""
    return type("Explained", (*(formula.network for formula in reversed(formulas)), Network), {})


def fits(exam: Exam, network: type[Network], bounded: type[Bounded], parts: tuple[str, ...], *, lenient: bool) -> bool | None:
    """Whether this network, in this precision, gives all numbers of an answer in these stages.

    Returns False if a number does not fit. Otherwise returns None if no number can be decided. Without `lenient`, also returns
    None if a wrong number cannot be decided.
    The computed value and the answer may each be one bound away from the true number of this network. With `lenient`, numbers
    within the bound of the right network always fit. Also with `lenient`, if this network has no bound because it may overflow,
    it is computed again in plain arithmetic. Then NaN and infinities count as equal, and other numbers may lose digits.
    """
    stages = tuple(stage for stage in exam.answer.stages if stage in parts)
    bounds = numbers_of(Bounded, network(exam.case, bounded).answers(stages))
    plain: dict[str, list[Ieee]] | None = None
    is_decided, wrong_is_undecided = False, False
    for stage in stages:
        rights = exam.right.get(stage)
        for at, answer in enumerate(exam.answer.stages[stage]):
            if not exam.counts(stage, at):
                continue
            wrong = rights is not None and not (math.isfinite(answer) and rights[at].ratio(answer) <= 1)
            if lenient and rights is not None and not wrong:
                is_decided = True
                continue
            try:
                bound = bounds[stage][at]
                nearest = nearest_single(answer) if bounded.single and is_single(answer) else answer
                allowed = 2 * bound.error + (exam.unit(abs(answer)) if exam.unit else 0.0)
                within = math.isfinite(nearest) and abs(nearest - bound.value) <= allowed
            except (KeyError, Undecided) as error:
                if not lenient or rights is None:
                    wrong_is_undecided = wrong_is_undecided or wrong
                    continue
                if isinstance(error, Undecided) and math.isfinite(answer):
                    continue  # a finite number without a bound cannot be decided
                number = IeeeSingle if bounded.single else Ieee
                plain = plain or numbers_of(number, network(exam.case, number).answers(stages))
                largest = max(abs(right.value) for right in rights)
                within = stage in plain and overflows_alike(answer, plain[stage][at], largest)
            if not within:
                return False
            is_decided = True
    return True if is_decided and (lenient or not wrong_is_undecided) else None


def overflows_alike(a: float, b: float, largest: float) -> bool:
    """Whether neither of two numbers is finite, or both are finite and differ only by lost digits."""
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) <= SMALL * largest
    return not math.isfinite(a) and not math.isfinite(b)


def overflows(case: Case, formulas: Formulas, single: str | None, stages: tuple[str, ...]) -> bool:
    """Whether the network of these formulas may overflow in a case, so that a stage cannot be computed."""
    return len(network_of(formulas)(case, SINGLE if single else Bounded).answers(stages)) < len(stages)
