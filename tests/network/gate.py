"""The gate and the 3-4-1 network of document 004. The network has no biases. The target is 1 if the three inputs are equal."""

from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tests.network.documents import SIGMOIDS, Network

INPUTS = [[float(x) for x in row] for row in product((0, 1), repeat=3)]
TARGETS = [[1.0], [0.0], [0.0], [0.0], [0.0], [0.0], [0.0], [1.0]]
PRINTED_LOSS = {1000: 0.0020575319565093496, 100_000: 0.00013715041859631841}


def start(package: ModuleType, seed: int) -> Network:
    return package.NeuralNetwork(3, 4, 1, **SIGMOIDS, init="normal", seed=seed)


def train(network: Network, epochs: int, **how: Any) -> list[float]:
    """Train as in the document, and return the loss that its code saves: the mean squared error before each update.

    Training minimises the sum over 8 samples of (y-t)**2 / 2. The mean of (y-t)**2 is exactly a quarter of this sum.
    """
    settings = {"learning_rate": 1, "reduction": "sum", "train_biases": False}
    return [loss / 4 for loss in network.train(INPUTS, TARGETS, epochs=epochs, **settings, **how)]


def obeys(outputs: ArrayLike) -> bool:
    """Whether every output is above 0.9 for target 1, and below 0.1 for target 0: the rule of the document."""
    targets = np.ravel(TARGETS)
    return bool(np.where(targets == 1, np.ravel(outputs) > 0.9, np.ravel(outputs) < 0.1).all())


def near(loss: float, epochs: int) -> bool:
    """Whether a loss is within 10 % of the printed loss."""
    return abs(loss - PRINTED_LOSS[epochs]) <= 0.1 * PRINTED_LOSS[epochs]
