"""Mistakes planted in `vectorized`, one at a time. The checks of other tests must find each mistake."""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import vectorized
import vectorized.backward
import vectorized.forward
import vectorized.losses
import vectorized.network
import vectorized.training
from reference.specification.names import OUTPUT
from tests.network.test_both_packages import OPTIMIZERS, check_backward, check_batch, check_forward, check_order, check_step
from tests.network.test_exact import STEPS, check_two_steps
from tests.network.test_replaced_steps import CASES, check_overflow, silence_products
from tests.strategies import SEARCH, Trial, cases, cases_in_place, nearly_in_place
from tests.thorough import mark_slow_in
from vectorized import inplace
from vectorized.activations import NODES, SLOPES
from vectorized.blocks import blocks_of
from vectorized.losses import PAIRS, Pair

Planter = Callable[[pytest.MonkeyPatch], None]


def replace(module: Any, name: str, wrong: Callable[..., Any]) -> Planter:
    """Return a planter (a function that plants a mistake). It replaces a function by wrong(original, ...)."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = getattr(module, name)
        patch.setattr(module, name, lambda *arguments, **more: wrong(original, *arguments, **more))

    return plant


def replace_entry(table: dict[str, Any], name: str, wrong: Callable[..., Any]) -> Planter:
    """Return a planter that replaces a function in a table by wrong(original, z)."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = table[name]
        patch.setitem(table, name, lambda z: wrong(original, z))

    return plant


def replace_pairs(wrong: Callable[[Pair], Pair], *only: tuple[str, str]) -> Planter:
    """Return a planter that replaces the (output, loss) pairs in `only` by wrong(pair). If `only` is empty, it replaces all."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for names in only or tuple(PAIRS):
            patch.setitem(PAIRS, names, wrong(PAIRS[names]))

    return plant


def not_divided(pair: Pair) -> Pair:
    """Return the mean squared error without its division."""
    return Pair(*(lambda z, y, t, f=f: f(z, y, t) * t.shape[1] for f in pair))


def replace_gradient(block: str, wrong: Callable[..., Any]) -> Planter:
    """Return a planter that replaces one block of the gradient by wrong(stages of the backward pass)."""

    def changed(f: Callable[..., Any], architecture: Any, *arguments: Any, **more: Any) -> Any:
        back = f(architecture, *arguments, **more)
        flat = back.gradient.copy()
        getattr(blocks_of(architecture.layout, flat), block)[...] = wrong(back)
        return back._replace(gradient=flat)

    return replace(vectorized.training, "backward", changed)


def transposed(weights: Any) -> Any:
    """Read `weights` row by row, and write the numbers column by column into a matrix of the same shape."""
    return weights.ravel().reshape(weights.shape[::-1]).T


def from_the_start(patch: pytest.MonkeyPatch) -> None:
    class FromTheStart(vectorized.training.Step):
        def __call__(self, weights: Any, *arguments: Any) -> Any:
            self.start = getattr(self, "start", weights)
            return super().__call__(self.start, *arguments)

    patch.setattr(vectorized.network, "Step", FromTheStart)


FORWARD = {
    "ih weights transposed": replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x, transposed(w), b)),
    "ho weights transposed": replace(vectorized.forward, "output_sums", lambda f, h, w, b: f(h, transposed(w), b)),
    "h biases missing": replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x, w, 0 * b)),
    "h biases twice": replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x, w, 2 * b)),
    "o biases missing": replace(vectorized.forward, "output_sums", lambda f, h, w, b: f(h, w, 0 * b)),
    "one h bias for all": replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x, w, b[0])),
    "last input dropped": replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x[:, :-1], w[:-1], b)),
    "sums off by 1e-9": replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x, w, b) * (1 + 1e-9)),
    "tanh twice": replace_entry(NODES, "tanh", lambda f, z: f(f(z))),
    "sigmoid clamped": replace_entry(NODES, "sigmoid", lambda f, z: np.where(z < -20, 0, f(z))),
    "leaky slope 0.02": replace_entry(NODES, "leaky_relu", lambda f, z: np.where(z < 0, z / 50, f(z))),
    "relu leaks": replace_entry(NODES, "relu", lambda f, z: np.where(z < 0, z / 100, f(z))),
    "softmax along the batch": replace_entry(NODES, "softmax", lambda f, z: f(z.T).T),
    "softmax missing": replace_entry(NODES, "softmax", lambda f, z: z),
}
BACKWARD = {
    "sigmoid slope missing": replace_entry(SLOPES, "sigmoid", lambda f, z: np.ones_like(z)),
    "sigmoid slope h*(1-h), which loses digits": replace_entry(
        SLOPES, "sigmoid", lambda f, z: NODES["sigmoid"](z) * (1 - NODES["sigmoid"](z))
    ),
    "tanh slope 1-h**2, which loses digits": replace_entry(SLOPES, "tanh", lambda f, z: 1 - np.tanh(z) ** 2),
    "leaky slope missing": replace_entry(SLOPES, "leaky_relu", lambda f, z: np.ones_like(z)),
    "loss twice": replace_pairs(lambda pair: pair._replace(total=lambda *arguments: 2 * pair.total(*arguments))),
    "penalty without the half": replace(vectorized.losses, "weight_penalty", lambda f, *arguments: 2 * f(*arguments)),
    "mean squared error not divided": replace_pairs(not_divided, *((output, "mean_squared_error") for output in OUTPUT)),
    "sum of targets taken as 1": replace_pairs(
        lambda pair: pair._replace(o_deltas=lambda z, y, t: y - t), ("softmax", "cross_entropy")
    ),
    "output delta without the output slope": replace_pairs(lambda pair: pair._replace(o_deltas=lambda z, y, t: y - t)),
    "delta of the wrong sign": replace_pairs(
        lambda pair: pair._replace(o_deltas=lambda *arguments: -pair.o_deltas(*arguments))
    ),
    "ho weights transposed in the backward pass": replace(
        vectorized.backward, "hidden_deltas", lambda f, slopes, errors, w: f(slopes, errors, transposed(w))
    ),
    "hidden slope twice": replace(
        vectorized.backward, "hidden_deltas", lambda f, slopes, errors, w: f(slopes * slopes, errors, w)
    ),
    "h bias gradient forgotten": replace_gradient("h_biases", lambda back: 0),
    "o bias gradient forgotten": replace_gradient("o_biases", lambda back: 0),
    "hidden deltas instead of hidden nodes": replace_gradient("ho_weights", lambda back: back.h_deltas.T @ back.o_deltas),
    "last sample forgotten": replace(
        vectorized.backward, "layer_gradient", lambda f, nodes, deltas: f(nodes[:-1], deltas[:-1])
    ),
}
STEP = {
    "velocity not kept": replace(vectorized.SGD, "_update", lambda f, self, t, w, g, rate, state: (w - rate * g, state)),
    "Adam without its corrections": replace(
        vectorized.Adam,
        "_update",
        lambda f, self, t, w, g, rate, state: (
            w - rate * (1 - self.beta1) * g / (np.sqrt((1 - self.beta2) * g * g) + self.epsilon),
            state,
        ),
    ),
    "epsilon inside the root": replace(
        vectorized.RMSProp,
        "_update",
        lambda f, self, t, w, g, rate, state: (w - rate * g / np.sqrt((1 - self.decay) * g * g + self.epsilon), state),
    ),
    "fixed biases trained": replace(vectorized.training, "join", lambda f, at, weights, biases: weights),
    "decay on the biases": replace(vectorized.backward, "weight_decay", lambda f, architecture, w, l2: l2 * w),
    "sum instead of mean": replace(
        vectorized.training, "backward", lambda f, *arguments, **more: f(*arguments, **more | {"reduction": "sum"})
    ),
}
TWO_STEPS = {
    "momentum forgotten between steps": replace(
        vectorized.SGD, "_update", lambda f, self, t, w, g, rate, state: f(self, t, w, g, rate, (0 * state[0],))
    ),
    "the order of the epoch reversed": replace(np, "argsort", lambda f, keys, kind: f(keys)[::-1]),
    "every order the same": replace(np, "argsort", lambda f, keys, kind: np.arange(len(keys))),
    "every step from the initial weights": from_the_start,
}

# Mistakes in the in-place step (of `vectorized.inplace`): a piece of the right code, and the wrong code that replaces it.
PASSES_IN_PLACE = {
    "ih weights transposed": ("dot(inputs, blocks.ih_weights,", "dot(inputs, transposed(blocks.ih_weights),"),
    "ho weights transposed": ("dot(work.h_nodes, blocks.ho_weights,", "dot(work.h_nodes, transposed(blocks.ho_weights),"),
    "h biases missing": (" self.h_biases,", " 0,"),
    "h biases twice": (" self.h_biases,", " 2 * self.h_biases,"),
    "o biases missing": (" self.o_biases,", " 0,"),
    "one h bias for all": (" self.h_biases,", " self.h_biases[0, 0],"),
    "last input dropped": ("dot(inputs, blocks.ih_weights,", "dot(inputs[:, :-1], blocks.ih_weights[:-1],"),
    "sums off by 1e-9": ("dot(inputs, blocks.ih_weights,", "dot(inputs * (1 + 1e-9), blocks.ih_weights,"),
    "softmax along the batch": ("np.divide(work.powers, work.total,", "np.divide(work.powers, work.powers.sum(axis=0),"),
    "softmax missing": ("np.divide(work.powers, work.total,", "np.divide(work.powers, 1,"),
    "softmax denominator of the first sample for all": (
        "work.powers, work.total, o_deltas",
        "work.powers, work.total[0], o_deltas",
    ),
    "loss twice": ("float(loss * work.share)", "float(2 * loss * work.share)"),
    "sum of losses instead of mean": ("float(loss * work.share)", "float(loss)"),
    "loss from the logarithm of the sum, which loses digits": (
        "np.log1p(work.rest, work.rest)",
        "np.log(work.total, work.rest)",
    ),
    "loss without the output sum of the target class": ("- shifted.ravel().dot(targets.ravel())", ""),
    "delta of the wrong sign": ("work.total, o_deltas), targets, o_deltas)", "-work.total, o_deltas), -targets, o_deltas)"),
    "targets missing in the delta": ("work.total, o_deltas), targets, o_deltas)", "work.total, o_deltas), 0, o_deltas)"),
    "sum instead of mean": ("np.multiply(o_deltas, work.share, o_deltas)", "pass"),
    "ho weights transposed in the backward pass": ("blocks.ho_weights.T,", "transposed(blocks.ho_weights).T,"),
    "hidden slope missing": ("work.h_slopes, work.h_deltas)", "1, work.h_deltas)"),
    "hidden slope twice": ("work.h_slopes, work.h_deltas)", "work.h_slopes**2, work.h_deltas)"),
    "h bias gradient forgotten": ("dot(work.ones, work.h_deltas, gradient.h_biases)", "gradient.h_biases.fill(0)"),
    "o bias gradient forgotten": ("dot(work.ones, o_deltas, gradient.o_biases)", "gradient.o_biases.fill(0)"),
    "hidden deltas instead of hidden nodes": ("dot(work.h_nodes.T,", "dot(work.h_deltas.T,"),
    "last sample forgotten": ("dot(inputs.T, work.h_deltas,", "dot(inputs[:-1].T, work.h_deltas[:-1],"),
    "rate forgotten": ("np.multiply(work.gradient, rate,", "np.multiply(work.gradient, 1,"),
    "step of the wrong sign": ("np.subtract(self.weights, change,", "np.add(self.weights, change,"),
}
ACTIVATIONS_IN_PLACE = {
    "tanh twice": ("tanh", "np.tanh(z, nodes)", "np.tanh(np.tanh(z), nodes)"),
    "tanh slope 1-h**2, which loses digits": ("tanh", "np.tanh(z, nodes)", "np.subtract(1, np.tanh(z, nodes) ** 2, slopes)"),
    "tanh slope not squared": ("tanh", "np.multiply(slopes, slopes, slopes)", "pass"),
    "sigmoid clamped": ("sigmoid", "np.divide(nodes, slopes, nodes)", "np.divide(nodes * (z > -20), slopes, nodes)"),
    "sigmoid slope missing": ("sigmoid", "np.divide(nodes, slopes, slopes)", "slopes.fill(1)"),
    "sigmoid slope h*(1-h), which loses digits": (
        "sigmoid",
        "np.divide(nodes, slopes, slopes)",
        "np.multiply(nodes, 1 - nodes, slopes)",
    ),
    "relu leaks": ("relu", "np.maximum(z, 0,", "np.maximum(z, z / 100,"),
    "relu slope 1 at 0": ("relu", "np.greater(z, 0,", "np.greater_equal(z, 0,"),
    "leaky slope 0.02": ("leaky_relu", "np.divide(z, 100, nodes)", "np.divide(z, 50, nodes)"),
    "leaky slope missing": ("leaky_relu", "np.maximum(np.greater(z, 0, out=slopes), 1 / 100, out=slopes)", "slopes.fill(1)"),
}
TWO_STEPS_IN_PLACE = {
    "every step from the initial weights": ("__call__", "return self.weights, loss", "return 1 * weights, loss"),
    "weights copied only at the first step": (
        "__call__",
        "if weights is not self.weights:",
        "if not optimizer._state:",
    ),
    "gradient written to the arrays of another batch size": (
        "descend",
        "self.arrays[n].blocks",
        "next(iter(self.arrays.values())).blocks",
    ),
    "slopes of the batch before": (
        "descend",
        "self.activate(work.h_sums, work.h_nodes, work.h_slopes)",
        "self.activate(work.h_sums, work.h_nodes, np.empty_like(work.h_slopes) if hasattr(work, 'old') else work.h_slopes)"
        "; work.old = True",
    ),
    "gradient added to that of the batch before": (
        "descend",
        "dot(work.ones, work.h_deltas, gradient.h_biases)",
        "gradient.h_biases[:] = work.ones @ work.h_deltas + getattr(work, 'before', 0); work.before = 1 * gradient.h_biases",
    ),
    "delta divided by the size of the first batch": (
        "descend",
        "o_deltas, work.share,",
        "o_deltas, next(iter(self.arrays.values())).share,",
    ),
}
# Each mistake leaves out a condition, so that the in-place step is also used for cases that it does not fit.
UNUSUAL_IN_PLACE = {
    "any output": ('architecture.output == "softmax" and ', ""),
    "any loss": (' and architecture.loss == "cross_entropy"', ""),
    "any penalty": (" and not settings.loss.l2", ""),
    "any rule": (' and settings.loss.rule == "backpropagation"', ""),
    "any targets": ("plain and is_one_hot(targets)", "plain"),
    "fixed biases trained": (" and settings.train_biases", ""),
}
OVERFLOWS_IN_PLACE = {
    "sums not checked": ("refuse_unless(squares(work.h_sums) + squares(work.o_sums) < np.inf)", "pass"),
    "changes not checked": ("refuse_unless(squares(change) < np.inf)", "pass"),
}


SLOW_IN_PLACE = (  # mistakes for which the search takes a second or more
    "loss from the logarithm of the sum, which loses digits",
    "sigmoid clamped",
    "relu slope 1 at 0",
    "gradient written to the arrays of another batch size",
    "delta divided by the size of the first batch",
    "weights copied only at the first step",
    "any output",
    "any loss",
    "any penalty",
    "any targets",
)


def edit_source(function: Callable[..., Any], right: str, wrong: str) -> Callable[..., Any]:
    """Return a function of `inplace` with one piece of its source replaced."""
    text = textwrap.dedent(inspect.getsource(function))
    assert text.count(right) == 1, right
    names = {**vars(inplace), "transposed": transposed}
    exec(text.replace(right, wrong), names)
    return names[function.__name__]  # type: ignore[no-any-return]


def fails(check: Callable[..., None], *arguments: Any) -> bool:
    """Whether a check fails with a message that names a stage and the flat positions."""
    try:
        check(*arguments)
    except AssertionError as error:
        return "flat positions" in str(error)
    return False


def finds_failure(strategy: Any, check: Callable[..., None], how: settings = SEARCH) -> bool:
    """Whether hypothesis finds a case for which the check fails."""
    try:
        find(strategy, lambda drawn: fails(check, *drawn), settings=how)
    except NoSuchExample:
        return False
    return True


def sees_overflow(case: str) -> bool:
    """Whether `vectorized` notices an overflow in the same batch as `reference`, and keeps the same weights."""
    try:
        check_overflow(case)
    except AssertionError as error:
        return "the same" not in str(error)
    return True


def step(case: Trial, optimizer: str, train_biases: bool) -> None:
    check_step(case, optimizer, train_biases=train_biases, learning_rate=0.5)


def steps_in_place(case: Trial, batch_size: int | None = None, shuffle: int | None = None, epochs: int = 1) -> None:
    check_step(case, "SGD", learning_rate=0.5, batch_size=batch_size, shuffle=shuffle, epochs=epochs)


TWO_IN_PLACE = st.tuples(cases_in_place(), st.integers(1, 3), st.sampled_from([None, 0, 1]), st.just(2))


@pytest.mark.parametrize("mistake", mark_slow_in(FORWARD, "sigmoid clamped"))
def test_a_mistake_in_the_forward_pass_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FORWARD[mistake](monkeypatch)
    assert finds_failure(st.tuples(cases()), check_forward)


@pytest.mark.parametrize("mistake", mark_slow_in(BACKWARD, "sum of targets taken as 1"))
def test_a_mistake_in_the_backward_pass_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BACKWARD[mistake](monkeypatch)
    assert finds_failure(st.tuples(cases()), check_backward)


@pytest.mark.parametrize("mistake", STEP)
def test_a_mistake_in_a_step_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    STEP[mistake](monkeypatch)
    assert finds_failure(st.tuples(cases(usual=True), st.sampled_from(sorted(OPTIMIZERS)), st.booleans()), step)


@pytest.mark.parametrize("mistake", ["softmax along the batch", "sums carried over from the sample before"])
def test_a_mistake_across_the_batch_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = replace(vectorized.forward, "hidden_sums", lambda f, *arguments: np.cumsum(f(*arguments), axis=0))
    ({**FORWARD, "sums carried over from the sample before": carried}[mistake])(monkeypatch)
    assert finds_failure(st.tuples(cases(usual=True)), check_batch)


def test_a_mistake_that_depends_on_the_order_of_hidden_nodes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    by_order = replace(vectorized.forward, "hidden_sums", lambda f, x, w, b: f(x, w, b) * (1 + 1e-9 * np.arange(len(b))))
    by_order(monkeypatch)
    assert finds_failure(st.tuples(cases(usual=True), st.randoms(use_true_random=False)), check_order)


@pytest.mark.parametrize("mistake", TWO_STEPS)
def test_a_mistake_between_two_steps_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    TWO_STEPS[mistake](monkeypatch)
    assert finds_failure(STEPS, check_two_steps)


@pytest.mark.parametrize("mistake", mark_slow_in(PASSES_IN_PLACE, *SLOW_IN_PLACE))
def test_a_mistake_in_the_inplace_step_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inplace.Step, "descend", edit_source(inplace.Step.descend, *PASSES_IN_PLACE[mistake]))
    assert finds_failure(st.tuples(cases_in_place()), steps_in_place)


@pytest.mark.parametrize("mistake", mark_slow_in(ACTIVATIONS_IN_PLACE, *SLOW_IN_PLACE))
def test_a_mistake_in_an_activation_of_the_inplace_step_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, right, wrong = ACTIVATIONS_IN_PLACE[mistake]
    monkeypatch.setitem(inplace.ACTIVATIONS, name, edit_source(inplace.ACTIVATIONS[name], right, wrong))
    assert finds_failure(st.tuples(cases_in_place(hidden=name)), steps_in_place)


@pytest.mark.parametrize("mistake", mark_slow_in(TWO_STEPS_IN_PLACE, *SLOW_IN_PLACE))
def test_a_mistake_between_two_inplace_steps_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, right, wrong = TWO_STEPS_IN_PLACE[mistake]
    monkeypatch.setattr(inplace.Step, name, edit_source(getattr(inplace.Step, name), right, wrong))
    assert finds_failure(TWO_IN_PLACE, steps_in_place)


@pytest.mark.parametrize("mistake", mark_slow_in(UNUSUAL_IN_PLACE, *SLOW_IN_PLACE))
def test_a_missing_condition_of_the_inplace_step_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inplace, "stepper", edit_source(inplace.stepper, *UNUSUAL_IN_PLACE[mistake]))
    assert finds_failure(st.tuples(nearly_in_place(), st.just("SGD"), st.booleans()), step)


@pytest.mark.parametrize("mistake", OVERFLOWS_IN_PLACE)
def test_a_missing_overflow_check_of_the_inplace_step_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    silence_products(monkeypatch)
    monkeypatch.setattr(inplace.Step, "descend", edit_source(inplace.Step.descend, *OVERFLOWS_IN_PLACE[mistake]))
    assert not all(map(sees_overflow, CASES))


def test_without_a_mistake_nothing_is_found() -> None:
    few = settings(SEARCH, max_examples=settings().max_examples)
    assert not finds_failure(st.tuples(cases()), check_forward, few)
    assert not finds_failure(st.tuples(cases()), check_backward, few)
    assert not finds_failure(STEPS, check_two_steps, few)
    assert not finds_failure(st.tuples(cases_in_place()), steps_in_place, few)
    assert not finds_failure(TWO_IN_PLACE, steps_in_place, few)
