"""What the commands need from the packages `reference` and `vectorized`."""
# ruff: noqa: D102, N802

from typing import Any, Protocol, TypeAlias

from reference.specification import interface

Network: TypeAlias = interface.NeuralNetwork[Any, Any, Any]


class Package(Protocol):
    """The package `reference` or `vectorized`."""

    __name__: str

    @property
    def NeuralNetwork(self) -> type[Network]: ...
