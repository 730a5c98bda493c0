"""The same network in scikit-learn, PyTorch, JAX and loops compiled by numba, as their users write it.

Each is a contender like the twins; its package is imported only where it is asked for.
"""

import os
import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.contenders import CONTENDERS, Contender, Plain
from benchmarks.problem import HIDDEN, LOSS, OUTPUT, RATE, Problem
from benchmarks.shapes import BATCH_OF_DIGITS
from benchmarks.threads import VARIABLES
from reference.specification.architecture import Architecture
from vectorized.backward import backward
from vectorized.forward import forward


def n_threads() -> int:
    """Return how many threads a peer may use: as many as BLAS."""
    return int(os.environ.get(VARIABLES[0], "1"))


def flat_of(*blocks: Any) -> Any:
    """Return blocks, each with the source node as the row, as one flat vector."""
    return np.concatenate([np.asarray(block).reshape(-1) for block in blocks])


class ScikitLearn(Plain):
    """`MLPClassifier.partial_fit`: a call is a step where the batch is all there is, or an epoch of batches."""

    def __init__(self, problem: Problem) -> None:
        from sklearn.neural_network import MLPClassifier

        super().__init__(problem)
        n_samples, n_outputs = problem.shape.n_samples, problem.shape.n_outputs
        if n_outputs < 3:
            raise ValueError("scikit-learn makes one logistic output of two classes; choose a shape of three outputs or more")
        self.labels = problem.targets.argmax(axis=1)
        self.model = MLPClassifier(
            (problem.shape.n_hidden,),
            activation="logistic",
            solver="sgd",
            alpha=0.0,
            momentum=0.0,
            nesterovs_momentum=False,
            learning_rate_init=RATE,
            batch_size=min(n_samples, BATCH_OF_DIGITS) if n_samples > 1024 else n_samples,
            shuffle=n_samples > 1024,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model.partial_fit(self.inputs, self.labels, classes=range(n_outputs))
        for own, block in zip(self.parts(), self.weights, strict=True):
            own[...] = block

    def parts(self) -> tuple[Any, ...]:
        """Return the model's arrays, in the order of the flat vector."""
        (ih, ho), (h_biases, o_biases) = self.model.coefs_, self.model.intercepts_
        return ih, h_biases, ho, o_biases

    def forward(self, n: int) -> Any:
        """Return the probabilities."""
        for _ in range(n):
            answer = self.model.predict_proba(self.inputs)
        return answer

    def gradient(self, n: int) -> Any:
        """Return the gradient, which scikit-learn keeps to itself: by what a step changes."""
        for _ in range(n):
            before = flat_of(*self.parts())
            self.step(1)
        return (before - flat_of(*self.parts())) / RATE

    def step(self, n: int) -> Any:
        """Return the weights after n steps."""
        for _ in range(n):
            self.model.partial_fit(self.inputs, self.labels)
        return flat_of(*self.parts())

    epoch = step


class PyTorch(Plain):
    """Two linear layers, `cross_entropy` and `SGD`, eagerly."""

    def __init__(self, problem: Problem) -> None:
        import torch

        super().__init__(problem)
        self.torch = torch
        torch.set_num_threads(n_threads())
        n_inputs, n_hidden, n_outputs = problem.shape.sizes
        dtype = getattr(torch, problem.shape.dtype)
        hidden, output = torch.nn.Linear(n_inputs, n_hidden, dtype=dtype), torch.nn.Linear(n_hidden, n_outputs, dtype=dtype)
        self.model = torch.nn.Sequential(hidden, torch.nn.Sigmoid(), output)
        self.layers = hidden.weight, hidden.bias, output.weight, output.bias
        with torch.no_grad():
            for own, block in zip(self.layers, self.weights, strict=True):
                own.copy_(torch.from_numpy(np.ascontiguousarray(block.T)))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)
        self.rows = torch.from_numpy(np.array(self.inputs))
        self.labels = torch.from_numpy(np.array(self.targets.argmax(axis=1)))
        self.losses: list[float] = []

    def outputs(self, inputs: Any) -> Any:
        """Return the probabilities."""
        with self.torch.no_grad():
            return self.torch.softmax(self.model(self.rows), dim=1).numpy()

    def gradient(self, n: int) -> Any:
        """Return the gradient."""
        for _ in range(n):
            self.optimizer.zero_grad()
            loss = self.torch.nn.functional.cross_entropy(self.model(self.rows), self.labels)
            loss.backward()
        return flat_of(*(layer.grad.numpy().T for layer in self.layers))

    def one_step(self, rows: Any, labels: Any) -> None:
        """Take one step, and keep the loss before it."""
        self.optimizer.zero_grad()
        loss = self.torch.nn.functional.cross_entropy(self.model(rows), labels)
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss.item())

    def flat_weights(self) -> Any:
        """Return the weights as one flat vector."""
        return flat_of(*(layer.detach().numpy().T for layer in self.layers))

    def step(self, n: int) -> Any:
        """Return the weights after n steps."""
        self.losses.clear()
        for _ in range(n):
            self.one_step(self.rows, self.labels)
        return self.flat_weights()

    def epoch(self, n: int) -> Any:
        """Return the weights after n epochs."""
        self.losses.clear()
        for _ in range(n):
            for batch in self.torch.randperm(len(self.rows)).split(BATCH_OF_DIGITS):
                self.one_step(self.rows[batch], self.labels[batch])
        return self.flat_weights()


class Jax(Plain):
    """A loss written once, its gradient by `jax.value_and_grad`; a step, and an epoch by `jax.lax.scan`, compiled."""

    def __init__(self, problem: Problem) -> None:
        import jax

        super().__init__(problem)
        jax.config.update("jax_enable_x64", problem.shape.dtype == "float64")
        self.jax, self.held = jax, jax.tree.map(jax.numpy.asarray, self.weights)
        self.rows, self.wanted = jax.numpy.asarray(self.inputs), jax.numpy.asarray(self.targets)

        def step(weights: Any, batch: Any) -> Any:
            loss, gradients = self.differentiated(weights, *batch)
            return jax.tree.map(lambda w, g: w - RATE * g, weights, gradients), loss

        def epoch(weights: Any, samples: Any, order: Any) -> Any:
            n = len(order) // BATCH_OF_DIGITS
            whole, rest = order[: n * BATCH_OF_DIGITS].reshape(n, BATCH_OF_DIGITS), order[n * BATCH_OF_DIGITS :]
            weights, losses = jax.lax.scan(step, weights, [rows[whole] for rows in samples])
            if len(rest):
                weights, last = step(weights, [rows[rest] for rows in samples])
                losses = jax.numpy.append(losses, last)
            return weights, losses

        self.compiled = {f.__name__: jax.jit(f) for f in (self.predicted, self.differentiated, step, epoch)}

    def logits(self, weights: Any, inputs: Any) -> Any:
        """Return o_sums."""
        ih_weights, h_biases, ho_weights, o_biases = weights
        return self.jax.nn.sigmoid(inputs @ ih_weights + h_biases) @ ho_weights + o_biases

    def predicted(self, weights: Any, inputs: Any) -> Any:
        """Return the probabilities."""
        return self.jax.nn.softmax(self.logits(weights, inputs))

    def differentiated(self, weights: Any, inputs: Any, targets: Any) -> Any:
        """Return the mean loss and the gradient."""

        def loss(weights: Any) -> Any:
            return -(targets * self.jax.nn.log_softmax(self.logits(weights, inputs))).sum() / len(inputs)

        return self.jax.value_and_grad(loss)(weights)

    def outputs(self, inputs: Any) -> Any:
        """Return the probabilities."""
        return self.compiled["predicted"](self.held, self.rows).block_until_ready()

    def gradient(self, n: int) -> Any:
        """Return the gradient."""
        for _ in range(n):
            loss, gradients = self.compiled["differentiated"](self.held, self.rows, self.wanted)
            loss.block_until_ready()
        return flat_of(*self.jax.tree.leaves(gradients))

    def step(self, n: int) -> Any:
        """Return the weights after n steps; each is waited for, as its loss is asked for."""
        for _ in range(n):
            self.held, loss = self.compiled["step"](self.held, (self.rows, self.wanted))
            float(loss)
        return flat_of(*self.jax.tree.leaves(self.held))

    def epoch(self, n: int) -> Any:
        """Return the weights after n epochs; each is waited for, as its losses are asked for."""
        draw = np.random.default_rng(0)
        for _ in range(n):
            order = draw.permutation(len(self.inputs))
            self.held, losses = self.compiled["epoch"](self.held, (self.rows, self.wanted), order)
            losses.block_until_ready()
        return flat_of(*self.jax.tree.leaves(self.held))


class VectorizedInJax(Jax):
    """The pure functions of `vectorized` in the place of the loss and its gradient; the weights are one flat vector."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.architecture = Architecture(*problem.shape.sizes, HIDDEN, OUTPUT, LOSS)
        self.held = self.jax.numpy.asarray(self.flat)

    def predicted(self, weights: Any, inputs: Any) -> Any:
        """Return the probabilities."""
        return forward(self.architecture, weights, inputs).o_nodes

    def differentiated(self, weights: Any, inputs: Any, targets: Any) -> Any:
        """Return the mean loss and the gradient."""
        back = backward(self.architecture, weights, inputs, targets)
        return back.loss, back.gradient


class Numba(Plain):
    """The loops, compiled by numba."""

    def __init__(self, problem: Problem) -> None:
        import numba

        super().__init__(problem)
        self.compiled = numba.njit(compiled_gradients)
        self.predicting = numba.njit(compiled_outputs)

    def outputs(self, inputs: Any) -> Any:
        """Return the probabilities."""
        return self.predicting(*self.weights, inputs)

    def gradients(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        """Return loss and gradients."""
        loss, *gradients = self.compiled(*self.weights, inputs, targets)
        return loss, gradients


def compiled_outputs(ih_weights: Any, h_biases: Any, ho_weights: Any, o_biases: Any, inputs: Any) -> Any:
    """Return o_nodes: loops that numba compiles."""
    n_samples, n_inputs, n_hidden, n_outputs = len(inputs), len(ih_weights), len(h_biases), len(o_biases)
    h_nodes, o_nodes = np.empty_like(h_biases), np.empty((n_samples, n_outputs), inputs.dtype)
    for s in range(n_samples):
        h_nodes[:] = h_biases
        for i in range(n_inputs):
            for h in range(n_hidden):
                h_nodes[h] += inputs[s, i] * ih_weights[i, h]
        for h in range(n_hidden):
            h_nodes[h] = 1 / (1 + np.exp(-h_nodes[h]))
        o_nodes[s] = o_biases
        for h in range(n_hidden):
            for o in range(n_outputs):
                o_nodes[s, o] += h_nodes[h] * ho_weights[h, o]
        o_nodes[s] = np.exp(o_nodes[s] - o_nodes[s].max())
        o_nodes[s] /= o_nodes[s].sum()
    return o_nodes


def compiled_gradients(ih_weights: Any, h_biases: Any, ho_weights: Any, o_biases: Any, inputs: Any, targets: Any) -> Any:
    """Return the mean loss and the gradients: loops that numba compiles."""
    n_samples, n_inputs, n_hidden, n_outputs = len(inputs), len(ih_weights), len(h_biases), len(o_biases)
    ih_gradient, h_gradient = np.zeros_like(ih_weights), np.zeros_like(h_biases)
    ho_gradient, o_gradient = np.zeros_like(ho_weights), np.zeros_like(o_biases)
    h_nodes, o_nodes, h_deltas, loss = np.empty_like(h_biases), np.empty_like(o_biases), np.empty_like(h_biases), 0.0
    for s in range(n_samples):
        h_nodes[:] = h_biases
        for i in range(n_inputs):
            for h in range(n_hidden):
                h_nodes[h] += inputs[s, i] * ih_weights[i, h]
        for h in range(n_hidden):
            h_nodes[h] = 1 / (1 + np.exp(-h_nodes[h]))
        o_nodes[:] = o_biases
        for h in range(n_hidden):
            for o in range(n_outputs):
                o_nodes[o] += h_nodes[h] * ho_weights[h, o]
        o_nodes[:] = np.exp(o_nodes - o_nodes.max())
        o_nodes /= o_nodes.sum()
        for o in range(n_outputs):
            if targets[s, o] != 0:
                loss -= targets[s, o] * np.log(o_nodes[o])
            o_nodes[o] = (o_nodes[o] - targets[s, o]) / n_samples
        o_gradient += o_nodes
        for h in range(n_hidden):
            h_deltas[h] = 0
            for o in range(n_outputs):
                h_deltas[h] += o_nodes[o] * ho_weights[h, o]
                ho_gradient[h, o] += h_nodes[h] * o_nodes[o]
            h_deltas[h] *= h_nodes[h] * (1 - h_nodes[h])
        h_gradient += h_deltas
        for i in range(n_inputs):
            for h in range(n_hidden):
                ih_gradient[i, h] += inputs[s, i] * h_deltas[h]
    return loss / n_samples, ih_gradient, h_gradient, ho_gradient, o_gradient


PEERS: dict[str, type[Contender]] = {"scikit-learn": ScikitLearn, "pytorch": PyTorch, "jax": Jax, "numba": Numba}
PEERS["vectorized-in-jax"] = VectorizedInJax
MODULES = {"scikit-learn": "sklearn", "pytorch": "torch", "jax": "jax", "vectorized-in-jax": "jax", "numba": "numba"}


def installed(name: str) -> bool:
    """Whether the package of a contender is installed."""
    return name in CONTENDERS or find_spec(MODULES[name]) is not None
