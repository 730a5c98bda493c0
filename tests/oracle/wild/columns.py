"""Style 2, an online book: column vectors, weights of shape (out, in), one sample at a time."""

from typing import Any

import numpy as np

from tests.oracle.corpus.entry import flat, samples, split

ACTIVATIONS = {
    "sigmoid": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda z: 1.0 / (1.0 + np.exp(-z)) * (1 - 1.0 / (1.0 + np.exp(-z)))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: z * (z > 0), lambda z: 1.0 * (z > 0)),
    "leaky_relu": (lambda z: np.where(z > 0, z, z * 0.01), lambda z: np.where(z > 0, 1.0, 0.01)),
    "identity": (lambda z: z, lambda z: np.ones_like(z)),
    "softmax": (lambda z: np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z))), None),
}


class Columns:
    """A list of weights, a list of biases, and backprop(x, y) for a pair of columns."""

    def __init__(self, case: Any) -> None:
        self.case = case
        self.read(np.array(case.weights))

    def read(self, w: Any) -> None:
        w1, b1, w2, b2 = split(self.case, w)
        self.weights = [w1.T, w2.T]
        self.biases = [b1.reshape(-1, 1), b2.reshape(-1, 1)]

    def write(self, nabla_w: Any, nabla_b: Any) -> Any:
        return flat(nabla_w[0].T, nabla_b[0], nabla_w[1].T, nabla_b[1])

    def activation(self, layer: int, z: Any) -> Any:
        return ACTIVATIONS[(self.case.hidden, self.case.output)[layer]][0](z)

    def prime(self, layer: int, z: Any) -> Any:
        return ACTIVATIONS[(self.case.hidden, self.case.output)[layer]][1](z)

    def feedforward(self, a: Any) -> None:
        self.zs, self.activations = [], [a]
        for layer, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = self.z_of(w, a, b)
            a = self.activation(layer, z)
            self.zs.append(z)
            self.activations.append(a)

    def z_of(self, w: Any, a: Any, b: Any) -> Any:
        return np.dot(w, a) + b

    def cost(self, a: Any, y: Any) -> Any:
        if self.case.loss == "cross_entropy":
            return -np.sum(y * np.log(a))
        return 0.5 * np.linalg.norm(a - y) ** 2

    def cost_derivative(self, a: Any, y: Any) -> Any:
        return a - y

    def output_delta(self, a: Any, y: Any) -> Any:
        if self.case.loss == "cross_entropy":
            return self.cost_derivative(a, y)
        return self.cost_derivative(a, y) * self.prime(1, self.zs[1])

    def hidden_delta(self, delta: Any) -> Any:
        return np.dot(self.weights[1].T, delta) * self.prime(0, self.zs[0])

    def backprop(self, x: Any, y: Any) -> Any:
        delta = self.output_delta(self.activations[-1], y)
        self.deltas = [self.hidden_delta(delta), delta]
        return self.nablas()

    def nablas(self) -> Any:
        return [np.dot(d, a.T) for d, a in zip(self.deltas, self.activations, strict=False)], self.deltas

    def mean(self, total: Any) -> Any:
        return total / len(self.xs) if self.case.reduction == "mean" else total

    def answer(self) -> dict[str, Any]:
        names = ("h_sums", "h_nodes", "o_sums", "o_nodes", "o_deltas", "h_deltas")
        collected: dict[str, Any] = {name: [] for name in names}
        self.xs, ys = samples(self.case)
        cost, nabla_w, nabla_b = 0.0, [0 * w for w in self.weights], [0 * b for b in self.biases]
        for x, y in zip(self.xs.reshape(*self.xs.shape, 1), ys.reshape(*ys.shape, 1), strict=True):
            self.feedforward(x)
            cost += self.cost(self.activations[-1], y)
            delta_w, delta_b = self.backprop(x, y)
            nabla_w = [nw + dw for nw, dw in zip(nabla_w, delta_w, strict=True)]
            nabla_b = [nb + db for nb, db in zip(nabla_b, delta_b, strict=True)]
            values = (self.zs[0], self.activations[1], self.zs[1], self.activations[2], *reversed(self.deltas))
            for name, column in zip(names, values, strict=True):
                collected[name].append(np.ravel(column).tolist())
        if np.ndim(self.case.inputs) == 1:
            collected = {name: rows[0] for name, rows in collected.items()}
        gradient = self.mean(self.write(nabla_w, nabla_b))
        return {**collected, "loss": float(self.mean(cost)), "gradient": gradient.tolist()}
