"""The command `train`: data in, a trained network out."""

import argparse
import math
from contextlib import nullcontext
from functools import partial
from typing import Any

from reference.commands import report
from reference.commands.data import load, prepared_parts
from reference.commands.keep import check_targets, keep
from reference.commands.line import console, status_of, uninterrupted
from reference.commands.options import add_options, fill_in, optimizer_settings
from reference.commands.progress import epochs_shown, spinner
from reference.datasets import Dataset
from reference.datasets.tables import no_collector
from reference.specification.network_file import MOST_WEIGHTS

EXAMPLES = """Examples:
  python -m {name} train iris
  python -m {name} train digits --n-hidden 64 --save digits.json --loss-file losses.csv"""


def add_to(commands: Any, twin: Any) -> None:
    """Add the command to those of a twin, which is the package itself."""
    parser = commands.add_parser(
        "train",
        help="train a network on a table of data",
        usage=f"python -m {twin.__name__} train DATA [options]",
        description="Train a network, and say how well it does on rows that it has not seen.",
        epilog=EXAMPLES.format(name=twin.__name__),
    )
    add_options(parser)
    parser.set_defaults(run=partial(run, twin), prog=parser.prog)


def run(twin: Any, options: argparse.Namespace) -> int:
    """Train as the options say, print what came of it, and return the exit status."""
    fill_in(options)
    check_targets(options)
    optimizer = optimizer_of(twin, options)
    out = console(stderr="-" in (options.save, options.loss_file))
    with spinner(f"reading {options.data}"), no_collector():
        table, data = load(options)
        preparation, prepared, held_out = prepared_parts(table, data, options)
    network = network_of(twin, options, prepared)
    network.data = preparation.as_data()
    report.opening(out, options, data, len(prepared.inputs), network)

    watched = held_out if options.plot else None
    epochs = Epochs(network, len(prepared.inputs), watched, reduction=options.reduction, l2=options.l2)
    stopped = train(network, options, optimizer, prepared, epochs)
    with uninterrupted() if "-" not in (options.save, options.loss_file) else nullcontext():
        saved = list(keep(network, options, epochs)) if epochs.training or not stopped else []
    if stopped:
        said = report.kept(len(epochs.training), options.epochs, saved)
        if isinstance(stopped, KeyboardInterrupt):
            report.say(console(stderr=True), said)
            return status_of(stopped)
        raise FloatingPointError(f"{str(stopped).split('. ')[0]}; try a smaller --learning-rate; {said}")
    part = ("training", prepared) if options.test_fraction == 0 else ("held-out", held_out)
    try:
        report.result(out, network, preparation, *part)
    except (ArithmeticError, ValueError, MemoryError) as error:  # training is done, and its network kept
        report.say(out, f"{part[0]} part: not evaluated, as {error}")
    report.where(out, options, twin.__name__, saved)
    return 0


def optimizer_of(twin: Any, options: argparse.Namespace) -> Any:
    """Return the optimizer that the options describe; ValueError for a setting that cannot be."""
    return {"sgd": twin.SGD, "rmsprop": twin.RMSProp, "adam": twin.Adam}[options.optimizer](**optimizer_settings(options))


def network_of(twin: Any, options: argparse.Namespace, prepared: Dataset) -> Any:
    """Return the network that the options describe, of the sizes of the data."""
    settings = {"dtype": options.dtype} if options.dtype != "float64" else {}
    if settings and twin.__name__ == "reference":
        raise ValueError(f"the loops compute in float64; for --dtype {options.dtype} run: python -m vectorized train")
    network = twin.NeuralNetwork(
        len(prepared.inputs[0]),
        options.n_hidden,
        len(prepared.targets[0]),
        hidden=options.hidden,
        output=options.output,
        loss=options.loss,
        init=options.init,
        seed=options.seed,
        **settings,
    )
    if options.save is not None and network.n_weights > MOST_WEIGHTS:
        most = f"a network file holds up to {MOST_WEIGHTS:,} weights"
        raise ValueError(f"--save: {most}, this network has {network.n_weights:,}; choose a smaller --n-hidden")
    return network


class Epochs:
    """What every whole epoch leaves: its loss, the loss of the held-out part after it, and of the last its weights."""

    def __init__(self, network: Any, n_rows: int, held_out: Dataset | None, **how: Any) -> None:
        self.network, self.n_rows, self.how = network, n_rows, how
        self.part = held_out if held_out and held_out.inputs else None
        self.training: list[float] = []
        self.held_out: list[float] = []
        self.whole = (0, network.weights)

    def add(self, epoch: int, loss: float) -> None:
        """Keep what this epoch left."""
        if self.part:
            self.held_out.append(self.loss_of(self.part))
        self.training.append(float(loss))
        self.whole = (epoch + 1, self.network.weights)

    def loss_of(self, part: Dataset) -> float:
        """Return the loss of a part; NaN, which a picture leaves out, where it overflows."""
        try:
            return float(self.network.loss_of(part.inputs, part.targets, **self.how))
        except FloatingPointError:
            return math.nan

    def per_row(self) -> tuple[list[float], list[float]]:
        """Return both losses so that they can be compared: sums are divided by the number of rows."""
        if self.how["reduction"] == "mean":
            return self.training, self.held_out
        n_held_out = len(self.part.inputs) if self.part else 1
        return [loss / self.n_rows for loss in self.training], [loss / n_held_out for loss in self.held_out]

    def back_to_the_last(self) -> None:
        """Forget all but whole epochs: training was stopped somewhere in the next."""
        n_whole, self.network.weights = self.whole
        del self.training[n_whole:], self.held_out[n_whole:]


def train(
    network: Any, options: argparse.Namespace, optimizer: Any, prepared: Dataset, epochs: Epochs
) -> KeyboardInterrupt | FloatingPointError | None:
    """Train the network; return what stopped it before its end, with the network as the last whole epoch left it."""
    try:
        with epochs_shown(options.epochs) as show:

            def on_epoch(epoch: int, loss: float) -> None:
                epochs.add(epoch, loss)
                show(epoch, loss)

            network.train(
                prepared.inputs,
                prepared.targets,
                epochs=options.epochs,
                learning_rate=learning_rate(options),
                batch_size=None if options.batch_size == "all" else options.batch_size,
                optimizer=optimizer,
                reduction=options.reduction,
                l2=options.l2,
                shuffle=None if options.no_shuffle else options.seed,
                train_biases=not options.freeze_biases,
                rule=options.rule,
                on_epoch=on_epoch,
            )
    except (KeyboardInterrupt, FloatingPointError) as error:
        epochs.back_to_the_last()
        return error
    return None


def learning_rate(options: argparse.Namespace) -> Any:
    """Return the learning rate, or where it decays rate / (1 + decay*epoch) as a function of the epoch."""
    rate, decay = options.learning_rate, options.learning_rate_decay
    return (lambda epoch: rate / (1 + decay * epoch)) if decay else rate
