"""A command as a user runs it, in this process: an interpreter for each would take longer than all that is asked of it.

What needs a process of its own (a pipe, a terminal, Ctrl-C, a fresh interpreter) gets one by `process` or `tests.terminal`.
"""

import contextlib
import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import benchmarks.__main__
import reference.__main__
import vectorized.__main__

ROOT = Path(__file__).parent.parent
MAINS = {
    "reference": reference.__main__.main,
    "vectorized": vectorized.__main__.main,
    "benchmarks": benchmarks.__main__.main,
}
COLOURS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "COLUMNS", "LINES", "COLORTERM")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in COLOURS} | {
    "PYTHONPATH": str(ROOT),
    "TERM": "xterm-256color",
}
PYTHON = [sys.executable, "-W", "error"]


class Done(NamedTuple):
    """What a command left: its exit status, and what it wrote."""

    status: int
    out: str
    err: str


def run(program: str, *arguments: object, folder: Path = ROOT, given: bytes = b"") -> Done:
    """Run `python -m program arguments` in a folder, with these bytes as its standard input."""
    streams = {
        name: io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="\n")
        for name, content in (("stdin", given), ("stdout", b""), ("stderr", b""))
    }
    with contextlib.chdir(folder), patch.dict(os.environ, ENVIRONMENT, clear=True), patch.multiple("sys", **streams):
        try:
            status = MAINS[program](list(map(str, arguments)))
        except SystemExit as leaving:
            status = leaving.code  # type: ignore[assignment]
    for name in ("stdout", "stderr"):
        streams[name].flush()
    out, err = (streams[name].buffer.getvalue().decode() for name in ("stdout", "stderr"))  # type: ignore[attr-defined]
    return Done(status, out, err)


def printed(program: str, *arguments: object, folder: Path = ROOT, given: bytes = b"") -> str:
    """Run a command that must succeed with nothing to say on standard error, and return what it printed."""
    done = run(program, *arguments, folder=folder, given=given)
    assert (done.status, done.err) == (0, "")
    return done.out


def refused(program: str, *arguments: object, folder: Path = ROOT) -> str:
    """Run a command that cannot be: status 2, nothing printed, and one line on standard error, which is returned."""
    done = run(program, *arguments, folder=folder)
    assert (done.status, done.out) == (2, ""), done
    assert done.err.count("\n") == 1, done.err
    assert done.err.startswith(f"python -m {program}"), done.err
    return done.err


def typed(line: str, folder: Path) -> Done:
    """Run a line as it is told to users; what it prints goes to the file after >."""
    command, _, file = line.partition(" > ")
    _, _, program, *arguments = shlex.split(command)
    done = run(program, *arguments, folder=folder)
    if file:
        (folder / file).write_text(done.out, "utf-8")
    return done


def process(*arguments: object, folder: Path = ROOT, **more: Any) -> Done:
    """Run Python in a process of its own; warnings are errors."""
    how = {"cwd": folder, "env": ENVIRONMENT, "capture_output": True, "text": True, "timeout": 300} | more
    done = subprocess.run([*PYTHON, *map(str, arguments)], **how)
    return Done(done.returncode, done.stdout, done.stderr)
