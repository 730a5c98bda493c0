"""The networks that a benchmark compares (contenders), each in its own process."""

import numpy as np
import pytest

from benchmarks import bench, rows
from benchmarks.peers import PACKAGES, PEERS, WITHOUT_GRADIENT, is_installed, versions
from benchmarks.plain import Straightforward
from benchmarks.problem import digits_of, problem_of
from benchmarks.shapes import DIGITS_SHAPE, Shape
from tests.benchmarks.rows import SHORT
from tests.command import error_of
from tests.thorough import thorough


@pytest.mark.parametrize("names", [["vectorized", "reference"], *thorough((["straightforward", "documents"],))], ids=" ".join)
def test_a_contender_in_its_own_process_answers_and_times_itself(names: list[str]) -> None:
    row = rows.remote_row("step", Shape(3, 4, 3, 2), names, SHORT)
    assert list(row.seconds) == names
    assert max(row.differences.values()) <= 1
    assert {len(samples) for samples in row.seconds.values()} == {SHORT.rounds}


def test_the_error_names_the_contender_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of(Shape(3, 4, 3, 2))
    with bench.Remote("reference") as contender:
        with pytest.raises(ValueError, match="contender reference: ValueError: n_inputs"):
            contender.prepare(problem._replace(shape=Shape(0, 1, 1, 1)))
        contender.prepare(problem)
        monkeypatch.setattr(bench, "PATIENCE", 0.01)
        with pytest.raises(ValueError, match="contender reference: no answer in 0 s"):
            contender.work("forward")(10_000_000)
        contender.process.kill()
        with pytest.raises(ValueError, match="contender reference: its process ended with status -9"):
            contender.work("step")(1)


@pytest.mark.parametrize("name", ["jax", "vectorized-in-jax"])
def test_a_compiled_epoch_uses_the_same_batches_as_numpy(name: str) -> None:
    """The last batch is shorter."""
    if not is_installed(name):
        pytest.skip(f"{name} is not installed")
    problem = digits_of(DIGITS_SHAPE)
    with bench.Remote(name) as contender:
        contender.prepare(problem)
        answer = contender.answer("epoch", 1)
    np.testing.assert_allclose(answer, Straightforward(problem).epoch(1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", PEERS)
def test_the_network_in_another_library_gives_right_answers(name: str, dtype: str) -> None:
    if not is_installed(name):
        pytest.skip(f"{name} is not installed")
    for operation, shape in (
        ("forward", Shape(5, 4, 3, 6, dtype)),
        ("gradient", Shape(5, 4, 3, 6, dtype)),
        ("step", Shape(5, 4, 3, 6, dtype)),
        ("epoch", DIGITS_SHAPE._replace(dtype=dtype)),
    ):
        if operation == "gradient" and name in WITHOUT_GRADIENT:
            continue
        row = rows.remote_row(operation, shape, [name], SHORT)
        assert row.differences[name] <= 1
        assert name in row.seconds


def test_versions_are_returned_only_for_installed_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PACKAGES, "jax", "numpy")
    monkeypatch.setitem(PACKAGES, "numba", "no-such-package")
    assert versions(["vectorized", "jax", "numba"]) == {"numpy": np.__version__}


def test_the_error_names_a_contender_that_is_not_installed() -> None:
    missing = [name for name in PACKAGES if not is_installed(name)]
    if not missing:
        pytest.skip("every contender is installed")
    message = error_of("benchmarks", "--contender", missing[0], "--shape", "3-4-3")
    assert message == f"python -m benchmarks: contender {missing[0]} is not installed: pip install -e '.[peers]'\n"
