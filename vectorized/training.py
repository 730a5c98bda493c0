"""Training: for every batch the gradient at the weights of that moment, then one step of the optimizer."""

from typing import NamedTuple

import numpy as np

from reference.specification.architecture import Architecture
from reference.specification.order import batch_bounds, epoch_keys
from reference.specification.settings import LossSettings, TrainingSettings
from vectorized.backward import Backward, backward
from vectorized.blocks import joined
from vectorized.door import optimizer_answer
from vectorized.finite import check_backward, check_forward, check_weights
from vectorized.forward import Forward, forward
from vectorized.libraries import NUMPY, Array, Form, computed, copied, form_of, namespace, number_of
from vectorized.optimizers import StatefulOptimizer


class Samples:
    """The samples of training, batch by batch, in the order of each epoch."""

    def __init__(self, inputs: Array, targets: Array, batch_size: int | None, shuffle: int | None) -> None:
        self.inputs, self.targets = inputs, targets
        self.bounds = batch_bounds(inputs.shape[0], batch_size)
        self.keys = None if shuffle is None else epoch_keys(inputs.shape[0], shuffle)
        self.batches: list[tuple[Array, Array]] = []

    def next_epoch(self) -> list[tuple[Array, Array]]:
        """Return rows of inputs and targets for each batch."""
        if self.keys is not None or not self.batches:
            self.batches = self.cut()
        return self.batches

    def cut(self) -> list[tuple[Array, Array]]:
        """Return the batches of an epoch, in a new order where there is a seed."""
        inputs, targets = self.inputs, self.targets
        if self.keys is not None:
            order, xp, form = np.argsort(next(self.keys), kind="stable"), namespace(inputs), form_of(inputs)
            order = order if form.library is NUMPY else form.on_device(order)
            inputs, targets = xp.take(inputs, order, axis=0), xp.take(targets, order, axis=0)
        return [(inputs[start:end, :], targets[start:end, :]) for start, end in self.bounds]


class Step(NamedTuple):
    """Takes weights, a batch and a learning rate; returns new weights, and the loss before."""

    architecture: Architecture
    form: Form
    plan: TrainingSettings

    def __call__(self, weights: Array, inputs: Array, targets: Array, rate: float) -> tuple[Array, float]:
        """Take a step.  Raises FloatingPointError that names what overflows."""
        plan, layout = self.plan, self.architecture.layout
        with np.errstate(all="ignore"):
            stages, back = both_passes(self.architecture, self.form, weights, inputs, targets, plan.of_loss)
            check_forward(stages)
            check_backward(layout, back)
        gradient = back.gradient if plan.train_biases else joined(layout, back.gradient, 0 * weights)
        if is_own(plan.optimizer):
            changed: Array = plan.optimizer._advance(self.form, weights, gradient, rate)
        else:
            changed = optimizer_answer(plan.optimizer.step(copied(weights), copied(gradient), rate), layout, self.form)
            with np.errstate(all="ignore"):  # our own optimizers have already looked
                check_weights(layout, "weights", changed)
        return (changed if plan.train_biases else joined(layout, changed, weights)), number_of(back.loss)


def both_passes(
    architecture: Architecture, form: Form, weights: Array, inputs: Array, targets: Array, how: LossSettings
) -> tuple[Forward, Backward]:
    """Return the stages of both passes, computed."""
    forth = forward(architecture, weights, inputs)
    reduction, l2, rule = how
    back = backward(architecture, weights, inputs, targets, reduction=reduction, l2=l2, rule=rule, stages=forth)
    if form.library.is_lazy:
        stages = computed(form.library, (*forth, *back))
        return Forward(*stages[:4]), Backward(*stages[4:])
    return forth, back


def is_own(optimizer: object) -> bool:
    """Whether an optimizer's step is ours, replaced neither by its class nor on the object."""
    return getattr(getattr(optimizer, "step", None), "__func__", None) is StatefulOptimizer.step
