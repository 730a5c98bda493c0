"""Files of vectors and of answers, read: everything in them is looked at, and what is wrong is told by file and line."""

import json
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from reference.layout import Layout
from reference.numbers.shown import shown
from reference.oracle.answers import Candidate, Misshapen, NoAnswer, read
from reference.oracle.cases import Case
from reference.oracle.child import LARGEST
from reference.oracle.expected import Right, right
from reference.oracle.program import answer_of, goes_on
from reference.oracle.settings import OPTIMIZERS, setting_of
from reference.oracle.steps import STAGES
from reference.oracle.vectors import FIELDS, FORMAT, NUMBERS, VERSION, hex_of, rounded
from reference.specification.door import whole_number
from reference.specification.files import LARGEST_FILE, Path, no_number, unique, whole_number_or_float


def read_vectors(path: Path) -> list[Case]:
    """Return the cases of a file of vectors; ValueError that names file and line for anything that is wrong in it."""
    found: list[Case] = []
    count = None
    for number, line in numbered(path):
        try:
            fields = fields_of(line)
            if count is None:
                count = count_in(fields)
            else:
                found.append(case_of(fields, len(found) + 1))
        except (ValueError, NoAnswer, Misshapen) as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
    if count is None:
        raise ValueError(f"{path} is empty, expected a file of vectors")
    if count != len(found):
        raise ValueError(f"{path} holds {len(found)} vectors where its first line says {count}")
    return found


def numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, and their numbers; ValueError where a line or the file has no end."""
    size = 0
    with open(path, "rb") as file:
        for number, line in enumerate(iter(partial(file.readline, LARGEST + 1), b""), 1):
            size += len(line)
            if len(line) > LARGEST or size > LARGEST_FILE:
                limits = f"a line has at most {LARGEST >> 20} MiB, a file {LARGEST_FILE >> 20} MiB"
                raise ValueError(f"{path}, line {number}: {limits}; is this the right file?")
            if stripped := line.strip():
                yield number, stripped


def fields_of(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line; ValueError for anything else."""
    try:
        text = line.decode("utf-8")
        fields = json.loads(text, object_pairs_hook=unique, parse_int=whole_number_or_float, parse_constant=no_number)
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8 text") from None
    except RecursionError:
        raise ValueError("this is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"this is no JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(fields, dict):
        raise ValueError(f"this is {shown(fields)}, expected a JSON object")
    return fields


def count_in(fields: dict[str, Any]) -> int:
    """Return how many vectors the first line promises; ValueError where it is none of ours."""
    for name, known in (("format", FORMAT), ("version", VERSION)):
        if type(fields.get(name)) is not type(known) or fields[name] != known:
            raise ValueError(f"field {name!r} is {shown(fields.get(name))}, expected {known!r}: no vectors for this program")
    return whole_number(fields.get("vectors"), "field 'vectors'", least=1)


def case_of(fields: dict[str, Any], expected: int) -> Case:
    """Return the case of a vector; ValueError where anything in it is wrong, its right answers included."""
    if odd := sorted(FIELDS ^ set(fields)):
        raise ValueError(f"field {shown(odd[0])} is {'missing' if odd[0] in FIELDS else 'not known'}")
    if fields["vector"] != expected:
        raise ValueError(f"this is vector {shown(fields['vector'])}, expected {expected}")
    for name in ("first", "flags", "kills"):
        if not isinstance(fields[name], list) or not all(isinstance(word, str) for word in fields[name]):
            raise ValueError(f"field {name!r} is {shown(fields[name])}, expected a list of texts")
    if not isinstance(fields["purpose"], str):
        raise ValueError(f"field 'purpose' is {shown(fields['purpose'])}, expected a text")
    layout = Layout(fields["n_inputs"], fields["n_hidden"], fields["n_outputs"])
    words = {name: fields[name] for name in ("hidden", "output", "loss", "reduction", "l2", "rule", "learning_rate", "steps")}
    setting = setting_of(**words, optimizer=optimizer_of(fields["optimizer"]), biases=True)
    inputs = fields["inputs"]
    one = isinstance(inputs, list) and not any(isinstance(each, list) for each in inputs)
    if not isinstance(inputs, list) or not inputs or not isinstance(fields["hex"], dict):
        raise ValueError("field 'inputs' or 'hex' holds nothing")
    case = Case(setting, layout, [], [[]] if one else [[] for _ in inputs], [], one, fields["purpose"])
    rows = {name: numbers_in(fields, name, case) for name in NUMBERS}
    case = case._replace(weights=rows["weights"][0], inputs=rows["inputs"], targets=rows["targets"])
    check_right(fields["right"], rounded(right(case, STAGES)))
    return case


def optimizer_of(fields: Any) -> Any:
    """Return the optimizer of its fields; ValueError where there is none such."""
    if fields is None:
        return None
    try:
        return OPTIMIZERS[fields["name"]](**{name: value for name, value in fields.items() if name != "name"})
    except (TypeError, KeyError, AttributeError):
        raise ValueError(f"field 'optimizer' is {shown(fields)}, expected null or one of {', '.join(OPTIMIZERS)}") from None


def numbers_in(fields: dict[str, Any], name: str, case: Case) -> list[list[float]]:
    """Return the rows of a field, whose decimals and hex digits must be the same numbers."""
    size = {"weights": case.layout.n_weights, "inputs": case.layout.n_inputs, "targets": case.layout.n_outputs}[name]
    flat = case.one or name == "weights"
    rows, bits = fields[name], fields["hex"].get(name)
    rows, bits = ([rows], [bits]) if flat else (rows, bits)
    count = 1 if flat else len(case.inputs)
    for given in (rows, bits):
        if not isinstance(given, list) or len(given) != count or any(not isinstance(r, list) or len(r) != size for r in given):
            raise ValueError(f"field {name!r} or its hex is not {count} times {size} numbers")
    found: list[list[float]] = []
    for row, digits in zip(rows, bits, strict=True):
        for x, word in zip(row, digits, strict=True):
            if type(x) not in (int, float) or not math.isfinite(x):
                raise ValueError(f"field {name!r} holds {shown(x)}, expected a finite number")
            if hex_of(float(x)) != word:
                raise ValueError(f"field {name!r} holds {x!r}, whose bits are {hex_of(float(x))}, and in hex {shown(word)}")
        found.append(list(map(float, row)))
    return found


def check_right(given: Any, own: dict[str, list[Right]]) -> None:
    """Raise ValueError where a file's right answers or their allowances are others than ours."""
    if not isinstance(given, dict) or set(given) != set(own):
        raise ValueError(f"field 'right' does not hold the stages {', '.join(own)}")
    for stage, numbers in own.items():
        wanted = [hex_of(number.value) for number in numbers]
        answer = given[stage]
        decimal = [number.value for number in numbers]
        if not isinstance(answer, dict) or answer.get("hex") != wanted or answer.get("decimal") != decimal:
            raise ValueError(f"the right {stage} in this line are not those of the reference")
        if answer.get("allowance") != [number.allowance for number in numbers]:
            raise ValueError(f"the allowances of {stage} in this line are not those of the reference")


# ---- answers


def read_answers(path: Path, asked: list[Case]) -> list[Any]:
    """Return the answers of a file, one a line in the order of the vectors, a NoAnswer where one is skipped or failed.

    Raises ValueError that names file and line for anything that is no answer.
    """
    found: list[Any] = []
    for number, line in numbered(path):
        if len(found) == len(asked):
            raise ValueError(f"{path}, line {number}: this is one answer too many, there are {len(asked)} vectors")
        try:
            found.append(answer_of(line))
            read(found[-1], asked[len(found) - 1], set())
        except Misshapen:
            pass  # these are numbers, and wrong
        except NoAnswer as error:
            if goes_on(error):
                found.append(error)
                continue
            raise ValueError(f"{path}, line {number}: {error}") from None
    if len(found) < len(asked):
        raise ValueError(f"{path} holds {len(found)} answers to {len(asked)} vectors")
    return found


def answers_by(candidate: Candidate, asked: list[Case]) -> list[Any]:
    """Return what a candidate answers to every case, a NoAnswer where it gives none; the first that ends it is the last."""
    found: list[Any] = []
    for case in asked:
        try:
            found.append(candidate(case.question()))
        except NoAnswer as error:
            found.append(error)
            if not goes_on(error):
                break
    return found


def replayed(asked: list[Case], answers: list[Any]) -> Candidate:
    """Return a candidate that gives these answers to these cases again."""
    known = {json.dumps(case.question()): given for case, given in zip(asked, answers, strict=True)}

    def candidate(case: Any) -> Any:
        given = known[json.dumps(case)]
        if isinstance(given, NoAnswer):
            raise given
        return given

    return candidate
