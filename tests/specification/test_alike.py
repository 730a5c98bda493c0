"""Both packages accept the same inputs and refuse wrong input with the same message. NumPy's messages never appear."""

import codecs
import datetime
import io
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
import vectorized
from tests.strategies import PAIRS

PACKAGES = (reference, vectorized)
BOTH = pytest.mark.parametrize("package", PACKAGES, ids=["reference", "vectorized"])
X, Y = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]


def network(package: Any, **how: Any) -> Any:
    return package.NeuralNetwork(2, 2, 2, init="ramp", **how)


def optimizer_returning(answer: Any) -> Any:
    return type("Own", (), {"step": lambda self, weights, gradient, rate: answer})()


def plain(answer: Any) -> Any:
    if isinstance(answer, list | tuple | np.ndarray):
        return [plain(each) for each in answer]
    return float(answer) if isinstance(answer, float | np.generic) else answer


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return plain(call())
    except ValueError as error:
        return str(error)


def matrix(rows: Any, dtype: str = "float64") -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix(rows, dtype=dtype)


# Calls that accept a pair of numbers, by the place where the pair is passed.
PLACES: dict[str, Callable[[Any, Any], Any]] = {
    "inputs": lambda package, pair: network(package).forward(pair).h_sums,
    "targets": lambda package, pair: network(package).loss_of([1.0, 2.0], pair),
    "weights": lambda package, pair: package.NeuralNetwork(1, 1, 1, weights=[1.0, 2.0, *pair]).weights,
    "ih_weights": lambda package, pair: blocks(package, [pair], [1.0, 2.0]).weights,
    "h_biases": lambda package, pair: blocks(package, [[1.0, 2.0]], pair).weights,
    "weights of a step": lambda package, pair: package.SGD().step(pair, [1.0, 2.0], 0.5),
    "gradient of a step": lambda package, pair: package.SGD().step([1.0, 2.0], pair, 0.5),
    "gradient of a single-precision step": lambda package, pair: package.SGD().step(np.array([1, 2], np.float32), pair, 0.5),
    "optimizer's answer": lambda package, pair: weights_from_optimizer(package, [*pair, *pair]),
}
ONE_NUMBER: dict[str, Callable[[Any, Any], Any]] = {
    "learning_rate": lambda package, x: network(package).train(X, Y, learning_rate=x),
    "learning_rate of an epoch": lambda package, x: network(package).train(X, Y, learning_rate=lambda epoch: x),
    "learning_rate of a step": lambda package, x: package.SGD().step([1.0, 2.0], [1.0, 1.0], x),
    "l2": lambda package, x: network(package).loss_of(X, Y, l2=x),
    "momentum": lambda package, x: package.SGD(momentum=x),
    "beta1": lambda package, x: package.Adam(beta1=x),
    "epsilon": lambda package, x: package.RMSProp(epsilon=x),
}
WHOLE_NUMBER: dict[str, Callable[[Any, Any], Any]] = {
    "epochs": lambda package, x: network(package).train(X, Y, epochs=x),
    "batch_size": lambda package, x: network(package).train(X, Y, batch_size=x),
    "shuffle": lambda package, x: network(package).train(X, Y, shuffle=x),
    "n_inputs": lambda package, x: package.NeuralNetwork(x, 2, 2),
    "seed": lambda package, x: package.NeuralNetwork(2, 2, 2, seed=x),
}


def blocks(package: Any, ih_weights: Any, h_biases: Any) -> Any:
    return package.NeuralNetwork.from_blocks(ih_weights, h_biases, [[1.0], [2.0]], [1.0], hidden="relu", output="identity")


def weights_from_optimizer(package: Any, answer: Any) -> Any:
    net = package.NeuralNetwork(1, 1, 1, output="identity", weights=[1.0, 2.0, 3.0, 4.0])
    net.train([[1.0]], [[1.0]], optimizer=optimizer_returning(answer))
    return net.weights


def timedelta_without_unit(n: int) -> np.timedelta64:
    """Return a timedelta64 without a unit, which NumPy deprecates from 2.5 on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return np.timedelta64(n)


NOT_NUMBERS = {
    "zero-dimensional arrays": [np.array(1.0), np.array(2.0)],
    "a number and a zero-dimensional array": [2.0, np.array(1.0)],
    "a zero-dimensional masked array": [2.0, np.ma.array(1.0)],
    "timedeltas in ns": np.array([1, 2], "m8[ns]"),
    "timedeltas in days": np.array([1, 2], "m8[D]"),
    "dates in ns": np.array([1, 2], "M8[ns]"),
    "dates": np.array([1, 2], "M8[D]"),
    "a list of timedeltas": [np.timedelta64(1, "ns"), np.timedelta64(2, "ns")],
    "a list of timedeltas without a unit": [timedelta_without_unit(1), timedelta_without_unit(2)],
    "a list of dates": [np.datetime64(1, "ns"), np.datetime64(2, "ns")],
    "Python's dates": [datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)],
    "Python's timedeltas": [datetime.timedelta(1), datetime.timedelta(2)],
    "complex": np.array([1, 2], "c16"),
    "strings": np.array(["1", "2"]),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NOT_NUMBERS)
def test_both_refuse_what_is_not_a_number_in_the_same_words(name: str, place: str) -> None:
    loops, matrices = (outcome(lambda package=package: PLACES[place](package, NOT_NUMBERS[name])) for package in PACKAGES)
    assert loops == matrices
    assert "not a number" in loops


@pytest.mark.parametrize("place", [*ONE_NUMBER, *WHOLE_NUMBER])
@pytest.mark.parametrize("x", [np.array(0.5), timedelta_without_unit(1), np.timedelta64(1, "ns"), np.datetime64(1, "ns")])
def test_both_refuse_a_setting_that_is_not_a_number_in_the_same_words(place: str, x: Any) -> None:
    loops, matrices = (outcome(lambda package=package: (ONE_NUMBER | WHOLE_NUMBER)[place](package, x)) for package in PACKAGES)
    assert loops == matrices
    assert "not a number" in loops or "expected a" in loops


@BOTH
@pytest.mark.parametrize("place", WHOLE_NUMBER)
def test_whole_numbers_of_numpy_are_accepted_but_booleans_and_floats_are_refused(package: Any, place: str) -> None:
    for x in (np.int8(3), np.uint64(3), np.array(3)):
        assert repr(WHOLE_NUMBER[place](package, x)) == repr(WHOLE_NUMBER[place](package, 3))
    for x in (True, np.True_, 3.0, np.float64(3), np.array([3])):
        with pytest.raises(ValueError, match="expected a whole number"):
            WHOLE_NUMBER[place](package, x)


# "weights" and "optimizer's answer" are left out: their calls unpack the array, which already fails.
@pytest.mark.parametrize("place", sorted(set(PLACES) - {"weights", "optimizer's answer"}))
def test_a_zero_dimensional_array_is_not_a_list(place: str) -> None:
    loops, matrices = (outcome(lambda package=package: PLACES[place](package, np.array(1.0))) for package in PACKAGES)
    assert loops == matrices
    assert "expected a list, a tuple or a NumPy array of numbers" in loops


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64"])
def test_a_numpy_matrix_counts_as_a_two_dimensional_array(dtype: str) -> None:
    as_matrix, as_array = matrix(X, dtype), np.array(X, dtype)
    for package in PACKAGES:
        net = network(package)
        assert plain(net.forward(as_matrix)) == plain(net.forward(as_array))
        assert plain(net.backward(as_matrix, as_matrix)) == plain(net.backward(as_array, as_array))
        assert plain(net.predict(as_matrix[0])) == plain(net.predict(as_array[:1])), "a row of a matrix is a batch of one"
        assert plain(blocks(package, as_matrix, [1.0, 2.0]).weights) == plain(blocks(package, as_array, [1.0, 2.0]).weights)
    flat = matrix([[1, 2, 3, 4]], dtype)
    refusals = {outcome(lambda package=package: package.NeuralNetwork(1, 1, 1, weights=flat)) for package in PACKAGES}
    assert len(refusals) == 1
    assert "(1, 4), expected (4,)" in refusals.pop()


@pytest.mark.parametrize("weights", [np.array([1, 2, 3, 4], np.float16), [np.float16(1), 2.0, 3.0, 4.0]])
def test_only_the_loops_accept_half_precision_weights(weights: Any) -> None:
    assert type(reference.NeuralNetwork(1, 1, 1, weights=weights).predict([1.0])[0]) is np.float16
    with pytest.raises(ValueError, match=r"^weights are float16; give them as float32 or float64, or use reference"):
        vectorized.NeuralNetwork(1, 1, 1, weights=weights)
    net = vectorized.NeuralNetwork(1, 1, 1)
    with pytest.raises(ValueError, match=r"^weights are float16"):
        net.weights = weights
    with pytest.raises(ValueError, match=r"^weights are float16"):
        vectorized.SGD().step(weights, [1.0] * 4, 0.5)
    for package in PACKAGES:  # both accept half-precision inputs and gradients
        assert plain(network(package).predict(np.array(X, np.float16))) == plain(network(package).predict(X))
        assert plain(package.SGD().step([1.0, 2.0], np.array([0.5, 0.25], np.float16), 1.0)) == [0.5, 1.75]


@BOTH
@pytest.mark.parametrize("optimizer", ["SGD()", "SGD(0.9)", "RMSProp()", "Adam()"])
def test_a_gradient_is_converted_to_the_precision_of_the_weights(package: Any, optimizer: str) -> None:
    weights, single = [0.1, 0.2, 0.3], np.array([0.1, 0.7, 1.3], np.float32)
    double = single.astype(float)
    first, second = (eval(optimizer, vars(package)) for _ in range(2))
    for _ in range(3):
        answer = first.step(weights, single, 0.1)
        assert plain(answer) == plain(second.step(weights, double, 0.1))
        assert {type(x) for x in plain(answer)} == {float}
        weights = plain(answer)
    assert getattr(answer, "dtype", np.float64) == np.float64


@pytest.mark.parametrize(
    "make", [lambda x: np.array(x, np.float32), lambda x: [np.float32(w) for w in x]], ids=["array", "list"]
)
def test_single_precision_weights_step_in_single_precision(make: Any) -> None:
    weights, gradient = make([0.1, 0.2]), [0.1, 0.7]
    loops, matrices = (package.SGD().step(weights, gradient, 0.1) for package in PACKAGES)
    assert {type(w) for w in loops} == {np.float32}
    assert matrices.dtype == np.float32
    assert plain(loops) == plain(matrices)


def test_both_refuse_rows_with_a_zero_dimensional_array() -> None:
    rows = [[np.array(0.5), 0.25], [1.0, 2.0]]
    assert {outcome(lambda package=package: network(package).predict(rows)) for package in PACKAGES} == {
        "inputs[0][0] is array(0.5), not a number"
    }


@pytest.mark.parametrize("optimizer", ["SGD()", "RMSProp()", "Adam()"])
def test_both_refuse_a_learning_rate_too_large_for_float32(optimizer: str) -> None:
    weights = np.array([1, 2], np.float32)
    messages = {
        outcome(lambda package=package: eval(optimizer, vars(package)).step(weights, [1.0, 2.0], 1e300)) for package in PACKAGES
    }
    assert messages == {"learning_rate is 1e+300, too large for a float32; scale it down"}


@BOTH
def test_a_text_writer_over_a_binary_file_is_accepted(package: Any, tmp_path: Path) -> None:
    """A codecs writer accepts text, although its mode says binary."""
    net = network(package)
    with open(tmp_path / "net.json", "wb") as file:
        net.save(codecs.getwriter("utf-8")(file))
    assert plain(package.NeuralNetwork.load(tmp_path / "net.json").weights) == plain(net.weights)


@BOTH
@pytest.mark.parametrize("mode", ["w+", "w+b"])
def test_an_open_file_may_be_text_or_binary(package: Any, mode: str, tmp_path: Path) -> None:
    net = network(package)
    in_memory = io.StringIO() if mode == "w+" else io.BytesIO()
    with open(tmp_path / "net.json", mode) as on_disk, tempfile.TemporaryFile(mode) as without_a_name:
        for file in (in_memory, on_disk, without_a_name):
            net.save(file)
            file.seek(0)
            assert plain(package.NeuralNetwork.load(file).weights) == plain(net.weights)


# NumPy's own warnings and messages never appear.

LARGEST = {"float64": 1.7976931348623157e308, "float32": 3.4028234663852886e38}


def check_finite_or_named(net: Any, method: str, *arguments: Any, **how: Any) -> None:
    """Assert that a result is finite, or that our own message names the overflow. A warning is an error in all tests."""
    message = ""
    try:
        answer = getattr(net, method)(*arguments, **how)
    except FloatingPointError as error:
        answer, message = (), str(error)
    assert not message or "overflows" in message
    assert "encountered" not in message, "this message is from NumPy"
    assert all(np.isfinite(part).all() for part in (answer if isinstance(answer, tuple) else [answer]))
    assert np.isfinite(net.weights).all()


@pytest.mark.parametrize("dtype", LARGEST)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("method", ["loss_of", "backward", "train"])
def test_targets_whose_sum_overflows_give_no_warning(method: str, output: str, loss: str, dtype: str) -> None:
    large = LARGEST[dtype]
    for targets in ([[large, large], [0.5, 1.0]], [[large, -large], [large, large]], [[-large, -large], [1.0, 1.0]]):
        net = vectorized.NeuralNetwork(2, 3, 2, output=output, loss=loss, dtype=dtype)
        check_finite_or_named(net, method, X, targets)


@given(st.data())
def test_numbers_of_any_size_give_no_warning(data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(list(LARGEST)))
    number = st.floats(-LARGEST[dtype], LARGEST[dtype], width=64 if dtype == "float64" else 32)
    rows = st.lists(st.lists(number, min_size=2, max_size=2), min_size=2, max_size=2)
    output, loss = data.draw(st.sampled_from(PAIRS))
    weights = data.draw(st.lists(number, min_size=12, max_size=12))
    net = vectorized.NeuralNetwork(2, 2, 2, hidden="relu", output=output, loss=loss, weights=weights, dtype=dtype)
    inputs, targets = data.draw(rows), data.draw(rows)
    optimizer = eval(data.draw(st.sampled_from(["SGD()", "SGD(0.9, True)", "RMSProp()", "Adam()"])), vars(vectorized))
    check_finite_or_named(net, "loss_of", inputs, targets)
    check_finite_or_named(net, "backward", inputs, targets)
    check_finite_or_named(net, "train", inputs, targets, optimizer=optimizer, batch_size=1, shuffle=0, epochs=2)
