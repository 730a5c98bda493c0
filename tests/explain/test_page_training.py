"""Training on the page: steps, undo, the slider, and the link that opens the page in the same state."""

import pytest

from reference.explain.history import history_of
from reference.explain.lessons import WORKED, lesson_of
from reference.explain.page import page_of
from tests.explain.browser import Open, Visit, examples

pytestmark = pytest.mark.thorough
WHOLE = "JSON.stringify({ ...state, log: null, forNextStep: null })"


def link_of(page: Visit) -> str:
    """Wait until the address stores the current state. Return the address from # on."""
    page.page.wait_for_function("location.hash === linkOf()")
    link: str = page.js("location.hash")
    return link


def test_undo_takes_back_each_action(visit: Open) -> None:
    page = visit(examples())
    states = [page.js(WHOLE)]
    page.type("w3", "0.5")
    states.append(page.js(WHOLE))
    page.choose("hidden", "tanh")
    states.append(page.js(WHOLE))
    page.button("Take one step")
    states.append(page.js(WHOLE))
    page.button("Train 100")
    states.append(page.js(WHOLE))
    page.type("x0", "-1")
    page.button("Back to the start")
    assert page.js(WHOLE) == states[0]
    page.button("Undo")
    page.button("Undo")
    for state in reversed(states):
        assert page.js(WHOLE) == state
        if state is not states[0]:
            page.press("u")
    assert page.page.get_by_role("button", name="Undo").is_disabled()


def test_typing_a_number_is_one_action(visit: Open) -> None:
    page = visit(examples())
    page.field("w3").click()
    page.page.keyboard.type("0.125")
    page.press("Enter")
    assert page.js("[state.weights[3], past.length]") == [0.125, 1]


def test_the_loss_falls_and_is_drawn(visit: Open) -> None:
    page = visit(examples())
    for _ in range(3):
        page.button("Take one step")
    page.button("Train 100")
    losses = page.js("state.trace.map(({ loss }) => loss)")
    assert len(losses) == 104
    assert losses == sorted(losses, reverse=True)
    assert page.page.locator(".trace path").get_attribute("d").count(",") == 104
    assert "training step 103 of 103" in page.page.locator("#training").inner_text()


def test_the_slider_shows_the_weights_of_a_step(visit: Open) -> None:
    page = visit(examples())
    start = page.js("state.weights")
    page.button("Train 100")
    trained = page.js("state.weights")
    slider = page.page.locator("#training input[type=range]")
    slider.focus()
    page.press("Home")
    assert page.js("state.weights") == start
    page.press("ArrowRight", "ArrowRight")
    assert page.js("state.weights") == page.js("state.trace[2].weights")
    assert page.js("now.loss") == page.js("state.trace[2].loss")
    page.press("End")
    assert page.js("state.weights") == trained
    page.button("Undo")
    page.button("Undo")
    assert page.js("state.weights") == start


def test_a_training_step_continues_from_the_step_on_the_slider(visit: Open) -> None:
    page = visit(examples())
    page.button("Train 100")
    expected = page.js("state.trace.slice(0, 4)")
    slider = page.page.locator("#training input[type=range]")
    slider.focus()
    page.press("Home", "ArrowRight", "ArrowRight")
    page.button("Take one step")
    assert page.js("state.trace") == expected


ACTIONS = ["w3 0.1", "x0 2.5", "hidden tanh", "rate 0.3", "step 100", "epoch 40", "w5 -1", "step 7", "biases stay", "step 1"]


def act(page: Visit, action: str) -> None:
    name, value = action.split()
    if name == "step":
        for _ in range(int(value) // 100):
            page.button("Train 100")
        for _ in range(int(value) % 100):
            page.button("Take one step")
    elif name == "epoch":
        page.page.locator("#training input[type=range]").fill(value)
    elif name in ("hidden", "output", "loss", "biases", "row", "learn"):
        page.choose(name, value)
    else:
        page.type(name, value, "#settings" if name == "rate" else "#numbers")


def test_the_copied_link_opens_the_same_state(visit: Open) -> None:
    page = visit(examples(), permissions=["clipboard-read", "clipboard-write"])
    page.type("w3", "0.5")
    page.button("Copy link")
    page.page.wait_for_selector("#walk .notice:not(:empty)")
    assert page.texts("#walk .notice")[0].startswith("Link copied. It opens this file, so it works on this computer only.")
    assert page.texts("#message") == [""], "no error"
    link = page.js("navigator.clipboard.readText()")
    assert visit(examples(), link[link.index("#") :]).js(WHOLE) == page.js(WHOLE)
    page.press("ArrowRight")
    assert page.texts("#walk .notice") == [""]


def test_a_message_says_that_the_link_cannot_be_copied(visit: Open) -> None:
    page = visit(examples())
    page.js("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    page.button("Copy link")
    page.page.wait_for_selector("#walk .notice:not(:empty)")
    assert page.texts("#walk .notice") == ["The browser did not allow copying. Copy the link from the address bar."]
    assert page.js("location.hash") == page.js("linkOf()")


def test_after_every_action_the_link_opens_the_same_state(visit: Open) -> None:
    page = visit(examples())
    for action in ACTIONS:
        act(page, action)
        again = visit(examples(), link_of(page))
        assert again.js(WHOLE) == page.js(WHOLE), action
        assert again.js("now") == page.js("now") | {"log": again.js("now.log")}


def test_the_link_keeps_the_example_the_rows_and_the_view(visit: Open) -> None:
    page = visit(examples())
    page.page.select_option('select[data-set="example"]', "gate")
    for action in ("row 5", "x1 0.25", "row 2", "x1 3", "learn row", "step 100"):
        act(page, action)
    page.press("3", "ArrowRight", "ArrowRight", "h", "p")
    again = visit(examples(), link_of(page))
    assert again.js(WHOLE) == page.js(WHOLE)
    view = "JSON.stringify([lesson.name, view.step, view.level, view.hide, view.present])"
    assert again.js(view) == page.js(view) != visit(examples()).js(view)


def test_the_undo_and_back_to_the_start_buttons_update_the_link(visit: Open) -> None:
    page = visit(examples())
    for action in ("w3 0.5", "step 3", "x0 7"):
        act(page, action)
    page.button("Undo")
    assert visit(examples(), link_of(page)).js(WHOLE) == page.js(WHOLE)
    page.button("Back to the start")
    assert link_of(page) == "#at=all"


def test_a_new_address_changes_the_page(visit: Open) -> None:
    page = visit(examples())
    page.js("location.hash = '#example=2-2-2&do=w0:0.5&at=dh.1'")
    page.page.wait_for_function("lesson.name === '2-2-2'")
    assert page.js("state.weights[0]") == 0.5
    assert "delta of hidden node h1" in page.page.locator("#panel-title").inner_text()


HOSTILE = [
    *("foo:1", "w999:1;x9:1;t9:1;row:7", "step:-5;step:1e9;step:0.5;epoch:9;epoch:x", "w0:<b>;hidden:<b>", ";;:;::", "w0.5:1"),
    *("toString:1", "constructor:1", "__proto__:1", "hidden", "learn:toString"),
]
NO_STEP = ["zz.9.9", "h.9", "h.0.9", "h.-1", "loss.0", "", "toString", "h.15e-1", "all.0"]
NO_LINK = ["#by=none&at=h.0", "#example=<img src=x onerror=alert(1)>", "#%E0%A4%A", "#example=__proto__", "#=&&=#"]
LINKS = [*(f"#do={actions}" for actions in HOSTILE), *(f"#at={step}" for step in NO_STEP), *NO_LINK]


@pytest.mark.parametrize("link", LINKS)
def test_an_invalid_link_opens_the_page_with_unchanged_weights(visit: Open, link: str) -> None:
    page = visit(examples(), link)
    assert page.page.locator("#drawing circle").count() > 9
    assert page.page.locator("#panel h2").inner_text()
    assert page.js("state.weights") == page.js("lesson.weights")
    assert page.page.locator("#message *, img").count() == 0


# ---- the slider, undo, links and examples


def test_a_training_step_from_the_middle_of_a_history_removes_the_later_steps(visit: Open) -> None:
    subject = WORKED["gate"]()
    page = visit(page_of([lesson_of(subject, "gate", history_of(subject, 50))], 4), "#do=epoch:5")
    page.button("Take one step")
    assert page.js("[state.trace.at(-1).epoch, state.at]") == [6, 6]
    page.type("w0", "0.5")
    assert page.js("[state.trace.at(-1).epoch, state.weights[0]]") == [6, 0.5]


def test_all_losses_on_the_slider_use_the_same_loss_function(visit: Open) -> None:
    page = visit(examples(), "#do=step:10")
    page.choose("loss", "squared_error")
    assert page.js("[state.trace.length, state.trace[0].loss === now.loss]") == [1, True]
    page.type("rate", "0.2", "#settings")
    page.button("Take one step")
    assert page.js("state.trace.map(({ epoch }) => epoch)") == [10, 11]


def test_undoing_softmax_closes_the_softmax_view_and_shows_the_overview(visit: Open) -> None:
    page = visit(examples(), "#example=2-2-2")
    page.choose("output", "softmax")
    page.js("() => { go(stepOfName(state.net, 'y.0')); render(); }")
    page.button("Undo")
    assert page.js("nameOfStep(view.step)") == "all"


def test_after_choosing_softmax_and_then_sigmoid_the_link_keeps_the_loss_function(visit: Open) -> None:
    page = visit(examples(), "#example=2-2-2")
    page.choose("output", "softmax")
    page.choose("output", "sigmoid")
    other = visit(examples(), link_of(page))
    assert other.js(WHOLE) == page.js(WHOLE)


def test_an_example_keeps_its_state_while_another_is_shown(visit: Open) -> None:
    page = visit(examples(), "#do=step:7")
    page.choose("example", "xor")
    page.choose("example", "3-4-2")
    assert page.js("[state.at, past.length]") == [7, 1]
