"""Helpers to run the commands, and to repeat their training in Python."""

import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import reference
import vectorized
from reference import datasets
from reference.datasets.preparation import prepare
from tests import command
from tests.thorough import thorough

MODULES: dict[str, Any] = {"reference": reference, "vectorized": vectorized}
both_packages = pytest.mark.parametrize("package", MODULES)
both_if_thorough = pytest.mark.parametrize("package", ["vectorized", *thorough(("reference",))])
SPECIES = ["setosa", "versicolor", "virginica"]
FLOWERS = """\
species,sepal length,sepal width,petal length,petal width
setosa,5.1,3.5,1.4,0.2
versicolor,7.0,3.2,4.7,1.4
virginica,6.3,3.3,6.0,2.5
setosa,4.9,3.0,1.4,0.2
versicolor,6.4,3.2,4.5,1.5
virginica,5.8,2.7,5.1,1.9
setosa,4.7,3.2,1.3,0.2
versicolor,6.9,3.1,4.9,1.5
virginica,7.1,3.0,5.9,2.1
setosa,4.6,3.1,1.5,0.2
versicolor,5.5,2.3,4.0,1.3
virginica,6.3,2.9,5.6,1.8
"""
ROWS = [line.split(",") for line in FLOWERS.splitlines()]
NUMBERS = [[float(field) for field in row[1:]] for row in ROWS[1:]]
LABELS = [SPECIES.index(row[0]) for row in ROWS[1:]]


def run(package: str, folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run a command that must succeed, and return its output."""
    return command.output_of(package, *arguments, folder=folder, stdin=stdin)


def both(folder: Path, *arguments: str) -> None:
    """Run a command that must succeed in both packages. PACKAGE in an argument stands for the package name."""
    for package in MODULES:
        run(package, folder, *(argument.replace("PACKAGE", package) for argument in arguments))


def bits(numbers: Any) -> list[bytes]:
    """Return the bits of floats, so that -0.0 differs from 0.0."""
    return [struct.pack("d", float(number)) for number in numbers]


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder and its subfolders."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def share_right(text: str) -> float:
    """Return the accuracy on the test set that a report shows, in percent."""
    counts = re.search(r"test set: loss [\d.e+-]+, ([\d.]+)% right \((\d+) of (\d+)\)", text)
    assert counts, text
    assert float(counts[1]) == round(100 * int(counts[2]) / int(counts[3]), 1)
    return float(counts[1])


def error_of(folder: Path, *arguments: str, silent: bool = True, same: bool = True) -> str:
    """Run a command that must fail in both packages, and return the line that it prints to standard error.

    No file may change. If `same`, both packages must print the same line. If `silent`, standard output must be empty.
    """
    before, messages = files(folder), set()
    for package in MODULES:
        result = command.run(package, *arguments, folder=folder)
        assert result.status == 2, result
        assert result.err.count("\n") == 1, result.err
        assert result.err.startswith(f"python -m {package}"), result.err
        if silent:
            assert result.out == ""
        messages.add(re.sub("python -m (reference|vectorized)", "COMMAND", result.err.strip()))
    assert files(folder) == before
    assert len(messages) == 1 or not same, messages
    return " || ".join(messages)


def expect(message: str, words: str) -> None:
    """Assert that a message has all these words; | separates them."""
    for word in words.split("|"):
        assert word in message, f"{word!r} is not in: {message}"


class Outcome(NamedTuple):
    """The result of training in Python."""

    network: Any
    losses: list[float]
    preparation: Any


NO_SETTINGS: Mapping[str, Any] = {}


class Training(NamedTuple):
    """Training in Python. The default values are those of the command, for a table with classes."""

    network: Mapping[str, Any] = NO_SETTINGS
    training: Mapping[str, Any] = NO_SETTINGS
    optimizer: Callable[[Any], Any] = lambda package: package.Adam()
    test_fraction: float = 0.2
    scale: str = "standard"
    target_scale: str = "none"
    seed: int = 0

    def train(self, package: str, data: Any, epochs: int | None = None) -> Outcome:
        """Return the trained network, the loss of every epoch, and the preparation."""
        module = MODULES[package]
        part = datasets.split(data, self.test_fraction, self.seed)[0] if self.test_fraction else data
        preparation = prepare(part, self.scale, self.target_scale)
        inputs, targets = preparation.inputs.apply(part.inputs), preparation.targets.apply(part.targets)
        names = {"hidden": "leaky_relu", "output": "softmax", "init": "glorot_uniform", "n_hidden": 32, **self.network}
        sizes = len(inputs[0]), names.pop("n_hidden"), len(targets[0])
        network = module.NeuralNetwork(*sizes, **names, seed=self.seed)
        settings = {"epochs": 50, "learning_rate": 0.01, "batch_size": 32, "shuffle": self.seed, **self.training}
        if epochs is not None:
            settings["epochs"] = epochs
        losses = network.train(inputs, targets, optimizer=self.optimizer(module), **settings)
        return Outcome(network, list(map(float, losses)), preparation)
