"""The flat weight vector: the position of each weight.

The vector has four blocks, in this order. The weights are stored row by row, with one row for each source node:

    ih weights   i -> h    i*n_hidden + h
    h biases     b -> h    n_inputs*n_hidden + h
    ho weights   h -> o    (n_inputs+1)*n_hidden + h*n_outputs + o
    o biases     b -> o    (n_inputs+1)*n_hidden + n_hidden*n_outputs + o
"""

import re
from dataclasses import dataclass, field

from reference.numbers.description import describe
from reference.numbers.kinds import whole

EDGE = re.compile(r"(i|h|b)((?:0|[1-9][0-9]{0,17})?)->(h|o)(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Layout:
    """The sizes of a network and the position of each weight in its flat vector.

    Parameters
    ----------
    n_inputs, n_hidden, n_outputs : int, at least 1

    Attributes
    ----------
    h_biases_at, ho_weights_at, o_biases_at : int, the positions where these blocks begin
    n_weights : int, (n_inputs+1)*n_hidden + (n_hidden+1)*n_outputs

    Raises
    ------
    ValueError
        if a size is not a whole number of at least 1.

    Source: document 001 (the order of the blocks and the count of weights).

    >>> layout = Layout(3, 4, 2)
    >>> layout.n_weights
    26
    >>> layout.position("i0->h2"), layout.position("b->h3"), layout.position("h3->o1")
    (2, 15, 23)
    >>> layout.name_of(23)
    'h3->o1'
    """

    n_inputs: int
    n_hidden: int
    n_outputs: int
    h_biases_at: int = field(init=False, repr=False, compare=False)
    ho_weights_at: int = field(init=False, repr=False, compare=False)
    o_biases_at: int = field(init=False, repr=False, compare=False)
    n_weights: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sizes = [self._size(name) for name in ("n_inputs", "n_hidden", "n_outputs")]
        n_inputs, n_hidden, n_outputs = sizes
        ho_weights_at = (n_inputs + 1) * n_hidden
        o_biases_at = ho_weights_at + n_hidden * n_outputs
        places = [n_inputs * n_hidden, ho_weights_at, o_biases_at, o_biases_at + n_outputs]
        for name, number in zip(self.__slots__, sizes + places, strict=True):
            object.__setattr__(self, name, number)

    def _size(self, name: str) -> int:
        """Return a size as a Python integer. Raises ValueError unless it is a whole number of at least 1."""
        value = getattr(self, name)
        size = whole(value)
        if size is None or size < 1:
            raise ValueError(f"{name} is {describe(value)}, expected a whole number of at least 1")
        return size

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The three sizes: n_inputs, n_hidden, n_outputs."""
        return self.n_inputs, self.n_hidden, self.n_outputs

    def __str__(self) -> str:
        return f"{self.n_inputs}-{self.n_hidden}-{self.n_outputs}"

    def position(self, name: str) -> int:
        """Return the position of an edge, such as ``i0->h2`` or ``b->o1``, in the flat vector.

        Raises ValueError if this network has no such edge.

        >>> Layout(3, 4, 2).position("b->o1")
        25
        """
        match = EDGE.fullmatch(name) if isinstance(name, str) else None
        if match:
            source, source_index, layer, node_index = match.groups()
            node = int(node_index)
            if source == "b" and not source_index:
                if layer == "h" and node < self.n_hidden:
                    return self.h_biases_at + node
                if layer == "o" and node < self.n_outputs:
                    return self.o_biases_at + node
            elif source_index:
                row = int(source_index)
                if source + layer == "ih" and row < self.n_inputs and node < self.n_hidden:
                    return row * self.n_hidden + node
                if source + layer == "ho" and row < self.n_hidden and node < self.n_outputs:
                    return self.ho_weights_at + row * self.n_outputs + node
        raise ValueError(
            f"{describe(name)} is not an edge of a {self} network; its edges are named i0->h0 to "
            f"h{self.n_hidden - 1}->o{self.n_outputs - 1}, and its biases b->h0 to b->o{self.n_outputs - 1}"
        )

    def name_of(self, position: int) -> str:
        """Return the name of the edge at a position of the flat vector: the inverse of `position`.

        Raises ValueError unless the position is a whole number from 0 to n_weights - 1.

        >>> Layout(3, 4, 2).name_of(2)
        'i0->h2'
        """
        at = whole(position)
        if at is None or not 0 <= at < self.n_weights:
            raise ValueError(
                f"position is {describe(position)}, expected a whole number from 0 to {self.n_weights - 1} in a {self} network"
            )
        if at < self.h_biases_at:
            i, h = divmod(at, self.n_hidden)
            return f"i{i}->h{h}"
        if at < self.ho_weights_at:
            return f"b->h{at - self.h_biases_at}"
        if at < self.o_biases_at:
            h, o = divmod(at - self.ho_weights_at, self.n_outputs)
            return f"h{h}->o{o}"
        return f"b->o{at - self.o_biases_at}"
