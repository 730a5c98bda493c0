"""How good a network's answers are for the rows of a table whose targets are known."""

from reference.commands.line import console
from reference.commands.package import Network
from reference.commands.report import rows_at, say, show_result
from reference.datasets.csv_files import label_of, labels_of
from reference.datasets.dataset import Dataset, targets_of
from reference.datasets.preparation import Preparation
from reference.datasets.tables import Table, is_finite_number
from reference.numbers.description import describe


def known_rows(preparation: Preparation, table: Table) -> tuple[Dataset, list[int]]:
    """Return the scaled rows of a table whose targets are known, and their positions in the table.

    A target is known if it is one of the classes, or a finite number for a network that predicts numbers.
    """
    classes, rows = preparation.classes, list(zip(*table.targets, strict=True))

    def is_known(texts: tuple[str, ...]) -> bool:
        return label_of(texts[0], classes) is not None if classes else all(map(is_finite_number, texts))

    at = [row for row, texts in enumerate(rows) if is_known(texts)]
    labels = labels_of([rows[row][0] for row in at], classes) if classes else []
    if classes:
        targets = targets_of(labels, len(preparation.targets.shift))
    else:
        targets = [[float(text) for text in rows[row]] for row in at]
    inputs = preparation.inputs.apply([table.inputs[row] for row in at])
    targets = preparation.targets.apply(targets)
    return Dataset(inputs, targets, labels, preparation.columns, classes, preparation.target_columns), at


def show_score(network: Network, preparation: Preparation, table: Table) -> None:
    """Print on standard error which rows have no answer, and how good the answers are for rows whose targets are known."""
    out = console(stderr=True)
    if table.skipped:
        say(out, f"no answer, because an input is missing: {rows_at(table.skipped)}")
    data, known = known_rows(preparation, table)
    if not table.targets or not any(map("".join, zip(*table.targets, strict=True))):
        return
    others = sorted(set(range(len(table.lines))) - set(known))
    if others:
        text = describe(table.targets[0][others[0]])
        what = f"one of the classes {describe(list(preparation.classes))}" if preparation.classes else "a number"
        say(out, f"not graded: {rows_at([table.lines[at] for at in others])}; {text} is not {what}")
    if known:
        show_result(out, network, preparation, table.source, data)
        say(out, "If the network was trained on these rows, it will do worse on new ones.")
