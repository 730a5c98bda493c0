"""The curves of a training for the page: each group of numbers over the epochs, as an SVG."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from reference.explain.history import Moment, epochs_of
from reference.explain.subject import Subject
from reference.explain.text import decimal

MOST_LINES = 40
WIDE, HIGH, LEFT, BELOW = 420, 190, 46, 28


class Lines(NamedTuple):
    """Some numbers over the epochs: a title, a name for each, and a list of values for each."""

    title: str
    names: list[str]
    values: list[list[float]]


def lines_of(subject: Subject, history: list[Moment]) -> Iterator[Lines]:
    """Yield the loss, the outputs, the output deltas and the weights over the epochs."""
    layout = subject.network.architecture.layout
    yield Lines("loss", ["loss"], [[moment.loss for moment in history]])
    several = layout.n_outputs > 1
    nodes = [(s, o) for s in range(len(subject.rows[0])) for o in range(layout.n_outputs)]
    for title, rows in (("outputs", [m.o_nodes for m in history]), ("o_deltas", [m.o_deltas for m in history])):
        names = [f"row {s}" + (f", o{o}" if several else "") for s, o in nodes]
        yield Lines(title, names, [[row[s][o] for row in rows] for s, o in nodes])
    edges = [layout.name_of(at) for at in range(layout.n_weights)]
    yield Lines("weights", edges, [[m.weights[at] for m in history] for at in range(layout.n_weights)])


def charts(subject: Subject, history: list[Moment]) -> str:
    """Return a section of the page: every group as curves over the epochs, on a logarithmic axis."""
    svgs = "\n".join(chart(lines, [moment.epoch for moment in history]) for lines in lines_of(subject, history))
    return (
        '<section id="history" aria-labelledby="history-title"><h2 id="history-title">The training</h2>\n'
        f"<p>{len(subject.rows[0])} rows, {history[-1].epoch:,} epochs of gradient descent, learning rate {subject.rate:g}. "
        f'The epochs are on a logarithmic axis.</p>\n<div class="charts">{svgs}</div></section>'
    )


def chart(lines: Lines, epochs: list[int]) -> str:
    """Return one group as an SVG; a line says its name where the mouse rests, and at its end where there is room."""
    values = lines.values[:MOST_LINES]
    low, high = min(map(min, values)), max(map(max, values))
    low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
    across = math.log10(1 + epochs[-1]) or 1.0

    def place(epoch: int, value: float) -> str:
        x = LEFT + (WIDE - LEFT - 60) * math.log10(1 + epoch) / across
        return f"{x:.1f},{(HIGH - BELOW) - (HIGH - BELOW - 22) * (value - low) / (high - low):.1f}"

    parts = [f'<text x="{LEFT}" y="13">{lines.title}</text>']
    parts += [f'<text x="2" y="{y}">{decimal(value, 2)}</text>' for y, value in ((HIGH - BELOW, low), (26, high))]
    parts.append(f'<path class="axis" d="M{LEFT},20V{HIGH - BELOW}H{WIDE - 60}"/>')
    for epoch in epochs_of(epochs[-1], (1,)):
        x = place(epoch, low).split(",")[0]
        parts.append(f'<text x="{x}" y="{HIGH - 10}" text-anchor="middle">{epoch:,}</text>')
    labels_at: list[float] = []
    for number, (name, line) in enumerate(zip(lines.names, values, strict=False)):
        path = "L".join(place(epoch, value) for epoch, value in zip(epochs, line, strict=True))
        parts.append(f'<path class="moved m{number % 6}" d="M{path}"><title>{name}: {decimal(line[-1], 4)}</title></path>')
        y = float(place(epochs[-1], line[-1]).split(",")[1])
        if all(abs(y - other) > 10 for other in labels_at):
            labels_at.append(y)
            parts.append(f'<text x="{WIDE - 56}" y="{y + 4:.1f}">{name.replace(">", "&gt;")}</text>')
    more = f" (the first {MOST_LINES} of {len(lines.names):,})" if len(lines.names) > MOST_LINES else ""
    label = f"{lines.title} over {epochs[-1]:,} epochs{more}: from {decimal(low, 4)} to {decimal(high, 4)}"
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
