"""How a flat vector may be read, and a gradient written: the order of the blocks, rows or columns first, neuron by neuron."""

from functools import cache
from itertools import permutations, product
from typing import NamedTuple

from reference.layout import Layout

BLOCKS = ("ih_weights", "h_biases", "ho_weights", "o_biases")
KNOWN: dict[tuple[str, ...], str] = {  # orders that have a name
    ("ih_weights", "ho_weights", "h_biases", "o_biases"): "weights_then_biases",
    ("h_biases", "o_biases", "ih_weights", "ho_weights"): "biases_then_weights",
    ("h_biases", "ih_weights", "o_biases", "ho_weights"): "biases_before_weights",
    ("h_biases", "ih_weights", "ho_weights", "o_biases"): "h_biases_before_ih_weights",
    ("ih_weights", "h_biases", "o_biases", "ho_weights"): "o_biases_before_ho_weights",
    ("ho_weights", "o_biases", "ih_weights", "h_biases"): "output_layer_first",
}


BY = {
    "1": "one",
    "-1": "minus_one",
    "n_hidden": "n_hidden",
    "-n_hidden": "minus_n_hidden",
    "n_outputs": "n_outputs",
    "-n_outputs": "minus_n_outputs",
}


class Reading(NamedTuple):
    """A way to lay the four blocks out.

    order : the blocks, first to last
    by_columns : the matrices whose target node is the row
    neurons : "" for blocks, "bias_first" or "bias_last" for one neuron after another with its own bias
    shifted : the block from which on every start is off, and whether those after it are as well
    by : how many places
    stride : a layer whose positions are start + a*source + b*target, and a and b
    """

    order: tuple[str, ...] = BLOCKS
    by_columns: tuple[str, ...] = ()
    neurons: str = ""
    shifted: tuple[str, ...] = ()
    by: str = "0"
    stride: tuple[str, str, str] = ("", "", "")

    @property
    def is_an_order(self) -> bool:
        """Whether every number stands in a place of its own, so that a gradient can be written so."""
        return not (self.shifted or self.stride[0])

    def names(self) -> list[str]:
        """Return the names of the mistakes in it."""
        found = []
        if self.stride[0]:
            found.append("_".join((self.stride[0], "at", *(part.replace("-", "minus_") for part in self.stride[1:]))))
        if self.neurons:
            found.append(f"neuron_by_neuron_{self.neurons}" + ("_output_layer_first" if self.order[0] == "ho_weights" else ""))
        elif self.order != BLOCKS:
            found.append(KNOWN.get(self.order, "order_" + "_".join(self.order)))
        found += [f"{block}_transposed" for block in self.by_columns]
        if self.shifted:
            found.append(f"{'_and_'.join(self.shifted)}_off_by_{BY[self.by]}")
        return found

    def words(self) -> str:
        """Return the reading in words."""
        if self.stride[0]:
            layer, a, b = self.stride
            return f"{layer.replace('_', ' ')} at the positions start + {a}*source + {b}*target, the bias as one source more"
        if self.neurons:
            layers = "output layer first" if self.order[0] == "ho_weights" else "hidden layer first"
            return f"one neuron after another, its bias {self.neurons.split('_')[1]}, {layers}"
        found = ", ".join(
            block.replace("_", " ") + (" (with the target node as the row)" if block in self.by_columns else "")
            for block in self.order
        )
        if not self.shifted:
            return found
        places = "one place" if self.by in ("1", "-1") else f"{self.by.strip('-')} places"
        where = f"{places} too {'early' if self.by[0] == '-' else 'late'}"
        return f"{found}, but {' and '.join(self.shifted).replace('_', ' ')} begin {where} (off by {self.by})"


RIGHT = Reading()


@cache
def positions(reading: Reading, layout: Layout) -> dict[str, list[int]]:
    """Return where the numbers of each block stand in the flat vector, row by row with the source node as the row."""
    sources = {"ih_weights": layout.n_inputs, "ho_weights": layout.n_hidden, "h_biases": 1, "o_biases": 1}
    targets = {block: layout.n_hidden if block == "h_biases" or block == "ih_weights" else layout.n_outputs for block in BLOCKS}
    found: dict[str, list[int]] = {}
    at = 0
    if reading.neurons:
        layers = [("ih_weights", "h_biases"), ("ho_weights", "o_biases")]
        for weights, biases in layers if reading.order[0] == "ih_weights" else layers[::-1]:
            n_sources, n_targets = sources[weights], targets[weights]
            first = reading.neurons == "bias_first"
            starts = [at + target * (n_sources + 1) for target in range(n_targets)]
            found[weights] = [start + first + source for source in range(n_sources) for start in starts]
            found[biases] = [start + (0 if first else n_sources) for start in starts]
            at += (n_sources + 1) * n_targets
        return found
    for block in reading.order:
        n_sources, n_targets = sources[block], targets[block]
        cells = product(range(n_sources), range(n_targets))
        if block in reading.by_columns:
            found[block] = [at + target * n_sources + source for source, target in cells]
        else:
            found[block] = [at + source * n_targets + target for source, target in cells]
        at += n_sources * n_targets
    size = {"1": 1, "n_hidden": layout.n_hidden, "n_outputs": layout.n_outputs}.get(reading.by.strip("-"), 0)
    by = -size if reading.by[0] == "-" else size
    layer, *factors = reading.stride
    if layer:
        n_sources, n_targets = sources[layer], targets[layer]
        values = {"n_targets": n_targets, "n_sources": n_sources, "-n_targets": -n_targets, "0": 0, "1": 1, "2": 2, "-1": -1}
        a, b = (values[name] for name in factors)
        places = [(found[layer][0] + a * s + b * t) % layout.n_weights for s in range(n_sources + 1) for t in range(n_targets)]
        found[layer], found[BLOCKS[BLOCKS.index(layer) + 1]] = places[:-n_targets], places[-n_targets:]
    return {
        block: [(p + by) % layout.n_weights for p in numbers] if block in reading.shifted else numbers
        for block, numbers in found.items()
    }


@cache
def readings() -> list[Reading]:
    """Return every reading but the right one, the likely ones first."""
    columns = [(), ("ih_weights",), ("ho_weights",), ("ih_weights", "ho_weights")]
    found = [Reading(by_columns=some) for some in columns[1:]]
    orders = [*KNOWN, *(order for order in permutations(BLOCKS) if order not in KNOWN and order != BLOCKS)]
    found += [Reading(order, some) for order in orders for some in columns]
    layers = (BLOCKS, ("ho_weights", "o_biases", "ih_weights", "h_biases"))
    found += [Reading(order, neurons=how) for order in layers for how in ("bias_last", "bias_first")]
    strides = product(("n_targets", "1", "n_sources", "-n_targets", "0", "2"), ("1", "0", "n_targets", "n_sources", "-1"))
    by_index = [
        Reading(stride=(layer, a, b))
        for a, b in strides
        if (a, b) != ("n_targets", "1")
        for layer in ("ih_weights", "ho_weights")
    ]
    shifted = [BLOCKS[at:] for at in range(4)] + [(block,) for block in BLOCKS[:3]]
    return found + [Reading(shifted=some, by=by) for some in shifted for by in BY] + by_index
