"""Read and check a candidate's answer: numbers of the right shape, or a clear message about what is wrong.

An answer is never run. Only plain numbers, lists of them and mappings of stages are read.
"""

import contextlib
import math
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from reference.numbers.description import describe
from reference.oracle.cases import Case, Question
from reference.specification.names import STAGES

Candidate: TypeAlias = Callable[[Question], object]
Rows: TypeAlias = "float | list[Rows]"
DEEPEST = 3  # most levels of nested lists


class NoAnswer(Exception):
    """The candidate gave no answer that can be judged: nothing, garbage, an error, or a timeout.

    raised : the name of the error, if arithmetic raised it, for example an overflow
    crashed : whether the candidate raised any error
    """

    def __init__(self, why: str, raised: str | None = None, crashed: bool = False) -> None:
        super().__init__(why)
        self.raised, self.crashed = raised, crashed


def arithmetic_error(error: Exception) -> str | None:
    """Return the name of an error that an overflowing formula may raise; None for any other error."""
    return type(error).__name__ if isinstance(error, ArithmeticError | ValueError) else None


class Misshapen(Exception):
    """The candidate answered numbers in a wrong shape."""


class Answer(NamedTuple):
    """The stages that a candidate answered, each flat, sample after sample, and notes on its behaviour."""

    stages: dict[str, list[float]]
    notes: frozenset[str]


def ask(candidate: Candidate, case: Case, seconds: float = 10.0) -> Answer:
    """Call a candidate with a case, and return its answer; raise NoAnswer or Misshapen."""
    question = case.question()
    try:
        with contextlib.nullcontext() if hasattr(candidate, "seconds") else time_limit(seconds):  # a Program has its own limit
            answer = candidate(question)
    except NoAnswer:
        raise
    except Exception as error:
        raise NoAnswer(f"it raised {type(error).__name__}: {describe(str(error))}", arithmetic_error(error), True) from error
    notes = set()
    if question != case.question():
        notes.add("it changes its inputs; the oracle passes copies, but other callers may not")
    return Answer(read(answer, case, notes), frozenset(notes))


def read(answer: object, case: Case, notes: set[str]) -> dict[str, list[float]]:
    """Return the stages of an answer, each flat; add notes about unusual shapes."""
    stages, limit = stages_in(answer), limit_of(case.question())
    return {stage: flat_stage(stage, stages[stage], case, limit, notes) for stage in STAGES if stage in stages}


def stages_in(answer: object) -> Mapping[str, object]:
    """Return the stages of an answer, unchanged. An answer that is not a mapping is o_nodes."""
    if answer is None:
        raise NoAnswer("it returned nothing; return the outputs, or a mapping of stages")
    if not isinstance(answer, Mapping):
        return {"o_nodes": answer}
    if not answer:
        raise NoAnswer("it returned an empty mapping; return the outputs, or a mapping of stages")
    for name in answer:
        if name not in STAGES:
            raise NoAnswer(f"it answered {describe(name)}, which is not a stage; the stages are {', '.join(STAGES)}")
    return answer


def limit_of(question: Question) -> int:
    """Return how many entries a list may have: more than any stage needs."""
    limit: int = 4 * (len(question.weights) + 64) * max(1, len(question.inputs), question.steps)
    return limit


def flat_stage(stage: str, value: object, case: Case, limit: int, notes: set[str]) -> list[float]:
    """Return the numbers of a stage, checked for shape; a column in place of a row is accepted with a note."""
    rows, right_shape = plain(value, stage, limit), shape_of(case, stage)
    shape = list(sizes_of(rows))
    if shape != right_shape:
        if None in shape or [size for size in shape if size != 1] != [size for size in right_shape if size != 1]:
            raise Misshapen(f"{stage} has shape {text_of(shape)}, expected {text_of(right_shape)}")
        notes.add(f"{stage} has shape {text_of(shape)} in place of {text_of(right_shape)}, which is accepted")
    return list(leaves(rows))


def shape_of(case: Case, stage: str) -> list[int]:
    """Return the shape that a stage must have."""
    layout = case.layout
    if stage == "loss":
        return []
    if stage == "weights" and case.setting.steps > 1:
        return [case.setting.steps, layout.n_weights]
    if stage in ("gradient", "weights"):
        return [layout.n_weights]
    size = layout.n_hidden if stage.startswith("h") else layout.n_outputs
    return [size] if case.one else [len(case.inputs), size]


def plain(value: object, stage: str, limit: int, depth: int = 0) -> Rows:
    """Return a number or nested lists as floats; NoAnswer for anything else."""
    if depth > DEEPEST:
        raise NoAnswer(f"{stage} is nested too deeply")
    for way in ("numpy", "tolist"):  # from a tensor or an array
        if not isinstance(value, list | tuple | float | int) and hasattr(type(value), way):
            with contextlib.suppress(Exception):
                value = getattr(value, way)()
    if isinstance(value, list | tuple):
        if len(value) > limit:
            raise NoAnswer(f"{stage} has {len(value)} entries, far more than expected")
        return [plain(entry, stage, limit, depth + 1) for entry in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    raise NoAnswer(f"{stage} holds {describe(value)}, which is not a number")


def sizes_of(rows: Rows) -> Iterator[int | None]:
    """Yield the sizes of nested lists; None if rows differ."""
    while isinstance(rows, list):
        yield len(rows)
        if not rows:
            return
        if len({tuple(sizes_of(entry)) for entry in rows}) > 1:
            yield None
            return
        rows = rows[0]


def text_of(shape: Sequence[int | None]) -> str:
    """Return a shape as text."""
    if not shape:
        return "() (one number)"
    sizes = ["rows of different lengths" if size is None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the time of a call. This works only in the main thread, on a system with timers."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise NoAnswer(f"it gave no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def leaves(rows: object) -> Iterator[Any]:
    """Yield the numbers of nested lists in order."""
    if isinstance(rows, list):
        for entry in rows:
            yield from leaves(entry)
    else:
        yield rows
