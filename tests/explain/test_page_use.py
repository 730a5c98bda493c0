"""Use of the page with real keys and a real mouse."""

from typing import Any

import pytest

import reference
from reference.explain.lessons import WORKED
from tests.explain.browser import Open, Visit, examples

pytestmark = pytest.mark.thorough
NETWORK = WORKED["3-4-2"]().network
INPUTS, TARGETS = [3.0, 4.0, -4.5], [1.0, 0.0]
EDITS = "JSON.stringify([state.weights, state.rows, state.row, state.rate, state.net, state.learn, state.biases])"


def loops(weights: list[float] | None = None, **names: str) -> Any:
    """Return the network of document 001 with other weights or functions."""
    settings: dict[str, Any] = {"hidden": "leaky_relu", "output": "softmax", "loss": "cross_entropy"} | names
    return reference.NeuralNetwork(3, 4, 2, weights=weights or list(NETWORK.weights), **settings)


def drag(page: Visit, element: Any, by: int) -> None:
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + by, y, steps=8)
    page.page.mouse.up()


def changed_nodes(page: Visit) -> set[str]:
    """Return the nodes of the picture whose number is marked as changed."""
    marked = page.page.locator("#drawing text.changed").evaluate_all("(all) => all.map((one) => one.parentNode.dataset.key)")
    return set(marked)


# ---- a number


@pytest.mark.parametrize("where", ["#numbers", "#panel"])
def test_typing_a_weight_changes_the_later_numbers(visit: Open, where: str) -> None:
    page = visit(examples(), "#at=h.0")
    page.type("w12", "0.75", where)
    weights = list(NETWORK.weights)
    weights[12] = 0.75
    assert page.js("state.weights") == weights
    assert page.js("now.loss") == pytest.approx(loops(weights).loss_of(INPUTS, TARGETS), rel=1e-14)
    assert page.field("w12", where).input_value() == "0.75"
    assert "changed" in page.field("w12", where).get_attribute("class")
    page.page.get_by_role("button", name="back", exact=True).click()
    assert changed_nodes(page) == {"node h.0", "node o.0", "node o.1", "node loss"}
    assert page.page.locator('#drawing [data-key="node h.1"] text.changed').count() == 0


def test_each_kind_of_number_can_be_typed(visit: Open) -> None:
    page = visit(examples())
    edits = ["x0", "x2", "t1", "w0", "w15", "w25"]
    for at, edit in enumerate(edits):
        page.type(edit, f"{at + 0.125}")
    page.type("rate", "0.375", "#settings")
    assert page.js("(edits) => edits.map(fullValue)", edits) == [at + 0.125 for at in range(len(edits))]
    assert page.js("state.rate") == 0.375


@pytest.mark.parametrize("text", ["-0.5", "−0.5", " -0.5 ", "-.5", "-5e-1", "-0,5"])
def test_common_ways_to_write_a_number_are_accepted(visit: Open, text: str) -> None:
    page = visit(examples())
    page.type("w3", text)
    assert page.js("state.weights[3]") == -0.5


def test_a_field_shows_the_whole_number_while_it_is_edited(visit: Open) -> None:
    page = visit(examples())
    page.type("w3", "0.123456789")
    assert page.field("w3").input_value() == "0.1235"
    page.field("w3").click()
    assert page.field("w3").input_value() == "0.123456789"
    page.press("Tab")
    assert page.field("w3").input_value() == "0.1235"
    assert page.js("state.weights[3]") == 0.123456789


@pytest.mark.parametrize("key", ["Escape", "Tab"])
def test_escape_and_tab_leave_a_field(visit: Open, key: str) -> None:
    page = visit(examples())
    page.field("w3").click()
    page.press(key)
    assert page.js("document.activeElement.dataset.edit") != "w3"
    assert page.js("state.weights[3]") == NETWORK.weights[3]
    assert page.js("past.length") == 0


def test_escape_undoes_the_typing_and_enter_keeps_it(visit: Open) -> None:
    page = visit(examples())
    page.field("w3").click()
    page.page.keyboard.type("0.5")
    page.press("Escape")
    assert page.js("[state.weights[3], past.length]") == [NETWORK.weights[3], 0]
    page.field("w3").click()
    page.page.keyboard.type("0.5")
    page.press("Enter")
    assert page.js("[state.weights[3], document.activeElement.dataset.edit]") == [0.5, "w3"], "the next number can be typed"
    page.page.keyboard.type("0.75")
    assert page.js("[state.weights[3], past.length]") == [0.75, 2]


def test_arrow_keys_in_a_field_change_the_number(visit: Open) -> None:
    page = visit(examples())
    page.field("w0").click()
    page.press("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown")
    assert page.js("state.weights[0]") == 0.012
    assert page.field("w0").input_value() == "0.012"
    page.press("Shift+ArrowUp")
    assert page.js("state.weights[0]") == 0.022
    assert page.page.locator("#panel-title").inner_text() == "The whole network", "the page stays on its step"
    page.button("Undo")
    assert page.js("state.weights[0]") == 0.01


def test_a_number_is_dragged_in_its_field(visit: Open) -> None:
    page = visit(examples())
    drag(page, page.field("w0"), 40)
    assert page.js("state.weights[0]") == 0.03
    page.page.wait_for_function("""document.querySelector('#numbers input[data-edit="w0"]').value === "0.03" """)
    page.button("Undo")
    assert page.js("[state.weights[0], past.length]") == [0.01, 0], "the whole drag is one action"


@pytest.mark.parametrize(("link", "edit"), [("#at=all", "x0"), ("#at=h.1", "w5"), ("#at=loss", "t0"), ("#at=wo.1.2", "w21")])
def test_a_number_is_dragged_in_the_picture(visit: Open, link: str, edit: str) -> None:
    page = visit(examples(), link)
    text = page.page.locator(f'#drawing text[data-edit="{edit}"], #drawing .target[data-edit="{edit}"] .inside')
    before = page.js("(edit) => fullValue(edit)", edit)
    drag(page, text, -60)
    after = page.js("(edit) => fullValue(edit)", edit)
    assert after < before
    page.js("() => new Promise(requestAnimationFrame)")
    assert text.text_content().endswith(page.js("(x) => shown(x)", after))
    page.button("Undo")
    assert page.js("(edit) => fullValue(edit)", edit) == before


def test_a_click_on_a_number_in_the_picture_opens_a_field(visit: Open) -> None:
    page = visit(examples())
    page.page.locator('#drawing text[data-edit="x1"]').click()
    page.page.keyboard.type("7")
    assert page.js("[now.inputs[1], document.activeElement.dataset.edit]") == [7, "x1"]
    page.press("Enter")
    assert page.page.locator("input.over").count() == 0


# ---- invalid input


@pytest.mark.parametrize("text", ["abc", "1e308", "1e999", "0.5,5", "NaN", "--1", "<b>"])
def test_invalid_text_gets_a_message_of_one_line_and_changes_nothing(visit: Open, text: str) -> None:
    page = visit(examples())
    before = page.js(EDITS)
    page.field("w0").click()
    page.field("w0").fill(text)
    (message,) = page.texts("#message")
    assert message
    assert "\n" not in message
    assert page.js(EDITS) == before
    page.press("Tab")
    assert page.texts("#message") == [message]
    assert page.field("w0").input_value() == "0.01"
    page.button("Take one step")
    assert page.texts("#message") == [""]


@pytest.mark.parametrize("text", ["", "-", "1e", "."])
def test_the_beginning_of_a_number_is_refused_when_the_field_is_left(visit: Open, text: str) -> None:
    page = visit(examples())
    page.field("w0").click()
    page.field("w0").fill(text)
    assert page.texts("#message") == [""]
    page.press("Tab")
    assert "is not a number" in page.texts("#message")[0]
    assert page.js("state.weights[0]") == 0.01


@pytest.mark.parametrize("text", ["1e308", "5x", "-", "0.5.5"])
def test_invalid_text_that_is_typed_key_by_key_changes_nothing(visit: Open, text: str) -> None:
    page = visit(examples())
    before = page.js(EDITS)
    page.field("w0").click()
    page.page.keyboard.type(text)
    page.press("Enter")
    assert page.js(EDITS) == before


def test_a_negative_rate_and_an_overflow_in_training_are_refused(visit: Open) -> None:
    page = visit(examples())
    page.field("rate", "#settings").fill("-1")
    assert page.texts("#message") == ["The learning rate must be 0 or more."]
    page.type("rate", "1e300", "#settings")
    assert "the next training step would overflow" in page.texts("#message")[0]
    page.choose("output", "identity")
    page.type("rate", "100", "#settings")
    before = page.js(EDITS)
    page.button("Train 100")
    assert "Try a smaller learning rate" in page.texts("#message")[0]
    assert page.js(EDITS) == before
    page.button("Back to the start")
    assert page.texts("#message") == [""]
    assert page.js(EDITS) != before


# ---- settings


def test_activations_and_losses_can_be_chosen(visit: Open) -> None:
    page = visit(examples())
    for hidden, output, loss in [
        ("tanh", "softmax", "squared_error"),
        ("sigmoid", "sigmoid", "cross_entropy"),
        ("relu", "identity", "mean_squared_error"),
    ]:
        page.choose("hidden", hidden)
        page.choose("output", output)
        page.choose("loss", loss)
        network = loops(hidden=hidden, output=output, loss=loss)
        assert page.js("now.o_nodes") == pytest.approx(network.predict(INPUTS), rel=1e-14)
        assert page.js("now.gradient") == pytest.approx(network.backward(INPUTS, TARGETS).gradient, rel=1e-12)


def test_cross_entropy_is_offered_only_where_it_is_possible(visit: Open) -> None:
    page = visit(examples())
    options = 'select[data-set="loss"] option'
    assert "cross_entropy" in page.texts(options)
    page.choose("output", "tanh")
    assert "cross_entropy" not in page.texts(options)
    assert page.js("state.net.loss") == "half_squared_error"
    assert page.page.locator('select[data-set="loss"]').input_value() == "half_squared_error"


def test_the_shown_row_and_the_rows_for_training_can_be_chosen(visit: Open) -> None:
    page = visit(examples(), "#example=gate")
    subject = WORKED["gate"]()
    page.choose("row", "5")
    assert page.js("now.inputs") == subject.rows[0][5]
    assert page.js("now.targets") == subject.rows[1][5]
    for learn, rows in (("row", ([subject.rows[0][5]], [subject.rows[1][5]])), ("all", subject.rows)):
        page.choose("learn", learn)
        gradient = subject.network.backward(*rows, reduction="sum").gradient
        assert page.js("now.stepGradient") == pytest.approx(gradient, rel=1e-12)


def test_a_step_does_not_change_fixed_biases(visit: Open) -> None:
    page = visit(examples())
    biases = [12, 13, 14, 15, 24, 25]
    page.choose("biases", "stay")
    page.button("Take one step")
    weights = page.js("state.weights")
    moved = [at for at, (old, new) in enumerate(zip(NETWORK.weights, weights, strict=True)) if old != new]
    assert moved == [at for at in range(26) if at not in biases]
