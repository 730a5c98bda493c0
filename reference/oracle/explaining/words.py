"""Mistakes in words: a statement for each mistake, with the wrong and the right formulas."""

import re
from typing import NamedTuple, TypedDict

from reference.oracle.explaining.forms import PARTS, forms
from reference.oracle.explaining.formulas import Tree, put, put_form, text_of, tree
from reference.oracle.explaining.grammar import BLOCK_STEPS, expand, right, updates
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Formulas, Model, with_rate
from reference.oracle.explaining.simple import simplified
from reference.oracle.settings import Setting

LEFT_SIDES = {
    "h_sums": "h_sums[h]", "h_nodes": "h_nodes[h]", "o_sums": "o_sums[o]", "o_nodes": "o_nodes[o]", "loss": "loss",
    "o_deltas": "o_deltas[o]", "h_deltas": "h_deltas[h]", "gradient.ih_weights": "gradient[i->h]",
    "gradient.h_biases": "gradient[b->h]", "gradient.ho_weights": "gradient[h->o]", "gradient.o_biases": "gradient[b->o]",
}  # fmt: skip
# options of `check`; the fix of the mistake hidden_is_tanh, for example, adds "Or check with --hidden tanh"
OPTIONS = ("hidden", "output", "loss", "reduction")
ONLINE = "after each sample: w = w - rate*gradient of that sample"
REDUCTIONS = {  # key: the right reduction; values: what the other reduction does, and the fix
    "mean": ("summed{}, not averaged", "It is mean: divide by the number of samples."),
    "sum": ("averaged{}, not summed", "It is sum: do not divide by the number of samples."),
}


class Wording(NamedTuple):
    """How formulas are written.

    model : the network with the wrong formulas; its setting may be wrong too, for example another activation
    case_setting : the setting of the cases, for the right formulas
    one_sample : whether to leave out the index of the sample
    add_up_to_1 : whether to write the sum of the targets as 1
    """

    model: Model
    case_setting: Setting
    one_sample: bool
    add_up_to_1: bool

    def text(self, formula: Tree) -> str:
        """Return a formula as text."""
        known: dict[Tree, Tree] = {tree("sum1(targets)"): 1} if self.add_up_to_1 else {}
        return text_of(simplified(put(formula, known), self.one_sample), self.one_sample)


class Statement(TypedDict):
    """A mistake in words.

    name : the name of the mistake, or its first wrong formula if it has no name; None if no formula explains the answers
    also : the names of other mistakes that give the same numbers in this setting
    theirs : the candidate's formulas
    right : the right formulas
    fix : how to fix the mistake; None if unknown
    """

    name: str | None
    also: list[str]
    explanation: str
    theirs: list[str]
    right: list[str]
    fix: str | None


def statement(
    name: str | None, explanation: str, fix: str | None = None, formulas: tuple[list[str], list[str]] = ([], [])
) -> Statement:
    """Return a statement. `formulas` are the wrong formulas and the right ones."""
    return {"name": name, "also": [], "explanation": explanation, "theirs": formulas[0], "right": formulas[1], "fix": fix}


def statement_of_model(name: str) -> Statement:
    """Describe a mistake of the whole network, such as another activation or another order of the weights."""
    stage = name.removesuffix("_answered_otherwise")
    if stage != name:
        explanation = f"Your network returns other {stage} than it uses to compute the next stage."
        return statement(name, explanation, f"Return the {stage} that your network uses to compute the next stage.")
    if name in MISTAKES:
        fix = MISTAKES[name].fix
        field, _, value = name.partition("_is_")
        if field in OPTIONS:
            fix += f' Or check with --{field} {value} (in Python {field}="{value}").'
        return statement(name, MISTAKES[name].explanation, fix)
    return statement(name, f"The flat vector is read or written in another order: {name}.")


def statement_of_step(name: str, wording: Wording, *, in_step: bool = False) -> Statement:
    """Describe a named mistake in the formulas of some stages. With `in_step`, only the training step makes this mistake."""
    mistake, setting = MISTAKES[name], wording.model.setting
    if name.endswith("reduced_otherwise"):
        does, fix = REDUCTIONS[setting.reduction]
        either = "summed(.*) instead of being averaged, or the reverse"
        text = re.sub(either, lambda over: does.format(over[1]), mistake.explanation)
        mistake = mistake._replace(explanation=text, fix=f"{mistake.fix} {fix}")
    where = " Only the training step does this: the gradient in your answer is right." if in_step else ""
    return statement(name, mistake.explanation + where, mistake.fix, texts_of(mistake.trees(setting), wording))


def statement_of_formulas(formulas: Formulas, wording: Wording) -> Statement:
    """Describe wrong formulas that have no name in the catalogue."""
    texts = texts_of(formulas, wording)
    return statement(texts[0][0], in_words(formulas, wording) or f"Your network computes {'; '.join(texts[0])}.", None, texts)


def statement_of_rate(rate: float, wording: Wording) -> Statement:
    """Describe a training step with another learning rate."""
    texts = texts_of(with_rate(wording.model.setting, rate), wording)
    return statement(
        texts[0][0], f"The step uses the learning rate {rate:g}.", "Use the learning rate given in the case.", texts
    )


def common_factor(formulas: Formulas, setting: Setting) -> "Tree | None":
    """Return the factor if all these formulas are right formulas times one factor; else None."""
    factors: set[Tree | None] = set()
    for step, formula in formulas.items():
        match formula:
            case ("*", factor, rest) if step in LEFT_SIDES and rest in expand(setting, right(setting, step)):
                factors.add(factor)
            case _:
                factors.add(None)
    return factors.pop() if len(factors) == 1 else None


def in_words(formulas: Formulas, wording: Wording) -> str | None:
    """Return a sentence about wrong formulas, or None if there is no sentence for them."""
    factor, ((step, formula), *more) = common_factor(formulas, wording.model.setting), formulas.items()
    blocks = " and ".join(each.removeprefix("gradient.").replace("_", " ") for each in formulas if each in BLOCK_STEPS)
    noun = "gradient" + f" of the {blocks}" * (len(formulas) < len(BLOCK_STEPS)) if blocks else step
    subject = f"The {noun} {'is' if blocks or noun == 'loss' else 'are'}"
    if factor is not None:
        return f"{subject} multiplied by an extra factor of {wording.text(factor)}."
    if more or step.startswith("weights"):
        return None
    if isinstance(formula, tuple):
        parts = formula[1:]
        cuts = [each for each in (formula, parts[0]) if isinstance(each, tuple) and each[0] in ("maximum", "minimum")]
        if formula in cuts and all(isinstance(cut[-1], int | float) for cut in cuts):
            return f"{subject} cut off (clipped) at {' and '.join(str(cut[-1]) for cut in cuts)}."
    elif not isinstance(formula, str):
        return f"{subject} always {formula:g}."
    return f"{subject} computed by another formula."


def texts_of(formulas: Formulas, wording: Wording) -> tuple[list[str], list[str]]:
    """Return the candidate's formulas, and the right ones, as texts."""
    wrong_ones, right_ones = [], []
    for step, formula in formulas.items():
        update = step.removeprefix("weights.")
        if update != step:
            left, wrong, right_one = update, formula, updates(wording.case_setting).get(update, update)
        else:
            left, wrong = LEFT_SIDES[step], with_textbook_parts(wording.model.setting, formula)
            right_one = with_textbook_parts(wording.case_setting, right(wording.case_setting, step))
            wrong = put(wrong, {"inputs": wording.model.inputs})
        wrong_ones.append(ONLINE if wrong == "online" else f"{left} = {wording.text(wrong)}")
        right_ones.append(f"{left} = {wording.text(right_one)}")
    return wrong_ones, right_ones


def with_textbook_parts(setting: Setting, formula: Tree) -> Tree:
    """Write the parts of a formula as textbooks do."""
    for part in PARTS:
        ways = forms(setting, part)
        if part in ("sample_loss", "delta"):
            ways = tuple(way for way in ways if way not in ("right_losses", "right_deltas"))
        formula = put_form(formula, part, ways[0])
    return formula
