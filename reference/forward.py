"""The forward pass, node by node: the sum of each node, then its activation.

h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]
o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]
"""

from reference.activations import nodes_of
from reference.blocks import Cut
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row, Rows
from reference.specification.architecture import Architecture
from reference.specification.stages import Forward


def hidden_sums(
    inputs: Row,
    ih_columns: Rows,
    h_biases: Row,
    zero: Number = 0,
) -> Row:
    """Return the sum of each hidden node.  Source: document 001."""
    h_sums, all_inputs = [], range(len(inputs))
    for h in range(len(h_biases)):
        weights = ih_columns[h]  # weights[i] is the weight of i -> h
        total = zero
        for i in all_inputs:
            total += inputs[i] * weights[i]
        h_sums.append(total + h_biases[h])
    return h_sums


def output_sums(
    h_nodes: Row,
    ho_columns: Rows,
    o_biases: Row,
    zero: Number = 0,
) -> Row:
    """Return the sum of each output node.  Source: document 001."""
    o_sums, all_hidden = [], range(len(h_nodes))
    for o in range(len(o_biases)):
        weights = ho_columns[o]  # weights[h] is the weight of h -> o
        total = zero
        for h in all_hidden:
            total += h_nodes[h] * weights[h]
        o_sums.append(total + o_biases[o])
    return o_sums


def forward(
    architecture: Architecture,
    kind: Kind,
    cut: Cut,
    inputs: Rows,
) -> Forward[Rows]:
    """Return the sums and nodes of all samples. Nothing is checked.

    >>> from reference.numbers.kinds import FLOAT
    >>> cut = Cut([[0.25, 0.5]], [1.0], [[2.0]], [-1.0])
    >>> net = Architecture(2, 1, 1, hidden="relu", output="identity")
    >>> forward(net, FLOAT, cut, [[4.0, -2.0]]).o_sums
    [[1.0]]
    """
    ih, h_biases, ho, o_biases = cut
    hidden, output = architecture.hidden, architecture.output
    h_sums = [hidden_sums(x, ih, h_biases, kind.zero) for x in inputs]
    h_nodes = [nodes_of(hidden, kind, z) for z in h_sums]
    o_sums = [output_sums(y, ho, o_biases, kind.zero) for y in h_nodes]
    o_nodes = [nodes_of(output, kind, z) for z in o_sums]
    return Forward(h_sums, h_nodes, o_sums, o_nodes)
