"""A command in a terminal of its own: what it shows there, and what a signal does."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path
from typing import Any

from tests.command import ENVIRONMENT, PYTHON


def in_terminal(
    program: str,
    folder: Path,
    *arguments: str,
    until: str | None = None,
    number: int = signal.SIGINT,
    times: int = 1,
    out: Any = None,
    err: Any = None,
    **more: str,
) -> tuple[int, str]:
    """Run a command whose output is a terminal, and return its status and what it showed.

    With `until`, the signal is sent so many times once that has been shown; by default it is that of Ctrl-C. `out` and
    `err` take standard output and standard error elsewhere.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    command = [*PYTHON, "-m", program, *arguments]
    streams = {"stdin": subprocess.PIPE, "stdout": out or theirs, "stderr": err or theirs}
    process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT | more, start_new_session=True, **streams)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # a terminal whose last user has gone
            break
        if not part:
            break
        seen += part
        if until is not None and re.search(until, seen.decode(errors="replace")):
            until = None
            for _ in range(times):
                process.send_signal(number)
                time.sleep(0.002 * (times > 1))
    os.close(ours)
    assert process.stdin is not None
    process.stdin.close()
    return process.wait(timeout=60), seen.decode().replace("\r\n", "\n")
