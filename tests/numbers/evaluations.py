"""Correct ways to compute a case (evaluations): each package, and loops that add in several orders.

An evaluation returns every stage as a flat list of floats, and leaves out a stage in which a number overflows.
"""

import math
import random
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import numpy as np

import reference
import vectorized
from tests.draws import Draw
from tests.truth import STAGES

Stages = dict[str, list[float]]


def network_of(package: Any, case: Draw, weights: list, **settings: Any) -> Any:
    """Return the network of a case in one of the packages."""
    sizes = case.n_inputs, case.n_hidden, case.n_outputs
    return package.NeuralNetwork(*sizes, hidden=case.hidden, output=case.output, loss=case.loss, weights=weights, **settings)


def answers_of(network: Any, case: Draw, refusal: type[Exception]) -> dict[str, list]:
    """Return the stages that a network can compute for a case without raising `refusal`."""
    settings: dict[str, Any] = {"reduction": case.reduction, "l2": case.l2}
    answers: dict[str, list] = {}
    for stages, ask in (
        (STAGES[:4], lambda: network.forward(case.inputs)),
        (STAGES[4:], lambda: network.backward(case.inputs, case.targets, rule=case.rule, **settings)),
        (STAGES[4:5], lambda: [network.loss_of(case.inputs, case.targets, **settings)]),
    ):
        if stages[0] not in answers:
            with suppress(refusal):
                answers |= {stage: flat(answer) for stage, answer in zip(stages, ask(), strict=True)}
    return answers


def flat(answer: Any) -> list:
    """Return a number, a list, rows or an array as a flat list."""
    if isinstance(answer, np.ndarray):
        return answer.ravel().tolist()
    return [number for part in answer for number in flat(part)] if isinstance(answer, list) else [answer]


def loops(case: Draw) -> Stages:
    """Evaluate a case with `reference`, in the precision of the case."""
    make = np.float32 if case.precision == "float32" else float
    answers = answers_of(network_of(reference, case, [make(w) for w in case.weights]), case, FloatingPointError)
    return {stage: [float(number) for number in numbers] for stage, numbers in answers.items()}


def matrices(case: Draw) -> Stages:
    """Evaluate a case with `vectorized`, in the precision of the case."""
    return answers_of(network_of(vectorized, case, case.weights, dtype=case.precision), case, FloatingPointError)


def forward_sum(terms: list) -> Any:
    total = terms[0] if terms else 0.0
    for term in terms[1:]:
        total += term
    return total


def pairwise_sum(terms: list) -> Any:
    half = len(terms) // 2
    return pairwise_sum(terms[:half]) + pairwise_sum(terms[half:]) if half else forward_sum(terms)


def exact_sum(terms: list) -> Any:
    try:
        return type(terms[0])(math.fsum(terms)) if terms else 0.0
    except (OverflowError, ValueError):  # terms are infinite, or a partial sum overflows
        return math.inf


@cache
def random_order(n: int) -> list[int]:
    return random.Random(n).sample(range(n), n)


def shuffled_sum(terms: list) -> Any:
    return forward_sum([terms[at] for at in random_order(len(terms))])


class Style(NamedTuple):
    """How the loops of this file add.

    total : the function that computes every sum
    bias_first : whether the bias is the first term of its sum, or the last
    where_mean : where the gradient of a mean loss gets its 1/n: "divide" divides the sums by n, "reciprocal" multiplies the
        sums by 1/n, "early" multiplies the deltas by 1/n
    """

    total: Callable[[list], Any]
    bias_first: bool
    where_mean: str


def node_and_slope(name: str, z: Any, make: Any) -> tuple[Any, Any]:
    if name == "identity":
        return z, make(1)
    if name == "relu":
        return (z, make(1)) if z > 0 else (make(0), make(0))
    if name == "leaky_relu":
        return (z, make(1)) if z > 0 else (z * make(0.01), make(0.01))
    e = make(math.exp(-abs(z)))
    if name == "sigmoid":
        return (1 if z > 0 else e) / (1 + e), e / ((1 + e) * (1 + e))
    if name != "tanh":
        raise KeyError(name)
    return make(math.tanh(z)), e * e * 4 / ((1 + e * e) * (1 + e * e))


def softmax(z: list, make: Any, total: Callable[[list], Any]) -> list:
    powers = [make(math.exp(each - max(z))) for each in z]
    divisor = total(powers)
    return [power / divisor for power in powers]


def sample_loss(case: Draw, z: list, y: list, t: list, make: Any, total: Callable[[list], Any]) -> Any:
    outputs = range(case.n_outputs)
    if case.loss != "cross_entropy":
        divisor = {"half_squared_error": 2, "squared_error": 1, "mean_squared_error": case.n_outputs}[case.loss]
        return total([(y[o] - t[o]) * (y[o] - t[o]) for o in outputs]) / divisor
    if case.output == "softmax":
        top = z.index(max(z))
        rest = make(math.log1p(total([make(math.exp(z[o] - z[top])) for o in outputs if o != top])))
        return total([t[o] * ((z[top] - z[o]) + rest) for o in outputs if t[o] != 0])
    rests = [make(math.log1p(make(math.exp(-abs(z[o]))))) for o in outputs]
    return total(rests + [t[o] * max(-z[o], make(0)) + (1 - t[o]) * max(z[o], make(0)) for o in outputs])


def output_deltas(case: Draw, y: list, slopes: list, t: list, make: Any, total: Callable[[list], Any]) -> list:
    outputs, loss = range(case.n_outputs), case.loss
    if loss == "cross_entropy":
        target_sum = total(t) if case.output == "softmax" else make(1)
        return [y[o] * target_sum - t[o] for o in outputs]
    factor = make({"half_squared_error": 1, "squared_error": 2, "mean_squared_error": 2 / case.n_outputs}[loss])
    g = [(y[o] - t[o]) * factor for o in outputs]
    if case.output == "softmax":
        return [total([g[j] * (y[j] * (int(j == o) - y[o])) for j in outputs]) for o in outputs]
    return [g[o] * slopes[o] for o in outputs]


def passes(case: Draw, make: Any, style: Style) -> dict[str, list]:
    """Return every stage. `make` converts each number to the precision."""
    ni, nh, no, n, total = case.n_inputs, case.n_hidden, case.n_outputs, len(case.inputs), style.total
    weights, l2 = [make(w) for w in case.weights], make(case.l2)
    at = (ni + 1) * nh
    ih, hb = [weights[h : ni * nh : nh] for h in range(nh)], weights[ni * nh : at]
    ho, ob = [weights[at + o : at + nh * no : no] for o in range(no)], weights[at + nh * no :]

    def weighted_sum(nodes: list, column: list, bias: Any) -> Any:
        terms = [node * weight for node, weight in zip(nodes, column, strict=True)]
        return total([bias, *terms] if style.bias_first else [*terms, bias])

    stages: dict[str, list] = {stage: [] for stage in STAGES}
    losses, parts = [], []
    share = make(1) if case.reduction == "sum" else 1 / make(n)
    early = share if style.where_mean == "early" else make(1)
    splitting = case.rule == "error_splitting"
    for s in range(n):
        x, t = [make(number) for number in case.inputs[s]], [make(number) for number in case.targets[s]]
        h_sums = [weighted_sum(x, column, bias) for column, bias in zip(ih, hb, strict=True)]
        h_nodes, h_slopes = zip(*(node_and_slope(case.hidden, z, make) for z in h_sums), strict=True)
        o_sums = [weighted_sum(h_nodes, column, bias) for column, bias in zip(ho, ob, strict=True)]
        if case.output == "softmax":
            o_nodes, o_slopes = softmax(o_sums, make, total), []
        else:
            o_nodes, o_slopes = zip(*(node_and_slope(case.output, z, make) for z in o_sums), strict=True)
        losses.append(sample_loss(case, o_sums, o_nodes, t, make, total))
        case_of_deltas = case._replace(loss="half_squared_error") if splitting else case
        o_deltas = output_deltas(case_of_deltas, o_nodes, o_slopes, t, make, total)
        errors = [o_nodes[o] - t[o] for o in range(no)] if splitting else o_deltas
        h_deltas = [total([ho[o][h] * h_slopes[h] * errors[o] for o in range(no)]) for h in range(nh)]
        parts.append([])
        for nodes, deltas in ((x, h_deltas), (h_nodes, o_deltas)):
            scaled_deltas = [delta * early for delta in deltas]
            parts[s] += [node * delta for node in nodes for delta in scaled_deltas] + scaled_deltas
        for stage, numbers in zip(STAGES, (h_sums, h_nodes, o_sums, o_nodes, [], o_deltas, h_deltas), strict=False):
            stages[stage] += numbers
    gradient = [total(list(column)) for column in zip(*parts, strict=True)]
    if style.where_mean == "divide" and case.reduction == "mean":
        gradient = [g / n for g in gradient]
    if style.where_mean == "reciprocal":
        gradient = [g * share for g in gradient]
    loss = total(losses) * share
    if l2 != 0:
        penalised = [*range(ni * nh), *range(at, at + nh * no)]
        loss += l2 / 2 * total([weights[p] * weights[p] for p in penalised])
        for p in penalised:
            gradient[p] += l2 * weights[p]
    return stages | {"loss": [loss], "gradient": gradient}


def evaluation_in(style: Style) -> Callable[[Draw], Stages]:
    """Return an evaluation by the loops of this file, in the precision of the case."""

    def evaluation(case: Draw) -> Stages:
        with np.errstate(all="ignore"):
            stages = passes(case, np.float32 if case.precision == "float32" else float, style)
        floats = {stage: [float(number) for number in numbers] for stage, numbers in stages.items()}
        return {stage: numbers for stage, numbers in floats.items() if all(map(math.isfinite, numbers))}

    return evaluation


EVALUATIONS: dict[str, Callable[[Draw], Stages]] = {
    "loops": loops,
    "matrices": matrices,
    "reversed": evaluation_in(Style(lambda terms: forward_sum(terms[::-1]), False, "divide")),
    "sorted, bias first": evaluation_in(Style(lambda terms: forward_sum(sorted(terms)), True, "reciprocal")),
    "shuffled": evaluation_in(Style(shuffled_sum, False, "early")),
    "pairwise, bias first": evaluation_in(Style(pairwise_sum, True, "early")),
    "fsum": evaluation_in(Style(exact_sum, False, "reciprocal")),
}
