"""Mistakes in how the flat list of weights is read, and in how the gradient is written."""

import numpy as np

from tests.oracle.corpus.entry import flat, split
from tests.oracle.wild.batch import Batch
from tests.oracle.wild.columns import Columns
from tests.oracle.wild.entry import wild
from tests.oracle.wild.layers import Layers
from tests.oracle.wild.neurons import Neurons

USES = "h_sums o_sums h_deltas gradient"  # the stages that use the weights directly
ORDER = ("layout", "order", "blocks")


def sizes(case):
    return case.n_inputs, case.n_hidden, case.n_outputs


@wild(USES, r"output layer.*first", r"(ho|output).*before.*(ih|hidden)", *ORDER, hidden="tanh", batch=3)
class OutputLayerFirst(Batch):
    def unpack(self, w):
        i, h, o = sizes(self.case)
        n = h * o + o
        return w[n : n + i * h].reshape(i, h), w[n + i * h :], w[: h * o].reshape(h, o), w[h * o : n]

    def pack(self, dW1, db1, dW2, db2):
        return flat(dW2, db2, dW1, db1)


@wild(USES, r"output layer.*first", r"(ho|output).*before.*(ih|hidden)", *ORDER)
class OutputLayerFirstWhenReading(Layers):
    def parameters(self, w):
        i, h, o = sizes(self.case)
        w2, b2, w1, b1 = np.split(w, np.cumsum([h * o, o, i * h]))
        return w1.reshape(i, h), b1, w2.reshape(h, o), b2


@wild(USES, "neuron by neuron", r"node by node", r"bias (after|behind|last)", *ORDER)
class NeuronByNeuronBiasLast(Neurons):
    def ih(self, i, h):
        return h * (self.n_in + 1) + i

    def hb(self, h):
        return h * (self.n_in + 1) + self.n_in

    def ho(self, h, o):
        return self.second + o * (self.n_hid + 1) + h

    def ob(self, o):
        return self.second + o * (self.n_hid + 1) + self.n_hid


@wild(USES, "neuron by neuron", r"node by node", r"bias (before|first)", *ORDER, hidden="tanh", output="identity")
class NeuronByNeuronBiasFirst(Columns):
    def read(self, w):
        i, h, o = sizes(self.case)
        theta1 = w[: h * (i + 1)].reshape(h, i + 1)
        theta2 = w[h * (i + 1) :].reshape(o, h + 1)
        self.weights = [theta1[:, 1:], theta2[:, 1:]]
        self.biases = [theta1[:, :1], theta2[:, :1]]

    def write(self, nabla_w, nabla_b):
        return flat(*(np.hstack([b, w]) for w, b in zip(nabla_w, nabla_b, strict=True)))


@wild(USES, r"weights.*(then|before) biases", r"biases.*(last|after)", *ORDER)
class BothMatricesThenBothBiases(Batch):
    def unpack(self, w):
        i, h, o = sizes(self.case)
        W1, W2, b1, b2 = np.split(w, np.cumsum([i * h, h * o, h]))
        return W1.reshape(i, h), b1, W2.reshape(h, o), b2

    def pack(self, dW1, db1, dW2, db2):
        return flat(dW1, dW2, db1, db2)


@wild(USES, r"biases.*(then|before).*weights", r"biases.*first", *ORDER, hidden="relu", output="identity", batch=2)
class BothBiasesThenBothMatrices(Layers):
    def parameters(self, w):
        i, h, o = sizes(self.case)
        b1, b2, w1, w2 = np.split(w, np.cumsum([h, o, i * h]))
        return w1.reshape(i, h), b1, w2.reshape(h, o), b2


@wild(USES, r"bias.*before.*weights", r"bias.*first", *ORDER, output="sigmoid", loss="half_squared_error", batch=3)
class ThetaWithTheBiasRowFirst(Batch):
    def unpack(self, w):
        i, h, o = sizes(self.case)
        Theta1 = w[: (i + 1) * h].reshape(i + 1, h)
        Theta2 = w[(i + 1) * h :].reshape(h + 1, o)
        return Theta1[1:], Theta1[0], Theta2[1:], Theta2[0]

    def pack(self, dW1, db1, dW2, db2):
        return flat(np.vstack([db1, dW1]), np.vstack([db2, dW2]))


@wild("h_sums", r"off by one", r"shifted", r"one (place|position|number) (too )?(early|late|before|after)", "layout")
class HiddenBiasesOneTooEarly(Layers):
    def parameters(self, w):
        i, h, _ = sizes(self.case)
        w1, _, w2, b2 = split(self.case, w)
        return w1, w[i * h - 1 : i * h - 1 + h], w2, b2


@wild(
    "o_sums h_deltas", r"off by one", r"shifted", r"one (place|position|number) (too )?(early|late|before|after)", "layout",
    hidden="tanh", output="identity", batch=2,
)  # fmt: skip
class OutputMatrixOneTooEarly(Batch):
    def unpack(self, w):
        i, h, o = sizes(self.case)
        start = (i + 1) * h - 1
        W1, b1, _, b2 = split(self.case, w)
        return W1, b1, w[start : start + h * o].reshape(h, o), b2


@wild(USES, "fortran", "column by column", "transpos", r"\(out, in\)", hidden="tanh")
class ReadInFortranOrder(Batch):
    def unpack(self, w):
        W1, b1, W2, b2 = split(self.case, w)
        return W1.ravel().reshape(W1.shape, order="F"), b1, W2.ravel().reshape(W2.shape, order="F"), b2


@wild("gradient", "fortran", "column by column", "transpos", r"\(out, in\)", batch=3, hidden="tanh")
class GradientInFortranOrder(Batch):
    def pack(self, dW1, db1, dW2, db2):
        return np.concatenate([block.ravel(order="F") for block in (dW1, db1, dW2, db2)])


@wild(USES, r"\(out, in\)", "transpos", "pytorch", "fortran", "column by column", output="sigmoid", loss="half_squared_error")
class PytorchShapes(Columns):
    def read(self, w):
        i, h, o = sizes(self.case)
        w1, b1, w2, b2 = np.split(w, np.cumsum([h * i, h, o * h]))
        self.weights = [w1.reshape(h, i), w2.reshape(o, h)]
        self.biases = [b1.reshape(h, 1), b2.reshape(o, 1)]

    def write(self, nabla_w, nabla_b):
        return flat(nabla_w[0], nabla_b[0], nabla_w[1], nabla_b[1])


@wild("h_sums o_sums h_deltas", r"\(out, in\)", "transpos", "pytorch", "fortran", "column by column", hidden="relu", batch=3)
class PytorchShapesWhenReading(Layers):
    def parameters(self, w):
        i, h, o = sizes(self.case)
        w1, b1, w2, b2 = split(self.case, w)
        return w1.ravel().reshape(h, i).T, b1, w2.ravel().reshape(o, h).T, b2


@wild("gradient", r"\(out, in\)", "transpos", "pytorch", "fortran", "column by column", batch=2, hidden="leaky_relu")
class PytorchShapesWhenWriting(Columns):
    def write(self, nabla_w, nabla_b):
        return flat(nabla_w[0], nabla_b[0], nabla_w[1], nabla_b[1])


@wild("h_sums", r"ih.*transpos", "transpos", r"\(out, in\)", "column by column", hidden="tanh", output="identity")
class IhPositionTransposed(Neurons):
    def ih(self, i, h):
        return h * self.n_in + i

    def gradient(self):
        gradient = super().gradient()
        for h in range(self.n_hid):
            for i in range(self.n_in):
                gradient[i * self.n_hid + h] = self.x[i] * self.d_hid[h]
        return gradient


@wild("o_sums h_deltas gradient", "transpos", r"\(out, in\)", "column by column")
class HoPositionTransposed(Neurons):
    def ho(self, h, o):
        return self.second + o * self.n_hid + h


@wild("h_deltas", "transpos", r"\(out, in\)", "column by column", hidden="tanh", output="sigmoid", loss="half_squared_error")
class HoTransposedGoingBack(Neurons):
    def hidden_delta(self, h):
        error = sum(self.w[self.second + o * self.n_hid + h] * self.d_out[o] for o in range(self.n_out))
        return error * self.f_prime(self.z[h], self.h[h])


@wild("gradient", r"biases.*(last|after|behind)", r"weights.*(then|before) biases", *ORDER, batch=3)
class GradientOfMatricesFirst(Batch):
    def pack(self, dW1, db1, dW2, db2):
        return flat(dW1, dW2, db1, db2)


@wild("gradient", r"output layer.*first", r"(ho|output).*before.*(ih|hidden)", *ORDER, hidden="tanh", batch=2)
class GradientsInBackwardOrder(Layers):
    def grads(self):
        gradients = []
        for layer in reversed(self.dense):
            gradients += [layer.dw, layer.db]
        return flat(*gradients)


@wild("gradient", r"bias.*(before|first)", *ORDER, hidden="tanh", output="identity")
class GradientOfBiasesBeforeMatrices(Columns):
    def write(self, nabla_w, nabla_b):
        return flat(nabla_b[0], nabla_w[0].T, nabla_b[1], nabla_w[1].T)


@wild(
    "o_sums", r"off by one", "shifted", "wrong (place|position|slice)", r"bias.*(first|ho|weight)", "layout", answers="o_nodes"
)
class OutputBiasesFromTheStart(Neurons):
    def ob(self, o):
        return self.second + o
