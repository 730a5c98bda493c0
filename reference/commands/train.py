"""The command `train`: train a network on data, and save it."""

import argparse
import sys
from contextlib import nullcontext
from functools import partial

from reference.commands import report
from reference.commands.data import file_of, load, split_data, target_scale
from reference.commands.line import Commands, console, status_of, uninterrupted
from reference.commands.options import add_options, fill_in, optimizer_settings
from reference.commands.outputs import check_outputs
from reference.commands.package import Network, Package
from reference.commands.progress import epoch_progress, spinner
from reference.datasets import Dataset
from reference.datasets.preparation import prepare
from reference.specification.files import write_whole
from reference.specification.names import OPTIMIZERS
from reference.specification.optimizers import Optimizer

EXAMPLES = """Examples:
  python -m {name} train iris
  python -m {name} train digits --n-hidden 64 --save digits.json --loss-file losses.csv"""
OUTPUTS = ("--save", "--loss-file")


def add_to(commands: Commands, package: Package) -> None:
    """Add the command to the commands of a package."""
    parser = commands.add_parser(
        "train",
        help="train a network on a table of data",
        usage=f"python -m {package.__name__} train DATA [options]",
        description="Train a network, and report how well it does on rows that it has not seen.",
        epilog=EXAMPLES.format(name=package.__name__),
    )
    add_options(parser)
    parser.set_defaults(run=partial(run, package), prog=parser.prog)


def run(package: Package, options: argparse.Namespace) -> int:
    """Train as the options say, print the result, and return the exit status."""
    fill_in(options)
    writes = list(zip(OUTPUTS, (options.save, options.loss_file), strict=True))
    check_outputs(writes, [("DATA", file_of(options.data))], standard=OUTPUTS)
    optimizer = optimizer_of(package, options)
    out = console(stderr="-" in (options.save, options.loss_file))
    with spinner(f"reading {options.data}"):
        data = load(options)
    training, test = split_data(data, options)
    options.target_scale = target_scale(training, options)
    preparation = prepare(training, options.scale, options.target_scale)
    training, test = preparation.prepared(training), preparation.prepared(test)
    network = network_of(package, options, training)
    network.data = preparation.as_data()
    report.show_settings(out, options, data, len(training.inputs), network)

    losses, stop = train(network, options, optimizer, training)
    with uninterrupted() if "-" not in (options.save, options.loss_file) else nullcontext():
        files = save(network, options, losses) if losses or not stop else []
    if stop:
        end = f"stopped after epoch {len(losses)} of {options.epochs}; "
        end += f"saved: {'; '.join(files)}" if files else "nothing is saved"
        if isinstance(stop, KeyboardInterrupt):
            report.say(console(stderr=True), end)
            return status_of(stop)
        raise FloatingPointError(f"{str(stop).split('. ')[0]}; try a smaller --learning-rate; {end}")
    name, rows = ("training set", training) if options.test_fraction == 0 else ("test set", test)
    report.show_result(out, network, preparation, name, rows)
    report.next_steps(out, options, files)
    return 0


def optimizer_of(package: Package, options: argparse.Namespace) -> Optimizer:
    """Return the optimizer that the options describe. Raises ValueError if a setting is invalid."""
    settings = optimizer_settings(options.optimizer, vars(options))
    optimizer: Optimizer = getattr(package, OPTIMIZERS[options.optimizer])(**settings)
    return optimizer


def network_of(package: Package, options: argparse.Namespace, training: Dataset) -> Network:
    """Return the network that the options describe, with the sizes of the data."""
    settings = {"dtype": options.dtype} if options.dtype != "float64" else {}
    if settings and package.__name__ == "reference":
        raise ValueError(f"the loops compute in float64; for --dtype {options.dtype} run: python -m vectorized train")
    return package.NeuralNetwork(
        len(training.inputs[0]),
        options.n_hidden,
        len(training.targets[0]),
        hidden=options.hidden,
        output=options.output,
        loss=options.loss,
        init=options.init,
        seed=options.seed,
        **settings,
    )


def train(
    network: Network, options: argparse.Namespace, optimizer: Optimizer, training: Dataset
) -> tuple[list[float], KeyboardInterrupt | FloatingPointError | None]:
    """Train the network. Return the loss of every whole epoch, and the error if training stopped early.

    If it stopped early, the network keeps the weights after the last whole epoch.
    """
    losses: list[float] = []
    last = (0, network.weights)
    try:
        with epoch_progress(options.epochs) as show:

            def on_epoch(epoch: int, loss: float) -> None:
                nonlocal last
                losses.append(float(loss))
                last = (epoch + 1, network.weights)
                show(epoch, loss)

            network.train(
                training.inputs,
                training.targets,
                epochs=options.epochs,
                learning_rate=options.learning_rate,
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
        n_epochs, network.weights = last
        return losses[:n_epochs], error
    return losses, None


def save(network: Network, options: argparse.Namespace, losses: list[float]) -> list[str]:
    """Write the network and its losses to the files of the options, and describe these files."""
    files = []
    if options.save is not None:
        network.save(sys.stdout if options.save == "-" else options.save)
        files.append(f"network in {file_name(options.save)}")
    if options.loss_file is not None:
        text = "epoch,loss\n" + "".join(f"{epoch},{loss!r}\n" for epoch, loss in enumerate(losses))
        if options.loss_file == "-":
            sys.stdout.write(text)
        else:
            write_whole(options.loss_file, text)
        files.append(f"losses in {file_name(options.loss_file)}")
    return files


def file_name(path: str) -> str:
    """Return the name of a file, or "standard output" for -."""
    return "standard output" if path == "-" else path
