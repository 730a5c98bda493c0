"""Both packages refuse wrong arguments with the same message, and a refused call changes nothing."""

import copy
import math
import pickle
import time
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import reference
import reference.specification.door
import vectorized
import vectorized.door
from reference.numbers.kinds import FLOAT, kind_of_type
from reference.specification import names
from tests.strategies import cases
from vectorized.libraries import NUMPY, Form

PACKAGES = [reference, vectorized]
both_packages = pytest.mark.parametrize("package", PACKAGES, ids=["reference", "vectorized"])
both_precisions = pytest.mark.parametrize("dtype", ["float64", "float32"])
NAN, INF = math.nan, math.inf
INPUTS, TARGETS = [[0.5, 0, 1], [1, 0.25, 0], [0, 1, 0.75]], [[1, 0], [0, 1], [1, 0]]


def refusal(call: Callable[[], object], error: type[Exception] = ValueError) -> str:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    return str(caught.value)


def network(package: Any, dtype: str = "float64", sizes: tuple[int, int, int] = (3, 2, 2), **names: Any) -> Any:
    if package is vectorized:
        return vectorized.NeuralNetwork(*sizes, init="ramp", dtype=dtype, **names)
    weights = np.array(reference.initial_weights(*sizes, "ramp"), dtype)
    return reference.NeuralNetwork(*sizes, weights=weights, **names)


def train(package: Any, **how: Any) -> list[float]:
    """Return the weights after training."""
    net = network(package)
    net.train(INPUTS, TARGETS, **how)
    return plain(net.weights)


def plain(result: Any) -> Any:
    if isinstance(result, tuple):
        return [plain(part) for part in result]
    return np.asarray(result, float).tolist()


class ArrayLike:
    """An object that NumPy can convert to an array, but that is no array."""

    def __init__(self, values: Any) -> None:
        self.values = np.array(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values

    def __len__(self) -> int:
        return len(self.values)


# Wrong inputs of a 3-2-2 network, and the message of both packages.

SHAPE = "expected (3,) for one sample or (n_samples, 3) for a batch, as n_inputs is 3"
COLUMN = f"{SHAPE}; one sample is a list of 3 numbers, not a column"
LIST = "expected a list, a tuple or a NumPy array of numbers"
ROUND = "which a float cannot hold exactly; round it"
BEYOND = "too large for a float; scale it down"
abc = "'abcabcabcabcabcabcabcabcabc...cabcabcabcabcabcabcabcabcabc'"

BAD_INPUTS = [
    ([1, 2], f"inputs has shape (2,); {SHAPE}"),
    (np.ones(4), f"inputs has shape (4,); {SHAPE}"),
    ([], f"inputs is empty; {SHAPE}"),
    (np.ones((0, 3)), f"inputs is empty; {SHAPE}"),
    ([[]], f"inputs[0] has shape (0,) in a batch of 1; {SHAPE}"),
    (np.ones((3, 0)), f"inputs[0] has shape (0,) in a batch of 3; {SHAPE}"),
    ([[1, 2, 3], [1, 2]], f"inputs[1] has shape (2,) in a batch of 2; {SHAPE}"),
    ([[1, 2, 3], [1, 2, 3, 4]], f"inputs[1] has shape (4,) in a batch of 2; {SHAPE}"),
    (np.array([[1, 2, 3], [1, 2]], object), f"inputs[1] has shape (2,) in a batch of 2; {SHAPE}"),
    ([[1, 2, 3], 4], f"inputs[1] is 4 in a batch of 2; {SHAPE}"),
    ([[1, 2, 3], "abc"], f"inputs[1] is 'abc' in a batch of 2; {SHAPE}"),
    ([4, [1, 2, 3]], f"inputs has shape (2,); {SHAPE}"),
    ([4, [5], 6], "inputs[1] is [5], not a number"),
    ([[1], [2], [3]], f"inputs[0] has shape (1,) in a batch of 3; {COLUMN}"),
    (np.ones((3, 1)), f"inputs[0] has shape (1,) in a batch of 3; {COLUMN}"),
    (np.ones((5, 1)), f"inputs[0] has shape (1,) in a batch of 5; {SHAPE}"),
    (np.ones((3, 5)), f"inputs[0] has shape (5,) in a batch of 3; {SHAPE}"),
    (np.ones((1, 1, 3)), f"inputs[0] has shape (1, 3) in a batch of 1; {SHAPE}"),
    (np.ones((2, 3, 3)), "inputs[0][0] is [1.0, 1.0, 1.0], not a number"),
    ([np.ones(1), np.ones(1), np.ones(1)], f"inputs[0] has shape (1,) in a batch of 3; {COLUMN}"),
    (np.zeros(3, [("a", float)]), f"inputs[0] has shape (1,) in a batch of 3; {COLUMN}"),
    (np.array(3.0), f"inputs is array(3.), {LIST}"),
    (3.0, f"inputs is 3.0, {LIST}"),
    (np.float64(3), f"inputs is np.float64(3.0), {LIST}"),
    (None, f"inputs is None, {LIST}"),
    ("abc", f"inputs is 'abc', {LIST}"),
    ("abc" * 1000, f"inputs is {abc}, {LIST}"),
    (b"abc", f"inputs is b'abc', {LIST}"),
    (bytearray(b"abc"), f"inputs is bytearray(b'abc'), {LIST}"),
    ({0: 1, 1: 2, 2: 3}, f"inputs is {{0: 1, 1: 2, 2: 3}}, {LIST}"),
    ({1, 2, 3}, f"inputs is {{1, 2, 3}}, {LIST}"),
    (range(3), f"inputs is range(0, 3), {LIST}"),
    (deque([1, 2, 3]), f"inputs is deque([1, 2, 3]), {LIST}"),
    (float, f"inputs is <class 'float'>, {LIST}"),
    (np.ndarray, f"inputs is <class 'numpy.ndarray'>, {LIST}"),
    ([1, NAN, 3], "inputs[1] is nan, not a finite number"),
    (np.array([1, NAN, 3]), "inputs[1] is nan, not a finite number"),
    ([[1, 2, 3], [4, 5, NAN]], "inputs[1][2] is nan, not a finite number"),
    (np.array([[1, 2, 3], [-INF, 5, 6]]), "inputs[1][0] is -inf, not a finite number"),
    ([INF, -INF, 0], "inputs[0] is inf, not a finite number"),
    ([Decimal("NaN"), 2, 3], "inputs[0] is Decimal('NaN'), not a finite number"),
    ([Decimal("sNaN"), 2, 3], "inputs[0] is Decimal('sNaN'), not a finite number"),
    ([1, None, 3], "inputs[1] is None, not a number"),
    (np.array([1, None, 3]), "inputs[1] is None, not a number"),
    (["1", "2", "3"], "inputs[0] is '1', not a number"),
    ([[1, 2, "3"]], "inputs[0][2] is '3', not a number"),
    (np.array(["1", "2", "3"]), "inputs[0] is '1', not a number"),
    (np.array([b"1", b"2", b"3"]), "inputs[0] is b'1', not a number"),
    ([np.str_("1")] * 3, "inputs[0] is np.str_('1'), not a number"),
    ([1, 2, 3j], "inputs[2] is 3j, not a number"),
    (np.array([1 + 0j, 2, 3]), "inputs[0] is (1+0j), not a number"),
    ([np.complex64(1), 2, 3], "inputs[0] is np.complex64(1+0j), not a number"),
    (np.array([1, 2, 3], "M8[D]"), "inputs[0] is np.datetime64('1970-01-02'), not a number"),
    ([np.datetime64(1, "D"), 2, 3], "inputs[0] is np.datetime64('1970-01-02'), not a number"),
    ([np.timedelta64(1, "D"), 2, 3], "inputs[0] is np.timedelta64(1,'D'), not a number"),
    (np.ma.array([1.0, 2, 3], mask=[0, 1, 0]), "inputs[1] is None, not a number"),
    (np.ma.array([1, 2, 3], "f4", mask=[0, 1, 0]), "inputs[1] is masked, not a number"),
    ([np.ma.array([1.0, 2, 3], mask=[0, 0, 1])], "inputs[0][2] is None, not a number"),
    ([1.0, 2.0, np.ma.masked], "inputs[2] is masked, not a number"),
    ([np.array(1.0), np.array(2.0), np.array(3.0)], "inputs[0] is array(1.), not a number"),
    ([2**53 + 1, 2, 3], f"inputs[0] is 9007199254740993, {ROUND}"),
    ([2**53 + 1, 0.5, 3], f"inputs[0] is 9007199254740993, {ROUND}"),
    (np.array([[1, 2, 2**53 + 1]]), f"inputs[0][2] is 9007199254740993, {ROUND}"),
    ([10**400, 2, 3], f"inputs[0] is 100000000000000000...0000000000000000000, {BEYOND}"),
    ([Decimal("0.1"), 2, 3], f"inputs[0] is Decimal('0.1'), {ROUND}, or use reference with Decimal weights"),
    ([[1, 2, Fraction(1, 3)]], f"inputs[0][2] is Fraction(1, 3), {ROUND}, or use reference with Fraction weights"),
]


@both_packages
@pytest.mark.parametrize(("bad", "message"), BAD_INPUTS)
def test_bad_inputs_are_refused_in_the_same_words(package: Any, bad: Any, message: str) -> None:
    assert refusal(lambda: network(package).predict(bad)) == message


@both_packages
def test_a_number_too_long_to_print_is_refused(package: Any) -> None:
    message = refusal(lambda: network(package).predict([10**5000, 2, 3]))
    assert message.startswith("inputs[0] is ")
    assert message.endswith(BEYOND)
    assert len(message) < 200


@both_packages
def test_an_object_that_converts_to_a_zero_dimensional_array_is_refused(package: Any) -> None:
    assert refusal(lambda: network(package).predict(ArrayLike(3.0))).endswith(LIST)


@both_packages
def test_iterators_and_memoryviews_are_refused(package: Any) -> None:
    for bad in ((x for x in [1, 2, 3]), map(float, [1, 2, 3]), iter([1, 2, 3]), memoryview(np.ones(3))):
        assert refusal(lambda bad=bad: network(package).predict(bad)).endswith(f" at 0x{id(bad):x}>, {LIST}")


def test_extended_precision_is_refused_where_double_precision_would_round_it() -> None:
    third = np.longdouble(1) / 3
    if third == float(third):
        pytest.skip("long double is double on this platform")
    for bad in ([third, 2, 3], np.array([third, 2, 3]), [[1, 2, third]], [np.array([third, 2, 3])]):
        messages = {refusal(lambda package=package, bad=bad: network(package).predict(bad)) for package in PACKAGES}
        assert len(messages) == 1
        assert ROUND in messages.pop()


@both_packages
def test_single_precision_has_its_own_range(package: Any) -> None:
    net, beyond = network(package, "float32"), "too large for a float32; scale it down"
    for bad in ([1, 1e39, 3], (1, 1e39, 3), np.array([1, 1e39, 3])):
        assert refusal(lambda bad=bad: net.predict(bad)) == f"inputs[1] is 1e+39, {beyond}"
    assert refusal(lambda: net.predict([[1, 2, 3], [1, 2, -1e39]])) == f"inputs[1][2] is -1e+39, {beyond}"
    assert refusal(lambda: net.loss_of([1, 2, 3], [0, 1e39])) == f"targets[1] is 1e+39, {beyond}"
    assert refusal(lambda: net.loss_of(INPUTS, TARGETS, l2=1e39)) == f"l2 is 1e+39, {beyond}"
    assert refusal(lambda: net.train(INPUTS, TARGETS, l2=1e39)) == f"l2 is 1e+39, {beyond}"
    assert refusal(lambda: net.train(INPUTS, TARGETS, learning_rate=1e39)) == f"learning_rate is 1e+39, {beyond}"
    assert np.isfinite(net.predict([3.4e37, 0.1, 1e-50])).all()


SAME_NUMBERS = [
    (1, 2, 3),
    [1.0, 2.0, 3.0],
    [np.float64(1), np.int8(2), np.float32(3)],
    *(np.array([1, 2, 3], dtype) for dtype in ("f2", "f4", "g", "u1", "u8", "i8", ">f8", object)),
    np.array([1, 0, 2, 0, 3, 0.0])[::2],
    np.array([3.0, 2, 1])[::-1],
    np.array([[1.0, 0], [2, 0], [3, 0]])[:, 0],
    np.ma.array([1.0, 2, 3]),
    ArrayLike([1.0, 2, 3]),
    [Decimal(1), Decimal("2.0"), 3],
    [Fraction(1), Fraction(4, 2), 3],
]


@both_packages
@pytest.mark.parametrize("values", SAME_NUMBERS)
def test_equal_numbers_of_other_types_give_equal_results(package: Any, values: Any) -> None:
    net = network(package)
    assert plain(net.forward(values)) == plain(net.forward([1, 2, 3]))
    assert plain(net.forward([values, values])) == plain(net.forward([[1, 2, 3], [1, 2, 3]]))


rows = np.arange(6.0).reshape(2, 3)
SAME_ROWS = [
    rows,
    np.asfortranarray(rows),
    rows.astype(int),
    rows.astype(object),
    tuple(map(tuple, rows)),
    list(rows),
    [rows[0], rows[1].tolist()],
    ArrayLike(rows),
    [ArrayLike(row) for row in rows],
    np.ma.array(rows),
    np.repeat(rows, 2, axis=0)[::2],
]


@both_packages
@pytest.mark.parametrize("values", SAME_ROWS)
def test_equal_rows_of_other_types_give_equal_results(package: Any, values: Any) -> None:
    net = network(package)
    assert plain(net.forward(values)) == plain(net.forward(rows.tolist()))


@both_packages
def test_booleans_and_the_smallest_and_largest_numbers_are_accepted(package: Any) -> None:
    net = network(package, hidden="tanh", output="tanh")
    expected = plain(net.forward([1, 0, 1]))
    for values in ([True, False, True], [np.True_, np.False_, np.True_], np.array([True, False, True])):
        assert plain(net.forward(values)) == expected
    extremes = [5e-324, -0.0, 1.7e308]
    for values in (extremes, np.array(extremes), np.array([extremes])):
        assert np.isfinite(net.predict(values)).all()


# For any input, both packages read the same numbers or raise the same message.

finite_numbers = st.floats(allow_nan=False, allow_infinity=False)
numbers_of_numpy = [np.float32(0.1), np.float16(0.1), np.float64(0.1), np.int8(3), np.uint64(2**64 - 1), np.True_]
other_scalars_of_numpy = [np.longdouble(1) / 3, np.complex128(1), np.str_("1"), np.bytes_(b"1"), np.datetime64(1, "s")]
atoms = st.one_of(
    finite_numbers,
    st.floats(),
    st.integers(-3, 3),
    st.integers(),
    st.sampled_from([2**53, 2**53 + 1, 2**64, 10**400, -(2**63)]),
    st.booleans(),
    st.none(),
    st.sampled_from(["1", "", "nan", b"1", 1j, NAN, INF, {}, {1}, float, range(2), object()]),
    st.decimals(allow_nan=True, places=2),
    st.fractions(-4, 4, max_denominator=4),
    st.sampled_from(numbers_of_numpy + other_scalars_of_numpy),
)
shapes = st.one_of(
    st.just((2,)), st.tuples(st.integers(0, 3), st.integers(1, 3)), arrays.array_shapes(min_dims=1, max_dims=3, min_side=0)
)
dtypes = st.sampled_from(["f8", "f4", "f2", "i8", "u8", "i1", "?", "c16", "U2", "S2", "M8[s]", ">f8", "O"])


@st.composite
def some_arrays(draw: st.DrawFn) -> Any:
    dtype = draw(dtypes)
    array = draw(arrays.arrays(dtype, draw(shapes), elements=atoms if dtype == "O" else None))
    return draw(st.sampled_from([array, array.T, array[::-1]]))


some_rows = st.one_of(st.lists(atoms, max_size=3), st.lists(atoms, min_size=2, max_size=2), st.tuples(finite_numbers, atoms))
things = st.one_of(
    some_rows,
    st.lists(some_rows, max_size=3),
    st.lists(st.one_of(some_rows, some_arrays(), atoms), max_size=3),
    some_arrays(),
    some_arrays().map(ArrayLike),
    atoms,
    st.recursive(atoms, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
)


@given(things, st.sampled_from(["f8", "f4"]))
@example([2**53 + 1, 0.5], "f8")
@example([[2**53 + 1, 0.5]], "f8")
@example(np.array([2**63, 1], "u8"), "f8")
@example([[range(2)], [range(2)]], "f8")
@example([np.ones(2), np.ones(2)], "f8")
@example([[1.0, 1e39]], "f4")
@example(np.ma.array([[1, 2]], mask=[[1, 0]]), "f8")
def test_both_packages_read_any_rows_alike(thing: Any, dtype: str) -> None:
    def answer(rows_of: Callable[..., Any], form: Any) -> Any:
        try:
            found, is_one_sample = rows_of(thing, 2, "n_inputs", "inputs", form)
        except ValueError as error:
            return str(error)
        assert np.isfinite(np.array(found, float)).all()
        return [list(map(float, row)) for row in found], is_one_sample

    kind = kind_of_type(np.dtype(dtype).type)
    loops = answer(reference.specification.door.rows_of, kind)
    assert answer(vectorized.door.rows_of, Form(NUMPY, np.dtype(dtype).name)) == loops
    if isinstance(loops, str):
        assert loops.startswith("inputs")


def test_good_arrays_are_checked_without_a_loop() -> None:
    """A loop over these five million numbers would take more than half a second."""
    big = np.ones((10_000, 100))
    start = time.perf_counter()
    for values in (big, big.astype("f4"), big.astype(int), big.T.copy().T, 1e200 * big):
        vectorized.door.rows_of(values, 100, "n_inputs", "inputs", Form(NUMPY, "float64"))
    assert time.perf_counter() - start < 0.5


# Targets, weights, blocks.

PAIR = "give one row of targets for each row of inputs"
TARGET_SHAPE = "expected (2,) for one sample or (n_samples, 2) for a batch, as n_outputs is 2"
CLASSES = f"targets has shape (4,); {TARGET_SHAPE}; give one row of numbers for each sample, not class numbers"

BAD_TARGETS = [
    (np.ones((4, 3)), [0, 1, 1, 0], CLASSES),
    (np.ones((2, 3)), [0, 1], f"inputs has shape (2, 3) and targets has (2,); {PAIR}"),
    (np.ones(3), 1, f"targets is 1, {LIST}"),
    (np.ones((3, 3)), np.ones((2, 2)), f"inputs has shape (3, 3) and targets has (2, 2); {PAIR}"),
    (np.ones((3, 3)), np.ones((1, 2)), f"inputs has shape (3, 3) and targets has (1, 2); {PAIR}"),
    (np.ones(3), np.ones((1, 2)), f"inputs has shape (3,) and targets has (1, 2); {PAIR}"),
    (np.ones((1, 3)), np.ones(2), f"inputs has shape (1, 3) and targets has (2,); {PAIR}"),
    (np.ones((4, 3)), np.ones((4, 1)), f"targets[0] has shape (1,) in a batch of 4; {TARGET_SHAPE}"),
    (np.ones((2, 3)), [[0, 1], [NAN, 0]], "targets[1][0] is nan, not a finite number"),
    (np.ones((2, 3)), [["cat", "dog"], ["dog", "cat"]], "targets[0][0] is 'cat', not a number"),
    ([NAN, 2, 3], [NAN, 0], "inputs[0] is nan, not a finite number"),
]


@both_packages
@pytest.mark.parametrize("method", ["loss_of", "backward", "train"])
@pytest.mark.parametrize(("inputs", "targets", "message"), BAD_TARGETS)
def test_bad_targets_are_refused_in_the_same_words(package: Any, inputs: Any, targets: Any, message: str, method: str) -> None:
    net = network(package)
    before = plain(net.weights)
    assert refusal(lambda: getattr(net, method)(inputs, targets)) == message
    assert plain(net.weights) == before


FLAT = "expected (14,), the flat vector of a 3-2-2 network; use from_blocks for matrices"
MIXED = "weights mixes Decimal and Fraction; use only one of them (it may be mixed with floats)"

BAD_WEIGHTS = [
    ([1.0] * 13, f"weights has shape (13,), {FLAT}"),
    ([1.0], f"weights has shape (1,), {FLAT}"),
    ([], f"weights has shape (0,), {FLAT}"),
    (np.ones((1, 14)), f"weights has shape (1, 14), {FLAT}"),
    (np.ones((14, 1)), f"weights has shape (14, 1), {FLAT}"),
    (1.0, f"weights is 1.0, {LIST}"),
    (np.array(1.0), f"weights is array(1.), {LIST}"),
    ("ramp", f"weights is 'ramp', {LIST}"),
    ([0.0] * 7 + [NAN] + [0.0] * 6, "weights[7] (b->h1) is nan, not a finite number"),
    (np.array([0.0] * 13 + [INF]), "weights[13] (b->o1) is inf, not a finite number"),
    ([0.0] * 13 + [None], "weights[13] is None, not a number"),
    (["0"] * 14, "weights[0] is '0', not a number"),
    ([0.0] * 13 + [[1.0]], "weights[13] is [1.0], not a number"),
    ([Decimal("0.1"), Fraction(1, 3)] * 7, MIXED),
    ([2**53 + 1] + [0] * 13, f"weights[0] (i0->h0) is 9007199254740993, {ROUND}"),
]


@both_packages
@pytest.mark.parametrize(("bad", "message"), BAD_WEIGHTS)
def test_bad_weights_are_refused_and_change_nothing(package: Any, bad: Any, message: str) -> None:
    net = network(package)
    before = plain(net.weights), plain(net.predict([1, 2, 3]))
    assert refusal(lambda: setattr(net, "weights", bad)) == message
    assert (plain(net.weights), plain(net.predict([1, 2, 3]))) == before
    assert refusal(lambda: package.NeuralNetwork(3, 2, 2, weights=bad)) == message


def test_vectorized_refuses_weights_that_its_dtype_cannot_hold() -> None:
    weights = [Fraction(1, 3)] + [Fraction(1)] * 13
    assert reference.NeuralNetwork(3, 2, 2, weights=weights).weights == weights
    assert refusal(lambda: vectorized.NeuralNetwork(3, 2, 2, weights=weights)) == (
        f"weights[0] (i0->h0) is Fraction(1, 3), {ROUND}, or use reference with Fraction weights"
    )
    assert refusal(lambda: vectorized.NeuralNetwork(3, 2, 2, weights=[1e39] * 14, dtype="float32")) == (
        "weights[0] (i0->h0) is 1e+39, too large for a float32; scale it down"
    )


IH, HB, HO, OB = np.ones((3, 2)), np.ones(2), np.ones((2, 4)), np.ones(4)
TO_TWO = "expected (2,), as the weights lead to 2 nodes"
IN_OUT, OUT_IN = "matrices are (in, out) unless transposed=True", "matrices are (out, in) with transposed=True"

BAD_BLOCKS = [
    ((IH.T, np.ones(3), HO.T, OB), f"ho_weights has shape (4, 2), expected (3, 2), as ih_weights has 3 hidden nodes; {IN_OUT}"),
    ((IH, [1], HO, OB), f"h_biases has shape (1,), {TO_TWO}"),
    ((IH, [], HO, OB), f"h_biases has shape (0,), {TO_TWO}"),
    ((IH, HB[:, None], HO, OB), f"h_biases has shape (2, 1), {TO_TWO}"),
    ((IH, HB, HO, OB[None]), "o_biases has shape (1, 4), expected (4,), as the weights lead to 4 nodes"),
    ((IH, None, HO, OB), f"h_biases is None, {LIST}"),
    (([[1, 2], [3]], HB, HO, OB), "ih_weights[1] has shape (1,), expected (2,): every row needs 2 numbers"),
    ((np.ones((3, 2, 1)), HB, HO, OB), "ih_weights[0] has shape (2, 1), expected (2,): every row needs 2 numbers"),
    ((np.ones(6), HB, HO, OB), f"ih_weights[0] is 1.0, {LIST}"),
    (([], HB, HO, OB), "ih_weights is empty, expected rows of numbers"),
    ((IH, HB, [[], []], OB), "ho_weights is empty, expected rows of numbers"),
    ((IH, [1, NAN], HO, OB), "weights[7] (b->h1) is nan, not a finite number"),
    ((IH, ["1", "2"], HO, OB), "weights[6] is '1', not a number"),
]


@both_packages
@pytest.mark.parametrize(("blocks", "message"), BAD_BLOCKS)
def test_bad_blocks_are_refused_in_the_same_words(package: Any, blocks: Any, message: str) -> None:
    assert refusal(lambda: package.NeuralNetwork.from_blocks(*blocks, hidden="relu", output="identity")) == message


@both_packages
def test_transposed_blocks_need_transposed_true(package: Any) -> None:
    def from_blocks(*blocks: Any, transposed: Any) -> Any:
        return package.NeuralNetwork.from_blocks(*blocks, hidden="relu", output="identity", transposed=transposed)

    assert refusal(lambda: from_blocks(IH, HB, HO, OB, transposed=True)) == (
        f"ho_weights has shape (2, 4), expected (2, 3), as ih_weights has 3 hidden nodes; {OUT_IN}"
    )
    assert refusal(lambda: from_blocks(IH, HB, HO, OB, transposed="no")) == "transposed is 'no', expected True or False"
    ih, ho = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)
    net = from_blocks(ih.T, HB, ho.T, OB, transposed=True)
    assert plain(net.blocks()) == plain((ih, HB, ho, OB))
    assert plain(from_blocks(*net.blocks(), transposed=False).weights) == plain(net.weights)


# Sizes, names and settings.

WHOLE, NATURAL = "expected a whole number of at least 0", "expected a whole number of at least 1"
RATE, PART = "expected a finite number of at least 0", "expected a finite number of at least 0 and below 1"
POSITIVE, TRUTH = "expected a finite number above 0", "expected True or False"
HIDDEN, OUTPUT = (f"not one of {', '.join(known)}" for known in (names.HIDDEN, names.OUTPUT))
LOSS = f"not one of {', '.join(names.LOSSES)}"
INIT = "not one of glorot_uniform, he_normal, truncated_normal, uniform, unit_uniform, normal, ramp"

BAD_NETWORKS = [
    *(("n_inputs", bad, NATURAL) for bad in (0, -1, 2.0, "3", None, True, NAN, np.float64(3), [3])),
    ("n_hidden", 0, NATURAL),
    ("n_outputs", 0.5, NATURAL),
    *(("seed", bad, WHOLE) for bad in (-1, 1.5, None, "1", True)),
    ("hidden", "sigmiod", f"{HIDDEN}; did you mean 'sigmoid'?"),
    ("hidden", "ReLU", f"{HIDDEN}; did you mean 'relu'?"),
    ("hidden", "leaky", f"{HIDDEN}; did you mean 'leaky_relu'?"),
    ("hidden", "softmax", HIDDEN),
    ("output", "soft_max", f"{OUTPUT}; did you mean 'softmax'?"),
    ("output", None, OUTPUT),
    ("loss", "mean_square_error", f"{LOSS}; did you mean 'mean_squared_error'?"),
    ("loss", "crossentropy", f"{LOSS}; did you mean 'cross_entropy'?"),
    ("loss", 0, LOSS),
    ("init", "glorot", f"{INIT}; did you mean 'glorot_uniform'?"),
    ("init", ["normal"], INIT),
]


@both_packages
@pytest.mark.parametrize(("setting", "bad", "expected"), BAD_NETWORKS)
def test_bad_networks_are_refused_in_the_same_words(package: Any, setting: str, bad: Any, expected: str) -> None:
    how = {"n_inputs": 1, "n_hidden": 1, "n_outputs": 1} | {setting: bad}
    assert refusal(lambda: package.NeuralNetwork(**how)) == f"{setting} is {bad!r}, {expected}"


@both_packages
def test_cross_entropy_needs_softmax_or_sigmoid_outputs(package: Any) -> None:
    assert refusal(lambda: package.NeuralNetwork(1, 1, 1, output="relu", loss="cross_entropy")) == (
        "loss 'cross_entropy' needs output 'softmax' or 'sigmoid'; output is 'relu'"
    )


@both_packages
@pytest.mark.parametrize("sizes", [(10**6, 10**6, 1), (10**12, 1, 1), (1, 10**400, 1)])
def test_a_network_beyond_memory_is_refused_before_it_is_allocated(
    package: Any, sizes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allocate(*_: Any) -> None:
        raise AssertionError("weights were allocated for a network that memory cannot hold")

    monkeypatch.setattr("reference.specification.interface.initial_weights", allocate)
    monkeypatch.setattr(np, "empty", allocate)
    message = refusal(lambda: package.NeuralNetwork(*sizes))
    assert "GiB for its weights, but this machine has" in message
    assert len(message) < 200


def test_dtype_is_float64_or_float32() -> None:
    float16 = "dtype is 'float16', not one of float64, float32; did you mean 'float64'?"
    assert refusal(lambda: vectorized.NeuralNetwork(1, 1, 1, dtype="float16")) == float16
    assert refusal(lambda: vectorized.NeuralNetwork(1, 1, 1, dtype=np.float16)) == float16
    assert vectorized.NeuralNetwork(1, 1, 1, dtype=None).dtype == "float64"
    assert vectorized.NeuralNetwork(1, 1, 1, dtype=np.float32).dtype == "float32"


@both_packages
def test_sizes_may_be_whole_numbers_of_numpy(package: Any) -> None:
    net = package.NeuralNetwork(np.int64(3), np.uint8(2), np.array(2), seed=np.int32(5))
    assert (net.n_inputs, net.n_hidden, net.n_outputs, net.n_weights) == (3, 2, 2, 14)
    assert type(net.n_hidden) is int
    assert plain(net.weights) == reference.initial_weights(3, 2, 2, seed=5)


STEPPER = "expected SGD(), RMSProp(), Adam() or another object with a method step"
BAD_NUMBERS = (-0.1, NAN, INF, "0.1", None, 1j, np.complex128(1), [0.1, 0.2], np.array([0.1]), np.array(0.1), Decimal("NaN"))

BAD_SETTINGS = [
    *(("epochs", bad, WHOLE) for bad in (-1, 0.5, None, True, "10", NAN, [1])),
    *(("learning_rate", bad, RATE) for bad in BAD_NUMBERS),
    *(("l2", bad, RATE) for bad in BAD_NUMBERS),
    *(("batch_size", bad, NATURAL) for bad in (0, -1, 2.0, True, "all")),
    *(("shuffle", bad, WHOLE) for bad in (-1, True, False, 1.5, "yes")),
    *(("optimizer", bad, STEPPER) for bad in ("adam", 0, float, vectorized.SGD, reference.Adam)),
    *(("train_biases", bad, TRUTH) for bad in ("False", None, 0, 1)),
    ("reduction", "sums", "not one of mean, sum; did you mean 'sum'?"),
    ("reduction", None, "not one of mean, sum"),
    ("rule", "backprop", "not one of backpropagation, error_splitting; did you mean 'backpropagation'?"),
    ("on_epoch", 5, "expected a function or None"),
    ("learning_rate", Fraction(1, 3), f"{ROUND}, or use reference with Fraction weights"),
    ("l2", Decimal("0.1"), f"{ROUND}, or use reference with Decimal weights"),
]


@both_packages
@pytest.mark.parametrize(("setting", "bad", "expected"), BAD_SETTINGS)
def test_bad_settings_are_refused_before_anything_is_trained(package: Any, setting: str, bad: Any, expected: str) -> None:
    net = network(package)
    before = plain(net.weights)
    message = f"{setting} is {bad!r}, {expected}"
    assert refusal(lambda: net.train(INPUTS, TARGETS, **{setting: bad})) == message
    assert plain(net.weights) == before
    if setting in ("l2", "reduction"):
        assert refusal(lambda: net.loss_of(INPUTS, TARGETS, **{setting: bad})) == message
    if setting in ("l2", "reduction", "rule"):
        assert refusal(lambda: net.backward(INPUTS, TARGETS, **{setting: bad})) == message
    if setting == "learning_rate" and RATE in message:
        message = message.replace("rate", "rate of epoch 0")
        assert refusal(lambda: net.train(INPUTS, TARGETS, learning_rate=lambda epoch: bad)) == message
        assert plain(net.weights) == before


BAD_OPTIMIZERS = [
    *(("SGD", "momentum", bad, PART) for bad in (*BAD_NUMBERS, 1, 1.5)),
    ("SGD", "nesterov", "no", TRUTH),
    ("SGD", "nesterov", 1, TRUTH),
    ("RMSProp", "decay", 1.0, PART),
    ("RMSProp", "epsilon", 0, POSITIVE),
    ("Adam", "beta1", -0.5, PART),
    ("Adam", "beta2", Decimal(1), PART),
    ("Adam", "epsilon", INF, POSITIVE),
    ("Adam", "epsilon", "1e-8", POSITIVE),
]


@both_packages
@pytest.mark.parametrize(("optimizer", "setting", "bad", "expected"), BAD_OPTIMIZERS)
def test_bad_optimizers_are_refused_in_the_same_words(
    package: Any, optimizer: str, setting: str, bad: Any, expected: str
) -> None:
    assert refusal(lambda: getattr(package, optimizer)(**{setting: bad})) == f"{setting} is {bad!r}, {expected}"


@both_packages
def test_a_bad_rate_in_a_later_epoch_keeps_the_training_so_far(package: Any) -> None:
    net = network(package)
    rates = [0.5, 0.25, "x"]
    assert refusal(lambda: net.train(INPUTS, TARGETS, epochs=5, learning_rate=rates.__getitem__, batch_size=2)) == (
        f"learning_rate of epoch 2 is 'x', {RATE}"
    )
    assert plain(net.weights) == train(package, epochs=2, learning_rate=rates.__getitem__, batch_size=2)


@both_packages
def test_settings_at_their_limits_and_of_other_types_are_accepted(package: Any) -> None:
    initial, after_one = plain(network(package).weights), train(package)
    assert network(package).train(INPUTS, TARGETS, epochs=0) == []
    assert initial == train(package, epochs=0) == train(package, epochs=2, learning_rate=0) != after_one
    assert train(package, batch_size=1000) == after_one
    assert (
        train(package, epochs=np.int8(1), learning_rate=np.float64(0.1), batch_size=np.int64(3), l2=np.float64(0)) == after_one
    )
    assert train(package, train_biases=np.True_) == after_one != train(package, train_biases=np.False_)
    assert train(package, learning_rate=Fraction(1, 8), l2=Decimal("0.5")) == train(package, learning_rate=0.125, l2=0.5)
    assert train(package, learning_rate=1) == train(package, learning_rate=lambda epoch: np.float32(1))


# Optimizers.


@both_packages
@pytest.mark.parametrize("make", ["SGD()", "SGD(0.5)", "RMSProp()", "Adam()"])
def test_an_optimizer_refuses_another_number_of_weights(package: Any, make: str) -> None:
    optimizer = eval(make, vars(package))
    assert refusal(lambda: optimizer.step([1.0, 2.0], [1.0], 0.1)) == "gradient has 1 entries, weights have 2"
    first = plain(optimizer.step([1.0, 2.0], [1.0, 1.0], 0.1))
    assert first == plain(eval(make, vars(package)).step([1.0, 2.0], [1.0, 1.0], 0.1)), "the refused step changed the optimizer"
    expected = "this optimizer was used with 2 weights, not {}; make one for each network"
    assert refusal(lambda: optimizer.step([1.0] * 3, [1.0] * 3, 0.1)) == expected.format(3)
    assert refusal(lambda: optimizer.step([1.0], [1.0], 0.1)) == expected.format(1)
    net = network(package)
    before = plain(net.weights)
    assert refusal(lambda: net.train(INPUTS, TARGETS, optimizer=optimizer)) == expected.format(14)
    assert plain(net.weights) == before


@both_packages
@pytest.mark.parametrize("make", ["SGD()", "SGD(0.5, True)", "RMSProp()", "Adam()"])
def test_a_step_raises_an_error_instead_of_returning_nan(package: Any, make: str) -> None:
    for weights, gradient, rate in (([1.0], [NAN], 0.1), ([NAN], [1.0], 0.1), ([1.0], [1.0], NAN), ([1.0], [INF], 0.1)):
        with pytest.raises((ValueError, FloatingPointError)):
            eval(make, vars(package)).step(weights, gradient, rate)
    for weights, gradient, rate in ((["1"], ["2"], 0.1), ([1.0], [2.0], "0.1"), ([1.0], [None], 0.1), ([[1.0]], [[1.0]], 0.1)):
        with pytest.raises((ValueError, TypeError)):
            eval(make, vars(package)).step(weights, gradient, rate)


@both_packages
@pytest.mark.parametrize("make", ["SGD(0.5)", "RMSProp()", "Adam()"])
def test_an_optimizer_keeps_its_state_between_trainings(package: Any, make: str) -> None:
    same, new, optimizer = network(package), network(package), eval(make, vars(package))
    for _ in range(2):
        same.train(INPUTS, TARGETS, optimizer=optimizer)
        new.train(INPUTS, TARGETS, optimizer=eval(make, vars(package)))
    at_once = train(package, epochs=2, optimizer=eval(make, vars(package)))
    assert plain(same.weights) == at_once != plain(new.weights)


# Overflow.

LARGE = {"float64": 1e200, "float32": 1e30}  # the square of this number overflows
MIDDLING = {"float64": 1e150, "float32": 1e15}  # the square does not overflow, but the product with LARGE does


@both_packages
@both_precisions
def test_an_overflow_names_its_stage_and_node(package: Any, dtype: str) -> None:
    large, linear = LARGE[dtype], {"hidden": "identity", "output": "identity"}

    def net(**weights: float) -> Any:
        """Return a 2-3-2 network with these weights. All other weights are 0."""
        result = network(package, dtype, (2, 3, 2), **linear)
        flat = np.zeros(result.n_weights, dtype)
        for edge, weight in weights.items():
            flat[reference.Layout(2, 3, 2).position(edge.replace("_", "->"))] = weight
        result.weights = flat
        return result

    advice = "it overflows; scale the inputs or the weights down"
    assert refusal(lambda: net(i1_h2=large).predict([0, large]), FloatingPointError) == f"h_sums[2] is inf: {advice}"
    assert refusal(lambda: net(i1_h2=-large).classify([[0, 1], [0, 1], [0, large]]), FloatingPointError) == (
        f"h_sums[2] of sample 2 is -inf: {advice}"
    )
    o_overflow = net(i0_h1=1, h1_o1=large)
    assert refusal(lambda: o_overflow.forward([large, 0]), FloatingPointError) == f"o_sums[1] is inf: {advice}"
    assert (
        refusal(lambda: o_overflow.forward([[1, 1], [large, 0]]), FloatingPointError)
        == f"o_sums[1] of sample 1 is inf: {advice}"
    )
    loss_overflow = net(i0_h1=1, h1_o1=1)
    for method in (loss_overflow.loss_of, loss_overflow.backward):
        assert refusal(lambda method=method: method([large, 0], [0, 0]), FloatingPointError) == f"loss is inf: {advice}"
    delta_overflow, middling = net(h2_o1=large), MIDDLING[dtype]
    rows, targets = [[0, 0], [0, 0]], [[0, 0], [0, middling]]
    assert (
        refusal(lambda: delta_overflow.backward(rows, targets), FloatingPointError)
        == f"h_deltas[2] of sample 1 is -inf: {advice}"
    )
    gradient_overflow = net(h2_o1=1)
    message = refusal(lambda: gradient_overflow.backward([[0, 0], [0, large]], targets), FloatingPointError)
    assert message == "gradient[5] (i1->h2) is -inf: it overflows"


@both_packages
@both_precisions
@pytest.mark.parametrize("optimizer", ["SGD()", "SGD(0.9)", "SGD(0.9, True)", "RMSProp()", "Adam()"])
def test_training_that_diverges_keeps_the_last_finite_step(package: Any, dtype: str, optimizer: str) -> None:
    """The inputs grow until a number overflows. Exactly the steps before the overflow are kept."""
    inputs = [[4.0**k, 0, 1] for k in range(512 if dtype == "float64" else 64)]
    targets = [[1, 0]] * len(inputs)
    names = {"hidden": "leaky_relu", "output": "identity"}
    net = network(package, dtype, **names)
    how = {"batch_size": 1, "learning_rate": 1e-6}
    message = refusal(lambda: net.train(inputs, targets, optimizer=eval(optimizer, vars(package)), **how), FloatingPointError)
    assert message.startswith("training diverged in epoch 0, batch ")
    assert message.endswith("The weights are those of the last finite step; try a smaller learning_rate")
    batch = int(message.split("batch ")[1].split(":")[0])
    assert np.isfinite(net.weights).all()
    again = network(package, dtype, **names)
    assert 5 < batch < len(inputs)
    again.train(inputs[:batch], targets[:batch], optimizer=eval(optimizer, vars(package)), **how)
    assert plain(net.weights) == plain(again.weights)
    assert refusal(lambda: again.train(inputs[batch:], targets[batch:], **how), FloatingPointError)


@both_precisions
@given(st.data())
def test_every_result_is_finite_or_an_error(dtype: str, data: st.DataObject) -> None:
    """Warnings are errors in all tests, so a warning fails, too."""
    case = data.draw(cases(64 if dtype == "float64" else 32))
    pair, loss = (case.inputs, case.targets), {"reduction": case.reduction, "l2": case.l2}
    for package in PACKAGES:
        net = case.network(package, np.array(case.weights, dtype), **({"dtype": dtype} if package is vectorized else {}))
        for ask in (
            lambda net=net: net.forward(case.inputs),
            lambda net=net: net.loss_of(*pair, **loss),
            lambda net=net: net.backward(*pair, **case.how),
            lambda net=net: net.train(*pair, **case.how, learning_rate=1e3, epochs=2, batch_size=2),
            lambda net=net: net.weights,
        ):
            try:
                answer = ask()
            except FloatingPointError:
                continue
            for part in answer if isinstance(answer, tuple) else [answer]:
                assert np.isfinite(np.asarray(part, float)).all(), (package.__name__, answer)


# Data, weights and results are copied.


@both_packages
def test_results_never_change_later(package: Any) -> None:
    net = network(package, hidden="identity", output="identity")
    optimizer = package.Adam()
    inputs, targets = np.array(INPUTS), np.array(TARGETS, float)

    def ask() -> list[Any]:
        parts = [net.weights, *net.blocks(), net.classify(inputs), net.train(inputs, targets, optimizer=optimizer)]
        for values, row_targets in ((inputs, targets), (inputs[0], targets[0])):
            parts += [*net.forward(values), net.predict(values), *net.backward(values, row_targets)]
        return parts

    results = ask()
    copies = copy.deepcopy(results)
    ask()
    net.weights = np.ones(14)
    ask()
    inputs[:] = targets[:] = 7
    ask()
    for result, before in zip(results, copies, strict=True):
        assert plain(result) == plain(before)


@both_packages
def test_changing_a_result_changes_nothing_else(package: Any) -> None:
    net = network(package, hidden="identity", output="identity")
    expected = plain(net.forward(INPUTS)), plain(net.backward(INPUTS, TARGETS)), plain(net.weights)
    for results in (net.forward(INPUTS), net.backward(INPUTS, TARGETS), net.blocks(), (net.weights,)):
        copies = copy.deepcopy(results)
        for at, result in enumerate(results):
            if not isinstance(result, list | np.ndarray):
                continue
            for entry in result if isinstance(result[0], list) else [result]:
                entry[:] = [99.0] * len(entry) if isinstance(entry, list) else 99.0
            for other in range(at + 1, len(results)):
                assert plain(results[other]) == plain(copies[other]), "two results share their numbers"
    assert (plain(net.forward(INPUTS)), plain(net.backward(INPUTS, TARGETS)), plain(net.weights)) == expected


@both_packages
def test_weights_are_copied_when_they_are_set_or_read(package: Any) -> None:
    for values in ([1.0] * 14, np.ones(14), np.ones(14, "f4")):
        net = package.NeuralNetwork(3, 2, 2, weights=values)
        values[0] = 99.0
        assert net.weights[0] == 1
        values = copy.copy(values)
        net.weights = values
        values[1] = 77.0
        assert net.weights[1] == 1
        net.weights[2] = 55.0
        assert net.weights[2] == 1


@both_packages
def test_training_does_not_change_its_arguments(package: Any) -> None:
    inputs, targets, weights = np.array(INPUTS), np.array(TARGETS, float), np.linspace(-1, 1, 14)
    for array in (inputs, targets, weights):
        array.flags.writeable = False
    for optimizer in (package.SGD(0.5), package.RMSProp(), package.Adam()):
        net = package.NeuralNetwork(3, 2, 2, hidden="identity", output="identity", weights=weights)
        net.train(inputs, targets, epochs=3, batch_size=2, shuffle=1, l2=0.5, optimizer=optimizer)
    assert inputs.tolist() == np.array(INPUTS).tolist()
    assert targets.tolist() == np.array(TARGETS).tolist()


# Training that is interrupted, or whose callbacks change the network or the data.


class Interruption(BaseException):
    """Used instead of KeyboardInterrupt, because an uncaught KeyboardInterrupt would stop all tests."""


@both_packages
def test_an_interruption_between_epochs_keeps_whole_epochs(package: Any) -> None:
    def stop(epoch: int, *_: Any) -> Any:
        if epoch == 1:
            raise Interruption
        return 0.5

    how = {"batch_size": 2, "shuffle": 3}
    after_two, after_one = network(package), network(package)
    after_two.train(INPUTS, TARGETS, epochs=2, learning_rate=0.5, **how)
    after_one.train(INPUTS, TARGETS, epochs=1, learning_rate=0.5, **how)
    net = network(package)
    with pytest.raises(Interruption):
        net.train(INPUTS, TARGETS, epochs=4, learning_rate=0.5, on_epoch=stop, **how)
    assert plain(net.weights) == plain(after_two.weights)
    net = network(package)
    with pytest.raises(Interruption):
        net.train(INPUTS, TARGETS, epochs=4, learning_rate=stop, **how)
    assert plain(net.weights) == plain(after_one.weights)
    net.train(INPUTS, TARGETS)
    assert np.isfinite(net.weights).all()


@both_packages
def test_an_interruption_within_an_epoch_keeps_whole_steps(package: Any) -> None:
    class Interrupted:
        steps = 0

        def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
            self.steps += 1
            if self.steps == 3:
                raise Interruption
            return package.SGD().step(weights, gradient, learning_rate)

    net, two = network(package), network(package)
    with pytest.raises(Interruption):
        net.train(INPUTS, TARGETS, batch_size=1, optimizer=Interrupted())
    two.train(INPUTS[:2], TARGETS[:2], batch_size=1)
    assert plain(net.weights) == plain(two.weights)


@both_packages
def test_on_epoch_sees_and_may_set_the_weights(package: Any) -> None:
    start = [k / 8 for k in range(-7, 7)]
    net, history = network(package), []

    def on_epoch(epoch: int, loss: Any) -> None:
        history.append((epoch, float(loss), plain(net.weights)))
        if epoch == 0:
            net.weights = start

    losses = net.train(INPUTS, TARGETS, epochs=2, on_epoch=on_epoch)
    fresh = package.NeuralNetwork(3, 2, 2, weights=start)
    fresh.train(INPUTS, TARGETS)
    once = network(package)
    once.train(INPUTS, TARGETS)
    assert [epoch for epoch, _, _ in history] == [0, 1]
    assert [loss for _, loss, _ in history] == plain(losses)
    assert history[0][2] == plain(once.weights)
    assert history[1][2] == plain(net.weights) == plain(fresh.weights)


@both_packages
@pytest.mark.parametrize("shuffle", [None, 1])
@pytest.mark.parametrize("convert", [np.array, np.ndarray.tolist], ids=["array", "lists"])
def test_changing_the_data_during_training_has_no_effect(package: Any, shuffle: Any, convert: Any) -> None:
    for original_inputs, original_targets in ((INPUTS, TARGETS), (INPUTS[0], TARGETS[0])):
        inputs, targets = convert(np.array(original_inputs, float)), convert(np.array(original_targets, float))

        def spoil(*_: Any, parts: Any = (inputs, targets)) -> None:
            for part in parts:
                for at, entry in enumerate(part):
                    if isinstance(entry, list):
                        entry[:] = [7.0] * len(entry)
                    else:
                        part[at] = 7.0

        spoiled, unspoiled = network(package), network(package)
        spoiled.train(inputs, targets, epochs=3, batch_size=2, shuffle=shuffle, on_epoch=spoil)
        unspoiled.train(original_inputs, original_targets, epochs=3, batch_size=2, shuffle=shuffle)
        assert plain(spoiled.weights) == plain(unspoiled.weights)


@both_packages
def test_on_epoch_may_use_the_network(package: Any) -> None:
    def use(net: Any) -> None:
        net.predict(INPUTS)
        net.backward(INPUTS[:1], TARGETS[:1])
        net.loss_of(INPUTS, TARGETS)

    net, alone = network(package), network(package)
    net.train(INPUTS, TARGETS, epochs=3, batch_size=2, on_epoch=lambda *_: use(net))
    alone.train(INPUTS, TARGETS, epochs=3, batch_size=2)
    assert plain(net.weights) == plain(alone.weights)


# Copies and pickles.


@both_packages
@both_precisions
@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "deepcopy", "pickle"]
)
def test_copies_of_a_network_are_independent(package: Any, dtype: str, duplicate: Any, tmp_path: Any) -> None:
    net = network(package, dtype, hidden="tanh", output="sigmoid", loss="squared_error")
    other = duplicate(net)
    assert repr(other) == repr(net)
    assert plain(other.forward(INPUTS)) == plain(net.forward(INPUTS))
    assert type(other.predict([1, 2, 3])[0]) is type(net.predict([1, 2, 3])[0])
    before = plain(net.weights)
    losses = other.train(INPUTS, TARGETS, epochs=5)
    assert plain(net.weights) == before
    assert plain(net.train(INPUTS, TARGETS, epochs=5)) == plain(losses)
    assert plain(other.predict(INPUTS)) == plain(net.predict(INPUTS))
    other.weights = [0.5] * 14
    net.weights = [0.5] * 14
    assert plain(other.predict([1, 2, 3])) == plain(net.predict([1, 2, 3]))
    other.save(tmp_path / "copy.json")
    assert plain(package.NeuralNetwork.load(tmp_path / "copy.json").weights) == [0.5] * 14


@pytest.mark.parametrize("number", [Decimal, Fraction, reference.Bounded], ids=lambda number: number.__name__)
def test_copies_keep_their_kind_of_number(number: Any) -> None:
    net = reference.NeuralNetwork(1, 1, 1, hidden="relu", output="identity", weights=[number(1)] * 4)
    for duplicate in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert type(duplicate.predict([2])[0]) is number
    assert copy.deepcopy(FLOAT) is FLOAT


@both_packages
@pytest.mark.parametrize("make", ["SGD(0.5)", "RMSProp()", "Adam()"])
def test_copies_of_an_optimizer_are_independent(package: Any, make: str) -> None:
    optimizer = eval(make, vars(package))
    optimizer.step([1.0, 2.0], [0.5, 0.25], 0.1)
    copies = [copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))]
    expected = plain(optimizer.step([1.0, 2.0], [0.5, 0.25], 0.1))
    for other in copies:
        assert plain(other.step([1.0, 2.0], [0.5, 0.25], 0.1)) == expected


# Other kinds of number, users' optimizers, and overflow.


def test_a_network_of_fractions_computes_only_fractions() -> None:
    third = Fraction(1, 3)
    net = reference.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=[third, 0, 1, 0])
    losses = net.train([[0.5], [third]], [[1], [Decimal("0.25")]], learning_rate=third, l2=0.5, optimizer=reference.SGD(0.5))
    assert all(type(number) is Fraction for number in (*net.weights, *losses))
    assert net.loss_of([third], [third]) == (net.predict([third])[0] - third) ** 2 / 2
    message = refusal(lambda: reference.NeuralNetwork(1, 1, 2, weights=[third] * 6).predict([1]))
    assert message.startswith("exp, log, tanh and sqrt of a Fraction are not Fractions; use Decimal")


def test_decimals_and_fractions_do_not_mix() -> None:
    net = reference.NeuralNetwork(1, 1, 1, hidden="relu", output="identity", weights=[Decimal(1)] * 4)
    assert refusal(lambda: net.predict([Fraction(1, 3)])) == (
        "inputs[0] is Fraction(1, 3), which a Decimal cannot hold exactly; round it, or use reference with Fraction weights"
    )
    assert net.predict([10**400]) == [Decimal(10**400) + 2]


class OwnOptimizer:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
        return self.answer(weights) if callable(self.answer) else self.answer


@both_packages
@pytest.mark.parametrize("answer", [0.5, [0.5], [[1.0] * 14], ["1"] * 14, None, [1.0] * 13, np.ones((1, 14))])
def test_an_optimizer_that_does_not_return_weights_is_refused(package: Any, answer: Any) -> None:
    net = network(package)
    before = plain(net.weights)
    with pytest.raises(ValueError, match="the optimizer's answer"):
        net.train(INPUTS, TARGETS, optimizer=OwnOptimizer(answer))
    assert plain(net.weights) == before


@both_packages
def test_only_the_weights_that_a_users_optimizer_returns_are_used(package: Any) -> None:
    def spoil(weights: Any) -> Any:
        answer = np.array(weights) + 1
        weights[:] = [float("inf")] * len(weights)
        return answer

    net = network(package)
    before = plain(net.weights)
    net.train(INPUTS, TARGETS, optimizer=OwnOptimizer(spoil))
    assert plain(net.weights) == [weight + 1 for weight in before]
    with pytest.raises(FloatingPointError, match="training diverged in epoch 0, batch 0: weights"):
        net.train(INPUTS, TARGETS, optimizer=OwnOptimizer(lambda weights: [float("inf")] * len(weights)))
    assert plain(net.weights) == [weight + 1 for weight in before]


def test_the_answer_of_a_users_optimizer_is_converted_to_the_kind_of_the_network() -> None:
    weights = [Fraction(1, 2)] * 4
    net = reference.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=weights)
    net.train([[1]], [[1]], optimizer=OwnOptimizer([0.25, 1, Decimal("0.5"), Fraction(1, 3)]))
    assert net.weights == [Fraction(1, 4), 1, Fraction(1, 2), Fraction(1, 3)]
    assert {type(weight) for weight in net.weights} == {Fraction}


def test_on_epoch_may_not_change_the_kind_of_number() -> None:
    net = reference.NeuralNetwork(1, 1, 1, hidden="identity", output="identity")

    def change(epoch: int, loss: float) -> None:
        net.weights = [Fraction(1, 3)] * 4

    with pytest.raises(ValueError, match="set Fraction weights, but this training uses float"):
        net.train([[1.0]], [[1.0]], epochs=2, on_epoch=change)


@both_packages
def test_losses_that_add_up_to_infinity_are_a_divergence(package: Any) -> None:
    net = package.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=[0, 0, 0, 0])
    with pytest.raises(
        FloatingPointError, match="epoch 0, batch 3: the sum of the losses of all batches of this epoch overflows"
    ):
        net.train([[0]] * 4, [[1.2e154]] * 4, learning_rate=0, batch_size=1)


@both_packages
def test_if_the_loss_and_a_delta_overflow_the_loss_is_named(package: Any) -> None:
    net = package.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=[0, 0, 1e200, 0])
    with pytest.raises(FloatingPointError, match=r"^loss is inf"):
        net.backward([0.0], [1e200])


def test_a_decimal_overflows_like_a_float() -> None:
    net = reference.NeuralNetwork(1, 1, 1, hidden="identity", output="identity", weights=[Decimal("1e999999")] * 4)
    with pytest.raises(FloatingPointError, match=r"^h_sums\[0\] is Infinity"):
        net.forward([Decimal("1e999999")])


def test_sizes_beyond_memory_or_too_long_to_print_are_refused() -> None:
    with pytest.raises(ValueError, match="GiB"):
        reference.initial_weights(10**8, 10**8, 1)
    with pytest.raises(ValueError, match="too long to print"):
        reference.NeuralNetwork(-(10**5000), 1, 1)


@pytest.mark.parametrize("part", [0, 1, -0.5, 2, float("nan")])
def test_the_part_of_a_split_is_between_0_and_1(part: float) -> None:
    from reference import datasets

    with pytest.raises(ValueError, match="above 0 and below 1"):
        datasets.split(datasets.gate(), part)


@both_packages
@pytest.mark.parametrize("make", ["SGD(0.9)", "RMSProp()", "Adam()"])
def test_a_step_that_overflows_does_not_change_the_optimizer(package: Any, make: str) -> None:
    tried, untried = eval(make, vars(package)), eval(make, vars(package))
    for optimizer in (tried, untried):
        optimizer.step([1.0, 2.0], [0.5, 0.25], 0.1)
    with pytest.raises(FloatingPointError):
        tried.step([1.0, 2.0], [1.0, 1e200], 1e200)
    assert plain(tried.step([1.0, 2.0], [0.5, 0.25], 0.1)) == plain(untried.step([1.0, 2.0], [0.5, 0.25], 0.1))


@both_packages
@pytest.mark.parametrize("make", ["SGD(0.9)", "RMSProp()", "Adam()"])
def test_an_optimizer_whose_first_step_overflowed_accepts_any_number_of_weights(package: Any, make: str) -> None:
    tried, untried = eval(make, vars(package)), eval(make, vars(package))
    with pytest.raises(FloatingPointError):
        tried.step([1.0, 2.0], [1.0, 1e200], 1e200)
    assert plain(tried.step([1.0] * 3, [0.5] * 3, 0.1)) == plain(untried.step([1.0] * 3, [0.5] * 3, 0.1))


@both_packages
def test_a_training_that_diverges_does_not_change_the_optimizer(package: Any) -> None:
    settings = {"hidden": "identity", "output": "identity", "weights": [1, 0, 1, 0]}
    tried, untried = package.SGD(0.5), package.SGD(0.5)
    for optimizer in (tried, untried):
        package.NeuralNetwork(1, 1, 1, **settings).train([[1.0]], [[0.0]], optimizer=optimizer)
    with pytest.raises(FloatingPointError):
        package.NeuralNetwork(1, 1, 1, **settings).train([[1e60]], [[0.0]], learning_rate=1e260, optimizer=tried)
    ends = []
    for optimizer in (tried, untried):
        net = package.NeuralNetwork(1, 1, 1, **settings)
        net.train([[1.0]], [[0.0]], optimizer=optimizer)
        ends.append(plain(net.weights))
    assert ends[0] == ends[1]


@both_packages
def test_momentum_may_be_changed_between_steps(package: Any) -> None:
    optimizer, weights = package.SGD(), [1.0]
    for momentum in (0.0, 0.5, 0.5, 0.0, 0.5):
        optimizer.momentum = momentum
        weights = plain(optimizer.step(weights, [1.0], 0.5))
    assert weights == [-2.125]


@both_packages
def test_the_error_names_a_sum_that_overflows_when_its_bias_is_added(package: Any) -> None:
    net = package.NeuralNetwork(1, 1, 1, hidden="relu", output="sigmoid", weights=[0, 1e308, 1, 1e308])
    with pytest.raises(FloatingPointError, match=r"^o_sums\[0\] is inf"):
        net.forward([0.0])


def test_an_optimizer_refuses_another_kind_of_number() -> None:
    optimizer = reference.Adam()
    optimizer.step([1.0], [1.0], 0.1)
    with pytest.raises(ValueError, match="was used with float weights, not Decimal"):
        optimizer.step([Decimal(1)], [Decimal(1)], 0.1)


@both_packages
@pytest.mark.parametrize("make", ["SGD()", "SGD(0.5)", "RMSProp()", "Adam()"])
def test_a_step_takes_arrays_of_whole_numbers_and_of_single_precision(package: Any, make: str) -> None:
    """Whole numbers become floats, because the square of the integer 2**32 would overflow. Single precision is kept."""
    of_ints = eval(make, vars(package)).step(np.array([1, 2]), np.array([2**32, 3]), 0.5)
    of_floats = eval(make, vars(package)).step([1.0, 2.0], [2.0**32, 3.0], 0.5)
    assert plain(of_ints) == plain(of_floats)
    single = eval(make, vars(package)).step(np.array([1, 2], np.float32), np.array([4, 3], np.float32), 0.5)
    assert {type(weight) for weight in single} == {np.float32}
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"gradient\[1\] is"):
            eval(make, vars(package)).step([1.0, 2.0], [1.0, bad], 0.5)
    with pytest.raises(FloatingPointError, match="the optimizer's step overflows"):
        eval(make, vars(package)).step(np.array([1e308]), np.array([1e308]), 1e300 if make == "Adam()" else 1e10)


def test_a_decimal_step_overflows_like_a_float() -> None:
    with pytest.raises(FloatingPointError, match="the optimizer's step overflows"):
        reference.SGD().step([Decimal("9e999999")], [Decimal("-9e999999")], 10)
    with pytest.raises(ValueError, match="cannot hold exactly"):
        reference.SGD().step([1.0], [Decimal("0.1")], 0.5)


@both_packages
def test_momentum_may_be_a_fraction_that_a_float_can_hold(package: Any) -> None:
    optimizer = package.SGD(momentum=Fraction(1, 2))
    network(package).train(INPUTS, TARGETS, optimizer=optimizer)
    with pytest.raises(ValueError, match="cannot hold exactly"):
        network(package).train(INPUTS, TARGETS, optimizer=package.SGD(momentum=Fraction(1, 3)))


@both_packages
def test_a_users_subclass_of_an_optimizer_is_used(package: Any) -> None:
    class Halved(package.SGD):  # type: ignore[misc, name-defined]
        def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
            return super().step(weights, gradient, learning_rate / 2)

    # Not softmax: with softmax, `vectorized` would train `other` by vectorized.inplace, which rounds differently.
    halved, other = (network(package, output="sigmoid") for _ in range(2))
    halved.train(INPUTS, TARGETS, optimizer=Halved(), learning_rate=0.5)
    other.train(INPUTS, TARGETS, learning_rate=0.25)
    assert plain(halved.weights) == plain(other.weights)


def test_a_loss_beyond_single_precision_overflows_in_both_packages() -> None:
    weights = np.array([1e19, 0, 1e19, 0], np.float32)
    settings = {"hidden": "identity", "output": "identity", "weights": weights}
    for net in (reference.NeuralNetwork(1, 1, 1, **settings), vectorized.NeuralNetwork(1, 1, 1, dtype="float32", **settings)):
        with pytest.raises(FloatingPointError, match=r"^loss is inf"):
            net.loss_of([0.0], [0.0], l2=1e10)


def test_log1p_and_tanh_of_a_tiny_decimal_are_fast() -> None:
    """For a tiny x, both round to x. Computing all digits of 1 + x would take very long."""
    for gap in (10**4, 10**5, 10**6):
        net = reference.NeuralNetwork(
            1, 1, 2, hidden="tanh", output="softmax", weights=[Decimal(q) for q in (0, 0, 0, 0, 0, gap)]
        )
        assert net.loss_of([1], [0, 1]).adjusted() < -gap // 3
        assert reference.numbers.exact.decimal_tanh(Decimal(10) ** -gap) == Decimal(10) ** -gap


def test_a_subclass_of_fraction_counts_as_a_fraction() -> None:
    class Derived(Fraction):
        pass

    assert reference.numbers.kinds.kind_of_type(Derived).type is Fraction


def test_a_subclass_has_its_own_kind_of_number_if_its_base_class_was_not_passed_to_register() -> None:
    class Base:
        def __float__(self) -> float:
            return 0.0

    class Derived(Base):
        pass

    assert reference.numbers.kinds.kind_of_type(Base).type is Base
    assert reference.numbers.kinds.kind_of_type(Derived).type is Derived


@pytest.mark.parametrize("name", ["i00->h2", "i\u0663->h0", 17, None])
def test_other_spellings_of_an_edge_are_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="is not an edge"):
        reference.Layout(4, 4, 4).position(name)


@pytest.mark.parametrize("position", [1.5, True, "3", None])
def test_positions_are_whole_numbers(position: Any) -> None:
    with pytest.raises(ValueError, match="position"):
        reference.Layout(4, 4, 4).name_of(position)
