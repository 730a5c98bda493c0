"""The catalogue: mistakes that have a name. Those of a step are in `mistakes.txt`, each with the formula of that step.

In a formula `right` is the right formula of its step, f and g are the activations, h_slopes and o_slopes their derivatives at
the sums, `errors` the derivative of a squared error by the nodes, `delta` and `sample_loss` those of the loss that is asked
for, `penalty`, `ih_decay` and `ho_decay` what l2 adds, and `reduced` is the mean or the sum over the samples.
Another setting, another activation and another reading of the flat vector are mistakes of the whole network.
"""

import re
from collections.abc import Callable
from importlib import resources
from typing import Any, NamedTuple

from reference.numbers.kinds import kind_of_type
from reference.oracle.cases import Case
from reference.oracle.explaining.forms import OTHERS, SLOPES, forms
from reference.oracle.explaining.formulas import Tree, put, put_form, tree
from reference.oracle.explaining.grammar import BLOCK_STEPS, expand, right, updates, with_words
from reference.oracle.explaining.models import Formulas, Frame, Model, model_of
from reference.oracle.explaining.readings import Reading, readings
from reference.oracle.explaining.rows import ROWS
from reference.oracle.settings import Setting
from reference.specification.names import HIDDEN, LOSSES, OUTPUT, REDUCTIONS, RULES

When = Callable[[Setting], bool]
SEVERAL = {"gradient": BLOCK_STEPS, "gradient.biases": BLOCK_STEPS[::2]}


def always(setting: Setting) -> bool:
    """Every setting."""
    return True


def same_model(model: Model) -> Model:
    """Return the model as it is."""
    return model


class Mistake(NamedTuple):
    """A named mistake: one sentence, the mending, and what such a network computes.

    formulas : by step; those of the optimizer's lines are "weights.w" and so on
    when : the settings in which it can be made
    change : what the whole network does otherwise
    """

    name: str
    explanation: str
    fix: str
    formulas: dict[str, str]
    when: When = always
    change: Callable[[Model], Model] = same_model

    def trees(self, setting: Setting) -> Formulas:
        """Return the formulas by step."""
        trees = {}
        for step, text in self.formulas.items():
            line = step.removeprefix("weights.")
            own: Tree = updates(setting).get(line, line) if line != step else right(setting, step)
            trees[step] = with_words(setting, step, put(tree(text), {"right": own}))
        return trees

    def network(self, case: Case, number: type = float) -> Frame:
        """Return the network that makes this mistake, on a case."""
        kind = kind_of_type(number)
        assert kind
        model = model_of(case.setting)
        if not self.when(model.setting):
            return Frame(case, model, {}, kind=kind)
        model = self.change(model)
        formulas = {step: expand(model.setting, formula)[0] for step, formula in self.trees(model.setting).items()}
        return Frame(case, model, formulas, kind=kind)


MISTAKES: dict[str, Mistake] = {}


def enter(
    name: str,
    explanation: str,
    fix: str,
    formulas: dict[str, str] | None = None,
    when: When = always,
    change: Callable[[Model], Model] = same_model,
) -> None:
    """Put a mistake into the catalogue."""
    MISTAKES[name] = Mistake(name, explanation, fix, formulas or {}, when, change)


# ---- the mistakes of the table

WHEN: dict[str, When] = {
    "always": always,
    "softmax": lambda setting: setting.output == "softmax",
    "no softmax": lambda setting: setting.output != "softmax",
    "cross_entropy": lambda setting: setting.loss == "cross_entropy",
    "squared error": lambda setting: setting.loss != "cross_entropy" or setting.rule == "error_splitting",
    "mean_squared_error": lambda setting: setting.loss == "mean_squared_error",
    "backpropagation": lambda setting: setting.rule == "backpropagation",
    "penalty": lambda setting: setting.l2 != 0,
    "no penalty": lambda setting: setting.l2 == 0,
    "several steps": lambda setting: setting.steps > 1,
    "an optimizer": lambda setting: setting.optimizer not in (None, {"name": "sgd"}),
    "plain steps": lambda setting: optimizer_of(setting)["name"] == "sgd" and not optimizer_of(setting)["momentum"],
    "momentum": lambda setting: bool(optimizer_of(setting)["momentum"]),
    "plain momentum": lambda setting: bool(optimizer_of(setting)["momentum"]) and not optimizer_of(setting)["nesterov"],
    "nesterov": lambda setting: bool(optimizer_of(setting)["nesterov"]),
    "rmsprop": lambda setting: optimizer_of(setting)["name"] == "rmsprop",
    "adam": lambda setting: optimizer_of(setting)["name"] == "adam",
}


def optimizer_of(setting: Setting) -> dict[str, Any]:
    """Return the fields of the optimizer, those of plain steps where there is none."""
    return {"name": "sgd", "momentum": 0.0, "nesterov": False} | (setting.optimizer or {})


def when_of(word: str) -> When:
    """Return in which settings a mistake can be made, by a word of the table, such as "softmax" or "hidden not relu"."""
    name = word.removeprefix("hidden ").removeprefix("not ")
    if word == f"hidden {name}":
        return lambda setting: setting.hidden == name
    if word == f"hidden not {name}":
        return lambda setting: setting.hidden != name
    return WHEN[word]


def enter_line(line: str) -> None:
    """Put a line of the table into the catalogue; other inputs are two mistakes: everywhere, and going forward alone."""
    name, formulas, words, explanation, fix = line.split(" | ")
    by_step: dict[str, str] = {}
    for step, formula in (each.split(": ", 1) for each in formulas.split("; ")):
        by_step |= dict.fromkeys(SEVERAL.get(step, (step,)), formula)
    if "inputs" in by_step:
        text = by_step["inputs"]
        enter(name, explanation, fix, change=lambda model: with_inputs(model, text))
        name, explanation = f"{name}_going_forward", f"{explanation[:-1]}, going forward alone."
        by_step = {"h_sums": f"({text}) @ ih_weights + h_biases"}
    whens = list(map(when_of, words.split(", ")))
    enter(name, explanation, fix, by_step, lambda setting: all(when(setting) for when in whens))


def with_inputs(model: Model, text: str) -> Model:
    """Return a model with other inputs."""
    return model._replace(inputs=put_form(tree(text), "f", forms(model.setting, "f")[0]))


for line in resources.files("reference.oracle.explaining").joinpath("mistakes.txt").read_text("utf-8").splitlines():
    if line and line[0] != "#":
        enter_line(line)

# ---- another setting, another activation, rows that count otherwise, another reading of the flat vector


def enter_setting(field: str, value: Any, explanation: str) -> None:
    """Put another setting into the catalogue."""

    def change(model: Model) -> Model:
        return model._replace(setting=model.setting._replace(**{field: value}))

    def when(setting: Setting) -> bool:
        other = setting._replace(**{field: value})
        return other != setting and (other.loss != "cross_entropy" or other.output in ("softmax", "sigmoid"))

    name, fix = f"{field}_is_{value or 0}", f"Use the {field} that the case names."
    enter(name, explanation, fix, when=when, change=change)


def enter_activation(name: str, right_one: str, node: str, slope: str) -> None:
    """Put a wrong activation into the catalogue: in nodes and slopes, and in the hidden nodes or slopes alone."""

    def change(model: Model) -> Model:
        hidden, output = (name if each == right_one else each for each in (model.setting.hidden, model.setting.output))
        return model._replace(setting=model.setting._replace(hidden=hidden, output=output))

    def in_hidden_layer(text: str) -> str:
        return re.sub(r"\b[zy]\b", lambda letter: {"z": "h_sums", "y": "h_nodes"}[letter[0]], text)

    fix, words, when = f"Compute the {right_one} as the documents do.", name.replace("_", " "), when_of(f"hidden {right_one}")
    enter(name, f"The {right_one} is {node}.", fix, None, lambda setting: right_one in (setting.hidden, setting.output), change)
    fix = f"Compute nodes and slopes of the {right_one} as the documents do."
    explanation = f"The nodes are those of {words}, the slopes those of {right_one}."
    enter(f"{name}_in_the_nodes_alone", explanation, fix, {"h_nodes": in_hidden_layer(node)}, when)
    if slope not in SLOPES[right_one]:
        explanation = f"The slopes are those of {words}, the nodes those of {right_one}."
        formula = f"({in_hidden_layer(slope)})*(o_deltas @ ho_weights.T)"
        enter(f"{name}_in_the_slopes_alone", explanation, fix, {"h_deltas": formula}, when)


def enter_rows(name: str, words: str) -> None:
    """Put rows that count otherwise into the catalogue: everywhere, and in the loss alone."""
    fix = "Let every row count once."
    enter(f"rows_{name}", f"Loss and gradient: each {words}.", fix, change=lambda model: model._replace(rows=name))
    enter(f"loss_of_rows_{name}", f"The loss {words}.", fix, {"loss": f"reduced(rows_{name}*sample_loss) + penalty"})


def enter_reading(name: str, reading: Reading) -> None:
    """Put another reading of the flat vector into the catalogue, and the writing of the gradient."""
    fix = "Order the flat vector as ih weights, h biases, ho weights, o biases; in a matrix the rows are source nodes."
    if name.endswith("_transposed"):
        fix = "Transpose the matrix: rows are source nodes, columns target nodes (PyTorch stores it the other way)."
    words = reading.words()
    enter(name, f"The flat vector is read as {words}.", fix, change=lambda model: model._replace(reading=reading))
    if reading.is_an_order:
        words = f"The gradient is written as {words}."
        enter(f"gradient_{name}", words, fix, change=lambda model: model._replace(writing=reading))


for field, values in {"loss": LOSSES, "hidden": HIDDEN, "output": OUTPUT, "reduction": REDUCTIONS, "rule": RULES}.items():
    for value in values:
        enter_setting(field, value, f"You seem to compute with {field}={value!r}.")
enter_setting("l2", 0.0, "You seem to compute without the penalty.")
for name, activation in OTHERS.items():
    enter_activation(name, *activation)
for name, (_, words) in ROWS.items():
    enter_rows(name, words)
for reading in readings():
    if len(reading.names()) == 1:
        enter_reading(reading.names()[0], reading)
