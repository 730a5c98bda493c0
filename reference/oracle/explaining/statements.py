"""Put an explanation into words: one statement for each mistake, then statements on stages without an explanation."""

import math

from reference.oracle.explaining.alternatives import best_ways
from reference.oracle.explaining.diagnose import Explanation, with_gradient
from reference.oracle.explaining.grammar import BLOCK_STEPS, STEPS, expand, right
from reference.oracle.explaining.inquiry import Inquiry, answered_steps
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import IN_STEP, Formulas, model_of
from reference.oracle.explaining.words import (
    Statement,
    Wording,
    common_factor,
    statement,
    statement_of_formulas,
    statement_of_model,
    statement_of_rate,
    statement_of_step,
)
from reference.oracle.judging.exam import Exam
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

NAN = "{} has NaN (not a number) in all cases: look for log(0), 0*log(0), 0/0, or a number that was never set"
LATE = ("loss_is", "reduction_is", "l2_is", "rule_is", "rows_", "gradient_")  # these mistakes come after the forward pass


def statements(explanation: Explanation, exams: list[Exam]) -> list[Statement]:
    """Return a statement for each mistake, then statements on the stages without an explanation."""
    setting, asked = explanation.model.setting, model_of(exams[0].case.setting).setting
    add_up_to_1 = all(sum(row) == 1 for exam in exams for row in exam.case.targets)
    wording = Wording(explanation.model, asked, exams[0].case.one, add_up_to_1)
    step_statements: list[Statement] = []
    remaining = [each for each in explanation.findings if each.fits and (each.names or wrong_ones(each.formulas, setting))]
    exams_used = list(map(with_gradient, exams)) if explanation.from_weights else exams
    names = {  # by step: each mistake that explains this step and all other steps that the mistake changes
        each.step: [name for name in each.names if not each.together and explains_all_steps(name, explanation, exams_used)]
        for each in remaining
    }
    stated: set[str] = set()
    remaining = [each._replace(formulas=wrong_ones(each.formulas, setting)) for each in remaining]
    while remaining:
        first = remaining.pop(0)
        if first.rate is not None:
            step_statements.append(statement_of_rate(first.rate, wording))
        if IN_STEP in "".join(first.formulas):
            name, *others = first.names
            step_statements.append({**statement_of_step(name, wording, in_step=True), "also": others})
        elif first.together or first.rate is not None:
            step_statements += [statement_of_step(name, wording) for name in first.names if name not in stated]
            stated |= set(first.names)
        elif names[first.step]:  # state the mistake that explains the most steps
            steps = {
                name: [each.step for each in (first, *remaining) if name in names[each.step]] for name in names[first.step]
            }
            best = max(steps, key=lambda name: len(steps[name]))
            also = [name for name in steps if name != best and set(steps[name]) >= set(steps[best])]
            step_statements.append({**statement_of_step(best, wording), "also": also})
            stated.add(best)
        else:  # state the formulas, together with the formulas of other steps that have the same wrong factor
            factor = common_factor(first.formulas, setting) if first.step in BLOCK_STEPS else None
            same_factor = [each for each in remaining if factor is not None and common_factor(each.formulas, setting) == factor]
            formulas = {step: formula for each in (first, *same_factor) for step, formula in each.formulas.items()}
            step_statements.append(statement_of_formulas(formulas, wording))
            remaining = [each for each in remaining if each not in same_factor]
        remaining = [each for each in remaining if not stated & set(names[each.step])]
    slope_missing = len(step_statements) == 1 and step_statements[0]["name"] == "output_slope_missing"
    if slope_missing and explains_all_answers("loss_is_cross_entropy", explanation, exams):
        step_statements[0]["also"].append("loss_is_cross_entropy")
    return in_order_of_steps(explanation, step_statements) + statements_of_unknown(explanation, exams)


def in_order_of_steps(explanation: Explanation, step_statements: list[Statement]) -> list[Statement]:
    """Sort statements: first the forward pass, then the rest. In both, mistakes of the whole network come first."""
    network_statements = [statement_of_model(name) for name in explanation.names]
    if explanation.model.returned == "written":
        for each in network_statements:
            each["explanation"] = each["explanation"].replace("The gradient is", "The gradient and the new weights are")
    late = [each for each in network_statements if (each["name"] or "").startswith(LATE)]
    early = [each for each in network_statements if each not in late]
    forward = [each for each in step_statements if {text.partition("[")[0] for text in each["theirs"]} & set(STAGES[:4])]
    return [*early, *forward, *late, *(each for each in step_statements if each not in forward)]


def explains_all_answers(name: str, explanation: Explanation, exams: list[Exam]) -> bool:
    """Whether a mistake of the whole network explains all answers without another mistake."""
    if not MISTAKES[name].when(explanation.model.setting) or explanation.names:
        return False
    inquiry = Inquiry(exams, MISTAKES[name].change(explanation.model))
    return all(inquiry.right_formulas(step) is not None for step in answered_steps(exams[0]))


def statements_of_unknown(explanation: Explanation, exams: list[Exam]) -> list[Statement]:
    """Return statements on wrong stages without an explanation, beginning with the stages that have NaN in all cases."""
    stages = dict.fromkeys(each.step.partition(".")[0] for each in explanation.findings if not each.fits)
    if explanation.from_weights and stages.pop("gradient", ()) is None:
        stages["weights"] = None
    unknown = [stage for stage in stages if any(exam.wrong((stage,)) for exam in exams)]
    nan = [stage for stage in unknown if all(any(map(math.isnan, exam.answer.stages[stage])) for exam in exams)]
    others = [stage for stage in unknown if stage not in nan]
    nan_statements = [statement(None, NAN.format(stage)) for stage in nan]
    unexplained = [statement(None, f"no explanation found for {', '.join(others)}")] if others else []
    return nan_statements + unexplained


def explains_all_steps(name: str, explanation: Explanation, exams: list[Exam]) -> bool:
    """Whether a mistake explains each answered step whose formula the mistake changes. The weights are left out."""
    setting, steps = explanation.model.setting, answered_steps(exams[0])
    others = {step: formula for step, formula in explanation.formulas.items() if step in steps}
    inquiry = Inquiry(exams, explanation.model, others)
    names = {each.step: each.names for each in explanation.findings}
    formulas = best_ways(setting, MISTAKES[name].trees(setting))
    return all(
        step not in steps or name in names[step] or inquiry.confirms(step, {step: formula})
        for step, formula in formulas.items()
    )


def wrong_ones(formulas: Formulas, setting: Setting) -> Formulas:
    """Return the formulas that are wrong. A name may have the prefix IN_STEP."""
    steps = {name: name.removeprefix(IN_STEP) for name in formulas}
    return {
        name: formula
        for name, formula in formulas.items()
        if steps[name] not in STEPS or formula not in expand(setting, right(setting, steps[name]))
    }
