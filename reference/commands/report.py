"""The reports of `train` and `predict`: loss, accuracy or error, and a confusion table."""

import argparse
import math
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from reference.commands.package import Network
from reference.datasets import Dataset
from reference.datasets.preparation import Preparation
from reference.datasets.tables import is_number
from reference.numbers.description import describe
from reference.specification.messages import printable
from reference.specification.notebook import quantity

MOST_CLASSES = 20
FEW = 8  # if there are more inputs than this, their names are not printed


def show_settings(out: Console, options: argparse.Namespace, data: Dataset, n_training: int, network: Network) -> None:
    """Print the data, the network, and the settings of the training."""
    n_samples = len(data.inputs)
    use = (
        f"{n_training:,} for training, {n_samples - n_training:,} for testing" if n_training < n_samples else "all for training"
    )
    what = ", ".join(data.target_columns)
    kind = "numbers" if not data.classes else f"{len(data.classes)} classes" if len(data.targets[0]) > 1 else "0 or 1"
    inputs = quantity(len(data.columns), "input") + (f" ({', '.join(data.columns)})" if len(data.columns) <= FEW else "")
    source = "standard input" if options.data == "-" else options.data
    say(out, f"{source}: {n_samples:,} rows, {use}; {inputs}; target: {what} ({kind})")
    if options.skipped:
        say(out, f"left out, because a value is missing: {rows_at(options.skipped)}")
    if options.task_is_guessed and len(data.classes) > 2 and all(map(is_number, data.classes)):
        say(out, "the whole numbers of the target are taken as classes; use --task regression if they are quantities")
    batches = "all rows per step" if options.batch_size == "all" else f"{options.batch_size} rows per step"
    net = network.architecture
    say(out, f"network {net.layout}: {net.hidden}, {net.output}, {net.loss}; {net.layout.n_weights:,} weights")
    rate = f"{options.optimizer}, learning rate {options.learning_rate:g}"
    targets = "" if options.target_scale == "none" else f", targets scaled: {options.target_scale}"
    say(out, f"{options.epochs} epochs, {batches}, {rate}, inputs scaled: {options.scale}{targets}")


def rows_at(lines: list[int]) -> str:
    """Return a text such as "2 rows (lines [3, 4])"."""
    return f"{quantity(len(lines), 'row')} (lines {describe(lines)})"


def show_result(out: Console, network: Network, preparation: Preparation, name: str, part: Dataset) -> None:
    """Print how well the network does on a data set (`part`), for example the test set."""
    o_nodes = network.predict(part.inputs)
    heading = f"{name}: loss {float(network.loss_of(part.inputs, part.targets)):.4g}"
    if part.labels:
        labels = preparation.labels(o_nodes)
        right = sum(map(int.__eq__, labels, part.labels))
        say(out, f"{heading}, {right / len(labels):.1%} right ({right:,} of {len(labels):,})")
        if len(part.classes) <= MOST_CLASSES:
            say(out, "")
            what = preparation.target_columns[0]
            say(out, f"confusion table of {what}: rows are the true classes, columns are the network's answers")
            show_table(out, confusion(part.labels, labels, part.classes))
    else:
        say(out, heading)
        show_table(out, error_table(preparation.targets.undo(part.targets), preparation.numbers(o_nodes), part.target_columns))


def confusion(truth: list[int], answers: list[int], classes: tuple[str, ...]) -> Table:
    """Return the confusion table: rows are the true classes, columns are the network's answers."""
    counts, labels = Counter(zip(truth, answers, strict=True)), range(len(classes))
    cells = [
        [Text(str(counts[label, answer] or "·"), "bold" if answer == label else "") for answer in labels] for label in labels
    ]
    return plain_table(("", *classes), ([name, *row] for name, row in zip(classes, cells, strict=True)))


def error_table(targets: list[list[float]], answers: list[list[float]], columns: tuple[str, ...]) -> Table:
    """Return a table with the root mean squared error of every target and the share of its variance that is explained."""
    rows = []
    for o, name in enumerate(columns):
        truth = [row[o] for row in targets]
        errors = [row[o] - t for row, t in zip(answers, truth, strict=True)]
        mean = sum(t / len(truth) for t in truth)
        size, spread = math.hypot(*errors), math.hypot(*[t - mean for t in truth])
        share = f"{1 - (size / spread) * (size / spread):.1%}" if min(truth) < max(truth) else "-"
        rows.append((name, plain(size / math.sqrt(len(truth))), share))
    return plain_table(("target", "root mean squared error", "variance explained"), rows)


def plain(x: float) -> str:
    """Return a number with four significant digits, or without decimals if it is 1,000 or more.

    >>> plain(18220.4), plain(0.012345)
    ('18,220', '0.01235')
    """
    return f"{x:,.0f}" if 1000 <= abs(x) < 1e15 else f"{x:.4g}"


def plain_table(headings: Sequence[str | Text], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table without borders, except for a rule below the headings. All columns except the first are aligned right."""

    def cell(text: str | Text) -> Text:
        return Text(printable(text)) if isinstance(text, str) else text

    table = Table(box=SIMPLE_HEAD)
    for at, heading in enumerate(headings):
        table.add_column(cell(heading), justify="right" if at else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(cell, row))
    return table


def next_steps(out: Console, options: argparse.Namespace, files: list[str]) -> None:
    """Print the saved files, and what to do with them."""
    if files:
        say(out, f"saved: {'; '.join(files)}")
    if options.save not in (None, "-"):
        file = shlex.quote(options.save)
        program = options.prog.rpartition(" ")[0]
        say(out, f"next: {program} predict {file} DATA, or {program} show {file}")


def say(out: Console, text: str) -> None:
    """Print a line without wrapping it."""
    out.print(printable(text) if text.strip() else text, soft_wrap=True)


def show_table(out: Console, table: Table) -> None:
    """Print a table in full, even if it is wider than the terminal."""
    need = Measurement.get(out, out.options.update(max_width=100_000), table).maximum
    width, out.width = out.width, max(out.width, need)
    out.print(table)
    out.width = width
