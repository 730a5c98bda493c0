"""Training: for every batch, compute the gradient at the current weights, then take one step of the optimizer."""

from typing import TypeGuard

from reference.backward import backward
from reference.blocks import cut_weights
from reference.finite import check_backward, check_forward, check_weights
from reference.forward import forward
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row, Rows
from reference.optimizers import StatefulOptimizer
from reference.specification.architecture import Architecture
from reference.specification.door import optimizer_answer
from reference.specification.settings import TrainingSettings


def step(
    architecture: Architecture,
    kind: Kind,
    weights: Row,
    inputs: Rows,
    targets: Rows,
    rate: Number,
    settings: TrainingSettings,
) -> tuple[Row, Number]:
    """Return the weights after the step on one batch, and the loss before the step.

    Raises FloatingPointError if a number overflows, and ValueError if a user's optimizer returns invalid weights.
    """
    layout = architecture.layout
    stages = forward(architecture, kind, cut_weights(weights, layout), inputs)
    check_forward(kind, stages)
    back = backward(architecture, kind, weights, inputs, targets, stages, **settings.loss._asdict())
    check_backward(kind, layout, back)
    gradient = back.gradient
    biases = (slice(layout.h_biases_at, layout.ho_weights_at), slice(layout.o_biases_at, layout.n_weights))
    if not settings.train_biases:
        for part in biases:
            gradient[part] = [kind.convert(0)] * len(gradient[part])
    if uses_our_step(settings.optimizer):
        new_weights: Row = settings.optimizer._advance(kind, weights, gradient, rate)
    else:
        new_weights = optimizer_answer(settings.optimizer.step(list(weights), list(gradient), rate), layout, kind)
        check_weights(kind, layout, "weights", new_weights)  # our own optimizers check this themselves
    if not settings.train_biases:
        for part in biases:
            new_weights[part] = weights[part]
    return new_weights, back.loss


def uses_our_step(optimizer: object) -> TypeGuard[StatefulOptimizer]:
    """Whether an optimizer uses `StatefulOptimizer.step`. False if a subclass or the object itself replaces this method."""
    return getattr(getattr(optimizer, "step", None), "__func__", None) is StatefulOptimizer.step
