"""CSV files: different ways to write a table give the same data set, and errors name line and column."""

import csv
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference import datasets
from reference.datasets import Dataset, read_csv

PLAIN = "length,width,kind\n1,2.5,oak\n-3,4e-1,elm\n.5,6,oak\n"
INPUTS = [[1.0, 2.5], [-3.0, 0.4], [0.5, 6.0]]
EXPECTED = Dataset(INPUTS, [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], [1, 0, 1], ("length", "width"), ("elm", "oak"), ("kind",))


def read(folder: Path, content: str | bytes, *targets: Any, **how: Any) -> Dataset:
    """Write a file and read it."""
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path, *targets, **how)


def refusal(folder: Path, content: str | bytes, *targets: Any, **how: Any) -> str:
    """Return the error for a file, without the name of its folder."""
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read(folder, content, *targets, **how)
    assert type(error.value) is ValueError
    message = str(error.value)
    assert "\n" not in message
    return message.replace(f"{folder}{os.sep}", "")


# One table, written in many ways.

FORMS: dict[str, str | bytes] = {
    "plain": PLAIN,
    "BOM": "\ufeff" + PLAIN,
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "no last line end": PLAIN.rstrip("\n"),
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "bars": PLAIN.replace(",", "|"),
    "quotes": re.sub(r"[^,\n]+", lambda field: f'"{field[0]}"', PLAIN),
    "quotes, semicolons, CRLF, BOM": "\ufeff" + re.sub(r"[^,\n]+", r'"\g<0>"', PLAIN).replace(",", ";").replace("\n", "\r\n"),
    "blank lines": "\n\r\n" + PLAIN.replace("\n", "\n\n") + "\n\n",
    "lines of spaces": "  \n" + PLAIN.replace("\n", "\n   \n"),
    "spaces after delimiters": PLAIN.replace(",", ",  "),
    "spaces at both ends of lines": re.sub("(?m)^(.+)$", r"  \1  ", PLAIN),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_table_gives_the_same_data_set(form: str, tmp_path: Path) -> None:
    assert read(tmp_path, FORMS[form]) == EXPECTED


texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"), max_size=8)
labels = st.one_of(texts, st.sampled_from(['say "so"', "a,b", "a;b", "two\nlines", "two\r\nlines", "tab\tbed"]))
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(finite, finite, labels.map(lambda label: "x" + label.strip())), min_size=1), st.sampled_from(",;\t|"))
@example([(0.1, -0.0, "x\n"), (5e-324, 1.7976931348623157e308, "x,y")], ",")
def test_read_csv_reads_what_python_writes(tmp_path_factory: Any, rows: list[tuple[float, float, str]], delimiter: str) -> None:
    """Floats are read bit for bit. Labels lose the spaces at their ends."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([("a", "b", "kind"), *rows])
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(text.getvalue().encode())
    names = {row[2].strip() for row in rows}
    if len(names) == 1:
        with pytest.raises(ValueError, match="at least two classes"):
            read_csv(path)
        return
    data = read_csv(path)
    assert [list(map(float.hex, row)) for row in data.inputs] == [[a.hex(), b.hex()] for a, b, _ in rows]
    assert data.classes == tuple(sorted(names))
    assert [data.classes[label] for label in data.labels] == [row[2].strip() for row in rows]


def test_a_point_in_a_number_is_refused_if_the_decimal_mark_is_a_comma(tmp_path: Path) -> None:
    """The point in 237.216 may separate thousands."""
    assert read(tmp_path, "a;b;k\n1,5;2;v1.2.3\n3;4;y\n", decimal=",").inputs == [[1.5, 2.0], [3.0, 4.0]]
    assert read(tmp_path, "a;b;k\n1,5;1.234;x\n3;4;y\n", "k", ignored="b", decimal=",").inputs == [[1.5], [3.0]]
    for number, forms in (("237.216", "237216 or 237,216"), ("171.8", "171,8")):
        assert refusal(tmp_path, f"a;price\n1,5;2\n3;{number}\n", decimal=",") == (
            f"table.csv, line 3, column 'price': '{number}' has a point, but the decimal mark is a comma; write {forms}, or "
            "use the decimal mark point"
        )


def test_rows_with_missing_values_can_be_skipped(tmp_path: Path) -> None:
    content = "a,b,k,note\n1,2,x,NA\n,4,y,\n5,n/a,x,\n7,8,NA,\n9,10,y,?\n"
    data = read(tmp_path, content, "k", ignored="note", skip_missing=True)
    assert (data.inputs, data.labels) == ([[1.0, 2.0], [9.0, 10.0]], [0, 1])
    assert refusal(tmp_path, content, "k", ignored="note").startswith("table.csv, line 3, column 'a': is empty")
    assert refusal(tmp_path, "a,k\n,x\n", skip_missing=True) == "table.csv: has a missing value in every row"
    assert "skip_missing" in refusal(tmp_path, content, skip_missing="yes")


def test_the_decimal_comma_is_explained_even_if_there_are_as_many_commas_as_semicolons(tmp_path: Path) -> None:
    message = refusal(tmp_path, "1,5;2,5;3\n2,5;3,5;4\n", header=False)
    assert message.startswith("table.csv, line 1, column 1: '1,5' is not a number; if the comma is a decimal mark, use")


# Columns by name and by number.


@pytest.mark.parametrize("column", ["k", 2, "2", -2, "-2", " k "])
def test_a_column_can_be_chosen_by_name_and_by_number(column: Any, tmp_path: Path) -> None:
    data = read(tmp_path, "a,k,b\n1,x,2\n3,y,4\n", column)
    assert (data.target_columns, data.columns, data.inputs) == (("k",), ("a", "b"), [[1.0, 2.0], [3.0, 4.0]])
    data = read(tmp_path, "a,k,b\n1,x,2.5\n3,y,4\n", ignored=[column])
    assert (data.target_columns, data.columns, data.targets) == (("b",), ("a",), [[2.5], [4.0]])


def test_a_column_named_3_is_chosen_by_the_text_3_but_not_by_the_number_3(tmp_path: Path) -> None:
    table = "3,a,b\n1.5,2.5,3.5\n4.5,5.5,6.5\n"
    assert read(tmp_path, table, "3", header=True).targets == [[1.5], [4.5]]
    assert read(tmp_path, table, 3, header=True).targets == [[3.5], [6.5]]


def test_a_column_without_a_name_can_be_ignored_by_its_number(tmp_path: Path) -> None:
    """pandas writes such a first column."""
    data = read(tmp_path, ",a,b\n0,1.5,2.5\n1,3.5,4.5\n", 2, ignored=[1])
    assert (data.target_columns, data.targets, data.inputs) == (("a",), [[1.5], [3.5]], [[2.5], [4.5]])


def test_targets_have_the_order_of_the_argument_and_inputs_the_order_of_the_file(tmp_path: Path) -> None:
    table = "a,b,c,d,e\n1,2,3,4,5\n6,7,8,9,10\n"
    data = read(tmp_path, table, ["e", "b"], ignored=[3])
    assert data == Dataset([[1.0, 4.0], [6.0, 9.0]], [[5.0, 2.0], [10.0, 7.0]], [], ("a", "d"), (), ("e", "b"))


def test_a_table_without_a_header(tmp_path: Path) -> None:
    data = read(tmp_path, "1,x,2\n3, y ,4\n", "2", header=False)
    assert data == Dataset(
        [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]], [0, 1], ("column 1", "column 3"), ("x", "y"), ("column 2",)
    )
    assert read(tmp_path, " x ,1\ny,2\nx,3\n", 1, header=False).labels == [0, 1, 0]


def test_a_column_with_a_duplicate_name_can_be_chosen_only_by_its_number(tmp_path: Path) -> None:
    table = "k,a,k\nx,1,2.5\ny,3,4.5\n"
    assert read(tmp_path, table, 3, ignored=[1]).targets == [[2.5], [4.5]]
    assert "number" in refusal(tmp_path, table, "k")
    assert "2 columns" in refusal(tmp_path, table, ignored=["k"])


# Classes and numbers.


def test_classes_are_sorted_and_equal_numbers_are_one_class(tmp_path: Path) -> None:
    """Texts are sorted by character codes, and numbers by value."""
    data = read(tmp_path, "a,k\n1,10\n2,9\n3,1.0\n4,1\n5,-2\n6,10.0\n", task="classification")
    assert data.classes == ("-2", "1.0", "9", "10")
    assert data.labels == [3, 2, 1, 1, 0, 3]
    assert data.targets == [datasets.one_hot(label, 4) for label in data.labels]
    assert read(tmp_path, "a,k\n1,b\n2,B\n3,a10\n4,a9\n").classes == ("B", "a10", "a9", "b")


@pytest.mark.parametrize(
    ("column", "task", "classes"),
    [
        ("x y x y", None, ("x", "y")),
        ("0 1 1 0", None, ("0", "1")),
        ("0 1 1 0", "regression", ("0", "1")),
        ("0 1 1 0.0", "regression", ("0", "1")),
        ("1.5 2 1.5 2", None, ()),
        ("1.5 2 1.5 2", "classification", ("1.5", "2")),
        ("3 5 3 5", "regression", ()),
        ("1 1 1 1", "regression", ()),
    ],
)
def test_targets_are_classes_or_numbers(column: str, task: str | None, classes: tuple[str, ...], tmp_path: Path) -> None:
    data = read(tmp_path, "a,k\n" + "".join(f"{at},{field}\n" for at, field in enumerate(column.split())), task=task)
    assert data.classes == classes
    assert bool(data.labels) == bool(classes)
    one_hot = bool(classes) and task != "regression"
    assert len(data.targets[0]) == (len(classes) if one_hot else 1)
    if not one_hot:
        assert [row[0] for row in data.targets] == list(map(float, column.split()))
    if classes:
        value = str if classes[0] == "x" else float  # 0 and 0.0 are the same class
        assert [value(classes[label]) for label in data.labels] == list(map(value, column.split()))


# Messages.

WRONG = {
    "text": ("a,b,k\n1,2,x\n3,oops,y\n", "table.csv, line 3, column 'b': 'oops'"),
    "below blank lines": ("\n\na,b,k\n\n1,2,x\n\n\n3,oops,y\n", "table.csv, line 8, column 'b': 'oops'"),
    "below quoted line breaks": ('a,"b\nc",k\n1,2,"x\n\n\ny"\n3,oops,y\n', "table.csv, line 7, column 'b\\nc': 'oops'"),
    "CRLF in quotes": ('a,b,k\r\n1,2,"x\r\ny"\r\n\r\n3,oops,y\r\n', "table.csv, line 5, column 'b': 'oops'"),
    "first row below a blank line": ("a,b,k\n\noops,2,x\n", "table.csv, line 3, column 'a': 'oops'"),
    "no header, first row": ("\n1,oops,x\n", "table.csv, line 2, column 2: 'oops'"),
    "no header, second row": ("1,2,x\n1,oops,x\n", "table.csv, line 2, column 2: 'oops'"),
    "ragged": ("a,b,k\n1,2,x\n\n3,4\n", "table.csv, line 4: has 2 fields, expected 3"),
    "empty label": ('a,b,k\n1,2,"x\n"\n3,4, \n', "table.csv, line 4, column 'k': is empty"),
    "not UTF-8": (b"a,b,k\n1,2,x\n\n3,\xe44,y\n", "table.csv, line 4: byte 0xe4 is not UTF-8"),
    "number instead of a name": ("\n\n1,2,x\n3,4,y\n", "table.csv, line 3: '1' is a number, expected a column name"),
    "nan": ("a,b,k\n1,nan,x\n3,4,y\n", "table.csv, line 2, column 'b': 'nan' is not a finite number"),
    "infinities that cancel": ("a,b,k\n1,2,x\ninf,-inf,y\n", "table.csv, line 3, column 'a': 'inf' is not a finite number"),
    "out of range": ("a,b,k\n1,-1e400,x\n3,4,y\n", "table.csv, line 2, column 'b': '-1e400' is not a finite number"),
    "hexadecimal": ("a,b,k\n1,0x10,x\n3,4,y\n", "table.csv, line 2, column 'b': '0x10' is not a number; write only digits"),
    "underscores": ("a,b,k\n1_000,2,x\n3,4,y\n", "table.csv, line 2, column 'a': '1_000'"),
    "thousands": ('a,b,k\n"1,234,567",2,x\n3,4,y\n', "table.csv, line 2, column 'a': '1,234,567'"),
    "empty number": ("a,b,k\n1,,x\n3,4,y\n", "table.csv, line 2, column 'b': is empty, expected a number; fill it in"),
    "several wrong numbers": (
        "a,b,k\n1,,x\nNA,4,y\n5,6,x\n7,nan,y\n",
        "table.csv, line 2, column 'b': is empty, expected a number; fill it in, or skip such rows (--skip-missing, in Python "
        "skip_missing=True); 3 rows have such an entry (lines [2, 3, 5]), in ['a', 'b']",
    ),
    "decimal comma": (
        "a;b;k\n1,5;2;x\n3;4;y\n",
        "table.csv, line 2, column 'a': '1,5' is not a number; if the comma is a decimal mark, use --decimal comma (in Python "
        "decimal=',')",
    ),
    "decimal comma in quotes": (
        'a,b,k\n1,2,x\n3,"4,5",y\n',
        "table.csv, line 3, column 'b': '4,5' is not a number; if the comma is a decimal",
    ),
    "decimal comma or thousands": (
        'a,k\n"1,150",x\n982,y\n',
        "table.csv, line 2, column 'a': '1,150' is not a number; if the comma is a"
        " decimal mark, use --decimal comma (in Python decimal=','), but if it separates thousands, write 1150",
    ),
    "NA": ("a,k\n1,x\n2,NA\n", "table.csv, line 3, column 'k': 'NA' is no label; fill it in, or skip such rows"),
    "NaN as a label": ("a,k\n1,2\n2,nan\n3,2\n4,2\n", "table.csv, line 3, column 'k': 'nan' is not a finite number"),
    "UTF-16": ("a,b,k\n1,2,x\n".encode("utf-16"), "table.csv, line 1: byte 0xff is not UTF-8; save the file as UTF-8"),
    "UTF-16 without a BOM": ("a,b,k\n1,2,x\n".encode("utf-16-le"), "table.csv, line 1: has a null byte"),
    "two inputs of one name": ("a,b, a ,k\n1,2,3,x\n", "table.csv, line 1: columns 1 and 3 are both named 'a'; rename one"),
    "an input with the name of the target": ("\nk,a,k\n1,2,x\n", "table.csv, line 2: columns 1 and 3 are both named 'k'"),
    "empty file": ("", "table.csv: is empty, expected a line of column names and rows of numbers"),
    "only blank lines": ("\ufeff\n\r\n  \n", "table.csv: is empty"),
    "only names": ("a,b,k\n", "table.csv: has no rows below the line"),
    "column without a name": ("a,,k\n1,2,x\n3,4,y\n", "table.csv, line 1: column 2 has no name; give it one, or ignore it"),
    "open quote": ('a,b,k\n1,2,x\n3,4,"y\n5,6,x\n7,8,y\n', "table.csv, line 3: unexpected end of data; is a quote left open?"),
    "open quote below others": ('a,b,k\n1,2,"x\ny"\n\n3,4,"y\n5,6,x\n', "table.csv, line 5: unexpected end of data"),
    "text after a quote": ('a,b,k\n1,2,"x"z\n3,4,y\n', "table.csv, line 2: ',' expected after '\"'; is a quote left open?"),
    "only carriage returns": ("a,b,k\r1,2,x\r3,4,y\r", "table.csv, line 1: lines end in carriage returns only"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_table_is_refused_with_the_line_number_that_an_editor_shows(name: str, tmp_path: Path) -> None:
    content, message = WRONG[name]
    header = False if name.startswith("no header") else None
    assert refusal(tmp_path, content, header=header).startswith(message)


@pytest.mark.parametrize(("rows", "line"), [("1,2.5\n\n2,oops\n", 4), ("1,oops\n", 2), ('"1\n",2.5\n2,1e999\n', 4)])
def test_an_error_in_a_target_names_its_line(rows: str, line: int, tmp_path: Path) -> None:
    """Targets are checked after the last row has been read."""
    assert refusal(tmp_path, f"a,y\n{rows}", task="regression").startswith(f"table.csv, line {line}, column 'y': ")


def test_messages_about_long_fields_and_many_columns_are_short(tmp_path: Path) -> None:
    long = "x" * 100_000
    assert read(tmp_path, f"a,k\n1,{long}\n2,y\n").classes == (long, "y")
    assert len(refusal(tmp_path, f"a,k\n{long},x\n2,y\n")) < 300
    assert len(refusal(tmp_path, ",".join(f"c{at}" for at in range(1000)) + "\n1\n", "nowhere at all")) < 300


def test_a_decimal_comma_is_replaced_only_in_numbers(tmp_path: Path) -> None:
    """Texts keep their commas. Rows with only empty fields are skipped."""
    path = tmp_path / "table.csv"
    path.write_text("a;b;k\n1,5;-2e1;red, big\n;;\n,25;3;4,5 blue\n", "utf-8")
    data = datasets.read_csv(path, "k", decimal=",")
    assert data.inputs == [[1.5, -20.0], [0.25, 3.0]]
    assert data.classes == ("4,5 blue", "red, big")
    assert datasets.read_csv(path, "a", inputs=["b"], decimal=",").targets == [[1.5], [0.25]]
    with pytest.raises(ValueError, match="decimal is 'comma', expected"):
        datasets.read_csv(path, decimal="comma")


@pytest.mark.parametrize("line", ["1,5;2,25\n", '"1,5","2,25"\n', "1,5|2,25\n"])
def test_a_decimal_comma_is_not_a_delimiter(line: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(2 * line, "utf-8")
    assert datasets.read_csv(path, [], header=False, decimal=",").inputs == [[1.5, 2.25]] * 2


def test_rows_to_predict_have_no_target(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,b,a\nx,1,2\ny,3,4\n", "utf-8")
    data = datasets.read_csv(path, [], inputs=["a", "b"])
    assert (data.inputs, data.columns, data.targets, data.classes) == ([[2.0, 1.0], [4.0, 3.0]], ("a", "b"), [], ())


@pytest.mark.parametrize(("n_values", "is_class"), [(20, True), (21, False)])
def test_few_whole_numbers_that_repeat_are_classes(n_values: int, is_class: bool, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + "".join(f"{row},{row % n_values}\n" for row in range(100)), "utf-8")
    assert bool(datasets.read_csv(path).classes) == is_class
