"""Find mistakes of the whole network: up to three alternatives that leave the fewest steps unexplained."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Formulas, Model
from reference.oracle.explaining.readings import readings
from reference.oracle.judging.exam import Exam
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

ROUNDS = 3  # at most this many alternatives are combined


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
    for order in ("right", "written"):  # this changes something only together with another order
        yield [], partial(Model._replace, returned=order)


def misses(exams: list[Exam], model: Model, steps: Iterable[str], most: int, ways: dict[str, Formulas] | None = None) -> int:
    """Return how much a model leaves unexplained: 2 for each step that it does not explain, but 1 if only a factor is wrong.

    Counting stops as soon as the count exceeds `most`. `ways` has formulas for steps, in place of the usual ones.
    """
    ways = ways or {}
    missing: dict[str, int] = {}
    for exam in exams:
        inquiry = Inquiry([exam], model)
        for step in steps:
            if missing.get(step) != 2 and not inquiry.fits(0, step, ways.get(step, {}), quick=True):
                missing[step] = 1 if inquiry.is_proportional(0, step) else 2
                if sum(missing.values()) > most:
                    return sum(missing.values())
    return sum(missing.values())


def begins_right(exams: list[Exam], model: Model, other: Model, wrong_steps: list[str]) -> bool:
    """Whether an alternative explains the first wrong step that it changes, or misses its numbers only by a factor.

    True if it changes no wrong step.
    """
    first, second = Inquiry(exams, model), Inquiry(exams, other)
    for step in wrong_steps:
        for at in range(len(exams)):
            # another order of the gradient changes which answers belong to a step
            if first.numbers(at, step, {}) != second.numbers(at, step, {}) or first.target(at, step) != second.target(at, step):
                return misses(exams, other, [step], 1) < 2
    return True


def best_model(
    exams: list[Exam], model: Model, wrong_steps: list[str], right_steps: dict[str, Formulas]
) -> tuple[Model, list[str]]:
    """Return the model that leaves the least unexplained in the wrong steps, and the names of its alternatives.

    Each alternative costs as much as one unexplained step. `right_steps` has the right steps with their formulas. These steps
    must stay right.
    """
    names: list[str] = []
    asked = model.setting
    cost = max(2, misses(exams, model, wrong_steps, 2 * len(wrong_steps)))
    for _ in range(ROUNDS):
        best: tuple[Model, list[str]] | None = None
        for other_names, change in alternatives(model.setting):
            other = change(model)
            most = cost - 2 if best is None else cost - 3
            n_missing = misses(exams, other, wrong_steps, most)
            if (
                n_missing <= most
                and not misses(exams, other, right_steps, 0, right_steps)
                and begins_right(exams, model, other, wrong_steps)
            ):
                best, cost = (other, names + other_names), n_missing + 2
        if best is None:
            break
        model, names = best
        cost -= 2
        if not cost:
            break
    if "loss_is_cross_entropy" in names and "loss" not in wrong_steps and asked.loss == "half_squared_error":
        # deltas of y - t more likely lack the output slope: drop this name, the search for single steps finds that mistake
        model = model._replace(setting=model.setting._replace(loss=asked.loss))
        names.remove("loss_is_cross_entropy")
    return model, names
