"""The network class: forward, backward, training and files, computed with matrices."""

from collections.abc import Callable
from functools import partial
from typing import Any, Self, TypeVar

import numpy as np

from reference.layout import Layout
from reference.numbers.kinds import exact_float
from reference.numbers.number import Numbers
from reference.specification import door, interface
from reference.specification.messages import EPOCH_OVERFLOWS, divergence
from reference.specification.names import DTYPES, one_of
from reference.specification.network_file import NetworkFile
from reference.specification.settings import LossSettings, TrainingSettings
from reference.specification.stages import Backward, Blocks, Forward
from vectorized import inplace
from vectorized.arrays import Array
from vectorized.blocks import blocks_of
from vectorized.door import common_form, inputs_of, kind_of, pair_of, precision_of, weights_of
from vectorized.finite import check_forward, check_loss
from vectorized.forward import forward
from vectorized.libraries import compute, copy_of, namespace, number_of, to_numpy
from vectorized.losses import PAIRS, reduced_loss
from vectorized.optimizers import SGD
from vectorized.training import Samples, Step, both_passes

Answer = TypeVar("Answer")


class NeuralNetwork(interface.NeuralNetwork[float, Array, Array]):
    """A neural network with one hidden layer, computed with matrices.

    `dtype` is the precision of all arithmetic, "float64" or "float32". If `dtype` is None, weights of another library than
    NumPy keep their precision, and all other weights become float64. Half-precision weights are refused here. `reference`
    accepts them.

    The network computes with the library and on the device of its weights: NumPy, PyTorch, JAX, CuPy, Dask or
    array-api-strict. Results are arrays of that library, or NumPy arrays for Dask. Inputs and targets that are lists or
    NumPy arrays are converted.

    `reference.NeuralNetwork` computes the same with loops.
    """

    _plain_descent = SGD

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
        dtype: str | None = None,
    ) -> None:
        self._precision = None if dtype is None else one_of(DTYPES, precision_of(dtype), "dtype")
        self._bytes_per_weight = 32 + (40 if weights is None else 0)  # initial weights are first built as a list
        names: dict[str, Any] = {"hidden": hidden, "output": output, "loss": loss}
        super().__init__(n_inputs, n_hidden, n_outputs, **names, weights=weights, init=init, seed=seed)

    @property
    def dtype(self) -> str:
        """The precision of all arithmetic: "float64" or "float32"."""
        return self._form.precision

    def __reduce__(self) -> tuple[Any, ...]:
        """Support copy and pickle: rebuild the network from a copy of its weights, because a device cannot be pickled."""
        net = self._architecture
        make = partial(type(self), *net.sizes, **net.names, dtype=self._precision, weights=self.weights)
        return make, (), {"data": self.data}

    def _take_weights(self, values: Numbers) -> None:
        self._weights, self._form = weights_of(values, self._architecture.layout, self._precision)
        self._kind = kind_of(self._form)

    @property
    def _number_type(self) -> str:
        return str(self._form)

    def _copy_of_weights(self) -> Array:
        return self._form.array(self._weights) if self._form.library.is_lazy else copy_of(self._weights)

    def _forward(self, inputs: Numbers) -> tuple[Forward[Array], bool]:
        def pass_forward(rows: Array) -> Forward[Array]:
            stages = compute(self._form.library, forward(self._architecture, self._weights, rows))
            check_forward(stages)
            return stages

        return self._answer(pass_forward, inputs_of, inputs)

    def _loss(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> float:
        def loss_of_rows(rows: Array, target_rows: Array) -> float:
            net, stages = self._architecture, forward(self._architecture, self._weights, rows)
            total = PAIRS[net.output, net.loss].total(stages.o_sums, stages.o_nodes, target_rows)
            n = rows.shape[0] if settings.reduction == "mean" else 1
            loss = reduced_loss(net, self._weights, total, n, exact_float(settings.l2))
            *numbers, loss = compute(self._form.library, (*stages, loss))
            check_forward(Forward(*numbers))
            check_loss(loss)
            return number_of(loss)

        return self._answer(loss_of_rows, pair_of, inputs, targets)[0]

    def _backward(
        self, inputs: Numbers, targets: Numbers, settings: LossSettings
    ) -> tuple[Backward[float, Array, Array], bool]:
        def pass_backward(rows: Array, target_rows: Array) -> Backward[float, Array, Array]:
            back = both_passes(self._architecture, self._form, self._weights, rows, target_rows, settings)
            return Backward(number_of(back.loss), *back[1:])

        return self._answer(pass_backward, pair_of, inputs, targets)

    def _answer(
        self, function: Callable[..., Answer], rows_of: Callable[..., tuple[Any, ...]], *numbers: Numbers
    ) -> tuple[Answer, bool]:
        """Call a function with the checked rows. Return (its result, is_one_sample).

        The first check ignores NaN and infinities in float arrays. If a result is not finite, a second check looks for
        entries of the inputs and targets that are not finite.
        """
        *rows, is_one_sample = rows_of(*numbers, self._architecture.layout, self._form, False)
        try:
            with np.errstate(all="ignore"):
                return function(*rows), is_one_sample
        except FloatingPointError:
            rows_of(*numbers, self._architecture.layout, self._form, True)
            raise

    def _train(self, inputs: Numbers, targets: Numbers, settings: TrainingSettings) -> list[float]:
        form, mean = self._form, settings.loss.reduction == "mean"
        rows, target_rows, _ = pair_of(inputs, targets, self._architecture.layout, form)
        rows, target_rows = copy_of(rows), copy_of(target_rows)  # the user may change the originals during training
        samples = Samples(rows, target_rows, settings.batch_size, settings.shuffle)
        in_place = inplace.stepper(self._architecture, form, settings, target_rows)
        step = in_place or Step(self._architecture, form, settings)
        losses: list[float] = []
        largest = float(np.finfo(form.precision).max)
        for epoch in range(settings.epochs):
            rate, total = exact_float(settings.rate_of(epoch)), 0.0
            for batch, (batch_inputs, batch_targets) in enumerate(samples.next_epoch()):
                try:
                    self._weights, loss = step(self._weights, batch_inputs, batch_targets, rate)
                except FloatingPointError as error:
                    raise FloatingPointError(divergence(epoch, batch, error)) from None
                total += loss * batch_inputs.shape[0] if mean else loss
            losses.append(total / rows.shape[0] if mean else total)
            if not abs(losses[epoch]) <= largest:
                raise FloatingPointError(divergence(epoch, batch, EPOCH_OVERFLOWS))
            if settings.on_epoch is not None:
                settings.on_epoch(epoch, losses[epoch])
            if self._form != form:
                raise ValueError(f"on_epoch set {self._form} weights, but this training uses {form}; set {form} weights")
        return losses

    @staticmethod
    def _row(rows: Array) -> Array:
        return rows[0, :]

    @staticmethod
    def _largest(o_nodes: Array) -> int | Array:
        largest = namespace(o_nodes).argmax(o_nodes, axis=-1)
        return int(largest) if o_nodes.ndim == 1 else largest

    @staticmethod
    def _blocks(layout: Layout, weights: Array) -> Blocks[Array, Array]:
        return blocks_of(layout, weights)

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
        dtype: str | None = None,
    ) -> Self:
        layout, weights = cls._join(ih_weights, h_biases, ho_weights, o_biases, transposed)
        return cls(*layout.sizes, hidden=hidden, output=output, loss=loss, weights=weights, dtype=dtype)

    @staticmethod
    def _join(
        ih_weights: Numbers, h_biases: Numbers, ho_weights: Numbers, o_biases: Numbers, transposed: bool
    ) -> tuple[Layout, Any]:
        blocks = ih_weights, h_biases, ho_weights, o_biases
        ih, h_bias, ho, o_bias = map(to_numpy, blocks)
        layout, parts = door.blocks_of(ih, h_bias, ho, o_bias, transposed)
        matrices = [np.array(part, object) for part in parts]  # the setter of `weights` checks each number later
        flat = [number for block in matrices for number in (block.T if transposed else block).ravel().tolist()]
        form = common_form(*blocks)
        return layout, form.array(flat) if form else flat

    def _floats(self) -> tuple[str, list[float]]:
        return self.dtype, to_numpy(self._weights).tolist()

    @classmethod
    def _of_file(cls, content: NetworkFile) -> Self:
        return cls(*content.architecture.sizes, **content.architecture.names, weights=content.weights, dtype=content.dtype)
