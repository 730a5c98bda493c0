"""A neural network with one hidden layer, computed with matrices. It is the twin of `reference`."""

from vectorized import datasets
from vectorized.network import NeuralNetwork
from vectorized.optimizers import SGD, Adam, RMSProp

__all__ = ["SGD", "Adam", "NeuralNetwork", "RMSProp", "datasets"]
