"""Preparation: the scales of inputs and targets, and the names of columns and classes. It is saved in the network's file.

Inputs and targets are scaled by numbers computed from the training set. Outputs of the network are converted back to classes,
or to numbers in the units of the targets.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol, Self, SupportsFloat

from reference.datasets.csv_files import labels_of
from reference.datasets.dataset import Dataset, targets_of
from reference.datasets.scales import Rows, Scaling, scaling
from reference.datasets.tables import is_number, nameless
from reference.numbers.description import describe
from reference.specification.architecture import Architecture
from reference.specification.names import suggestion
from reference.specification.network_file import Data
from reference.specification.notebook import quantity

Outputs = Iterable[Iterable[SupportsFloat]]


class HasData(Protocol):
    """Any object with `data` and an `architecture`, such as a network of either package."""

    data: Data

    @property
    def architecture(self) -> Architecture:
        """The sizes and function names of the network."""


class Preparation(NamedTuple):
    """Names and scales of the columns of inputs and targets; `classes` is empty if the targets are numbers."""

    columns: tuple[str, ...]
    inputs: Scaling
    target_columns: tuple[str, ...]
    targets: Scaling
    classes: tuple[str, ...]

    def prepared(self, data: Dataset) -> Dataset:
        """Return the data set with scaled inputs and targets, ready for the network.

        The inputs are found by name: the columns may have any order, and other columns are left out. The new labels are
        positions in the `classes` of this preparation. Raises ValueError if a column is missing or appears twice, if a class is
        unknown, or if the targets do not fit the network.
        """
        places = input_places(data.columns, self.columns)
        inputs = self.inputs.apply([[row[at] for at in places] for row in data.inputs])
        labels, targets, n_outputs = data.labels, data.targets, len(self.targets.shift)
        if data.classes != self.classes and targets:
            if not (self.classes and data.classes):
                of_data, of_network = ("classes" if classes else "numbers" for classes in (data.classes, self.classes))
                advice = f"read them with task={'classification' if self.classes else 'regression'!r}"
                raise ValueError(
                    f"the targets of the data are {of_data}, but the targets of the network are {of_network}; {advice}"
                )
            labels = labels_of([data.classes[label] for label in labels], self.classes)
            targets = targets_of(labels, n_outputs)
        if targets and len(targets[0]) != n_outputs:
            raise ValueError(f"the data have {quantity(len(targets[0]), 'target')}, but the network has {n_outputs}")
        return Dataset(inputs, self.targets.apply(targets), labels, self.columns, self.classes, self.target_columns)

    def numbers(self, o_nodes: Outputs) -> Rows:
        """Return rows of outputs in the units of the targets.

        Raises ValueError if `o_nodes` are not rows, or if a number overflows.
        """
        try:
            rows = [[float(y) for y in outputs] for outputs in o_nodes]
        except TypeError:
            raise ValueError("these are the outputs of one sample, expected rows of outputs; write [outputs]") from None
        numbers = self.targets.undo(rows)
        for s, row in enumerate(numbers):
            if not all(map(math.isfinite, row)):
                raise ValueError(f"the output for sample {s} is {row}: it overflows in the units of the targets")
        return numbers

    def labels(self, o_nodes: Outputs) -> list[int]:
        """Return the class of each row: the position of the first largest output.

        A single output gives class 1 if it is above 1/2 in the units of the targets, and class 0 otherwise. Raises ValueError
        if the targets are numbers.
        """
        if not self.classes:
            raise ValueError("the targets of this network are numbers, not classes; use `numbers`")
        return [int(row[0] > 0.5) if len(row) == 1 else row.index(max(row)) for row in self.numbers(o_nodes)]

    def as_data(self) -> dict[str, Any]:
        """Return the preparation as a dictionary for the network's `data`, which is saved in its file."""
        return {
            "inputs": {"columns": list(self.columns), **self.inputs._asdict()},
            "targets": {"columns": list(self.target_columns), **self.targets._asdict(), "classes": list(self.classes)},
        }

    @classmethod
    def of(cls, network: HasData) -> Self | None:
        """Return the preparation stored in a network's `data`, or None if there is none.

        Raises ValueError that names the field if a field is invalid or does not fit the network.

        >>> from reference import NeuralNetwork, datasets
        >>> network = NeuralNetwork(4, 2, 3)
        >>> network.data = prepare(datasets.iris()).as_data()
        >>> Preparation.of(network).target_columns
        ('species',)
        """
        data, net = network.data or {}, network.architecture
        if "inputs" not in data and "targets" not in data:
            return None
        columns, inputs = side_of(data, "inputs", net.n_inputs)
        target_columns, targets = side_of(data, "targets", net.n_outputs)
        classes = texts(data["targets"].get("classes"), "data.targets.classes")
        if classes:
            expect_length("data.targets.classes", classes, max(net.n_outputs, 2))
        expect_length("data.inputs.columns", columns, net.n_inputs)
        expect_length("data.targets.columns", target_columns, 1 if classes else net.n_outputs)
        return cls(columns, inputs, target_columns, targets, classes)


def prepare(training: Dataset, scale: str = "standard", target_scale: str | None = None) -> Preparation:
    """Return the names of a training set, and scales computed from it (see `reference.datasets.scales`).

    If `target_scale` is None, the scale of the targets is "standard" for numbers and "none" for classes.

    >>> from reference import datasets
    >>> preparation = prepare(datasets.iris(), "minmax")
    >>> preparation.inputs.shift, preparation.labels([[0.1, 0.7, 0.2]])
    ([4.3, 2.0, 1.0, 0.1], [1])
    """
    inputs = scaling(training.inputs, scale, training.columns)
    if target_scale is None:
        target_scale = "none" if training.classes else "standard"
    targets = scaling(training.targets, target_scale, training.target_columns)
    return Preparation(training.columns, inputs, training.target_columns, targets, training.classes)


def input_places(names: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Return where each of the network's columns is in `names`, the columns of the data. Columns without names stay in order.

    Raises ValueError that names the column if it is missing in `names`, or is there more than once.

    >>> input_places(["species", "width", "length"], ["length", "width"])
    [2, 1]
    """
    if all(map(nameless, columns)) and len(names) == len(columns):
        return list(range(len(names)))
    if not set(names) & set(columns):
        advice = "if the first row holds data, say so (--no-header)" if all(map(is_number, names)) else "rename them"
        raise ValueError(f"the columns are {describe(list(names))}, but the network needs {describe(list(columns))}; {advice}")
    for name in columns:
        if names.count(name) > 1:
            raise ValueError(f"{names.count(name)} columns are named {describe(name)}; rename one")
        if name not in names:
            others = [other for other in names if other not in columns]
            raise ValueError(f"column {describe(name)} is missing{suggestion(name, others)}")
    return [names.index(name) for name in columns]


def side_of(data: dict[str, Any], side: str, size: int) -> tuple[tuple[str, ...], Scaling]:
    """Return the names and the scaling of the inputs or targets. Raises ValueError that names the wrong field."""
    fields = data.get(side)
    if not isinstance(fields, dict):
        raise ValueError(f"data.{side} is {describe(fields)}, expected an object")
    shift, divisor = (numbers(fields.get(name), f"data.{side}.{name}", size) for name in ("shift", "divisor"))
    if min(divisor) <= 0:
        raise ValueError(f"data.{side}.divisor has {min(divisor)!r}, expected numbers above 0")
    return texts(fields.get("columns"), f"data.{side}.columns"), Scaling(shift, divisor)


def texts(values: object, what: str) -> tuple[str, ...]:
    """Return a list of texts as a tuple. Raises ValueError for anything else."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{what} is {describe(values)}, expected a list of names")
    return tuple(values)


def numbers(values: object, what: str, size: int) -> list[float]:
    """Return a list of finite numbers as floats. Raises ValueError for anything else."""
    if not isinstance(values, list) or not all(type(x) in (int, float) and math.isfinite(x) for x in values):
        raise ValueError(f"{what} is {describe(values)}, expected a list of finite numbers")
    expect_length(what, values, size)
    return [float(x) for x in values]


def expect_length(what: str, values: Sequence[object], size: int) -> None:
    """Raise ValueError unless there are `size` values."""
    if len(values) != size:
        raise ValueError(f"{what} has {len(values)} entries, expected {size}")
