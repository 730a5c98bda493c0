"""Make reference/explain/page.png: `python -m tests.explain.picture`. This command needs Playwright and Chromium."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.explain.browser import CHROMIUM, FLAGS, examples

PICTURE = Path(__file__).parents[2] / "reference" / "explain" / "page.png"


def main() -> None:
    """Open the page at the sum of a hidden node, and save a picture."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(examples(), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 720}, color_scheme="light")
        page.goto(file.as_uri())
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
