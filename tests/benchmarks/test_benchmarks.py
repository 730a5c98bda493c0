"""The benchmark: statistics that hold, answers checked before times, files read without trust, every command."""

import gc
import json
import math
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference
from benchmarks import agreement, comparison, contest, goals, intervals, machine, plots, results, run, tables
from benchmarks.contenders import CONTENDERS, Loops, Matrices, Straightforward
from benchmarks.limits import LOOP_LIMIT, PRODUCT_LIMIT
from benchmarks.measure import MOST, Pace, Seconds, interleaved, repetitions
from benchmarks.peers import MODULES, PEERS, installed
from benchmarks.problem import digits_of, problem_of
from benchmarks.results import Results, Row
from benchmarks.rungs import RUNGS
from benchmarks.shapes import DIGITS_SHAPE, OPERATIONS, Shape, of
from tests import command
from tests.command import printed, refused
from tests.terminal import in_terminal
from tests.thorough import thorough

SHORT = Pace(rounds=6, sample=1e-4)


TINY = run.QUICKLY._replace(shapes=of((1, 1, 1, 1), (3, 4, 2, 1), (4, 8, 3, 4)), pace=SHORT._replace(longest=0.001))
QUICK = ("--quick", "--shape", "5-4-3", "--operation", "step")


# ---- statistics


@pytest.mark.parametrize("n", range(6, 40))
def test_the_interval_covers_the_median(n: int) -> None:
    """Each sample falls below the true median like a coin: the interval fails where fewer than k fall on one side."""
    k = intervals.rank(n)
    missed = [sum(2 * math.comb(n, j) for j in range(ranks)) / 2**n for ranks in (k, k + 1)]
    assert missed[0] <= 0.05
    assert missed[1] > 0.05 or k == n // 2


def test_the_interval_covers_as_often_as_it_says() -> None:
    """Of 2,000 experiments with a skewed distribution of known median, at least 95 % less what chance may take."""
    draw = random.Random(0)
    covered = 0
    for _ in range(2000):
        found = intervals.interval([draw.expovariate(1) for _ in range(15)])
        covered += found.low <= math.log(2) <= found.high
    assert covered / 2000 >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 2000)


def test_ratios_are_of_pairs() -> None:
    """A machine that becomes ten times slower half-way changes no ratio."""
    pace = [1.0] * 7 + [10.0] * 8
    found = intervals.ratio([3 * t for t in pace], pace)
    assert found == (3, 3, 3)
    assert intervals.interval([3 * t for t in pace]).spread > 0.4


@pytest.mark.parametrize(("start", "each"), [(1e-5, 2e-8), (0.0, 1e-9), (3e-6, 0.0)])
def test_a_line_is_found_again(start: float, each: float) -> None:
    sizes = [2, 20, 500, 70_000, 10**8]
    found = intervals.line(sizes, [start + each * m for m in sizes])
    assert found is not None
    assert math.isclose(found.start, start, rel_tol=1e-6, abs_tol=1e-12)
    assert math.isclose(found.each, each, rel_tol=1e-6, abs_tol=1e-20)
    assert found.misfit < 1e-9


def test_no_part_of_a_line_is_negative() -> None:
    found = intervals.line([10, 20, 30], [1.0, 3.0, 5.0])
    assert found is not None
    assert found.start == 0
    assert found.misfit > 0


def test_where_lines_cross() -> None:
    def made(start: float, each: float) -> intervals.Line:
        return intervals.Line(start, each, 0.0, 9)

    slow, fast = made(2e-6, 3e-8), made(8e-6, 1e-9)
    at = intervals.break_even(slow, fast)
    assert at is not None
    assert math.isclose(slow.at(at), fast.at(at))
    assert intervals.break_even(fast, slow) is None
    assert intervals.break_even(made(9e-6, 3e-8), fast) is None


def test_every_round_times_everyone_in_another_order() -> None:
    seen: list[str] = []
    works = {name: lambda n, name=name: seen.append(name) for name in "abc"}
    samples = interleaved(works, Pace(rounds=40, sample=0.0))
    rounds = [tuple(seen[at : at + 3]) for at in range(len(seen) - 120, len(seen), 3)]
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert len(set(rounds)) == 6, "every order comes up"
    assert {len(times) for times in samples.values()} == {40}


def test_collection_is_off_in_a_sample_and_on_again() -> None:
    found: list[bool] = []
    interleaved({"a": lambda n: found.append(gc.isenabled())}, Pace(rounds=3, sample=0.0))
    assert found[-3:] == [False] * 3
    assert gc.isenabled()


def test_what_is_timed_elsewhere_is_not_timed_here() -> None:
    samples = interleaved({"far": lambda n: (time.sleep(0.002), Seconds(n * 0.5))[1]}, Pace(rounds=3, sample=0.1))
    assert samples["far"] == [0.5] * 3


# ---- shapes


class Counted:
    """A number that counts its products; `Counted(math.f(x))` gives the loops their functions."""

    products = 0

    def __init__(self, value: Any) -> None:
        self.value = float(value.value if isinstance(value, Counted) else value)

    def __float__(self) -> float:
        return self.value

    def __add__(self, other: Any) -> "Counted":
        return Counted(self.value + Counted(other).value)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Counted":
        return Counted(self.value - Counted(other).value)

    def __rsub__(self, other: Any) -> "Counted":
        return Counted(Counted(other).value - self.value)

    def __mul__(self, other: Any) -> "Counted":
        Counted.products += 1
        return Counted(self.value * Counted(other).value)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Counted":
        return Counted(self.value / Counted(other).value)

    def __rtruediv__(self, other: Any) -> "Counted":
        return Counted(Counted(other).value / self.value)

    def __lt__(self, other: Any) -> bool:
        return self.value < Counted(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= Counted(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > Counted(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= Counted(other).value

    def __eq__(self, other: object) -> bool:
        return self.value == Counted(other).value

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (3, 4, 2, 1), (3, 4, 2, 5), (6, 2, 5, 3)])
def test_multiply_adds_are_what_the_loops_multiply(sizes: tuple[int, int, int, int]) -> None:
    """Counted by numbers that count; a backward pass also multiplies each delta by a slope, and squares each error."""
    shape = Shape(*sizes)
    problem = problem_of(shape)
    weights = [Counted(w) for w in problem.weights.tolist()]
    network = reference.NeuralNetwork(*shape.sizes, hidden="relu", output="identity", weights=weights)
    inputs = [[Counted(x) for x in row] for row in problem.inputs.tolist()]
    targets = [[Counted(x) for x in row] for row in problem.targets.tolist()]
    Counted.products = 0
    network.predict(inputs)
    assert Counted.products == shape.multiply_adds("forward")
    Counted.products = 0
    network.backward(inputs, targets)
    besides = shape.n_samples * (shape.n_hidden + 2 * shape.n_outputs)
    assert Counted.products - besides == shape.multiply_adds("gradient") == shape.multiply_adds("step")


def test_a_batch_begins_as_a_smaller_one() -> None:
    """So what holds for the first samples is worked out once for every batch."""
    small, large = (problem_of(Shape(5, 3, 4, n, "float32")) for n in (2, 9))
    assert (large.inputs[:2] == small.inputs).all()
    assert (large.targets[:2] == small.targets).all()


# ---- correct before fast


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", CONTENDERS)
@pytest.mark.parametrize("sizes", [(3, 4, 2, 1), (5, 7, 3, 6), (1, 2, 3, 4)])
def test_contenders_agree(sizes: tuple[int, int, int, int], name: str, dtype: str) -> None:
    problem = problem_of(Shape(*sizes, dtype))
    found = agreement.shares(CONTENDERS[name], problem, agreement.bounds_of(problem))
    assert set(found) == {*OPERATIONS, "loss"}
    assert max(found.values()) <= 1


class BiasForgotten(Straightforward):
    def stages(self, inputs: Any) -> tuple[Any, Any]:
        self.weights[1][:] = 0
        return super().stages(inputs)


class SumForMean(Straightforward):
    def gradients(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        loss, gradients = super().gradients(inputs, targets)
        return loss, [gradient * len(inputs) for gradient in gradients]


class SlopeForgotten(Straightforward):
    def gradients(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        loss, (_, _, *output) = super().gradients(inputs, targets)
        _, o_nodes = self.stages(inputs)
        h_deltas = (o_nodes - targets) / len(inputs) @ self.weights[2].T
        return loss, (inputs.T @ h_deltas, h_deltas.sum(axis=0), *output)


class NotANumber(Straightforward):
    def outputs(self, inputs: Any) -> Any:
        return super().outputs(inputs) * np.nan


class HalfPrecise(Straightforward):
    def outputs(self, inputs: Any) -> Any:
        return super().outputs(inputs.astype(np.float32)).astype(np.float32)


WRONG = {
    BiasForgotten: "forward",
    SumForMean: "gradient",
    SlopeForgotten: "step",
    NotANumber: "forward",
    HalfPrecise: "forward",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_wrong_contender_is_not_timed(wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONTENDERS, "vectorized", wrong)
    operation, shape = WRONG[wrong], Shape(5, 7, 3, 6)
    if wrong is BiasForgotten:
        problem = problem_of(shape)
        problem.weights[5 * 7 : 6 * 7] = 0.5
    row = run.operation_row(operation, shape, SHORT, 1e-9, run.Checks())
    problem_of.cache_clear()
    assert row.differences["vectorized"] > 1
    assert "vectorized" not in row.seconds
    table = tables.operation_table(operation, [row], [row])
    assert table.rows[0][3:5] == ["not timed", "FAIL"]


def test_the_rungs_are_equal() -> None:
    row = run.rungs_row(SHORT)
    assert list(row.seconds) == list(RUNGS)
    assert max(row.differences.values()) <= 1


def test_a_wrong_rung_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNGS, "@", lambda inputs, ih_weights, h_biases: inputs @ ih_weights.reshape(ih_weights.shape[::-1]).T)
    assert run.rungs_row(SHORT).differences["@"] > 1


def test_the_digits_are_all_there() -> None:
    problem = digits_of(DIGITS_SHAPE)
    assert problem.inputs.shape == (1797, 64)
    assert problem.targets.sum(axis=1).tolist() == [1.0] * 1797
    assert problem.inputs.max() == 1


# ---- rows, predictions, companions


@pytest.mark.thorough
def test_what_takes_too_long_is_predicted_from_the_line() -> None:
    shapes = [Shape(2, 3, 2, 1), Shape(8, 16, 4, 4), Shape(64, 32, 10, 8)]
    rows = [run.operation_row("forward", shape, SHORT._replace(longest=0.001), 4e-8, run.Checks()) for shape in shapes]
    assert ["reference" in row.seconds for row in rows] == [True, True, True]
    large = run.operation_row("forward", Shape(64, 100, 10, 8), SHORT._replace(longest=0.001), 4e-8, run.Checks())
    assert "reference" not in large.seconds
    table = tables.operation_table("forward", [*rows, large], [*rows, large])
    line = tables.large_line(rows)
    assert line is not None
    assert table.rows[3][3] == f"≈ {tables.time_text(line.at(59_200), 1.0)}"
    assert table.rows[3][6] == "predicted"
    assert any("predicted by the line" in note for note in table.notes)


def test_a_shape_too_large_for_the_loops_comes_with_smaller_batches() -> None:
    shape = Shape(64, 32, 10, 100_000)
    smaller = run.companions(shape, ("step",), Pace(longest=0.1), 4e-8)
    assert len(smaller) == 3
    assert all(one.sizes == shape.sizes for one in smaller)
    assert not run.too_long(smaller[-1], "step", Pace(longest=0.1), 4e-8)
    assert run.companions(Shape(3, 4, 2, 1), ("step",), Pace(), 4e-8) == []


SMALL = Shape(3, 4, 2, 1)


def row_of(loops: list[float], matrices: list[float], shape: Shape = SMALL) -> Row:
    """Return a row with these times."""
    seconds = {"reference": loops, "vectorized": matrices, LOOP_LIMIT: [1e-4] * len(loops), PRODUCT_LIMIT: matrices}
    return Row("operations", "step", shape, 1, {"reference": 0.0, "vectorized": 0.1}, seconds)


def test_no_difference_is_said_where_there_is_none() -> None:
    draw = random.Random(1)
    same = [[draw.uniform(1e-5, 1.1e-5) for _ in range(15)] for _ in range(2)]
    assert tables.cells(row_of(*same), None)[6] == "no difference"
    assert tables.cells(row_of([2e-5] * 15, [1e-5] * 15), None)[6] == "matrices"
    assert tables.cells(row_of([1e-5] * 15, [2e-5] * 15), None)[6] == "loops"


def test_a_table_says_what_it_is_made_of() -> None:
    """48 multiply-adds; 100 µs for 6,400 products of the bare loop; 2 * 48 floating-point operations in 10 µs."""
    cells = tables.cells(row_of([2e-5] * 15, [1e-5] * 15), None)
    assert cells == [
        "3-4-2",
        "1",
        "48",
        "20.0 µs ±<1 %",
        "10.0 µs ±<1 %",
        "2.00 (2.00–2.00)",
        "matrices",
        "4 %",
        "100 %",
        "0.00960",
        "0.1",
    ]


# ---- files


def some() -> Results:
    """Return results with two rows."""
    rows = [row_of([2e-5] * 7, [1e-5] * 7), row_of([2e-3] * 7, [1e-5] * 7, Shape(64, 32, 10, 8, "float32"))]
    return Results(machine.describe(), rows)


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    path, found = tmp_path / "r.json", some()
    found.rows[0].differences["reference"] = math.inf
    results.write(path, found)
    assert results.read(str(path)) == found
    assert len(path.read_text().splitlines()) == 4, "a row a line"


def spoilt(change: Any) -> str:
    content = json.loads(results.text_of(some()))
    change(content)
    return json.dumps(content)


SPOILT = {
    "no JSON": "hello",
    "truncated": results.text_of(some())[:-40],
    "empty": "",
    "a list": "[]",
    "another format": spoilt(lambda c: c.update(format="something")),
    "another version": spoilt(lambda c: c.update(version=2)),
    "no machine": spoilt(lambda c: c.pop("machine")),
    "a strange fact": spoilt(lambda c: c["machine"].update(load={"a": 1})),
    "threads that are no list": spoilt(lambda c: c["machine"].update(threads=1)),
    "no rows": spoilt(lambda c: c.update(rows=None)),
    "a row without a shape": spoilt(lambda c: c["rows"][0].pop("shape")),
    "a strange shape": spoilt(lambda c: c["rows"][0].update(shape=[1, 2, 3, -4, "float64"])),
    "a strange operation": spoilt(lambda c: c["rows"][0].update(operation="think")),
    "a strange group": spoilt(lambda c: c["rows"][0].update(group=7)),
    "samples of two lengths": spoilt(lambda c: c["rows"][0]["seconds"]["reference"].pop()),
    "no samples": spoilt(lambda c: c["rows"][0].update(seconds={"reference": []})),
    "a text for a time": spoilt(lambda c: c["rows"][0]["seconds"].update(reference=["x"] * 7)),
    "a time of 0": spoilt(lambda c: c["rows"][0]["seconds"].update(reference=[0.0] * 7)),
    "NaN": spoilt(lambda c: c["rows"][0]["seconds"].update(reference=[float("nan")] * 7)),
    "a difference that is a text": spoilt(lambda c: c["rows"][0]["differences"].update(reference="0")),
    "very deep": "[" * 100_000,
    "a list for an operation": spoilt(lambda c: c["rows"][0].update(operation=[])),
    "an object for a group": spoilt(lambda c: c["rows"][0].update(group={})),
    "no times of the matrices": spoilt(lambda c: c["rows"][0]["seconds"].pop("vectorized")),
    "no times of a limit": spoilt(lambda c: c["rows"][0]["seconds"].pop(LOOP_LIMIT)),
    "a part without its others": spoilt(lambda c: c["rows"][0].update(group="parts")),
    "a row of nobody": spoilt(lambda c: c["rows"][0].update(group="contenders", seconds={}, differences={})),
    "no name of the BLAS": spoilt(lambda c: c["machine"].update(blas=None)),
    "vectors of numbers": spoilt(lambda c: c["machine"].update(vectors=[1])),
    "a list for the load": spoilt(lambda c: c["machine"].update(load=[0.1])),
    "a text for the load": spoilt(lambda c: c["machine"].update(load="much")),
    "a huge whole number": spoilt(lambda c: c["rows"][0]["differences"].update(reference=10**400)),
    "a huge time": spoilt(lambda c: c["rows"][0]["seconds"].update(reference=[10**400] * 7)),
    "the least time there is": spoilt(lambda c: c["rows"][0]["seconds"].update(reference=[5e-324] * 7)),
    "half a character": spoilt(lambda c: c["machine"].update(processor="\ud800")),
    "an escape": spoilt(lambda c: c["machine"].update(processor="\x1b[31m")),
    "an escape in a name": spoilt(lambda c: c["rows"][0]["differences"].update({"\x1b[31m": 0.0})),
    "a number of 5,000 digits": results.text_of(some()).replace('"checked": 1', f'"checked": {"9" * 5000}', 1),
}


@pytest.mark.parametrize("spoiling", SPOILT)
def test_a_spoilt_file_is_refused_in_one_line(spoiling: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(SPOILT[spoiling])
    with pytest.raises(ValueError, match=r"r\.json: .*; give a file that") as error:
        results.read(str(path))
    assert "\n" not in str(error.value)


def test_a_comparison_is_in_units_of_the_limits() -> None:
    """A machine twice as slow changes nothing; a twin twice as slow on it does."""
    draw = random.Random(2)
    times = [draw.uniform(1e-5, 1.2e-5) for _ in range(15)]
    before = Results({}, [row_of(times, times)])
    slow = Row(*before.rows[0][:5], {name: [2 * t for t in ts] for name, ts in before.rows[0].seconds.items()})
    slower = slow._replace(seconds=slow.seconds | {"reference": [4 * t for t in times]})
    found = {name: comparison.verdict(change) for _, name, _, _, change, _ in comparison.changes(before, Results({}, [slow]))}
    assert found == {"reference": "no difference", "vectorized": "no difference"}
    found = {name: comparison.verdict(change) for _, name, _, _, change, _ in comparison.changes(before, Results({}, [slower]))}
    assert found == {"reference": "slower", "vectorized": "no difference"}


# ---- the machine


def test_the_header_names_what_a_number_depends_on() -> None:
    facts = machine.describe()
    assert set(facts) == set(results.FACTS)
    for part in (facts["processor"], facts["python"], facts["numpy"], str(facts["threads"][0])):
        assert part in machine.header(facts)


def test_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    good = machine.describe() | {
        "kernel": "SkylakeX",
        "blas": "openblas 0.3",
        "vectors": ["X86_V4"],
        "threads": [1],
        "load": 0.0,
    }
    assert machine.warnings(good) == []
    for change, expected in (
        ({"kernel": "Haswell"}, "OPENBLAS_CORETYPE=SkylakeX"),
        ({"kernel": None}, "threadpoolctl"),
        ({"threads": [1, 2]}, "1 and 2 threads"),
        ({"load": 9.5, "cores": 2}, "9.50"),
    ):
        (said,) = machine.warnings(good | change)
        assert expected in said
    assert machine.warnings(good | {"kernel": "Haswell", "vectors": ["X86_V3"]}) == []


class OneStep(Straightforward):
    def step(self, n: int) -> Any:
        return super().step(1)


def test_a_contender_that_does_too_little_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps in a row are to be two steps."""
    monkeypatch.setitem(CONTENDERS, "vectorized", OneStep)
    row = run.operation_row("step", Shape(5, 7, 3, 6), SHORT, 1e-9, run.Checks())
    assert row.differences["vectorized"] > 1
    assert "vectorized" not in row.seconds


def test_what_takes_no_time_ends() -> None:
    assert repetitions(lambda n: Seconds(0.0), 0.005) == MOST


def test_goals_are_not_measured_of_wrong_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONTENDERS, "vectorized", OneStep)
    goal = goals.Goal("vectorized", "step", Shape(3, 4, 3, 2), "straightforward", 1.0)
    assert goals.line_of(goal)[-1].startswith("FAIL: vectorized disagrees")


def test_an_error_keeps_the_rows_that_are_finished() -> None:
    def fails() -> Row:
        raise ValueError("contender x: its process ended with status -9")

    found, ended = run.collect([("good", lambda: row_of([2e-5] * 7, [1e-5] * 7)), ("bad", fails)])
    assert len(found.rows) == 1
    assert not found.complete
    assert "status -9" in str(ended)


# ---- contenders in processes of their own

WORKERS = {
    "print('hello')": "its process answered 'hello",
    "print('null')": "its process answered 'null",
    "print('{}')": "its process answered '{}",
    "import sys; sys.stdout.buffer.write(bytes([255, 10]))": "its process answered",
    "import time; time.sleep(60)": "no answer within 0 s",
    "raise SystemExit(3)": "its process ended with status 3",
}


@pytest.mark.parametrize("script", WORKERS)
def test_a_process_that_answers_nonsense_is_named(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = subprocess.Popen

    def started(line: list[str], **how: Any) -> Any:
        return right([sys.executable, "-c", f"import sys; sys.stdin.readline(); {script}"], **how)

    monkeypatch.setattr(contest.subprocess, "Popen", started)
    monkeypatch.setattr(contest, "PATIENCE", 0.2 if "sleep" in script else 60.0)
    with contest.Remote("x") as remote, pytest.raises(ValueError, match="contender x: ") as error:
        remote.ask(operation="step", n=1, answer=True)
    assert WORKERS[script] in str(error.value)


@pytest.mark.parametrize("names", [["vectorized", "reference"], *thorough((["straightforward", "documents"],))], ids=" ".join)
def test_a_contender_in_a_process_answers_and_times_itself(names: list[str]) -> None:
    shape = Shape(3, 4, 3, 2)
    row = contest.row("contenders", "step", shape, names, SHORT)
    assert list(row.seconds) == names
    assert max(row.differences.values()) <= 1
    assert {len(samples) for samples in row.seconds.values()} == {SHORT.rounds}


def test_a_contender_that_cannot_says_so() -> None:
    with contest.Remote("reference") as remote:
        with pytest.raises(ValueError, match="contender reference: ValueError: n_inputs"):
            remote.ask(shape=[0, 1, 1, 1, "float64"], digits=False, first=None)
        remote.process.kill()
        with pytest.raises(ValueError, match="contender reference: its process ended"):
            remote.ask(operation="step", n=1)


@pytest.mark.parametrize("name", ["jax", "vectorized-in-jax"])
def test_an_epoch_compiled_is_one_of_batches(name: str) -> None:
    """All batches in the same order, the shorter last one too: where rounding differs it stays small in one epoch."""
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    expected = Straightforward(digits_of(DIGITS_SHAPE)).epoch(1)
    with contest.Remote(name) as remote:
        remote.ask(shape=list(DIGITS_SHAPE), digits=True, first=None)
        found = remote.ask(operation="epoch", n=1, answer=True)["answer"]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_agrees(name: str, dtype: str) -> None:
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    for operation in ("forward", "gradient", "step"):
        row = contest.row("contenders", operation, Shape(5, 4, 3, 6, dtype), [name], SHORT)
        assert row.differences[name] <= 1
        assert name in row.seconds


def test_what_is_missing_is_named() -> None:
    missing = [name for name in MODULES if not installed(name)]
    if not missing:
        pytest.skip("every peer is installed")
    said = refused("benchmarks", "--contender", missing[0], "--shape", "3-4-3")
    assert said == f"python -m benchmarks: contender {missing[0]} is not installed: pip install -e '.[peers]'\n"


# ---- the commands


@pytest.fixture(scope="module", params=["tiny", *thorough(("quick",))])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of the quick run, which prints a table for every operation; by default of small shapes."""
    path = tmp_path_factory.mktemp("results") / "quick.json"
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "tiny":
            patch.setattr(run, "QUICKLY", TINY)
            patch.setattr(run, "LADDER", (SMALL,))
        status, shown, _ = command.run("benchmarks", "--quick", "--output", path)
    assert status == 0
    for title in (*OPERATIONS.values(), "the ladder", "the rungs", "where a step of the matrices spends its time"):
        assert title in shown
    assert "Python" in shown.splitlines()[0]
    assert "break-even" in shown or request.param == "tiny", "what is measured for a moment may show none"
    return path


def test_the_break_even_is_told() -> None:
    assert "break-even" in printed("benchmarks", "show", command.ROOT / "benchmarks" / "results.json")


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure for a moment."""
    monkeypatch.setattr(run, "QUICKLY", TINY)


@pytest.mark.usefixtures("_tiny")
def test_a_shape_of_ones_own() -> None:
    shown = printed("benchmarks", *QUICK, "--batch", "7", "--dtype", "float32")
    assert re.search(r"training step, float32.*5-4-3 +7 +532 ", shown, re.S)


@pytest.mark.usefixtures("_tiny")
def test_contenders_of_ones_own() -> None:
    shown = printed("benchmarks", *QUICK, "--contender", "vectorized", "--contender", "documents")
    assert re.search(r"vectorized .*× 1\.00 *\n the documents' way .*× ", shown)


def test_every_format(kept: Path) -> None:
    text, markdown, table, content = (printed("benchmarks", "show", kept, "--format", how) for how in tables.FORMATS)
    assert "training step" in text
    assert "| network | batch |" in markdown
    assert table.startswith(
        "group,operation,network,batch,dtype,multiply_adds,contender,round,seconds\noperations,forward,1-1-1,1,float64,2,"
    )
    assert json.loads(content) == json.loads(kept.read_text())


@pytest.mark.parametrize("ending", ["svg", *thorough(("png",))])
def test_pictures(kept: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"picture.{ending}"
    printed("benchmarks", "plot", kept, path)
    assert path.stat().st_size > 10_000
    if ending == "svg":
        drawn = path.read_text()
        for text in ("multiply-adds", "training step", "products", "softmax and loss", "limit: bare loop", "64-32-10 ×32"):
            assert text in drawn


def test_compare(kept: Path) -> None:
    shown = printed("benchmarks", "compare", kept, kept)
    verdicts = Counter(re.findall(r"(no difference|slower|faster)\??\s*$", shown, re.M))
    assert set(verdicts) == {"no difference"}, "a run against itself"


def test_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the fast ones a line each; what they come to is no matter of tests."""
    monkeypatch.setattr(goals, "PACE", SHORT)
    done = command.run("benchmarks", "goals", "--only", "3-4-2 x1 float64")
    assert done.status in (0, 1), done.err
    assert re.search(r"reference forward 3-4-2 x1 float64, against documents +≥ 2\.5 .*(met|missed)", done.out)
    assert re.search(r"vectorized loss 3-4-2 x1 float64, against straightforward +≥ 0\.45 .*(met|missed)", done.out)
    assert "of 4 goals met" in done.out


@pytest.mark.thorough
@pytest.mark.parametrize(("more", "told"), [(["--threads", "2"], "2 threads"), ([], "1 thread;")])
def test_threads_are_told_to_a_fresh_process(more: list[str], told: str) -> None:
    done = command.process("-m", "benchmarks", "--quick", "--shape", "3-4-2", "--operation", "forward", *more)
    assert (done.status, done.err) == (0, "")
    assert told in done.out.splitlines()[0]


BAD = [
    (["--shape", "x"], "shape is 'x', expected three sizes like 784-100-10"),
    (["--shape", "3-4"], "expected three sizes"),
    (["--shape", "3-0-2"], "n_hidden is 0"),
    (["--shape", "3-4-2", "--batch", "0"], "batch is 0"),
    (["--shape", "3-4-2", "--batch", "many"], "--batch"),
    (["--shape", "3-4-2", "--dtype", "float16"], "float16"),
    (["--shape", "1000000-1000000-10"], "GiB"),
    (["--shape", "784-100-10", "--batch", "1000000000000"], "GiB"),
    (["--batch", "3"], "belong to a --shape"),
    (["--contender", "tensorflow"], "tensorflow"),
    (["--operation", "steps"], "step"),
    (["--threads", "0"], "threads is 0"),
    (["--format", "pdf"], "pdf"),
    (["--quick", "--output", "no/such/folder/r.json"], "no/such/folder"),
    (["--quick", "--thorough"], "not allowed with"),
    (["show", "no_such_file.json"], "no_such_file.json"),
    (["show", "README.md"], "README.md: is no JSON"),
    (["plot", "README.md", "picture.gif"], "picture.gif: expected a name that ends in .png or .svg"),
    (["compare", "README.md", "README.md"], "README.md: is no JSON"),
    (["goals", "--only", "no such goal"], "no goal contains this"),
    (["thorough"], "thorough"),
    (["--threads", "9999999"], "--threads is 9999999"),
    (["--shape", "3-4-2", "--operation", "epoch"], "leave --shape out"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_gets_one_line_and_status_2(arguments: list[str], expected: str) -> None:
    assert expected in refused("benchmarks", *arguments)


def test_ctrl_c_keeps_the_rows_that_are_finished(tmp_path: Path) -> None:
    """It is pressed when the second row is begun."""
    with open(tmp_path / "tables", "w+b") as out:
        arguments = "--output", str(tmp_path / "r.json")
        status, shown = in_terminal("benchmarks", command.ROOT, *arguments, until="forward pass, 3-4-2", out=out)
    assert status == 130, shown
    assert "Traceback" not in shown
    kept = (tmp_path / "tables").read_text("utf-8")
    assert "stopped before it was complete" in kept
    found = results.read(str(tmp_path / "r.json"))
    assert not found.complete
    assert found.rows
    assert found.rows[0].shape.network in kept


def test_a_picture_needs_rows(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no row of the forward pass"):
        plots.draw(str(tmp_path / "p.svg"), some(), "forward")


def test_loops_and_matrices_are_the_twins() -> None:
    """What is measured is what users call."""
    problem = problem_of(Shape(3, 4, 2, 1))
    assert type(Loops(problem).network).__module__ == "reference.network"
    assert type(Matrices(problem).network).__module__ == "vectorized.network"
