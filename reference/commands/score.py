"""How good a network's answers are for the rows of a table whose targets are known."""

from reference.commands.line import console
from reference.commands.package import Network
from reference.commands.report import say, show_result
from reference.datasets.csv_files import label_of
from reference.datasets.dataset import Dataset, targets_of
from reference.datasets.preparation import Preparation
from reference.datasets.tables import Table, is_finite_number
from reference.numbers.description import describe
from reference.specification.notebook import quantity


def known_rows(preparation: Preparation, table: Table) -> tuple[Dataset, list[int]]:
    """Return the scaled rows of a table whose targets are known, and their positions in the table.

    A target is known if it is one of the classes, or a finite number for a network that predicts numbers.
    """
    classes, rows = preparation.classes, list(zip(*table.targets, strict=True))
    labels, targets, at = list[int](), list[list[float]](), list[int]()
    for row, texts in enumerate(rows):
        label = label_of(texts[0], classes)
        if classes and label is not None:
            at.append(row)
            labels.append(label)
        elif not classes and all(map(is_finite_number, texts)):
            at.append(row)
            targets.append(list(map(float, texts)))
    targets = targets_of(labels, len(preparation.targets.shift)) if classes else targets
    inputs, targets = preparation.inputs.apply([table.inputs[row] for row in at]), preparation.targets.apply(targets)
    return Dataset(inputs, targets, labels, preparation.columns, classes, preparation.target_columns), at


def show_score(network: Network, preparation: Preparation, table: Table) -> None:
    """Print on standard error which rows have no answer, and how good the answers are for rows whose targets are known."""
    out = console(stderr=True)
    if table.skipped:
        say(
            out,
            f"no answer, because an input is missing: {quantity(len(table.skipped), 'row')} (lines {describe(table.skipped)})",
        )
    data, known = known_rows(preparation, table)
    if not table.targets or not any(map("".join, zip(*table.targets, strict=True))):
        return
    others = [line for at, line in enumerate(table.lines) if at not in set(known)]
    if others:
        at = table.lines.index(others[0])
        text = describe(table.targets[0][at])
        what = f"one of the classes {describe(list(preparation.classes))}" if preparation.classes else "a number"
        say(out, f"not graded: {quantity(len(others), 'row')} (lines {describe(others)}); {text} is not {what}")
    if known:
        show_result(out, network, preparation, table.source, data)
        say(out, "If the network was trained on these rows, it will do worse on new ones.")
