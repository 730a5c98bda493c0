"""The backward pass, layer by layer: how the loss changes with each sum, and so with each weight.

o_deltas = d loss / d o_sums
h_deltas = f'(h_sums) * (o_deltas @ ho_weights.T)
gradient of a matrix = (its source nodes).T @ (the deltas of its target nodes) / n_samples
"""

from typing import NamedTuple

import numpy as np

from reference.architecture import Architecture
from vectorized.activations import Functions
from vectorized.losses import loss_slopes
from vectorized.workspace import Array, Blocks, Targets, Workspace, product


class Backward(NamedTuple):
    """The stages of the backward pass: the loss, deltas (vectors for one sample, rows for a batch), flat gradient."""

    loss: float
    o_deltas: Array
    h_deltas: Array
    gradient: Array


def output_deltas(of: Functions, net: Architecture, work: Workspace, targets: Targets) -> None:
    """Fill o_deltas = d loss / d o_sums.

    cross-entropy      softmax y*(sum of targets) - t;  sigmoid y - t
    squared errors     slope * g'(o_sums);  softmax y * (slope - (sum over o of slope*y))
    """
    o_deltas, o_nodes = work.o_deltas, work.o_nodes
    if net.loss == "cross_entropy":
        if net.output == "softmax" and not targets.one_hot:
            np.multiply(o_nodes, targets.sums, o_deltas)
            np.subtract(o_deltas, targets.values, o_deltas)
        else:
            np.subtract(o_nodes, targets.values, o_deltas)
        return
    loss_slopes(net, work, targets)
    if of.output is None:
        np.multiply(o_deltas, o_nodes, work.o_slopes)
        product(work.ones_o, work.o_slopes, work.s_total)
        np.subtract(o_deltas, work.s_total, o_deltas)
        np.multiply(o_deltas, o_nodes, o_deltas)
    else:
        np.multiply(o_deltas, work.o_slopes, o_deltas)


def hidden_deltas(blocks: Blocks, work: Workspace, o_deltas: Array) -> None:
    """Fill h_deltas = f'(h_sums) * (o_deltas @ ho_weights.T).

    Source: documents 003 (`backprop`) and 004 (`backwardPropagate`).
    """
    product(o_deltas.T, blocks.ho_weights.T, work.h_deltas)
    for h_slopes, h_deltas in work.delta_slabs:
        np.multiply(h_deltas, h_slopes, h_deltas)


def fill_gradient(inputs_and_one: Array, work: Workspace) -> None:
    """Fill the gradient of every weight and bias, summed over the samples.

    ih  inputs.T @ h_deltas       h biases  sum of h_deltas
    ho  h_nodes.T @ o_deltas      o biases  sum of o_deltas
    """
    gradient = work.gradient
    product(inputs_and_one.T, work.h_deltas, gradient.ih)
    product(work.h_nodes.T, work.o_deltas.T, gradient.ho_weights)
    product(work.o_deltas, work.ones_s, gradient.o_biases)


def backward(
    of: Functions,
    blocks: Blocks,
    inputs_and_one: Array,
    targets: Targets,
    work: Workspace,
    rule: str,
    factor: float = 1.0,
) -> None:
    """Fill deltas and gradient of a batch from the stages of its forward pass.

    A factor of the gradient (in training, that of the mean) is taken into the deltas, which are fewer.
    rule="error_splitting" (document 002 as it describes itself) takes half squared error for o_deltas, and passes the
    plain errors o_nodes - targets back in place of the deltas; that is the gradient of no loss.
    """
    net = of.net if rule == "backpropagation" else of.net._replace(loss="half_squared_error")
    output_deltas(of, net, work, targets)
    if factor != 1:
        np.multiply(work.o_deltas, factor, work.o_deltas)
    passed_back = work.o_deltas
    if rule == "error_splitting":
        passed_back = np.subtract(work.o_nodes, targets.values, work.o_powers)
        if factor != 1:
            np.multiply(passed_back, factor, passed_back)
    hidden_deltas(blocks, work, passed_back)
    fill_gradient(inputs_and_one, work)


def add_weight_decay(blocks: Blocks, gradient: Blocks, room: Blocks, l2: float) -> None:
    """Add l2 * w to the gradient of every ih and ho weight w, in place; biases are left alone."""
    gradient.ih_weights += np.multiply(blocks.ih_weights, l2, room.ih_weights)
    gradient.ho_weights += np.multiply(blocks.ho_weights, l2, room.ho_weights)
