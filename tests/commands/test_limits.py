"""Files and answers that are too long, endless or hostile are refused."""

import io
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

import reference
import vectorized
from reference import oracle
from reference.oracle.candidates.program import answer_of
from reference.specification import files, network_file
from tests.command import ROOT, run

PACKAGES = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
SMALL = 2**16


class Endless(io.RawIOBase):
    """A file without an end: it repeats a part."""

    def __init__(self, part: bytes = b"\0") -> None:
        self.part = part * (SMALL // len(part))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "the code tries to read an endless file as a whole"
        return self.part[:size]

    def readline(self, size: int | None = -1) -> bytes:
        size = -1 if size is None else size
        assert size > 0, "the code tries to read an endless line as a whole"
        end = self.part.find(b"\n")
        return self.part[:size] if end < 0 else self.part[: min(size, end + 1)]


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the files `zeros` and `blanks` endless, and the limits small."""
    original_open = open
    endless_files: dict[str, Any] = {"zeros": Endless, "blanks": lambda: Endless(b"\n")}

    def open_file(name: Any, *mode: Any, **options: Any) -> IO[Any]:
        return endless_files[str(name)]() if str(name) in endless_files else original_open(name, *mode, **options)

    monkeypatch.setattr("builtins.open", open_file)
    monkeypatch.setattr(files.content_of, "__defaults__", (4 * SMALL,))
    monkeypatch.setattr(files.read_limited, "__defaults__", (4 * SMALL,))
    monkeypatch.setattr("reference.oracle.vector_files.LARGEST_FILE", 4 * SMALL)
    monkeypatch.setattr("reference.oracle.vector_files.LARGEST_ANSWER", SMALL // 2)
    monkeypatch.setattr("reference.datasets.tables.LONGEST_LINE", SMALL // 2)


@pytest.mark.usefixtures("endless")
@pytest.mark.parametrize(
    ("program", "line", "name"),
    [
        ("reference", "show zeros", "zeros"),
        ("vectorized", "predict zeros iris", "zeros"),
        ("vectorized", "predict net.json zeros", "zeros, line 1"),
        ("reference", "train zeros", "zeros, line 1"),
        ("reference", "explain --network zeros --inputs 1,2", "zeros"),
        ("reference", "check --vectors zeros --answers zeros", "zeros, line 1"),
        ("reference", "check --vectors blanks --answers zeros", "blanks, line"),
        ("reference", "check --vectors vectors.jsonl --answers zeros", "zeros, line 1"),
        ("reference", "check --vectors vectors.jsonl --answers blanks", "blanks, line"),
        ("benchmarks", "show zeros", "zeros"),
        ("benchmarks", "compare results.json zeros", "zeros"),
    ],
)
def test_a_file_without_an_end_is_refused(program: str, line: str, name: str, tmp_path: Path) -> None:
    vectorized.NeuralNetwork(2, 3, 1, output="identity").save(tmp_path / "net.json")
    (tmp_path / "vectors.jsonl").write_bytes((ROOT / "tests" / "oracle" / "vectors.jsonl").read_bytes())
    (tmp_path / "results.json").write_bytes((ROOT / "benchmarks" / "results.json").read_bytes())
    result = run(program, *line.split(), folder=tmp_path)
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert f": {name}" in result.err
    assert result.err.rstrip().endswith(("is this the right file?", "is this a table?"))


@PACKAGES
def test_an_open_file_has_a_limit_too(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.content_of, "__defaults__", (4 * SMALL,))
    with pytest.raises(ValueError, match=r"^the open file: holds more than 0 MiB; is this the right file\?$"):
        package.NeuralNetwork.load(Endless())
    with pytest.raises(ValueError, match="holds more than 0 MiB"):
        files.content_of(io.StringIO("x" * 11), "a text", 10)
    assert files.content_of(io.StringIO("x" * 10), "a text", 10) == b"x" * 10


@PACKAGES
def test_a_network_that_is_too_large_to_load_is_not_saved(package: Any, tmp_path: Path, monkeypatch: Any) -> None:
    network = package.NeuralNetwork(2, 2, 1)
    monkeypatch.setattr(network_file, "LARGEST_FILE", 100)
    with pytest.raises(ValueError, match="a network file may have 0 MiB"):
        network.save(tmp_path / "net.json")
    assert list(tmp_path.iterdir()) == []


@PACKAGES
@pytest.mark.parametrize(
    ("number", "name"), [("1e999", "data.a"), ("[0, -1e999]", r"data.a\[1\]"), ('{"b": [{"c": 1e400}]}', r"data.a.b\[0\].c")]
)
def test_a_number_that_json_reads_as_infinity_is_refused(package: Any, number: str, name: str) -> None:
    text = io.StringIO()
    network = package.NeuralNetwork(2, 2, 1)
    network.data = {"a": "HERE"}
    network.save(text)
    with pytest.raises(ValueError, match=rf"^the open file: field '{name}' is -?inf, expected a finite number$"):
        package.NeuralNetwork.load(io.StringIO(text.getvalue().replace('"HERE"', number)))


@PACKAGES
def test_data_that_json_would_change_is_not_saved(package: Any) -> None:
    network = package.NeuralNetwork(2, 2, 1)
    network.data = {"number": 12345678901234567890}
    with pytest.raises(ValueError, match="expected a dictionary that JSON can store"):
        network.save(io.StringIO())


HOSTILE = ["nan(", " nan(", "[nan(,", "+", "-inf,", "[", '{"a":', '"', '"\\', "1", " ", "[],"]
READER = """
import sys
from reference.oracle.answers import NoAnswer
from reference.oracle.candidates.program import answer_of
for part in sys.argv[1:]:
    try:
        answer_of((part * (2**20 // len(part))).encode())
    except NoAnswer as error:
        assert len(str(error)) < 300
print("read")
"""


def test_hostile_answers_are_read_in_one_pass() -> None:
    """The answers have a million characters. Reading the rest of an answer again at each character would take too long."""
    result = subprocess.run([sys.executable, "-c", READER, *HOSTILE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ("read\n", "")


def test_other_spellings_of_nan_and_infinity_are_read() -> None:
    assert repr(answer_of(b"[nan, -nan(0x8000000000000), nan(snan), NaN, null, -Infinity, inf, +inf]")) == (
        "[nan, nan, nan, nan, nan, -inf, inf, inf]"
    )


def test_a_hostile_file_of_answers_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "vectors.jsonl").write_bytes((ROOT / "tests" / "oracle" / "vectors.jsonl").read_bytes())
    (tmp_path / "answers.jsonl").write_text("nan(" * 10**6)
    result = run("reference", "check", "--vectors", "vectors.jsonl", "--answers", "answers.jsonl", folder=tmp_path)
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert len(result.err) < 300


def test_data_that_is_nested_too_deeply_is_neither_saved_nor_loaded() -> None:
    """The limit is the same for saving and loading, so every saved file can be loaded."""
    network = reference.NeuralNetwork(2, 2, 1)
    deep: Any = 1.5
    for _ in range(network_file.DEEPEST_DATA - 1):
        deep = [deep]
    network.data = {"a": deep}
    text = io.StringIO()
    network.save(text)
    assert reference.NeuralNetwork.load(io.StringIO(text.getvalue())).data == network.data
    network.data = {"a": [deep]}
    with pytest.raises(ValueError, match="is nested more than 50 levels deep"):
        network.save(io.StringIO())
    with pytest.raises(ValueError, match="is nested more than 50 levels deep"):
        reference.NeuralNetwork.load(io.StringIO(text.getvalue().replace('"a": [', '"a": [[').replace("}}", "]}}")))


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the open file: not a network file: not UTF-8 text$"):
        reference.NeuralNetwork.load(io.StringIO('{"a": "\ud800"}'))


def test_a_deeply_nested_answer_of_a_function_is_refused_quickly() -> None:
    """If each of the 60 levels were read twice, the time would double with each level."""
    answer: Any = [0.5]
    for _ in range(60):
        answer = [answer]
    verdict = oracle.check(lambda case: answer, examples=1)
    assert (verdict.grade, verdict.record["why"]) == ("undecided", "case 0: o_nodes is nested too deeply")
