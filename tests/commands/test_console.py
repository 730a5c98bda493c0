"""The command `nodesum` has all commands of the project, and never imports files of the working folder by mistake."""

import os
import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import nodesum
from reference.commands import tour
from reference.commands.checkout import place_of_benchmark
from tests.command import ENVIRONMENT, ROOT, Result, output_of, process, run

COMMANDS = ("train", "predict", "show", "check", "vectors", "explain", "plot-activations", "tour", "benchmarks")
SCRIPT = "import sys, nodesum; sys.exit(nodesum.main())"  # run with -P, which keeps the working folder off the path
SHADOWS = ("reference", "vectorized", "numpy", "rich", "json", "argparse", "nodesum")
CANDIDATE = """
from reference import NeuralNetwork
def predict(case):
    sizes = case.n_inputs, case.n_hidden, case.n_outputs
    return NeuralNetwork(*sizes, hidden="sigmoid", output="softmax", weights=case.weights).predict(case.inputs)
"""


def script(*arguments: object, folder: Path, path: str = str(ROOT)) -> Result:
    """Run the code of the installed script `nodesum` in a folder, with this PYTHONPATH."""
    return process("-P", "-c", SCRIPT, *arguments, folder=folder, env=ENVIRONMENT | {"PYTHONPATH": path})


def test_the_help_shows_every_command_and_an_example() -> None:
    text = output_of("nodesum", "--help")
    for name in COMMANDS:
        assert re.search(rf"^    {name}\s+\w", text, re.M), name
    assert "Examples:\n  nodesum tour\n" in text
    assert output_of("nodesum") == text, "without a command it shows the help"


@pytest.mark.parametrize("name", COMMANDS[:-1])
def test_the_help_of_a_command_names_nodesum(name: str) -> None:
    text = output_of("nodesum", name, "--help")
    assert text.count("(") == text.count(")")
    assert text.startswith(f"usage: nodesum {name}")
    assert f"  nodesum {name}" in re.split(r"\nExamples?:\n", text)[1]
    assert "python -m" not in text


def test_train_and_predict_use_the_matrices(tmp_path: Path) -> None:
    trained = output_of("nodesum", "train", "iris", "--epochs", 2, "--save", "iris.json", folder=tmp_path)
    assert "next: nodesum predict iris.json DATA, or nodesum show iris.json" in trained
    answers = output_of("nodesum", "predict", "iris.json", "iris", folder=tmp_path)
    assert answers == output_of("vectorized", "predict", "iris.json", "iris", folder=tmp_path)
    assert "4-32-3 network" in output_of("nodesum", "show", "iris.json", folder=tmp_path)


def test_tour_explain_and_plot_activations_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour, "EPOCHS", 1)
    assert "loss per epoch" in run("nodesum", "tour").out
    assert output_of("nodesum", "explain") == output_of("reference", "explain")
    assert output_of("nodesum", "plot-activations", "a.svg", folder=tmp_path) == "picture of the activations in a.svg\n"


def test_the_status_is_0_if_a_network_agrees_1_if_not_and_2_for_an_error(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(CANDIDATE + "def wrong(case): return [0.5] * case.n_outputs\n", "utf-8")
    settings = ("--examples", 3, "--sizes", "2-2-2")
    assert run("nodesum", "check", "net.py:predict", *settings, folder=tmp_path).status == 0
    assert run("nodesum", "check", "net.py:wrong", *settings, folder=tmp_path).status == 1
    for arguments in (("train", "no.csv"), ("predict", "no.json", "iris"), ("train", "iris", "--epochs", "x")):
        result = run("nodesum", *arguments, folder=tmp_path)
        assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
        assert result.err.startswith(f"nodesum {arguments[0]}: ")


@pytest.mark.parametrize("arguments", [(), ("--quick", "--shape", "3-4-2"), ("--help",)])
def test_the_command_benchmarks_says_where_the_benchmark_can_be_run(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """In an installation, `python -m benchmarks` runs the package `benchmarks_elsewhere`."""
    assert run("nodesum", "benchmarks", *arguments) == Result(2, "", f"nodesum benchmarks: {place_of_benchmark(ROOT)}\n")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert "benchmarks" in settings["packages"]
    package = settings["package-dir"]["benchmarks"].replace("/", ".")
    result = process("-m", package, *arguments, folder=tmp_path, env=ENVIRONMENT)
    assert result == Result(2, "", f"python -m benchmarks: {place_of_benchmark(ROOT)}\n")


def test_outside_a_checkout_the_message_asks_for_a_checkout(tmp_path: Path) -> None:
    assert place_of_benchmark(ROOT).endswith(f"run python -m benchmarks in {ROOT}")
    assert place_of_benchmark(tmp_path).endswith("run python -m benchmarks in a checkout of the sources")


@pytest.fixture
def cluttered(tmp_path: Path) -> Path:
    """Return a folder whose files have the names of modules that nodesum imports."""
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name}.py of the working folder was imported')", "utf-8")
    (tmp_path / "vectorized").mkdir()
    (tmp_path / "vectorized" / "__init__.py").write_text("raise SystemExit('vectorized/ was imported')", "utf-8")
    return tmp_path


def test_files_in_the_working_folder_are_not_imported_as_modules(cluttered: Path) -> None:
    result = script("train", "iris", "--epochs", 1, folder=cluttered)
    assert (result.status, result.err) == (0, "")
    (cluttered / "code").mkdir()
    (cluttered / "code" / "net.py").write_text(CANDIDATE, "utf-8")
    result = script("check", "code/net.py:predict", "--examples", 3, folder=cluttered)
    assert (result.status, result.err) == (0, ""), result


@pytest.mark.parametrize("name", ["reference", "vectorized"])
@pytest.mark.parametrize("place", ["{}.py", "{}/__init__.py"])
def test_another_package_of_the_same_name_is_reported(name: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / place.format(name)
    file.parent.mkdir(parents=True)
    file.write_text("raise RuntimeError('never imported')", "utf-8")
    result = script("train", "iris", folder=tmp_path, path=os.pathsep.join([str(tmp_path / "elsewhere"), str(ROOT)]))
    found = file if place == "{}.py" else file.parent
    assert (result.status, result.out) == (2, "")
    assert result.err == (
        f"nodesum: the package {name} of nodesum is {ROOT / name}, but Python finds {found}; {nodesum.ADVICE}\n"
    )


def test_a_wrong_package_beside_nodesum_is_reported(tmp_path: Path) -> None:
    """Another distribution may have overwritten the package."""
    (tmp_path / "nodesum.py").write_text((ROOT / "nodesum.py").read_text("utf-8"), "utf-8")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "__init__.py").write_text("", "utf-8")
    result = script("train", "iris", folder=tmp_path, path=str(tmp_path))
    assert result == Result(
        2, "", f"nodesum: {tmp_path / 'reference'} is not the package reference of nodesum; {nodesum.ADVICE}\n"
    )


def test_a_missing_package_is_reported_in_one_line(tmp_path: Path) -> None:
    """With -S, Python does not find NumPy."""
    result = process("-S", "-P", "-c", SCRIPT, "train", "iris", folder=tmp_path)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("nodesum: No module named ")
    assert result.err.count("\n") == 1


def test_the_script_calls_main_if_nodesum_is_installed() -> None:
    scripts = entry_points(group="console_scripts", name="nodesum")
    assert not scripts or {entry.value for entry in scripts} == {"nodesum:main"}
