"""Tables: a CSV file read row by row, its columns taken as inputs or as targets, its mistakes named by line and column.

UTF-8; a comma, semicolon, tab or bar between the fields, quotes where they are needed; one pass, time and memory linear.
"""

import csv
import gc
import math
import re
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import partial
from itertools import chain
from typing import IO, Any, NamedTuple

from reference.numbers.shown import shown

DELIMITERS = ",;\t|"
LONGEST_LINE = 2**26

Column = str | int
Choose = Callable[[list[str]], tuple[list[int], list[int]]]


class Table(NamedTuple):
    """The columns of a file that are wanted.

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
    lines: "array[int]"

    def place(self, sample: int, column: str) -> str:
        """Return e.g. "flowers.csv, line 7, column 'species'"."""
        return place(self.source, self.lines[sample], column)

    def numbers(self, target: int) -> list[float]:
        """Return a column of targets as numbers; ValueError names the first entry that is none."""
        name, texts = self.target_columns[target], self.targets[target]
        try:
            numbers = list(map(float, texts))
            if all(map(math.isfinite, numbers)) and not any("_" in text for text in texts):
                return numbers
        except ValueError:
            pass
        return [number_of(text, lambda s=s: self.place(s, name)) for s, text in enumerate(texts)]  # type: ignore[misc]


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
    numbered = Lines(lines, source)
    first, second = numbered.peeked()
    start = numbered.line
    delimiter, table = delimiter_of(first, second), None
    rows: Iterable[list[str]] = csv.reader(numbered.texts, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        names = next(iter(rows))
        if header is False:
            rows, names = chain([names], rows), [f"column {at}" for at in range(1, len(names) + 1)]
        names = [name.strip() for name in names]
        try:
            inputs_at, targets_at = choose(names)
        except ValueError as error:
            raise ValueError(f"{source}: {error}") from None
        if header is not False:
            check_names(names, inputs_at, targets_at, place(source, start), any_name=header is True)
        columns, target_columns = (tuple(names[at] for at in places) for places in (inputs_at, targets_at))
        numbered.row_end = start if header is not False else start - 1
        table = Table(source, columns, [], target_columns, [[] for _ in targets_at], array("Q"))
        fill(table, rows, numbered, len(names), inputs_at, targets_at)
    except csv.Error as error:
        why = f"{error}; is a quote left open?"
        if "new-line" in str(error):
            why = "its lines end in carriage returns alone; save it with line feeds"
        opened = start if table is None else numbered.row_end + 1
        raise ValueError(f"{place(source, opened)}: {why}") from None
    if not table.inputs:
        raise ValueError(f"{source}: has no row of numbers below its line of names")
    return table


def delimiter_of(first: str, second: str) -> str:
    """Return what stands between the fields: outside quotes as often in both of the first lines, and most often.

    Where another mark may, a comma between two digits is one of a decimal fraction.
    """
    first, second = (re.sub('"[^"]*"', "", line) for line in (first, second))
    if any(first.count(mark) == second.count(mark) > 0 for mark in DELIMITERS[1:]):
        first, second = (re.sub(r"(?<=\d),(?=\d)", "", line) for line in (first, second))
    return max(DELIMITERS, key=lambda mark: (first.count(mark) == second.count(mark) > 0, first.count(mark)))


def whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file; one without an end is cut off, and so refused, rather than read for ever."""
    return iter(partial(file.readline, LONGEST_LINE), b"")


def fill(
    table: Table, rows: Iterable[list[str]], numbered: "Lines", width: int, inputs_at: list[int], targets_at: list[int]
) -> None:
    """Add every row to the table: this loop meets every field of the file, so it does little."""
    texts_at: dict[int, Any] = dict(zip(targets_at, table.targets, strict=True))
    nowhere: deque[str] = deque(maxlen=0)
    taken = [(at, texts_at.get(at, nowhere)) for at in sorted(set(range(width)) - set(inputs_at), reverse=True)]
    known: dict[str, str] = {}  # one string for all the samples of a class
    for row in rows:
        if len(row) != width:
            if not "".join(row).strip():
                numbered.row_end = numbered.line
                continue
            line = place(table.source, numbered.line)
            raise ValueError(f"{line}: has {len(row)} fields, expected {width} as in the first line")
        for at, texts in taken:
            text = row.pop(at)
            texts.append(known.setdefault(text, text.strip()))
        try:
            numbers = list(map(float, row))
        except ValueError:
            numbers = [math.nan]
        if not math.isfinite(sum(numbers)) or "_" in "".join(row):
            numbers = checked(row, table, numbered)
        table.inputs.append(numbers)
        numbered.row_end = numbered.line
        table.lines.append(numbered.line)


def checked(row: list[str], table: Table, numbered: "Lines") -> list[float]:
    """Return the fields of a row as finite numbers; ValueError names the first that is none."""
    return [
        number_of(text, lambda column=column: place(table.source, numbered.line, column))  # type: ignore[misc]
        for text, column in zip(row, table.columns, strict=True)
    ]


def number_of(text: str, where: Callable[[], str]) -> float:
    """Return a finite number; ValueError says where none stands."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and "_" not in text:
        return number
    text = text.strip()
    if not text:
        raise ValueError(f"{where()}: is empty, expected a number; fill it in, or leave the row or the column out")
    if "," in text and is_number(text.replace(",", ".", 1)):
        raise ValueError(f"{where()}: {shown(text)} is no number; write {text.replace(',', '.')}, with a point")
    if "_" in text and math.isfinite(number):
        raise ValueError(f"{where()}: {shown(text)} is no number as data hold it; write {text.replace('_', '')}")
    if number == number or is_number(text):
        raise ValueError(f"{where()}: {shown(text)} is no finite number; correct it, or leave the row or the column out")
    raise ValueError(f"{where()}: {shown(text)} is text where a number is meant; correct it, or ignore the column")


def is_number(text: str) -> bool:
    """Whether a text is a number as Python writes it, nan and inf among them."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def check_names(names: list[str], inputs_at: list[int], targets_at: list[int], line: str, any_name: bool) -> None:
    """Raise ValueError where a first line of names has the same twice, is one of numbers, or leaves a column without a name.

    Where the user says that these are names, `any_name` will do, numbers and none included.
    """
    for at in (*inputs_at, *targets_at):
        if at in inputs_at and is_number(names[at]) and not any_name:
            raise ValueError(f"{line}: {shown(names[at])} is a number where a name is meant; is there no header (--no-header)?")
        if not names[at] and not any_name:
            raise ValueError(f"{line}: column {at + 1} has no name; give it one, or ignore it by its number")
    taken: dict[str, int] = {}
    for at in sorted((*inputs_at, *targets_at)):
        if names[at] in taken:
            both = f"columns {taken[names[at]] + 1} and {at + 1} are both named {shown(names[at])}"
            raise ValueError(f"{line}: {both}; rename one, or ignore one by its number")
        if names[at]:
            taken[names[at]] = at


def place_of(column: Column, names: list[str], what: str) -> int:
    """Return the place, from 0, of a column given by its name or by its number, which counts from 1 (-1 is the last).

    Raises ValueError for one that is not there, or that stands there twice.

    >>> place_of("species", ["petal", "species"], "target"), place_of(-1, ["petal", "species"], "target")
    (1, 1)
    """
    name = column.strip() if isinstance(column, str) else None
    if name is not None and names.count(name) > 1:
        raise ValueError(f"{what} {shown(name)} names {names.count(name)} columns; say which by its number")
    if name is not None and name in names:
        return names.index(name)
    try:
        number = int(column)
    except ValueError:
        near = get_close_matches(str(name)[:50], names, 1, 0.5)
        hint = f"did you mean {shown(near[0])}?" if near else f"the columns are {shown(names)}"
        raise ValueError(f"{what} {shown(name)} is not there; {hint}") from None
    if 1 <= abs(number) <= len(names):
        return number - 1 if number > 0 else len(names) + number
    raise ValueError(f"{what} {shown(number)} is not there; columns count from 1 to {len(names)}, or from the last as -1")


def place(source: str, line: int, column: str | None = None) -> str:
    """Return e.g. "flowers.csv, line 7, column 'species'"."""
    if column is None:
        return f"{source}, line {line}"
    return f"{source}, line {line}, {column}" if nameless(column) else f"{source}, line {line}, column {shown(column)}"


def nameless(column: str) -> bool:
    """Whether a column was named by its number, for want of a header."""
    return column.startswith("column ") and column[7:].isdecimal()


class Lines:
    """The lines of a file as text, and the number of the one that was read last."""

    def __init__(self, lines: Iterable[bytes], source: str) -> None:
        self.source = source
        self.line = self.row_end = 0
        self.texts = self.decoded(lines)

    def peeked(self) -> tuple[str, str]:
        """Return the first line that is not empty, and the next, which are read again; ValueError where there is none."""
        first = next((text for text in self.texts if text.strip()), None)
        if first is None:
            raise ValueError(f"{self.source}: is empty, expected a line of names and rows of numbers")
        start, second, others = self.line, next(self.texts, ""), self.texts

        def again() -> Iterator[str]:
            for self.line, text in ((start, first), (start + 1, second)):
                if text:
                    yield text
            yield from others

        self.line, self.texts = start, again()
        return first, second

    def decoded(self, lines: Iterable[bytes]) -> Iterator[str]:
        """Yield each line as text; ValueError names the first that is not UTF-8."""
        for self.line, line in enumerate(lines, 1):
            if len(line) == LONGEST_LINE:
                raise ValueError(f"{place(self.source, self.line)}: is longer than {LONGEST_LINE:,} bytes; is this a table?")
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                bad = f"byte {error.object[error.start]:#04x}"
                raise ValueError(f"{place(self.source, self.line)}: {bad} is not UTF-8; save the file as UTF-8") from None
            if "\0" in text:
                raise ValueError(f"{place(self.source, self.line)}: a null byte is no text; save the file as UTF-8")
            yield text.removeprefix("\ufeff") if self.line == 1 else text


@contextmanager
def no_collector() -> Iterator[None]:
    """Read without the collector of cycles: rows hold none, and it would walk through all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
