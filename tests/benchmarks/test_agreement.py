"""The benchmark finds wrong answers of its contenders (ways to write the network), and counts multiply-adds correctly."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks import agreement, goals, limits, rows, tables
from benchmarks.bench import Bench
from benchmarks.contenders import CONTENDERS, Loops, Matrices
from benchmarks.plain import Straightforward
from benchmarks.problem import Array, digits_of, problem_of
from benchmarks.shapes import DIGITS_SHAPE, OPERATIONS, Shape
from tests.benchmarks.rows import SHORT


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", CONTENDERS)
@pytest.mark.parametrize("sizes", [(3, 4, 2, 1), (5, 7, 3, 6), (1, 2, 3, 4)])
def test_contenders_give_right_answers(sizes: tuple[int, int, int, int], name: str, dtype: str) -> None:
    check = agreement.check_of("step", Shape(*sizes, dtype))
    assert set(check.answers) == {*OPERATIONS, "loss"}
    for operation in check.answers:
        assert agreement.difference(Bench(name), operation, check) <= 1


def test_the_weights_after_an_epoch_of_one_batch_are_right() -> None:
    assert agreement.difference(Bench("vectorized"), "epoch", agreement.check_of("epoch", DIGITS_SHAPE)) <= 1


class MissingBias(Straightforward):
    def stages(self, inputs: Array) -> tuple[Array, Array]:
        self.weights.h_biases[:] = 0
        return super().stages(inputs)


class SumForMean(Straightforward):
    def gradients(self, inputs: Array, targets: Array) -> tuple[float | np.floating, Sequence[Array]]:
        loss, gradients = super().gradients(inputs, targets)
        return loss, [gradient * len(inputs) for gradient in gradients]


class MissingSlope(Straightforward):
    def gradients(self, inputs: Array, targets: Array) -> tuple[float | np.floating, Sequence[Array]]:
        loss, (_, _, *output) = super().gradients(inputs, targets)
        h_deltas = (self.outputs(inputs) - targets) / len(inputs) @ self.weights.ho_weights.T
        return loss, (inputs.T @ h_deltas, h_deltas.sum(axis=0), *output)


class NotANumber(Straightforward):
    def outputs(self, inputs: Array) -> Array:
        return super().outputs(inputs) * np.nan


class SinglePrecision(Straightforward):
    def outputs(self, inputs: Array) -> Array:
        return super().outputs(inputs.astype(np.float32)).astype(np.float32)


class OneStep(Straightforward):
    def step(self, n: int) -> object:
        return super().step(1)


# For each wrong contender, an operation that shows the mistake.
WRONG = {
    MissingBias: "forward",
    SumForMean: "gradient",
    MissingSlope: "step",
    NotANumber: "forward",
    SinglePrecision: "forward",
    OneStep: "step",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_wrong_contender_is_found(wrong: type[Straightforward], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONTENDERS, "vectorized", wrong)
    problem = problem_of(Shape(5, 7, 3, 6))
    weights = problem.weights.copy()
    weights[5 * 7 : 6 * 7] = 0.5  # h biases that are not 0, so that MissingBias is wrong
    problem = problem._replace(weights=weights)
    check = agreement.Check(problem, agreement.answers_of(problem))
    assert agreement.difference(Bench("vectorized"), WRONG[wrong], check) > 1


def test_a_wrong_contender_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONTENDERS, "vectorized", OneStep)
    row = rows.operation_row("step", Shape(5, 7, 3, 6), ("reference", "vectorized"), SHORT)
    assert row.wrong == ["vectorized"]
    assert "vectorized" not in row.seconds
    assert tables.cells(row, None)[2:4] == ["not timed", "FAIL"]
    goal = goals.Goal("vectorized", "step", Shape(3, 4, 3, 2), "straightforward", 1.0)
    monkeypatch.setattr(goals, "PACE", SHORT)
    assert goals.outcome_of(goal).verdict == "missed"
    assert "FAIL: vectorized is wrong" in goals.outcome_of(goal)


def test_the_benchmark_measures_the_networks_that_users_call() -> None:
    problem = problem_of(Shape(3, 4, 2, 1))
    assert type(Loops(problem).network).__module__ == "reference.network"
    assert type(Matrices(problem).network).__module__ == "vectorized.network"


def test_an_epoch_uses_all_digits() -> None:
    problem = digits_of(DIGITS_SHAPE)
    assert problem.inputs.shape == (1797, 64)
    assert problem.targets.sum(axis=1).tolist() == [1.0] * 1797
    assert problem.inputs.max() == 1


@pytest.mark.parametrize("operation", ["forward", "gradient", "step"])
def test_the_multiply_adds_of_all_matrix_products_are_counted(operation: str) -> None:
    shape = Shape(6, 2, 5, 3)
    products = limits.products_of(operation, shape)
    assert sum(left.size * right.shape[1] for left, right, _ in products) == shape.multiply_adds(operation)
    assert [(left @ right).shape for left, right, _ in products] == [out.shape for _, _, out in products]
