"""The subject of an explanation: a network and a sample, chosen by the options of the command."""

import argparse
import math
from functools import partial
from typing import NamedTuple

from reference.commands.data import table_of
from reference.commands.options import GATE
from reference.commands.package import Network
from reference.commands.predict import choose_columns, default_preparation, load_network, preparation_of
from reference.commands.score import known_rows
from reference.datasets.csv_files import choose, dataset_of, labels_of
from reference.datasets.dataset import targets_of
from reference.datasets.preparation import Preparation, prepare
from reference.datasets.scales import Scaling
from reference.datasets.tables import Table, is_number
from reference.network import NeuralNetwork
from reference.numbers.description import describe
from reference.specification.notebook import quantity

TITLE_001 = "The 3-4-2 network: weights 0.01, 0.02, ... 0.26"
HIDDEN_NODES = 8  # in a new network for --data
FEW = 8  # at most this many inputs or outputs are listed with their names
UNSCALED = "the inputs are used as they are, not scaled as in training; only rows of --data are scaled"
OWN_NETWORK = (
    "to use your own network, save it in Python with "
    'reference.NeuralNetwork.from_blocks(...).save("own.json") and add --network own.json'
)
TASKS = {"gate": "regression", "iris": "classification", "digits": "classification"}


class Subject(NamedTuple):
    """A network and one sample, scaled for the network.

    rows : the inputs and the targets of all samples to train on, scaled for the network; may be empty
    columns, outputs : the names of the inputs and outputs; empty if the data has no names
    classes : the names of the classes; empty if the targets are numbers
    row : the index of the sample in `rows`
    learn : whether a training step on the page uses this "row" or "all" rows
    biases : whether the biases "learn" or "stay"
    """

    network: Network
    inputs: list[float]
    targets: list[float] | None
    title: str
    rows: tuple[list[list[float]], list[list[float]]] = ([], [])
    rate: float = 0.1
    reduction: str = "mean"
    columns: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    row: int = 0
    learn: str = "row"
    biases: str = "learn"
    scale: Scaling | None = None
    notes: tuple[str, ...] = ()
    target_scale: Scaling | None = None

    @property
    def train_biases(self) -> bool:
        """Whether training changes the biases."""
        return self.biases == "learn"

    @property
    def heading(self) -> list[str]:
        """The title, the notes, the inputs before scaling if scaling changed them, and the names of the outputs.

        A line with more than 8 names is left out.
        """
        lines = [self.title, *self.notes]
        if self.scale and 0 < len(self.columns) <= FEW and self.scale.apply([self.inputs]) != [self.inputs]:
            (unscaled,) = self.scale.undo([self.inputs])
            numbers = ", ".join(f"{name} {x:.4g}" for name, x in zip(self.columns, unscaled, strict=True))
            lines.append(f"before scaling: {numbers}")
        if 0 < len(self.outputs) <= FEW:
            lines.append("outputs: " + ", ".join(f"o{o} {name}" for o, name in enumerate(self.outputs)))
        return lines


def subject_of(options: argparse.Namespace) -> Subject:
    """Return the subject that the options choose. Raises ValueError if an option is missing or wrong, or if two contradict."""
    import reference

    network = None if options.network is None else load_network(reference, options.network)
    inputs = numbers(options.inputs, "--inputs")
    if options.data is None:
        return subject_of_inputs(inputs, network, options)
    if inputs is not None:
        raise ValueError("--inputs and --data both choose a sample; use only one of them")
    return subject_of_data(options) if network is None else subject_of_network_and_data(network, options)


def with_options(subject: Subject, options: argparse.Namespace) -> Subject:
    """Return the subject with the targets (also in `rows`) and the learning rate of the options.

    Raises ValueError if there are too many or too few inputs or targets for the network, or if training has no targets.
    """
    new_targets, (inputs, rows), row = targets_of_option(subject, options.targets), subject.rows, subject.row
    net = subject.network.architecture
    for flag, values, size, what in (
        ("--inputs", subject.inputs, net.n_inputs, "input"),
        ("--targets", new_targets, net.n_outputs, "output"),
    ):
        if values is not None and len(values) != size:
            hint = "" if options.network or options.data or options.example else f"; {OWN_NETWORK}"
            raise ValueError(f"{flag} has {quantity(len(values), 'number')}, but the network has {quantity(size, what)}{hint}")
    if new_targets is not None and options.data is not None and subject.target_scale:
        (new_targets,) = subject.target_scale.apply([new_targets])
    targets = subject.targets if new_targets is None else new_targets
    if targets is not None and not inputs:
        inputs, rows, row = [subject.inputs], [targets], 0
    elif new_targets is not None:
        rows = [*rows[:row], new_targets, *rows[row + 1 :]]
    if options.epochs and not inputs:
        raise ValueError("--epochs needs targets; add --targets T,T,..")
    rate = subject.rate if options.learning_rate is None else options.learning_rate
    return subject._replace(targets=targets, rows=(inputs, rows), row=row, rate=rate)


def targets_of_option(subject: Subject, text: str | None) -> list[float] | None:
    """Return the targets of --targets, which is None, numbers or the name of a class. Raises ValueError for other texts."""
    is_class = text is not None and (text in subject.classes or not any(map(is_number, text.split(","))))
    if text is None or not (subject.classes and is_class):
        return numbers(text, "--targets")
    try:
        return targets_of(labels_of([text], subject.classes), subject.network.architecture.n_outputs)[0]
    except ValueError as error:
        raise ValueError(f"--targets: {error}") from None


def numbers(text: str | None, flag: str) -> list[float] | None:
    """Return the numbers between the commas of a text. A ValueError names the first entry that is not a finite number."""
    if text is None:
        return None
    values: list[float] = []
    for at, part in enumerate(text.split(",")):
        try:
            values.append(float(part))
        except ValueError:
            values.append(math.nan)
        if not math.isfinite(values[at]):
            raise ValueError(f"{flag}: entry {at} is {describe(part)}, not a finite number; write e.g. {flag}=3,4,-4.5")
    return values


def subject_of_inputs(inputs: list[float] | None, network: Network | None, options: argparse.Namespace) -> Subject:
    """Return the subject of --inputs. Without --network, the network is 3-4-2 with the weights 0.01, 0.02, ... 0.26."""
    if network is None:
        return Subject(NeuralNetwork(3, 4, 2, init="ramp"), inputs or [], None, TITLE_001)
    if inputs is None:
        raise ValueError("choose a sample: --inputs X,X,.. (already scaled), or --data with --sample")
    preparation = preparation_of(network, options.network)
    subject = Subject(network, inputs, None, f"The {network.architecture.layout} network")
    if preparation is None:
        return subject
    is_scaled = any(preparation.inputs.shift) or {*preparation.inputs.divisor} != {1.0}
    return with_names(subject._replace(notes=(UNSCALED,) if is_scaled else ()), preparation)


def subject_of_data(options: argparse.Namespace) -> Subject:
    """Return the subject of --data without --network: a row and a new network. `gate` gets the network of document 004."""
    table = table_of(options, partial(choose, targets=options.columns, ignored=options.ignored), "all")
    data = dataset_of(table, TASKS.get(options.data))
    n_inputs, n_outputs = len(data.columns), len(data.targets[0])
    gate = options.data == "gate"
    if gate:
        names = {name: GATE[name] for name in ("hidden", "output", "init")}
        network = NeuralNetwork(n_inputs, GATE["n_hidden"], n_outputs, **names)
    else:
        output = "softmax" if n_outputs > 1 and data.classes else "sigmoid" if data.classes else "identity"
        network = NeuralNetwork(n_inputs, HIDDEN_NODES, n_outputs, output=output)
    preparation = prepare(data, GATE["scale"] if gate else "standard")
    state = "a" if options.epochs else "an untrained"
    subject = subject_of_table(network, preparation, table, options, f"with {state} {network.architecture.layout} network")
    return subject._replace(rate=1.0, reduction="sum") if gate else subject


def subject_of_network_and_data(network: Network, options: argparse.Namespace) -> Subject:
    """Return the subject of --network and --data: a row, scaled as in training if the network file has the scaling."""
    saved_preparation = preparation_of(network, options.network)
    if saved_preparation and options.columns:
        raise ValueError(f"--target: {options.network} already names its target columns; leave --target out")
    preparation = saved_preparation or default_preparation(network)
    choice = (
        partial(choose, targets=options.columns, ignored=options.ignored)
        if options.columns
        else partial(choose_columns, preparation=preparation, options=options)
    )
    table = table_of(options, choice)
    title = f"{'scaled as in training, ' if saved_preparation else ''}with the {network.architecture.layout} network"
    return subject_of_table(network, preparation, table, options, title)


def subject_of_table(
    network: Network, preparation: Preparation, table: Table, options: argparse.Namespace, title: str
) -> Subject:
    """Return the subject for row --sample of a table. If this row has targets, `rows` holds every row that has targets."""
    file_lines, sample = sorted((*table.lines, *table.skipped)), options.sample or 0
    if not 0 <= sample < len(file_lines):
        raise ValueError(f"--sample is {sample}, but {options.data} has rows 0 .. {len(file_lines) - 1}")
    if file_lines[sample] in table.skipped:
        raise ValueError(f"--sample is {sample}, but in this row (line {file_lines[sample]}) a value is missing")
    row, inputs = table.lines.index(file_lines[sample]), preparation.inputs.apply(table.inputs)
    data, known = known_rows(preparation, table)
    title = f"Row {sample} of {'standard input' if options.data == '-' else options.data}, {title}"
    subject = with_names(Subject(network, inputs[row], None, title), preparation)
    if row not in known:
        return subject
    row = known.index(row)
    return subject._replace(targets=data.targets[row], rows=(data.inputs, data.targets), row=row)


def with_names(subject: Subject, preparation: Preparation) -> Subject:
    """Return the subject with the names and the scales of its inputs and outputs."""
    n_outputs, classes = subject.network.architecture.n_outputs, preparation.classes
    outputs = classes if len(classes) == n_outputs else preparation.target_columns
    subject = subject._replace(columns=preparation.columns, outputs=outputs, classes=classes)
    return subject._replace(scale=preparation.inputs, target_scale=preparation.targets)
