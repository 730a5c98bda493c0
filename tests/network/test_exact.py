"""In cases where float arithmetic is exact, loops and matrices give exactly the numbers that fractions give."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
import vectorized
from reference import Layout
from tests.strategies import Trial

PACKAGES = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
LINEAR = ["relu", "identity"]
SQUARED = ["half_squared_error", "squared_error"]


def fractions(numbers: Any) -> Any:
    return [fractions(each) for each in numbers] if isinstance(numbers, list) else Fraction(numbers)


@st.composite
def exact_cases(draw: st.DrawFn, n_samples: int = 2) -> Trial:
    """Draw a case whose passes are exact in floats: small whole numbers, ReLU or identity, and a squared error."""
    sizes = st.integers(1, 3)
    layout = Layout(draw(sizes), draw(sizes), draw(sizes))
    whole = st.integers(-2, 2).map(float)

    def rows(n_columns: int) -> Any:
        return draw(st.lists(st.lists(whole, min_size=n_columns, max_size=n_columns), min_size=n_samples, max_size=n_samples))

    weights = draw(st.lists(whole, min_size=layout.n_weights, max_size=layout.n_weights))
    names = draw(st.sampled_from(LINEAR)), draw(st.sampled_from(LINEAR)), draw(st.sampled_from(SQUARED))
    return Trial(layout, *names, weights, rows(layout.n_inputs), rows(layout.n_outputs), "sum")


@PACKAGES
@given(exact_cases(), st.sampled_from(["backpropagation", "error_splitting"]), st.sampled_from([0.0, 0.5]))
def test_backward_is_exact(package: Any, case: Trial, rule: str, l2: float) -> None:
    here = case.network(package).backward(case.inputs, case.targets, reduction="sum", l2=l2, rule=rule)
    true = case.network(reference, fractions(case.weights)).backward(
        case.inputs, case.targets, reduction="sum", l2=l2, rule=rule
    )
    for stage in here._fields:
        assert np.array_equal(np.array(getattr(here, stage), float), np.array(getattr(true, stage), float)), stage


STEPS = st.tuples(exact_cases(), st.sampled_from([(0.0, False), (0.5, False), (0.5, True)]), st.booleans(), st.integers(0, 9))


def check_two_steps(
    case: Trial, momentum: tuple[float, bool], train_biases: bool, shuffle: int, package: Any = vectorized
) -> None:
    """Assert that two training steps with floats give the exact losses and weights, if all new weights are below 2**20."""
    how = {"batch_size": 1, "shuffle": shuffle, "learning_rate": 0.25, "reduction": "sum", "train_biases": train_biases}
    true, here = case.network(reference, fractions(case.weights)), case.network(package)
    losses = true.train(case.inputs, case.targets, optimizer=reference.SGD(*momentum), **how)
    if max(abs(w) for w in true.weights) < 2**20:
        found = here.train(case.inputs, case.targets, optimizer=package.SGD(*momentum), **how)
        assert found == losses, "the losses differ, so no flat positions were compared"
        wrong = [at for at in range(case.layout.n_weights) if here.weights[at] != true.weights[at]]
        assert not wrong, f"flat positions {wrong}"


@PACKAGES
@given(STEPS)
def test_two_steps_are_exact(package: Any, steps: Any) -> None:
    check_two_steps(*steps, package=package)


@PACKAGES
@pytest.mark.parametrize(("rate", "epochs"), [(2.0, 500), (0.5, 20)], ids=["back and forth", "halving"])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_many_epochs_are_exact(package: Any, rate: float, epochs: int, batch_size: int | None) -> None:
    """Only the weight h0->o0 changes, and the output equals it.

    With rate 2, each step changes the sign of the error. With rate 0.5, it halves the error.
    """
    weights = [3.0, -1.0, 1.0, 0.0, 5.0, 7.0, 0.0]  # 1-2-1: the hidden nodes are 1 and 0
    names = {"hidden": "relu", "output": "identity"}
    how = {"learning_rate": rate, "epochs": epochs, "train_biases": False, "shuffle": 3, "batch_size": batch_size}
    true = reference.NeuralNetwork(1, 2, 1, weights=fractions(weights), **names)
    here = package.NeuralNetwork(1, 2, 1, weights=weights, **names)
    inputs, targets = ([[0.0]], [[2.0]]) if batch_size is None else ([[0.0]] * 2, [[2.0]] * 2)
    assert here.train(inputs, targets, **how) == true.train(inputs, targets, **how)
    assert list(here.weights) == true.weights
    assert here.weights[4] != 5.0 or rate == 2.0
    assert here.weights[5] == 7.0


@PACKAGES
@pytest.mark.parametrize("optimizer", ["SGD", "RMSProp", "Adam"])
def test_frozen_biases_do_not_change_with_a_stateful_optimizer(package: Any, optimizer: str) -> None:
    network = package.NeuralNetwork(2, 3, 2, init="ramp")
    stateful = getattr(package, optimizer)(momentum=0.9) if optimizer == "SGD" else getattr(package, optimizer)()
    inputs, targets = [[1.0, 2.0], [0.5, -1.0]], [[1.0, 0.0], [0.0, 1.0]]
    network.train(inputs, targets, optimizer=stateful, epochs=2)
    before = network.blocks()
    network.train(inputs, targets, optimizer=stateful, epochs=2, train_biases=False, l2=0.5)
    after = network.blocks()
    assert list(after.h_biases) == list(before.h_biases)
    assert list(after.o_biases) == list(before.o_biases)
    assert not np.array_equal(after.ih_weights, before.ih_weights)


@given(exact_cases(), st.data())
def test_a_weight_changes_only_the_sum_of_its_node(case: Trial, data: st.DataObject) -> None:
    """The test adds 1 to the weight i->h or h->o, or to a bias. The sum of the node grows by inputs[i], h_nodes[h], or 1."""
    layout, sample = case.layout, case.inputs[0]
    position = data.draw(st.integers(0, layout.n_weights - 1))
    source, target = layout.name_of(position).split("->")
    layer, node = target[0], int(target[1:])
    moved = list(case.weights)
    moved[position] += 1
    for package in (reference, vectorized):
        before, after = (case.network(package, weights).forward(sample) for weights in (case.weights, moved))
        change = 1.0 if source == "b" else (sample if layer == "h" else list(before.h_nodes))[int(source[1:])]
        h_expected, o_expected = list(before.h_sums), list(before.o_sums)
        if layer == "h":
            h_expected[node] += change
            assert list(after.h_sums) == h_expected
        else:
            o_expected[node] += change
            assert list(after.h_sums) == h_expected
            assert list(after.o_sums) == o_expected


@given(exact_cases(), st.data())
def test_the_gradient_is_the_central_difference(case: Trial, data: st.DataObject) -> None:
    """With identity activations, the loss is a parabola in each weight, so its central difference is its derivative."""
    case = case._replace(hidden="identity", output="identity")
    position = data.draw(st.integers(0, case.layout.n_weights - 1))
    weights, step = fractions(case.weights), Fraction(1, 3)
    how = {"reduction": data.draw(st.sampled_from(["mean", "sum"])), "l2": Fraction(1, 7)}
    losses = []
    for sign in (1, -1):
        moved = list(weights)
        moved[position] += sign * step
        # The L2 penalty is also a parabola in each weight, but has no biases: a gradient that penalizes a bias fails this test.
        losses.append(case.network(reference, moved).loss_of(fractions(case.inputs), fractions(case.targets), **how))
    gradient = case.network(reference, weights).backward(fractions(case.inputs), fractions(case.targets), **how).gradient
    assert gradient[position] == (losses[0] - losses[1]) / (2 * step)


def test_all_results_of_fraction_weights_are_fractions_even_if_the_settings_are_floats() -> None:
    network = reference.NeuralNetwork(
        2, 2, 1, hidden="leaky_relu", output="identity", weights=fractions([1, -2, 3, 4, 0, 1, 5, 6, 7])
    )
    stages = network.forward([1, 2])
    losses = network.train([[1, 2]], [[3]], optimizer=reference.SGD(momentum=0.5, nesterov=True), l2=0.25, epochs=2)
    backward = network.backward([1, 2], [3], l2=0.1)
    for numbers in (*stages, losses, network.weights, backward.o_deltas, backward.h_deltas, backward.gradient, [backward.loss]):
        assert {type(number) for number in numbers} == {Fraction}
