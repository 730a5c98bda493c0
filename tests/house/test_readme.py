"""Check tables and sentences of the README. Its examples run as doctests."""

import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType

import pytest

import reference
import vectorized
from benchmarks import machine, results, tables
from benchmarks.goals import GOALS, MEMORY
from benchmarks.intervals import ratio
from benchmarks.table import markdown_of
from benchmarks.texts import digits, ratio_text
from reference import datasets, prepare
from tests.command import ROOT, output_of, typed
from tests.network import gate
from tests.network.gate_starts import run

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:4] for line in README.splitlines() if re.match(r"\| 00\d ", line)]
SAMPLES = {
    "000": ((2, 4, 2), {}, None),
    "001": ((3, 4, 2), {}, None),
    "002": ((3, 3, 3), {"hidden": "sigmoid", "output": "sigmoid"}, ([[1.0, 0.5, -1.5]], [[0.1, 0.9, 0.5]])),
    "003": ((3, 4, 1), {"hidden": "sigmoid", "output": "sigmoid"}, (gate.INPUTS, gate.TARGETS)),
    "004": ((3, 4, 1), {"hidden": "sigmoid", "output": "sigmoid"}, (gate.INPUTS, gate.TARGETS)),
}


@pytest.mark.parametrize("twin", [reference, vectorized], ids=["reference", "vectorized"])
@pytest.mark.parametrize("row", ROWS, ids=[row[0][:4] for row in ROWS])
def test_the_table_of_the_documents(row: list[str], twin: ModuleType) -> None:
    """The code in each row does what the row says: it makes a network and calls it."""
    *settings, call = re.findall(r"`([^`]+)`", row[2])
    sizes, names, data = SAMPLES[row[0].strip()[:3]]
    if settings:
        inputs, targets = data
        network = eval(f"make({settings[0]})", {"make": lambda **more: twin.NeuralNetwork(*sizes, **names, **more)})
        losses = eval(f"network{call}", {"network": network, "x": inputs, "t": targets})
        assert network.loss_of(inputs, targets, reduction="sum") < losses[0]
    else:
        assert eval(call, vars(twin)) is not None


def test_there_are_five_documents() -> None:
    assert [row[0].strip()[:3] for row in ROWS] == ["000", "001", "002", "003", "004"]


@pytest.mark.thorough
def test_the_starts_of_document_004() -> None:
    """Of 200 random starts, the stated numbers come near the printed loss and obey the rule."""
    ends = [run(seed, 1000) for seed in range(200)]
    near, right = sum(gate.near(end.loss, 1000) for end in ends), sum(end.right for end in ends)
    readme = " ".join(README.split())
    assert f"Of 200 starts (`python -m tests.network.gate_starts`) {near} come within 10 %" in readme
    assert f"and {right} obey its rule" in readme


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def printed_by(lines: list[str], folder: Path) -> list[str]:
    """Run lines of the README in a folder, and return their output."""
    commands = [typed(line, folder) for line in lines]
    assert [command.status for command in commands] == [0] * len(lines)
    return [command.out for command in commands]


def test_the_commands_for_data(tmp_path: Path) -> None:
    """The lines of the README run unchanged, and the output of the first is as shown."""
    lines = [line for line in README.splitlines() if re.match(r"python -m (vectorized|reference) (train|predict|show) ", line)]
    outputs = printed_by(lines, tmp_path)
    assert len(lines) == 3
    right = re.search(r"\((\d+ of \d+) right", " ".join(README.split()))
    assert right
    assert f"right ({right[1]})" in outputs[0]
    assert (tmp_path / "answers.csv").read_text().startswith("species,setosa,versicolor,virginica\nsetosa,0.99")
    assert "4-32-3 network" in outputs[2]


def test_the_irises_of_other_seeds() -> None:
    """The mean and the lowest accuracy over 20 seeds."""

    def share(seed: int) -> float:
        training, held_out = datasets.split(datasets.iris(), 0.2, seed)
        preparation = prepare(training, "standard")
        prepared, optimizer = preparation.prepared(training), vectorized.Adam()
        network = vectorized.NeuralNetwork(4, 32, 3, seed=seed)
        network.train(
            prepared.inputs,
            prepared.targets,
            epochs=50,
            batch_size=32,
            learning_rate=0.01,
            optimizer=optimizer,
            shuffle=seed,
        )
        answers = preparation.labels(network.predict(preparation.prepared(held_out).inputs))
        return sum(map(int.__eq__, answers, held_out.labels)) / len(answers)

    shares = [share(seed) for seed in range(20)]
    readme = " ".join(README.split())
    assert f"over 20 of them the same training gets {100 * sum(shares) / 20:.1f} % right" in readme
    assert f"in the mean, and {100 * min(shares):.1f} % at worst" in readme


def test_the_numbers_of_the_benchmark() -> None:
    """The table, the epoch, the machine and the picture match the stored benchmark results."""
    stored = results.read(str(ROOT / "benchmarks" / "results.json"))
    assert stored.complete
    rows, (epoch,) = stored.rows_of("operations", "step"), stored.rows_of("operations", "epoch")
    for table in (tables.operation_table("step", rows, rows), tables.ladder_table(stored.rows_of("ladder"))):
        assert markdown_of(table).split("\n\n")[1] in README
    times = ratio_text(ratio(epoch.seconds["reference"], epoch.seconds["vectorized"]))
    assert f"in batches of 32 takes the loops {times} times as long" in README
    assert machine.header(stored.machine) in README
    picture = (ROOT / "benchmarks" / "results.svg").read_text(encoding="utf-8")
    timed = [row for row in rows if "reference" in row.seconds]
    for row in timed:
        times_faster = ratio(row.seconds["reference"], row.seconds["vectorized"])
        assert f">{digits(times_faster.middle, (times_faster.high - times_faster.low) / 2)}</text>" in picture
    goals = (ROOT / "benchmarks" / "goals.txt").read_text(encoding="utf-8")
    sentence = (
        f"({len(GOALS) + len(MEMORY)} goals). On the same machine [it says](benchmarks/goals.txt): {goals.splitlines()[-1]}."
    )
    assert sentence in README
    assert goals.startswith(machine.header(stored.machine).split("; load")[0])


def test_the_lines_of_the_explanation(tmp_path: Path) -> None:
    """Each line runs, and the output of the first is as shown."""
    lines = [line for line in README.splitlines() if re.match(r"python -m reference (explain|plot-activations) ", line)]
    assert len(lines) == 7
    printed_by(["python -m vectorized train iris --save iris.json"], tmp_path)
    outputs = printed_by(lines, tmp_path)
    example = re.search(r"```text\n(.*?)```", README, re.S)
    assert example
    assert example[1] in outputs[0]
    pages = {"page.html", "mazur.html", "iris.html", "gate.html"}
    assert {path.name for path in tmp_path.iterdir()} == {"iris.json", "activations.svg"} | pages


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_the_page_is_checked_as_the_readme_says() -> None:
    (line,) = [line for line in README.splitlines() if "web/candidate.js" in line and line.startswith("python")]
    assert output_of("reference", *shlex.split(line)[3:]).startswith("AGREES")


def test_the_lines_of_the_benchmark() -> None:
    """Each line uses only existing options. tests/benchmarks runs similar lines."""
    from benchmarks.commands import parser

    lines = [part for line in README.splitlines() for part in line.split(" && ") if part.startswith("python -m benchmarks")]
    assert len(lines) >= 5
    for line in lines:
        parser().parse_args(shlex.split(line.split("#")[0])[3:])
