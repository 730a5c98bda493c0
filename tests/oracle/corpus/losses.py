"""Softmax, cross-entropy and their derivatives in the forms in which people write them."""

from typing import Any

import numpy as np

from tests.oracle.corpus.activations import logistic, network
from tests.oracle.corpus.entry import entry

SIGMOIDS = {"output": "sigmoid", "loss": "cross_entropy"}


def with_head(case: Any, head: Any) -> Any:
    """Return all stages of a network with sigmoid hidden nodes."""
    return network(case, logistic, lambda z, a: a * (1 - a), head)


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@entry({}, {"batch": 3})
def softmax_without_maximum(case):
    """A textbook that prints the formula as it stands: e^z / sum(e^z)."""

    def head(z, t):
        y = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
        return y, -np.sum(t * np.log(y), axis=1), y - t

    return with_head(case, head)


@entry({"hidden": "relu"}, {"hidden": "relu", "batch": 3})
def softmax_that_overflows(case):
    """The same textbook with ReLU: e^z is infinite from 710 on, and the outputs are NaN."""

    def head(z, t):
        y = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
        return y, -np.log(y[t == 1]), y - t

    return network(case, lambda z: np.maximum(0, z), lambda z, a: z > 0, head)


@entry({"hidden": "relu"}, {"hidden": "relu", "batch": 3})
def zero_times_log_of_zero(case):
    """A reader of a formula: t * log(y) over all classes, NaN where an output underflows to 0 and its target is 0."""

    def head(z, t):
        y = softmax(z)
        return y, -np.sum(t * np.log(y), axis=1), y - t

    return network(case, lambda z: np.maximum(0, z), lambda z, a: z > 0, head)


@entry({}, {"batch": 3})
def softmax_with_maximum(case):
    """The careful version: the maximum of each row is subtracted, then -sum(t * log(y))."""

    def head(z, t):
        y = softmax(z)
        return y, -np.sum(t * np.log(y), axis=1), y - t

    return with_head(case, head)


@entry({})
def softmax_of_global_maximum(case):
    """Someone in a hurry: the maximum of the whole array is subtracted."""

    def head(z, t):
        e = np.exp(z - np.max(z))
        y = (e.T / e.sum(axis=1)).T
        return y, -np.log((y * t).sum(axis=1)), y - t

    return with_head(case, head)


@entry({}, {"batch": 4, "reduction": "sum"})
def log_softmax_and_nll(case):
    """A PyTorch reader in NumPy: log_softmax, then the negative log-likelihood of the class number."""

    def head(z, t):
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        label = t.argmax(axis=1)
        return np.exp(log_p), -log_p[np.arange(len(z)), label], np.exp(log_p) - np.eye(t.shape[1])[label]

    return with_head(case, head)


@entry({}, {"batch": 4})
def log_sum_exp(case):
    """A statistician: the loss is logsumexp(z) - z[class], and outputs are exp(z - logsumexp(z))."""

    def head(z, t):
        lse = np.logaddexp.reduce(z, axis=1, keepdims=True)
        y = np.exp(z - lse)
        return y, lse[:, 0] - (t * z).sum(axis=1), y - t

    return with_head(case, head)


@entry({}, needs=("scipy",))
def scipy_softmax(case):
    """A SciPy user: softmax and xlogy."""
    from scipy.special import softmax as scipy_softmax
    from scipy.special import xlogy

    def head(z, t):
        y = scipy_softmax(z, axis=1)
        return y, -xlogy(t, y).sum(axis=1), y - t

    return with_head(case, head)


def epsilon_in_the_logarithm(epsilon: float) -> None:
    """Add a network with -sum(t * log(y + epsilon)) and delta y - t."""

    def candidate(case):
        def head(z, t):
            y = softmax(z)
            return y, -np.sum(t * np.log(y + epsilon), axis=1), y - t

        return with_head(case, head)

    entry({}, {"batch": 3}, name=f"epsilon_{epsilon:.0e}".replace("-", "_"), epsilon=epsilon)(candidate)


epsilon_in_the_logarithm(1e-15)  # a blog that fears log(0)
epsilon_in_the_logarithm(1e-12)  # a question-and-answer thread
epsilon_in_the_logarithm(1e-10)  # a notebook
epsilon_in_the_logarithm(1e-9)  # another notebook
epsilon_in_the_logarithm(1e-8)  # a course assignment
epsilon_in_the_logarithm(1e-7)  # a well-known Japanese introduction


def jacobian_times(y: Any, dy: Any) -> Any:
    """Return the softmax Jacobian of each sample times a vector."""
    return np.array([(np.diagflat(p) - np.outer(p, p)) @ d for p, d in zip(y, dy, strict=True)])


def derived_epsilon(epsilon: float) -> None:
    """Add a network of someone who derives every line: its delta is the derivative of log(y + epsilon)."""

    def candidate(case):
        def head(z, t):
            y = softmax(z)
            return y, -np.sum(t * np.log(y + epsilon), axis=1), jacobian_times(y, -t / (y + epsilon))

        return with_head(case, head)

    entry({}, {"batch": 3}, name=f"epsilon_{epsilon:.0e}_derived".replace("-", "_"), epsilon=epsilon)(candidate)


derived_epsilon(1e-7)
derived_epsilon(1e-9)
derived_epsilon(1e-15)


@entry({}, {"batch": 3}, epsilon=1e-12)
def epsilon_in_the_jacobian_only(case):
    """Someone who guards only the division: Jacobian times -t/(y + 1e-12), but -log(y)."""

    def head(z, t):
        y = softmax(z)
        return y, -np.sum(t * np.log(y), axis=1), jacobian_times(y, -t / (y + 1e-12))

    return with_head(case, head)


@entry({}, {"batch": 3}, epsilon=2.0**-52)
def clipped_at_float_epsilon(case):
    """A reader of scikit-learn: clip(y, eps, 1 - eps) with the eps of the dtype, delta y - t."""

    def head(z, t):
        y = softmax(z)
        eps = np.finfo(y.dtype).eps
        return y, -np.sum(t * np.log(np.clip(y, eps, 1 - eps)), axis=1), y - t

    return with_head(case, head)


@entry({}, {"batch": 3}, epsilon=1e-15)
def clipped_at_1e_15(case):
    """A reader of older scikit-learn: clip(y, 1e-15, 1 - 1e-15), delta y - t."""

    def head(z, t):
        y = softmax(z)
        return y, -np.sum(t * np.log(np.clip(y, 1e-15, 1 - 1e-15)), axis=1), y - t

    return with_head(case, head)


@entry({}, {"batch": 3}, epsilon=1e-7)
def clipped_at_1e_7(case):
    """A video series on networks from scratch: clip(y, 1e-7, 1 - 1e-7), class numbers, delta y - t."""

    def head(z, t):
        y = softmax(z)
        confidences = np.sum(np.clip(y, 1e-7, 1 - 1e-7) * t, axis=1)
        delta = y.copy()
        delta[range(len(z)), np.argmax(t, axis=1)] -= 1
        return y, -np.log(confidences), delta

    return with_head(case, head)


@entry({}, {"batch": 3}, epsilon=1e-12)
def clipped_from_below(case):
    """Someone who fears only log(0): np.maximum(y, 1e-12), delta y - t."""

    def head(z, t):
        y = softmax(z)
        return y, -np.sum(t * np.log(np.maximum(y, 1e-12)), axis=1), y - t

    return with_head(case, head)


@entry({}, {"batch": 3}, epsilon=1e-7)
def clipped_and_derived(case):
    """A Keras reader: y/sum(y) clipped at 1e-7, and no gradient where an output is clipped."""

    def head(z, t):
        y = softmax(z)
        p = y / y.sum(axis=1, keepdims=True)
        clipped = np.clip(p, 1e-7, 1 - 1e-7)
        inside = (p >= 1e-7) & (p <= 1 - 1e-7)
        return y, -np.sum(t * np.log(clipped), axis=1), jacobian_times(y, -t / clipped * inside)

    return with_head(case, head)


@entry({}, {"batch": 3})
def jacobian_times_t_over_y(case):
    """A student of matrix calculus: diag(y) - y y^T times -t/y."""

    def head(z, t):
        y = softmax(z)
        return y, -np.sum(t * np.log(y), axis=1), jacobian_times(y, -t / y)

    return with_head(case, head)


@entry({}, {"batch": 3})
def softmax_backward_without_matrix(case):
    """A library author: the Jacobian product is y * (dy - sum(dy * y))."""

    def head(z, t):
        y = softmax(z)
        dy = np.where(t != 0, -t / y, 0)
        return y, -np.log(y[t == 1]), y * (dy - np.sum(dy * y, axis=1, keepdims=True))

    return with_head(case, head)


@entry({"loss": "half_squared_error"}, {"loss": "half_squared_error", "batch": 3})
def softmax_squared_error(case):
    """Someone with a squared error on softmax: the Jacobian in a double loop."""

    def head(z, t):
        y = softmax(z)
        error, delta = y - t, np.zeros_like(y)
        for j in range(y.shape[1]):
            for k in range(y.shape[1]):
                delta[:, j] += error[:, k] * (y[:, k] * (1 - y[:, j]) if j == k else -y[:, k] * y[:, j])
        return y, np.sum(error**2, axis=1) / 2, delta

    return with_head(case, head)


@entry(SIGMOIDS, {**SIGMOIDS, "batch": 3})
def binary_dl_dy_times_slope(case):
    """A follower of the chain rule: (y-t)/(y(1-y)) times y(1-y)."""

    def head(z, t):
        y = logistic(z)
        dL_dy = (y - t) / (y * (1 - y))
        return y, -(t * np.log(y) + (1 - t) * np.log(1 - y)).sum(axis=1), dL_dy * (y * (1 - y))

    return with_head(case, head)


@entry(SIGMOIDS)
def binary_two_fractions(case):
    """A well-known online course, general version: -(t/y - (1-t)/(1-y)), then times the slope of the sigmoid at z."""

    def head(z, t):
        y = logistic(z)
        dA = -(np.divide(t, y) - np.divide(1 - t, 1 - y))
        s = 1 / (1 + np.exp(-z))
        return y, -(t * np.log(y) + (1 - t) * np.log(1 - y)).sum(axis=1), dA * s * (1 - s)

    return with_head(case, head)


@entry(SIGMOIDS, {**SIGMOIDS, "batch": 3}, epsilon=1e-8)
def binary_epsilon(case):
    """A notebook: an epsilon of 1e-8 in both logarithms, delta y - t."""

    def head(z, t):
        y = logistic(z)
        return y, -(t * np.log(y + 1e-8) + (1 - t) * np.log(1 - y + 1e-8)).sum(axis=1), y - t

    return with_head(case, head)


@entry(SIGMOIDS, epsilon=1e-15)
def binary_clipped(case):
    """A notebook: clip(y, 1e-15, 1 - 1e-15), delta (p-t)/(p(1-p)) of the clipped outputs p, times y(1-y)."""

    def head(z, t):
        y = logistic(z)
        p = np.clip(y, 1e-15, 1 - 1e-15)
        return y, -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=1), (p - t) / (p * (1 - p)) * (y * (1 - y))

    return with_head(case, head)


@entry(SIGMOIDS)
def binary_nan_to_num(case):
    """An online book: np.nan_to_num of each output's loss, so that 0*log(0) is 0."""

    def head(z, t):
        y = logistic(z)
        return y, np.sum(np.nan_to_num(-t * np.log(y) - (1 - t) * np.log(1 - y)), axis=1), y - t

    return with_head(case, head)


@entry(SIGMOIDS, {**SIGMOIDS, "batch": 3})
def binary_from_sums(case):
    """A framework's author: max(z, 0) - z*t + log1p(exp(-|z|)) from the sums."""

    def head(z, t):
        return logistic(z), (np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))).sum(axis=1), logistic(z) - t

    return with_head(case, head)


@entry(SIGMOIDS)
def binary_by_softplus(case):
    """A Bayesian: logaddexp(0, z) - t*z, the softplus."""

    def head(z, t):
        return logistic(z), (np.logaddexp(0, z) - t * z).sum(axis=1), logistic(z) - t

    return with_head(case, head)


@entry(SIGMOIDS)
def binary_where(case):
    """A beginner with labels of 0 and 1: -log(y) where the label is 1, else -log(1 - y)."""

    def head(z, t):
        y = logistic(z)
        return y, -np.where(t == 1, np.log(y), np.log(1 - y)).sum(axis=1), y - t

    return with_head(case, head)
