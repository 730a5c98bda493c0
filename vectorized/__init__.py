"""A neural network with one hidden layer, computed with matrices. `reference` computes the same with loops."""

from vectorized import datasets
from vectorized.network import NeuralNetwork
from vectorized.optimizers import SGD, Adam, RMSProp

__all__ = ["SGD", "Adam", "NeuralNetwork", "RMSProp", "datasets"]
