"""The results of the passes, as NamedTuples. `reference` fills them with lists, `vectorized` with arrays."""

from typing import Generic, NamedTuple, TypeVar

from reference.specification.result_tables import lines_of, table_of

Loss = TypeVar("Loss")  # one number
Flat = TypeVar("Flat")  # a row of numbers, such as the flat vector
Layer = TypeVar("Layer")  # a row with one number for each node, or a matrix with one column for each node


class Forward(NamedTuple, Generic[Layer]):
    """The stages of the forward pass. For each sample, h_... has n_hidden numbers and o_... has n_outputs."""

    h_sums: Layer
    h_nodes: Layer
    o_sums: Layer
    o_nodes: Layer

    def __repr__(self) -> str:
        return lines_of(self)

    def _repr_html_(self) -> str:
        return table_of(self)


class Backward(NamedTuple, Generic[Loss, Layer, Flat]):
    """The stages of the backward pass: the loss, the deltas of each sample, and the flat gradient."""

    loss: Loss
    o_deltas: Layer
    h_deltas: Layer
    gradient: Flat

    def __repr__(self) -> str:
        return lines_of(self)

    def _repr_html_(self) -> str:
        return table_of(self)


class Blocks(NamedTuple, Generic[Layer, Flat]):
    """The flat vector as two matrices, with source nodes as rows, and two rows of biases."""

    ih_weights: Layer
    h_biases: Flat
    ho_weights: Layer
    o_biases: Flat

    def __repr__(self) -> str:
        return lines_of(self)

    def _repr_html_(self) -> str:
        return table_of(self)
