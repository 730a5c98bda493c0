"""An explanation in words, and as a candidate that answers any case as the wrong network would."""

from contextlib import suppress
from typing import Any

from reference.layout import Layout
from reference.oracle.alternatives import first_ways
from reference.oracle.answers import Candidate, Misshapen, NoAnswer, ask
from reference.oracle.cases import Case, Question, cases
from reference.oracle.diagnose import Explanation, with_gradient
from reference.oracle.exam import Exam, unjudged
from reference.oracle.formulas import Tree, written
from reference.oracle.grammar import PARTS, expanded, forms, others, right, updates, with_part
from reference.oracle.inquiry import Inquiry, answered_steps
from reference.oracle.mistakes import MISTAKES
from reference.oracle.models import Formulas, Frame, model_of
from reference.oracle.readings import RIGHT, positions
from reference.oracle.search import Finding, Search
from reference.oracle.settings import Setting
from reference.oracle.worked import name_of

FRESH = 100  # cases of another seed that an explanation must give as well
LEFT = {
    "h_sums": "h_sums[h]", "h_nodes": "h_nodes[h]", "o_sums": "o_sums[o]", "o_nodes": "o_nodes[o]", "loss": "loss",
    "o_deltas": "o_deltas[o]", "h_deltas": "h_deltas[h]", "gradient.ih_weights": "gradient[i->h]",
    "gradient.h_biases": "gradient[b->h]", "gradient.ho_weights": "gradient[h->o]", "gradient.o_biases": "gradient[b->o]",
}  # fmt: skip


def case_of(asked: Question) -> Case:
    """Return the case that a candidate was asked."""
    one = not isinstance(asked.inputs[0], list)
    rows, targets = ([asked.inputs], [asked.targets]) if one else (asked.inputs, asked.targets)
    setting = Setting(**{name: getattr(asked, name) for name in Setting._fields if hasattr(asked, name)})
    layout = Layout(asked.n_inputs, asked.n_hidden, asked.n_outputs)
    return Case(setting, layout, asked.weights, rows, targets, one, "")


class Explained:
    """A candidate that answers as an explanation says."""

    def __init__(self, explanation: Explanation, like: Exam) -> None:
        self.explanation, self.stages = explanation, tuple(like.answer.stages)

    def __call__(self, asked: Question) -> dict[str, Any]:
        """Return the stages of a case, in the shapes of a candidate's answer."""
        case = case_of(asked)
        found = Frame(case, self.explanation.model, self.explanation.formulas).answers(self.stages)
        return {stage: in_shape(case, stage, numbers) for stage, numbers in found.items()}


def in_shape(case: Case, stage: str, numbers: list[Any]) -> Any:
    """Return the numbers of a stage as a candidate answers them."""
    if stage == "loss":
        return numbers[0]
    layout, steps = case.layout, case.setting.steps
    size = layout.n_weights if stage in ("gradient", "weights") else layout.n_hidden if stage[0] == "h" else layout.n_outputs
    rows = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    return rows[0] if stage == "gradient" or (stage == "weights" and steps == 1) or (stage != "weights" and case.one) else rows


def on_fresh_cases(candidate: Candidate, explanation: Explanation, exams: list[Exam], record: dict[str, Any]) -> Explanation:
    """Return what of an explanation also holds on cases of another seed."""
    if not explanation.findings:
        return explanation
    how = {name: record[name] for name in ("batch", "sizes", "targets") if name in record}
    drawn = cases(exams[0].case.setting, examples=10 * FRESH, seed=record["seed"] + 1, **how)
    fresh = []
    for each in drawn:
        if each.purpose == "plain":
            with suppress(NoAnswer, Misshapen):
                fresh.append(unjudged(each, ask(candidate, each)))
    fresh = list(map(with_gradient, fresh)) if explanation.derived else fresh
    inquiry = Inquiry(fresh, explanation.model, explanation.formulas)
    return explanation._replace(
        findings=[each._replace(found=each.found and holds_on(inquiry, each)) for each in explanation.findings]
    )


def holds_on(inquiry: Inquiry, finding: Finding) -> bool:
    """Whether a finding gives these answers, too; what is right may lose digits there."""
    step = finding.step
    return inquiry.confirmed(step, {}) or (not finding.formulas and Search(inquiry, step, [step]).right() is not None)


def place_of(explanation: Explanation, exams: list[Exam], stage: str) -> str:
    """Return the first number that is wrong by itself, in the first case where this stage is."""
    wrong = [(step, failing) for step, failing in explanation.blame if step.partition(".")[0] == stage]
    at = min(failing[0] for _, failing in wrong)
    own = Inquiry([exams[at]], model_of(exams[at].case.setting))
    found = []
    for step, failing in wrong:
        number = own.first_wrong(0, step) if at in failing else None
        if number is not None:
            found.append(positions(RIGHT, exams[at].case.layout)[step[9:]][number] if step in PARTS else number)
    if not found:
        found = [number.at for number in exams[at].marked(at) if number.stage == stage and number.ratio > 1]
    return name_of(exams[at].case, stage, min(found))


# ---- in words


def statements(explanation: Explanation, exams: list[Exam]) -> list[dict[str, Any]]:
    """Return what was found, a statement for each mistake: those of the whole network, then those of its steps."""
    one = exams[0].case.one
    found = [stated(name, [], None, None) for name in explanation.names]
    setting = explanation.model.setting
    left = [each for each in explanation.findings if each.found and (each.names or changed(each.formulas, setting))]
    names = {each.step: [name for name in each.names if holds(name, explanation, exams)] for each in left}
    while left:
        counts = {name: sum(name in names[each.step] for each in left) for each in left for name in names[each.step]}
        first = left[0]
        if first.together:
            for name in first.names:
                found.append(stated(name, [], *formulas_of(name, first.formulas, first.step, setting, one)))
            left = left[1:]
            continue
        best = max(names[first.step], key=lambda name: counts[name], default=None)
        steps = [each.step for each in left if best in names[each.step]] if best else [first.step]
        also = [name for name in names[first.step] if best and name != best and all(name in names[step] for step in steps)]
        theirs, right_ones = formulas_of(best, first.formulas, first.step, setting, one)
        found.append(
            stated(best, also, theirs, right_ones) | ({} if best else {"explanation": in_words(first, theirs, setting, one)})
        )
        left = [each for each in left if each.step not in steps]
    unknown = [each.step for each in explanation.findings if not each.found]
    if unknown:
        text = f"no formula found for {', '.join(dict.fromkeys(step.partition('.')[0] for step in unknown))}"
        found.append(
            {
                "name": None,
                "also": [],
                "explanation": text + passing(explanation, exams),
                "theirs": [],
                "right": [],
                "fix": None,
            }
        )
    return found


def passing(explanation: Explanation, exams: list[Exam]) -> str:
    """Return in which cases the first wrong step is right, where these have something in common."""
    _, failing = explanation.blame[0]
    for size in ("n_inputs", "n_hidden", "n_outputs"):
        alone = [at for at, each in enumerate(exams) if getattr(each.case.layout, size) == 1]
        if alone and sorted(set(range(len(exams))) - set(failing)) == alone:
            return f"; every case with {size} = 1 is right there, and every other one wrong: look at the loop over it"
    return ""


def holds(name: str, explanation: Explanation, exams: list[Exam]) -> bool:
    """Whether a mistake explains every step that it changes."""
    setting = explanation.model.setting
    answered = answered_steps(exams[0])
    inquiry = Inquiry(
        exams, explanation.model, {step: formula for step, formula in explanation.formulas.items() if step in answered}
    )
    formulas = first_ways(setting, MISTAKES[name].trees(setting))
    fits = {each.step: each.names for each in explanation.findings}
    return all(
        step.startswith("weights")
        or step not in answered
        or name in fits[step]
        or inquiry.confirmed(step, {step: formulas[step]})
        for step in formulas
    )


def changed(formulas: Formulas, setting: Setting) -> bool:
    """Whether formulas are more than another right way to write the network."""
    return any(
        formula not in (expanded(setting, right(setting, step)) if not step.startswith("weights") else ())
        for step, formula in formulas.items()
    )


def stated(name: str | None, also: list[str], theirs: list[str] | None, right_ones: list[str] | None) -> dict[str, Any]:
    """Return a statement."""
    mistake = MISTAKES.get(name or "")
    if name and name.endswith("_answered_otherwise"):
        stage = name.removesuffix("_answered_otherwise")
        return {
            "name": name, "also": [], "explanation": f"The {stage} that it answers are not those that it goes on with.",
            "theirs": [], "right": [], "fix": f"Answer the {stage} that the next stage is computed from.",
        }  # fmt: skip
    text = (
        mistake.explanation
        if mistake
        else f"It computes {theirs[0]}."
        if theirs
        else f"It reads or writes the flat vector otherwise: {name}."
    )
    return {
        "name": name or (theirs[0] if theirs else None), "also": also, "explanation": text,
        "theirs": theirs or [], "right": right_ones or [], "fix": mistake.fix if mistake else None,
    }  # fmt: skip


def in_words(finding: Finding, theirs: list[str], setting: Setting, one: bool) -> str:
    """Return in words what a formula without a name does."""
    (step, formula), *more = finding.formulas.items()
    if more or step.startswith("weights"):
        return f"It computes {'; '.join(theirs)}."
    rights = [*expanded(setting, right(setting, step)), *others(setting, step)]
    what = step.replace(".", " of the ").replace("_", " ") if step in PARTS else step
    verb = "is" if step == "loss" or step in PARTS else "are"
    if isinstance(formula, tuple) and formula[0] == "*" and formula[2] in rights:
        return (
            f"The {what} {verb} {written(formula[1], one)} times the right one{'' if verb == 'is' else 's'}: a factor too many."
        )
    if isinstance(formula, int | float):
        return f"The {what} {verb} always {formula:g}."
    if isinstance(formula, tuple) and formula[0] in ("maximum", "minimum"):
        cut = [str(part[-1]) for part in (formula, formula[1]) if isinstance(part, tuple) and part[0] in ("maximum", "minimum")]
        if all(word.replace(".", "").replace("-", "").replace("e", "").isdigit() for word in cut):
            return f"The {what} {verb} cut off (clipped) at {' and '.join(cut)}."
    return f"The {what} {verb} computed by another formula."


def formulas_of(name: str | None, formulas: Formulas, step: str, setting: Setting, one: bool) -> tuple[list[str], list[str]]:
    """Return the wrong formulas and the right ones as texts."""
    wrong = MISTAKES[name].trees(setting) if name else formulas
    theirs, right_ones = [], []
    for here, formula in wrong.items():
        if here.startswith("weights."):
            line = here[8:]
            theirs.append(f"{line} = {written(formula, one)}")
            right_ones.append(f"{line} = {written(updates(setting).get(line, line), one)}")
        else:
            theirs.append(f"{LEFT[here]} = {written(textual(setting, formula), one)}")
            right_ones.append(f"{LEFT[here]} = {written(textual(setting, right(setting, here)), one)}")
    return theirs, right_ones


def textual(setting: Setting, whole: Tree) -> Tree:
    """Return a formula as a person reads it, its parts written as textbooks do."""
    for name in ("f", "g", "h_slopes", "o_slopes", "errors", "sample_loss", "delta"):
        ways = forms(setting, name)
        plain = [way for way in ways if way not in ("right_losses", "right_deltas")]
        whole = with_part(whole, name, plain[0] if name in ("sample_loss", "delta") else ways[0])
    return whole
