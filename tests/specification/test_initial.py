"""Initial weights, the order of the samples in each epoch, and the built-in data sets."""

import hashlib
import math
import random
from collections import Counter
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
import vectorized
from reference import Layout, initial_weights
from reference.datasets import digits, gate, iris, one_hot, scaled, split
from reference.datasets.built_in import data_file
from reference.specification.names import INITS
from reference.specification.order import batch_bounds, epoch_keys

both_packages = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
NORMAL = NormalDist()
RANDOM_INITS = [scheme for scheme in INITS if scheme != "ramp"]

# The ih weights and ho weights of a 2-2-1 network with seed 3. They must be the same on every platform and Python version.
STORED_WEIGHTS = {
    "glorot_uniform": (
        [-0.6418529581847772, 0.10833903369368034, -0.31854348564242657, 0.25455106861101034],
        [0.3555907182705599, -1.2288699594455328],
    ),
    "he_normal": (
        [-0.7089558856096119, -0.7634866232983768, 1.2848019367083907, 0.08504715049639344],
        [0.07616655016317964, -3.240003446349874],
    ),
    "truncated_normal": (
        [-0.37057397817261517, -0.18391116708517075, 0.17779535916633904, -0.34032481675967574],
        [0.7009476486127824, 0.4758283474948257],
    ),
    "uniform": (
        [-0.26203537290810863, 0.04422922529595186, -0.13004483345192075, 0.10392003859619448],
        [0.12572030410805402, -0.4344711407601869],
    ),
    "unit_uniform": (
        [0.23796462709189137, 0.5442292252959519, 0.36995516654807925, 0.6039200385961945],
        [0.625720304108054, 0.06552885923981311],
    ),
    "normal": (
        [-0.7089558856096119, -0.7634866232983768, 1.2848019367083907, 0.08504715049639344],
        [0.07616655016317964, -3.240003446349874],
    ),
}


@pytest.mark.parametrize("scheme", STORED_WEIGHTS)
def test_the_initial_weights_never_change(scheme: str) -> None:
    ih_weights, ho_weights = STORED_WEIGHTS[scheme]
    expected = [*ih_weights, 0.0, 0.0, *ho_weights, 0.0]
    assert initial_weights(2, 2, 1, scheme, seed=3) == expected
    random.seed(99)  # has no effect on the weights
    assert initial_weights(2, 2, 1, scheme, 3) == expected
    assert reference.NeuralNetwork(2, 2, 1, init=scheme, seed=3).weights == expected
    assert vectorized.NeuralNetwork(2, 2, 1, init=scheme, seed=3).weights.tolist() == expected
    single = vectorized.NeuralNetwork(2, 2, 1, init=scheme, seed=3, dtype="float32")
    assert single.weights.tolist() == np.array(expected, "f4").tolist()


@pytest.mark.parametrize("scheme", RANDOM_INITS)
def test_only_the_method_random_is_called(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the numbers of random() are guaranteed to be the same in every Python version. `Draws` has no other method."""

    class Draws:
        def __init__(self, seed: int) -> None:
            self.random = random_class(seed).random

    random_class = random.Random
    expected = initial_weights(3, 2, 2, scheme, 1)
    monkeypatch.setattr(random, "Random", Draws)
    assert initial_weights(3, 2, 2, scheme, 1) == expected


def test_every_scheme_except_ramp_has_stored_weights() -> None:
    assert {*STORED_WEIGHTS, "ramp"} == set(INITS)
    assert initial_weights(1, 1, 2, "ramp") == [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
    ramp = initial_weights(30, 30, 30, "ramp")
    assert ramp == [float(f"{k // 100}.{k % 100:02}") for k in range(1, len(ramp) + 1)]


@given(st.sampled_from(INITS), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**70))
def test_a_seed_gives_the_same_weights_again(scheme: str, n_inputs: int, n_hidden: int, n_outputs: int, seed: int) -> None:
    layout = Layout(n_inputs, n_hidden, n_outputs)
    weights = initial_weights(n_inputs, n_hidden, n_outputs, scheme, seed)
    assert len(weights) == layout.n_weights
    assert set(map(type, weights)) == {float}
    assert weights == initial_weights(n_inputs, n_hidden, n_outputs, scheme, seed)
    if scheme != "ramp":
        assert weights != initial_weights(n_inputs, n_hidden, n_outputs, scheme, seed + 1)
        biases = weights[layout.h_biases_at : layout.ho_weights_at] + weights[layout.o_biases_at :]
        assert biases == [0.0] * (n_hidden + n_outputs)
        more_outputs = initial_weights(n_inputs, n_hidden, n_outputs + 3, scheme, seed)
        assert more_outputs[: layout.h_biases_at] == weights[: layout.h_biases_at], "the first layer is drawn first"


def test_weights_are_drawn_in_the_order_of_the_flat_vector() -> None:
    draw = random.Random(7).random
    expected = [draw() - 0.5 for _ in range(6)] + [0.0] * 2 + [draw() - 0.5 for _ in range(8)] + [0.0] * 4
    assert initial_weights(3, 2, 4, "uniform", 7) == expected


@pytest.mark.parametrize("scheme", ["normal", "he_normal", "truncated_normal"])
def test_normal_numbers_are_rounded_to_multiples_of_2_to_the_minus_32(scheme: str) -> None:
    """Without rounding, platforms whose logarithms differ in the last digit would give different weights."""
    layout = Layout(4, 50, 50)
    for seed in range(3):
        weights = initial_weights(4, 50, 50, scheme, seed)
        if scheme == "he_normal":
            unscaled = initial_weights(4, 50, 50, "normal", seed)
            scales = [math.sqrt(2 / 4)] * layout.ho_weights_at + [math.sqrt(2 / 50)] * (layout.n_weights - layout.ho_weights_at)
            assert weights == [x * scale for x, scale in zip(unscaled, scales, strict=True)]
        else:
            assert all((weight * 2**32).is_integer() for weight in weights)
    assert not all((weight * 2**32).is_integer() for weight in initial_weights(4, 50, 50, "glorot_uniform"))


# Range, moments and distribution of the weights of one layer.

LARGE = Layout(200, 200, 200)


def layer(scheme: str, seed: int, sizes: Layout = LARGE, second: bool = False) -> list[float]:
    """Return the weights of one layer, without biases."""
    weights = initial_weights(sizes.n_inputs, sizes.n_hidden, sizes.n_outputs, scheme, seed)
    return weights[sizes.ho_weights_at : sizes.o_biases_at] if second else weights[: sizes.h_biases_at]


def distribution(scheme: str, sizes: Layout, second: bool) -> Any:
    """Return the distribution function of a layer: the expected share of weights below a weight."""
    fan_in, fan_out = (sizes.n_hidden, sizes.n_outputs) if second else (sizes.n_inputs, sizes.n_hidden)
    limit, cut = math.sqrt(6 / (fan_in + fan_out)), 1 / math.sqrt(fan_in)
    return {
        "glorot_uniform": lambda w: (w + limit) / (2 * limit),
        "he_normal": lambda w: NORMAL.cdf(w / math.sqrt(2 / fan_in)),
        "truncated_normal": lambda w: (NORMAL.cdf(w) - NORMAL.cdf(-cut)) / (NORMAL.cdf(cut) - NORMAL.cdf(-cut)),
        "uniform": lambda w: w + 0.5,
        "unit_uniform": lambda w: w,
        "normal": NORMAL.cdf,
    }[scheme]


def chi_square(weights: list[float], share_below: Any, n_bins: int = 40) -> float:
    """Return (chi-square - its mean) / (its standard deviation), for bins of equal probability."""
    counts = Counter(min(int(share_below(weight) * n_bins), n_bins - 1) for weight in weights)
    expected = len(weights) / n_bins
    statistic = sum((counts[at] - expected) ** 2 / expected for at in range(n_bins))
    return (statistic - (n_bins - 1)) / math.sqrt(2 * (n_bins - 1))


@pytest.mark.parametrize("second", [False, True], ids=["ih", "ho"])
@pytest.mark.parametrize("scheme", RANDOM_INITS)
def test_weights_have_the_distribution_of_their_scheme(scheme: str, second: bool) -> None:
    """Every statistic is within five standard deviations of its mean. The seed is fixed, so the result never changes."""
    sizes = Layout(2, 3000, 3) if scheme == "truncated_normal" else Layout(100, 60, 300)
    weights = layer(scheme, 11, sizes, second)
    share_below = distribution(scheme, sizes, second)
    shares = [share_below(weight) for weight in weights]
    assert 0 <= min(shares) < max(shares) <= 1
    assert abs(chi_square(weights, share_below)) < 5
    n = len(shares)
    assert abs(sum(shares) / n - 1 / 2) < 5 * math.sqrt(1 / 12 / n)
    assert abs(sum(share * share for share in shares) / n - 1 / 3) < 5 * math.sqrt(4 / 45 / n)
    products = [(a - 0.5) * (b - 0.5) for a, b in pairwise(shares)]
    assert abs(sum(products) / n) < 5 / 12 / math.sqrt(n), "neighbouring weights are not correlated"


@pytest.mark.parametrize("scheme", RANDOM_INITS)
def test_wrong_distributions_are_found(scheme: str) -> None:
    """The test above rejects weights of other schemes, and weights that are 10 % larger."""
    sizes = Layout(3, 3000, 2)
    for other in RANDOM_INITS:
        far = abs(chi_square(layer(other, 11, sizes), distribution(scheme, sizes, False)))
        assert (far < 5) == (other == scheme), other
    wide = [1.1 * weight for weight in layer(scheme, 11, LARGE)]
    assert abs(chi_square(wide, distribution(scheme, LARGE, False))) > 5


def test_weights_fill_the_range_of_their_scheme() -> None:
    for fan_in in (1, 2, 3, 7, 100):
        sizes = Layout(fan_in, 2000 // fan_in, 5)
        cut = 1 / math.sqrt(fan_in)
        truncated = layer("truncated_normal", 1, sizes)
        assert 0.99 * cut < max(map(abs, truncated)) <= cut
        limit = math.sqrt(6 / (sizes.n_inputs + sizes.n_hidden))
        assert 0.99 * limit < max(map(abs, layer("glorot_uniform", 1, sizes))) <= limit
    assert -0.5 <= min(layer("uniform", 1)) < -0.4999 < 0.4999 < max(layer("uniform", 1)) < 0.5
    assert 0 <= min(layer("unit_uniform", 1)) < 0.0001 < 0.9999 < max(layer("unit_uniform", 1)) < 1


def test_extreme_draws_give_finite_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """random() may return 0, and it may come as close to 1 as 1 - 2**-53. The logarithm of 0 must not occur."""
    for first, second in ((0.0, 0.0), (1 - 2**-53, 1 - 2**-53), (0.0, 1 - 2**-53), (1 - 2**-53, 0.0), (0.5, 0.0)):

        class Draws:
            def __init__(self, seed: int, pair: tuple[float, float] = (first, second)) -> None:
                self.sequence = [*pair] * 10 + [0.5, 0.25] * 10_000

            def random(self) -> float:
                return self.sequence.pop(0)

        with monkeypatch.context() as patched:
            patched.setattr(random, "Random", Draws)
            for scheme in RANDOM_INITS:
                weights = initial_weights(2, 3, 1, scheme)
                assert all(map(math.isfinite, weights))
                assert max(map(abs, weights)) < 9
                if scheme == "truncated_normal":  # also after rounding to multiples of 2**-32
                    assert max(map(abs, weights[:6])) <= 1 / math.sqrt(2)


# The order of the samples.


def test_the_order_of_an_epoch_never_changes() -> None:
    keys = epoch_keys(6, seed=7)
    orders = [sorted(range(6), key=next(keys).__getitem__) for _ in range(3)]
    assert orders == [[3, 1, 0, 5, 4, 2], [2, 0, 4, 5, 3, 1], [2, 3, 0, 4, 1, 5]]


@given(st.integers(1, 50), st.one_of(st.none(), st.integers(1, 60)))
def test_batches_follow_one_another(n_samples: int, batch_size: int | None) -> None:
    bounds = batch_bounds(n_samples, batch_size)
    assert [s for start, end in bounds for s in range(start, end)] == list(range(n_samples))
    sizes = [end - start for start, end in bounds]
    size = min(batch_size or n_samples, n_samples)
    assert all(found == size for found in sizes[:-1])
    assert 1 <= sizes[-1] <= size


def batch_sums(package: Any, n_samples: int, **how: Any) -> list[float]:
    """Return the sum of the targets of each batch, in the order of training.

    In this network, the gradient of the o bias is minus this sum.
    """
    sums: list[float] = []

    class Recorder:
        def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
            sums.append(-float(gradient[-1]))
            return weights

    net = package.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=[0.0] * 4)
    net.train([[0.0]] * n_samples, [[float(s)] for s in range(n_samples)], optimizer=Recorder(), reduction="sum", **how)
    return sums


@both_packages
def test_training_uses_the_samples_in_the_order_of_the_seed(package: Any) -> None:
    first, second, third = [3, 1, 0, 5, 4, 2], [2, 0, 4, 5, 3, 1], [2, 3, 0, 4, 1, 5]
    assert batch_sums(package, 6, epochs=3, batch_size=1, shuffle=7) == first + second + third
    assert batch_sums(package, 6, epochs=1, batch_size=1, shuffle=7) == first, "every training starts with the first order"
    assert batch_sums(package, 6, epochs=2, batch_size=4, shuffle=7) == [9, 6, 11, 4]
    assert batch_sums(package, 6, epochs=2, batch_size=1) == [0, 1, 2, 3, 4, 5] * 2
    assert batch_sums(package, 6, epochs=2, batch_size=4) == [6, 9] * 2
    assert batch_sums(package, 6, epochs=2, shuffle=7) == [15, 15]
    assert batch_sums(package, 1, epochs=3, shuffle=0) == [0.0] * 3


@given(st.integers(1, 12), st.integers(1, 13), st.integers(0, 2**70), st.integers(1, 3))
def test_both_packages_use_every_sample_once_per_epoch(n_samples: int, batch_size: int, seed: int, epochs: int) -> None:
    how = {"epochs": epochs, "shuffle": seed}
    loops, matrices = (batch_sums(package, n_samples, batch_size=batch_size, **how) for package in (reference, vectorized))
    assert loops == matrices
    one_by_one = batch_sums(vectorized, n_samples, batch_size=1, **how)
    for epoch in range(epochs):
        assert sorted(one_by_one[epoch * n_samples : (epoch + 1) * n_samples]) == list(range(n_samples))


def test_all_orders_are_equally_likely() -> None:
    """Four samples have 24 orders. Chi-square of their counts is within five standard deviations of its mean."""
    keys = epoch_keys(4, seed=1)
    counts = Counter(tuple(sorted(range(4), key=next(keys).__getitem__)) for _ in range(24_000))
    assert len(counts) == 24
    statistic = sum((count - 1000) ** 2 / 1000 for count in counts.values())
    assert abs(statistic - 23) < 5 * math.sqrt(2 * 23)


# The data sets.


def test_the_data_files_never_change() -> None:
    checksums = {name: hashlib.sha256(data_file(name)).hexdigest() for name in ("iris.csv", "digits.csv.gz")}
    assert checksums == {
        "iris.csv": "b6b8efc86732bc48c9fbddba53e2c191fd4f263c0ee98e2b1b7d3543e8d2121d",
        "digits.csv.gz": "0f622aac121cc3fc5d83397199887f8019d6db33381d033e73e300a2ce17c1ed",
    }


def test_gate() -> None:
    data = gate()
    assert [tuple(map(int, row)) for row in data.inputs] == [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    assert data.labels == [1, 0, 0, 0, 0, 0, 0, 1]
    assert data.targets == [[float(label)] for label in data.labels]


def test_iris() -> None:
    """The numbers are from Fisher's table. Rows 34 and 37 of the UCI copy have other numbers."""
    data = iris()
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert data.labels == [0] * 50 + [1] * 50 + [2] * 50
    assert len(data.columns) == 4
    assert [round(sum(column), 1) for column in zip(*data.inputs, strict=True)] == [876.5, 458.6, 563.7, 179.9]
    assert data.inputs[34] == [4.9, 3.1, 1.5, 0.2]
    assert data.inputs[37] == [4.9, 3.6, 1.4, 0.1]


def test_digits() -> None:
    data = digits()
    assert data.classes == tuple("0123456789")
    assert [data.labels.count(label) for label in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert {len(row) for row in data.inputs} == {64} == {len(data.columns)}
    assert {pixel for row in data.inputs for pixel in row} == set(map(float, range(17)))
    assert sum(map(sum, data.inputs)) == 561718
    assert max(max(row) for row in scaled(data, 16).inputs) == 1
    assert max(max(row) for row in data.inputs) == 16, "scaling returns a copy"


@pytest.mark.parametrize("load", [gate, iris, digits])
def test_inputs_targets_and_labels_match(load: Any) -> None:
    data = load()
    assert len(data.inputs) == len(data.targets) == len(data.labels)
    if len(data.targets[0]) > 1:
        assert data.targets == [one_hot(label, len(data.classes)) for label in data.labels]
    again = load()
    data.inputs[0][0] = 99.0
    assert again.inputs[0][0] != 99
    assert load().inputs == again.inputs, "every call returns new lists"


@pytest.mark.parametrize("load", [gate, iris, digits])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.3])
def test_a_split_is_disjoint_and_complete(load: Any, part: float) -> None:
    data = load()
    for number, row in enumerate(data.inputs):
        row.append(number)  # makes every row unique
    training, test = split(data, part, seed=4)
    assert len(test.inputs) == round(part * len(data.inputs))
    numbers = [int(row[-1]) for row in training.inputs + test.inputs]
    assert sorted(numbers) == list(range(len(data.inputs)))
    for subset in (training, test):
        for row, target, label in zip(subset.inputs, subset.targets, subset.labels, strict=True):
            number = int(row[-1])
            assert (row, target, label) == (data.inputs[number], data.targets[number], data.labels[number])
        assert (subset.columns, subset.classes) == (data.columns, data.classes)
    assert split(data, part, seed=4) == (training, test)
    assert split(data, part, seed=5) != (training, test)


def test_the_split_of_the_digits_never_changes() -> None:
    _, test = split(digits(), seed=0)
    assert test.labels[:20] == [6, 9, 8, 4, 1, 6, 4, 1, 2, 3, 6, 8, 3, 8, 7, 2, 7, 1, 0, 1]
    assert [test.labels.count(label) for label in range(10)] == [36, 36, 35, 37, 36, 36, 36, 36, 35, 36]
