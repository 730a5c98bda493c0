"""Data sets: the test set, wrong arguments, and names that contain control characters."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.datasets import Dataset, gate, iris, one_hot, read_csv, scaled, scaling, split
from tests.command import run
from tests.terminal import in_terminal

NO_LABELS = iris()._replace(labels=[], classes=())


# The test set.


@pytest.mark.parametrize("seed", range(5))
def test_the_test_set_has_the_same_number_of_each_species(seed: int) -> None:
    """A split that ignored the species would put 5, 6 and 19 flowers in the test set with seed 0."""
    training, test = split(iris(), 0.2, seed)
    assert Counter(test.labels) == {0: 10, 1: 10, 2: 10}
    assert Counter(training.labels) == {0: 40, 1: 40, 2: 40}


@given(
    labels=st.lists(st.integers(0, 3), min_size=2, max_size=60),
    part=st.floats(0.1, 0.9),
    seed=st.integers(0, 9),
)
def test_each_class_has_nearly_the_same_share_in_both_sets(labels: list[int], part: float, seed: int) -> None:
    """A deviation is the number of test samples of a class, minus its exact share. Deviations differ by less than 2."""
    rows = [[float(s)] for s in range(len(labels))]
    data = Dataset(rows, rows, labels, ("x",), ("a", "b", "c", "d"), ("y",))
    if not 0 < round(len(labels) * part) < len(labels):
        return
    training, test = split(data, part, seed)
    assert len(test.labels) == round(len(labels) * part)
    assert sorted(training.inputs + test.inputs) == rows
    sizes, in_test = Counter(labels), Counter(test.labels)
    deviations = [in_test[label] - part * sizes[label] for label in sizes]
    assert max(deviations) - min(deviations) < 2
    for subset in (training, test):
        assert all(labels[int(row[0])] == label for row, label in zip(subset.inputs, subset.labels, strict=True))


def test_both_sets_mix_the_classes() -> None:
    """So training also works without shuffling."""
    for subset in split(iris(), 0.2, 0):
        assert subset.labels != sorted(subset.labels)
        assert subset.inputs != sorted(subset.inputs)


def test_without_classes_the_seed_chooses_the_test_set() -> None:
    _, test = split(NO_LABELS, 0.2)
    assert (len(test.inputs), test.labels) == (30, [])
    assert test.inputs != split(NO_LABELS, 0.2, seed=1)[1].inputs


# Wrong arguments.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scaled(gate(), False), "by is False, expected a finite number other than 0"),
        (lambda: scaled(gate(), 0.0), "by is 0.0, expected a finite number other than 0"),
        (lambda: scaled(gate(), 10**400), "by is 1000"),
        (lambda: scaled(gate(), float("inf")), "by is inf, expected a finite number"),
        (lambda: scaled(gate(), np.array(2.0)), r"by is array\(2\.\), expected a finite number"),
        (lambda: split(gate(), Decimal("sNaN")), r"part is Decimal\('sNaN'\), expected a finite number above 0 and below 1"),
        (lambda: split(gate(), 1), "part is 1, expected a finite number above 0 and below 1"),
        (lambda: split(gate(), "0.5"), "part is '0.5', expected a finite number"),
        (lambda: split(gate(), 0.5, seed=-1), "seed is -1, expected a whole number of at least 0"),
        (lambda: scaling(np.array(0.5)), r"rows is array\(0\.5\), expected a list, a tuple or a NumPy array of numbers"),
        (lambda: scaling([]), "rows is empty"),
        (lambda: scaling([1.0, 2.0]), r"rows\[0\] is 1.0, expected a list"),
        (lambda: scaling([[1.0], [2.0, 3.0]]), r"rows\[1\] has shape \(2,\), expected \(1,\)"),
        (lambda: scaling([[1.0], ["2"]]), r"rows\[1\]\[0\] is '2', not a number"),
        (lambda: scaling([[1.0, 2.0], [3.0, float("nan")]]), r"rows\[1\]\[1\] is nan, not a finite number"),
        (lambda: scaling([[np.timedelta64(1, "ns")]]), r"rows\[0\]\[0\] is np.timedelta64\(1,'ns'\), not a number"),
        (lambda: scaling([[0, 1e308], [0, -1e308]], "minmax", ["a"]), "column 2 has numbers too large"),
        (
            lambda: split(iris()._replace(labels=[0, 1])),
            "data has 150 inputs, 150 targets and 2 labels, expected",
        ),
        (lambda: read_csv("none.csv", 2.5), "targets is 2.5, expected the name or number of a column"),
        (lambda: read_csv("none.csv", [None]), r"targets is \[None\], expected the name or number"),
        (lambda: read_csv("none.csv", ignored={"a"}), r"ignored is \{'a'\}, expected the name or number"),
        (lambda: read_csv("none.csv", header="no"), "header is 'no', expected None, True or False"),
        (lambda: one_hot(1, 3.0), "n_classes is 3.0, expected a whole number of at least 1"),
        (lambda: one_hot(3, 3), "label is 3, expected a whole number from 0 to 2"),
        (lambda: one_hot(-1, 3), "label is -1, expected a whole number from 0 to 2"),
        (lambda: one_hot("a", 3), "label is 'a', expected a whole number from 0 to 2"),
    ],
)
def test_wrong_arguments_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_numbers_of_other_types_are_accepted() -> None:
    assert split(gate(), Decimal("0.5")) == split(gate(), Fraction(1, 2)) == split(gate(), np.float32(0.5))
    assert scaled(gate(), Fraction(1, 2)).inputs[-1] == [2.0, 2.0, 2.0]
    assert scaled(gate(), np.int8(-2)).inputs[-1] == [-0.5, -0.5, -0.5]
    assert scaling(np.array([[1, 2], [3, 6]]), "minmax") == scaling([[1.0, 2.0], [3.0, 6.0]], "minmax")


def test_a_single_ignored_column_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("ab,a,b,k\n1,2,3,x\n4,5,6,y\n")
    assert read_csv(tmp_path / "table.csv", ignored="ab").columns == ("a", "b")


CONTROL_NAMES = "x\x1b[31mred", "y\x9b2J"


def test_control_characters_in_class_names_are_escaped_in_a_terminal(tmp_path: Path) -> None:
    """A pipe gets them unchanged, so that programs can compare names."""
    (tmp_path / "table.csv").write_text("a,b,k\n" + "".join(f"{s},{s % 3},{CONTROL_NAMES[s % 2]}\n" for s in range(12)))
    flags = ["--epochs", "1", "--save", "net.json"]
    train = run("vectorized", "train", "table.csv", *flags, folder=tmp_path)
    show = run("vectorized", "show", "net.json", folder=tmp_path)
    explain = run("reference", "explain", "--network", "net.json", "--data", "table.csv", folder=tmp_path)
    for result in (train, show, explain):
        assert result.status == 0
        assert not {"\x1b", "\x9b"} & set(result.out + result.err)
    piped = run("vectorized", "predict", "net.json", "table.csv", folder=tmp_path).out
    assert piped.splitlines()[0] == "k," + ",".join(CONTROL_NAMES)
    with open(tmp_path / "messages", "w") as messages:
        status, screen = in_terminal("vectorized", tmp_path, "predict", "net.json", "table.csv", err=messages)
    assert status == 0
    assert not {"\x1b", "\x9b"} & set(screen)
    assert screen.splitlines()[0] == r"k,x\x1b[31mred,y\x9b2J"
