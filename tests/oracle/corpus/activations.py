"""Activations in the forms in which people write them. The rest of the network is the same."""

from typing import Any

import numpy as np
from numpy import exp

from tests.oracle.corpus.entry import answer, entry, flat, matrices, samples


def network(case: Any, f: Any, slope: Any, head: Any) -> dict[str, Any]:
    """Return all stages.

    `slope(z, a)` is the derivative of `f` at the sum z with the node a; `head(z, t)` returns outputs, losses and deltas.
    """
    (W1, b1, W2, b2), (x, t) = matrices(case), samples(case)
    z1 = x @ W1 + b1
    a1 = f(z1)
    z2 = a1 @ W2 + b2
    y, losses, d2 = head(z2, t)
    d1 = d2 @ W2.T * slope(z1, a1)
    n = len(x) if case.reduction == "mean" else 1
    gradient = flat(x.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)) / n
    return answer(
        case, h_sums=z1, h_nodes=a1, o_sums=z2, o_nodes=y, loss=np.sum(losses) / n, o_deltas=d2, h_deltas=d1, gradient=gradient
    )


def softmax_head(z: Any, t: Any) -> tuple[Any, Any, Any]:
    """Softmax and cross-entropy, by the logarithm of the sum."""
    shifted = z - z.max(1, keepdims=True)
    log_y = shifted - np.log(exp(shifted).sum(1, keepdims=True))
    return exp(log_y), -(t * log_y).sum(1), exp(log_y) - t


def squared_head(z: Any, t: Any) -> tuple[Any, Any, Any]:
    """Identity and half the squared error."""
    return z, 0.5 * ((z - t) ** 2).sum(1), z - t


def logistic(z: Any) -> Any:
    return 1 / (1 + exp(-z))


@entry({"hidden": "sigmoid"})
def sigmoid_by_tanh(case):
    """A numerical analyst: 0.5*(1+tanh(z/2)) never overflows."""
    return network(case, lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda z, a: a * (1 - a), softmax_head)


@entry({"output": "sigmoid"}, {"output": "sigmoid", "batch": 3}, stages="o_nodes loss gradient")
def sigmoid_by_tanh_twice(case):
    """The same formula in both layers."""
    (W1, b1, W2, b2), (x, t) = matrices(case), samples(case)
    a1 = 0.5 * (1 + np.tanh((x @ W1 + b1) / 2))
    y = 0.5 * (1 + np.tanh((a1 @ W2 + b2) / 2))
    d2 = (y - t) * (y - y * y)
    d1 = d2 @ W2.T * (a1 - a1 * a1)
    gradient = flat(x.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)) / len(x)
    return answer(case, o_nodes=y, loss=((y - t) ** 2).sum() / (2 * len(x)), gradient=gradient)


@entry({"hidden": "sigmoid"}, {"hidden": "sigmoid", "batch": 3})
def sigmoid_exp_over_one_plus_exp(case):
    """A statistician: the inverse logit e^z/(1+e^z), with slope e^z/(1+e^z)^2."""
    return network(case, lambda z: exp(z) / (1 + exp(z)), lambda z, a: exp(z) / (1 + exp(z)) ** 2, softmax_head)


@entry({"hidden": "sigmoid"})
def sigmoid_slope_with_exponentials(case):
    """A student who derived it by the quotient rule: slope e^-z/(1+e^-z)^2."""
    return network(case, logistic, lambda z, a: exp(-z) / (1 + exp(-z)) ** 2, softmax_head)


@entry({"hidden": "sigmoid", "output": "identity"})
def sigmoid_by_sign(case):
    """A reader of a post on overflow: where(z >= 0, 1/(1+e^-z), e^z/(1+e^z)) over arrays."""

    def stable(z):
        return np.where(z >= 0, 1 / (1 + exp(-z)), exp(z) / (1 + exp(z)))

    return network(case, stable, lambda z, a: stable(z) * (1 - stable(z)), squared_head)


@entry({"hidden": "sigmoid"})
def sigmoid_of_absolute_value(case):
    """The author of a stable kernel: e^-|z| in both branches, and slope s(z)*s(-z)."""

    def stable(z):
        e = exp(-np.abs(z))
        return np.where(z < 0, e, 1) / (1 + e)

    return network(case, stable, lambda z, a: stable(z) * stable(-z), softmax_head)


@entry({"hidden": "sigmoid"})
def sigmoid_with_clipped_argument(case):
    """Someone who met an overflow warning: clip z to -500..500 before exp."""
    return network(case, lambda z: 1 / (1 + exp(-np.clip(z, -500, 500))), lambda z, a: a * (1 - a), softmax_head)


@entry({"hidden": "sigmoid"}, needs=("scipy",))
def sigmoid_expit(case):
    """A SciPy user: expit."""
    from scipy.special import expit

    return network(case, expit, lambda z, a: expit(z) * (1 - expit(z)), softmax_head)


@entry({"hidden": "tanh"})
def tanh_by_exponentials(case):
    """A beginner: (e^z - e^-z)/(e^z + e^-z), slope 1 - a**2."""
    return network(case, lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)), lambda z, a: 1 - a**2, softmax_head)


@entry({"hidden": "tanh"})
def tanh_by_sigmoid(case):
    """A recurrent-network author: 2*sigmoid(2z) - 1, slope (1-a)*(1+a)."""
    return network(case, lambda z: 2 * logistic(2 * z) - 1, lambda z, a: (1 - a) * (1 + a), softmax_head)


@entry({"hidden": "tanh"})
def tanh_by_one_exponential(case):
    """A C programmer: (e^2z - 1)/(e^2z + 1), slope 1 - np.tanh(z)**2."""
    return network(case, lambda z: (exp(2 * z) - 1) / (exp(2 * z) + 1), lambda z, a: 1 - np.tanh(z) ** 2, softmax_head)


@entry({"hidden": "tanh", "output": "identity"})
def tanh_slope_by_cosh(case):
    """A mathematician: the slope is 1/cosh(z)**2."""
    return network(case, np.tanh, lambda z, a: 1 / np.cosh(z) ** 2, squared_head)


@entry({"hidden": "tanh"})
def tanh_slope_by_exponentials(case):
    """A mathematician without cosh: the slope is 4/(e^z + e^-z)^2."""
    return network(case, np.tanh, lambda z, a: 4 / (exp(z) + exp(-z)) ** 2, softmax_head)


@entry({"hidden": "relu"})
def relu_maximum(case):
    """Nearly everyone: np.maximum(0, z), slope (z > 0).astype(float)."""
    return network(case, lambda z: np.maximum(0, z), lambda z, a: (z > 0).astype(float), softmax_head)


@entry({"hidden": "relu", "output": "identity"})
def relu_mask(case):
    """Someone who likes short code: z * (z > 0), slope 1 * (a > 0)."""
    return network(case, lambda z: z * (z > 0), lambda z, a: 1 * (a > 0), squared_head)


@entry({"hidden": "relu"})
def relu_absolute(case):
    """Someone who avoids conditions: (|z| + z) / 2, slope (sign(z) + 1) / 2, which is one half at 0."""
    return network(case, lambda z: (abs(z) + z) / 2, lambda z, a: (np.sign(z) + 1) / 2, softmax_head)


@entry({"hidden": "relu"})
def relu_slope_one_at_zero(case):
    """Someone who writes where(z >= 0, 1, 0), so the slope at 0 is 1."""
    return network(case, lambda z: np.where(z >= 0, z, 0), lambda z, a: np.where(z >= 0, 1, 0), softmax_head)


@entry({"hidden": "leaky_relu"})
def leaky_where(case):
    """A tutorial: np.where(z > 0, z, z * 0.01), slope np.where(z > 0, 1, 0.01)."""
    return network(case, lambda z: np.where(z > 0, z, z * 0.01), lambda z, a: np.where(z > 0, 1, 0.01), softmax_head)


@entry({"hidden": "leaky_relu"})
def leaky_maximum(case):
    """A short answer in a forum: np.maximum(0.01 * z, z), slope by ones_like and dx[z < 0] = 0.01, so 1 at 0."""

    def slope(z, a):
        dx = np.ones_like(z)
        dx[z < 0] = 0.01
        return dx

    return network(case, lambda z: np.maximum(0.01 * z, z), slope, softmax_head)


@entry({"hidden": "leaky_relu", "output": "identity"})
def leaky_two_parts(case):
    """A reader of the PReLU paper: max(0, z) + 0.01*min(0, z), slope (z > 0) + 0.01*(z <= 0)."""
    return network(
        case, lambda z: np.maximum(0, z) + 0.01 * np.minimum(0, z), lambda z, a: (z > 0) + 0.01 * (z <= 0), squared_head
    )


@entry({"hidden": "leaky_relu"})
def leaky_hundredth(case):
    """A writer of loops by np.vectorize: z / 100 in place of 0.01 * z."""
    f = np.vectorize(lambda z: z if z > 0 else z / 100, otypes=[float])
    return network(case, f, np.vectorize(lambda z, a: 1.0 if z > 0 else 1 / 100, otypes=[float]), softmax_head)


@entry({"hidden": "identity", "output": "leaky_relu"}, {"hidden": "sigmoid", "output": "relu", "loss": "squared_error"})
def slope_of_the_output_too(case):
    """Someone with a table of functions and slopes, used in both layers."""
    table = {
        "identity": (lambda z: z, lambda z, a: np.ones_like(z)),
        "sigmoid": (logistic, lambda z, a: a * (1 - a)),
        "relu": (lambda z: np.clip(z, 0, None), lambda z, a: np.heaviside(z, 0)),
        "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z, a: np.where(z > 0, 1, 0.01)),
    }
    g, g_slope = table[case.output]
    factor = 1 if case.loss == "squared_error" else 0.5

    def head(z, t):
        y = g(z)
        return y, factor * ((y - t) ** 2).sum(1), factor * 2 * (y - t) * g_slope(z, y)

    return network(case, *table[case.hidden], head)
