"""The network: sizes, names and one flat weight vector, and everything that can be asked of it."""

from collections.abc import Callable
from typing import IO, Any, Self

from reference.backward import Backward, backward
from reference.blocks import Blocks, Cut, cut_weights, rows_leaving
from reference.finite import check_backward, check_forward, check_loss
from reference.forward import Forward, forward
from reference.losses import PAIRS, reduced_loss
from reference.numbers.kinds import FLOAT, Kind
from reference.numbers.number import Number, Rows
from reference.optimizers import SGD, Optimizer
from reference.specification.architecture import Architecture, Described
from reference.specification.door import blocks_of, fits_in_memory, flat_vector, pair_of, rows_of
from reference.specification.files import Data, NetworkFile, Path, read_network, shortest_single, write_network
from reference.specification.initial import initial_weights
from reference.specification.messages import EPOCH_OVERFLOWS, diverged
from reference.specification.order import batch_bounds, epoch_orders
from reference.specification.settings import loss_settings, training_settings
from reference.training import step


class NeuralNetwork(Described):
    """A neural network with one hidden layer, computed by explicit loops.

    Parameters
    ----------
    n_inputs, n_hidden, n_outputs : sizes, at least 1
    hidden : activation of the hidden layer: sigmoid, tanh, relu, leaky_relu, identity
    output : activation of the output layer: those and softmax
    loss : half_squared_error, squared_error, mean_squared_error, cross_entropy (softmax and sigmoid outputs only);
        None picks cross_entropy for softmax, else half_squared_error
    weights : flat vector of n_weights numbers; their kind is the kind that everything is computed in
        (float, Decimal, Fraction, Bounded, numpy.float32, ...)
    init, seed : where no weights are given, see `reference.initial_weights`

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
        for a size, name or weight that cannot be.

    Twin: vectorized.NeuralNetwork.  Source: document 001, class NeuralNetwork.

    >>> network = NeuralNetwork(3, 4, 2, init="ramp")
    >>> [round(y, 12) for y in network.predict([3.0, 4.0, -4.5])]
    [0.497288901569, 0.502711098431]
    >>> network
    NeuralNetwork(3, 4, 2, hidden='leaky_relu', output='softmax', loss='cross_entropy')
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
    ) -> None:
        self._architecture = Architecture(n_inputs, n_hidden, n_outputs, hidden, output, loss)
        fits_in_memory(self._architecture.layout, bytes_per_weight=48)
        self.data: Data = None
        self._kind: Kind = FLOAT
        self._weights: list[Number] = []
        self._cut: Cut | None = None
        self._cut_from = self._weights
        self.weights = initial_weights(n_inputs, n_hidden, n_outputs, init, seed) if weights is None else weights

    @property
    def weights(self) -> list[Number]:
        """A copy of the flat vector; setting it checks and copies, and sets the kind of number."""
        return list(self._weights)

    @weights.setter
    def weights(self, values: Any) -> None:
        self._weights, self._kind = flat_vector(values, self._architecture.layout)

    def _cut_weights(self) -> Cut:
        """Return the flat vector cut into what reaches each node: anew only where the weights are other ones."""
        if self._cut is None or self._cut_from is not self._weights:
            self._cut, self._cut_from = cut_weights(self._weights, self._architecture.layout), self._weights
        return self._cut

    def forward(self, inputs: Any) -> Forward:
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

        Order: source nodes ascending, bias last.  Source: document 001, `eval`.

        >>> NeuralNetwork(3, 4, 2, init="ramp").forward([3.0, 4.0, -4.5]).o_sums
        [0.2689545, 0.279799]
        """
        (h_sums, h_nodes, o_sums, o_nodes), one = self._forward(inputs)
        if one:
            return Forward(h_sums[0], h_nodes[0], o_sums[0], o_nodes[0])
        return Forward(h_sums, h_nodes, o_sums, o_nodes)

    def _forward(self, inputs: Any) -> tuple[Forward, bool]:
        """Return (the stages of rows, whether it was one sample), looked at."""
        rows, one = rows_of(inputs, self.n_inputs, "n_inputs", "inputs", self._kind)
        with self._kind.quiet():
            stages = self._stages(rows)
        return stages, one

    def _stages(self, rows: Rows) -> Forward:
        """Return the stages of checked rows, looked at."""
        stages = forward(self._architecture, self._kind, self._cut_weights(), rows)
        check_forward(self._kind, stages)
        return stages

    def predict(self, inputs: Any) -> list[Number]:
        """Return o_nodes for one sample, or rows of them; the documents say eval, run, query, feedForward."""
        stages, one = self._forward(inputs)
        return stages.o_nodes[0] if one else stages.o_nodes

    def classify(self, inputs: Any) -> Any:
        """Return the index of the largest output of one sample, or a list of them; the first of equals.

        A network with one output has one index, 0: there, ask `predict` and compare with 1/2.

        >>> NeuralNetwork(3, 4, 2, init="ramp").classify([3.0, 4.0, -4.5])
        1
        """
        o_nodes = self.predict(inputs)
        if isinstance(o_nodes[0], list):
            return [nodes.index(max(nodes)) for nodes in o_nodes]
        return o_nodes.index(max(o_nodes))

    def loss_of(self, inputs: Any, targets: Any, *, reduction: str = "mean", l2: Number = 0.0) -> Number:
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
        kind = self._kind
        how = loss_settings(kind, reduction, l2)
        input_rows, target_rows, _ = pair_of(inputs, targets, self._architecture.layout, kind)
        with kind.quiet():
            _, _, o_sums, o_nodes = self._stages(input_rows)
            pair = PAIRS[self.output, self.loss]
            total = kind.zero
            for sample in zip(o_sums, o_nodes, target_rows, strict=True):
                total += pair.loss(kind, *sample)
            n = len(target_rows) if reduction == "mean" else 1
            loss: Number = reduced_loss(self._architecture, self._weights, total, n, how.l2)
            check_loss(kind, loss)
        return loss

    def backward(
        self,
        inputs: Any,
        targets: Any,
        *,
        reduction: str = "mean",
        l2: Number = 0.0,
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
        Backward : loss, one number; o_deltas[o] = d loss / d o_sums[o] and h_deltas[h] of each sample, without
            batch factor or penalty; gradient, flat, with both

        Raises
        ------
        ValueError, FloatingPointError
            as `loss_of`.

        >>> stages = NeuralNetwork(3, 4, 2, init="ramp").backward([3.0, 4.0, -4.5], [0, 1])
        >>> [round(delta, 12) for delta in stages.o_deltas]
        [0.497288901569, -0.497288901569]
        """
        how = loss_settings(self._kind, reduction, l2, rule)
        input_rows, target_rows, one = pair_of(inputs, targets, self._architecture.layout, self._kind)
        with self._kind.quiet():
            forward_stages = self._stages(input_rows)
            passes = self._architecture, self._kind, self._weights, input_rows, target_rows
            stages = backward(*passes, **how._asdict(), stages=forward_stages)
            check_backward(self._kind, self._architecture.layout, stages)
        if one:
            return stages._replace(o_deltas=stages.o_deltas[0], h_deltas=stages.h_deltas[0])
        return stages

    def train(
        self,
        inputs: Any,
        targets: Any,
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
        on_epoch: Callable[[int, Number], object] | None = None,
    ) -> list[Number]:
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
        kind = self._kind
        how, optimizer = loss_settings(kind, reduction, l2, rule), SGD() if optimizer is None else optimizer
        plan = training_settings(how, kind, epochs, learning_rate, batch_size, optimizer, shuffle, train_biases, on_epoch)
        rows, target_rows, _ = pair_of(inputs, targets, self._architecture.layout, kind)
        n_samples, mean = len(rows), reduction == "mean"
        bounds, orders = batch_bounds(n_samples, plan.batch_size), epoch_orders(n_samples, plan.shuffle)
        losses: list[Number] = []
        with kind.quiet():
            for epoch in range(plan.epochs):
                rate, order, total = plan.rate_of(epoch), next(orders), 0
                for batch, (start, end) in enumerate(bounds):
                    samples = order[start:end]
                    pair = [rows[s] for s in samples], [target_rows[s] for s in samples]
                    try:
                        self._weights, loss = step(self._architecture, kind, self._weights, *pair, rate, plan)
                    except ArithmeticError as error:
                        raise FloatingPointError(diverged(epoch, batch, error)) from None
                    total += loss * len(samples) if mean else loss
                losses.append(total / n_samples if mean else total)
                if not kind.is_finite(losses[epoch]):
                    raise FloatingPointError(diverged(epoch, len(bounds) - 1, EPOCH_OVERFLOWS))
                if plan.on_epoch is not None:
                    plan.on_epoch(epoch, losses[epoch])
                if self._kind is not kind:
                    mine, theirs = kind.type.__name__, self._kind.type.__name__
                    raise ValueError(f"on_epoch set weights of {theirs}, this training computes in {mine}; set {mine} weights")
        return losses

    def blocks(self) -> Blocks:
        """Return the flat vector as ih_weights[i][h], h_biases[h], ho_weights[h][o], o_biases[o].

        >>> NeuralNetwork(3, 4, 2, init="ramp").blocks().ho_weights[2]
        [0.21, 0.22]
        """
        layout, weights = self._architecture.layout, self._weights
        ih_weights = [weights[i * layout.n_hidden : (i + 1) * layout.n_hidden] for i in range(layout.n_inputs)]
        h_biases, o_biases = weights[layout.h_biases_at : layout.ho_weights_at], weights[layout.o_biases_at :]
        return Blocks(ih_weights, h_biases, rows_leaving(weights, layout), o_biases)

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
    ) -> Self:
        """Return the network of these matrices and biases: the inverse of `blocks`.

        Parameters
        ----------
        ih_weights : rows of shape (n_inputs, n_hidden); (n_hidden, n_inputs) if transposed
        h_biases : n_hidden numbers
        ho_weights : rows of shape (n_hidden, n_outputs); (n_outputs, n_hidden) if transposed
        o_biases : n_outputs numbers
        transposed : the matrices have the target node as the row, as document 000 and PyTorch store them

        Raises
        ------
        ValueError
            where the shapes do not fit together; names the block and both shapes.

        >>> NeuralNetwork.from_blocks([[1, 2]], [3, 4], [[5], [6]], [7], hidden="relu", output="identity").weights
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        """
        layout, (ih, h_bias, ho, o_bias) = blocks_of(ih_weights, h_biases, ho_weights, o_biases, transposed)
        if transposed:
            ih, ho = zip(*ih, strict=True), zip(*ho, strict=True)
        flat = [weight for numbers in (*ih, h_bias, *ho, o_bias) for weight in numbers]
        return cls(layout.n_inputs, layout.n_hidden, layout.n_outputs, hidden=hidden, output=output, loss=loss, weights=flat)

    def save(self, path: Path | IO[Any]) -> None:
        """Write the network to a JSON file, whole or not at all, or to an open file; either twin reads it.

        Raises ValueError for numbers that no file holds (Decimal, Fraction, Bounded) and for more than a file may hold
        (512 MiB, some 20 million weights), OSError where it cannot be written.  A file may be open for text or for bytes.
        """
        kind_name = self._kind.type.__name__
        if kind_name == "float32":
            content = NetworkFile(
                self._architecture, "float32", [shortest_single(float(weight)) for weight in self._weights], self.data
            )
        elif self._kind is FLOAT:
            content = NetworkFile(self._architecture, "float64", self._weights, self.data)
        else:
            raise ValueError(f"a file holds floats, the weights are {kind_name}; set them as floats first")
        write_network(path, content)

    @classmethod
    def load(cls, path: Path | IO[Any]) -> Self:
        """Return the network of a file, by name or open; weights of single precision become floats of the same value.

        Raises ValueError that names file and field, OSError where there is no such file.  A file may be open for text or
        for bytes.
        """
        content = read_network(path)
        net = content.architecture
        names: dict[str, Any] = {"hidden": net.hidden, "output": net.output, "loss": net.loss}
        network = cls(net.n_inputs, net.n_hidden, net.n_outputs, **names, weights=content.weights)
        network.data = content.data
        return network
