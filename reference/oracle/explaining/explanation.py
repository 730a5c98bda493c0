"""An explanation has the formulas and mistakes of a wrong network. Compute with them, and test them in new cases."""

from contextlib import suppress
from typing import Any

from reference.layout import Layout
from reference.numbers.number import Number, Row
from reference.oracle.answers import Candidate, NoAnswer, WrongShape, ask
from reference.oracle.cases import Case, Question, cases
from reference.oracle.explaining.diagnose import Explanation, with_gradient
from reference.oracle.explaining.grammar import BLOCK_STEPS
from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.models import Frame, model_of
from reference.oracle.explaining.readings import RIGHT, positions
from reference.oracle.explaining.search import Finding
from reference.oracle.explaining.worked import name_of
from reference.oracle.judging.exam import Exam, exam_without_right_numbers
from reference.oracle.settings import Setting

N_NEW = 100  # the number of new cases that test an explanation


# ---- an explanation used as a candidate


class Explained:
    """A candidate that makes the mistakes that an explanation names."""

    def __init__(self, explanation: Explanation, exam: Exam) -> None:
        self.explanation, self.stages = explanation, tuple(exam.answer.stages)

    def __call__(self, question: Question) -> dict[str, object]:
        """Return the stages of a case as the wrong network computes them."""
        case = case_of(question)
        answers = Frame(case, self.explanation.model, self.explanation.formulas).answers(self.stages)
        return {stage: in_shape(case, stage, numbers) for stage, numbers in answers.items()}


def case_of(question: Question) -> Case:
    """Return the case that a question was made from."""
    one_sample = not isinstance(question.inputs[0], list)
    rows, targets = ([question.inputs], [question.targets]) if one_sample else (question.inputs, question.targets)
    setting = Setting(**{name: getattr(question, name) for name in Setting._fields if hasattr(question, name)})
    layout = Layout(question.n_inputs, question.n_hidden, question.n_outputs)
    return Case(setting, layout, question.weights, rows, targets, one_sample, "")


def in_shape(case: Case, stage: str, numbers: Row) -> Number | Row | list[Row]:
    """Return the numbers of a stage in the shape that a candidate answers."""
    if stage == "loss":
        return numbers[0]
    layout, of_weights = case.layout, stage in ("gradient", "weights")
    size = layout.n_weights if of_weights else layout.n_hidden if stage[0] == "h" else layout.n_outputs
    rows = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    single = stage == "gradient" or (case.setting.steps == 1 if stage == "weights" else case.one)
    return rows[0] if single else rows


# ---- an explanation tested on cases


def on_fresh_cases(candidate: Candidate, explanation: Explanation, exams: list[Exam], record: dict[str, Any]) -> Explanation:
    """Test an explanation in cases of another seed. Set `fits` to False in each finding that fails there."""
    if not explanation.findings:
        return explanation
    options = {name: record[name] for name in ("batch", "sizes", "targets") if name in record}
    fresh = []
    for case in cases(exams[0].case.setting, examples=10 * N_NEW, seed=record["seed"] + 1, **options):
        if case.purpose == "plain":
            with suppress(NoAnswer, WrongShape):
                fresh.append(exam_without_right_numbers(case, ask(candidate, case)).with_unit(exams[0].unit))
    fresh = list(map(with_gradient, fresh)) if explanation.from_weights else fresh
    inquiry = Inquiry(fresh, explanation.model, explanation.formulas)
    findings = [each._replace(fits=each.fits and holds(inquiry, each)) for each in explanation.findings]
    return explanation._replace(findings=findings)


def holds(inquiry: Inquiry, finding: Finding) -> bool:
    """Whether a finding explains these answers. If it has no wrong formulas, also try right formulas in other forms."""
    step = finding.step
    return inquiry.confirms(step, {}) or (not finding.formulas and inquiry.right_formulas(step) is not None)


def place_of(explanation: Explanation, exams: list[Exam], stage: str) -> str:
    """Return the name of the first number of a stage that is wrong by itself, in the first case with such a number."""
    wrong = [(step, failing) for step, failing in explanation.wrong_steps if step.partition(".")[0] == stage]
    at = min(failing[0] for _, failing in wrong)
    case = exams[at].case
    inquiry = Inquiry([exams[at]], model_of(case.setting))
    places = []
    for step, failing in wrong:
        number = inquiry.first_wrong(0, step) if at in failing else None
        if number is not None:
            block = step.removeprefix("gradient.")
            places.append(positions(RIGHT, case.layout)[block][number] if step in BLOCK_STEPS else number)
    if not places:
        places = [number.at for number in exams[at].marks(at) if number.stage == stage and number.ratio > 1]
    return name_of(case, stage, min(places))
