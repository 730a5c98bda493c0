"""The drawing can be read on the screen and on paper: no line crosses a number, and every text is inside its box."""

import re

import pytest

from tests.explain.browser import Open, Visit, examples, page_of_subjects
from tests.explain.test_page_equations import random_subject

pytestmark = pytest.mark.thorough
STEPS = ["h.1", "o.0", "dh.1", "wo.1", "wo.1.2", "next"]


@pytest.mark.parametrize("view", ["", "&present=1"])
def test_no_line_or_dot_covers_a_label(visit: Open, view: str) -> None:
    """All lines are drawn before the labels, except the lines to targets and to the loss. The wide outline of a label hides the
    lines under the label.

    A label has only one DOM text node, because the outline of a second text node would cover the first.
    """
    page = visit(examples(), f"#at=h.1{view}")
    for step in STEPS:
        page.js("(name) => { go(stepOfName(state.net, name)); render(); }", step)
        shapes = page.js("""[...document.querySelectorAll('#drawing :is(line, polygon, .below, .label)')]
            .map((one) => (one.matches('text') ? 'text' : 'line'))""")
        lines = [at for at, shape in enumerate(shapes) if shape == "line" and at > shapes.index("text")]
        targets = page.page.locator("#drawing .target line, #drawing .loss line").count()
        assert len(lines) <= targets, step
        widths = page.js("""[...document.querySelectorAll('#drawing :is(.below, .label)')]
            .map((one) => [one.childNodes.length, parseFloat(getComputedStyle(one).strokeWidth)])""")
        assert widths, step
        assert all(strings == 1 and width >= 9 for strings, width in widths), step


@pytest.mark.parametrize("link", ["", "#present=1", "#example=gate&present=1", "#example=2-2-2"])
def test_a_bias_is_the_next_node_below_its_layer(visit: Open, link: str) -> None:
    page = visit(examples(), link)
    for layer in ("i", "h"):
        last, before, bias = page.js(
            """(layer) => { const g = geometry(), last = sizeOf(now.net, layer) - 1;
               return [[layer, last], [layer, last - 1], ["b", layer]].map((node) => place(g, node)); }""",
            layer,
        )
        assert bias[0] == last[0]
        assert bias[1] - last[1] == pytest.approx(last[1] - before[1])


def boxes(page: Visit, selector: str) -> list[dict[str, float]]:
    return [one.bounding_box() for one in page.page.locator(selector).all()]


@pytest.mark.parametrize(("width", "link"), [(1280, ""), (1280, "#present=1"), (390, "")])
def test_a_target_fits_into_its_box(visit: Open, width: int, link: str) -> None:
    subject = random_subject((3, 4, 2), 1)._replace(targets=[-1.387, 0.0])
    page = visit(page_of_subjects(subject), link, width=width)
    texts, frames = boxes(page, "#drawing .target .inside"), boxes(page, "#drawing .target rect")
    for text, frame in zip(texts, frames, strict=True):
        assert frame["x"] + 2 < text["x"]
        assert text["x"] + text["width"] < frame["x"] + frame["width"] - 2
    loss = boxes(page, "#drawing .loss circle")[0]
    assert max(frame["x"] + frame["width"] for frame in frames) < loss["x"]


def test_names_are_above_their_nodes(visit: Open) -> None:
    names = ("rosé", "rot", "weiß")
    page = visit(page_of_subjects(random_subject((2, 3, 3), 1, output="softmax")._replace(outputs=names)))
    assert page.texts("#drawing g.o text.name") == list(names)
    assert page.texts("#drawing g.o text.inside") == ["o0", "o1", "o2"]


# ---- on paper


@pytest.mark.parametrize("step", ["all", "h.1", "o.1", "dh.1", "next"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_step_is_printed_on_one_page(visit: Open, step: str, paper: str) -> None:
    page = visit(examples(), f"#at={step}")
    printed = page.page.pdf(format=paper, margin=dict.fromkeys(("top", "bottom", "left", "right"), "1cm"))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_fields_are_printed_as_text_and_hidden_answers_as_blanks(visit: Open) -> None:
    page = visit(examples(), "#at=h.1&hide=1")
    page.page.emulate_media(media="print")
    looks = page.js(
        """[...document.querySelectorAll('select, input, button')].filter((one) => one.checkVisibility())
           .map((one) => [one.className, getComputedStyle(one)])
           .map(([name, { appearance, borderLeftWidth, borderBottomWidth, color }]) =>
             [name, appearance, borderLeftWidth, borderBottomWidth, color])"""
    )
    assert {(appearance, left) for _, appearance, left, _, _ in looks} == {("none", "0px")}
    blanks = {(line, color) for name, _, _, line, color in looks if name == "answer"}
    assert blanks == {("1px", "rgba(0, 0, 0, 0)")}
