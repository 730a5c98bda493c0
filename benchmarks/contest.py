"""Contenders of any library against the twins, each in a process of its own, alternated, answers checked before times."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from threading import Timer
from typing import Any, Self

from benchmarks.agreement import share
from benchmarks.measure import Pace, Seconds, Work, interleaved
from benchmarks.peers import PEERS, installed
from benchmarks.problem import digits_of, problem_of
from benchmarks.results import Row
from benchmarks.run import Job, checked
from benchmarks.shapes import DIGITS_SHAPE, Shape
from reference.numbers.shown import shown

SHAPES = [
    Shape(*sizes, dtype) for dtype in ("float64", "float32") for sizes in ((3, 4, 3, 1), (64, 32, 10, 32), (784, 100, 10, 64))
]
QUIET = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
PATIENCE = 300.0  # seconds until an answer


class Remote:
    """A contender in a process of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.worker", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="backslashreplace",
            env=os.environ | (QUIET if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else {}),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def ask(self, **what: Any) -> Any:
        """Return the answer to one line; ValueError names the contender and what went wrong."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        late = Timer(PATIENCE, self.process.kill)
        late.start()
        try:
            with suppress(BrokenPipeError):  # it has ended: no line will come
                self.process.stdin.write(json.dumps(what) + "\n")
                self.process.stdin.flush()
            line = self.process.stdout.readline()
            in_time = not late.finished.is_set()
        finally:  # Ctrl-C, too
            late.cancel()
        if not line:
            ended = f"its process ended with status {self.process.wait()}"
            raise ValueError(f"contender {self.name}: {ended if in_time else f'no answer within {PATIENCE:.0f} s'}")
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        expected = "answer" if what.get("answer") else "seconds" if "operation" in what else None
        if not isinstance(answer, dict) or ("error" not in answer and expected is not None and expected not in answer):
            raise ValueError(f"contender {self.name}: its process answered {shown(line)}")
        if "error" in answer:
            raise ValueError(f"contender {self.name}: {answer['error']}")
        return answer

    def work(self, operation: str) -> Work:
        """Return what times itself over there: the way to the process and back does not count."""
        return lambda n: Seconds(self.ask(operation=operation, n=n)["seconds"])


def row(group: str, operation: str, shape: Shape, names: Iterable[str], pace: Pace) -> Row:
    """Return the row of some contenders."""
    digits = operation == "epoch"
    part, allowed = checked(digits_of(shape) if digits else problem_of(shape))
    judged = "step" if digits else operation
    differences, works = {}, {}
    with ExitStack() as processes:
        for name in names:
            remote = processes.enter_context(Remote(name))
            remote.ask(shape=list(shape), digits=digits, first=part.shape.n_samples)
            differences[name] = share(remote.ask(operation=judged, n=1, answer=True)["answer"], *allowed[judged])
            if differences[name] <= 1:
                remote.ask(shape=list(shape), digits=digits, first=None)
                works[name] = remote.work(operation)
        return Row(group, operation, shape, part.shape.n_samples, differences, interleaved(works, pace))


def jobs_of(shapes: list[Shape], operations: Iterable[str], pace: Pace, names: list[str] | None) -> Iterator[Job]:
    """Yield the rows of the contenders named, or of the twins and all peers that are installed.

    Raises ValueError for a contender that is not installed.
    """
    chosen = list(dict.fromkeys(names or ["vectorized", "reference", "straightforward", *PEERS]))
    missing = [name for name in chosen if not installed(name)]
    if names and missing:
        raise ValueError(f"contender {missing[0]} is not installed: pip install -e '.[peers]'")
    if missing:
        print(f"not installed, and left out: {', '.join(missing)}; pip install -e '.[peers]'", file=sys.stderr)
    present = [name for name in chosen if name not in missing]
    for operation in operations:
        precisions = dict.fromkeys(shape.dtype for shape in shapes)
        of_digits = [DIGITS_SHAPE._replace(dtype=dtype) for dtype in precisions]
        for shape in of_digits if operation == "epoch" else shapes:
            yield f"{operation}, {shape}", partial(row, "contenders", operation, shape, present, pace)
