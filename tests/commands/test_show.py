"""The command show, and the help of all three."""

import re
from itertools import pairwise
from pathlib import Path

import reference
from reference import datasets
from reference.datasets.preparation import prepare
from tests import command
from tests.commands.training import PACKAGES, both_if_thorough, expect, refused, run, share_right
from tests.terminal import in_terminal


def test_all_of_a_network_on_one_screen(tmp_path: Path) -> None:
    """Digits, 64-32-10: at most 40 lines; sizes, names, every block's range and first weights by edge, columns, classes."""
    data = datasets.digits()
    network = reference.NeuralNetwork(64, 32, 10, hidden="relu", output="softmax", init="uniform", seed=3)
    network.data = prepare(data).as_data()
    network.weights = [weight * 3 + 0.125 for weight in network.weights]
    network.save(tmp_path / "net.json")
    shown = {run(twin, tmp_path, "show", "net.json") for twin in PACKAGES}
    assert len(shown) == 1
    text = shown.pop()
    assert len(text.splitlines()) <= 40
    assert in_terminal("vectorized", tmp_path, "show", "net.json")[1].count("\n") <= 40
    assert "\x1b" not in text
    assert "64-32-10 network, 2,410 weights; hidden relu, output softmax, loss cross_entropy" in text
    assert (
        f"({data.columns[2]} - {network.data['inputs']['shift'][2]:.4g}) / {network.data['inputs']['divisor'][2]:.4g}" in text
    )
    assert "classes of digit: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n" in text
    layout, flat = reference.Layout(64, 32, 10), network.weights
    ends = [0, 64 * 32, 65 * 32, 65 * 32 + 320, 2410]
    for at, name in enumerate(("ih weights", "h biases", "ho weights", "o biases")):
        first, after = ends[at : at + 2]
        block = flat[first:after]
        line = next(line for line in text.splitlines() if line.strip().startswith(name) and ".." in line)
        mean = sum(map(abs, block)) / len(block)
        numbers = f"{first} .. {after - 1} {min(block):.4g} {max(block):.4g} {mean:.4g}"
        assert line.split()[-6:] == numbers.split()
        for position in (first, after - 1 if name == "o biases" else first + 9):
            assert re.search(rf"{re.escape(layout.name_of(position))} {re.escape(f'{flat[position]:.4g}')}\s", text)
    everything = run("reference", tmp_path, "show", "--all", "net.json").split()
    pairs = set(pairwise(everything))
    assert {(layout.name_of(at), f"{weight:.4g}") for at, weight in enumerate(flat)} <= pairs
    assert all(f"({name}" in everything for name in data.columns)


def test_show_of_a_network_without_data(tmp_path: Path) -> None:
    """Of numbers the targets and their scale are shown; of a network that knows no data, its weights."""
    network = reference.NeuralNetwork(2, 1, 1, output="identity", weights=[0.5, -0.25, 1, 2, 3])
    network.save(tmp_path / "bare.json")
    data = datasets.Dataset([[1.0, 2.0], [3.0, 5.0]], [[10.0], [30.0]], [], ("a", "b"), (), ("price",))
    network.data = prepare(data, "minmax", "minmax").as_data()
    network.save(tmp_path / "data.json")
    bare, known = (run("vectorized", tmp_path, "show", name) for name in ("bare.json", "data.json"))
    assert "inputs:" not in bare
    assert "inputs: (a - 1) / 2, (b - 2) / 3\n" in known
    assert "targets: (price - 10) / 20\n" in known
    for text in (bare, known):
        assert "i1->h0 -0.25" in text
        assert "b->o0 3" in text


@both_if_thorough
def test_the_examples_of_the_help_work_as_they_are_printed(twin: str, tmp_path: Path) -> None:
    """The loops' digits alone are cut to one epoch, their 50 take most of a minute."""
    for page in ("main", "train", "predict", "show"):
        printed = run(twin, tmp_path, *([] if page == "main" else [page]), "--help")
        lines = [line.strip() for line in printed.split("xample")[1].splitlines() if "python -m" in line]
        assert lines, f"{page} shows no example"
        assert any(f"python -m {twin}" in line for line in lines)
        assert page == "main" or any(f" {page} " in line for line in lines)
        folder = tmp_path / page
        folder.mkdir()
        for line in lines:
            slow = twin == "reference" and "digits" in line
            ran = command.typed(line + " --epochs 1" if slow else line, folder)
            assert (ran.status, ran.err) == (0, ""), line
            if "train" in line and not slow:
                assert share_right(ran.out) >= (94 if "digits" in line else 93)
            for name in re.findall(r"(?:--save|--plot|>) (\S+)", line):
                assert (folder / name).stat().st_size > 100


def test_no_command_or_another(tmp_path: Path) -> None:
    expect(refused(tmp_path, "trian", same=False), "'trian'|train|predict|show")
    expect(refused(tmp_path, "train"), "DATA|--help")
    expect(refused(tmp_path, "predict", "net.json"), "DATA|--help")
    expect(refused(tmp_path, "show"), "NETWORK|--help")
