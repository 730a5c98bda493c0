"""Training: for every batch the gradient at the weights of that moment, then one step of the optimizer."""

import math
from typing import Any, NamedTuple, Protocol

import numpy as np

from reference.layout import Layout
from reference.messages import EPOCH_OVERFLOWS, diverged
from reference.order import epoch_keys
from reference.settings import TrainingSettings
from vectorized.activations import Functions
from vectorized.backward import Backward, add_weight_decay, backward
from vectorized.checks import optimizer_answer
from vectorized.forward import check_weights_finite, forward
from vectorized.losses import batch_loss, reduced_loss
from vectorized.optimizers import SGD, StatefulOptimizer
from vectorized.reach import Reach
from vectorized.workspace import RAISE, Array, Blocks, TargetBatches, Targets, Workspace, dot, with_one


class Trainable(Protocol):
    """What training needs of a network; it puts new weights in place of the old ones after every step."""

    _functions: Functions
    _blocks: Blocks
    _spare: Blocks

    def backward(self, inputs: Any, targets: Any, *, reduction: str, l2: float, rule: str) -> Backward:
        """Return every stage of the backward pass, or name what overflows."""


class Batch(NamedTuple):
    """What one step needs: its inputs and targets, the work space for its size, and the share of a sample in the loss."""

    inputs: Array
    targets: Targets
    work: Workspace
    share: float


def batches_of(inputs: Array, targets: TargetBatches, layout: Layout, reduction: str) -> list[Batch]:
    """Return the batches of an epoch as views of its inputs and targets; those of one size share a work space."""
    shared: dict[int, Workspace] = {}
    batches = []
    start = 0
    for of_batch in targets.batches:
        size = len(of_batch.sums)
        if size not in shared:
            shared[size] = Workspace(layout, size, inputs.dtype)
        share = 1 / size if reduction == "mean" else 1.0
        batches.append(Batch(inputs[start : start + size], of_batch, shared[size], share))
        start += size
    return batches


def train(
    network: Trainable,
    inputs: Array,
    targets: Array,
    plan: TrainingSettings,
) -> list[float]:
    """Train the network and return the loss of each epoch.

    The loss of an epoch is made of its batches' losses, each before that batch's update:
    (sum over batches of loss * samples) / n_samples for the mean, else their sum.
    """
    n_samples, layout, theirs = len(inputs), network._functions.net.layout, np.geterr()
    mean = plan.of_loss.reduction == "mean"
    keys = None if plan.shuffle is None else epoch_keys(n_samples, plan.shuffle)
    met, met_targets = with_one(inputs), TargetBatches(targets, min(plan.batch_size or n_samples, n_samples))
    batches = batches_of(met, met_targets, layout, plan.of_loss.reduction)
    given = met.copy() if keys is not None else met
    losses: list[float] = []
    with np.errstate(**RAISE):
        reach = Reach(network._blocks, layout, met)
        for epoch in range(plan.epochs):
            if epoch == 0 or callable(plan.learning_rate):
                with np.errstate(**theirs):
                    rate = float(plan.rate_of(epoch))
                reach.measure(network._blocks)  # the function may have set other weights, as may on_epoch
            if keys is not None:
                order = np.argsort(next(keys), kind="stable")
                np.take(given, order, axis=0, out=met, mode="clip")
                met_targets.fill(targets[order])
            plain, total = is_plain_descent(plan), 0.0
            for number, batch in enumerate(batches):
                try:
                    if plain and reach.holds(network._blocks):
                        loss = descend(network, batch, rate, plan, reach)
                    else:
                        loss = step(network, batch, rate, plan)
                except FloatingPointError as error:
                    raise FloatingPointError(diverged(epoch, number, named_overflow(network, batch, plan, error))) from None
                total += loss * len(batch.inputs) if mean else loss
            losses.append(total / n_samples if mean else total)
            if not math.isfinite(losses[epoch]):
                raise FloatingPointError(diverged(epoch, len(batches) - 1, EPOCH_OVERFLOWS))
            if plan.on_epoch is not None:
                with np.errstate(**theirs):
                    plan.on_epoch(epoch, losses[epoch])
                reach.measure(network._blocks)
    return losses


def is_own(optimizer: object) -> bool:
    """Whether an optimizer's step is ours, replaced neither by its class nor on the object."""
    return getattr(getattr(optimizer, "step", None), "__func__", None) is StatefulOptimizer.step


def is_plain_descent(plan: TrainingSettings) -> bool:
    """Whether a step is w <- w - rate*g and nothing else."""
    return type(plan.optimizer) is SGD and is_own(plan.optimizer) and not plan.optimizer.momentum and not plan.of_loss.l2


def descend(network: Trainable, batch: Batch, rate: float, plan: TrainingSettings, reach: Reach) -> float:
    """Take one step of plain gradient descent in place, where no sum of the pass can overflow; return the loss before it.

    The length of the change is finite only if all of it is; where it is not, or the way back overflows, the other step
    looks at every number.
    """
    try:
        loss = both_passes(network, batch, plan, look=False)
        change = batch.work.gradient.flat
        length = rate * math.sqrt(dot(change, change))
    except FloatingPointError:
        length = math.inf
    if not length <= network._blocks.largest / 4:
        loss = step(network, batch, rate, plan)
        reach.measure(network._blocks)
        return loss
    plan.optimizer._descend(network._blocks.flat, change, rate)
    reach.lengthen(length)
    return loss


def step(network: Trainable, batch: Batch, rate: float, plan: TrainingSettings) -> float:
    """Change the network's weights by one batch; return the loss before it.

    The new weights are written beside the old ones and the two change places, so that the last finite step is still there
    when a number overflows.
    """
    net, old, new, gradient = network._functions.net, network._blocks, network._spare, batch.work.gradient
    loss = both_passes(network, batch, plan, look=True)
    own = is_own(plan.optimizer)
    if own:
        plan.optimizer.step(old.flat, gradient.flat, rate, new.flat)
    else:
        new.flat[:] = optimizer_answer(
            plan.optimizer.step(old.flat.copy(), gradient.flat.copy(), rate), net.layout, old.flat.dtype
        )
    if not plan.train_biases:
        np.copyto(new.h_biases, old.h_biases)
        np.copyto(new.o_biases, old.o_biases)
    try:
        check_weights_finite(net.layout, "weights", new.flat)
    except FloatingPointError:
        if own:
            plan.optimizer.undo()
        raise
    network._blocks, network._spare = new, old
    return loss


def both_passes(network: Trainable, batch: Batch, plan: TrainingSettings, look: bool) -> float:
    """Fill the gradient of a batch in its work space; return the loss.

    Where sums are looked at, the way back may overflow in peace: the new weights are looked at, too.
    """
    of, blocks = network._functions, network._blocks
    inputs, targets, work, share = batch
    forward(of, blocks, inputs, work, look)
    loss = reduced_loss(blocks, batch_loss(of.net, work, targets), len(inputs), plan.of_loss)
    if look:
        with np.errstate(all="ignore"):
            backward(of, blocks, inputs, targets, work, plan.of_loss.rule, share)
    else:
        backward(of, blocks, inputs, targets, work, plan.of_loss.rule, share)
    gradient = work.gradient
    if plan.of_loss.l2:
        add_weight_decay(blocks, gradient, network._spare, plan.of_loss.l2)
    if not plan.train_biases:
        gradient.h_biases.fill(0)
        gradient.o_biases.fill(0)
    return loss


def named_overflow(network: Trainable, batch: Batch, plan: TrainingSettings, error: FloatingPointError) -> FloatingPointError:
    """Return what overflowed, by stage and node: the pass once more, every stage looked at."""
    try:
        network.backward(batch.inputs[:, :-1], batch.targets.values.T, **plan.of_loss._asdict())
    except FloatingPointError as named:
        return named
    return error
