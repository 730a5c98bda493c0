"""Run a command. `run` stays in this process, which is faster. `process`, `shell` and tests/terminal.py start a new process."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import benchmarks.__main__
import nodesum
import reference.__main__
import vectorized.__main__

ROOT = Path(__file__).parent.parent
MAINS = {
    "reference": reference.__main__.main,
    "vectorized": vectorized.__main__.main,
    "benchmarks": benchmarks.__main__.main,
    "nodesum": nodesum.main,
}
DISPLAY_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "COLUMNS", "LINES", "COLORTERM")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in DISPLAY_VARIABLES} | {
    "PYTHONPATH": str(ROOT),
    "TERM": "xterm-256color",
}
PYTHON = [sys.executable, "-W", "error"]


class Result(NamedTuple):
    status: int
    out: str
    err: str


def run(program: str, *arguments: object, folder: Path = ROOT, stdin: bytes = b"") -> Result:
    """Run `python -m program arguments` in a folder, with the bytes `stdin` as standard input."""
    streams = {
        name: io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="\n")
        for name, content in (("stdin", stdin), ("stdout", b""), ("stderr", b""))
    }
    with contextlib.chdir(folder), patch.dict(os.environ, ENVIRONMENT, clear=True), patch.multiple("sys", **streams):
        try:
            status = MAINS[program](list(map(str, arguments)))
        except SystemExit as leaving:
            status = leaving.code  # type: ignore[assignment]
    for name in ("stdout", "stderr"):
        streams[name].flush()
    out, err = (streams[name].buffer.getvalue().decode() for name in ("stdout", "stderr"))  # type: ignore[attr-defined]
    return Result(status, out, err)


def output_of(program: str, *arguments: object, folder: Path = ROOT, stdin: bytes = b"") -> str:
    """Run a command that must succeed, and return its standard output.

    Only `predict` may write to standard error, and any command that shows its progress because the machine is slow.
    """
    result = run(program, *arguments, folder=folder, stdin=stdin)
    assert result.status == 0, result
    errors = [line for line in result.err.splitlines() if not re.fullmatch(r"epoch \d+ of \d+, loss \S+, \d+ s left", line)]
    assert not errors or arguments[0] == "predict", errors
    return result.out


def error_of(program: str, *arguments: object, folder: Path = ROOT) -> str:
    """Run a command that must fail: status 2, no output, and one line on standard error. Return the line."""
    result = run(program, *arguments, folder=folder)
    assert (result.status, result.out) == (2, ""), result
    assert result.err.count("\n") == 1, result.err
    assert result.err.startswith(f"python -m {program}"), result.err
    return result.err


def run_line(line: str, folder: Path) -> Result:
    """Run a line such as "python -m reference explain > file"."""
    command, _, file = line.partition(" > ")
    _, _, program, *arguments = shlex.split(command)
    result = run(program, *arguments, folder=folder)
    if file:
        (folder / file).write_text(result.out, "utf-8")
    return result


def process(*arguments: object, folder: Path = ROOT, **more: Any) -> Result:
    """Run Python in a new process, with warnings as errors."""
    how = {"cwd": folder, "env": ENVIRONMENT, "capture_output": True, "text": True, "timeout": 300} | more
    result = subprocess.run([*PYTHON, *map(str, arguments)], **how)
    return Result(result.returncode, result.stdout, result.stderr)


def shell(line: str, folder: Path) -> Result:
    """Run a line in a shell, with `python` replaced by this interpreter."""
    python = shlex.join(PYTHON)
    line = re.sub(r"\bpython(?= -m)", lambda _: python, line)
    how: dict[str, Any] = {"shell": True, "cwd": folder, "env": ENVIRONMENT, "stdin": subprocess.DEVNULL}
    outcome = subprocess.run(line, capture_output=True, text=True, timeout=300, **how)
    return Result(outcome.returncode, outcome.stdout, outcome.stderr)
