"""How commands end: after a signal, and when their output cannot be written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.command import ENVIRONMENT, ROOT, run
from tests.terminal import in_terminal
from tests.thorough import mark_slow_in, thorough

STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
MOSTLY_THOROUGH = [signal.SIGTERM, *thorough((signal.SIGINT,), (signal.SIGHUP,))]
BUFFERED = {name: value for name, value in ENVIRONMENT.items() if name != "PYTHONUNBUFFERED"}  # lets Python buffer its output


def start(*arguments: str, folder: Path = ROOT, **how: Any) -> "subprocess.Popen[str]":
    """Start a command in a new process."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": BUFFERED, "text": True}
    return subprocess.Popen([sys.executable, "-m", *arguments], cwd=folder, **(streams | how))


def is_running(number: int) -> bool:
    """Whether a process has not ended. A zombie process counts as ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ends(number: int) -> bool:
    """Whether a process ends within ten seconds."""
    end = time.monotonic() + 10
    while is_running(number) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_running(number)


HANGING = """
import os, signal, subprocess, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("started", os.getpid(), child.pid, file=sys.stderr, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", MOSTLY_THOROUGH)
def test_a_signal_ends_a_candidate_and_its_child_even_if_both_ignore_signals(number: int, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(HANGING)
    process = start("reference", "check", "--command", f"{sys.executable} program.py", "--seconds", "60", folder=tmp_path)
    assert process.stderr is not None
    candidate, child = map(int, process.stderr.readline().removeprefix("started").split())
    assert is_running(candidate)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (128 + number, "", "")
    assert ends(candidate)
    assert ends(child)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_the_candidate_also_ends_if_a_second_signal_arrives(tmp_path: Path) -> None:
    """The second signal arrives while the command waits for the candidate to end."""
    (tmp_path / "program.py").write_text(HANGING)
    process = start("reference", "check", "--command", f"{sys.executable} program.py", "--seconds", "60", folder=tmp_path)
    assert process.stderr is not None
    candidate, child = map(int, process.stderr.readline().removeprefix("started").split())
    process.send_signal(signal.SIGTERM)
    time.sleep(0.25)
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate(timeout=30)
    assert process.returncode in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
    assert "Traceback" not in err
    assert ends(candidate)
    assert ends(child)


@pytest.mark.thorough
def test_a_signal_ends_a_benchmark_that_waits_for_a_contender() -> None:
    line = "benchmarks --contender reference --contender vectorized --shape 64-32-10 --batch 32 --thorough"
    process = start(*line.split())
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20)[0] is not None
    assert process.returncode in (128 + signal.SIGTERM, -signal.SIGTERM)


def test_a_signal_during_training_saves_the_network(tmp_path: Path) -> None:
    """SIGTERM, which a machine sends before it shuts down, works like Ctrl-C."""
    flags = ["--epochs", "1000000", "--save", "net.json"]
    status, screen = in_terminal(
        "vectorized", tmp_path, "train", "iris", *flags, until="epoch [1-9]", signal_number=signal.SIGTERM
    )
    assert status == 128 + signal.SIGTERM
    assert "saved: network in net.json" in screen
    assert "Traceback" not in screen
    assert os.listdir(tmp_path) == ["net.json"]


def test_a_signal_that_the_caller_ignores_stays_ignored(tmp_path: Path) -> None:
    """For example, nohup ignores SIGHUP."""
    ignore = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    code = ignore + "from vectorized.__main__ import main; sys.exit(main(['train', 'iris', '--epochs', '2000']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=BUFFERED, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("iris: 150 rows")
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "test set" in out


def test_signal_handlers_are_restored() -> None:
    before = [signal.getsignal(number) for number in STOP_SIGNALS]
    assert run("reference", "show", "none.json").status == 2
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("unbuffered", mark_slow_in(["", "1"], "1"))
@pytest.mark.parametrize("line", ["reference --help", "reference train --help", "reference explain --all", "benchmarks --help"])
def test_output_that_cannot_be_written_is_an_error(line: str, unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        process = start(*line.split(), stdout=full, env=BUFFERED | {"PYTHONUNBUFFERED": unbuffered})
        err = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert err.count("\n") == 1, err
    assert "No space left on device" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_message_that_cannot_be_written_does_not_change_the_status() -> None:
    with open("/dev/full", "w") as full:
        process = start("reference", "show", "none.json", stderr=full)
        assert process.communicate(timeout=60)[0] == ""
    assert process.returncode == 2
