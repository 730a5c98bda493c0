"""The history of a training: loss, outputs, deltas and weights after some epochs, and the tables of them.

The tables have the epochs 0, 1, 2, 5, 10, 20, 50 and so on: most happens in the first.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reference.commands.progress import epoch_progress
from reference.commands.report import say, show_table
from reference.explain.subject import Subject
from reference.explain.text import shown

MOST_COLUMNS, MOST_LINES = 24, 40


class Moment(NamedTuple):
    """The state after some epochs: the loss, the outputs and output deltas of every row, and the weights."""

    epoch: int
    loss: float
    o_nodes: list[list[float]]
    o_deltas: list[list[float]]
    weights: list[float]


def epochs_of(last: int, steps: Sequence[int] = (1, 2, 5)) -> list[int]:
    """Return 0, some epochs of every power of ten, and the last.

    >>> epochs_of(30)
    [0, 1, 2, 5, 10, 20, 30]
    """
    powers = range(len(str(last)))
    return sorted({0, last} | {step * 10**power for power in powers for step in steps if step * 10**power < last})


def history_of(subject: Subject, epochs: int) -> list[Moment]:
    """Train the subject's network by plain gradient descent on all its rows, and return its state after some epochs."""
    inputs, targets = subject.rows
    network, settings = subject.network, {"learning_rate": subject.rate, "reduction": subject.reduction}
    moments: list[Moment] = []
    with epoch_progress(epochs) as show:

        def on_epoch(at: int, loss: float) -> None:
            show(moments[-1].epoch + at, loss)

        for epoch in epochs_of(epochs, range(1, 10)):
            last = moments[-1].epoch if moments else 0
            network.train(inputs, targets, epochs=epoch - last, **settings, on_epoch=on_epoch)
            stages = network.backward(inputs, targets, reduction=subject.reduction)
            moments.append(Moment(epoch, stages.loss, network.predict(inputs), stages.o_deltas, network.weights))
    return moments


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


def show_history(out: Console, subject: Subject, history: list[Moment], digits: int) -> None:
    """Print a table for each group, an epoch a row; of very many columns the first."""
    epochs = epochs_of(history[-1].epoch)
    for lines in lines_of(subject, history):
        if lines.title == "loss":
            continue
        say(out, "")
        say(out, f"{lines.title} over the epochs")
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        most = max(1, (out.width - 20) // 13) if out.is_terminal else MOST_COLUMNS
        for heading in ("epoch", "loss", *lines.names[:most]):
            table.add_column(heading, justify="right", no_wrap=True)
        for at, moment in enumerate(history):
            if moment.epoch in epochs:
                numbers = moment.loss, *(values[at] for values in lines.values[:most])
                table.add_row(Text(f"{moment.epoch:,}"), *(Text(shown(x, digits)) for x in numbers))
        show_table(out, table)
        if len(lines.names) > most:
            say(out, f"... and {len(lines.names) - most:,} more: a pipe is wider, and --html draws {MOST_LINES}")
