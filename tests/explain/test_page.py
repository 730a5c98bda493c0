"""The page is one self-contained file that everybody can use: by keyboard, on a phone, in dark mode."""

import re

import pytest

from tests.explain.browser import Open, Visit, examples, page_of_subjects
from tests.explain.test_page_equations import random_subject


def page_of_size(sizes: tuple[int, int, int]) -> str:
    return page_of_subjects(random_subject(sizes, 1, output="softmax", loss="cross_entropy"))


# ---- the file


def test_the_page_refers_to_no_other_file() -> None:
    text = examples()
    assert set(re.findall(r"https?:[^\"'\s]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.findall(
        r"\bsrc\s*=|\bhref\s*=(?!\$\{linkOf)|url\(|@import|fetch\(|XMLHttpRequest|import\(|WebSocket|sendBeacon", text
    )


def test_pages_are_small() -> None:
    assert len(page_of_size((3, 4, 2)).encode()) < 200_000
    assert len(examples().encode()) < 200_000
    assert len(page_of_size((64, 32, 10)).encode()) < 2_000_000


@pytest.mark.thorough
def test_an_error_in_the_script_is_reported(visit: Open) -> None:
    page = visit(examples().replace("follow(location.hash);\nrender();", "follow(location.hash);\nrender(;", 1))
    assert page.errors
    page.errors.clear()  # otherwise the fixture fails this test


# ---- accessibility

STEPS = ["all", "h", "h.1", "h.1.0", "o.0", "y.1", "loss", "do.0", "dh.2", "dh", "wo.0", "wh.1", "wh.1.0", "next"]
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


def problems(page: Visit, steps: list[str]) -> dict[str, list[str]]:
    """For each serious or critical problem that axe-core finds, return the steps of the page that have the problem."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found: dict[str, list[str]] = {}
    for step in steps:
        page.js("(name) => { go(stepOfName(state.net, name)); render(); }", step)
        violations = axe.Axe().run(page.page, options={"resultTypes": ["violations"]}).response["violations"]
        for violation in violations:
            if violation["impact"] in ("serious", "critical"):
                for node in violation["nodes"]:
                    found.setdefault(f"{violation['id']} {node['html'][:150]}", []).append(step)
    return found


@pytest.mark.thorough
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_no_serious_problem(visit: Open, width: int, scheme: str) -> None:
    page = visit(examples(), width=width, color_scheme=scheme)
    assert problems(page, STEPS) == {}


VIEWS = ["#hide=1", "#present=1", "#example=gate&do=step:10;row:3", "#do=w0:x", "#do=w0:0.5;x1:-2"]


@pytest.mark.thorough
@pytest.mark.parametrize("link", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_problem_in_other_views(visit: Open, link: str, scheme: str) -> None:
    page = visit(examples(), link, color_scheme=scheme)
    assert problems(page, ["all", "h.0", "loss", "dh.1", "wh.1"]) == {}


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_problem_in_a_wide_network(visit: Open, scheme: str) -> None:
    page = visit(page_of_size((64, 32, 10)), color_scheme=scheme)
    assert problems(page, ["all", "h", "h.3", "wh.3", "next"]) == {}


@pytest.mark.thorough
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_step_is_wider_than_the_screen(visit: Open, width: int) -> None:
    page = visit(examples(), width=width)
    for step in page.walk("node"):
        assert page.js("document.documentElement.scrollWidth") <= width, step


CONTROLS = "button:not(:disabled), a[href], select, input, summary, [tabindex]"


@pytest.mark.thorough
@pytest.mark.parametrize("step", ["all", "h.0", "dh.1", "wo.1.2", "y.0"])
def test_tab_reaches_every_control(visit: Open, step: str) -> None:
    page = visit(examples(), f"#at={step}")
    visible = "[...document.querySelectorAll(controls)].filter((one) => one.checkVisibility())"
    page.js(f"(controls) => {{ window.all = {visible}; }}", CONTROLS)
    expected, reached = set(range(page.js("all.length"))), set()
    for _ in expected:
        page.press("Tab")
        reached.add(page.js("all.indexOf(document.activeElement)"))
    assert reached == expected


@pytest.mark.thorough
def test_a_node_is_chosen_by_keyboard(visit: Open) -> None:
    page = visit(examples())
    for node, title in [("h.2", "Forward: hidden node h2"), ("o.1", "Forward: output o1"), ("loss", "The loss")]:
        page.page.locator(f'#drawing [data-key="node {node}"]').focus()
        page.press("Enter")
        assert page.page.locator("#panel-title").inner_text() == title
        assert page.js("document.activeElement.dataset.key") == f"node {node}", "the focus stays"
    page.press(" ")
    assert page.page.locator("#panel-title").inner_text() == "Backward: delta of output o0", "Space goes to the next step"


@pytest.mark.thorough
def test_a_node_and_an_edge_are_chosen_with_the_mouse(visit: Open) -> None:
    page = visit(examples())
    page.page.locator('#drawing [data-key="node h.2"] circle').click()
    assert page.page.locator("#panel-title").inner_text() == "Forward: hidden node h2"
    page.page.locator('#drawing line.hit[data-go="wo.1.2"]').dispatch_event("click")
    assert page.page.locator("#panel-title").inner_text() == "Learning: one weight, h2→o1"
    page.page.locator("#panel .terms, #panel details summary").first.click()
    page.button("Next ▶")
    assert page.page.locator("#panel-title").inner_text() == "Learning: the weights into hidden node h0"


@pytest.mark.thorough
def test_a_screen_reader_gets_labels_and_messages(visit: Open) -> None:
    page = visit(examples(), "#at=h.1")
    assert page.js("document.documentElement.lang") == "en"
    assert page.page.get_by_role("status").inner_text().startswith("Forward: hidden node h1")
    nodes = page.page.locator("#drawing g[role=link]").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    labels = page.js("['h0', 'h1'].map((name, at) => `${name} ${shown(now.h_nodes[at])}`)")
    assert set(labels) <= set(nodes)
    label = "one.labels?.[0]?.textContent || one.ariaLabel"
    assert all(page.page.locator("input, select").evaluate_all(f"(all) => all.map((one) => {label})"))
    page.field("w0").fill("a number")
    assert "is not a number" in page.page.get_by_role("alert").inner_text()
