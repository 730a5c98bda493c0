"""Other conventions for a training step, from well-known libraries and papers.

Other conventions are not mistakes, but the oracle expects its own. If the returned weights do not follow the oracle's own
convention, the oracle tries the others. If these do not explain all returned weights either, the weights are wrong.
"""

from collections.abc import Sequence

from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Row
from reference.optimizers import Adam, RMSProp
from reference.oracle.judging.steps import Network
from reference.oracle.judging.textbook import Formula
from reference.oracle.settings import Setting, name_of
from reference.specification.optimizers import Optimizer


class RootOfTheSum(RMSProp):
    """w - rate*g / sqrt(c + epsilon)."""

    def _update(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        decay, epsilon = kind.convert(self.decay), kind.convert(self.epsilon)
        (mean_square,) = self._state or [self._zeros(kind, weights)]
        mean_square = [decay * c + (1 - decay) * (g * g) for c, g in zip(mean_square, gradient, strict=True)]
        self._state = [mean_square]
        return [w - rate * g / kind.sqrt(c + epsilon) for w, g, c in zip(weights, gradient, mean_square, strict=True)]


class UnscaledEpsilon(Adam):
    """w - rate * sqrt(1 - beta2**t)/(1 - beta1**t) * m / (sqrt(v) + epsilon)."""

    def _update(self, kind: Kind, weights: Row, gradient: Row, rate: Number) -> Row:
        beta1, beta2, epsilon = map(kind.convert, (self.beta1, self.beta2, self.epsilon))
        mean, mean_square = self._state or [self._zeros(kind, weights)] * 2
        mean = [beta1 * m + (1 - beta1) * g for m, g in zip(mean, gradient, strict=True)]
        mean_square = [beta2 * v + (1 - beta2) * (g * g) for v, g in zip(mean_square, gradient, strict=True)]
        power1, power2 = self._powers[0] * beta1, self._powers[1] * beta2
        rate = rate * kind.sqrt(1 - power2) / (1 - power1)
        self._state, self._powers = [mean, mean_square], (power1, power2)
        moments = zip(weights, mean, mean_square, strict=True)
        return [w - rate * m / (kind.sqrt(v) + epsilon) for w, m, v in moments]


class KerasRMSProp(Network):
    """RMSProp with epsilon inside the root."""

    def optimizer(self) -> Optimizer:
        """Return RMSProp as in Keras; any other optimizer unchanged."""
        optimizer = super().optimizer()
        return RootOfTheSum(optimizer.decay, optimizer.epsilon) if isinstance(optimizer, RMSProp) else optimizer


class KerasAdam(Network):
    """Adam with epsilon added before the bias correction."""

    def optimizer(self) -> Optimizer:
        """Return Adam as in Keras; any other optimizer unchanged."""
        optimizer = super().optimizer()
        if not isinstance(optimizer, Adam):
            return optimizer
        return UnscaledEpsilon(optimizer.beta1, optimizer.beta2, optimizer.epsilon)


class Sutskever(Network):
    """v = momentum*v - rate*(gradient at w + momentum*v), then w + v. In the first step v is 0: this is plain momentum."""

    velocity: Sequence[Number] = ()

    def step(self, gradient: Row) -> Row:
        """Return the weights after one step."""
        if not is_nesterov(self.setting):
            return super().step(gradient)
        self.velocity = [self.ahead(at) - self.rate * g for at, g in enumerate(gradient)]
        return [w + v for w, v in zip(self.weights, self.velocity, strict=True)]

    def ahead(self, at: int) -> Number:
        """Return momentum times the velocity of a weight before this step."""
        momentum = self.kind.convert((self.setting.optimizer or {})["momentum"])
        return momentum * self.velocity[at] if self.velocity else self.zero

    def next_gradient(self) -> Row:
        """Return the gradient at w + momentum*v."""
        if not is_nesterov(self.setting):
            return super().next_gradient()
        weights = self.weights
        self.weights = [w + self.ahead(at) for at, w in enumerate(weights)]
        gradient = super().next_gradient()
        self.weights = weights
        return gradient


class DecoupledDecay(Network):
    """Take the step without l2*w in the gradient, and subtract rate*l2*w from the ih and ho weights."""

    biases_too = False

    def step(self, gradient: Row) -> Row:
        """Return the weights after one step."""
        if not decay_differs(self.setting):
            return super().step(gradient)
        is_bias = list(map(self.case.is_bias, range(len(gradient))))
        decay = [self.l2 * w for w in self.weights]
        weights = super().step([g if bias else g - d for g, d, bias in zip(gradient, decay, is_bias, strict=True)])
        numbers = zip(weights, decay, is_bias, strict=True)
        return [w if bias and not self.biases_too else w - self.rate * d for w, d, bias in numbers]


class DecoupledDecayOfAll(DecoupledDecay):
    """Like DecoupledDecay, but also subtract rate*l2*w from the biases."""

    biases_too = True


def is_nesterov(setting: Setting) -> bool:
    """Whether the optimizer has Nesterov's momentum."""
    return bool((setting.optimizer or {}).get("nesterov"))


def decay_differs(setting: Setting) -> bool:
    """Whether decoupled decay gives other weights than adding l2*w to the gradient."""
    return bool(setting.l2 and (setting.optimizer or {}).get("momentum", name_of(setting.optimizer) != "sgd"))


CONVENTIONS: dict[str, list[Formula]] = {
    "rmsprop": [
        Formula(
            "RMSProp with epsilon inside the root",
            "rate*g/sqrt(c + epsilon), as in Keras; this check expects rate*g/(sqrt(c) + epsilon)",
            KerasRMSProp,
            lambda setting: name_of(setting.optimizer) == "rmsprop",
        )
    ],
    "adam": [
        Formula(
            "Adam with epsilon added before the bias correction",
            "rate*sqrt(1-beta2**t)/(1-beta1**t) * m/(sqrt(v) + epsilon), as in Keras; "
            "this check expects rate * m/(1-beta1**t) / (sqrt(v/(1-beta2**t)) + epsilon)",
            KerasAdam,
            lambda setting: name_of(setting.optimizer) == "adam",
        )
    ],
    "nesterov": [
        Formula(
            "Nesterov's momentum as Sutskever writes it",
            "v = momentum*v - rate*(gradient at w + momentum*v), then w + v; the first step is plain momentum; "
            "this check expects v = momentum*v - rate*g, w + momentum*v - rate*g",
            Sutskever,
            is_nesterov,
        )
    ],
    "decay": [
        Formula(
            "decoupled weight decay",
            "the step ignores l2, then rate*l2*w is subtracted from ih and ho weights, as in AdamW; "
            "this check expects l2*w in the gradient",
            DecoupledDecay,
            decay_differs,
        ),
        Formula(
            "decoupled weight decay of all weights",
            "the step ignores l2, then rate*l2*w is subtracted from all weights and biases, as in PyTorch's AdamW; "
            "this check expects l2*w in the gradient of ih and ho weights",
            DecoupledDecayOfAll,
            lambda setting: decay_differs(setting) and name_of(setting.optimizer) != "sgd",
        ),
    ],
}
