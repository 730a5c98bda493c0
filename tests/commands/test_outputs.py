"""Output files: commands never overwrite their input, and refuse a wrong output file early."""

import io
import os
from pathlib import Path

import pytest

import vectorized
from reference.commands import progress
from tests.command import ROOT, Result, run
from tests.thorough import thorough

TABLE = "a,b,y\n" + "".join(f"{s % 7},{s % 5},{s % 3 + 0.5}\n" for s in range(40))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a table, a network and results, each with a symbolic link and a hard link."""
    (tmp_path / "table.csv").write_text(TABLE)
    vectorized.NeuralNetwork(2, 3, 1, output="identity").save(tmp_path / "net.json")
    (tmp_path / "results.json").write_bytes((ROOT / "benchmarks" / "results.json").read_bytes())
    for name in ("table.csv", "net.json", "results.json"):
        (tmp_path / f"link.{name}.svg").symlink_to(name)
        os.link(tmp_path / name, tmp_path / f"hard.{name}.svg")
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def check_refused(result: Result, *words: str) -> None:
    assert result.status == 2, result
    assert result.err.count("\n") == 1, result.err
    assert all(word in result.err for word in words), result.err


OUTPUT_IS_INPUT = [
    *(
        ("reference", f"{command} {option} {spelling}", option)
        for command, options in {
            "explain --data table.csv": ["--html"],
            "train table.csv --epochs 1": ["--save", "--loss-file"],
        }.items()
        for option in options
        for spelling in ("table.csv", "./table.csv", "link.table.csv.svg", "hard.table.csv.svg")
    ),
    ("reference", "explain --network net.json --inputs 1,2 --html net.json", "--html"),
    ("reference", "explain --network net.json --inputs 1,2 --html link.net.json.svg", "--html"),
    ("benchmarks", "plot results.json link.results.json.svg", "PICTURE"),
    ("benchmarks", "plot results.json hard.results.json.svg", "PICTURE"),
    ("benchmarks", "plot link.results.json.svg link.results.json.svg", "PICTURE"),
]


@pytest.mark.parametrize(("program", "line", "option"), OUTPUT_IS_INPUT)
def test_an_input_file_is_never_overwritten(program: str, line: str, option: str, folder: Path) -> None:
    before = content(folder)
    check_refused(run(program, *line.split(), folder=folder), option, "both name", "give each its own")
    assert content(folder) == before


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("reference", "explain --html no/page.html"),
        ("reference", "vectors --output no/vectors.jsonl"),
        ("reference", "plot-activations no/picture.svg"),
        ("vectorized", "train iris --save no/net.json"),
        ("reference", "explain --html -"),
        ("benchmarks", "--output no/results.json"),
    ],
)
def test_a_wrong_output_file_is_refused(program: str, line: str, tmp_path: Path) -> None:
    words = ["'-'", "give a file name"] if line.endswith("-") else ["no/", "the folder does not exist"]
    check_refused(run(program, *line.split(), folder=tmp_path), *words)


def test_an_output_may_have_the_name_of_a_data_set_or_of_an_existing_file(folder: Path) -> None:
    assert run("reference", "explain", "--data", "iris", "--html", "iris", folder=folder).status == 0
    assert run("reference", "explain", "--html", "net.json", folder=folder).status == 0, "net.json is not read here"


def test_progress_that_cannot_be_written_raises_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr("sys.stderr", Full())
    show = progress.plain_lines(100)
    show(1, "epoch 1 of 100")
    show(2, "epoch 2 of 100")


@pytest.mark.parametrize("flags", ["--targets 1,0", "--node h99", "--stage o_deltas --node h0"])
def test_explain_refuses_wrong_options_before_training(flags: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference.explain.command.history_of", pytest.fail)
    result = run("reference", "explain", "--data", "gate", "--epochs", "1000", *flags.split())
    assert result.status == 2
    assert result.err.count("\n") == 1


CONTROL_NAME = "\x1b]0;x\x07"


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("reference", "explain --html page{}.html"),
        *thorough(("reference", "vectors --output vectors{}")),
        ("reference", "plot-activations picture{}.svg"),
        ("reference", "show none{}.json"),
        ("vectorized", "train iris --epochs 1 --save net{}.json"),
        ("benchmarks", "plot results.json picture{}.svg"),
    ],
)
def test_control_characters_in_file_names_are_escaped(program: str, line: str, folder: Path) -> None:
    result = run(program, *line.format(CONTROL_NAME).split(" "), folder=folder)
    assert r"\x1b]0;x\x07" in result.out + result.err
    assert not set(CONTROL_NAME[::5]) & set(result.out + result.err)
