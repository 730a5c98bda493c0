"""Check that results are finite."""

from itertools import chain

from reference.layout import Layout
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row, Rows
from reference.specification.messages import not_finite, weight_not_finite
from reference.specification.stages import Backward, Forward


def check_forward(kind: Kind, stages: Forward[Rows]) -> None:
    """Raise FloatingPointError for the first sum that is not finite. Nodes need no check: finite sums have finite nodes."""
    if not all(map(kind.is_finite, chain(*stages.h_sums, *stages.o_sums))):
        check_rows(kind, ("h_sums", stages.h_sums), ("o_sums", stages.o_sums))


def check_backward(kind: Kind, layout: Layout, stages: Backward[Number, Rows, Row]) -> None:
    """Raise FloatingPointError for the first number of the backward pass that is not finite."""
    check_loss(kind, stages.loss)
    if not all(map(kind.is_finite, chain(*stages.o_deltas, *stages.h_deltas))):
        check_rows(kind, ("o_deltas", stages.o_deltas), ("h_deltas", stages.h_deltas))
    check_weights(kind, layout, "gradient", stages.gradient)


def check_rows(kind: Kind, *stages: tuple[str, Rows]) -> None:
    """Raise FloatingPointError for the first number that is not finite. The message names its stage, node and sample."""
    for stage, rows in stages:
        for s, numbers in enumerate(rows):
            if not all(map(kind.is_finite, numbers)):
                node = list(map(kind.is_finite, numbers)).index(False)
                raise FloatingPointError(not_finite(stage, node, s if len(rows) > 1 else None, numbers[node]))


def check_loss(kind: Kind, loss: object) -> None:
    """Raise FloatingPointError unless a loss is finite."""
    if not kind.is_finite(loss):
        raise FloatingPointError(not_finite("loss", None, None, loss))


def check_weights(kind: Kind, layout: Layout, what: str, numbers: Row) -> None:
    """Raise FloatingPointError for the first number of a flat vector that is not finite. The message names the weight."""
    if not all(map(kind.is_finite, numbers)):
        position = list(map(kind.is_finite, numbers)).index(False)
        raise FloatingPointError(weight_not_finite(what, position, layout.name_of(position), numbers[position]))
