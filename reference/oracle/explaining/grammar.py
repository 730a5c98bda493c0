"""The right formulas of the network. A mistake changes some of them.

A step is a stage or one block of the gradient. An update formula computes the optimizer's state or the new weights.
"""

from itertools import product

from reference.oracle.explaining.forms import PARTS, SQUARES, forms
from reference.oracle.explaining.formulas import Tree, put, put_form, tree
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

BLOCK_STEPS = ("gradient.o_biases", "gradient.ho_weights", "gradient.h_biases", "gradient.ih_weights")
STEPS = (*STAGES[:7], *BLOCK_STEPS, "weights")  # in the order in which they are explained
# for each step, the earlier steps that its formula uses, without steps that it uses only to compute a slope
PREVIOUS_STEPS: dict[str, tuple[str, ...]] = {
    "h_sums": (), "h_nodes": ("h_sums",), "o_sums": ("h_nodes",), "o_nodes": ("o_sums",), "loss": ("o_nodes",),
    "o_deltas": ("o_nodes",), "h_deltas": ("o_deltas",), "gradient.o_biases": ("o_deltas",),
    "gradient.ho_weights": ("o_deltas", "h_nodes"), "gradient.h_biases": ("h_deltas",),
    "gradient.ih_weights": ("h_deltas",), "weights": BLOCK_STEPS,
}  # fmt: skip
PENALTY = "l2/2*(sum(ih_weights*ih_weights) + sum(ho_weights*ho_weights))"
MOST_WAYS = 400
SLOPES_OF_NODES = {"sigmoid": "y*(1 - y)", "tanh": "1 - y*y"}  # the slope as a formula of the node y


def step_of(name: str) -> str:
    """Return the step that a formula belongs to: "weights" for update formulas such as "weights.w"."""
    return "weights" if name.startswith("weights.") else name


def suspects(step: str, answered: list[str]) -> list[str]:
    """Return where the mistake may be if `step` is wrong: in `step`, or before it in steps that the candidate leaves out."""
    steps = {step}
    for here in reversed(STEPS[: STEPS.index(step) + 1]):
        if here in steps:
            steps.update(each for each in PREVIOUS_STEPS[here] if each not in answered)
    return [each for each in STEPS if each in steps]


def right(setting: Setting, step: str) -> Tree:
    """Return the right formula of a step, before `expand` replaces f, g, h_slopes, sample_loss and delta by formulas."""
    mean, l2 = "/n_samples" if setting.reduction == "mean" else "", setting.l2
    errors = "(o_nodes - targets)" if setting.rule == "error_splitting" else "o_deltas"
    return tree({
        "h_sums": "inputs @ ih_weights + h_biases",
        "h_nodes": "f(h_sums)",
        "o_sums": "h_nodes @ ho_weights + o_biases",
        "o_nodes": "g(o_sums)",
        "loss": f"sum(sample_loss){mean}" + (f" + {PENALTY}" if l2 else ""),
        "o_deltas": "delta",
        "h_deltas": f"h_slopes * ({errors} @ ho_weights.T)",
        "gradient.o_biases": f"sum0(o_deltas){mean}",
        "gradient.ho_weights": f"h_nodes.T @ o_deltas{mean}" + (" + l2*ho_weights" if l2 else ""),
        "gradient.h_biases": f"sum0(h_deltas){mean}",
        "gradient.ih_weights": f"inputs.T @ h_deltas{mean}" + (" + l2*ih_weights" if l2 else ""),
    }[step])  # fmt: skip


def variants(setting: Setting, step: str) -> list[Tree]:
    """Return other right formulas of a step. Some mistakes are one change away from them."""
    ways: list[Tree] = []
    if step == "h_deltas" and setting.rule != "error_splitting":
        errors = tree("o_deltas @ ho_weights.T")
        ways += [("*", errors, slope) for slope in forms(setting, "h_slopes")[1:]]
        if setting.hidden == "sigmoid":
            ways.append(put(tree("e*h_nodes*(1 - h_nodes)"), {"e": errors}))
    if step == "o_deltas" and (setting.output, setting.loss) == ("softmax", "cross_entropy"):
        ways.append(tree("o_nodes - targets"))  # right if the targets add up to 1
    if step == "o_deltas" and setting.output == "sigmoid" and setting.loss in SQUARES:
        ways.append(put(tree("e*o_nodes*(1 - o_nodes)"), {"e": tree(SQUARES[setting.loss][1])}))
    if step == "loss":
        sample_loss = forms(setting, "sample_loss")[1]
        if setting.loss != "cross_entropy":
            product = put(sample_loss, {tree("(o_nodes - targets)**2"): tree("(o_nodes - targets)*(o_nodes - targets)")})
            ways.append(put(right(setting, step), {"sample_loss": product}))
        if setting.l2:
            mean = "/n_samples" if setting.reduction == "mean" else ""
            penalty = "1/2*l2*sum(ih_weights*ih_weights) + 1/2*l2*sum(ho_weights*ho_weights)"
            ways.append(put(tree(f"sum(sample_loss){mean} + {penalty}"), {"sample_loss": sample_loss}))
    return ways


def updates(setting: Setting) -> dict[str, Tree]:
    """Return the update formulas of the optimizer: first for its state, then for the new weights w."""
    optimizer = setting.optimizer or {"name": "sgd"}
    texts = {
        "sgd": {"w": "w - rate*gradient"},
        "rmsprop": {"c": "decay*c + (1 - decay)*(gradient*gradient)", "w": "w - rate*gradient/(sqrt(c) + epsilon)"},
        "adam": {
            "m": "beta1*m + (1 - beta1)*gradient",
            "v": "beta2*v + (1 - beta2)*(gradient*gradient)",
            "w": "w - rate*(m/(1 - beta1**t))/(sqrt(v/(1 - beta2**t)) + epsilon)",
        },
    }[optimizer["name"]]
    if optimizer.get("momentum"):
        texts = {"v": "momentum*v - rate*gradient", "w": "w + momentum*v - rate*gradient" if optimizer["nesterov"] else "w + v"}
    return {name: tree(text) for name, text in texts.items()}


def with_words(setting: Setting, step: str, formula: Tree) -> Tree:
    """Replace words such as penalty in the formula of a mistake by the formulas that the words stand for in this setting."""
    mean = "/n_samples" if setting.reduction == "mean" else ""
    ih_decay, ho_decay = (f"l2*{block}" if setting.l2 else "0*n_samples" for block in ("ih_weights", "ho_weights"))
    words = {
        "penalty": PENALTY if setting.l2 else "0",
        "ih_decay": ih_decay,
        "ho_decay": ho_decay,
        "ih_gradient": f"inputs.T @ h_deltas{mean} + {ih_decay}",
        "ho_gradient": f"h_nodes.T @ o_deltas{mean} + {ho_decay}",
        "slope_of_node": f"d_{setting.output}(o_nodes)",
        "hidden_slope_of_node": f"d_{setting.hidden}(h_nodes)",
        "node_form": SLOPES_OF_NODES.get(setting.output, "1").replace("y", "o_sums"),
        "hidden_node_form": SLOPES_OF_NODES.get(setting.hidden, "1").replace("y", "h_sums"),
        "reduced": f"sum(z){mean}" if step == "loss" else f"z{mean}",
        "reduced_otherwise": "sum(z)" if mean else "sum(z)/n_samples",
        "otherwise": "z*n_samples" if mean else "z/n_samples",
    }
    for word, text in words.items():
        formula = put_form(formula, word, tree(text))
    return formula


def expand(setting: Setting, formula: Tree) -> list[Tree]:
    """Return ways to write a formula: combinations of the forms of its parts (see `forms.py`), the most accurate first."""
    ways = [formula]
    for part in PARTS:
        if put_form(formula, part, 0) != formula:
            ways = [put_form(way, part, form) for form, way in product(forms(setting, part), ways)]
    return ways[:MOST_WAYS]
