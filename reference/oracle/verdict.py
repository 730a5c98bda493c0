"""The verdict: one record, read by programs as JSON and by people as a report."""

import json
import math
import statistics
from collections import Counter
from typing import Any, NamedTuple

from reference.oracle.cases import Case
from reference.oracle.judge import Exam, Explanation, Judged, bits_of

SUMS = ("h_sums", "o_sums")
LARGEST_RATIO = 1e12  # of those that enter a mean


class Verdict(NamedTuple):
    """What the oracle says of a candidate.

    grade : "exact" (to the bit), "within_bound" (some order of summation), "textbook" (one listed formula for each part of the
        network explains all numbers), "low_precision" (small differences that no listed formula explains),
        "another_convention" (such as another place of an optimizer's epsilon), "wrong" or "undecided"
    agrees : whether it is this network: True for exact, within_bound and textbook
    first_wrong : the first number that is wrong by itself, e.g. "h_sums[2] of sample 3"; None if it agrees
    diagnoses : what the answers are consistent with: names from `reference.oracle.MISTAKES`, and formulas of what has no name
    counterexample : the smallest case found that still fails for the same reason
    record : all of it and more, as plain numbers, texts, lists and dictionaries; `formulas` are the names of the formulas,
        `accuracy` says in one sentence how accurate the answers are
    explanation : a candidate that answers any case as the wrong network does; None where not all numbers are explained
    """

    grade: str
    agrees: bool
    first_wrong: str | None
    diagnoses: list[str]
    counterexample: Case | None
    record: dict[str, Any]
    explanation: Any = None

    def to_json(self) -> str:
        """Return the record as JSON, which knows no NaN nor infinity: they become texts."""
        return json.dumps(without_nan(self.record), indent=1, allow_nan=False)

    def __str__(self) -> str:
        from reference.oracle.report import report

        return report(self.record)


def without_nan(given: Any) -> Any:
    """Return a record in which NaN and the infinities are texts."""
    if isinstance(given, dict):
        return {name: without_nan(value) for name, value in given.items()}
    if isinstance(given, list | tuple):
        return [without_nan(each) for each in given]
    return str(given) if isinstance(given, float) and not math.isfinite(given) else given


def summary(numbers: list[Judged]) -> dict[str, Any]:
    """Return how many numbers were judged, how close the worst came, and how the errors lie about 0.

    lean : mean of (answer - truth) / allowance of the sums, positive away from 0, in standard errors. Rounding leans to
    neither side; an accumulator that truncates leans to 0 in every sum, and is inside every bound all the same.
    """
    ratios = [min(number.ratio, LARGEST_RATIO) for number in numbers]
    finite = [(r, n) for r, n in zip(ratios, numbers, strict=True) if math.isfinite(n.answer)]
    worst_ratio, worst = max(finite, key=lambda pair: pair[0], default=(0.0, None))
    signed = [ratio * number.right.outwards(number.answer) for ratio, number in finite if number.stage in SUMS]
    signed = [ratio for ratio in signed if ratio]
    spread = statistics.pstdev(signed) if len(signed) > 1 else 0.0
    return {
        "judged": len(numbers),
        "by_stage": dict(Counter(number.stage for number in numbers)),
        "exact": sum(1 for number in numbers if number.answer == number.right.value),
        "mean": statistics.fmean(r for r, _ in finite) if finite else 0.0,
        "spread": statistics.pstdev(r for r, _ in finite) if finite else 0.0,
        "bits": round(bits_of(numbers), 1),
        "lean": statistics.fmean(signed) / spread * math.sqrt(len(signed)) if spread else 0.0,
        "worst": None if worst is None else place_of(worst, worst_ratio),
    }


def place_of(number: Judged, ratio: float) -> dict[str, Any]:
    """Return where a number stands and how far off it is."""
    return {
        "case": number.case,
        "stage": number.stage,
        "at": number.at,
        "answer": number.answer,
        "right": number.right.value,
        "error": number.right.error(number.answer),
        "allowance": number.right.allowance,
        "ratio": ratio,
    }


def accuracy(exams: list[Exam], explanation: Explanation) -> str:
    """Return in one sentence how accurate the answers of a right network are, and what takes digits from them."""
    numbers = [number for each in exams for number in each.marked(0) if math.isfinite(number.answer)]
    largest = max((abs(number.answer - number.right.value) for number in numbers), default=0.0)
    parts = [f"largest difference {largest:.1g}"]
    if explanation.single_from is not None:
        parts.append(f"single precision from {explanation.single_from} on")
    parts += [f"with {formula.name} {formula.note}" for formula in explanation.formulas]
    return "; ".join(parts)
