"""The optimizers: how a gradient g changes the weights w, entry by entry. The learning rate is `rate`.

    SGD      v <- momentum*v - rate*g                 w <- w + v;  Nesterov: w <- w + momentum*v - rate*g
    RMSProp  c <- decay*c + (1-decay)*g**2            w <- w - rate*g / (sqrt(c) + epsilon)
    Adam     m <- beta1*m + (1-beta1)*g,  v <- beta2*v + (1-beta2)*g**2
             w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon),  t = 1, 2, ...

The optimizer object keeps its state between calls, so use one optimizer for each network.
"""

from reference.numbers.kinds import Kind, kind_of
from reference.numbers.number import Number, Numbers, Row, Rows
from reference.specification import optimizers
from reference.specification.door import as_sequence, row
from reference.specification.messages import STEP_OVERFLOWS


class StatefulOptimizer(optimizers.StatefulOptimizer[Row]):
    """An optimizer for lists. Its state is a list of lists, each as long as the weights."""

    def __init__(self) -> None:
        self._state: Rows = []

    def step(self, weights: Numbers, gradient: Numbers, learning_rate: Number) -> Row:
        w, g = as_sequence(weights, "weights"), as_sequence(gradient, "gradient")
        kind = kind_of(w, "weights")
        w, g = row(w, kind, "weights"), row(g, kind, "gradient")
        rate = kind.take(learning_rate, "learning_rate")
        with kind.quiet():
            return self._advance(kind, w, g, rate)

    def _advance(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        """Return the new weights. Unlike `step`, this expects lists of finite numbers of one kind."""
        if len(gradient) != len(weights):
            raise ValueError(f"gradient has {len(gradient)} entries, weights have {len(weights)}")
        for state in self._state:
            old, new = str(len(state)), str(len(weights))
            if old == new:
                old, new = type(state[0]).__name__, kind.type.__name__
            if old != new:
                raise ValueError(f"this optimizer was used with {old} weights, not {new}; make one for each network")
        return self._update(kind, weights, gradient, rate)

    def _update(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        """Return the new weights and update the state."""
        raise NotImplementedError

    def _zeros(self, kind: Kind, weights: Row) -> Row:
        """Return a list of zeros, for the state before the first step."""
        return [kind.convert(0)] * len(weights)


def check_finite(kind: Kind, *vectors: Row) -> None:
    """Raise FloatingPointError if a number is not finite.

    Mean squares are checked, too: a weight with an infinite mean square would never change again.
    """
    for numbers in vectors:
        if not all(map(kind.is_finite, numbers)):
            raise FloatingPointError(STEP_OVERFLOWS)


class SGD(optimizers.SGD[Row], StatefulOptimizer):
    def _update(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        """Formula: v <- momentum*v - rate*g;  w <- w + v, or w <- w + momentum*v - rate*g with the new v."""
        momentum = kind.take(self.momentum, "momentum")
        (velocity,) = self._state or [self._zeros(kind, weights)]
        if momentum == 0:
            new_weights = [w - rate * g for w, g in zip(weights, gradient, strict=True)]
        else:
            velocity = [momentum * v - rate * g for v, g in zip(velocity, gradient, strict=True)]
            if self.nesterov:
                new_weights = [w + momentum * v - rate * g for w, v, g in zip(weights, velocity, gradient, strict=True)]
            else:
                new_weights = [w + v for w, v in zip(weights, velocity, strict=True)]
        check_finite(kind, new_weights)
        self._state = [velocity]
        return new_weights


class RMSProp(optimizers.RMSProp[Row], StatefulOptimizer):
    def _update(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        """Formula: c <- decay*c + (1-decay)*g**2;  w <- w - rate*g / (sqrt(c) + epsilon)."""
        decay, epsilon, sqrt = kind.take(self.decay, "decay"), kind.take(self.epsilon, "epsilon"), kind.sqrt
        (mean_square,) = self._state or [self._zeros(kind, weights)]
        mean_square = [decay * c + (1 - decay) * (g * g) for c, g in zip(mean_square, gradient, strict=True)]
        changes = [rate * g / (sqrt(c) + epsilon) for g, c in zip(gradient, mean_square, strict=True)]
        new_weights = [w - change for w, change in zip(weights, changes, strict=True)]
        check_finite(kind, mean_square, new_weights)
        self._state = [mean_square]
        return new_weights


class Adam(optimizers.Adam[Row], StatefulOptimizer):
    _powers: tuple[Number, Number] = (1, 1)  # beta1**t and beta2**t

    def _update(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        """Formula: w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)."""
        beta1, beta2 = kind.take(self.beta1, "beta1"), kind.take(self.beta2, "beta2")
        epsilon, sqrt = kind.take(self.epsilon, "epsilon"), kind.sqrt
        mean, mean_square = self._state or [self._zeros(kind, weights)] * 2
        mean = [beta1 * m + (1 - beta1) * g for m, g in zip(mean, gradient, strict=True)]
        mean_square = [beta2 * v + (1 - beta2) * (g * g) for v, g in zip(mean_square, gradient, strict=True)]
        beta1_power, beta2_power = self._powers[0] * beta1, self._powers[1] * beta2
        changes = [
            rate * (m / (1 - beta1_power)) / (sqrt(v / (1 - beta2_power)) + epsilon)
            for m, v in zip(mean, mean_square, strict=True)
        ]
        new_weights = [w - change for w, change in zip(weights, changes, strict=True)]
        check_finite(kind, mean_square, new_weights)
        self._state, self._powers = [mean, mean_square], (beta1_power, beta2_power)
        return new_weights
