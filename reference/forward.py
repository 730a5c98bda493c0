"""The forward pass, node by node: each node is the activation of one sum.

h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]      h_nodes[h] = f(h_sums[h])
o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]     o_nodes[o] = g(o_sums[o])
"""

from typing import NamedTuple

from reference.activations import activation, softmax
from reference.architecture import Architecture
from reference.blocks import Cut
from reference.kinds import Kind, Number
from reference.layout import Layout
from reference.messages import not_finite, weight_not_finite


class Forward(NamedTuple):
    """The four stages of the forward pass: a list each for one sample, rows of them for a batch."""

    h_sums: list[Number]
    h_nodes: list[Number]
    o_sums: list[Number]
    o_nodes: list[Number]


def hidden_sums(inputs: list[Number], ih_columns: list[list[Number]], h_biases: list[Number], zero: Number = 0) -> list[Number]:
    """Return the sum that reaches every hidden node.  Source: document 001, h_sum[0].

    h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]

    A sum of floats starts at 0.0: Python adds two numbers of one kind faster.

    >>> hidden_sums([3.0, 4.0, -4.5], [[0.01, 0.05, 0.09]], [0.13])
    [-0.04499999999999996]
    """
    h_sums, all_inputs = [], range(len(inputs))
    for h in range(len(h_biases)):
        weights = ih_columns[h]
        total = zero
        for i in all_inputs:
            total += inputs[i] * weights[i]
        h_sums.append(total + h_biases[h])
    return h_sums


def output_sums(
    h_nodes: list[Number], ho_columns: list[list[Number]], o_biases: list[Number], zero: Number = 0
) -> list[Number]:
    """Return the sum that reaches every output node.  Source: document 001, o_sum[0].

    o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]
    """
    o_sums, all_hidden = [], range(len(h_nodes))
    for o in range(len(o_biases)):
        weights = ho_columns[o]
        total = zero
        for h in all_hidden:
            total += h_nodes[h] * weights[h]
        o_sums.append(total + o_biases[o])
    return o_sums


def forward(net: Architecture, kind: Kind, cut: Cut, inputs: list[Number], sample: int | None = None) -> Forward:
    """Return the four stages of one sample; `sample` is its number in a batch, for messages."""
    hidden_node, _ = activation(net.hidden, kind)
    h_sums = hidden_sums(inputs, cut.ih_columns, cut.h_biases, kind.zero)
    h_nodes = list(map(hidden_node, h_sums))
    o_sums = output_sums(h_nodes, cut.ho_columns, cut.o_biases, kind.zero)
    if not all(map(kind.is_finite, h_sums + o_sums)):
        check_finite(kind, sample, h_sums=h_sums, o_sums=o_sums)
    if net.output == "softmax":
        return Forward(h_sums, h_nodes, o_sums, softmax(o_sums, kind))
    output_node, _ = activation(net.output, kind)
    return Forward(h_sums, h_nodes, o_sums, list(map(output_node, o_sums)))


def forward_rows(net: Architecture, kind: Kind, cut: Cut, rows: list[list[Number]]) -> list[Forward]:
    """Return the stages of each sample; in a batch of several, a message says which it speaks of."""
    numbers = range(len(rows)) if len(rows) > 1 else [None]
    return [forward(net, kind, cut, inputs, s) for s, inputs in zip(numbers, rows, strict=True)]


def check_finite(kind: Kind, sample: int | None, **stages: list[Number]) -> None:
    """Raise FloatingPointError that names stage, node and sample of the first number that is not finite."""
    for stage, numbers in stages.items():
        if not all(map(kind.is_finite, numbers)):
            node = list(map(kind.is_finite, numbers)).index(False)
            raise FloatingPointError(not_finite(stage, node, sample, numbers[node]))


def check_weights_finite(kind: Kind, layout: Layout, what: str, numbers: list[Number]) -> None:
    """Raise FloatingPointError that names the first number of a flat vector that is not finite, by its edge."""
    if not all(map(kind.is_finite, numbers)):
        position = list(map(kind.is_finite, numbers)).index(False)
        raise FloatingPointError(weight_not_finite(what, position, layout.name_of(position), numbers[position]))
