"""The optimizers: how a gradient g changes the weights w, the whole flat vector at once.

    SGD      v <- momentum*v - rate*g                 w <- w + v;  Nesterov: w <- w + momentum*v - rate*g
    RMSProp  c <- decay*c + (1-decay)*g**2            w <- w - rate*g / (sqrt(c) + epsilon)
    Adam     m <- beta1*m + (1-beta1)*g,  v <- beta2*v + (1-beta2)*g**2
             w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon),  t = 1, 2, ...

State lives in the object and survives between calls, so an optimizer serves one network.
"""

from typing import Any, Protocol

import numpy as np

from reference.checks import fraction_of_one, positive, yes_or_no
from reference.kinds import FLOAT
from reference.messages import STEP_OVERFLOWS
from vectorized.checks import vector
from vectorized.workspace import RAISE, SLAB, Array, slabs


class Optimizer(Protocol):
    """Anything that makes new weights of weights, gradient and learning rate."""

    def step(self, weights: Array, gradient: Array, learning_rate: Any) -> Array:
        """Return the new weights."""


class Remembering:
    """What the optimizers share: vectors as long as the weights, made at the first step, and how a step is asked for."""

    memories = 0

    def __init__(self) -> None:
        self._memory: list[Array] = []
        self._room = np.empty(0)
        self._t = 0

    def step(self, weights: Any, gradient: Any, learning_rate: Any, out: Array | None = None) -> Array:
        """Return the new weights; training gives `out`, an array for them that is neither weights nor gradient.

        Raises ValueError for another size or dtype than at the first step, FloatingPointError where an entry overflows.
        """
        if out is None:
            weights, gradient = vector(weights, "weights"), vector(gradient, "gradient")
            learning_rate = FLOAT.take(learning_rate, "learning_rate")
            with np.errstate(**RAISE):
                return self.step(weights, gradient, learning_rate, np.empty_like(weights))
        if len(gradient) != len(weights):
            raise ValueError(f"gradient has {len(gradient)} entries, weights have {len(weights)}")
        if self._t == 0:
            self._memory = [np.zeros_like(weights) for _ in range(self.memories)]
            self._room = np.empty_like(weights[:SLAB])
            self._size, self._dtype = len(weights), weights.dtype
        if len(weights) != self._size:
            raise ValueError(f"this optimizer remembers {self._size} weights, given {len(weights)}; make one for each network")
        if weights.dtype != self._dtype:
            raise ValueError(
                f"this optimizer remembers {self._dtype} weights, given {weights.dtype}; make one for each network"
            )
        self._t += 1
        try:
            if weights.size <= SLAB:
                self.update(weights, gradient, learning_rate, out, self._room, *self._memory)
            else:
                for part in slabs(weights.size):
                    memory = [vector[part] for vector in self._memory]
                    room = self._room[: weights[part].size]
                    self.update(weights[part], gradient[part], learning_rate, out[part], room, *memory)
        except FloatingPointError:
            raise FloatingPointError(STEP_OVERFLOWS) from None
        return out

    def update(self, weights: Array, gradient: Array, learning_rate: Any, out: Array, room: Array, *memory: Array) -> None:
        """Fill `out` with the new weights, entry by entry; `room` is there to work in."""
        raise NotImplementedError


class SGD(Remembering):
    """Gradient descent, with momentum if asked.

    Parameters
    ----------
    momentum : number in [0, 1); part of the last change that is kept
    nesterov : look ahead along the momentum

    >>> SGD().step(np.array([1.0, 2.0]), np.array([10.0, 20.0]), 0.5)
    array([-4., -8.])
    """

    def __init__(self, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__()
        self.momentum = fraction_of_one(momentum, "momentum")
        self.nesterov = yes_or_no(nesterov, "nesterov")
        self.memories = 1 if self.momentum else 0

    def __repr__(self) -> str:
        return f"SGD(momentum={self.momentum!r}, nesterov={self.nesterov!r})"

    def update(self, weights: Array, gradient: Array, learning_rate: Any, out: Array, room: Array, *memory: Array) -> None:
        """Formula: v <- momentum*v - rate*g;  w <- w + v, or w <- w + momentum*v - rate*g with the new v."""
        change = np.multiply(gradient, learning_rate, room)
        if not memory:
            np.subtract(weights, change, out)
            return
        (velocity,) = memory
        np.multiply(velocity, self.momentum, velocity)
        np.subtract(velocity, change, velocity)
        if self.nesterov:
            np.subtract(weights, change, out)
            np.add(out, np.multiply(velocity, self.momentum, room), out)
        else:
            np.add(weights, velocity, out)


class RMSProp(Remembering):
    """Gradient descent, each entry divided by the root of the mean of its squares so far.

    Parameters
    ----------
    decay : number in [0, 1); part of the mean that is kept
    epsilon : number > 0, outside the root

    >>> RMSProp(decay=0.75).step(np.array([1.0]), np.array([4.0]), 0.5)
    array([4.99999997e-09])
    """

    memories = 1

    def __init__(self, decay: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.decay = fraction_of_one(decay, "decay")
        self.epsilon = positive(epsilon, "epsilon")

    def __repr__(self) -> str:
        return f"RMSProp(decay={self.decay!r}, epsilon={self.epsilon!r})"

    def update(self, weights: Array, gradient: Array, learning_rate: Any, out: Array, room: Array, *memory: Array) -> None:
        """Formula: c <- decay*c + (1-decay)*g**2;  w <- w - rate*g / (sqrt(c) + epsilon)."""
        (mean_square,) = memory
        np.multiply(mean_square, self.decay, mean_square)
        np.multiply(gradient, gradient, room)
        np.add(mean_square, np.multiply(room, 1 - self.decay, room), mean_square)
        divisor = np.add(np.sqrt(mean_square, room), self.epsilon, room)
        change = np.divide(np.multiply(gradient, learning_rate, out), divisor, out)
        np.subtract(weights, change, out)


class Adam(Remembering):
    """Gradient descent along the mean gradient so far over the root of the mean square, both corrected for their start at 0.

    Parameters
    ----------
    beta1, beta2 : numbers in [0, 1); parts of the mean and of the mean square that are kept
    epsilon : number > 0, outside the root

    >>> Adam().step(np.array([1.0]), np.array([4.0]), 0.5)
    array([0.5])
    """

    memories = 2

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.beta1 = fraction_of_one(beta1, "beta1")
        self.beta2 = fraction_of_one(beta2, "beta2")
        self.epsilon = positive(epsilon, "epsilon")

    def __repr__(self) -> str:
        return f"Adam(beta1={self.beta1!r}, beta2={self.beta2!r}, epsilon={self.epsilon!r})"

    def update(self, weights: Array, gradient: Array, learning_rate: Any, out: Array, room: Array, *memory: Array) -> None:
        """Formula: w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)."""
        mean, mean_square = memory
        np.multiply(mean, self.beta1, mean)
        np.add(mean, np.multiply(gradient, 1 - self.beta1, room), mean)
        np.multiply(mean_square, self.beta2, mean_square)
        np.multiply(gradient, gradient, room)
        np.add(mean_square, np.multiply(room, 1 - self.beta2, room), mean_square)
        np.divide(mean_square, 1 - self.beta2**self._t, room)
        divisor = np.add(np.sqrt(room, room), self.epsilon, room)
        change = np.multiply(np.divide(mean, 1 - self.beta1**self._t, out), learning_rate, out)
        np.subtract(weights, np.divide(change, divisor, change), out)
