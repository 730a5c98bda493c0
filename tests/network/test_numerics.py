"""Activations, slopes, softmax and cross-entropy keep full precision for every finite sum, however large or small."""

import math
import warnings
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
from reference import Bounded
from reference.activations import activation, softmax
from reference.losses import sigmoid_cross_entropy, softmax_cross_entropy
from reference.numbers.kinds import FLOAT, kind_of_type
from reference.numbers.single import SINGLE
from reference.specification.names import HIDDEN
from tests.thorough import thorough
from vectorized import activations, inplace, losses

SIZES = (0.0, 5e-324, 1e-310, 1e-300, 1e-45, 1e-38, 1e-16, 1e-8, 0.01, 0.5, 1.0, 3.4, 8.0, 17.0, 19.9, 20.1, 36.7, 37.5)
SIZES += (44.0, 88.5, 88.8, 103.9, 104.5, 354.0, 372.6, 600.0, 709.7, 709.8, 730.0, 744.4, 745.0, 745.2, 746.0)
SIZES += (1e4, 1e16, 3e38, 1e308, 1.7e308)
POINTS = [sign * size for size in SIZES for sign in (1, -1)]
SINGLE_POINTS = [float(np.float32(point)) for point in POINTS if abs(point) < 3.4e38]
PRECISIONS = pytest.mark.parametrize(
    ("dtype", "kind", "points"), [("float64", Bounded, POINTS), ("float32", SINGLE, SINGLE_POINTS)]
)


def assert_in_bound(what: str, computed: float, true: Decimal, bound: Bounded) -> None:
    """Assert that a number is finite and differs from the exact number by at most its bound."""
    assert_near(what, computed, as_fraction(true), Fraction(bound.error))


def node_and_slope(name: str, point: float) -> tuple[Decimal, Decimal]:
    """Return the node and the slope at a point, computed in Decimal."""
    with localcontext() as context:
        context.prec = 400
        return tuple(function(Decimal(point)) for function in activation(name, kind_of_type(Decimal)))  # type: ignore[return-value]


@pytest.mark.parametrize("name", HIDDEN)
@PRECISIONS
def test_activations_keep_every_digit(name: str, dtype: str, kind: Any, points: list[float]) -> None:
    z = np.array(points, dtype)
    with np.errstate(all="ignore"):
        nodes, slopes = activations.NODES[name](z), activations.SLOPES[name](z)
    assert nodes.dtype == slopes.dtype == dtype
    loops, bounds = activation(name, FLOAT), activation(name, kind_of_type(kind))
    for at, point in enumerate(points):
        for what, true, loop, bound, matrix in zip(
            ("node", "slope"), node_and_slope(name, point), loops, bounds, (nodes, slopes), strict=True
        ):
            assert_in_bound(f"{name} {what} at {point}, matrices", float(matrix[at]), true, bound(kind(point)))
            if dtype == "float64":
                assert_in_bound(f"{name} {what} at {point}, loops", loop(point), true, bound(kind(point)))


@pytest.mark.parametrize("name", inplace.ACTIVATIONS)
@PRECISIONS
def test_activations_in_place_keep_every_digit(name: str, dtype: str, kind: Any, points: list[float]) -> None:
    """Only the sigmoid raises an error, if e**z overflows."""
    bounds, refused = activation(name, kind_of_type(kind)), []
    for point in points:
        z = np.array([[point]], dtype)
        nodes, slopes = np.empty_like(z), np.empty_like(z)
        try:
            with np.errstate(**inplace.RAISE):
                inplace.ACTIVATIONS[name](z, nodes, slopes)
        except FloatingPointError:
            refused.append(point)
            continue
        assert z[0, 0] == point
        for what, true, bound, matrix in zip(
            ("node", "slope"), node_and_slope(name, point), bounds, (nodes, slopes), strict=True
        ):
            assert_in_bound(f"{name} {what} at {point}", float(matrix[0, 0]), true, bound(kind(point)))
    largest = math.log(np.finfo(dtype).max)
    assert refused == [point for point in points if name == "sigmoid" and point > largest]


@pytest.mark.parametrize(
    ("name", "part", "formula", "point"),
    [
        ("sigmoid", 0, lambda z: 1 / (1 + math.exp(-z)) if z > -709 else 0.0, -730.0),
        ("sigmoid", 1, lambda z: (1 - 1 / (1 + math.exp(-z))) / (1 + math.exp(-z)), 40.0),
        ("tanh", 0, lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)), 1e-8),
        ("tanh", 1, lambda z: 1 - math.tanh(z) ** 2, 19.9),
        ("leaky_relu", 0, lambda z: 0.02 * z, -3.4),
        ("relu", 1, lambda z: float(z >= 0), 0.0),
    ],
)
def test_imprecise_and_wrong_formulas_are_found(name: str, part: int, formula: Any, point: float) -> None:
    """Some are textbook formulas that lose digits."""
    bound = activation(name, kind_of_type(Bounded))[part](Bounded(point))
    with pytest.raises(AssertionError, match="allowed"):
        assert_in_bound(name, formula(point), node_and_slope(name, point)[part], bound)


TRIPLES = [[0.0, 0.0, 0.0], [40.0, 0.0, -3.0], [-745.0, 745.0, 0.0], [1e308, -1e308, 0.5], [1e-310, -5e-324, 0.0]]
TRIPLES += [[700.0, 699.0, -700.0], [-1e308, -1e308, -1e308], [3.0, 3.0, -50.0], [1.7e308, 1e308, -1.7e308]]
TRIPLES += [[20.0, 0.0, 0.0], [1e16, 1e16, 0.0], [-730.0, 0.0, -1.0]]
TARGETS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5], [0.0, 0.0, 0.0], [0.25, 2.0, -1.0]]


def roundings(o_sums: list[float]) -> Fraction:
    """Return a bound on the relative error of each term in the stable formulas: (n_outputs + 24 + 2 * distance) * u.

    u is 2**-53, and distance is the largest sum minus the smallest sum. Each term is e to the power (a sum minus the largest
    sum). The rounding error of this power is at most u times the distance. A distance above 745 counts as 745, because
    e**-746 is 0 as a float.
    """
    distance = min(max(o_sums) - min(o_sums), 745.0)
    return (len(o_sums) + 24 + 2 * Fraction(distance)) * Fraction(2) ** -53


def assert_near(what: str, computed: float, true: Fraction, allowed: Fraction) -> None:
    """Assert that a number is finite and differs from the exact number by at most `allowed`, plus a little for underflow."""
    assert math.isfinite(computed), f"{what} is {computed}"
    error = abs(Fraction(computed) - true)
    assert error <= allowed + 3 * Fraction(2) ** -1074, (
        f"{what}: {computed!r}, exactly {float(true):.17g}, allowed {float(allowed):.3g}"
    )


def as_fraction(number: Decimal) -> Fraction:
    """Return a Decimal as a fraction. A number far too small for a float becomes 0."""
    return Fraction(0) if number.is_zero() or number.adjusted() < -400 else Fraction(number)


@pytest.mark.parametrize("o_sums", TRIPLES)
def test_softmax_keeps_every_digit(o_sums: list[float]) -> None:
    with np.errstate(all="ignore"):
        o_nodes = activations.softmax(np.array([o_sums]))
    with localcontext() as context:
        context.prec = 400
        true = softmax([Decimal(z) for z in o_sums], kind_of_type(Decimal))
    for o, loop in enumerate(softmax(o_sums, FLOAT)):
        allowed = as_fraction(true[o]) * roundings(o_sums)
        assert_near(f"o_nodes[{o}], loops", loop, as_fraction(true[o]), allowed)
        assert_near(f"o_nodes[{o}], matrices", float(o_nodes[0, o]), as_fraction(true[o]), allowed)


def loss_of_kind(output: str, o_sums: list[float], targets: list[float], number: Any) -> Any:
    """Return the cross-entropy of the loops, computed with one kind of number."""
    function = {"softmax": softmax_cross_entropy, "sigmoid": sigmoid_cross_entropy}[output]
    return function(kind_of_type(number), [number(z) for z in o_sums], [], [number(t) for t in targets])


def loss_of_matrices(output: str, o_sums: list[float], targets: list[float]) -> float:
    """Return the cross-entropy of one row, computed by `vectorized`."""
    z, t = np.array([o_sums]), np.array([targets])
    with np.errstate(all="ignore"):
        return float(losses.PAIRS[output, "cross_entropy"].total(z, activations.NODES[output](z), t))


@pytest.mark.parametrize("targets", [TARGETS[0], *TARGETS[3:], *thorough((TARGETS[1],), (TARGETS[2],))])
@pytest.mark.parametrize("o_sums", [*TRIPLES[:6], *thorough(*((triple,) for triple in TRIPLES[6:]))])
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_cross_entropy_keeps_every_digit(output: str, o_sums: list[float], targets: list[float]) -> None:
    """The allowed error is relative to the sum of the magnitudes |t * -ln y|."""
    loop, matrix = loss_of_kind(output, o_sums, targets, float), loss_of_matrices(output, o_sums, targets)
    assert math.isfinite(matrix) == math.isfinite(loop)
    if not math.isfinite(loop):
        assert max(o_sums) - min(o_sums) == math.inf or max(map(abs, targets)) > 1
        return
    with localcontext() as context:
        context.prec = 400
        true = as_fraction(loss_of_kind(output, o_sums, targets, Decimal))
        one_hots = [[float(o == at) for o in range(3)] for at in range(3)]
        size = sum(
            abs(Fraction(t)) * as_fraction(loss_of_kind(output, o_sums, one_hot, Decimal))
            for t, one_hot in zip(targets, one_hots, strict=True)
        )
        if output == "sigmoid":  # this loss also has the terms of 1 - t
            size += sum(
                (abs(Fraction(t)) + abs(1 - Fraction(t))) * as_fraction(loss_of_kind(output, [z], [side], Decimal))
                for z, t in zip(o_sums, targets, strict=True)
                for side in ((1.0,) if t == 1 else (0.0,) if t == 0 else (0.0, 1.0))
            )
    assert_near("loss, loops", loop, true, size * roundings(o_sums))
    assert_near("loss, matrices", matrix, true, size * roundings(o_sums))


@pytest.mark.parametrize("label", range(3))
@pytest.mark.parametrize("o_sums", TRIPLES)
def test_the_loss_of_in_place_training_keeps_every_digit(o_sums: list[float], label: int) -> None:
    targets = [float(o == label) for o in range(3)]
    network = vectorized.NeuralNetwork(1, 1, 3, hidden="tanh", weights=[0.0] * 5 + o_sums)
    if max(o_sums) - min(o_sums) == math.inf and o_sums[label] == min(o_sums):
        with pytest.raises(FloatingPointError, match="loss"):
            network.train([[1.0]], [targets])
        return
    [loss] = network.train([[1.0]], [targets])
    with localcontext() as context:
        context.prec = 400
        true = as_fraction(loss_of_kind("softmax", o_sums, targets, Decimal))
    assert_near("loss", loss, true, true * roundings(o_sums))


def test_the_stable_formula_keeps_digits_that_the_logarithm_of_the_output_loses() -> None:
    o_sums, targets = [40.0, 0.0], [1.0, 0.0]
    with localcontext() as context:
        context.prec = 100
        true = as_fraction(loss_of_kind("softmax", o_sums, targets, Decimal))
    allowed = true * roundings(o_sums)
    assert_near("stable", loss_of_kind("softmax", o_sums, targets, float), true, allowed)
    with pytest.raises(AssertionError, match="allowed"):
        assert_near("-ln y", -math.log(softmax(o_sums, FLOAT)[0]), true, allowed)


@pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
def test_training_a_softmax_with_one_output_warns(package: Any) -> None:
    network = package.NeuralNetwork(1, 1, 1)
    with pytest.warns(UserWarning, match="the softmax of one output is always 1"):
        network.train([[1.0]], [[1.0]], epochs=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network.train([[1.0]], [[1.0]])  # no warning for one step, because the oracle and the explanation take single steps
