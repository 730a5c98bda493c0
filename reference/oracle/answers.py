"""What a candidate answers, looked at before it is believed: numbers of the right shape, or a clear word of what is wrong.

Nothing of an answer is run or trusted: only plain numbers, lists of them and mappings of stages are read.
"""

import contextlib
import math
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from reference.numbers.shown import shown
from reference.oracle.cases import Case
from reference.oracle.steps import STAGES

Candidate = Callable[[Any], Any]
DEEPEST = 3  # lists in lists, as no stage is


class NoAnswer(Exception):
    """The candidate gave no answer that could be judged: nothing, garbage, an error, too late.

    raised : the name of the error where arithmetic raised it, as a formula that overflows may
    crashed : whether the candidate raised any error
    """

    def __init__(self, why: str, raised: str | None = None, crashed: bool = False) -> None:
        super().__init__(why)
        self.raised, self.crashed = raised, crashed


def raised_by(error: Exception) -> str | None:
    """Return the name of an error that a formula may raise where it overflows, None for any other."""
    return type(error).__name__ if isinstance(error, ArithmeticError | ValueError) else None


class Misshapen(Exception):
    """The candidate answered numbers, but not as many, or not arranged as asked."""


class Answer(NamedTuple):
    """The stages that a candidate answered, each flat, sample after sample, and what was noticed besides."""

    stages: dict[str, list[float]]
    notes: frozenset[str]


def ask(candidate: Candidate, case: Case, seconds: float = 10.0) -> Answer:
    """Return what a candidate answers to a case; raises NoAnswer or Misshapen."""
    asked, before = case.asked(), case.asked()
    try:
        with contextlib.nullcontext() if hasattr(candidate, "seconds") else time_limit(seconds):  # a Program keeps its own
            given = candidate(asked)
    except NoAnswer:
        raise
    except Exception as error:
        raise NoAnswer(f"it raised {type(error).__name__}: {shown(str(error))}", raised_by(error), True) from error
    notes = set()
    if asked != before:
        notes.add("it alters its inputs; an oracle's are copies, its next caller's are not")
    return Answer(*read(given, case, notes))


def read(given: Any, case: Case, notes: set[str]) -> tuple[dict[str, list[float]], frozenset[str]]:
    """Return the stages in an answer, and the notes."""
    if given is None:
        raise NoAnswer("it returned nothing; return the outputs, or a mapping of stages")
    if not isinstance(given, Mapping):
        given = {"o_nodes": given}
    if not given:
        raise NoAnswer("it returned an empty mapping; return the outputs, or a mapping of stages")
    for name in given:
        if name not in STAGES:
            raise NoAnswer(f"it answered {shown(name)}, which is no stage; the stages are {', '.join(STAGES)}")
    stages = {stage: flat_numbers(stage, given[stage], case, notes) for stage in STAGES if stage in given}
    return stages, frozenset(notes)


def flat_numbers(stage: str, given: Any, case: Case, notes: set[str]) -> list[float]:
    """Return the numbers of a stage, checked for shape; a column in place of a row is taken with a note."""
    shape, layout = shape_of(case, stage), case.layout
    found = plain(given, stage, limit=4 * (layout.n_weights + 64) * max(1, len(case.inputs), case.setting.steps))
    own = list(measured(found))
    if own != shape:
        flattened = list(leaves(found))
        squeezed, wanted = [size for size in own if size != 1], [size for size in shape if size != 1]
        if None in own or squeezed != wanted:
            raise Misshapen(f"{stage} has shape {text_of(own)}, expected {text_of(shape)}")
        notes.add(f"{stage} has shape {text_of(own)} where {text_of(shape)} is meant; it is taken for that")
        return flattened
    return list(leaves(found))


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


def plain(given: Any, stage: str, limit: int, depth: int = 0) -> Any:
    """Return nested lists of floats; NoAnswer for anything that is none."""
    if depth > DEEPEST:
        raise NoAnswer(f"{stage} is nested too deeply")
    for way in ("numpy", "tolist"):  # a tensor's or an array's own numbers
        if not isinstance(given, list | tuple | float | int) and hasattr(type(given), way):
            with contextlib.suppress(Exception):
                given = getattr(given, way)()
    if isinstance(given, list | tuple):
        if len(given) > limit:
            raise NoAnswer(f"{stage} has {len(given)} entries, far more than were asked for")
        return [plain(each, stage, limit, depth + 1) for each in given]
    if isinstance(given, int | float) and not isinstance(given, bool):
        try:
            return float(given)
        except OverflowError:
            return math.inf
    raise NoAnswer(f"{stage} holds {shown(given)}, which is no number")


def measured(found: Any) -> Iterator[int | None]:
    """Yield the sizes of nested lists; None where rows differ."""
    while isinstance(found, list):
        yield len(found)
        if not found:
            return
        sizes = {tuple(measured(each)) for each in found}
        if len(sizes) > 1:
            yield None
            return
        found = found[0]


def leaves(found: Any) -> Iterator[float]:
    """Yield the numbers of nested lists in order."""
    if isinstance(found, list):
        for each in found:
            yield from leaves(each)
    else:
        yield found


def text_of(shape: list[Any]) -> str:
    """Return a shape as a person writes it."""
    if not shape:
        return "() (one number)"
    sizes = ["rows of different lengths" if size is None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop what takes too long, where Python can: in the main thread of a system with timers."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def late(number: int, frame: Any) -> None:
        raise NoAnswer(f"it gave no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
