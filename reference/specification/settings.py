"""Checked settings of the passes and of training: reduction, l2, rule, epochs, learning rate, batches."""

from collections.abc import Callable
from typing import Any, NamedTuple

from reference.numbers.kinds import Kind
from reference.numbers.number import Number
from reference.specification.names import REDUCTIONS, RULES, one_of
from reference.specification.optimizers import Optimizer
from reference.specification.parameters import function_or_none, has_step, not_negative, whole_number, yes_or_no


class LossSettings(NamedTuple):
    """Settings of a loss and its gradient."""

    reduction: str
    l2: Number
    rule: str


class TrainingSettings(NamedTuple):
    """Settings of training."""

    loss: LossSettings
    kind: Kind
    epochs: int
    learning_rate: Number | Callable[[int], Number]
    batch_size: int | None
    optimizer: Optimizer
    shuffle: int | None
    train_biases: bool
    on_epoch: Callable[[int, Any], object] | None

    def rate_of(self, epoch: int) -> Number:
        """Return the learning rate of an epoch, converted to the kind of number that the network computes with."""
        if callable(self.learning_rate):
            return rate(self.learning_rate(epoch), f"learning_rate of epoch {epoch}", self.kind)
        return self.learning_rate


def rate(value: Number, what: str, kind: Kind) -> Number:
    """Return a learning rate as a number of a kind. Raises ValueError unless it is a finite number of at least 0."""
    return kind.take(not_negative(value, what), what)


def loss_settings(kind: Kind, reduction: str, l2: Number, rule: str = "backpropagation") -> LossSettings:
    """Return the settings of a loss and its gradient. Raises ValueError for an invalid name or number."""
    l2 = kind.take(not_negative(l2, "l2"), "l2")
    return LossSettings(one_of(REDUCTIONS, reduction, "reduction"), l2, one_of(RULES, rule, "rule"))


def training_settings(
    loss: LossSettings,
    kind: Kind,
    epochs: int,
    learning_rate: Number | Callable[[int], Number],
    batch_size: int | None,
    optimizer: Optimizer,
    shuffle: int | None,
    train_biases: bool,
    on_epoch: Callable[[int, Any], object] | None,
) -> TrainingSettings:
    """Return the settings of training. Raises ValueError if one is invalid."""
    return TrainingSettings(
        loss,
        kind,
        whole_number(epochs, "epochs"),
        learning_rate if callable(learning_rate) else rate(learning_rate, "learning_rate", kind),
        None if batch_size is None else whole_number(batch_size, "batch_size", least=1),
        has_step(optimizer),
        None if shuffle is None else whole_number(shuffle, "shuffle"),
        yes_or_no(train_biases, "train_biases"),
        function_or_none(on_epoch, "on_epoch"),
    )
