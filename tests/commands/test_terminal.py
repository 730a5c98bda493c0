"""The commands in pipes and terminals."""

import os
import re
import signal
from pathlib import Path

import pytest

from reference import datasets
from tests import command
from tests.command import Result
from tests.commands.training import FLOWERS, MODULES, Training, bits, both_if_thorough, both_packages, files, run
from tests.terminal import in_terminal


@both_packages
def test_a_minus_is_standard_input_or_output(package: str, tmp_path: Path) -> None:
    """If a file is written to standard output, the report goes to standard error."""
    flags = ["--label", "species", "--epochs", "3"]
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    run(package, tmp_path, "train", "flowers.csv", *flags, "--save", "net.json", "--loss-file", "losses.csv")
    network, losses = ((tmp_path / name).read_bytes() for name in ("net.json", "losses.csv"))
    for flag, content in (("--save", network), ("--loss-file", losses)):
        outcome = command.run(package, "train", "-", *flags, flag, "-", folder=tmp_path, stdin=FLOWERS.encode())
        assert (outcome.status, outcome.out.encode()) == (0, content)
        assert "standard input: 12 rows" in outcome.err
        assert "test set" in outcome.err
        assert "in standard output" in outcome.err
    table = run(package, tmp_path, "predict", "net.json", "flowers.csv")
    assert run(package, tmp_path, "predict", "-", "flowers.csv", stdin=network) == table
    assert run(package, tmp_path, "predict", "net.json", "-", stdin=FLOWERS.encode()) == table
    assert run(package, tmp_path, "show", "-", stdin=network) == run(package, tmp_path, "show", "net.json")
    assert sorted(os.listdir(tmp_path)) == ["flowers.csv", "losses.csv", "net.json"]


def test_a_network_goes_through_a_pipe_to_the_other_package(tmp_path: Path) -> None:
    """A network that does not fit the data is refused with one line of text. A reader that closes early causes no traceback."""
    line = (
        "python -m reference train iris --epochs 2 --save - 2>report | python -m vectorized predict - iris >answers.csv 2>score"
    )
    assert command.shell(line, tmp_path) == Result(0, "", "")
    assert "% right" in (tmp_path / "score").read_text()
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 151
    assert "test set" in (tmp_path / "report").read_text()
    mismatch = command.shell("python -m reference train gate --save - 2>report | python -m vectorized predict - iris", tmp_path)
    assert mismatch.status == 2
    assert mismatch.err.count("\n") == 1
    early = command.shell("python -m vectorized train digits --epochs 0 --save - 2>report | head -c 1", tmp_path)
    assert (early.out, early.err) == ("{", "")
    assert "Traceback" not in (tmp_path / "report").read_text()


COLOUR = re.compile(r"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")


@both_if_thorough
def test_progress_and_colours_are_for_terminals(package: str, tmp_path: Path) -> None:
    """A terminal with NO_COLOR has no colours."""
    flags = ["train", "iris", "--epochs", "5"]
    status, screen = in_terminal(package, tmp_path, *flags)
    assert status == 0
    assert re.search(r"epoch 5 of 5, loss \d\.\d+ .*left", screen)
    assert COLOUR.search(screen)
    status, grey = in_terminal(package, tmp_path, *flags, NO_COLOR="1")
    assert status == 0
    assert re.search(r"epoch 5 of 5, loss", grey)
    assert not COLOUR.search(grey)
    plain = run(package, tmp_path, *flags)
    assert "\x1b" not in plain
    assert "epoch 5 of 5" not in plain
    results = [re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", text).split("test set")[1] for text in (screen, grey, plain)]
    assert results[0] == results[1] == results[2]
    with open(tmp_path / "report", "w+b") as report:
        status, screen = in_terminal(package, tmp_path, *flags, out=report)
    assert (status, (tmp_path / "report").read_text()) == (0, plain), "a file gets no progress"
    assert re.search(r"epoch 5 of 5, loss", screen)


@both_if_thorough
def test_ctrl_c_keeps_the_last_whole_epoch(package: str, tmp_path: Path) -> None:
    """The files have the weights and losses of the reported number of epochs."""
    (tmp_path / "net.json").write_text("what was there before")
    flags = ["train", "iris", "--epochs", "1000000", "--save", "net.json", "--loss-file", "losses.csv"]
    status, screen = in_terminal(package, tmp_path, *flags, until=r"epoch [1-9]\d* of 1000000")
    assert status == 130
    assert "Traceback" not in screen
    end = re.search(r"stopped after epoch (\d+) of 1000000; saved: (.*)\n", screen)
    assert end, screen
    assert end[2] == "network in net.json; losses in losses.csv"
    n_epochs = int(end[1])
    expected = Training().train(package, datasets.iris(), epochs=n_epochs)
    network = MODULES[package].NeuralNetwork.load(tmp_path / "net.json")
    assert bits(network.weights) == bits(expected.network.weights)
    assert network.data == expected.preparation.as_data()
    losses = (tmp_path / "losses.csv").read_text().split()[1:]
    assert losses == [f"{epoch},{loss!r}" for epoch, loss in enumerate(expected.losses)]
    assert set(files(tmp_path)) == {"net.json", "losses.csv"}


@both_if_thorough
def test_ctrl_c_in_the_first_epoch_saves_nothing(package: str, tmp_path: Path) -> None:
    """Initial weights are not a result, so an existing file stays. Here, an epoch takes several seconds."""
    (tmp_path / "net.json").write_text("what was there before")
    rows = "".join(f"{s % 97},{s % 89},{s % 3 + 0.5}\n" for s in range(4000))
    (tmp_path / "table.csv").write_text("a,b,y\n" + rows)
    size = "200" if package == "reference" else "20000"
    flags = ["--n-hidden", size, "--batch-size", "1", "--save", "net.json", "--loss-file", "losses.csv"]
    status, screen = in_terminal(package, tmp_path, "train", "table.csv", *flags, until="epoch 0 of 50")
    assert status == 130
    assert "stopped after epoch 0 of 50; nothing is saved" in screen
    assert "Traceback" not in screen
    assert (tmp_path / "net.json").read_text() == "what was there before"
    assert set(files(tmp_path)) == {"net.json", "table.csv"}


def test_ctrl_c_while_standard_input_is_read_writes_no_file(tmp_path: Path) -> None:
    status, screen = in_terminal("vectorized", tmp_path, "train", "-", "--save", "net.json", until="reading -")
    assert status == 130
    assert "Traceback" not in screen
    assert files(tmp_path) == {}


@pytest.mark.thorough
@both_packages
def test_ctrl_c_three_times_leaves_no_incomplete_network_file(package: str, tmp_path: Path) -> None:
    flags = ["train", "iris", "--epochs", "1000000", "--save", "net.json", "--loss-file", "losses.csv"]
    status, screen = in_terminal(package, tmp_path, *flags, until=r"epoch [1-9]\d* of 1000000", times=3)
    assert status in (130, -signal.SIGINT)
    assert "Traceback" not in screen
    names = set(os.listdir(tmp_path))
    assert names <= {"net.json", "losses.csv"}
    if "net.json" in names:
        MODULES[package].NeuralNetwork.load(tmp_path / "net.json")
