"""Networks that are right, but for another setting than the requested one."""

import numpy as np

from reference import Adam
from tests.oracle.corpus.entry import split
from tests.oracle.wild.batch import Batch, sigmoid, softmax
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import REGRESSION, SQUARES, wild
from tests.oracle.wild.layers import Activation, Layers
from tests.oracle.wild.neurons import Neurons
from tests.oracle.wild.steps import moments, step


@wild("loss o_deltas", "mean.squared.error", batch=2, **REGRESSION)
class MeanSquaredErrorForHalf(Batch):
    def costs(self):
        return np.mean((self.Y - self.T) ** 2, axis=1)

    def dY(self):
        return 2 * (self.Y - self.T) / self.T.shape[1]


@wild("loss o_deltas", r"\bsquared.error", "half", hidden="tanh", output="sigmoid", loss="half_squared_error")
class SquaredErrorForHalf(Columns):
    def cost(self, a, y):
        return np.sum((a - y) ** 2)

    def cost_derivative(self, a, y):
        return 2 * (a - y)


@wild("loss o_deltas", "half.squared.error", output="sigmoid", loss="mean_squared_error", batch=3)
class HalfSquaredErrorForMean(Batch):
    def costs(self):
        return np.sum((self.Y - self.T) ** 2, axis=1) / 2

    def dY(self):
        return self.Y - self.T


@wild("loss o_deltas", "cross.entropy", **SQUARES)
class CrossEntropyForSquares(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(self.Y) + (1 - self.T) * np.log(1 - self.Y), axis=1)

    def delta2(self):
        return self.Y - self.T


@wild("loss o_deltas", "squared.error", batch=2)
class SquaresForCrossEntropy(Batch):
    def costs(self):
        return np.sum((self.Y - self.T) ** 2, axis=1) / 2

    def delta2(self):
        error = self.Y - self.T
        return self.Y * (error - (error * self.Y).sum(axis=1, keepdims=True))


@wild("loss gradient", "sum", "reduction", batch=3, hidden="tanh")
class SumForMean(Batch):
    def reduce(self, values):
        return values.sum()

    def divisor(self):
        return 1


@wild("loss gradient", "mean", "reduction", batch=3, reduction="sum", **REGRESSION)
class MeanForSum(Batch):
    def reduce(self, values):
        return values.mean()

    def divisor(self):
        return self.n


@wild("h_nodes h_deltas", "sigmoid", hidden="tanh", batch=2)
class SigmoidForTanh(Layers):
    class activation(Activation):
        def __init__(self, name):
            super().__init__("sigmoid")


@wild("h_nodes h_deltas", r"\brelu", hidden="leaky_relu", **REGRESSION)
class ReluForLeakyRelu(Neurons):
    def f(self, z):
        return max(0.0, z)

    def f_prime(self, z, a):
        return 1.0 if z > 0 else 0.0


@wild("o_nodes", "sigmoid")
class SigmoidOutputsForSoftmax(Neurons):
    def outputs(self, sums):
        return [self.f(z) for z in sums]


@wild("o_nodes", "softmax", output="sigmoid", loss="cross_entropy", batch=2, answers="o_nodes loss o_deltas")
class SoftmaxOutputsForSigmoid(Batch):
    def g(self, Z2):
        return softmax(Z2)


@wild("h_deltas", "error.splitting", "plain error", "document 002", batch=2, **SQUARES)
class ErrorSplittingForBackpropagation(Batch):
    def delta1(self):
        return (self.Y - self.T) @ self.W2.T * self.f_prime()


@wild("h_deltas", "backpropagation", rule="error_splitting", **SQUARES)
class BackpropagationForErrorSplitting(Batch):
    pass


@step("plain", "sgd", "gradient descent", "without", optimizer=Adam(epsilon=2.0**-10), batch=2)
def plain_descent_for_adam(case, state, w, g, t, rate):
    return w - rate * g


@step("rmsprop", optimizer=Adam(epsilon=2.0**-10), batch=2, steps=3)
def rmsprop_for_adam(case, state, w, g, t, rate):
    _, v = moments(case.optimizer, state, g)
    return w - rate * g / (np.sqrt(v) + case.optimizer["epsilon"])


@step("sign", optimizer="rmsprop", batch=2)
def signs_for_rmsprop(case, state, w, g, t, rate):
    return w - rate * np.sign(g)


@wild("o_nodes", "argmax", "one.hot", "class", "largest", answers="o_nodes")
def classes_for_probabilities(case):
    w1, b1, w2, b2 = split(case, np.array(case.weights))
    scores = sigmoid(np.array(case.inputs) @ w1 + b1) @ w2 + b2
    return {"o_nodes": np.eye(len(scores))[np.argmax(scores)].tolist()}
