"""A neural network with one hidden layer, computed by plain loops. `reference/DOCUMENTS.md` lists the articles behind it."""

from reference import datasets
from reference.datasets.preparation import Preparation, prepare
from reference.layout import Layout
from reference.network import NeuralNetwork
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import Kind, register
from reference.optimizers import SGD, Adam, RMSProp
from reference.specification.architecture import Architecture
from reference.specification.initial import initial_weights

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
