"""Mistakes of shapes and types: a column is broadcast against a row, or fractions become integers or are rounded."""

import numpy as np

from tests.oracle.wild.batch import Batch
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import wild
from tests.oracle.wild.layers import Dense, Layers
from tests.oracle.wild.neurons import Neurons

TRUNCATED = ("trunc", "integer", "whole number", "fraction", r"\bint\b")


@wild("h_sums o_sums", "broadcast", r"(one|same|first).*bias", "shared", output="identity", hidden="tanh")
class ColumnPlusRow(Columns):
    def z_of(self, w, a, b):
        z = np.dot(w, a) + b.ravel()  # (n, 1) + (n,) is a matrix
        return z[:, :1]


@wild("h_sums", "broadcast", r"(sum|all|mean|average).*bias", "bias", output="identity", hidden="tanh")
class MatrixOfSumsAveraged(Columns):
    def z_of(self, w, a, b):
        if w is self.weights[1]:
            return super().z_of(w, a, b)
        return (np.dot(w, a) + b.ravel()).mean(axis=1, keepdims=True)


@wild(
    "loss", "broadcast", r"every (output|node).*every", "column.*row", "all pairs", output="sigmoid", loss="half_squared_error"
)
class ErrorAsColumnMinusRow(Columns):
    def cost(self, a, y):
        return 0.5 * np.sum((a - y.ravel()) ** 2)


@wild("o_deltas", "broadcast", r"(mean|average).*target", "column.*row", output="identity", loss="half_squared_error")
class DeltaAsColumnMinusRow(Columns):
    def cost_derivative(self, a, y):
        return (a - y.ravel()).mean(axis=1, keepdims=True)


@wild("loss", "broadcast", r"every sample.*every", "all pairs", "column.*row", batch=3, output="identity", sizes=(3, 2, 1))
class LossOfAllPairsOfSamples(Batch):
    def costs(self):
        return 0.5 * (self.Y - self.T.ravel()).ravel() ** 2  # (n, 1) - (n,)

    def cost(self):
        return np.mean(self.costs())


@wild("h_sums gradient", *TRUNCATED, hidden="tanh", batch=2)
class IntegerInputs(Batch):
    def data(self):
        return np.atleast_2d(self.case.inputs).astype(int), np.atleast_2d(self.case.targets)


@wild("h_sums gradient", *TRUNCATED)
class InputsReadByInt(Neurons):
    def prepare(self, inputs):
        return [int(x) for x in inputs]


@wild("h_sums", *TRUNCATED, output="identity", hidden="leaky_relu")
class SumsInAnIntegerArray(Layers):
    class first(Dense):
        def forward(self, x):
            z = np.zeros((len(x), len(self.b)), dtype=int)
            z[:] = super().forward(x)
            return z.astype(float)


@wild("gradient", *TRUNCATED, output="identity", batch=3, reduction="sum")
class GradientInAnIntegerArray(Batch):
    def gradient(self):
        buffer = np.zeros(len(self.case.weights), dtype=np.int64)
        buffer[:] = super().gradient()
        return buffer


@wild("o_nodes", "round", "digit", "decimal")
class OutputsRoundedToThreeDigits(Neurons):
    def outputs(self, sums):
        return [round(y, 3) for y in super().outputs(sums)]


@wild("loss o_deltas", *TRUNCATED, "target", output="identity", batch=2)
class TargetsAsIntegers(Batch):
    def data(self):
        return np.atleast_2d(self.case.inputs), np.atleast_2d(self.case.targets).astype(np.int32)
