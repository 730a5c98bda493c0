"""Where training does not look for sums that overflow, none can: the bound on the weights' length, at its very limit."""

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vectorized
from reference import Layout
from vectorized import reach as reaches
from vectorized import training
from vectorized.reach import Reach
from vectorized.workspace import RAISE, Blocks, with_one

DTYPES = ["float64", "float32"]


def extreme(dtype: str, factor: float, n_inputs: int = 3, n_hidden: int = 4) -> tuple[Any, Any, Any]:
    """Return the worst network for its length: one weight of each layer has it all, every node of a layer the same sum.

    Its reach is measured for weights `factor` times as long as the limit allows.
    """
    layout = Layout(n_inputs, n_hidden, 1)
    inputs = with_one(np.full((1, n_inputs), 3.0, dtype))
    flat = np.zeros(layout.n_weights, dtype)
    limit = Reach(Blocks(flat, layout), layout, inputs).limit
    blocks = Blocks(flat, layout)
    size = limit * factor / math.sqrt(2)
    blocks.ih[...] = inputs[0][:, np.newaxis] * (size / np.linalg.norm(inputs.astype(float)) / math.sqrt(n_hidden))
    blocks.ho_weights[...] = size / math.sqrt(n_hidden)
    return layout, inputs, blocks


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sizes", [(1, 1), (3, 4), (50, 2), (2, 300)])
def test_at_the_limit_no_sum_overflows(dtype: str, sizes: tuple[int, int]) -> None:
    layout, inputs, blocks = extreme(dtype, 0.999, *sizes)
    with np.errstate(**RAISE):
        assert Reach(blocks, layout, inputs).holds(blocks)
        h_sums = inputs @ blocks.ih
        o_sums = h_sums @ blocks.ho_weights + blocks.o_biases
    assert np.isfinite(o_sums).all()
    assert o_sums.max() > blocks.largest / 1e4, "the limit is not far too careful either"


@pytest.mark.parametrize("dtype", DTYPES)
def test_far_beyond_the_limit_it_does_not_hold_and_sums_overflow(dtype: str) -> None:
    layout, inputs, blocks = extreme(dtype, 64.0)
    with np.errstate(**RAISE):
        assert not Reach(blocks, layout, inputs).holds(blocks)
    with np.errstate(over="ignore"):
        assert np.isinf(inputs @ blocks.ih @ blocks.ho_weights).all()


@given(st.sampled_from(DTYPES), st.lists(st.floats(-3, 3), min_size=1, max_size=60), st.integers(0, 2**32))
def test_the_length_is_never_underestimated(dtype: str, rates: list[float], seed: int) -> None:
    """After any steps, in exact arithmetic."""
    draw, layout = np.random.default_rng(seed), Layout(2, 3, 2)
    blocks = Blocks(draw.normal(size=layout.n_weights).astype(dtype), layout)
    reach = Reach(blocks, layout, np.ones((1, 3), dtype))
    for rate in rates:
        change = (rate * draw.normal(size=layout.n_weights)).astype(dtype)
        np.subtract(blocks.flat, change, blocks.flat)
        reach.lengthen(math.sqrt(float(change.dot(change))))
        assert length_at_most(blocks.flat, reach.length)
    reach.measure(blocks)
    assert length_at_most(blocks.flat, reach.length)


def length_at_most(flat: Any, length: float) -> bool:
    """Whether a vector is no longer than so much."""
    with localcontext() as context:
        context.prec = 200
        return sum(Decimal(float(w)) ** 2 for w in flat) <= Decimal(length) ** 2


def test_a_step_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reach, "lengthen", lambda self, by: None)
    with pytest.raises(AssertionError):
        test_the_length_is_never_underestimated()


def test_a_limit_too_far_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Reach.__init__

    def wrong(self: Reach, *given: Any) -> None:
        right(self, *given)
        self.limit *= 16

    monkeypatch.setattr(Reach, "__init__", wrong)
    with pytest.raises((AssertionError, FloatingPointError)):
        test_at_the_limit_no_sum_overflows("float64", (3, 4))


@pytest.mark.parametrize("dtype", DTYPES)
def test_in_place_and_beside_are_the_same_to_the_bit(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So where training changes from one to the other changes no result."""
    draw = np.random.default_rng(0)
    inputs, targets = draw.random((20, 5)), np.eye(3)[draw.integers(0, 3, 20)]

    def trained() -> Any:
        network = vectorized.NeuralNetwork(5, 7, 3, hidden="tanh", dtype=dtype)
        losses = network.train(inputs, targets, epochs=5, batch_size=6, shuffle=1)
        return network.weights.tolist(), losses

    in_place = trained()
    monkeypatch.setattr(Reach, "holds", lambda self, blocks: False)
    monkeypatch.setattr(training, "descend", None)
    assert trained() == in_place


def test_weights_set_by_on_epoch_are_measured_anew() -> None:
    """Weights beyond the limit, set in the course of training, are looked at again: the overflow is named."""
    network = vectorized.NeuralNetwork(2, 2, 1, hidden="identity", output="identity")

    def make_long(epoch: int, loss: float) -> None:
        network.weights = np.full(network.n_weights, 1e200)

    with pytest.raises(FloatingPointError, match=r"epoch 1, batch 0.*o_sums"):
        network.train([[1.0, 2.0]], [[1.0]], epochs=3, learning_rate=1e-3, on_epoch=make_long)
    assert (network.weights == 1e200).all()


def test_the_rounding_allowed_for_is_more_than_there_is() -> None:
    """Of a million numbers in single precision; the naive order loses the most."""
    flat = np.full(1_000_000, 0.1, np.float32)
    true = float(np.float32(0.1)) * 1000
    naive = math.sqrt(float(np.cumsum(flat * flat, dtype=np.float32)[-1]))
    for found in (naive, math.sqrt(float(flat.dot(flat)))):
        assert abs(found / true - 1) < reaches.rounding(flat) - 1
    assert abs(naive / true - 1) > reaches.STEP - 1, "and a fixed allowance would not do"
