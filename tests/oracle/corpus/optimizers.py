"""Optimizer steps in many forms, all with the same results as the reference."""

from typing import Any

import numpy as np

from reference import SGD, Adam, RMSProp
from tests.oracle.corpus.entry import answer, entry, flat, n_steps, rows_or_one, samples, split

PLAIN = {"batch": 3}
MOMENTUM = {"optimizer": SGD(momentum=0.75), "batch": 3}
NESTEROV = {"optimizer": SGD(momentum=0.75, nesterov=True), "batch": 3}
RMSPROP = {"optimizer": RMSProp(decay=0.875, epsilon=2.0**-10), "batch": 3}
ADAM = {"optimizer": Adam(epsilon=2.0**-10), "batch": 3}


def steps(setting: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return a setting for one step, for three steps, and for one sample at a time."""
    return setting, {**setting, "steps": 3}, {**setting, "batch": None}


def with_steps(*settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each setting with a batch of 3, for one step and for three steps."""
    return [{"batch": 3, **setting, **more} for setting in settings for more in ({}, {"steps": 3})]


def gradient_of(case: Any, weights: Any) -> Any:
    """Return the gradient of a sigmoid and softmax network at these weights."""
    (W1, b1, W2, b2), (X, T) = split(case, weights), samples(case)
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    z = h @ W2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    d2 = (e / e.sum(axis=1, keepdims=True) - T) / len(X)
    d1 = d2 @ W2.T * h * (1 - h)
    return flat(X.T @ d1 + case.l2 * W1, d1.sum(axis=0), h.T @ d2 + case.l2 * W2, d2.sum(axis=0))


def train(case: Any, step: Any) -> dict[str, Any]:
    """Return the first gradient, and the weights after each step. `step(w, g, t, rate)` returns the new weights."""
    weights, first, rows = np.array(case.weights), None, []
    for t in range(1, n_steps(case) + 1):
        gradient = gradient_of(case, weights)
        first = gradient if first is None else first
        weights = step(weights, gradient, t, case.learning_rate)
        rows.append(weights)
    return answer(case, gradient=first, weights=rows_or_one(rows))


def optimizer(setting: dict[str, Any], **more: Any) -> Any:
    """Add a network that answers its first gradient, and its weights after each step."""
    return entry(*steps(setting), stages="gradient weights", **more)


@optimizer({**PLAIN, "l2": 0.0625})
def gradient_descent(case):
    """Everyone: w - rate*g, with the penalty in the gradient."""
    return train(case, lambda w, g, t, rate: w - rate * g)


@optimizer({**PLAIN, "l2": 0.0625})
def shrink_then_step(case):
    """A statistician: the matrices are multiplied by 1 - rate*l2, then the step without penalty follows."""

    def step(w, g, t, rate):
        W1, b1, W2, b2 = split(case, w)
        penalty = flat(W1, 0 * b1, W2, 0 * b2)
        shrunk = flat(W1 * (1 - rate * case.l2), b1, W2 * (1 - rate * case.l2), b2)
        return shrunk - rate * (g - case.l2 * penalty)

    return train(case, step)


@optimizer(MOMENTUM)
def momentum_velocity(case):
    """The physicist's picture: v = momentum*v - rate*g, w += v."""
    v = np.zeros(len(case.weights))

    def step(w, g, t, rate):
        v[:] = case.optimizer["momentum"] * v - rate * g
        return w + v

    return train(case, step)


@optimizer(MOMENTUM)
def momentum_buffer(case):
    """A PyTorch reader: buf = momentum*buf + g, then w - rate*buf; the first buffer is the gradient."""
    state = {}

    def step(w, g, t, rate):
        state["buf"] = case.optimizer["momentum"] * state["buf"] + g if "buf" in state else g.copy()
        return w - rate * state["buf"]

    return train(case, step)


@optimizer(MOMENTUM)
def momentum_of_last_change(case):
    """An old textbook: the change is -rate times the gradient plus momentum times the last change of the weights."""
    history = [np.array(case.weights)]

    def step(w, g, t, rate):
        new = w - rate * g + case.optimizer["momentum"] * (w - history[-1])
        history.append(w)
        return new

    return train(case, step)


@optimizer(NESTEROV)
def nesterov_of_the_new_velocity(case):
    """A Keras reader: v = momentum*v - rate*g, w += momentum*v - rate*g."""
    v = np.zeros(len(case.weights))

    def step(w, g, t, rate):
        v[:] = case.optimizer["momentum"] * v - rate * g
        return w + case.optimizer["momentum"] * v - rate * g

    return train(case, step)


@optimizer(NESTEROV)
def nesterov_with_previous_velocity(case):
    """A university's course notes: w += -mu*v_prev + (1 + mu)*v."""
    v, mu = np.zeros(len(case.weights)), case.optimizer["momentum"]

    def step(w, g, t, rate):
        v_prev = v.copy()
        v[:] = mu * v - rate * g
        return w - mu * v_prev + (1 + mu) * v

    return train(case, step)


@optimizer(NESTEROV)
def nesterov_buffer(case):
    """A PyTorch reader: buf = momentum*buf + g, then w - rate*(g + momentum*buf)."""
    buf, mu = np.zeros(len(case.weights)), case.optimizer["momentum"]

    def step(w, g, t, rate):
        buf[:] = mu * buf + g
        return w - rate * (g + mu * buf)

    return train(case, step)


@optimizer(RMSPROP)
def rmsprop_cache(case):
    """A university's course notes: cache = decay*cache + (1-decay)*g**2, w -= rate*g/(sqrt(cache) + eps)."""
    cache, o = np.zeros(len(case.weights)), case.optimizer

    def step(w, g, t, rate):
        cache[:] = o["decay"] * cache + (1 - o["decay"]) * g**2
        return w - rate * g / (np.sqrt(cache) + o["epsilon"])

    return train(case, step)


@optimizer(RMSPROP)
def rmsprop_by_blocks(case):
    """A software engineer: one cache for each array in a dictionary, c += (1-decay)*(g*g - c)."""
    o, cache = case.optimizer, {}

    def step(w, g, t, rate):
        new = []
        for name, block, slope in zip(("W1", "b1", "W2", "b2"), split(case, w), split(case, g), strict=True):
            c = cache.get(name, np.zeros_like(block))
            cache[name] = c + (1 - o["decay"]) * (slope * slope - c)
            new.append(block - rate / (np.sqrt(cache[name]) + o["epsilon"]) * slope)
        return flat(*new)

    return train(case, step)


@optimizer(ADAM)
def adam_with_hats(case):
    """The paper's algorithm: m_hat and v_hat, epsilon outside the root."""
    m, v, o = 0.0, 0.0, case.optimizer

    def step(w, g, t, rate):
        nonlocal m, v
        m = o["beta1"] * m + (1 - o["beta1"]) * g
        v = o["beta2"] * v + (1 - o["beta2"]) * g**2
        return w - rate * (m / (1 - o["beta1"] ** t)) / (np.sqrt(v / (1 - o["beta2"] ** t)) + o["epsilon"])

    return train(case, step)


@optimizer(ADAM)
def adam_with_corrected_rate(case):
    """The paper's faster order with the epsilon scaled too: rate*sqrt(1-b2^t)/(1-b1^t), eps*sqrt(1-b2^t)."""
    m, v, o = np.zeros(len(case.weights)), np.zeros(len(case.weights)), case.optimizer

    def step(w, g, t, rate):
        m[:] = o["beta1"] * m + (1 - o["beta1"]) * g
        v[:] = o["beta2"] * v + (1 - o["beta2"]) * np.square(g)
        root = np.sqrt(1 - o["beta2"] ** t)
        return w - rate * root / (1 - o["beta1"] ** t) * m / (np.sqrt(v) + o["epsilon"] * root)

    return train(case, step)


@optimizer(ADAM)
def adam_step_size_and_denominator(case):
    """A PyTorch reader: lerp for m, denom = sqrt(v)/sqrt(1-b2^t) + eps, step size rate/(1-b1^t)."""
    m, v, o = np.zeros(len(case.weights)), np.zeros(len(case.weights)), case.optimizer

    def step(w, g, t, rate):
        m[:] = m + (1 - o["beta1"]) * (g - m)
        v[:] = v * o["beta2"] + (1 - o["beta2"]) * g * g
        denominator = np.sqrt(v) / np.sqrt(1 - o["beta2"] ** t) + o["epsilon"]
        return w - (rate / (1 - o["beta1"] ** t)) * (m / denominator)

    return train(case, step)
