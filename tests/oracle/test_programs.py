"""The command `check` with functions and programs: how to pass a network, bad answers, and no process left running."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reference import NeuralNetwork
from reference.oracle.answers import NoAnswer, WrongShape, ask
from reference.oracle.candidates.program import Program
from reference.oracle.cases import QUESTION_FIELDS, Question, cases
from reference.oracle.settings import Setting, setting_of
from reference.oracle.vectors import FLAGS
from reference.specification.names import STAGES
from tests.command import ROOT, Result, run, shell
from tests.thorough import mark_slow_in, thorough

ORACLE = ROOT / "reference" / "oracle"
PROTOCOL = (ORACLE / "PROTOCOL.md").read_text("utf-8")
RIGHT_NETWORK = """
import reference
def predict(case):
    print("this is no answer")
    network = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden=case.hidden, output=case.output,
                                      loss=case.loss, weights=case.weights)
    return network.predict(case.inputs)
class Holder:
    predict = staticmethod(predict)
"""


def check(folder: Path, *arguments: object) -> Result:
    return run("reference", "check", *arguments, folder=folder)


def python_program(folder: Path, code: str) -> str:
    """Write a program, and return the command that runs it."""
    (folder / "program.py").write_text(code, "utf-8")
    return f"{sys.executable} program.py"


# ---- a function that agrees, or is wrong


@pytest.mark.parametrize("target", ["net.py:Holder.predict", *thorough(("net.py:predict",), ("net:predict",))])
def test_a_function_agrees_and_what_it_prints_goes_to_standard_error(tmp_path: Path, target: str) -> None:
    (tmp_path / "net.py").write_text(RIGHT_NETWORK, "utf-8")
    result = check(
        tmp_path, target, "--examples", "5", "--output", "sigmoid", "--loss", "half_squared_error", "--sizes", "3-2-1"
    )
    assert result.status == 0, result
    assert re.match(f"AGREES.*: {target}\n", result.out)
    assert "this is no answer" in result.err
    again = f"repeat with: python -m reference check {target} "
    assert again in result.out
    assert "--sizes 3-2-1" in result.out


def test_json_names_the_mistake_of_a_wrong_function(tmp_path: Path) -> None:
    wrong = RIGHT_NETWORK.replace("case.weights)", "[*case.weights[:-case.n_outputs], *[0.0]*case.n_outputs])")
    (tmp_path / "net.py").write_text(wrong, "utf-8")
    result = check(tmp_path, "net.py:predict", "--examples", "20", "--json")
    assert result.status == 1, result
    record = json.loads(result.out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert record["diagnoses"] == [statement["name"] for statement in record["explanation"]] == ["o_biases_missing"]
    assert record["again"] == "python -m reference check net.py:predict --examples 20"
    assert not record["agrees"]


# ---- bad functions and bad answers

BAD_TARGETS = {
    "nothing.py:predict": ("", r"^nothing\.py: no such file$"),
    "net.py:predict": ("import no_such_module", r"cannot be imported: ModuleNotFoundError: .*no_such_module.*net\.py, line 1"),
    "net.py:predic": ("def predict(case): pass", r"net\.py has no 'predic'; it has predict$"),
    "net.py:value": ("value = 3", r"net\.py:value is 3, expected a function of one case$"),
    "net.py:syntax": ("def syntax(case", r"cannot be imported: SyntaxError: .*net\.py, line 1"),
    "net.py:exits": ("import sys; sys.exit(0)", r"cannot be imported: SystemExit: '0'"),
    "net.py": ("", r"expected file\.py:name or package\.module:name; for a program, use --command$"),
}


@pytest.mark.parametrize("target", mark_slow_in(BAD_TARGETS, "net.py:value", "net.py:syntax", "net.py:exits"))
def test_a_bad_function_gives_an_error_of_one_line_and_status_2(tmp_path: Path, target: str) -> None:
    code, message = BAD_TARGETS[target]
    (tmp_path / "net.py").write_text(code, "utf-8")
    result = check(tmp_path, target)
    assert (result.status, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert re.search(message, result.err.removeprefix("python -m reference check: ").rstrip()), result.err


BAD_FUNCTIONS = {
    "pass": "it returned nothing",
    "return 'abc'": "o_nodes holds 'abc', which is not a number",
    "return object()": "which is not a number",
    "return {'outputs': [1.0]}": "it answered 'outputs', which is not a stage",
    "return [0.5] * 10**6": "o_nodes has 1000000 entries, far more than expected",
    "x = []; x.append(x); return x": "nested too deeply",
    "return case.nothing": r"it raised AttributeError: \"a case has no 'nothing'; it has .*, targets\" \(net\.py, line 1\)",
    "import os; os._exit(7)": "it ended with exit status 7 before it answered",
    "import os; os.abort()": "it was ended by SIGABRT",
    "import sys; sys.exit('out of order')": "exit status 1 before it answered; its standard error says: out of order",
    "import time; time.sleep(60)": r"it took too long: no first answer within 1\.2 s, 6 times the usual limit$",
    "any(iter(int, 1))": r"it took too long: no first answer within 1\.2 s, 6 times the usual limit$",
}


@pytest.mark.parametrize(
    "body", mark_slow_in(BAD_FUNCTIONS, *(body for body, message in BAD_FUNCTIONS.items() if "within" in message))
)
def test_a_bad_answer_is_reported_and_the_status_is_2(tmp_path: Path, body: str) -> None:
    (tmp_path / "net.py").write_text(f"def predict(case): {body}", "utf-8")
    start = time.monotonic()
    patience = ("--seconds", 0.2) if "within" in BAD_FUNCTIONS[body] else ()
    result = check(tmp_path, "net.py:predict", *patience)
    assert result.status == 2, result
    lines = result.out.splitlines()
    assert lines[0] == "COULD NOT TELL (grade: undecided): net.py:predict"
    assert re.search(f"^case 0: .*{BAD_FUNCTIONS[body]}", lines[1]), lines[1]
    assert time.monotonic() - start < 20


# ---- programs

BAD_PROGRAMS = {
    "print('hello')": "it wrote 'hello', which is not valid JSON: Expecting value at character 0, in 'hello'; write only",
    """print('{"loss": 1 "o_nodes": [1]}')""": "Expecting ',' delimiter at character 11, in ",
    "print('null')": "it returned nothing",
    "print('{\"o_nodes\": null}')": "o_nodes holds None, which is not a number",
    'print(\'{"o_nodes": ["0.5"]}\')': "o_nodes holds '0.5', which is not a number",
    'print(\'{"loss": 1, "loss": 2}\')': "field 'loss' appears twice",
    'print(\'{"error": "no \\\\u001b[31m licence"}\')': r"^no \\x1b\[31m licence",
    'print(\'{"skipped": "too large"}\')': "^too large$",
    "print('[' * 100000)": "nested too deeply",
    "import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\n')": "which is not UTF-8",
    "import sys\nwhile True: sys.stdout.write('x' * 2**16)": "it wrote 16 MiB without a line break",
    "pass": "it ended with exit status 0 before it answered",
    "1/0": "exit status 1 before it answered; its standard error says: ZeroDivisionError: division by zero",
    "import os; os.close(1); os.close(2); input(); input()": "it closed its standard output before it answered",
    "import time; time.sleep(60)": "it gave no first answer within 1.2 s, 6 times the usual limit; a program must flush",
    "import sys; sys.stderr.write('y' * 2**22); sys.stderr.flush()\nfor line in sys.stdin: print('no')": "it wrote 'no'",
}


@pytest.mark.parametrize(
    "code", mark_slow_in(BAD_PROGRAMS, *(code for code in BAD_PROGRAMS if re.match("import (os|time|sys.while)", code, re.S)))
)
def test_a_bad_answer_of_a_program_is_reported(tmp_path: Path, code: str) -> None:
    python_program(tmp_path, code)
    case = next(cases(Setting(), examples=1))
    with (
        Program(
            [sys.executable, str(tmp_path / "program.py")], seconds=0.2 if "within" in BAD_PROGRAMS[code] else 10
        ) as program,
        pytest.raises((NoAnswer, WrongShape), match=BAD_PROGRAMS[code]) as caught,
    ):
        ask(program, case)
    assert "\n" not in str(caught.value)


ANSWER_LOOP = "import json, sys\nfor line in sys.stdin: {}; sys.stdout.flush()"


def test_a_program_is_started_once_and_asked_line_by_line(tmp_path: Path) -> None:
    """With one output, softmax is always 1, so the answer [1.0] is right. A megabyte on standard error causes no delay."""
    code = "import sys\nopen('starts', 'a').write('x')\nsys.stderr.write('y' * 2**20 + '\\nlast words\\n')\n"
    result = check(
        tmp_path, "--command", python_program(tmp_path, code + ANSWER_LOOP.format("print('[1.0]')")), "--sizes", "2-3-1"
    )
    assert result.status == 0, result
    assert (tmp_path / "starts").read_text() == "x"
    assert "last words" in result.err


def test_control_characters_in_standard_error_are_escaped(tmp_path: Path) -> None:
    code = "import sys\nsys.stderr.write('\\x1b[31mhere I am\\n')\n" + ANSWER_LOOP.format("print('[1.0]')")
    result = check(tmp_path, "--command", python_program(tmp_path, code), "--sizes", "2-3-1", "--examples", "2")
    assert result.status == 0
    assert result.err.strip() == "\\x1b[31mhere I am"


def test_two_lines_for_a_case_and_an_early_end_are_reported(tmp_path: Path) -> None:
    for code, message in (
        (ANSWER_LOOP.format("sys.stdout.write('hello\\n[1.0]\\n')"), "more than one line for a case: 'hello' and then '[1.0]'"),
        (
            "input(); print('[1.0]')",
            "case 1 (input line 2): it ended with exit status 0, but must answer until its input ends",
        ),
    ):
        result = check(tmp_path, "--command", python_program(tmp_path, code), "--sizes", "2-3-1")
        assert result.status == 2
        assert message in result.out


def test_a_debug_line_that_is_a_list_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    code = ANSWER_LOOP.format("print('[0.5]', flush=True); print('[0.5, 0.5]')")
    result = check(tmp_path, "--command", python_program(tmp_path, code), "--sizes", "2-3-2")
    assert result.status == 2
    assert "it wrote more than one line for a case: '[0.5]' and then '[0.5, 0.5]'; write one line" in result.out
    assert "fixed sizes" not in result.out


def test_a_late_second_line_is_reported(tmp_path: Path) -> None:
    """The second line may come so late that it is read as the next answer. Then a line is left over after the last case."""
    code = ANSWER_LOOP.format("print('[1.0]', flush=True); print('[1.0]')")
    result = check(tmp_path, "--command", python_program(tmp_path, code), "--sizes", "2-3-1")
    assert result.status == 2
    assert "it wrote more than one line for a case: '[1.0]' and then '[1.0]'; write one line" in result.out


FAILURES = {  # what a program does at its third case, and what the report says
    "os.kill(os.getpid(), 11)": "it was ended by SIGSEGV",
    "time.sleep(60)": "it gave no answer within 0.4 s; it is too slow, hangs or did not flush its output",
    "sys.exit('\\n==7==ERROR: overflow\\n#0 net.c\\nSUMMARY: net.c:3\\n==7==ABORTING')": (
        "it ended with exit status 1; its standard error says: SUMMARY: net.c:3"
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_after_some_answers_is_reported_with_its_input_line_and_a_command_to_replay_it(
    tmp_path: Path, failure: str
) -> None:
    loop = f"    {failure} if at == 2 or at == 0 and 'replay' in sys.argv else print('[0.5, 0.5]', flush=True)\n"
    code = f"import os, sys, time\nfor at, line in enumerate(sys.stdin):\n    open('line', 'w').write(line)\n{loop}"
    command = python_program(tmp_path, code)
    result = check(tmp_path, "--command", command, "--sizes", "2-1-2", "--seconds", "0.4")
    lines = result.out.splitlines()
    assert result.status == 2
    assert lines[1] == f"case 2 (input line 3): {FAILURES[failure]}"
    assert "note: run the command after `replay:`; if your program answers, the failure depends on earlier cases" in result.out
    assert "right numbers from" not in result.out
    (replay,) = (line.removeprefix("replay: ") for line in lines if line.startswith("replay: "))
    case = (tmp_path / "line").read_text()
    (tmp_path / "line").unlink()
    if "sleep" not in failure:
        shell(replay, tmp_path)
        assert (tmp_path / "line").read_text() == case


def test_wrong_numbers_of_a_program_can_be_replayed(tmp_path: Path) -> None:
    command = python_program(tmp_path, ANSWER_LOOP.format("print('[0.25, 0.25]')"))
    result = check(tmp_path, "--command", command, "--sizes", "1-1-2", "--examples", "3", "--json")
    record = json.loads(result.out)
    assert (result.status, record["grade"]) == (1, "wrong")
    answer = shell(record["replay"], tmp_path)
    assert (answer.status, answer.out) == (0, "[0.25, 0.25]\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("[0.5]", "it wrote '[0.5]' without a newline; end"), *thorough((r"\\n", "it wrote only an empty line"))],
)
def test_a_missing_first_answer_is_reported_with_what_was_written_and_without_a_replay(
    tmp_path: Path, text: str, reason: str
) -> None:
    result = check(tmp_path, "--command", f"sh -c 'printf {text}; sleep 60'", "--seconds", "0.1")
    assert result.status == 2
    assert f"it gave no first answer within 0.6 s, 6 times the usual limit; {reason}" in result.out
    assert "replay" not in result.out


@pytest.mark.thorough
def test_a_note_says_that_the_first_answer_takes_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("reference.oracle.candidates.child.PATIENCE", 0.1)
    code = "import time\ntime.sleep(0.5)\n" + ANSWER_LOOP.format("print('[1.0]'); time.sleep(0.2)")
    result = check(tmp_path, "--command", python_program(tmp_path, code), "--sizes", "2-3-1", "--examples", "2")
    assert result.err == "waiting for the first answer; a program must flush its output after each answer\n"
    (tmp_path / "net.py").write_text("import time\ndef predict(case): time.sleep(0.3); return [1.0]", "utf-8")
    assert not check(tmp_path, "net.py:predict", "--sizes", "2-3-1", "--examples", "2").err


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        (["net.py:predict"], r"^net\.py cannot be imported: SyntaxError: .*net\.py, line 1"),
        (["nothing.py:predict"], r"^nothing\.py: no such file$"),
        (["--command", "./nothing"], r"^\./nothing: No such file"),
    ],
)
def test_with_json_a_candidate_that_does_not_start_is_undecided(tmp_path: Path, candidate: list[str], why: str) -> None:
    (tmp_path / "net.py").write_text("def predict(case", "utf-8")
    result = check(tmp_path, *candidate, "--hidden", "tanh", "--json")
    record = json.loads(result.out)
    assert (result.status, result.err, record["grade"], record["agrees"]) == (2, "", "undecided", False)
    assert re.search(why, record["why"])
    assert record["again"].endswith("--hidden tanh")


def test_ask_uses_the_time_limit_of_the_program() -> None:
    case = next(cases(Setting(), examples=1, sizes=(1, 1, 1)))
    with Program([sys.executable, "-c", "import time; input(); time.sleep(0.2); print('[1.0]')"], seconds=20) as program:
        assert ask(program, case, seconds=0.1).stages == {"o_nodes": [1.0]}


LAST_LINES = ["time.sleep(60)", "sys.exit(3)", "print('[1.0]', flush=True); time.sleep(60)"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look for processes in")
@pytest.mark.parametrize("then", mark_slow_in(LAST_LINES, "sys.exit(3)", LAST_LINES[2]))
def test_a_program_and_its_children_are_ended(tmp_path: Path, then: str) -> None:
    code = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(tmp_path / "ids")!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
input()
{then}
"""
    (tmp_path / "program.py").write_text(code, "utf-8")
    case = next(cases(Setting(), examples=1, sizes=(1, 1, 1)))
    path = tmp_path / "ids"
    with Program([sys.executable, str(tmp_path / "program.py")], seconds=0.05) as program:
        wait_until(lambda: path.exists() and path.read_text().count(" "))
        try:
            ask(program, case)
        except NoAnswer as error:
            assert "exit status 3" in str(error) or "within 0.3 s" in str(error)  # noqa: PT017
    ids = path.read_text().split()
    assert len(ids) == 2
    wait_until(lambda: not any(map(alive, ids)))


def test_a_program_is_killed_even_if_stopping_it_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the interruption, `close` can be called again."""
    program = Program([sys.executable, "-c", "import time; time.sleep(60)"])

    def interrupted() -> None:
        raise KeyboardInterrupt

    child = program.__enter__().child
    assert child is not None
    monkeypatch.setattr(child, "stop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        program.close()
    child.process.wait(10)
    monkeypatch.undo()
    program.close()
    assert program.child is None


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def alive(process: str) -> bool:
    """Whether a process runs. A zombie process counts as ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


BAD_COMMAND_LINES = {
    (): "give one of FUNCTION, --command COMMAND, or --vectors FILE --answers FILE",
    ("net.py:f", "--command", "true"): "give one of",
    ("--answers", "a"): "--answers also needs --vectors",
    ("--command", "no_such_program"): "no_such_program: not found on PATH",
    ("--command", "net.sh"): "net.sh: not found on PATH; did you mean ./net.sh?",
    ("--command", "./net > log"): "the command has '>', but runs without a shell; use sh -c './net > log'",
    ("--command", "'unbalanced"): "cannot be read: No closing quotation",
    ("--command", " "): "the command is empty",
    ("net.py:f", "--vectors", "v", "--hidden", "relu"): "--hidden cannot be used with --vectors",
    ("net.py:f", "--hidden", "rleu"): "did you mean 'relu'?",
    ("net.py:f", "--sizes", "3-4"): "is not three sizes such as 3-4-2",
    ("net.py:f", "--seconds", "0"): "is not a number of seconds above 0",
    ("--command", "true", "--examples", "0"): "examples is 0",
    ("--command", "true", "--output", "relu", "--loss", "cross_entropy"): "cross_entropy",
    ("--command", "true", "--vectors", "no_such_file"): "no_such_file",
}


@pytest.mark.parametrize("arguments", BAD_COMMAND_LINES)
def test_a_bad_command_line_gives_an_error_of_one_line_and_status_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "net.sh").touch()
    result = check(tmp_path, *arguments)
    assert (result.status, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert BAD_COMMAND_LINES[arguments] in result.err


# ---- the protocol and its example programs


def conversation() -> list[tuple[str, str]]:
    """Return the questions and answers of the example in PROTOCOL.md."""
    lines = PROTOCOL.splitlines()
    question, answer = ([line[2:] for line in lines if line.startswith(f"{mark} {{")] for mark in "><")
    assert len(question) == 3
    return list(zip(question, answer, strict=True))


def test_the_protocol_names_every_field_and_stage() -> None:
    assert len(PROTOCOL.splitlines()) <= 140
    table = PROTOCOL[PROTOCOL.index("## A case") :]
    for word in (*QUESTION_FIELDS, *STAGES, "skipped", "error"):
        assert f"`{word}`" in table or f'"{word}"' in table, word
    assert set(FLAGS) >= {case.purpose for case in cases(Setting(), examples=10)}


def test_the_conversation_in_the_protocol_is_right() -> None:
    for question, answer in conversation():
        case = Question(json.loads(question))
        assert tuple(case) == QUESTION_FIELDS
        sizes = (case.n_inputs, case.n_hidden, case.n_outputs)
        network = NeuralNetwork(*sizes, hidden=case.hidden, output=case.output, weights=case.weights)
        stages = network.forward(case.inputs)._asdict() | network.backward(case.inputs, case.targets)._asdict()
        stages["weights"] = []
        for _ in range(case.steps):
            network.train(case.inputs, case.targets, learning_rate=case.learning_rate)
            stages["weights"].append(network.weights)
        for stage, numbers in json.loads(answer).items():
            assert stages[stage] == numbers
    assert set(json.loads(answer)) == {"o_nodes", "loss", "gradient", "weights"}


def test_the_largest_case_is_as_large_as_the_protocol_says() -> None:
    adam = setting_of(optimizer="adam", loss="mean_squared_error", rule="error_splitting", steps=1000)
    for batch in (None, 3):
        for case in cases(adam, examples=1000, batch=batch, targets="any"):
            assert max(case.layout.sizes) <= 5
            assert len(case.weights) <= 60
            assert len(json.dumps(case.question())) < 4096 + 256 * (batch or 0)
    assert max(map(len, (ROOT / "tests" / "oracle" / "vectors.jsonl").read_text("utf-8").splitlines()[1:])) <= 16384
    assert "each size is at most 5" in PROTOCOL
    assert "at most 60 weights" in PROTOCOL


def test_the_protocol_gives_the_right_positions_for_transposed_matrices() -> None:
    (first,) = re.findall(r"`W1\[h\]\[i\] = (.*?)`", PROTOCOL)
    (second,) = re.findall(r"`W2\[o\]\[h\] = (.*?)`", PROTOCOL)
    names: dict[str, Any] = {"I": 2, "H": 3, "O": 4, "weights": list(range(25))}
    blocks = NeuralNetwork(2, 3, 4, weights=names["weights"]).blocks()
    for h in range(3):
        assert all(eval(first, names | {"h": h, "i": i}) == blocks.ih_weights[i][h] for i in range(2))
        assert all(eval(second, names | {"h": h, "o": o}) == blocks.ho_weights[h][o] for o in range(4))


@pytest.fixture(scope="module")
def example_programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the commands that run candidate.c and candidate.js. Without a compiler or Node, a program is left out."""
    commands = {}
    if compiler := shutil.which("cc") or shutil.which("gcc") or shutil.which("clang"):
        program = tmp_path_factory.mktemp("example") / "candidate"
        flags = ["-Wall", "-Wextra", "-Werror", "-O2"]
        subprocess.run([compiler, *flags, "-o", program, ORACLE / "adapters" / "candidate.c", "-lm"], check=True, timeout=60)
        commands["c"] = str(program)
    if node := shutil.which("node"):
        commands["js"] = f"{node} {ORACLE / 'adapters' / 'candidate.js'}"
    return commands


def command_of(example_programs: dict[str, str], language: str) -> str:
    if language not in example_programs:
        pytest.skip({"c": "there is no C compiler", "js": "Node is not installed"}[language])
    return example_programs[language]


in_each_language = pytest.mark.parametrize("language", ["c", "js"])


@in_each_language
def test_an_example_program_agrees(tmp_path: Path, example_programs: dict[str, str], language: str) -> None:
    assert len((ORACLE / "adapters" / f"candidate.{language}").read_text("utf-8").splitlines()) <= 80
    for batch in ([], ["--batch", "3"]):
        result = check(tmp_path, "--command", command_of(example_programs, language), "--examples", "100", *batch)
        assert result.status == 0, result
        assert "100 cases" in result.out
        assert not result.err


@in_each_language
def test_an_example_program_answers_the_conversation_and_the_vectors(example_programs: dict[str, str], language: str) -> None:
    command = command_of(example_programs, language).split()
    lines = "".join(f"{question}\n" for question, _ in conversation())
    output = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True).stdout
    for line, (_, answer) in zip(output.splitlines(), conversation(), strict=True):
        rows, expected = json.loads(line)["o_nodes"], json.loads(answer)["o_nodes"]
        if isinstance(expected[0], float):
            rows, expected = [rows], [expected]
        assert all(a == pytest.approx(b, rel=1e-15, abs=0) for a, b in zip(rows, expected, strict=True))
    vectors = (ROOT / "tests" / "oracle" / "vectors.jsonl").read_text("utf-8").split("\n", 1)[1]
    output = subprocess.run(command, input=vectors, capture_output=True, text=True, timeout=60, check=True).stdout
    assert output.count("o_nodes") >= 5
