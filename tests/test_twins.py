"""The twins agree, stage by stage, under derived bounds."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
import vectorized
from reference import Bounded
from tests.compare import BACKWARD, SINGLE, STAGES, assert_within, bounds_of, check_agreement
from tests.strategies import Case, cases, cases_in_place, nearly_in_place

OPTIMIZERS = {
    "SGD": lambda package: package.SGD(),
    "momentum": lambda package: package.SGD(momentum=0.5),
    "nesterov": lambda package: package.SGD(momentum=0.9, nesterov=True),
    "RMSProp": lambda package: package.RMSProp(),
    "Adam": lambda package: package.Adam(),
}


class Trained:
    """The weights and the loss after one epoch, as stages to compare."""

    def __init__(self, network: Any, losses: list[Any]) -> None:
        self.weights, self.loss = network.weights, losses[0]


def forward(case: Case, single_sample: bool = False) -> Callable[[Any], Any]:
    return lambda network: network.forward(case.inputs[0] if single_sample else case.inputs)


def backward(case: Case, single_sample: bool = False) -> Callable[[Any], Any]:
    inputs, targets = (case.inputs[0], case.targets[0]) if single_sample else (case.inputs, case.targets)
    return lambda network: network.backward(inputs, targets, **case.how)


def one_step(case: Case, optimizer: str, **how: Any) -> Callable[[Any], Any]:
    """Ask for one step; the optimizer belongs to the network's package."""

    def ask(network: Any) -> Trained:
        package = vectorized if type(network).__module__.startswith("vectorized") else reference
        made = OPTIMIZERS[optimizer](package)
        return Trained(network, network.train(case.inputs, case.targets, optimizer=made, **case.how, **how))

    return ask


def check_forward(case: Case, dtype: str = "float64", single_sample: bool = False) -> None:
    kind = Bounded if dtype == "float64" else SINGLE
    twins = case.network(reference), case.network(vectorized, dtype=dtype)
    check_agreement(case, *twins, forward(case, single_sample), STAGES, kind)


def check_backward(case: Case, dtype: str = "float64", single_sample: bool = False) -> None:
    kind = Bounded if dtype == "float64" else SINGLE
    twins = case.network(reference), case.network(vectorized, dtype=dtype)
    check_agreement(case, *twins, backward(case, single_sample), BACKWARD, kind)


def check_step(case: Case, optimizer: str, dtype: str = "float64", **how: Any) -> None:
    kind = Bounded if dtype == "float64" else SINGLE
    twins = case.network(reference), case.network(vectorized, dtype=dtype)
    check_agreement(case, *twins, one_step(case, optimizer, **how), ("loss", "weights"), kind)


@given(cases(), st.booleans())
def test_forward_agrees(case: Case, single_sample: bool) -> None:
    check_forward(case, single_sample=single_sample)


@given(cases(width=32), st.booleans())
def test_forward_agrees_in_single_precision(case: Case, single_sample: bool) -> None:
    check_forward(case, "float32", single_sample)


@given(cases(), st.booleans())
def test_backward_agrees(case: Case, single_sample: bool) -> None:
    check_backward(case, single_sample=single_sample)


@given(cases(width=32), st.booleans())
def test_backward_agrees_in_single_precision(case: Case, single_sample: bool) -> None:
    check_backward(case, "float32", single_sample)


@given(cases(), st.sampled_from(sorted(OPTIMIZERS)), st.booleans(), st.sampled_from([0.5, 0.1, 3.0]))
def test_one_step_of_each_optimizer_agrees(case: Case, optimizer: str, train_biases: bool, rate: float) -> None:
    check_step(case, optimizer, train_biases=train_biases, learning_rate=rate)


@given(cases(width=32, usual=True), st.sampled_from(sorted(OPTIMIZERS)), st.booleans())
def test_one_step_agrees_in_single_precision(case: Case, optimizer: str, train_biases: bool) -> None:
    check_step(case, optimizer, "float32", train_biases=train_biases)


BATCHES = st.one_of(st.none(), st.integers(1, 3))


@given(cases_in_place(), BATCHES, st.sampled_from([None, 0]), st.sampled_from([0.5, 0.1, 3.0]))
def test_two_epochs_in_place_agree(case: Case, batch_size: int | None, shuffle: int | None, rate: float) -> None:
    check_step(case, "SGD", epochs=2, batch_size=batch_size, shuffle=shuffle, learning_rate=rate)


@given(cases_in_place(width=32), BATCHES, st.sampled_from([0.5, 0.1, 3.0]))
def test_two_epochs_in_place_agree_in_single_precision(case: Case, batch_size: int | None, rate: float) -> None:
    check_step(case, "SGD", "float32", epochs=2, batch_size=batch_size, learning_rate=rate)


@given(nearly_in_place(), st.booleans())
def test_a_step_that_could_nearly_be_in_place_agrees(case: Case, train_biases: bool) -> None:
    check_step(case, "SGD", train_biases=train_biases)


def check_batch(case: Case, package: Any = vectorized) -> None:
    """Assert that a batch is its samples one by one, under the bound: a product of another shape may add in another order."""
    bounds, network = bounds_of(case, forward(case)), case.network(package)
    batch = network.forward(case.inputs)
    singles = [network.forward(sample) for sample in case.inputs]
    for stage in STAGES:
        stacked, allowed = [getattr(single, stage) for single in singles], getattr(bounds, stage)
        assert_within(case.layout, stage, getattr(batch, stage), stacked, allowed, allowed)


def check_order(case: Case, random: Any, package: Any = vectorized) -> None:
    """Assert that hidden nodes put in another order, with their weights, leave the outputs within their bounds."""
    order = list(range(case.layout.n_hidden))
    random.shuffle(order)
    bounds, network = bounds_of(case, forward(case)), case.network(package)
    ih_weights, h_biases, ho_weights, o_biases = (np.array(block) for block in network.blocks())
    blocks = ih_weights[:, order], h_biases[order], ho_weights[order], o_biases
    permuted = package.NeuralNetwork.from_blocks(*blocks, hidden=case.hidden, output=case.output, loss=case.loss)
    for stage in ("o_sums", "o_nodes"):
        here, there = (getattr(one.forward(case.inputs), stage) for one in (network, permuted))
        assert_within(case.layout, stage, here, there, getattr(bounds, stage), getattr(bounds, stage))


@given(cases(usual=True), st.sampled_from([reference, vectorized]))
def test_a_batch_is_its_samples_one_by_one(case: Case, package: Any) -> None:
    check_batch(case, package)


@given(cases(usual=True), st.randoms(use_true_random=False), st.sampled_from([reference, vectorized]))
def test_hidden_nodes_have_no_order(case: Case, random: Any, package: Any) -> None:
    check_order(case, random, package)


def test_most_cases_are_decided() -> None:
    """The properties above would hold of nothing if the bounds were undecided everywhere."""
    decided = {"forward": 0, "backward": 0}

    @settings(max_examples=100, derandomize=True)
    @given(cases())
    def count(case: Case) -> None:
        decided["forward"] += bounds_of(case, forward(case)) is not None
        decided["backward"] += bounds_of(case, backward(case)) is not None

    count()
    assert decided["forward"] > 60
    assert decided["backward"] > 50


def test_the_twins_have_the_same_signatures() -> None:
    for name in ("NeuralNetwork", "SGD", "RMSProp", "Adam"):
        here, there = getattr(reference, name), getattr(vectorized, name)
        public = {member for member in dir(here) if not member.startswith("_")} | {"__init__"}
        assert public <= set(dir(there))
        for member in public:
            if callable(getattr(here, member)):
                assert parameters(here, member) == parameters(there, member), f"{name}.{member}"


def parameters(owner: Any, member: str) -> list[tuple[str, Any, Any]]:
    """Return names, kinds and defaults of a method; `dtype` and the place for a result are the twin's own."""
    signature = inspect.signature(getattr(owner, member))
    return [(p.name, p.kind, p.default) for p in signature.parameters.values() if p.name not in ("dtype", "out")]
