"""The network in steps that can be written otherwise: one method a step, each the reference's own; a formula overrides one.

Formulas mix: a class that inherits from two of them uses both.
"""

import math
from contextlib import suppress

from reference.activations import activation, nodes_of
from reference.backward import hidden_deltas, layer_gradient
from reference.blocks import rows_leaving
from reference.forward import hidden_sums, output_sums
from reference.losses import PAIRS, differences, error_slopes, weight_decay, weight_penalty
from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.kinds import Kind, kind_of_type
from reference.numbers.number import Number, Rows
from reference.optimizers import SGD, Adam, RMSProp
from reference.oracle.cases import Case
from reference.specification.architecture import Architecture
from reference.specification.optimizers import Optimizer
from reference.specification.stages import Blocks, Forward

BELOW = {"relu": 0, "leaky_relu": 1}  # hundredths: the slope on the negative side of 0, beside 1 on the other
CANNOT = (Undecided, ArithmeticError, ValueError)  # no bound, an overflow, no such function value
STAGES = ("h_sums", "h_nodes", "o_sums", "o_nodes", "loss", "o_deltas", "h_deltas", "gradient", "weights")
BACKWARD = STAGES[5:]


class Network:
    """The network of a case, computed in one kind of number, a step at a time."""

    def __init__(self, case: Case, number: type = float) -> None:
        kind = kind_of_type(number)
        assert kind is not None
        self.case, self.setting, self.layout = case, case.setting, case.layout
        self.kind: Kind = kind
        self.net = Architecture(*self.sizes, case.setting.hidden, case.setting.output, case.setting.loss)
        convert = kind.convert
        self.flat = [convert(w) for w in case.weights]
        self.inputs = [[convert(x) for x in row] for row in case.inputs]
        self.targets = [[convert(t) for t in row] for row in case.targets]
        self.l2, self.rate = convert(case.setting.l2), convert(case.setting.learning_rate)
        self.zero = convert(0)
        self.memory: list[Optimizer | None] = []
        self.found: dict[str, list[Number]] = {}

    # ---- the forward pass

    def blocks(self) -> Blocks:
        """Cut the flat vector: ih weights, h biases, ho weights, o biases, matrices by source node."""
        flat, at, n_hidden = self.flat, self.layout, self.layout.n_hidden
        ih_weights = [flat[i * n_hidden : (i + 1) * n_hidden] for i in range(at.n_inputs)]
        return Blocks(ih_weights, flat[at.h_biases_at : at.ho_weights_at], rows_leaving(flat, at), flat[at.o_biases_at :])

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The three sizes."""
        return self.layout.n_inputs, self.layout.n_hidden, self.layout.n_outputs

    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        """h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]."""
        return hidden_sums(inputs, columns(blocks.ih_weights), blocks.h_biases)

    def hidden_nodes(self, h_sums: list[Number], blocks: Blocks) -> list[Number]:
        """h_nodes[h] = f(h_sums[h])."""
        return self.activated(self.setting.hidden, h_sums)

    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        """o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]."""
        return output_sums(h_nodes, columns(blocks.ho_weights), blocks.o_biases)

    def output_nodes(self, o_sums: list[Number], blocks: Blocks) -> list[Number]:
        """o_nodes[o] = g(o_sums[o])."""
        return self.activated(self.setting.output, o_sums)

    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        """Return the nodes that an activation makes of sums."""
        return nodes_of(name, self.kind, sums)

    def forward(self) -> list[Forward]:
        """Return the stages of every sample, and keep each as soon as it is found."""
        blocks = self.blocks()
        h_sums = self.kept("h_sums", [self.hidden_sums(row, blocks) for row in self.inputs])
        h_nodes = self.kept("h_nodes", [self.hidden_nodes(row, blocks) for row in h_sums])
        o_sums = self.kept("o_sums", [self.output_sums(row, blocks) for row in h_nodes])
        o_nodes = self.kept("o_nodes", self.all_output_nodes(o_sums, blocks))
        return [Forward(*stages) for stages in zip(h_sums, h_nodes, o_sums, o_nodes, strict=True)]

    def kept(self, stage: str, rows: Rows) -> Rows:
        """Keep a stage among the answers, and return it."""
        self.found[stage] = flat(rows)
        return rows

    def all_output_nodes(self, o_sums: Rows, blocks: Blocks) -> Rows:
        """The output nodes of all samples, each from its own sums."""
        return [self.output_nodes(row, blocks) for row in o_sums]

    # ---- the loss

    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        """The loss of one sample."""
        return PAIRS[self.net.output, self.net.loss].loss(self.kind, stages.o_sums, stages.o_nodes, targets)

    def reduced(self, total: Number) -> Number:
        """Mean or sum over the samples."""
        return total / len(self.inputs) if self.setting.reduction == "mean" else total

    def penalty(self) -> Number:
        """l2/2 * (sum of w**2 over the ih and ho weights)."""
        return weight_penalty(self.net, self.flat, self.l2) if self.setting.l2 else self.zero

    def loss(self, stages: list[Forward]) -> Number:
        """The loss of the batch, with the penalty."""
        total = self.zero
        for sample, targets in zip(stages, self.targets, strict=True):
            total += self.sample_loss(sample, targets)
        return self.reduced(total) + self.penalty()

    # ---- the backward pass

    def output_errors(self, stages: Forward, targets: list[Number]) -> list[Number]:
        """Document 002: o_nodes[o] - targets[o], whatever the loss."""
        return differences(stages.o_nodes, targets)

    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        """o_deltas[o] = d loss / d o_sums[o]."""
        loss = "half_squared_error" if self.setting.rule == "error_splitting" else self.net.loss
        if self.net.output in BELOW:
            slopes = error_slopes(loss, stages.o_nodes, targets)
            return [e * self.slope(self.net.output, z) for e, z in zip(slopes, stages.o_sums, strict=True)]
        deltas: list[Number] = PAIRS[self.net.output, loss].o_deltas(self.kind, stages.o_sums, stages.o_nodes, targets)
        return deltas

    def slope(self, name: str, z: Number) -> Number:
        """f'(z). Where a bounded sum may be 0 the slope of a kink is any between its sides, as each is somebody's."""
        if name in BELOW and isinstance(z, Bounded) and abs(z.value) <= 2 * z.error:
            below = self.kind.convert(BELOW[name]) / 100
            return type(z)(below.value, 1 - below.value)
        return activation(name, self.kind)[1](z)

    def loss_slopes(self, stages: Forward, targets: list[Number]) -> list[Number]:
        """The derivative of a squared error by each output node."""
        return error_slopes(self.net.loss, stages.o_nodes, targets)

    def passed_back(self, stages: Forward, o_deltas: list[Number], targets: list[Number]) -> list[Number]:
        """What the hidden layer hears of each output: its delta, or under error_splitting its plain error."""
        return self.output_errors(stages, targets) if self.setting.rule == "error_splitting" else o_deltas

    def hidden_slopes(self, stages: Forward) -> list[Number]:
        """f'(h_sums[h])."""
        return [self.slope(self.setting.hidden, z) for z in stages.h_sums]

    def hidden_deltas(self, stages: Forward, blocks: Blocks, back: list[Number]) -> list[Number]:
        """h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o])."""
        return hidden_deltas(self.hidden_slopes(stages), back, blocks.ho_weights)

    def all_output_deltas(self, stages: list[Forward]) -> Rows:
        """The output deltas of every sample."""
        return [self.output_deltas(sample, targets) for sample, targets in zip(stages, self.targets, strict=True)]

    def all_hidden_deltas(self, stages: list[Forward], o_deltas: Rows) -> Rows:
        """The hidden deltas of every sample."""
        blocks = self.blocks()
        return [
            self.hidden_deltas(sample, blocks, self.passed_back(sample, delta, targets))
            for sample, delta, targets in zip(stages, o_deltas, self.targets, strict=True)
        ]

    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        """Sum over s of source node * delta, mean or sum, and l2 * w."""
        h_nodes = [sample.h_nodes for sample in stages]
        total = layer_gradient(self.inputs, h_deltas) + layer_gradient(h_nodes, o_deltas)
        gradient = [self.reduced(g) for g in total]
        if self.setting.l2:
            self.decay(gradient)
        return gradient

    def decay(self, gradient: list[Number]) -> None:
        """Add l2 * w for ih and ho weights."""
        for at, decay in enumerate(weight_decay(self.net, self.flat, self.l2)):
            gradient[at] += decay

    # ---- one step

    def optimizer(self) -> Optimizer:
        """The optimizer, before its first step."""
        settings = dict(self.setting.optimizer or {"name": "sgd"})
        made = {"sgd": SGD, "rmsprop": RMSProp, "adam": Adam}[settings.pop("name")]
        optimizer: Optimizer = made(**settings)
        return optimizer

    def step(self, gradient: list[Number]) -> list[Number]:
        """The weights after one step more."""
        return self.moved(gradient, self.rate)

    def moved(self, gradient: list[Number], rate: Number) -> list[Number]:
        """The weights after one step more of this rate, by optimizers that remember the steps before.

        Bounded entries have one each: an entry that cannot be decided is left without a bound from there on, and no other.
        """
        if not issubclass(self.kind.type, Bounded):
            self.memory = self.memory or [self.optimizer()]
            assert self.memory[0]
            return self.memory[0].step(self.flat, gradient, rate)
        self.memory = self.memory or [self.optimizer() for _ in gradient]
        weights = []
        for at, (w, g) in enumerate(zip(self.flat, gradient, strict=True)):
            optimizer = self.memory[at]
            try:
                if optimizer is None:
                    raise Undecided
                weights += optimizer.step([w], [g], rate)
            except Undecided:
                self.memory[at] = None
                weights.append(self.kind.type(w.value, math.inf))
        return weights

    def steps(self, gradient: list[Number]) -> list[Number]:
        """The weights after every step on the same batch, each from the candidate's own weights before it, if there are any."""
        rows = [self.step(gradient)]
        for number in range(1, self.setting.steps):
            self.flat = [self.kind.convert(w) for w in self.case.path[number - 1]] if self.case.path else rows[-1]
            rows.append(self.step(self.next_gradient()))
        return flat(rows)

    def next_gradient(self) -> list[Number]:
        """The gradient at the weights as they are now."""
        stages = self.forward()
        o_deltas = self.all_output_deltas(stages)
        return self.gradient(stages, o_deltas, self.all_hidden_deltas(stages, o_deltas))

    def answers(self, wanted: tuple[str, ...] = STAGES) -> dict[str, list[Number]]:
        """Return the wanted stages, each flat, sample after sample; one that cannot be computed is left out."""
        with self.kind.quiet():
            with suppress(*CANNOT):
                stages = self.forward()
                if "loss" in wanted:
                    self.found["loss"] = [self.loss(stages)]
            first = self.found
            with suppress(*CANNOT):
                if set(BACKWARD) & set(wanted) and "o_nodes" in self.found:
                    o_deltas = self.kept("o_deltas", self.all_output_deltas(stages))
                    h_deltas = self.kept("h_deltas", self.all_hidden_deltas(stages, o_deltas))
                    gradient = self.gradient(stages, o_deltas, h_deltas)
                    self.found["gradient"] = gradient
                    if "weights" in wanted:
                        first, self.found = self.found, {}
                        first["weights"] = self.steps(gradient)
        return {stage: first[stage] for stage in wanted if stage in first}


def columns(rows: Rows) -> Rows:
    """Return the columns of a matrix."""
    return [list(column) for column in zip(*rows, strict=True)]


def flat(rows: Rows) -> list[Number]:
    """Return rows one after another."""
    return [number for row in rows for number in row]
