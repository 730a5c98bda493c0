"""The first wrong number that the oracle names is wrong by itself: it does not only inherit an earlier error."""

from collections.abc import Callable
from typing import Any

import pytest

import reference
from reference import oracle
from reference.oracle.cases import Question
from reference.oracle.judging.steps import Network
from reference.specification.names import STAGES
from tests.oracle.answering import NetworkFactory, Runner, with_change
from tests.thorough import mark_slow_in

METHODS = {
    "h_sums": "hidden_sums", "h_nodes": "hidden_nodes", "o_sums": "output_sums", "o_nodes": "output_nodes", "loss": "loss",
    "o_deltas": "output_deltas", "h_deltas": "hidden_deltas", "gradient": "gradient", "weights": "step",
}  # fmt: skip


def network_wrong_at(*stages: str, conditional: str = "") -> NetworkFactory:
    """Return a network that adds 1/4 to one number of each of these stages: to the loss, or to the number at position 1.

    In the stage `conditional`, it adds 1/4 only if the first weight is negative.
    """

    def shift(stage: str) -> Callable[..., Any]:
        def method(self: Network, *arguments: Any) -> Any:
            right = getattr(Network, METHODS[stage])(self, *arguments)
            if stage == conditional and self.case.weights[0] >= 0:
                return right
            return right + 0.25 if stage == "loss" else [n + 0.25 * (at == 1) for at, n in enumerate(right)]

        return method

    return type("Planted", (Network,), {METHODS[stage]: shift(stage) for stage in stages})


@pytest.mark.parametrize("stage", mark_slow_in(STAGES, *STAGES[1::2]))
@pytest.mark.parametrize("batch", mark_slow_in([3, None], None))
@pytest.mark.usefixtures("without_slow_searches")
def test_the_number_that_is_wrong_by_itself_is_named(stage: str, batch: int | None) -> None:
    setting = {"hidden": "tanh", "output": "sigmoid", "loss": "half_squared_error", "batch": batch, "sizes": (2, 3, 2)}
    verdict = verdict_on_few(network_wrong_at(stage), **setting)
    place = "loss" if stage == "loss" else f"{stage}[1]"
    rows = batch and stage in STAGES[:7] and stage != "loss"
    edge = " (i0->h1)" if stage in ("gradient", "weights") else ""
    assert verdict.first_wrong == place + (" of sample 0" if rows else edge)
    assert (verdict.diagnoses, verdict.explanation) == ([], None)
    assert "no explanation found for" in str(verdict)


def verdict_on_few(network: NetworkFactory, **setting: Any) -> Any:
    return oracle.check(Runner(network), examples=6, **setting)


@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize(("early", "late"), [("h_sums", "o_nodes"), ("o_sums", "h_deltas"), ("o_nodes", "loss")])
def test_the_earliest_wrong_stage_is_named_even_if_it_is_right_in_the_first_case(early: str, late: str) -> None:
    verdict = verdict_on_few(network_wrong_at(early, late, conditional=early), hidden="tanh", sizes=(2, 3, 2))
    assert verdict.first_wrong == f"{early}[1]"
    assert verdict.record["first_wrong_case"] > 0


def test_right_weights_after_a_wrong_gradient_have_no_explanation() -> None:
    def gradient_after_the_step(answer: dict[str, Any], case: Question) -> None:
        sizes, names = (case.n_inputs, case.n_hidden, case.n_outputs), ("hidden", "output", "loss")
        network = reference.NeuralNetwork(*sizes, **{name: case[name] for name in names}, weights=answer["weights"])
        answer["gradient"] = network.backward(case.inputs, case.targets).gradient

    verdict = oracle.check(with_change(gradient_after_the_step), examples=6)
    assert (verdict.first_wrong, verdict.diagnoses) == ("gradient[0] (i0->h0)", [])
    assert [each["explanation"] for each in verdict.record["explanation"]] == ["no explanation found for gradient"]


@pytest.mark.usefixtures("without_slow_searches")
def test_the_first_wrong_sample_of_a_batch_is_named() -> None:
    def spoil_last_sample(answer: dict[str, Any], case: Question) -> None:
        answer["h_nodes"][2][0] += 0.5

    assert oracle.check(with_change(spoil_last_sample), examples=5, batch=3).first_wrong == "h_nodes[0] of sample 2"


@pytest.mark.usefixtures("without_slow_searches")
@pytest.mark.parametrize(
    ("stage", "place"),
    [("o_nodes", "o_nodes (wrong even if all ho weights are 0"), ("h_nodes", "h_nodes[1], or the ho weights")],
)
def test_an_unexplained_mistake_is_located_by_the_outputs_alone(stage: str, place: str) -> None:
    setting = {"hidden": "tanh", "output": "sigmoid", "loss": "half_squared_error", "sizes": (2, 3, 2)}
    verdict = oracle.check(Runner(network_wrong_at(stage), view="outputs"), examples=6, **setting)
    assert verdict.first_wrong is not None
    assert verdict.first_wrong.startswith(place)
