"""Run a command in a pseudo-terminal, and send it signals."""

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
    signal_number: int = signal.SIGINT,
    times: int = 1,
    out: Any = None,
    err: Any = None,
    **more: str,
) -> tuple[int, str]:
    """Run a command in a terminal, and return its status and its output.

    When the output first matches the regular expression `until`, the signal (by default that of Ctrl-C) is sent `times` times.
    `out` and `err` redirect standard output and standard error. `more` sets environment variables.
    """
    reader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    command = [*PYTHON, "-m", program, *arguments]
    streams = {"stdin": subprocess.PIPE, "stdout": out or terminal, "stderr": err or terminal}
    process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT | more, start_new_session=True, **streams)
    os.close(terminal)
    content = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:  # the last process has closed the terminal
            break
        if not part:
            break
        content += part
        if until is not None and re.search(until, content.decode(errors="replace")):
            until = None
            for _ in range(times):
                process.send_signal(signal_number)
                time.sleep(0.002 * (times > 1))
    os.close(reader)
    assert process.stdin is not None
    process.stdin.close()
    return process.wait(timeout=60), content.decode().replace("\r\n", "\n")
