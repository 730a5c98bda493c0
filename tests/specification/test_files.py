"""Network files are written completely or not at all. Loading restores every number bit for bit and checks every field."""

import errno
import json
import math
import os
import re
import stat
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import reference
import reference.specification.files
import reference.specification.network_file
import vectorized
from reference.numbers.single import nearest_single
from reference.specification.architecture import Architecture
from reference.specification.names import HIDDEN, LOSSES, OUTPUT
from reference.specification.network_file import NetworkFile, read_network, shortest_single, write_network
from tests.strategies import PAIRS
from tests.thorough import mark_slow_in

PACKAGES = [reference, vectorized]
both_packages = pytest.mark.parametrize("package", PACKAGES, ids=["reference", "vectorized"])

GOOD = {
    "format": "nodesum network",
    "version": 1,
    "n_inputs": 1,
    "n_hidden": 2,
    "n_outputs": 1,
    "hidden": "tanh",
    "output": "sigmoid",
    "loss": "squared_error",
    "dtype": "float64",
    "weights": [0.5, -0.25, 0.0, 1.0, 1e-300, 3, -0.0],
}


def network(package: Any = reference, **how: Any) -> Any:
    """Return the network whose file has the fields GOOD."""
    names = {"hidden": "tanh", "output": "sigmoid", "loss": "squared_error"}
    return package.NeuralNetwork(1, 2, 1, **names, **({"weights": GOOD["weights"]} | how))


def bits(numbers: Any) -> list[bytes]:
    """Return the bits of floats, so that -0.0 differs from 0.0."""
    return [struct.pack("d", float(number)) for number in numbers]


def refusal(path: Path, content: object) -> str:
    """Write the content to a file, and return the message that both packages raise when they load the file."""
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    messages = []
    for package in PACKAGES:
        with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
            package.NeuralNetwork.load(path)
        assert type(caught.value) is ValueError
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert messages[0].startswith(f"{path}: ")
    return messages[0].removeprefix(f"{path}: ")


def test_the_file_format_never_changes(tmp_path: Path) -> None:
    texts = set()
    for package in PACKAGES:
        network(package).save(tmp_path / "net.json")
        texts.add((tmp_path / "net.json").read_text())
    assert texts == {
        '{"format": "nodesum network", "version": 1, "n_inputs": 1, "n_hidden": 2, "n_outputs": 1, "hidden": "tanh", '
        '"output": "sigmoid", "loss": "squared_error", "dtype": "float64", '
        '"weights": [0.5, -0.25, 0.0, 1.0, 1e-300, 3.0, -0.0]}\n'
    }


# Loading restores what was saved.

singles = st.floats(allow_nan=False, allow_infinity=False, width=32)
HARD = [5e-324, -0.0, 0.1, 1.7976931348623157e308, 2.2250738585072014e-308, -1e23, 9007199254740993.0]
HARD_SINGLES = [1.401298464324817e-45, -0.0, 3.4028234663852886e38, 1.1754943508222875e-38, 0.1, 16777217.0, 7.0064923e-45]


@both_packages
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=7, max_size=7))
@example(HARD)
def test_loading_restores_double_precision_bit_for_bit(tmp_path: Path, package: Any, weights: list[float]) -> None:
    path = tmp_path / "net.json"
    network(package, weights=weights).save(path)
    for reader in PACKAGES:
        assert bits(reader.NeuralNetwork.load(path).weights) == bits(weights)


@given(st.lists(singles, min_size=7, max_size=7))
@example(HARD_SINGLES)
def test_loading_restores_single_precision_bit_for_bit(tmp_path: Path, weights: list[float]) -> None:
    path, saved = tmp_path / "net.json", np.array(weights, "f4")
    texts = []
    for net in (network(vectorized, weights=saved, dtype="float32"), network(reference, weights=saved)):
        net.save(path)
        texts.append(path.read_text())
        loaded = vectorized.NeuralNetwork.load(path)
        assert loaded.dtype == "float32"
        assert loaded.weights.dtype == "float32"
        for each in (loaded, reference.NeuralNetwork.load(path)):
            assert bits(each.weights) == bits(saved)
    assert texts[0] == texts[1]


@given(singles)
@example(3.4028234663852886e38)
@example(1.401298464324817e-45)
@example(16777216.0)
@example(114.9325942993164)  # needs nine digits
def test_single_precision_has_as_few_digits_as_numpy_writes(x: float) -> None:
    def digits(text: str) -> int:
        return len(text.lower().split("e")[0].replace(".", "").replace("-", "").strip("0"))

    text = repr(shortest_single(x))
    assert bits([np.float32(text)]) == bits([x])
    if abs(shortest_single(x)) < 3.4028234e38:  # NumPy rounds the digits of the largest number up, to 3.4028235e38
        assert digits(text) == digits(np.format_float_scientific(np.float32(x), unique=True))


def test_rounding_to_single_precision_agrees_with_numpy() -> None:
    for x in (0.1, -0.0, 1 / 3, 1e-46, 16777217.0, 3.4028234663852886e38, 2.0**-149 * 1.5):
        assert bits([nearest_single(x)]) == bits([np.float32(x)])


@both_packages
@pytest.mark.parametrize("hidden", mark_slow_in(HIDDEN, "tanh", "relu", "identity"))
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_loading_restores_every_architecture(tmp_path: Path, package: Any, hidden: str, output: str, loss: str) -> None:
    net = package.NeuralNetwork(3, 2, 4, hidden=hidden, output=output, loss=loss, seed=5)
    net.save(tmp_path / "net.json")
    for reader in PACKAGES:
        loaded = reader.NeuralNetwork.load(tmp_path / "net.json")
        assert loaded.architecture == net.architecture
        assert bits(loaded.weights) == bits(net.weights)


def test_a_loaded_network_continues_the_training(tmp_path: Path) -> None:
    for writer in PACKAGES:
        net = network(writer)
        net.train([[0.5], [1.0]], [[0], [1]], epochs=3)
        net.save(tmp_path / "net.json")
        loaded = writer.NeuralNetwork.load(tmp_path / "net.json")
        assert bits(loaded.predict([0.25])) == bits(net.predict([0.25]))
        losses = loaded.train([[0.5], [1.0]], [[0], [1]], epochs=3)
        assert bits(losses) == bits(net.train([[0.5], [1.0]], [[0], [1]], epochs=3))


def test_loading_restores_the_data(tmp_path: Path) -> None:
    data = {"columns": ["länge", "x2"], "scale": [0.1, 5e-324], "classes": None, "deep": {"a": [1, {"b": True}]}}
    net = Architecture(1, 1, 1, "tanh", "sigmoid")
    write_network(tmp_path / "net.json", NetworkFile(net, "float64", [0.1, 0.2, 0.3, 0.4], data))
    assert read_network(tmp_path / "net.json") == NetworkFile(net, "float64", [0.1, 0.2, 0.3, 0.4], data)
    assert vectorized.NeuralNetwork.load(tmp_path / "net.json").weights.tolist() == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("number", [Fraction, np.float16, np.longdouble, reference.Bounded])
def test_only_floats_are_saved(tmp_path: Path, number: Any) -> None:
    net = network(weights=[number(1)] * 7)
    with pytest.raises(
        ValueError, match=f"a file can only hold floats, but the weights are {number.__name__}; convert them to float first"
    ):
        net.save(tmp_path / "net.json")
    assert not os.listdir(tmp_path)


# A file is written completely or not at all.


def test_a_path_may_be_text_bytes_or_a_path_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (
        "net",
        "a b.json",
        "ä'\"*?.json",
        "-",
        "x" * 250,
        ".json",
        Path("p.json"),
        b"bytes.json",
        tmp_path / "whole.json",
    ):
        network().save(path)
        assert bits(vectorized.NeuralNetwork.load(path).weights) == bits(GOOD["weights"])
    assert len(os.listdir(tmp_path)) == 9, "no other file is left"


@pytest.mark.parametrize("path", [3, None, 1.5, ["net.json"], True])
def test_a_path_of_another_type_is_refused(path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example, open(0) would open standard input."""
    monkeypatch.setattr(reference.specification.files, "open", pytest.fail, raising=False)
    with pytest.raises(TypeError):
        network().save(path)
    with pytest.raises(TypeError):
        reference.NeuralNetwork.load(path)


def break_write(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Simulate a disk that is full after ten bytes."""

    def open_on_full_disk(name: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = open(name, mode, *more, **named)  # noqa: SIM115
        write = file.write

        def full(content: Any) -> int:
            write(content[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

        file.write = full
        return file

    monkeypatch.setattr(reference.specification.files, "open", open_on_full_disk, raising=False)


def break_sync(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", full)


def break_replace(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def interrupted(old: str, new: str) -> None:
        assert Path(old).parent == path.parent, "a move to another file system may stop halfway"
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)


@both_packages
@pytest.mark.parametrize("break_step", [break_write, break_sync, break_replace])
def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, package: Any, break_step: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.json"
    network(package).save(path)
    before = path.read_bytes()
    net = network(package, weights=[0.125] * 7)
    with monkeypatch.context() as patch:
        break_step(patch, path)
        with pytest.raises((OSError, KeyboardInterrupt)):
            net.save(path)
        with pytest.raises((OSError, KeyboardInterrupt)):
            net.save(tmp_path / "new.json")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["net.json"]
    net.save(path)
    assert bits(package.NeuralNetwork.load(path).weights) == bits([0.125] * 7)


def test_a_writer_that_opens_the_file_directly_fails_the_test_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(path: Any, text: str) -> None:
        with getattr(reference.specification.files, "open", open)(path, "w") as file:
            file.write(text)

    monkeypatch.setattr(reference.specification.network_file, "write_whole", careless)
    with pytest.raises(AssertionError):
        test_a_failed_write_leaves_the_old_file(tmp_path, reference, break_write, monkeypatch)


def test_nan_is_never_written(tmp_path: Path) -> None:
    net = network()
    net._weights[0] = math.nan
    with pytest.raises(ValueError, match="not JSON compliant"):
        net.save(tmp_path / "net.json")
    assert not os.listdir(tmp_path)


def test_a_new_file_has_the_usual_permissions_and_an_old_file_keeps_its_own(tmp_path: Path) -> None:
    path, usual = tmp_path / "net.json", tmp_path / "usual"
    usual.write_text("")
    network().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    for mode in (0o600, 0o640, 0o644, 0o666):
        path.chmod(mode)
        network().save(path)
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_the_temporary_file_for_a_private_file_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, modes = tmp_path / "net.json", []
    network().save(path)
    path.chmod(0o600)

    def record_mode(handle: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(handle).st_mode))

    monkeypatch.setattr(os, "fsync", record_mode)
    network().save(path)
    assert modes == [0o600]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "net.json", tmp_path / "link.json"
    link.symlink_to(target)
    for _ in range(2):  # at first, the link points to a missing file
        network().save(link)
        assert link.is_symlink()
        assert not target.is_symlink()
        assert bits(reference.NeuralNetwork.load(target).weights) == bits(GOOD["weights"])
    assert sorted(os.listdir(tmp_path)) == ["folder", "link.json"]
    assert os.listdir(tmp_path / "folder") == ["net.json"]


def test_only_a_regular_file_is_replaced(tmp_path: Path) -> None:
    """Otherwise, root could replace a device with a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, "/dev/null"):
        with pytest.raises(OSError, match="is not a regular file; give a file name"):
            network().save(path)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert os.listdir(tmp_path) == ["pipe"]


def test_missing_files_and_missing_or_forbidden_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        network().save(tmp_path / "nowhere" / "net.json")
    with pytest.raises(FileNotFoundError):
        reference.NeuralNetwork.load(tmp_path / "net.json")
    with pytest.raises(IsADirectoryError):
        reference.NeuralNetwork.load(tmp_path)
    if os.geteuid() == 0:
        pytest.skip("root may write to every folder")
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        network().save(tmp_path / "net.json")


# Loading checks every field.


@pytest.mark.parametrize("field", GOOD)
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    fields = {name: value for name, value in GOOD.items() if name != field}
    expected = {
        "format": "field 'format' is None, expected 'nodesum network'; is this a network file?",
        "version": "field 'version' is None, expected 1; is this a network file?",
    }
    assert refusal(tmp_path / "net.json", fields) == expected.get(field, f"field '{field}' is missing")


NATURAL = "expected a whole number of at least 1"
WRONG_FIELDS: list[tuple[str, object, str]] = [
    ("format", "pickle", "field 'format' is 'pickle', expected 'nodesum network'; is this a network file?"),
    ("format", 1, "field 'format' is 1, expected 'nodesum network'; is this a network file?"),
    *(
        ("version", bad, f"field 'version' is {bad!r}, expected 1; is this a network file?")
        for bad in (0, 2, 1.0, True, "1", None, [1])
    ),
    *((size, 0, f"field {size} is 0, {NATURAL}") for size in ("n_inputs", "n_hidden", "n_outputs")),
    *(("n_hidden", bad, f"field n_hidden is {bad!r}, {NATURAL}") for bad in (-2, 2.0, True, "2", None, [2], {})),
    ("n_hidden", 3, "field 'weights' has 7 entries, expected 10 numbers"),
    ("n_hidden", 10**9, "field 'weights' has 7 entries, expected 3000000001 numbers"),
    ("n_hidden", 10**25, f"field n_hidden is 1e+25, {NATURAL}"),
    ("n_hidden", 10**400, f"field n_hidden is inf, {NATURAL}"),
    (
        "hidden",
        "tahn",
        f"field hidden is 'tahn', not one of {', '.join(HIDDEN)}; did you mean 'tanh'?",
    ),
    *(
        ("hidden", bad, f"field hidden is {bad!r}, not one of {', '.join(HIDDEN)}")
        for bad in (None, 0, True, ["tanh"], "softmax")
    ),
    ("output", {}, f"field output is {{}}, not one of {', '.join(OUTPUT)}"),
    (
        "loss",
        "squared_eror",
        f"field 'loss' is 'squared_eror', not one of {', '.join(LOSSES)}; did you mean 'squared_error'?",
    ),
    (
        "loss",
        None,
        f"field 'loss' is None, not one of {', '.join(LOSSES)}",
    ),
    ("dtype", "float16", "field 'dtype' is 'float16', not one of float64, float32; did you mean 'float64'?"),
    ("dtype", 64, "field 'dtype' is 64, not one of float64, float32"),
    ("weights", None, "field 'weights' is None, expected 7 numbers"),
    ("weights", "0.5", "field 'weights' is '0.5', expected 7 numbers"),
    ("weights", {"0": 0.5}, "field 'weights' is {'0': 0.5}, expected 7 numbers"),
    ("weights", [], "field 'weights' has 0 entries, expected 7 numbers"),
    ("weights", [0.5] * 6, "field 'weights' has 6 entries, expected 7 numbers"),
    ("weights", [0.5] * 8, "field 'weights' has 8 entries, expected 7 numbers"),
    *(
        (
            "weights",
            [0] * 4 + [bad] + [0] * 2,
            f"field 'weights', entry 4 (h0->o0) is {bad!r}, expected a finite float64 number",
        )
        for bad in (None, True, "0.5", [0.5], {})
    ),
    (
        "weights",
        [10**400] + [0] * 6,
        "field 'weights', entry 0 (i0->h0) is inf, expected a finite float64 number",
    ),
    *(("data", bad, f"field 'data' is {bad!r}, expected an object") for bad in (None, [], 0, "x")),
    ("wieghts", [], f"unknown field 'wieghts'; the fields are {', '.join(GOOD)}, data; did you mean 'weights'?"),
]


@pytest.mark.parametrize(("field", "value", "message"), WRONG_FIELDS)
def test_a_wrong_field_is_named(tmp_path: Path, field: str, value: object, message: str) -> None:
    assert refusal(tmp_path / "net.json", GOOD | {field: value}) == message


def test_a_loss_that_does_not_fit_the_output_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "net.json", GOOD | {"output": "relu", "loss": "cross_entropy"}) == (
        "field loss 'cross_entropy' needs output 'softmax' or 'sigmoid'; output is 'relu'"
    )


def test_weights_beyond_single_precision_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    for bad in (1e39, -3.5e38, 10**39):
        message = refusal(path, GOOD | {"dtype": "float32", "weights": [0] * 6 + [bad]})
        assert message == f"field 'weights', entry 6 (b->o0) is {float(bad)!r}, expected a finite float32 number"
    path.write_text(json.dumps(GOOD | {"dtype": "float32", "weights": [0.1, 1e-50, 3.4028234663852886e38, 0, 0, 0, 0]}))
    expected = [np.float32(0.1), 0.0, np.float32(3.4028234663852886e38)]
    assert bits(vectorized.NeuralNetwork.load(path).weights[:3]) == bits(expected)
    assert bits(reference.NeuralNetwork.load(path).weights[:3]) == bits(expected)


WHOLE = json.dumps(GOOD).encode()
WRONG_CONTENTS: list[tuple[bytes, str]] = [
    (b"", "not a valid network file: Expecting value in line 1, column 1"),
    (b"\n\n", "not a valid network file: Expecting value in line 3, column 1"),
    (WHOLE[:-1], "not a valid network file: Expecting ',' delimiter in line 1, column 225"),
    (WHOLE + b"{}", "not a valid network file: Extra data in line 1, column 226"),
    (WHOLE + WHOLE, "not a valid network file: Extra data in line 1, column 226"),
    (b"\xef\xbb\xbf" + WHOLE, "not a valid network file: Unexpected UTF-8 BOM (decode using utf-8-sig) in line 1, column 1"),
    (b"\x00" * 100, "not a valid network file: Expecting value in line 1, column 1"),
    (b"\x80\x04\x95\xff\xfe", "not a network file: not UTF-8 text"),
    (WHOLE.decode().encode("utf-16"), "not a network file: not UTF-8 text"),
    (b"\xff" * 1000, "not a network file: not UTF-8 text"),
    (b"[" * 200_000, "not a network file: nested too deeply"),
    (b'{"a":' * 200_000, "not a network file: nested too deeply"),
    (b"[]", "not a network file: [] is not a JSON object"),
    (b"null", "not a network file: None is not a JSON object"),
    (b'"nodesum network"', "not a network file: 'nodesum network' is not a JSON object"),
    (b"1e999", "not a network file: inf is not a JSON object"),
    (b"NaN", "NaN is not a finite number"),
    (WHOLE.replace(b"1e-300", b"NaN"), "NaN is not a finite number"),
    (WHOLE.replace(b"1e-300", b"-Infinity"), "-Infinity is not a finite number"),
    (WHOLE.replace(b"1e-300", b"1e999"), "field 'weights', entry 4 (h0->o0) is inf, expected a finite float64 number"),
    (
        WHOLE.replace(b"1e-300", b"1" * 5000),
        "field 'weights', entry 4 (h0->o0) is inf, expected a finite float64 number",
    ),
    (WHOLE.replace(b'"n_hidden": 2', b'"n_hidden": 2, "n_hidden": 2'), "field 'n_hidden' appears twice; remove one"),
    (WHOLE.replace(b'"version": 1', b'"version": 1, "data": {"a": 1, "a": 2}'), "field 'a' appears twice; remove one"),
    (WHOLE.replace(b'"tanh"', b"__import__('os')"), "not a valid network file: Expecting value in line 1, column 101"),
    (b"<html>", "not a valid network file: Expecting value in line 1, column 1"),
]


@pytest.mark.parametrize(("content", "message"), WRONG_CONTENTS, ids=range(len(WRONG_CONTENTS)))
def test_wrong_content_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    assert refusal(tmp_path / "net.json", content) == message


def test_every_truncated_file_is_refused(tmp_path: Path) -> None:
    for length in range(len(WHOLE)):
        assert "not a valid network file" in refusal(tmp_path / "net.json", WHOLE[:length])


def test_large_data_is_read_but_long_names_and_sizes_beyond_memory_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    many = GOOD | {"data": {f"field {number}": 0 for number in range(200_000)}}
    path.write_text(json.dumps(many))
    assert len(read_network(path).data or ()) == 200_000
    assert len(refusal(path, GOOD | {"hidden": "tanh" * 1_000_000})) < 200
    assert len(refusal(path, GOOD | {"n" * 1_000_000: 0})) < 300
    sizes = dict.fromkeys(("n_inputs", "n_hidden", "n_outputs"), 10**18)
    assert refusal(path, GOOD | sizes).startswith("field 'weights' has 7 entries, expected 20000000")


some_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from([1, 2, "tanh", 10**400])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=5,
)
some_fields = st.dictionaries(st.sampled_from([*GOOD, "data"]), some_json, min_size=1, max_size=3)


@given(some_fields, st.sets(st.sampled_from(sorted(GOOD)), max_size=1))
def test_both_packages_read_the_same_files_and_refuse_the_same_files(
    tmp_path: Path, changed: dict[str, Any], missing: set[str]
) -> None:
    fields = {name: value for name, value in (GOOD | changed).items() if name not in missing}
    path = tmp_path / "net.json"
    path.write_text(json.dumps(fields))
    try:
        weights = reference.NeuralNetwork.load(path).weights
    except ValueError:
        refusal(path, fields)
    else:
        assert bits(vectorized.NeuralNetwork.load(path).weights) == bits(weights)
        assert not missing


@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 30))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, junk: bytes, at: int, cut: int) -> None:
    path = tmp_path / "net.json"
    content = WHOLE[:at] + junk + WHOLE[at + cut :]
    path.write_bytes(content)
    try:
        net = reference.NeuralNetwork.load(path)
    except ValueError:
        refusal(path, content)
    else:
        assert np.isfinite(net.predict([0.5])).all()
