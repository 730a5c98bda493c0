"""After its first step, training reuses its arrays and allocates almost no new memory."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

import vectorized
import vectorized.inplace
from benchmarks.goals import MAX_NEW_BYTES, MEMORY_SHAPES, new_bytes
from benchmarks.shapes import Shape

LARGE = [Shape(784, 100, 10, 1, dtype) for dtype in ("float32", "float64")] + [Shape(784, 1000, 10, 1024, "float32")]


@pytest.mark.parametrize("shape", MEMORY_SHAPES + LARGE, ids=str)
def test_a_later_step_allocates_almost_nothing(shape: Shape) -> None:
    assert new_bytes(shape) <= MAX_NEW_BYTES


def new_bytes_of(network: Any) -> int:
    """Return the peak of new memory, in bytes, over the epochs after the first."""
    draw, peaks, start = np.random.default_rng(0), [], [0]
    inputs, targets = (
        draw.random((2000, network.n_inputs)),
        np.eye(network.n_outputs)[draw.integers(0, network.n_outputs, 2000)],
    )

    def record_peak(epoch: int, loss: float) -> None:
        now, peak = tracemalloc.get_traced_memory()
        peaks.append(peak - start[0])
        start[0] = now
        tracemalloc.reset_peak()

    tracemalloc.start()
    try:
        network.train(inputs, targets, epochs=3, batch_size=1000, learning_rate=1e-3, on_epoch=record_peak)
    finally:
        tracemalloc.stop()
    return max(peaks[1:])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("hidden", vectorized.inplace.ACTIVATIONS)
def test_a_later_epoch_allocates_almost_nothing(hidden: str, dtype: str) -> None:
    assert new_bytes_of(vectorized.NeuralNetwork(100, 60, 10, hidden=hidden, dtype=dtype)) <= MAX_NEW_BYTES


def test_a_temporary_array_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = vectorized.inplace.dot

    def with_a_temporary(a: Any, b: Any, out: Any) -> Any:
        right(a, b, out)
        return np.multiply(out * 1.0, 1, out)

    monkeypatch.setattr(vectorized.inplace, "dot", with_a_temporary)
    assert new_bytes(Shape(64, 60, 10, 256)) > MAX_NEW_BYTES
