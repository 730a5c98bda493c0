"""The page: the account as one self-contained HTML file, in which the sum of a chosen node lights up everywhere.

Every text on it comes from the functions that print in the terminal. The page itself computes nothing.
"""

import json
from importlib.resources import files
from string import Template

from reference.activations import activation
from reference.explain.account import Account, Entry
from reference.explain.text import Style, decimal, result_lines, term_lines, twin_text
from reference.numbers.kinds import FLOAT, exact_float
from reference.specification.names import STAGES

MOST_TERMS = 100
FARTHEST = 1e6
REACH = 4.0  # the curves are drawn at least from -4 to 4


def page_of(account: Account, twin: dict[str, list[float]], title: str, digits: int, history: str = "") -> str:
    """Return the page."""
    web = files("reference.explain") / "web"
    style, script, page = ((web / name).read_text(encoding="utf-8") for name in ("style.css", "page.js", "page.html"))
    content = json.dumps(content_of(account, twin, title, Style(digits, MOST_TERMS)), allow_nan=False, separators=(",", ":"))
    return Template(page).substitute(
        title=str(account.layout),
        style=style,
        script=script,
        account=content.replace("<", "\\u003c"),
        digits=digits,
        history=history,
    )


def content_of(account: Account, twin: dict[str, list[float]], title: str, style: Style) -> dict[str, object]:
    """Return what the page shows: every text, and the numbers that its drawing needs."""
    net, layout = account.architecture, account.layout
    return {
        "told": f"{title}: {net.hidden}, {net.output}, {net.loss}",
        "sizes": layout.sizes,
        "edges": [layout.name_of(at) for at in range(layout.n_weights)],
        "weights": account.weights,
        "shown": [decimal(weight, style.digits) for weight in account.weights],
        "inputs": [decimal(x, style.digits) for x in account.inputs],
        "formulas": {stage: formula._asdict() for stage, formula in account.formulas.items()},
        "curves": {"h": curve_of(net.hidden, account, "h_sums"), "o": curve_of(net.output, account, "o_sums")},
        "entries": [
            entry_content(entry, value, style)
            for stage in STAGES
            for entry, value in zip(account.of(stage), twin.get(stage, []), strict=True)
        ],
    }


def entry_content(entry: Entry, twin: float, style: Style) -> dict[str, object]:
    """Return the texts of one number."""
    lines = term_lines(entry, style)
    return {
        "stage": entry.stage,
        "name": entry.name,
        "node": entry.node,
        "value": entry.value,
        "shown": decimal(entry.value, style.digits),
        "total": "" if entry.total is None else decimal(entry.total.value, style.digits),
        "terms": [line._asdict() | {"position": int(line.position) if line.position else None} for line in lines],
        "equations": list(result_lines(entry, style)),
        "matrix": twin_text(entry, twin, style),
    }


def curve_of(name: str, account: Account, stage: str) -> dict[str, object] | None:
    """Return points of an activation around the sums of a stage; None for softmax, which is no curve of one sum."""
    if name == "softmax":
        return None
    node, _ = activation(name, FLOAT)
    reach = min(FARTHEST, max(REACH, *(abs(entry.value) for entry in account.of(stage))))
    low, high = -1.1 * reach, 1.1 * reach
    xs = [low + (high - low) * step / 120 for step in range(121)]
    return {"name": name, "range": [low, high], "points": [[round(x, 4), round(exact_float(node(x)), 5)] for x in xs]}
