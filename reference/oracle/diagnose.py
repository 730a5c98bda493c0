"""What a wrong network does: another setting or reading of the flat vector, then step by step the fewest changes of formulas.

Each step is computed from the candidate's own numbers before it, where it answers them.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from reference.oracle.exam import SMALL, Exam
from reference.oracle.grammar import OTHERS, STEPS
from reference.oracle.grids import Misfit
from reference.oracle.inquiry import Inquiry, alike, answered_steps, target, telling
from reference.oracle.mistakes import MISTAKES
from reference.oracle.models import Formulas, Model, model_of
from reference.oracle.readings import readings
from reference.oracle.search import QUICK, Finding, Search, chain
from reference.oracle.settings import Setting
from reference.oracle.steps import STAGES

MANY = 12  # cases that the whole network is looked at on
ROUNDS = 3  # alternatives of the whole network at once


class Explanation(NamedTuple):
    """What a candidate does.

    model : what the whole network does otherwise, under these names
    formulas : those of the steps that differ from the right ones
    findings : what was found at each answered step
    blame : the steps that are wrong by themselves, each with the cases in which it is
    derived : whether the gradient was read off the weights after a plain step
    """

    model: Model
    names: list[str]
    formulas: Formulas
    findings: list[Finding]
    blame: list[tuple[str, list[int]]]
    derived: bool = False

    @property
    def complete(self) -> bool:
        """Whether every answered number is explained."""
        return bool(self.findings) and all(finding.found for finding in self.findings)


def explained(exams: list[Exam]) -> Explanation:
    """Return what explains the answers."""
    if len({repr((each.case.setting, each.case.one, list(each.answer.stages))) for each in exams}) > 1:
        return named_in_all(exams)
    steps = answered_steps(exams[0])
    model = model_of(exams[0].case.setting)
    own = Inquiry(exams, model)
    rights = {step: Search(own, step, chain(step, steps)).right() for step in steps}
    blame = [(step, own.failing(step, {})) for step in steps if rights[step] is None]
    if not blame:
        return Explanation(model, [], {}, [], tiny_blame(exams))
    first = [telling(exams, failing)[0] for _, failing in blame]
    every = telling(exams, {at for _, failing in blame for at in failing})
    some = list(dict.fromkeys((*first[:QUICK], *every[:MANY])))
    kept = [step for step in steps if rights[step] == {}]
    model, names = best_model([exams[at] for at in some], model, [step for step, _ in blame], kept)
    formulas: Formulas = {}
    findings: list[Finding] = []
    settled: set[str] = set()
    for step in steps:
        way, open_steps = rights[step] if not names else None, [each for each in chain(step, steps) if each not in settled]
        if way is not None:
            finding = Finding(step, (), way)
        elif any(not each.found and set(chain(each.step, steps)) & set(open_steps) for each in findings):
            finding = Finding(step, (), {}, False)  # what it is made of is unknown
        else:
            search = Search(Inquiry(exams, model, formulas), step, open_steps)
            finding = search.step_found() if step == "weights" and derivable(exams[0]) else search.found()
            if not finding.found and step == "weights" and derivable(exams[0]):
                return explained(list(map(with_gradient, exams)))._replace(blame=blame, derived=True)
        settled |= set(chain(step, steps)) if finding.found else set()
        formulas = formulas | finding.formulas
        findings.append(finding)
    return Explanation(model, names, formulas, findings, blame)


def named_in_all(exams: list[Exam]) -> Explanation:
    """Return the mistakes of the catalogue that give all answers to cases of different settings, as those of a file are."""
    blame: dict[str, list[int]] = {}
    for at, each in enumerate(exams):
        own, steps = Inquiry([each], model_of(each.case.setting)), answered_steps(each)
        for step in steps:
            if Search(own, step, chain(step, steps)).right() is None:
                blame.setdefault(step, []).append(at)
    failing = sorted({at for places in blame.values() for at in places})
    names = [name for name in MISTAKES if failing and all(gives(name, exams[at]) for at in failing)]
    in_order = [(step, blame[step]) for step in STEPS if step in blame]
    return Explanation(model_of(exams[0].case.setting), names, {}, [], in_order or tiny_blame(exams))


def gives(name: str, exam: Exam) -> bool:
    """Whether a mistake gives the answers to a case."""
    stages = exam.answer.stages
    try:
        found = MISTAKES[name].network(exam.case).answers(tuple(stages))
    except Misfit:
        return False
    return all(alike(numbers, found[stage], target(exam, stage, stages, SMALL)) for stage, numbers in stages.items())


def tiny_blame(exams: list[Exam]) -> list[tuple[str, list[int]]]:
    """Return the first stage with a number outside its allowance, where no step is wrong by more than lost digits."""
    for stage in STAGES:
        failing = [at for at, each in enumerate(exams) if each.wrong((stage,))]
        if failing:
            return [("gradient.o_biases" if stage == "gradient" else stage, failing)]
    raise AssertionError("no number is wrong")


def derivable(exam: Exam) -> bool:
    """Whether a gradient that is not answered can be read off the weights after a plain step."""
    setting = exam.case.setting
    stateless = setting.optimizer is None or (setting.optimizer["name"] == "sgd" and not setting.optimizer["momentum"])
    return stateless and setting.learning_rate > 0 and "gradient" not in exam.answer.stages and "weights" in exam.answer.stages


def with_gradient(exam: Exam) -> Exam:
    """Return an exam with the gradient that the weights after the first step tell."""
    case = exam.case
    moved = zip(case.weights, exam.answer.stages["weights"], strict=False)
    gradient = [(before - after) / case.setting.learning_rate for before, after in moved]
    stages = exam.answer.stages | {"gradient": gradient}
    return exam._replace(answer=exam.answer._replace(stages=stages), single=exam.single | {"gradient"})  # it loses digits


def small_mistake(exams: list[Exam]) -> str | None:
    """Return the wrong activation that explains small differences to the last digit, as of a logistic cut off at 20."""
    model, steps = model_of(exams[0].case.setting), answered_steps(exams[0])
    for name in OTHERS:
        if MISTAKES[name].when(model.setting):
            inquiry = Inquiry(exams, MISTAKES[name].change(model), lost=0.0)
            if all(inquiry.confirmed(step, {}) for step in steps):
                return name
    return None


def explanation_by_name(exams: list[Exam], name: str) -> Explanation:
    """Return the explanation by one wrong activation."""
    model, steps = model_of(exams[0].case.setting), answered_steps(exams[0])
    own = Inquiry(exams, model, lost=0.0)
    blame = [(step, failing) for step in steps for failing in [own.failing(step, {})] if failing]
    return Explanation(MISTAKES[name].change(model), [name], {}, [Finding(step, (), {}) for step in steps], blame)


def alternatives(setting: Setting) -> Iterator[tuple[list[str], Callable[[Model], Model]]]:
    """Yield the alternatives of the whole network: their names, and the change of a model."""
    for name, mistake in MISTAKES.items():
        if not mistake.formulas and mistake.when(setting):
            yield [name], mistake.change
    for stage in STAGES[:7]:
        yield [f"{stage}_answered_otherwise"], lambda model, stage=stage: model._replace(reported=stage)  # type: ignore[misc]
    for reading in filter(lambda reading: reading.is_an_order, readings()):
        yield reading.names(), lambda model, reading=reading: model._replace(read=reading, written=reading)  # type: ignore[misc]
        if len(reading.names()) > 1:
            yield reading.names(), lambda model, reading=reading: model._replace(read=reading)  # type: ignore[misc]
            names = [f"gradient_{name}" for name in reading.names()]
            yield names, lambda model, reading=reading: model._replace(written=reading)  # type: ignore[misc]


def misses(exams: list[Exam], model: Model, steps: list[str], most: int) -> int:
    """Return how much a model leaves unexplained on these cases: 2 for each step, 1 where only a factor is wrong.

    No more than so much is counted.
    """
    missed: dict[str, int] = {}
    for one in exams:
        inquiry = Inquiry([one], model)
        for step in steps:
            if missed.get(step) != 2 and not inquiry.fits(0, step, {}, quick=True):
                missed[step] = 1 if inquiry.proportional(0, step) else 2
                if sum(missed.values()) > most:
                    return sum(missed.values())
    return sum(missed.values())


def begins_right(exams: list[Exam], model: Model, other: Model, wrong: list[str]) -> bool:
    """Whether an alternative explains the first wrong step that it changes, but for a factor."""
    own, theirs = Inquiry(exams, model), Inquiry(exams, other)
    for step in wrong:
        if any(
            own.numbers(own.frames[at], step, {}) != theirs.numbers(theirs.frames[at], step, {}) for at in range(len(exams))
        ):
            return misses(exams, other, [step], 1) < 2
    return True


def best_model(exams: list[Exam], model: Model, wrong: list[str], kept: list[str]) -> tuple[Model, list[str]]:
    """Return the model that explains most of the wrong steps, each alternative counting as one, and its names.

    What is right already must stay so.
    """
    names: list[str] = []
    cost = max(2, misses(exams, model, wrong, 2 * len(wrong)))
    for _ in range(ROUNDS):
        best: tuple[Model, list[str]] | None = None
        for own, change in alternatives(model.setting):
            other = change(model)
            most = cost - 2 if best is None else cost - 3
            left = misses(exams, other, wrong, most)
            if left <= most and not misses(exams, other, kept, 0) and begins_right(exams, model, other, wrong):
                best, cost = (other, names + own), left + 2
        if best is None:
            break
        model, names = best
        cost -= 2
        if not cost:
            break
    return model, names
