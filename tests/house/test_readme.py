"""The README, and the pages that it links to: examples, tables and sentences.

Examples with >>> are not here, because pytest runs them as doctests.
"""

import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType

import pytest

import reference
import vectorized
from benchmarks.commands import parser
from reference import datasets, oracle, prepare
from reference.oracle import frameworks
from tests.command import ROOT, output_of, run_line, shell
from tests.network import gate
from tests.network.gate_starts import run

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = (ROOT / "reference" / "DOCUMENTS.md").read_text(encoding="utf-8")
ORACLE = (ROOT / "reference" / "oracle" / "README.md").read_text(encoding="utf-8")
INTERFACE = (ROOT / "reference" / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "vectorized/README.md", "benchmarks/README.md", "tests/README.md"]
PAGES += [f"reference/{page}.md" for page in ("README", "DOCUMENTS", "oracle/README", "oracle/PROTOCOL")]
PAGES += [f"reference/explain/{page}.md" for page in ("READING", "SLIPS")]
ROWS = [line.split("|")[1:4] for line in DOCUMENTS.splitlines() if re.match(r"\| 00\d ", line)]
SETTINGS = {
    "000": ((2, 4, 2), {}, None),
    "001": ((3, 4, 2), {}, None),
    "002": ((3, 3, 3), {"hidden": "sigmoid", "output": "sigmoid"}, ([[1.0, 0.5, -1.5]], [[0.1, 0.9, 0.5]])),
    "003": ((3, 4, 1), {"hidden": "sigmoid", "output": "sigmoid"}, (gate.INPUTS, gate.TARGETS)),
    "004": ((3, 4, 1), {"hidden": "sigmoid", "output": "sigmoid"}, (gate.INPUTS, gate.TARGETS)),
}


@pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
@pytest.mark.parametrize("row", ROWS, ids=[row[0][:4] for row in ROWS])
def test_the_code_in_the_table_of_documents_runs(row: list[str], package: ModuleType) -> None:
    """Training makes the loss smaller."""
    *settings, call = re.findall(r"`([^`]+)`", row[2])
    sizes, names, data = SETTINGS[row[0].strip()[:3]]
    if settings:
        inputs, targets = data
        network = eval(f"make({settings[0]})", {"make": lambda **more: package.NeuralNetwork(*sizes, **names, **more)})
        losses = eval(f"network{call}", {"network": network, "x": inputs, "t": targets})
        assert network.loss_of(inputs, targets, reduction="sum") < losses[0]
    else:
        assert eval(call, vars(package)) is not None


def test_there_are_five_documents() -> None:
    assert [row[0].strip()[:3] for row in ROWS] == ["000", "001", "002", "003", "004"]


@pytest.mark.thorough
def test_the_page_of_the_documents_has_the_results_of_200_random_starts() -> None:
    ends = [run(seed, 1000) for seed in range(200)]
    near, right = sum(gate.near(end.loss, 1000) for end in ends), sum(end.right for end in ends)
    page = " ".join(DOCUMENTS.split())
    assert f"Of 200 random starts (`python -m tests.network.gate_starts`), {near} come within 10 %" in page
    assert f"{right} give outputs above 0.9 for every 1" in page


@pytest.mark.parametrize("page", PAGES)
def test_every_link_names_an_existing_file(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / page).read_text(encoding="utf-8")):
        assert ((ROOT / page).parent / target).exists(), target


def test_the_pytorch_example_on_the_page_of_the_oracle_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    torch = pytest.importorskip("torch")
    (code,) = (block for block in re.findall(r"```py\n(.*?)```", ORACLE, re.S) if "import torch" in block)
    exec(code, {"torch": torch, "oracle": oracle, "frameworks": frameworks})
    assert capsys.readouterr().out.startswith("AGREES")


STUDENTS = {  # file: exit status of the check, activation of the network
    "ada.py": (0, "1 / (1 + np.exp(-z))"),
    "bob.py": (1, "np.tanh(z)"),
    "cyd.py": (2, "("),  # a syntax error
}
CLASS = """
import numpy as np
class Network:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        pass
    def forward(self, x):
        z = x @ self.w1 + self.b1
        powers = np.exp({} @ self.w2 + self.b2)
        return powers / powers.sum()
"""


def test_the_adapter_on_the_page_of_the_oracle_checks_the_networks_of_all_students(tmp_path: Path) -> None:
    (adapter,) = (block for block in re.findall(r"```py\n(.*?)```", ORACLE, re.S) if "students" in block)
    (loop,) = (block for block in re.findall(r"```sh\n(.*?)```", ORACLE, re.S) if "students" in block)
    (tmp_path / "adapter.py").write_text(adapter, "utf-8")
    (tmp_path / "students").mkdir()
    for name, (_, activation) in STUDENTS.items():
        (tmp_path / "students" / name).write_text(CLASS.format(f"({activation})"), "utf-8")
    assert shell(loop, tmp_path).out.splitlines() == [f"students/{name}: status {row[0]}" for name, row in STUDENTS.items()]
    reports = [(tmp_path / "students" / name).with_suffix(".txt").read_text("utf-8") for name in STUDENTS]
    for name, report, words in zip(STUDENTS, reports, ("AGREES", "(hidden_is_tanh)", "SyntaxError"), strict=True):
        assert words in report
        target = f"adapter.py:{name.removesuffix('.py')}"
        assert report.splitlines()[0].endswith(f": {target}")
        assert f"\nrepeat with: python -m reference check {target} --hidden sigmoid" in report


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.S), ids=["start", "check", "use", "layout"])
def test_an_example_prints_what_its_comments_say(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(code, {})
    expected = re.findall(r"^print\(.*\)  # (.+)$", code, re.M)
    assert len(expected) == code.count("print(")
    assert capsys.readouterr().out.splitlines() == expected


def test_the_readme_is_short() -> None:
    assert len(README.split()) <= 1200


def outputs_of(lines: list[str], folder: Path) -> list[str]:
    commands = [run_line(line, folder) for line in lines]
    assert [command.status for command in commands] == [0] * len(lines)
    return [command.out for command in commands]


def test_train_and_predict_give_the_accuracy_in_the_readme(tmp_path: Path) -> None:
    lines = [line for line in README.splitlines() if re.match(r"python -m vectorized (train|predict) ", line)]
    outputs = outputs_of(lines, tmp_path)
    assert len(lines) == 2
    right = re.search(r"\((\d+ of \d+) right", " ".join(README.split()))
    assert right
    assert f"right ({right[1]})" in outputs[0]
    assert (tmp_path / "answers.csv").read_text().startswith("species,setosa,versicolor,virginica\nsetosa,0.99")


def test_the_page_of_the_interface_has_the_mean_and_the_lowest_accuracy_on_iris() -> None:

    def share(seed: int) -> float:
        training, held_out = datasets.split(datasets.iris(), 0.2, seed)
        preparation = prepare(training)
        prepared, optimizer = preparation.prepared(training), vectorized.Adam()
        network = vectorized.NeuralNetwork(4, 32, 3, seed=seed)
        settings = {"epochs": 50, "batch_size": 32, "learning_rate": 0.01, "optimizer": optimizer, "shuffle": seed}
        network.train(prepared.inputs, prepared.targets, **settings)
        answers = preparation.labels(network.predict(preparation.prepared(held_out).inputs))
        return sum(map(int.__eq__, answers, held_out.labels)) / len(answers)

    shares = [share(seed) for seed in range(20)]
    page = " ".join(INTERFACE.split())
    assert f"gets {100 * sum(shares) / 20:.1f} % of the unseen rows right on average over 20 seeds" in page
    assert f"and {100 * min(shares):.1f} % in the worst case" in page


def test_the_explain_lines_print_the_text_in_the_readme(tmp_path: Path) -> None:
    lines = [line for line in README.splitlines() if re.match(r"python -m reference explain ", line)]
    assert len(lines) == 6
    outputs_of(["python -m vectorized train iris --save iris.json"], tmp_path)
    outputs = outputs_of(lines, tmp_path)
    example = re.search(r"```text\n(.*?)```", README, re.S)
    assert example
    assert example[1] in outputs[0]
    pages = {"page.html", "sheet.html", "iris.html", "gate.html"}
    assert {path.name for path in tmp_path.iterdir()} == {"iris.json"} | pages


def test_the_benchmark_commands_in_the_readme_use_options_that_exist() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python -m benchmarks")]
    assert len(lines) == 5
    for line in lines:
        parser().parse_args(shlex.split(line)[3:])


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_readme_line_checks_the_javascript_network() -> None:
    (line,) = [line for line in README.splitlines() if "web/candidate.js" in line and line.startswith("python")]
    assert output_of("reference", *shlex.split(line)[3:]).startswith("AGREES")
