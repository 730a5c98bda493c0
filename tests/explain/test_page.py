"""The page: one file that needs nothing else, and in a real browser everything that is chosen lights up everywhere."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import reference
from reference.__main__ import as_matrices
from reference.explain.account import account_of
from reference.explain.page import page_of
from reference.explain.text import Style, result_lines, term_lines
from tests.explain.test_explain import explain
from tests.thorough import thorough

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_a_browser = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
FLAGS += "--disable-component-update --disable-sync --virtual-time-budget=5000 --dump-dom"


def page(sizes: tuple[int, int, int] = (3, 4, 2), title: str = "a network", targets: list[float] | None = None) -> str:
    """Return the page of a network."""
    network = reference.NeuralNetwork(*sizes, init="ramp") if sizes == (3, 4, 2) else reference.NeuralNetwork(*sizes)
    inputs = [3.0, 4.0, -4.5] if sizes == (3, 4, 2) else [0.5 - i / sizes[0] for i in range(sizes[0])]
    targets = [1.0] + [0.0] * (sizes[2] - 1) if targets is None else targets
    twin = as_matrices(network, inputs, targets, 0.1)
    return page_of(account_of(network, inputs, targets), twin, title, 4)


def content(text: str) -> dict[str, Any]:
    """Return what the page was given."""
    document = re.search(r'<script type="application/json" id="account">(.*?)</script>', text, re.S)
    assert document
    return json.loads(document[1])


# ---- the file


def test_it_asks_nothing_of_any_network() -> None:
    text = page()
    assert not re.findall(r"(?:src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest|import\(", text)
    assert set(re.findall(r"https?://[^\"'\s]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_every_text_is_that_of_the_terminal() -> None:
    network, inputs, targets = reference.NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5], [1.0, 0.0]
    account = account_of(network, inputs, targets)
    shown = content(page())["entries"]
    assert [entry["name"] for entry in shown] == [entry.name for entry in account.entries]
    for entry, here in zip(account.entries, shown, strict=True):
        assert here["equations"] == list(result_lines(entry, Style()))
        assert [term["expression"] for term in here["terms"]] == [line.expression for line in term_lines(entry, Style())]
        assert here["value"] == entry.value


def test_a_name_cannot_break_out_of_the_page() -> None:
    text = page(title="</script><script>alert(1)</script>")
    assert "<script>alert" not in text
    assert "</script><script>alert(1)</script>" in content(text)["told"]


def test_a_page_of_64_32_10_is_under_2_megabytes() -> None:
    assert len(page((64, 32, 10)).encode()) < 2_000_000


def test_the_command_writes_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    printed = explain("--targets", "1,0", "--html", str(path))
    assert str(path) in printed
    assert content(path.read_text(encoding="utf-8"))["told"].startswith("the 3-4-2 network of document 001")
    assert list(tmp_path.iterdir()) == [path]


def test_with_epochs_the_page_has_the_training(tmp_path: Path) -> None:
    path = tmp_path / "gate.html"
    explain("--epochs", "50", "--html", str(path))
    text = path.read_text(encoding="utf-8")
    for title in ("loss over 50 epochs", "outputs over 50 epochs", "o_deltas over 50 epochs", "weights over 50 epochs"):
        assert f'aria-label="{title}' in text


# ---- in a browser


class Document(HTMLParser):
    """Every element, as its tag and attributes, and the text within."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = {"tag": tag, "text": "", **{name: value or "" for name, value in attributes}}
        self.elements.append(element)
        if tag not in ("meta", "link", "br", "input"):
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()["tag"] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["text"] += data

    def of(self, tag: str, style: str = "", **attributes: str) -> list[dict[str, Any]]:
        """Return the elements of a tag that have a class and these attributes."""
        names = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element["tag"] == tag
            and (not style or style in element.get("class", "").split())
            and all(element.get(name) == value for name, value in names.items())
        ]


def render(tmp_path: Path, text: str, link: str = "", script: str = "") -> Document:
    """Return the page as a browser has it after following a link into it and running a script."""
    path = tmp_path / "page.html"
    path.write_text(text.replace("</body>", f"<script>{script}</script></body>") if script else text, encoding="utf-8")
    line = [str(BROWSER), *FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}", f"file://{path}{link}"]
    result = subprocess.run(line, capture_output=True, text=True, timeout=120, check=True)
    return Document(result.stdout)


def lit(document: Document) -> dict[str, list[int]]:
    """Return the flat positions that are lit or chosen in the drawing, the matrix, the vector and the sum."""
    cells = [int(cell["data-edge"]) for cell in document.of("td") if {"lit", "chosen"} & set(cell.get("class", "").split())]
    slots = [int(slot["data-edge"]) for slot in document.of("span", "slot") if {"lit", "chosen"} & set(slot["class"].split())]
    titles = [line["text"] for line in document.of("line", "lit") if "[" in line["text"]]
    drawn = [int(re.search(r"\[(\d+)\]", title)[1]) for title in titles]  # type: ignore[index]
    rows = [int(row["data-edge"]) for row in document.of("tr") if "data-edge" in row]
    return {"cells": sorted(cells), "slots": sorted(slots), "drawn": sorted(drawn), "terms": sorted(rows)}


@in_a_browser
@pytest.mark.parametrize(
    ("link", "name", "positions", "chosen"),
    [
        ("#b->o0", "o_sums[0]", [16, 18, 20, 22, 24], 24),
        *thorough(
            ("#h_deltas[3]", "h_deltas[3]", [22, 23], None),
            ("#h2", "h_sums[2]", [2, 6, 10, 14], None),
            ("#o1", "o_sums[1]", [17, 19, 21, 23, 25], None),
            ("#ih[2,0]", "h_sums[0]", [0, 4, 8, 12], 8),
            ("", "h_sums[0]", [0, 4, 8, 12], None),
            ("#nonsense", "h_sums[0]", [0, 4, 8, 12], None),
        ),
    ],
)
def test_deep_links_light_the_same_weights_everywhere(
    link: str, name: str, positions: list[int], chosen: int | None, tmp_path: Path
) -> None:
    document = render(tmp_path, page(), link)
    (title,) = document.of("h2", id="sum-title")
    assert name in title["text"]
    assert lit(document) == {
        "cells": positions,
        "slots": positions,
        "drawn": [at for at in positions if at not in range(12, 16) and at < 24],  # biases have no line
        "terms": positions,
    }
    slots = [int(slot["data-edge"]) for slot in document.of("span", "slot") if "chosen" in slot["class"].split()]
    assert slots == ([] if chosen is None else [chosen])


CLICKS = """
const seen = [];
const now = () => seen.push([document.getElementById("sum-title").textContent, location.hash,
  [...document.querySelectorAll(".slot.chosen")].map((slot) => +slot.dataset.edge)]);
document.querySelector("#spot-h1").dispatchEvent(new MouseEvent("click", { bubbles: true })); now();
document.querySelector('td[data-edge="19"]').click(); now();
document.querySelectorAll(".slot")[10].click(); now();
document.querySelectorAll("line.edge")[4].dispatchEvent(new MouseEvent("click", { bubbles: true })); now();
document.querySelector('#terms tr[data-edge="12"]').click(); now();
document.querySelector("#spot-o0").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })); now();
document.body.setAttribute("data-seen", JSON.stringify(seen));
"""


@pytest.mark.thorough
@in_a_browser
def test_node_cell_slot_edge_and_term_choose_the_same(tmp_path: Path) -> None:
    (body,) = render(tmp_path, page(), script=CLICKS).of("body")
    assert json.loads(body["data-seen"]) == [
        ["The sum: h_sums[1]", "#h1", []],
        ["The sum: o_sums[1]", "#ho[1,1]", [19]],
        ["The sum: h_sums[2]", "#ih[2,2]", [10]],
        ["The sum: h_sums[0]", "#ih[1,0]", [4]],
        ["The sum: h_sums[0]", "#b-%3Eh0", [12]],
        ["The sum: o_sums[0]", "#o0", []],
    ]


WALK = """
const walked = [];
document.getElementById("jump").value = 0;
document.getElementById("jump").dispatchEvent(new Event("change"));
for (let step = 0; step < 10000; step++) {
  walked.push(document.getElementById("phase").textContent);
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  if (walked.at(-1) === document.getElementById("phase").textContent) break;
}
const last = walked.at(-1);
for (let step = 0; step < 5; step++) document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
document.body.setAttribute("data-seen", JSON.stringify([walked, document.getElementById("phase").textContent]));
"""


@pytest.mark.thorough
@in_a_browser
def test_the_steps_walk_forward_and_back_through_every_number(tmp_path: Path) -> None:
    (body,) = render(tmp_path, page(), script=WALK).of("body")
    names, back = json.loads(body["data-seen"])
    entries = content(page())["entries"]

    def phases(entry: dict[str, Any]) -> int:
        return 5 if "->" in entry["node"] or any(term["position"] is not None for term in entry["terms"]) else 3

    assert [text.split(",")[0] for text in names] == [entry["name"] for entry in entries for _ in range(phases(entry))]
    assert names[1].endswith("2 of 5: its weights")
    assert back == names[-6]


@pytest.mark.thorough
@in_a_browser
def test_it_can_be_used_by_keyboard_and_read_aloud(tmp_path: Path) -> None:
    document = render(tmp_path, page())
    spots = document.of("g", "spot", role="button")
    assert len(spots) == 6
    assert all(spot["tabindex"] == "0" and re.match(r"[ho]\d, -?\d", spot["aria-label"]) for spot in spots)
    assert all(row["tabindex"] == "0" and row["role"] == "button" for row in document.of("tr") if "data-edge" in row)
    assert document.of("output", id="phase")[0]["aria-live"] == "polite"
    assert document.of("html")[0]["lang"] == "en"
    assert {section["aria-labelledby"] for section in document.of("section")} == {
        "network-title",
        "sum-title",
        "grid-title",
        "vector-title",
    }


@pytest.mark.thorough
@in_a_browser
@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 9, 3), (64, 32, 10)])
def test_networks_of_every_size(sizes: tuple[int, int, int], tmp_path: Path) -> None:
    n_inputs, n_hidden, n_outputs = sizes
    document = render(tmp_path, page(sizes), "#o0")
    assert len(document.of("circle", "node")) == sum(sizes) + 1, "and the one of the legend"
    assert len(document.of("line", "edge")) == n_hidden * (n_inputs + n_outputs) + 2
    assert len(document.of("span", "slot")) == (n_inputs + 1) * n_hidden + (n_hidden + 1) * n_outputs
    assert "o_sums[0]" in document.of("h2", id="sum-title")[0]["text"]


@pytest.mark.thorough
@in_a_browser
def test_an_error_in_the_script_would_be_found(tmp_path: Path) -> None:
    document = render(tmp_path, page().replace("drawSlots();\n", "drawSlots(;\n"), "#h2")
    assert not document.of("span", "slot")
