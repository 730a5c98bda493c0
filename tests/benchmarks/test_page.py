"""benchmarks/README.md agrees with the stored results, and its commands exist."""

import re
import shlex

import pytest

from benchmarks import answer, factors, machine, results, tables
from benchmarks.commands import parser
from benchmarks.goals import PROMISES
from benchmarks.table import WIDTH, text_of
from tests.command import ROOT, output_of

FOLDER = ROOT / "benchmarks"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
STORED = results.read(str(FOLDER / "results.json"))
HEADER = machine.header(STORED.machine)


@pytest.mark.parametrize("operation", ["forward", "gradient", "step", "epoch"])
def test_the_page_has_the_sentences_that_follow_from_the_stored_results(operation: str) -> None:
    assert " ".join(answer.sentences(STORED.rows_of("operations", operation))) in " ".join(PAGE.split())


def test_the_page_has_the_tables_and_the_machine() -> None:
    steps = STORED.rows_of("operations", "step")
    ladder = factors.ladder_table(STORED.rows_of("ladder"))
    for table in (tables.operation_table("step", steps, steps), ladder):
        assert f"```text\n{text_of(table._replace(title='', notes=()))}\n```" in PAGE
    assert any(note in " ".join(PAGE.split()) for note in ladder.notes)
    assert STORED.complete
    assert HEADER in PAGE


def test_the_picture_shows_the_stored_ratios() -> None:
    picture = (FOLDER / "results.svg").read_text(encoding="utf-8")
    for row in answer.timed_in(STORED.rows_of("operations", "step")):
        assert f">{answer.factor(row)}</text>" in picture


def test_the_page_quotes_the_goals() -> None:
    text = (FOLDER / "goals.txt").read_text(encoding="utf-8")
    head, table = text.split("\n\n")
    python, blas = HEADER.split("; load")[0].split("; openblas")
    assert head.startswith(python)
    assert f"; openblas{blas}" in head
    assert f"```text\n{table}```" in PAGE
    counts = re.findall(r"^(.+?)  +\d+ of +(\d+)  ", table, re.M)
    assert counts[:-1] == [(promise, str(len(goals))) for promise, goals in PROMISES.items()]
    assert counts[-1] == ("all", str(sum(map(len, PROMISES.values()))))


def test_show_prints_the_stored_results() -> None:
    lines = output_of("benchmarks", "show", FOLDER / "results.json").splitlines()
    assert lines[0] == HEADER
    assert max(map(len, lines[1:])) <= WIDTH
    _, found, unsteady = lines[1].partition("warning: the machine was not steady: ")
    words = " ".join(PAGE.split())
    assert unsteady in words
    assert ("the time of the bare loop varied" in words) == bool(found)


def test_the_commands_use_options_that_exist() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("python -m benchmarks")]
    assert len(lines) >= 5
    for line in lines:
        parser().parse_args(shlex.split(line, comments=True)[3:])
