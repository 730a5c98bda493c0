"""A walk through the page with the keyboard: every key press shows something new, and hidden answers stay hidden."""

import re

import pytest

from tests.explain.browser import LEVELS, Open, Visit, examples, page_of_subjects
from tests.explain.test_page_equations import random_subject

pytestmark = pytest.mark.thorough
STEP, PICTURE = "nameOfStep(view.step)", 'byId("drawing").outerHTML'
FORWARD, BACKWARD, LEARNING = {"all", "h", "o", "y", "loss"}, {"do", "dh"}, {"wo", "wh"}
FRACTIONS = random_subject((3, 4, 2), 11, hidden="sigmoid", output="softmax")._replace(targets=[0.25, 0.75])


@pytest.mark.parametrize("key", ["ArrowRight", "PageDown", " "])
@pytest.mark.parametrize(("level", "most"), [("layer", 10), ("node", 25), ("term", 80)])
def test_every_press_of_a_key_changes_the_picture_until_the_last_step(visit: Open, level: str, most: int, key: str) -> None:
    page = visit(examples())
    page.press(str(1 + LEVELS.index(level)))
    pictures, steps = [page.js(PICTURE)], [page.js(STEP)]
    while steps[-1] != "next":
        page.press(key)
        pictures.append(page.js(PICTURE))
        steps.append(page.js(STEP))
        assert pictures[-1] != pictures[-2], steps[-2:]
    assert len(steps) - 1 <= most
    assert steps == page.js("(level) => stepsOf(state.net, level).map(nameOfStep)", level)
    page.press(key)
    assert page.js(STEP) == "next"


def test_keys_go_back_and_to_the_first_and_the_last_step(visit: Open) -> None:
    page = visit(examples(), "#at=h.2")
    back = [("ArrowLeft", "h.1"), ("PageUp", "h.0"), ("ArrowLeft", "all"), ("ArrowLeft", "all"), ("End", "next"), ("1", "next")]
    for key, step in [*back, ("Home", "all"), ("ArrowRight", "h"), ("2", "h.0"), ("ArrowRight", "h.1"), ("3", "h.1.0")]:
        page.press(key)
        assert page.js(STEP) == step, key


LEVEL_STEPS = {"dh.1": ("dh", "dh.0", "dh.0.0"), "wo.1": ("wo", "wo.0", "wo.0.0"), "loss": ("loss", "loss", "loss")}


@pytest.mark.parametrize("start", LEVEL_STEPS)
def test_a_level_button_shows_the_same_node_at_another_level(visit: Open, start: str) -> None:
    page = visit(examples(), f"#at={start}")
    for level, step in zip(LEVELS, LEVEL_STEPS[start], strict=True):
        page.button(level)
        assert page.js(STEP) == step, level
        assert page.js("titleOf(view.step, state.net)") == page.page.locator("#panel-title").inner_text()
        assert page.js("(level) => stepsOf(state.net, level).map(nameOfStep)", level).count(step) == 1
    page.js("() => { go(stepOfName(state.net, 'dh.2.1')); render(); }")
    page.button("term")
    assert page.js(STEP) == "dh.2.1", "this level is already chosen"
    page.button("node")
    assert page.js(STEP) == "dh.2"


def test_letters_train_and_undo(visit: Open) -> None:
    page = visit(examples())
    page.press("s", "s", "t")
    assert page.js("state.at") == 102
    page.press("u", "U")
    assert page.js("state.at") == 1
    page.field("w0").click()
    page.page.keyboard.type("s1u")
    assert page.js("state.at") == 1, "in a field, a letter is no shortcut"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("key", ["3-4-2", "gate"])
def test_the_picture_shows_values_forward_and_deltas_backward(visit: Open, key: str, level: str) -> None:
    page = visit(examples(), f"#example={key}")
    for step in page.walk(level):
        deltas = page.page.locator("#drawing text.below.delta").count()
        values = page.page.locator("#drawing text.below:not(.delta)").count()
        gradients = sum("∂" in text for text in page.texts("#drawing text"))
        kind = step.partition(".")[0]
        if kind in FORWARD | {"next"}:
            assert (deltas, gradients) == (0, 0), step
        elif kind in BACKWARD:
            assert (values, gradients) == (0, 0), step
        else:
            assert deltas > 0, step


# ---- hidden answers

STAGES = {"h": ["h_sums", "h_nodes"], "o": ["o_sums", "o_nodes"], "y": ["o_nodes"], "do": ["o_deltas"], "dh": ["h_deltas"]}


def answers(page: Visit, step: str) -> set[str]:
    """Return the numbers that a step asks for. For one term of a sum, return none."""
    kind, *place = step.split(".")
    if kind in LEARNING:
        terms = "edgesOf(now.net, view.step.kind, view.step.node)" if place else "edgesOfLayer(view.step.kind)"
        chosen = f"{terms}{'.slice(view.step.term, view.step.term + 1)' if len(place) == 2 else ''}"
        no_biases = f"{chosen}.filter(({{ source }}) => source[0] !== 'b')"  # the gradient of a bias is a delta, shown earlier
        return set(page.js(f"{no_biases}.map(({{ position }}) => shown(now.gradient[position]))"))
    if kind == "next":
        return set(page.js("[...now.nextStages.o_nodes, now.nextStages.loss].map((x) => shown(x))"))
    if kind == "loss":
        return {page.js("shown(now.loss)")}
    stages = STAGES.get(kind, [])
    stages = stages[:1] if kind == "o" or len(place) == 2 else stages
    if len(place) == 2:
        return set()
    numbers = [f"now.{stage}[{place[0]}]" if place else f"...now.{stage}" for stage in stages]
    return set(page.js(f"[{', '.join(numbers)}].map((x) => shown(x))"))


def visible(page: Visit) -> set[str]:
    """Return every visible word in the picture, the panel and the training."""
    texts = page.js(
        """[...document.querySelectorAll("#drawing text, #panel *, #training *")]
             .filter((one) => !one.closest("title, details:not([open])") && one.checkVisibility())
             .flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE))
             .map((node) => node.data)"""
    )
    return {word.strip("().,:") for text in texts for word in re.split(r"[\s=≈×/]+", text)}


@pytest.mark.parametrize("level", LEVELS)
def test_hidden_answers_are_not_visible_until_space_reveals_them(visit: Open, level: str) -> None:
    page = visit(page_of_subjects(FRACTIONS), "#hide=1")
    leaks = {}
    for step in page.walk(level):
        if step == "all":
            continue  # the overview has no question, so Space goes to the next step
        expected = answers(page, step)
        if expected & visible(page):
            leaks[step] = expected & visible(page)
        page.press(" ")
        assert page.js(STEP) == step
        assert expected <= visible(page), step
        assert page.texts("#panel .answer, #drawing text:text-is('?')") == []
    assert not leaks, "\n".join(f"{step} {sorted(texts)}" for step, texts in leaks.items())


def test_space_reveals_the_answers_and_then_goes_on(visit: Open) -> None:
    page = visit(examples(), "#at=h.0")
    page.press("h")
    assert page.texts("#panel .answer")[0] == "?"
    page.press(" ")
    assert page.texts("#panel .answer") == []
    assert page.js(STEP) == "h.0"
    page.press(" ")
    assert page.js(STEP) == "h.1"
    assert page.texts("#panel .answer")[0] == "?"
    assert page.page.locator("#panel .answer").first.get_attribute("title") == "Show the answers of this step"
    page.page.locator("#panel .answer").first.click()
    assert page.texts("#panel .answer") == []
    page.press("h")
    page.press("ArrowRight")
    assert page.texts("#panel .answer") == []


# ---- presentation


@pytest.mark.parametrize("level", ["layer", "node"])
@pytest.mark.parametrize("key", ["3-4-2", "gate", "xor", "2-2-2"])
def test_a_presentation_fits_the_screen(visit: Open, key: str, level: str) -> None:
    """The panel may scroll, but the main equation is visible."""
    page = visit(examples(), f"#example={key}&present=1", height=720)
    assert page.js("parseFloat(getComputedStyle(document.body).fontSize)") >= 20
    outside = []
    for step in page.walk(level):
        assert page.js("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [720, 1280], step
        main = page.page.locator("#panel .equation.main, #panel .factors")
        lines = page.page.locator("#panel .equation:visible")
        if main.count() == 0 and (level == "layer" or lines.count() == 0):
            continue
        equation = main.first if main.count() else lines.last
        box, frame = equation.bounding_box(), page.page.locator("#panel").bounding_box()
        if not (frame["y"] <= box["y"] and box["y"] + box["height"] <= min(frame["y"] + frame["height"], 720)):
            outside.append((step, round(box["y"]), round(box["height"])))
    assert outside == []
