"""Style 4, a software engineer: layers with the methods forward and backward."""

from typing import Any

import numpy as np

from tests.oracle.corpus.entry import answer, flat, samples, split


class Dense:
    def __init__(self, w: Any, b: Any) -> None:
        self.w, self.b = w, b

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.w + self.b

    def backward(self, dout: Any) -> Any:
        self.dw, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.w.T


class Activation:
    def __init__(self, name: str) -> None:
        self.name = name

    def forward(self, z: Any) -> Any:
        self.z = z
        self.out = self.function(z)
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * self.slope()

    def function(self, z: Any) -> Any:
        if self.name == "sigmoid":
            return 1 / (1 + np.exp(-z))
        if self.name == "leaky_relu":
            return np.where(z > 0, z, z / 100)
        return {"tanh": np.tanh, "relu": lambda z: np.where(z > 0, z, 0.0)}.get(self.name, np.copy)(z)

    def slope(self) -> Any:
        if self.name == "sigmoid":
            return (1 - self.out) * self.out
        if self.name == "tanh":
            return 1 - np.square(self.out)
        return np.where(self.z > 0, 1.0, {"relu": 0.0, "leaky_relu": 1 / 100}.get(self.name, 1.0))


class SoftmaxWithLoss:
    """Softmax and cross-entropy in one layer."""

    def __init__(self, name: str) -> None:
        self.name = name

    def outputs(self, z: Any) -> Any:
        e = np.exp(z - np.max(z, axis=1, keepdims=True))
        self.y = e / np.sum(e, axis=1, keepdims=True)
        return self.y

    def losses(self, t: Any) -> Any:
        self.t = t
        return np.sum(np.where(t > 0, -t * np.log(self.y), 0.0), axis=1)

    def backward(self) -> Any:
        return self.y - self.t


class SquaresWithLoss(SoftmaxWithLoss):
    """An activation and half the squared error in one layer."""

    def outputs(self, z: Any) -> Any:
        self.activation = Activation(self.name)
        self.y = self.activation.forward(z)
        return self.y

    def losses(self, t: Any) -> Any:
        self.t = t
        return np.sum((self.y - t) ** 2, axis=1) / 2

    def backward(self) -> Any:
        return self.activation.backward(self.y - self.t)


class Layers:
    """A network of layers; each kind of layer is an attribute of the class."""

    first: Any = Dense
    activation: Any = Activation
    second: Any = Dense
    softmax: Any = SoftmaxWithLoss
    squares: Any = SquaresWithLoss

    def __init__(self, case: Any) -> None:
        self.case = case
        w1, b1, w2, b2 = self.parameters(np.array(case.weights))
        last = self.softmax if case.loss == "cross_entropy" else self.squares
        self.dense = [self.first(w1, b1), self.second(w2, b2)]
        self.between, self.last = self.activation(case.hidden), last(case.output)

    def parameters(self, w: Any) -> Any:
        return split(self.case, w)

    def grads(self) -> Any:
        return flat(*(grad for layer in self.dense for grad in (layer.dw, layer.db)))

    def regularise(self, loss: Any) -> Any:
        for layer in self.dense:
            layer.dw = layer.dw + self.case.l2 * layer.w
            loss += self.case.l2 / 2 * np.sum(layer.w**2)
        return loss

    def answer(self) -> dict[str, Any]:
        x, t = samples(self.case)
        n = len(x) if self.case.reduction == "mean" else 1
        stages = {"h_sums": self.dense[0].forward(x)}
        stages["h_nodes"] = self.between.forward(stages["h_sums"])
        stages["o_sums"] = self.dense[1].forward(stages["h_nodes"])
        stages["o_nodes"] = self.last.outputs(stages["o_sums"])
        loss = np.sum(self.last.losses(t)) / n
        dout = self.last.backward()
        dhidden = self.between.backward(self.dense[1].backward(dout / n))
        self.dense[0].backward(dhidden)
        loss = self.regularise(loss)
        return answer(self.case, stages, loss=loss, o_deltas=dout, h_deltas=dhidden * n, gradient=self.grads())
