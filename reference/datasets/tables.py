"""Tables: a CSV file read row by row, some columns as numbers, others as text. A mistake is named by line and column.

UTF-8. Between the fields stands a comma, semicolon, tab or bar.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from itertools import chain
from typing import IO, NamedTuple

from reference.numbers.description import describe

DELIMITERS = ";\t|,"  # the comma last: it may stand in a decimal fraction
LONGEST_LINE = 2**26

Column = str | int
Choose = Callable[[list[str]], tuple[list[int], list[int]]]


class Table(NamedTuple):
    """Some columns of a file.

    source : its name, for messages
    columns, inputs : names of the inputs, and one row of numbers a sample
    target_columns, targets : names of the targets, and for each the texts of all samples
    lines : the line that each sample stands in
    """

    source: str
    columns: tuple[str, ...]
    inputs: list[list[float]]
    target_columns: tuple[str, ...]
    targets: list[list[str]]
    lines: list[int]

    def place(self, sample: int, column: str) -> str:
        """Return e.g. "flowers.csv, line 7, column 'species'"."""
        return place(self.source, self.lines[sample], column)

    def numbers(self, target: int) -> list[float]:
        """Return a column of targets as numbers; ValueError names the first entry that is none."""
        name, texts = self.target_columns[target], self.targets[target]
        return [number_of(text, self.source, line, name) for text, line in zip(texts, self.lines, strict=True)]


def read_table(lines: Iterable[bytes], source: str, choose: Choose, header: bool | None = None) -> Table:
    """Return the inputs and targets of a CSV file.

    Parameters
    ----------
    lines, source : its lines, for example the open file, and its name
    choose : from the names of all columns, the places (from 0) of the inputs and of the targets
    header : whether the first line holds names; None expects them, and refuses a line of numbers in their place

    Raises
    ------
    ValueError
        that names file, line and column of what is wrong, and what to do.

    >>> read_table([b"x,kind", b"1.5,a", b"2,b"], "two.csv", lambda names: ([0], [1]))[1:5]
    (('x',), [[1.5], [2.0]], ('kind',), [['a', 'b']])
    """
    texts = list(texts_of(lines, source))
    first = next((text for text in texts if text.strip()), None)
    if first is None:
        raise ValueError(f"{source}: is empty, expected a line of names and rows of numbers")
    rows = rows_of(texts, source, delimiter_of(first))
    start, fields = next(rows, (1, []))
    names = [field.strip() for field in fields]
    if header is False:
        rows, names = chain([(start, fields)], rows), [f"column {at}" for at in range(1, len(names) + 1)]
    try:
        inputs_at, targets_at = choose(names)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from None
    check_names(names, inputs_at, targets_at, place(source, start), header)
    columns, target_columns = (tuple(names[at] for at in places) for places in (inputs_at, targets_at))
    table = Table(source, columns, [], target_columns, [[] for _ in targets_at], [])
    for line, row in rows:
        if len(row) != len(names):
            where = place(source, line)
            raise ValueError(f"{where}: has {len(row)} fields, expected {len(names)} as in the first line")
        table.inputs.append([number_of(row[at], source, line, names[at]) for at in inputs_at])
        for column, at in zip(table.targets, targets_at, strict=True):
            column.append(row[at].strip())
        table.lines.append(line)
    if not table.inputs:
        raise ValueError(f"{source}: has no row of numbers below its line of names")
    return table


def texts_of(lines: Iterable[bytes], source: str) -> Iterator[str]:
    """Yield each line as text; ValueError names the first that is not UTF-8."""
    for number, line in enumerate(lines, 1):
        if len(line) == LONGEST_LINE:
            raise ValueError(f"{place(source, number)}: is longer than {LONGEST_LINE:,} bytes; is this a table?")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            byte = f"byte {error.object[error.start]:#04x}"
            raise ValueError(f"{place(source, number)}: {byte} is not UTF-8; save the file as UTF-8") from None
        if "\0" in text:
            raise ValueError(f"{place(source, number)}: a null byte is no text; save the file as UTF-8")
        yield text


def whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file; one without an end is cut off, and so refused, rather than read for ever."""
    return iter(partial(file.readline, LONGEST_LINE), b"")


def delimiter_of(line: str) -> str:
    """Return what stands between the fields of a line: the mark that stands most often outside quotes."""
    return max(DELIMITERS, key="".join(line.split('"')[::2]).count)


def rows_of(texts: Iterable[str], source: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the fields of every row that is not blank, and the line it ends in."""
    reader, end = csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True), 0
    try:
        for row in reader:
            end = reader.line_num
            if len(row) > 1 or "".join(row).strip():
                yield end, row
    except csv.Error as error:
        why = f"{error}; is a quote left open?"
        if "new-line" in str(error):
            why = "its lines end in carriage returns alone; save it with line feeds"
        raise ValueError(f"{place(source, end + 1)}: {why}") from None


def number_of(text: str, source: str, line: int, column: str) -> float:
    """Return a finite number; ValueError says where none stands, and what to do."""
    if is_number(text) and math.isfinite(float(text)):
        return float(text)
    text = text.strip()
    if not text:
        why = "is empty, expected a number; fill it in, or leave the row or the column out"
    elif is_number(text):
        why = f"{describe(text)} is no finite number; correct it, or leave the row or the column out"
    elif is_number(text.replace(",", ".")):
        why = f"{describe(text)} is no number; write {text.replace(',', '.')}, with a point"
    else:
        why = f"{describe(text)} is text where a number is meant; correct it, or ignore the column"
    raise ValueError(f"{place(source, line, column)}: {why}")


def is_number(text: str) -> bool:
    """Whether a text is a number, nan and inf among them; Python's 1_000 is none in data."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def check_names(names: list[str], inputs_at: list[int], targets_at: list[int], where: str, header: bool | None) -> None:
    """Raise ValueError where a line of names has the same twice, leaves a column without one, or is one of numbers."""
    first_at: dict[str, int] = {}
    for at in sorted((*inputs_at, *targets_at)):
        name = names[at]
        if header is None and at in inputs_at and is_number(name):
            raise ValueError(f"{where}: {describe(name)} is a number where a name is meant; is there no header (--no-header)?")
        if not name:
            raise ValueError(f"{where}: column {at + 1} has no name; give it one, or ignore it by its number")
        if name in first_at:
            both = f"columns {first_at[name] + 1} and {at + 1} are both named {describe(name)}"
            raise ValueError(f"{where}: {both}; rename one, or ignore one by its number")
        first_at[name] = at


def place_of(column: Column, names: list[str], what: str) -> int:
    """Return the place, from 0, of a column given by its name or by its number, which counts from 1 (-1 is the last).

    Raises ValueError for one that is not there, or that stands there twice.

    >>> place_of("species", ["petal", "species"], "target"), place_of(-1, ["petal", "species"], "target")
    (1, 1)
    """
    name = column.strip() if isinstance(column, str) else None
    if name is not None and names.count(name) > 1:
        raise ValueError(f"{what} {describe(name)} names {names.count(name)} columns; say which by its number")
    if name is not None and name in names:
        return names.index(name)
    try:
        number = int(column)
    except ValueError:
        near = get_close_matches(str(name)[:50], names, 1, 0.5)
        hint = f"did you mean {describe(near[0])}?" if near else f"the columns are {describe(names)}"
        raise ValueError(f"{what} {describe(name)} is not there; {hint}") from None
    if 1 <= abs(number) <= len(names):
        return number - 1 if number > 0 else len(names) + number
    raise ValueError(f"{what} {describe(number)} is not there; columns count from 1 to {len(names)}, or from the last as -1")


def place(source: str, line: int, column: str | None = None) -> str:
    """Return e.g. "flowers.csv, line 7, column 'species'"."""
    if column is None:
        return f"{source}, line {line}"
    return f"{source}, line {line}, {column}" if nameless(column) else f"{source}, line {line}, column {describe(column)}"


def nameless(column: str) -> bool:
    """Whether a column was named by its number, for want of a header."""
    return column.startswith("column ") and column[7:].isdecimal()
