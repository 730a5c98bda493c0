"""What is explained: a network and a sample, as the options of the command name them."""

import argparse
import math
from typing import Any, NamedTuple

from reference.commands.line import lines_from
from reference.commands.options import GATE
from reference.commands.predict import choice as columns_of
from reference.commands.predict import loaded, plain, preparation_of
from reference.datasets.dataset import choice, dataset_of, task_of
from reference.datasets.preparation import Preparation, prepare
from reference.datasets.tables import Table, read_table
from reference.network import NeuralNetwork
from reference.numbers.shown import shown

DOCUMENT_001 = [3.0, 4.0, -4.5]
HIDDEN_NODES = 8  # of an untrained network


class Subject(NamedTuple):
    """A network and one sample as it takes it.

    targets : None where they are not known
    told : a line that says what this is
    rows : every sample of the data and its targets, as training takes them; empty without data or without targets
    rate, reduction : how training on these rows is asked for
    """

    network: Any
    inputs: list[float]
    targets: list[float] | None
    told: str
    rows: tuple[list[list[float]], list[list[float]]] = ([], [])
    rate: float = 0.1
    reduction: str = "mean"


def subject_of(options: argparse.Namespace) -> Subject:
    """Return what the options name; ValueError says in one line what they lack."""
    import reference

    network = None if options.network is None else loaded(reference, options.network)
    inputs, targets = (numbers(text, flag) for text, flag in ((options.inputs, "--inputs"), (options.targets, "--targets")))
    if options.epochs and options.data is None:
        if network is not None or inputs is not None:
            raise ValueError("--epochs needs --data to train on; without a network and a sample of your own it takes the gate")
        options.data = "gate"
    if options.data is not None:
        if inputs is not None:
            raise ValueError("--inputs and --data both give a sample; choose one")
        about = of_data(options) if network is None else of_network_and_data(network, options)
        if options.learning_rate is not None:
            about = about._replace(rate=options.learning_rate)
        if options.epochs and not about.rows[1]:
            raise ValueError(f"--epochs: {options.data} has no targets that {options.network} could learn")
        return about if targets is None else about._replace(targets=targets)
    if network is None:
        network, told = NeuralNetwork(3, 4, 2, init="ramp"), "the 3-4-2 network of document 001, weights 0.01, 0.02, ... 0.26"
        inputs = DOCUMENT_001 if inputs is None else inputs
    else:
        told = f"{options.network}, a {network.n_inputs}-{network.n_hidden}-{network.n_outputs} network"
    if inputs is None:
        raise ValueError("give the sample: --inputs X,X,.. as the network takes them, or --data with --sample")
    if options.sample:
        raise ValueError(f"--sample is {options.sample}, a row of which --data? give it, too")
    rate = 0.1 if options.learning_rate is None else options.learning_rate
    return Subject(network, inputs, targets, f"{told}; inputs as given", rate=rate)


def numbers(text: str | None, flag: str) -> list[float] | None:
    """Return numbers with commas between them; ValueError names the one that is none."""
    if text is None:
        return None
    found: list[float] = []
    for at, part in enumerate(text.split(",")):
        try:
            found.append(float(part))
        except ValueError:
            found.append(math.nan)
        if not math.isfinite(found[at]):
            raise ValueError(f"{flag}: entry {at} is {shown(part)}, not a finite number; write e.g. {flag}=3,4,-4.5")
    return found


def of_data(options: argparse.Namespace) -> Subject:
    """Return a row of the data and an untrained network for it; for the gate that of document 004."""
    with lines_from(options.data) as (lines, source):
        table = read_table(lines, source, choice(options.wanted, options.ignored), options.header)
    gate = options.data == "gate"
    task = "regression" if gate else "classification" if options.data in ("iris", "digits") else task_of(table, None)
    data = dataset_of(table, task)
    n_inputs, n_outputs = len(data.columns), len(data.targets[0])
    if gate:
        names = {name: GATE[name] for name in ("hidden", "output", "init")}
        network = NeuralNetwork(n_inputs, GATE["n_hidden"], n_outputs, **names)
    else:
        output = "softmax" if n_outputs > 1 and data.classes else "sigmoid" if data.classes else "identity"
        network = NeuralNetwork(n_inputs, HIDDEN_NODES, n_outputs, output=output)
    preparation = prepare(data, "max" if gate else "standard")
    learnt = f"after {options.epochs:,} epochs" if options.epochs else "that has learnt nothing yet"
    told = f"a {n_inputs}-{network.n_hidden}-{n_outputs} network {learnt}"
    about = of_table(network, preparation, table, options, told)
    return about._replace(rate=1.0, reduction="sum") if gate else about


def of_network_and_data(network: Any, options: argparse.Namespace) -> Subject:
    """Return a row of the data as the network was trained on such rows."""
    preparation = preparation_of(network, options.network) or plain(network)
    by_inputs, by_targets = columns_of(preparation, options), choice(list(preparation.target_columns), options.ignored)

    def choose(names: list[str]) -> tuple[list[int], list[int]]:
        return (by_targets if set(preparation.target_columns) <= set(names) else by_inputs)(names)

    with lines_from(options.data) as (lines, source):
        table = read_table(lines, source, choose, options.header)
    more = f", {options.epochs:,} epochs later" if options.epochs else ""
    sizes = f"{network.n_inputs}-{network.n_hidden}-{network.n_outputs}"
    return of_table(
        network, preparation, table, options, f"scaled as the {sizes} network of {options.network} was trained{more}"
    )


def of_table(network: Any, preparation: Preparation, table: Table, options: argparse.Namespace, told: str) -> Subject:
    """Return the row of a table that is asked for, and all rows."""
    n_samples = len(table.inputs)
    if not 0 <= options.sample < n_samples:
        raise ValueError(f"--sample is {options.sample}, {options.data} has rows 0 .. {n_samples - 1}")
    inputs = preparation.inputs.apply(table.inputs)
    targets = [targets_of(preparation, table, at) for at in range(n_samples)]
    known = [row for row in targets if row is not None]
    rows = (inputs, known) if len(known) == n_samples else ([], [])
    told = f"row {options.sample} of {options.data}, {told}"
    return Subject(network, inputs[options.sample], targets[options.sample], told, rows)


def targets_of(preparation: Preparation, table: Table, at: int) -> list[float] | None:
    """Return the targets of a row as training takes them; None where the table does not tell, or tells of another class."""
    n_outputs = len(preparation.targets.shift)
    if not table.targets:
        return None
    if not preparation.classes:
        return preparation.targets.apply([[table.numbers(column)[at] for column in range(n_outputs)]])[0]
    text = table.targets[0][at]
    label = next((label for label, name in enumerate(preparation.classes) if same(text, name)), None)
    if label is None:
        return None
    targets = [float(label)] if n_outputs == 1 else [float(o == label) for o in range(n_outputs)]
    return preparation.targets.apply([targets])[0]


def same(text: str, name: str) -> bool:
    """Whether two texts are the same, or numbers of the same value."""
    try:
        return text == name or float(text) == float(name)
    except ValueError:
        return False
