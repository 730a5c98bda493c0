"""The networks, batches and precisions that are measured, and the number of multiply-adds of each operation.

    forward    n_samples * (n_inputs + n_outputs) * n_hidden
    loss       the same as forward
    gradient   n_samples * (2 * n_inputs + 3 * n_outputs) * n_hidden        forward, h_deltas and both gradients
    step       the same as gradient
    epoch      the same as gradient, for all the digits

Only the matrix products are counted, not the biases, the activations, the loss and the update.
"""

import os
from typing import NamedTuple

from reference.layout import Layout
from reference.numbers.description import describe
from reference.specification.parameters import whole_number

OPERATIONS = {
    "forward": "forward pass",
    "gradient": "loss and gradient",
    "step": "training step",
    "epoch": "epoch of the digits",
}
DIGITS = 1797
BATCH_OF_DIGITS = 32


class Shape(NamedTuple):
    """A network, a batch and a precision.

    >>> shape = Shape(64, 32, 10, 256)
    >>> str(shape), shape.multiply_adds("forward"), shape.multiply_adds("step")
    ('64-32-10 x256 float64', 606208, 1294336)
    """

    n_inputs: int
    n_hidden: int
    n_outputs: int
    n_samples: int
    dtype: str = "float64"

    def __str__(self) -> str:
        return f"{self.label} {self.dtype}"

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The sizes of the network."""
        return self.n_inputs, self.n_hidden, self.n_outputs

    @property
    def label(self) -> str:
        """Network and batch, for example "64-32-10 x256"."""
        return f"{'-'.join(map(str, self.sizes))} x{self.n_samples}"

    def multiply_adds(self, operation: str) -> int:
        """Return the number of multiply-adds of an operation."""
        terms = self.n_inputs + self.n_outputs if operation in ("forward", "loss") else 2 * self.n_inputs + 3 * self.n_outputs
        n_samples = DIGITS if operation == "epoch" else self.n_samples
        return n_samples * terms * self.n_hidden


def shape_of(sizes: str, n_samples: int, dtype: str) -> Shape:
    """Return the shape for sizes such as "784-100-10", a batch and a precision.

    Raises ValueError if the shape is not valid, or needs more memory than the machine has.

    >>> shape_of("784-100", 64, "float32")
    Traceback (most recent call last):
    ValueError: shape is '784-100', expected three sizes like 784-100-10
    """
    parts = sizes.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
        raise ValueError(f"shape is {describe(sizes)}, expected three sizes like 784-100-10")
    n_inputs, n_hidden, n_outputs = map(int, parts)
    n_weights = Layout(n_inputs, n_hidden, n_outputs).n_weights
    whole_number(n_samples, "batch", least=1)
    # a number needs 32 bytes as a Python float in a list, and 8 in each of two arrays
    need = 48 * (4 * n_weights + 3 * n_samples * (n_inputs + n_hidden + n_outputs))
    available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else need
    if need > available:
        raise ValueError(
            f"{sizes} with a batch of {n_samples} needs about {need >> 30} GiB, but this machine has {available >> 30} GiB; "
            "choose a smaller shape or batch"
        )
    return Shape(n_inputs, n_hidden, n_outputs, n_samples, dtype)


def shapes_of(*rows: tuple[int, int, int, int]) -> tuple[Shape, ...]:
    """Return shapes in double precision, which the loops always use."""
    return tuple(Shape(*row) for row in rows)


QUICK = shapes_of((1, 1, 1, 1), (3, 4, 2, 1), (8, 16, 4, 8), (64, 32, 10, 32), (256, 64, 10, 32))
USUAL = shapes_of(
    (1, 1, 1, 1),
    (3, 4, 2, 1),
    (8, 8, 4, 1),
    (4, 8, 3, 4),
    (16, 16, 4, 1),
    (32, 32, 4, 1),
    (8, 16, 4, 8),
    (64, 32, 10, 1),
    (64, 32, 10, 32),
    (64, 32, 10, 256),
    (784, 100, 10, 1),
    (784, 100, 10, 32),
    (784, 1000, 10, 1024),
)
THOROUGH = shapes_of(
    *((*sizes, n) for sizes in ((1, 1, 1), (3, 4, 2), (8, 16, 4)) for n in (1, 8, 64, 1024)),
    *((*sizes, n) for sizes in ((64, 32, 10), (784, 100, 10), (784, 1000, 10)) for n in (1, 32, 256, 1024)),
)
DIGITS_SHAPE = Shape(64, 32, 10, BATCH_OF_DIGITS)
