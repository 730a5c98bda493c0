"""Training steps by another convention. They are not mistakes, but they do not agree with the reference."""

import numpy as np

from tests.oracle.corpus.entry import flat
from tests.oracle.corpus.optimizers import ADAM, NESTEROV, RMSPROP, gradient_of, optimizer, split, train

EPSILON_UNDER_THE_ROOT = "rmsprop_epsilon_under_the_root"
EPSILON_UNSCALED = "adam_epsilon_unscaled"
DECAY_DECOUPLED = "weight_decay_decoupled"
SUTSKEVER = "nesterov_of_sutskever"


@optimizer(RMSPROP, convention=EPSILON_UNDER_THE_ROOT)
def rmsprop_epsilon_under_the_root(case):
    """A TensorFlow reader: g / sqrt(cache + epsilon)."""
    cache, o = np.zeros(len(case.weights)), case.optimizer

    def step(w, g, t, rate):
        cache[:] = o["decay"] * cache + (1 - o["decay"]) * g**2
        return w - rate * g / np.sqrt(cache + o["epsilon"])

    return train(case, step)


@optimizer(ADAM, convention=EPSILON_UNSCALED)
def adam_epsilon_unscaled(case):
    """A Keras or scikit-learn reader: rate*sqrt(1-b2^t)/(1-b1^t), and the epsilon is not scaled."""
    m, v, o = np.zeros(len(case.weights)), np.zeros(len(case.weights)), case.optimizer

    def step(w, g, t, rate):
        m[:] = o["beta1"] * m + (1 - o["beta1"]) * g
        v[:] = o["beta2"] * v + (1 - o["beta2"]) * g**2
        return w - rate * np.sqrt(1 - o["beta2"] ** t) / (1 - o["beta1"] ** t) * m / (np.sqrt(v) + o["epsilon"])

    return train(case, step)


@optimizer({**ADAM, "l2": 0.0625}, convention=DECAY_DECOUPLED)
def adam_decay_decoupled(case):
    """A reader of the AdamW paper: the matrices shrink by rate*l2, and Adam sees the gradient without penalty."""
    m, v, o = np.zeros(len(case.weights)), np.zeros(len(case.weights)), case.optimizer

    def step(w, g, t, rate):
        W1, b1, W2, b2 = split(case, w)
        penalty = case.l2 * flat(W1, 0 * b1, W2, 0 * b2)
        g = g - penalty
        m[:] = o["beta1"] * m + (1 - o["beta1"]) * g
        v[:] = o["beta2"] * v + (1 - o["beta2"]) * g**2
        hat = (m / (1 - o["beta1"] ** t)) / (np.sqrt(v / (1 - o["beta2"] ** t)) + o["epsilon"])
        return w - rate * hat - rate * penalty

    return train(case, step)


@optimizer(NESTEROV, convention=SUTSKEVER)
def nesterov_of_sutskever(case):
    """A reader of the 2013 paper: the gradient g at w + momentum*v, then v = momentum*v - rate*g, w += v."""
    v, mu = np.zeros(len(case.weights)), case.optimizer["momentum"]

    def step(w, g, t, rate):
        v[:] = mu * v - rate * gradient_of(case, w + mu * v)
        return w + v

    return train(case, step)
