"""The verdict of the oracle on a wrong network: is the network caught, and is its mistake located and explained?"""

import time
from typing import Any, NamedTuple

import numpy as np

from reference import oracle
from tests.oracle.ruler import CLOSE, NOISE, ORDER, is_right, is_same, ordinary_cases, right_answers
from tests.oracle.wild.entry import Wild

CLOSE_IN_SINGLE = 2.0**-10  # in place of CLOSE for single precision, where differences lose digits
COMMON_LINES = (  # the starts of lines that do not describe the mistake
    "WRONG", "first wrong", "closest to the allowed error", "error / allowed error", "right numbers from:", "repeat with:",
)  # fmt: skip


class Outcome(NamedTuple):
    """The verdict on a wrong network, and what is true about it."""

    entry: Wild
    verdict: oracle.Verdict
    placed: bool | None  # whether it finds the first wrong stage; None if the network does not return this stage
    same: bool | None  # whether the explanation gives the network's answers; None without one, or if the network keeps state
    named: bool  # whether the explanation matches one of the expected texts
    seconds: float

    @property
    def caught(self) -> bool:
        return not self.verdict.agrees

    @property
    def explained(self) -> bool:
        """Whether the explanation is right. If the network keeps state, the oracle must say so."""
        if self.entry.state:
            return "it gives other numbers" in str(self.verdict)
        return self.same is True and self.placed is not False

    @property
    def explained_falsely(self) -> bool:
        return self.same is not None and not self.explained


def outcome_of(entry: Wild, examples: int = 60) -> Outcome:
    start = time.perf_counter()
    verdict = oracle.check(entry.candidate, **entry.settings, examples=examples)
    seconds = time.perf_counter() - start
    same = None if verdict.explanation is None or entry.state else answers_alike(entry, verdict.explanation)
    place = None
    if entry.answers is None or entry.stages[0] in entry.answers:
        place = (verdict.first_wrong or "").startswith(entry.stages[0])
    return Outcome(entry, verdict, place, same, entry.named_by(explanation_text(verdict)), seconds)


def explanation_text(verdict: oracle.Verdict) -> str:
    """Return the lines of a report that describe the mistake."""
    own = str(verdict).split("the smallest network")[0].splitlines()
    own = [line for line in own if not line.startswith(COMMON_LINES) and "numbers checked" not in line]
    return "\n".join([*verdict.diagnoses, *own])


def bound_of(entry: Wild) -> float:
    return CLOSE_IN_SINGLE if entry.settings.get("precision") == "float32" else CLOSE


def answers_alike(entry: Wild, explanation: Any) -> bool:
    """Whether an explanation gives the network's answers on fresh cases, except those where the network raises an error."""
    for case in ordinary_cases(entry.settings, 100, seed=271828):
        try:
            answer = entry.candidate(case.question())
        except (ArithmeticError, ValueError):  # such as the logarithm of 0
            continue
        if "weights" in answer and np.abs(answer.get("gradient", 1.0)).min() < NOISE:
            continue  # near 0, rounding errors may decide the sign of a gradient
        other = explanation(case.question())
        if not all(stage in other and is_same(other[stage], answer[stage], bound_of(entry)) for stage in answer):
            return False
    return True


def differing_stages(entry: Wild) -> list[str]:
    """Return the stages in which a network differs from the reference on ordinary cases, in order.

    The network answers each case twice, because some networks are wrong only at the second call.
    """
    differing = set()
    for case in ordinary_cases(entry.settings, 12, seed=0):
        entry.candidate(case.question())
        answer, right = entry.candidate(case.question()), right_answers(case)
        differing |= {stage for stage in answer if not is_right(answer[stage], right[stage], bound_of(entry))}
    return [stage for stage in ORDER if stage in differing]
