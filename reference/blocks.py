"""The flat vector, cut into the incoming and the outgoing weights of each node."""

from typing import NamedTuple

from reference.layout import Layout
from reference.numbers.number import Row, Rows


class Cut(NamedTuple):
    """For each node, the column of its incoming weights, and its bias."""

    ih_columns: Rows
    h_biases: Row
    ho_columns: Rows
    o_biases: Row


def cut_weights(weights: Row, layout: Layout) -> Cut:
    """Cut the flat vector: ih_columns[h][i] is the weight of i -> h, ho_columns[o][h] is the weight of h -> o."""
    n_hidden, n_outputs = layout.n_hidden, layout.n_outputs
    ih_end, ho_start, ho_end = layout.h_biases_at, layout.ho_weights_at, layout.o_biases_at
    return Cut(
        [weights[h:ih_end:n_hidden] for h in range(n_hidden)],
        weights[ih_end:ho_start],
        [weights[ho_start + o : ho_end : n_outputs] for o in range(n_outputs)],
        weights[ho_end:],
    )


def rows_leaving(weights: Row, layout: Layout) -> Rows:
    """Return the ho weights, one row for each hidden node: rows[h][o] is the weight of h -> o."""
    start, n_outputs = layout.ho_weights_at, layout.n_outputs
    return [weights[start + h * n_outputs : start + (h + 1) * n_outputs] for h in range(layout.n_hidden)]
