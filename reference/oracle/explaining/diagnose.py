"""Explain wrong answers, first by mistakes of the whole network (such as another activation), then by a wrong formula per step.

A step is a stage or one block of the gradient. A step is "wrong by itself" if its numbers do not follow from the candidate's
answers to the earlier steps.
"""

from typing import NamedTuple

from reference.oracle.explaining.forms import WRONG_ACTIVATIONS
from reference.oracle.explaining.grammar import STEPS, suspects
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.inquiry import Inquiry, answered_steps, best_cases, step_answer
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Formulas, Model, best_formula, model_of
from reference.oracle.explaining.pair import model_of_pair
from reference.oracle.explaining.search import FEW, Finding, Search
from reference.oracle.explaining.whole import best_model
from reference.oracle.judging.exam import SMALL, Exam
from reference.specification.names import STAGES

MOST_CASES = 12  # mistakes of the whole network are looked for in about this many failing cases
WrongSteps = list[tuple[str, list[int]]]  # each step that is wrong by itself, and the cases in which it is wrong


class Explanation(NamedTuple):
    """What a candidate computes.

    model : the whole network
    names : the mistakes of the whole network
    formulas : the formulas found, by step; a step with the usual formula has no entry
    findings : the explanation of each answered step
    wrong_steps : the steps that are wrong by themselves, and in which cases; empty if rounding may explain all errors
    from_weights : whether the oracle computed the gradient from the answered weights (see `with_gradient`)
    """

    model: Model
    names: list[str]
    formulas: Formulas
    findings: list[Finding]
    wrong_steps: WrongSteps
    from_weights: bool = False

    def fits(self, step: str) -> bool:
        """Whether this step is explained."""
        return all(finding.fits for finding in self.findings if finding.step == step)

    @property
    def complete(self) -> bool:
        """Whether every answered number is explained. False if this is not checked, e.g. for cases of different settings."""
        return bool(self.findings) and all(finding.fits for finding in self.findings)


def explanation_of(exams: list[Exam]) -> Explanation:
    """Return the explanation of the answers in these exams."""
    if len({repr((each.case.setting, each.case.one, list(each.answer.stages))) for each in exams}) > 1:
        return explanation_of_mixed_cases(exams)
    steps, model = answered_steps(exams[0]), model_of(exams[0].case.setting)
    inquiry = Inquiry(exams, model)
    right_formulas = {step: inquiry.right_formulas(step) for step in steps}
    wrong_steps = [(step, inquiry.failing(step, {})) for step in steps if right_formulas[step] is None]
    if not wrong_steps:
        return Explanation(model, [], {}, [], [])
    model, names = model_of_mistakes(inquiry, wrong_steps, right_formulas)
    explanation = explanation_with(exams, model, names, {} if names else right_formulas)
    first_step = wrong_steps[0][0]
    if not explanation.names and first_step in STAGES[:4] and not explanation.fits(first_step):
        model, names = model_of_pair(exams, model, [step for step, _ in wrong_steps], steps)
        if names:
            explanation = explanation_with(exams, model, names, {})
    return explanation._replace(wrong_steps=wrong_steps)


def model_of_mistakes(
    inquiry: Inquiry, wrong_steps: WrongSteps, right_formulas: dict[str, Formulas | None]
) -> tuple[Model, list[str]]:
    """Return the likely model of the whole network, and the names of its mistakes."""
    exams = inquiry.exams
    first = [best_cases(exams, failing)[0] for _, failing in wrong_steps]
    ranked = best_cases(exams, {at for _, failing in wrong_steps for at in failing})
    sample = [exams[at] for at in dict.fromkeys((*first[:FEW], *ranked[:MOST_CASES]))]
    explicable = [step for step, _ in wrong_steps if not inquiry.is_nan(step)]
    if not explicable:
        return inquiry.model, []
    right_steps = {step: formulas for step, formulas in right_formulas.items() if formulas is not None}
    model, names = best_model(sample, inquiry.model, explicable, right_steps)
    if any(name.startswith("hidden_is_") for name in names):  # perhaps only the nodes are wrong, not the slopes
        other = model._replace(setting=model.setting._replace(hidden=inquiry.model.setting.hidden))
        in_nodes = Inquiry(sample, other, {"h_nodes": best_formula(model.setting, "h_nodes")})
        if n_unexplained(in_nodes, explicable) < n_unexplained(Inquiry(sample, model), explicable):
            return other, [name for name in names if not name.startswith("hidden_is_")]
    return model, names


def n_unexplained(inquiry: Inquiry, steps: list[str]) -> int:
    """Count the steps that the inquiry's model and formulas do not explain."""
    return sum(inquiry.right_formulas(step) is None for step in steps)


def explanation_with(
    exams: list[Exam], model: Model, names: list[str], right_formulas: dict[str, Formulas | None]
) -> Explanation:
    """Explain each step of a network with these mistakes. `right_formulas` explain the steps that are right by themselves."""
    steps = answered_steps(exams[0])
    formulas: Formulas = {}
    findings: list[Finding] = []
    explained: set[str] = set()
    for step in steps:
        way, unexplained = right_formulas.get(step), [each for each in suspects(step, steps) if each not in explained]
        if way is not None:
            finding = Finding(step, way)
        elif any(not each.fits and set(suspects(each.step, steps)) & set(unexplained) for each in findings):
            finding = Finding(step, {}, fits=False)  # an earlier step is unexplained
        else:
            search = Search(Inquiry(exams, model, formulas), step, unexplained)
            from_weights = step == "weights" and derivable(exams[0])
            finding = search.finding_in_update() if from_weights else search.finding()
            if from_weights and not finding.fits:
                return explanation_of(list(map(with_gradient, exams)))._replace(from_weights=True)
        explained |= set(suspects(step, steps)) if finding.fits else set()
        formulas = formulas | finding.formulas
        findings.append(finding)
    return Explanation(model, names, formulas, findings, [])


def explanation_of_mixed_cases(exams: list[Exam]) -> Explanation:
    """Explain cases of different settings or stages: find the mistakes that each explain all failing cases."""
    places: dict[str, list[int]] = {}
    for at, each in enumerate(exams):
        inquiry, steps = Inquiry([each], model_of(each.case.setting)), answered_steps(each)
        for step in steps:
            if inquiry.right_formulas(step) is None:
                places.setdefault(step, []).append(at)
    failing = sorted(set().union(*places.values()))
    names = [name for name in MISTAKES if failing and all(mistake_explains(name, exams[at]) for at in failing)]
    wrong_steps = [(step, places[step]) for step in STEPS if step in places]
    return Explanation(model_of(exams[0].case.setting), names, {}, [], wrong_steps)


def mistake_explains(name: str, exam: Exam) -> bool:
    """Whether a mistake of the catalogue explains all answers to a case."""
    stages = exam.answer.stages
    try:
        answers = MISTAKES[name].network(exam.case).answers(tuple(stages))
    except Misfit:
        return False
    if any(x != x for numbers in answers.values() for x in numbers):
        return False
    return all(step_answer(exam, stage, stages, SMALL).matches(answers[stage]) for stage in stages)


# ---- the gradient, computed from the weights


def derivable(exam: Exam) -> bool:
    """Whether the gradient is not answered, but can be computed from the weights after a step of plain gradient descent."""
    if exam.unit:
        return False  # dividing answers with few digits by the learning rate would multiply their rounding errors
    setting = exam.case.setting
    stateless = setting.optimizer is None or (setting.optimizer["name"] == "sgd" and not setting.optimizer["momentum"])
    return stateless and setting.learning_rate > 0 and "gradient" not in exam.answer.stages


def with_gradient(exam: Exam) -> Exam:
    """Return the exam with the gradient computed from the weights after the first step."""
    case = exam.case
    pairs = zip(case.weights, exam.answer.stages["weights"], strict=False)
    gradient = [(before - after) / case.setting.learning_rate for before, after in pairs]
    stages = exam.answer.stages | {"gradient": gradient}
    single = exam.single | {"gradient"}  # this allows a larger error, because the subtraction loses digits
    return exam._replace(answer=exam.answer._replace(stages=stages), single=single)


# ---- small differences


def small_mistake(exams: list[Exam]) -> str | None:
    """Return the name of a wrong activation that explains small errors, e.g. a sigmoid that is 1 for sums > 20; else None."""
    model, steps = model_of(exams[0].case.setting), answered_steps(exams[0])
    for name in WRONG_ACTIVATIONS:
        if MISTAKES[name].when(model.setting):
            inquiry = Inquiry(exams, MISTAKES[name].change(model), tolerated_share=0.0)
            if all(inquiry.confirms(step, {}) for step in steps):
                return name
    return None


def explanation_by_name(exams: list[Exam], name: str) -> Explanation:
    """Return the explanation by one wrong activation."""
    model, steps = model_of(exams[0].case.setting), answered_steps(exams[0])
    inquiry = Inquiry(exams, model, tolerated_share=0.0)
    wrong_steps = [(step, failing) for step in steps for failing in [inquiry.failing(step, {})] if failing]
    return Explanation(MISTAKES[name].change(model), [name], {}, [Finding(step, {}) for step in steps], wrong_steps)
