"""The three built-in data sets. For their sources and licences see `reference/datasets/data/README.md`."""

import gzip
from importlib import resources

from reference.datasets.csv_files import choose, dataset_of
from reference.datasets.dataset import Dataset
from reference.datasets.tables import read_table

BUILT_IN = {"gate": "gate.csv", "iris": "iris.csv", "digits": "digits.csv.gz"}


def gate() -> Dataset:
    """Return the eight rows of the gate in document 004: three inputs, one output.

    The output is 1 if all three inputs are equal. The document calls the gate exclusive or.

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
    """Return 1,797 handwritten digits: 64 pixels with values from 0 to 16, row by row from the top; 10 classes.

    >>> data = digits()
    >>> len(data.inputs), len(data.inputs[0]), data.labels[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    return built_in("digits", "classification")


def built_in(name: str, task: str) -> Dataset:
    """Return a built-in data set."""
    return dataset_of(read_table(lines_of(name), name, choose), task)


def lines_of(name: str) -> list[bytes]:
    """Return the lines of a built-in table."""
    content = data_file(BUILT_IN[name])
    return (gzip.decompress(content) if BUILT_IN[name].endswith(".gz") else content).splitlines(keepends=True)


def data_file(name: str) -> bytes:
    """Return the content of a file in `reference/datasets/data`."""
    return resources.files("reference.datasets").joinpath("data", name).read_bytes()
