"""The page: the account as one HTML file that needs nothing else; choose a node, and see its sum everywhere it stands.

Every text on it is made here, by the same functions as in the terminal; the page itself computes nothing.
"""

import json
from importlib.resources import files
from string import Template
from typing import Any

from reference.activations import activation
from reference.explain.account import Account, Entry
from reference.explain.text import Style, result_lines, shown, term_lines, twin_text
from reference.numbers.kinds import FLOAT

MOST_TERMS = 100
FARTHEST = 1e6
REACH = 4.0  # the curves are drawn at least from -4 to 4


def page_of(account: Account, twin: dict[str, list[float]], told: str, digits: int, history: str = "") -> str:
    """Return the page."""
    web = files("reference.explain") / "web"
    style, script, page = ((web / name).read_text(encoding="utf-8") for name in ("style.css", "page.js", "page.html"))
    content = json.dumps(content_of(account, twin, told, Style(digits, MOST_TERMS)), allow_nan=False, separators=(",", ":"))
    return Template(page).substitute(
        title=escaped(f"{account.layout}"),
        style=style,
        script=script,
        account=content.replace("<", "\\u003c"),
        digits=digits,
        history=history,
    )


def escaped(text: str) -> str:
    """Return a text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def content_of(account: Account, twin: dict[str, list[float]], told: str, style: Style) -> dict[str, Any]:
    """Return what the page shows: every text, and the numbers that its drawing needs."""
    layout = account.layout
    counts: dict[str, int] = {}
    entries = []
    for entry in account.entries:
        at = counts[entry.stage] = counts.get(entry.stage, -1) + 1
        entries.append(entry_content(entry, twin[entry.stage][at], style))
    hidden, output, loss = account.names
    return {
        "told": f"{told}: {hidden}, {output}, {loss}",
        "sizes": [layout.n_inputs, layout.n_hidden, layout.n_outputs],
        "edges": [layout.name_of(at) for at in range(layout.n_weights)],
        "weights": account.weights,
        "shown": [shown(weight, style.digits) for weight in account.weights],
        "inputs": [shown(x, style.digits) for x in account.inputs],
        "formulas": {stage: formula._asdict() for stage, formula in account.formulas.items()},
        "curves": {layer: curve_of(name, account, f"{layer}_sums") for layer, name in (("h", hidden), ("o", output))},
        "entries": entries,
    }


def entry_content(entry: Entry, twin: float, style: Style) -> dict[str, Any]:
    """Return the texts of one number."""
    lines = term_lines(entry, style)
    return {
        "stage": entry.stage,
        "name": entry.name,
        "node": entry.node,
        "value": entry.value,
        "shown": shown(entry.value, style.digits),
        "total": "" if entry.total is None else shown(entry.total.value, style.digits),
        "terms": [line._asdict() | {"position": int(line.position) if line.position else None} for line in lines],
        "equations": list(result_lines(entry, style)),
        "matrix": twin_text(entry, twin, style),
    }


def curve_of(name: str, account: Account, stage: str) -> dict[str, Any] | None:
    """Return points of an activation around the sums of a stage; None for softmax, which is no curve of one sum."""
    if name == "softmax":
        return None
    node, _ = activation(name, FLOAT)
    reach = min(FARTHEST, max(REACH, *(abs(entry.value) for entry in account.of(stage))))
    low, high = -1.1 * reach, 1.1 * reach
    xs = [low + (high - low) * step / 120 for step in range(121)]
    return {"name": name, "range": [low, high], "points": [[round(x, 4), round(node(x), 5)] for x in xs]}
