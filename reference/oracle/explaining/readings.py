"""The wrong ways in which a program may read the flat vector or write its gradient."""

from functools import cache
from itertools import permutations, product
from typing import NamedTuple

from reference.layout import Layout

BLOCKS = ("ih_weights", "h_biases", "ho_weights", "o_biases")
KNOWN: dict[tuple[str, ...], str] = {  # names of orders
    ("ih_weights", "ho_weights", "h_biases", "o_biases"): "weights_then_biases",
    ("h_biases", "o_biases", "ih_weights", "ho_weights"): "biases_then_weights",
    ("h_biases", "ih_weights", "o_biases", "ho_weights"): "biases_before_weights",
    ("h_biases", "ih_weights", "ho_weights", "o_biases"): "h_biases_before_ih_weights",
    ("ih_weights", "h_biases", "o_biases", "ho_weights"): "o_biases_before_ho_weights",
    ("ho_weights", "o_biases", "ih_weights", "h_biases"): "output_layer_first",
}
OFFSETS = ("1", "-1", "n_hidden", "-n_hidden", "n_outputs", "-n_outputs")  # how many places too late a block begins


class Reading(NamedTuple):
    """A way to read the flat vector.

    order : the blocks, first to last
    by_columns : the matrices that are read with the target node as the row
    stored_by_columns : the matrices that the program transposes, but then reads as if they were not transposed
    neurons : "bias_first" or "bias_last" if each bias is stored beside the weights of its neuron; "" if block by block
    shifted : the blocks that begin at a wrong place
    offset : how many places too late the shifted blocks begin; negative if too early
    stride : a matrix and factors a, b. A weight is read at start + a*source + b*target, modulo the number of weights. The
        biases are read as the weights of one more source node
    """

    order: tuple[str, ...] = BLOCKS
    by_columns: tuple[str, ...] = ()
    neurons: str = ""
    shifted: tuple[str, ...] = ()
    offset: str = "0"
    stride: tuple[str, str, str] = ("", "", "")
    stored_by_columns: tuple[str, ...] = ()

    @property
    def is_an_order(self) -> bool:
        """Whether blocks are only reordered, read by columns, or read neuron by neuron."""
        return not (self.shifted or self.stride[0] or self.stored_by_columns)

    def names(self) -> list[str]:
        """Return the names of the mistakes."""
        names = []
        if self.stride[0]:
            names.append("_".join((self.stride[0], "at", *(part.replace("-", "minus_") for part in self.stride[1:]))))
        if self.neurons:
            names.append(f"neuron_by_neuron_{self.neurons}" + ("_output_layer_first" if self.order[0] == "ho_weights" else ""))
        elif self.order != BLOCKS:
            names.append(KNOWN.get(self.order, "order_" + "_".join(self.order)))
        names += [f"{block}_transposed" for block in self.by_columns]
        names += [f"{block}_stored_transposed" for block in self.stored_by_columns]
        if self.shifted:
            places = self.offset.replace("-", "minus_").replace("1", "one")
            names.append(f"{'_and_'.join(self.shifted)}_off_by_{places}")
        return names

    def words(self) -> str:
        """Return the reading in words."""
        if self.stride[0]:
            matrix, a, b = self.stride[0].replace("_", " "), *self.stride[1:]
            return f"{matrix} at start + ({a})*source + ({b})*target, and the biases as the weights of one more source node"
        if self.neurons:
            layer = "output" if self.order[0] == "ho_weights" else "hidden"
            place = self.neurons.removeprefix("bias_")
            return f"one neuron after another, beginning with the {layer} layer, and with the bias {place} in each neuron"
        orientation = " (with the target node as the row)"
        if self.stored_by_columns:
            return f"{self.stored_by_columns[0].replace('_', ' ')} stored transposed, but read as if they were not"
        order = ", ".join(block.replace("_", " ") + orientation * (block in self.by_columns) for block in self.order)
        if not self.shifted:
            return order
        places = "one place" if self.offset in ("1", "-1") else f"{self.offset.strip('-')} places"
        where = f"{places} too {'early' if self.offset[0] == '-' else 'late'}"
        return f"{order}, but {' and '.join(self.shifted).replace('_', ' ')} begin {where} (off by {self.offset})"


RIGHT = Reading()


def n_sources(layout: Layout, block: str) -> int:
    """Return how many rows a block has."""
    return {"ih_weights": layout.n_inputs, "ho_weights": layout.n_hidden}.get(block, 1)


def n_targets(layout: Layout, block: str) -> int:
    """Return how many columns a block has."""
    return layout.n_hidden if block in BLOCKS[:2] else layout.n_outputs


@cache
def positions(reading: Reading, layout: Layout) -> dict[str, list[int]]:
    """Return the positions at which each block is read, row by row, with the source node as the row."""
    if reading.neurons:
        return positions_by_neurons(reading, layout)
    places: dict[str, list[int]] = {}
    start = 0
    for block in reading.order:
        rows, columns = n_sources(layout, block), n_targets(layout, block)
        a, b = (1, rows) if block in reading.by_columns else (columns, 1)
        places[block] = [start + a * source + b * target for source in range(rows) for target in range(columns)]
        if block in reading.stored_by_columns:
            places[block] = [start + columns * (at % rows) + at // rows for at in range(rows * columns)]
        start += rows * columns
    layer, *factors = reading.stride
    if layer:
        rows, columns = n_sources(layout, layer), n_targets(layout, layer)
        values = {"n_targets": columns, "n_sources": rows, "-n_targets": -columns, "0": 0, "1": 1, "2": 2, "-1": -1}
        a, b = (values[factor] for factor in factors)
        first = places[layer][0]
        cells = [(first + a * s + b * t) % layout.n_weights for s in range(rows + 1) for t in range(columns)]
        places[layer], places[BLOCKS[BLOCKS.index(layer) + 1]] = cells[:-columns], cells[-columns:]
    if reading.shifted:
        size = {"1": 1, "n_hidden": layout.n_hidden, "n_outputs": layout.n_outputs}[reading.offset.strip("-")]
        offset = -size if reading.offset[0] == "-" else size
        places |= {block: [(place + offset) % layout.n_weights for place in places[block]] for block in reading.shifted}
    return places


def positions_by_neurons(reading: Reading, layout: Layout) -> dict[str, list[int]]:
    """Return the positions at which each block is read if each bias is stored beside the weights of its neuron."""
    places: dict[str, list[int]] = {}
    start = 0
    layers = (BLOCKS[:2], BLOCKS[2:])
    for weights, biases in layers if reading.order[0] == "ih_weights" else layers[::-1]:
        rows, columns = n_sources(layout, weights), n_targets(layout, weights)
        first = reading.neurons == "bias_first"
        neurons = [start + target * (rows + 1) for target in range(columns)]
        places[weights] = [neuron + first + source for source in range(rows) for neuron in neurons]
        places[biases] = [neuron + (0 if first else rows) for neuron in neurons]
        start += (rows + 1) * columns
    return places


@cache
def position_variables(layout: Layout) -> dict[str, list[int]]:
    """Return variables for the formulas of an optimizer. Each variable has one number for each position of the flat vector.

    block : 1 to 4
    layer : 1 or 2
    is_weight : 1 for a weight, 0 for a bias
    is_h_biases, and so on for each block : 1 in this block, else 0
    """
    starts = layout.h_biases_at, layout.ho_weights_at, layout.o_biases_at
    blocks = [1 + sum(at >= start for start in starts) for at in range(layout.n_weights)]
    return {
        "block": blocks,
        "layer": [1 + (block > 2) for block in blocks],
        "is_weight": [block % 2 for block in blocks],
        **{f"is_{name}": [int(block == number) for block in blocks] for number, name in enumerate(BLOCKS, 1)},
    }


@cache
def readings() -> list[Reading]:
    """Return the wrong readings, the likely ones first."""
    columns = [(), ("ih_weights",), ("ho_weights",), ("ih_weights", "ho_weights")]
    orders = [*KNOWN, *(order for order in permutations(BLOCKS) if order not in KNOWN and order != BLOCKS)]
    layers = (BLOCKS, (*BLOCKS[2:], *BLOCKS[:2]))
    blocks = [BLOCKS[at:] for at in range(4)] + [(block,) for block in BLOCKS[:3]]
    strides = product(("n_targets", "1", "n_sources", "-n_targets", "0", "2"), ("1", "0", "n_targets", "n_sources", "-1"))
    return [
        *(Reading(by_columns=some) for some in columns[1:]),
        *(Reading(stored_by_columns=(block,)) for block in BLOCKS[::2]),
        *(Reading(order, some) for order in orders for some in columns),
        *(Reading(order, neurons=place) for order in layers for place in ("bias_last", "bias_first")),
        *(Reading(shifted=some, offset=offset) for some in blocks for offset in OFFSETS),
        *(Reading(stride=(layer, *ab)) for ab in strides if ab != ("n_targets", "1") for layer in BLOCKS[::2]),
    ]


@cache
def readings_of_block(block: str) -> dict[str, Reading]:
    """Return {description: reading} for the wrong ways to read a block, without duplicates (readings with equal positions)."""
    layouts = (Layout(3, 5, 2), Layout(2, 4, 3))
    by_places: dict[str, Reading] = {}
    for reading in (RIGHT, *readings()):
        by_places.setdefault(repr([positions(reading, layout)[block] for layout in layouts]), reading)
    return {f"from {reading.words()}": reading for reading in by_places.values() if reading != RIGHT}
