"""Network files: JSON that is read without running anything and written whole or not at all.

    {"format": "nodesum network", "version": 1, "n_inputs": 3, "n_hidden": 4, "n_outputs": 2,
     "hidden": "leaky_relu", "output": "softmax", "loss": "cross_entropy", "dtype": "float64", "weights": [...]}

The weights are shortest decimals that give the same numbers back. An optional object "data" says how inputs were treated.
"""

import json
import os
import struct
import tempfile
from typing import Any, NamedTuple, NoReturn

from reference.architecture import Architecture, architecture
from reference.layout import Layout
from reference.vocabulary import DTYPES, one_of

FORMAT = "nodesum network"
VERSION = 1
FIELDS = ("format", "version", "n_inputs", "n_hidden", "n_outputs", "hidden", "output", "loss", "dtype", "weights")
LARGEST_SINGLE = 3.4028234663852886e38

Path = str | os.PathLike[str]


class NetworkFile(NamedTuple):
    """What a network file holds."""

    architecture: Architecture
    dtype: str
    weights: list[float]
    data: dict[str, Any] | None


def write_network(path: Path, content: NetworkFile) -> None:
    """Write a network file; an existing file is replaced only once the new one is complete."""
    net = content.architecture
    values = (FORMAT, VERSION, net.layout.n_inputs, net.layout.n_hidden, net.layout.n_outputs)
    values += (net.hidden, net.output, net.loss, content.dtype, content.weights)  # type: ignore[assignment]
    fields: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
    if content.data is not None:
        fields["data"] = content.data
    write_whole(path, json.dumps(fields, allow_nan=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text file beside its place and move it there, so that no one ever sees half of it."""
    target = os.path.realpath(path)
    handle, unfinished = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".", suffix=".unfinished")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(unfinished, permissions(target))
        os.replace(unfinished, target)
    except BaseException:
        os.unlink(unfinished)
        raise


def permissions(path: str) -> int:
    """Return the permissions of an existing file, or those that a new one would get."""
    if os.path.exists(path):
        return os.stat(path).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def read_network(path: Path) -> NetworkFile:
    """Read a network file and check everything in it.

    Raises ValueError that names the file and the field that is wrong; OSError where there is no such file.
    """
    with open(path, "rb") as file:
        content = file.read()

    def refuse(why: str) -> NoReturn:
        raise ValueError(f"{os.fspath(path)}: {why}")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                refuse(f"field {name!r} stands there twice")
        return dict(pairs)

    try:
        fields = json.loads(
            content.decode("utf-8"), object_pairs_hook=unique, parse_constant=lambda word: refuse(f"{word} is no number")
        )
    except UnicodeDecodeError:
        refuse("not a network file: not UTF-8 text")
    except json.JSONDecodeError as error:
        refuse(f"not a whole network file: {error.msg} in line {error.lineno}, column {error.colno}")
    except RecursionError:
        refuse("not a network file: nested too deeply")
    except ValueError as error:
        if str(error).startswith(os.fspath(path)):
            raise
        refuse(f"not a network file: {error}")
    if not isinstance(fields, dict):
        refuse("not a network file: no JSON object")
    if fields.get("format") != FORMAT:
        refuse(f"field 'format' is {fields.get('format')!r}, expected {FORMAT!r}")
    if type(fields.get("version")) is not int or fields["version"] != VERSION:
        refuse(f"field 'version' is {fields.get('version')!r}; this program reads version {VERSION}")
    for name in FIELDS:
        if name not in fields:
            refuse(f"field {name!r} is missing")
    for name in fields:
        if name not in (*FIELDS, "data"):
            refuse(f"field {name!r} is unknown")
    try:
        layout = Layout(fields["n_inputs"], fields["n_hidden"], fields["n_outputs"])
        net = architecture(layout, fields["hidden"], fields["output"], one_of_text(fields["loss"]))
        dtype = one_of(DTYPES, fields["dtype"], "dtype")
    except ValueError as error:
        refuse(f"field {error}")
    data = fields.get("data")
    if data is not None and not isinstance(data, dict):
        refuse("field 'data' is no JSON object")
    weights = fields["weights"]
    if not isinstance(weights, list) or len(weights) != layout.n_weights:
        count = f"has {len(weights)} entries" if isinstance(weights, list) else "is no list"
        refuse(f"field 'weights' {count}; a {layout} network has {layout.n_weights}")
    largest = LARGEST_SINGLE if dtype == "float32" else float("inf")
    for position, weight in enumerate(weights):
        if type(weight) not in (int, float) or not abs(weight) < float("inf") or abs(weight) > largest:
            refuse(f"field 'weights', entry {position} ({layout.name_of(position)}) is {weight!r}, not a finite {dtype} number")
    if dtype == "float32":
        return NetworkFile(net, dtype, [single(weight) for weight in weights], data)
    return NetworkFile(net, dtype, [float(weight) for weight in weights], data)


def one_of_text(loss: object) -> str:
    """Return the name of a loss: in a file it is never left out."""
    if not isinstance(loss, str):
        raise ValueError(f"loss is {loss!r}, expected a name")
    return loss


def single(x: float) -> float:
    """Return x rounded to single precision."""
    return float(struct.unpack("f", struct.pack("f", x))[0])


def shortest_single(x: float) -> float:
    """Return the float whose shortest decimal is the shortest that gives the single-precision number x back.

    >>> shortest_single(single(0.1))
    0.1
    """
    for digits in range(1, 10):
        candidate = float(f"{x:.{digits}g}")
        if abs(candidate) <= LARGEST_SINGLE and single(candidate) == x:
            return candidate
    return x
