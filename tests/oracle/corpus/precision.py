"""Networks in single precision, wholly or in part, and gradients by differences of the loss."""

from typing import Any

import numpy as np

from tests.oracle.corpus.entry import FINITE_DIFFERENCES, STAGES, answer, entry, flat, matrices, samples

SINGLE = np.float32


def pass_in(case: Any, dtype: Any, backward_dtype: Any = None) -> dict[str, Any]:
    """Return all stages of a sigmoid and softmax network. Deltas and gradient may have another dtype."""
    (W1, b1, W2, b2), (X, T) = matrices(case, dtype), samples(case, dtype)
    z1 = X @ W1 + b1
    h = 1 / (1 + np.exp(-z1))
    z2 = h @ W2 + b2
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    y = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.sum(T * np.log(y), axis=1))
    delta2 = (y - T).astype(backward_dtype or dtype)
    x, w2, a = (array.astype(delta2.dtype) for array in (X, W2, h))
    delta1 = delta2 @ w2.T * (a * (1 - a))
    gradient = flat(x.T @ delta1, delta1.sum(axis=0), a.T @ delta2, delta2.sum(axis=0)) / delta2.dtype.type(len(X))
    return dict(zip(STAGES, (z1, h, z2, y, loss, delta2, delta1, gradient), strict=True))


@entry({}, {"batch": 4})
def single_precision(case):
    """A user of graphics cards: np.float32 throughout."""
    return answer(case, pass_in(case, SINGLE))


@entry({"batch": 4}, {})
def single_precision_from_the_deltas(case):
    """Someone who saves memory: the forward pass in double precision, deltas and gradient in np.float32."""
    return answer(case, pass_in(case, np.float64, SINGLE))


@entry({}, {"batch": 2})
def nine_digits(case):
    """A C programmer with float and "%.9g": single precision, printed as decimals."""
    printed = {name: np.vectorize(lambda v: float(f"{v:.9g}"))(value) for name, value in pass_in(case, SINGLE).items()}
    return answer(case, printed)


@entry({}, stages="gradient weights")
def single_gradient_double_weights(case):
    """A mixed-precision trainer: the gradient in np.float32, the weights kept in double."""
    gradient = pass_in(case, SINGLE)["gradient"].astype(np.float64)
    return answer(case, gradient=gradient, weights=np.array(case.weights) - case.learning_rate * gradient)


def loss_at(case: Any, weights: Any) -> float:
    """Return the loss of a tanh and softmax network with other weights."""
    (W1, b1, W2, b2), (X, T) = matrices({**case, "weights": weights}), samples(case)
    z = np.tanh(X @ W1 + b1) @ W2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return float(-np.log((e / e.sum(axis=1, keepdims=True) * T).sum(axis=1)).mean())


def differences(step: float, central: bool) -> None:
    """Add a network that computes its gradient from differences of the loss."""

    def candidate(case):
        weights = np.array(case.weights)
        start, gradient = loss_at(case, weights), np.zeros_like(weights)
        for k in range(len(weights)):
            kept = weights[k]
            weights[k] = kept + step
            above = loss_at(case, weights)
            weights[k] = kept - step
            gradient[k] = (above - loss_at(case, weights)) / (2 * step) if central else (above - start) / step
            weights[k] = kept
        return answer(case, loss=start, gradient=gradient)

    name = f"{'central' if central else 'forward'}_differences_{step:.0e}".replace("-", "_")
    settings = ({"hidden": "tanh"}, {"hidden": "tanh", "batch": 2})
    entry(*settings, stages="loss gradient", name=name, convention=FINITE_DIFFERENCES)(candidate)


differences(1e-4, central=True)  # a course's gradient check
differences(1e-5, central=True)  # another course's gradient check
differences(1e-7, central=True)  # someone who thinks smaller is better
differences(1e-5, central=False)  # a beginner
differences(1e-8, central=False)  # the default of an optimization library
