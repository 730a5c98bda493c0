"""The network in parts, one method for each part. A subclass with another formula overrides the method for its part.

A class that inherits from two subclasses uses the formulas of both.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from reference.activations import activation, nodes_of
from reference.backward import hidden_deltas, layer_gradient
from reference.blocks import Cut, cut_weights, rows_leaving
from reference.forward import hidden_sums, output_sums
from reference.losses import PAIRS, differences, error_slopes, weight_decay, weight_penalty
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import Kind, kind_of_type
from reference.numbers.number import Number, Row, Rows
from reference.oracle.cases import Case
from reference.oracle.settings import optimizer_of
from reference.specification.architecture import Architecture
from reference.specification.names import STAGES
from reference.specification.optimizers import Optimizer
from reference.specification.stages import Forward

SLOPES_BELOW_0 = {"relu": 0, "leaky_relu": 1}  # in hundredths: 1 is a slope of 0.01
NOT_COMPUTABLE = (Undecided, ArithmeticError, ValueError)  # raised if a number cannot be computed
N = TypeVar("N")


class Network:
    """The network of a case, computed in one kind of number, one part at a time."""

    def __init__(self, case: Case, number: type = float) -> None:
        kind = kind_of_type(number)
        assert kind is not None
        self.case, self.setting, self.layout = case, case.setting, case.layout
        self.kind: Kind = kind
        self.architecture = Architecture(*self.layout.sizes, self.setting.hidden, self.setting.output, self.setting.loss)
        convert = kind.convert
        self.weights = [convert(w) for w in case.weights]
        self.inputs = [[convert(x) for x in row] for row in case.inputs]
        self.targets = [[convert(t) for t in row] for row in case.targets]
        self.l2, self.rate = convert(self.setting.l2), convert(self.setting.learning_rate)
        self.zero = convert(0)
        self.optimizers: list[Optimizer | None] = []
        self.stages: dict[str, Row] = {}

    # ---- the forward pass

    def hidden_sums(self, inputs: Row, cut: Cut) -> Row:
        """h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]."""
        return hidden_sums(inputs, cut.ih_columns, cut.h_biases)

    def hidden_nodes(self, h_sums: Row) -> Row:
        """h_nodes[h] = f(h_sums[h])."""
        return self.nodes_of(self.setting.hidden, h_sums)

    def output_sums(self, h_nodes: Row, cut: Cut) -> Row:
        """o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]."""
        return output_sums(h_nodes, cut.ho_columns, cut.o_biases)

    def output_nodes(self, o_sums: Row) -> Row:
        """o_nodes[o] = g(o_sums[o])."""
        return self.nodes_of(self.setting.output, o_sums)

    def nodes_of(self, activation: str, sums: Row) -> Row:
        """Return the nodes of a layer from its sums."""
        return nodes_of(activation, self.kind, sums)

    def forward(self) -> list[Forward[Row]]:
        """Return the forward stages of every sample. Store each stage at once, because the next stage may fail."""
        cut = cut_weights(self.weights, self.layout)
        h_sums = self.store("h_sums", [self.hidden_sums(row, cut) for row in self.inputs])
        h_nodes = self.store("h_nodes", [self.hidden_nodes(row) for row in h_sums])
        o_sums = self.store("o_sums", [self.output_sums(row, cut) for row in h_nodes])
        o_nodes = self.store("o_nodes", [self.output_nodes(row) for row in o_sums])
        return [Forward(*rows) for rows in zip(h_sums, h_nodes, o_sums, o_nodes, strict=True)]

    def store(self, stage: str, rows: Rows) -> Rows:
        """Store a stage, and return it."""
        self.stages[stage] = flat(rows)
        return rows

    # ---- the loss

    def sample_loss(self, sample: Forward[Row], targets: Row) -> Number:
        """Return the loss of one sample."""
        pair = PAIRS[self.architecture.output, self.architecture.loss]
        loss: Number = pair.loss(self.kind, sample.o_sums, sample.o_nodes, targets)
        return loss

    def reduce(self, total: Number) -> Number:
        """Return the mean or sum over the samples."""
        reduced: Number = total / len(self.inputs) if self.setting.reduction == "mean" else total
        return reduced

    def penalty(self) -> Number:
        """l2/2 * (sum of w**2 over the ih and ho weights)."""
        return weight_penalty(self.architecture, self.weights, self.l2) if self.setting.l2 else self.zero

    def loss(self, samples: list[Forward[Row]]) -> Number:
        """Return the loss of the batch, with the penalty."""
        total = self.zero
        for sample, targets in zip(samples, self.targets, strict=True):
            total += self.sample_loss(sample, targets)
        loss: Number = self.reduce(total) + self.penalty()
        return loss

    # ---- the backward pass

    def output_deltas(self, sample: Forward[Row], targets: Row) -> Row:
        """o_deltas[o] = d loss / d o_sums[o]."""
        output = self.setting.output
        loss = "half_squared_error" if self.setting.rule == "error_splitting" else self.architecture.loss
        if output in SLOPES_BELOW_0:
            errors = error_slopes(loss, sample.o_nodes, targets)
            return [error * self.slope(output, z) for error, z in zip(errors, sample.o_sums, strict=True)]
        deltas: Row = PAIRS[output, loss].o_deltas(self.kind, sample.o_sums, sample.o_nodes, targets)
        return deltas

    def slope(self, name: str, z: Number) -> Number:
        """Return f'(z). If rounding errors may change the sign of z, the bound of a ReLU slope covers both slopes."""
        if name in SLOPES_BELOW_0 and isinstance(z, Bounded) and abs(z.value) <= 2 * z.error:
            below = type(z)(SLOPES_BELOW_0[name]) / 100
            return type(z)(below.value, 1 - below.value)
        return activation(name, self.kind)[1](z)

    def hidden_slopes(self, sample: Forward[Row]) -> Row:
        """f'(h_sums[h])."""
        return [self.slope(self.setting.hidden, z) for z in sample.h_sums]

    def hidden_deltas(self, sample: Forward[Row], ho_rows: Rows, errors: Row) -> Row:
        """h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o])."""
        return hidden_deltas(self.hidden_slopes(sample), errors, ho_rows)

    def gradient(self, samples: list[Forward[Row]], o_deltas: Rows, h_deltas: Rows) -> Row:
        """Return the mean or sum of source node * delta over the samples, plus l2 * w for ih and ho weights."""
        h_nodes = [sample.h_nodes for sample in samples]
        totals = layer_gradient(self.inputs, h_deltas) + layer_gradient(h_nodes, o_deltas)
        return self.with_decay([self.reduce(total) for total in totals])

    def with_decay(self, gradient: Row) -> Row:
        """Return the gradient with l2 * w added for ih and ho weights."""
        if not self.setting.l2:
            return gradient
        return [g + decay for g, decay in zip(gradient, weight_decay(self.architecture, self.weights, self.l2), strict=True)]

    def backward(self, samples: list[Forward[Row]]) -> Row:
        """Return the gradient. Store each stage at once, because the next stage may fail.

        Under error_splitting (document 002), the hidden layer gets the errors y - t in place of the o_deltas.
        """
        pairs = list(zip(samples, self.targets, strict=True))
        o_deltas = self.store("o_deltas", [self.output_deltas(sample, targets) for sample, targets in pairs])
        errors = o_deltas
        if self.setting.rule == "error_splitting":
            errors = [differences(sample.o_nodes, targets) for sample, targets in pairs]
        ho_rows = rows_leaving(self.weights, self.layout)
        h_deltas = [self.hidden_deltas(sample, ho_rows, row) for sample, row in zip(samples, errors, strict=True)]
        self.store("h_deltas", h_deltas)
        self.stages["gradient"] = self.gradient(samples, o_deltas, h_deltas)
        return self.stages["gradient"]

    # ---- the steps

    def optimizer(self) -> Optimizer:
        """Return the optimizer, before its first step."""
        return optimizer_of(self.setting.optimizer)

    def step(self, gradient: Row) -> Row:
        """Return the weights after one more step.

        Each Bounded weight has its own optimizer. If a step raises Undecided, its weight has an infinite bound from then on.
        """
        if not issubclass(self.kind.type, Bounded):
            self.optimizers = self.optimizers or [self.optimizer()]
            assert self.optimizers[0]
            weights: Row = self.optimizers[0].step(self.weights, gradient, self.rate)
            return weights
        self.optimizers = self.optimizers or [self.optimizer() for _ in gradient]
        weights = []
        for at, (w, g) in enumerate(zip(self.weights, gradient, strict=True)):
            optimizer = self.optimizers[at]
            try:
                if optimizer is None:
                    raise Undecided
                weights += optimizer.step([w], [g], self.rate)
            except Undecided:
                self.optimizers[at] = None
                assert isinstance(w, Bounded)
                weights.append(type(w)(w.value, math.inf))
        return weights

    def steps(self, gradient: Row) -> Row:
        """Return the weights after every step. Each later step starts from the candidate's weights in `case.path`, if any."""
        rows = [self.step(gradient)]
        for number in range(1, self.setting.steps):
            self.weights = [self.kind.convert(w) for w in self.case.path[number - 1]] if self.case.path else rows[-1]
            rows.append(self.step(self.next_gradient()))
        return flat(rows)

    def next_gradient(self) -> Row:
        """Return the gradient at the current weights."""
        return self.backward(self.forward())

    def answers(self, stages: Sequence[str] = STAGES) -> dict[str, Row]:
        """Return these stages as flat lists, sample after sample. A stage that cannot be computed is left out."""
        with self.kind.quiet():
            with suppress(*NOT_COMPUTABLE):
                samples = self.forward()
                if "loss" in stages:
                    self.stages["loss"] = [self.loss(samples)]
            answers = self.stages
            with suppress(*NOT_COMPUTABLE):
                if "o_nodes" in answers and not set(STAGES[5:]).isdisjoint(stages):
                    gradient = self.backward(samples)
                    if "weights" in stages:
                        self.stages = {}  # later steps must not overwrite the answers
                        answers["weights"] = self.steps(gradient)
        return {stage: answers[stage] for stage in stages if stage in answers}


def flat(rows: Rows) -> Row:
    """Return the numbers of all rows in one list."""
    return [number for row in rows for number in row]


def numbers_of(kind: type[N], answers: Mapping[str, Row]) -> dict[str, list[N]]:
    """Return the answers, and tell the type checker that every number is of the class `kind`."""
    return {stage: [number for number in numbers if isinstance(number, kind)] for stage, numbers in answers.items()}
