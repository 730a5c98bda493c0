"""Mistakes in training steps: hand-written optimizers."""

import functools
from typing import Any

import numpy as np

from tests.oracle.corpus.entry import flat, split
from tests.oracle.corpus.optimizers import ADAM, MOMENTUM, NESTEROV, PLAIN, RMSPROP, train
from tests.oracle.wild.batch import Batch, sigmoid, softmax
from tests.oracle.wild.entry import wild

AGAIN = {"steps": 3}


def step(*says: str, stages: str = "weights", **settings: Any) -> Any:
    """Add the decorated step, a function of case, state, w, g, t and rate. `state` is an empty dictionary at first."""

    def add(function: Any) -> Any:
        def candidate(case: Any) -> dict[str, Any]:
            state: dict[str, Any] = {}
            return train(case, lambda w, g, t, rate: function(case, state, w, g, t, rate))

        return wild(stages, *says, **settings)(functools.wraps(function)(candidate))

    return add


def moments(o, state, g):
    """Return the two running means of Adam."""
    state["m"] = o["beta1"] * state.get("m", 0.0) + (1 - o["beta1"]) * g
    state["v"] = o["beta2"] * state.get("v", 0.0) + (1 - o["beta2"]) * g**2
    return state["m"], state["v"]


@step("from 0", "count", r"\bt\b", **ADAM)
def adam_with_t_from_zero(case, state, w, g, t, rate):
    o, t = case.optimizer, t - 1
    m, v = moments(o, state, g)
    m_hat, v_hat = m / (1 - o["beta1"] ** t), v / (1 - o["beta2"] ** t)
    return w - rate * m_hat / (np.sqrt(v_hat) + o["epsilon"])


@step("count", "from (2|two)", r"\bt\b", **ADAM)
def adam_with_t_from_two(case, state, w, g, t, rate):
    o, t = case.optimizer, t + 1
    m, v = moments(o, state, g)
    return w - rate * (m / (1 - o["beta1"] ** t)) / (np.sqrt(v / (1 - o["beta2"] ** t)) + o["epsilon"])


@step("block", "count", r"\bt\b", "per (array|parameter|layer)", **ADAM)
def adam_counting_every_array(case, state, w, g, t, rate):
    o, new = case.optimizer, []
    m, v = moments(o, state, g)
    state.setdefault("t", 0)
    for p, m_p, v_p in zip(split(case, w), split(case, m), split(case, v), strict=True):
        state["t"] += 1
        m_hat, v_hat = m_p / (1 - o["beta1"] ** state["t"]), v_p / (1 - o["beta2"] ** state["t"])
        new.append(p - rate * m_hat / (np.sqrt(v_hat) + o["epsilon"]))
    return flat(*new)


@step("root", "sqrt", **ADAM)
def adam_without_the_root(case, state, w, g, t, rate):
    o = case.optimizer
    m, v = moments(o, state, g)
    return w - rate * (m / (1 - o["beta1"] ** t)) / (v / (1 - o["beta2"] ** t) + o["epsilon"])


@step("correction", **ADAM)
def adam_uncorrected(case, state, w, g, t, rate):
    m, v = moments(case.optimizer, state, g)
    return w - rate * m / (np.sqrt(v) + case.optimizer["epsilon"])


@step("second correction", "correction", **ADAM)
def adam_with_m_hat_only(case, state, w, g, t, rate):
    o = case.optimizer
    m, v = moments(o, state, g)
    return w - rate * m / (1 - o["beta1"] ** t) / (np.sqrt(v) + o["epsilon"])


@step("first correction", "correction", **ADAM)
def adam_with_v_hat_only(case, state, w, g, t, rate):
    o = case.optimizer
    m, v = moments(o, state, g)
    return w - rate * m / (np.sqrt(v / (1 - o["beta2"] ** t)) + o["epsilon"])


@step("exchanged", "swapped", "beta", **ADAM)
def adam_betas_exchanged(case, state, w, g, t, rate):
    o = {**case.optimizer, "beta1": case.optimizer["beta2"], "beta2": case.optimizer["beta1"]}
    m, v = moments(o, state, g)
    return w - rate * (m / (1 - case.optimizer["beta1"] ** t)) / (
        np.sqrt(v / (1 - case.optimizer["beta2"] ** t)) + o["epsilon"]
    )


@step("state", "forg", "first step", "reset", "correction", "moments", **ADAM, **AGAIN)
def adam_made_anew_for_each_step(case, state, w, g, t, rate):
    o = case.optimizer
    m, v = moments(o, {}, g)
    return w - rate * m / (1 - o["beta1"]) / (np.sqrt(v / (1 - o["beta2"])) + o["epsilon"])


@step("count", r"\bt\b", "correction", **ADAM, **AGAIN)
def adam_with_t_stuck_at_one(case, state, w, g, t, rate):
    o = case.optimizer
    m, v = moments(o, state, g)
    return w - rate * m / (1 - o["beta1"]) / (np.sqrt(v / (1 - o["beta2"])) + o["epsilon"])


@step("beta2", "setting", "decay", "default", **ADAM, **AGAIN)
def adam_with_another_beta2(case, state, w, g, t, rate):
    o = {**case.optimizer, "beta2": 0.99}
    m, v = moments(o, state, g)
    return w - rate * (m / (1 - o["beta1"] ** t)) / (np.sqrt(v / (1 - o["beta2"] ** t)) + o["epsilon"])


@step("twice", "two steps", "2 steps", **PLAIN)
def two_steps_for_one(case, state, w, g, t, rate):
    return w - rate * g - rate * g


@step("step", "change", "in place of", "returned", "not added", **MOMENTUM)
def the_velocity_returned(case, state, w, g, t, rate):
    state["v"] = case.optimizer["momentum"] * state.get("v", 0.0) - rate * g
    return state["v"]


@step("step", "change", "in place of", "returned", "not added", **PLAIN)
def the_update_returned(case, state, w, g, t, rate):
    return -rate * g


@step("adagrad", "sum of squares", "decay", **RMSPROP, **AGAIN)
def adagrad_for_rmsprop(case, state, w, g, t, rate):
    state["cache"] = state.get("cache", 0.0) + g**2
    return w - rate * g / (np.sqrt(state["cache"]) + case.optimizer["epsilon"])


@step("decay", "exchanged", "swapped", **RMSPROP)
def decay_exchanged(case, state, w, g, t, rate):
    rho = case.optimizer["decay"]
    state["cache"] = (1 - rho) * state.get("cache", 0.0) + rho * g**2
    return w - rate * g / (np.sqrt(state["cache"]) + case.optimizer["epsilon"])


@step("root", "sqrt", **RMSPROP)
def rmsprop_without_the_root(case, state, w, g, t, rate):
    rho = case.optimizer["decay"]
    state["cache"] = rho * state.get("cache", 0.0) + (1 - rho) * g**2
    return w - rate * g / (state["cache"] + case.optimizer["epsilon"])


@step("begins", "starts?", "initial", "ones", **RMSPROP)
def cache_begins_with_ones(case, state, w, g, t, rate):
    rho = case.optimizer["decay"]
    state["cache"] = rho * state.get("cache", np.ones_like(g)) + (1 - rho) * g**2
    return w - rate * g / (np.sqrt(state["cache"]) + case.optimizer["epsilon"])


@step("square", "not squared", "absolute", **RMSPROP)
def cache_of_sizes_not_squares(case, state, w, g, t, rate):
    rho = case.optimizer["decay"]
    state["cache"] = rho * state.get("cache", 0.0) + (1 - rho) * np.abs(g)
    return w - rate * g / (np.sqrt(state["cache"]) + case.optimizer["epsilon"])


@step("momentum", "veloc", "forg", "state", **MOMENTUM, **AGAIN)
def velocity_forgotten(case, state, w, g, t, rate):
    v = np.zeros_like(w)
    v = case.optimizer["momentum"] * v - rate * g
    return w + v


@step("damp", r"1 ?- ?(mu|momentum)", "average", **MOMENTUM)
def momentum_as_an_average(case, state, w, g, t, rate):
    beta = case.optimizer["momentum"]
    state["v"] = beta * state.get("v", 0.0) + (1 - beta) * g
    return w - rate * state["v"]


@step("sign", "subtract", "minus", "momentum", **MOMENTUM, **AGAIN)
def velocity_with_the_wrong_sign(case, state, w, g, t, rate):
    state["v"] = -case.optimizer["momentum"] * state.get("v", 0.0) - rate * g
    return w + state["v"]


@step("learning rate", "rate", "twice", **MOMENTUM)
def rate_in_velocity_and_step(case, state, w, g, t, rate):
    state["v"] = case.optimizer["momentum"] * state.get("v", 0.0) + rate * g
    return w - rate * state["v"]


@step("bias", **MOMENTUM, **AGAIN)
def momentum_for_the_matrices_only(case, state, w, g, t, rate):
    dW1, db1, dW2, db2 = split(case, g)
    state["v"] = case.optimizer["momentum"] * state.get("v", 0.0) - rate * flat(dW1, 0 * db1, dW2, 0 * db2)
    return w + state["v"] - rate * flat(0 * dW1, db1, 0 * dW2, db2)


@step("nesterov", "veloc", "momentum", "gradient.*missing", **NESTEROV)
def nesterov_without_the_gradient(case, state, w, g, t, rate):
    mu = case.optimizer["momentum"]
    state["v"] = mu * state.get("v", 0.0) - rate * g
    return w + mu * state["v"]


@step("plain momentum", "nesterov", "without", **NESTEROV, **AGAIN)
def momentum_for_nesterov(case, state, w, g, t, rate):
    state["v"] = case.optimizer["momentum"] * state.get("v", 0.0) - rate * g
    return w + state["v"]


@step("no step", "not? chang", "never", "weights.*same", "unchanged", **PLAIN, **AGAIN)
def weights_never_change(case, state, w, g, t, rate):
    w_new = w.copy()
    w_new -= 0 * g
    return w_new


@step("bias", **PLAIN)
def biases_never_change(case, state, w, g, t, rate):
    W1, b1, W2, b2 = split(case, w)
    dW1, _, dW2, _ = split(case, g)
    return flat(W1 - rate * dW1, b1, W2 - rate * dW2, b2)


@step("uphill", "sign", "added", **PLAIN)
def uphill(case, state, w, g, t, rate):
    return w + rate * g


@step("rate", **PLAIN)
def no_learning_rate(case, state, w, g, t, rate):
    return w - g


@step("rate", "0?.01", "setting", "factor", **PLAIN)
def rate_of_another_run(case, state, w, g, t, rate):
    return w - 0.01 * g


@step("rate", "divided", "decay", "step 2", **PLAIN, **AGAIN)
def rate_divided_by_the_step(case, state, w, g, t, rate):
    return w - rate / t * g


@step("first gradient", "recomputed", "not computed", "stale", "old gradient", "same gradient", **PLAIN, **AGAIN)
def gradient_of_the_start_used_again(case, state, w, g, t, rate):
    first = state.setdefault("gradient", g)
    return w - rate * first


@step(r"\bih\b", "hidden layer", "first layer", "only", **PLAIN)
def only_the_last_layer_learns(case, state, w, g, t, rate):
    W1, b1, W2, b2 = split(case, w)
    _, _, dW2, db2 = split(case, g)
    return flat(W1, b1, W2 - rate * dW2, b2 - rate * db2)


@step("rate", "samples", r"\bn\b", "divided", "factor", **PLAIN)
def step_divided_by_the_batch_size(case, state, w, g, t, rate):
    return w - rate / len(case.inputs) * g


@step("decay", "l2", "penalty", "twice", l2=0.25, **PLAIN)
def decay_in_gradient_and_step(case, state, w, g, t, rate):
    W1, b1, W2, b2 = split(case, w)
    return w - rate * g - rate * case.l2 * flat(W1, 0 * b1, W2, 0 * b2)


@wild(
    "weights", "updated", "too early", "new (ho )?weights", "after the step", batch=3, answers="h_sums h_nodes o_nodes weights"
)
class SecondLayerSteppedBeforeTheFirst(Batch):
    def answer(self):
        answered = super().answer()
        W1, b1, W2, b2 = split(self.case, np.array(self.case.weights))
        rate = self.case.learning_rate
        W2 = W2 - rate * self.A1.T @ self.d2 / self.n
        b2 = b2 - rate * self.d2.mean(axis=0)
        d1 = self.d2 @ W2.T * self.f_prime()
        W1 = W1 - rate * self.X.T @ d1 / self.n
        b1 = b1 - rate * d1.mean(axis=0)
        return {**answered, "weights": flat(W1, b1, W2, b2).tolist()}


@wild("weights", "online", "each sample", "one (sample|row) (after|at)", "sample by sample", batch=3, answers="weights")
def a_step_after_every_sample(case):
    weights = np.array(case.weights)
    for x, t in zip(np.array(case.inputs), np.array(case.targets), strict=True):
        w1, b1, w2, b2 = split(case, weights)
        h = sigmoid(x @ w1 + b1)
        d2 = softmax(np.atleast_2d(h @ w2 + b2))[0] - t
        d1 = w2 @ d2 * h * (1 - h)
        weights = weights - case.learning_rate * flat(np.outer(x, d1), d1, np.outer(h, d2), d2)
    return {"weights": weights.tolist()}


@step("veloc", "momentum", "before", "previous", "old", **MOMENTUM, **AGAIN)
def velocity_of_the_step_before(case, state, w, g, t, rate):
    v = state.get("v", np.zeros_like(w))
    state["v"] = case.optimizer["momentum"] * v - rate * g
    return w + v
