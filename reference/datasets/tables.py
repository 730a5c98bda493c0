"""Read a CSV file: input columns as numbers, target columns as text. Error messages name line and column.

The file is UTF-8. Its fields are separated by a comma, semicolon, tab or |.
"""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from itertools import chain
from typing import IO, NamedTuple

from reference.numbers.description import describe

DELIMITERS = ";\t|,"  # the comma is last: of equally frequent delimiters the first is chosen, and a comma may be decimal
LONGEST_LINE = 2**26
FILL_IN = "fill it in, or skip such rows (--skip-missing, in Python skip_missing=True)"
COLUMN = "--ignore the column"
CLASSES = "use --task classification if these are classes"
MISSING = ("", "na", "n/a", "nan", "null", "?")  # how files write a missing value, in small or capital letters

Column = str | int
Samples = list[tuple[int, list[str]]]  # the line number and the fields of each row
Choose = Callable[[list[str]], tuple[list[int], list[int]]]


class Table(NamedTuple):
    """The chosen columns of a file.

    source : the name of the file, for messages
    columns, inputs : names of the inputs, and one row of numbers for each sample
    target_columns, targets : names of the targets, and for each target the texts of all samples
    lines : the line number of each sample
    skipped : the line numbers of the rows that were left out because a value is missing
    """

    source: str
    columns: tuple[str, ...]
    inputs: list[list[float]]
    target_columns: tuple[str, ...]
    targets: list[list[str]]
    lines: list[int]
    skipped: list[int]

    def place(self, sample: int, column: str) -> str:
        """Return the place of an entry, such as "flowers.csv, line 7, column 'species'"."""
        return place(self.source, self.lines[sample], column)

    def numbers(self, target: int) -> list[float]:
        """Return a target column as numbers. Raises ValueError that names the first entry that is not a finite number."""
        samples = [(line, [text]) for line, text in zip(self.lines, self.targets[target], strict=True)]
        return [number for (number,) in numbers_of(samples, self.source, [self.target_columns[target]], [0], CLASSES)]


def read_table(
    lines: Iterable[bytes],
    source: str,
    choose: Choose,
    header: bool | None = None,
    decimal: str = ".",
    skip_missing: str = "",
) -> Table:
    """Return the inputs and targets of a CSV file. Raises ValueError that names the place of an error.

    `choose` takes the column names and returns the positions of the inputs and of the targets. `header` and `decimal` mean the
    same as in `read_csv`. `skip_missing` says which rows to leave out: "" none, "inputs" the rows in which an input is missing,
    "all" the rows in which an input or a target is missing.

    >>> read_table([b"x,kind", b"1.5,a", b"2,b"], "two.csv", lambda names: ([0], [1]))[1:5]
    (('x',), [[1.5], [2.0]], ('kind',), [['a', 'b']])
    """
    texts = list(texts_of(lines, source))
    first = next((text for text in texts if text.strip()), None)
    if first is None:
        raise ValueError(f"{source}: is empty, expected a line of column names and rows of numbers")
    rows = rows_of(texts, source, delimiter_of(first, decimal))
    start, fields = next(rows, (1, []))
    names = [field.strip() for field in fields]
    if header is False:
        rows, names = chain([(start, fields)], rows), [f"column {at}" for at in range(1, len(names) + 1)]
    try:
        inputs_at, targets_at = choose(names)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from None
    check_names(names, inputs_at, targets_at, place(source, start), header)
    used = [*inputs_at, *targets_at]
    columns, target_columns = (tuple(names[at] for at in places) for places in (inputs_at, targets_at))
    table = Table(source, columns, [], target_columns, [[] for _ in targets_at], [], [])
    samples = []
    for line, fields in rows:
        row = with_points(fields, source, line, names, used) if decimal == "," else fields
        if len(row) != len(names):
            where = place(source, line)
            raise ValueError(f"{where}: has {len(row)} fields, expected {len(names)} as in the first line")
        if skip_missing and any(is_missing(row[at]) for at in (inputs_at if skip_missing == "inputs" else used)):
            table.skipped.append(line)
            continue
        samples.append((line, row))
        table.lines.append(line)
        for column, at in zip(table.targets, targets_at, strict=True):
            column.append(row[at].strip())
    table.inputs.extend(numbers_of(samples, source, names, inputs_at))
    if not table.inputs:
        what = "a missing value in every row" if table.skipped else "no rows below the line of column names"
        raise ValueError(f"{source}: has {what}")
    return table


def texts_of(lines: Iterable[bytes], source: str) -> Iterator[str]:
    """Yield each line as text. Raises ValueError for a line that is too long, is not UTF-8, or has a null byte."""
    for number, line in enumerate(lines, 1):
        if len(line) == LONGEST_LINE:
            raise ValueError(f"{place(source, number)}: has {LONGEST_LINE:,} bytes or more; is this a table?")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            byte = f"byte {error.object[error.start]:#04x}"
            raise ValueError(f"{place(source, number)}: {byte} is not UTF-8; save the file as UTF-8") from None
        if "\0" in text:
            raise ValueError(f"{place(source, number)}: has a null byte; save the file as UTF-8")
        yield text


def limited_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file. A line longer than the limit is cut, so that `texts_of` refuses it."""
    return iter(partial(file.readline, LONGEST_LINE), b"")


def delimiter_of(line: str, decimal: str) -> str:
    """Return the most frequent delimiter outside quotes. If `decimal` is a comma, other delimiters are preferred to commas."""
    unquoted = "".join(line.split('"')[::2])
    others = DELIMITERS.replace(decimal, "")
    return max(others if any(mark in unquoted for mark in others) else DELIMITERS, key=unquoted.count)


def rows_of(texts: Iterable[str], source: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, fields) of every row that is not blank. A row of several lines has the number of its last line."""
    reader, end = csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True), 0
    try:
        for row in reader:
            end = reader.line_num
            if "".join(row).strip():
                yield end, row
    except csv.Error as error:
        why = f"{error}; is a quote left open?"
        if "new-line" in str(error):
            why = "lines end in carriage returns only; save the file with line feeds"
        raise ValueError(f"{place(source, end + 1)}: {why}") from None


def numbers_of(
    samples: Samples, source: str, names: list[str], places: list[int], otherwise: str = COLUMN
) -> list[list[float]]:
    """Return the numbers at these places of each row. `otherwise` is advice for an entry that is text.

    Raises ValueError that names the first wrong entry, and counts the rows with the same problem.
    """
    numbers = []
    for sample, (line, row) in enumerate(samples):
        try:
            numbers.append([number_of(row[at], source, line, names[at], otherwise) for at in places])
        except ValueError as error:
            raise ValueError(f"{error}{wrong_rows(samples[sample:], names, places)}") from None
    return numbers


def wrong_rows(samples: Samples, names: list[str], places: list[int]) -> str:
    """Return the end of a message: the rows and columns with the same problem as the first row, or "" if there are none.

    The problem is either a missing value, or another text that is not a finite number.

    >>> wrong_rows([(2, ["1", ""]), (3, ["NA", "2"]), (4, ["3", "4"]), (5, ["x", "6"])], ["age", "height"], [0, 1])
    "; 2 rows have such an entry (lines [2, 3]), in ['age', 'height']"
    """
    bad = {line: [at for at in places if not is_finite_number(row[at])] for line, row in samples}
    line, row = samples[0]
    missing = is_missing(row[bad[line][0]])
    same = {line: [at for at in bad[line] if is_missing(row[at]) == missing] for line, row in samples}
    lines = [line for line, places in same.items() if places]
    columns = [names[at] for at in sorted(set().union(*same.values()))]
    return f"; {len(lines):,} rows have such an entry (lines {describe(lines)}), in {describe(columns)}" if lines[1:] else ""


def with_points(row: list[str], source: str, line: int, names: list[str], used: list[int]) -> list[str]:
    """Return a row with points in place of decimal commas. Raises ValueError if a number in a used column has a point."""
    for name, field in ((names[at], row[at]) for at in used if at < len(row)):
        if "." in field and is_number(field):
            number = field.strip()
            thousands = f"{number.replace('.', '')} or " if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", number) else ""
            why = (
                f"{describe(number)} has a point, but the decimal mark is a comma; write {thousands}{number.replace('.', ',')}"
            )
            raise ValueError(f"{place(source, line, name)}: {why}, or use the decimal mark point")
    return list(map(with_point, row))


def with_point(field: str) -> str:
    """Return a number with a point in place of its decimal comma, and any other field unchanged.

    >>> with_point("-13,5"), with_point("red, big")
    ('-13.5', 'red, big')
    """
    number = field.replace(",", ".")
    return number if is_number(number) else field


def number_of(text: str, source: str, line: int, column: str, otherwise: str) -> float:
    """Return a text as a finite number. Raises ValueError that names the place and says what to do."""
    if is_finite_number(text):
        return float(text)
    text, comma = text.strip(), with_point(text.strip())
    if is_missing(text):
        what = f"{describe(text)} is not a finite number" if text else "is empty, expected a number"
        why = f"{what}; {FILL_IN}"
    elif is_number(text):
        why = f"{describe(text)} is not a finite number; correct it, or leave the row or the column out"
    elif is_number(comma):
        why = f"{describe(text)} is not a number; if the comma is a decimal mark, use --decimal comma (in Python decimal=',')"
        if re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
            why += f", but if it separates thousands, write {text.replace(',', '')}"
    elif re.match(r"\W*\d", text):
        why = f"{describe(text)} is not a number; write only digits, without units or thousands marks, or {otherwise}"
    else:
        columns = "write the column as 0/1 columns, " if otherwise == COLUMN else ""
        why = f"{describe(text)} is text, expected a number; correct it, {columns}or {otherwise}"
    raise ValueError(f"{place(source, line, column)}: {why}")


def is_missing(text: str) -> bool:
    """Whether a field is empty, or says that its value is missing."""
    return text.strip().lower() in MISSING


def is_number(text: str) -> bool:
    """Whether a text is a number, including nan and inf. 1_000 is not, although Python accepts it."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def is_finite_number(text: str) -> bool:
    """Whether a text is a finite number."""
    return is_number(text) and math.isfinite(float(text))


def check_names(names: list[str], inputs_at: list[int], targets_at: list[int], where: str, header: bool | None) -> None:
    """Raise ValueError if a column name is missing or appears twice.

    If header is None, also raise ValueError if the name of an input is a number.
    """
    first_at: dict[str, int] = {}
    for at in sorted((*inputs_at, *targets_at)):
        name = names[at]
        if header is None and at in inputs_at and is_number(name):
            why = f"{describe(name)} is a number, expected a column name"
            raise ValueError(f"{where}: {why}; if there is no header, say so (--no-header, in Python header=False)")
        if not name:
            raise ValueError(f"{where}: column {at + 1} has no name; give it one, or ignore it by its number")
        if name in first_at:
            both = f"columns {first_at[name] + 1} and {at + 1} are both named {describe(name)}"
            raise ValueError(f"{where}: {both}; rename one, or ignore one by its number")
        first_at[name] = at


def ignored_places(ignored: Iterable[Column], names: list[str]) -> set[int]:
    """Return the positions of the ignored columns. A text that has commas and is not a name is a list of columns."""
    places = set()
    for column in ignored:
        is_list = isinstance(column, str) and column.strip() not in names and "," in column
        places |= {place_of(each, names, "ignored column") for each in (str(column).split(",") if is_list else [column])}
    return places


def place_of(column: Column, names: list[str], what: str) -> int:
    """Return the position (from 0) of a column that is given by its name or its number (1 is the first, -1 the last).

    Raises ValueError if there is no such column, or if two columns have this name.

    >>> place_of("species", ["petal", "species"], "target"), place_of(-1, ["petal", "species"], "target")
    (1, 1)
    """
    name = column.strip() if isinstance(column, str) else None
    if name is not None and names.count(name) > 1:
        raise ValueError(f"{what} {describe(name)} is the name of {names.count(name)} columns; use the number of the column")
    if name is not None and name in names:
        return names.index(name)
    try:
        number = int(column)
    except ValueError:
        near = get_close_matches(str(name)[:50], names, 1, 0.5)
        hint = f"did you mean {describe(near[0])}?" if near else f"the columns are {describe(names)}"
        raise ValueError(f"{what} {describe(name)} does not exist; {hint}") from None
    if 1 <= abs(number) <= len(names):
        return number - 1 if number > 0 else len(names) + number
    raise ValueError(f"{what} {describe(number)} does not exist; columns count from 1 to {len(names)}, and -1 is the last")


def place(source: str, line: int, column: str | None = None) -> str:
    """Return the place of an entry or a line, such as "flowers.csv, line 7, column 'species'"."""
    if column is None:
        return f"{source}, line {line}"
    return f"{source}, line {line}, {column}" if nameless(column) else f"{source}, line {line}, column {describe(column)}"


def nameless(column: str) -> bool:
    """Whether the name of a column is like "column 3", as in a file without a header."""
    return column.startswith("column ") and column[7:].isdecimal()
