"""The optimizers: how a gradient g changes the weights w, the whole flat vector at once.

    SGD      v <- momentum*v - rate*g                 w <- w + v;  Nesterov: w <- w + momentum*v - rate*g
    RMSProp  c <- decay*c + (1-decay)*g**2            w <- w - rate*g / (sqrt(c) + epsilon)
    Adam     m <- beta1*m + (1-beta1)*g,  v <- beta2*v + (1-beta2)*g**2
             w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon),  t = 1, 2, ...

State lives in the object and survives between calls, so an optimizer serves one network.
"""

from typing import Any, Protocol, TypeAlias

import numpy as np

from reference.checks import fraction_of_one, positive, yes_or_no
from reference.kinds import FLOAT
from reference.messages import STEP_OVERFLOWS
from vectorized.checks import kind_of, step_vectors
from vectorized.workspace import RAISE, SLAB, Array, slabs

Vectors: TypeAlias = list[Array]


class Optimizer(Protocol):
    """Anything that makes new weights of weights, gradient and learning rate."""

    def step(self, weights: Array, gradient: Array, learning_rate: Any) -> Array:
        """Return the new weights."""


class StatefulOptimizer:
    """What the optimizers share: vectors as long as the weights, which a step writes anew beside the old ones."""

    def __init__(self) -> None:
        self._t = 0
        self._state: Vectors = []
        self._former: Vectors = []

    @property
    def n_states(self) -> int:
        """How many vectors are remembered."""
        return 1

    def step(self, weights: Any, gradient: Any, learning_rate: Any, out: Array | None = None) -> Array:
        """Return the new weights; training gives `out`, an array for them that is neither weights nor gradient.

        The gradient and the learning rate are taken in the precision of the weights: single, or else double.
        Raises ValueError for another size or dtype than at the first step, FloatingPointError where an entry overflows;
        the optimizer then remembers what it did before.
        """
        if out is None:
            weights, gradient = step_vectors(weights, gradient)
            learning_rate = float(kind_of(weights.dtype).take(learning_rate, "learning_rate"))
            with np.errstate(**RAISE):
                return StatefulOptimizer.step(self, weights, gradient, learning_rate, np.empty_like(weights))
        self._check(weights, gradient)
        self._t += 1
        try:
            if len(weights) <= SLAB:
                self._update(weights, gradient, learning_rate, out, self._scratch, self._state, self._former)
            else:
                for part in slabs(len(weights)):
                    old, new = ([state[part] for state in states] for states in (self._state, self._former))
                    scratch = self._scratch[: len(weights[part])]
                    self._update(weights[part], gradient[part], learning_rate, out[part], scratch, old, new)
        except FloatingPointError:
            self._t -= 1
            raise FloatingPointError(STEP_OVERFLOWS) from None
        self._state, self._former = self._former, self._state
        return out

    def _check(self, weights: Array, gradient: Array) -> None:
        """Make what is to be remembered; ValueError for another size or dtype than before."""
        if len(gradient) != len(weights):
            raise ValueError(f"gradient has {len(gradient)} entries, weights have {len(weights)}")
        if self._t == 0:  # or the first step was forgotten, as it overflowed
            self._state, self._former = [], []
            self._scratch = np.empty_like(weights[:SLAB])
            self._size, self._dtype = len(weights), weights.dtype
        if len(weights) != self._size:
            raise ValueError(f"this optimizer remembers {self._size} weights, given {len(weights)}; make one for each network")
        if weights.dtype != self._dtype:
            raise ValueError(
                f"this optimizer remembers {self._dtype} weights, given {weights.dtype}; make one for each network"
            )
        while len(self._state) < self.n_states:
            self._state.append(np.zeros_like(weights))
            self._former.append(np.zeros_like(weights))

    def undo(self) -> None:
        """Forget the last step."""
        self._t -= 1
        self._state, self._former = self._former, self._state

    def _update(
        self, weights: Array, gradient: Array, learning_rate: Any, out: Array, scratch: Array, old: Vectors, new: Vectors
    ) -> None:
        """Fill `out` with the new weights and `new` with what is remembered of them; `scratch` is there to work in."""
        raise NotImplementedError


class SGD(StatefulOptimizer):
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
        self.momentum = FLOAT.take(fraction_of_one(momentum, "momentum"), "momentum")
        self.nesterov = yes_or_no(nesterov, "nesterov")

    @property
    def n_states(self) -> int:
        """The velocity, where there is momentum."""
        return 1 if self.momentum else 0

    def _descend(self, weights: Array, gradient: Array, rate: float) -> None:
        """Take a step without momentum in place, where it is known to be finite: w <- w - rate*g; the gradient is used up."""
        if self._t == 0 or len(weights) != self._size or weights.dtype != self._dtype:
            self._check(weights, gradient)
        self._t += 1
        np.multiply(gradient, rate, gradient)
        np.subtract(weights, gradient, weights)

    def __repr__(self) -> str:
        return f"SGD(momentum={self.momentum!r}, nesterov={self.nesterov!r})"

    def _update(
        self, weights: Array, gradient: Array, learning_rate: Any, out: Array, scratch: Array, old: Vectors, new: Vectors
    ) -> None:
        """Formula: v <- momentum*v - rate*g;  w <- w + v, or w <- w + momentum*v - rate*g with the new v."""
        change = np.multiply(gradient, learning_rate, scratch)
        if self.momentum == 0:
            np.subtract(weights, change, out)
            for before, after in zip(old, new, strict=True):
                np.copyto(after, before)
            return
        (velocity,) = new
        np.subtract(np.multiply(old[0], self.momentum, velocity), change, velocity)
        if self.nesterov:
            np.subtract(weights, change, out)
            np.add(out, np.multiply(velocity, self.momentum, scratch), out)
        else:
            np.add(weights, velocity, out)


class RMSProp(StatefulOptimizer):
    """Gradient descent, each entry divided by the root of the mean of its squares so far.

    Parameters
    ----------
    decay : number in [0, 1); part of the mean that is kept
    epsilon : number > 0, outside the root

    >>> RMSProp(decay=0.75).step(np.array([1.0]), np.array([4.0]), 0.5)
    array([4.99999997e-09])
    """

    def __init__(self, decay: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.decay = FLOAT.take(fraction_of_one(decay, "decay"), "decay")
        self.epsilon = FLOAT.take(positive(epsilon, "epsilon"), "epsilon")

    def __repr__(self) -> str:
        return f"RMSProp(decay={self.decay!r}, epsilon={self.epsilon!r})"

    def _update(
        self, weights: Array, gradient: Array, learning_rate: Any, out: Array, scratch: Array, old: Vectors, new: Vectors
    ) -> None:
        """Formula: c <- decay*c + (1-decay)*g**2;  w <- w - rate*g / (sqrt(c) + epsilon)."""
        (mean_square,) = new
        np.multiply(gradient, gradient, scratch)
        np.multiply(scratch, 1 - self.decay, scratch)
        np.add(np.multiply(old[0], self.decay, mean_square), scratch, mean_square)
        divisor = np.add(np.sqrt(mean_square, scratch), self.epsilon, scratch)
        change = np.divide(np.multiply(gradient, learning_rate, out), divisor, out)
        np.subtract(weights, change, out)


class Adam(StatefulOptimizer):
    """Gradient descent along the mean gradient so far over the root of the mean square, both corrected for their start at 0.

    Parameters
    ----------
    beta1, beta2 : numbers in [0, 1); parts of the mean and of the mean square that are kept
    epsilon : number > 0, outside the root

    >>> Adam().step(np.array([1.0]), np.array([4.0]), 0.5)
    array([0.5])
    """

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.beta1 = FLOAT.take(fraction_of_one(beta1, "beta1"), "beta1")
        self.beta2 = FLOAT.take(fraction_of_one(beta2, "beta2"), "beta2")
        self.epsilon = FLOAT.take(positive(epsilon, "epsilon"), "epsilon")

    @property
    def n_states(self) -> int:
        """Mean and mean square."""
        return 2

    def __repr__(self) -> str:
        return f"Adam(beta1={self.beta1!r}, beta2={self.beta2!r}, epsilon={self.epsilon!r})"

    def _update(
        self, weights: Array, gradient: Array, learning_rate: Any, out: Array, scratch: Array, old: Vectors, new: Vectors
    ) -> None:
        """Formula: w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)."""
        mean, mean_square = new
        np.multiply(gradient, 1 - self.beta1, scratch)
        np.add(np.multiply(old[0], self.beta1, mean), scratch, mean)
        np.multiply(gradient, gradient, scratch)
        np.multiply(scratch, 1 - self.beta2, scratch)
        np.add(np.multiply(old[1], self.beta2, mean_square), scratch, mean_square)
        np.divide(mean_square, 1 - self.beta2**self._t, scratch)
        divisor = np.add(np.sqrt(scratch, scratch), self.epsilon, scratch)
        change = np.multiply(np.divide(mean, 1 - self.beta1**self._t, out), learning_rate, out)
        np.subtract(weights, np.divide(change, divisor, change), out)
