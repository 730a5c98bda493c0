"""The lesson: its formulas, columns, programs, exercises and commands. Its doctests run separately."""

import contextlib
import io
import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference
from reference.explain.formulas import formulas
from tests import command
from tests.thorough import mark_slow_in

FOLDER = command.ROOT / "reference" / "explain"
LESSON = (FOLDER / "READING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", LESSON, re.S)
TEXTS = [block for kind, block in BLOCKS if kind == "text"]
PROGRAM = next(block for kind, block in BLOCKS if "def network" in block)
EXERCISES = [part.partition("\n## ")[0] for part in re.split(r"(?m)^\*\*Exercise (?=\d)", LESSON)[1:]]


def columns(block: str) -> list[str]:
    """Return the two columns of a block as code."""
    heading, *lines = block.splitlines()
    middle = heading.index("matrices")
    return ["\n".join(line[at].rstrip() for line in lines) for at in (slice(middle), slice(middle, None))]


def test_both_columns_compute_the_stages() -> None:
    """The loops and the matrices of the lesson agree with `reference` within the proven bounds on rounding."""
    network, inputs, targets = reference.NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5], [1.0, 0.0]
    names = dict(zip(["ih_weights", "h_biases", "ho_weights", "o_biases"], network.blocks(), strict=True)) | {"inputs": inputs}
    names["o_deltas"] = network.backward(inputs, targets).o_deltas
    network.weights = [reference.Bounded(weight) for weight in network.weights]
    right = {**network.forward(inputs)._asdict(), **network.backward(inputs, targets)._asdict()}
    right["ih_gradient"] = right["gradient"][:12]
    blocks = [block for block in TEXTS if block.startswith("loops ")]
    assert len(blocks) == 2
    for column in (0, 1):
        variables: dict[str, Any] = {"math": math, "np": np} | {name: (list, np.array)[column](x) for name, x in names.items()}
        variables["leaky_relu"] = lambda z: max(z, z / 100)
        for block in blocks:
            exec(columns(block)[column], variables)
        for stage in ("h_sums", "h_nodes", "o_sums", "o_nodes", "h_deltas", "ih_gradient"):
            for result, number in zip(np.ravel(variables[stage]), right[stage], strict=True):
                assert abs(result - number.value) <= 2 * number.error, (column, stage)


def test_the_derivation_holds() -> None:
    """Every = in the derivation of y - t holds for three pairs of sums. The derivatives match central differences."""
    blocks = [block for block in TEXTS if "exp(z0)" in block]
    assert len(blocks) == 2
    count = 0
    for z in ((0.2, 0.3), (-1.0, 2.0), (0.0, 0.0)):
        variables = {"exp": math.exp, "ln": math.log, "z0": z[0], "z1": z[1]}
        variables |= {f"y{at}": math.exp(z[at]) / (math.exp(z[0]) + math.exp(z[1])) for at in (0, 1)}
        values: dict[str, list[float]] = {}
        for cell in re.split(r"\s{4,}|\n", "\n".join(blocks)):
            name, *sides = re.split(r" *= +", cell.strip())
            left = name or "loss"
            values.setdefault(left, []).extend(eval(side, {"__builtins__": {}}, variables) for side in sides)
        values["y0"].append(variables["y0"])
        values["y1"].append(variables["y1"])
        for name, several in values.items():
            assert several == pytest.approx(several[:1] * len(several), rel=1e-12, abs=1e-15), name
            count += len(several)
        for at in (0, 1):

            def loss(change: float, z: tuple[float, float] = z, at: int = at) -> float:
                moved = [value + change * (o == at) for o, value in enumerate(z)]
                return math.log(math.exp(moved[0]) + math.exp(moved[1])) - moved[0]

            assert values[f"d loss / d z{at}"][0] == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, abs=1e-9)
    assert count == 3 * 11


def test_the_slope_of_the_sigmoid_holds() -> None:
    """Every = in the derivation of the slope holds. The lesson and `explain` agree on the formula of o_deltas."""
    (block,) = (block for block in TEXTS if "exp(-z)" in block)
    for z in (-3.0, 0.0, 0.7):
        y = 1 / (1 + math.exp(-z))
        for line in block.splitlines():
            values = [eval(side, {"exp": math.exp, "z": z, "y": y, "slope": y * (1 - y)}) for side in re.split(r" +?= ", line)]
            assert values == pytest.approx(values[:1] * len(values), rel=1e-12), line
    (formula,) = (line for block in TEXTS for line in block.splitlines() if line.startswith("o_deltas[o] = "))
    general = formulas(reference.Architecture(1, 1, 1, output="sigmoid", loss="half_squared_error"), None)["o_deltas"].loop
    error, slope = re.fullmatch(r"(.*) \* slope,  slope = (.*)", general).groups()  # type: ignore[union-attr]
    assert formula == f"{error} * ({slope})"


def oracle_report(folder: Path, program: str) -> str:
    """Return what the command in the lesson reports about a program."""
    (folder / "mine.py").write_text(program, encoding="utf-8")
    (line,) = re.findall(r"^python -m reference (check .*)$", LESSON, re.M)
    return command.run("reference", *line.split(), folder=folder).out


def assert_lines(text: str, expected: str) -> None:
    """Assert that a text has the expected lines, except "...", in this order. Other lines may be between them."""
    place = 0
    for line in expected.splitlines():
        if line != "...":
            place = text.index(line + "\n", place) + len(line)


def test_the_oracle_agrees_with_the_program(tmp_path: Path) -> None:
    (answer,) = (block for block in TEXTS if block.startswith("AGREES"))
    assert_lines(oracle_report(tmp_path, PROGRAM), answer)


@pytest.mark.parametrize("exercise", mark_slow_in(EXERCISES, *EXERCISES[1:]), ids=lambda exercise: exercise[0])
def test_each_exercise_is_answered_as_the_lesson_says(exercise: str, tmp_path: Path) -> None:
    old, new = re.findall(r"```py\n(.*?)```", exercise, re.S)
    (answer,) = re.findall(r"```text\n(.*?)```", exercise, re.S)
    assert PROGRAM.count(old) == 1
    assert_lines(oracle_report(tmp_path, PROGRAM.replace(old, new)), answer)


def test_there_are_three_exercises() -> None:
    assert len(EXERCISES) == 3


def test_the_pytorch_program_prints_what_the_lesson_shows() -> None:
    pytest.importorskip("torch")
    (program,) = (block for kind, block in BLOCKS if kind == "py" and "import torch" in block)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, {})
    assert out.getvalue() in TEXTS


COMMANDS = re.findall(r"`?python -m reference (explain[^`\n]*|plot-activations[^`\n]*)", LESSON)


RECIPE = next(block for kind, block in BLOCKS if kind == "python" and "own.json" in block)


@pytest.mark.parametrize("line", sorted(set(COMMANDS)))
def test_every_command_runs(line: str, tmp_path: Path) -> None:
    if line.startswith("plot"):
        pytest.importorskip("matplotlib")
    if "own.json" in line:
        with contextlib.chdir(tmp_path):
            exec(RECIPE, {})
    assert command.run("reference", *line.split(), folder=tmp_path).status == 0


def test_the_worksheet_shows_your_own_weights_row_by_row(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        exec(RECIPE, {})
    (line,) = (line for line in COMMANDS if "own.json" in line and "--worksheet" in line)
    text = command.output_of("reference", *line.partition(" --html")[0].split(), folder=tmp_path)
    assert re.search(r"i1 +0\.3 +0\.4\n +b +0\.5 +-0\.5\n", text)
    assert re.search(r"h1 +-0\.8\n +b +0\.9\n", text)
    assert text.startswith("The 2-2-1 network\n")


def test_the_lesson_says_which_sections_fit_into_45_minutes() -> None:
    page = " ".join(LESSON.split())
    for number, title, topic in re.findall(r"(?m)^## (\d)\. (.*(matrices|PyTorch|Break).*)$", LESSON):
        assert f"section {number} ({'mistakes' if topic == 'Break' else topic})" in page, title
    assert "take the sections up to 6." in page


def test_the_picture_of_the_lesson_exists() -> None:
    (name,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", LESSON)
    data = (FOLDER / name).read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG")
    assert len(data) < 200_000
    assert width >= 1000
    assert height >= 500
