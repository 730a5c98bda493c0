"""Style 1, a deep-learning blog: X @ W + b over a batch of rows."""

from typing import Any

import numpy as np

from tests.oracle.corpus.entry import answer, flat, samples, split


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def activate(name: str, z: Any) -> Any:
    if name == "sigmoid":
        return sigmoid(z)
    if name == "tanh":
        return np.tanh(z)
    if name == "relu":
        return np.maximum(0, z)
    if name == "leaky_relu":
        return np.where(z > 0, z, 0.01 * z)
    return softmax(z) if name == "softmax" else z


def derivative(name: str, z: Any, a: Any) -> Any:
    if name == "sigmoid":
        return a * (1 - a)
    if name == "tanh":
        return 1 - a**2
    if name == "relu":
        return (z > 0).astype(float)
    if name == "leaky_relu":
        return np.where(z > 0, 1.0, 0.01)
    return np.ones_like(z)


class Batch:
    """One class, its arrays as attributes, one short method for each formula."""

    def __init__(self, case: Any) -> None:
        self.case = case
        self.X, self.T = self.data()
        self.n = len(self.X)
        self.W1, self.b1, self.W2, self.b2 = self.unpack(np.array(case.weights))

    def data(self) -> Any:
        return samples(self.case)

    def unpack(self, w: Any) -> Any:
        return split(self.case, w)

    def pack(self, dW1: Any, db1: Any, dW2: Any, db2: Any) -> Any:
        return flat(dW1, db1, dW2, db2)

    def Z1_of(self, X: Any) -> Any:
        return X @ self.W1 + self.b1

    def f(self, Z1: Any) -> Any:
        return activate(self.case.hidden, Z1)

    def Z2_of(self, A1: Any) -> Any:
        return A1 @ self.W2 + self.b2

    def g(self, Z2: Any) -> Any:
        return activate(self.case.output, Z2)

    def forward(self) -> None:
        self.Z1 = self.Z1_of(self.X)
        self.A1 = self.f(self.Z1)
        self.Z2 = self.Z2_of(self.A1)
        self.Y = self.g(self.Z2)

    def costs(self) -> Any:
        """Return the cost of each sample."""
        Y, T, loss = self.Y, self.T, self.case.loss
        if loss == "cross_entropy" and self.case.output == "sigmoid":
            return -np.sum(T * np.log(Y) + (1 - T) * np.log(1 - Y), axis=1)
        if loss == "cross_entropy":
            return -np.sum(T * np.log(Y), axis=1)
        squares = np.sum((Y - T) ** 2, axis=1)
        return {"squared_error": squares, "half_squared_error": squares / 2}.get(loss, squares / T.shape[1])

    def penalty(self) -> Any:
        return 0.5 * self.case.l2 * (np.sum(self.W1**2) + np.sum(self.W2**2))

    def reduce(self, values: Any) -> Any:
        return values.mean() if self.case.reduction == "mean" else values.sum()

    def cost(self) -> Any:
        return self.reduce(self.costs()) + self.penalty()

    def g_prime(self) -> Any:
        return derivative(self.case.output, self.Z2, self.Y)

    def dY(self) -> Any:
        """Return the derivative of a squared error at the outputs."""
        factors = {"squared_error": 2, "half_squared_error": 1, "mean_squared_error": 2 / self.T.shape[1]}
        return factors[self.case.loss] * (self.Y - self.T)

    def delta2(self) -> Any:
        if self.case.loss == "cross_entropy":
            return self.Y - self.T
        if self.case.output == "softmax":
            return self.Y * (self.dY() - np.sum(self.dY() * self.Y, axis=1, keepdims=True))
        return self.dY() * self.g_prime()

    def f_prime(self) -> Any:
        return derivative(self.case.hidden, self.Z1, self.A1)

    def delta1(self) -> Any:
        return self.d2 @ self.W2.T * self.f_prime()

    def divisor(self) -> Any:
        return self.n if self.case.reduction == "mean" else 1

    def gradients(self) -> Any:
        m, l2 = self.divisor(), self.case.l2
        dW1, db1 = self.X.T @ self.d1 / m, self.d1.sum(axis=0) / m
        dW2, db2 = self.A1.T @ self.d2 / m, self.d2.sum(axis=0) / m
        return dW1 + l2 * self.W1, db1, dW2 + l2 * self.W2, db2

    def gradient(self) -> Any:
        return self.pack(*self.gradients())

    def answer(self) -> dict[str, Any]:
        self.forward()
        answered = answer(self.case, h_sums=self.Z1, h_nodes=self.A1, o_sums=self.Z2, o_nodes=self.Y, loss=self.cost())
        self.d2 = self.delta2()
        answered |= answer(self.case, o_deltas=self.d2)
        self.d1 = self.delta1()
        return answered | answer(self.case, h_deltas=self.d1, gradient=self.gradient())
