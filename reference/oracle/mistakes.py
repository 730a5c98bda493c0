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
from reference.oracle.formulas import Tree, put, tree
from reference.oracle.grammar import INPUTS, OTHERS, OWN_SLOPES, PARTS, expanded, forms, meant, right, updates, with_part
from reference.oracle.models import Formulas, Frame, Model, model_of
from reference.oracle.readings import Reading, readings
from reference.oracle.rows import ROWS
from reference.oracle.settings import Setting
from reference.specification.names import HIDDEN, LOSSES, OUTPUT, REDUCTIONS, RULES

When = Callable[[Setting], bool]


def always(setting: Setting) -> bool:
    """Every setting."""
    return True


def unchanged(model: Model) -> Model:
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
    change: Callable[[Model], Model] = unchanged

    def trees(self, setting: Setting) -> Formulas:
        """Return the formulas by step."""
        found = {}
        for step, text in self.formulas.items():
            line = step.removeprefix("weights.")
            own: Tree = updates(setting).get(line, line) if line != step else right(setting, step)
            found[step] = meant(setting, step, put(tree(text), {"right": own}))
        return found

    def network(self, case: Case, number: type = float) -> Frame:
        """Return the network that makes this mistake, on a case."""
        model = model_of(case.setting)
        if not self.when(model.setting):
            return Frame(case, model, {}, kind=kind_of_type(number))
        model = self.change(model)
        formulas = {step: expanded(model.setting, formula)[0] for step, formula in self.trees(model.setting).items()}
        return Frame(case, model, formulas, kind=kind_of_type(number))


MISTAKES: dict[str, Mistake] = {}
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
    "momentum": lambda setting: bool((setting.optimizer or {}).get("momentum")),
    "nesterov": lambda setting: bool((setting.optimizer or {}).get("nesterov")),
    "plain steps": lambda setting: WHEN["sgd"](setting) and not WHEN["momentum"](setting),
    "plain momentum": lambda setting: WHEN["momentum"](setting) and not WHEN["nesterov"](setting),
}
for name in ("sgd", "rmsprop", "adam"):
    WHEN[name] = lambda setting, name=name: (setting.optimizer or {"name": "sgd"})["name"] == name  # type: ignore[misc]
for name in HIDDEN:
    WHEN[f"hidden {name}"] = lambda setting, name=name: setting.hidden == name  # type: ignore[misc]
    WHEN[f"hidden not {name}"] = lambda setting, name=name: setting.hidden != name  # type: ignore[misc]
SEVERAL = {"gradient": PARTS, "gradient.biases": PARTS[::2]}


def enter(name: str, formulas: dict[str, str], explanation: str, fix: str, when: When = always) -> None:
    """Put a mistake of some steps into the catalogue."""
    MISTAKES[name] = Mistake(name, explanation, fix, formulas, when)


def enter_line(line: str) -> None:
    """Put a line of the table into the catalogue."""
    name, told, words, explanation, fix = line.split(" | ")
    formulas: dict[str, str] = {}
    for step, formula in (each.split(": ", 1) for each in told.split("; ")):
        formulas |= dict.fromkeys(SEVERAL.get(step, (step,)), formula)
    asked = [WHEN[word] for word in words.split(", ")]
    enter(name, formulas, explanation, fix, lambda setting: all(each(setting) for each in asked))


def enter_model(name: str, explanation: str, fix: str, when: When, change: Callable[[Model], Model]) -> None:
    """Put a mistake of the whole network into the catalogue."""
    MISTAKES[name] = Mistake(name, explanation, fix, {}, when, change)


for line in resources.files("reference.oracle").joinpath("mistakes.txt").read_text("utf-8").splitlines():
    if line and line[0] != "#":
        enter_line(line)

# ---- another setting, another activation, another reading of the flat vector


def with_field(field: str, value: Any) -> Callable[[Model], Model]:
    """Return the change of a setting."""
    return lambda model: model._replace(setting=model.setting._replace(**{field: value}))


def can_be(field: str, value: Any) -> When:
    """Return whether a setting has another value there, and could have this one."""

    def can(setting: Setting) -> bool:
        changed = setting._replace(**{field: value})
        return changed != setting and (changed.loss != "cross_entropy" or changed.output in ("softmax", "sigmoid"))

    return can


SETTINGS: dict[str, tuple[Any, ...]] = {
    "loss": LOSSES, "hidden": HIDDEN, "output": OUTPUT, "reduction": REDUCTIONS, "rule": RULES,
}  # fmt: skip
for field, values in SETTINGS.items():
    for value in values:
        words = f"You seem to compute with {field}={value!r}."
        enter_model(
            f"{field}_is_{value}",
            words,
            f"Use the {field} that the case names.",
            can_be(field, value),
            with_field(field, value),
        )
enter_model(
    "l2_is_0",
    "You seem to compute without the penalty.",
    "Use the l2 that the case names.",
    can_be("l2", 0.0),
    with_field("l2", 0.0),
)


def with_activation(asked: str, wrong: str) -> Callable[[Model], Model]:
    """Return the change of an activation wherever it is asked for."""

    def change(model: Model) -> Model:
        setting = model.setting
        hidden, output = (wrong if name == asked else name for name in (setting.hidden, setting.output))
        return model._replace(setting=setting._replace(hidden=hidden, output=output))

    return change


for name, (asked, node, _) in OTHERS.items():
    enter_model(
        name, f"The {asked} is {node}.", f"Compute the {asked} as the documents do.",
        lambda setting, asked=asked: asked in (setting.hidden, setting.output), with_activation(asked, name),  # type: ignore[misc]
    )  # fmt: skip


for name, (words, text) in INPUTS.items():

    def of_inputs(model: Model, text: str = text) -> Model:
        """Return the model with other inputs."""
        return model._replace(inputs=with_part(tree(text), "f", forms(model.setting, "f")[0]))

    fix = "Use the inputs as they are given."
    enter_model(name, words, fix, always, of_inputs)
    enter(f"{name}_going_forward", {"h_sums": f"({text}) @ ih_weights + h_biases"}, f"{words[:-1]}, going forward alone.", fix)

for name, (_counts, words) in ROWS.items():

    def of_rows(model: Model, name: str = name) -> Model:
        """Return the model with rows that count otherwise."""
        return model._replace(rows=name)

    fix = "Let every row count once."
    enter_model(f"rows_{name}", f"Loss and gradient: each {words}.", fix, always, of_rows)
    enter(f"loss_of_rows_{name}", {"loss": f"reduced(rows_{name}*sample_loss) + penalty"}, f"The loss {words}.", fix)


def read_as(reading: Reading) -> Callable[[Model], Model]:
    """Return the change of how the flat vector is read."""
    return lambda model: model._replace(read=reading)


def written_as(reading: Reading) -> Callable[[Model], Model]:
    """Return the change of how the gradient is written."""
    return lambda model: model._replace(written=reading)


for reading in readings():
    if len(reading.names()) == 1:
        (name,) = reading.names()
        fix = "Order the flat vector as ih weights, h biases, ho weights, o biases; in a matrix the rows are source nodes."
        if name.endswith("_transposed"):
            fix = "Transpose the matrix: rows are source nodes, columns target nodes (PyTorch stores it the other way)."
        enter_model(name, f"The flat vector is read as {reading.words()}.", fix, always, read_as(reading))
        if reading.is_an_order:
            enter_model(f"gradient_{name}", f"The gradient is written as {reading.words()}.", fix, always, written_as(reading))

# ---- an activation in one direction alone

for name, (asked, node, slope) in OTHERS.items():
    node, slope = (re.sub(r"\by\b", "h_nodes", re.sub(r"\bz\b", "h_sums", text)) for text in (node, slope))
    words, slope = name.replace("_", " "), f"({slope})*(o_deltas @ ho_weights.T)"
    when, fix = WHEN[f"hidden {asked}"], f"Compute nodes and slopes of the {asked} as the documents do."
    enter(
        f"{name}_in_the_nodes_alone",
        {"h_nodes": node},
        f"The nodes are those of {words}, the slopes those of {asked}.",
        fix,
        when,
    )
    if name in OWN_SLOPES:
        words = f"The slopes are those of {words}, the nodes those of {asked}."
        enter(f"{name}_in_the_slopes_alone", {"h_deltas": slope}, words, fix, when)
