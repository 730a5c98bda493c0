"""A command as a user runs it, in this process: an interpreter for each would take longer than all that is asked of it.

What needs a process of its own (a pipe, a terminal, Ctrl-C, `-I -S`) starts one itself.
"""

import contextlib
import io
import os
from pathlib import Path
from typing import NamedTuple
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
