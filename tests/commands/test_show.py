"""The command show, and the help of train, predict and show."""

import re
from pathlib import Path

import reference
from reference import datasets
from reference.datasets.preparation import prepare
from tests import command
from tests.commands.training import MODULES, both_if_thorough, error_of, expect, run, share_right


def test_a_network_for_digits_is_shown_on_one_screen(tmp_path: Path) -> None:
    data = datasets.digits()
    network = reference.NeuralNetwork(64, 32, 10, hidden="relu", output="softmax", init="uniform", seed=3)
    network.data = prepare(data).as_data()
    network.save(tmp_path / "net.json")
    (text,) = {run(package, tmp_path, "show", "net.json") for package in MODULES}
    assert len(text.splitlines()) <= 40
    assert "64-32-10 network, 2,410 weights; hidden relu, output softmax, loss cross_entropy" in text
    scale = network.data["inputs"]
    assert f"({data.columns[2]} - {scale['shift'][2]:.4g}) / {scale['divisor'][2]:.4g}" in text
    assert "classes of digit: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n" in text
    ends = [0, 64 * 32, 65 * 32, 65 * 32 + 320, 2410]
    for name, first, after in zip(("ih weights", "h biases", "ho weights", "o biases"), ends, ends[1:], strict=False):
        block = network.weights[first:after]
        line = next(line for line in text.splitlines() if line.strip().startswith(name))
        mean = sum(map(abs, block)) / len(block)
        assert line.split()[-6:] == f"{first} .. {after - 1} {min(block):.4g} {max(block):.4g} {mean:.4g}".split()


def test_the_scales_of_inputs_and_targets_are_shown_if_the_file_has_them(tmp_path: Path) -> None:
    network = reference.NeuralNetwork(2, 1, 1, output="identity", weights=[0.5, -0.25, 1, 2, 3])
    network.save(tmp_path / "bare.json")
    data = datasets.Dataset([[1.0, 2.0], [3.0, 5.0]], [[10.0], [30.0]], [], ("a", "b"), (), ("price",))
    network.data = prepare(data, "minmax", "minmax").as_data()
    network.save(tmp_path / "data.json")
    bare, full = (run("vectorized", tmp_path, "show", name) for name in ("bare.json", "data.json"))
    assert "inputs:" not in bare
    assert "inputs: (a - 1) / 2, (b - 2) / 3\n" in full
    assert "targets: (price - 10) / 20\n" in full


@both_if_thorough
def test_the_examples_of_the_help_work(package: str, tmp_path: Path) -> None:
    """The loops train on digits for one epoch only, as 50 epochs take about a minute."""
    for page in ("main", "train", "predict", "show"):
        printed = run(package, tmp_path, *([] if page == "main" else [page]), "--help")
        lines = [line.strip() for line in printed.split("xample")[1].splitlines() if "python -m" in line]
        assert lines, f"{page} shows no example"
        assert any(f"python -m {package}" in line for line in lines)
        assert page == "main" or any(f" {page} " in line for line in lines)
        folder = tmp_path / page
        folder.mkdir()
        for line in lines:
            slow = package == "reference" and "digits" in line
            result = command.run_line(line + " --epochs 1" if slow else line, folder)
            assert result.status == 0, line
            assert result.err == "" or "predict" in line
            if "train" in line and not slow:
                assert share_right(result.out) >= (94 if "digits" in line else 93)
            for name in re.findall(r"(?:--save|--plot|>) (\S+)", line):
                assert (folder / name).stat().st_size > 100


def test_a_wrong_command_or_a_missing_argument(tmp_path: Path) -> None:
    expect(error_of(tmp_path, "trian", same=False), "'trian'|train|predict|show")
    expect(error_of(tmp_path, "train"), "DATA|--help")
    expect(error_of(tmp_path, "predict", "net.json"), "DATA|--help")
    expect(error_of(tmp_path, "show"), "NETWORK|--help")
