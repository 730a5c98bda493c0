"""The right network as formulas: one for each step, and those of its optimizer. A mistake changes some of these formulas."""

from itertools import product

from reference.oracle.explaining.forms import PARTS, SQUARES, forms
from reference.oracle.explaining.formulas import Tree, put, put_form, tree
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

BLOCK_STEPS = ("gradient.o_biases", "gradient.ho_weights", "gradient.h_biases", "gradient.ih_weights")
STEPS = (*STAGES[:7], *BLOCK_STEPS, "weights")  # in the order in which they are explained
PENALTY = "l2/2*(sum(ih_weights*ih_weights) + sum(ho_weights*ho_weights))"
MOST_WAYS = 400  # at most this many ways to write a formula are used
SLOPES_OF_NODES = {"sigmoid": "z*(1 - z)", "tanh": "1 - z*z"}  # the slope as a formula of the node, here called z


def step_of(name: str) -> str:
    """Return the step that a formula belongs to. All lines of the optimizer, such as weights.w, belong to the step weights."""
    return "weights" if name.startswith("weights.") else name


def right(setting: Setting, step: str) -> Tree:
    """Return the right formula of a step. The parts f, g, h_slopes, sample_loss and delta stay names."""
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
    """Return other right ways to write a step. A search also changes these, as some mistakes are one change away from them."""
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
    """Return the formulas of the optimizer, called its lines: first those of its state, then that of the new weights w."""
    optimizer = setting.optimizer or {"name": "sgd"}
    lines = {
        "sgd": {"w": "w - rate*gradient"},
        "rmsprop": {"c": "decay*c + (1 - decay)*(gradient*gradient)", "w": "w - rate*gradient/(sqrt(c) + epsilon)"},
        "adam": {
            "m": "beta1*m + (1 - beta1)*gradient",
            "v": "beta2*v + (1 - beta2)*(gradient*gradient)",
            "w": "w - rate*(m/(1 - beta1**t))/(sqrt(v/(1 - beta2**t)) + epsilon)",
        },
    }[optimizer["name"]]
    if optimizer.get("momentum"):
        lines = {"v": "momentum*v - rate*gradient", "w": "w + momentum*v - rate*gradient" if optimizer["nesterov"] else "w + v"}
    return {name: tree(text) for name, text in lines.items()}


def with_words(setting: Setting, step: str, whole: Tree) -> Tree:
    """Return a formula of the catalogue with the words that depend on the setting (reduced, penalty, ...) replaced."""
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
        "node_form": SLOPES_OF_NODES.get(setting.output, "1").replace("z", "o_sums"),
        "hidden_node_form": SLOPES_OF_NODES.get(setting.hidden, "1").replace("z", "h_sums"),
        "reduced": f"sum(z){mean}" if step == "loss" else f"z{mean}",
        "reduced_otherwise": "sum(z)" if mean else "sum(z)/n_samples",
        "otherwise": "z*n_samples" if mean else "z/n_samples",
    }
    for word, text in words.items():
        whole = put_form(whole, word, tree(text))
    return whole


def expand(setting: Setting, whole: Tree) -> list[Tree]:
    """Return at most MOST_WAYS ways to write a formula: all combinations of forms of its parts, the most accurate first."""
    ways = [whole]
    for part in PARTS:
        if put_form(whole, part, 0) != whole:
            ways = [put_form(way, part, form) for form, way in product(forms(setting, part), ways)]
    return ways[:MOST_WAYS]
