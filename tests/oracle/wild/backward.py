"""Mistakes of the backward pass: deltas, slopes, and the products that make a gradient."""

import numpy as np

from tests.oracle.wild.batch import Batch, derivative, sigmoid
from tests.oracle.wild.columns import ACTIVATIONS, Columns
from tests.oracle.wild.entry import REGRESSION, SQUARES, wild
from tests.oracle.wild.layers import Activation, Dense, Layers, SoftmaxWithLoss, SquaresWithLoss
from tests.oracle.wild.neurons import Neurons

MEAN = {"output": "identity", "loss": "mean_squared_error"}


@wild("o_deltas", "output (slope|derivative)", r"slope.*missing", "d[LE]/dy", **SQUARES)
class ErrorTakenForTheDelta(Columns):
    def output_delta(self, a, y):
        return self.cost_derivative(a, y)


@wild("o_deltas", r"-?t ?/ ?y", "d[LE]/dy", "jacobian", r"with respect to.*(node|output)", "slope.*missing")
class DerivativeByTheNodes(Layers):
    class softmax(SoftmaxWithLoss):
        def backward(self):
            return -self.t / self.y


@wild("o_deltas", r"output.*slope", r"y ?\* ?\(1 ?- ?y\)", "derivative", batch=2)
class SlopeUnderCrossEntropy(Batch):
    def delta2(self):
        return (self.Y - self.T) * self.Y * (1 - self.Y)


@wild("o_deltas", "diagonal", "jacobian", output="softmax", loss="half_squared_error", hidden="tanh")
class DiagonalOfTheJacobian(Batch):
    def delta2(self):
        return (self.Y - self.T) * self.Y * (1 - self.Y)


@wild("h_deltas", r"1 ?- ?a", "square", "slope", "derivative", hidden="tanh", batch=2)
class TanhSlopeNotSquared(Batch):
    def f_prime(self):
        return 1 - self.A1


@wild("h_deltas", "sigmoid", "another activation", r"1 ?-", hidden="tanh", **REGRESSION)
class SigmoidSlopeForTanh(Neurons):
    def f_prime(self, z, a):
        return a * (1.0 - a)


@wild("h_deltas", "relu", "another activation", "slope", hidden="leaky_relu", batch=3)
class ReluSlopeForLeakyRelu(Layers):
    class activation(Activation):
        def slope(self):
            return np.where(self.z > 0, 1.0, 0.0)


@wild("h_deltas", "node.*slope", "slope.*node", "node itself", r"\ba\b")
class NodeAsItsOwnSlope(Neurons):
    def f_prime(self, z, a):
        return a


@wild("h_deltas", "at the node", "twice", r"f'\(a", r"f'\(h", **SQUARES)
class SigmoidPrimeOfTheActivation(Columns):
    def hidden_delta(self, delta):
        return np.dot(self.weights[1].T, delta) * self.prime(0, self.activations[1])


@wild("o_deltas h_deltas", "at the sum", r"z ?\* ?\(1 ?- ?z\)", "of the sum", **SQUARES)
class SlopeFormulaOfNodesAtTheSums(Batch):
    def g_prime(self):
        return self.Z2 * (1 - self.Z2)

    def f_prime(self):
        return self.Z1 * (1 - self.Z1)


@wild("gradient", "mask", "in place", "slope", r"0 (and|or) 1", "ones", r"sign\(h nodes", hidden="relu", batch=2)
class MaskMadeInPlace(Batch):
    def delta1(self):
        mask = self.A1
        mask[mask > 0] = 1
        return self.d2 @ self.W2.T * mask


@wild("h_deltas", "positive", "guided", "delta", "mask", hidden="relu", batch=2)
class MaskOfTheErrorsNotTheNodes(Batch):
    def delta1(self):
        dhidden = self.d2 @ self.W2.T
        dhidden[dhidden <= 0] = 0
        return dhidden


@wild("h_sums", "in place", "relu", "negative", "activation", "cut", hidden="relu", batch=2)
class ReluInPlace(Batch):
    def f(self, Z1):
        Z1[Z1 < 0] = 0
        return Z1


@wild("o_deltas", "n.outputs", "divided", "mean", "squared.error", **MEAN)
class OneOverOutputsMissing(Batch):
    def dY(self):
        return 2 * (self.Y - self.T)


@wild("o_deltas", "half", "twice", "factor", r"\b2\b", batch=2, **MEAN)
class TwoOfTheSquareForgotten(Batch):
    def dY(self):
        return (self.Y - self.T) / self.T.shape[1]


@wild("o_deltas", "twice", "factor", r"\b2\b", **REGRESSION)
class TwoOfTheSquareKept(Columns):
    def cost_derivative(self, a, y):
        return 2 * (a - y)


@wild("gradient", "bias.*(weight|matri)", "bias", batch=2, hidden="tanh")
class BiasGradientFromTheMatrix(Batch):
    def gradients(self):
        dW1, _, dW2, _ = super().gradients()
        return dW1, dW1.sum(axis=0), dW2, dW2.sum(axis=0)


@wild("gradient", "bias", "sum", batch=3)
class OneNumberForAllBiasGradients(Layers):
    class first(Dense):
        def backward(self, dout):
            super().backward(dout)
            self.db = np.full_like(self.b, np.sum(dout))

    class second(Dense):
        def backward(self, dout):
            dx = super().backward(dout)
            self.db = np.full_like(self.b, np.sum(dout))
            return dx


@wild("gradient", "divided.*twice", "twice", "number of samples", r"\bn\b", batch=3, **SQUARES)
class DividedTwice(Batch):
    def gradients(self):
        return [block / self.n for block in super().gradients()]


networks: dict[tuple[int, int, int], dict[str, np.ndarray]] = {}


@wild("gradient", "again", "call before", "earlier", "zero", "accumul", state=True, batch=2)
class ZeroGradForgotten(Layers):
    def grads(self):
        kept = networks.setdefault((self.case.n_inputs, self.case.n_hidden, self.case.n_outputs), {})
        kept["grad"] = kept.get("grad", 0.0) + super().grads()
        return kept["grad"]


@wild("gradient", "clip", "limit", "cut", batch=2, **REGRESSION)
class GradientClippedByValue(Batch):
    def gradient(self):
        return np.clip(super().gradient(), -0.5, 0.5)


@wild("gradient", "norm", "clip", "length", batch=2, hidden="tanh")
class GradientClippedByNorm(Layers):
    def grads(self):
        gradient = super().grads()
        return gradient * min(1.0, 0.5 / (np.linalg.norm(gradient) + 1e-6))


@wild("h_deltas", "plain error", "error.splitting", "without.*slope", "slope", **SQUARES)
class PlainErrorsPassedBack(Neurons):
    def hidden_delta(self, h):
        error = sum(self.w[self.ho(h, o)] * (self.y[o] - self.t[o]) for o in range(self.n_out))
        return error * self.f_prime(self.z[h], self.h[h])


@wild("h_deltas", "updated", "after the step", "too early", "new", learning_rate=0.5)
class OutputLayerUpdatedFirst(Columns):
    def hidden_delta(self, delta):
        updated = self.weights[1] - self.case.learning_rate * np.dot(delta, self.activations[1].T)
        return np.dot(updated.T, delta) * self.prime(0, self.zs[0])


@wild("gradient", "sum", "activation", hidden="tanh", batch=2)
class OuterProductWithTheSums(Batch):
    def gradients(self):
        dW1, db1, _, db2 = super().gradients()
        return dW1, db1, self.Z1.T @ self.d2 / self.n, db2


@wild("gradient", "error", "slope", **SQUARES)
class OuterProductWithTheErrors(Neurons):
    def gradient(self):
        gradient = super().gradient()
        for h in range(self.n_hid):
            for o in range(self.n_out):
                gradient[self.ho(h, o)] = self.h[h] * (self.y[o] - self.t[o])
        return gradient


@wild("gradient", "sigmoid", "activat", "slope", "twice", **SQUARES)
class OuterProductWithTheSlopes(Columns):
    def nablas(self):
        nabla_w, nabla_b = super().nablas()
        return [nabla_w[0], np.dot(self.deltas[1], ACTIVATIONS["sigmoid"][0](self.activations[1]).T)], nabla_b


@wild("o_deltas", "sign", "negative", r"t ?- ?y", "minus", batch=2)
class TargetsMinusOutputs(Batch):
    def delta2(self):
        return self.T - self.Y


@wild("gradient", "sign", "negative", "minus", "uphill", hidden="tanh", **REGRESSION)
class GradientWithTheWrongSign(Neurons):
    def gradient(self):
        return [-g for g in super().gradient()]


@wild("gradient", "bias", hidden="tanh", batch=2)
class BiasGradientsForgotten(Layers):
    def grads(self):
        for layer in self.dense:
            layer.db = np.zeros_like(layer.b)
        return super().grads()


@wild("gradient", "sum.*mean", "mean.*sum", "reduc", "number of samples", batch=3)
class GradientSummed(Columns):
    def mean(self, total):
        return total if np.ndim(total) else super().mean(total)


@wild("gradient", "sum.*mean", "mean.*sum", "reduc", "average", batch=3, reduction="sum", **SQUARES)
class GradientAveragedWhereSumIsAsked(Batch):
    def divisor(self):
        return self.n


@wild("gradient", "bias.*(sum|mean)", "bias", batch=3, hidden="tanh")
class BiasGradientsSummedMatricesAveraged(Batch):
    def gradients(self):
        dW1, _, dW2, _ = super().gradients()
        return dW1, np.sum(self.d1, axis=0), dW2, np.sum(self.d2, axis=0)


@wild("gradient", "mean.*(node|input)", "average", "product", batch=3, **REGRESSION)
class ProductOfMeans(Batch):
    def gradients(self):
        d1, d2 = self.d1.mean(axis=0), self.d2.mean(axis=0)
        return np.outer(self.X.mean(axis=0), d1), d1, np.outer(self.A1.mean(axis=0), d2), d2


@wild("gradient", "last sample", "last row", "overwrit", batch=3)
class GradientOfTheLastSampleOnly(Batch):
    def gradients(self):
        x, a, d1, d2 = self.X[-1], self.A1[-1], self.d1[-1], self.d2[-1]
        return np.outer(x, d1) / self.n, d1 / self.n, np.outer(a, d2) / self.n, d2 / self.n


@wild("h_deltas", "ho weights", "without.*weights", "weights", hidden="tanh", **REGRESSION)
class ErrorsSharedWithoutWeights(Neurons):
    def hidden_delta(self, h):
        return sum(self.d_out) * self.f_prime(self.z[h], self.h[h])


@wild("h_deltas", "normali[sz]", "share", "divided", "sum of.*weights", **SQUARES)
class ErrorsSharedByWeightShares(Neurons):
    def hidden_delta(self, h):
        error = 0.0
        for o in range(self.n_out):
            total = sum(abs(self.w[self.ho(k, o)]) for k in range(self.n_hid)) + 1e-9
            error += self.w[self.ho(h, o)] / total * self.d_out[o]
        return error * self.f_prime(self.z[h], self.h[h])


@wild("h_deltas", "hidden slope", "slope.*missing", "derivative.*missing", batch=2, hidden="tanh")
class HiddenSlopeForgotten(Layers):
    class activation(Activation):
        def backward(self, dout):
            return dout


@wild("h_deltas", "twice", "square", "slope", **REGRESSION)
class HiddenSlopeTwice(Layers):
    class activation(Activation):
        def backward(self, dout):
            return super().backward(super().backward(dout))


@wild("h_deltas", "half", "factor", "steep", r"\b2\b", **REGRESSION)
class SlopeWithAFactor(Neurons):
    def f_prime(self, z, a):
        return 2.0 * a * (1.0 - a)


@wild("h_deltas", "output.*(slope|derivative)", "another activation", "sigmoid", hidden="tanh", **SQUARES)
class OutputsDerivativeUsedForBothLayers(Batch):
    def f_prime(self):
        return derivative("sigmoid", self.Z1, sigmoid(self.Z1))


@wild("o_deltas", "outputs?", "average", "divided", "factor", batch=2)
class DeltaDividedByTheNumberOfClasses(Layers):
    class softmax(SoftmaxWithLoss):
        def backward(self):
            return (self.y - self.t) / self.y.shape[1]


@wild("o_deltas", "round", "threshold", "argmax", "class", **SQUARES)
class DeltaOfTheRoundedOutputs(Layers):
    class squares(SquaresWithLoss):
        def backward(self):
            return self.activation.backward(np.round(self.y) - self.t)


@wild("gradient", r"\bih\b", "hidden layer", "factor", "half", hidden="tanh")
class HiddenLayersRateInTheGradient(Neurons):
    def gradient(self):
        gradient = super().gradient()
        gradient[: self.second] = [0.5 * g for g in gradient[: self.second]]
        return gradient


@wild("h_deltas", "clip", "limit", "cut", hidden="relu", **REGRESSION)
class DeltasSquashed(Neurons):
    def hidden_delta(self, h):
        return max(-0.5, min(0.5, super().hidden_delta(h)))


@wild("o_deltas", r"1 ?/ ?n", "batch", "number of samples", "divided", "average", batch=3, hidden="tanh")
class DeltasThatCarryOneOverN(Batch):
    def delta2(self):
        return super().delta2() / self.n

    def divisor(self):
        return 1


class Single(Batch):
    def data(self):
        return [rows.astype(np.float32) for rows in super().data()]

    def unpack(self, w):
        return super().unpack(w.astype(np.float32))


@wild("h_deltas", "hidden slope", "slope.*missing", "derivative.*missing", hidden="tanh", batch=2, precision="float32")
class SlopeForgottenInSinglePrecision(Single):
    def f_prime(self):
        return 1
