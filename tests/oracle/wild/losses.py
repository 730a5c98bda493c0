"""Mistakes of the loss and of its penalty."""

import math

import numpy as np

from tests.oracle.corpus.entry import split
from tests.oracle.wild.batch import Batch
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import REGRESSION, SQUARES, wild
from tests.oracle.wild.layers import Layers, SoftmaxWithLoss, SquaresWithLoss
from tests.oracle.wild.neurons import Neurons


@wild("loss", "log10", "base 10", "logarithm")
class Log10(Neurons):
    def loss(self):
        return -sum(t * math.log10(y) for t, y in zip(self.t, self.y, strict=True))


@wild("loss", "log2", "base 2", "bits", "logarithm", batch=2, hidden="tanh")
class LossInBits(Batch):
    def costs(self):
        return -(self.T * np.log2(self.Y)).sum(axis=1)


@wild("loss", r"squared.error", "half", "twice", "factor", **SQUARES)
class HalfForgotten(Columns):
    def cost(self, a, y):
        return np.sum((a - y) ** 2)


@wild("loss", "mean.squared", "average", "n.outputs", "divided", batch=3, **REGRESSION)
class MeanOverAllErrors(Batch):
    def cost(self):
        return np.mean((self.Y - self.T) ** 2)


@wild("loss o_deltas", "absolute", "mae", r"\bl1\b", hidden="tanh", **REGRESSION)
class MeanAbsoluteError(Neurons):
    def loss(self):
        return sum(abs(y - t) for y, t in zip(self.y, self.t, strict=True)) / self.n_out

    def output_delta(self, o):
        return (1 if self.y[o] > self.t[o] else -1) / self.n_out


@wild("loss", "epsilon", r"1e-0?5", batch=2)
class EpsilonOf1e5(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(self.Y + 1e-5), axis=1)


@wild("loss", "clip", "epsilon", r"0?\.01", hidden="tanh", batch=2)
class ProbabilitiesClippedAtOnePercent(Layers):
    class softmax(SoftmaxWithLoss):
        def losses(self, t):
            self.t = t
            return -np.sum(t * np.log(np.clip(self.y, 0.01, 0.99)), axis=1)


@wild("loss", "sum.*mean", "mean.*sum", "reduc", "batch", "number of samples", batch=3)
class LossSummedOverSamples(Batch):
    def cost(self):
        return np.sum(self.costs())


@wild("loss", "sum.*mean", "mean.*sum", "reduc", "batch", "number of samples", "average", batch=3, reduction="sum", **SQUARES)
class LossAveragedWhereSumIsAsked(Layers):
    class squares(SquaresWithLoss):
        def losses(self, t):
            return super().losses(t) / len(t)


@wild("loss", "second half", r"1 ?- ?t", "missing", output="sigmoid", loss="cross_entropy", batch=2)
class SecondHalfForgotten(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(self.Y), axis=1)


@wild("loss", r"1 ?- ?y", r"1 ?- ?t", "second half", output="sigmoid", loss="cross_entropy", hidden="tanh")
class OneMinusTargetForgotten(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(self.Y) + np.log(1 - self.Y), axis=1)


@wild("loss", "root", "norm", "sqrt", **REGRESSION)
class NormNotSquared(Columns):
    def cost(self, a, y):
        return 0.5 * np.linalg.norm(a - y)


@wild("loss", "average", "n.outputs", "divided", "mean", batch=3, hidden="relu")
class CrossEntropyByNpMean(Batch):
    def cost(self):
        return -np.mean(self.T * np.log(self.Y))


@wild("loss", "negative", "sign", "minus")
class MinusForgotten(Layers):
    class softmax(SoftmaxWithLoss):
        def losses(self, t):
            return -super().losses(t)


@wild("loss", "last sample", "last row", batch=3, **SQUARES)
class LossOfTheLastSampleOnly(Columns):
    def mean(self, total):
        if np.ndim(total):
            return super().mean(total)
        return self.cost(self.activations[-1], np.array(self.case.targets[-1]).reshape(-1, 1))


@wild("loss", "outputs? and targets?", "exchanged", "swapped", "entropy", hidden="tanh")
class ArgumentsExchanged(Neurons):
    def loss(self):
        return -sum(y * math.log(t + 1e-7) for t, y in zip(self.t, self.y, strict=True))


@wild("loss o_deltas", "huber", "smooth", "absolute", "linear", batch=2, **REGRESSION)
class HuberLoss(Batch):
    def costs(self):
        e = np.abs(self.Y - self.T)
        return np.where(e < 1, e**2 / 2, e - 0.5).sum(axis=1)

    def dY(self):
        return np.clip(self.Y - self.T, -1, 1)


@wild("loss gradient", r"\bl1\b", "absolute", "lasso", l2=0.25, batch=2)
class AbsoluteWeights(Batch):
    def penalty(self):
        return self.case.l2 * (np.abs(self.W1).sum() + np.abs(self.W2).sum())

    def gradients(self):
        dW1, db1, dW2, db2 = super().gradients()
        l2 = self.case.l2
        return dW1 - l2 * self.W1 + l2 * np.sign(self.W1), db1, dW2 - l2 * self.W2 + l2 * np.sign(self.W2), db2


@wild("loss gradient", "subtract", "sign", "minus", l2=0.5, hidden="tanh")
class PenaltySubtracted(Layers):
    def regularise(self, loss):
        for layer in self.dense:
            layer.dw = layer.dw - self.case.l2 * layer.w
            loss = loss - 0.5 * self.case.l2 * np.sum(layer.w**2)
        return loss


@wild("loss gradient", "bias", l2=0.25, hidden="tanh", batch=3)
class PenaltyOnAllParameters(Layers):
    def regularise(self, loss):
        for layer in self.dense:
            layer.dw = layer.dw + self.case.l2 * layer.w
            layer.db = layer.db + self.case.l2 * layer.b
            loss += self.case.l2 / 2 * (np.sum(layer.w**2) + np.sum(layer.b**2))
        return loss


@wild("loss", "half", "twice", "factor", l2=0.25, batch=2)
class PenaltyWithoutTheHalf(Batch):
    def penalty(self):
        return self.case.l2 * (np.sum(self.W1**2) + np.sum(self.W2**2))


@wild("loss gradient", "half", "twice", "factor", l2=0.25, **REGRESSION)
class PenaltyWithoutTheHalfAnywhere(Layers):
    def regularise(self, loss):
        for layer in self.dense:
            layer.dw = layer.dw + 2 * self.case.l2 * layer.w
            loss += self.case.l2 * np.sum(layer.w**2)
        return loss


@wild("gradient", "penalty.*missing", "without.*penalty", "l2", "decay", l2=0.5, batch=3, hidden="tanh")
class PenaltyForgottenInTheGradient(Batch):
    def gradients(self):
        dW1, db1, dW2, db2 = super().gradients()
        return dW1 - self.case.l2 * self.W1, db1, dW2 - self.case.l2 * self.W2, db2


@wild("loss", "penalty.*missing", "without.*penalty", "l2", "decay", l2=0.5)
class PenaltyForgottenInTheLoss(Batch):
    def penalty(self):
        return 0.0


@wild("loss gradient", "number of samples", r"\bn\b", "average", "divided", "samples", l2=0.5, batch=3)
class PenaltyDividedByTheNumberOfSamples(Batch):
    def penalty(self):
        return super().penalty() / self.n

    def gradients(self):
        dW1, db1, dW2, db2 = super().gradients()
        rest = self.case.l2 * (1 / self.n - 1)
        return dW1 + rest * self.W1, db1, dW2 + rest * self.W2, db2


@wild("loss gradient", "(each|every|once per|number of) sample", r"\bn\b", "times", l2=0.25, batch=3, reduction="sum")
class PenaltyOfEverySample(Batch):
    def penalty(self):
        return self.n * super().penalty()

    def gradients(self):
        dW1, db1, dW2, db2 = super().gradients()
        more = (self.n - 1) * self.case.l2
        return dW1 + more * self.W1, db1, dW2 + more * self.W2, db2


@wild("loss gradient", r"\bih\b", "first layer", "hidden layer", "penalty.*(ih|last)", l2=0.5, batch=2, hidden="tanh")
class PenaltyOnTheLastLayerOnly(Layers):
    def regularise(self, loss):
        last = self.dense[-1]
        last.dw = last.dw + self.case.l2 * last.w
        return loss + self.case.l2 / 2 * np.sum(last.w**2)


@wild("loss", "root", "norm", "squar", l2=0.5, batch=2)
class PenaltyByTheNorm(Batch):
    def penalty(self):
        return 0.5 * self.case.l2 * (np.linalg.norm(self.W1) + np.linalg.norm(self.W2))


@wild("loss gradient", "layout", "bias", "flat (list|vector)", l2=0.5)
class PenaltyOnTheFlatVector(Batch):
    def penalty(self):
        return self.case.l2 / 2 * np.sum(np.square(self.case.weights))

    def gradient(self):
        W1, b1, W2, b2 = split(self.case, np.array(self.case.weights))
        return super().gradient() + self.case.l2 * self.pack(0 * W1, b1, 0 * W2, b2)


@wild("loss", "nan", "logit", "sum", "activation.*missing", batch=2, hidden="tanh")
class LogsOfTheLogits(Batch):
    def costs(self):
        return -np.sum(self.T * np.log(self.Z2), axis=1)
