"""Network files in JSON. Loading a file runs no code.

    {"format": "nodesum network", "version": 1, "n_inputs": 3, "n_hidden": 4, "n_outputs": 2,
     "hidden": "leaky_relu", "output": "softmax", "loss": "cross_entropy", "dtype": "float64", "weights": [...]}

Each weight is written as the shortest decimal that is read as the same number. An optional object "data" holds
`NeuralNetwork.data`, such as the names and scales of columns.
"""

import json
import math
import os
import sys
from typing import IO, Any, NamedTuple, NoReturn

from reference.numbers.description import describe
from reference.numbers.single import nearest_single
from reference.specification.architecture import Architecture
from reference.specification.files import LARGEST_FILE, Path, content_of, read_limited, write_whole
from reference.specification.names import DTYPES, LOSSES, one_of, suggestion

FORMAT = "nodesum network"
VERSION = 1
FIELDS = ("format", "version", "n_inputs", "n_hidden", "n_outputs", "hidden", "output", "loss", "dtype", "weights")
LARGEST_SINGLE = 3.4028234663852886e38
LARGEST_DOUBLE = sys.float_info.max
DEEPEST_DATA = 50  # levels of nested lists and objects

Data = dict[str, Any] | None


class NetworkFile(NamedTuple):
    """The content of a network file."""

    architecture: Architecture
    dtype: str
    weights: list[float]
    data: Data


def write_network(path: Path | IO[Any], content: NetworkFile) -> None:
    """Write a network to a path or to an open file, text or binary.

    Raises ValueError if JSON would change the data or the file would be too large, and OSError if it cannot be written.
    """
    text = text_of(content)
    if len(text) > LARGEST_FILE:
        raise ValueError(f"a network file may have {LARGEST_FILE >> 20} MiB; this one would have {len(text) >> 20} MiB")
    if not hasattr(path, "write"):
        return write_whole(path, text)
    try:
        path.write(text)
    except TypeError:  # a binary file
        path.write(text.encode())


def text_of(content: NetworkFile) -> str:
    """Return the text of a network file. Raises ValueError if JSON would change the data."""
    net = content.architecture
    values = FORMAT, VERSION, *net.sizes, *net.names.values(), content.dtype, content.weights
    fields: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
    if content.data is not None:
        check_data(content.data)
        try:
            same = fields_of(json.dumps(content.data, allow_nan=False).encode()) == content.data
        except (TypeError, ValueError, RecursionError):
            same = False
        if not same:
            raise ValueError(
                f"data is {describe(content.data)}, expected a dictionary that JSON can store; use texts, numbers and lists"
            )
        fields["data"] = content.data
    return json.dumps(fields, allow_nan=False) + "\n"


def read_network(path: Path | IO[Any]) -> NetworkFile:
    """Read a network from a path or an open file, text or binary, and check everything in it.

    Raises a ValueError that names the file if the content is not valid, and OSError if the file cannot be read.
    """
    if hasattr(path, "read"):
        file: Any = path
        name = str(getattr(file, "name", "the open file")).replace("<stdin>", "standard input")
        content = content_of(file, name)
    else:
        name = os.fsdecode(path)  # refuses a number, which `open` would use as a file descriptor
        content = read_limited(name)
    try:
        return network_of(content)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def network_of(content: bytes) -> NetworkFile:
    """Return the content of a network file from its bytes. Raises ValueError if the file is not valid."""
    fields = fields_of(content)
    for name, constant in (("format", FORMAT), ("version", VERSION)):
        if type(fields.get(name)) is not type(constant) or fields[name] != constant:
            raise ValueError(f"field {name!r} is {describe(fields.get(name))}, expected {constant!r}; is this a network file?")
    known = (*FIELDS, "data")
    for name in fields:
        if name not in known:
            raise ValueError(f"unknown field {describe(name)}; the fields are {', '.join(known)}{suggestion(name, known)}")
    for name in FIELDS:
        if name not in fields:
            raise ValueError(f"field {name!r} is missing")
    dtype = one_of(DTYPES, fields["dtype"], "field 'dtype'")
    one_of(LOSSES, fields["loss"], "field 'loss'")  # a file must name its loss; None is not allowed
    try:
        net = Architecture(*(fields[name] for name in ("n_inputs", "n_hidden", "n_outputs", "hidden", "output", "loss")))
    except ValueError as error:
        raise ValueError(f"field {error}") from None
    if not isinstance(fields.get("data", {}), dict):
        raise ValueError(f"field 'data' is {describe(fields['data'])}, expected an object")
    check_data(fields.get("data"))
    weights = fields["weights"]
    if not isinstance(weights, list) or len(weights) != net.layout.n_weights:
        size = f"has {len(weights)} entries" if isinstance(weights, list) else f"is {describe(weights)}"
        raise ValueError(f"field 'weights' {size}, expected {describe(net.layout.n_weights)} numbers")
    largest = LARGEST_SINGLE if dtype == "float32" else LARGEST_DOUBLE
    for position, weight in enumerate(weights):
        if type(weight) not in (int, float) or not -largest <= weight <= largest:
            entry = f"field 'weights', entry {position} ({net.layout.name_of(position)})"
            raise ValueError(f"{entry} is {describe(weight)}, expected a finite {dtype} number")
    as_number = nearest_single if dtype == "float32" else float
    return NetworkFile(net, dtype, [as_number(weight) for weight in weights], fields.get("data"))


def check_data(data: Any) -> None:
    """Raise ValueError if `data` has a number that is not finite (JSON reads 1e999 as inf) or is nested too deeply."""
    to_check = [("data", data, 0)]
    while to_check:
        name, value, depth = to_check.pop()
        if depth > DEEPEST_DATA:
            raise ValueError(f"field {describe(name)} is nested more than {DEEPEST_DATA} levels deep")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"field {describe(name)} is {value}, expected a finite number")
        if isinstance(value, dict):
            to_check += [(f"{name}.{key}", entry, depth + 1) for key, entry in value.items()]
        elif isinstance(value, list):
            to_check += [(f"{name}[{at}]", entry, depth + 1) for at, entry in enumerate(value)]


def fields_of(content: bytes) -> dict[str, Any]:
    """Return the fields of a JSON object. Raises ValueError for other content, a duplicate field, NaN or Infinity."""
    try:
        fields = json.loads(
            content.decode("utf-8"), object_pairs_hook=unique, parse_constant=no_number, parse_int=whole_number_or_float
        )
    except UnicodeDecodeError:
        raise ValueError("not a network file: not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not a valid network file: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("not a network file: nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError(f"not a network file: {describe(fields)} is not a JSON object")
    return fields


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dictionary. Raises ValueError for a duplicate field."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise ValueError(f"field {describe(name)} appears twice; remove one")
        fields[name] = value
    return fields


def whole_number_or_float(digits: str) -> int | float:
    """Return a whole number, or a float if the number has 20 digits or more. No size of a network is so long."""
    return int(digits) if len(digits) < 20 else float(digits)


def no_number(word: str) -> NoReturn:
    """Raise ValueError for NaN and Infinity, which are not valid JSON."""
    raise ValueError(f"{word} is not a finite number")


def shortest_single(x: float) -> float:
    """Return the float with the fewest decimal digits that rounds to the single-precision number x.

    >>> shortest_single(nearest_single(0.1))
    0.1
    """
    for digits in range(1, 10):
        candidate = float(f"{x:.{digits}g}")
        if abs(candidate) <= LARGEST_SINGLE and nearest_single(candidate) == x:
            return candidate
    return x
