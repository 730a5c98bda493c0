"""Training: for every batch the gradient at the weights of that moment, then one step of the optimizer."""

from typing import Protocol

from reference.architecture import Architecture
from reference.backward import backward
from reference.checks import optimizer_answer
from reference.forward import check_weights_finite
from reference.kinds import Kind, Number
from reference.messages import EPOCH_OVERFLOWS, diverged
from reference.optimizers import StatefulOptimizer
from reference.order import batch_bounds, epoch_keys
from reference.settings import TrainingSettings


class Trainable(Protocol):
    """What training needs of a network; it puts new weights in place after every step."""

    _net: Architecture
    _kind: Kind
    _weights: list[Number]


def train(
    network: Trainable,
    inputs: list[list[Number]],
    targets: list[list[Number]],
    plan: TrainingSettings,
) -> list[Number]:
    """Train the network and return the loss of each epoch.

    The loss of an epoch is made of its batches' losses, each before that batch's update:
    (sum over batches of loss * samples) / n_samples for the mean, else their sum.
    """
    net, kind = network._net, network._kind
    n_samples = len(inputs)
    bounds = batch_bounds(n_samples, plan.batch_size)
    order = list(range(n_samples))
    keys = None if plan.shuffle is None else epoch_keys(n_samples, plan.shuffle)
    losses = []
    for epoch in range(plan.epochs):
        rate = plan.rate_of(epoch)
        if keys is not None:
            order = sorted(range(n_samples), key=next(keys).__getitem__)
        total = 0
        for batch, (start, end) in enumerate(bounds):
            samples = order[start:end]
            batch_inputs, batch_targets = [inputs[s] for s in samples], [targets[s] for s in samples]
            try:
                network._weights, loss = step(net, kind, network._weights, batch_inputs, batch_targets, rate, plan)
            except ArithmeticError as error:
                raise FloatingPointError(diverged(epoch, batch, error)) from None
            total += loss * len(samples) if plan.of_loss.reduction == "mean" else loss
        losses.append(total / n_samples if plan.of_loss.reduction == "mean" else total)
        if not kind.is_finite(losses[epoch]):
            raise FloatingPointError(diverged(epoch, len(bounds) - 1, EPOCH_OVERFLOWS))
        if plan.on_epoch is not None:
            plan.on_epoch(epoch, losses[epoch])
        if network._kind is not kind:
            mine, theirs = kind.type.__name__, network._kind.type.__name__
            raise ValueError(f"on_epoch set weights of {theirs}, this training computes in {mine}; set {mine} weights")
    return losses


def step(
    net: Architecture,
    kind: Kind,
    weights: list[Number],
    inputs: list[list[Number]],
    targets: list[list[Number]],
    rate: Number,
    plan: TrainingSettings,
) -> tuple[list[Number], Number]:
    """Return the weights after one batch, and the loss before it."""
    stages = backward(net, kind, weights, inputs, targets, plan.of_loss)
    gradient, layout = stages.gradient, net.layout
    biases = (slice(layout.h_biases_at, layout.ho_weights_at), slice(layout.o_biases_at, layout.n_weights))
    if not plan.train_biases:
        for part in biases:
            gradient[part] = [kind.convert(0)] * len(gradient[part])
    own = is_own(plan.optimizer)
    if own:
        changed = plan.optimizer._advance(kind, weights, gradient, rate)
    else:
        changed = optimizer_answer(plan.optimizer.step(list(weights), list(gradient), rate), layout, kind)
    if not plan.train_biases:
        for part in biases:
            changed[part] = weights[part]
    if not own:  # ours have looked
        check_weights_finite(kind, layout, "weights", changed)
    return changed, stages.loss


def is_own(optimizer: object) -> bool:
    """Whether an optimizer's step is ours, replaced neither by its class nor on the object."""
    return getattr(getattr(optimizer, "step", None), "__func__", None) is StatefulOptimizer.step
