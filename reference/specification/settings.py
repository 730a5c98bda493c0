"""Checked settings of the passes and of training."""

from collections.abc import Callable
from typing import Any, NamedTuple

from reference.numbers.kinds import Kind
from reference.numbers.number import Number
from reference.specification.names import REDUCTIONS, RULES, one_of
from reference.specification.optimizers import Optimizer
from reference.specification.parameters import not_negative


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
