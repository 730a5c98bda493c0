"""How a training moves everything: loss, outputs, deltas and weights at a few epochs, as a table and as curves.

The epochs looked at are 0, 1, 2, 5, 10, 20, 50 and so on: most happens in the first.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reference.commands.progress import epochs_shown
from reference.commands.report import say, show_table
from reference.explain.subject import Subject
from reference.explain.text import shown
from reference.layout import Layout

MOST_COLUMNS, MOST_LINES = 24, 40
WIDE, HIGH, LEFT, BELOW = 420, 190, 46, 28


class Moment(NamedTuple):
    """Where a training stands after so many epochs: the loss, and of every row outputs and output deltas, the weights."""

    epoch: int
    loss: float
    o_nodes: list[list[float]]
    o_deltas: list[list[float]]
    weights: list[float]


def epochs_of(last: int, steps: tuple[int, ...] = (1, 2, 5)) -> list[int]:
    """Return the epochs that are looked at.

    >>> epochs_of(30)
    [0, 1, 2, 5, 10, 20, 30]
    """
    powers = range(len(str(last)))
    return sorted({0, last} | {step * 10**power for power in powers for step in steps if step * 10**power < last})


def history_of(about: Subject, epochs: int) -> list[Moment]:
    """Train the subject's network by plain gradient descent on all its rows, and return what it is like on the way."""
    inputs, targets = about.rows
    moments, looked = [], epochs_of(epochs, (1, 2, 3, 4, 5, 6, 7, 8, 9))
    with epochs_shown(epochs) as tell:
        for last, epoch in zip([0, *looked], looked, strict=False):

            def on_epoch(at: int, loss: float, last: int = last) -> None:
                tell(last + at, loss)

            how = {"learning_rate": about.rate, "reduction": about.reduction, "on_epoch": on_epoch}
            about.network.train(inputs, targets, epochs=epoch - last, **how)
            stages = about.network.backward(inputs, targets, reduction=about.reduction)
            o_nodes = about.network.predict(inputs)
            moments.append(Moment(epoch, stages.loss, o_nodes, stages.o_deltas, about.network.weights))
    return moments


class Lines(NamedTuple):
    """Some numbers over the epochs: a title, a name for each, and a list of values for each."""

    title: str
    names: list[str]
    values: list[list[float]]


def lines_of(about: Subject, history: list[Moment]) -> Iterator[Lines]:
    """Yield what moved, one group after another."""
    layout = Layout(about.network.n_inputs, about.network.n_hidden, about.network.n_outputs)
    yield Lines("loss", ["loss"], [[moment.loss for moment in history]])
    several = layout.n_outputs > 1
    nodes = [(s, o) for s in range(len(about.rows[0])) for o in range(layout.n_outputs)]
    for title, rows in (("outputs", [m.o_nodes for m in history]), ("o_deltas", [m.o_deltas for m in history])):
        names = [f"row {s}" + (f", o{o}" if several else "") for s, o in nodes]
        yield Lines(title, names, [[row[s][o] for row in rows] for s, o in nodes])
    edges = [layout.name_of(at) for at in range(layout.n_weights)]
    yield Lines("weights", edges, [[m.weights[at] for m in history] for at in range(layout.n_weights)])


def show_history(out: Console, about: Subject, history: list[Moment], digits: int) -> None:
    """Print a table for each group, an epoch a row; of very many columns the first."""
    kept = [history.index(moment) for moment in history if moment.epoch in epochs_of(history[-1].epoch)]
    for lines in lines_of(about, history):
        if lines.title == "loss":
            continue
        say(out, "")
        say(out, f"{lines.title} over the epochs")
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        most = max(1, (out.width - 20) // 13) if out.is_terminal else MOST_COLUMNS
        for heading in ("epoch", "loss", *lines.names[:most]):
            table.add_column(heading, justify="right", no_wrap=True)
        for at in kept:
            cells = [shown(values[at], digits) for values in lines.values[:most]]
            table.add_row(*map(Text, (f"{history[at].epoch:,}", shown(history[at].loss, digits), *cells)))
        show_table(out, table)
        if len(lines.names) > most:
            say(out, f"... and {len(lines.names) - most:,} more: a pipe is wider, and --html draws {MOST_LINES}")


# ---- curves for the page


def charts(about: Subject, history: list[Moment]) -> str:
    """Return a section of the page: every group as curves over the epochs, on a logarithmic axis."""
    drawn = "\n".join(chart(lines, [moment.epoch for moment in history]) for lines in lines_of(about, history))
    return (
        '<section id="history" aria-labelledby="history-title"><h2 id="history-title">The training</h2>\n'
        f"<p>{len(about.rows[0])} rows, {history[-1].epoch:,} epochs of plain gradient descent, learning rate {about.rate:g}; "
        f'the axis of the epochs is logarithmic.</p>\n<div class="charts">{drawn}</div></section>'
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
    parts += [f'<text x="2" y="{y}">{shown(value, 2)}</text>' for y, value in ((HIGH - BELOW, low), (26, high))]
    parts.append(f'<path class="axis" d="M{LEFT},20V{HIGH - BELOW}H{WIDE - 60}"/>')
    for epoch in epochs_of(epochs[-1], (1,)):
        x = place(epoch, low).split(",")[0]
        parts.append(f'<text x="{x}" y="{HIGH - 10}" text-anchor="middle">{epoch:,}</text>')
    used: list[float] = []
    for number, (name, moved) in enumerate(zip(lines.names, values, strict=False)):
        path = "L".join(place(epoch, value) for epoch, value in zip(epochs, moved, strict=True))
        parts.append(f'<path class="moved m{number % 6}" d="M{path}"><title>{name}: {shown(moved[-1], 4)}</title></path>')
        y = float(place(epochs[-1], moved[-1]).split(",")[1])
        if all(abs(y - other) > 10 for other in used):
            used.append(y)
            parts.append(f'<text x="{WIDE - 56}" y="{y + 4:.1f}">{name.replace(">", "&gt;")}</text>')
    more = f" (the first {MOST_LINES} of {len(lines.names):,})" if len(lines.names) > MOST_LINES else ""
    label = f"{lines.title} over {epochs[-1]:,} epochs{more}: from {shown(low, 4)} to {shown(high, 4)}"
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
