"""Three data sets to train on: the gate of document 004, Fisher's iris, handwritten digits.

Sources and licences stand in `reference/data/README.md`.
"""

import csv
import gzip
import io
from importlib import resources
from typing import NamedTuple

from reference.order import epoch_keys


class Dataset(NamedTuple):
    """Rows of numbers and what they are.

    inputs : rows of shape (n_samples, n_inputs), as the source has them
    targets : rows of shape (n_samples, n_outputs), one-hot for classes
    labels : the class of each sample, 0, 1, ...
    columns, classes : names of the inputs and of the classes
    """

    inputs: list[list[float]]
    targets: list[list[float]]
    labels: list[int]
    columns: tuple[str, ...]
    classes: tuple[str, ...]


def gate() -> Dataset:
    """Return the eight rows of document 004's three-input gate, one output.

    The document calls it exclusive or; it is 1 where all three inputs are equal.

    >>> data = gate()
    >>> data.inputs[7], data.targets[7], [label for label in data.labels]
    ([1.0, 1.0, 1.0], [1.0], [1, 0, 0, 0, 0, 0, 0, 1])
    """
    inputs = [[float(x1), float(x2), float(x3)] for x1 in (0, 1) for x2 in (0, 1) for x3 in (0, 1)]
    labels = [int(x1 == x2 == x3) for x1, x2, x3 in inputs]
    return Dataset(inputs, [[float(label)] for label in labels], labels, ("X1", "X2", "X3"), ("0", "1"))


def iris() -> Dataset:
    """Return 150 irises: 4 lengths in cm, 3 species.

    >>> data = iris()
    >>> data.inputs[0], data.targets[0], data.classes
    ([5.1, 3.5, 1.4, 0.2], [1.0, 0.0, 0.0], ('setosa', 'versicolor', 'virginica'))
    """
    return classified(data_file("iris.csv").decode("utf-8"))


def digits() -> Dataset:
    """Return 1,797 handwritten digits: 64 pixels of 0 to 16, row by row from the top, 10 classes.

    >>> data = digits()
    >>> len(data.inputs), len(data.inputs[0]), data.labels[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    return classified(gzip.decompress(data_file("digits.csv.gz")).decode("utf-8"))


def data_file(name: str) -> bytes:
    """Return the content of a file that comes with the package."""
    return resources.files("reference").joinpath("data", name).read_bytes()


def classified(text: str) -> Dataset:
    """Return the data set of a table whose last column is the class."""
    header, *rows = csv.reader(io.StringIO(text))
    classes = sorted({row[-1] for row in rows})
    labels = [classes.index(row[-1]) for row in rows]
    targets = [one_hot(label, len(classes)) for label in labels]
    inputs = [[float(number) for number in row[:-1]] for row in rows]
    return Dataset(inputs, targets, labels, tuple(header[:-1]), tuple(classes))


def one_hot(label: int, n_classes: int) -> list[float]:
    """Return n_classes numbers, 1 at the label and 0 elsewhere.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    return [float(o == label) for o in range(n_classes)]


def scaled(data: Dataset, divisor: float) -> Dataset:
    """Return the data set with every input divided: digits divided by 16 lie between 0 and 1."""
    return data._replace(inputs=[[number / divisor for number in sample] for sample in data.inputs])


def split(data: Dataset, part: float = 0.2, seed: int = 3) -> tuple[Dataset, Dataset]:
    """Return (training, test): the test set is `part` of the samples, chosen at random, the same for a seed everywhere.

    Raises ValueError for a part that is not between 0 and 1.

    >>> training, test = split(iris())
    >>> len(training.inputs), len(test.inputs)
    (120, 30)
    """
    if not 0 < part < 1:
        raise ValueError(f"part is {part!r}, expected a number above 0 and below 1")
    n_samples = len(data.inputs)
    order = sorted(range(n_samples), key=next(epoch_keys(n_samples, seed)).__getitem__)
    n_test = round(n_samples * part)

    def chosen(samples: list[int]) -> Dataset:
        return data._replace(
            inputs=[data.inputs[s] for s in samples],
            targets=[data.targets[s] for s in samples],
            labels=[data.labels[s] for s in samples],
        )

    return chosen(order[n_test:]), chosen(order[:n_test])
