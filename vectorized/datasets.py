"""Data sets as NumPy arrays, and as `.npz` files."""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.datasets import Dataset
from reference.specification.files import Path, write_whole


class Arrays(NamedTuple):
    """A data set as arrays.

    inputs, targets : shape (n_samples, n_inputs) and (n_samples, n_outputs)
    labels : shape (n_samples,), whole numbers; empty if the targets are not classes
    columns, classes, target_columns : arrays of texts
    """

    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    labels: NDArray[np.int_]
    columns: NDArray[np.str_]
    classes: NDArray[np.str_]
    target_columns: NDArray[np.str_]


def arrays(data: Dataset) -> Arrays:
    """Return a data set as arrays.

    >>> from reference import datasets
    >>> iris = arrays(datasets.iris())
    >>> iris.inputs.shape, iris.targets.shape, iris.labels[:3], str(iris.classes[2])
    ((150, 4), (150, 3), array([0, 0, 0]), 'virginica')
    """
    names = (np.array(texts, np.str_) for texts in (data.columns, data.classes, data.target_columns))
    return Arrays(np.array(data.inputs, float), np.array(data.targets, float), np.array(data.labels, int), *names)


def to_npz(data: Dataset, path: Path) -> None:
    """Write a data set to a file that `numpy.load` reads, with one array for each field.

    The file is written completely or not at all. Raises OSError if it cannot be written.
    """
    file = io.BytesIO()
    np.savez(file, **arrays(data)._asdict())
    write_whole(path, file.getvalue())
