"""A neural network with one hidden layer in explicit loops: every node one sum, as the documents compute it."""

from reference import interrupts  # noqa: F401

# isort: split
from reference import datasets
from reference.architecture import Architecture
from reference.bounded import Bounded, Undecided
from reference.initial import initial_weights
from reference.kinds import Kind, register
from reference.layout import Layout
from reference.network import NeuralNetwork
from reference.optimizers import SGD, Adam, RMSProp
from reference.preparation import Preparation, prepare

__all__ = [
    "SGD",
    "Adam",
    "Architecture",
    "Bounded",
    "Kind",
    "Layout",
    "NeuralNetwork",
    "Preparation",
    "RMSProp",
    "Undecided",
    "datasets",
    "initial_weights",
    "prepare",
    "register",
]
