"""The network in JAX: a loss that JAX differentiates, or the pure functions of `vectorized`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from benchmarks.plain import Plain
from benchmarks.problem import HIDDEN, LOSS, OUTPUT, RATE, Array, Problem
from benchmarks.shapes import BATCH_OF_DIGITS
from reference.specification.architecture import Architecture
from vectorized.backward import backward
from vectorized.blocks import flat_of
from vectorized.forward import forward

if TYPE_CHECKING:
    import jax

    Samples: TypeAlias = Sequence[jax.Array]  # inputs and targets
    Weights: TypeAlias = Sequence[jax.Array] | jax.Array  # four blocks, or one flat vector


class Jax(Plain):
    """Compiled functions: the gradient uses `jax.value_and_grad`, and an epoch uses `jax.lax.scan`."""

    def __init__(self, problem: Problem) -> None:
        import jax

        super().__init__(problem)
        jax.config.update("jax_enable_x64", problem.shape.dtype == "float64")
        self.jax = jax
        self.current: Weights = jax.tree.map(jax.numpy.asarray, self.weights)
        self.samples: Samples = jax.numpy.asarray(self.inputs), jax.numpy.asarray(self.targets)

        def step(weights: Weights, batch: Samples) -> tuple[Weights, jax.Array]:
            loss, gradients = self.differentiate(weights, *batch)
            return jax.tree.map(lambda w, g: w - RATE * g, weights, gradients), loss

        def epoch(weights: Weights, samples: Samples, order: jax.Array) -> tuple[Weights, jax.Array]:
            n = len(order) // BATCH_OF_DIGITS
            whole, rest = order[: n * BATCH_OF_DIGITS].reshape(n, BATCH_OF_DIGITS), order[n * BATCH_OF_DIGITS :]
            weights, losses = jax.lax.scan(step, weights, [rows[whole] for rows in samples])
            if len(rest):
                weights, last = step(weights, [rows[rest] for rows in samples])
                losses = jax.numpy.append(losses, last)
            return weights, losses

        self.functions = {f.__name__: jax.jit(f) for f in (self.probabilities, self.differentiate, step, epoch)}

    def logits(self, weights: Weights, inputs: jax.Array) -> jax.Array:
        """Return o_sums."""
        ih_weights, h_biases, ho_weights, o_biases = weights
        return self.jax.nn.sigmoid(inputs @ ih_weights + h_biases) @ ho_weights + o_biases

    def probabilities(self, weights: Weights, inputs: jax.Array) -> jax.Array:
        """Return o_nodes."""
        return self.jax.nn.softmax(self.logits(weights, inputs))

    def differentiate(self, weights: Weights, inputs: jax.Array, targets: jax.Array) -> tuple[jax.Array, Weights]:
        """Return the mean loss and the gradient."""

        def loss(weights: Weights) -> jax.Array:
            return -(targets * self.jax.nn.log_softmax(self.logits(weights, inputs))).sum() / len(inputs)

        result: tuple[jax.Array, Weights] = self.jax.value_and_grad(loss)(weights)
        return result

    def flat_of(self, weights: Weights) -> Array:
        """Return weights as one flat NumPy vector."""
        return np.asarray(flat_of(*map(np.asarray, self.jax.tree.leaves(weights))))

    def outputs(self, inputs: Array) -> Array:
        """Return the probabilities. `inputs` is not used, because JAX already holds the samples."""
        return np.asarray(self.functions["probabilities"](self.current, self.samples[0]))

    def gradient(self, n: int) -> object:
        """Return the gradient."""
        for _ in range(n):
            loss, gradients = self.functions["differentiate"](self.current, *self.samples)
            loss.block_until_ready()
        return self.flat_of(gradients)

    def step(self, n: int) -> object:
        """Return the weights after n steps. After each step, wait for its loss."""
        for _ in range(n):
            self.current, loss = self.functions["step"](self.current, self.samples)
            float(loss)
        return self.flat_of(self.current)

    def epoch(self, n: int) -> object:
        """Return the weights after n epochs. After each epoch, wait for its losses."""
        draw = np.random.default_rng(0)
        for _ in range(n):
            order = draw.permutation(len(self.inputs))
            self.current, losses = self.functions["epoch"](self.current, self.samples, order)
            losses.block_until_ready()
        return self.flat_of(self.current)


class VectorizedInJax(Jax):
    """Outputs, loss and gradient come from the pure functions of `vectorized`. The weights are one flat vector."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.architecture = Architecture(*problem.shape.sizes, HIDDEN, OUTPUT, LOSS)
        self.current = self.jax.numpy.asarray(self.flat)

    def probabilities(self, weights: Any, inputs: jax.Array) -> jax.Array:
        """Return o_nodes."""
        return forward(self.architecture, weights, inputs).o_nodes

    def differentiate(self, weights: Any, inputs: jax.Array, targets: jax.Array) -> tuple[jax.Array, Weights]:
        """Return the mean loss and the gradient."""
        stages = backward(self.architecture, weights, inputs, targets)
        return stages.loss, stages.gradient
