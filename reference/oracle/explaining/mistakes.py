"""The catalogue of named mistakes. The mistakes of single steps are in `mistakes.txt`, each with its wrong formula.

A formula may use these words: `right` is the right formula of the step, f and g are the activations, h_slopes and o_slopes are
their derivatives at the sums, and `errors` is the derivative of a squared error by the nodes. `delta` and `sample_loss` belong
to the loss of the setting. `penalty`, `ih_decay` and `ho_decay` are the terms of l2. `reduced` is the mean or the sum over the
samples. Another setting, activation or reading of the flat vector is a mistake of the whole network.
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
    """Accept every setting."""
    return True


def same_model(model: Model) -> Model:
    """Return the model as it is."""
    return model


class Mistake(NamedTuple):
    """A named mistake: one sentence, how to fix it, and what such a network computes.

    formulas : the wrong formula of each step; the lines of the optimizer are named "weights.w" and so on
    when : whether the mistake is possible in a setting
    change : how the mistake changes the model of the whole network
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
        """Return the network with this mistake, on a case."""
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
    """Add a mistake to the catalogue."""
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
    """Return the fields of the optimizer; without one, the fields of plain gradient descent."""
    return {"name": "sgd", "momentum": 0.0, "nesterov": False} | (setting.optimizer or {})


def when_of(word: str) -> When:
    """Return the condition for a word of the table, such as "softmax" or "hidden not relu"."""
    name = word.removeprefix("hidden ").removeprefix("not ")
    if word == f"hidden {name}":
        return lambda setting: setting.hidden == name
    if word == f"hidden not {name}":
        return lambda setting: setting.hidden != name
    return WHEN[word]


def enter_line(line: str) -> None:
    """Add a line of the table to the catalogue. Changed inputs are two mistakes: everywhere, and only in the forward pass."""
    name, formulas, words, explanation, fix = line.split(" | ")
    by_step: dict[str, str] = {}
    for step, formula in (each.split(": ", 1) for each in formulas.split("; ")):
        by_step |= dict.fromkeys(SEVERAL.get(step, (step,)), formula)
    if "inputs" in by_step:
        text = by_step["inputs"]
        enter(name, explanation, fix, change=lambda model: with_inputs(model, text))
        name, explanation = f"{name}_going_forward", f"{explanation[:-1]}, only in the forward pass."
        by_step = {"h_sums": f"({text}) @ ih_weights + h_biases"}
    whens = list(map(when_of, words.split(", ")))
    enter(name, explanation, fix, by_step, lambda setting: all(when(setting) for when in whens))


def with_inputs(model: Model, text: str) -> Model:
    """Return a model with other inputs."""
    return model._replace(inputs=put_form(tree(text), "f", forms(model.setting, "f")[0]))


for line in resources.files("reference.oracle.explaining").joinpath("mistakes.txt").read_text("utf-8").splitlines():
    if line and line[0] != "#":
        enter_line(line)

# ---- another setting, another activation, rows counted differently, another reading of the flat vector


def enter_setting(field: str, value: Any, explanation: str) -> None:
    """Add another setting to the catalogue."""

    def change(model: Model) -> Model:
        return model._replace(setting=model.setting._replace(**{field: value}))

    def when(setting: Setting) -> bool:
        other = setting._replace(**{field: value})
        return other != setting and (other.loss != "cross_entropy" or other.output in ("softmax", "sigmoid"))

    what = f"{field} activation" if field in ("hidden", "output") else field
    name, fix = f"{field}_is_{value or 0}", f"Use the {what} given in the case."
    enter(name, explanation, fix, when=when, change=change)


def enter_activation(name: str, right_one: str, node: str, slope: str) -> None:
    """Add a wrong activation to the catalogue: in nodes and slopes, only in the hidden nodes, and only in the slopes."""

    def change(model: Model) -> Model:
        hidden, output = (name if each == right_one else each for each in (model.setting.hidden, model.setting.output))
        return model._replace(setting=model.setting._replace(hidden=hidden, output=output))

    def in_hidden_layer(text: str) -> str:
        return re.sub(r"\b[zy]\b", lambda letter: {"z": "h_sums", "y": "h_nodes"}[letter[0]], text)

    fix, words, when = f"Compute {right_one} as PROTOCOL.md defines it.", name.replace("_", " "), when_of(f"hidden {right_one}")
    enter(name, f"The {right_one} is {node}.", fix, None, lambda setting: right_one in (setting.hidden, setting.output), change)
    fix = f"Compute the nodes and the slopes of {right_one} as PROTOCOL.md defines it."
    explanation = f"The nodes are those of {words}, but the slopes are those of {right_one}."
    enter(f"{name}_in_the_nodes_alone", explanation, fix, {"h_nodes": in_hidden_layer(node)}, when)
    if slope not in SLOPES[right_one]:
        explanation = f"The slopes are those of {words}, but the nodes are those of {right_one}."
        formula = f"({in_hidden_layer(slope)})*(o_deltas @ ho_weights.T)"
        enter(f"{name}_in_the_slopes_alone", explanation, fix, {"h_deltas": formula}, when)


def enter_rows(name: str, words: str) -> None:
    """Add rows that are counted differently to the catalogue: in loss and gradient, and only in the loss."""
    fix = "Count every row once."
    enter(f"rows_{name}", f"Loss and gradient: each {words}.", fix, change=lambda model: model._replace(rows=name))
    enter(f"loss_of_rows_{name}", f"The loss {words}.", fix, {"loss": f"reduced(rows_{name}*sample_loss) + penalty"})


def enter_reading(name: str, reading: Reading) -> None:
    """Add another reading of the flat vector to the catalogue, and a gradient written in that order."""
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
