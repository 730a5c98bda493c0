"""Files of results, their tables, and the comparison of two files."""

import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import answer, comparison, factors, machine, plots, results, run, tables
from benchmarks.intervals import Interval, interval
from benchmarks.limits import LOOP_LIMIT
from benchmarks.lines import prediction
from benchmarks.measure import Pace
from benchmarks.results import Results, Row
from benchmarks.shapes import Shape
from benchmarks.texts import median_text
from reference.commands.line import console
from tests.benchmarks.rows import SHORT, results_of_two_rows, row_of


def text_of(stored: Results, folder: Path) -> str:
    """Write the results to r.json, and return its text."""
    results.write(folder / "r.json", stored)
    return (folder / "r.json").read_text()


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    stored = results_of_two_rows()
    stored.rows[0].differences["reference"] = math.inf
    stored.machine["libraries"] = {"torch": "2.9.0"}
    assert len(text_of(stored, tmp_path).splitlines()) == 4, "each row is on its own line"
    assert results.read(str(tmp_path / "r.json")) == stored


TEXTS: dict[str, Callable[[str], str]] = {
    "not JSON": lambda text: "hello",
    "truncated": lambda text: text[:-40],
    "empty": lambda text: "",
    "a list": lambda text: "[]",
    "very deep": lambda text: "[" * 100_000,
    "a number of 5,000 digits": lambda text: text.replace('"checked": 1', f'"checked": {"9" * 5000}', 1),
}
CHANGES: dict[str, Callable[[Any, Any], object]] = {
    "another format": lambda content, row: content.update(format="something"),
    "another version": lambda content, row: content.update(version=2),
    "no machine": lambda content, row: content.pop("machine"),
    "a strange fact": lambda content, row: content["machine"].update(load={"a": 1}),
    "no rows": lambda content, row: content.update(rows=None),
    "a row without a shape": lambda content, row: row.pop("shape"),
    "a strange shape": lambda content, row: row.update(shape=[1, 2, 3, -4, "float64"]),
    "a strange operation": lambda content, row: row.update(operation="think"),
    "a strange group": lambda content, row: row.update(group=7),
    "samples of two lengths": lambda content, row: row["seconds"]["reference"].pop(),
    "no samples": lambda content, row: row.update(seconds={"reference": []}),
    "a text for a time": lambda content, row: row["seconds"].update(reference=["x"] * 7),
    "a time of 0": lambda content, row: row["seconds"].update(reference=[0.0] * 7),
    "NaN": lambda content, row: row["seconds"].update(reference=[float("nan")] * 7),
    "no times of the matrices": lambda content, row: row["seconds"].pop("vectorized"),
    "no times of the parts of a step": lambda content, row: row.update(group="parts"),
    "a row without contenders": lambda content, row: row.update(group="contenders", seconds={}, differences={}),
    "a huge time": lambda content, row: row["seconds"].update(reference=[10**400] * 7),
    "a lone surrogate": lambda content, row: content["machine"].update(processor="\ud800"),
    "an escape in a name": lambda content, row: row["differences"].update({"\x1b[31m": 0.0}),
}


def check_refused(path: Path) -> None:
    with pytest.raises(ValueError, match=r"r\.json: .*; give a file that") as error:
        results.read(str(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("damage", TEXTS)
def test_damaged_text_is_refused(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(TEXTS[damage](text_of(results_of_two_rows(), tmp_path)))
    check_refused(path)


@pytest.mark.parametrize("change", CHANGES)
def test_damaged_content_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    content = json.loads(text_of(results_of_two_rows(), tmp_path))
    CHANGES[change](content, content["rows"][0])
    path.write_text(json.dumps(content))
    check_refused(path)


def verdicts_of(before: Row, after: Row) -> dict[str, str]:
    runs = [Results(machine.describe(), [row]) for row in (before, after)]
    return {change.name: change.verdict for change in comparison.changes(*runs)}


def test_the_verdict_is_unclear_if_the_machine_was_slower() -> None:
    draw = random.Random(2)
    times = [draw.uniform(1e-5, 1.05e-5) for _ in range(15)]
    before = row_of(times, times)
    slower = before._replace(seconds=before.seconds | {"reference": [2 * t for t in times]})
    assert verdicts_of(before, slower) == {"reference": "slower", "vectorized": "no difference"}
    assert verdicts_of(slower, before) == {"reference": "faster", "vectorized": "no difference"}
    slow_machine = before._replace(seconds={name: [2 * t for t in samples] for name, samples in before.seconds.items()})
    assert set(verdicts_of(before, slow_machine).values()) == {"unclear"}
    (change, _) = comparison.changes(*(Results(machine.describe(), [row]) for row in (before, slow_machine)))
    assert comparison.cells(change)[-2:] == ["2.00", "unclear"]
    single = before._replace(shape=before.shape._replace(dtype="float32"))
    assert verdicts_of(before, single) == {"reference": "no difference", "vectorized": "no difference"}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.2, 1.3, "slower"),
        (0.7, 0.8, "faster"),
        (0.95, 1.05, "no difference"),
        (1.05, 1.2, "unclear"),
        (0.8, 1.2, "unclear"),
        (1.2, 2.4, "unclear"),
    ],
)
def test_the_verdict_depends_on_the_whole_interval(low: float, high: float, verdict: str) -> None:
    row = row_of([1e-5] * 15, [1e-5] * 15)
    time = interval([1e-5] * 15)
    assert comparison.Change(row, "reference", time, time, Interval(1.0, low, high), bare_loop=1.0).verdict == verdict


def test_settings_that_differ_are_named() -> None:
    row, here = row_of([1e-5] * 7, [1e-5] * 7), machine.describe()
    there: machine.Machine = {**here, "kernel": "another", "load": 7.0}
    runs = [Results(facts, [row]) for facts in (here, there)]
    assert comparison.other_settings(*runs) == [f"kernel ({here['kernel'] or 'unknown'} before, another after)"]
    assert comparison.other_settings(runs[0], runs[0]) == []
    single = Results(here, [row._replace(shape=row.shape._replace(dtype="float32"))])
    assert comparison.other_settings(runs[0], single) == ["dtype (float64 before, float32 after)"]


@pytest.mark.thorough
def test_loops_that_take_too_long_are_predicted_from_the_largest_row() -> None:
    plan = run.Plan((Shape(2, 3, 2, 1), Shape(8, 16, 4, 4), Shape(64, 32, 10, 8)), SHORT, ("forward",))
    rows = [job() for _, job in run.jobs_of(plan)]
    rows += [job() for _, job in run.jobs_of(plan._replace(shapes=(Shape(64, 100, 10, 8),), pace=SHORT._replace(longest=1e-6)))]
    assert ["reference" in row.seconds for row in rows] == [True, True, True, False]
    table = tables.operation_table("forward", rows, [])
    assert [prediction(row, rows) for row in rows[:3]] == [None] * 3
    predicted = prediction(rows[3], rows)
    assert predicted == pytest.approx([t * 59_200 / 18_944 for t in rows[2].seconds["reference"]])
    assert table.rows[3][2] == f"≈ {median_text(interval(predicted))}"
    assert table.rows[3][4].startswith("≈")
    assert any("≈ is a prediction" in note for note in table.notes)


def test_a_smaller_batch_is_added_if_a_batch_is_too_large_for_the_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "loop_seconds", lambda: 4e-8)
    shape, pace = Shape(64, 32, 10, 100_000), Pace(longest=0.1)
    smaller, unchanged = run.with_smaller(shape, ("step",), pace)
    assert unchanged == shape
    assert smaller.sizes == shape.sizes
    assert not run.too_long(smaller, "step", pace, 4e-8)
    assert run.too_long(smaller._replace(n_samples=2 * smaller.n_samples), "step", pace, 4e-8)
    assert run.with_smaller(smaller, ("step",), pace) == (smaller,)
    assert run.with_smaller(Shape(784, 1000, 10, 5), ("step",), Pace(longest=0.01)) == (Shape(784, 1000, 10, 5),)


def test_the_cells_of_a_table() -> None:
    cells = tables.cells(row_of([2e-5] * 15, [1e-5] * 15), None)
    # the bare loop takes 100 µs for 6,400 multiply-adds, so 0.75 µs for 48: 4 % of the 20 µs of the loops
    assert cells == ["3-4-2 x1", "48", "20.0 µs", "10.0 µs", "2.00 (2.00–2.00)", "4 %", "100 %"]


def test_the_answer_in_words_uses_only_rows_with_a_clear_winner() -> None:
    loops_win, matrices_win = row_of([1e-5] * 7, [2e-5] * 7), row_of([2e-5] * 7, [1e-5] * 7, Shape(32, 32, 4, 1))
    between = row_of([2e-5] * 4 + [5e-6] * 3, [1e-5] * 7, Shape(8, 8, 4, 1))  # the median ratio is 2, its interval contains 1
    batches = [matrices_win._replace(shape=Shape(4, 8, 3, n)) for n in (64, 4)]
    assert answer.sentences([matrices_win, between, loops_win, *batches])[:4] == [
        "For one sample, the loops are faster up to 3-4-2 x1 (48) and the matrices are faster from 32-32-4 x1 (2,432) on.",
        "At 3-4-2 x1 (48) the loops are 2.00 times as fast.",
        "In larger batches, the matrices are faster at every measured size, from 4-8-3 x4 (544) on.",
        "The matrices are 2.00 times as fast at 4-8-3 x4 (544), 2.00 times at 32-32-4 x1 (2,432) "
        "and 2.00 times at 4-8-3 x64 (8,704).",
    ]
    assert answer.sentences([between, between])[0] == "For one sample, this run does not show which are faster."
    assert "At 4-8-3 x64 (8,704) the products" in answer.sentences(batches)[-1], "the last sentence is about the largest row"


def test_a_picture_needs_rows(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="do not compare loops with matrices in the forward pass"):
        plots.draw(str(tmp_path / "p.svg"), results_of_two_rows(), "forward")


def test_a_warning_says_that_the_machine_was_not_steady(capsys: pytest.CaptureFixture[str]) -> None:
    stored = results_of_two_rows()
    tables.show(console(), stored)
    assert "not steady" not in capsys.readouterr().out
    stored.rows[1].seconds[LOOP_LIMIT][:] = [1.5e-4] * 7
    tables.show(console(), stored)
    assert "the time of the bare loop varied by a factor of 1.50" in capsys.readouterr().out


def test_a_note_compares_vectorized_with_straightforward_numpy() -> None:
    row = row_of([2e-5] * 7, [2e-5] * 7)._replace(group="ladder", operation="gradient")
    row.seconds["straightforward"] = [1e-5] * 7
    note = factors.ladder_table([row]).notes[1]
    assert note.endswith("compared with straightforward NumPy, vectorized takes 2.00 times as long at 3-4-2 x1.")


def test_the_header_names_the_libraries_of_the_contenders() -> None:
    assert ", torch 2.9.0;" in machine.header(machine.describe() | {"libraries": {"torch": "2.9.0"}})


def test_the_header_names_processor_versions_and_threads() -> None:
    facts = machine.describe()
    for part in (facts["processor"], facts["python"], facts["numpy"], str(facts["threads"][0])):
        assert part in machine.header(facts)


def test_warnings() -> None:
    good = machine.describe()
    good |= {"kernel": "SkylakeX", "blas": "openblas 0.3", "vectors": ["X86_V4"], "load": 0.0, "cores": 2}
    assert machine.warnings(good) == []
    assert machine.warnings({**good, "kernel": "Haswell", "vectors": ["X86_V3"]}) == []
    for facts, expected in (
        ({**good, "kernel": "Haswell"}, "OPENBLAS_CORETYPE=SkylakeX"),
        ({**good, "kernel": None}, "threadpoolctl"),
        ({**good, "load": 9.5}, "9.50"),
    ):
        (message,) = machine.warnings(facts)
        assert expected in message


def test_an_error_keeps_the_finished_rows() -> None:
    def fail() -> Row:
        raise ValueError("contender x: its process ended with status -9")

    stored, problem = run.collect([("good", lambda: row_of([2e-5] * 7, [1e-5] * 7)), ("bad", fail)])
    assert len(stored.rows) == 1
    assert not stored.complete
    assert "status -9" in str(problem)
