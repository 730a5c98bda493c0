"""What a network is apart from its weights: its sizes and the names of its functions."""

from typing import NamedTuple

from reference.layout import Layout
from reference.vocabulary import HIDDEN, LOSSES, OUTPUT, one_of


class Architecture(NamedTuple):
    """Sizes and names: all that the passes need to know besides the weights."""

    layout: Layout
    hidden: str
    output: str
    loss: str


def architecture(layout: Layout, hidden: str, output: str, loss: str | None) -> Architecture:
    """Return the checked architecture; `loss=None` is cross_entropy for softmax, else half_squared_error.

    Raises ValueError for an unknown name, and for cross_entropy with an output that is no probability.
    """
    one_of(HIDDEN, hidden, "hidden")
    one_of(OUTPUT, output, "output")
    if loss is None:
        loss = "cross_entropy" if output == "softmax" else "half_squared_error"
    one_of(LOSSES, loss, "loss")
    if loss == "cross_entropy" and output not in ("softmax", "sigmoid"):
        raise ValueError(
            f"loss 'cross_entropy' needs output 'softmax' or 'sigmoid', whose values are probabilities; output is {output!r}"
        )
    return Architecture(layout, hidden, output, loss)


class Described:
    """Sizes, names and repr, the same for both networks."""

    _net: Architecture

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self._net.layout.n_inputs

    @property
    def n_hidden(self) -> int:
        """Number of hidden nodes."""
        return self._net.layout.n_hidden

    @property
    def n_outputs(self) -> int:
        """Number of output nodes."""
        return self._net.layout.n_outputs

    @property
    def n_weights(self) -> int:
        """Length of the flat vector: (n_inputs+1)*n_hidden + (n_hidden+1)*n_outputs."""
        return self._net.layout.n_weights

    @property
    def hidden(self) -> str:
        """Name of the hidden activation."""
        return self._net.hidden

    @property
    def output(self) -> str:
        """Name of the output activation."""
        return self._net.output

    @property
    def loss(self) -> str:
        """Name of the loss."""
        return self._net.loss

    def __repr__(self) -> str:
        names = f"hidden={self.hidden!r}, output={self.output!r}, loss={self.loss!r}"
        return f"{type(self).__name__}({self.n_inputs}, {self.n_hidden}, {self.n_outputs}, {names})"
