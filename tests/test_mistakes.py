"""Mistakes planted in `vectorized`, one at a time: the properties of test_twins must find every one, and name the stage."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import vectorized
import vectorized.activations
import vectorized.backward
import vectorized.forward
import vectorized.losses
import vectorized.training
from tests.strategies import SEARCH, Case, cases
from tests.test_exact import STEPS, check_two_steps
from tests.test_twins import OPTIMIZERS, check_backward, check_batch, check_forward, check_order, check_step
from tests.thorough import but_thorough


def before(module: Any, name: str, change: Callable[..., None]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a change of what a function is given."""
    return planted(module, name, lambda original, *given: (change(*given), original(*given))[1])


def after(module: Any, name: str, change: Callable[..., Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a change of what a function has filled."""
    return planted(module, name, lambda original, *given: (original(*given), change(*given))[0])


def planted(module: Any, name: str, wrong: Callable[..., Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant wrong(original, ...) in place of a function."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = getattr(module, name)
        patch.setattr(module, name, lambda *given, **more: wrong(original, *given, **more))

    return plant


def activation(name: str, wrong: Callable[..., None]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant wrong(z, nodes, slopes) after the activation of that name."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = vectorized.activations.ACTIVATIONS[name]

        def made(dtype: Any) -> Any:
            right = original(dtype)

            def activate(z: Any, nodes: Any, slopes: Any) -> None:
                right(z, nodes, slopes)
                wrong(z, nodes, np.empty_like(nodes) if slopes is None else slopes)

            return activate

        patch.setitem(vectorized.activations.ACTIVATIONS, name, made)

    return plant


def assign(there: Any, values: Any) -> None:
    """Fill an array."""
    there[...] = values


def scale(there: Any, factor: Any) -> None:
    """Multiply an array in place."""
    there *= factor


def transposed(weights: Any) -> Any:
    """Return the same numbers read column by column."""
    return weights.ravel().reshape(weights.shape[::-1]).T


FORWARD = {
    "ih weights transposed": planted(
        vectorized.forward, "hidden_sums", lambda f, x, b, z: assign(z, x[:, :-1] @ transposed(b.ih_weights) + b.h_biases)
    ),
    "ho weights transposed": planted(
        vectorized.forward,
        "output_sums",
        lambda f, h, b, z: assign(z, (h @ transposed(b.ho_weights) + b.o_biases).T),
    ),
    "h biases missing": after(vectorized.forward, "hidden_sums", lambda x, b, z: assign(z, z - b.h_biases)),
    "h biases twice": after(vectorized.forward, "hidden_sums", lambda x, b, z: assign(z, z + b.h_biases)),
    "o biases missing": after(vectorized.forward, "output_sums", lambda h, b, z: assign(z, z - b.o_column)),
    "one h bias for all": after(vectorized.forward, "hidden_sums", lambda x, b, z: assign(z, z - b.h_biases + b.h_biases[0])),
    "last input dropped": after(
        vectorized.forward, "hidden_sums", lambda x, b, z: assign(z, z - np.outer(x[:, -2], b.ih_weights[-1]))
    ),
    "sums a thousandth of a millionth off": after(vectorized.forward, "hidden_sums", lambda x, b, z: scale(z, 1 + 1e-9)),
    "tanh twice": activation("tanh", lambda z, nodes, slopes: assign(nodes, np.tanh(nodes))),
    "sigmoid clamped": activation("sigmoid", lambda z, nodes, slopes: assign(nodes, np.where(z < -20, 0, nodes))),
    "leaky slope 0.02": activation("leaky_relu", lambda z, nodes, slopes: assign(nodes, np.where(z < 0, z / 50, nodes))),
    "relu leaks": activation("relu", lambda z, nodes, slopes: assign(nodes, np.where(z < 0, z / 100, nodes))),
    "softmax along the batch": after(
        vectorized.forward, "softmax", lambda w: assign(w.o_nodes, w.o_powers / w.o_powers.sum(axis=1, keepdims=True))
    ),
    "softmax missing": after(vectorized.forward, "softmax", lambda w: assign(w.o_nodes, w.o_sums)),
}
BACKWARD = {
    "sigmoid slope missing": activation("sigmoid", lambda z, nodes, slopes: assign(slopes, 1)),
    "sigmoid slope h*(1-h), which loses digits": activation(
        "sigmoid", lambda z, nodes, slopes: assign(slopes, nodes * (1 - nodes))
    ),
    "tanh slope 1-h**2, which loses digits": activation("tanh", lambda z, nodes, slopes: assign(slopes, 1 - nodes**2)),
    "leaky slope missing": activation("leaky_relu", lambda z, nodes, slopes: assign(slopes, 1)),
    "loss twice": planted(vectorized.losses, "squares", lambda f, values: 2 * f(values)),
    "penalty without the half": planted(vectorized.losses, "weight_penalty", lambda f, b, l2: 2 * f(b, l2)),
    "mean squared error not divided": planted(vectorized.losses, "scale_of", lambda f, net: 0.5),
    "sum of targets taken as 1": planted(
        vectorized.backward,
        "output_deltas",
        lambda f, of, net, w, t: f(of, net, w, t._replace(one_hot=True)),
    ),
    "output delta without the output slope": after(
        vectorized.backward, "output_deltas", lambda of, net, w, t: assign(w.o_deltas, w.o_nodes - t.values)
    ),
    "delta of the wrong sign": after(vectorized.backward, "output_deltas", lambda of, net, w, t: scale(w.o_deltas, -1)),
    "ho weights transposed on the way back": planted(
        vectorized.backward,
        "hidden_deltas",
        lambda f, b, w, d: assign(w.h_deltas, d.T @ transposed(b.ho_weights).T * w.h_slopes),
    ),
    "hidden slope twice": after(
        vectorized.backward, "hidden_deltas", lambda b, w, d: assign(w.h_deltas, w.h_deltas * w.h_slopes)
    ),
    "h bias gradient forgotten": after(vectorized.backward, "fill_gradient", lambda x, w: assign(w.gradient.h_biases, 0)),
    "o bias gradient forgotten": after(vectorized.backward, "fill_gradient", lambda x, w: assign(w.gradient.o_biases, 0)),
    "hidden errors where hidden nodes belong": after(
        vectorized.backward, "fill_gradient", lambda x, w: assign(w.gradient.ho_weights, w.h_deltas.T @ w.o_deltas.T)
    ),
    "last sample forgotten": after(
        vectorized.backward, "fill_gradient", lambda x, w: assign(w.gradient.ih, x[:-1].T @ w.h_deltas[:-1])
    ),
}
STEP = {
    "velocity not kept": planted(
        vectorized.SGD, "_update", lambda f, self, w, g, rate, out, room, old, new: assign(out, w - rate * g)
    ),
    "Adam without its corrections": planted(
        vectorized.Adam,
        "_update",
        lambda f, self, w, g, rate, out, room, old, new: assign(
            out, w - rate * (1 - self.beta1) * g / (np.sqrt((1 - self.beta2) * g * g) + self.epsilon)
        ),
    ),
    "epsilon inside the root": planted(
        vectorized.RMSProp,
        "_update",
        lambda f, self, w, g, rate, out, room, old, new: assign(
            out, w - rate * g / np.sqrt((1 - self.decay) * g * g + self.epsilon)
        ),
    ),
    "biases trained all the same": planted(np, "copyto", lambda f, there, values: None),
    "decay on the biases": after(
        vectorized.training, "add_weight_decay", lambda b, g, room, l2: assign(g.h_biases, g.h_biases + l2 * b.h_biases)
    ),
    "sum for the mean": planted(
        vectorized.training, "backward", lambda f, of, b, x, t, w, rule, factor: f(of, b, x, t, w, rule)
    ),
}

TWO_STEPS = {
    "momentum forgotten between steps": before(
        vectorized.SGD, "_update", lambda self, w, g, rate, out, room, old, new: [v.fill(0) for v in old]
    ),
    "the order of the epoch turned round": planted(np, "argsort", lambda f, keys, kind: f(keys)[::-1]),
    "every order the same": planted(np, "argsort", lambda f, keys, kind: np.arange(len(keys))),
    "the step taken from the weights of the start": planted(
        vectorized.training,
        "step",
        lambda f, network, *given: (f(network, *given), setattr(network, "_blocks", network._spare))[0],
    ),
}


def fails(check: Callable[..., None], *given: Any) -> bool:
    """Whether a check goes red, with a message that names a stage and the flat positions."""
    try:
        check(*given)
    except AssertionError as error:
        return "flat positions" in str(error)
    return False


def found(strategy: Any, check: Callable[..., None], how: settings = SEARCH) -> bool:
    """Whether hypothesis finds a case on which the check goes red."""
    try:
        find(strategy, lambda given: fails(check, *given), settings=how)
    except NoSuchExample:
        return False
    return True


def step(case: Case, optimizer: str, train_biases: bool) -> None:
    """Compare one step."""
    check_step(case, optimizer, train_biases=train_biases, learning_rate=0.5)


@pytest.mark.parametrize("mistake", but_thorough(FORWARD, "sigmoid clamped"))
def test_a_mistake_in_the_forward_pass_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FORWARD[mistake](monkeypatch)
    assert found(st.tuples(cases()), check_forward)


@pytest.mark.parametrize("mistake", but_thorough(BACKWARD, "sum of targets taken as 1"))
def test_a_mistake_in_the_backward_pass_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BACKWARD[mistake](monkeypatch)
    assert found(st.tuples(cases()), check_backward)


@pytest.mark.parametrize("mistake", STEP)
def test_a_mistake_in_a_step_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    STEP[mistake](monkeypatch)
    assert found(st.tuples(cases(usual=True), st.sampled_from(sorted(OPTIMIZERS)), st.booleans()), step)


@pytest.mark.parametrize("mistake", ["softmax along the batch", "sums carried over from the sample before"])
def test_a_mistake_across_the_batch_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = after(vectorized.forward, "hidden_sums", lambda x, b, z: assign(z, np.cumsum(z, axis=0)))
    ({**FORWARD, "sums carried over from the sample before": carried}[mistake])(monkeypatch)
    assert found(st.tuples(cases(usual=True)), check_batch)


def test_a_mistake_that_knows_the_order_of_hidden_nodes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    by_order = after(vectorized.forward, "hidden_sums", lambda x, b, z: scale(z, 1 + 1e-9 * np.arange(z.shape[1])))
    by_order(monkeypatch)
    assert found(st.tuples(cases(usual=True), st.randoms(use_true_random=False)), check_order)


@pytest.mark.parametrize("mistake", TWO_STEPS)
def test_a_mistake_between_two_steps_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    TWO_STEPS[mistake](monkeypatch)
    assert found(STEPS, check_two_steps)


def test_without_a_mistake_nothing_is_found() -> None:
    few = settings(SEARCH, max_examples=settings().max_examples)
    assert not found(st.tuples(cases()), check_forward, few)
    assert not found(st.tuples(cases()), check_backward, few)
    assert not found(STEPS, check_two_steps, few)
