"""The numbers of the page equal those of the loops, and the picture and the panel show these numbers."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

import reference
from reference import Bounded
from reference.explain.lessons import WORKED
from reference.explain.subject import Subject
from tests.explain.arithmetic import evaluate, unit
from tests.explain.browser import Open, Visit, examples, page_of_subjects
from tests.explain.test_page_equations import random_subject

STAGES = ("h_sums", "h_nodes", "o_sums", "o_nodes", "o_deltas", "h_deltas", "gradient")
RANDOM = {
    "1-1-1": random_subject((1, 1, 1), 3, hidden="tanh", output="identity", loss="squared_error"),
    "3-4-2": random_subject((3, 4, 2), 4, hidden="leaky_relu", output="softmax", loss="mean_squared_error"),
    "2-9-3": random_subject((2, 9, 3), 6, hidden="relu", output="sigmoid", loss="cross_entropy"),
    "2-9-3 softmax": random_subject((2, 9, 3), 5, hidden="identity", output="softmax", loss="cross_entropy"),
    "64-32-10": random_subject((64, 32, 10), 7, hidden="sigmoid", output="softmax", loss="cross_entropy"),
    "5-40-1": random_subject((5, 40, 1), 8, hidden="sigmoid", output="tanh", loss="half_squared_error"),
}
SUBJECTS = {key: subject() for key, subject in WORKED.items()} | RANDOM


def copy_of(network: Any, weights: list[Any]) -> Any:
    net = network.architecture
    return reference.NeuralNetwork(*net.sizes, hidden=net.hidden, output=net.output, loss=net.loss, weights=weights)


def stages_of(network: Any, subject: Subject) -> dict[str, Sequence[Any]]:
    """Return every stage of the sample, and the weights after a training step as the stage `next`."""
    back = network.backward(subject.inputs, subject.targets)
    stages: dict[str, Sequence[Any]] = network.forward(subject.inputs)._asdict() | back._asdict()
    rows = subject.rows if subject.learn == "all" else ([subject.inputs], [subject.targets])
    gradient = network.backward(*rows, reduction=subject.reduction).gradient
    net = network.architecture.layout
    biases = {at for at in range(net.n_weights) if net.name_of(at).startswith("b->")} if subject.biases == "stay" else set()
    steps = [0 if at in biases else subject.rate * slope for at, slope in enumerate(gradient)]
    return stages | {"loss": [back.loss], "next": [w - step for w, step in zip(network.weights, steps, strict=True)]}


@pytest.mark.thorough
@pytest.mark.parametrize("key", SUBJECTS)
def test_every_number_agrees_with_the_loops(visit: Open, key: str) -> None:
    """Page and loops each differ from the truth by at most the proven bound, which holds for any order of summation."""
    subject = SUBJECTS[key]
    page = visit(page_of_subjects(subject))
    loops = stages_of(copy_of(subject.network, list(subject.network.weights)), subject)
    bounds = stages_of(copy_of(subject.network, [Bounded(w) for w in subject.network.weights]), subject)
    for stage in (*STAGES, "loss", "next"):
        on_page = page.js("(stage) => [now[stage]].flat()", stage)
        for number, loop, bound in zip(on_page, loops[stage], bounds[stage], strict=True):
            assert abs(number - loop) <= 2 * bound.error, stage


@pytest.mark.thorough
@pytest.mark.parametrize("key", RANDOM)
def test_three_steps_agree_with_the_loops(visit: Open, key: str) -> None:
    subject = RANDOM[key]
    page = visit(page_of_subjects(subject))
    networks = [copy_of(subject.network, list(map(kind, subject.network.weights))) for kind in (float, Bounded)]
    for network in networks:
        network.train([subject.inputs], [subject.targets], epochs=3, learning_rate=subject.rate)
    for _ in range(3):
        page.button("Take one step")
    assert page.js("state.trace.map(({ epoch }) => epoch)") == [0, 1, 2, 3]
    for weight, loop, bound in zip(page.js("state.weights"), *(network.weights for network in networks), strict=True):
        assert abs(weight - loop) <= 2 * bound.error


@pytest.mark.thorough
@pytest.mark.parametrize("key", ["gate", "xor"])
def test_steps_on_all_rows_agree_with_the_loops(visit: Open, key: str) -> None:
    """The rounding errors of all earlier steps add up, so the numbers are compared with a tolerance."""
    subject = SUBJECTS[key]
    page = visit(page_of_subjects(subject))
    network = copy_of(subject.network, list(subject.network.weights))
    losses = network.train(*subject.rows, epochs=100, learning_rate=subject.rate, reduction=subject.reduction)
    page.button("Train 100")
    assert page.js("state.weights") == pytest.approx(network.weights, rel=1e-9)
    assert page.js("state.trace.map(({ loss }) => loss)")[:100] == pytest.approx(losses, rel=1e-9)


def shown(page: Visit, numbers: str) -> list[str]:
    texts: list[str] = page.js(f"{numbers}.map((x) => shown(x))")
    return texts


@pytest.mark.parametrize("key", ["3-4-2"])
def test_the_picture_shows_the_numbers(visit: Open, key: str) -> None:
    page = visit(examples(), f"#example={key}&at=all")
    everything = "[...now.inputs, ...now.h_nodes, ...now.o_nodes]"
    assert page.texts("#drawing g.node:not(.loss) text.below") == shown(page, everything)
    assert page.texts("#drawing g.loss text.below") == shown(page, "[now.loss]")
    assert page.texts("#drawing g.target text.inside") == shown(page, "now.targets")
    for text, number in zip(shown(page, everything), page.js(everything), strict=True):
        assert abs(evaluate(text) - Fraction(number)) <= unit(text) / 2 + abs(Fraction(number)) / 10**12


@pytest.mark.thorough
@pytest.mark.parametrize("key", ["3-4-2", "gate", "xor", "2-2-2"])
def test_the_panel_and_the_picture_show_the_numbers_of_each_step(visit: Open, key: str) -> None:
    page = visit(examples(), f"#example={key}")
    stages = {"h": "h_nodes", "o": "o_nodes", "y": "o_nodes", "do": "o_deltas", "dh": "h_deltas"}
    for step in page.walk("node"):
        kind, _, node = step.partition(".")
        name = f"{stages.get(kind)}[{node}]"
        if kind not in stages or (kind == "o" and page.js("now.net.output") == "softmax"):
            continue
        equation = page.page.locator("#panel .equation").filter(has=page.page.locator(".name", has_text=name)).first
        assert equation.locator(".right").text_content() == shown(page, f"[now.{name}]")[0], step
        picture = f"#drawing g.node.focus text.below{'.delta' if kind in ('do', 'dh') else ''}"
        assert [text.removeprefix("δ ") for text in page.texts(picture)] == shown(page, f"[now.{name}]"), step


@pytest.mark.thorough
@pytest.mark.parametrize(("key", "loss"), [("3-4-2", "loss"), ("gate", "total loss of all 8 rows")])
def test_only_the_table_of_a_training_step_shows_the_numbers_after_the_step(visit: Open, key: str, loss: str) -> None:
    page = visit(examples(), f"#example={key}&at=next")
    changed = [*page.js("now.o_nodes.map((y, o) => [y, now.nextStages.o_nodes[o]])"), page.js("[now.stepLoss, now.nextLoss]")]
    cells = [row.locator("td").all_text_contents() for row in page.page.locator("#panel tbody tr").all()]
    shown_cells = page.js("(all) => all.map(([old, next]) => [shown(old), shown(next, decimalsOfChange(old, next))])", changed)
    assert [row[-2:] for row in cells] == shown_cells
    assert page.texts("#panel tbody th")[-1] == loss
    assert page.texts("#drawing g.node:not(.loss) text.below") == shown(page, "[...now.inputs, ...now.h_nodes, ...now.o_nodes]")
    assert page.texts("#drawing g.loss text.below") == shown(page, "[now.loss]")
    assert page.texts(".before-after") == page.texts("#training .before-after"), "only #training has a line with both losses"


@pytest.mark.thorough
def test_the_tables_show_the_weights_and_inputs(visit: Open) -> None:
    page = visit(examples())
    blocks = page.page.locator("#numbers input").evaluate_all("(all) => all.map((one) => [one.dataset.edit, one.value])")
    expected = [f"x{at}" for at in range(3)] + [f"t{at}" for at in range(2)] + [f"w{at}" for at in range(26)]
    assert sorted(edit for edit, _ in blocks) == sorted(expected)
    texts = dict(blocks)
    assert [texts[f"w{at}"] for at in range(26)] == shown(page, "now.weights")
    assert [texts[f"x{at}"] for at in range(3)] == shown(page, "now.inputs")
