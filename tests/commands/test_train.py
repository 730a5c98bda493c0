"""The command train: options, forms of tables, reports and errors."""

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

import vectorized
from reference import datasets
from tests import command
from tests.commands.training import (
    FLOWERS,
    LABELS,
    MODULES,
    NUMBERS,
    ROWS,
    SPECIES,
    Training,
    bits,
    both,
    both_if_thorough,
    both_packages,
    error_of,
    expect,
    files,
    run,
    share_right,
)


@both_packages
def test_iris_without_options_gives_the_same_network_as_training_in_python(package: str, tmp_path: Path) -> None:
    path, printed = tmp_path / "net.json", run(package, tmp_path, "train", "iris", "--save", "net.json")
    assert share_right(printed) >= 93
    expected = Training().train(package, datasets.iris())
    assert bits(expected.network.weights) == bits(json.loads(path.read_text())["weights"])
    inputs = "4 inputs (sepal_length_cm, sepal_width_cm, petal_length_cm, petal_width_cm)"
    assert f"150 rows, 120 for training, 30 for testing; {inputs}; target: species (3 classes)" in printed
    assert f"next: python -m {package} predict {path.name} DATA" in printed
    table = confusion(printed, SPECIES)
    test = datasets.split(datasets.iris(), 0.2, 0)[1]
    answers = MODULES[package].NeuralNetwork.load(path).classify(expected.preparation.prepared(test).inputs)
    counts = [[0] * 3 for _ in SPECIES]
    for label, answer in zip(test.labels, answers, strict=True):
        counts[label][int(answer)] += 1
    assert table == counts
    assert f"({sum(row[at] for at, row in enumerate(counts))} of 30)" in printed


def confusion(printed: str, classes: list[str]) -> list[list[int]]:
    """Return the rows of the confusion table."""
    cells = [line.replace("·", "0").split() for line in printed.splitlines()]
    rows = {row[0]: list(map(int, row[1:])) for row in cells if row and row[0] in classes and row[1].isdecimal()}
    return [rows[name] for name in classes]


SETTINGS = {
    "sgd": (
        "--n-hidden 5 --hidden tanh --output sigmoid --loss squared_error --init he_normal --optimizer sgd --momentum 0.5"
        " --learning-rate 0.2 --batch-size 7 --epochs 3 --seed 4 --test-fraction 0.3 --scale minmax --l2 0.01 --reduction sum",
        Training(
            {"n_hidden": 5, "hidden": "tanh", "output": "sigmoid", "loss": "squared_error", "init": "he_normal"},
            {"learning_rate": 0.2, "batch_size": 7, "epochs": 3, "l2": 0.01, "reduction": "sum"},
            lambda package: package.SGD(momentum=0.5),
            test_fraction=0.3,
            scale="minmax",
            seed=4,
        ),
    ),
    "nesterov": (
        "--optimizer sgd --momentum 0.5 --nesterov --batch-size all --epochs 3 --hidden sigmoid"
        " --output softmax --loss mean_squared_error --init truncated_normal --scale max --task classification",
        Training(
            {"hidden": "sigmoid", "loss": "mean_squared_error", "init": "truncated_normal"},
            {"learning_rate": 0.1, "batch_size": None, "epochs": 3},
            lambda package: package.SGD(momentum=0.5, nesterov=True),
            scale="max",
        ),
    ),
    "rmsprop": (
        "--optimizer rmsprop --rmsprop-decay 0.8 --epsilon 0.001 --no-shuffle --epochs 2 --hidden relu --output sigmoid"
        " --loss cross_entropy --init uniform --scale none --test-fraction 0 --seed 1",
        Training(
            {"hidden": "relu", "output": "sigmoid", "loss": "cross_entropy", "init": "uniform"},
            {"epochs": 2, "shuffle": None},
            lambda package: package.RMSProp(decay=0.8, epsilon=0.001),
            scale="none",
            test_fraction=0,
            seed=1,
        ),
    ),
    "adam": (
        "--optimizer adam --beta1 0.8 --beta2 0.95 --epsilon 0.001 --epochs 2 --hidden identity --output leaky_relu"
        " --loss half_squared_error --init unit_uniform --rule error_splitting --freeze-biases --batch-size 1",
        Training(
            {"hidden": "identity", "output": "leaky_relu", "loss": "half_squared_error", "init": "unit_uniform"},
            {"epochs": 2, "rule": "error_splitting", "train_biases": False, "batch_size": 1},
            lambda package: package.Adam(beta1=0.8, beta2=0.95, epsilon=0.001),
        ),
    ),
    "adam's epsilon": (
        "--epsilon 0.5 --epochs 1 --init normal --hidden leaky_relu --output relu",
        Training({"init": "normal", "output": "relu"}, {"epochs": 1}, lambda package: package.Adam(epsilon=0.5)),
    ),
    "rmsprop alone": (
        "--optimizer rmsprop --epochs 1 --init ramp --output tanh",
        Training({"init": "ramp", "output": "tanh"}, {"epochs": 1}, lambda package: package.RMSProp()),
    ),
    "sgd alone": (
        "--optimizer sgd --epochs 1 --init glorot_uniform --output identity --scale standard",
        Training({"output": "identity"}, {"epochs": 1, "learning_rate": 0.1}, lambda package: package.SGD()),
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_options_give_the_same_network_and_losses_as_training_in_python(name: str, tmp_path: Path) -> None:
    flags, case = SETTINGS[name]
    both(tmp_path, "train", "iris", *flags.split(), "--save", "PACKAGE.json", "--loss-file", "PACKAGE.csv")
    for package in MODULES:
        expected = case.train(package, datasets.iris())
        content = json.loads((tmp_path / f"{package}.json").read_text())
        assert bits(content["weights"]) == bits(expected.network.weights)
        for field in ("hidden", "output", "loss"):
            assert content[field] == getattr(expected.network, field)
        assert content["data"] == expected.preparation.as_data()
        losses = "".join(f"{epoch},{loss!r}\n" for epoch, loss in enumerate(expected.losses))
        assert (tmp_path / f"{package}.csv").read_text() == f"epoch,loss\n{losses}"


def test_every_option_is_tested(tmp_path: Path) -> None:
    """A new option must be added to SETTINGS, or to the list below if another test uses it."""
    flags = set(re.findall(r"--[a-z0-9-]+", run("vectorized", tmp_path, "train", "--help")))
    in_settings = {flag for line, _ in SETTINGS.values() for flag in line.split() if flag.startswith("--")}
    elsewhere = "--help --ignore --skip-missing --header --no-header --decimal --label --target --dtype --save --loss-file"
    assert flags - in_settings == set(elsewhere.split())


@both_packages
def test_gate_has_its_own_default_settings(package: str, tmp_path: Path) -> None:
    printed = run(package, tmp_path, "train", "gate", "--save", "net.json")
    names = {"n_hidden": 4, "hidden": "sigmoid", "output": "sigmoid", "init": "normal"}
    how = {"epochs": 1000, "learning_rate": 1, "batch_size": None, "reduction": "sum"}
    expected = Training(names, how, lambda package: package.SGD(), test_fraction=0, scale="max").train(package, datasets.gate())
    assert bits(json.loads((tmp_path / "net.json").read_text())["weights"]) == bits(expected.network.weights)
    assert "8 rows, all for training; 3 inputs (X1, X2, X3); target: Y1 (0 or 1)" in printed
    assert re.search(r"training set: loss \S+, [\d.]+% right \(\d of 8\)", printed)


def test_only_the_matrices_train_in_single_precision(tmp_path: Path) -> None:
    flags = ["train", "iris", "--epochs", "3", "--dtype", "float32", "--save", "net.json"]
    run("vectorized", tmp_path, *flags)
    expected = Training({"dtype": "float32"}, {"epochs": 3}).train("vectorized", datasets.iris())
    network = vectorized.NeuralNetwork.load(tmp_path / "net.json")
    assert network.dtype == "float32"
    assert bits(network.weights) == bits(expected.network.weights)
    (tmp_path / "net.json").unlink()
    result = command.run("reference", *flags, folder=tmp_path)
    assert result.status == 2
    assert "float32" in result.err
    assert "python -m vectorized train" in result.err
    assert not (tmp_path / "net.json").exists()


TABLE_FORMS = {
    "label by name": (FLOWERS, "--label species"),
    "target by name": (FLOWERS, "--target species"),
    "label by number": (FLOWERS, "--label 1"),
    "label last": ("".join(f"{','.join([*row[1:], row[0]])}\n" for row in ROWS), ""),
    "no header": (FLOWERS.split("\n", 1)[1], "--label 1 --no-header"),
    "names that are numbers": ("0,1,2,3,4\n" + FLOWERS.split("\n", 1)[1], "--label 0 --header"),
    "numbers as labels, written in two ways": (
        FLOWERS.replace("setosa", "-1").replace("versicolor", "2").replace("virginica", "10").replace("-1,4", "-1.0,4"),
        "--label 1",
    ),
    "columns ignored": (
        "".join(f"name {at},{','.join(row)},{at}\n" if at else f"id,{','.join(row)},7th\n" for at, row in enumerate(ROWS)),
        "--label species --ignore id --ignore 7",
    ),
}


@pytest.mark.parametrize("form", TABLE_FORMS)
def test_every_form_of_a_table_gives_the_same_network(form: str, tmp_path: Path) -> None:
    content, flags = TABLE_FORMS[form]
    (tmp_path / "flowers.csv").write_bytes(content.encode())
    both(tmp_path, "train", "flowers.csv", *flags.split(), "--epochs", "2", "--save", "PACKAGE.json")
    targets = [datasets.one_hot(label, 3) for label in LABELS]
    data = datasets.Dataset(NUMBERS, targets, LABELS, (), (), ())
    names = ["column 2", "column 3", "column 4", "column 5"] if form == "no header" else ROWS[0][1:]
    for package in MODULES:
        expected = Training(training={"epochs": 2}).train(package, data).network.weights
        content = json.loads((tmp_path / f"{package}.json").read_text())
        assert bits(content["weights"]) == bits(expected)
        assert content["data"]["inputs"]["columns"] == (["1", "2", "3", "4"] if form.startswith("names") else names)


@both_packages
def test_regression_with_two_targets(package: str, tmp_path: Path) -> None:
    """The targets differ greatly in size. Each target has its own scale, and is predicted in its own units."""
    rows = [(s / 10, (s * 7) % 11) for s in range(60)]
    lines = [f"{5000 + 1000 * a!r},{a!r},{b!r},{b / 1000!r}\n" for a, b in rows]
    (tmp_path / "table.csv").write_text("price,a,b,weight\n" + "".join(lines))
    flags = ["--label", "weight", "--label", "price", "--epochs", "40", "--save", "net.json"]
    printed = run(package, tmp_path, "train", "table.csv", *flags)
    data = datasets.read_csv(tmp_path / "table.csv", ["weight", "price"])
    expected = Training({"output": "identity"}, {"epochs": 40}, target_scale="standard").train(package, data)
    content = json.loads((tmp_path / "net.json").read_text())
    assert bits(content["weights"]) == bits(expected.network.weights)
    assert "2 inputs (a, b); target: weight, price (numbers)" in printed
    assert "% right" not in printed
    errors = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.split()[:1] in (["weight"], ["price"])}
    assert list(errors) == ["weight", "price"]

    inputs, targets = content["data"]["inputs"], content["data"]["targets"]
    assert targets["columns"] == ["weight", "price"]
    assert targets["classes"] == []
    header, *answers = csv.reader(run(package, tmp_path, "predict", "net.json", "table.csv").splitlines())
    assert header == ["weight", "price"]
    network = MODULES[package].NeuralNetwork.load(tmp_path / "net.json")
    scaled = [[(x - s) / d for x, s, d in zip(row, inputs["shift"], inputs["divisor"], strict=True)] for row in rows]
    numbers = [
        [float(y) * d + s for y, s, d in zip(row, targets["shift"], targets["divisor"], strict=True)]
        for row in network.predict(scaled)
    ]
    assert [list(map(float, row)) for row in answers] == numbers

    test_at = [int(row[0]) for row in datasets.split(data_with_row_numbers(60), 0.2, 0)[1].inputs]
    truths = {"weight": [b / 1000 for _, b in rows], "price": [5000 + 1000 * a for a, _ in rows]}
    for at, (name, truth) in enumerate(truths.items()):
        residuals = [numbers[s][at] - truth[s] for s in test_at]
        spread = [truth[s] - math.fsum(truth[s] for s in test_at) / len(test_at) for s in test_at]
        squares = math.fsum(x * x for x in residuals)
        error, explained = errors[name]
        assert float(error) == float(f"{math.sqrt(squares / len(residuals)):.4g}")
        assert float(explained.rstrip("%")) == float(f"{100 * (1 - squares / math.fsum(x * x for x in spread)):.1f}")
        assert squares < math.fsum(x * x for x in spread), (
            "not better than the mean: are the answers in the units of the target?"
        )


def data_with_row_numbers(n_samples: int) -> Any:
    """Return a data set whose only input is the row number."""
    rows = [[float(s)] for s in range(n_samples)]
    return datasets.Dataset(rows, [[0.0]] * n_samples, [], ("number",), (), ("nothing",))


@both_packages
@pytest.mark.parametrize(("output", "scale"), [("sigmoid", "minmax"), ("identity", "standard")])
def test_the_scale_of_the_targets_suits_the_output(package: str, output: str, scale: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,y\n" + "".join(f"{s},{s * s + 0.5}\n" for s in range(20)))
    flags = ["--output", output, "--epochs", "2", "--save", "net.json", "--task", "regression"]
    run(package, tmp_path, "train", "table.csv", *flags)
    data = datasets.read_csv(tmp_path / "table.csv", task="regression")
    expected = Training({"output": output}, {"epochs": 2}, target_scale=scale).train(package, data)
    content = json.loads((tmp_path / "net.json").read_text())
    assert bits(content["weights"]) == bits(expected.network.weights)
    assert content["data"] == expected.preparation.as_data()


OUTPUTS = ["--save", "net.json", "--loss-file", "losses.csv"]
GOOD = "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n"

# For each name: the content of flowers.csv, the flags, and words that the message must have, separated by |.
BAD_TABLES: dict[str, tuple[str | bytes | None, str, str]] = {
    "missing": (None, "", "flowers.csv|no such file|name of a CSV file"),
    "not UTF-8": (GOOD.encode() + b"1,2,\xe9\n", "", "flowers.csv, line 5|0xe9|save|UTF-8"),
    "short row": ("a,b,kind\n1,2,x\n3,4\n", "", "flowers.csv, line 3|2 fields|expected 3"),
    "text": ("a,b,kind\n1,2,x\n3,oops,y\n", "", "flowers.csv, line 3, column 'b'|'oops'|number|correct|ignore"),
    "text in a target": ("a,y\n1,2.5\n2,x\n", "--task regression", "flowers.csv, line 3, column 'y'|'x'|number|correct"),
    "text without names": ("1,2,x\n3,oops,y\n", "--no-header", "flowers.csv, line 2, column 2|'oops'|number"),
    "text in a column that is not ignored": (
        "id,a,b,k\nn1,1,2,x\nn2,3,oops,y\n",
        "--ignore id",
        "flowers.csv, line 3, column 'b'|'oops'",
    ),
    "NaN as a target": ("a,y\n1,2.5\n2,nan\n", "", "flowers.csv, line 3, column 'y'|'nan'|finite"),
    "one class": ("a,b,kind\n1,2,x\n3,4,x\n", "", "flowers.csv|'kind'|'x'|two classes"),
    "one row": ("a,b,y\n1,2,3.5\n", "", "flowers.csv|1 row|--test-fraction|give more rows"),
    "too few rows": (GOOD, "--test-fraction 0.1", "flowers.csv|3 rows|--test-fraction|0.1"),
    "no header": ("1,2,x\n3,4,y\n", "", "flowers.csv, line 1|'1'|number|name|--no-header"),
    "no such label": (GOOD, "--label kid", "'kid' does not exist|did you mean 'kind'"),
    "ignored column not there": (GOOD, "--ignore kid", "ignored|'kid' does not exist|'kind'"),
    "label chosen twice": (GOOD, "--label kind --label 3", "'kind'|twice"),
    "label ignored": (GOOD, "--label kind --ignore kind", "'kind'|ignored"),
    "no inputs": (
        GOOD,
        "--ignore a --ignore b",
        "none of the 3 columns ['a', 'b', 'kind'] is left|are these the column names?",
    ),
    "two columns of labels": (GOOD, "--label kind --label a --task classification", "flowers.csv|2 target columns|needs one"),
    "one output of softmax": ("a,y\n1,2.5\n2,3.5\n", "--output softmax --task regression", "softmax|--output"),
    "too large for a scale": ("a,b,k\n1,1.7e308,x\n3,-1.7e308,y\n", "--test-fraction 0", "column 'b'|too large|scale"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_wrong_table_is_refused_and_no_file_changes(name: str, tmp_path: Path) -> None:
    content, flags, words = BAD_TABLES[name]
    (tmp_path / "net.json").write_text("what was there before")
    if content is not None:
        (tmp_path / "flowers.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    expect(error_of(tmp_path, "train", "flowers.csv", *flags.split(), *OUTPUTS), f"COMMAND train: |{words}")


BAD_FLAGS = {
    "--epochs x": "--epochs|'x'|--help",
    "--epochs -1": "is -1|at least 0",
    "--batch-size 0": "is 0|at least 1",
    "--batch-size some": "--batch-size|'some'|all",
    "--learning-rate nan": "is nan|finite",
    "--optimizer sgd --momentum 1": "is 1.0|below 1",
    "--momentum 0.5": "--momentum|sgd|adam",
    "--optimizer sgd --beta1 0.5": "--beta1|adam|sgd",
    "--optimizer sgd --epsilon 0.5": "--epsilon|rmsprop and adam|sgd",
    "--nesterov": "--nesterov|sgd|adam",
    "--test-fraction 1": "--test-fraction is 1.0|below 1",
    "--test-fraction nan": "--test-fraction is nan|below 1",
    "--n-hidden 1000000000000": "network of 2-1000000000000-2|smaller sizes",
    "--hidden sigmiod": "'sigmiod'|did you mean 'sigmoid'",
    "--hidden softmax": "'softmax'|sigmoid, tanh",
    "--output tanh --loss cross_entropy": "cross_entropy|tanh",
    "--scale half": "--scale|'half'|none, max, minmax, standard",
    "--rule other": "--rule|'other'|error_splitting",
    "--optimizer sdg": "'sdg'|did you mean 'sgd'",
    "--dtype float16": "'float16'|float64",
    "--hiden tanh": "--hiden|--help",
    "--save no/net.json": "no/net.json|the folder does not exist",
    "--save .": "'.'|not a regular file",
    "--save flowers.csv": "--save|DATA|flowers.csv",
    "--loss-file ./flowers.csv": "--loss-file|DATA|flowers.csv",
    "--save same --loss-file ./same": "--save|--loss-file|same",
    "--save - --loss-file -": "--save|--loss-file|-",
    "--save": "--save|expected one argument",
}


@pytest.mark.parametrize("flags", BAD_FLAGS)
def test_wrong_options_are_refused(flags: str, tmp_path: Path) -> None:
    (tmp_path / "flowers.csv").write_text(GOOD)
    save = [] if "--save" in flags or "--loss" in flags else ["--save", "net.json"]
    split = [] if "fraction" in flags else ["--test-fraction", "0"]
    same = "1000000000000" not in flags
    expect(error_of(tmp_path, "train", "flowers.csv", *save, *split, *flags.split(), silent=False, same=same), BAD_FLAGS[flags])


def test_divergence_in_the_first_epoch_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text("what was there before")
    flags = ["--optimizer", "sgd", "--learning-rate", "1e300", "--output", "identity", "--loss", "squared_error"]
    message = error_of(tmp_path, "train", "iris", *flags, *OUTPUTS, silent=False, same=False)
    expect(message, "COMMAND train: |diverged|epoch 0|batch|smaller")


@both_packages
def test_divergence_in_a_later_epoch_saves_the_weights_before_this_epoch(package: str, tmp_path: Path) -> None:
    flags = ["--optimizer", "sgd", "--learning-rate", "2", "--output", "identity", "--save", "net.json"]
    result = command.run(package, "train", "iris", *flags, "--task", "classification", folder=tmp_path)
    assert result.status == 2
    saved = "saved: network in net.json"
    end = re.search(rf"diverged in epoch (\d+), batch [1-9]\d*: .*; stopped after epoch (\d+) of 50; {saved}", result.err)
    assert end, result.err
    assert end[1] == end[2] != "0"
    case = Training({"output": "identity"}, {"learning_rate": 2.0}, lambda package: package.SGD())
    expected = case.train(package, datasets.iris(), epochs=int(end[2]))
    assert bits(json.loads((tmp_path / "net.json").read_text())["weights"]) == bits(expected.network.weights)
    assert set(files(tmp_path)) == {"net.json"}


@both_if_thorough
def test_digits_without_options(package: str, tmp_path: Path) -> None:
    """Slow training prints a line from time to time."""
    result = command.run(package, "train", "digits", folder=tmp_path)
    assert result.status == 0
    assert bool(result.err) == (package == "reference")
    assert all(re.fullmatch(r"epoch \d+ of 50, loss \S+, \d+ s left", line) for line in result.err.splitlines())
    assert share_right(result.out) >= 94
    assert "\x1b" not in result.out
    assert files(tmp_path) == {}
