"""The page: one self-contained HTML file that shows a network step by step. A reader can change the numbers.

The page computes with web/network.js, a third implementation of the network.
"""

import json
from importlib.resources import files
from string import Template
from typing import Any

SCRIPTS = (
    "network", "numbers", "state", "actions", "steps", "edges", "elements", "shown", "terms", "forward", "losses", "backward",
    "learning", "layers", "geometry", "flow", "lines", "nodes", "picture", "views", "input", "page",
)  # fmt: skip


def page_of(lessons: list[dict[str, Any]], digits: int) -> str:
    """Return the HTML page of some lessons. The page opens with the first lesson."""
    web = files("reference.explain") / "web"
    style, page, *scripts = (
        (web / name).read_text(encoding="utf-8") for name in ("style.css", "page.html", *(f"{name}.js" for name in SCRIPTS))
    )
    content = json.dumps({"digits": digits, "lessons": lessons}, allow_nan=False, separators=(",", ":"))
    return Template(page).substitute(
        title="-".join(map(str, lessons[0]["sizes"])),
        style=style,
        script="".join(scripts),
        lessons=content.replace("<", "\\u003c"),
        digits=digits,
    )
