"""A data set, with functions to scale and split it."""

from collections import Counter
from typing import NamedTuple

from reference.numbers.kinds import FLOAT, exact_float, whole
from reference.specification.notebook import cut, first_few, quantity, short, table
from reference.specification.order import epoch_keys
from reference.specification.parameters import expect, number, whole_number


class Dataset(NamedTuple):
    """Inputs and targets of samples, with the names of columns and classes.

    inputs : rows of shape (n_samples, n_inputs)
    targets : rows of shape (n_samples, n_outputs): one-hot for classes, else the numbers of the target columns. If there are
        two classes, a row may also be a single number, 0 or 1.
    labels : the class of each sample, counted from 0; empty if the targets are not classes
    columns, classes, target_columns : names of the inputs, of the classes, and of the target columns
    """

    inputs: list[list[float]]
    targets: list[list[float]]
    labels: list[int]
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    target_columns: tuple[str, ...]

    def __repr__(self) -> str:
        n_samples, n_inputs = len(self.inputs), len(self.columns)
        what = f"{len(self.classes)} classes" if self.classes else quantity(len(self.target_columns), "target")
        names = ", ".join(map(str, self.classes or self.target_columns))
        return cut(f"Dataset: {quantity(n_samples, 'sample')}, {quantity(n_inputs, 'input')}, {what} ({names})")

    def _repr_html_(self) -> str:
        rows = [["", *first_few(self.columns), *first_few(self.target_columns)]]
        for sample in range(min(5, len(self.inputs))):
            inputs = first_few([short(x) for x in self.inputs[sample]])
            targets = first_few([short(t) for t in self.targets[sample]])
            if self.classes and len(self.labels):
                targets = [self.classes[self.labels[sample]]]
            rows.append([str(sample), *inputs, *targets])
        return table(repr(self), rows)


def one_hot(label: int, n_classes: int) -> list[float]:
    """Return n_classes numbers: 1 at the label and 0 elsewhere. Raises ValueError unless 0 <= label < n_classes.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    size, at = whole_number(n_classes, "n_classes", least=1), whole(label)
    expect(at is not None and 0 <= at < size, label, "label", f"a whole number from 0 to {size - 1}")
    return [float(other == at) for other in range(size)]


def targets_of(labels: list[int], n_outputs: int) -> list[list[float]]:
    """Return a one-hot row for each label. With one output, each row has only the label, as a number.

    >>> targets_of([1, 0], 2), targets_of([1, 0], 1)
    ([[0.0, 1.0], [1.0, 0.0]], [[1.0], [0.0]])
    """
    return [one_hot(label, n_outputs) if n_outputs > 1 else [float(label)] for label in labels]


def scaled(data: Dataset, by: float) -> Dataset:
    """Return the data set with all inputs divided by a number. For example, digits divided by 16 lie between 0 and 1.

    Raises ValueError if the number is 0 or not finite.
    """
    divisor = exact_float(FLOAT.take(number(by, "by", lambda x: x != 0, "other than 0"), "by"))
    return data._replace(inputs=[[x / divisor for x in sample] for sample in data.inputs])


def split(data: Dataset, part: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Return (training set, test set). The test set is a random `part` of the samples.

    The same seed gives the same sets on every platform. Each class has nearly the same share in both sets.
    Raises ValueError if an argument is invalid, or if one of the sets would be empty.

    >>> from reference.datasets import iris
    >>> training, test = split(iris())
    >>> len(training.inputs), [test.labels.count(label) for label in (0, 1, 2)]
    (120, [10, 10, 10])
    """
    number(part, "part", lambda x: 0 < x < 1, "above 0 and below 1")
    n_samples = len(data.inputs)
    if len(data.targets) != n_samples or len(data.labels) not in (0, n_samples):
        lengths = f"{n_samples} inputs, {len(data.targets)} targets and {len(data.labels)} labels"
        raise ValueError(f"data has {lengths}, expected the same number of each")
    n_test = round(n_samples * float(part))
    if not 0 < n_test < n_samples:
        raise ValueError(f"part is {part!r} of {n_samples} samples, which leaves one set empty; use more data or another part")
    order = sorted(range(n_samples), key=next(epoch_keys(n_samples, whole_number(seed, "seed"))).__getitem__)
    test = set(evenly_mixed(order, data.labels)[:n_test])
    return samples_of(data, [s for s in order if s not in test]), samples_of(data, [s for s in order if s in test])


def samples_of(data: Dataset, samples: list[int]) -> Dataset:
    """Return the data set of these samples, in this order."""
    return data._replace(
        inputs=[data.inputs[s] for s in samples],
        targets=[data.targets[s] for s in samples],
        labels=[data.labels[s] for s in samples] if len(data.labels) else [],
    )


def evenly_mixed(order: list[int], labels: list[int]) -> list[int]:
    """Return the samples in an order that mixes the classes evenly: for example, its first half has half of each class.

    >>> evenly_mixed([0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 1, 1])
    [0, 4, 1, 2, 5, 3]
    """
    if not len(labels):
        return order
    sizes, n_before, place = Counter(labels), Counter[int](), {}
    for s in order:
        place[s] = (n_before[labels[s]] + 0.5) / sizes[labels[s]]
        n_before[labels[s]] += 1
    return sorted(order, key=place.__getitem__)
