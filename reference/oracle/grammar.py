"""The network as nine formulas, and the right ways to write each: what a mistake is a change of."""

from functools import cache
from itertools import product

from reference.oracle.formulas import Tree, put, tree
from reference.oracle.settings import Setting
from reference.oracle.steps import STAGES

PARTS = ("gradient.o_biases", "gradient.ho_weights", "gradient.h_biases", "gradient.ih_weights")
STEPS = (*STAGES[:7], *PARTS, "weights")  # in the order in which they are explained
BASES = 4  # ordinary ways to write a formula, in which changes are looked for
EPSILONS = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 2.0**-52, 1e-20, 1e-30, 1e-100, 1e-300)
NODES = {
    "sigmoid": ("sigmoid(z)", "1/(1 + exp(-z))", "exp(z)/(1 + exp(z))", "(1 + tanh(z/2))/2"),
    "tanh": ("tanh(z)", "(exp(z) - exp(-z))/(exp(z) + exp(-z))", "2/(1 + exp(-2*z)) - 1", "(exp(2*z) - 1)/(exp(2*z) + 1)"),
    "relu": ("relu(z)", "maximum(z, 0)", "z*(z > 0)", "where(z > 0, z, 0)"),
    "leaky_relu": ("leaky_relu(z)", "where(z > 0, z, z/100)", "maximum(z, z/100)"),
    "identity": ("z",),
    "softmax": ("softmax(z)", "exp(z - max1(z))/sum1(exp(z - max1(z)))", "exp(z)/sum1(exp(z))"),
}
SLOPES = {  # of a node y with the sum z
    "sigmoid": ("d_sigmoid(z)", "y*(1 - y)", "sigmoid(z)*(1 - sigmoid(z))"),
    "tanh": ("d_tanh(z)", "1 - y**2", "1 - tanh(z)**2"),
    "relu": ("step(z)", "y > 0"),
    "leaky_relu": ("where(step(z), 1, 1/100)", "where(y > 0, 1, 1/100)"),
    "identity": ("1",),
}
SQUARES = {
    "half_squared_error": ("sum1((o_nodes - targets)**2)/2", "o_nodes - targets"),
    "squared_error": ("sum1((o_nodes - targets)**2)", "2*(o_nodes - targets)"),
    "mean_squared_error": ("sum1((o_nodes - targets)**2)/n_outputs", "2*(o_nodes - targets)/n_outputs"),
}
CROSS_ENTROPY = {  # of the guarded nodes y
    "softmax": "-sum1(targets*log(y))",
    "sigmoid": "-sum1(targets*log(y) + (1 - targets)*log(1 - y))",
}
OTHERS = {  # wrong activations: what is asked for, the node, and its slope
    "logistic_clamped": ("sigmoid", "where(z > 20, 1, where(-20 > z, 0, sigmoid(z)))", "sigmoid(z)*(1 - sigmoid(z))"),
    "logistic_mirrored": ("sigmoid", "sigmoid(-z)", "sigmoid(z)*(1 - sigmoid(z))"),
    "logistic_without_brackets": ("sigmoid", "1/1 + exp(-z)", "y*(1 - y)"),
    "hard_sigmoid": ("sigmoid", "minimum(maximum(z/5 + 1/2, 0), 1)", "y*(1 - y)"),
    "tanh_of_half": ("tanh", "tanh(z/2)", "1 - y**2"),
    "softsign": ("tanh", "z/(1 + abs(z))", "1 - y**2"),
    "relu_capped_at_1": ("relu", "minimum(relu(z), 1)", "where(y > 0, 1, 0)"),
    "relu_capped_at_6": ("relu", "minimum(relu(z), 6)", "where(y > 0, 1, 0)"),
    "leak_added": ("leaky_relu", "relu(z) + z/100", "step(z) + 1/100"),
    "leak_of_a_tenth": ("leaky_relu", "where(z > 0, z, z/10)", "where(step(z), 1, 1/10)"),
    "leak_of_a_fifth": ("leaky_relu", "where(z > 0, z, z/5)", "where(step(z), 1, 1/5)"),
    "leak_of_a_thousandth": ("leaky_relu", "where(z > 0, z, z/1000)", "where(step(z), 1, 1/1000)"),
    "leak_of_two_tenths": ("leaky_relu", "where(z > 0, z, 3*z/10)", "where(step(z), 1, 3/10)"),
    "elu": ("leaky_relu", "where(z > 0, z, exp(z) - 1)", "where(step(z), 1, exp(z))"),
    "elu_for_relu": ("relu", "where(z > 0, z, exp(z) - 1)", "where(step(z), 1, exp(z))"),
    "softplus": ("relu", "log1p(exp(z))", "sigmoid(z)"),
    "swish": ("relu", "z*sigmoid(z)", "sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))"),
    "absolute_value": ("relu", "abs(z)", "where(step(z), 1, -1)"),
    "tanh_of_lecun": ("tanh", "1.7159*tanh(2*z/3)", "1.7159*2/3*(1 - tanh(2*z/3)*tanh(2*z/3))"),
    "leak_subtracted": ("leaky_relu", "where(z > 0, z, -z/100)", "where(step(z), 1, -1/100)"),
}
NODES |= {name: (node,) for name, (_, node, _) in OTHERS.items()}
SLOPES |= {name: (slope,) for name, (_, _, slope) in OTHERS.items()}
OWN_SLOPES = {
    name for name, (wrong, _, slope) in OTHERS.items() if slope not in SLOPES[wrong] and slope != "where(y > 0, 1, 0)"
}
OF_NODE = {"sigmoid": "z*(1 - z)", "tanh": "1 - z*z"}


def asked(activation: str) -> str:
    """Return the activation that is asked for where a wrong one stands."""
    return OTHERS[activation][0] if activation in OTHERS else activation


@cache
def forms(setting: Setting, name: str) -> tuple[Tree, ...]:
    """Return the ways to write a part: f, g, h_slopes, o_slopes, errors, sample_loss, delta; the most accurate first."""
    if name in ("f", "g"):
        return tuple(map(tree, NODES[setting.hidden if name == "f" else setting.output]))
    if name in ("h_slopes", "o_slopes"):
        layer = name[0]
        activation = setting.hidden if layer == "h" else setting.output
        named = {"z": f"{layer}_sums", "y": f"{layer}_nodes"}
        return tuple(put(tree(text), named) for text in SLOPES.get(activation, ("1",)))
    if name == "errors":
        return (tree(SQUARES.get(setting.loss, SQUARES["half_squared_error"])[1]),)
    return (losses if name == "sample_loss" else deltas)(setting)


def losses(setting: Setting) -> tuple[Tree, ...]:
    """Return the loss of each sample."""
    if setting.loss != "cross_entropy":
        return ("right_losses", tree(SQUARES[setting.loss][0]))
    plain = [tree(CROSS_ENTROPY[asked(setting.output)])]
    found = ["right_losses", put(plain[0], {"y": "o_nodes"})]
    for epsilon in EPSILONS:
        found.append(put_log(plain[0], epsilon))
        found += [put(plain[0], {"y": put(tree(text), {"e": epsilon})}) for text in CLIPS]
    return tuple(found)


CLIPS = ("maximum(o_nodes, e)", "minimum(maximum(o_nodes, e), 1 - e)")


def put_log(whole: Tree, epsilon: float) -> Tree:
    """Return a cross-entropy with an epsilon added inside each logarithm."""
    if not isinstance(whole, tuple):
        return "o_nodes" if whole == "y" else whole
    if whole[0] == "log":
        return ("log", ("+", put(whole[1], {"y": "o_nodes"}), epsilon))
    return (whole[0], *(put_log(part, epsilon) for part in whole[1:]))


def deltas(setting: Setting) -> tuple[Tree, ...]:
    """Return the deltas of the outputs."""
    loss = "half_squared_error" if setting.rule == "error_splitting" else setting.loss
    if loss != "cross_entropy":
        slopes = tree(SQUARES[loss][1])
        if setting.output == "softmax":
            back = put(tree("o_nodes*(e - sum1(e*o_nodes))"), {"e": slopes})
            return (
                "right_deltas",
                back,
                put(tree("o_nodes*(1 - o_nodes)*e - o_nodes*(sum1(e*o_nodes) - e*o_nodes)"), {"e": slopes}),
            )
        exact = (
            () if setting.output not in SLOPES or "relu" in setting.output or setting.output in OTHERS else ("right_deltas",)
        )
        return (*exact, *(("*", slopes, slope) for slope in forms(setting, "o_slopes")))
    found = ["right_deltas", tree("o_nodes*sum1(targets) - targets" if setting.output == "softmax" else "o_nodes - targets")]
    if asked(setting.output) == "sigmoid":
        found.append(tree("(o_nodes - targets)/(o_nodes*(1 - o_nodes))*(o_nodes*(1 - o_nodes))"))
    for epsilon in (0.0, *EPSILONS):
        for guard in GUARDS if epsilon else GUARDS[:1]:
            found.append(put(through(asked(setting.output), tree(guard)), {"e": epsilon}))
    return tuple(found)


GUARDS = ("p/(q + e)", "where(q > e, p/q, 0)", "where(q > e, where(1 - e > q, p/q, 0), 0)")


def through(output: str, guard: Tree) -> Tree:
    """Return the delta through -t/y as automatic differentiation makes it, each quotient guarded."""
    up = ("neg", put(guard, {"p": "targets", "q": "o_nodes"}))
    if output == "softmax":
        return put(tree("o_nodes*(e - sum1(e*o_nodes))"), {"e": up})
    down = put(guard, {"p": ("-", 1, "targets"), "q": ("-", 1, "o_nodes")})
    return ("*", ("+", up, down), tree("o_nodes*(1 - o_nodes)"))


INPUTS = {  # what is made of the inputs before they are used
    "inputs_divided_by_255": ("The inputs are divided by 255, as if they were pixels.", "inputs/255"),
    "inputs_whole_numbers": ("The inputs are cut to whole numbers, as an integer type does.", "whole(inputs)"),
    "inputs_rounded": ("The inputs are rounded to whole numbers.", "nearest(inputs)"),
    "inputs_centred": ("The mean of the inputs is taken out of each sample.", "inputs - mean1(inputs)"),
    "inputs_standardised": (
        "The inputs of each sample are standardised.",
        "(inputs - mean1(inputs))/sqrt(mean1((inputs - mean1(inputs))*(inputs - mean1(inputs))))",
    ),
    "inputs_centred_over_the_batch": ("The mean over the batch is taken out of each input.", "inputs - mean0(inputs)"),
    "inputs_standardised_over_the_batch": (
        "Each input is standardised over the batch.",
        "(inputs - mean0(inputs))/sqrt(mean0((inputs - mean0(inputs))*(inputs - mean0(inputs))))",
    ),
    "inputs_of_unit_length": (
        "The inputs of each sample are divided by their length (normalised).",
        "inputs/sqrt(sum1(inputs*inputs))",
    ),
    "inputs_scaled_to_the_largest": (
        "The inputs of each sample are divided by the largest of them.",
        "inputs/max1(abs(inputs))",
    ),
    "inputs_scaled_to_their_sum": ("The inputs of each sample are divided by their sum.", "inputs/sum1(inputs)"),
    "inputs_activated": ("The hidden activation is applied to the inputs, too.", "f(inputs)"),
    "inputs_absolute": ("The signs of the inputs are dropped.", "abs(inputs)"),
    "inputs_as_signs": ("The inputs are cut to 0 and 1.", "inputs > 0"),
}


def right(setting: Setting, step: str) -> Tree:
    """Return the right formula of a step, in which f, g, h_slopes, o_slopes, sample_loss and delta stand for their forms."""
    mean = " / n_samples" if setting.reduction == "mean" else ""
    back = "errors_back" if setting.rule == "error_splitting" else "o_deltas"
    text = {
        "h_sums": "inputs @ ih_weights + h_biases",
        "h_nodes": "f(h_sums)",
        "o_sums": "h_nodes @ ho_weights + o_biases",
        "o_nodes": "g(o_sums)",
        "loss": f"sum(sample_loss){mean}"
        + (" + l2/2*(sum(ih_weights*ih_weights) + sum(ho_weights*ho_weights))" if setting.l2 else ""),
        "o_deltas": "delta",
        "h_deltas": f"h_slopes * ({back} @ ho_weights.T)",
        "gradient.o_biases": f"sum0(o_deltas){mean}",
        "gradient.ho_weights": f"h_nodes.T @ o_deltas{mean}" + (" + l2*ho_weights" if setting.l2 else ""),
        "gradient.h_biases": f"sum0(h_deltas){mean}",
        "gradient.ih_weights": f"inputs.T @ h_deltas{mean}" + (" + l2*ih_weights" if setting.l2 else ""),
    }[step]
    return put(tree(text), {"errors_back": tree("o_nodes - targets")})


def updates(setting: Setting) -> dict[str, Tree]:
    """Return the lines of the optimizer: what it keeps from step to step, and the new weights w."""
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


def meant(setting: Setting, step: str, whole: Tree) -> Tree:
    """Return a formula of the catalogue with the words that depend on the setting put in: reduced, penalty, ..."""
    mean = setting.reduction == "mean"
    over = "/n_samples" if mean else ""
    decay = {layer: f"l2*{layer}_weights" if setting.l2 else "0*n_samples" for layer in ("ih", "ho")}
    penalty = "l2/2*(sum(ih_weights*ih_weights) + sum(ho_weights*ho_weights))" if setting.l2 else "0"
    texts = {
        "penalty": penalty,
        "ih_decay": decay["ih"],
        "ho_decay": decay["ho"],
        "ih_gradient": f"inputs.T @ h_deltas{over} + {decay['ih']}",
        "ho_gradient": f"h_nodes.T @ o_deltas{over} + {decay['ho']}",
        "slope_of_node": f"d_{setting.output}(o_nodes)",
        "hidden_slope_of_node": f"d_{setting.hidden}(h_nodes)",
        "node_form": OF_NODE.get(setting.output, "1").replace("z", "o_sums"),
        "hidden_node_form": OF_NODE.get(setting.hidden, "1").replace("z", "h_sums"),
    }
    functions = {
        "reduced": f"sum(z){over}" if step == "loss" else f"z{over}",
        "reduced_otherwise": "sum(z)" if mean else "sum(z)/n_samples",
        "otherwise": "z*n_samples" if mean else "z/n_samples",
    }
    whole = put(whole, {name: tree(text) for name, text in texts.items()})
    for name, text in functions.items():
        whole = with_part(whole, name, tree(text))
    return whole


def others(setting: Setting, step: str) -> list[Tree]:
    """Return right ways to write a step that differ in the order of their factors: changes of them are other ones."""
    found = []
    if step == "h_deltas" and setting.rule != "error_splitting":
        back = tree("o_deltas @ ho_weights.T")
        found = [("*", back, slope) for slope in forms(setting, "h_slopes")[1:]]
        if setting.hidden == "sigmoid":
            found.append(put(tree("b*h_nodes*(1 - h_nodes)"), {"b": back}))
    if step == "o_deltas" and (setting.output, setting.loss) == ("softmax", "cross_entropy"):
        found = [tree("o_nodes - targets")]  # where the targets add up to 1
    if step == "o_deltas" and setting.output == "sigmoid" and setting.loss in SQUARES:
        found = [put(tree("e*o_nodes*(1 - o_nodes)"), {"e": tree(SQUARES[setting.loss][1])})]
    if step == "loss" and setting.loss != "cross_entropy":
        found = [with_part(right(setting, step), "sample_loss", unsquared(forms(setting, "sample_loss")[1]))]
    if step == "loss" and setting.l2:
        text = "sum(sample_loss)" + ("/n_samples" if setting.reduction == "mean" else "")
        text += " + 1/2*l2*sum(ih_weights*ih_weights) + 1/2*l2*sum(ho_weights*ho_weights)"
        found.append(with_part(tree(text), "sample_loss", forms(setting, "sample_loss")[1]))
    return found


def unsquared(whole: Tree) -> Tree:
    """Return a tree with its squares written as products."""
    if not isinstance(whole, tuple):
        return whole
    parts = tuple(map(unsquared, whole[1:]))
    return ("*", parts[0], parts[0]) if whole[0] == "**" else (whole[0], *parts)


def expanded(setting: Setting, whole: Tree, most: int = 400) -> list[Tree]:
    """Return a formula with every name of a part put in each of its right ways, the most accurate first."""
    ways = [whole]
    for name in ("f", "g", "h_slopes", "o_slopes", "sample_loss", "delta", "errors"):
        if not uses(whole, name):
            continue
        ways = [with_part(way, name, form) for form, way in product(forms(setting, name), ways)]
    return ways[:most]


def uses(whole: Tree, name: str) -> bool:
    """Whether a name stands in a tree, as a name or as a function."""
    return whole == name or (isinstance(whole, tuple) and (whole[0] == name or any(uses(part, name) for part in whole[1:])))


def with_part(whole: Tree, name: str, form: Tree) -> Tree:
    """Return a tree with a name, or a function of z, put in this way."""
    if whole == name:
        return form
    if not isinstance(whole, tuple):
        return whole
    parts = [with_part(part, name, form) for part in whole[1:]]
    return put(form, {"z": parts[0]}) if whole[0] == name else (whole[0], *parts)
