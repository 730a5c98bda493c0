"""The optimizers: how a gradient g changes the weights w. Both are flat arrays of any library.

    SGD      v <- momentum*v - rate*g                 w <- w + v;  Nesterov: w <- w + momentum*v - rate*g
    RMSProp  c <- decay*c + (1-decay)*g**2            w <- w - rate*g / (sqrt(c) + epsilon)
    Adam     m <- beta1*m + (1-beta1)*g,  v <- beta2*v + (1-beta2)*g**2
             w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon),  t = 1, 2, ...

The optimizer object keeps its state between calls, so use one optimizer for each network.
"""

from typing import TypeAlias

import numpy as np

from reference.numbers.kinds import FLOAT, exact_float
from reference.numbers.number import Number, Numbers
from reference.specification import optimizers
from reference.specification.messages import STEP_OVERFLOWS
from vectorized.arrays import Array
from vectorized.door import kind_of, step_vectors
from vectorized.libraries import Form, all_finite, compute, namespace

State: TypeAlias = tuple[Array, ...]


class StatefulOptimizer(optimizers.StatefulOptimizer[Array]):
    """An optimizer for arrays. Its state consists of arrays that are as long as the weights. Every step replaces them."""

    n_states = 1

    def __init__(self) -> None:
        self._t = 0
        self._state: State = ()
        self._form = ""

    def _take(self, parameter: Number, name: str) -> float:
        """Return a parameter as a float. Raises ValueError if a float cannot hold it exactly."""
        return exact_float(FLOAT.take(parameter, name))

    def step(self, weights: Numbers, gradient: Numbers, learning_rate: Number) -> Array:
        flat, slopes, form = step_vectors(weights, gradient)
        new_weights = self._advance(form, flat, slopes, exact_float(kind_of(form).take(learning_rate, "learning_rate")))
        return form.array(new_weights) if form.library.is_lazy else new_weights

    def _advance(self, form: Form, weights: Array, gradient: Array, learning_rate: float) -> Array:
        """Return the new weights. Unlike `step`, this expects finite arrays of one library, precision and device."""
        state = self._checked_state(form, weights, gradient)
        with np.errstate(all="ignore"):
            new_weights, new = self._update(self._t + 1, weights, gradient, learning_rate, state)
            numbers = compute(form.library, (new_weights, *new))
            if not all_finite(*numbers):
                raise FloatingPointError(STEP_OVERFLOWS)
        self._remember(form, numbers[1:])
        return numbers[0]

    def _remember(self, form: Form, state: State) -> None:
        """Store the state after a step."""
        self._t, self._state, self._form = self._t + 1, state, str(form)

    def _checked_state(self, form: Form, weights: Array, gradient: Array) -> State:
        """Return the state: zeros before the first step. Raises ValueError if length, library, precision or device changed."""
        if gradient.shape != weights.shape:
            raise ValueError(f"gradient has {gradient.shape[0]} entries, weights have {weights.shape[0]}")
        for state in self._state:
            old, new = str(state.shape[0]), str(weights.shape[0])
            if old == new:
                old, new = self._form, str(form)
            if old != new:
                raise ValueError(f"this optimizer was used with {old} weights, not {new}; make one for each network")
        return self._state or tuple(namespace(weights).zeros_like(weights) for _ in range(self.n_states))

    def _update(self, t: int, weights: Array, gradient: Array, rate: float, state: State) -> tuple[Array, State]:
        """Return the new weights and the new state, after step t."""
        raise NotImplementedError


class SGD(optimizers.SGD[Array], StatefulOptimizer):
    def _update(self, t: int, weights: Array, gradient: Array, rate: float, state: State) -> tuple[Array, State]:
        """Formula: v <- momentum*v - rate*g;  w <- w + v, or w <- w + momentum*v - rate*g with the new v."""
        if self.momentum == 0:
            return weights - rate * gradient, state
        velocity = self.momentum * state[0] - rate * gradient
        if self.nesterov:
            return weights + self.momentum * velocity - rate * gradient, (velocity,)
        return weights + velocity, (velocity,)


class RMSProp(optimizers.RMSProp[Array], StatefulOptimizer):
    def _update(self, t: int, weights: Array, gradient: Array, rate: float, state: State) -> tuple[Array, State]:
        """Formula: c <- decay*c + (1-decay)*g**2;  w <- w - rate*g / (sqrt(c) + epsilon)."""
        mean_square = self.decay * state[0] + (1 - self.decay) * (gradient * gradient)
        root = namespace(weights).sqrt(mean_square)
        return weights - rate * gradient / (root + self.epsilon), (mean_square,)


class Adam(optimizers.Adam[Array], StatefulOptimizer):
    n_states = 2

    def _update(self, t: int, weights: Array, gradient: Array, rate: float, state: State) -> tuple[Array, State]:
        """Formula: w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)."""
        mean = self.beta1 * state[0] + (1 - self.beta1) * gradient
        mean_square = self.beta2 * state[1] + (1 - self.beta2) * (gradient * gradient)
        root = namespace(weights).sqrt(mean_square / (1 - self.beta2**t))
        return weights - rate * (mean / (1 - self.beta1**t)) / (root + self.epsilon), (mean, mean_square)
