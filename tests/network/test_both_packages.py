"""Every stage of the loops, and of the matrices on every array library, is within its proven bound of the truth."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
import vectorized
from reference.specification.optimizers import StatefulOptimizer
from tests.command import ROOT
from tests.network.compare import BACKWARD, STAGES, assert_within, bounds_of, check_truth
from tests.network.computers import NUMPY, Computer, on_every_library
from tests.strategies import Trial, cases, cases_in_place, nearly_in_place
from vectorized.libraries import to_numpy


def names_of_optimizers() -> list[str]:
    """Return the names of all optimizers in the specification."""
    return [each.__name__ for each in StatefulOptimizer.__subclasses__() if each.__module__ == StatefulOptimizer.__module__]


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "momentum": lambda package: package.SGD(momentum=0.5),
    "nesterov": lambda package: package.SGD(momentum=0.9, nesterov=True),
    **{name: lambda package, name=name: getattr(package, name)() for name in names_of_optimizers()},
}


class Trained:
    """The results of a training: the new weights, and the loss of the first epoch."""

    def __init__(self, network: Any, losses: list[Any]) -> None:
        self.weights, self.loss = network.weights, losses[0]


def forward(case: Trial, single_sample: bool = False) -> Callable[[Any], Any]:
    return lambda network: network.forward(case.inputs[0] if single_sample else case.inputs)


def backward(case: Trial, single_sample: bool = False) -> Callable[[Any], Any]:
    inputs, targets = (case.inputs[0], case.targets[0]) if single_sample else (case.inputs, case.targets)
    return lambda network: network.backward(inputs, targets, **case.how)


def training(case: Trial, optimizer: str, **how: Any) -> Callable[[Any], Any]:
    """Return a function that trains a network with the optimizer of its package, by default for one step."""

    def ask(network: Any) -> Trained:
        package = vectorized if type(network).__module__.startswith("vectorized") else reference
        fresh = OPTIMIZERS[optimizer](package)
        return Trained(network, network.train(case.inputs, case.targets, optimizer=fresh, **case.how, **how))

    return ask


def check_forward(case: Trial, computer: Computer = NUMPY, single_sample: bool = False) -> None:
    check_truth(case, computer, forward(case, single_sample), STAGES)


def check_backward(case: Trial, computer: Computer = NUMPY, single_sample: bool = False) -> None:
    check_truth(case, computer, backward(case, single_sample), BACKWARD)


def check_step(case: Trial, optimizer: str, computer: Computer = NUMPY, **how: Any) -> None:
    check_truth(case, computer, training(case, optimizer, **how), ("loss", "weights"))


def check_batch(case: Trial, computer: Computer = NUMPY) -> None:
    """Assert that a batch gives the results of its single samples, within their bounds."""
    bounds, network = bounds_of(case, forward(case), computer.bounded), computer.network(case)
    batch = network.forward(case.inputs)
    singles = [network.forward(sample) for sample in case.inputs]
    for stage in STAGES:
        stacked, allowed = [to_numpy(getattr(single, stage)) for single in singles], getattr(bounds, stage)
        assert_within(case.layout, stage, to_numpy(getattr(batch, stage)), stacked, allowed, allowed)


def check_order(case: Trial, random: Any, computer: Computer = NUMPY) -> None:
    """Assert that another order of the hidden nodes gives the same outputs, within their bounds."""
    order = list(range(case.layout.n_hidden))
    random.shuffle(order)
    bounds, network = bounds_of(case, forward(case), computer.bounded), computer.network(case)
    ih_weights, h_biases, ho_weights, o_biases = (np.array(to_numpy(block)) for block in network.blocks())
    blocks = ih_weights[:, order], h_biases[order], ho_weights[order], o_biases
    permuted = case._replace(weights=[float(weight) for block in blocks for weight in block.ravel()])
    for stage in ("o_sums", "o_nodes"):
        here, there = (to_numpy(getattr(net.forward(case.inputs), stage)) for net in (network, computer.network(permuted)))
        assert_within(case.layout, stage, here, there, getattr(bounds, stage), getattr(bounds, stage))


def check_cases(computer: Computer, check: Callable[..., None], *drawn: Any, source: Any = cases, **how: Any) -> None:
    """Call `check` with random cases. The number of cases depends on `computer.examples` (see `Computer`)."""
    few = {} if computer.examples is None else {"max_examples": computer.examples * settings().max_examples // 25}

    @settings(**few)
    @given(st.tuples(source(width=computer.width, **how), *drawn))
    def check_all(arguments: tuple[Any, ...]) -> None:
        check(*arguments)

    check_all()


EVERY_COMPUTER = pytest.mark.parametrize("computer", on_every_library())


@EVERY_COMPUTER
def test_the_forward_pass_is_within_its_bound(computer: Computer) -> None:
    check_cases(computer, lambda case, single_sample: check_forward(case, computer, single_sample), st.booleans())


@EVERY_COMPUTER
def test_the_backward_pass_is_within_its_bound(computer: Computer) -> None:
    check_cases(computer, lambda case, single_sample: check_backward(case, computer, single_sample), st.booleans())


@EVERY_COMPUTER
def test_one_step_of_each_optimizer_is_within_its_bound(computer: Computer) -> None:
    def check(case: Trial, optimizer: str, train_biases: bool, rate: float) -> None:
        check_step(case, optimizer, computer, train_biases=train_biases, learning_rate=rate)

    drawn = st.sampled_from(sorted(OPTIMIZERS)), st.booleans(), st.sampled_from([0.5, 0.1, 3.0])
    check_cases(computer, check, *drawn, usual=computer.precision == "float32")


@EVERY_COMPUTER
def test_two_epochs_of_the_usual_training_are_within_their_bound(computer: Computer) -> None:
    """The usual training is plain SGD with softmax and cross-entropy. NumPy computes it in place."""

    def check(case: Trial, batch_size: int | None, shuffle: int | None, rate: float) -> None:
        check_step(case, "SGD", computer, epochs=2, batch_size=batch_size, shuffle=shuffle, learning_rate=rate)

    drawn = st.one_of(st.none(), st.integers(1, 3)), st.sampled_from([None, 0]), st.sampled_from([0.5, 0.1, 3.0])
    check_cases(computer, check, *drawn, source=cases_in_place)


@given(nearly_in_place(), st.booleans())
def test_a_step_with_one_unusual_setting_is_within_its_bound(case: Trial, train_biases: bool) -> None:
    """In most of these cases one setting is unusual, so the step must not be computed in place."""
    check_step(case, "SGD", train_biases=train_biases)


@EVERY_COMPUTER
def test_a_batch_gives_the_results_of_its_samples(computer: Computer) -> None:
    check_cases(computer, lambda case: check_batch(case, computer), usual=True)


@EVERY_COMPUTER
def test_the_order_of_hidden_nodes_does_not_change_the_outputs(computer: Computer) -> None:
    check_cases(computer, lambda case, rng: check_order(case, rng, computer), st.randoms(use_true_random=False), usual=True)


def test_most_cases_have_bounds() -> None:
    """The tests above check nothing in a case without bounds (see `bounds_of`)."""
    decided = {"forward": 0, "backward": 0}

    @settings(max_examples=100, derandomize=True)
    @given(cases())
    def count(case: Trial) -> None:
        decided["forward"] += bounds_of(case, forward(case)) is not None
        decided["backward"] += bounds_of(case, backward(case)) is not None

    count()
    assert decided["forward"] > 60
    assert decided["backward"] > 50


def test_both_packages_have_the_same_signatures() -> None:
    for name in ("NeuralNetwork", *names_of_optimizers()):
        here, there = getattr(reference, name), getattr(vectorized, name)
        public = {member for member in dir(here) if not member.startswith("_")} | {"__init__"}
        assert public <= set(dir(there))
        for member in public:
            if callable(getattr(here, member)):
                assert parameters(here, member) == parameters(there, member), f"{name}.{member}"


def parameters(owner: Any, member: str) -> list[tuple[str, Any, Any]]:
    """Return the names, kinds and defaults of a method's parameters. Only `vectorized` has `dtype` and `out`."""
    signature = inspect.signature(getattr(owner, member))
    return [(p.name, p.kind, p.default) for p in signature.parameters.values() if p.name not in ("dtype", "out")]


@pytest.mark.parametrize("name", ["forward.py", "backward.py"])
def test_a_pass_can_be_read_side_by_side_in_both_packages(name: str) -> None:
    """The file of `reference` and the file of `vectorized` fit side by side on 160 columns."""
    here, there = ((ROOT / package / name).read_text("utf-8") for package in ("reference", "vectorized"))
    assert max(map(len, (here + there).splitlines())) <= 77
    functions = [re.findall(r"^(?:def|class) (\w+)", text, re.M) for text in (here, there)]
    lines = [re.findall(r'^    """(.*?)(?:"""|$)', text, re.M)[: len(functions[0])] for text in (here, there)]
    assert functions[0] == functions[1]
    assert lines[0] == lines[1]


def test_the_passes_of_the_matrices_are_short() -> None:
    lines = sum(len((ROOT / "vectorized" / name).read_text("utf-8").splitlines()) for name in ("forward.py", "backward.py"))
    assert lines <= 120
