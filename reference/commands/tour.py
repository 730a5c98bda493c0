"""The tour: the first network of the documents sum by sum, then real data learnt by both twins, side by side.

The twins are handed in: this package does not know its twin.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from reference.datasets import Dataset, digits, scaled, split
from reference.layout import Layout
from reference.network import NeuralNetwork

INPUTS = [3.0, 4.0, -4.5]
SETTINGS: dict[str, Any] = {"epochs": 12, "learning_rate": 0.3, "batch_size": 32, "shuffle": 1}


class Run(NamedTuple):
    """What one twin made of the training data."""

    losses: list[float]
    seconds: float
    accuracy: float


def show_sums(console: Console) -> None:
    """Print every sum of the 3-4-2 network of document 001 with its numbers."""
    network = NeuralNetwork(3, 4, 2, init="ramp")
    stages = network.forward(INPUTS)
    layout, weights = Layout(3, 4, 2), network.weights
    console.print(
        "The 3-4-2 network of document 001, leaky ReLU and softmax, weights 0.01, 0.02, ... 0.26, "
        f"for the inputs {INPUTS}; numbers are shown to a few digits and added in full.\n"
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


def learn(network: Any, training: Dataset, test: Dataset, on_epoch: Callable[[int, float], object]) -> Run:
    """Train a network of either twin and time it."""
    start = perf_counter()
    losses = network.train(training.inputs, training.targets, **SETTINGS, on_epoch=on_epoch)
    seconds = perf_counter() - start
    right = [int(answer) == label for answer, label in zip(network.classify(test.inputs), test.labels, strict=True)]
    return Run(losses, seconds, right.count(True) / len(right))


def show_training(console: Console, twins: dict[str, Any]) -> dict[str, Run]:
    """Train both twins on the digits, from the same weights on the same batches, and print what they say."""
    training, test = split(scaled(digits(), 16))
    console.print(
        f"\nThe digits: {len(training.inputs)} to learn from, {len(test.inputs)} held out; a 64-32-10 network, both twins from "
        "the same weights on the same batches of 32, learning rate 0.3.\n"
    )
    runs = {}
    columns = TextColumn("{task.description}"), TextColumn("epoch {task.completed} of {task.total}"), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        for name, package in twins.items():
            task = progress.add_task(f"{name} learns", total=SETTINGS["epochs"])
            network = package.NeuralNetwork(64, 32, 10)
            runs[name] = learn(network, training, test, lambda epoch, loss, task=task: progress.advance(task))  # type: ignore[misc]
    console.print(table_of(runs))
    loops, matrices = runs.values()
    console.print(
        f"\nThe loops took {loops.seconds:.1f} s, the matrices {matrices.seconds:.2f} s: "
        f"{loops.seconds / matrices.seconds:.0f} times faster. On the held-out digits "
        f"{loops.accuracy:.1%} and {matrices.accuracy:.1%} are right. "
        "The losses differ by rounding alone: the same sums, added in another order."
    )
    return runs


def table_of(runs: dict[str, Run]) -> Table:
    """Return the losses of both twins, epoch by epoch, and their difference."""
    table = Table(title="loss per epoch", title_justify="left")
    table.add_column("epoch", justify="right")
    for name in runs:
        table.add_column(name, justify="right")
    table.add_column("difference", justify="right")
    for epoch, (loss, other) in enumerate(zip(*(run.losses for run in runs.values()), strict=True)):
        table.add_row(str(epoch), f"{loss:.6f}", f"{other:.6f}", f"{other - loss:+.0e}")
    return table
