"""Mistakes of the flat vector and of the forward pass."""

from reference.blocks import Blocks
from reference.forward import Forward
from reference.kinds import Number, Rows
from reference.oracle.mistakes import mistake
from reference.oracle.steps import Network

# ---- the flat vector


@mistake(
    "The ih weights are read with the target node as the row.",
    wrong="ih_weights[i][h] = weights[h*n_inputs + i]",
    right="ih_weights[i][h] = weights[i*n_hidden + h]",
    fix="Transpose the ih matrix: rows are inputs, columns hidden nodes (PyTorch stores it the other way).",
)
class IhWeightsTransposed(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(ih_weights=read_by_columns(blocks.ih_weights))


@mistake(
    "The ho weights are read with the target node as the row.",
    wrong="ho_weights[h][o] = weights[start + o*n_hidden + h]",
    right="ho_weights[h][o] = weights[start + h*n_outputs + o]",
    fix="Transpose the ho matrix: rows are hidden nodes, columns outputs (PyTorch stores it the other way).",
)
class HoWeightsTransposed(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(ho_weights=read_by_columns(blocks.ho_weights))


def read_by_columns(rows: Rows) -> Rows:
    """Return the matrix of the same shape whose numbers were taken column by column for rows."""
    numbers, n_rows = [number for row in rows for number in row], len(rows)
    return [numbers[at::n_rows] for at in range(n_rows)]


@mistake(
    "The flat vector is read as all weights, then all biases.",
    wrong="ih weights, ho weights, h biases, o biases",
    right="ih weights, h biases, ho weights, o biases",
    fix="Let the h biases follow the ih weights.",
)
class WeightsThenBiases(Network):
    def blocks(self) -> Blocks:
        n_inputs, n_hidden, n_outputs = self.sizes
        ho_at, biases_at = n_inputs * n_hidden, n_inputs * n_hidden + n_hidden * n_outputs
        return self.cut(0, biases_at, ho_at, biases_at + n_hidden)


@mistake(
    "The flat vector is read as all biases, then all weights.",
    wrong="h biases, o biases, ih weights, ho weights",
    right="ih weights, h biases, ho weights, o biases",
    fix="Let the biases of each layer follow its weights.",
)
class BiasesThenWeights(Network):
    def blocks(self) -> Blocks:
        n_inputs, n_hidden, n_outputs = self.sizes
        ih_at = n_hidden + n_outputs
        return self.cut(ih_at, 0, ih_at + n_inputs * n_hidden, n_hidden)


@mistake(
    "In each layer the biases are read before the weights.",
    wrong="h biases, ih weights, o biases, ho weights",
    right="ih weights, h biases, ho weights, o biases",
    fix="Let the biases of each layer follow its weights.",
)
class BiasesBeforeWeights(Network):
    def blocks(self) -> Blocks:
        n_inputs, n_hidden, n_outputs = self.sizes
        o_biases_at = (n_inputs + 1) * n_hidden
        return self.cut(n_hidden, 0, o_biases_at + n_outputs, o_biases_at)


@mistake(
    "The h biases are read before the ih weights.",
    wrong="h biases, ih weights, ho weights, o biases",
    right="ih weights, h biases, ho weights, o biases",
    fix="Let the h biases follow the ih weights.",
)
class HBiasesBeforeIhWeights(Network):
    def blocks(self) -> Blocks:
        layout = self.layout
        return self.cut(layout.n_hidden, 0, layout.ho_weights_at, layout.o_biases_at)


@mistake(
    "The o biases are read before the ho weights.",
    wrong="ih weights, h biases, o biases, ho weights",
    right="ih weights, h biases, ho weights, o biases",
    fix="Let the o biases follow the ho weights.",
)
class OBiasesBeforeHoWeights(Network):
    def blocks(self) -> Blocks:
        layout, at = self.layout, self.layout.ho_weights_at
        return self.cut(0, layout.h_biases_at, at + layout.n_outputs, at)


# ---- biases


@mistake(
    "The h biases are not added.",
    wrong="h_sums[h] = sum_i inputs[i]*ih[i][h]",
    right="h_sums[h] = sum_i inputs[i]*ih[i][h] + h_biases[h]",
    fix="Add each hidden node's bias to its sum.",
)
class HBiasesMissing(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(h_biases=[self.zero for _ in blocks.h_biases])


@mistake(
    "The o biases are not added.",
    wrong="o_sums[o] = sum_h h_nodes[h]*ho[h][o]",
    right="o_sums[o] = sum_h h_nodes[h]*ho[h][o] + o_biases[o]",
    fix="Add each output node's bias to its sum.",
)
class OBiasesMissing(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(o_biases=[self.zero for _ in blocks.o_biases])


@mistake(
    "The h biases are added twice.",
    wrong="h_sums[h] = sum_i inputs[i]*ih[i][h] + 2*h_biases[h]",
    right="h_sums[h] = sum_i inputs[i]*ih[i][h] + h_biases[h]",
    fix="Start the sum at 0 or at the bias, and add the bias once.",
)
class HBiasesTwice(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(h_biases=[b + b for b in blocks.h_biases])


@mistake(
    "The o biases are added twice.",
    wrong="o_sums[o] = sum_h h_nodes[h]*ho[h][o] + 2*o_biases[o]",
    right="o_sums[o] = sum_h h_nodes[h]*ho[h][o] + o_biases[o]",
    fix="Start the sum at 0 or at the bias, and add the bias once.",
)
class OBiasesTwice(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(o_biases=[b + b for b in blocks.o_biases])


@mistake(
    "The h biases are subtracted, as if they were thresholds.",
    wrong="h_sums[h] = sum_i inputs[i]*ih[i][h] - h_biases[h]",
    right="h_sums[h] = sum_i inputs[i]*ih[i][h] + h_biases[h]",
    fix="Add the bias; a threshold is a negative bias.",
)
class HBiasesSubtracted(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(h_biases=[0 - b for b in blocks.h_biases])


@mistake(
    "The o biases are subtracted, as if they were thresholds.",
    wrong="o_sums[o] = sum_h h_nodes[h]*ho[h][o] - o_biases[o]",
    right="o_sums[o] = sum_h h_nodes[h]*ho[h][o] + o_biases[o]",
    fix="Add the bias; a threshold is a negative bias.",
)
class OBiasesSubtracted(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(o_biases=[0 - b for b in blocks.o_biases])


@mistake(
    "The first h bias is added to every hidden node.",
    wrong="h_sums[h] = ... + h_biases[0]",
    right="h_sums[h] = ... + h_biases[h]",
    fix="Index the bias by its node.",
)
class OneHBiasForAll(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(h_biases=[blocks.h_biases[0] for _ in blocks.h_biases])


@mistake(
    "The first o bias is added to every output node.",
    wrong="o_sums[o] = ... + o_biases[0]",
    right="o_sums[o] = ... + o_biases[o]",
    fix="Index the bias by its node.",
)
class OneOBiasForAll(Network):
    def blocks(self) -> Blocks:
        blocks = super().blocks()
        return blocks._replace(o_biases=[blocks.o_biases[0] for _ in blocks.o_biases])


@mistake(
    "The h biases are added after the activation.",
    wrong="h_nodes[h] = f(sum_i inputs[i]*ih[i][h]) + h_biases[h]",
    right="h_nodes[h] = f(sum_i inputs[i]*ih[i][h] + h_biases[h])",
    fix="Add the bias before the activation.",
)
class HBiasesAfterActivation(Network):
    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        return super().hidden_sums(inputs, blocks._replace(h_biases=[self.zero for _ in blocks.h_biases]))

    def hidden_nodes(self, h_sums: list[Number], blocks: Blocks) -> list[Number]:
        return [node + b for node, b in zip(super().hidden_nodes(h_sums, blocks), blocks.h_biases, strict=True)]


@mistake(
    "The o biases are added after the activation.",
    wrong="o_nodes[o] = g(sum_h h_nodes[h]*ho[h][o]) + o_biases[o]",
    right="o_nodes[o] = g(sum_h h_nodes[h]*ho[h][o] + o_biases[o])",
    fix="Add the bias before the activation.",
)
class OBiasesAfterActivation(Network):
    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        return super().output_sums(h_nodes, blocks._replace(o_biases=[self.zero for _ in blocks.o_biases]))

    def output_nodes(self, o_sums: list[Number], blocks: Blocks) -> list[Number]:
        return [node + b for node, b in zip(super().output_nodes(o_sums, blocks), blocks.o_biases, strict=True)]


# ---- sums


@mistake(
    "The hidden sum is not set back to 0 from node to node.",
    wrong="h_sums[h] = h_sums[h-1] + sum_i ...",
    right="h_sums[h] = 0 + sum_i ...",
    fix="Set the accumulator to 0 inside the loop over hidden nodes.",
)
class HSumsCarriedOverNodes(Network):
    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        return running(super().hidden_sums(inputs, blocks), self.zero)


@mistake(
    "The output sum is not set back to 0 from node to node.",
    wrong="o_sums[o] = o_sums[o-1] + sum_h ...",
    right="o_sums[o] = 0 + sum_h ...",
    fix="Set the accumulator to 0 inside the loop over output nodes.",
)
class OSumsCarriedOverNodes(Network):
    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        return running(super().output_sums(h_nodes, blocks), self.zero)


def running(numbers: list[Number], total: Number) -> list[Number]:
    """Return the sums so far."""
    totals = []
    for number in numbers:
        total = total + number
        totals.append(total)
    return totals


@mistake(
    "The sums are not set back to 0 from sample to sample (document 001 adds into arrays that keep what was there).",
    wrong="h_sums[h] += ... and o_sums[o] += ... into the arrays of the sample before",
    right="h_sums[h] = 0 + ...",
    fix="Make new sums for every sample.",
)
class SumsCarriedOverSamples(Network):
    def forward(self) -> list[Forward]:
        self.kept_h, self.kept_o = [self.zero] * self.layout.n_hidden, [self.zero] * self.layout.n_outputs
        return super().forward()

    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        self.kept_h = [kept + z for kept, z in zip(self.kept_h, super().hidden_sums(inputs, blocks), strict=True)]
        return self.kept_h

    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        self.kept_o = [kept + z for kept, z in zip(self.kept_o, super().output_sums(h_nodes, blocks), strict=True)]
        return self.kept_o


@mistake(
    "The last input is left out.",
    wrong="sum over i = 0 .. n_inputs-2",
    right="sum over i = 0 .. n_inputs-1",
    fix="Let the loop over inputs run to its end.",
)
class LastInputDropped(Network):
    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        return super().hidden_sums([*inputs[:-1], self.zero], blocks)


@mistake(
    "The first input is left out.",
    wrong="sum over i = 1 .. n_inputs-1",
    right="sum over i = 0 .. n_inputs-1",
    fix="Let the loop over inputs begin at 0.",
)
class FirstInputDropped(Network):
    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        return super().hidden_sums([self.zero, *inputs[1:]], blocks)


@mistake(
    "The last hidden node is left out of the output sums.",
    wrong="sum over h = 0 .. n_hidden-2",
    right="sum over h = 0 .. n_hidden-1",
    fix="Let the loop over hidden nodes run to its end.",
)
class LastHiddenNodeDropped(Network):
    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        return super().output_sums([*h_nodes[:-1], self.zero], blocks)


@mistake(
    "The sum of the last output node is left at 0.",
    wrong="loop over o = 0 .. n_outputs-2",
    right="loop over o = 0 .. n_outputs-1",
    fix="Let the loop over outputs run to its end.",
)
class LastOutputDropped(Network):
    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        return [*super().output_sums(h_nodes, blocks)[:-1], self.zero]


# ---- activations


@mistake(
    "The hidden activation is missing.",
    wrong="h_nodes[h] = h_sums[h]",
    right="h_nodes[h] = f(h_sums[h])",
    fix="Put every hidden sum through the activation.",
)
class HiddenActivationMissing(Network):
    def hidden_nodes(self, h_sums: list[Number], blocks: Blocks) -> list[Number]:
        return list(h_sums)


@mistake(
    "The hidden activation is applied twice.",
    wrong="h_nodes[h] = f(f(h_sums[h]))",
    right="h_nodes[h] = f(h_sums[h])",
    fix="Apply the activation once: is it in the layer and in the loop?",
)
class HiddenActivationTwice(Network):
    def hidden_nodes(self, h_sums: list[Number], blocks: Blocks) -> list[Number]:
        return super().hidden_nodes(super().hidden_nodes(h_sums, blocks), blocks)


@mistake(
    "The output activation is missing.",
    wrong="o_nodes[o] = o_sums[o]",
    right="o_nodes[o] = g(o_sums[o])",
    fix="Put the output sums through the output activation, softmax included.",
)
class OutputActivationMissing(Network):
    def output_nodes(self, o_sums: list[Number], blocks: Blocks) -> list[Number]:
        return list(o_sums)


@mistake(
    "The output activation is applied twice.",
    wrong="o_nodes = g(g(o_sums))",
    right="o_nodes = g(o_sums)",
    fix="Apply it once: does the loss or the framework apply it as well?",
)
class OutputActivationTwice(Network):
    def output_nodes(self, o_sums: list[Number], blocks: Blocks) -> list[Number]:
        return super().output_nodes(super().output_nodes(o_sums, blocks), blocks)


@mistake(
    "The softmax is not divided by the sum.",
    wrong="o_nodes[o] = exp(o_sums[o])",
    right="o_nodes[o] = exp(o_sums[o]) / sum_o exp(o_sums[o])",
    fix="Divide by the sum of the powers.",
)
class SoftmaxNotNormalised(Network):
    def output_nodes(self, o_sums: list[Number], blocks: Blocks) -> list[Number]:
        if self.setting.output != "softmax":
            return super().output_nodes(o_sums, blocks)
        return [self.kind.exp(z) for z in o_sums]


@mistake(
    "The softmax is taken along the batch, not along the outputs.",
    wrong="o_nodes[s][o] = exp(o_sums[s][o]) / sum_s exp(o_sums[s][o])",
    right="o_nodes[s][o] = exp(o_sums[s][o]) / sum_o exp(o_sums[s][o])",
    fix="Sum over the outputs: axis 1 of (samples, outputs).",
)
class SoftmaxAlongTheBatch(Network):
    def all_output_nodes(self, o_sums: Rows, blocks: Blocks) -> Rows:
        if self.setting.output != "softmax":
            return super().all_output_nodes(o_sums, blocks)
        by_output = [self.activated("softmax", list(column)) for column in zip(*o_sums, strict=True)]
        return [list(row) for row in zip(*by_output, strict=True)]


@mistake(
    "The softmax takes the maximum out of each sample, but divides along the batch.",
    wrong="o_nodes[s][o] = e^(o_sums[s][o] - max) / sum_s e^(o_sums[s][o] - max)",
    right="o_nodes[s][o] = e^(o_sums[s][o] - max) / sum_o e^(o_sums[s][o] - max)",
    fix="Sum over the outputs: axis 1 of (samples, outputs), with keepdims.",
)
class SoftmaxDividedAlongTheBatch(Network):
    def all_output_nodes(self, o_sums: Rows, blocks: Blocks) -> Rows:
        if self.setting.output != "softmax":
            return super().all_output_nodes(o_sums, blocks)
        powers = []
        for row in o_sums:
            top = row[max(range(len(row)), key=lambda o: self.kind.value(row[o]))]
            powers.append([self.kind.exp(z - top) for z in row])
        totals = [running(list(column), self.zero)[-1] for column in zip(*powers, strict=True)]
        return [[power / total for power, total in zip(row, totals, strict=True)] for row in powers]


@mistake(
    "The logistic function is cut off: beyond 20 it is 1, below -20 it is 0.",
    wrong="0 for z < -20, 1 for z > 20",
    right="1/(1 + e**-z) for every z",
    fix="Leave out the cut; choose the branch by the sign of z instead.",
)
class LogisticClamped(Network):
    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        nodes = super().activated(name, sums)
        if name != "sigmoid":
            return nodes
        one, value = self.kind.convert(1), self.kind.value
        return [self.zero if value(z) < -20 else one if value(z) > 20 else y for z, y in zip(sums, nodes, strict=True)]


@mistake(
    "The logistic function is taken of -z.", wrong="1/(1 + e**z)", right="1/(1 + e**-z)", fix="Mind the sign in the exponent."
)
class LogisticMirrored(Network):
    def activated(self, name: str, sums: list[Number]) -> list[Number]:
        return super().activated(name, [0 - z for z in sums] if name == "sigmoid" else sums)


def with_other_activation(layer: str, name: str) -> None:
    """Enter the mistake that a layer uses another activation."""
    setting, node, sums, letter = (
        ("hidden", "h_nodes[h]", "h_sums[h]", "f") if layer == "hidden" else ("output", "o_nodes[o]", "o_sums[o]", "g")
    )

    class Other(Network):
        def activated(self, asked: str, given: list[Number]) -> list[Number]:
            return super().activated(asked, given)

    def nodes(self: Network, given: list[Number], blocks: Blocks) -> list[Number]:
        return self.activated(name, given)

    Other.__name__ = f"{layer.capitalize()}Is{name.title().replace('_', '')}"
    setattr(Other, f"{layer}_nodes", nodes)
    mistake(
        f"The {layer} activation is {name}.",
        wrong=f"{node} = {name}({sums})",
        right=f"{node} = {letter}({sums}) with {letter} as asked",
        fix=f"Use the {setting} activation that the case names.",
    )(Other)


for other in ("sigmoid", "tanh", "relu", "leaky_relu"):
    with_other_activation("hidden", other)
for other in ("sigmoid", "tanh", "softmax"):
    with_other_activation("output", other)


def with_slope(name: str, numerator: int, denominator: int) -> None:
    """Enter the mistake of another slope of the leaky ReLU."""

    class Other(Network):
        def activated(self, asked: str, sums: list[Number]) -> list[Number]:
            if asked != "leaky_relu":
                return super().activated(asked, sums)
            return [z if self.kind.value(z) > 0 else numerator * z / denominator for z in sums]

        def hidden_slopes(self, stages: Forward) -> list[Number]:
            if self.setting.hidden != "leaky_relu":
                return super().hidden_slopes(stages)
            one = self.kind.convert(1)
            return [one if self.kind.value(z) > 0 else numerator * one / denominator for z in stages.h_sums]

    Other.__name__ = name
    shown = f"{numerator / denominator:g}"
    mistake(
        f"The leaky ReLU leaks {shown}.",
        wrong=f"max(z, {shown}*z)",
        right="max(z, z/100)",
        fix="Let the slope below 0 be 1/100.",
    )(Other)


with_slope("LeakOfATenth", 1, 10)
with_slope("LeakOfAFifth", 1, 5)
with_slope("LeakOfAThousandth", 1, 1000)
with_slope("LeakSubtracted", -1, 100)
