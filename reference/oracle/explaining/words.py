"""Explanations in words: a statement for each mistake, with the wrong formulas beside the right ones."""

import re
from typing import TypedDict

from reference.oracle.explaining.forms import PARTS, forms
from reference.oracle.explaining.formulas import Tree, put_form, text_of
from reference.oracle.explaining.grammar import BLOCK_STEPS, expand, right, updates
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Formulas, with_rate
from reference.oracle.explaining.simple import simplified
from reference.oracle.settings import Setting

LEFT_SIDES = {
    "h_sums": "h_sums[h]", "h_nodes": "h_nodes[h]", "o_sums": "o_sums[o]", "o_nodes": "o_nodes[o]", "loss": "loss",
    "o_deltas": "o_deltas[o]", "h_deltas": "h_deltas[h]", "gradient.ih_weights": "gradient[i->h]",
    "gradient.h_biases": "gradient[b->h]", "gradient.ho_weights": "gradient[h->o]", "gradient.o_biases": "gradient[b->o]",
}  # fmt: skip
CHOICES = ("hidden", "output", "loss", "reduction")  # settings that a network may follow instead of those of the check
ONLINE = "after each sample: w = w - rate*gradient of that sample"
REDUCTIONS = {  # the reduction: what a network with the other one does, and how to fix it
    "mean": ("summed{}, not averaged", "It is mean: divide by the number of samples."),
    "sum": ("averaged{}, not summed", "It is sum: do not divide by the number of samples."),
}


class Statement(TypedDict):
    """A mistake in words.

    name : its name; if it has none, the wrong formula; None if nothing is known
    also : names of mistakes that give the same numbers in this setting
    theirs, right : the candidate's formulas, and the right ones
    fix : how to fix it; None if unknown
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
    """Return a statement; `formulas` are the wrong ones and the right ones."""
    return {"name": name, "also": [], "explanation": explanation, "theirs": formulas[0], "right": formulas[1], "fix": fix}


def statement_of_model(name: str) -> Statement:
    """Return the statement of a mistake of the whole network."""
    stage = name.removesuffix("_answered_otherwise")
    if stage != name:
        explanation = f"The {stage} in your answer are not the {stage} that the network computes with."
        return statement(name, explanation, f"Return the {stage} that the next stage is computed from.")
    if name in MISTAKES:
        fix = MISTAKES[name].fix
        field, _, value = name.partition("_is_")
        if field in CHOICES:
            fix += f' Or check with --{field} {value} (in Python {field}="{value}").'
        return statement(name, MISTAKES[name].explanation, fix)
    return statement(name, f"The flat vector is read or written in another order: {name}.")


def statement_of_step(name: str, setting: Setting, one_sample: bool, *, in_step: bool = False) -> Statement:
    """Return the statement of a named mistake of single steps, with its formulas. `in_step`: only in the training step."""
    mistake = MISTAKES[name]
    if name.endswith("reduced_otherwise"):
        does, fix = REDUCTIONS[setting.reduction]
        text = re.sub("summed(.*) in place of averaged, or the reverse", lambda over: does.format(over[1]), mistake.explanation)
        mistake = mistake._replace(explanation=text, fix=f"{mistake.fix} {fix}")
    where = " Only the training step does this: the gradient in your answer is right." if in_step else ""
    return statement(name, mistake.explanation + where, mistake.fix, texts_of(mistake.trees(setting), setting, one_sample))


def statement_of_formulas(formulas: Formulas, setting: Setting, one_sample: bool) -> Statement:
    """Return the statement of formulas without a name."""
    texts = texts_of(formulas, setting, one_sample)
    (step, formula), *more = formulas.items()
    explanation = None if more or step.startswith("weights") else in_words(step, formula, setting, one_sample)
    return statement(texts[0][0], explanation or f"Your network computes {'; '.join(texts[0])}.", None, texts)


def statement_of_rate(rate: float, setting: Setting, one_sample: bool) -> Statement:
    """Return the statement of a step with another learning rate."""
    texts = texts_of(with_rate(setting, rate), setting, one_sample)
    return statement(
        texts[0][0], f"The step uses the learning rate {rate:g}.", "Use the learning rate given in the case.", texts
    )


def in_words(step: str, formula: Tree, setting: Setting, one_sample: bool) -> str:
    """Describe a wrong formula without a name in words."""
    noun = step.replace(".", " of the ").replace("_", " ") if step in BLOCK_STEPS else step
    singular = step == "loss" or step in BLOCK_STEPS
    subject = f"The {noun} {'is' if singular else 'are'}"
    if isinstance(formula, tuple):
        op, *parts = formula
        if op == "*" and parts[1] in expand(setting, right(setting, step)):
            return f"{subject} {text_of(parts[0], one_sample)} times the right one{'' if singular else 's'}: an extra factor."
        cuts = [each for each in (formula, parts[0]) if isinstance(each, tuple) and each[0] in ("maximum", "minimum")]
        if formula in cuts and all(isinstance(cut[-1], int | float) for cut in cuts):
            return f"{subject} cut off (clipped) at {' and '.join(str(cut[-1]) for cut in cuts)}."
    elif not isinstance(formula, str):
        return f"{subject} always {formula:g}."
    return f"{subject} computed by another formula."


def texts_of(formulas: Formulas, setting: Setting, one_sample: bool) -> tuple[list[str], list[str]]:
    """Return these formulas and the right ones as texts."""
    wrong_ones, right_ones = [], []
    for step, formula in formulas.items():
        line = step.removeprefix("weights.")
        if line != step:
            pair = line, formula, updates(setting).get(line, line)
        else:
            pair = LEFT_SIDES[step], with_textbook_parts(setting, formula), with_textbook_parts(setting, right(setting, step))
        left, wrong, own = pair
        wrong_ones.append(ONLINE if wrong == "online" else f"{left} = {text_of(simplified(wrong, one_sample), one_sample)}")
        right_ones.append(f"{left} = {text_of(simplified(own, one_sample), one_sample)}")
    return wrong_ones, right_ones


def with_textbook_parts(setting: Setting, whole: Tree) -> Tree:
    """Return a formula with its parts written as in textbooks."""
    for part in PARTS:
        ways = forms(setting, part)
        if part in ("sample_loss", "delta"):
            ways = tuple(way for way in ways if way not in ("right_losses", "right_deltas"))
        whole = put_form(whole, part, ways[0])
    return whole
