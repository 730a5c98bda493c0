"""The forms of activations, slopes, losses and deltas: the ways to write their formulas. Also wrong activations."""

from collections.abc import Iterator
from functools import cache

from reference.oracle.explaining.formulas import Tree, put, put_form, tree
from reference.oracle.settings import Setting

# `expand` replaces these names in a formula by their forms. f is the hidden activation, g is the output activation.
PARTS = ("f", "g", "h_slopes", "o_slopes", "sample_loss", "delta", "errors")
EPSILONS = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 2.0**-52, 1e-20, 1e-30, 1e-100, 1e-300)
NODES = {  # activations of the sum z
    "sigmoid": ("sigmoid(z)", "1/(1 + exp(-z))", "exp(z)/(1 + exp(z))", "(1 + tanh(z/2))/2"),
    "tanh": ("tanh(z)", "(exp(z) - exp(-z))/(exp(z) + exp(-z))", "2/(1 + exp(-2*z)) - 1", "(exp(2*z) - 1)/(exp(2*z) + 1)"),
    "relu": ("relu(z)", "maximum(z, 0)", "z*(z > 0)", "where(z > 0, z, 0)"),
    "leaky_relu": ("leaky_relu(z)", "where(z > 0, z, z/100)", "maximum(z, z/100)"),
    "identity": ("z",),
    "softmax": ("softmax(z)", "exp(z - max1(z))/sum1(exp(z - max1(z)))", "exp(z)/sum1(exp(z))"),
}
SLOPES = {  # derivatives of the activations; y is the node, z its sum
    "sigmoid": ("d_sigmoid(z)", "y*(1 - y)", "sigmoid(z)*(1 - sigmoid(z))"),
    "tanh": ("d_tanh(z)", "1 - y**2", "1 - tanh(z)**2"),
    "relu": ("step(z)", "y > 0"),
    "leaky_relu": ("where(step(z), 1, 1/100)", "where(y > 0, 1, 1/100)"),
    "identity": ("1",),
}
SQUARES = {  # the squared error of a sample, and its derivative by the nodes
    "half_squared_error": ("sum1((o_nodes - targets)**2)/2", "o_nodes - targets"),
    "squared_error": ("sum1((o_nodes - targets)**2)", "2*(o_nodes - targets)"),
    "mean_squared_error": ("sum1((o_nodes - targets)**2)/n_outputs", "2*(o_nodes - targets)/n_outputs"),
}
CROSS_ENTROPY = {  # y is the output node, or a form of it that avoids log(0)
    "softmax": "-sum1(targets*log(y))",
    "sigmoid": "-sum1(targets*log(y) + (1 - targets)*log(1 - y))",
}
WRONG_ACTIVATIONS = {  # the right activation, the formula of the wrong node, the formula of the wrong slope
    "logistic_clamped": ("sigmoid", "where(z > 20, 1, where(-20 > z, 0, sigmoid(z)))", "sigmoid(z)*(1 - sigmoid(z))"),
    "logistic_mirrored": ("sigmoid", "sigmoid(-z)", "sigmoid(z)*(1 - sigmoid(z))"),
    "logistic_without_brackets": ("sigmoid", "1/1 + exp(-z)", "y*(1 - y)"),
    "hard_sigmoid": ("sigmoid", "minimum(maximum(z/5 + 1/2, 0), 1)", "y*(1 - y)"),
    "tanh_of_half": ("tanh", "tanh(z/2)", "1 - y**2"),
    "softsign": ("tanh", "z/(1 + abs(z))", "1 - y**2"),
    "relu_capped_at_1": ("relu", "minimum(relu(z), 1)", "y > 0"),
    "relu_capped_at_6": ("relu", "minimum(relu(z), 6)", "y > 0"),
    "leak_added": ("leaky_relu", "relu(z) + z/100", "step(z) + 1/100"),
    "leak_of_a_tenth": ("leaky_relu", "where(z > 0, z, z/10)", "where(step(z), 1, 1/10)"),
    "leak_of_a_fifth": ("leaky_relu", "where(z > 0, z, z/5)", "where(step(z), 1, 1/5)"),
    "leak_of_a_thousandth": ("leaky_relu", "where(z > 0, z, z/1000)", "where(step(z), 1, 1/1000)"),
    "leak_of_three_tenths": ("leaky_relu", "where(z > 0, z, 3*z/10)", "where(step(z), 1, 3/10)"),
    "elu": ("leaky_relu", "where(z > 0, z, exp(z) - 1)", "where(step(z), 1, exp(z))"),
    "elu_for_relu": ("relu", "where(z > 0, z, exp(z) - 1)", "where(step(z), 1, exp(z))"),
    "softplus": ("relu", "log1p(exp(z))", "sigmoid(z)"),
    "swish": ("relu", "z*sigmoid(z)", "sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))"),
    "absolute_value": ("relu", "abs(z)", "where(step(z), 1, -1)"),
    "tanh_of_lecun": ("tanh", "1.7159*tanh(2*z/3)", "1.7159*2/3*(1 - tanh(2*z/3)*tanh(2*z/3))"),
    "leak_subtracted": ("leaky_relu", "where(z > 0, z, -z/100)", "where(step(z), 1, -1/100)"),
}
assert not WRONG_ACTIVATIONS.keys() & NODES.keys(), "a right activation cannot be a mistake: remove it from WRONG_ACTIVATIONS"
NODES |= {name: (node,) for name, (_, node, _) in WRONG_ACTIVATIONS.items()}
SLOPES |= {name: (slope,) for name, (_, _, slope) in WRONG_ACTIVATIONS.items()}
CLIPS = ("maximum(o_nodes, e)", "minimum(maximum(o_nodes, e), 1 - e)")
GUARDS = ("p/(q + e)", "where(q > e, p/q, 0)", "where(q > e, where(1 - e > q, p/q, 0), 0)")  # p/q without division by 0
SOFTMAX_DELTAS = "o_nodes*(e - sum1(e*o_nodes))"  # e is the derivative of the loss by the nodes


def right_name(activation: str) -> str:
    """Return the right activation for a wrong one, or a right activation unchanged."""
    return WRONG_ACTIVATIONS[activation][0] if activation in WRONG_ACTIVATIONS else activation


@cache
def forms(setting: Setting, part: str) -> tuple[Tree, ...]:
    """Return the right forms of a part, the most accurate first."""
    if part in ("f", "g"):
        return tuple(map(tree, NODES[setting.hidden if part == "f" else setting.output]))
    if part in ("h_slopes", "o_slopes"):
        layer = part[0]
        activation = setting.hidden if layer == "h" else setting.output
        names: dict[Tree, Tree] = {"z": f"{layer}_sums", "y": f"{layer}_nodes"}
        return tuple(put(tree(text), names) for text in SLOPES.get(activation, ("1",)))
    if part == "errors":
        return (tree(SQUARES.get(setting.loss, SQUARES["half_squared_error"])[1]),)
    return tuple((losses if part == "sample_loss" else deltas)(setting))


def losses(setting: Setting) -> Iterator[Tree]:
    """Yield the right forms of the samples' losses."""
    yield "right_losses"  # computed by the functions of `reference`
    if setting.loss != "cross_entropy":
        yield tree(SQUARES[setting.loss][0])
        return
    formula = tree(CROSS_ENTROPY[right_name(setting.output)])
    yield put(formula, {"y": "o_nodes"})
    for epsilon in EPSILONS:
        yield put(put_form(formula, "log", ("log", ("+", "z", epsilon))), {"y": "o_nodes"})
        yield from (put(formula, {"y": put(tree(text), {"e": epsilon})}) for text in CLIPS)


def deltas(setting: Setting) -> Iterator[Tree]:
    """Yield the right forms of the output deltas."""
    loss = "half_squared_error" if setting.rule == "error_splitting" else setting.loss
    if loss == "cross_entropy":
        yield "right_deltas"  # computed by the functions of `reference`
        yield tree("o_nodes*sum1(targets) - targets" if setting.output == "softmax" else "o_nodes - targets")
        if right_name(setting.output) == "sigmoid":
            yield tree("(o_nodes - targets)/(o_nodes*(1 - o_nodes))*(o_nodes*(1 - o_nodes))")
        for epsilon in (0.0, *EPSILONS):
            for guard in GUARDS if epsilon else GUARDS[:1]:
                yield put(guarded_deltas(right_name(setting.output), tree(guard)), {"e": epsilon})
        return
    errors = tree(SQUARES[loss][1])
    if setting.output in ("softmax", "sigmoid", "tanh", "identity"):
        yield "right_deltas"
    if setting.output == "softmax":
        yield put(tree(SOFTMAX_DELTAS), {"e": errors})
        yield put(tree("o_nodes*(1 - o_nodes)*e - o_nodes*(sum1(e*o_nodes) - e*o_nodes)"), {"e": errors})
    else:
        for slope in forms(setting, "o_slopes"):
            yield ("*", errors, slope)


def guarded_deltas(output: str, guard: Tree) -> Tree:
    """Return the deltas of cross-entropy by the chain rule. `guard` is the formula of each quotient p/q, such as t/y."""
    first: Tree = ("neg", put(guard, {"p": "targets", "q": "o_nodes"}))
    if output == "softmax":
        return put(tree(SOFTMAX_DELTAS), {"e": first})
    second = put(guard, {"p": ("-", 1, "targets"), "q": ("-", 1, "o_nodes")})
    return ("*", ("+", first, second), tree("o_nodes*(1 - o_nodes)"))
