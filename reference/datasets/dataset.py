"""Data to train on: three sets that come with the package, and anyone's own from a CSV file.

Sources and licences of the three stand in `reference/datasets/data/README.md`.
"""

import gzip
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from os import fsdecode
from typing import Any, NamedTuple

from reference.datasets.scales import Scaling, scaling
from reference.datasets.tables import Choose, Column, Table, is_number, no_collector, place_of, read_table, whole_lines
from reference.numbers.kinds import FLOAT, whole
from reference.numbers.shown import shown
from reference.specification.door import expect, number, whole_number
from reference.specification.files import Path
from reference.specification.names import TASKS, one_of
from reference.specification.order import epoch_keys

__all__ = [
    "Dataset",
    "Scaling",
    "dataset_of",
    "digits",
    "gate",
    "iris",
    "one_hot",
    "read_csv",
    "scaled",
    "scaling",
    "split",
]


MANY = 100  # classes, from which on there must be more rows than one for each


class Dataset(NamedTuple):
    """Rows of numbers and what they are.

    inputs : rows of shape (n_samples, n_inputs), as the source has them
    targets : rows of shape (n_samples, n_outputs): one-hot for classes, else the numbers of the target columns
    labels : the class of each sample, 0, 1, ...; empty where the targets are no classes
    columns, classes, target_columns : names of the inputs, of the classes, and of the columns they were read from
    """

    inputs: list[list[float]]
    targets: list[list[float]]
    labels: list[int]
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    target_columns: tuple[str, ...]


def gate() -> Dataset:
    """Return the eight rows of document 004's three-input gate, one output.

    The document calls it exclusive or; it is 1 where all three inputs are equal.

    >>> data = gate()
    >>> data.inputs[7], data.targets[7], data.labels
    ([1.0, 1.0, 1.0], [1.0], [1, 0, 0, 0, 0, 0, 0, 1])
    """
    return built_in("gate", "regression")


def iris() -> Dataset:
    """Return 150 irises: 4 lengths in cm, 3 species.

    >>> data = iris()
    >>> data.inputs[0], data.targets[0], data.classes
    ([5.1, 3.5, 1.4, 0.2], [1.0, 0.0, 0.0], ('setosa', 'versicolor', 'virginica'))
    """
    return built_in("iris", "classification")


def digits() -> Dataset:
    """Return 1,797 handwritten digits: 64 pixels of 0 to 16, row by row from the top, 10 classes.

    >>> data = digits()
    >>> len(data.inputs), len(data.inputs[0]), data.labels[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    return built_in("digits", "classification")


BUILT_IN = {"gate": "gate.csv", "iris": "iris.csv", "digits": "digits.csv.gz"}


def data_file(name: str) -> bytes:
    """Return the content of a file that comes with the package."""
    return resources.files("reference.datasets").joinpath("data", name).read_bytes()


def lines_of(name: str) -> list[bytes]:
    """Return the lines of the table of a data set that comes with the package."""
    content = data_file(BUILT_IN[name])
    return (gzip.decompress(content) if BUILT_IN[name].endswith(".gz") else content).splitlines(keepends=True)


def built_in(name: str, task: str) -> Dataset:
    """Return a data set that comes with the package, its last column the target."""
    return dataset_of(read_table(lines_of(name), name, choice()), task)


def read_csv(
    path: Path,
    targets: Column | Sequence[Column] | None = None,
    *,
    ignored: Column | Sequence[Column] = (),
    header: bool | None = None,
    task: str | None = None,
) -> Dataset:
    r"""Return the data set of a CSV file.

    Parameters
    ----------
    path : a UTF-8 file of a line of names and one row a sample; comma, semicolon, tab or bar between the fields
    targets : the column of labels or numbers to learn, by name or by number (from 1; -1 is the last), or several;
        None is the last
    ignored : columns to leave out; all others are inputs
    header : False where the file has no line of names; True where the names are numbers
    task : "classification" or "regression"; None takes a single column of text or whole numbers for classes

    Raises
    ------
    ValueError
        that names file, line and column of what is wrong; OSError where there is no such file.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "two.csv")
    >>> _ = file.write_text("width,height,price\n1,2,10.5\n3,4,20.25\n")
    >>> read_csv(file, "price").targets
    [[10.5], [20.25]]
    """
    wanted, left_out = columns_of(targets, "targets"), columns_of(ignored, "ignored") or []
    expect(header is None or isinstance(header, bool), header, "header", "None, True or False")
    with open(fsdecode(path), "rb") as file, no_collector():
        return dataset_of(read_table(whole_lines(file), fsdecode(path), choice(wanted, left_out), header), task)


def columns_of(given: Any, what: str) -> list[Column] | None:
    """Return a column, or several, as a list of names and numbers; ValueError for anything else."""
    columns = [given] if isinstance(given, str) or whole(given) is not None else given
    if columns is None:
        return None
    good = isinstance(columns, list | tuple) and all(isinstance(each, str) or whole(each) is not None for each in columns)
    expect(good, given, what, "the name or number of a column, or a list of them")
    return list(columns)


def choice(targets: Sequence[Column] | None = None, ignored: Sequence[Column] = ()) -> Choose:
    """Return what chooses these targets, or the last column, and all that is not ignored as inputs."""

    def choose(names: list[str]) -> tuple[list[int], list[int]]:
        left_out = {place_of(column, names, "ignored column") for column in ignored}
        kept = [at for at in range(len(names)) if at not in left_out]
        targets_at = kept[-1:] if targets is None else [place_of(column, names, "target column") for column in targets]
        for at in targets_at:
            if at in left_out or targets_at.count(at) > 1:
                raise ValueError(f"column {shown(names[at])} is named twice; it is a target once, or ignored")
        inputs_at = [at for at in kept if at not in targets_at]
        if not inputs_at:
            raise ValueError(f"of {len(names)} columns none is left for the inputs, expected at least one besides the target")
        return inputs_at, targets_at

    return choose


def task_of(table: Table, output: str | None = None) -> str:
    """Return what the targets of a table are for an output, None being the one that suits them.

    Several are numbers (regression), a single one of text is classes; a single one of numbers is classes for softmax, numbers
    for other outputs, and where none is named, classes if they are whole and each stands there twice in the mean.
    """
    if len(table.targets) > 1:
        return "regression"
    texts = dict.fromkeys(table.targets[0])
    others = [text for text in texts if not is_number(text)]
    if len(others) == len(texts) and not all(is_number(text.replace(",", ".", 1)) for text in texts):
        return "classification"
    if output == "softmax":
        return "classification"
    if others:
        where = table.place(table.targets[0].index(others[0]), table.target_columns[0])
        raise ValueError(
            f"{where}: {shown(others[0])} is no number; correct it, or if these are classes say --task classification"
        )
    whole = all(float(text).is_integer() for text in texts)
    return "classification" if output is None and whole and 2 * len(texts) <= len(table.targets[0]) else "regression"


def dataset_of(table: Table, task: str | None = None) -> Dataset:
    """Return the data set of a table, its targets taken as classes or as numbers; ValueError where they cannot be."""
    if one_of(TASKS, task_of(table) if task is None else task, "task") == "classification":
        classes, labels = classes_of(table)
        targets = [one_hot(label, len(classes)) for label in labels]
    else:
        columns = [table.numbers(target) for target in range(len(table.targets))]
        targets = [list(numbers) for numbers in zip(*columns, strict=True)]
        classes, labels = (), []
        if len(columns) == 1 and {0.0, 1.0}.issuperset(columns[0]) and len(set(columns[0])) == 2:  # two classes, one output
            classes, labels = ("0", "1"), [int(number) for number in columns[0]]
    return Dataset(table.inputs, targets, labels, table.columns, classes, table.target_columns)


def classes_of(table: Table) -> tuple[tuple[str, ...], list[int]]:
    """Return the classes of the only target, in order, and the label of each sample; ValueError where they cannot be.

    Numbers of the same value, such as 1 and 1.0, are one class.
    """
    if len(table.targets) != 1:
        raise ValueError(f"{table.source}: has {len(table.targets)} target columns, classification needs one of labels")
    texts = table.targets[0]
    known = dict.fromkeys(texts)
    if "" in known:
        raise ValueError(f"{table.place(texts.index(''), table.target_columns[0])}: is empty, expected a label")
    if all(map(is_number, known)):
        table.numbers(0)  # which refuses nan and infinities
        value_of = {text: int(text) if text.lstrip("+-").isdecimal() else float(text) for text in known}
        names = {value: text for text, value in reversed(value_of.items())}
        places = {value: label for label, value in enumerate(sorted(names))}
        classes = tuple(names[value] for value in places)
        label_of = {text: places[value] for text, value in value_of.items()}
    else:
        classes = tuple(sorted(known))
        label_of = {text: label for label, text in enumerate(classes)}
    if len(classes) > MANY and 2 * len(classes) > len(texts):
        raise ValueError(
            f"{table.source}: {shown(table.target_columns[0])} has {len(classes):,} classes in {len(texts):,} rows; "
            "is it a number to be learnt (--task regression), or a name to be ignored?"
        )
    if len(classes) == 1:
        raise ValueError(
            f"{table.source}: every {shown(table.target_columns[0])} is {shown(classes[0])}, expected at least two classes"
        )
    return classes, [label_of[text] for text in texts]


def one_hot(label: int, n_classes: int) -> list[float]:
    """Return n_classes numbers, 1 at the label and 0 elsewhere; ValueError for a label that is no class.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    size, at = whole_number(n_classes, "n_classes", least=1), whole(label)
    expect(at is not None and 0 <= at < size, label, "label", f"a whole number below {size}")
    return [float(other == at) for other in range(size)]


def check_lengths(what: str, *parts: Sequence[object]) -> None:
    """Raise ValueError unless all parts are as long as each other."""
    lengths = list(map(len, parts))
    if len(set(lengths)) > 1:
        raise ValueError(f"{what} has parts of {', '.join(map(str, lengths))} entries, expected as many of each")


def scaled(data: Dataset, by: float | Scaling) -> Dataset:
    """Return the data set with its inputs divided by a number, or scaled: digits divided by 16 lie between 0 and 1.

    Raises ValueError for a number that is 0 or not finite.
    """
    if isinstance(by, Scaling):
        check_lengths("the scale", by.shift, data.columns, by.divisor)
        expect(all(by.divisor), by.divisor, "the divisor of the scale", "numbers other than 0")
        return data._replace(inputs=by.apply(data.inputs))
    divisor = FLOAT.take(number(by, "by", lambda x: x != 0, "other than 0"), "by")
    return data._replace(inputs=[[x / divisor for x in sample] for sample in data.inputs])


def split(data: Dataset, part: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Return (training, test): the test set is `part` of the samples, chosen at random, the same for a seed everywhere.

    Of each class the same part is chosen, as nearly as whole samples allow.
    Raises ValueError for a part that is not between 0 and 1, or that leaves either set without a sample.

    >>> training, test = split(iris())
    >>> len(training.inputs), [test.labels.count(label) for label in (0, 1, 2)]
    (120, [10, 10, 10])
    """
    number(part, "part", lambda x: 0 < x < 1, "above 0 and below 1")
    n_samples = len(data.inputs)
    check_lengths("data", data.inputs, data.targets, data.labels if len(data.labels) else data.inputs)
    n_test = round(n_samples * float(part))
    if not 0 < n_test < n_samples:
        raise ValueError(
            f"part is {part!r} of {n_samples} samples, which leaves a part without any; give more data, or another part"
        )
    order = sorted(range(n_samples), key=next(epoch_keys(n_samples, whole_number(seed, "seed"))).__getitem__)
    test = set(class_by_class(order, data.labels)[:n_test])

    def chosen(samples: list[int]) -> Dataset:
        return data._replace(
            inputs=[data.inputs[s] for s in samples],
            targets=[data.targets[s] for s in samples],
            labels=[data.labels[s] for s in samples] if len(data.labels) else [],
        )

    return chosen([s for s in order if s not in test]), chosen([s for s in order if s in test])


def class_by_class(order: list[int], labels: list[int]) -> list[int]:
    """Return samples in an order of which every first part holds each class in proportion: half of each before the other half.

    >>> class_by_class([0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 1, 1])
    [0, 4, 1, 2, 5, 3]
    """
    if not len(labels):
        return order
    sizes, passed, place = Counter(labels), Counter[int](), {}
    for s in order:
        place[s] = (passed[labels[s]] + 0.5) / sizes[labels[s]]
        passed[labels[s]] += 1
    return sorted(order, key=place.__getitem__)
