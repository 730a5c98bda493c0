"""How far the sums of a pass can reach: while the weights are short enough none overflows, and none need be looked at.

    |h_sums[h]| <= |w| * |x|                                     Cauchy and Schwarz; so is every part of the sum
    |o_sums[o]| <= |w| * |(h_nodes, 1)| <= |w| * sqrt(n_hidden + 1) * max(1, |w| * |x|)

|w| is the length of the flat vector, |x| that of all inputs and their ones. No activation makes more of a sum than
max(1, |sum|). A step lengthens the weights by the length of its change at most.
"""

import math

import numpy as np

from reference.layout import Layout
from vectorized.workspace import Array, Blocks, dot

STEP = 1 + 2.0**-20  # more than the rounding of a step lengthens the weights, in either precision


class Reach:
    """A bound on the length of the weights, and the limit below which no sum overflows.

    >>> import numpy as np
    >>> weights = Blocks(np.array([3.0, 0.0, 4.0, 0.0]), Layout(1, 1, 1))
    >>> reach = Reach(weights, Layout(1, 1, 1), np.array([[2.0, 1.0]]))
    >>> reach.holds(weights), round(reach.length, 3)
    (True, 5.0)
    """

    length: float
    limit: float

    def __init__(self, blocks: Blocks, layout: Layout, inputs_and_one: Array) -> None:
        all_inputs = math.sqrt(dot(inputs_and_one.ravel(), inputs_and_one.ravel())) * rounding(inputs_and_one)
        self.rounding = rounding(blocks.flat)
        # Then |w|**2 * |x|**2 * sqrt(n_hidden + 1), which is no less than either bound, is a quarter of the largest number.
        self.limit = math.sqrt(blocks.largest / 4) / (layout.n_hidden + 1) ** 0.25 / all_inputs
        self.measure(blocks)

    def measure(self, blocks: Blocks) -> None:
        """Take the length of the weights as they are."""
        self.length = math.sqrt(dot(blocks.flat, blocks.flat)) * self.rounding

    def holds(self, blocks: Blocks) -> bool:
        """Whether no sum of a pass with these weights can overflow."""
        if self.length > self.limit:  # steps may have gone to and fro
            self.measure(blocks)
        return self.length <= self.limit

    def lengthen(self, by: float) -> None:
        """Take a step of this length, as computed, into account."""
        self.length = (self.length + by * self.rounding) * STEP


def rounding(numbers: Array) -> float:
    """Return by what factor a computed length may be too small: a dot product of n terms loses no more than n roundings."""
    return 1 + (numbers.size + 8) * float(np.finfo(numbers.dtype).eps)
