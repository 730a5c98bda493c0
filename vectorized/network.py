"""The network: sizes, names and one flat weight vector, and everything that can be asked of it."""

from collections.abc import Callable
from functools import partial
from typing import IO, Any, Self

import numpy as np

from reference.specification import door
from reference.specification.architecture import Architecture, Described
from reference.specification.files import Data, NetworkFile, Path, read_network, shortest_single, write_network
from reference.specification.initial import initial_weights
from reference.specification.messages import EPOCH_OVERFLOWS, diverged
from reference.specification.names import DTYPES, one_of
from reference.specification.settings import LossSettings, loss_settings, training_settings
from vectorized import inplace
from vectorized.backward import Backward
from vectorized.blocks import Blocks, blocks_of
from vectorized.door import forms_of, kind_of, pair_of, precision_of, rows_of, weights_of
from vectorized.finite import check_backward, check_forward, check_loss
from vectorized.forward import Forward, forward
from vectorized.libraries import Array, Form, computed, copied, namespace, number_of, to_numpy
from vectorized.losses import PAIRS, reduced_loss
from vectorized.optimizers import SGD, Optimizer
from vectorized.training import Samples, Step, both_passes


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
    dtype : "float64" or "float32", the precision everything is computed in; None is that of the weights where they are an
        array of another library, else float64

    Weights that are an array of PyTorch, JAX, CuPy, Dask or array-api-strict make a network that computes with that library, on
    the device of the weights, and answers arrays of it; from Dask, computed ones. Lists and NumPy's arrays are converted.

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
        dtype: str | None = None,
    ) -> None:
        self._architecture = Architecture(n_inputs, n_hidden, n_outputs, hidden, output, loss)
        self._precision = None if dtype is None else one_of(DTYPES, precision_of(dtype), "dtype")
        door.fits_in_memory(self._architecture.layout, bytes_per_weight=32 + (40 if weights is None else 0))
        self.data: Data = None
        self._form: Form
        self.weights = initial_weights(n_inputs, n_hidden, n_outputs, init, seed) if weights is None else weights

    @property
    def dtype(self) -> str:
        """Name of the precision."""
        return self._form.precision

    @property
    def weights(self) -> Array:
        """A copy of the flat vector; setting it checks and copies, and sets the library."""
        return self._form.array(self._weights) if self._form.library.is_lazy else copied(self._weights)

    @weights.setter
    def weights(self, values: Any) -> None:
        self._weights, self._form = weights_of(values, self._architecture.layout, self._precision)

    def _rows(self, inputs: Any, look: bool) -> tuple[Array, bool]:
        """Return (rows, whether it was one sample) of inputs."""
        return rows_of(inputs, self.n_inputs, "n_inputs", "inputs", self._form, look)

    def _pair(self, inputs: Any, targets: Any, look: bool) -> tuple[Array, Array, bool]:
        """Return (input rows, target rows, whether it was one sample)."""
        return pair_of(inputs, targets, self._architecture.layout, self._form, look)

    def _how(self, reduction: str, l2: float, rule: str = "backpropagation") -> LossSettings:
        """Return the settings of a loss and its gradient; l2 becomes a Python float, which every library takes."""
        how = loss_settings(kind_of(self._form), reduction, l2, rule)
        return LossSettings(reduction, float(how.l2), rule)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle by the weights: training in place would change those of a copy, and a device cannot be pickled."""
        names: dict[str, Any] = {"hidden": self.hidden, "output": self.output, "loss": self.loss, "dtype": self._precision}
        make = partial(type(self), self.n_inputs, self.n_hidden, self.n_outputs, **names, weights=self.weights)
        return make, (), {"data": self.data}

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
        stages, one = self._forward(inputs)
        return Forward(*(stage[0, :] for stage in stages)) if one else stages

    def _forward(self, inputs: Any) -> tuple[Forward, bool]:
        """Return (the stages of rows, whether it was one sample), computed and looked at."""
        rows, one = self._rows(inputs, look=False)
        with np.errstate(all="ignore"):
            stages = computed(self._form.library, forward(self._architecture, self._weights, rows))
            try:
                check_forward(stages)
            except FloatingPointError:
                self._rows(inputs, look=True)  # names an input that is not finite
                raise
        return stages, one

    def predict(self, inputs: Any) -> Array:
        """Return o_nodes, shape (n_outputs,) or (n_samples, n_outputs); the documents say eval, run, query, feedForward."""
        stages, one = self._forward(inputs)
        return stages.o_nodes[0, :] if one else stages.o_nodes

    def classify(self, inputs: Any) -> Any:
        """Return the index of the largest output of one sample, or an array of them; the first of equals.

        A network with one output has one index, 0: there, ask `predict` and compare with 1/2.

        >>> NeuralNetwork(3, 4, 2, init="ramp").classify([3.0, 4.0, -4.5])
        1
        """
        o_nodes = self.predict(inputs)
        largest = namespace(o_nodes).argmax(o_nodes, axis=-1)
        return int(largest) if o_nodes.ndim == 1 else largest

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
        how = self._how(reduction, l2)
        rows, target_rows, _ = self._pair(inputs, targets, look=False)
        with np.errstate(all="ignore"):
            stages = forward(self._architecture, self._weights, rows)
            total = PAIRS[self.output, self.loss].total(stages.o_sums, stages.o_nodes, target_rows)
            n = target_rows.shape[0] if reduction == "mean" else 1
            loss = reduced_loss(self._architecture, self._weights, total, n, how.l2)
            *stages_computed, loss = computed(self._form.library, (*stages, loss))
            try:
                check_forward(Forward(*stages_computed))
                check_loss(loss)
            except FloatingPointError:
                self._pair(inputs, targets, look=True)
                raise
        return number_of(loss)

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
        how = self._how(reduction, l2, rule)
        rows, target_rows, one = self._pair(inputs, targets, look=False)
        with np.errstate(all="ignore"):
            stages, back = both_passes(self._architecture, self._form, self._weights, rows, target_rows, how)
            try:
                check_forward(stages)
                check_backward(self._architecture.layout, back)
            except FloatingPointError:
                self._pair(inputs, targets, look=True)
                raise
        loss, o_deltas, h_deltas, gradient = back
        if one:
            o_deltas, h_deltas = o_deltas[0, :], h_deltas[0, :]
        return Backward(number_of(loss), o_deltas, h_deltas, gradient)

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
        form, how, optimizer = self._form, self._how(reduction, l2, rule), SGD() if optimizer is None else optimizer
        plan = training_settings(
            how, kind_of(form), epochs, learning_rate, batch_size, optimizer, shuffle, train_biases, on_epoch
        )
        rows, target_rows, _ = self._pair(inputs, targets, look=True)
        rows, target_rows = copied(rows), copied(target_rows)  # they may be the user's
        samples = Samples(rows, target_rows, plan.batch_size, plan.shuffle)
        step = inplace.stepper(self._architecture, form, plan, target_rows) or Step(self._architecture, form, plan)
        losses: list[float] = []
        largest = float(np.finfo(form.precision).max)
        for epoch in range(plan.epochs):
            rate, total = float(plan.rate_of(epoch)), 0.0
            for batch, (batch_inputs, batch_targets) in enumerate(samples.next_epoch()):
                try:
                    self._weights, loss = step(self._weights, batch_inputs, batch_targets, rate)
                except FloatingPointError as error:
                    raise FloatingPointError(diverged(epoch, batch, error)) from None
                total += loss * batch_inputs.shape[0] if reduction == "mean" else loss
            losses.append(total / rows.shape[0] if reduction == "mean" else total)
            if not abs(losses[epoch]) <= largest:
                raise FloatingPointError(diverged(epoch, batch, EPOCH_OVERFLOWS))
            if plan.on_epoch is not None:
                plan.on_epoch(epoch, losses[epoch])
            if self._form != form:
                raise ValueError(
                    f"on_epoch set weights of {self._form}, this training computes with {form}; set {form} weights"
                )
        return losses

    def blocks(self) -> Blocks:
        """Return copies of ih_weights (n_inputs, n_hidden), h_biases, ho_weights (n_hidden, n_outputs), o_biases.

        >>> NeuralNetwork(3, 4, 2, init="ramp").blocks().ho_weights[2]
        array([0.21, 0.22])
        """
        return blocks_of(self._architecture.layout, self.weights)

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
        dtype: str | None = None,
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
        given = ih_weights, h_biases, ho_weights, o_biases
        forms = forms_of(*given)
        ih, h_bias, ho, o_bias = map(to_numpy, given)
        at, parts = door.blocks_of(ih, h_bias, ho, o_bias, transposed)
        blocks = [np.array(part, object) for part in parts]  # whatever the numbers are: the setter of weights looks at each
        flat: Any = [number for block in blocks for number in (block.T if transposed else block).ravel().tolist()]
        if forms:
            flat = forms[0].array(flat)
        names: dict[str, Any] = {"hidden": hidden, "output": output, "loss": loss}
        return cls(at.n_inputs, at.n_hidden, at.n_outputs, **names, weights=flat, dtype=dtype)

    def save(self, path: Path | IO[Any]) -> None:
        """Write the network to a JSON file, whole or not at all, or to an open file; either twin reads it.

        Raises ValueError for more than a file may hold (512 MiB, some 20 million weights), OSError where it cannot be
        written.  A file may be open for text or for bytes.
        """
        weights = to_numpy(self._weights).tolist()
        if self.dtype == "float32":
            weights = [shortest_single(weight) for weight in weights]
        write_network(path, NetworkFile(self._architecture, self.dtype, weights, self.data))

    @classmethod
    def load(cls, path: Path | IO[Any]) -> Self:
        """Return the network of a file, by name or open, in the precision it was saved in.

        Raises ValueError that names file and field, OSError where there is no such file.  A file may be open for text or
        for bytes.
        """
        content = read_network(path)
        net = content.architecture
        names: dict[str, Any] = {"hidden": net.hidden, "output": net.output, "loss": net.loss}
        network = cls(net.n_inputs, net.n_hidden, net.n_outputs, **names, weights=content.weights, dtype=content.dtype)
        network.data = content.data
        return network
