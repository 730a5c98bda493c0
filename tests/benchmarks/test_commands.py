"""Every command of the benchmark, run as a user runs it."""

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import goals, results, run
from benchmarks.intervals import Interval
from benchmarks.shapes import OPERATIONS, shapes_of
from benchmarks.table import WIDTH
from tests import command
from tests.benchmarks.rows import SHORT, SMALL
from tests.command import error_of, output_of
from tests.terminal import in_terminal
from tests.thorough import thorough

TINY = run.QUICK_PLAN._replace(shapes=shapes_of((1, 1, 1, 1), (3, 4, 2, 1), (4, 8, 3, 4)), pace=SHORT._replace(longest=0.001))
QUICK = ("--quick", "--shape", "5-4-3", "--operation", "step")


@pytest.fixture(scope="module", params=["tiny", *thorough(("quick",))])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results file of a quick run (by default, with tiny shapes)."""
    path = tmp_path_factory.mktemp("results") / "quick.json"
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "tiny":
            patch.setattr(run, "QUICK_PLAN", TINY)
            patch.setattr(run, "LADDER", (SMALL,))
        status, out, _ = command.run("benchmarks", "--quick", "--output", path)
    assert status == 0
    for title in (*OPERATIONS.values(), "the same network written four ways", "where a training step of the matrices"):
        assert title in out
    assert "Python" in out.splitlines()[0]
    return path


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUICK_PLAN", TINY)


@pytest.mark.usefixtures("_tiny")
def test_shape_batch_and_dtype() -> None:
    out = output_of("benchmarks", *QUICK, "--batch", "7", "--dtype", "float32")
    assert re.search(r"training step, float32.*5-4-3 x7 +532 ", out, re.S)
    assert re.search(r"\n3-4-2 x1 +48 .*\n5-4-3 x1 +76 ", output_of("benchmarks", "--shape", "3-4-2", *QUICK))


@pytest.mark.usefixtures("_tiny")
def test_contender() -> None:
    out = output_of("benchmarks", *QUICK, "--contender", "vectorized", "--contender", "documents")
    assert re.search(r"5-4-3 x1\n  vectorized .*× 1\.00 \(1\.00–1\.00\)\n  the documents' way .*× .* \(.*–.*\)\n", out)


@pytest.mark.parametrize("ending", ["svg", *thorough(("png",))])
def test_plot(file: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"picture.{ending}"
    output_of("benchmarks", "plot", file, path)
    assert path.stat().st_size > 10_000
    if ending == "svg":
        picture = path.read_text()
        for text in ("multiply-adds", "training step", "products", "softmax and loss", "limit: bare loop", "64-32-10 x32"):
            assert text in picture


def test_compare(file: Path) -> None:
    out = output_of("benchmarks", "compare", file, file)
    verdicts = Counter(re.findall(r" x\d+ .*(no difference|unclear|slower|faster)\s*$", out, re.M))
    assert verdicts
    assert set(verdicts) <= {"no difference", "unclear"}, "a run differs from itself"


def test_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The goals need not be met here."""
    monkeypatch.setattr(goals, "PACE", SHORT)
    monkeypatch.setitem(goals.PROMISES, "forward pass against NumPy", goals.PROMISES["forward pass against NumPy"][:2])
    result = command.run("benchmarks", "goals", "--only", "forward pass")
    assert result.status in (0, 1), result.err
    assert re.search(r"NumPy +[012] of 2 +[012] +forward 3-4-2 x1 float\d\d +[\d.]+–[\d.]+ +0\.6\nall +", result.out)
    assert len(re.findall(r"NumPy +(?:met|missed|too close) +forward 3-4-2 x1 float(?:32|64) ", result.out)) == 2


def test_the_report_on_goals_names_the_worst_case() -> None:
    shares = {"a": Interval(2.0, 1.9, 2.1), "b": Interval(0.9, 0.8, 0.99), "c": Interval(0.99, 0.98, 1.0)}
    cases = [goals.Outcome(case, "measured", "goal", share) for case, share in shares.items()]
    assert [case.verdict for case in cases] == ["met", "missed", "too close"]
    assert goals.report({"fast": cases}).splitlines()[3].split() == ["fast", *["1", "of", "3", "1", "b", "measured", "goal"]]


def test_the_tables_of_the_goals_are_not_too_wide() -> None:
    share, outcomes = Interval(1.0, 0.9, 1.1), {}
    for promise, cases in goals.PROMISES.items():
        outcomes[promise] = [goals.Outcome(f"{case.operation} {case.shape}", "0.123–0.456", "80 KiB", share) for case in cases]
    texts = goals.report(outcomes), goals.list_of_cases(outcomes)
    assert max(len(line) for text in texts for line in text.splitlines()) <= WIDTH


@pytest.mark.thorough
@pytest.mark.parametrize(("more", "header"), [(["--threads", "2"], "2 threads"), ([], "1 thread;")])
def test_the_benchmark_uses_1_thread_or_as_many_as_the_option_says(more: list[str], header: str) -> None:
    result = command.process("-m", "benchmarks", "--quick", "--shape", "3-4-2", "--operation", "forward", *more)
    assert (result.status, result.err) == (0, "")
    assert header in result.out.splitlines()[0]


BAD = [
    (["--shape", "x"], "shape is 'x', expected three sizes like 784-100-10"),
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
    (["--quick", "--thorough"], "not allowed with"),
    (["show", "README.md"], "README.md: holds no results of a benchmark"),
    (["plot", "README.md", "picture.gif"], "picture.gif: expected a name that ends in .png or .svg"),
    (["goals", "--only", "no such goal"], "no promise contains this"),
    (["thorough"], "thorough"),
    (["--shape", "3-4-2", "--operation", "epoch"], "leave --shape out"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_gets_one_line_and_status_2(arguments: list[str], expected: str) -> None:
    assert expected in error_of("benchmarks", *arguments)


def test_ctrl_c_in_the_second_row_keeps_the_first_row(tmp_path: Path) -> None:
    with open(tmp_path / "tables", "w+b") as out:
        arguments = "--output", str(tmp_path / "r.json")
        status, terminal = in_terminal("benchmarks", command.ROOT, *arguments, until="forward pass, 3-4-2", out=out)
    assert status == 130, terminal
    assert "Traceback" not in terminal
    tables = (tmp_path / "tables").read_text("utf-8")
    assert "stopped before it was complete" in tables
    partial = results.read(str(tmp_path / "r.json"))
    assert not partial.complete
    assert partial.rows
    assert partial.rows[0].shape.label in tables
