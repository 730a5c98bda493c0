"""The formula of every stage, with its index letters, as the loops add it and as the matrices say it."""

from typing import NamedTuple

from reference.specification.architecture import Architecture


class Formula(NamedTuple):
    """One line twice: node by node, and as matrices."""

    loop: str
    matrix: str


NODES = {
    "sigmoid": "1 / (1 + exp(-{z})), or exp({z}) / (1 + exp({z})) where {z} <= 0",
    "tanh": "tanh({z})",
    "relu": "max({z}, 0)",
    "leaky_relu": "max({z}, {z} / 100)",
    "identity": "{z}",
}
SLOPES = {
    "sigmoid": "e / (1 + e) / (1 + e) with e = exp(-|{z}|)",
    "tanh": "(2 * e / (1 + e * e))**2 with e = exp(-|{z}|), which is 1 - tanh({z})**2",
    "relu": "(0 where {z} <= 0, else 1)",
    "leaky_relu": "(1/100 where {z} <= 0, else 1)",
    "identity": "1",
}
LOSSES = {
    "half_squared_error": "(sum over o of (o_nodes[o] - targets[o])**2) / 2",
    "squared_error": "sum over o of (o_nodes[o] - targets[o])**2",
    "mean_squared_error": "(sum over o of (o_nodes[o] - targets[o])**2) / n_outputs",
}
ERRORS = {
    "half_squared_error": "o_nodes[o] - targets[o]",
    "squared_error": "2 * (o_nodes[o] - targets[o])",
    "mean_squared_error": "2 * (o_nodes[o] - targets[o]) / n_outputs",
}


def formulas(net: Architecture) -> dict[str, Formula]:
    """Return the formula of each stage of a network."""
    hidden, output = NODES[net.hidden], NODES.get(net.output, "")
    softmax = net.output == "softmax"
    return {
        "h_sums": Formula(
            "h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]",
            "h_sums = inputs @ ih_weights + h_biases",
        ),
        "h_nodes": Formula(f"h_nodes[h] = {hidden.format(z='h_sums[h]')}", f"h_nodes = {hidden.format(z='h_sums')}"),
        "o_sums": Formula(
            "o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]",
            "o_sums = h_nodes @ ho_weights + o_biases",
        ),
        "o_nodes": Formula(
            "o_nodes[o] = exp(o_sums[o] - largest) / (sum over all o of exp(o_sums[o] - largest))",
            "o_nodes = exp(o_sums - largest) / exp(o_sums - largest).sum()",
        )
        if softmax
        else Formula(f"o_nodes[o] = {output.format(z='o_sums[o]')}", f"o_nodes = {output.format(z='o_sums')}"),
        "loss": loss_of(net),
        "o_deltas": o_deltas_of(net),
        "h_deltas": Formula(
            f"h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o]),  "
            f"f'(z) = {SLOPES[net.hidden].format(z='z')}",
            "h_deltas = f'(h_sums) * (o_deltas @ ho_weights.T)",
        ),
        "gradient": Formula(
            "gradient of source -> target = node[source] * delta[target]; of a bias: delta[target]",
            "gradient = nodes.T @ deltas",
        ),
        "weights": Formula("weight = weight - rate * gradient", "weights = weights - rate * gradient"),
    }


def loss_of(net: Architecture) -> Formula:
    """Return the formula of the loss of one sample."""
    if net.loss != "cross_entropy":
        text = LOSSES[net.loss]
        return Formula(f"loss = {text}", f"loss = {text.replace('sum over o of ', 'sum of ').replace('[o]', '')}")
    if net.output == "softmax":
        return Formula(
            "loss = sum over o of targets[o] * -ln o_nodes[o],  "
            "-ln o_nodes[o] = o_sums[top] - o_sums[o] + log1p(sum over all o but top of exp(o_sums[o] - o_sums[top]))",
            "loss = -(targets * log(o_nodes)).sum()",
        )
    return Formula(
        "loss = sum over o of t * (max(-z, 0) + log1p(exp(-|z|))) + (1 - t) * (max(z, 0) + log1p(exp(-|z|))),  "
        "z = o_sums[o], t = targets[o]",
        "loss = -(t * log(y) + (1 - t) * log(1 - y)).sum(),  y = o_nodes, t = targets",
    )


def o_deltas_of(net: Architecture) -> Formula:
    """Return the formula of the deltas of the output layer."""
    if net.loss == "cross_entropy":
        if net.output == "softmax":
            return Formula(
                "o_deltas[o] = o_nodes[o] * (sum over all o of targets[o]) - targets[o]",
                "o_deltas = o_nodes * targets.sum() - targets",
            )
        return Formula("o_deltas[o] = o_nodes[o] - targets[o]", "o_deltas = o_nodes - targets")
    error = ERRORS[net.loss]
    if net.output == "softmax":
        return Formula(
            f"o_deltas[o] = o_nodes[o] * (e[o] - (sum over all o of e[o] * o_nodes[o])),  e[o] = {error}",
            f"o_deltas = o_nodes * (e - (e * o_nodes).sum()),  e = {error.replace('[o]', '')}",
        )
    slope = SLOPES[net.output]
    return Formula(
        f"o_deltas[o] = ({error}) * g'(o_sums[o]),  g'(z) = {slope.format(z='z')}",
        f"o_deltas = ({error.replace('[o]', '')}) * g'(o_sums)",
    )
