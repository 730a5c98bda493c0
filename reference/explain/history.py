"""The history of a training: the loss and the weights after selected epochs."""

from typing import Any, NamedTuple

from reference.commands.progress import epoch_progress
from reference.explain.subject import Subject


class Moment(NamedTuple):
    """The state after an epoch: the loss of all rows, and the weights."""

    epoch: int
    loss: float
    weights: list[float]


def epochs_of(last: int) -> list[int]:
    """Return `last` and the smaller epochs whose digits after the first are 0.

    >>> epochs_of(37)
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 37]
    """
    return [*(epoch for epoch in range(last) if set(str(epoch)[1:]) <= {"0"}), last]


def history_of(subject: Subject, epochs: int) -> list[Moment]:
    """Train `subject.network` on `subject.rows`. Return the state after selected epochs."""
    network, (inputs, targets), reduction = subject.network, subject.rows, subject.reduction
    settings: dict[str, Any] = {"learning_rate": subject.rate, "train_biases": subject.train_biases, "reduction": reduction}
    moments: list[Moment] = []
    with epoch_progress(epochs) as show:

        def on_epoch(at: int, loss: float) -> None:
            show(moments[-1].epoch + at, loss)

        for epoch in epochs_of(epochs):
            last = moments[-1].epoch if moments else 0
            network.train(inputs, targets, epochs=epoch - last, **settings, on_epoch=on_epoch)
            loss = network.loss_of(inputs, targets, reduction=reduction)
            moments.append(Moment(epoch, loss, network.weights))
    return moments
