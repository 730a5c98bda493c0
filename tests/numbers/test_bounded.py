"""The bounds hold, they are narrow enough to be useful, and the checks find wrong bounds."""

import itertools
import math
import random
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

import reference
from reference import Bounded, NeuralNetwork, Undecided
from reference.numbers.bounded import kind_of_bounded, maximum
from reference.numbers.kinds import kind_of_type
from tests.draws import PRECISIONS, REGIMES, Draw, draw, to_single
from tests.numbers.evaluations import (
    EVALUATIONS,
    Style,
    evaluation_in,
    exact_sum,
    forward_sum,
    loops,
    pairwise_sum,
    shuffled_sum,
)
from tests.numbers.soundness import KINDS, NO_OUTCOME, SINGLE, Outcome, bounds_of, check_case, over_bound
from tests.thorough import thorough
from tests.truth import DIGITS, WHOLE, log1p, tanh, truth_of

LARGEST_SINGLE = SINGLE.largest
FLUSHED = Bounded.with_unit(2.0**-24, 2.0**-126, LARGEST_SINGLE, single=True)
CASES_PER_REGIME = 63  # a regime is a way to choose the numbers of a case


def variant(kind: type[Bounded] = Bounded, **body: Any) -> type[Bounded]:
    """Return a class of bounded numbers with other attributes or methods, such as a planted mistake."""
    return kind_of_bounded(type("Variant", (kind,), {"__slots__": (), **body})).type


# Networks.


def outcome_of(cases: list[Draw], **settings: Any) -> Outcome:
    return sum((check_case(case, **settings) for case in cases), NO_OUTCOME)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("n_cases", [20, *thorough((CASES_PER_REGIME,))])
def test_correct_evaluations_are_within_their_bounds(n_cases: int, precision: str, regime: str) -> None:
    outcome = outcome_of([draw(10**6 + number, regime, precision) for number in range(n_cases)])
    ratio, where = outcome.ratio()
    assert 0.1 < ratio <= 1, where
    assert all(ratio > 0 for ratio, _ in outcome.worst.values()), "a stage was never compared"


@pytest.mark.parametrize("number", [*range(5), *thorough(*((number,) for number in range(5, 20)))])
def test_two_evaluations_differ_by_at_most_the_sum_of_their_bounds(number: int) -> None:
    case = draw(number, precision="float32")
    double, single = bounds_of(case, Bounded), bounds_of(case, SINGLE)
    in_double = [evaluation(case._replace(precision="float64")) for evaluation in EVALUATIONS.values()]
    in_single = [evaluation(case) for evaluation in EVALUATIONS.values()]
    for stage in double.keys() & single.keys():
        for one, other in itertools.product(in_double, in_single):
            for a, b, bound_a, bound_b in zip(one[stage], other[stage], double[stage], single[stage], strict=True):
                assert abs(Fraction(a) - Fraction(b)) <= Fraction(bound_a.error) + Fraction(bound_b.error)


def incomplete_sum(terms: list) -> Any:
    return forward_sum(terms[:-1] or terms)


def inexact_sum(terms: list) -> Any:
    return forward_sum([terms[0] * (1 + 1e-12), *terms[1:]]) if terms else 0.0


def partly_single_sum(terms: list) -> Any:
    return forward_sum([float(np.float32(terms[0])), *terms[1:]]) if terms else 0.0


def in_single(case: Draw) -> Any:
    return loops(case._replace(precision="float32"))


@pytest.mark.parametrize(
    "evaluation",
    [
        *(evaluation_in(Style(total, False, "divide")) for total in (incomplete_sum, inexact_sum, partly_single_sum)),
        in_single,
        lambda case: loops(case._replace(l2=case.l2 + 2.0**-40)),
        lambda case: {},
        lambda case: {stage: [math.nan] * len(numbers) for stage, numbers in loops(case).items()},
    ],
    ids=["term dropped", "product off by 1e-12", "term in single", "all in single", "l2 too large", "no answer", "nan"],
)
def test_a_wrong_evaluation_is_outside_its_bound(evaluation: Callable[[Draw], Any]) -> None:
    cases = [draw(number, "plain", "float64") for number in range(10)]
    assert outcome_of(cases).ratio()[0] <= 1
    assert outcome_of(cases, evaluations={"wrong": evaluation}).ratio()[0] > 1


def test_the_bounds_of_a_finer_precision_are_too_small() -> None:
    cases = [draw(number, "plain", "float32") for number in range(10)]
    assert outcome_of(cases, kind=SINGLE).ratio()[0] <= 1
    assert outcome_of(cases, kind=Bounded).ratio()[0] > 1
    assert outcome_of(cases, kind=variant(unit=2.0**-28, tiny=2.0**-149, slack=2.0**-24)).ratio()[0] > 1


# Sums of exact numbers in any order.

TOTALS = [lambda terms: forward_sum(terms[::-1]), lambda terms: forward_sum(sorted(terms))]
TOTALS += [forward_sum, pairwise_sum, exact_sum, shuffled_sum]
ONES = [1e16, -1e16] + [1.0] * 100
GRAINS = [1.0] + [2.0**-53] * 200
RANDOM = [random.Random(1).gauss(0, 1) * 10 ** random.Random(number).uniform(-8, 8) for number in range(50)]


def sum_over_bound(terms: list[float], kind: type[Bounded], then: Callable[[Any], Any] = lambda x: x) -> float:
    """Return the largest error / bound of then(sum), for a sum that is added in several orders."""
    number: Any = 0
    truth = Decimal(0)
    for term in terms:
        number += kind(term)
        truth = WHOLE.add(truth, Decimal(term))
    number = then(number)
    with localcontext(DIGITS):
        truth = then(truth)
    make = np.float32 if kind.single else float
    candidates = [float(then(total([make(term) for term in terms]))) for total in TOTALS]
    return over_bound([*candidates, number.value], truth, number.error)


@pytest.mark.parametrize("terms", [ONES, GRAINS, RANDOM])
def test_a_sum_in_any_order_is_within_its_bound(terms: list[float]) -> None:
    assert sum_over_bound(terms, Bounded) <= 1
    assert sum_over_bound([to_single(term) for term in terms], SINGLE) <= 1


@pytest.mark.parametrize("then", [lambda x: x, lambda x: -x, lambda x: x / 7, lambda x: x * x, lambda x: 1 / x])
def test_the_bound_of_a_sum_is_nearly_reached(then: Callable[[Any], Any]) -> None:
    assert 0.9 < sum_over_bound(GRAINS, Bounded, then) <= 1
    assert 0.9 < sum_over_bound([1.0] + [2.0**-24] * 200, SINGLE, then) <= 1


def test_the_bound_of_a_sum_allows_for_a_term_that_was_computed_too_large() -> None:
    rest = [2.0**-23 * (1 + 2.0**-20)] * 5  # each a little more than half a unit in the last place of 2
    number = sum(
        map(SINGLE, rest), SINGLE(0, 1.0)
    )  # the first term is 0 ± 1, so 1 may be the true number, and 2 a computed one
    truth = decimal(sum(map(Fraction, rest), Fraction(1)))
    candidate = float(forward_sum([np.float32(term) for term in (2.0, *rest)]))
    assert over_bound([candidate], truth, number.error) <= 1
    assert over_bound([candidate], truth, number.error - len(rest) * number.unit * number.terms_error) > 1


def as_one_term(number: Bounded) -> Bounded:
    return type(number)(number.value, number.error)


def addition_with_running_bound(self: Bounded, other: Any) -> Bounded:
    """Return the sum, with a bound for this order of terms only: the bounds of both operands plus one rounding error."""
    total = as_one_term(Bounded.__add__(as_one_term(self), as_one_term(self.of(other))))
    return type(self)(total.value, self.error + self.of(other).error + self.unit * abs(total.value))


def error_with(change: dict[str, Any]) -> property:
    """Return a wrong property `error`: the bound of a copy of the number, with the attributes in `change` replaced."""

    def error(self: Bounded) -> float:
        changed = Bounded(0)
        for name in Bounded.__slots__:
            setattr(changed, name, getattr(self, name))
        for name, compute in change.items():
            setattr(changed, name, compute(self))
        return changed.error

    return property(error)


@pytest.mark.parametrize(
    ("terms", "body"),
    [
        (ONES, {"__add__": addition_with_running_bound, "__radd__": addition_with_running_bound}),
        (GRAINS, {"unit": 2.0**-54}),
        (GRAINS, {"error": error_with({"count": lambda x: min(x.count, 2)})}),
        (ONES, {"error": error_with({"magnitude": lambda x: abs(x.value)})}),
        ([*ONES, 0.1], {"error": property(lambda self: self.terms_error)}),
    ],
    ids=["running bound", "half the roundoff", "count forgotten", "magnitude of the sum", "no roundings"],
)
def test_a_wrong_bound_of_a_sum_is_too_small(terms: list[float], body: dict[str, Any]) -> None:
    assert sum_over_bound(terms, Bounded) <= 1
    assert sum_over_bound(terms, variant(**body)) > 1


# Operations on uncertain numbers, with truth and candidate as far apart as the bounds allow.


def corners(x: Bounded) -> list[tuple[Fraction, Fraction]]:
    """Return pairs (truth, candidate). Both x.value and the candidate differ from the truth by x.error, or not at all."""
    value, error = Fraction(x.value), Fraction(x.error)
    truths = (value - error, value, value + error)
    return [(truth, truth + side * error) for truth in truths for side in (-1, 0, 1)]


def decimal(x: Fraction) -> Decimal:
    return DIGITS.divide(Decimal(x.numerator), Decimal(x.denominator))


def worst_corner(operation: Callable[..., Bounded], exact: Callable[..., Any], roundings: int, *operands: Bounded) -> float:
    """Return the largest error / bound of an operation for all corners of its operands, or NaN if it is undecided."""
    try:
        result = operation(*operands)
    except Undecided:
        return math.nan
    value, bound, worst = Fraction(result.value), Fraction(result.error), Fraction(0)
    unit = roundings * Fraction(result.unit)
    for corner in itertools.product(*map(corners, operands)):
        truth, candidate = exact(*(true for true, _ in corner)), exact(*(candidate for _, candidate in corner))
        worst = max(worst, *(abs(candidate + side * unit * candidate - truth) for side in (-1, 0, 1)))
        worst = max(worst, abs(value - truth))
    if worst > bound:
        return max(float(worst / bound), math.nextafter(1, 2))
    return min(float(worst / bound), 1.0) if worst else 0.0


def on_fractions(function: Callable[[Decimal], Decimal]) -> Callable[[Fraction], Fraction]:
    """Return the function for fractions, correct to a hundred digits."""

    def of_fraction(x: Fraction) -> Fraction:
        return Fraction(function(decimal(x)))

    return of_fraction


def function_of(name: str) -> Callable[[Bounded], Bounded]:
    return lambda x: getattr(kind_of_type(type(x)), name)(x)


# For each name: the operation on bounded numbers, the operation on fractions, and its number of roundings.
BINARY: dict[str, tuple[Callable[..., Bounded], Callable[..., Fraction], int]] = {
    "+": (lambda x, y: x + y, lambda x, y: x + y, 1),
    "-": (lambda x, y: x - y, lambda x, y: x - y, 1),
    "*": (lambda x, y: x * y, lambda x, y: x * y, 2),
    "/": (lambda x, y: x / y, lambda x, y: x / y, 2),
    "mean": (lambda x, y: (x + y) / 7, lambda x, y: (x + y) / 7, 3),
    "maximum": (lambda x, y: kind_of_type(type(x)).maximum(x, y), max, 0),
}
UNARY: dict[str, tuple[Callable[..., Bounded], Callable[..., Fraction], int]] = {
    "part": (lambda x: x / 3, lambda x: x / 3, 2),
    "exp": (function_of("exp"), on_fractions(DIGITS.exp), 8),
    "log": (function_of("log"), on_fractions(DIGITS.ln), 8),
    "log1p": (function_of("log1p"), on_fractions(log1p), 8),
    "tanh": (function_of("tanh"), on_fractions(tanh), 8),
    "sqrt": (function_of("sqrt"), on_fractions(lambda x: DIGITS.sqrt(max(x, Decimal(0)))), 8),
}
OPERATIONS = BINARY | UNARY


def ratios_of(operation: str, kind: type[Bounded], largest_error: float) -> list[float]:
    """Return error / bound of an operation on random operands, whose relative errors are at most `largest_error`."""
    compute, exact, roundings = OPERATIONS[operation]
    rng, ratios = random.Random(operation), []
    for _ in range(60):
        operands = []
        for _ in range(2 if operation in BINARY else 1):
            value = to_single(rng.gauss(0, 1) * 10 ** rng.uniform(-2, 1))
            value = abs(value) if operation in ("log", "sqrt") else value
            operands.append(kind(value, abs(value) * 10 ** rng.uniform(-9, math.log10(largest_error))))
        ratios.append(worst_corner(compute, exact, roundings, *operands))
    decided = [ratio for ratio in ratios if not math.isnan(ratio)]
    assert len(decided) > 20
    return decided


@pytest.mark.parametrize("kind", [Bounded, *thorough((SINGLE,))], ids=["double", "single"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_within_its_bound(operation: str, kind: type[Bounded]) -> None:
    assert 0.4 < max(ratios_of(operation, kind, 10)) <= 1


def test_exp_of_very_negative_numbers_is_within_its_bound() -> None:
    compute, exact, roundings = OPERATIONS["exp"]
    numbers = [Bounded(-7 * k - 0.3, 0.01 * k) for k in range(100)]
    assert 0.95 < max(worst_corner(compute, exact, roundings, x) for x in numbers) <= 1


@pytest.mark.thorough
@pytest.mark.parametrize("operation", OPERATIONS)
def test_small_errors_are_bounded_closely(operation: str) -> None:
    assert min(ratios_of(operation, Bounded, 1e-4)) > 0.95


def sum_with_the_larger_bound(self: Bounded, other: Bounded) -> Bounded:
    total = Bounded.__add__(self, other)
    total.terms_error = max(self.terms_error, other.terms_error)
    return total


def product_as_if_the_values_were_true(self: Bounded, other: Bounded) -> Bounded:
    spread = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
    return type(self)(self.value * other.value, spread + 2 * self.unit * abs(self.value * other.value))


def quotient_by_the_value(self: Bounded, other: Bounded) -> Bounded:
    quotient = self.value / other.value
    spread = (self.error + abs(quotient) * other.error) / abs(other.value)
    return type(self)(quotient, spread + 2 * self.unit * abs(quotient))


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("*", {"__mul__": product_as_if_the_values_were_true}),
        ("/", {"__truediv__": quotient_by_the_value}),
        ("+", {"__add__": sum_with_the_larger_bound}),
        ("exp", {"make": lambda self, value, error, underflows: type(self)(value, error / (1 + self.error))}),
        ("tanh", {"make": lambda self, value, error, underflows: type(self)(value, min(error, self.error * (1 - value**2)))}),
        ("log", {"make": lambda self, value, error, underflows: type(self)(value, self.error / self.value)}),
        ("sqrt", {"make": lambda self, value, error, underflows: type(self)(value, self.error / (2 * value))}),
    ],
)
def test_a_wrong_bound_of_an_operation_is_too_small(operation: str, body: dict[str, Any]) -> None:
    assert max(ratios_of(operation, variant(**body), 10)) > 1


def test_a_wrong_bound_of_a_maximum_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(ratios_of("maximum", Bounded, 10)) <= 1
    for wrong in (lambda a, b: True, lambda a, b: abs(a.value - b.value) > a.error + b.error):
        monkeypatch.setattr(reference.numbers.bounded, "far_apart", wrong)
        assert max(ratios_of("maximum", Bounded, 10)) > 1


# Operations on exact numbers: the bounds allow for roundings, underflow, and data that are rounded.


def rounding_over_bound(candidate: float, truth: Any, number: Bounded) -> float:
    return over_bound([candidate], decimal(Fraction(truth)), number.error)


def worst_reciprocal(kind: type[Bounded]) -> float:
    """Return the largest error / bound if x / n is computed as x * (1/n), and x * n as x / (1/n)."""
    pairs = [(1 + k / 64, n) for k in range(1, 64) for n in (*range(3, 60, 2), *range(2**60 + 3, 2**60 + 2000, 99))]
    means = (rounding_over_bound(x * (1 / float(n)), Fraction(x) / n, kind(x) / n) for x, n in pairs)
    products = (rounding_over_bound(x / (1 / float(n)), Fraction(x) * n, kind(x) * n) for x, n in pairs)
    return max(*means, *products)


def test_the_bound_allows_the_two_roundings_of_a_reciprocal() -> None:
    def part(self: Bounded, n: int) -> Bounded:
        return type(self)(self.value / n, self.unit * abs(self.value) / n)

    def product(self: Bounded, n: int) -> Bounded:
        return type(self)(self.value * n, self.unit * abs(self.value) * n)

    assert 0.5 < worst_reciprocal(Bounded) <= 1
    assert worst_reciprocal(variant(part=part)) > 1
    assert worst_reciprocal(variant(__mul__=product)) > 1


def worst_function(name: str, kind: type[Bounded]) -> float:
    """Return the largest error / bound of a library function of an exact number."""
    exact = {"exp": DIGITS.exp, "log": DIGITS.ln, "log1p": log1p, "tanh": tanh, "sqrt": DIGITS.sqrt}[name]
    points = [k / 16 for k in range(1, 200)]
    return max(rounding_over_bound(getattr(math, name)(x), exact(Decimal(x)), function_of(name)(kind(x))) for x in points)


@pytest.mark.parametrize("name", ["exp", "log", "log1p", "tanh", "sqrt"])
def test_the_bound_allows_the_rounding_of_a_library_function(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert worst_function(name, Bounded) <= 0.5
    monkeypatch.setattr(Bounded, "functions", 0)
    assert worst_function(name, Bounded) > 1


def worst_underflow(kind: type[Bounded]) -> float:
    """Return the largest error / bound of results that underflow, and of sums whose terms underflow."""
    least = 5e-324
    halves, odd = sum([kind(1.5)] * 9, kind(0)), sum([kind(least)] * 9, kind(0))
    return max(
        rounding_over_bound(1e-200 * 1e-200, Fraction(1e-200) ** 2, kind(1e-200) * kind(1e-200)),
        rounding_over_bound(sum([1.5 * least] * 9), Fraction(1.5) * 9 * Fraction(least), halves * least),
        rounding_over_bound(sum([least / 2] * 9), Fraction(least) / 2 * 9, odd / 2),
        rounding_over_bound(least / 2, Fraction(least) / 2, kind(least) / 2),
        rounding_over_bound(sum([least / 2.0] * 9), Fraction(least) / 2 * 9, odd / kind(2.0)),
        rounding_over_bound(math.exp(-800), on_fractions(DIGITS.exp)(Fraction(-800)), function_of("exp")(kind(-800))),
    )


def test_the_bound_allows_underflow() -> None:
    assert 0.3 < worst_underflow(Bounded) <= 1
    assert worst_underflow(variant(tiny=0.0)) > 1
    assert function_of("exp")(Bounded(-800, 100)).error > math.exp(-700)


def flush(x: Any) -> Any:
    """Return a number as it is on a machine without subnormal numbers."""
    return x if abs(x) >= 2.0**-126 else np.float32(0)


def worst_flushed(kind: type[Bounded]) -> float:
    """Return the largest error / bound of sums of tiny products, if subnormal numbers become 0."""
    rng, worst = random.Random(0), 0.0
    for _ in range(100):
        nodes, weights = (
            [to_single(rng.gauss(0, 1) * 2.0 ** rng.choice((-62, -64, -127))) for _ in range(6)] for _ in range(2)
        )
        candidate, number, truth = np.float32(0), kind(0), Fraction(0)
        for x, w in zip(nodes, weights, strict=True):
            candidate = flush(candidate + flush(flush(np.float32(x)) * flush(np.float32(w))))
            number += kind(x) * kind(w)
            truth += Fraction(x) * Fraction(w)
        worst = max(worst, rounding_over_bound(float(candidate), truth, number))
        worst = max(worst, *(rounding_over_bound(float(flush(np.float32(x))), x, kind(x)) for x in nodes))
    exact = variant(kind, rounds=lambda self, value: False)
    difference = exact(1.5 * 2.0**-126) - exact(2.0**-126)
    return max(worst, rounding_over_bound(0.0, 2.0**-127, difference))


def test_a_machine_without_subnormal_numbers_needs_wider_bounds() -> None:
    assert 0.1 < worst_flushed(FLUSHED) <= 1
    assert worst_flushed(SINGLE) > 1
    assert Bounded.with_unit(2.0**-53, 2.0**-1022, Bounded.largest)(2.0**-1023).error >= 2.0**-1023


@pytest.mark.parametrize("kind", [Bounded, SINGLE])
@pytest.mark.parametrize("data", [Decimal("0.1"), Fraction(1, 3), 2**53 + 1, Decimal("1e-330"), -Fraction(10**20, 7)])
def test_the_bound_includes_the_rounding_of_the_data(data: Any, kind: type[Bounded]) -> None:
    candidate = float(np.float32(float(data))) if kind is SINGLE else float(data)
    assert rounding_over_bound(candidate, data, kind(data)) <= 1
    assert rounding_over_bound(candidate, data, variant(kind, rounds=lambda self, value: False)(data)) > 1


def test_only_rounded_data_have_an_error() -> None:
    for data in (0, 1, -7, 0.1, 5e-324, Decimal("0.25"), Fraction(3, 8), 2**60):
        assert Bounded(data).error == 0
    for data in (0.5, 2.0**-149, 3 * 2.0**-149, -LARGEST_SINGLE / 4, 1 + 2.0**-23, np.float32(0.1)):
        assert SINGLE(data).error == 0
    for data in (0.1, 2.0**-150, 1.5 * 2.0**-149, 1 + 2.0**-24, 1e-60):
        assert SINGLE(data).error > 0
    assert FLUSHED(2.0**-126).error == 0 < 2.0**-127 <= FLUSHED(2.0**-127).error


def test_a_number_of_another_precision_keeps_its_bound() -> None:
    assert SINGLE(Bounded(0.5)).error == 0
    assert SINGLE(Bounded(0.5, 1e-3)).error >= 1e-3 + 2.0**-25
    with pytest.raises(ValueError, match="expected at least 1"):
        Bounded.with_unit(2.0**-64, 0.0, 1e300)


# Comparisons and overflow.

zero, one, near_0 = Bounded(0), Bounded(1), Bounded(0.1) + Bounded(-0.1)


@pytest.mark.parametrize(
    "question",
    [
        lambda: near_0 > 0,
        lambda: near_0 == 0,
        lambda: Bounded(-1.5, 1.0) <= 0,
        lambda: Bounded(3.0, 1.0) < Bounded(1.0, 1.0),
        lambda: one / near_0,
        lambda: one / Bounded(1.9, 1.0),
        lambda: one / 0,
        lambda: 1 / zero,
        lambda: function_of("log")(Bounded(1.9, 1.0)),
        lambda: function_of("sqrt")(Bounded(-1)),
        lambda: function_of("exp")(Bounded(710)),
        lambda: function_of("exp")(Bounded(700, 20.0)),
        lambda: function_of("exp")(SINGLE(89)).error,
        lambda: Bounded(1e200) * 1e200,
        lambda: Bounded(1e200) / Bounded(1e-200),
        lambda: (Bounded(1e308) + 1e308).error,
        lambda: (Bounded(1e308) + 1e308) / 2,
        lambda: (Bounded(1e308) + 1e308 - 1e308 - 1e308) * 0,
        lambda: Bounded(1e308, 1e308).error,
        lambda: SINGLE(1e30) * 1e30,
        lambda: SINGLE(1e39).error,
        lambda: Bounded(math.inf).error,
        lambda: Bounded(math.nan).error,
        lambda: sum([SINGLE(1)] * 3, variant(SINGLE, unit=0.2)(1)).error,
    ],
)
def test_a_question_that_the_bounds_cannot_decide_raises_undecided(question: Callable[[], Any]) -> None:
    with pytest.raises(Undecided):
        question()


def test_sums_and_products_of_whole_numbers_are_exact_up_to_a_limit() -> None:
    total = Bounded(3) * 7 - 21 + Bounded(5) - 5
    assert (total.value, total.error, total == 0, total <= 0, total > 0) == (0.0, 0.0, True, True, False)
    assert [(x.value, x.error) for x in (maximum(total, Bounded(0)), maximum(total, Bounded(2)))] == [(0.0, 0.0), (2.0, 0.0)]
    assert (Bounded(2**52) + (2**52 - 1)).error == 0
    assert (Bounded(2**53) + 1).error > 0
    assert (Bounded(2**27) * 2**27).error > 0
    assert (Bounded(3) + 0.5).error > 0
    assert (Bounded(3) * 0.5).error > 0
    assert (Bounded(7) / 7).error > 0
    assert (SINGLE(2**23) + (2**23 - 1)).error == 0
    assert (SINGLE(2**24) + 1).error > 0


def test_an_exact_zero_stays_exact() -> None:
    uncertain, maximum = Bounded(-2, 0.25) + Bounded(5, 0.25), kind_of_type(Bounded).maximum
    products = zero * uncertain, uncertain * 0, 0 * uncertain
    for number in (zero, -zero, *products, zero / 7, zero / uncertain, uncertain - uncertain):
        assert number == 0
        assert not number > 0
    assert maximum(Bounded(-2, 0.5), zero) == 0
    assert maximum(Bounded(-2, 0.5), Bounded(3)) == 3
    assert (zero + uncertain).error == uncertain.error == (uncertain - 0).error
    assert uncertain == uncertain


def test_exact_numbers_are_compared_exactly() -> None:
    assert Bounded(1e16) < Bounded(1e16 + 2)
    assert Bounded(0.1) == 0.1 != Bounded(0.1) + 1
    assert Fraction(3, 2) < Bounded(2) <= 2 <= Bounded(2)


def test_repr_also_shows_a_number_that_may_overflow() -> None:
    assert repr(Bounded(2, 0.5)) == "2.0 ± 0.5"
    assert repr(Bounded(1e308) + 1e308) == "inf ± ?"


def network(hidden: str, output: str, weights: list[float], kind: type[Bounded] = Bounded) -> NeuralNetwork:
    return NeuralNetwork(2, 1, 1, hidden=hidden, output=output, weights=[kind(w) for w in weights])


# These activations have a kink: at 0, their slope jumps.
KINKS = [("relu", "identity"), ("leaky_relu", "identity"), ("tanh", "relu"), ("tanh", "leaky_relu")]


@pytest.mark.parametrize(("hidden", "output"), KINKS)
def test_a_kink_is_undecided_only_in_the_backward_pass(hidden: str, output: str) -> None:
    at_the_kink = network(hidden, output, [0.1, -0.1, 0.0, 1.0, 0.0])
    inputs = [1.0, 1.0]
    assert at_the_kink.forward(inputs).h_sums[0].value == 0
    assert at_the_kink.loss_of(inputs, [1.0]).error > 0
    with pytest.raises(Undecided):
        at_the_kink.backward(inputs, [1.0])
    assert network(hidden, output, [0.1, -0.1, 0.5, 1.0, 0.0]).backward(inputs, [1.0]).gradient[0].error > 0


def test_the_slope_of_relu_at_exactly_0_is_0() -> None:
    assert network("relu", "identity", [0.1, 0.3, 0.0, 1.0, 0.0]).backward([0, 0], [1]).h_deltas[0] == 0


@pytest.mark.parametrize(("kind", "large"), [(Bounded, 1e160), (SINGLE, 1e20)])
def test_an_overflow_is_undecided(kind: type[Bounded], large: float) -> None:
    overflowing = network("identity", "identity", [large, -large, 0.0, 1.0, 0.0], kind)
    for call in (overflowing.forward, partial(overflowing.backward, targets=[0]), partial(overflowing.loss_of, targets=[0])):
        with pytest.raises(Undecided, match="overflow"):
            call([large, large])
    assert overflowing.predict([1, 0])[0].error > 0


def test_a_loss_near_0_keeps_its_digits() -> None:
    outputs = [Bounded(w) for w in (0, 0, 0, 0, 20, 0)]
    loss = NeuralNetwork(1, 1, 2, hidden="identity", weights=outputs).loss_of([1], [1, 0])
    textbook = -math.log(1 / (1 + math.exp(-20)))
    truth = log1p(Decimal(-20).exp(DIGITS))
    assert over_bound([math.log1p(math.exp(-20))], truth, loss.error) <= 1
    assert over_bound([textbook], truth, loss.error) > 1e6


def test_the_truth_and_the_bounds_have_the_same_stages() -> None:
    case = draw(0)
    assert {stage: len(numbers) for stage, numbers in truth_of(case).items()} == {
        stage: len(numbers) for stage, numbers in bounds_of(case, KINDS[case.precision]).items()
    }
