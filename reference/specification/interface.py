"""The interface of the network, the same in both packages: signatures, docstrings, checks and examples.

Each package adds its conversion of the inputs, its arithmetic, and the type of its results.
"""

import warnings
from abc import abstractmethod
from collections.abc import Callable
from typing import IO, Any, ClassVar, Generic, Self

from reference.layout import Layout
from reference.numbers.kinds import Kind
from reference.numbers.number import Number, Numbers
from reference.specification.architecture import Architecture, Description
from reference.specification.files import Path
from reference.specification.initial import initial_weights
from reference.specification.network_file import Data, NetworkFile, read_network, shortest_single, write_network
from reference.specification.optimizers import Optimizer
from reference.specification.parameters import fits_in_memory, function_or_none, has_step, whole_number, yes_or_no
from reference.specification.settings import LossSettings, TrainingSettings, loss_settings, rate
from reference.specification.stages import Backward, Blocks, Flat, Forward, Layer, Loss

ONE_SOFTMAX = "the softmax of one output is always 1, so this network learns nothing; use output='sigmoid' or 'identity'"


class NeuralNetwork(Description, Generic[Loss, Layer, Flat]):
    """A neural network with one hidden layer. Both packages derive their network from this class."""

    _bytes_per_weight: int
    _plain_descent: ClassVar[type[Optimizer]]

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        n_outputs: int,
        *,
        hidden: str = "leaky_relu",
        output: str = "softmax",
        loss: str | None = None,
        weights: Numbers | None = None,
        init: str = "glorot_uniform",
        seed: int = 0,
    ) -> None:
        """Make a network.

        Parameters
        ----------
        n_inputs, n_hidden, n_outputs : sizes, at least 1
        hidden : activation of the hidden layer: sigmoid, tanh, relu, leaky_relu, identity
        output : activation of the output layer: the same names, or softmax
        loss : half_squared_error, squared_error, mean_squared_error, cross_entropy (softmax and sigmoid outputs only);
            None picks cross_entropy for softmax, else half_squared_error
        weights : flat vector of n_weights numbers; None makes initial weights
        dtype : precision; only in `vectorized`, where the docstring of the class describes it
        init, seed : for initial weights, as `scheme` and `seed` in `reference.initial_weights`

        Attributes
        ----------
        data : None, or a dictionary that is saved in the network's file, such as the scales of inputs and targets and the
            names of columns and classes (see `reference.Preparation`)

        Numbers may be in lists, tuples or arrays. An np.matrix counts as a two-dimensional array, a boolean as 0 or 1. Texts,
        dates, time spans, complex numbers and arrays without dimensions are refused. Sizes, seeds and numbers of epochs must
        be integers: anything that Python accepts as an index (`operator.index`), except booleans.

        Raises
        ------
        ValueError
            if a size, name, weight or seed is invalid, or the network is larger than the machine's memory.

        Source: document 001, class NeuralNetwork.

        >>> network = NeuralNetwork(3, 4, 2, init="ramp")
        >>> [round(float(y), 12) for y in network.predict([3.0, 4.0, -4.5])]
        [0.497288901569, 0.502711098431]
        """
        self._architecture = Architecture(n_inputs, n_hidden, n_outputs, hidden, output, loss)
        fits_in_memory(self._architecture.layout, self._bytes_per_weight)
        self.data: Data = None
        self.weights = initial_weights(n_inputs, n_hidden, n_outputs, init, seed) if weights is None else weights

    @property
    def weights(self) -> Flat:
        """A copy of the flat vector. Setting this attribute checks and copies the new weights.

        The new weights also decide how the network computes: `reference` uses their type of number, `vectorized` their library.

        >>> network = NeuralNetwork(1, 1, 1, weights=[1, 2, 3, 4])
        >>> [float(w) for w in network.weights]
        [1.0, 2.0, 3.0, 4.0]
        """
        return self._copy_of_weights()

    @weights.setter
    def weights(self, values: Numbers) -> None:
        self._take_weights(values)

    def forward(self, inputs: Numbers) -> Forward[Layer]:
        """Return every stage of the forward pass.

            h_sums -> h_nodes -> o_sums -> o_nodes

        Parameters
        ----------
        inputs : one sample of n_inputs numbers, or rows of shape (n_samples, n_inputs)

        Returns
        -------
        Forward : h_sums and h_nodes of length n_hidden, o_sums and o_nodes of length n_outputs; for a batch, one row of this
            length for each sample

        Raises
        ------
        ValueError
            if inputs has another shape, or an entry is not a finite number.
        FloatingPointError
            if a sum overflows. The message names the stage and the node, and for a batch also the sample.

        Source: document 001, `eval`.

        >>> stages = NeuralNetwork(3, 4, 2, init="ramp").forward([3.0, 4.0, -4.5])
        >>> [round(float(z), 12) for z in stages.o_sums]
        [0.2689545, 0.279799]
        """
        stages, is_one_sample = self._forward(inputs)
        return Forward(*map(self._row, stages)) if is_one_sample else stages

    def predict(self, inputs: Numbers) -> Layer:
        """Return o_nodes: n_outputs numbers, or one row for each sample of a batch.

        The documents call this method eval, run, query or feedForward. Raises the same errors as `forward`.
        """
        stages, is_one_sample = self._forward(inputs)
        return self._row(stages.o_nodes) if is_one_sample else stages.o_nodes

    def classify(self, inputs: Numbers) -> Any:
        """Return the index of the largest output, or one index for each row of a batch.

        If several outputs are the largest, the index of the first one is returned. With one output the index is always 0;
        compare `predict` with 1/2 instead. Raises the same errors as `forward`.

        >>> NeuralNetwork(3, 4, 2, init="ramp").classify([3.0, 4.0, -4.5])
        1
        """
        return self._largest(self.predict(inputs))

    def loss_of(self, inputs: Numbers, targets: Numbers, *, reduction: str = "mean", l2: Number = 0.0) -> Loss:
        """Return the loss: the mean or sum over the samples, plus (l2/2) * (sum of squared ih and ho weights).

        Parameters
        ----------
        inputs, targets : one sample, or rows of shapes (n_samples, n_inputs) and (n_samples, n_outputs)
        reduction : "mean" or "sum"
        l2 : number of at least 0

        Raises
        ------
        ValueError
            as in `forward`. Also if inputs and targets have different numbers of rows, or reduction or l2 is invalid.
        FloatingPointError
            if a sum or the loss overflows.

        >>> round(NeuralNetwork(3, 4, 2, init="ramp").loss_of([3.0, 4.0, -4.5], [0, 1]), 12)
        0.687739630885
        """
        return self._loss(inputs, targets, loss_settings(self._kind, reduction, l2))

    def backward(
        self,
        inputs: Numbers,
        targets: Numbers,
        *,
        reduction: str = "mean",
        l2: Number = 0.0,
        rule: str = "backpropagation",
    ) -> Backward[Loss, Layer, Flat]:
        """Return every stage of the backward pass.

            loss -> o_deltas -> h_deltas -> gradient

        Parameters
        ----------
        inputs, targets, reduction, l2 : as in `loss_of`
        rule : "backpropagation", or "error_splitting" of document 002, whose result is not the gradient of any loss

        Returns
        -------
        Backward : a NamedTuple with

            loss       one number, as in `loss_of`
            o_deltas   d (loss of one sample) / d o_sums[o], without l2; for a batch, one row for each sample
            h_deltas   d (loss of one sample) / d h_sums[h], without l2; for a batch, one row for each sample
            gradient   d loss / d w for each weight w, in the order of the flat vector

        Raises
        ------
        ValueError, FloatingPointError
            as in `loss_of`.

        >>> stages = NeuralNetwork(3, 4, 2, init="ramp").backward([3.0, 4.0, -4.5], [0, 1])
        >>> [round(float(delta), 12) for delta in stages.o_deltas]
        [0.497288901569, -0.497288901569]
        """
        stages, is_one_sample = self._backward(inputs, targets, loss_settings(self._kind, reduction, l2, rule))
        if is_one_sample:
            return stages._replace(o_deltas=self._row(stages.o_deltas), h_deltas=self._row(stages.h_deltas))
        return stages

    def train(
        self,
        inputs: Numbers,
        targets: Numbers,
        *,
        epochs: int = 1,
        learning_rate: Number | Callable[[int], Number] = 0.1,
        batch_size: int | None = None,
        optimizer: Optimizer | None = None,
        reduction: str = "mean",
        l2: Number = 0.0,
        shuffle: int | None = None,
        train_biases: bool = True,
        rule: str = "backpropagation",
        on_epoch: Callable[[int, Loss], object] | None = None,
    ) -> list[Loss]:
        """Train on rows of inputs and targets. The weights change after every batch.

        Parameters
        ----------
        inputs, targets, reduction, l2, rule : as in `backward`
        epochs : whole number of at least 0; how often training uses each sample
        learning_rate : number of at least 0, or a function of the epoch (counted from 0)
        batch_size : number of samples in a step; None uses all of them (full batch), 1 is online; the last batch may be shorter
        optimizer : SGD(), RMSProp() or Adam(), or any object with the same method `step`; None is SGD()
        shuffle : seed; the samples get a new random order in each epoch; None keeps the order of the rows
        train_biases : False leaves every bias unchanged, bit for bit
        on_epoch : a function, called with (epoch, loss) after each epoch; it may set new weights of the same kind of number

        Returns
        -------
        list of numbers : the loss of each epoch. With reduction="sum", this is the sum of the losses of the batches; with
            "mean", their mean, weighted by the number of samples in each batch. The loss of a batch is computed before the
            step on the batch, and includes the l2 term

        Raises
        ------
        ValueError
            as in `backward`. Also if a setting or a result of the optimizer is invalid, or if on_epoch sets weights of another
            kind.
        FloatingPointError
            if training diverges. The message names epoch and batch. The weights keep the values of the last finite step.

        Warns
        -----
        UserWarning
            if a network with one softmax output trains for more than one epoch: it cannot learn.

        Source: documents 002 (online), 003 and 004 (full batch).

        >>> network = NeuralNetwork(2, 2, 1, output="sigmoid", seed=1)
        >>> losses = network.train([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]], epochs=3, learning_rate=1)
        >>> losses[2] < losses[0]
        True
        """
        settings = TrainingSettings(
            loss_settings(self._kind, reduction, l2, rule),
            self._kind,
            whole_number(epochs, "epochs"),
            learning_rate if callable(learning_rate) else rate(learning_rate, "learning_rate", self._kind),
            None if batch_size is None else whole_number(batch_size, "batch_size", least=1),
            self._plain_descent() if optimizer is None else has_step(optimizer),
            None if shuffle is None else whole_number(shuffle, "shuffle"),
            yes_or_no(train_biases, "train_biases"),
            function_or_none(on_epoch, "on_epoch"),
        )
        if epochs > 1 and self.architecture.output == "softmax" and self.architecture.n_outputs == 1:
            warnings.warn(ONE_SOFTMAX, stacklevel=2)
        return self._train(inputs, targets, settings)

    def blocks(self) -> Blocks[Layer, Flat]:
        """Return copies of ih_weights (n_inputs, n_hidden), h_biases, ho_weights (n_hidden, n_outputs), o_biases.

        >>> [float(w) for w in NeuralNetwork(3, 4, 2, init="ramp").blocks().ho_weights[2]]
        [0.21, 0.22]
        """
        return self._blocks(self._architecture.layout, self._copy_of_weights())

    @classmethod
    def from_blocks(
        cls,
        ih_weights: Numbers,
        h_biases: Numbers,
        ho_weights: Numbers,
        o_biases: Numbers,
        *,
        hidden: str,
        output: str,
        loss: str | None = None,
        transposed: bool = False,
    ) -> Self:
        """Return a network with these matrices and biases: the inverse of `blocks`.

        Parameters
        ----------
        ih_weights : shape (n_inputs, n_hidden); (n_hidden, n_inputs) if transposed
        h_biases : shape (n_hidden,)
        ho_weights : shape (n_hidden, n_outputs); (n_outputs, n_hidden) if transposed
        o_biases : shape (n_outputs,)
        hidden, output, loss : as in the constructor
        transposed : True if the rows of the matrices are the target nodes, as in document 000 and PyTorch
        dtype : only in `vectorized`, as in the constructor

        Raises
        ------
        ValueError
            as in the constructor. Also if the shapes do not fit together; the message then names the block, the shape found and
            the shape expected.

        >>> network = NeuralNetwork.from_blocks([[1, 2]], [3, 4], [[5], [6]], [7], hidden="relu", output="identity")
        >>> [float(w) for w in network.weights]
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        """
        layout, weights = cls._join(ih_weights, h_biases, ho_weights, o_biases, transposed)
        return cls(*layout.sizes, hidden=hidden, output=output, loss=loss, weights=weights)

    def save(self, path: Path | IO[Any]) -> None:
        """Write the network to a JSON file. Both packages can load it.

        `path` is a file name, or a file that is open for writing, text or binary. A named file is written completely or not
        at all.

        Raises
        ------
        ValueError
            if the weights are Decimals, Fractions or other numbers that are not floats, if JSON cannot store `data`, or if the
            file would exceed 512 MiB (about 20 million weights).
        OSError
            if the file cannot be written.
        """
        dtype, weights = self._floats()
        if dtype == "float32":
            weights = list(map(shortest_single, weights))
        write_network(path, NetworkFile(self._architecture, dtype, weights, self.data))

    @classmethod
    def load(cls, path: Path | IO[Any]) -> Self:
        """Load a network from a file. `vectorized` uses the precision that is stored in the file.

        `path` is a file name, or a file that is open for reading, text or binary.

        Raises
        ------
        ValueError
            if the file is not a valid network file. The message names the file, and also the field if a field is wrong.
        OSError
            if the file cannot be read.
        """
        content = read_network(path)
        network = cls._of_file(content)
        network.data = content.data
        return network

    # Each package implements the methods below.

    _kind: Kind  # the kind of number that the network computes with; settings are converted to it

    @abstractmethod
    def _take_weights(self, values: Numbers) -> None:
        """Check and store a flat weight vector."""

    @abstractmethod
    def _copy_of_weights(self) -> Flat:
        """Return a copy of the flat vector."""

    @abstractmethod
    def _forward(self, inputs: Numbers) -> tuple[Forward[Layer], bool]:
        """Return (stages, is_one_sample). The stages are finite, with one row for each sample."""

    @abstractmethod
    def _loss(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> Loss:
        """Return the loss. It is finite."""

    @abstractmethod
    def _backward(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> tuple[Backward[Loss, Layer, Flat], bool]:
        """Return (stages, is_one_sample). The stages are finite. The deltas have one row for each sample."""

    @abstractmethod
    def _train(self, inputs: Numbers, targets: Numbers, settings: TrainingSettings) -> list[Loss]:
        """Run all epochs and return their losses."""

    @staticmethod
    @abstractmethod
    def _row(rows: Layer) -> Layer:
        """Return the only row."""

    @staticmethod
    @abstractmethod
    def _largest(o_nodes: Layer) -> Any:
        """Return the index of the largest output, or one index for each row."""

    @staticmethod
    @abstractmethod
    def _blocks(layout: Layout, weights: Flat) -> Blocks[Layer, Flat]:
        """Cut a flat vector into blocks."""

    @staticmethod
    @abstractmethod
    def _join(
        ih_weights: Numbers, h_biases: Numbers, ho_weights: Numbers, o_biases: Numbers, transposed: bool
    ) -> tuple[Layout, Any]:
        """Return the layout of a network with these blocks, and its flat vector."""

    @abstractmethod
    def _floats(self) -> tuple[str, list[float]]:
        """Return the name of the precision, and the weights as floats. Raises ValueError if the weights are not floats."""

    @classmethod
    def _of_file(cls, content: NetworkFile) -> Self:
        """Return the network with the content of a file."""
        return cls(*content.architecture.sizes, **content.architecture.names, weights=content.weights)
