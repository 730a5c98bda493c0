"""Read a data set from a CSV file: find the target columns, and decide whether they are classes or numbers."""

from collections.abc import Callable, Sequence
from functools import partial
from os import fsdecode

from reference.datasets.dataset import Dataset, one_hot
from reference.datasets.tables import (
    FILL_IN,
    Column,
    Table,
    ignored_places,
    is_missing,
    is_number,
    limited_lines,
    place_of,
    read_table,
    with_point,
)
from reference.numbers.description import describe
from reference.specification.files import Path
from reference.specification.names import TASKS, one_of
from reference.specification.parameters import expect, yes_or_no

# `task_of` chooses classification for at most FEW different numbers. `classes_of` refuses more than FEW classes if they have
# fewer than two rows each on average.
FEW = 20


def read_csv(
    path: Path,
    targets: Column | Sequence[Column] | None = None,
    *,
    ignored: Column | Sequence[Column] = (),
    inputs: Sequence[Column] | None = None,
    header: bool | None = None,
    decimal: str = ".",
    task: str | None = None,
    skip_missing: bool = False,
) -> Dataset:
    r"""Return the data set of a CSV file.

    Parameters
    ----------
    path : a UTF-8 file: a line of column names, then one row for each sample; fields separated by comma, semicolon, tab or |
    targets : the column to predict, by name or by number (from 1; -1 is the last), or a list of columns; None means the
        last column; an empty list means no target, for rows to predict
    ignored : columns to leave out
    inputs : the input columns; None means all columns that are neither targets nor ignored
    header : whether the file has a line of names; None means yes, but refuses a number as the name of an input column
    decimal : the decimal mark of the numbers, "." or ","
    task : "classification" or "regression"; None chooses classification if the only target is a column of text, or a column
        of at most 20 different whole numbers that appear at least twice on average; otherwise regression
    skip_missing : whether to leave out the rows in which a value is missing: empty, NA, n/a, nan, null or ?

    Raises
    ------
    ValueError
        if an argument or the content is wrong. The message names the file, and the line and column of a wrong entry.
    OSError
        if the file cannot be read.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "two.csv")
    >>> _ = file.write_text("width,height,price\n1,2,10.5\n3,4,20.25\n")
    >>> read_csv(file, "price").targets
    [[10.5], [20.25]]
    """
    several = None if targets is None else columns_of(targets, "targets")
    others = None if inputs is None else columns_of(inputs, "inputs")
    choice = partial(choose, targets=several, ignored=columns_of(ignored, "ignored"), inputs=others)
    expect(header is None or isinstance(header, bool), header, "header", "None, True or False")
    expect(decimal in (".", ","), decimal, "decimal", "'.' or ','")
    skips = yes_or_no(skip_missing, "skip_missing")
    with open(fsdecode(path), "rb") as file:
        return dataset_of(
            read_table(limited_lines(file), fsdecode(path), choice, header, decimal, "all" if skips else ""), task
        )


def columns_of(columns: Column | Sequence[Column], what: str) -> list[Column]:
    """Return one or several columns as a list. Raises ValueError for anything else."""
    several = [columns] if isinstance(columns, Column) else columns
    good = isinstance(several, list | tuple) and all(isinstance(column, Column) for column in several)
    expect(good, columns, what, "the name or number of a column, or a list of them")
    return list(several)


def choose(
    names: list[str],
    targets: Sequence[Column] | None = None,
    ignored: Sequence[Column] = (),
    inputs: Sequence[Column] | None = None,
) -> tuple[list[int], list[int]]:
    """Return the positions of the input columns and of the target columns, counted from 0.

    If targets is None, the target is the last column that is not ignored. If inputs is None, the inputs are all columns that
    are neither targets nor ignored. Raises ValueError if a column does not exist, if a target is chosen twice or ignored, or
    if no input is left.
    """
    ignored_at = ignored_places(ignored, names)
    others = [at for at in range(len(names)) if at not in ignored_at]
    targets_at = others[-1:] if targets is None else [place_of(column, names, "target column") for column in targets]
    for at in targets_at:
        if at in ignored_at or targets_at.count(at) > 1:
            raise ValueError(
                f"column {describe(names[at])} is chosen twice; choose it once, as a target or as an ignored column"
            )
    inputs_at = [at for at in others if at not in targets_at]
    if inputs is not None:
        inputs_at = [place_of(column, names, "input column") for column in inputs]
    if not inputs_at:
        raise ValueError(f"none of the {len(names)} columns {describe(names)} is left as an input; are these the column names?")
    return inputs_at, targets_at


def task_of(table: Table, output: str | None = None) -> str:
    """Return "classification" or "regression" for the targets of a table and an output activation.

    Classification needs a single target column, and one of:

    - a column of text
    - the output softmax
    - no chosen output (None), and at most FEW different whole numbers that appear at least twice on average

    Everything else is regression. In a single regression column, an entry that is not a finite number raises ValueError.
    """
    if len(table.targets) > 1:
        return "regression"
    texts = dict.fromkeys(table.targets[0])
    others = [text for text in texts if not is_number(text)]
    is_text = len(others) == len(texts) and not all(map(is_number, map(with_point, texts)))
    if is_text or output == "softmax":
        return "classification"
    whole = all(number.is_integer() for number in table.numbers(0))
    few = len(texts) <= min(FEW, len(table.targets[0]) // 2)
    return "classification" if output is None and whole and few else "regression"


def dataset_of(table: Table, task: str | None = None) -> Dataset:
    """Return the data set of a table for a task (see `read_csv`). Raises ValueError if the targets do not suit the task."""
    classes: tuple[str, ...] = ()
    labels: list[int] = []
    if not table.targets:
        return Dataset(table.inputs, [], [], table.columns, (), ())
    if one_of(TASKS, task_of(table) if task is None else task, "task") == "classification":
        classes, labels = classes_of(table)
        targets = [one_hot(label, len(classes)) for label in labels]
    else:
        columns = [table.numbers(target) for target in range(len(table.targets))]
        targets = [list(numbers) for numbers in zip(*columns, strict=True)]
        if len(columns) == 1 and set(columns[0]) == {0.0, 1.0}:  # two classes, one output
            classes, labels = ("0", "1"), [int(number) for number in columns[0]]
    return Dataset(table.inputs, targets, labels, table.columns, classes, table.target_columns)


def classes_of(table: Table) -> tuple[tuple[str, ...], list[int]]:
    """Return the sorted classes of the only target, and the label of each sample.

    Equal numbers, such as 1 and 1.0, are one class. Raises ValueError if the targets cannot be classes.
    """
    if len(table.targets) != 1:
        raise ValueError(f"{table.source}: has {len(table.targets)} target columns, classification needs one, with labels")
    texts, column = table.targets[0], table.target_columns[0]
    missing = next((text for text in texts if is_missing(text)), None)
    if missing is not None:
        what = f"{describe(missing)} is no label" if missing else "is empty, expected a label"
        raise ValueError(f"{table.place(texts.index(missing), column)}: {what}; {FILL_IN}")
    numeric = all(map(is_number, texts))
    if numeric:
        table.numbers(0)  # raises ValueError for nan and infinities
    value: Callable[[str], object] = float if numeric else str
    names: dict[object, str] = {}
    for text in texts:
        names.setdefault(value(text), text)
    classes = tuple(sorted(names.values(), key=float) if numeric else sorted(names.values()))
    if len(classes) > FEW and 2 * len(classes) > len(texts):
        raise ValueError(
            f"{table.source}: {describe(column)} has {len(classes):,} classes in {len(texts):,} rows, such as "
            f"{describe(texts[0])}; to predict a number, write digits only, without units and thousands marks, and use "
            "--task regression; to predict something else, choose it with --target"
        )
    if len(classes) == 1:
        raise ValueError(f"{table.source}: every {describe(column)} is {describe(classes[0])}, expected at least two classes")
    return classes, labels_of(texts, classes)


def labels_of(texts: list[str], classes: tuple[str, ...]) -> list[int]:
    """Return the label of each text. Raises ValueError if a text is not a class."""
    labels = []
    for text in texts:
        label = label_of(text, classes)
        if label is None:
            raise ValueError(f"{describe(text)} is not one of the classes {', '.join(classes)}")
        labels.append(label)
    return labels


def label_of(text: str, classes: tuple[str, ...]) -> int | None:
    """Return the label of a text, or None if it is not a class. Equal numbers, such as 1 and 1.0, are one class."""
    if text in classes:
        return classes.index(text)
    numbers = list(map(float, classes)) if is_number(text) and all(map(is_number, classes)) else []
    return numbers.index(float(text)) if numbers and float(text) in numbers else None
