"""What the commands use of a twin: both packages have it, the loops with lists and the matrices with arrays."""
# ruff: noqa: D102, N802

from collections.abc import Callable, Sequence
from typing import IO, Any, Protocol, SupportsFloat

from reference.datasets.preparation import HasData
from reference.datasets.scales import Rows


class Network(HasData, Protocol):
    """A network of either twin."""

    weights: Any

    @property
    def predict(self) -> Callable[[Rows], Any]: ...
    @property
    def classify(self) -> Callable[[Rows], Any]: ...
    @property
    def backward(self) -> Callable[..., Any]: ...
    @property
    def loss_of(self) -> Callable[[Rows, Rows], SupportsFloat]: ...
    @property
    def train(self) -> Callable[..., Sequence[SupportsFloat]]: ...
    def save(self, path: str | IO[Any], /) -> None: ...


class NetworkClass(Protocol):
    """The class of a twin's networks."""

    def __call__(self, *sizes: Any, **settings: Any) -> Network: ...
    def load(self, path: str | IO[Any], /) -> Network: ...


class Twin(Protocol):
    """The package `reference` or `vectorized`."""

    __name__: str

    @property
    def NeuralNetwork(self) -> NetworkClass: ...
    @property
    def SGD(self) -> Callable[..., object]: ...
    @property
    def RMSProp(self) -> Callable[..., object]: ...
    @property
    def Adam(self) -> Callable[..., object]: ...
