"""The history of training: the loss and the weights after selected epochs.

The early epochs of the selection are closer together than the late epochs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from reference.commands.progress import epoch_progress
from reference.explain.subject import Subject


class Moment(NamedTuple):
    """The state after an epoch: the loss of all rows, and the weights."""

    epoch: int
    loss: float
    weights: list[float]


def epochs_of(last: int, steps: Sequence[int]) -> list[int]:
    """Return 0, `last`, and every product of a step and a power of ten that is below `last`.

    >>> epochs_of(30, [1, 2, 5])
    [0, 1, 2, 5, 10, 20, 30]
    """
    powers = range(len(str(last)))
    return sorted({0, last} | {step * 10**power for power in powers for step in steps if step * 10**power < last})


def history_of(subject: Subject, epochs: int) -> list[Moment]:
    """Train the subject's network on all its rows by plain gradient descent. Return its state after selected epochs."""
    inputs, targets = subject.rows
    network = subject.network
    settings: dict[str, Any] = {"learning_rate": subject.rate, "reduction": subject.reduction}
    settings["train_biases"] = subject.train_biases
    moments: list[Moment] = []
    with epoch_progress(epochs) as show:

        def on_epoch(at: int, loss: float) -> None:
            show(moments[-1].epoch + at, loss)

        for epoch in epochs_of(epochs, range(1, 10)):
            last = moments[-1].epoch if moments else 0
            network.train(inputs, targets, epochs=epoch - last, **settings, on_epoch=on_epoch)
            loss = network.loss_of(inputs, targets, reduction=subject.reduction)
            moments.append(Moment(epoch, loss, network.weights))
    return moments
