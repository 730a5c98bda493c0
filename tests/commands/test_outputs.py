"""What the commands write: never over what they read, and nothing is refused after the work is done."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import reference
import vectorized
from reference import datasets
from reference.commands import progress
from reference.specification.files import LARGEST_FILE
from reference.specification.network_file import MOST_WEIGHTS
from tests.command import ROOT, Done, run
from tests.thorough import thorough

TWINS = pytest.mark.parametrize("twin", ["reference", "vectorized"])
TABLE = "a,b,y\n" + "".join(f"{s % 7},{s % 5},{s % 3 + 0.5}\n" for s in range(40))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a table, a network and results, each under its name, a link and a second name."""
    (tmp_path / "table.csv").write_text(TABLE)
    vectorized.NeuralNetwork(2, 3, 1, output="identity").save(tmp_path / "net.json")
    (tmp_path / "results.json").write_bytes((ROOT / "benchmarks" / "results.json").read_bytes())
    for name in ("table.csv", "net.json", "results.json"):
        (tmp_path / f"link.{name}.svg").symlink_to(name)
        os.link(tmp_path / name, tmp_path / f"hard.{name}.svg")
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    """Return what every file of a folder holds."""
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def check_refused(done: Done, *words: str) -> None:
    assert done.status == 2, done
    assert done.err.count("\n") == 1, done.err
    assert all(word in done.err for word in words), done.err


OVER_WHAT_IS_READ = [
    *(
        ("reference", f"{command} {option} {spelling}", option)
        for command, options in {
            "explain --data table.csv": ["--html"],
            "train table.csv --epochs 1": ["--save", "--loss-file", "--plot"],
        }.items()
        for option in options
        for spelling in ("table.csv", "./table.csv", "link.table.csv.svg", "hard.table.csv.svg")
        if option != "--plot" or spelling.endswith("svg")
    ),
    ("reference", "explain --network net.json --inputs 1,2 --html net.json", "--html"),
    ("reference", "explain --network net.json --inputs 1,2 --html link.net.json.svg", "--html"),
    ("benchmarks", "plot results.json link.results.json.svg", "PICTURE"),
    ("benchmarks", "plot results.json hard.results.json.svg", "PICTURE"),
    ("benchmarks", "plot link.results.json.svg link.results.json.svg", "PICTURE"),
]


@pytest.mark.parametrize(("program", "line", "option"), OVER_WHAT_IS_READ)
def test_what_is_read_is_not_written_over(program: str, line: str, option: str, folder: Path) -> None:
    before = content(folder)
    check_refused(run(program, *line.split(), folder=folder), option, "both name", "give each its own")
    assert content(folder) == before


def test_a_file_behind_standard_input_is_read_too(folder: Path) -> None:
    """Told by the file itself: its name is nowhere in the command."""
    before = content(folder)
    command = [sys.executable, "-m", "reference", "train", "-", "--save", "table.csv"]
    with open(folder / "table.csv", "rb") as table:
        done = subprocess.run(command, stdin=table, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    check_refused(Done(done.returncode, "", done.stderr.decode()), "--save and DATA both name table.csv")
    assert content(folder) == before


@pytest.mark.parametrize(
    ("program", "line"), [("reference", "explain --html -"), ("reference", "vectors --output -"), ("benchmarks", "--output -")]
)
def test_a_minus_is_no_file(program: str, line: str, tmp_path: Path) -> None:
    check_refused(run(program, *line.split(), folder=tmp_path), "'-'", "give the name of one")
    assert content(tmp_path) == {}


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("reference", "explain --html no/page.html"),
        ("reference", "vectors --output no/vectors.jsonl"),
        ("reference", "plot-activations no/picture.svg"),
        ("benchmarks", "--output no/results.json"),
    ],
)
def test_what_cannot_be_written_is_said_first(program: str, line: str, tmp_path: Path) -> None:
    check_refused(run(program, *line.split(), folder=tmp_path), "no/", "No such file or directory")


def test_a_name_that_stands_for_nothing_that_is_read_is_free(folder: Path) -> None:
    """The built-in data set iris is no file: a page may have its name."""
    assert run("reference", "explain", "--data", "iris", "--html", "iris", folder=folder).status == 0
    assert run("reference", "explain", "--html", "net.json", folder=folder).status == 0, "an older page is replaced"


# A number that the scale of the training part makes infinite: lines 10, 11 and 12 hold rows 7, 8 and 9 below a blank line.


def table_with(row: int, **changed: str) -> str:
    """Return a table of small numbers, one row of it changed, below a blank line."""
    lines = ["a,b,y", ""]
    for s in range(40):
        fields = {"a": f"{s % 7}e-10", "b": f"{s % 5}", "y": f"{s % 3}.5e-10"} | (changed if s == row else {})
        lines.append(",".join(fields.values()))
    return "\n".join(lines) + "\n"


def seed_that_holds_out(row: int) -> int:
    """Return the first seed whose held-out part has this row."""
    numbers = datasets.Dataset([[float(s)] for s in range(40)], [[0.0]] * 40, [], ("a",), (), ("y",))
    return next(seed for seed in range(99) if [float(row)] in datasets.split(numbers, 0.2, seed)[1].inputs)


@TWINS
@pytest.mark.parametrize(("column", "number"), [("a", "1.5e308"), ("y", "-1e308")])
@pytest.mark.parametrize("scale", ["standard", "minmax", "max"])
def test_what_the_scale_makes_infinite_is_said_before_training(
    twin: str, column: str, number: str, scale: str, tmp_path: Path
) -> None:
    (tmp_path / "table.csv").write_text(table_with(7, **{column: number}))
    flags = ["--seed", seed_that_holds_out(7), "--scale", scale, "--scale-targets", scale, "--save", "net.json"]
    done = run(twin, "train", "table.csv", "--epochs", "1", *flags, folder=tmp_path)
    check_refused(done, f"table.csv, line 10, column '{column}': {float(number)!r} is too large", "leave it out")
    assert done.out == ""
    assert os.listdir(tmp_path) == ["table.csv"]


def test_a_question_that_the_scale_makes_infinite_is_named(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(table_with(7, a="1.5e308"))
    (tmp_path / "small.csv").write_text(table_with(-1))
    assert run("vectorized", "train", "small.csv", "--epochs", "1", "--save", "net.json", folder=tmp_path).status == 0
    check_refused(run("vectorized", "predict", "net.json", "table.csv", folder=tmp_path), "table.csv, line 10, column 'a'")


@TWINS
def test_a_part_that_cannot_be_evaluated_takes_nothing_away(twin: str, tmp_path: Path) -> None:
    """A number of 1e180 is fine under the scale, and its squared error is not: the network is kept, and the status good."""
    (tmp_path / "table.csv").write_text(table_with(7, a="1e170"))
    flags = ["--seed", seed_that_holds_out(7), "--save", "net.json", "--plot", "loss.svg"]
    done = run(twin, "train", "table.csv", "--epochs", "2", *flags, folder=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert "held-out part: not evaluated, as loss is inf: it overflows" in done.out
    assert "saved: network in net.json; picture of the losses in loss.svg" in done.out
    assert reference.NeuralNetwork.load(tmp_path / "net.json").n_inputs == 2


@TWINS
def test_progress_that_nobody_can_read_stops_no_training(twin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error may be a full disk or a closed pipe."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr("sys.stderr", Full())
    say = progress.plain(100)
    say(0, 0.5)
    say(1, 0.5)


def test_an_error_too_large_to_be_squared_is_no_traceback(tmp_path: Path) -> None:
    rows = "".join(f"{s},1,{s}.5\n" for s in range(20)) + "3,1,1e308\n4,1,-1e308\n"
    (tmp_path / "table.csv").write_text("a,b,y\n" + rows)
    for seed in range(4):
        done = run("vectorized", "train", "table.csv", "--epochs", "1", "--seed", seed, "--save", "net.json", folder=tmp_path)
        assert (done.status, done.err) == (0, ""), done.err
        assert "held-out part" in done.out


@pytest.mark.parametrize(("column", "number"), [("a", "3e300"), ("y", "-3e300")])
def test_what_single_precision_cannot_hold_is_said_before_training(column: str, number: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(table_with(7, **{column: number}))
    flags = ["--scale", "none", "--scale-targets", "none", "--dtype", "float32"]
    done = run("vectorized", "train", "table.csv", *flags, folder=tmp_path)
    check_refused(done, f"table.csv, line 10, column '{column}': {float(number)!r} is too large")
    assert done.out == ""


@pytest.mark.parametrize("flag", ["--learning-rate", "--l2"])
def test_a_setting_that_single_precision_cannot_hold_is_named_by_its_flag(flag: str, tmp_path: Path) -> None:
    done = run("vectorized", "train", "iris", "--dtype", "float32", flag, "1e300", folder=tmp_path)
    check_refused(done, f"{flag} is 1e+300, expected a number that float32 holds")


@pytest.mark.parametrize("folder_name", ["dangling", "new/" + "x" * 300])
def test_a_folder_that_cannot_be_made_is_said_first(folder_name: str, tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    done = run("vectorized", "train", "iris", "--save", "net.json", "--weights-text", folder_name, folder=tmp_path)
    assert done.status == 2
    assert done.out == ""
    assert os.listdir(tmp_path) == ["dangling"]


@pytest.mark.parametrize("flags", ["--targets 1,0", "--node h99", "--stage o_deltas --node h0"])
def test_what_is_not_there_to_explain_is_said_before_training(flags: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference.explain.command.history_of", pytest.fail)
    done = run("reference", "explain", "--data", "gate", "--epochs", "1000", *flags.split())
    assert done.status == 2
    assert done.err.count("\n") == 1


STEERING = "\x1b]0;x\x07"


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
def test_no_name_of_a_file_steers_a_terminal(program: str, line: str, folder: Path) -> None:
    done = run(program, *line.format(STEERING).split(" "), folder=folder)
    assert r"\x1b]0;x\x07" in done.out + done.err
    assert not set(STEERING[::5]) & set(done.out + done.err)


def test_a_network_too_large_for_a_file_is_refused_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference.commands.train.MOST_WEIGHTS", 100)
    check_refused(run("vectorized", "train", "iris", "--save", "net.json", folder=tmp_path), "--save", "100", "259")
    assert run("vectorized", "train", "iris", "--epochs", "1", folder=tmp_path).status == 0


def test_a_file_holds_every_network_that_is_promised() -> None:
    """26 bytes a weight: the longest float, a comma and a blank."""
    longest: Any = max((repr(x) for x in (-1.2345678901234567e-300, -2.2250738585072014e-308)), key=len)
    assert len(json.dumps([float(longest)] * 2)) - len(json.dumps([float(longest)])) == 26
    assert MOST_WEIGHTS * 26 + 2**20 < LARGEST_FILE
