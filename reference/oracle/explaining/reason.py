"""Check that a smaller case still fails for the same reason: in the same step, with the same explanation and no other."""

from reference.numbers.bounded import Bounded
from reference.oracle.answers import Candidate, NoAnswer, WrongShape, ask
from reference.oracle.cases import Case
from reference.oracle.explaining.alternatives import best_ways, mistakes_in
from reference.oracle.explaining.diagnose import Explanation
from reference.oracle.explaining.inquiry import Inquiry, answered_steps, best_cases
from reference.oracle.explaining.models import model_of
from reference.oracle.explaining.search import QUICK, Search, chain
from reference.oracle.explaining.whole import alternatives, misses
from reference.oracle.explaining.worked import short
from reference.oracle.judging.exam import Exam, exam_of, exam_without_marks

# Mistakes with this in their names are no rivals: for a square matrix, they give the same numbers as a transposed matrix.
SAME_IF_SQUARE = "stored_transposed"


class SameReason:
    """Tests whether a case fails in a step for the reason that was found in other cases.

    A rival is another mistake, which does not explain the most informative of those other cases. No rival may explain the case
    that is tested. With `must_be_visible`, the right value of the first wrong number must differ from 0 or, if it is a weight,
    from its value before the step.
    """

    must_be_visible = True

    def __init__(self, candidate: Candidate, explanation: Explanation, step: str, exams: list[Exam]) -> None:
        self.candidate, self.explanation, self.step, self.unit = candidate, explanation, step, exams[0].unit
        self.steps, self.model = answered_steps(exams[0]), model_of(exams[0].case.setting)
        self.finding = next((each for each in explanation.findings if each.step == step and each.fits), None)
        self.wrong_steps = [each for each, _ in explanation.wrong_steps]
        sample = [exams[at] for at in best_cases(exams, dict(explanation.wrong_steps)[step])[:QUICK]]
        inquiry, setting = Inquiry(sample, self.model), self.model.setting
        formulas = [
            best_ways(setting, formulas)
            for name, formulas in mistakes_in(setting, chain(step, self.steps))
            if SAME_IF_SQUARE not in name
        ]
        places = range(len(sample))
        self.rivals = [each for each in formulas if not all(inquiry.fits(at, step, each, quick=True) for at in places)]
        models = [change(self.model) for names, change in alternatives(setting) if SAME_IF_SQUARE not in "".join(names)]
        self.rival_models = [model for model in models if misses(sample, model, self.wrong_steps, 0)]

    def __call__(self, case: Case) -> bool:
        """Whether a case fails for the same reason.

        This step must be the first wrong one, and some number must be outside its allowance. If the step has an explanation,
        the explanation must fit, and no rival may fit.
        """
        try:
            small = exam_without_marks(case, ask(self.candidate, case)).with_unit(self.unit)
        except (NoAnswer, WrongShape):
            return False
        inquiry = Inquiry([small], self.model)
        for step in self.steps[: self.steps.index(self.step) + 1]:
            if (Search(inquiry, step, chain(step, self.steps)).right_way() is None) != (step == self.step):
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
            and all(misses([small], model, self.wrong_steps, 0) for model in self.rival_models)
        )

    def is_visible(self, inquiry: Inquiry) -> bool:
        """Whether the right value of the first wrong number differs visibly from 0, or from the weight before the step."""
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
