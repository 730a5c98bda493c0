"""The architecture of a network: its sizes and the names of its functions, without the weights."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from typing import Any

from reference.layout import Layout
from reference.specification.names import HIDDEN, LOSSES, OUTPUT, one_of
from reference.specification.notebook import table


@dataclass(frozen=True, init=False)
class Architecture:
    """The sizes and function names of a network. Architectures with equal sizes and names are equal and have the same hash.

    Parameters
    ----------
    n_inputs, n_hidden, n_outputs : sizes, at least 1
    hidden, output, loss : names of functions, as in `NeuralNetwork`; loss=None picks cross_entropy for softmax, else
        half_squared_error

    Attributes
    ----------
    layout : Layout, the position of each weight in the flat vector

    Raises
    ------
    ValueError
        if a size is not a whole number of at least 1, a name is unknown, or the loss is cross_entropy and the output is
        neither softmax nor sigmoid.

    >>> Architecture(3, 4, 2) == Architecture(3, 4, 2, loss="cross_entropy")
    True
    """

    n_inputs: int
    n_hidden: int
    n_outputs: int
    hidden: str
    output: str
    loss: str
    layout: Layout = field(repr=False, compare=False)

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        n_outputs: int,
        hidden: str = "leaky_relu",
        output: str = "softmax",
        loss: str | None = None,
    ) -> None:
        layout = Layout(n_inputs, n_hidden, n_outputs)
        one_of(HIDDEN, hidden, "hidden")
        one_of(OUTPUT, output, "output")
        if loss is None:
            loss = "cross_entropy" if output == "softmax" else "half_squared_error"
        one_of(LOSSES, loss, "loss")
        if loss == "cross_entropy" and output not in ("softmax", "sigmoid"):
            raise ValueError(f"loss 'cross_entropy' needs output 'softmax' or 'sigmoid'; output is {output!r}")
        values = *layout.sizes, hidden, output, loss, layout
        for attribute, value in zip(fields(self), values, strict=True):
            object.__setattr__(self, attribute.name, value)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The three sizes: n_inputs, n_hidden, n_outputs."""
        return self.layout.sizes

    @property
    def names(self) -> dict[str, Any]:
        """The names of the functions: the keyword arguments of `NeuralNetwork`."""
        return {"hidden": self.hidden, "output": self.output, "loss": self.loss}


class Description(ABC):
    """The sizes, the function names and the repr of a network, the same in both packages."""

    _architecture: Architecture

    @property
    def architecture(self) -> Architecture:
        """The sizes and names in one object: the first argument of the functions `forward` and `backward`."""
        return self._architecture

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self._architecture.n_inputs

    @property
    def n_hidden(self) -> int:
        """Number of hidden nodes."""
        return self._architecture.n_hidden

    @property
    def n_outputs(self) -> int:
        """Number of output nodes."""
        return self._architecture.n_outputs

    @property
    def n_weights(self) -> int:
        """Length of the flat vector: (n_inputs+1)*n_hidden + (n_hidden+1)*n_outputs."""
        return self._architecture.layout.n_weights

    @property
    def hidden(self) -> str:
        """Name of the hidden activation."""
        return self._architecture.hidden

    @property
    def output(self) -> str:
        """Name of the output activation."""
        return self._architecture.output

    @property
    def loss(self) -> str:
        """Name of the loss."""
        return self._architecture.loss

    @property
    def _class_name(self) -> str:
        """Name of the class with its package, e.g. "reference.NeuralNetwork"."""
        return f"{type(self).__module__.partition('.')[0]}.{type(self).__name__}"

    def __repr__(self) -> str:
        names = f"hidden={self.hidden!r}, output={self.output!r}, loss={self.loss!r}"
        endings = {"float": "", "NumPy float64": "", "NumPy float32": ", dtype='float32'"}
        ending = endings.get(self._number_type, f", weights=<{self._number_type}>")
        return f"{self._class_name}({self.n_inputs}, {self.n_hidden}, {self.n_outputs}, {names}{ending})"

    def _repr_html_(self) -> str:
        layers = ("hidden", self.n_hidden, self.hidden, self.n_inputs), ("output", self.n_outputs, self.output, self.n_hidden)
        rows = [["", "nodes", "activation", "weights", "biases"]]
        for name, nodes, activation, sources in layers:
            rows.append([name, f"{nodes:,}", activation, f"{sources * nodes:,}", f"{nodes:,}"])
        title = f"{self._class_name} {self._architecture.layout}: {self.n_inputs:,} inputs, {self.loss}"
        return table(f"{title}, {self.n_weights:,} weights and biases, {self._number_type}", rows)

    @property
    @abstractmethod
    def _number_type(self) -> str:
        """The kind of number that the network computes with, such as "float" or "NumPy float32"."""
