"""Mistakes planted in the network of wild/training.py get the expected explanation."""

from collections.abc import Callable
from typing import Any

import pytest

from reference import oracle
from tests.oracle.corpus.entry import only, quiet
from tests.oracle.wild.entry import REGRESSION, SQUARES
from tests.oracle.wild.training import (
    AllTransposedWithoutHiddenBiases,
    AllWrittenTransposed,
    CubicRoot,
    GradientNotReset,
    GradientTransposed,
    HoStoredTransposed,
    HoStoredTransposedGoingBack,
    IhStoredTransposed,
    LoadedTransposed,
    LoadedTransposedWithoutHiddenBiases,
    NoBiasGradient,
    NoBiasStepAndRoot,
    NoHiddenSlope,
    NoOutputBiases,
    NoOutputSlope,
    NoOutputSlopeAndNoHiddenBiases,
    RateOfAHalf,
    RateOfAHalfAndNoBiasStep,
    RootOfTheGradient,
    Steps,
    Summed,
    UpdatedTooEarly,
)
from tests.thorough import thorough

TANH = {"hidden": "tanh"}
IDS: Callable[[Any], str] = lambda each: each.__name__ if isinstance(each, type) else ""  # noqa: E731


def printed(answers: Any, number_format: str) -> Any:
    """Return the answers rounded as if they were printed in this format."""
    if isinstance(answers, dict):
        return {stage: printed(numbers, number_format) for stage, numbers in answers.items()}
    return [printed(each, number_format) for each in answers] if isinstance(answers, list) else float(number_format % answers)


def verdict_on(network: type[Steps], stages: str, number_format: str = "%r", **settings: Any) -> oracle.Verdict:
    """Return the verdict on a network that answers these stages, or all stages if `stages` is empty."""

    def candidate(case: Any) -> dict[str, Any]:
        return printed(network(case).answer(), number_format)

    return oracle.check(only(quiet(candidate), *stages.split()) if stages else quiet(candidate), examples=40, **settings)


@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize("settings", [{}, {**TANH, "steps": 3}, {**SQUARES, "batch": 2}], ids=str)
def test_the_network_without_a_mistake_agrees(settings: dict[str, Any]) -> None:
    assert verdict_on(Steps, "", **settings).agrees


FOUND: list[tuple[type[Steps], str, dict[str, Any], list[str]]] = [
    (AllWrittenTransposed, "", {**TANH, "steps": 2}, ["gradient_ih_weights_transposed", "gradient_ho_weights_transposed"]),
    (GradientTransposed, "", TANH, ["gradient_ih_weights_transposed", "gradient_ho_weights_transposed"]),
    (GradientTransposed, "", {**TANH, "steps": 3}, ["gradient_ih_weights_transposed", "gradient_ho_weights_transposed"]),
    (LoadedTransposed, "", TANH, ["ih_weights_transposed", "ho_weights_transposed"]),
    (LoadedTransposed, "o_nodes weights", TANH, ["ih_weights_transposed", "ho_weights_transposed"]),
    (
        AllTransposedWithoutHiddenBiases,
        "o_nodes gradient",
        TANH,
        ["ih_weights_transposed", "ho_weights_transposed", "h_biases_missing"],
    ),
    (
        LoadedTransposedWithoutHiddenBiases,
        "o_nodes gradient",
        TANH,
        ["ih_weights_transposed", "ho_weights_transposed", "h_biases_missing"],
    ),
    (RateOfAHalf, "weights", {**TANH, "batch": 2}, ["w = w - 0.5*gradient"]),
    (RateOfAHalf, "", TANH, ["w = w - 0.5*gradient"]),
    (RateOfAHalfAndNoBiasStep, "weights", TANH, ["w = w - 0.5*gradient", "biases_not_stepped"]),
    (IhStoredTransposed, "", TANH, ["ih_weights_stored_transposed"]),
    (IhStoredTransposed, "o_nodes", {"hidden": "relu"}, ["ih_weights_stored_transposed"]),
    (HoStoredTransposed, "", TANH, ["ho_weights_stored_transposed_going_forward"]),
    (HoStoredTransposed, "o_nodes", SQUARES, ["ho_weights_stored_transposed"]),
    (HoStoredTransposedGoingBack, "", TANH, ["ho_weights_stored_transposed_going_back"]),
    (HoStoredTransposedGoingBack, "o_nodes weights", SQUARES, ["ho_weights_stored_transposed_going_back"]),
    (GradientNotReset, "", {**TANH, "steps": 3}, ["gradient_not_reset"]),
    (GradientNotReset, "weights", {"steps": 2, "batch": 2}, ["gradient_not_reset"]),
    (UpdatedTooEarly, "", {**TANH, "batch": 2}, ["ho_weights_updated_too_early"]),
    (UpdatedTooEarly, "h_deltas weights", {**TANH, "steps": 3}, ["ho_weights_updated_too_early"]),
    (UpdatedTooEarly, "o_nodes weights", TANH, ["ho_weights_updated_too_early"]),
    (NoOutputSlope, "", SQUARES, ["output_slope_missing"]),
    (NoOutputSlope, "o_nodes gradient", SQUARES, ["output_slope_missing"]),
    (NoOutputSlope, "o_nodes weights", {**SQUARES, "batch": 3}, ["output_slope_missing"]),
    (NoOutputSlopeAndNoHiddenBiases, "o_nodes gradient", SQUARES, ["h_biases_missing", "output_slope_missing"]),
]


@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize(
    ("network", "stages", "settings", "names"),
    [*FOUND[::12], *thorough(*(each for at, each in enumerate(FOUND) if at % 12))],
    ids=IDS,
)
def test_a_planted_mistake_is_found(network: type[Steps], stages: str, settings: dict[str, Any], names: list[str]) -> None:
    verdict = verdict_on(network, stages, **settings)
    assert verdict.diagnoses == names, f"{verdict}"
    assert verdict.record["complete"], f"{verdict}"


@pytest.mark.thorough
@pytest.mark.usefixtures("without_smallest_network")
def test_a_hard_coded_learning_rate_is_named_in_words() -> None:
    assert "The step uses the learning rate 0.5." in str(verdict_on(RateOfAHalf, "weights"))


@pytest.mark.thorough
@pytest.mark.usefixtures("without_smallest_network")
def test_the_report_says_that_only_the_training_step_makes_a_mistake() -> None:
    assert "Only the training step does this" in str(verdict_on(UpdatedTooEarly, "", **TANH))
    assert "Only the training step does this" not in str(verdict_on(UpdatedTooEarly, "o_nodes weights", **TANH))


@pytest.mark.usefixtures("without_smallest_network")
def test_the_report_lists_output_slope_missing_before_loss_is_cross_entropy() -> None:
    report = str(verdict_on(NoOutputSlope, "o_nodes gradient", **SQUARES))
    assert report.index("(output_slope_missing)") < report.index("(loss_is_cross_entropy)")


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_only_wrong_stages_are_called_unexplained() -> None:
    assert "no explanation found for weights\n" in str(verdict_on(RootOfTheGradient, "o_nodes weights", **REGRESSION))


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_bias_gradients_of_0_are_not_called_a_missing_gradient() -> None:
    assert "gradient_missing" not in verdict_on(NoBiasStepAndRoot, "weights", **TANH).diagnoses


PRINTED: list[tuple[type[Steps], str, str, dict[str, Any], str, list[str]]] = [
    (NoHiddenSlope, "", "%f", SQUARES, "h_deltas[0]", ["hidden_slope_missing"]),
    (Summed, "", "%.6g", {"batch": 3}, "gradient[0] (i0->h0)", ["gradient_reduced_otherwise"]),
    (Summed, "", "%.4f", {"batch": 3}, "gradient[0] (i0->h0)", ["gradient_reduced_otherwise"]),
    (NoBiasGradient, "o_nodes weights", "%f", {}, "weights[2] (b->h0)", ["biases_not_stepped"]),
    (NoOutputBiases, "o_nodes", "%f", {}, "o_nodes[0]", ["o_biases_missing"]),
    (LoadedTransposed, "", "%.8g", TANH, "h_sums[0]", ["ih_weights_transposed", "ho_weights_transposed"]),
]


@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize(
    ("network", "stages", "number_format", "settings", "first_wrong", "names"), [*PRINTED[:1], *thorough(*PRINTED[1:])], ids=IDS
)
def test_few_digits_do_not_hide_a_mistake(
    network: type[Steps], stages: str, number_format: str, settings: dict[str, Any], first_wrong: str, names: list[str]
) -> None:
    verdict = verdict_on(network, stages, number_format, **settings)
    assert (verdict.grade, verdict.first_wrong, verdict.diagnoses) == ("wrong", first_wrong, names), f"{verdict}"
    words = f"{number_format[2:-1] or 6} {'decimals' if number_format[-1] == 'f' else 'significant digits'}"
    assert f"note: your numbers have only {words}; print 17 significant digits, and check again" in str(verdict)


@pytest.mark.usefixtures("without_slow_searches")
def test_few_digits_do_not_mislead_the_search_for_the_wrong_layer() -> None:
    verdict = verdict_on(CubicRoot, "o_nodes", "%f", sizes=(2, 1, 2))
    assert (verdict.first_wrong or "").startswith("h_nodes[0], or the ho weights")


@pytest.mark.usefixtures("without_slow_searches")
def test_the_report_on_whole_numbers_does_not_ask_for_more_digits() -> None:
    def classes(case: Any) -> list[float]:
        outputs = Steps(case).answer()["o_nodes"]
        return [float(y == max(outputs)) for y in outputs]

    verdict = oracle.check(classes, examples=20)
    assert verdict.diagnoses == ["outputs_as_classes"]
    assert "print 17 significant digits" not in str(verdict)


@pytest.mark.thorough
def test_the_right_new_value_of_the_first_wrong_weight_differs_from_its_old_value() -> None:
    """So the counterexample is not a network with softmax and equal ho weights, where a right step changes no ih weight."""
    verdict = verdict_on(UpdatedTooEarly, "", **TANH)
    first = next(line for line in verdict.record["worked"] if line.get("wrong"))
    assert first["name"].startswith("weights[0]")
    assert verdict.counterexample is not None
    assert abs(first["right"] - verdict.counterexample.weights[0]) > 1e-6
