"""Find mistakes of the whole network, such as another activation. Each mistake is a change of the right model.

A step is a stage or one block of the gradient.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Formulas, Model
from reference.oracle.explaining.readings import readings
from reference.oracle.judging.exam import Exam
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

MOST_CHANGES = 3  # at most this many changes are combined


def model_changes(setting: Setting) -> Iterator[tuple[list[str], Callable[[Model], Model]]]:
    """Yield changes of the whole network: the names of the mistakes, and the function that changes a model."""
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
    for order in ("right", "written"):  # changes nothing if the model reads and writes in the right order
        yield [], partial(Model._replace, returned=order)


def cost_of(exams: list[Exam], model: Model, steps: Iterable[str], most: int, ways: dict[str, Formulas] | None = None) -> int:
    """Return a model's cost: 2 for each step that it does not explain, but 1 if only a factor is wrong. Stop above `most`.

    `ways` are the formulas for some steps, in place of the usual ones.
    """
    ways = ways or {}
    costs: dict[str, int] = {}
    for exam in exams:
        inquiry = Inquiry([exam], model)
        for step in steps:
            if costs.get(step) != 2 and not inquiry.fits(0, step, ways.get(step, {}), quick=True):
                costs[step] = 1 if inquiry.is_proportional(0, step) else 2
                if sum(costs.values()) > most:
                    return sum(costs.values())
    return sum(costs.values())


def begins_right(exams: list[Exam], model: Model, other: Model, wrong_steps: list[str]) -> bool:
    """Whether `other` explains the first wrong step that the two models compute differently. A wrong factor is allowed."""
    first, second = Inquiry(exams, model), Inquiry(exams, other)
    for step in wrong_steps:
        for at in range(len(exams)):
            # the answers also differ if the models write the gradient in different orders
            if first.numbers(at, step, {}) != second.numbers(at, step, {}) or first.answer(at, step) != second.answer(at, step):
                return cost_of(exams, other, [step], 1) < 2
    return True


def best_model(
    exams: list[Exam], model: Model, wrong_steps: list[str], right_steps: dict[str, Formulas]
) -> tuple[Model, list[str]]:
    """Return the changed model with the lowest cost, and the names of its mistakes.

    Each change costs as much as an unexplained step. `right_steps` has the formulas of the steps that are right. The changed
    model must also explain these steps.
    """
    names: list[str] = []
    asked = model.setting
    cost = max(2, cost_of(exams, model, wrong_steps, 2 * len(wrong_steps)))
    for _ in range(MOST_CHANGES):
        best: tuple[Model, list[str]] | None = None
        for other_names, change in model_changes(model.setting):
            other = change(model)
            most = cost - 2 if best is None else cost - 3
            other_cost = cost_of(exams, other, wrong_steps, most)
            if (
                other_cost <= most
                and not cost_of(exams, other, right_steps, 0, right_steps)
                and begins_right(exams, model, other, wrong_steps)
            ):
                best, cost = (other, names + other_names), other_cost + 2
        if best is None:
            break
        model, names = best
        cost -= 2
        if not cost:
            break
    if "loss_is_cross_entropy" in names and "loss" not in wrong_steps and asked.loss == "half_squared_error":
        # if the loss is not wrong, the deltas y - t more likely come from a missing output slope than from cross-entropy
        model = model._replace(setting=model.setting._replace(loss=asked.loss))
        names.remove("loss_is_cross_entropy")
    return model, names
