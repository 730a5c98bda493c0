"""The optimizers as both packages offer them: formulas, parameters and checks; each package computes the formulas itself."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, Protocol

from reference.numbers.number import Number, Numbers
from reference.specification.parameters import fraction_of_one, positive, yes_or_no
from reference.specification.stages import Flat


class Optimizer(Protocol):
    """Anything that makes new weights of weights, gradient and learning rate."""

    def step(self, weights: Any, gradient: Any, learning_rate: Any) -> Any:
        """Return the new weights."""


class StatefulOptimizer(ABC, Generic[Flat]):
    """What the optimizers share: how a step is asked for, and how they are shown."""

    _parameters: ClassVar[tuple[str, ...]]

    @abstractmethod
    def step(self, weights: Numbers, gradient: Numbers, learning_rate: Number) -> Flat:
        """Return the new weights.

        The gradient and the learning rate are taken in the kind of number of the weights.
        Raises ValueError for another size or kind of number than at the first step, FloatingPointError where an entry
        overflows; the optimizer then remembers what it did before.

        >>> [float(w) for w in SGD().step([1.0, 2.0], [10.0, 20.0], 0.5)]
        [-4.0, -8.0]
        """

    def __init_subclass__(cls) -> None:
        """Hand the docstring on to the class of a twin."""
        cls.__doc__ = cls.__doc__ or cls.__mro__[1].__doc__

    def _take(self, parameter: Number, name: str) -> Any:
        """Return a parameter as the steps compute with it; the loops take it in the kind of the weights at each step."""
        return parameter

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._parameters)
        return f"{type(self).__name__}({values})"


class SGD(StatefulOptimizer[Flat]):
    """Gradient descent, with momentum if asked.

        v <- momentum*v - rate*g
        w <- w + v, with Nesterov w <- w + momentum*v - rate*g

    What it keeps from step to step belongs to one network. A parameter outside its range is a ValueError.
    """

    _parameters = ("momentum", "nesterov")

    def __init__(self, momentum: Number = 0.0, nesterov: bool = False) -> None:
        """Make the optimizer; it remembers nothing yet.

        Parameters
        ----------
        momentum : number in [0, 1); part of the last change that is kept
        nesterov : look ahead along the momentum

        >>> SGD(momentum=0.9)
        SGD(momentum=0.9, nesterov=False)
        """
        super().__init__()
        self.momentum = self._take(fraction_of_one(momentum, "momentum"), "momentum")
        self.nesterov = yes_or_no(nesterov, "nesterov")


class RMSProp(StatefulOptimizer[Flat]):
    """Gradient descent, each entry divided by the root of the mean of its squares so far.

        c <- decay*c + (1-decay)*g**2
        w <- w - rate*g / (sqrt(c) + epsilon)

    What it keeps from step to step belongs to one network. A parameter outside its range is a ValueError.
    """

    _parameters = ("decay", "epsilon")

    def __init__(self, decay: Number = 0.99, epsilon: Number = 1e-8) -> None:
        """Make the optimizer; it remembers nothing yet.

        Parameters
        ----------
        decay : number in [0, 1); part of the mean that is kept
        epsilon : number > 0, outside the root

        >>> [round(float(w), 12) for w in RMSProp(decay=0.75).step([1.0], [4.0], 0.5)]
        [5e-09]
        """
        super().__init__()
        self.decay = self._take(fraction_of_one(decay, "decay"), "decay")
        self.epsilon = self._take(positive(epsilon, "epsilon"), "epsilon")


class Adam(StatefulOptimizer[Flat]):
    """Gradient descent along the mean gradient so far over the root of the mean square, both corrected for their start at 0.

        m <- beta1*m + (1-beta1)*g
        v <- beta2*v + (1-beta2)*g**2
        w <- w - rate * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon),  t = 1, 2, ...

    What it keeps from step to step belongs to one network. A parameter outside its range is a ValueError.
    """

    _parameters = ("beta1", "beta2", "epsilon")

    def __init__(self, beta1: Number = 0.9, beta2: Number = 0.999, epsilon: Number = 1e-8) -> None:
        """Make the optimizer; it remembers nothing yet.

        Parameters
        ----------
        beta1, beta2 : numbers in [0, 1); parts of the mean and of the mean square that are kept
        epsilon : number > 0, outside the root

        >>> [round(float(w), 8) for w in Adam().step([1.0], [4.0], 0.5)]
        [0.5]
        """
        super().__init__()
        self.beta1 = self._take(fraction_of_one(beta1, "beta1"), "beta1")
        self.beta2 = self._take(fraction_of_one(beta2, "beta2"), "beta2")
        self.epsilon = self._take(positive(epsilon, "epsilon"), "epsilon")
