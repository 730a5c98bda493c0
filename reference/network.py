"""The network class of the loops: forward, backward, training and files."""

from typing import Any, SupportsFloat, cast

from reference.backward import backward
from reference.blocks import Cut, cut_weights, rows_leaving
from reference.finite import check_backward, check_forward, check_loss
from reference.forward import forward
from reference.layout import Layout
from reference.losses import PAIRS, reduced_loss
from reference.numbers.kinds import FLOAT
from reference.numbers.number import Number, Numbers, Row, Rows
from reference.optimizers import SGD
from reference.specification import interface
from reference.specification.door import blocks_of, flat_vector, pair_of, rows_of
from reference.specification.messages import EPOCH_OVERFLOWS, divergence
from reference.specification.order import batch_bounds, epoch_orders
from reference.specification.settings import LossSettings, TrainingSettings
from reference.specification.stages import Backward, Blocks, Forward
from reference.training import step


class NeuralNetwork(interface.NeuralNetwork[Number, list[Any], Row]):
    """A neural network with one hidden layer, computed by plain loops.

    Everything is computed with numbers of the same kind as the weights: float, Decimal, Fraction, Bounded, numpy.float32, ...
    Results are lists of such numbers. The sum of a node adds its terms in the order of the source nodes, and the bias last.

    `vectorized.NeuralNetwork` computes the same with matrices.
    """

    _bytes_per_weight = 48
    _plain_descent = SGD

    def _take_weights(self, values: Numbers) -> None:
        weights, self._kind = flat_vector(values, self._architecture.layout)
        self._keep(weights)

    def _keep(self, weights: Row) -> None:
        """Store a flat vector. The next forward pass cuts it into the incoming weights and the bias of each node."""
        self._weights = weights
        self._cut: Cut | None = None

    @property
    def _number_type(self) -> str:
        return self._kind.type.__name__

    def _copy_of_weights(self) -> Row:
        return list(self._weights)

    def _forward(self, inputs: Numbers) -> tuple[Forward[Rows], bool]:
        rows, is_one_sample = rows_of(inputs, self.n_inputs, "n_inputs", "inputs", self._kind)
        with self._kind.quiet():
            return self._stages(rows), is_one_sample

    def _stages(self, rows: Rows) -> Forward[Rows]:
        """Return the stages of the forward pass. Raises FloatingPointError if a sum is not finite."""
        if self._cut is None:
            self._cut = cut_weights(self._weights, self._architecture.layout)
        stages = forward(self._architecture, self._kind, self._cut, rows)
        check_forward(self._kind, stages)
        return stages

    def _loss(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> Number:
        kind, pair = self._kind, PAIRS[self.output, self.loss]
        rows, target_rows, _ = pair_of(inputs, targets, self._architecture.layout, kind)
        with kind.quiet():
            stages = self._stages(rows)
            total = kind.zero
            for sample in zip(stages.o_sums, stages.o_nodes, target_rows, strict=True):
                total += pair.loss(kind, *sample)
            n = len(rows) if settings.reduction == "mean" else 1
            loss = reduced_loss(self._architecture, self._weights, total, n, settings.l2)
            check_loss(kind, loss)
        return loss

    def _backward(self, inputs: Numbers, targets: Numbers, settings: LossSettings) -> tuple[Backward[Number, Rows, Row], bool]:
        kind, net = self._kind, self._architecture
        rows, target_rows, is_one_sample = pair_of(inputs, targets, net.layout, kind)
        with kind.quiet():
            stages = backward(net, kind, self._weights, rows, target_rows, self._stages(rows), **settings._asdict())
            check_backward(kind, net.layout, stages)
        return stages, is_one_sample

    def _train(self, inputs: Numbers, targets: Numbers, settings: TrainingSettings) -> list[Number]:
        kind, mean = self._kind, settings.loss.reduction == "mean"
        rows, target_rows, _ = pair_of(inputs, targets, self._architecture.layout, kind)
        n_samples = len(rows)
        bounds, orders = batch_bounds(n_samples, settings.batch_size), epoch_orders(n_samples, settings.shuffle)
        losses: list[Number] = []
        with kind.quiet():
            for epoch in range(settings.epochs):
                rate, order, total = settings.rate_of(epoch), next(orders), kind.zero
                for batch, (start, end) in enumerate(bounds):
                    samples = order[start:end]
                    batch_rows = [rows[s] for s in samples], [target_rows[s] for s in samples]
                    try:
                        weights, loss = step(self._architecture, kind, self._weights, *batch_rows, rate, settings)
                    except ArithmeticError as error:
                        raise FloatingPointError(divergence(epoch, batch, error)) from None
                    self._keep(weights)
                    total += loss * len(samples) if mean else loss
                losses.append(total / n_samples if mean else total)
                if not kind.is_finite(losses[epoch]):
                    raise FloatingPointError(divergence(epoch, len(bounds) - 1, EPOCH_OVERFLOWS))
                if settings.on_epoch is not None:
                    settings.on_epoch(epoch, losses[epoch])
                if self._kind is not kind:
                    name, other = kind.type.__name__, self._kind.type.__name__
                    raise ValueError(f"on_epoch set {other} weights, but this training uses {name}; set {name} weights")
        return losses

    @staticmethod
    def _row(rows: list[Any]) -> list[Any]:
        (row,) = rows
        return row  # type: ignore[no-any-return]

    @staticmethod
    def _largest(o_nodes: list[Any]) -> int | list[int]:
        if isinstance(o_nodes[0], list):
            return [nodes.index(max(nodes)) for nodes in o_nodes]
        return o_nodes.index(max(o_nodes))

    @staticmethod
    def _blocks(layout: Layout, weights: Row) -> Blocks[Rows, Row]:
        ih_weights = [weights[i * layout.n_hidden : (i + 1) * layout.n_hidden] for i in range(layout.n_inputs)]
        h_biases, o_biases = weights[layout.h_biases_at : layout.ho_weights_at], weights[layout.o_biases_at :]
        return Blocks(ih_weights, h_biases, rows_leaving(weights, layout), o_biases)

    @staticmethod
    def _join(
        ih_weights: Numbers, h_biases: Numbers, ho_weights: Numbers, o_biases: Numbers, transposed: bool
    ) -> tuple[Layout, Row]:
        layout, (ih, h_bias, ho, o_bias) = blocks_of(ih_weights, h_biases, ho_weights, o_biases, transposed)
        if transposed:
            ih, ho = zip(*ih, strict=True), zip(*ho, strict=True)
        return layout, [weight for numbers in (*ih, h_bias, *ho, o_bias) for weight in numbers]

    def _floats(self) -> tuple[str, list[float]]:
        name, weights = self._kind.type.__name__, cast(list[SupportsFloat], self._weights)
        if self._kind is not FLOAT and name != "float32":
            raise ValueError(f"a file can only hold floats, but the weights are {name}; convert them to float first")
        return "float64" if self._kind is FLOAT else name, list(map(float, weights))
