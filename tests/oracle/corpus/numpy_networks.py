"""Networks as NumPy tutorials, courses and blogs write them. They differ in the shapes of arrays and the order of code."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.oracle.corpus.entry import answer, entry, flat, matrices, n_steps, rows_or_one, samples


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@entry({})
def textbook_vectors(case):
    """A textbook chapter: vectors of one sample, h*(1-h), y-t and np.outer."""
    w1, b1, w2, b2 = matrices(case)
    x, t = np.array(case.inputs), np.array(case.targets)
    z1 = np.dot(x, w1) + b1
    h = sigmoid(z1)
    z2 = np.dot(h, w2) + b2
    y = softmax(z2)
    loss = -np.sum(t * np.log(y))
    delta2 = y - t
    delta1 = np.dot(w2, delta2) * h * (1 - h)
    gradient = flat(np.outer(x, delta1), delta1, np.outer(h, delta2), delta2)
    return answer(
        case, h_sums=z1, h_nodes=h, o_sums=z2, o_nodes=y, loss=loss, o_deltas=delta2, h_deltas=delta1, gradient=gradient
    )


class ColumnNetwork:
    """Weights of shape (out, in), columns, one list for each kind of parameter."""

    def __init__(self, w1, b1, w2, b2):
        self.weights = [w1.T, w2.T]
        self.biases = [b1.reshape(-1, 1), b2.reshape(-1, 1)]

    def backprop(self, x, t):
        activation, activations, zs = x, [x], []
        for w, b in zip(self.weights, self.biases, strict=True):
            z = w @ activation + b
            activation = sigmoid(z)
            zs.append(z)
            activations.append(activation)
        deltas = [self.cost_derivative(activations[-1], t) * self.sigmoid_prime(zs[-1])]
        deltas.insert(0, self.weights[-1].T @ deltas[0] * self.sigmoid_prime(zs[-2]))
        return zs, activations, deltas, [d @ a.T for d, a in zip(deltas, activations, strict=False)]

    def cost_derivative(self, y, t):
        return y - t

    def sigmoid_prime(self, z):
        return sigmoid(z) * (1 - sigmoid(z))


@entry({"output": "sigmoid", "loss": "half_squared_error"})
def column_vectors(case):
    """An online book's class: columns, weights of shape (out, in), sigmoid'(z) computed again from z."""
    network = ColumnNetwork(*matrices(case))
    x, t = (np.array(values).reshape(-1, 1) for values in (case.inputs, case.targets))
    zs, nodes, deltas, nablas = network.backprop(x, t)
    loss = 0.5 * np.linalg.norm(nodes[-1] - t) ** 2
    gradient = flat(nablas[0].T, deltas[0], nablas[1].T, deltas[1])
    stages = zip(("h_sums", "o_sums", "h_nodes", "o_nodes", "h_deltas", "o_deltas"), [*zs, *nodes[1:], *deltas], strict=True)
    return answer(case, {name: column.ravel() for name, column in stages}, loss=loss, gradient=gradient)


@entry({"hidden": "tanh", "batch": 4, "l2": 0.01}, {"hidden": "tanh", "l2": 0.5})
def batch_matmul(case):
    """A deep-learning blog: X @ W + b over a batch, deltas that carry 1/n, a penalty on both matrices."""
    (W1, b1, W2, b2), (X, T) = matrices(case), samples(case)
    n = X.shape[0]
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    Y = softmax(Z2)
    loss = -np.sum(T * np.log(Y)) / n + case.l2 / 2 * (np.sum(W1**2) + np.sum(W2**2))
    dZ2 = (Y - T) / n
    dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
    gradient = flat(X.T @ dZ1 + case.l2 * W1, dZ1.sum(axis=0), A1.T @ dZ2 + case.l2 * W2, dZ2.sum(axis=0))
    return answer(
        case, h_sums=Z1, h_nodes=A1, o_sums=Z2, o_nodes=Y, loss=loss, o_deltas=dZ2 * n, h_deltas=dZ1 * n, gradient=gradient
    )


@entry({"hidden": "relu", "output": "identity", "loss": "squared_error", "batch": 3, "reduction": "sum"})
def einsum_everywhere(case):
    """A physicist: every product is an einsum with named axes, and errors are summed."""
    (W, b, V, c), (X, T) = matrices(case), samples(case)
    z = np.einsum("si,ih->sh", X, W) + b
    h = z * (z > 0)
    y = np.einsum("sh,ho->so", h, V) + c
    d_out = 2 * (y - T)
    d_hid = np.einsum("so,ho->sh", d_out, V) * (z > 0)
    gradient = flat(
        np.einsum("si,sh->ih", X, d_hid),
        np.einsum("sh->h", d_hid),
        np.einsum("sh,so->ho", h, d_out),
        np.einsum("so->o", d_out),
    )
    loss = np.einsum("so,so->", y - T, y - T)
    return answer(case, h_sums=z, h_nodes=h, o_sums=y, o_nodes=y, loss=loss, o_deltas=d_out, h_deltas=d_hid, gradient=gradient)


@entry({"output": "sigmoid", "loss": "half_squared_error", "batch": 5})
def bias_as_an_input(case):
    """A machine-learning course: a column of ones before each layer, and matrices Theta that contain the biases."""
    (w1, b1, w2, b2), (X, T) = matrices(case), samples(case)
    theta1, theta2 = np.vstack([b1, w1]), np.vstack([b2, w2])
    m = len(X)
    a1 = np.hstack([np.ones((m, 1)), X])
    z2 = a1.dot(theta1)
    a2 = np.hstack([np.ones((m, 1)), sigmoid(z2)])
    z3 = a2.dot(theta2)
    a3 = sigmoid(z3)
    J = (1 / (2 * m)) * np.sum((a3 - T) ** 2)
    d3 = (a3 - T) * a3 * (1 - a3)
    d2 = (d3.dot(theta2.T) * a2 * (1 - a2))[:, 1:]
    grad1, grad2 = a1.T.dot(d2) / m, a2.T.dot(d3) / m
    return answer(
        case, h_sums=z2, h_nodes=a2[:, 1:], o_sums=z3, o_nodes=a3, loss=J, o_deltas=d3, h_deltas=d2,
        gradient=flat(grad1[1:], grad1[0], grad2[1:], grad2[0]),
    )  # fmt: skip


@entry({"hidden": "tanh", "output": "sigmoid", "loss": "cross_entropy", "batch": 3})
def parameters_and_cache(case):
    """A well-known online course: dictionaries parameters, cache and grads, a column for each sample, and a factor 1/m."""
    (w1, b1, w2, b2), (X, T) = matrices(case), samples(case)
    X, Y, m = X.T, T.T, X.shape[0]
    parameters = {"W1": w1.T, "b1": b1[:, None], "W2": w2.T, "b2": b2[:, None]}
    cache = {"Z1": np.dot(parameters["W1"], X) + parameters["b1"]}
    cache["A1"] = np.tanh(cache["Z1"])
    cache["Z2"] = np.dot(parameters["W2"], cache["A1"]) + parameters["b2"]
    cache["A2"] = A2 = sigmoid(cache["Z2"])
    cost = -np.sum(np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)) / m
    grads = {"dZ2": cache["A2"] - Y}
    grads["dW2"] = (1 / m) * np.dot(grads["dZ2"], cache["A1"].T)
    grads["db2"] = (1 / m) * np.sum(grads["dZ2"], axis=1, keepdims=True)
    grads["dZ1"] = np.dot(parameters["W2"].T, grads["dZ2"]) * (1 - np.power(cache["A1"], 2))
    grads["dW1"] = (1 / m) * np.dot(grads["dZ1"], X.T)
    grads["db1"] = (1 / m) * np.sum(grads["dZ1"], axis=1, keepdims=True)
    return answer(
        case, h_sums=cache["Z1"].T, h_nodes=cache["A1"].T, o_sums=cache["Z2"].T, o_nodes=cache["A2"].T, loss=cost,
        o_deltas=grads["dZ2"].T, h_deltas=grads["dZ1"].T,
        gradient=flat(grads["dW1"].T, grads["db1"], grads["dW2"].T, grads["db2"]),
    )  # fmt: skip


@entry({"hidden": "relu", "batch": 4, "l2": 0.001}, stages="h_sums h_nodes o_sums o_nodes loss gradient")
def fancy_indexing(case):
    """A university's course notes: class numbers, probs[range(n), y], scores minus their maximum, dhidden[hidden <= 0] = 0."""
    (W, b, W2, b2), (X, T) = matrices(case), samples(case)
    y, n, reg = T.argmax(axis=1), len(X), case.l2
    sums = X.dot(W) + b
    hidden = np.maximum(0, sums)
    scores = hidden.dot(W2) + b2
    exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    loss = np.sum(-np.log(probs[range(n), y])) / n + 0.5 * reg * np.sum(W * W) + 0.5 * reg * np.sum(W2 * W2)
    dscores = probs.copy()
    dscores[range(n), y] -= 1
    dscores /= n
    dhidden = dscores.dot(W2.T)
    dhidden[hidden <= 0] = 0
    gradient = flat(X.T.dot(dhidden) + reg * W, dhidden.sum(axis=0), hidden.T.dot(dscores) + reg * W2, dscores.sum(axis=0))
    return answer(case, h_sums=sums, h_nodes=hidden, o_sums=scores, o_nodes=probs, loss=loss, gradient=gradient)


@entry({"hidden": "tanh", "output": "tanh", "loss": "half_squared_error"}, {"hidden": "tanh", "output": "tanh", "batch": 3})
def closures(case):
    """A functional programmer: a layer is a function that returns its value and a function for the backward pass."""

    def linear(w, b):
        return lambda x: (x @ w + b, lambda dy: (dy @ w.T, [x.T @ dy, dy.sum(axis=0)]))

    def elementwise(f, df):
        return lambda x: (f(x), lambda dy: (dy * df(x), []))

    def tanh():
        return elementwise(np.tanh, lambda x: 1 - np.tanh(x) ** 2)

    (w1, b1, w2, b2), (x, t) = matrices(case), samples(case)
    values, pullbacks = [x], []
    for layer in (linear(w1, b1), tanh(), linear(w2, b2), tanh()):
        value, pullback = layer(values[-1])
        values.append(value)
        pullbacks.append(pullback)
    error = values[-1] - t
    cotangents, gradients = [error / len(x)], []
    for pullback in reversed(pullbacks):
        cotangent, gradient = pullback(cotangents[-1])
        cotangents.append(cotangent)
        gradients = gradient + gradients
    stages = dict(zip(("h_sums", "h_nodes", "o_sums", "o_nodes"), values[1:], strict=True))
    deltas = {"o_deltas": cotangents[1] * len(x), "h_deltas": cotangents[3] * len(x)}
    return answer(case, stages, loss=(error**2).sum() / 2 / len(x), gradient=flat(*gradients), **deltas)


@dataclass
class Dense:
    """A layer that keeps its inputs and its gradients."""

    w: Any
    b: Any
    grads: dict[str, Any] = field(default_factory=dict)

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.w + self.b

    def backward(self, grad):
        self.grads = {"b": np.sum(grad, axis=0), "w": self.inputs.T @ grad}
        return grad @ self.w.T


@dataclass
class Sigmoid:
    """An activation that keeps its output."""

    def forward(self, inputs):
        self.output = 1.0 / (1.0 + np.exp(-inputs))
        return self.output

    def backward(self, grad):
        return grad * self.output * (1.0 - self.output)


@entry({"output": "identity", "loss": "mean_squared_error", "batch": 2}, {"output": "identity", "loss": "mean_squared_error"})
def dataclass_layers(case):
    """A software engineer: dataclasses with forward and backward, np.mean over every error of a batch."""
    (w1, b1, w2, b2), (x, t) = matrices(case), samples(case)
    layers = [Dense(w1, b1), Sigmoid(), Dense(w2, b2)]
    values = [x]
    for layer in layers:
        values.append(layer.forward(values[-1]))
    grads = [2 * (values[-1] - t) / t.size]
    for layer in reversed(layers):
        grads.append(layer.backward(grads[-1]))
    gradient = flat(*(dense.grads[name] for dense in (layers[0], layers[2]) for name in "wb"))
    return answer(
        case, h_sums=values[1], h_nodes=values[2], o_sums=values[3], o_nodes=values[3], loss=np.mean((values[-1] - t) ** 2),
        o_deltas=grads[0] * len(x), h_deltas=grads[2] * len(x), gradient=gradient,
    )  # fmt: skip


def network_of(xp, case):
    """Return all stages, computed with the array library `xp`, as in code that also runs on a graphics card."""
    (w1, b1, w2, b2), (x, t) = (tuple(map(xp.asarray, arrays)) for arrays in (matrices(case), samples(case)))
    z1 = xp.add(xp.matmul(x, w1), b1)
    a1 = xp.where(z1 > 0, z1, xp.multiply(z1, 0.01))
    z2 = xp.add(xp.matmul(a1, w2), b2)
    shifted = xp.subtract(z2, xp.max(z2, axis=1, keepdims=True))
    log_y = xp.subtract(shifted, xp.log(xp.sum(xp.exp(shifted), axis=1, keepdims=True)))
    d2 = xp.subtract(xp.exp(log_y), t)
    d1 = xp.multiply(xp.matmul(d2, w2.T), xp.where(z1 > 0, xp.ones_like(z1), xp.full_like(z1, 0.01)))
    gradient = [part / len(x) for part in (x.T @ d1, xp.sum(d1, axis=0), a1.T @ d2, xp.sum(d2, axis=0))]
    loss = xp.negative(xp.mean(xp.sum(xp.multiply(t, log_y), axis=1)))
    names = ("h_sums", "h_nodes", "o_sums", "o_nodes", "loss", "o_deltas", "h_deltas", "gradient")
    return dict(zip(names, (z1, a1, z2, xp.exp(log_y), loss, d2, d1, flat(*gradient)), strict=True))


@entry({"hidden": "leaky_relu", "batch": 3}, {"hidden": "leaky_relu"})
def any_array_library(case):
    """A library author: the functions of `xp`, leaky ReLU by where, the logarithm of softmax."""
    return answer(case, network_of(np, case))


@entry({"batch": 4}, {"batch": 3, "reduction": "sum"})
def sample_by_sample(case):
    """A careful beginner: loops over the samples, adds their gradients, divides by their number at the end."""
    w1, b1, w2, b2 = matrices(case)
    total_loss, grads = 0.0, [np.zeros_like(block) for block in (w1, b1, w2, b2)]
    collected = {name: [] for name in ("h_sums", "h_nodes", "o_sums", "o_nodes", "o_deltas", "h_deltas")}
    for x, t in zip(*samples(case), strict=True):
        z1 = x @ w1 + b1
        h = sigmoid(z1)
        z2 = h @ w2 + b2
        y = softmax(z2)
        total_loss += -np.log(np.sum(t * y))
        d2 = y - t
        d1 = w2 @ d2 * (h * (1 - h))
        for grad, more in zip(grads, (np.outer(x, d1), d1, np.outer(h, d2), d2), strict=True):
            grad += more
        for name, value in zip(collected, (z1, h, z2, y, d2, d1), strict=True):
            collected[name].append(value)
    divisor = len(case.inputs) if case.reduction == "mean" else 1
    return answer(case, collected, loss=total_loss / divisor, gradient=flat(*grads) / divisor)


@entry(
    {"output": "sigmoid", "loss": "half_squared_error", "batch": 4, "reduction": "sum"},
    {"output": "sigmoid", "loss": "half_squared_error", "batch": 4, "reduction": "sum", "steps": 3},
    stages="o_nodes weights",
)
def error_times_slope_added(case):
    """The eleven-line network of a blog: the error is t - y and the update is added."""
    (syn0, b0, syn1, b1), (l0, t) = matrices(case), samples(case)
    steps, first = [], None
    for _ in range(n_steps(case)):
        l1 = 1 / (1 + np.exp(-(np.dot(l0, syn0) + b0)))
        l2 = 1 / (1 + np.exp(-(np.dot(l1, syn1) + b1)))
        first = l2 if first is None else first
        l2_delta = (t - l2) * (l2 * (1 - l2))
        l1_delta = l2_delta.dot(syn1.T) * (l1 * (1 - l1))
        syn1 = syn1 + case.learning_rate * l1.T.dot(l2_delta)
        syn0 = syn0 + case.learning_rate * l0.T.dot(l1_delta)
        b1 = b1 + case.learning_rate * np.sum(l2_delta, axis=0)
        b0 = b0 + case.learning_rate * np.sum(l1_delta, axis=0)
        steps.append(flat(syn0, b0, syn1, b1))
    return answer(case, o_nodes=first, weights=rows_or_one(steps))
