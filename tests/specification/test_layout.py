"""The flat vector has one position for each edge, and both packages divide it into the same blocks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
import vectorized
from reference import Layout

LAYOUTS = st.builds(Layout, st.integers(1, 6), st.integers(1, 6), st.integers(1, 6))


def edges(layout: Layout) -> list[str]:
    """Return the edges in the order of the flat vector: four blocks, each row by row, with source nodes as rows."""
    ih = [f"i{i}->h{h}" for i in range(layout.n_inputs) for h in range(layout.n_hidden)]
    ho = [f"h{h}->o{o}" for h in range(layout.n_hidden) for o in range(layout.n_outputs)]
    return ih + [f"b->h{h}" for h in range(layout.n_hidden)] + ho + [f"b->o{o}" for o in range(layout.n_outputs)]


@given(LAYOUTS)
def test_positions_and_names_are_inverse(layout: Layout) -> None:
    names = edges(layout)
    assert layout.n_weights == len(names)
    assert [layout.name_of(position) for position in range(len(names))] == names
    assert [layout.position(name) for name in names] == list(range(len(names)))


@pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
@given(layout=LAYOUTS)
def test_blocks_hold_the_numbers_of_their_edges(package: Any, layout: Layout) -> None:
    """Each weight equals its position in the flat vector."""
    sizes = layout.sizes
    network = package.NeuralNetwork(*sizes, weights=list(range(layout.n_weights)))
    blocks = network.blocks()
    for i, h in np.ndindex(sizes[0], sizes[1]):
        assert blocks.ih_weights[i][h] == layout.position(f"i{i}->h{h}") == i * sizes[1] + h
    for h, o in np.ndindex(sizes[1], sizes[2]):
        assert blocks.ho_weights[h][o] == layout.position(f"h{h}->o{o}") == (sizes[0] + 1) * sizes[1] + h * sizes[2] + o
    assert list(blocks.h_biases) == [layout.position(f"b->h{h}") for h in range(sizes[1])]
    assert list(blocks.o_biases) == [layout.position(f"b->o{o}") for o in range(sizes[2])]
    names = {"hidden": "relu", "output": "identity"}
    assert list(package.NeuralNetwork.from_blocks(*blocks, **names).weights) == list(network.weights)
    transposed_blocks = np.transpose(blocks.ih_weights), blocks.h_biases, np.transpose(blocks.ho_weights), blocks.o_biases
    assert list(package.NeuralNetwork.from_blocks(*transposed_blocks, **names, transposed=True).weights) == list(
        network.weights
    )


@pytest.mark.parametrize("name", ["", "i3->h0", "i0->h4", "h0->h1", "i0->o0", "b->i0", "b0->h0", "h->o0", "i0 -> h0", "h4->o0"])
def test_names_that_are_not_edges_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not an edge of a 3-4-2 network"):
        Layout(3, 4, 2).position(name)


@pytest.mark.parametrize("position", [-1, 26, 10**9, 1.5])
def test_a_position_outside_the_vector_is_refused(position: Any) -> None:
    with pytest.raises(ValueError, match="expected a whole number from 0 to 25 in a 3-4-2 network"):
        Layout(3, 4, 2).name_of(position)
