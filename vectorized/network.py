"""The network: sizes, names and one flat weight vector, and everything that can be asked of it."""

from collections.abc import Callable
from functools import partial
from typing import IO, Any, NamedTuple, Self, TypeVar, cast

import numpy as np

from reference.architecture import Described, architecture
from reference.checks import blocks_of, fits_in_memory
from reference.files import Data, NetworkFile, Path, read_network, shortest_single, write_network
from reference.initial import initial_weights
from reference.layout import Layout
from reference.settings import LossSettings, loss_settings, training_settings
from reference.vocabulary import DTYPES, one_of
from vectorized import training
from vectorized.activations import functions
from vectorized.backward import Backward, add_weight_decay, backward
from vectorized.checks import flat_vector, kind_of, pair_of, rows_of
from vectorized.forward import Forward, check_finite, check_weights_finite, forward
from vectorized.losses import batch_loss, reduced_loss
from vectorized.optimizers import SGD, Optimizer
from vectorized.workspace import RAISE, SLAB, Array, Blocks, Stages, TargetBatches, Targets, Workspace, with_one

Room = TypeVar("Room", bound=Stages)


class BlockCopies(NamedTuple):
    """The flat vector as matrices with the source node as the row, and the biases."""

    ih_weights: Array
    h_biases: Array
    ho_weights: Array
    o_biases: Array


class NeuralNetwork(Described):
    """A neural network with one hidden layer, computed as matrices.

    Parameters
    ----------
    n_inputs, n_hidden, n_outputs : sizes, at least 1
    hidden : activation of the hidden layer: sigmoid, tanh, relu, leaky_relu, identity
    output : activation of the output layer: those and softmax
    loss : half_squared_error, squared_error, mean_squared_error, cross_entropy (softmax and sigmoid outputs only);
        None picks cross_entropy for softmax, else half_squared_error
    weights : flat vector of n_weights numbers
    init, seed : where no weights are given, see `reference.initial_weights`
    dtype : "float64" or "float32", the precision everything is computed in

    Attributes
    ----------
    data : None, or a dictionary that travels with the network in its file: how inputs were scaled, names of columns
        and classes (see `reference.Preparation`)

    Numbers are given in lists, tuples or NumPy arrays; an np.matrix is the array of two dimensions that it looks like. A
    boolean counts as 0 or 1. Texts, dates, time spans, complex numbers and arrays of no dimension are no numbers. A size, a
    seed or a number of epochs is what Python takes as an index (`operator.index`).

    Raises
    ------
    ValueError
        for a size, name or weight that cannot be, weights in half precision among them: in that only the loops compute.

    Twin: reference.NeuralNetwork.  Source: document 001, class NeuralNetwork.

    >>> network = NeuralNetwork(3, 4, 2, init="ramp")
    >>> network.predict([3.0, 4.0, -4.5])
    array([0.4972889, 0.5027111])
    """

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        n_outputs: int,
        *,
        hidden: str = "leaky_relu",
        output: str = "softmax",
        loss: str | None = None,
        weights: Any = None,
        init: str = "glorot_uniform",
        seed: int = 0,
        dtype: str = "float64",
    ) -> None:
        layout = Layout(n_inputs, n_hidden, n_outputs)
        self._net = architecture(layout, hidden, output, loss)
        self._dtype = np.dtype(one_of(DTYPES, str(np.dtype(dtype)) if isinstance(dtype, type | np.dtype) else dtype, "dtype"))
        fits_in_memory(layout, bytes_per_weight=4 * self._dtype.itemsize + (40 if weights is None else 0))
        self.data: Data = None
        self._functions = functions(self._net, self._dtype)
        self._spaces: dict[type[Stages], Stages] = {}
        self._blocks, self._spare = (Blocks(np.empty(layout.n_weights, self._dtype), layout) for _ in range(2))
        self.weights = initial_weights(n_inputs, n_hidden, n_outputs, init, seed) if weights is None else weights

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are made anew from the weights: the views of one array would come back as many arrays."""
        names: dict[str, Any] = {"hidden": self.hidden, "output": self.output, "loss": self.loss, "dtype": self.dtype}
        sizes = self.n_inputs, self.n_hidden, self.n_outputs
        return partial(type(self), weights=self.weights, **names), sizes, {"data": self.data}

    @property
    def dtype(self) -> str:
        """Name of the precision."""
        return str(self._dtype)

    @property
    def weights(self) -> Array:
        """A copy of the flat vector; setting it checks and copies."""
        return self._blocks.flat.copy()

    @weights.setter
    def weights(self, values: Any) -> None:
        self._blocks.flat[:] = flat_vector(values, self._net.layout, self._dtype)

    def _filled(self, kind: type[Room], inputs_and_one: Array) -> Room:
        """Return a work space after the forward pass of a batch: the last one, if it fits and no other thread has it."""
        n_samples = len(inputs_and_one)
        work: Any = self._spaces.pop(kind, None)
        if work is None or len(work.h_sums) != n_samples:
            work = kind(self._net.layout, n_samples, self._dtype)
        forward(self._functions, self._blocks, inputs_and_one, work)
        return cast(Room, work)

    def _handed_over(self, work: Stages, *results: Array) -> tuple[Array, ...]:
        """Return results that are the caller's, row by row: copies where the work space is small and kept for the next call."""
        if work.sums.size + self.n_weights > SLAB // 8:
            return tuple(map(np.ascontiguousarray, results))
        copies = tuple(result.copy() for result in results)
        self._spaces[type(work)] = work
        return copies

    def forward(self, inputs: Any) -> Forward:
        """Return every stage of the forward pass.

            h_sums -> h_nodes -> o_sums -> o_nodes

        Parameters
        ----------
        inputs : one sample of shape (n_inputs,), or rows of shape (n_samples, n_inputs)

        Returns
        -------
        Forward : h_sums, h_nodes of shape (n_hidden,) and o_sums, o_nodes of shape (n_outputs,); for a batch,
            (n_samples, n_hidden) and (n_samples, n_outputs)

        Raises
        ------
        ValueError
            for inputs of another shape, or an entry that is no finite number.
        FloatingPointError
            where a sum overflows; names stage, node and sample.

        Source: document 001, `eval`.

        >>> NeuralNetwork(3, 4, 2, init="ramp").forward([3.0, 4.0, -4.5]).o_sums
        array([0.2689545, 0.279799 ])
        """
        rows, one = rows_of(inputs, self.n_inputs, "n_inputs", "inputs", self._dtype)
        with np.errstate(**RAISE):
            work = self._filled(Stages, with_one(rows))
        stages = Forward(*self._handed_over(work, work.h_sums, work.h_nodes, work.o_sums.T, work.o_nodes.T))
        return Forward(*(stage[0] for stage in stages)) if one else stages

    def predict(self, inputs: Any) -> Array:
        """Return o_nodes, shape (n_outputs,) or (n_samples, n_outputs); the documents say eval, run, query, feedForward."""
        return self.forward(inputs).o_nodes

    def classify(self, inputs: Any) -> Any:
        """Return the index of the largest output of one sample, or an array of them; the first of equals.

        A network with one output has one index, 0: there, ask `predict` and compare with 1/2.

        >>> NeuralNetwork(3, 4, 2, init="ramp").classify([3.0, 4.0, -4.5])
        1
        """
        o_nodes = self.predict(inputs)
        return int(o_nodes.argmax()) if o_nodes.ndim == 1 else o_nodes.argmax(axis=1)

    def loss_of(self, inputs: Any, targets: Any, *, reduction: str = "mean", l2: float = 0.0) -> float:
        """Return the loss: mean or sum over the samples, plus (l2/2) * (sum of squared ih and ho weights).

        Parameters
        ----------
        inputs, targets : one sample, or rows of shapes (n_samples, n_inputs) and (n_samples, n_outputs)
        reduction : "mean" or "sum"
        l2 : number of at least 0

        Raises
        ------
        ValueError
            as `forward`, and where inputs and targets differ in their number of rows.
        FloatingPointError
            where a sum or the loss overflows.

        >>> round(NeuralNetwork(3, 4, 2, init="ramp").loss_of([3.0, 4.0, -4.5], [0, 1]), 12)
        0.687739630885
        """
        how = loss_settings(kind_of(self._dtype), reduction, l2)
        rows, target_rows, _ = pair_of(inputs, targets, self._net.layout, self._dtype)
        with np.errstate(**RAISE):
            work = self._filled(Workspace, with_one(rows))
            loss = self._loss(work, TargetBatches(target_rows, len(target_rows)).batches[0], how)
        self._handed_over(work)
        return loss

    def _loss(self, work: Workspace, targets: Targets, how: LossSettings) -> float:
        """Return the loss of a batch whose forward pass stands in the work space."""
        try:
            total = batch_loss(self._net, work, targets)
        except FloatingPointError:  # a square overflows
            total = float("inf")
        return reduced_loss(self._blocks, total, len(targets.sums), how)

    def backward(
        self,
        inputs: Any,
        targets: Any,
        *,
        reduction: str = "mean",
        l2: float = 0.0,
        rule: str = "backpropagation",
    ) -> Backward:
        """Return every stage of the backward pass.

            loss -> o_deltas -> h_deltas -> gradient

        Parameters
        ----------
        inputs, targets, reduction, l2 : as `loss_of`
        rule : "backpropagation", or "error_splitting" as document 002 describes it, the gradient of no loss

        Returns
        -------
        Backward : loss, one number; o_deltas = d loss / d o_sums and h_deltas of each sample, without batch factor
            or penalty; gradient, flat, with both

        Raises
        ------
        ValueError, FloatingPointError
            as `loss_of`.

        >>> NeuralNetwork(3, 4, 2, init="ramp").backward([3.0, 4.0, -4.5], [0, 1]).o_deltas
        array([ 0.4972889, -0.4972889])
        """
        how = loss_settings(kind_of(self._dtype), reduction, l2, rule)
        rows, target_rows, one = pair_of(inputs, targets, self._net.layout, self._dtype)
        inputs_and_one = with_one(rows)
        with np.errstate(**RAISE):
            work = self._filled(Workspace, inputs_and_one)
            of_batch = TargetBatches(target_rows, len(target_rows)).batches[0]
            loss = self._loss(work, of_batch, how)
        with np.errstate(all="ignore"):
            backward(self._functions, self._blocks, inputs_and_one, of_batch, work, rule)
            check_finite("o_deltas", work.o_deltas.T)
            check_finite("h_deltas", work.h_deltas)
            gradient = work.gradient
            if reduction == "mean":
                np.divide(gradient.flat, len(rows), gradient.flat)
            if how.l2:
                room = Blocks(np.empty_like(gradient.flat), self._net.layout)
                add_weight_decay(self._blocks, gradient, room, how.l2)
            check_weights_finite(self._net.layout, "gradient", gradient.flat)
        o_deltas, h_deltas, flat = self._handed_over(work, work.o_deltas.T, work.h_deltas, gradient.flat)
        return Backward(loss, o_deltas[0], h_deltas[0], flat) if one else Backward(loss, o_deltas, h_deltas, flat)

    def train(
        self,
        inputs: Any,
        targets: Any,
        *,
        epochs: int = 1,
        learning_rate: float | Callable[[int], float] = 0.1,
        batch_size: int | None = None,
        optimizer: Optimizer | None = None,
        reduction: str = "mean",
        l2: float = 0.0,
        shuffle: int | None = None,
        train_biases: bool = True,
        rule: str = "backpropagation",
        on_epoch: Callable[[int, float], object] | None = None,
    ) -> list[float]:
        """Train on rows of inputs and targets; the weights change after every batch.

        Parameters
        ----------
        inputs, targets, reduction, l2, rule : as `backward`
        epochs : whole number, times that every sample is met
        learning_rate : number of at least 0, or a function of the epoch (counted from 0)
        batch_size : samples a step; None is all of them (full batch), 1 is online; the last batch may be shorter
        optimizer : SGD(), RMSProp() or Adam(), or any object with their `step`; None is SGD()
        shuffle : seed of the order of the samples, a new order each epoch; None keeps the order given
        train_biases : False leaves every bias as it is, to the bit
        on_epoch : called with (epoch, loss) after each epoch

        Returns
        -------
        list of float : the loss of each epoch, made of its batches' losses, each before that batch's update

        Raises
        ------
        ValueError
            as `backward`, and for settings that cannot be.
        FloatingPointError
            where training diverges; names epoch and batch, and leaves the weights of the last finite step.

        Source: documents 002 (online), 003 and 004 (full batch).

        >>> network = NeuralNetwork(2, 2, 1, output="sigmoid", seed=1)
        >>> losses = network.train([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]], epochs=3, learning_rate=1)
        >>> losses[2] < losses[0]
        True
        """
        kind = kind_of(self._dtype)
        how, optimizer = loss_settings(kind, reduction, l2, rule), SGD() if optimizer is None else optimizer
        plan = training_settings(how, kind, epochs, learning_rate, batch_size, optimizer, shuffle, train_biases, on_epoch)
        rows, target_rows, _ = pair_of(inputs, targets, self._net.layout, self._dtype)
        return training.train(self, rows, target_rows.copy(), plan)  # targets may be the user's, and every epoch reads them

    def blocks(self) -> BlockCopies:
        """Return copies of ih_weights (n_inputs, n_hidden), h_biases, ho_weights (n_hidden, n_outputs), o_biases.

        >>> NeuralNetwork(3, 4, 2, init="ramp").blocks().ho_weights[2]
        array([0.21, 0.22])
        """
        parts = self._blocks.ih_weights, self._blocks.h_biases, self._blocks.ho_weights, self._blocks.o_biases
        return BlockCopies(*(part.copy() for part in parts))

    @classmethod
    def from_blocks(
        cls,
        ih_weights: Any,
        h_biases: Any,
        ho_weights: Any,
        o_biases: Any,
        *,
        hidden: str,
        output: str,
        loss: str | None = None,
        transposed: bool = False,
        dtype: str = "float64",
    ) -> Self:
        """Return the network of these matrices and biases: the inverse of `blocks`.

        Parameters
        ----------
        ih_weights : shape (n_inputs, n_hidden); (n_hidden, n_inputs) if transposed
        h_biases : shape (n_hidden,)
        ho_weights : shape (n_hidden, n_outputs); (n_outputs, n_hidden) if transposed
        o_biases : shape (n_outputs,)
        transposed : the matrices have the target node as the row, as document 000 and PyTorch store them

        Raises
        ------
        ValueError
            where the shapes do not fit together; names the block and both shapes.

        >>> NeuralNetwork.from_blocks([[1, 2]], [3, 4], [[5], [6]], [7], hidden="relu", output="identity").weights
        array([1., 2., 3., 4., 5., 6., 7.])
        """
        layout, (ih, h_bias, ho, o_bias) = blocks_of(ih_weights, h_biases, ho_weights, o_biases, transposed)
        flat = np.empty(layout.n_weights, object)  # whatever the numbers are: the setter of weights looks at each
        blocks = Blocks(flat, layout)
        for block, numbers in ((blocks.ih_weights, ih), (blocks.ho_weights, ho)):
            (block.T if transposed else block)[...] = numbers
        blocks.h_biases[...], blocks.o_biases[...] = h_bias, o_bias
        return cls(
            layout.n_inputs,
            layout.n_hidden,
            layout.n_outputs,
            hidden=hidden,
            output=output,
            loss=loss,
            weights=flat.tolist(),
            dtype=dtype,
        )

    def save(self, path: Path | IO[Any]) -> None:
        """Write the network to a JSON file, whole or not at all, or to an open file; either twin reads it.

        Raises ValueError for more than a file may hold (512 MiB, some 20 million weights), OSError where it cannot be
        written.  A file may be open for text or for bytes.
        """
        weights = self._blocks.flat.tolist()
        if self.dtype == "float32":
            weights = [shortest_single(weight) for weight in weights]
        write_network(path, NetworkFile(self._net, self.dtype, weights, self.data))

    @classmethod
    def load(cls, path: Path | IO[Any]) -> Self:
        """Return the network of a file, by name or open, in the precision it was saved in.

        Raises ValueError that names file and field, OSError where there is no such file.  A file may be open for text or
        for bytes.
        """
        content = read_network(path)
        (layout, hidden, output, loss), weights = content.architecture, content.weights
        sizes = layout.n_inputs, layout.n_hidden, layout.n_outputs
        network = cls(*sizes, hidden=hidden, output=output, loss=loss, weights=weights, dtype=content.dtype)
        network.data = content.data
        return network
