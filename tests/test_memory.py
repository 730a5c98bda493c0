"""How much memory a training step takes that was not there before: next to none."""

import itertools
import tracemalloc
from typing import Any

import numpy as np
import pytest

import vectorized
import vectorized.backward
from benchmarks.goals import MEMORY, NEW_BYTES, new_bytes
from benchmarks.shapes import Shape
from reference.vocabulary import HIDDEN, OUTPUT

LARGE = [Shape(784, 100, 10, 1, dtype) for dtype in ("float32", "float64")] + [Shape(784, 1000, 10, 1024, "float32")]


@pytest.mark.parametrize("shape", MEMORY + LARGE, ids=str)
def test_a_step_after_the_first_allocates_next_to_nothing(shape: Shape) -> None:
    assert new_bytes(shape) <= NEW_BYTES


def most_of(network: Any, **how: Any) -> int:
    """Return the most bytes that an epoch after the first takes, of a hundred inputs and a thousand samples a batch."""
    draw, found, start = np.random.default_rng(0), [], [0]
    inputs, targets = (
        draw.random((2000, network.n_inputs)),
        np.eye(network.n_outputs)[draw.integers(0, network.n_outputs, 2000)],
    )

    def look(epoch: int, loss: float) -> None:
        now, peak = tracemalloc.get_traced_memory()
        found.append(peak - start[0])
        start[0] = now
        tracemalloc.reset_peak()

    tracemalloc.start()
    try:
        network.train(inputs, targets, epochs=3, batch_size=1000, learning_rate=1e-3, on_epoch=look, **how)
    finally:
        tracemalloc.stop()
    return max(found[1:])


@pytest.mark.parametrize(("hidden", "output"), list(itertools.product(HIDDEN, OUTPUT)))
def test_whatever_the_activations(hidden: str, output: str) -> None:
    assert most_of(vectorized.NeuralNetwork(100, 60, 10, hidden=hidden, output=output)) <= NEW_BYTES


@pytest.mark.parametrize("optimizer", ["SGD(0.9)", "SGD(0.9, True)", "RMSProp()", "Adam()"])
def test_whatever_the_optimizer(optimizer: str) -> None:
    made = eval(optimizer, vars(vectorized))
    assert most_of(vectorized.NeuralNetwork(100, 60, 10), optimizer=made, l2=0.01, train_biases=False) <= NEW_BYTES


def test_a_temporary_array_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = vectorized.backward.hidden_deltas

    def with_a_temporary(blocks: Any, work: Any, o_deltas: Any) -> None:
        right(blocks, work, o_deltas)
        work.h_deltas[...] = work.h_deltas * 1.0

    monkeypatch.setattr(vectorized.backward, "hidden_deltas", with_a_temporary)
    assert new_bytes(Shape(64, 60, 10, 256)) > NEW_BYTES
