"""The interface of the network, the same in both packages: signatures, promises, checks and examples.

A twin adds what differs: how it takes numbers in, what it computes with them, and how it hands them out.
"""

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
from reference.specification.parameters import fits_in_memory
from reference.specification.settings import LossSettings, TrainingSettings, loss_settings, training_settings
from reference.specification.stages import Backward, Blocks, Flat, Forward, Layer, Loss


class NeuralNetwork(Description, Generic[Loss, Layer, Flat]):
    """A neural network with one hidden layer: sizes, names and one flat weight vector, and all that can be asked of it."""

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
        """Make a network of these sizes.

        Parameters
        ----------
        n_inputs, n_hidden, n_outputs : sizes, at least 1
        hidden : activation of the hidden layer: sigmoid, tanh, relu, leaky_relu, identity
        output : activation of the output layer: those and softmax
        loss : half_squared_error, squared_error, mean_squared_error, cross_entropy (softmax and sigmoid outputs only);
            None picks cross_entropy for softmax, else half_squared_error
        weights : flat vector of n_weights numbers
        dtype : of the matrices alone, see `vectorized.NeuralNetwork`
        init, seed : where no weights are given, see `reference.initial_weights`

        Attributes
        ----------
        data : None, or a dictionary that travels with the network in its file: how inputs were scaled, names of columns
            and classes (see `reference.Preparation`)

        Numbers come in lists, tuples or arrays; an np.matrix is the array of two dimensions that it looks like. A boolean
        counts as 0 or 1. Texts, dates, time spans, complex numbers and arrays of no dimension are no numbers. A size, a seed
        or a number of epochs is what Python takes as an index (`operator.index`).

        Raises
        ------
        ValueError
            for a size, name or weight that cannot be.

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
        """A copy of the flat vector; setting it checks and copies, and decides what the network computes in.

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
        Forward : h_sums, h_nodes of length n_hidden and o_sums, o_nodes of length n_outputs; for a batch, rows of them

        Raises
        ------
        ValueError
            for inputs of another shape, or an entry that is no finite number.
        FloatingPointError
            where a sum overflows; names stage, node and sample.

        Source: document 001, `eval`.

        >>> stages = NeuralNetwork(3, 4, 2, init="ramp").forward([3.0, 4.0, -4.5])
        >>> [round(float(z), 12) for z in stages.o_sums]
        [0.2689545, 0.279799]
        """
        stages, one = self._forward(inputs)
        return Forward(*map(self._row, stages)) if one else stages

    def predict(self, inputs: Numbers) -> Layer:
        """Return o_nodes: n_outputs numbers, or rows of them for a batch; the documents say eval, run, query, feedForward.

        Raises ValueError and FloatingPointError as `forward`.
        """
        stages, one = self._forward(inputs)
        return self._row(stages.o_nodes) if one else stages.o_nodes

    def classify(self, inputs: Numbers) -> Any:
        """Return the index of the largest output of one sample, or one for each row; the first of equals.

        A network with one output has one index, 0: there, ask `predict` and compare with 1/2.
        Raises ValueError and FloatingPointError as `forward`.

        >>> NeuralNetwork(3, 4, 2, init="ramp").classify([3.0, 4.0, -4.5])
        1
        """
        return self._largest(self.predict(inputs))

    def loss_of(self, inputs: Numbers, targets: Numbers, *, reduction: str = "mean", l2: Number = 0.0) -> Loss:
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
        inputs, targets, reduction, l2 : as `loss_of`
        rule : "backpropagation", or "error_splitting" as document 002 describes it, the gradient of no loss

        Returns
        -------
        Backward : loss, one number; o_deltas[o] = d loss / d o_sums[o] and h_deltas[h] of each sample, without
            batch factor or penalty; gradient, flat, with both

        Raises
        ------
        ValueError, FloatingPointError
            as `loss_of`.

        >>> stages = NeuralNetwork(3, 4, 2, init="ramp").backward([3.0, 4.0, -4.5], [0, 1])
        >>> [round(float(delta), 12) for delta in stages.o_deltas]
        [0.497288901569, -0.497288901569]
        """
        stages, one = self._backward(inputs, targets, loss_settings(self._kind, reduction, l2, rule))
        if one:
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
        on_epoch : called with (epoch, loss) after each epoch; it may set the weights, to numbers of the same kind

        Returns
        -------
        list of numbers : the loss of each epoch, made of its batches' losses, each before that batch's update

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
        settings = training_settings(
            loss_settings(self._kind, reduction, l2, rule),
            self._kind,
            epochs,
            learning_rate,
            batch_size,
            self._plain_descent() if optimizer is None else optimizer,
            shuffle,
            train_biases,
            on_epoch,
        )
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
        """Return the network of these matrices and biases: the inverse of `blocks`.

        Parameters
        ----------
        ih_weights : shape (n_inputs, n_hidden); (n_hidden, n_inputs) if transposed
        h_biases : shape (n_hidden,)
        ho_weights : shape (n_hidden, n_outputs); (n_outputs, n_hidden) if transposed
        o_biases : shape (n_outputs,)
        transposed : the matrices have the target node as the row, as document 000 and PyTorch store them
        dtype : of the matrices alone, as for the network

        Raises
        ------
        ValueError
            where the shapes do not fit together; names the block and both shapes.

        >>> network = NeuralNetwork.from_blocks([[1, 2]], [3, 4], [[5], [6]], [7], hidden="relu", output="identity")
        >>> [float(w) for w in network.weights]
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        """
        layout, weights = cls._join(ih_weights, h_biases, ho_weights, o_biases, transposed)
        return cls(*layout.sizes, hidden=hidden, output=output, loss=loss, weights=weights)

    def save(self, path: Path | IO[Any]) -> None:
        """Write the network to a JSON file, whole or not at all, or to an open file; either twin reads it.

        Raises ValueError for numbers that no file holds (Decimal, Fraction, Bounded) and for more than a file may hold
        (512 MiB, some 20 million weights), OSError where it cannot be written.  A file may be open for text or for bytes.
        """
        dtype, weights = self._floats()
        if dtype == "float32":
            weights = list(map(shortest_single, weights))
        write_network(path, NetworkFile(self._architecture, dtype, weights, self.data))

    @classmethod
    def load(cls, path: Path | IO[Any]) -> Self:
        """Return the network of a file, by name or open; the matrices compute in the precision that it was saved in.

        Raises ValueError that names file and field, OSError where there is no such file.  A file may be open for text or
        for bytes.
        """
        content = read_network(path)
        network = cls._of_file(content)
        network.data = content.data
        return network

    # What a twin adds.

    _kind: Kind  # of the numbers that the network computes with: settings are converted to it

    @abstractmethod
    def _take_weights(self, values: Numbers) -> None:
        """Check and keep a flat weight vector."""

    @abstractmethod
    def _copy_of_weights(self) -> Flat:
        """Return a copy of the flat vector."""

    @abstractmethod
    def _forward(self, inputs: Numbers) -> tuple[Forward[Layer], bool]:
        """Return (the stages of rows, whether it was one sample), all finite."""

    @abstractmethod
    def _loss(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> Loss:
        """Return the loss, finite."""

    @abstractmethod
    def _backward(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> tuple[Backward[Loss, Layer, Flat], bool]:
        """Return (the stages of rows, whether it was one sample), all finite."""

    @abstractmethod
    def _train(self, inputs: Numbers, targets: Numbers, settings: TrainingSettings) -> list[Loss]:
        """Take the steps of all epochs; return the losses."""

    @staticmethod
    @abstractmethod
    def _row(rows: Layer) -> Layer:
        """Return the row of the only sample."""

    @staticmethod
    @abstractmethod
    def _largest(o_nodes: Layer) -> Any:
        """Return the index of the largest output, or that of each row."""

    @staticmethod
    @abstractmethod
    def _blocks(layout: Layout, weights: Flat) -> Blocks[Layer, Flat]:
        """Cut a flat vector."""

    @staticmethod
    @abstractmethod
    def _join(
        ih_weights: Numbers, h_biases: Numbers, ho_weights: Numbers, o_biases: Numbers, transposed: bool
    ) -> tuple[Layout, Any]:
        """Return the sizes that blocks fit, and their flat vector."""

    @abstractmethod
    def _floats(self) -> tuple[str, list[float]]:
        """Return the precision and the weights as floats; ValueError for numbers that no file holds."""

    @classmethod
    def _of_file(cls, content: NetworkFile) -> Self:
        """Return the network of a file."""
        return cls(*content.architecture.sizes, **content.architecture.names, weights=content.weights)
