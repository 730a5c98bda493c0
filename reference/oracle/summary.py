"""Summarize how large the errors are, compared with the allowed errors."""

import math
import statistics
from collections import Counter

from reference.oracle.judging.exam import Exam, Mark
from reference.oracle.judging.judge import Variant
from reference.oracle.verdict import Record

LARGEST_RATIO = 1e12  # larger ratios count as this one


def summary(numbers: list[Mark]) -> Record:
    """Return counts of the judged numbers, and statistics of error / allowance for the finite numbers."""
    finite = [(min(number.ratio, LARGEST_RATIO), number) for number in numbers if math.isfinite(number.answer)]
    ratios = [ratio for ratio, _ in finite]
    worst_ratio, worst = max(finite, key=lambda pair: pair[0], default=(0.0, None))
    return {
        "judged": len(numbers),
        "by_stage": dict(Counter(number.stage for number in numbers)),
        "exact": sum(1 for number in numbers if number.answer == number.right.value),
        "mean": statistics.fmean(ratios) if ratios else 0.0,
        "spread": statistics.pstdev(ratios) if ratios else 0.0,
        "worst": None if worst is None else fields_of(worst, worst_ratio),
    }


def fields_of(number: Mark, ratio: float) -> Record:
    """Return the position and the error of a number."""
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


def accuracy(exams: list[Exam], variant: Variant) -> str:
    """Describe in one line how accurate the answers of a right network are, and which formulas lose digits."""
    numbers = [number for exam in exams for number in exam.marks() if math.isfinite(number.answer)]
    largest = max((abs(number.answer - number.right.value) for number in numbers), default=0.0)
    parts = [f"largest difference {largest:.1g}"]
    if variant.single_from is not None:
        parts.append(f"single precision from {variant.single_from} on")
    parts += [f"{formula.name}: {formula.note}" for formula in variant.formulas]
    return "; ".join(parts)
