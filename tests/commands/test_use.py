"""The commands as a user runs them: what they print, write, refuse, and leave behind."""

import csv
import json
import math
import os
import re
import shlex
import signal
import struct
import subprocess
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import pytest

import reference
import vectorized
from reference import datasets
from reference.datasets.preparation import prepare
from tests import command
from tests.command import Done
from tests.network.compare import bounded
from tests.terminal import in_terminal
from tests.thorough import thorough

PACKAGES: dict[str, Any] = {"reference": reference, "vectorized": vectorized}
both_twins = pytest.mark.parametrize("twin", PACKAGES)
both_if_thorough = pytest.mark.parametrize("twin", ["vectorized", *thorough(("reference",))])


def run(twin: str, folder: Path, *arguments: str, given: bytes = b"") -> str:
    """Run a command that must succeed, and return what it printed."""
    return command.printed(twin, *arguments, folder=folder, given=given)


def both(folder: Path, *arguments: str) -> None:
    """Run a command of both twins, which must succeed; TWIN in an argument is the name of each."""
    for twin in PACKAGES:
        run(twin, folder, *(each.replace("TWIN", twin) for each in arguments))


def bits(numbers: Any) -> list[bytes]:
    """Return the bits of floats: -0.0 is not 0.0 here."""
    return [struct.pack("d", float(number)) for number in numbers]


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, hidden ones too, and their content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def share_right(printed: str) -> float:
    """Return the percentage that a report gives of the rows held out."""
    found = re.search(r"held-out part: loss [\d.e+-]+, ([\d.]+)% right \((\d+) of (\d+)\)", printed)
    assert found, printed
    assert float(found[1]) == round(100 * int(found[2]) / int(found[3]), 1)
    return float(found[1])


FLOWERS = """\
species,sepal length,sepal width,petal length,petal width
setosa,5.1,3.5,1.4,0.2
versicolor,7.0,3.2,4.7,1.4
virginica,6.3,3.3,6.0,2.5
setosa,4.9,3.0,1.4,0.2
versicolor,6.4,3.2,4.5,1.5
virginica,5.8,2.7,5.1,1.9
setosa,4.7,3.2,1.3,0.2
versicolor,6.9,3.1,4.9,1.5
virginica,7.1,3.0,5.9,2.1
setosa,4.6,3.1,1.5,0.2
versicolor,5.5,2.3,4.0,1.3
virginica,6.3,2.9,5.6,1.8
"""
ROWS = [line.split(",") for line in FLOWERS.splitlines()]
NUMBERS = [[float(field) for field in row[1:]] for row in ROWS[1:]]
SPECIES = ["setosa", "versicolor", "virginica"]
LABELS = [SPECIES.index(row[0]) for row in ROWS[1:]]


# What is not asked for is chosen well.


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Return for each twin the network file of `train iris` without another flag, and what was printed."""
    folder = tmp_path_factory.mktemp("iris")
    told = {twin: run(twin, folder, "train", "iris", "--save", f"{twin}.json") for twin in PACKAGES}
    return {twin: (folder / f"{twin}.json", told[twin]) for twin in PACKAGES}


@both_twins
def test_iris_without_a_flag(twin: str, iris: dict[str, tuple[Path, str]]) -> None:
    """At least 93 % of the rows held out, and to the bit what the same training gives in Python."""
    path, printed = iris[twin]
    assert share_right(printed) >= 93
    expected = Case().train(twin, datasets.iris())
    assert bits(expected.network.weights) == bits(json.loads(path.read_text())["weights"])
    assert "150 rows, 120 to learn from, 30 held out; 4 inputs, to learn: species (3 classes)" in printed
    assert f"next: python -m {twin} predict {path.name} DATA" in printed
    told = taken_for(printed, SPECIES)
    test = datasets.split(datasets.iris(), 0.2, 0)[1]
    answered = PACKAGES[twin].NeuralNetwork.load(path).classify(expected.preparation.prepared(test).inputs)
    counted = [[0] * 3 for _ in SPECIES]
    for label, answer in zip(test.labels, answered, strict=True):
        counted[label][int(answer)] += 1
    assert told == counted, "the table says what was taken for what"
    assert f"({sum(row[at] for at, row in enumerate(counted))} of 30)" in printed


def taken_for(printed: str, classes: list[str]) -> list[list[int]]:
    """Return the rows of the table of what is (row) and what the network says (column)."""
    rows = [line.split() for line in printed.splitlines() if line.split()[:1] and line.split()[0] in classes]
    rows = [row for row in rows if len(row) == len(classes) + 1]
    assert [row[0] for row in rows] == classes
    return [[0 if cell == "·" else int(cell) for cell in row[1:]] for row in rows]


# Every flag reaches the network: the weights are those of the same training in Python.


class Trained(NamedTuple):
    """What a training in Python left."""

    network: Any
    losses: list[float]
    preparation: Any


NONE: Mapping[str, Any] = {}


class Case(NamedTuple):
    """A training in Python, with the settings that stand for no flag where they are not given here."""

    network: Mapping[str, Any] = NONE
    training: Mapping[str, Any] = NONE
    optimizer: Callable[[Any], Any] = lambda twin: twin.Adam()
    test_fraction: float = 0.2
    scale: str = "standard"
    target_scale: str = "none"
    seed: int = 0

    def train(self, twin: str, data: Any, epochs: int | None = None) -> Trained:
        """Return the network that this training leaves, and the loss of every epoch."""
        package = PACKAGES[twin]
        part = datasets.split(data, self.test_fraction, self.seed)[0] if self.test_fraction else data
        preparation = prepare(part, self.scale, self.target_scale)
        inputs, targets = preparation.inputs.apply(part.inputs), preparation.targets.apply(part.targets)
        asked = {"hidden": "leaky_relu", "output": "softmax", "init": "glorot_uniform", "n_hidden": 32, **self.network}
        sizes = len(inputs[0]), asked.pop("n_hidden"), len(targets[0])
        network = package.NeuralNetwork(*sizes, **asked, seed=self.seed)
        how = {"epochs": 50, "learning_rate": 0.01, "batch_size": 32, "shuffle": self.seed, **self.training}
        if epochs is not None:
            how["epochs"] = epochs
        losses = network.train(inputs, targets, optimizer=self.optimizer(package), **how)
        return Trained(network, list(map(float, losses)), preparation)


SETTINGS = {
    "sgd": (
        "--n-hidden 5 --hidden tanh --output sigmoid --loss squared_error --init he_normal --optimizer sgd --momentum 0.5"
        " --learning-rate 0.2 --batch-size 7 --epochs 3 --seed 4 --test-fraction 0.3 --scale minmax --l2 0.01 --reduction sum",
        Case(
            {"n_hidden": 5, "hidden": "tanh", "output": "sigmoid", "loss": "squared_error", "init": "he_normal"},
            {"learning_rate": 0.2, "batch_size": 7, "epochs": 3, "l2": 0.01, "reduction": "sum"},
            lambda twin: twin.SGD(momentum=0.5),
            test_fraction=0.3,
            scale="minmax",
            seed=4,
        ),
    ),
    "nesterov": (
        "--optimizer sgd --momentum 0.5 --nesterov --learning-rate-decay 0.5 --batch-size all --epochs 3 --hidden sigmoid"
        " --output softmax --loss mean_squared_error --init truncated_normal --scale max --task classification",
        Case(
            {"hidden": "sigmoid", "loss": "mean_squared_error", "init": "truncated_normal"},
            {"learning_rate": lambda epoch: 0.1 / (1 + 0.5 * epoch), "batch_size": None, "epochs": 3},
            lambda twin: twin.SGD(momentum=0.5, nesterov=True),
            scale="max",
        ),
    ),
    "rmsprop": (
        "--optimizer rmsprop --rmsprop-decay 0.8 --epsilon 0.001 --no-shuffle --epochs 2 --hidden relu --output sigmoid"
        " --loss cross_entropy --init uniform --scale none --test-fraction 0 --seed 1",
        Case(
            {"hidden": "relu", "output": "sigmoid", "loss": "cross_entropy", "init": "uniform"},
            {"epochs": 2, "shuffle": None},
            lambda twin: twin.RMSProp(decay=0.8, epsilon=0.001),
            scale="none",
            test_fraction=0,
            seed=1,
        ),
    ),
    "adam": (
        "--optimizer adam --beta1 0.8 --beta2 0.95 --epsilon 0.001 --epochs 2 --hidden identity --output leaky_relu"
        " --loss half_squared_error --init unit_uniform --rule error_splitting --freeze-biases --batch-size 1",
        Case(
            {"hidden": "identity", "output": "leaky_relu", "loss": "half_squared_error", "init": "unit_uniform"},
            {"epochs": 2, "rule": "error_splitting", "train_biases": False, "batch_size": 1},
            lambda twin: twin.Adam(beta1=0.8, beta2=0.95, epsilon=0.001),
        ),
    ),
    "adam's epsilon": (
        "--epsilon 0.5 --epochs 1 --init normal --hidden leaky_relu --output relu",
        Case({"init": "normal", "output": "relu"}, {"epochs": 1}, lambda twin: twin.Adam(epsilon=0.5)),
    ),
    "rmsprop alone": (
        "--optimizer rmsprop --epochs 1 --init ramp --output tanh",
        Case({"init": "ramp", "output": "tanh"}, {"epochs": 1}, lambda twin: twin.RMSProp()),
    ),
    "sgd alone": (
        "--optimizer sgd --epochs 1 --init glorot_uniform --output identity --scale standard",
        Case({"output": "identity"}, {"epochs": 1, "learning_rate": 0.1}, lambda twin: twin.SGD()),
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_flag_reaches_the_network(name: str, tmp_path: Path) -> None:
    """The file holds to the bit the weights of the same training in Python, its names, its scale and its losses."""
    flags, case = SETTINGS[name]
    both(tmp_path, "train", "iris", *flags.split(), "--save", "TWIN.json", "--loss-file", "TWIN.csv")
    for twin in PACKAGES:
        expected = case.train(twin, datasets.iris())
        content = json.loads((tmp_path / f"{twin}.json").read_text())
        assert bits(content["weights"]) == bits(expected.network.weights)
        for field in ("hidden", "output", "loss"):
            assert content[field] == getattr(expected.network, field)
        assert content["data"] == expected.preparation.as_data()
        losses = "".join(f"{epoch},{loss!r}\n" for epoch, loss in enumerate(expected.losses))
        assert (tmp_path / f"{twin}.csv").read_text() == f"epoch,loss\n{losses}"


def test_the_settings_name_every_flag_of_the_network_and_of_training(tmp_path: Path) -> None:
    """A flag that comes later must find its place here, or in a test of its own."""
    flags = set(re.findall(r"--[a-z0-9-]+", run("vectorized", tmp_path, "train", "--help")))
    tried = {flag for given, _ in SETTINGS.values() for flag in given.split() if flag.startswith("--")}
    elsewhere = "--help --column --ignore --header --no-header --label --target --scale-targets --dtype"
    kept = "--save --loss-file --plot --weights-text"
    assert flags - tried == {*elsewhere.split(), *kept.split()}


@both_twins
def test_the_gate_is_trained_as_document_004_does(twin: str, tmp_path: Path) -> None:
    """All eight rows, inputs divided by the largest, 1,000 epochs of full batches on sums, no flag given."""
    printed = run(twin, tmp_path, "train", "gate", "--save", "net.json")
    names = {"n_hidden": 4, "hidden": "sigmoid", "output": "sigmoid", "init": "normal"}
    how = {"epochs": 1000, "learning_rate": 1, "batch_size": None, "reduction": "sum"}
    expected = Case(names, how, lambda package: package.SGD(), test_fraction=0, scale="max").train(twin, datasets.gate())
    assert bits(json.loads((tmp_path / "net.json").read_text())["weights"]) == bits(expected.network.weights)
    assert "8 rows, all to learn from; 3 inputs, to learn: Y1 (0 or 1)" in printed
    assert re.search(r"training part: loss \S+, [\d.]+% right \(\d of 8\)", printed)


def test_single_precision_is_for_the_matrices(tmp_path: Path) -> None:
    flags = ["train", "iris", "--epochs", "3", "--dtype", "float32", "--save", "net.json"]
    run("vectorized", tmp_path, *flags, "--weights-text", "blocks")
    expected = Case({"dtype": "float32"}, {"epochs": 3}).train("vectorized", datasets.iris())
    network = vectorized.NeuralNetwork.load(tmp_path / "net.json")
    assert network.dtype == "float32"
    assert bits(network.weights) == bits(expected.network.weights)
    ih_weights = np.loadtxt(tmp_path / "blocks" / "ih_weights.txt", dtype="float32")
    assert (ih_weights == network.blocks().ih_weights).all()
    (tmp_path / "net.json").unlink()
    done = command.run("reference", *flags, folder=tmp_path)
    assert done.status == 2
    assert "float32" in done.err
    assert "python -m vectorized train" in done.err
    assert not (tmp_path / "net.json").exists()


@both_twins
@pytest.mark.parametrize("flags", ["--l2 0.5", "--l2 0.5 --optimizer sgd --momentum 0.9"], ids=["adam", "sgd"])
def test_frozen_biases_stay_to_the_bit(twin: str, flags: str, tmp_path: Path) -> None:
    """The start is a ramp, whose biases are not 0: neither a gradient nor a penalty may move them."""
    common = ["train", "iris", "--init", "ramp", "--freeze-biases", *flags.split()]
    for epochs in ("0", "2"):
        run(twin, tmp_path, *common, "--epochs", epochs, "--save", f"{epochs}.json", "--weights-text", epochs)
    before, after = (PACKAGES[twin].NeuralNetwork.load(tmp_path / f"{epochs}.json").blocks() for epochs in ("0", "2"))
    assert any(before.h_biases), "biases of 0 would stay under a penalty"
    assert bits(after.h_biases) == bits(before.h_biases)
    assert bits(after.o_biases) == bits(before.o_biases)
    for block in ("h_biases.txt", "o_biases.txt"):
        assert (tmp_path / "0" / block).read_bytes() == (tmp_path / "2" / block).read_bytes()
    assert not np.array_equal(before.ih_weights, after.ih_weights)
    assert not np.array_equal(before.ho_weights, after.ho_weights)


@pytest.mark.parametrize("scale", ["max", "minmax", "standard"])
def test_scales_are_learnt_on_the_training_part_alone(scale: str, tmp_path: Path) -> None:
    """The rows held out hold the extremes of every column here, so a scale that has seen them is another."""
    order = datasets.split(numbered(100)._replace(labels=[s % 2 for s in range(100)]), 0.2, 0)
    held_out = {int(row[0]) for row in order[1].inputs}
    rows = [[1000.0 + s if s in held_out else s / 7, -2000.0 if s in held_out else s % 5] for s in range(100)]
    text = "a,b,kind\n" + "".join(f"{a!r},{b!r},{'xy'[s % 2]}\n" for s, (a, b) in enumerate(rows))
    (tmp_path / "table.csv").write_text(text)
    run("vectorized", tmp_path, "train", "table.csv", "--epochs", "1", "--scale", scale, "--save", "net.json")
    data = json.loads((tmp_path / "net.json").read_text())["data"]
    learnt = [[row[at] for s, row in enumerate(rows) if s not in held_out] for at in (0, 1)]
    expected = {
        "max": ([0.0, 0.0], [max(map(abs, column)) for column in learnt]),
        "minmax": ([min(column) for column in learnt], [max(column) - min(column) for column in learnt]),
        "standard": ([math.fsum(column) / 80 for column in learnt], [exact_deviation(column) for column in learnt]),
    }[scale]
    assert data["inputs"]["shift"] == expected[0]
    assert [Fraction(x) for x in data["inputs"]["divisor"]] == pytest.approx([Fraction(x) for x in expected[1]], rel=2.0**-48)


def exact_deviation(column: list[float]) -> float:
    """Return the standard deviation but for the last rounding; the one in use makes a handful, of 2**-53 each."""
    mean = sum(map(Fraction, column)) / len(column)
    return math.sqrt(sum((Fraction(x) - mean) ** 2 for x in column) / len(column))


def numbered(n_samples: int) -> Any:
    """Return a data set whose only input is the number of the row."""
    rows = [[float(s)] for s in range(n_samples)]
    return datasets.Dataset(rows, [[0.0]] * n_samples, [], ("number",), (), ("nothing",))


# Anyone's table: whatever its form, the same network comes of it.

BY_FORM = {
    "label by name": (FLOWERS, "--label species"),
    "target by name": (FLOWERS, "--target species"),
    "label by number": (FLOWERS, "--label 1"),
    "label from the end": (FLOWERS, "--label -5"),
    "label last": ("".join(f"{','.join([*row[1:], row[0]])}\n" for row in ROWS), ""),
    "label -1": ("".join(f"{','.join([*row[1:], row[0]])}\n" for row in ROWS), "--label -1"),
    "header told": (FLOWERS, "--label species --header"),
    "no header": (FLOWERS.split("\n", 1)[1], "--label 1 --no-header"),
    "names that are numbers": ("0,1,2,3,4\n" + FLOWERS.split("\n", 1)[1], "--label 0 --header"),
    "numbers as labels": (
        re.sub("setosa|versicolor|virginica", lambda found: str(SPECIES.index(found[0])), FLOWERS),
        "--label 1",
    ),
    "numbers as labels, written in two ways": (
        FLOWERS.replace("setosa", "-1").replace("versicolor", "2").replace("virginica", "10").replace("-1,4", "-1.0,4"),
        "--label 1",
    ),
    "columns ignored": (
        "".join(f"name {at},{','.join(row)},{at}\n" if at else f"id,{','.join(row)},7th\n" for at, row in enumerate(ROWS)),
        "--label species --ignore id --column 7",
    ),
    "quoted, semicolons, CRLF, BOM": (
        "\ufeff" + "".join(";".join(f'"{field}"' for field in row) + "\r\n\r\n" for row in ROWS),
        "--label species",
    ),
}


@pytest.mark.parametrize("form", BY_FORM)
def test_every_form_of_a_table_gives_the_same_network(form: str, tmp_path: Path) -> None:
    content, flags = BY_FORM[form]
    (tmp_path / "flowers.csv").write_bytes(content.encode())
    both(tmp_path, "train", "flowers.csv", *flags.split(), "--epochs", "2", "--save", "TWIN.json")
    targets = [datasets.one_hot(label, 3) for label in LABELS]
    data = datasets.Dataset(NUMBERS, targets, LABELS, (), (), ())
    names = ["column 2", "column 3", "column 4", "column 5"] if form == "no header" else ROWS[0][1:]
    for twin in PACKAGES:
        expected = Case(training={"epochs": 2}).train(twin, data).network.weights
        content = json.loads((tmp_path / f"{twin}.json").read_text())
        assert bits(content["weights"]) == bits(expected)
        assert content["data"]["inputs"]["columns"] == (["1", "2", "3", "4"] if form.startswith("names") else names)


@both_twins
def test_numbers_to_learn(twin: str, tmp_path: Path) -> None:
    """Two target columns: each scaled by its own, and answered in its own units, which are far apart."""
    rows = [(s / 10, (s * 7) % 11) for s in range(60)]
    lines = [f"{5000 + 1000 * a!r},{a!r},{b!r},{b / 1000!r}\n" for a, b in rows]
    (tmp_path / "table.csv").write_text("price,a,b,weight\n" + "".join(lines))
    flags = ["--label", "weight", "--label", "price", "--epochs", "40", "--save", "net.json"]
    printed = run(twin, tmp_path, "train", "table.csv", *flags)
    read = datasets.read_csv(tmp_path / "table.csv", ["weight", "price"])
    expected = Case({"output": "identity"}, {"epochs": 40}, target_scale="standard").train(twin, read)
    content = json.loads((tmp_path / "net.json").read_text())
    assert bits(content["weights"]) == bits(expected.network.weights)
    assert "2 inputs, to learn: weight, price (numbers)" in printed
    assert "% right" not in printed
    errors = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.split()[:1] in (["weight"], ["price"])}
    assert list(errors) == ["weight", "price"]

    inputs, targets = content["data"]["inputs"], content["data"]["targets"]
    assert targets["columns"] == ["weight", "price"]
    assert targets["classes"] == []
    header, *answers = csv.reader(run(twin, tmp_path, "predict", "net.json", "table.csv").splitlines())
    assert header == ["weight", "price"]
    network = PACKAGES[twin].NeuralNetwork.load(tmp_path / "net.json")
    scaled = [[(x - s) / d for x, s, d in zip(row, inputs["shift"], inputs["divisor"], strict=True)] for row in rows]
    undone = [
        [float(y) * d + s for y, s, d in zip(row, targets["shift"], targets["divisor"], strict=True)]
        for row in network.predict(scaled)
    ]
    assert [list(map(float, row)) for row in answers] == undone

    test_at = [int(row[0]) for row in datasets.split(numbered(60), 0.2, 0)[1].inputs]
    truths = {"weight": [b / 1000 for _, b in rows], "price": [5000 + 1000 * a for a, _ in rows]}
    for at, (name, truth) in enumerate(truths.items()):
        off = [undone[s][at] - truth[s] for s in test_at]
        spread = [truth[s] - math.fsum(truth[s] for s in test_at) / len(test_at) for s in test_at]
        squares = math.fsum(x * x for x in off)
        told_error, told_mean, told_explained = errors[name]
        assert float(told_error) == float(f"{math.sqrt(squares / len(off)):.4g}")
        assert float(told_mean) == float(f"{math.fsum(off) / len(off):+.2g}")
        assert float(told_explained.rstrip("%")) == float(f"{100 * (1 - squares / math.fsum(x * x for x in spread)):.1f}")
        assert squares < math.fsum(x * x for x in spread), "better than the mean: the answers are in the target's own units"


@both_twins
@pytest.mark.parametrize(
    ("output", "given", "scale"),
    [("sigmoid", None, "minmax"), ("tanh", "max", "max"), ("identity", "none", "none"), ("identity", None, "standard")],
)
def test_targets_are_scaled_to_what_an_output_reaches(
    twin: str, output: str, given: str | None, scale: str, tmp_path: Path
) -> None:
    """One column of numbers, regression: what stands for no flag, and every scale by its flag."""
    (tmp_path / "table.csv").write_text("a,y\n" + "".join(f"{s},{s * s + 0.5}\n" for s in range(20)))
    flags = ["--output", output, "--epochs", "2", "--save", "net.json", "--task", "regression"]
    run(twin, tmp_path, "train", "table.csv", *flags, *([] if given is None else ["--scale-targets", given]))
    data = datasets.read_csv(tmp_path / "table.csv", task="regression")
    expected = Case({"output": output}, {"epochs": 2}, target_scale=scale).train(twin, data)
    content = json.loads((tmp_path / "net.json").read_text())
    assert bits(content["weights"]) == bits(expected.network.weights)
    assert content["data"] == expected.preparation.as_data()


# Answers.


def answers_of(printed: str) -> tuple[list[str], list[str], list[list[float]]]:
    """Return the header, the classes and the numbers of what predict printed."""
    header, *rows = csv.reader(printed.splitlines())
    return header, [row[0] for row in rows], [list(map(float, row[1:])) for row in rows]


def test_each_twin_reads_the_others_file_and_answers_alike(iris: dict[str, tuple[Path, str]], tmp_path: Path) -> None:
    """Both twins' outputs lie within the proven bound of the true ones, so they differ by no more than twice that.

    The true outputs sum to 1, so those printed sum to 1 within their bounds; equal classes follow where bounds are small.
    """
    data = datasets.iris()
    for writer in PACKAGES:
        path = iris[writer][0]
        printed = [run(reader, tmp_path, "predict", str(path), "iris") for reader in PACKAGES]
        (header, classes, here), (other_header, other_classes, there) = map(answers_of, printed)
        assert header == other_header == ["species", *SPECIES]
        assert classes == other_classes
        scale = json.loads(path.read_text())["data"]["inputs"]
        scaled = [[(x - s) / d for x, s, d in zip(row, scale["shift"], scale["divisor"], strict=True)] for row in data.inputs]
        network = reference.NeuralNetwork.load(path)
        network.weights = bounded(network.weights)
        for row, named, mine, theirs in zip(scaled, classes, here, there, strict=True):
            bounds = [Fraction(y.error) for y in network.predict(row)]
            for a, b, bound in zip(mine, theirs, bounds, strict=True):
                assert abs(Fraction(a) - Fraction(b)) <= 2 * bound
            for numbers in (mine, theirs):
                assert named == SPECIES[numbers.index(max(numbers))]
                assert abs(sum(map(Fraction, numbers)) - 1) <= sum(bounds)
        for twin, numbers in zip(PACKAGES, (here, there), strict=True):
            assert numbers == np.asarray(PACKAGES[twin].NeuralNetwork.load(path).predict(scaled)).tolist()
        right = sum(named == data.classes[label] for named, label in zip(classes, data.labels, strict=True))
        assert right / 150 >= 0.93


@both_twins
def test_the_labels_of_a_table_are_not_looked_at(twin: str, iris: dict[str, tuple[Path, str]], tmp_path: Path) -> None:
    """Without the column, with it in another place, with labels never seen, or none: the same answers; others are ignored."""
    columns = list(datasets.iris().columns)
    tables = {
        "without": [columns, *NUMBERS],
        "first": [["species", *columns], *(["?!, new", *row] for row in NUMBERS)],
        "empty": [[*columns, "species"], *([*row, ""] for row in NUMBERS)],
        "ignored": [[columns[0], "note", *columns[1:], "id"], *([row[0], "x", *row[1:], "1e999"] for row in NUMBERS)],
    }
    printed = set()
    for name, rows in tables.items():
        with open(tmp_path / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows(rows)
        flags = ["--ignore", "note", "--column", "-1"] if name == "ignored" else []
        printed.add(run(twin, tmp_path, "predict", str(iris[twin][0]), f"{name}.csv", *flags))
    (tmp_path / "bare.csv").write_text("".join(f"{','.join(map(str, row))}\n" for row in NUMBERS))
    printed.add(run(twin, tmp_path, "predict", str(iris[twin][0]), "bare.csv", "--no-header"))
    assert len(printed) == 1
    assert len(printed.pop().splitlines()) == 13


@both_twins
def test_a_table_without_names_is_answered_by_place(twin: str, tmp_path: Path) -> None:
    """With the column of labels, which is left out by its place, and without it."""
    bare = FLOWERS.split("\n", 1)[1]
    (tmp_path / "bare.csv").write_text(bare)
    (tmp_path / "inputs.csv").write_text(re.sub("(?m)^[a-z]+,", "", bare))
    run(twin, tmp_path, "train", "bare.csv", "--no-header", "--label", "1", "--epochs", "2", "--save", "net.json")
    printed = {run(twin, tmp_path, "predict", "net.json", f"{name}.csv", "--no-header") for name in ("bare", "inputs")}
    assert len(printed) == 1
    assert answers_of(printed.pop())[0] == ["column 1", *SPECIES]


@both_twins
def test_names_of_classes_come_back_whole(twin: str, tmp_path: Path) -> None:
    """A comma, quotes, a line break, spaces within: CSV gives each back."""
    names = ["big, red", 'the "best"', "two\nlines", "ü ß"]
    with open(tmp_path / "table.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["size, cm", "what\nit is"], *([s, names[s % 4]] for s in range(12))])
    run(twin, tmp_path, "train", "table.csv", "--epochs", "1", "--test-fraction", "0", "--save", "net.json")
    printed = run(twin, tmp_path, "predict", "net.json", "table.csv")
    header, *rows = csv.reader(printed.splitlines(keepends=True))
    assert header == ["what\nit is", *sorted(names)]
    assert {row[0] for row in rows} <= set(names)
    assert len(rows) == 12


@both_twins
def test_many_rows_are_answered_each_in_its_place(twin: str, tmp_path: Path) -> None:
    """More rows than are computed at once; y = 2 x + 1 with whole numbers is exact. Without a column of targets or scales."""
    n_rows = 4096 * 2 + 3
    layout = {"hidden": "identity", "output": "identity", "weights": [2.0, 0.0, 1.0, 1.0]}
    reference.NeuralNetwork(1, 1, 1, **layout).save(tmp_path / "net.json")
    (tmp_path / "table.csv").write_text("x\n" + "".join(f"{x}\n" for x in range(n_rows)))
    header, *answers = run(twin, tmp_path, "predict", "net.json", "table.csv").split()
    assert header == "o0"
    assert list(map(float, answers)) == [2.0 * x + 1 for x in range(n_rows)]


@both_twins
def test_one_output_answers_one_of_two_classes(twin: str, tmp_path: Path) -> None:
    """The class is 1 where the output is above one half, and the report counts so."""
    printed = run(twin, tmp_path, "train", "gate", "--save", "net.json")
    header, classes, outputs = answers_of(run(twin, tmp_path, "predict", "net.json", "gate"))
    assert header == ["Y1", "output"]
    assert classes == ["1" if y > 0.5 else "0" for (y,) in outputs]
    truth = ["1", "0", "0", "0", "0", "0", "0", "1"]
    right = sum(map(str.__eq__, classes, truth))
    assert f"({right} of 8)" in printed
    assert len(set(classes)) == 2, "or a constant would pass"


# What is kept.


@both_twins
def test_the_blocks_as_text(twin: str, tmp_path: Path) -> None:
    """NumPy gives back each block to the bit; the folder may lie deeper than what is there."""
    run(twin, tmp_path, "train", "iris", "--epochs", "1", "--n-hidden", "5", "--save", "net.json", "--weights-text", "a/b")
    run(twin, tmp_path, "train", "gate", "--epochs", "1", "--n-hidden", "1", "--save", "one.json", "--weights-text", "one")
    for file, folder in (("net.json", "a/b"), ("one.json", "one")):
        network = vectorized.NeuralNetwork.load(tmp_path / file)
        names = ("ih_weights", "h_biases", "ho_weights", "o_biases")
        assert sorted(os.listdir(tmp_path / folder)) == sorted(f"{name}.txt" for name in names)
        for name, block in zip(names, network.blocks(), strict=True):
            back = np.loadtxt(tmp_path / folder / f"{name}.txt", ndmin=block.ndim)
            assert back.shape == block.shape
            assert bits(back.ravel()) == bits(block.ravel())


LEARNING, HELD_OUT = "training part, while it learns", "held-out part, after the epoch"


@both_twins
def test_pictures_of_the_losses(twin: str, tmp_path: Path) -> None:
    """A PNG and an SVG; the curve of the part held out is there only if one is."""
    wanted = {"some.svg": [], "all.SVG": ["--test-fraction", "0"]} if twin == "reference" else {"some.svg": [], "loss.png": []}
    flags = ["train", "iris", "--epochs", "7"]
    for name, more in wanted.items():
        assert f"picture of the losses in {name}" in run(twin, tmp_path, *flags, *more, "--plot", name)
    assert sorted(os.listdir(tmp_path)) == sorted(wanted)
    for name, more in wanted.items():
        if name == "loss.png":
            png = (tmp_path / name).read_bytes()
            assert png.startswith(b"\x89PNG\r\n\x1a\n")
            assert png.endswith(b"IEND\xaeB`\x82")
            continue
        curves = [LEARNING] if more else [LEARNING, HELD_OUT]
        text = (tmp_path / name).read_text()
        assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
        for label in ("epoch", "loss per row", *curves):
            assert label in text
        assert (HELD_OUT in text) == (HELD_OUT in curves)
        marks = re.findall(r"<use [^>]*clip-path|<g clip-path[^>]*>\s*((?:<use[^>]*>\s*)+)", text)
        assert [len(re.findall("<use", each)) for each in marks if each] == [7] * len(curves), "a mark for every epoch"


# Standard input and output; terminals.


@both_twins
def test_a_minus_is_standard_input_or_output(twin: str, tmp_path: Path) -> None:
    """What is written to standard output is alone there, the report goes elsewhere."""
    flags = ["--label", "species", "--epochs", "3"]
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    run(twin, tmp_path, "train", "flowers.csv", *flags, "--save", "net.json", "--loss-file", "losses.csv")
    network, losses = ((tmp_path / name).read_bytes() for name in ("net.json", "losses.csv"))
    for flag, content in (("--save", network), ("--loss-file", losses)):
        done = command.run(twin, "train", "-", *flags, flag, "-", folder=tmp_path, given=FLOWERS.encode())
        assert (done.status, done.out.encode()) == (0, content)
        assert "standard input: 12 rows" in done.err
        assert "held-out part" in done.err
        assert "in standard output" in done.err
    table = run(twin, tmp_path, "predict", "net.json", "flowers.csv")
    assert run(twin, tmp_path, "predict", "-", "flowers.csv", given=network) == table
    assert run(twin, tmp_path, "predict", "net.json", "-", given=FLOWERS.encode()) == table
    assert run(twin, tmp_path, "show", "-", given=network) == run(twin, tmp_path, "show", "net.json")
    assert sorted(os.listdir(tmp_path)) == ["flowers.csv", "losses.csv", "net.json"]


def test_commands_in_a_pipe(tmp_path: Path) -> None:
    """One twin's network goes through a pipe to the other; a reader that leaves early is no reason for a traceback."""
    line = "python -m reference train iris --epochs 2 --save - 2>report | python -m vectorized predict - iris >answers.csv"
    assert shell(line, tmp_path) == Done(0, "", "")
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 151
    assert "held-out part" in (tmp_path / "report").read_text()
    cut = shell("python -m reference train gate --save - 2>report | python -m vectorized predict - iris", tmp_path)
    assert cut.status == 2
    assert cut.err.count("\n") == 1
    early = shell("python -m vectorized train digits --epochs 0 --save - 2>report | head -c 1", tmp_path)
    assert (early.out, early.err) == ("{", "")
    assert "Traceback" not in (tmp_path / "report").read_text()


def shell(line: str, folder: Path) -> Done:
    """Run a line as it is printed, `python` being the one that runs these tests."""
    python = shlex.join(command.PYTHON)
    line = re.sub(r"\bpython(?= -m)", lambda _: python, line)
    how: dict[str, Any] = {"shell": True, "cwd": folder, "env": command.ENVIRONMENT, "stdin": subprocess.DEVNULL}
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, **how)
    return Done(done.returncode, done.stdout, done.stderr)


COLOUR = re.compile(r"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")


@both_if_thorough
def test_progress_and_colours_are_for_terminals(twin: str, tmp_path: Path) -> None:
    """In a terminal a bar; with NO_COLOR one without colours; in a pipe plain text without a single escape code."""
    flags = ["train", "iris", "--epochs", "5"]
    status, shown = in_terminal(twin, tmp_path, *flags)
    assert status == 0
    assert re.search(r"epoch 5 of 5 .*loss \d\.\d+ .*left", shown)
    assert COLOUR.search(shown)
    status, grey = in_terminal(twin, tmp_path, *flags, NO_COLOR="1")
    assert status == 0
    assert re.search(r"epoch 5 of 5 .*loss", grey)
    assert not COLOUR.search(grey)
    plain = run(twin, tmp_path, *flags)
    assert "\x1b" not in plain
    assert "epoch 5 of 5" not in plain
    results = [re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", text).split("held-out part")[1] for text in (shown, grey, plain)]
    assert results[0] == results[1] == results[2]
    with open(tmp_path / "report", "w+b") as report:
        status, shown = in_terminal(twin, tmp_path, *flags, out=report)
    assert (status, (tmp_path / "report").read_text()) == (0, plain), "what is kept in a file has no progress in it"
    assert re.search(r"epoch 5 of 5 .*loss", shown)


# Ctrl-C.


@both_if_thorough
def test_ctrl_c_keeps_the_last_whole_epoch(twin: str, tmp_path: Path) -> None:
    """Status 130; the file holds the weights after as many epochs as are told, so do the losses, and nothing lies about."""
    (tmp_path / "net.json").write_text("what was there before")
    flags = [
        "train",
        "iris",
        "--epochs",
        "1000000",
        "--save",
        "net.json",
        "--loss-file",
        "losses.csv",
        "--weights-text",
        "blocks",
    ]
    status, shown = in_terminal(twin, tmp_path, *flags, until=r"epoch [1-9]\d* of 1000000")
    assert status == 130
    assert "Traceback" not in shown
    told = re.search(r"stopped after epoch (\d+) of 1000000; saved of it: (.*)\n", shown)
    assert told, shown
    assert told[2] == "network in net.json; losses in losses.csv; blocks as text in blocks"
    n_epochs = int(told[1])
    expected = Case().train(twin, datasets.iris(), epochs=n_epochs)
    network = PACKAGES[twin].NeuralNetwork.load(tmp_path / "net.json")
    assert bits(network.weights) == bits(expected.network.weights)
    assert network.data == expected.preparation.as_data()
    losses = (tmp_path / "losses.csv").read_text().split()[1:]
    assert losses == [f"{epoch},{loss!r}" for epoch, loss in enumerate(expected.losses)]
    names = {f"blocks/{name}.txt" for name in ("ih_weights", "h_biases", "ho_weights", "o_biases")}
    assert set(files(tmp_path)) == {"net.json", "losses.csv"} | names


@both_if_thorough
def test_ctrl_c_before_an_epoch_is_whole_saves_nothing(twin: str, tmp_path: Path) -> None:
    """The very start is no result: whatever was there before stays. An epoch of this takes seconds at the least."""
    (tmp_path / "net.json").write_text("what was there before")
    rows = "".join(f"{s % 97},{s % 89},{s % 3 + 0.5}\n" for s in range(4000))
    (tmp_path / "table.csv").write_text("a,b,y\n" + rows)
    size = "200" if twin == "reference" else "20000"
    flags = ["--n-hidden", size, "--batch-size", "1", "--save", "net.json", "--loss-file", "losses.csv"]
    status, shown = in_terminal(twin, tmp_path, "train", "table.csv", *flags, until="epoch 0 of 50")
    assert status == 130
    assert "stopped after epoch 0 of 50; nothing is saved" in shown
    assert "Traceback" not in shown
    assert (tmp_path / "net.json").read_text() == "what was there before"
    assert set(files(tmp_path)) == {"net.json", "table.csv"}


def test_ctrl_c_while_reading(tmp_path: Path) -> None:
    """Standard input says nothing yet: status 130, no traceback, nothing written."""
    status, shown = in_terminal("vectorized", tmp_path, "train", "-", "--save", "net.json", until="reading -")
    assert status == 130
    assert "Traceback" not in shown
    assert files(tmp_path) == {}


@pytest.mark.thorough
@both_twins
def test_ctrl_c_again_and_again_leaves_no_half_file(twin: str, tmp_path: Path) -> None:
    """Whoever presses it in despair finds a whole file or none, and no traceback."""
    flags = ["train", "iris", "--epochs", "1000000", "--save", "net.json", "--loss-file", "losses.csv"]
    status, shown = in_terminal(twin, tmp_path, *flags, until=r"epoch [1-9]\d* of 1000000", times=3)
    assert status in (130, -signal.SIGINT)
    assert "Traceback" not in shown
    left = set(os.listdir(tmp_path))
    assert left <= {"net.json", "losses.csv"}
    if "net.json" in left:
        PACKAGES[twin].NeuralNetwork.load(tmp_path / "net.json")


# Show.


def test_all_of_a_network_on_one_screen(tmp_path: Path) -> None:
    """Digits, 64-32-10: at most 40 lines; sizes, names, every block's range and first weights by edge, columns, classes."""
    data = datasets.digits()
    network = reference.NeuralNetwork(64, 32, 10, hidden="relu", output="softmax", init="uniform", seed=3)
    network.data = prepare(data).as_data()
    network.weights = [weight * 3 + 0.125 for weight in network.weights]
    network.save(tmp_path / "net.json")
    shown = {run(twin, tmp_path, "show", "net.json") for twin in PACKAGES}
    assert len(shown) == 1
    text = shown.pop()
    assert len(text.splitlines()) <= 40
    assert in_terminal("vectorized", tmp_path, "show", "net.json")[1].count("\n") <= 40
    assert "\x1b" not in text
    assert "64-32-10 network, 2,410 weights; hidden relu, output softmax, loss cross_entropy" in text
    assert (
        f"({data.columns[2]} - {network.data['inputs']['shift'][2]:.4g}) / {network.data['inputs']['divisor'][2]:.4g}" in text
    )
    assert "classes of digit: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n" in text
    layout, flat = reference.Layout(64, 32, 10), network.weights
    ends = [0, 64 * 32, 65 * 32, 65 * 32 + 320, 2410]
    for at, name in enumerate(("ih weights", "h biases", "ho weights", "o biases")):
        first, after = ends[at : at + 2]
        block = flat[first:after]
        line = next(line for line in text.splitlines() if line.strip().startswith(name) and ".." in line)
        mean = sum(map(abs, block)) / len(block)
        told = f"{first} .. {after - 1} {min(block):.4g} {max(block):.4g} {mean:.4g}"
        assert line.split()[-6:] == told.split()
        for position in (first, after - 1 if name == "o biases" else first + 9):
            assert re.search(rf"{re.escape(layout.name_of(position))} {re.escape(f'{flat[position]:.4g}')}\s", text)
    everything = run("reference", tmp_path, "show", "--all", "net.json").split()
    pairs = set(pairwise(everything))
    assert {(layout.name_of(at), f"{weight:.4g}") for at, weight in enumerate(flat)} <= pairs
    assert all(f"({name}" in everything for name in data.columns)


def test_show_of_a_network_without_data(tmp_path: Path) -> None:
    """Of numbers the targets and their scale are shown; of a network that knows no data, its weights."""
    network = reference.NeuralNetwork(2, 1, 1, output="identity", weights=[0.5, -0.25, 1, 2, 3])
    network.save(tmp_path / "bare.json")
    data = datasets.Dataset([[1.0, 2.0], [3.0, 5.0]], [[10.0], [30.0]], [], ("a", "b"), (), ("price",))
    network.data = prepare(data, "minmax", "minmax").as_data()
    network.save(tmp_path / "data.json")
    bare, known = (run("vectorized", tmp_path, "show", name) for name in ("bare.json", "data.json"))
    assert "inputs:" not in bare
    assert "inputs: (a - 1) / 2, (b - 2) / 3\n" in known
    assert "targets: (price - 10) / 20\n" in known
    for text in (bare, known):
        assert "i1->h0 -0.25" in text
        assert "b->o0 3" in text


# Help.


@both_if_thorough
def test_the_examples_of_the_help_work_as_they_are_printed(twin: str, tmp_path: Path) -> None:
    """The loops' digits alone are cut to one epoch, their 50 take most of a minute."""
    for page in ("main", "train", "predict", "show"):
        printed = run(twin, tmp_path, *([] if page == "main" else [page]), "--help")
        lines = [line.strip() for line in printed.split("xample")[1].splitlines() if "python -m" in line]
        assert lines, f"{page} shows no example"
        assert any(f"python -m {twin}" in line for line in lines)
        assert page == "main" or any(f" {page} " in line for line in lines)
        folder = tmp_path / page
        folder.mkdir()
        for line in lines:
            slow = twin == "reference" and "digits" in line
            ran = command.typed(line + " --epochs 1" if slow else line, folder)
            assert (ran.status, ran.err) == (0, ""), line
            if "train" in line and not slow:
                assert share_right(ran.out) >= (94 if "digits" in line else 93)
            for name in re.findall(r"(?:--save|--plot|>) (\S+)", line):
                assert (folder / name).stat().st_size > 100


# What cannot be: one line that says where and what to do, status 2, and nothing is written.


def refused(folder: Path, *arguments: str, silent: bool = True, same: bool = True) -> str:
    """Run a command that both twins must refuse, and return what they say, without the name of the command.

    They say the same, in one line; whatever stands in the folder stays as it is.
    """
    before, said = files(folder), set()
    for twin in PACKAGES:
        done = command.run(twin, *arguments, folder=folder)
        assert done.status == 2, done
        assert done.err.count("\n") == 1, done.err
        assert done.err.startswith(f"python -m {twin}"), done.err
        if silent:
            assert done.out == ""
        said.add(re.sub("python -m (reference|vectorized)", "COMMAND", done.err.strip()))
    assert files(folder) == before
    assert len(said) == 1 or not same, said
    return " || ".join(said)


def expect(said: str, words: str) -> None:
    """Assert that a message has all these words, which are separated by |."""
    for word in words.split("|"):
        assert word in said, f"{word!r} is not in: {said}"


KEPT = ["--save", "net.json", "--loss-file", "losses.csv", "--weights-text", "blocks"]
GOOD = "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n"
BAD_TABLES: dict[str, tuple[str | bytes | None, str, str]] = {  # content of flowers.csv, flags, what is said
    "missing": (None, "", "flowers.csv|no such file|name of a CSV file"),
    "not UTF-8": (GOOD.encode() + b"1,2,\xe9\n", "", "flowers.csv, line 5|0xe9|save|UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "", "flowers.csv, line 1|save|UTF-8"),
    "UTF-16 without its mark": (GOOD.encode("utf-16-le"), "", "flowers.csv, line 1|UTF-8"),
    "short row": ("a,b,kind\n1,2,x\n3,4\n", "", "flowers.csv, line 3|2 fields|expected 3"),
    "long row": ("a,b,kind\n1,2,x\n\n3,4,5,y\n", "", "flowers.csv, line 4|4 fields|expected 3"),
    "text": ("a,b,kind\n1,2,x\n3,oops,y\n", "", "flowers.csv, line 3, column 'b'|'oops'|number|correct|ignore"),
    "text below a quoted line break": (
        'a,b,kind\n1,2,"x\nand\r\nmore"\n\n3,oops,y\n',
        "",
        "flowers.csv, line 6, column 'b'|'oops'|number",
    ),
    "text in a target": ("a,y\n1,2.5\n2,x\n", "--task regression", "flowers.csv, line 3, column 'y'|'x'|number|correct"),
    "text without names": ("1,2,x\n3,oops,y\n", "--no-header", "flowers.csv, line 2, column 2|'oops'|number"),
    "text among ignored columns": (
        "id,a,b,k\nn1,1,2,x\nn2,3,oops,y\n",
        "--ignore id",
        "flowers.csv, line 3, column 'b'|'oops'",
    ),
    "decimal comma": ("a;b;kind\n1,5;2;x\n3;4;y\n", "", "flowers.csv, line 2, column 'a'|'1,5'|write 1.5|point"),
    "decimal comma in quotes": ('a,b,kind\n1,2,x\n3,"4,5",y\n', "", "flowers.csv, line 3, column 'b'|'4,5'|write 4.5|point"),
    "NaN": ("a,b,kind\n1,NaN,x\n3,4,y\n", "", "flowers.csv, line 2, column 'b'|'NaN'|finite|correct|leave"),
    "infinite": ("a,b,kind\n1,2,x\n-inf,4,y\n", "", "flowers.csv, line 3, column 'a'|'-inf'|finite|correct|leave"),
    "infinities that cancel": ("a,b,kind\n1,2,x\ninf,-inf,y\n", "", "flowers.csv, line 3, column 'a'|'inf'|finite"),
    "out of range": ("a,b,kind\n1,2,x\n3,1e999,y\n", "", "flowers.csv, line 3, column 'b'|'1e999'|finite|correct"),
    "NaN as a target": ("a,y\n1,2.5\n2,nan\n", "", "flowers.csv, line 3, column 'y'|'nan'|finite"),
    "underscore": ("a,b,kind\n1_0,2,x\n3,4,y\n", "", "flowers.csv, line 2, column 'a'|'1_0'|number"),
    "empty field": ("a,b,kind\n1,,x\n3,4,y\n", "", "flowers.csv, line 2, column 'b'|empty|number|fill|leave"),
    "empty label": ("a,b,kind\n1,2,x\n3,4,\n5,6,y\n", "", "flowers.csv, line 3, column 'kind'|empty|label"),
    "empty file": ("", "", "flowers.csv|empty|names|rows of numbers"),
    "blank lines alone": ("\ufeff\n\r\n  \n", "", "flowers.csv|empty"),
    "names alone": ("a,b,kind\n", "", "flowers.csv|no row"),
    "one class": ("a,b,kind\n1,2,x\n3,4,x\n", "", "flowers.csv|'kind'|'x'|two classes"),
    "one row": ("a,b,y\n1,2,3.5\n", "", "flowers.csv|1 row|--test-fraction|give more rows"),
    "too few rows": (GOOD, "--test-fraction 0.1", "flowers.csv|3 rows|--test-fraction|0.1"),
    "no header": ("1,2,x\n3,4,y\n", "", "flowers.csv, line 1|'1'|number|name|--no-header"),
    "nameless column": ("a,,kind\n1,2,x\n3,4,y\n", "", "flowers.csv, line 1|column 2|no name|ignore"),
    "open quote": ('a,b,kind\n1,2,x\n3,4,"y\n5,6,x\n7,8,y\n', "", "flowers.csv, line 3|quote"),
    "open quote in the first row": ('a,b,kind\n1,2,"x\n3,4,y\n', "", "flowers.csv, line 2|quote"),
    "open quote below others and blank lines": ('a,b,kind\n1,2,"x\ny"\n\n3,4,"y\n5,6,x\n', "", "flowers.csv, line 5|quote"),
    "text behind a quote": ('a,b,kind\n1,2,"x"z\n3,4,y\n', "", "flowers.csv, line 2|quote"),
    "carriage returns alone": ("a,b,kind\r1,2,x\r3,4,y\r", "", "flowers.csv, line 1|carriage return"),
    "no such label": (GOOD, "--label kid", "'kid' is not there|did you mean 'kind'"),
    "no such label at all": (GOOD, "--label zzz", "'zzz' is not there|'a'|'b'|'kind'"),
    "label beyond the last": (GOOD, "--label 4", "4 is not there|1 to 3"),
    "label 0": (GOOD, "--label 0", "0 is not there|1 to 3"),
    "label before the first": (GOOD, "--label -4", "-4 is not there|1 to 3"),
    "ignored column not there": (GOOD, "--ignore kid", "ignored|'kid' is not there|'kind'"),
    "label named twice": (GOOD, "--label kind --label 3", "'kind'|twice"),
    "label ignored": (GOOD, "--label kind --ignore kind", "'kind'|ignored"),
    "label of two columns": ("k,a,k\nx,1,2\ny,3,4\n", "--label k", "'k'|2 columns|number"),
    "no inputs": (GOOD, "--ignore a --ignore b", "none is left|inputs"),
    "two columns of labels": (GOOD, "--label kind --label a --task classification", "flowers.csv|2 target columns|needs one"),
    "one output of softmax": ("a,y\n1,2.5\n2,3.5\n", "--output softmax --task regression", "softmax|--output"),
    "too large for a scale": (
        "a,b,k\n1,1.7e308,x\n3,-1.7e308,y\n",
        "--test-fraction 0",
        "flowers.csv|column 'b'|too large|scale",
    ),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_bad_tables(name: str, tmp_path: Path) -> None:
    content, flags, words = BAD_TABLES[name]
    (tmp_path / "net.json").write_text("what was there before")
    if content is not None:
        (tmp_path / "flowers.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    expect(refused(tmp_path, "train", "flowers.csv", *flags.split(), *KEPT), f"COMMAND train: |{words}")


BAD_FLAGS = {
    "--epochs x": "--epochs|'x'|--help",
    "--epochs -1": "is -1|at least 0",
    "--batch-size 0": "is 0|at least 1",
    "--batch-size some": "--batch-size|'some'|all",
    "--learning-rate -1": "is -1.0|at least 0",
    "--learning-rate nan": "is nan|finite",
    "--learning-rate-decay -1": "--learning-rate-decay is -1.0|at least 0",
    "--optimizer sgd --momentum 1": "is 1.0|below 1",
    "--momentum 0.5": "--momentum|sgd|adam",
    "--optimizer sgd --beta1 0.5": "--beta1|adam|sgd",
    "--optimizer sgd --epsilon 0.5": "--epsilon|rmsprop and adam|sgd",
    "--rmsprop-decay 0.5": "--rmsprop-decay|rmsprop|adam",
    "--nesterov": "--nesterov|sgd|adam",
    "--l2 -1": "is -1.0|at least 0",
    "--seed -1": "is -1|at least 0",
    "--test-fraction 1": "--test-fraction is 1.0|below 1",
    "--test-fraction nan": "--test-fraction is nan|below 1",
    "--n-hidden 0": "is 0|at least 1",
    "--n-hidden 1000000000000": "network of 2-1000000000000-2|smaller sizes",
    "--hidden sigmiod": "'sigmiod'|did you mean 'sigmoid'",
    "--hidden softmax": "'softmax'|sigmoid, tanh",
    "--output tanh --loss cross_entropy": "cross_entropy|tanh",
    "--scale half": "--scale|'half'|none, max, minmax, standard",
    "--scale-targets max": "--scale-targets|classes|regression",
    "--rule other": "--rule|'other'|error_splitting",
    "--init zeros": "--init|'zeros'|ramp",
    "--optimizer sdg": "'sdg'|did you mean 'sgd'",
    "--task class": "'class'|classification",
    "--dtype float16": "'float16'|float64",
    "--hiden tanh": "--hiden|--help",
    "--plot picture.pdf": "picture.pdf|.png|.svg",
    "--plot -": "--plot|'-'|needs a file",
    "--save no/net.json": "no/net.json|No such file or directory",
    "--save .": "'.'|no regular file",
    "--save flowers.csv": "--save|DATA|flowers.csv",
    "--loss-file ./flowers.csv": "--loss-file|DATA|flowers.csv",
    "--save same --loss-file ./same": "--save|--loss-file|same",
    "--save - --loss-file -": "--save|--loss-file|-",
    "--weights-text flowers.csv": "flowers.csv",
    "--weights-text flowers.csv/deeper": "flowers.csv|directory",
    "--save": "--save|expected one argument",
}


@pytest.mark.parametrize("flags", BAD_FLAGS)
def test_bad_flags(flags: str, tmp_path: Path) -> None:
    (tmp_path / "flowers.csv").write_text(GOOD)
    kept = [] if "--save" in flags or "--loss" in flags else ["--save", "net.json"]
    whole = [] if "fraction" in flags else ["--test-fraction", "0"]
    said = refused(
        tmp_path, "train", "flowers.csv", *kept, *whole, *flags.split(), silent=False, same="1000000000000" not in flags
    )
    expect(said, BAD_FLAGS[flags])


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """Known before the first epoch, not after the last."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    expect(refused(tmp_path, "train", "iris", "--save", "closed/net.json"), "closed/net.json|Permission")


def test_divergence_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text("what was there before")
    flags = ["--optimizer", "sgd", "--learning-rate", "1e300", "--output", "identity", "--loss", "squared_error"]
    said = refused(tmp_path, "train", "iris", *flags, *KEPT, silent=False, same=False)
    expect(said, "COMMAND train: |diverged|epoch 0|batch|smaller")


@both_twins
def test_divergence_after_whole_epochs_keeps_the_last(twin: str, tmp_path: Path) -> None:
    """Status 2, and the file holds the weights after as many epochs as are told: finite ones."""
    flags = ["--optimizer", "sgd", "--learning-rate", "2", "--output", "identity", "--save", "net.json"]
    done = command.run(twin, "train", "iris", *flags, "--task", "classification", folder=tmp_path)
    assert done.status == 2
    saved = "saved of it: network in net.json"
    told = re.search(rf"diverged in epoch (\d+), batch [1-9]\d*: .*; stopped after epoch (\d+) of 50; {saved}", done.err)
    assert told, done.err
    assert told[1] == told[2] != "0"
    case = Case({"output": "identity"}, {"learning_rate": 2.0}, lambda package: package.SGD())
    expected = case.train(twin, datasets.iris(), epochs=int(told[2]))
    assert bits(json.loads((tmp_path / "net.json").read_text())["weights"]) == bits(expected.network.weights)
    assert set(files(tmp_path)) == {"net.json"}


def test_no_pageor_another(tmp_path: Path) -> None:
    expect(refused(tmp_path, "trian", same=False), "'trian'|train|predict|show")
    expect(refused(tmp_path, "train"), "DATA|--help")
    expect(refused(tmp_path, "predict", "net.json"), "DATA|--help")
    expect(refused(tmp_path, "show"), "NETWORK|--help")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the text of a network file: columns a, b, c; classes x and y of kind."""
    data = datasets.Dataset(
        [[1.0, 2.0, 3.0], [4.0, 6.0, 8.0]], [[1.0, 0.0], [0.0, 1.0]], [0, 1], ("a", "b", "c"), ("x", "y"), ("kind",)
    )
    network = reference.NeuralNetwork(3, 2, 2, output="softmax", seed=1)
    network.data = prepare(data).as_data()
    path = tmp_path_factory.mktemp("small") / "net.json"
    network.save(path)
    return path.read_text()


BAD_QUESTIONS = {  # content of table.csv, flags, what is said
    "another order": ("a,c,b,kind\n1,2,3,x\n", "", "table.csv|order|2 of 3|'c'|'b'"),
    "one missing": ("c,a\n1,2\n", "", "table.csv|'b'|not there"),
    "one too many": ("a,b,c,d\n1,2,3,4\n", "", "table.csv|'d'|too many|--ignore"),
    "others": ("sepal,petal\n1,2\n", "", "table.csv|none of the network's 3 columns"),
    "no header": ("1,2,3\n4,5,6\n", "", "table.csv|--no-header"),
    "too few without names": ("1,2\n3,4\n", "--no-header", "table.csv|2 columns|3 inputs"),
    "too many without names": ("1,2,3,x\n", "--no-header", "table.csv|4 columns|3 inputs|--ignore"),
    "an input ignored": ("a,b,c\n1,2,3\n", "--ignore b", "table.csv|'b'|not there"),
    "text": ("a,b,c\n1,2,3\n\n1,2,oops\n", "", "table.csv, line 4, column 'c'|'oops'|number"),
    "text below labels": ("kind,a,b,c\nx,1,2,3\ny,1,oops,3\n", "", "table.csv, line 3, column 'b'|'oops'"),
    "ragged": ("a,b,c\n1,2\n", "", "table.csv, line 2|2 fields|expected 3"),
    "not UTF-8": (b"a,b,c\n1,2,\xff\n", "", "table.csv, line 2|0xff|UTF-8"),
    "no rows": ("a,b,c\n", "", "table.csv|no row"),
    "empty": ("", "", "table.csv|empty"),
    "missing": (None, "", "table.csv|no such file"),
    "an overflow": ("a,b,c\n1,2,3\n4,5,6\n1.7e308,-1.7e308,1.7e308\n", "", "table.csv|line|sample 2|scale"),
}


@pytest.mark.parametrize("name", BAD_QUESTIONS)
def test_bad_questions(name: str, small: str, tmp_path: Path) -> None:
    """A table that does not fit the network is refused, and no answer is printed, not even the first."""
    content, flags, words = BAD_QUESTIONS[name]
    if content is not None:
        (tmp_path / "table.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    fields = json.loads(small)
    if name == "an overflow":
        fields["weights"] = [2.0] * len(fields["weights"])
        fields["data"]["inputs"] |= {"shift": [0.0] * 3, "divisor": [1.0] * 3}
    (tmp_path / "net.json").write_text(json.dumps(fields))
    said = refused(tmp_path, "predict", "net.json", "table.csv", *flags.split(), same=name != "an overflow")
    expect(said, f"COMMAND predict: |{words}")


def test_the_number_of_a_column_too_many_is_the_one_to_ignore(small: str, tmp_path: Path) -> None:
    """The advice, followed as it stands, helps: the column of labels counts too."""
    (tmp_path / "net.json").write_text(small)
    (tmp_path / "table.csv").write_text("kind,a,b,c,d\nx,1,2,3,4\n")
    said = refused(tmp_path, "predict", "net.json", "table.csv")
    advice = re.search(r"--ignore \S+?(?=[;\s]|$)", said)
    assert advice, said
    run("vectorized", tmp_path, "predict", "net.json", "table.csv", *advice[0].split())


def test_a_thousand_columns_mixed_up(tmp_path: Path) -> None:
    """One line says how many stand elsewhere and which is the first, not all of them; of one missing among them, which."""
    names = [f"c{at}" for at in range(1000)]
    data = datasets.Dataset([[1.0] * 1000, [2.0] * 1000], [[0.5], [1.5]], [], tuple(names), (), ("y",))
    network = vectorized.NeuralNetwork(1000, 1, 1, output="identity")
    network.data = prepare(data).as_data()
    network.save(tmp_path / "net.json")
    row = ",".join(["1"] * 1000)
    (tmp_path / "mixed.csv").write_text(",".join(reversed(names)) + f"\n{row}\n")
    said = refused(tmp_path, "predict", "net.json", "mixed.csv")
    expect(said, "mixed.csv|order|1000 of 1000|'c999'|'c0'")
    assert len(said) < 400
    names[500], names[7] = "c5OO", names[8]
    (tmp_path / "typo.csv").write_text(",".join(names) + f"\n{row}\n")
    said = refused(tmp_path, "predict", "net.json", "typo.csv")
    expect(said, "typo.csv|'c7'|not there")
    assert len(said) < 400


def set_in(*path: Any) -> Callable[[Any], None]:
    """Return a change of a field that stands at a path; the last of it is the new value."""

    def change(fields: Any) -> None:
        *way, name, value = path
        for step in way:
            fields = fields[step]
        fields[name] = value

    return change


BAD_NETWORKS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "weights missing": (lambda fields: fields.pop("weights"), "'weights' is missing"),
    "another version": (set_in("version", 2), "'version' is 2"),
    "a weight too few": (lambda fields: fields["weights"].pop(), "'weights' has 13 entries"),
    "no inputs": (lambda fields: fields["data"].pop("inputs"), "data.inputs"),
    "no targets": (lambda fields: fields["data"].pop("targets"), "data.targets"),
    "shift too short": (set_in("data", "inputs", "shift", [1.0]), "data.inputs.shift has 1 entries, expected 3"),
    "shift of text": (set_in("data", "inputs", "shift", ["1", 2, 3]), "data.inputs.shift"),
    "divisor 0": (set_in("data", "inputs", "divisor", [1.0, 0.0, 1.0]), "data.inputs.divisor"),
    "divisor of targets 0": (set_in("data", "targets", "divisor", [0, 1.0]), "data.targets.divisor"),
    "a column too few": (set_in("data", "inputs", "columns", ["a", "b"]), "data.inputs.columns has 2 entries, expected 3"),
    "columns of numbers": (set_in("data", "inputs", "columns", [1, 2, 3]), "data.inputs.columns"),
    "a class too many": (
        set_in("data", "targets", "classes", ["x", "y", "z"]),
        "data.targets.classes has 3 entries",
    ),
    "classes a number": (set_in("data", "targets", "classes", 2), "data.targets.classes"),
    "no target column": (set_in("data", "targets", "columns", []), "data.targets.columns has 0 entries"),
    "data a list": (set_in("data", []), "'data' is []"),
}


@pytest.mark.parametrize("name", BAD_NETWORKS)
def test_broken_network_files(name: str, small: str, tmp_path: Path) -> None:
    """Both show and predict name the file and what is wrong in it."""
    change, words = BAD_NETWORKS[name]
    fields = json.loads(small)
    change(fields)
    (tmp_path / "net.json").write_text(json.dumps(fields))
    (tmp_path / "table.csv").write_text("a,b,c\n1,2,3\n")
    for name, *more in (("show", "net.json"), ("predict", "net.json", "table.csv")):
        said = refused(tmp_path, name, *more, silent=name == "predict")
        expect(said, f"COMMAND {name}: |net.json|{words}")


def test_no_network_file(small: str, tmp_path: Path) -> None:
    """A table in its place, half a file, no file, a folder, and both NETWORK and DATA from the one standard input."""
    (tmp_path / "table.csv").write_text("a,b,c\n1,2,3\n")
    (tmp_path / "half.json").write_text(small[:200])
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    expect(refused(tmp_path, "predict", "table.csv", "table.csv"), "table.csv|no whole network file")
    expect(refused(tmp_path, "show", "half.json"), "half.json|no whole network file|line 1")
    expect(refused(tmp_path, "show", "bytes.json"), "bytes.json|UTF-8")
    expect(refused(tmp_path, "show", "none.json"), "none.json|No such file")
    expect(refused(tmp_path, "show", "."), ".: Is a directory")
    expect(refused(tmp_path, "predict", "-", "-"), "NETWORK|DATA|standard input")


# The slow one comes last.


@both_if_thorough
def test_digits_without_a_flag(twin: str, tmp_path: Path) -> None:
    """At least 94 % of the rows held out; where there is no terminal a slow training says a line now and then."""
    done = command.run(twin, "train", "digits", folder=tmp_path)
    assert done.status == 0
    assert bool(done.err) == (twin == "reference")
    assert all(re.fullmatch(r"epoch \d+ of 50, loss \S+, \d+ s left", line) for line in done.err.splitlines())
    assert share_right(done.out) >= 94
    assert "\x1b" not in done.out
    assert files(tmp_path) == {}
