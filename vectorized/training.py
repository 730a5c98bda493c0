"""Training: for every batch, compute the gradient at the current weights, then take one step of the optimizer."""

from typing import NamedTuple, TypeGuard

import numpy as np

from reference.numbers.kinds import exact_float
from reference.specification.architecture import Architecture
from reference.specification.order import batch_bounds, epoch_keys
from reference.specification.settings import LossSettings, TrainingSettings
from reference.specification.stages import Backward, Forward
from vectorized.arrays import Array
from vectorized.backward import backward
from vectorized.blocks import join
from vectorized.door import optimizer_answer
from vectorized.finite import check_backward, check_forward, check_weights
from vectorized.forward import forward
from vectorized.libraries import NUMPY, Form, compute, copy_of, form_of, namespace, number_of
from vectorized.optimizers import StatefulOptimizer


class Samples:
    """The samples of training, batch by batch, in the order of each epoch."""

    def __init__(self, inputs: Array, targets: Array, batch_size: int | None, shuffle: int | None) -> None:
        self.inputs, self.targets = inputs, targets
        self.bounds = batch_bounds(inputs.shape[0], batch_size)
        self.keys = None if shuffle is None else epoch_keys(inputs.shape[0], shuffle)
        self.batches: list[tuple[Array, Array]] = []

    def next_epoch(self) -> list[tuple[Array, Array]]:
        """Return the batches of the next epoch. Each batch is a pair: its rows of inputs and its rows of targets."""
        if self.keys is not None or not self.batches:
            self.batches = self.cut()
        return self.batches

    def cut(self) -> list[tuple[Array, Array]]:
        """Cut the samples into batches, in a new random order if there is a seed."""
        inputs, targets = self.inputs, self.targets
        if self.keys is not None:
            xp, form = namespace(inputs), form_of(inputs)
            order: Array = np.argsort(next(self.keys), kind="stable")
            if form.library is not NUMPY:
                order = form.on_device(order)
            inputs, targets = xp.take(inputs, order, axis=0), xp.take(targets, order, axis=0)
        return [(inputs[start:end, :], targets[start:end, :]) for start, end in self.bounds]


class Step(NamedTuple):
    """A function of weights, a batch and a learning rate. It returns the new weights, and the loss before the step."""

    architecture: Architecture
    form: Form
    settings: TrainingSettings

    def __call__(self, weights: Array, inputs: Array, targets: Array, rate: float) -> tuple[Array, float]:
        """Take a step. Raises FloatingPointError if a number overflows."""
        layout, optimizer, train_biases = self.architecture.layout, self.settings.optimizer, self.settings.train_biases
        with np.errstate(all="ignore"):
            stages = both_passes(self.architecture, self.form, weights, inputs, targets, self.settings.loss)
        gradient = stages.gradient if train_biases else join(layout, stages.gradient, 0 * weights)
        if uses_our_step(optimizer):
            new_weights: Array = optimizer._advance(self.form, weights, gradient, rate)
        else:
            new_weights = optimizer_answer(optimizer.step(copy_of(weights), copy_of(gradient), rate), layout, self.form)
            with np.errstate(all="ignore"):  # in the other branch, `_advance` checks the weights
                check_weights(layout, "weights", new_weights)
        return (new_weights if train_biases else join(layout, new_weights, weights)), number_of(stages.loss)


def both_passes(
    architecture: Architecture, form: Form, weights: Array, inputs: Array, targets: Array, settings: LossSettings
) -> Backward[Array, Array, Array]:
    """Run both passes, and return the stages of the backward pass. Lazy arrays are computed here.

    Raises FloatingPointError for the first number that is not finite.
    """
    stages = forward(architecture, weights, inputs)
    reduction, l2, rule = settings
    back = backward(architecture, weights, inputs, targets, reduction=reduction, l2=exact_float(l2), rule=rule, stages=stages)
    if form.library.is_lazy:
        numbers = compute(form.library, (*stages, *back))
        stages, back = Forward(*numbers[:4]), Backward(*numbers[4:])
    check_forward(stages)
    check_backward(architecture.layout, back)
    return back


def uses_our_step(optimizer: object) -> TypeGuard[StatefulOptimizer]:
    """Whether an optimizer uses `StatefulOptimizer.step`. False if a subclass or the object itself replaces this method."""
    return getattr(getattr(optimizer, "step", None), "__func__", None) is StatefulOptimizer.step
