"""Networks in C and JavaScript that read a case from a line of JSON, and write their answer as a line of JSON."""

import atexit
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.oracle.corpus.entry import entry

FOLDER = Path(__file__).parent / "programs"
IN_C = "h_sums h_nodes o_nodes loss o_deltas h_deltas gradient"


class Program:
    """A program that starts at the first case and ends when Python ends. If `build` is set, it is compiled first."""

    def __init__(self, *command: str, build: list[str] | None = None) -> None:
        self.command, self.build, self.process = command, build, None

    def __call__(self, case: Any) -> dict[str, Any]:
        if self.process is None:
            self.start()
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self) -> None:
        folder = tempfile.TemporaryDirectory()
        if self.build:
            subprocess.run([*self.build, "-o", f"{folder.name}/network", str(FOLDER / "network.c"), "-lm"], check=True)
        command = [part.replace("BUILT", folder.name) for part in self.command]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.close, folder)

    def close(self, folder: Any) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=5)
        self.process.stdout.close()
        folder.cleanup()


c_double = Program("BUILT/network", build=["cc", "-O2"])
c_single = Program("BUILT/network", build=["cc", "-O2", "-DREAL=float", "-DDIGITS=9"])
c_fast = Program("BUILT/network", build=["cc", "-O3", "-march=native", "-ffast-math"])
javascript = Program("node", str(FOLDER / "network.js"))


@entry({}, stages=IN_C, needs=("cc",))
def c_program(case):
    """A student of C: loops in double precision, printed with 17 digits."""
    return c_double(case)


@entry({}, stages=IN_C, needs=("cc",))
def c_program_single(case):
    """A writer of firmware: the same loops in float, printed with 9 digits."""
    return c_single(case)


@entry({}, stages=IN_C, needs=("cc",))
def c_program_fast_math(case):
    """A performance engineer: the same loops under -O3 -march=native -ffast-math."""
    return c_fast(case)


@entry({"hidden": "tanh", "output": "identity", "batch": 3}, {"hidden": "tanh", "output": "identity"}, needs=("node",))
def javascript_program(case):
    """A web developer: map and reduce in JavaScript."""
    return javascript(case)
