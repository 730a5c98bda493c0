"""Ask a candidate (the network to check) and read its answer.

An answer is a number, an array, nested lists of numbers, or a mapping from stages to any of these. It is never run as code.
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
DEEPEST = 3  # the most levels of nested lists
LONGEST_MESSAGE = 200  # characters of an error's message that are shown


class NoAnswer(Exception):
    """The candidate gave no answer that can be judged: nothing, garbage, an error, or a timeout.

    raised : the name of the error if an overflow can cause it, else None
    crashed : whether the candidate is a function that raised an error in this process
    """

    def __init__(self, why: str, raised: str | None = None, crashed: bool = False) -> None:
        super().__init__(why)
        self.raised, self.crashed = raised, crashed


def arithmetic_error(error: Exception) -> str | None:
    """Return the name of an error that an overflow can cause (ArithmeticError or ValueError); None for any other error."""
    return type(error).__name__ if isinstance(error, ArithmeticError | ValueError) else None


def error_text(error: BaseException) -> str:
    """Return an error as text, e.g. "IndexError: 'list index out of range'"."""
    message = " ".join(str(error).split())
    short = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}..."
    return f"{type(error).__name__}: {short!r}"


class WrongShape(Exception):
    """The candidate answered numbers in a wrong shape.

    other_sizes : whether the shape may be right for a network of other sizes
    """

    def __init__(self, why: str, other_sizes: bool) -> None:
        super().__init__(why)
        self.other_sizes = other_sizes


class Answer(NamedTuple):
    """The stages that a candidate returned, as flat lists (sample after sample), and notes on its behaviour."""

    stages: dict[str, list[float]]
    notes: frozenset[str]


def ask(candidate: Candidate, case: Case, seconds: float = 10.0) -> Answer:
    """Call a candidate with a case and return its answer. Raise NoAnswer or WrongShape if the answer cannot be used."""
    question = case.question()
    try:
        with contextlib.nullcontext() if hasattr(candidate, "seconds") else time_limit(seconds):  # a Program has its own limit
            answer = candidate(question)
    except NoAnswer:
        raise
    except Exception as error:
        raise NoAnswer(f"it raised {error_text(error)}", arithmetic_error(error), True) from error
    notes = set()
    if question != case.question():
        notes.add("it changes the lists in the case; the oracle passes copies, but other callers may not")
    return Answer(read(answer, case, notes), frozenset(notes))


def read(answer: object, case: Case, notes: set[str]) -> dict[str, list[float]]:
    """Return the stages of an answer as flat lists, and add notes about unusual shapes to `notes`."""
    stages, max_length = stages_in(answer), max_entries(case.question())
    return {stage: flat_stage(stage, stages[stage], case, max_length, notes) for stage in STAGES if stage in stages}


def stages_in(answer: object) -> Mapping[str, object]:
    """Return the stages of an answer. An answer that is no mapping is the stage o_nodes.

    Raises NoAnswer for None, an empty mapping, or a name that is not a stage.
    """
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


def max_entries(question: Question) -> int:
    """Return a limit on the length of a list, far above what a stage needs."""
    return int(4 * (len(question.weights) + 64) * max(1, len(question.inputs), question.steps))


def flat_stage(stage: str, value: object, case: Case, max_length: int, notes: set[str]) -> list[float]:
    """Return the numbers of a stage. Raises WrongShape, but extra or missing dimensions of size 1 only add a note."""
    rows, right_shape = plain(value, stage, max_length), shape_of(case, stage)
    shape = list(sizes_of(rows))
    if shape != right_shape:
        if None in shape or [size for size in shape if size != 1] != [size for size in right_shape if size != 1]:
            text = f"{stage} has shape {shape_text(shape)}, expected {shape_text(right_shape)}"
            if len(right_shape) == 2 and (len(shape) != 2 or shape[0] != right_shape[0]):
                row = "step" if stage == "weights" else "sample"
                raise WrongShape(f"{text}: a list of {right_shape[0]} rows, one for each {row}", False)
            raise WrongShape(text, bool(right_shape))
        notes.add(f"{stage} has shape {shape_text(shape)} in place of {shape_text(right_shape)}, which is accepted")
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


def plain(value: object, stage: str, max_length: int, depth: int = 0) -> Rows:
    """Return a number, an array or nested lists as floats. Raises NoAnswer for anything else and for long lists."""
    if depth > DEEPEST:
        raise NoAnswer(f"{stage} is nested too deeply")
    for method in ("numpy", "tolist"):  # of a tensor or an array
        if not isinstance(value, list | tuple | float | int) and hasattr(type(value), method):
            with contextlib.suppress(Exception):
                value = getattr(value, method)()
    if isinstance(value, list | tuple):
        if len(value) > max_length:
            raise NoAnswer(f"{stage} has {len(value)} entries, far more than expected")
        return [plain(entry, stage, max_length, depth + 1) for entry in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    raise NoAnswer(f"{stage} holds {describe(value)}, which is not a number")


def sizes_of(rows: Rows) -> Iterator[int | None]:
    """Yield the size of each level of nested lists. If the rows of a level differ in size, yield None and stop."""
    while isinstance(rows, list):
        yield len(rows)
        if not rows:
            return
        if len({tuple(sizes_of(entry)) for entry in rows}) > 1:
            yield None
            return
        rows = rows[0]


def shape_text(shape: Sequence[int | None]) -> str:
    """Return a shape as text, such as "(3, 2)"."""
    if not shape:
        return "() (one number)"
    sizes = ["rows of different lengths" if size is None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise NoAnswer if the block takes longer. Without timers, or outside the main thread, there is no limit."""
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
