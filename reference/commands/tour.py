"""The tour: every sum of a small network, then the networks of both packages trained on digits."""

from time import perf_counter
from typing import Any, NamedTuple

from rich.console import Console

from reference.commands.package import Package
from reference.commands.progress import progress
from reference.commands.report import plain_table
from reference.datasets import Dataset, digits, scaled, split
from reference.layout import Layout
from reference.network import NeuralNetwork

INPUTS = [3.0, 4.0, -4.5]
EPOCHS = 12
SETTINGS: dict[str, Any] = {"learning_rate": 0.3, "batch_size": 32, "shuffle": 1}


class Run(NamedTuple):
    """The result of training the network of one package."""

    losses: list[float]
    seconds: float
    accuracy: float


def show_sums(console: Console) -> None:
    """Print every sum of the 3-4-2 network of document 001, term by term."""
    network = NeuralNetwork(3, 4, 2, init="ramp")
    stages = network.forward(INPUTS)
    layout, weights = Layout(3, 4, 2), network.weights
    console.print(
        "The 3-4-2 network of document 001 (reference/DOCUMENTS.md), leaky ReLU and softmax, weights 0.01, 0.02, ... 0.26, "
        f"for the inputs {INPUTS}; numbers are rounded for display and computed at full precision.\n"
    )
    for h, total in enumerate(stages.h_sums):
        terms = [f"{x:g}*{weights[layout.position(f'i{i}->h{h}')]:.2f}" for i, x in enumerate(INPUTS)]
        line = f"h_sums[{h}] = {' + '.join(terms)} + {weights[layout.position(f'b->h{h}')]:.2f}"
        console.print(f"{line} = {total:7.4f}   h_nodes[{h}] = {stages.h_nodes[h]:8.5f}", soft_wrap=True)
    for o, total in enumerate(stages.o_sums):
        terms = [f"{node:.5f}*{weights[layout.position(f'h{h}->o{o}')]:.2f}" for h, node in enumerate(stages.h_nodes)]
        line = f"o_sums[{o}] = {' + '.join(terms)} + {weights[layout.position(f'b->o{o}')]:.2f}"
        console.print(f"{line} = {total:.4f}", soft_wrap=True)
    console.print(f"o_nodes   = softmax of both = {stages.o_nodes[0]:.4f}, {stages.o_nodes[1]:.4f}")


def show_training(console: Console, packages: tuple[Package, Package]) -> None:
    """Train the networks of both packages on the digits, with the same weights and batches, and print the results."""
    training, test = split(scaled(digits(), 16))
    console.print(
        f"\nThe digits: {len(training.inputs)} for training, {len(test.inputs)} for testing. Both packages train a 64-32-10 "
        "network, from the same weights, with the same batches of 32 and the learning rate 0.3.\n"
    )
    loops, matrices = (learn(package, training, test) for package in packages)
    losses = enumerate(zip(loops.losses, matrices.losses, strict=True))
    rows = [(str(epoch), f"{loss:.6f}", f"{other:.6f}", f"{other - loss:+.0e}") for epoch, (loss, other) in losses]
    console.print("loss per epoch")
    console.print(plain_table(("epoch", *(package.__name__ for package in packages), "difference"), rows))
    console.print(
        f"\nThe loops took {loops.seconds:.1f} s, the matrices {matrices.seconds:.2f} s: "
        f"{loops.seconds / matrices.seconds:.0f} times faster. Of the test digits, "
        f"the loops classify {loops.accuracy:.1%} correctly, and the matrices {matrices.accuracy:.1%}. "
        "The losses differ only by rounding: the same terms are added in another order."
    )


def learn(package: Package, training: Dataset, test: Dataset) -> Run:
    """Train the network of a package on the digits, and measure the time."""
    network = package.NeuralNetwork(64, 32, 10)
    with progress(EPOCHS) as show:

        def on_epoch(epoch: int, loss: float) -> None:
            show(epoch + 1, f"{package.__name__} learns: epoch {epoch + 1} of {EPOCHS}, loss {loss:.4g}")

        start = perf_counter()
        losses = network.train(training.inputs, training.targets, epochs=EPOCHS, **SETTINGS, on_epoch=on_epoch)
        seconds = perf_counter() - start
    right = [int(answer) == label for answer, label in zip(network.classify(test.inputs), test.labels, strict=True)]
    return Run([float(loss) for loss in losses], seconds, right.count(True) / len(right))
