"""The optimizers of both packages: formulas, parameters and checks. Each package computes the formulas itself."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, Protocol

from reference.numbers.number import Number, Numbers
from reference.specification.parameters import fraction_of_one, positive, yes_or_no
from reference.specification.stages import Flat


class Optimizer(Protocol):
    """Any object that computes new weights from weights, gradient and learning rate."""

    def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
        """Return the new weights."""


class StatefulOptimizer(ABC, Generic[Flat]):
    """The common base of the optimizers: the signature of `step`, and the repr."""

    _parameters: ClassVar[tuple[str, ...]]

    @abstractmethod
    def step(self, weights: Numbers, gradient: Numbers, learning_rate: Number) -> Flat:
        """Return the new weights.

        The gradient and the learning rate are converted to the kind of number of the weights.
        Raises ValueError if an argument is invalid, or if the last step's weights had another length or kind of number.
        Raises FloatingPointError if an entry overflows. After an error, the state is as before the step.

        >>> [float(w) for w in SGD().step([1.0, 2.0], [10.0, 20.0], 0.5)]
        [-4.0, -8.0]
        """

    def __init_subclass__(cls) -> None:
        """Give the docstring of the base class to the subclass in each package."""
        cls.__doc__ = cls.__doc__ or cls.__mro__[1].__doc__

    def _take(self, parameter: Number, name: str) -> Any:
        """Return a parameter as it is stored: unchanged in `reference`, as a float in `vectorized`."""
        return parameter

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._parameters)
        return f"{type(self).__name__}({values})"


class SGD(StatefulOptimizer[Flat]):
    """Gradient descent, with optional momentum.

        v <- momentum*v - rate*g
        w <- w + v                       (nesterov=True: w <- w + momentum*v - rate*g)

    Here w are the weights, g is the gradient, and rate is the learning rate. The object keeps its state v between steps, so
    use one object for each network. Raises ValueError if a parameter is invalid.
    """

    _parameters = ("momentum", "nesterov")

    def __init__(self, momentum: Number = 0.0, nesterov: bool = False) -> None:
        """Make an optimizer that has not made a step yet.

        Parameters
        ----------
        momentum : number in [0, 1); the fraction of the last change that is added to the next change
        nesterov : True uses Nesterov momentum

        >>> SGD(momentum=0.9)
        SGD(momentum=0.9, nesterov=False)
        """
        super().__init__()
        self.momentum = self._take(fraction_of_one(momentum, "momentum"), "momentum")
        self.nesterov = yes_or_no(nesterov, "nesterov")


class RMSProp(StatefulOptimizer[Flat]):
    """Gradient descent that divides each entry of the gradient by the root of the running mean of its squares.

        c <- decay*c + (1-decay)*g**2
        w <- w - rate*g / (sqrt(c) + epsilon)

    Here w are the weights, g is the gradient, and rate is the learning rate. The object keeps its state c between steps, so
    use one object for each network. Raises ValueError if a parameter is invalid.
    """

    _parameters = ("decay", "epsilon")

    def __init__(self, decay: Number = 0.99, epsilon: Number = 1e-8) -> None:
        """Make an optimizer that has not made a step yet.

        Parameters
        ----------
        decay : number in [0, 1); the share of the old mean c in the new c
        epsilon : number > 0, added after the root

        >>> [round(float(w), 12) for w in RMSProp(decay=0.75).step([1.0], [4.0], 0.5)]
        [5e-09]
        """
        super().__init__()
        self.decay = self._take(fraction_of_one(decay, "decay"), "decay")
        self.epsilon = self._take(positive(epsilon, "epsilon"), "epsilon")


class Adam(StatefulOptimizer[Flat]):
    """Adam: the running mean of the gradient, divided by the root of the running mean of its square. Both are bias-corrected.

        m <- beta1*m + (1-beta1)*g
        v <- beta2*v + (1-beta2)*g**2
        w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon),  t = 1, 2, ...

    Here w are the weights, g is the gradient, and rate is the learning rate. The object keeps its state m, v and t between
    steps, so use one object for each network. Raises ValueError if a parameter is invalid.
    """

    _parameters = ("beta1", "beta2", "epsilon")

    def __init__(self, beta1: Number = 0.9, beta2: Number = 0.999, epsilon: Number = 1e-8) -> None:
        """Make an optimizer that has not made a step yet.

        Parameters
        ----------
        beta1, beta2 : numbers in [0, 1); the share of the old m in the new m, and of the old v in the new v
        epsilon : number > 0, added after the root

        >>> [round(float(w), 8) for w in Adam().step([1.0], [4.0], 0.5)]
        [0.5]
        """
        super().__init__()
        self.beta1 = self._take(fraction_of_one(beta1, "beta1"), "beta1")
        self.beta2 = self._take(fraction_of_one(beta2, "beta2"), "beta2")
        self.epsilon = self._take(positive(epsilon, "epsilon"), "epsilon")
