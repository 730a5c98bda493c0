"""A browser for the tests of the page. A test fails if the page reports an error or loads another file."""

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reference.explain.lessons import WORKED, lesson_of
from reference.explain.page import page_of
from reference.explain.subject import Subject

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
LEVELS = ["layer", "node", "term"]


@cache
def examples() -> str:
    return page_of([lesson_of(subject(), key) for key, subject in WORKED.items()], 4)


def page_of_subjects(*subjects: Subject) -> str:
    """Return a page with one lesson for each subject (a network and a sample). The lessons are named 0, 1, ..."""
    return page_of([lesson_of(subject, str(at)) for at, subject in enumerate(subjects)], 4)


class Visit:
    """A page that is open in the browser, with the actions of a reader."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", self.refuse)
        page.on("request", lambda request: self.requests.append(request.url))

    def refuse(self, dialog: Any) -> None:
        """Close a dialog and record an error, because the page must not open a dialog."""
        self.errors.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def js(self, code: str, argument: object = None) -> Any:
        """Return the value of a JavaScript expression, which can use the variables of the page."""
        return self.page.evaluate(code, argument)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, setting: str, value: str) -> None:
        self.page.select_option(f'select[data-set="{setting}"]', value)

    def field(self, edit: str, where: str = "#numbers") -> Any:
        """Return the field of a number, such as x0, t1, w12 or rate."""
        return self.page.locator(f'{where} input[data-edit="{edit}"]')

    def type(self, edit: str, text: str, where: str = "#numbers") -> None:
        field = self.field(edit, where)
        field.click()
        field.fill(text)
        field.press("Tab")

    def texts(self, selector: str) -> list[str]:
        texts: list[str] = self.page.locator(selector).all_text_contents()
        return texts

    def walk(self, level: str) -> Iterator[str]:
        """Go to each step of a level, and yield the name of the step."""
        for name in self.js("(level) => stepsOf(state.net, level).map(nameOfStep)", level):
            self.js("(name) => { go(stepOfName(state.net, name)); render(); }", name)
            yield name


Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens a page."""
    visits: list[Visit] = []

    def open_page(text: str, link: str = "", width: int = 1280, height: int = 800, **how: Any) -> Visit:
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **how)
        visits.append(Visit(context.new_page()))
        visits[-1].page.set_default_timeout(10_000)
        visits[-1].page.goto(f"file://{path}{link}")
        return visits[-1]

    yield open_page
    for each in visits:
        each.page.context.close()
    assert [error for each in visits for error in each.errors] == []
    assert {re.sub("#.*", "", url) for each in visits for url in each.requests} <= {f"file://{tmp_path / 'page.html'}"}
