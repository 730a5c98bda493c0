"""The true stages of a case, to a hundred decimal digits, from textbook formulas that share no code with the packages.

These Decimals never overflow. A textbook formula that loses too many digits (1 - y, ln(1 + x), tanh near 0) is replaced by
an equal formula that keeps the digits.
"""

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext

from tests.draws import Draw

STAGES = ("h_sums", "h_nodes", "o_sums", "o_nodes", "loss", "o_deltas", "h_deltas", "gradient")
DIGITS = Context(prec=100, Emin=MIN_EMIN, Emax=MAX_EMAX)
WHOLE = Context(prec=2400, Emin=MIN_EMIN, Emax=MAX_EMAX)  # holds a product of two doubles, whatever their exponents


def weighted_sum(nodes, weights, bias):
    """Return bias + sum of nodes*weights, exactly."""
    total = bias
    for node, weight in zip(nodes, weights, strict=True):
        total = WHOLE.fma(node, weight, total)
    return total


def log1p(x):
    """Return ln(1 + x). Near 0, two terms of its series give a hundred digits."""
    return (1 + x).ln() if abs(x) > Decimal("1e-50") else x - x * x / 2


def sigmoid(z):
    return 1 / (1 + (-z).exp())


def tanh(z):
    if abs(z) < Decimal("1e-30"):
        return z - z**3 / 3
    return (z.exp() - (-z).exp()) / (z.exp() + (-z).exp())


# The value and the derivative of each activation.
ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (tanh, lambda z: 4 / (z.exp() + (-z).exp()) ** 2),
    "relu": (lambda z: max(z, Decimal(0)), lambda z: Decimal(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: Decimal(1) if z > 0 else Decimal(1) / 100),
    "identity": (lambda z: z, lambda z: Decimal(1)),
}


def sample_loss(case, z, y, t):
    """Return the loss of one sample. For softmax, -ln y_o is ln(1 + sum over j != o of exp(z_j - z_o))."""
    outputs = range(case.n_outputs)
    if case.loss != "cross_entropy":
        return loss_factor(case.loss, case.n_outputs) * sum((y[o] - t[o]) ** 2 for o in outputs)
    if case.output == "softmax":
        return sum(t[o] * log1p(sum(((z[j] - z[o]).exp() for j in outputs if j != o), Decimal(0))) for o in outputs)
    return sum(t[o] * log1p((-z[o]).exp()) + (1 - t[o]) * log1p(z[o].exp()) for o in outputs)


def loss_factor(loss, n_outputs):
    return Decimal(1) / {"half_squared_error": 2, "squared_error": 1, "mean_squared_error": n_outputs}[loss]


def output_deltas(case, loss, z, y, t):
    """Return d loss / d z_o. For softmax with a squared error: sum over j of y_o*y_j*(g_o - g_j), with g = d loss / d y."""
    outputs = range(case.n_outputs)
    if loss == "cross_entropy":
        total = sum(t) if case.output == "softmax" else 1
        return [y[o] * total - t[o] for o in outputs]
    g = [2 * loss_factor(loss, case.n_outputs) * (y[o] - t[o]) for o in outputs]
    if case.output == "softmax":
        return [sum(y[o] * y[j] * (g[o] - g[j]) for j in outputs) for o in outputs]
    return [g[o] * ACTIVATIONS[case.output][1](z[o]) for o in outputs]


def truth_of(case: Draw) -> dict[str, list[Decimal]]:
    """Return every stage as one flat list, sample by sample. The loss is a list with one number."""
    with localcontext(DIGITS):
        weights, l2 = [Decimal(w) for w in case.weights], Decimal(case.l2)
        ni, nh, no = case.n_inputs, case.n_hidden, case.n_outputs
        ih, hb = [weights[i * nh : (i + 1) * nh] for i in range(ni)], weights[ni * nh : (ni + 1) * nh]
        ho_at = (ni + 1) * nh
        ho, ob = [weights[ho_at + h * no : ho_at + (h + 1) * no] for h in range(nh)], weights[ho_at + nh * no :]
        node, slope = ACTIVATIONS[case.hidden]
        stages = {stage: [] for stage in STAGES}
        gradient, loss = [Decimal(0)] * len(weights), Decimal(0)
        for s in range(len(case.inputs)):
            x, t = [Decimal(number) for number in case.inputs[s]], [Decimal(number) for number in case.targets[s]]
            h_sums = [weighted_sum(x, column, bias) for column, bias in zip(zip(*ih, strict=True), hb, strict=True)]
            h_nodes = [node(z) for z in h_sums]
            o_sums = [weighted_sum(h_nodes, column, bias) for column, bias in zip(zip(*ho, strict=True), ob, strict=True)]
            if case.output == "softmax":
                powers = [z.exp() for z in o_sums]
                o_nodes = [power / sum(powers) for power in powers]
            else:
                o_nodes = [ACTIVATIONS[case.output][0](z) for z in o_sums]
            loss += sample_loss(case, o_sums, o_nodes, t)
            splitting = case.rule == "error_splitting"
            o_deltas = output_deltas(case, "half_squared_error" if splitting else case.loss, o_sums, o_nodes, t)
            errors = [o_nodes[o] - t[o] for o in range(no)] if splitting else o_deltas
            h_deltas = [slope(h_sums[h]) * sum(ho[h][o] * errors[o] for o in range(no)) for h in range(nh)]
            sample_gradient = [a * delta for a in [*x, 1] for delta in h_deltas]
            sample_gradient += [a * delta for a in [*h_nodes, 1] for delta in o_deltas]
            gradient = [total + part for total, part in zip(gradient, sample_gradient, strict=True)]
            for stage, numbers in zip(STAGES, (h_sums, h_nodes, o_sums, o_nodes, [], o_deltas, h_deltas), strict=False):
                stages[stage] += numbers
        n = len(case.inputs) if case.reduction == "mean" else 1
        penalised = [*range(ni * nh), *range(ho_at, ho_at + nh * no)]
        stages["loss"] = [loss / n + l2 / 2 * sum(weights[p] ** 2 for p in penalised)]
        stages["gradient"] = [total / n for total in gradient]
        for p in penalised:
            stages["gradient"][p] += l2 * weights[p]
        return stages
