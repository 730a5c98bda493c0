"""The catalogue of named mistakes.

A step is a stage, or one block of the gradient. The table in `mistakes.txt` has mistakes in single steps and in the inputs.
The mistakes at the end of this file change a setting, an activation, how often rows count, or the order of the flat vector.

A formula in the table may use steps, blocks, sizes, l2, the functions in `functions.py` and `grids.py`, and these names:

right : the right formula of the step
f, g : the hidden and the output activation
h_slopes, o_slopes : their derivatives at the sums
hidden_slope_of_node, slope_of_node : the wrong slopes f'(h_nodes), g'(o_nodes)
hidden_node_form, node_form : the wrong slopes z*(1 - z) for sigmoid and 1 - z*z for tanh, where z is the sum
sample_loss, delta : the losses of the samples, the output deltas
errors : the derivatives of a squared error by the nodes
reduced : the function that applies the right reduction to the losses of the samples, or to a sum over the samples
reduced_otherwise, otherwise : the functions that apply the other reduction to the losses, and to the right gradient
rows_NAME : how often each row counts, where NAME is a key of ROWS in `rows.py`
penalty, ih_decay, ho_decay : the terms with l2 in the loss, the ih gradient and the ho gradient
ih_gradient, ho_gradient : the right gradients of the two matrices
gradient_norm : the length of the right gradient
rate, momentum, decay, epsilon, beta1, beta2 : the learning rate and the numbers of the optimizer

The update formulas of the optimizer may also use:

w, gradient : the weights and the gradient before the training step
t : the number of the training step
first_gradient, gradient_sum : the gradient of the first training step, the sum of all gradients so far
old_v, old_m, old_c : the optimizer's state v, m or c before the training step
online : the weights after one step of plain gradient descent for each sample
block, layer : the number of the block, the number of the layer
is_weight : 1 for weights, 0 for biases
"""

import re
from collections.abc import Callable
from importlib import resources
from typing import Any, NamedTuple

from reference.numbers.kinds import kind_of_type
from reference.oracle.cases import Case
from reference.oracle.explaining.forms import NODES, SLOPES, WRONG_ACTIVATIONS, forms
from reference.oracle.explaining.formulas import Tree, put, put_form, tree
from reference.oracle.explaining.grammar import BLOCK_STEPS, expand, right, updates, with_words
from reference.oracle.explaining.models import Formulas, Frame, Model, model_of
from reference.oracle.explaining.readings import Reading, readings
from reference.oracle.explaining.rows import ROWS
from reference.oracle.settings import Setting
from reference.specification.names import HIDDEN, LOSSES, OUTPUT

When = Callable[[Setting], bool]
STEP_GROUPS = {"gradient": BLOCK_STEPS, "gradient.biases": BLOCK_STEPS[::2]}  # names in the table for several steps


def always(setting: Setting) -> bool:
    """Accept every setting."""
    return True


class Mistake(NamedTuple):
    """A named mistake.

    explanation : what is wrong, in one or two sentences
    fix : how to fix the mistake
    formulas : the wrong formulas by step; update formulas have names such as "weights.w"
    when : whether the mistake is possible in a setting
    change : the function that changes the model of the whole network
    """

    name: str
    explanation: str
    fix: str
    formulas: dict[str, str]
    when: When = always
    change: Callable[[Model], Model] = lambda model: model

    def trees(self, setting: Setting) -> Formulas:
        """Return the formulas as trees, by step."""
        trees = {}
        for step, text in self.formulas.items():
            update = step.removeprefix("weights.")
            right_one: Tree = updates(setting).get(update, update) if update != step else right(setting, step)
            trees[step] = with_words(setting, step, put(tree(text), {"right": right_one}))
        return trees

    def network(self, case: Case, number: type = float) -> Frame:
        """Return the network with this mistake, or the right network if the mistake is not possible in the setting."""
        kind = kind_of_type(number)
        assert kind
        model = model_of(case.setting)
        if not self.when(model.setting):
            return Frame(case, model, {}, kind=kind)
        model = self.change(model)
        formulas = {step: expand(model.setting, formula)[0] for step, formula in self.trees(model.setting).items()}
        return Frame(case, model, formulas, kind=kind)


MISTAKES: dict[str, Mistake] = {}


def enter(mistake: Mistake) -> None:
    """Add a mistake to the catalogue."""
    MISTAKES[mistake.name] = mistake


# ---- the mistakes of the table


def hidden_in(*names: str) -> When:
    """Return the condition that the hidden activation is one of these."""
    return lambda setting: setting.hidden in names


WHEN: dict[str, When] = {
    "always": always,
    "softmax": lambda setting: setting.output == "softmax",
    "no softmax": lambda setting: setting.output != "softmax",
    "output sigmoid or tanh": lambda setting: setting.output in ("sigmoid", "tanh"),
    "hidden sigmoid or tanh": hidden_in("sigmoid", "tanh"),
    **{f"hidden {name}": hidden_in(name) for name in HIDDEN},
    **{f"hidden not {name}": hidden_in(*(other for other in HIDDEN if other != name)) for name in HIDDEN},
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
    """Return the fields of the optimizer. Missing fields have the values of plain gradient descent."""
    return {"name": "sgd", "momentum": 0.0, "nesterov": False} | (setting.optimizer or {})


def enter_line(line: str) -> None:
    """Add a line of the table to the catalogue.

    A line that changes the inputs gives two mistakes: one changes the inputs everywhere, the other only in the forward pass.
    """
    name, formulas, settings, explanation, fix = line.split(" | ")
    by_step: dict[str, str] = {}
    for step, formula in (each.split(": ", 1) for each in formulas.split("; ")):
        by_step |= dict.fromkeys(STEP_GROUPS.get(step, (step,)), formula)
    if "inputs" in by_step:
        text = by_step["inputs"]
        enter(Mistake(name, explanation, fix, {}, change=lambda model: with_inputs(model, text)))
        name, explanation = f"{name}_going_forward", f"{explanation} Only the forward pass does this."
        by_step = {"h_sums": f"({text}) @ ih_weights + h_biases"}
    whens = [WHEN[words] for words in settings.split(", ")]
    enter(Mistake(name, explanation, fix, by_step, lambda setting: all(when(setting) for when in whens)))


def with_inputs(model: Model, text: str) -> Model:
    """Return the model with this formula for its inputs."""
    return model._replace(inputs=put_form(tree(text), "f", forms(model.setting, "f")[0]))


for line in resources.files("reference.oracle.explaining").joinpath("mistakes.txt").read_text("utf-8").splitlines():
    if line and line[0] != "#":
        enter_line(line)

# ---- the mistakes that are not in the table


def enter_setting(field: str, value: Any, explanation: str = "", fix: str = "") -> None:
    """Add a mistake to the catalogue: the network uses this value for a field of the setting."""

    def change(model: Model) -> Model:
        return model._replace(setting=model.setting._replace(**{field: value}))

    def when(setting: Setting) -> bool:
        other = setting._replace(**{field: value})
        return other != setting and (other.loss != "cross_entropy" or other.output in ("softmax", "sigmoid"))

    noun = f"{field} activation" if field in ("hidden", "output") else field
    explanation, fix = (
        explanation or f"You seem to compute with {field}={value!r}.",
        fix or f"Use the {noun} given in the case.",
    )
    enter(Mistake(f"{field}_is_{value or 0}", explanation, fix, {}, when, change))


def enter_activation(name: str, right_one: str, node: str, slope: str) -> None:
    """Add mistakes to the catalogue: a wrong activation everywhere, only in the hidden nodes, or only in the hidden slopes."""

    def change(model: Model) -> Model:
        hidden, output = (name if each == right_one else each for each in (model.setting.hidden, model.setting.output))
        return model._replace(setting=model.setting._replace(hidden=hidden, output=output))

    def in_hidden_layer(text: str) -> str:
        return re.sub(r"\b[zy]\b", lambda letter: {"z": "h_sums", "y": "h_nodes"}[letter[0]], text)

    explanation = f"The activation {right_one} is computed as {node}."
    right_node, right_slope = NODES[right_one][1], SLOPES[right_one][1]
    fix, when = f"Compute {right_one}(z) as {right_node}.", WHEN[f"hidden {right_one}"]
    enter(Mistake(name, explanation, fix, {}, lambda setting: right_one in (setting.hidden, setting.output), change))
    fix = f"Compute the nodes as y = {right_node}, and the slopes as {right_slope}."
    explanation = f"The hidden nodes are computed as {node}, but the hidden slopes are those of {right_one}."
    enter(Mistake(f"{name}_in_the_nodes_alone", explanation, fix, {"h_nodes": in_hidden_layer(node)}, when))
    if slope not in SLOPES[right_one]:  # a right slope is no mistake
        explanation = f"The hidden slopes are those of {node}, but the hidden nodes are those of {right_one}."
        formula = f"({in_hidden_layer(slope)})*(o_deltas @ ho_weights.T)"
        enter(Mistake(f"{name}_in_the_slopes_alone", explanation, fix, {"h_deltas": formula}, when))


def enter_rows(name: str, words: str) -> None:
    """Add two mistakes to the catalogue: rows count wrongly in the loss and the gradient, or only in the loss."""
    fix = "Count every row once."
    explanation = f"The loss {words}. The same holds for the gradient."
    enter(Mistake(f"rows_{name}", explanation, fix, {}, change=lambda model: model._replace(rows=name)))
    formula = f"reduced(rows_{name}*sample_loss) + penalty"
    enter(Mistake(f"loss_of_rows_{name}", f"The loss {words}.", fix, {"loss": formula}))


def enter_reading(name: str, reading: Reading) -> None:
    """Add a wrong way to read the flat vector. If `reading.is_an_order`, also add a gradient written in this order."""
    fix = "Order the flat vector as ih weights, h biases, ho weights, o biases. The rows of a matrix are source nodes."
    if name.endswith("_transposed"):
        fix = "Transpose the matrix: in the flat vector, its rows belong to source nodes (in PyTorch, to target nodes)."
    words = reading.words()
    explanation = f"The flat vector is read as {words}."
    if reading.stored_by_columns:
        matrix = name.removesuffix("_stored_transposed").replace("_", " ")
        fix = "Read the weight from source s to target t at t*n_sources + s, as it is stored."
        explanation = f"The {matrix} are stored with the target node as the row, but read with the source node as the row."
    enter(Mistake(name, explanation, fix, {}, change=lambda model: model._replace(reading=reading)))
    if reading.is_an_order:
        explanation = f"The gradient is written as {words}."
        enter(Mistake(f"gradient_{name}", explanation, fix, {}, change=lambda model: model._replace(writing=reading)))


for field, values in {"loss": LOSSES, "hidden": HIDDEN, "output": OUTPUT}.items():
    for value in values:
        enter_setting(field, value)
enter_setting("reduction", "mean", fix="Do not divide by the number of samples.")
enter_setting("reduction", "sum", fix="Divide by the number of samples.")
ERRORS, DELTAS = "the errors y - t", "the output deltas"
for value, used, right_ones in (("backpropagation", DELTAS, ERRORS), ("error_splitting", ERRORS, DELTAS)):
    explanation = f"The hidden deltas are computed from {used} in place of {right_ones}. This is the rule {value!r}."
    enter_setting("rule", value, explanation, f"Multiply the ho weights by {right_ones}.")
enter_setting("l2", 0.0, "You seem to compute without the penalty.")
for name, activation in WRONG_ACTIVATIONS.items():
    enter_activation(name, *activation)
for name, (_, words) in ROWS.items():
    enter_rows(name, words)
for reading in readings():
    if len(reading.names()) == 1:
        enter_reading(reading.names()[0], reading)
