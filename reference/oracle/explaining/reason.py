"""Test whether a small case fails for the same reason as other cases. A step is a stage or one block of the gradient."""

from reference.numbers.bounded import Bounded
from reference.oracle.answers import Candidate, NoAnswer, WrongShape, ask
from reference.oracle.cases import Case
from reference.oracle.explaining.alternatives import best_ways, mistakes_in
from reference.oracle.explaining.diagnose import Explanation
from reference.oracle.explaining.grammar import suspects
from reference.oracle.explaining.inquiry import Inquiry, answered_steps, best_cases
from reference.oracle.explaining.models import model_of
from reference.oracle.explaining.search import FEW
from reference.oracle.explaining.whole import cost_of, model_changes
from reference.oracle.explaining.worked import short
from reference.oracle.judging.exam import Exam, exam_of, exam_without_right_numbers

# no rival has this in its name: for a square matrix, the mistake `transposed` gives the same numbers as `stored_transposed`
SAME_IF_SQUARE = "stored_transposed"


class SameReason:
    """Tests whether a small case fails in a step for the reason that was found in other cases.

    Rivals are known mistakes that do not explain all the other cases. The small case is refused if a rival explains it, or if
    `must_be_visible` is true and `is_visible` is false.
    """

    must_be_visible = True

    def __init__(self, candidate: Candidate, explanation: Explanation, step: str, exams: list[Exam]) -> None:
        self.candidate, self.explanation, self.step, self.unit = candidate, explanation, step, exams[0].unit
        self.steps, self.model = answered_steps(exams[0]), model_of(exams[0].case.setting)
        self.finding = next((each for each in explanation.findings if each.step == step and each.fits), None)
        self.wrong_steps = [each for each, _ in explanation.wrong_steps]
        sample = [exams[at] for at in best_cases(exams, dict(explanation.wrong_steps)[step])[:FEW]]
        inquiry, setting = Inquiry(sample, self.model), self.model.setting
        formulas = [
            best_ways(setting, formulas)
            for name, formulas in mistakes_in(setting, suspects(step, self.steps))
            if SAME_IF_SQUARE not in name
        ]
        places = range(len(sample))
        self.rivals = [each for each in formulas if not all(inquiry.fits(at, step, each, quick=True) for at in places)]
        models = [change(self.model) for names, change in model_changes(setting) if SAME_IF_SQUARE not in "".join(names)]
        self.rival_models = [model for model in models if cost_of(sample, model, self.wrong_steps, 0)]

    def __call__(self, case: Case) -> bool:
        """Whether a case fails for the same reason: the step is the first wrong step, and only the explanation fits."""
        try:
            small = exam_without_right_numbers(case, ask(self.candidate, case)).with_unit(self.unit)
        except (NoAnswer, WrongShape):
            return False
        inquiry = Inquiry([small], self.model)
        for step in self.steps[: self.steps.index(self.step) + 1]:
            if (inquiry.right_formulas(step) is None) != (step == self.step):
                return False
        if not exam_of(case, small.answer).with_unit(self.unit).wrong():
            return False
        if self.must_be_visible and not self.is_visible(inquiry):
            return False
        if self.finding is None:
            return True
        is_explained = Inquiry([small], self.explanation.model, self.explanation.formulas).fits(0, self.step, {})
        return (
            is_explained
            and not any(inquiry.fits(0, self.step, formulas, quick=True) for formulas in self.rivals)
            and all(cost_of([small], model, self.wrong_steps, 0) for model in self.rival_models)
        )

    def is_visible(self, inquiry: Inquiry) -> bool:
        """Whether the right value of the first wrong number differs from 0 in six digits (for a weight: from its old value)."""
        at, case = inquiry.first_wrong(0, self.step), inquiry.exams[0].case
        if at is None:
            return False
        before = 0.0
        if self.step == "weights":
            step, place = divmod(at, case.layout.n_weights)
            before = case.path[step - 1][place] if step and case.path else case.weights[place]
        right = inquiry.bounded_numbers(0, self.step, {})[at]
        assert isinstance(right, Bounded)
        return abs(right.value - before) > right.error and short(right.value) != short(before)
