"""Find mistakes of the whole network: up to three alternatives that leave the fewest steps unexplained."""

from collections.abc import Callable, Iterator
from functools import partial

from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Model
from reference.oracle.explaining.readings import readings
from reference.oracle.judging.exam import Exam
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

ROUNDS = 3  # most alternatives at once


def alternatives(setting: Setting) -> Iterator[tuple[list[str], Callable[[Model], Model]]]:
    """Yield alternatives to the right network: the names of their mistakes, and how they change a model."""
    for name, mistake in MISTAKES.items():
        if not mistake.formulas and mistake.when(setting):
            yield [name], mistake.change
    for stage in STAGES[:7]:
        yield [f"{stage}_answered_otherwise"], partial(Model._replace, misreport=stage)
    for reading in readings():
        names = reading.names()
        if reading.is_an_order:
            yield names, partial(Model._replace, reading=reading, writing=reading)
        if reading.is_an_order and len(names) > 1:
            yield names, partial(Model._replace, reading=reading)
            yield [f"gradient_{name}" for name in names], partial(Model._replace, writing=reading)


def misses(exams: list[Exam], model: Model, steps: list[str], most: int) -> int:
    """Return how much a model leaves unexplained on these cases: 2 for each wrong step, 1 if only a factor is wrong.

    Counting stops above `most`.
    """
    missing: dict[str, int] = {}
    for exam in exams:
        inquiry = Inquiry([exam], model)
        for step in steps:
            if missing.get(step) != 2 and not inquiry.fits(0, step, {}, quick=True):
                missing[step] = 1 if inquiry.is_proportional(0, step) else 2
                if sum(missing.values()) > most:
                    return sum(missing.values())
    return sum(missing.values())


def begins_right(exams: list[Exam], model: Model, other: Model, wrong_steps: list[str]) -> bool:
    """Whether an alternative explains the first wrong step that it changes, apart from a factor. True if it changes none."""
    own, others = Inquiry(exams, model), Inquiry(exams, other)
    for step in wrong_steps:
        if any(own.numbers(at, step, {}) != others.numbers(at, step, {}) for at in range(len(exams))):
            return misses(exams, other, [step], 1) < 2
    return True


def best_model(exams: list[Exam], model: Model, wrong_steps: list[str], right_steps: list[str]) -> tuple[Model, list[str]]:
    """Return the model that explains most of the wrong steps, and the names of its alternatives.

    Each alternative costs as much as one unexplained step. Right steps must stay right.
    """
    names: list[str] = []
    cost = max(2, misses(exams, model, wrong_steps, 2 * len(wrong_steps)))
    for _ in range(ROUNDS):
        best: tuple[Model, list[str]] | None = None
        for own, change in alternatives(model.setting):
            other = change(model)
            most = cost - 2 if best is None else cost - 3
            left = misses(exams, other, wrong_steps, most)
            if left <= most and not misses(exams, other, right_steps, 0) and begins_right(exams, model, other, wrong_steps):
                best, cost = (other, names + own), left + 2
        if best is None:
            break
        model, names = best
        cost -= 2
        if not cost:
            break
    return model, names
