"""The formula of every stage, as in a textbook, in two forms: for each node (with index letters), and as matrices."""

from typing import NamedTuple

from reference.explain.textbook import NODES, SLOPES, add_up_to_1
from reference.numbers.traced import Traced, expression_of, symbol
from reference.specification.architecture import Architecture


class Formula(NamedTuple):
    """The two forms of a formula."""

    loop: str
    matrix: str


CONSTANT_SLOPES = {"relu": "0 if {z} <= 0, else 1", "leaky_relu": "1/100 if {z} <= 0, else 1", "identity": "1"}
LOSSES = {
    "half_squared_error": "(sum over o of (o_nodes[o] - targets[o])**2) / 2",
    "squared_error": "sum over o of (o_nodes[o] - targets[o])**2",
    "mean_squared_error": "(sum over o of (o_nodes[o] - targets[o])**2) / n_outputs",
}
ERRORS = {
    "half_squared_error": "(o_nodes[o] - targets[o])",
    "squared_error": "2 * (o_nodes[o] - targets[o])",
    "mean_squared_error": "2 * (o_nodes[o] - targets[o]) / n_outputs",
}


def formulas(net: Architecture, targets: list[float] | None) -> dict[str, Formula]:
    """Return the formula of each stage. The formula of o_deltas is simpler if the targets add up to 1."""
    return {
        "h_sums": Formula(
            "h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]",
            "h_sums = inputs @ ih_weights + h_biases",
        ),
        "h_nodes": nodes_of(net.hidden, "h"),
        "o_sums": Formula(
            "o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]",
            "o_sums = h_nodes @ ho_weights + o_biases",
        ),
        "o_nodes": nodes_of(net.output, "o"),
        "loss": loss_of(net),
        "o_deltas": o_deltas_of(net, targets is None or add_up_to_1(targets)),
        "h_deltas": Formula(
            f"h_deltas[h] = slope * (sum over o of ho_weights[h][o] * o_deltas[o]),  slope = {slope_of(net.hidden, 'h')}",
            "h_deltas = slopes * (o_deltas @ ho_weights.T)",
        ),
        "gradient": Formula(
            "gradient of a weight = its source node * the delta of its target node; gradient of a bias = the delta of its node",
            "gradient = nodes.T @ deltas",
        ),
        "weights": Formula("new weight = weight - rate * gradient", "new weights = weights - rate * gradient"),
    }


def nodes_of(name: str, letter: str) -> Formula:
    """Return the formula for the nodes of a layer."""
    if name == "softmax":
        return Formula(
            "o_nodes[o] = exp(o_sums[o]) / (sum over all o of exp(o_sums[o]))", "o_nodes = exp(o_sums) / exp(o_sums).sum()"
        )
    nodes, sums = f"{letter}_nodes", f"{letter}_sums"
    each, whole = (expression_of(NODES[name](Traced(0, z)), symbol) for z in (f"{sums}[{letter}]", sums))
    return Formula(f"{nodes}[{letter}] = {each}", f"{nodes} = {whole}")


def slope_of(name: str, letter: str) -> str:
    """Return the formula for the slope (the derivative) of an activation."""
    z, y = (Traced(0, f"{letter}_{what}[{letter}]") for what in ("sums", "nodes"))
    return CONSTANT_SLOPES[name].format(z=z.name) if name in CONSTANT_SLOPES else expression_of(SLOPES[name](z, y), symbol)


def loss_of(net: Architecture) -> Formula:
    """Return the formula for the loss of one sample."""
    if net.loss != "cross_entropy":
        text = LOSSES[net.loss]
        return Formula(f"loss = {text}", f"loss = {text.replace('sum over o of ', 'sum of ').replace('[o]', '')}")
    if net.output == "softmax":
        return Formula("loss = sum over o of targets[o] * -ln(o_nodes[o])", "loss = -(targets * log(o_nodes)).sum()")
    return Formula(
        "loss = sum over o of (targets[o] * -ln(o_nodes[o]) + (1 - targets[o]) * -ln(1 - o_nodes[o]))",
        "loss = -(targets * log(o_nodes) + (1 - targets) * log(1 - o_nodes)).sum()",
    )


def o_deltas_of(net: Architecture, add_up_to_1: bool) -> Formula:
    """Return the formula for the deltas of the outputs."""
    if net.loss == "cross_entropy":
        if net.output == "sigmoid" or add_up_to_1:
            return Formula("o_deltas[o] = o_nodes[o] - targets[o]", "o_deltas = o_nodes - targets")
        return Formula(
            "o_deltas[o] = o_nodes[o] * (sum over all o of targets[o]) - targets[o]",
            "o_deltas = o_nodes * targets.sum() - targets",
        )
    error = ERRORS[net.loss]
    if net.output == "softmax":
        return Formula(
            f"o_deltas[o] = o_nodes[o] * (e[o] - (sum over all o of e[o] * o_nodes[o])),  e[o] = {error}",
            f"o_deltas = o_nodes * (e - (e * o_nodes).sum()),  e = {error.replace('[o]', '')}",
        )
    slope = slope_of(net.output, "o")
    return Formula(f"o_deltas[o] = {error} * slope,  slope = {slope}", f"o_deltas = {error.replace('[o]', '')} * slopes")
