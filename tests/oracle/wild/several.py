"""Networks with two or three mistakes at once, in different stages."""

import math

import numpy as np

from tests.oracle.corpus.entry import answer, flat, split
from tests.oracle.wild.batch import Batch
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import REGRESSION, SQUARES, wild
from tests.oracle.wild.layers import Activation, Dense, Layers, SoftmaxWithLoss
from tests.oracle.wild.neurons import Neurons

TRANSPOSED = ("transpos", r"\(out, in\)", "column by column", "fortran")


@wild("h_sums h_deltas loss", *TRANSPOSED, hidden="tanh", l2=0.25, batch=2)
class TransposedSlopeForgottenPenaltySubtracted(Batch):
    def unpack(self, w):
        W1, b1, W2, b2 = split(self.case, w)
        return W1.ravel().reshape(W1.shape[::-1]).T, b1, W2, b2

    def f_prime(self):
        return 1.0

    def penalty(self):
        return -super().penalty()


@wild("o_sums loss gradient", "bias", hidden="tanh", batch=3)
class NoOutputBiasLog10GradientSummed(Batch):
    def Z2_of(self, A1):
        return A1 @ self.W2

    def costs(self):
        return -np.sum(self.T * np.log10(self.Y), axis=1)

    def divisor(self):
        return 1


@wild("loss o_deltas h_deltas", "half", "twice", "squared.error", **SQUARES)
class HalfForgottenSlopeForgottenNodeAsSlope(Columns):
    def cost(self, a, y):
        return np.sum((a - y) ** 2)

    def output_delta(self, a, y):
        return a - y

    def hidden_delta(self, delta):
        return np.dot(self.weights[1].T, delta) * self.activations[1]


@wild("h_nodes o_deltas gradient", r"1 ?/ ?1", "parenthes", "bracket", r"1 \+ exp")
class ParenthesesSignAndBiasGradients(Neurons):
    def f(self, z):
        return 1 / 1 + math.exp(-z)

    def output_delta(self, o):
        return self.t[o] - self.y[o]

    def gradient(self):
        gradient = super().gradient()
        for h in range(self.n_hid):
            gradient[self.hb(h)] = 0.0
        return gradient


@wild("h_sums o_nodes h_deltas", "subtract", "sign", "minus", "threshold", hidden="relu", batch=3)
class BiasSubtractedSoftmaxOverBatchMaskForgotten(Layers):
    class first(Dense):
        def forward(self, x):
            self.x = x
            return x @ self.w - self.b

    class softmax(SoftmaxWithLoss):
        def outputs(self, z):
            e = np.exp(z - z.max())
            self.y = e / e.sum()
            return self.y

    class activation(Activation):
        def backward(self, dout):
            return dout


@wild("h_sums gradient", "order", "layout", "before", "first", hidden="tanh", batch=3, **REGRESSION)
class OutputLayerFirstAndDividedTwice(Batch):
    def unpack(self, w):
        n_ho = self.case.n_hidden * self.case.n_outputs
        W2, b2, W1, b1 = np.split(w, [n_ho, n_ho + self.case.n_outputs, len(w) - self.case.n_hidden])
        return W1.reshape(self.case.n_inputs, -1), b1, W2.reshape(self.case.n_hidden, -1), b2

    def pack(self, dW1, db1, dW2, db2):
        return flat(dW2, db2, dW1, db1) / self.n


@wild("h_nodes loss", "slope", "leaky", r"\.2", hidden="leaky_relu", batch=2, **REGRESSION)
class OtherLeakAndMeanOfAllErrors(Batch):
    def f(self, Z1):
        return np.where(Z1 > 0, Z1, 0.2 * Z1)

    def f_prime(self):
        return np.where(self.Z1 > 0, 1, 0.2)

    def cost(self):
        return np.mean((self.Y - self.T) ** 2)


@wild("h_sums h_deltas gradient", "mean", "average", "divided", r"n.inputs", **SQUARES)
class MeanOfProductsPlainErrorsAndClipping(Neurons):
    def hidden_sums(self):
        sums = []
        for h in range(self.n_hid):
            products = [self.w[self.ih(i, h)] * self.x[i] for i in range(self.n_in)]
            sums.append(sum(products) / len(products) + self.w[self.hb(h)])
        return sums

    def hidden_delta(self, h):
        error = sum(self.w[self.ho(h, o)] * (self.y[o] - self.t[o]) for o in range(self.n_out))
        return error * self.f_prime(self.z[h], self.h[h])

    def gradient(self):
        return [max(-0.25, min(0.25, g)) for g in super().gradient()]


@wild("loss h_deltas weights", r"epsilon", r"1e-0?5", hidden="tanh", batch=3)
class EpsilonTanhSlopeAndUphill(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(self.Y + 1e-5), axis=1)

    def f_prime(self):
        return 1 - self.A1

    def answer(self):
        answered = super().answer()
        w, g = np.array(self.case.weights), np.array(answered["gradient"])
        return answered | answer(self.case, weights=w + self.case.learning_rate * g)


@wild("o_sums h_deltas gradient", "last hidden", "dropped", "missing", "left out", hidden="tanh", output="identity")
class LoopShortSlopeOfSigmoidBiasesForgotten(Neurons):
    def output_sums(self):
        sums = []
        for o in range(self.n_out):
            terms = [self.w[self.ho(h, o)] * self.h[h] for h in range(self.n_hid - 1)]
            sums.append(sum(terms) + self.w[self.ob(o)])
        return sums

    def f_prime(self, z, a):
        return a * (1 - a)

    def gradient(self):
        gradient = super().gradient()
        gradient[self.ob(0) :] = [0.0] * self.n_out
        return gradient


@wild("h_sums loss gradient", "clip", "clamp", "cut", "limit", hidden="tanh", l2=0.5, batch=2)
class SumsClippedPenaltyDoubledAndOnBiases(Layers):
    class first(Dense):
        def forward(self, x):
            return np.clip(super().forward(x), -3, 3)

    def regularise(self, loss):
        for layer in self.dense:
            layer.dw, layer.db = layer.dw + self.case.l2 * layer.w, layer.db + self.case.l2 * layer.b
            loss += self.case.l2 * np.sum(layer.w**2)
        return loss


@wild("o_sums h_deltas", *TRANSPOSED, hidden="tanh", batch=2)
class TransposedBesideAnEpsilonThatIsRight(Batch):
    def unpack(self, w):
        W1, b1, W2, b2 = split(self.case, w)
        return W1, b1, W2.reshape(W2.shape[::-1]).T, b2

    def costs(self):
        return -np.sum(self.T * np.log(self.Y + 1e-8), axis=1)
