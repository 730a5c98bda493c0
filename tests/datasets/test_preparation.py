"""The scales, names and classes that are saved with a network (its preparation)."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
import vectorized.datasets
from reference import datasets
from reference.datasets import Dataset
from reference.datasets.preparation import Preparation, prepare
from reference.datasets.scales import Scaling

DATA = Dataset(
    [[0.0, 10.0], [4.0, 30.0], [0.0, 10.0], [4.0, 30.0]], [[100.0], [300.0], [100.0], [300.0]], [], ("a", "b"), (), ("price",)
)


def test_inputs_and_targets_are_scaled_and_outputs_are_scaled_back() -> None:
    preparation = prepare(DATA, "minmax", "standard")
    assert preparation == Preparation(("a", "b"), Scaling([0.0, 10.0], [4.0, 20.0]), ("price",), Scaling([200.0], [100.0]), ())
    prepared = preparation.prepared(DATA)
    assert prepared.inputs == [[0.0, 0.0], [1.0, 1.0]] * 2
    assert prepared.targets == [[-1.0], [1.0]] * 2
    assert prepared._replace(inputs=DATA.inputs, targets=DATA.targets) == DATA
    assert preparation.numbers([[0.5], [-2.0]]) == [[250.0], [0.0]]
    assert preparation.numbers(np.array([[0.5], [-2.0]], "f4")) == [[250.0], [0.0]]
    assert prepare(DATA).targets == Scaling([200.0], [100.0]), "by default, numbers are scaled, and classes are not"
    assert prepare(datasets.gate()).targets == Scaling([0.0], [1.0])
    with pytest.raises(ValueError, match="expected rows of outputs"):
        preparation.numbers([0.5])


def test_the_largest_output_gives_the_class() -> None:
    """If two outputs are equal, the first wins. A single output gives class 1 if the output, scaled back, is above 1/2."""
    preparation = prepare(datasets.iris())
    assert preparation.labels([[0.1, 0.7, 0.2], [0.4, 0.2, 0.4], [-3.0, -2.0, -1.0]]) == [1, 0, 2]
    assert preparation.classes == ("setosa", "versicolor", "virginica")
    one = prepare(datasets.gate())
    assert one.labels([[0.5], [0.51], [0.49], [7.0]]) == [0, 1, 0, 1]
    scaled_one = prepare(datasets.gate(), target_scale="standard")  # shift 1/4, divisor sqrt(3)/4
    assert scaled_one.labels([[0.1], [2.0]]) == [0, 1]
    assert scaled_one.labels([[0.55], [0.6]]) == [0, 1], "1/2 is scaled to sqrt(1/3)"
    with pytest.raises(ValueError, match=r"^the targets of this network are numbers, not classes; use `numbers`$"):
        prepare(DATA).labels([[0.5]])


@pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
def test_loading_a_network_restores_its_preparation(package: Any, tmp_path: Path) -> None:
    for data, scale, target_scale in ((DATA, "standard", "max"), (datasets.iris(), "standard", "none")):
        preparation = prepare(data, scale, target_scale)
        network = package.NeuralNetwork(len(data.inputs[0]), 2, len(data.targets[0]))
        assert Preparation.of(network) is None
        network.data = {"note": "another's"}
        assert Preparation.of(network) is None
        network.data = preparation.as_data()
        network.save(tmp_path / "net.json")
        for other in (reference, vectorized):
            assert Preparation.of(other.NeuralNetwork.load(tmp_path / "net.json")) == preparation


def test_columns_and_classes_of_another_file_are_found_by_name() -> None:
    preparation = prepare(DATA, "minmax", "standard")
    mixed = DATA._replace(inputs=[[30.0, 7.0, 4.0]], targets=[[300.0]], columns=("b", "c", "a"))
    assert preparation.prepared(mixed) == preparation.prepared(DATA._replace(inputs=[[4.0, 30.0]], targets=[[300.0]]))
    iris = datasets.iris()
    flowers = Dataset(iris.inputs[:2], [[0.0, 1.0], [1.0, 0.0]], [1, 0], iris.columns, ("setosa", "virginica"), ("species",))
    prepared = prepare(iris).prepared(flowers)
    assert (prepared.labels, prepared.targets) == ([2, 0], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    assert prepared.classes == iris.classes
    new = prepare(iris).prepared(flowers._replace(targets=[], labels=[], classes=(), target_columns=()))
    assert (new.inputs, new.targets, new.labels) == (prepared.inputs, [], [])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DATA._replace(columns=("a", "d")), "column 'b' is missing"),
        (DATA._replace(columns=("x", "y")), "the columns are ['x', 'y'], but the network needs ['a', 'b']; rename them"),
        (DATA._replace(targets=[[1.0, 2.0]] * 4), "the data have 2 targets, but the network has 1"),
        (
            datasets.gate()._replace(columns=("a", "b", "c")),
            "are classes, but the targets of the network are numbers; read them with",
        ),
    ],
)
def test_data_that_does_not_fit_is_refused(data: Dataset, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        prepare(DATA).prepared(data)


def test_an_unknown_class_is_named() -> None:
    iris = datasets.iris()
    with pytest.raises(ValueError, match="'rose' is not one of the classes setosa, versicolor, virginica"):
        prepare(iris).prepared(iris._replace(classes=("rose", "versicolor", "virginica")))


def changed_data(**changes: Any) -> dict[str, Any]:
    """Return the data of a correct preparation with changes. For example, inputs_shift=... changes data.inputs.shift."""
    data = prepare(DATA).as_data()
    for name, value in changes.items():
        side, _, field = name.partition("_")
        if not field:
            data[side] = value
        else:
            data[side][field] = value
    return data


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (changed_data(inputs=None), "data.inputs"),
        (changed_data(targets=[]), "data.targets"),
        (changed_data(inputs_shift=[1.0]), "data.inputs.shift"),
        (changed_data(inputs_shift=[1.0, math.nan]), "data.inputs.shift"),
        (changed_data(inputs_shift=[True, 0.0]), "data.inputs.shift"),
        (changed_data(inputs_divisor=[1.0, 0.0]), "data.inputs.divisor"),
        (changed_data(targets_shift=["1"]), "data.targets.shift"),
        (changed_data(inputs_columns=["a"]), "data.inputs.columns"),
        (changed_data(inputs_columns="ab"), "data.inputs.columns"),
        (changed_data(targets_columns=["a", "b"]), "data.targets.columns"),
        (changed_data(targets_classes=["a"]), "data.targets.classes"),
        (changed_data(targets_classes=["a", 1]), "data.targets.classes"),
    ],
)
def test_a_wrong_field_of_a_preparation_is_named(data: dict[str, Any], field: str) -> None:
    network = reference.NeuralNetwork(2, 3, 1)
    network.data = data
    with pytest.raises(ValueError, match=re.escape(field)) as error:
        Preparation.of(network)
    assert "\n" not in str(error.value)
