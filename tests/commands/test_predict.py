"""The command predict."""

import csv
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference
from reference import datasets
from reference.datasets.preparation import prepare
from tests import command
from tests.commands.training import FLOWERS, MODULES, NUMBERS, SPECIES, both_packages, error_of, expect, run


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the network file of `train iris` without other options, for each package."""
    folder = tmp_path_factory.mktemp("iris")
    for package in MODULES:
        run(package, folder, "train", "iris", "--save", f"{package}.json")
    return {package: folder / f"{package}.json" for package in MODULES}


def answers_of(printed: str) -> tuple[list[str], list[str], list[list[float]]]:
    """Return the header, the classes and the numbers in the output of predict."""
    header, *rows = csv.reader(printed.splitlines())
    return header, [row[0] for row in rows], [list(map(float, row[1:])) for row in rows]


def test_each_package_reads_the_network_file_of_the_other(iris: dict[str, Path], tmp_path: Path) -> None:
    """The answers are the outputs that the network gives in Python, and the class with the largest output."""
    data = datasets.iris()
    for writer, reader in itertools.product(MODULES, MODULES):
        header, classes, answers = answers_of(run(reader, tmp_path, "predict", str(iris[writer]), "iris"))
        assert header == ["species", *SPECIES]
        scale = json.loads(iris[writer].read_text())["data"]["inputs"]
        scaled = [[(x - s) / d for x, s, d in zip(row, scale["shift"], scale["divisor"], strict=True)] for row in data.inputs]
        assert answers == np.asarray(MODULES[reader].NeuralNetwork.load(iris[writer]).predict(scaled)).tolist()
        assert classes == [SPECIES[numbers.index(max(numbers))] for numbers in answers]
        right = sum(name == data.classes[label] for name, label in zip(classes, data.labels, strict=True))
        assert right / 150 >= 0.93


@both_packages
def test_predict_does_not_use_the_labels_of_a_table(package: str, iris: dict[str, Path], tmp_path: Path) -> None:
    """The output is the same if the labels are missing, moved, unknown or empty."""
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
        flags = ["--ignore", "note", "--ignore", "-1"] if name == "ignored" else []
        printed.add(run(package, tmp_path, "predict", str(iris[package]), f"{name}.csv", *flags))
    (tmp_path / "bare.csv").write_text("".join(f"{','.join(map(str, row))}\n" for row in NUMBERS))
    printed.add(run(package, tmp_path, "predict", str(iris[package]), "bare.csv", "--no-header"))
    assert len(printed) == 1
    assert len(printed.pop().splitlines()) == 13


@both_packages
def test_columns_without_names_are_found_by_position(package: str, tmp_path: Path) -> None:
    bare = FLOWERS.split("\n", 1)[1]
    (tmp_path / "bare.csv").write_text(bare)
    (tmp_path / "inputs.csv").write_text(re.sub("(?m)^[a-z]+,", "", bare))
    run(package, tmp_path, "train", "bare.csv", "--no-header", "--label", "1", "--epochs", "2", "--save", "net.json")
    tables = {"bare.csv": ["--ignore", "1"], "inputs.csv": []}
    printed = {run(package, tmp_path, "predict", "net.json", name, "--no-header", *more) for name, more in tables.items()}
    assert len(printed) == 1
    assert answers_of(printed.pop())[0] == ["column 1", *SPECIES]


@both_packages
def test_predict_prints_the_same_score_as_train(package: str, tmp_path: Path) -> None:
    printed = run(package, tmp_path, "train", "iris", "--test-fraction", "0", "--epochs", "5", "--save", "net.json")
    result = command.run(package, "predict", "net.json", "iris", folder=tmp_path)
    assert result.err.split("\n")[0].removeprefix("iris: ") in printed
    assert result.err.split("\n")[0].startswith("iris: loss ")


@both_packages
def test_the_answer_is_empty_if_an_input_is_missing(package: str, iris: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(",".join(datasets.iris().columns) + "\n5,3,1,0.2\n5,NA,1,0.2\n7,3,6,2\n")
    result = command.run(package, "predict", str(iris[package]), "rows.csv", "--skip-missing", folder=tmp_path)
    assert (result.status, result.err) == (0, "no answer, because an input is missing: 1 row (lines [3])\n")
    assert [line.split(",")[0] for line in result.out.splitlines()] == ["species", "setosa", "", "virginica"]


def test_a_row_whose_target_is_empty_or_unknown_is_predicted_but_not_graded(tmp_path: Path) -> None:
    run("vectorized", tmp_path, "train", "iris", "--epochs", "5", "--save", "net.json")
    rows = "5,3,1,0.2,setosa\n5,3,1,0.2,\n7,3,6,2,Virginica\n,3,6,2,virginica\n"
    (tmp_path / "rows.csv").write_text(",".join(datasets.iris().columns) + ",species\n" + rows)
    result = command.run("vectorized", "predict", "net.json", "rows.csv", "--skip-missing", folder=tmp_path)
    assert [line.split(",")[0] for line in result.out.splitlines()] == ["species", "setosa", "setosa", "virginica", ""]
    missing, others, score = result.err.splitlines()[:3]
    assert missing.endswith("1 row (lines [5])")
    assert others == "not graded: 2 rows (lines [3, 4]); '' is not one of the classes ['setosa', 'versicolor', 'virginica']"
    assert score.endswith("100.0% right (1 of 1)")
    arguments = ["explain", "--network", "net.json", "--data", "rows.csv", "--skip-missing", "--sample"]
    explained = run("reference", tmp_path, *arguments, "2").splitlines()
    assert explained[0].startswith("Row 2 of rows.csv")
    assert "sepal_length_cm 7," in explained[1]
    assert "in this row (line 5) a value is missing" in command.error_of("reference", *arguments, "3", folder=tmp_path)


@both_packages
def test_without_column_names_extra_columns_must_be_ignored(package: str, tmp_path: Path) -> None:
    bare = "".join(f"{row / 7},{row % 5},{'ab'[row % 2]}\n" for row in range(20))
    (tmp_path / "bare.csv").write_text(bare)
    (tmp_path / "wide.csv").write_text(re.sub("(?m)^(?=.)", "1,", bare))
    run(package, tmp_path, "train", "bare.csv", "--no-header", "--epochs", "1", "--save", "net.json")
    own = run(package, tmp_path, "predict", "net.json", "bare.csv", "--no-header")
    assert own == run(package, tmp_path, "predict", "net.json", "wide.csv", "--no-header", "--ignore", "1,4")
    result = command.run(package, "predict", "net.json", "wide.csv", "--no-header", folder=tmp_path)
    assert (result.status, "--ignore NUMBER" in result.err) == (2, True)


@both_packages
def test_the_answers_have_the_class_names_of_the_table(package: str, tmp_path: Path) -> None:
    """These names contain a comma, quotes or a line break."""
    names = ["big, red", 'the "best"', "two\nlines", "ü ß"]
    with open(tmp_path / "table.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["size, cm", "what\nit is"], *([s, names[s % 4]] for s in range(12))])
    run(package, tmp_path, "train", "table.csv", "--epochs", "1", "--test-fraction", "0", "--save", "net.json")
    printed = run(package, tmp_path, "predict", "net.json", "table.csv")
    header, *rows = csv.reader(printed.splitlines(keepends=True))
    assert header == ["what\nit is", *sorted(names)]
    assert {row[0] for row in rows} <= set(names)
    assert len(rows) == 12


@both_packages
def test_one_output_gives_one_of_two_classes(package: str, tmp_path: Path) -> None:
    """The class is 1 if the output is above 1/2."""
    printed = run(package, tmp_path, "train", "gate", "--save", "net.json")
    header, classes, outputs = answers_of(run(package, tmp_path, "predict", "net.json", "gate"))
    assert header == ["Y1", "output"]
    assert classes == ["1" if y > 0.5 else "0" for (y,) in outputs]
    truth = ["1", "0", "0", "0", "0", "0", "0", "1"]
    right = sum(map(str.__eq__, classes, truth))
    assert f"({right} of 8)" in printed
    assert len(set(classes)) == 2, "both classes appear"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the text of a network file with the input columns a, b, c, and the target `kind` with the classes x and y."""
    data = datasets.Dataset(
        [[1.0, 2.0, 3.0], [4.0, 6.0, 8.0]], [[1.0, 0.0], [0.0, 1.0]], [0, 1], ("a", "b", "c"), ("x", "y"), ("kind",)
    )
    network = reference.NeuralNetwork(3, 2, 2, output="softmax", seed=1)
    network.data = prepare(data).as_data()
    path = tmp_path_factory.mktemp("small") / "net.json"
    network.save(path)
    return path.read_text()


# For each name: the content of table.csv, the flags, and words that the message must have, separated by |.
BAD_TABLES = {
    "one missing": ("c,a\n1,2\n", "", "table.csv|'b'|missing"),
    "others": ("sepal,petal\n1,2\n", "", "table.csv|['sepal', 'petal']|['a', 'b', 'c']|rename"),
    "no header": ("1,2,3\n4,5,6\n", "", "table.csv|--no-header"),
    "too few without names": ("1,2\n3,4\n", "--no-header", "table.csv|2 columns|3 inputs|a column is missing"),
    "too many without names": ("1,2,3,x\n", "--no-header", "table.csv|4 columns|3 inputs|--ignore"),
    "input ignored": ("a,b,c\n1,2,3\n", "--ignore b", "table.csv|'b'|missing"),
    "text": ("a,b,c\n1,2,3\n\n1,2,oops\n", "", "table.csv, line 4, column 'c'|'oops'|number"),
    "text in a table with labels": ("kind,a,b,c\nx,1,2,3\ny,1,oops,3\n", "", "table.csv, line 3, column 'b'|'oops'"),
    "ragged": ("a,b,c\n1,2\n", "", "table.csv, line 2|2 fields|expected 3"),
    "an overflow": ("a,b,c\n1,2,3\n4,5,6\n1.7e308,-1.7e308,1.7e308\n", "", "table.csv|line 2|sample 2"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_table_that_does_not_fit_the_network_is_refused(name: str, small: str, tmp_path: Path) -> None:
    """Nothing is printed, not even the first row."""
    content, flags, words = BAD_TABLES[name]
    (tmp_path / "table.csv").write_text(content)
    fields = json.loads(small)
    if name == "an overflow":
        fields["weights"] = [2.0] * len(fields["weights"])
        fields["data"]["inputs"] |= {"shift": [0.0] * 3, "divisor": [1.0] * 3}
    (tmp_path / "net.json").write_text(json.dumps(fields))
    message = error_of(tmp_path, "predict", "net.json", "table.csv", *flags.split(), same=name != "an overflow")
    expect(message, f"COMMAND predict: |{words}")


def test_columns_are_found_by_name_and_a_similar_name_is_suggested(small: str, tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text(small)
    (tmp_path / "table.csv").write_text("a,b,c\n1,2,3\n4,6,5\n")
    (tmp_path / "mixed.csv").write_text("d,c,kind,a,e,b\nx,3,y,1,,2\nx,5,y,4,,6\n")
    assert run("vectorized", tmp_path, "predict", "net.json", "mixed.csv") == run(
        "vectorized", tmp_path, "predict", "net.json", "table.csv"
    )
    (tmp_path / "twice.csv").write_text("a,b,c,b\n1,2,3,4\n")
    expect(error_of(tmp_path, "predict", "net.json", "twice.csv"), "twice.csv|2 columns are named 'b'|rename")
    (tmp_path / "near.csv").write_text("a,B,c,width\n1,2,3,4\n")
    near = json.loads(small)
    near["data"]["inputs"]["columns"] = ["a", "widht", "c"]
    (tmp_path / "near.json").write_text(json.dumps(near))
    expect(error_of(tmp_path, "predict", "near.json", "near.csv"), "near.csv|'widht' is missing|did you mean 'width'?")


def set_in(*path: Any) -> Callable[[Any], None]:
    """Return a function that sets a field. The last argument is the new value, the others are the path to the field."""

    def change(fields: Any) -> None:
        *parents, name, value = path
        for step in parents:
            fields = fields[step]
        fields[name] = value

    return change


BAD_NETWORKS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "weights missing": (lambda fields: fields.pop("weights"), "'weights' is missing"),
    "another version": (set_in("version", 2), "'version' is 2"),
    "a weight too few": (lambda fields: fields["weights"].pop(), "'weights' has 13 entries"),
    "shift too short": (set_in("data", "inputs", "shift", [1.0]), "data.inputs.shift has 1 entries, expected 3"),
    "a class too many": (set_in("data", "targets", "classes", ["x", "y", "z"]), "data.targets.classes has 3 entries"),
    "data a list": (set_in("data", []), "'data' is []"),
}


@pytest.mark.parametrize("name", BAD_NETWORKS)
def test_show_and_predict_name_the_wrong_field_of_a_network_file(name: str, small: str, tmp_path: Path) -> None:
    change, words = BAD_NETWORKS[name]
    fields = json.loads(small)
    change(fields)
    (tmp_path / "net.json").write_text(json.dumps(fields))
    (tmp_path / "table.csv").write_text("a,b,c\n1,2,3\n")
    for name, *paths in (("show", "net.json"), ("predict", "net.json", "table.csv")):
        message = error_of(tmp_path, name, *paths, silent=name == "predict")
        expect(message, f"COMMAND {name}: |net.json|{words}")


def test_a_file_that_is_not_a_network_is_refused(small: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b,c\n1,2,3\n")
    (tmp_path / "half.json").write_text(small[:200])
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    expect(error_of(tmp_path, "predict", "table.csv", "table.csv"), "table.csv|not a valid network file")
    expect(error_of(tmp_path, "show", "half.json"), "half.json|not a valid network file|line 1")
    expect(error_of(tmp_path, "show", "bytes.json"), "bytes.json|UTF-8")
    expect(error_of(tmp_path, "show", "none.json"), "none.json|No such file")
    expect(error_of(tmp_path, "show", "."), ".: Is a directory")
    expect(error_of(tmp_path, "predict", "-", "-"), "NETWORK|DATA|standard input")
