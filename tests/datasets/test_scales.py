"""Scaling: the shift and divisor of each scheme, and the inverse."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference.datasets import Dataset, scaled
from reference.datasets.scales import Scaling, scaling

columns = st.lists(st.integers(-(2**20), 2**20).map(float), min_size=1, max_size=40)
constants = pytest.mark.parametrize("value", [0.1, 0.2, 0.7, 16.3, -1e-3, 0.0, 1e300, 5e-324])


@given(columns)
@example([0.0])
@example([-7.0, 7.0])
def test_shift_and_divisor_of_each_scheme(column: list[float]) -> None:
    """For whole numbers, only the mean and the standard deviation are rounded."""
    rows = [[x, -2 * x] for x in column]
    spread = max(column) - min(column)
    assert scaling(rows, "none") == Scaling([0.0, 0.0], [1.0, 1.0])
    largest = max(map(abs, column))
    assert scaling(rows, "max") == Scaling([0.0, 0.0], [largest or 1.0, 2 * largest or 1.0])
    assert scaling(rows, "minmax") == Scaling([min(column), -2 * max(column)], [spread or 1.0, 2 * spread or 1.0])
    standard = scaling(rows, "standard")
    exact = sum(map(Fraction, column)) / len(column)
    assert standard.shift == [float(exact), float(-2 * exact)]
    variance = sum((Fraction(x) - exact) ** 2 for x in column) / len(column)
    if variance == 0:
        assert standard.divisor == [1.0, 1.0]
    else:
        for at, factor in enumerate((1, 4)):
            assert abs(Fraction(standard.divisor[at]) ** 2 / (factor * variance) - 1) <= Fraction(2) ** -48


@pytest.mark.parametrize("scheme", ["max", "minmax", "standard"])
@pytest.mark.parametrize("n_samples", [1, 2, 3, 10, 1025])
@constants
def test_the_divisor_of_a_constant_column_is_no_rounding_error(scheme: str, n_samples: int, value: float) -> None:
    """If the divisor were a rounding error such as 1e-17, any other value would become huge."""
    scale = scaling([[value]] * n_samples, scheme)
    assert scale.divisor == [abs(value) or 1.0 if scheme == "max" else 1.0]
    assert scale.shift == [0.0 if scheme == "max" else value]


@pytest.mark.parametrize("scheme", ["none", "max", "minmax", "standard"])
def test_undo_reverses_apply(scheme: str) -> None:
    """All divisors here are powers of two, so scaling loses no digits."""
    rows = [[0.0, -8.0], [4.0, 8.0], [0.0, -8.0], [4.0, 8.0]]
    scale = scaling(rows, scheme)
    scaled_rows = scale.apply(rows)
    assert rows == [[0.0, -8.0], [4.0, 8.0], [0.0, -8.0], [4.0, 8.0]]
    expected = {
        "none": rows,
        "max": [[0.0, -1.0], [1.0, 1.0]] * 2,
        "minmax": [[0.0, 0.0], [1.0, 1.0]] * 2,
        "standard": [[-1.0, -1.0], [1.0, 1.0]] * 2,
    }
    assert scaled_rows == expected[scheme]
    assert scale.undo(scaled_rows) == rows
    data = Dataset(rows, [[1.0]] * 4, [], ("a", "b"), (), ("y",))
    assert scaled(data, 2) == data._replace(inputs=[[x / 2 for x in row] for row in rows])


def test_wrong_schemes_and_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'minmax'"):
        scaling([[1.0]], "minmx")
    for scheme in ("none", "standard"):
        with pytest.raises(ValueError, match="rows is empty"):
            scaling([], scheme)
    with pytest.raises(ValueError, match="too large for scale 'minmax'"):
        scaling([[1.0, 1.7e308], [2.0, -1.7e308]], "minmax")
    assert scaling([[1.7e308], [-1.7e308]], "max").divisor == [1.7e308]
