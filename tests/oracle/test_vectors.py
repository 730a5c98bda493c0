"""Test vectors (cases with their right answers) and files of answers: mistakes are named, and bad lines are reported."""

import json
import re
import struct
import sys
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reference.oracle.answers import Answer
from reference.oracle.explaining.explanation import in_shape
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.judging.exam import Exam
from reference.oracle.judging.expected import right
from reference.oracle.judging.steps import Network
from reference.oracle.vector_files import read_answers, read_vectors
from reference.oracle.vectors import FAMILIES, FLAGS, MISTAKES_TO_KILL, NOT_SHOWN
from reference.specification.names import STAGES
from tests import draws, truth
from tests.command import Result, error_of, output_of
from tests.oracle.test_programs import check

FILE = Path(__file__).with_name("vectors.jsonl")
LINES = FILE.read_text("utf-8").splitlines()
HEADER, VECTORS = json.loads(LINES[0]), [json.loads(line) for line in LINES[1:]]


def check_vectors(folder: Path, *arguments: str) -> Result:
    return check(folder, "--vectors", str(FILE), *arguments)


def write(path: Path, lines: list[Any]) -> str:
    """Write lines of JSON, and return the path as text."""
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return str(path)


@cache
def answers_with(mistake: str | None = None) -> list[dict[str, Any]]:
    """Return the answers of the reference, or of a network with a mistake, to the committed vectors."""
    answers = []
    for case in read_vectors(FILE):
        stages = MISTAKES[mistake].network(case).answers() if mistake else Network(case).answers()
        answers.append({stage: in_shape(case, stage, numbers) for stage, numbers in stages.items()})
    return answers


# ---- the committed vectors


@pytest.mark.thorough
def test_the_command_vectors_writes_the_committed_file(tmp_path: Path) -> None:
    text = output_of("reference", "vectors", "--output", tmp_path / "here.jsonl")
    assert f"{len(VECTORS)} vectors; together they reveal {len(MISTAKES_TO_KILL)} of {len(MISTAKES)} mistakes" in text
    assert (tmp_path / "here.jsonl").read_bytes() == FILE.read_bytes()
    assert FILE.stat().st_size < 180_000


def test_the_vectors_reveal_the_listed_mistakes_and_each_vector_has_a_purpose() -> None:
    assert {name for vector in VECTORS for name in vector["kills"]} == set(MISTAKES_TO_KILL) == set(HEADER["mistakes"])
    assert {name for name in MISTAKES if not FAMILIES.fullmatch(name)} - set(MISTAKES_TO_KILL) == NOT_SHOWN
    assert HEADER["vectors"] == len(VECTORS)
    for number, vector in enumerate(VECTORS, 1):
        assert vector["vector"] == number
        assert vector["purpose"]
        assert vector["first"]
        assert all(HEADER["flags"][flag] == FLAGS[flag] for flag in vector["flags"])
    for name in ("hidden", "output", "loss", "reduction", "rule"):
        assert len({vector[name] for vector in VECTORS}) == {"hidden": 5, "output": 6, "loss": 4}.get(name, 2)


@pytest.mark.thorough
def test_each_vector_reveals_its_listed_mistakes_in_double_precision() -> None:
    """Mistakes that a vector does not list have small errors. An answer near 0 in place of 0 is only a rounding error."""
    for case, vector in zip(read_vectors(FILE), VECTORS, strict=True):
        rights = right(case, STAGES)
        for name in MISTAKES_TO_KILL:
            try:
                answers = MISTAKES[name].network(case).answers()
            except Misfit:  # this mistake is not possible with these sizes
                continue
            exam = Exam(case, Answer(answers, frozenset()), {stage: rights[stage] for stage in answers if stage in rights})
            if name in vector["kills"]:
                assert exam.wrong(), (vector["vector"], name)
            else:
                larger = [number for number in exam.marks(0) if number.right.value or abs(number.answer) > 2**-52]
                assert all(number.ratio < 2000 for number in larger), (vector["vector"], name)


def test_the_right_answers_are_the_rounded_results_of_decimal_arithmetic() -> None:
    """The cases are read from their bits, as a program in another language would read them."""
    for vector in VECTORS:
        hexes = {name: doubles(vector["hex"][name]) for name in ("weights", "inputs", "targets")}
        if not isinstance(vector["inputs"][0], list):
            hexes |= {name: [hexes[name]] for name in ("inputs", "targets")}
        names = ("n_inputs", "n_hidden", "n_outputs", "hidden", "output", "loss", "reduction", "l2", "rule")
        case = draws.Draw(0, "", "float64", **{name: vector[name] for name in names}, **hexes)
        with localcontext(truth.DIGITS):
            true = truth.truth_of(case)
        for stage, numbers in true.items():
            fields = vector["right"][stage]
            rounded = [0.0 if abs(number) < Decimal("1e-80") else float(number) for number in numbers]  # tiny: a rounding error
            assert doubles(fields["hex"]) == rounded == fields["decimal"]
            assert len(fields["allowance"]) == len(numbers)
            assert all(
                allowance <= 1e-12 * (1 + abs(float(x))) for allowance, x in zip(fields["allowance"], numbers, strict=True)
            )


def doubles(digits: Any) -> Any:
    """Return numbers from their hex digits."""
    return [doubles(each) for each in digits] if isinstance(digits, list) else struct.unpack(">d", bytes.fromhex(digits))[0]


# ---- the verdict on answers


def test_right_answers_agree_and_the_mistake_in_wrong_answers_is_named(tmp_path: Path) -> None:
    result = check_vectors(tmp_path, "--answers", write(tmp_path / "right.jsonl", answers_with()))
    assert result.status == 0, result
    assert result.out.startswith("AGREES: exact")
    result = check_vectors(tmp_path, "--answers", write(tmp_path / "wrong.jsonl", answers_with("ho_weights_transposed")))
    assert result.status == 1, result
    assert "(ho_weights_transposed)\n" in result.out
    assert "note: the case shown is vector " in result.out
    assert "\nrepeat with: python -m reference check --vectors " in result.out


@pytest.mark.thorough
def test_wrong_weights_are_reported_with_the_optimizer_of_their_vector(tmp_path: Path) -> None:
    answers = [{"weights": each["weights"]} for each in answers_with("step_uphill")]
    result = check_vectors(tmp_path, "--answers", write(tmp_path / "a.jsonl", answers))
    assert result.status == 1, result
    assert re.search(r"^right numbers from: network = .*\.train\(.*learning_rate=.*; network\.weights$", result.out, re.M)


def test_wrong_shapes_and_nan_are_wrong(tmp_path: Path) -> None:
    answers = answers_with()
    for wrong, message in (({"loss": [1.0, 2.0]}, "loss has shape (2,)"), ({"loss": float("nan")}, "WRONG")):
        result = check_vectors(tmp_path, "--answers", write(tmp_path / "a.jsonl", [*answers[:4], wrong, *answers[5:]]))
        assert result.status == 1, result
        assert message in result.out
        assert "note: the case shown is vector 5" in result.out


def test_skipped_vectors_are_counted_and_skipping_all_gives_no_verdict(tmp_path: Path) -> None:
    skipped = {"skipped": "no Adam here"}
    result = check_vectors(tmp_path, "--answers", write(tmp_path / "a.jsonl", [skipped, *answers_with()[1:]]))
    assert result.status == 0, result
    assert f"note: 1 of {len(VECTORS)} vectors were skipped" in result.out
    result = check_vectors(tmp_path, "--answers", write(tmp_path / "a.jsonl", [skipped] * len(VECTORS)))
    assert result.status == 2
    assert "every vector was skipped" in result.out


def test_a_program_and_a_function_answer_vectors_too(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("def predict(case): return [0.5] * case.n_outputs\ndef none(case): return None\n", "utf-8")
    assert check_vectors(tmp_path, "net.py:predict").status == 1
    result = check_vectors(tmp_path, "net.py:none")
    assert result.status == 2
    assert "case 0: it returned nothing" in result.out
    program = tmp_path / "program.py"
    program.write_text('import sys\nfor line in sys.stdin: print(\'{"skipped": ""}\', flush=True)', "utf-8")
    assert check_vectors(tmp_path, "--command", f"{sys.executable} {program}").status == 2


BAD_ANSWERS = {
    "no JSON": "which is not valid JSON",
    '"text"': "o_nodes holds 'text', which is not a number",
    '{"o_nodes": ["0.5"]}': "o_nodes holds '0.5', which is not a number",
    '{"outputs": [0.5]}': "it answered 'outputs', which is not a stage",
    "{}": "empty mapping",
    "null": "it returned nothing",
}


@pytest.mark.parametrize("line", BAD_ANSWERS)
def test_a_bad_answer_is_reported_with_file_and_line(tmp_path: Path, line: str) -> None:
    answers: list[Any] = answers_with()
    path = write(tmp_path / "a.jsonl", [*answers[:2], line, *answers[3:]])
    with pytest.raises(ValueError, match=r"a\.jsonl") as caught:
        read_answers(path, read_vectors(FILE))
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert BAD_ANSWERS[line] in str(caught.value)


def test_bad_files_give_one_line_and_status_2(tmp_path: Path) -> None:
    answers = answers_with()
    for lines, message in (
        (answers[:-1], f"holds {len(VECTORS) - 1} answers to {len(VECTORS)} vectors"),
        ([*answers, answers[0]], f"line {len(VECTORS) + 1}: this is one answer too many"),
        (["[", *answers[1:]], "line 1: it wrote '[', which is not valid JSON"),
    ):
        result = check_vectors(tmp_path, "--answers", write(tmp_path / "a.jsonl", lines))
        assert (result.status, result.out) == (2, "")
        assert message in result.err
        assert len(result.err.splitlines()) == 1
    for arguments in (["--answers", "no_such_file"], ["--vectors", "no_such_file", "--answers", "a.jsonl"]):
        result = check_vectors(tmp_path, *arguments)
        assert result.status == 2
        assert "no_such_file: No such file" in result.err


# ---- bad files of test vectors


def lines_with(line: int, *path: Any, value: Any) -> list[Any]:
    """Return the lines of the committed file with a new value at `path` in a line. The value KeyError deletes the field."""
    lines = [json.loads(text) for text in LINES]
    place = lines[line]
    for step in path[:-1]:
        place = place[step]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return lines


MISMATCH = "does not fit the weights, inputs and targets of this line"
BAD_VECTORS = [
    (0, ["format"], "vectors", "line 1: field 'format' is 'vectors', expected 'nodesum vectors'"),
    (0, ["version"], 2, "line 1: field 'version' is 2, expected 1"),
    (0, ["vectors"], 3, "vectors, but its first line says 3"),
    (0, ["vectors"], None, "line 1: field 'vectors' is None"),
    (2, ["loss"], KeyError, "line 3: field 'loss' is missing"),
    (2, ["extra"], 1, "line 3: field 'extra' is not known"),
    (2, ["vector"], 7, "line 3: this is vector 7, expected 2"),
    (2, ["n_hidden"], 0, "line 3: n_hidden is 0"),
    (2, ["n_hidden"], 7, "line 3: weights has shape"),
    (2, ["hidden"], "step", "line 3: hidden is 'step', not one of"),
    (2, ["optimizer"], {"name": "lion"}, "line 3: field 'optimizer' is {'name': 'lion'}"),
    (2, ["optimizer"], {"name": "adam", "beta1": 2}, "line 3: beta1 is 2"),
    (2, ["weights", 0], 0.1, f"line 3: field 'hex' {MISMATCH}"),
    (2, ["weights", 0], "0.1", "line 3: weights[0] is '0.1', not a number"),
    (2, ["weights", 0], True, f"line 3: field 'hex' {MISMATCH}"),
    (2, ["inputs"], [], "line 3: inputs is empty"),
    (2, ["hex", "targets"], KeyError, f"line 3: field 'hex' {MISMATCH}"),
    (2, ["right", "o_nodes", "hex", 0], "3ff0000000000000", f"line 3: field 'right' {MISMATCH}"),
    (2, ["right", "loss", "allowance"], [1.0], f"line 3: field 'right' {MISMATCH}"),
    (2, ["right", "loss"], KeyError, f"line 3: field 'right' {MISMATCH}"),
]


@pytest.mark.parametrize(("line", "path", "value", "message"), BAD_VECTORS)
def test_an_error_in_a_file_of_vectors_is_reported(
    tmp_path: Path, line: int, path: list[Any], value: Any, message: str
) -> None:
    name = write(tmp_path / "v.jsonl", lines_with(line, *path, value=value))
    with pytest.raises(ValueError, match=r"v\.jsonl") as caught:
        read_vectors(name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty, expected a file of vectors"),
        ("[]", "line 1: this is [], expected a JSON object"),
        ('{"format": NaN}', "line 1: NaN is not a finite number"),
        ('{"format": 1, "format": 2}', "line 1: field 'format' appears twice"),
        ("{", "line 1: Expecting property name"),
        ("[" * 100_000, "line 1: this is nested too deeply"),
        (LINES[0] + "\n" + LINES[1][:100], "line 2: "),
    ],
)
def test_a_file_in_another_format_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "v.jsonl").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"v\.jsonl") as caught:
        read_vectors(tmp_path / "v.jsonl")
    assert message in str(caught.value)


def test_no_file_is_left_after_an_error(tmp_path: Path) -> None:
    for arguments, message in (([], "--output"), (["--output", tmp_path / "no" / "v.jsonl"], "the folder does not exist")):
        assert message in error_of("reference", "vectors", *arguments)
    assert not list(tmp_path.iterdir())
