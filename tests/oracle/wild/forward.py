"""Mistakes of the forward pass: sums, biases, activations, and what is done to the inputs."""

import math

import numpy as np

from tests.oracle.wild.batch import Batch, sigmoid, softmax
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import REGRESSION, SQUARES, wild
from tests.oracle.wild.layers import Activation, Dense, Layers, SoftmaxWithLoss
from tests.oracle.wild.neurons import Neurons


@wild("h_nodes", r"1 ?/ ?1 ?\+", "parenthes", "bracket", r"1 \+ exp")
class ParenthesesForgotten(Neurons):
    def f(self, z):
        return 1 / 1 + math.exp(-z)


@wild("h_nodes", "mirror", "negat", "sign", r"exp\(z\)", **REGRESSION)
class MinusForgottenInTheLogistic(Columns):
    def activation(self, layer, z):
        return 1.0 / (1.0 + np.exp(z)) if layer == 0 else z


@wild("o_nodes", "batch", "all samples", batch=3)
class SoftmaxOverTheWholeBatch(Batch):
    def g(self, Z2):
        e = np.exp(Z2 - np.max(Z2))
        return e / np.sum(e)


@wild("o_nodes", "batch", "axis", "samples", batch=3, hidden="tanh")
class SoftmaxAlongAxisZero(Layers):
    class softmax(SoftmaxWithLoss):
        def outputs(self, z):
            e = np.exp(z - np.max(z, axis=0))
            self.y = e / np.sum(e, axis=0)
            return self.y


@wild("h_nodes", "cap", r"relu ?6", "clip", r"at most", "clamp", hidden="relu", **REGRESSION)
class ReluCappedAtTwo(Neurons):
    def f(self, z):
        return min(max(0.0, z), 2.0)


@wild("h_sums", "clip", "clamp", "cut", "limit", hidden="tanh", batch=2)
class SumsClippedAtTwo(Batch):
    def Z1_of(self, X):
        return np.clip(super().Z1_of(X), -2, 2)


rng = np.random.default_rng(7)


@wild("h_nodes", "again", "random", "dropout", state=True, hidden="relu", batch=2)
class DropoutLeftOn(Layers):
    class activation(Activation):
        def function(self, z):
            return super().function(z) * (rng.random(z.shape) < 0.5)


@wild("h_nodes h_deltas", "dropout", "scaled", "factor", "half", "0.5", "times", hidden="tanh", batch=2)
class NodesScaledAsAfterDropout(Batch):
    keep_prob = 0.5

    def f(self, Z1):
        return super().f(Z1) * self.keep_prob


@wild("h_sums gradient", "standardi[sz]ed", "normali[sz]ed", r"\bmean\b", batch=4, hidden="tanh")
class InputsStandardisedByBatch(Batch):
    def data(self):
        X, T = super().data()
        return (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8), T


@wild("h_sums gradient", "centred", r"\bmean\b", "standardi[sz]ed", **REGRESSION)
class InputsCentredByTheirMean(Neurons):
    def prepare(self, inputs):
        mean = sum(inputs) / len(inputs)
        return [x - mean for x in inputs]


@wild("h_sums gradient", "255", "divided", "scaled", "factor")
class InputsDividedBy255(Layers):
    class first(Dense):
        def forward(self, x):
            return super().forward(x / 255.0)


@wild("h_sums gradient", "norm", "length", "unit", batch=2, **REGRESSION)
class InputsOfUnitLength(Batch):
    def data(self):
        X, T = super().data()
        return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12), T


@wild("h_sums", r"h biases missing", "without.*bias", "bias", **SQUARES)
class NoHiddenBiases(Neurons):
    def hidden_sums(self):
        return [sum(self.w[self.ih(i, h)] * self.x[i] for i in range(self.n_in)) for h in range(self.n_hid)]


@wild("o_sums", r"o biases missing", "without.*bias", "bias", batch=3)
class NoOutputBiases(Batch):
    def Z2_of(self, A1):
        return A1.dot(self.W2)


@wild("h_sums o_sums", "biases? missing", "without.*bias", "bias", hidden="tanh", answers="o_nodes")
class NoBiasesAtAll(Columns):
    def z_of(self, w, a, b):
        return w @ a


@wild("h_sums o_sums", "bias.*twice", "twice.*bias", "two.*bias", hidden="tanh", **REGRESSION)
class BiasesTwiceByALayerOfOnes(Layers):
    class first(Dense):
        def forward(self, x):
            ones = np.ones((len(x), 1))
            return np.hstack([x, ones]) @ np.vstack([self.w, self.b]) + super().forward(0 * x)

    second = first


@wild("h_sums h_nodes", "bias.*after", "after.*activation", hidden="relu", batch=2, **REGRESSION)
class BiasAfterTheActivation(Batch):
    def Z1_of(self, X):
        return X @ self.W1

    def f(self, Z1):
        return super().f(Z1) + self.b1


@wild("o_sums", "(one|same|first|shared).*bias", "bias.*(shared|all)", **SQUARES)
class OneOutputBiasForAll(Neurons):
    def ob(self, o):
        return self.second + self.n_hid * self.n_out

    def gradient(self):
        gradient = super().gradient()
        gradient[self.ob(0) :] = self.d_out
        return gradient


@wild("h_sums", "subtract", "sign", "threshold", "minus", hidden="tanh")
class ThresholdsInsteadOfBiases(Layers):
    class first(Dense):
        def forward(self, x):
            self.x = x
            return x @ self.w - self.b


@wild("h_sums", "carried", "not (re)?set", "reset", "previous|before", hidden="tanh", **REGRESSION)
class TotalNotReset(Neurons):
    def hidden_sums(self):
        sums, total = [], 0.0
        for h in range(self.n_hid):
            total += self.w[self.hb(h)]
            for i in range(self.n_in):
                total += self.w[self.ih(i, h)] * self.x[i]
            sums.append(total)
        return sums


@wild("o_sums", "carried", "not (re)?set", "reset", "previous|before", "batch", batch=3)
class SumsCarriedFromSampleToSample(Batch):
    def Z2_of(self, A1):
        return np.cumsum(A1 @ self.W2, axis=0) + self.b2


last_sums: dict[tuple[int, int], list[float]] = {}


@wild("h_sums", "again", "call before", "earlier", "carried", state=True, **REGRESSION)
class SumsCarriedFromTheCallBefore(Neurons):
    def hidden_sums(self):
        totals = last_sums.setdefault((self.n_in, self.n_hid), [0.0] * self.n_hid)
        for h in range(self.n_hid):
            totals[h] += self.w[self.hb(h)]
            for i in range(self.n_in):
                totals[h] += self.w[self.ih(i, h)] * self.x[i]
        return list(totals)


@wild("o_sums", "last hidden", "dropped", "missing", "left out", **SQUARES)
class LoopOneHiddenNodeShort(Neurons):
    def output_sums(self):
        sums = []
        for o in range(self.n_out):
            total = self.w[self.ob(o)]
            for h in range(self.n_hid - 1):
                total += self.w[self.ho(h, o)] * self.h[h]
            sums.append(total)
        return sums


@wild("h_sums", "last input", "dropped", "missing", "left out", hidden="tanh", batch=2)
class LastColumnTakenForTheLabel(Layers):
    class first(Dense):
        def forward(self, x):
            super().forward(x)
            return x[:, :-1] @ self.w[:-1] + self.b


@wild("h_sums", "mean", "average", "divided", r"n.inputs", **REGRESSION)
class MeanOfProducts(Neurons):
    def hidden_sums(self):
        sums = []
        for h in range(self.n_hid):
            products = [self.w[self.ih(i, h)] * self.x[i] for i in range(self.n_in)]
            sums.append(sum(products) / len(products) + self.w[self.hb(h)])
        return sums


@wild("h_nodes", "(hidden )?activation.*missing", "identity", "linear", batch=3, hidden="tanh", answers="h_nodes o_nodes loss")
class HiddenActivationForgotten(Batch):
    def f(self, Z1):
        return Z1


@wild("h_nodes", "twice", "second time", **REGRESSION)
class HiddenActivationTwice(Columns):
    def activation(self, layer, z):
        return super().activation(layer, super().activation(layer, z))


@wild("o_nodes", "twice", "second time", "softmax.*softmax", hidden="relu", batch=2)
class SoftmaxBeforeALossThatHasOne(Layers):
    class softmax(SoftmaxWithLoss):
        def outputs(self, z):
            super().outputs(z)
            return super().outputs(self.y)


@wild("loss o_deltas", "twice", "second time", "softmax.*softmax", batch=2)
class LossOfSoftmaxOfSoftmax(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(softmax(self.Y)), axis=1)

    def delta2(self):
        p = softmax(self.Y)
        return self.Y * ((p - self.T) - np.sum((p - self.T) * self.Y, axis=1, keepdims=True))


@wild("h_nodes h_deltas", "tanh", "another activation")
class TanhForSigmoid(Batch):
    def f(self, Z1):
        return np.tanh(Z1)

    def f_prime(self):
        return 1 - self.A1**2


@wild("h_nodes h_deltas", "slope", "leaky", r"0?\.2", hidden="leaky_relu", **REGRESSION)
class LeakySlopeOfOneFifth(Neurons):
    def f(self, z):
        return z if z > 0 else 0.2 * z

    def f_prime(self, z, a):
        return 1.0 if z > 0 else 0.2


@wild("h_nodes h_deltas", "slope", "leaky", r"0?\.3", hidden="leaky_relu", batch=2)
class LeakySlopeOfKeras(Layers):
    class activation(Activation):
        def function(self, z):
            return np.maximum(0.3 * z, z)

        def slope(self):
            return np.where(self.z > 0, 1, 0.3)


@wild("h_nodes", "sign", "slope", "leaky", "negative", hidden="leaky_relu", output="identity")
class LeakWithTheWrongSign(Columns):
    def activation(self, layer, z):
        return np.where(z > 0, z, -0.01 * z) if layer == 0 else z


@wild("h_nodes h_deltas", r"\belu", r"\bexp", "another activation", hidden="leaky_relu", **REGRESSION)
class EluForLeakyRelu(Neurons):
    def f(self, z):
        return z if z > 0 else math.exp(z) - 1

    def f_prime(self, z, a):
        return 1.0 if z > 0 else math.exp(z)


@wild("h_nodes", "softplus", r"\blog\b", "smooth", hidden="relu", **REGRESSION)
class SoftplusForRelu(Batch):
    def f(self, Z1):
        return np.logaddexp(0, Z1)


@wild("h_nodes", "clamp", "clip", "cut", "limit", batch=2)
class LogisticClampedAtFour(Batch):
    def f(self, Z1):
        return sigmoid(np.clip(Z1, -4, 4))


@wild("h_nodes", "hard", "linear", r"0\.2", "clip")
class HardSigmoid(Neurons):
    def f(self, z):
        return max(0.0, min(1.0, 0.2 * z + 0.5))


@wild("h_nodes h_deltas", r"1\.7159", "scaled tanh", "lecun", "factor", hidden="tanh", **SQUARES)
class TanhOfLecun(Columns):
    def activation(self, layer, z):
        return 1.7159 * np.tanh(2 / 3 * z) if layer == 0 else super().activation(layer, z)

    def prime(self, layer, z):
        if layer == 1:
            return super().prime(layer, z)
        return 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * z) ** 2)


@wild("o_nodes", "normali[sz]", "not divided", r"\bexp\(", hidden="tanh", answers="h_sums h_nodes o_sums o_nodes")
class PowersWithoutTheirSum(Columns):
    def activation(self, layer, z):
        return np.exp(z) if layer == 1 else super().activation(layer, z)


@wild("o_nodes", "maximum", "shift", "max", answers="o_sums o_nodes", batch=2)
class MaximumTakenFromTheNumeratorOnly(Batch):
    def g(self, Z2):
        return np.exp(Z2 - Z2.max(axis=1, keepdims=True)) / np.exp(Z2).sum(axis=1, keepdims=True)


@wild("o_nodes", "temperature", "scaled", "factor", "divided", "half", answers="o_sums o_nodes", hidden="tanh")
class TemperatureOfTwo(Layers):
    class softmax(SoftmaxWithLoss):
        def outputs(self, z):
            return super().outputs(z / 2.0)


@wild("o_nodes", r"\blog", answers="o_sums o_nodes loss")
class LogSoftmaxAnswered(Batch):
    def answer(self):
        answered = super().answer()
        return {**answered, "o_nodes": np.log(answered["o_nodes"]).tolist()}


@wild("o_nodes", "activation.*missing", "identity", "linear", "logits", answers="o_nodes loss", **SQUARES)
class LogitsAnsweredForOutputs(Neurons):
    def outputs(self, sums):
        return sums


@wild("h_sums gradient", "input.*activat", "activat.*input", "sigmoid", **REGRESSION)
class InputsActivatedToo(Columns):
    def feedforward(self, a):
        super().feedforward(1.0 / (1.0 + np.exp(-a)))


@wild("o_sums", "last output", "dropped", "missing", "left out", hidden="tanh")
class LoopOneOutputShort(Neurons):
    def output_sums(self):
        sums = [0.0] * self.n_out
        for o in range(self.n_out - 1):
            sums[o] = sum(self.w[self.ho(h, o)] * self.h[h] for h in range(self.n_hid)) + self.w[self.ob(o)]
        return sums


@wild("h_sums", "(one|same|first|shared).*bias", "bias.*(shared|all)", hidden="tanh", batch=2)
class OneHiddenBiasForAll(Batch):
    def Z1_of(self, X):
        return X @ self.W1 + self.b1[0]


@wild("h_nodes", "batch", "normali[sz]", "standardi[sz]", "mean", hidden="tanh", batch=4)
class NodesNormalisedOverTheBatch(Batch):
    def f(self, Z1):
        return np.tanh((Z1 - Z1.mean(axis=0)) / np.sqrt(Z1.var(axis=0) + 1e-5))
