"""Mistakes of the loss, of the backward pass and of the step."""

from typing import Any

from reference.activations import activation
from reference.blocks import Blocks
from reference.forward import Forward
from reference.kinds import Number, Rows
from reference.oracle.mistakes import mistake
from reference.oracle.mistakes_forward import read_by_columns
from reference.oracle.steps import Network, columns, flat

# ---- the loss


@mistake("The loss has twice its value.", wrong="2*loss", right="loss", fix="Mind the factor: half squared error has 1/2.")
class LossTwice(Network):
    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        return 2 * super().sample_loss(stages, targets)


@mistake("The loss has half its value.", wrong="loss/2", right="loss", fix="Mind the factor: only half squared error has 1/2.")
class LossHalf(Network):
    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        return super().sample_loss(stages, targets) / 2


@mistake(
    "The loss is divided by the number of outputs.",
    wrong="loss/n_outputs",
    right="loss",
    fix="Add over the outputs; only the mean squared error divides by n_outputs.",
)
class LossAveragedOverOutputs(Network):
    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        return super().sample_loss(stages, targets) / self.layout.n_outputs


@mistake(
    "The loss has the opposite sign.",
    wrong="sum_o t*ln(y)",
    right="-sum_o t*ln(y)",
    fix="Put the minus sign before the logarithms.",
)
class LossNegative(Network):
    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        return 0 - super().sample_loss(stages, targets)


@mistake(
    "The losses of the samples are added up where their mean is asked for, or averaged where their sum is.",
    wrong="sum_s loss[s]",
    right="(sum_s loss[s]) / n_samples",
    fix="Follow the reduction that the case names.",
)
class LossReducedOtherwise(Network):
    def loss(self, stages: list[Forward]) -> Number:
        right, penalty = super().loss(stages), self.penalty()
        n = len(self.inputs)
        return ((right - penalty) * n if self.setting.reduction == "mean" else (right - penalty) / n) + penalty


@mistake(
    "The cross-entropy of sigmoid outputs lacks its second half.",
    wrong="-sum_o t*ln(y)",
    right="-sum_o (t*ln(y) + (1-t)*ln(1-y))",
    fix="Add the term of the targets' complement.",
)
class SecondHalfOfCrossEntropyMissing(Network):
    def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
        if (self.setting.output, self.setting.loss) != ("sigmoid", "cross_entropy"):
            return super().sample_loss(stages, targets)
        total = self.zero
        for z, t in zip(stages.o_sums, targets, strict=True):
            total += t * (self.kind.maximum(0 - z, self.zero) + self.kind.log1p(self.kind.exp(0 - self.kind.maximum(z, 0 - z))))
        return total


@mistake(
    "The penalty is not added to the loss.",
    wrong="loss",
    right="loss + l2/2 * sum w**2",
    fix="Add l2/2 times the sum of the squared weights.",
)
class PenaltyMissingInLoss(Network):
    def penalty(self) -> Number:
        return self.zero


@mistake(
    "The penalty lacks its factor 1/2.",
    wrong="l2 * sum w**2",
    right="l2/2 * sum w**2",
    fix="Halve it, so that its derivative is l2*w.",
)
class PenaltyTwiceInLoss(Network):
    def penalty(self) -> Number:
        return 2 * super().penalty()


@mistake(
    "The penalty counts the biases.",
    wrong="l2/2 * sum over all w, biases too",
    right="l2/2 * sum over ih and ho weights",
    fix="Leave the biases out of the penalty.",
)
class PenaltyOnBiases(Network):
    def penalty(self) -> Number:
        total = super().penalty()
        if self.setting.l2:
            for b in biases_of(self, self.flat):
                total += self.l2 * b * b / 2
        return total


@mistake(
    "The penalty is divided by the number of samples.",
    wrong="l2/(2*n_samples) * sum w**2",
    right="l2/2 * sum w**2",
    fix="Add the penalty once, after the mean over the samples.",
)
class PenaltyAveraged(Network):
    def penalty(self) -> Number:
        return super().penalty() / len(self.inputs)

    def decay(self, gradient: list[Number]) -> None:
        changed(self, gradient, super().decay, lambda added: added / len(self.inputs))


def biases_of(network: Network, numbers: list[Number]) -> list[Number]:
    """Return the entries of a flat vector that belong to biases."""
    layout = network.layout
    return numbers[layout.h_biases_at : layout.ho_weights_at] + numbers[layout.o_biases_at :]


def changed(network: Network, gradient: list[Number], decay: Any, change: Any) -> None:
    """Add to the gradient what a decay would add, changed."""
    added = [network.zero] * len(gradient)
    decay(added)
    for position, number in enumerate(added):
        gradient[position] = gradient[position] + change(number)


def with_epsilon(exponent: int) -> None:
    """Enter the mistake of a small number added inside the logarithm."""

    class Other(Network):
        def sample_loss(self, stages: Forward, targets: list[Number]) -> Number:
            if self.setting.loss != "cross_entropy":
                return super().sample_loss(stages, targets)
            epsilon, loss, log = self.kind.convert(10.0**-exponent), self.zero, self.kind.log
            for y, t in zip(stages.o_nodes, targets, strict=True):
                loss += t * (0 - log(y + epsilon))
                if self.setting.output == "sigmoid":
                    loss += (1 - t) * (0 - log(1 - y + epsilon))
            return loss

    Other.__name__ = f"Epsilon1e{exponent}InTheLogarithm"
    mistake(
        f"The cross-entropy adds 1e-{exponent} inside the logarithm.",
        wrong=f"-t*ln(y + 1e-{exponent})",
        right="-t*ln(y), computed from the sums, where it never is the logarithm of 0",
        fix="Compute the loss from o_sums: max and log1p for softmax, log1p(e^-|z|) for the logistic.",
    )(Other)


for exponent in (3, 5):
    with_epsilon(exponent)


# ---- output deltas


@mistake(
    "The derivative of the output activation is missing.",
    wrong="o_deltas[o] = o_nodes[o] - targets[o]",
    right="o_deltas[o] = (d loss / d o_nodes[o]) * g'(o_sums[o])",
    fix="Multiply by the slope of the output activation; only cross-entropy cancels it.",
)
class OutputSlopeMissing(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if self.setting.loss == "cross_entropy" and self.setting.rule != "error_splitting":
            return super().output_deltas(stages, targets)
        return self.loss_slopes(stages, targets)


@mistake(
    "A cross-entropy's delta is multiplied by the slope of the output activation, which it has cancelled.",
    wrong="o_deltas[o] = (y - t) * y*(1-y)",
    right="o_deltas[o] = y - t",
    fix="Leave the slope out: for softmax and sigmoid with cross-entropy the delta is y - t.",
)
class OutputSlopeUnderCrossEntropy(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        right = super().output_deltas(stages, targets)
        if self.setting.loss != "cross_entropy":
            return right
        return [delta * (y * (1 - y)) for delta, y in zip(right, stages.o_nodes, strict=True)]


@mistake(
    "The derivative of the output activation is applied twice.",
    wrong="o_deltas[o] = error * g'(z) * g'(z)",
    right="o_deltas[o] = error * g'(z)",
    fix="Multiply by the slope once.",
)
class OutputSlopeTwice(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        right = super().output_deltas(stages, targets)
        if self.setting.output == "softmax" or self.setting.loss == "cross_entropy":
            return right
        slope = activation(self.setting.output, self.kind)[1]
        return [delta * slope(z) for delta, z in zip(right, stages.o_sums, strict=True)]


@mistake(
    "The derivative of the output activation is taken at the node, not at the sum.",
    wrong="g'(o_nodes[o])",
    right="g'(o_sums[o])",
    fix="Give the derivative the sum; or, if it is written for the node (y*(1-y)), use that form.",
)
class OutputSlopeAtTheNode(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if self.setting.output == "softmax" or self.setting.loss == "cross_entropy":
            return super().output_deltas(stages, targets)
        slope = activation(self.setting.output, self.kind)[1]
        return [d * slope(y) for d, y in zip(self.loss_slopes(stages, targets), stages.o_nodes, strict=True)]


@mistake(
    "The form y*(1-y) of a slope, made for the node, is given the sum of the output.",
    wrong="o_sums[o]*(1 - o_sums[o])",
    right="o_nodes[o]*(1 - o_nodes[o])",
    fix="Give y*(1-y) the node (document 004), or 1-y**2 for tanh.",
)
class OutputSlopeOfNodeAtTheSum(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        form = OF_NODE.get(self.setting.output)
        if form is None or self.setting.loss == "cross_entropy":
            return super().output_deltas(stages, targets)
        return [d * form(z) for d, z in zip(self.loss_slopes(stages, targets), stages.o_sums, strict=True)]


OF_NODE = {"sigmoid": lambda y: y * (1 - y), "tanh": lambda y: 1 - y * y}


@mistake(
    "Of the softmax only the diagonal of its derivative is used.",
    wrong="o_deltas[o] = slope[o]*y[o]*(1 - y[o])",
    right="o_deltas[o] = y[o]*(slope[o] - sum_j slope[j]*y[j])",
    fix="Every softmax output depends on every sum: use the whole Jacobian.",
)
class SoftmaxDiagonalOnly(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if self.setting.output != "softmax" or self.setting.loss == "cross_entropy":
            return super().output_deltas(stages, targets)
        return [d * (y * (1 - y)) for d, y in zip(self.loss_slopes(stages, targets), stages.o_nodes, strict=True)]


@mistake(
    "The delta of softmax with cross-entropy takes the targets to add up to 1.",
    wrong="o_deltas[o] = y[o] - t[o]",
    right="o_deltas[o] = y[o]*(sum_o t[o]) - t[o]",
    fix="Multiply y by the sum of the targets; it is 1 for one-hot targets only.",
)
class TargetSumTakenAsOne(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        if (self.setting.output, self.setting.loss) != ("softmax", "cross_entropy"):
            return super().output_deltas(stages, targets)
        return self.output_errors(stages, targets)


@mistake(
    "The output deltas are twice what they should be.",
    wrong="2*(y - t)",
    right="y - t",
    fix="Mind the factor: the derivative of (y-t)**2/2 is y-t.",
)
class ODeltasTwice(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        return [2 * delta for delta in super().output_deltas(stages, targets)]


@mistake(
    "The output deltas are half what they should be.",
    wrong="y - t",
    right="2*(y - t)",
    fix="Mind the factor: the derivative of (y-t)**2 is 2(y-t).",
)
class ODeltasHalf(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        return [delta / 2 for delta in super().output_deltas(stages, targets)]


@mistake(
    "The deltas have the opposite sign: they are made of target - output.",
    wrong="t - y",
    right="y - t",
    fix="Subtract the target from the output; or add the change where it is subtracted now.",
)
class DeltasNegative(Network):
    def output_deltas(self, stages: Forward, targets: list[Number]) -> list[Number]:
        return [0 - delta for delta in super().output_deltas(stages, targets)]


# ---- hidden deltas


@mistake(
    "The derivative of the hidden activation is missing.",
    wrong="h_deltas[h] = sum_o ho[h][o]*o_deltas[o]",
    right="h_deltas[h] = f'(h_sums[h]) * sum_o ho[h][o]*o_deltas[o]",
    fix="Multiply by the slope at the hidden sum.",
)
class HiddenSlopeMissing(Network):
    def hidden_slopes(self, stages: Forward) -> list[Number]:
        return [self.kind.convert(1) for _ in stages.h_sums]


@mistake(
    "The derivative of the hidden activation is applied twice.",
    wrong="f'(z)*f'(z)",
    right="f'(z)",
    fix="Multiply by the slope once.",
)
class HiddenSlopeTwice(Network):
    def hidden_slopes(self, stages: Forward) -> list[Number]:
        return [slope * slope for slope in super().hidden_slopes(stages)]


@mistake(
    "The derivative of the hidden activation is taken at the node, not at the sum.",
    wrong="f'(h_nodes[h])",
    right="f'(h_sums[h])",
    fix="Give the derivative the sum; or, if it is written for the node (y*(1-y)), use that form.",
)
class HiddenSlopeAtTheNode(Network):
    def hidden_slopes(self, stages: Forward) -> list[Number]:
        twice = self.activated(self.setting.hidden, stages.h_nodes)
        return super().hidden_slopes(stages._replace(h_sums=stages.h_nodes, h_nodes=twice))


@mistake(
    "The form y*(1-y) of a slope, made for the node, is given the hidden sum.",
    wrong="h_sums[h]*(1 - h_sums[h])",
    right="h_nodes[h]*(1 - h_nodes[h])",
    fix="Give y*(1-y) the node (document 004), or 1-y**2 for tanh.",
)
class HiddenSlopeOfNodeAtTheSum(Network):
    def hidden_slopes(self, stages: Forward) -> list[Number]:
        form = OF_NODE.get(self.setting.hidden)
        return super().hidden_slopes(stages) if form is None else [form(z) for z in stages.h_sums]


@mistake(
    "The plain errors are passed back, without the derivative of the output (document 002).",
    wrong="h_deltas[h] = f'(z) * sum_o ho[h][o]*(o_nodes[o] - targets[o])",
    right="h_deltas[h] = f'(z) * sum_o ho[h][o]*o_deltas[o]",
    fix="Pass back the output deltas.",
)
class PlainErrorsPassedBack(Network):
    def passed_back(self, stages: Forward, o_deltas: list[Number], targets: list[Number]) -> list[Number]:
        return self.output_errors(stages, targets)


@mistake(
    "The errors are not split by the ho weights, but all passed back in full.",
    wrong="h_deltas[h] = f'(z) * sum_o o_deltas[o]",
    right="h_deltas[h] = f'(z) * sum_o ho[h][o]*o_deltas[o]",
    fix="Multiply each delta by the weight it goes back along.",
)
class HoWeightsLeftOutGoingBack(Network):
    def ho_weights_back(self, blocks: Blocks) -> Rows:
        return [[self.kind.convert(1) for _ in row] for row in blocks.ho_weights]


@mistake(
    "The errors go back along the ho matrix read with the wrong side as the row.",
    wrong="sum_o ho_flat[o*n_hidden + h]*o_deltas[o]",
    right="sum_o ho_flat[h*n_outputs + o]*o_deltas[o]",
    fix="Going back, the same matrix is used transposed: the sum runs over its columns.",
)
class HoWeightsTransposedGoingBack(Network):
    def ho_weights_back(self, blocks: Blocks) -> Rows:
        return read_by_columns(blocks.ho_weights)


@mistake(
    "The hidden deltas are made with ho weights that are already updated.",
    wrong="h_deltas from ho - learning_rate*gradient",
    right="h_deltas from ho as the forward pass had it",
    fix="Compute all deltas before any weight changes.",
)
class HoWeightsUpdatedTooEarly(Network):
    def all_hidden_deltas(self, stages: list[Forward], o_deltas: Rows) -> Rows:
        right = super().all_hidden_deltas(stages, o_deltas)
        kept = self.flat
        updated = self.step(self.gradient(stages, o_deltas, right))
        start, end = self.layout.ho_weights_at, self.layout.o_biases_at
        self.flat = kept[:start] + updated[start:end] + kept[end:]
        early = super().all_hidden_deltas(stages, o_deltas)
        self.flat = kept
        return early


# ---- the gradient


@mistake(
    "The gradient is summed over the batch where the mean is asked for, or averaged where the sum is.",
    wrong="sum_s node*delta",
    right="(sum_s node*delta) / n_samples",
    fix="Follow the reduction that the case names.",
)
class GradientReducedOtherwise(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        n, mean = len(self.inputs), self.setting.reduction == "mean"
        scaled = [[[d * n if mean else d / n for d in row] for row in deltas] for deltas in (o_deltas, h_deltas)]
        return super().gradient(stages, *scaled)


@mistake(
    "The gradient is twice what it should be.", wrong="2*node*delta", right="node*delta", fix="Mind the factor of the loss."
)
class GradientTwice(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        return [2 * g for g in super().gradient(stages, o_deltas, h_deltas)]


@mistake(
    "The gradient is half what it should be.", wrong="node*delta/2", right="node*delta", fix="Mind the factor of the loss."
)
class GradientHalf(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        return [g / 2 for g in super().gradient(stages, o_deltas, h_deltas)]


@mistake(
    "The gradient has the opposite sign.",
    wrong="-node*delta",
    right="node*delta",
    fix="The gradient points uphill; the step subtracts it.",
)
class GradientNegative(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        return [0 - g for g in super().gradient(stages, o_deltas, h_deltas)]


@mistake(
    "The gradient of the h biases is forgotten.",
    wrong="gradient[b->h] = 0",
    right="gradient[b->h] = sum_s h_deltas[s][h]",
    fix="A bias is a weight of a node that is always 1: its gradient is the delta.",
)
class HBiasGradientMissing(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        gradient, layout = super().gradient(stages, o_deltas, h_deltas), self.layout
        gradient[layout.h_biases_at : layout.ho_weights_at] = [self.zero] * layout.n_hidden
        return gradient


@mistake(
    "The gradient of the o biases is forgotten.",
    wrong="gradient[b->o] = 0",
    right="gradient[b->o] = sum_s o_deltas[s][o]",
    fix="A bias is a weight of a node that is always 1: its gradient is the delta.",
)
class OBiasGradientMissing(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        gradient, layout = super().gradient(stages, o_deltas, h_deltas), self.layout
        gradient[layout.o_biases_at :] = [self.zero] * layout.n_outputs
        return gradient


@mistake(
    "The gradient of the ho weights is made with the hidden sums in place of the hidden nodes.",
    wrong="h_sums[h]*o_deltas[o]",
    right="h_nodes[h]*o_deltas[o]",
    fix="Multiply each delta by the node that its weight was multiplied by going forward.",
)
class HoGradientFromSums(Network):
    def sources(self, stages: list[Forward]) -> tuple[Rows, Rows]:
        return self.inputs, [sample.h_sums for sample in stages]


@mistake(
    "The gradient of the ho weights is made with hidden nodes activated twice (document 002).",
    wrong="f(h_nodes[h])*o_deltas[o]",
    right="h_nodes[h]*o_deltas[o]",
    fix="Use the hidden nodes as they are.",
)
class HoGradientFromNodesActivatedTwice(Network):
    def sources(self, stages: list[Forward]) -> tuple[Rows, Rows]:
        return self.inputs, [self.activated(self.setting.hidden, sample.h_nodes) for sample in stages]


@mistake(
    "The gradient of the ih weights is written with the hidden node as the row.",
    wrong="gradient[h*n_inputs + i]",
    right="gradient[i*n_hidden + h]",
    fix="Transpose the gradient as the weights are.",
)
class IhGradientTransposed(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        gradient, (n_inputs, n_hidden, _) = super().gradient(stages, o_deltas, h_deltas), self.sizes
        gradient[: n_inputs * n_hidden] = transposed(gradient[: n_inputs * n_hidden], n_hidden)
        return gradient


@mistake(
    "The gradient of the ho weights is written with the output as the row.",
    wrong="gradient[start + o*n_hidden + h]",
    right="gradient[start + h*n_outputs + o]",
    fix="Transpose the gradient as the weights are.",
)
class HoGradientTransposed(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        gradient, layout = super().gradient(stages, o_deltas, h_deltas), self.layout
        start, end = layout.ho_weights_at, layout.o_biases_at
        gradient[start:end] = transposed(gradient[start:end], layout.n_outputs)
        return gradient


def transposed(numbers: list[Number], n_columns: int) -> list[Number]:
    """Return a matrix, given row by row, column by column."""
    return flat(columns([numbers[at : at + n_columns] for at in range(0, len(numbers), n_columns)]))


@mistake(
    "The gradients of the biases are summed over the batch where the mean is asked for, or averaged where the sum is.",
    wrong="gradient[b->h] = sum_s h_deltas[s][h]",
    right="gradient[b->h] = (sum_s h_deltas[s][h]) / n_samples",
    fix="Reduce the gradients of biases as those of weights.",
)
class BiasGradientsReducedOtherwise(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        gradient, n, layout = super().gradient(stages, o_deltas, h_deltas), len(self.inputs), self.layout
        for position in (*range(layout.h_biases_at, layout.ho_weights_at), *range(layout.o_biases_at, layout.n_weights)):
            g = gradient[position]
            gradient[position] = g * n if self.setting.reduction == "mean" else g / n
        return gradient


@mistake(
    "The gradient is that of the last sample alone.",
    wrong="gradient = node*delta of the last sample",
    right="gradient = sum over all samples",
    fix="Add up the samples: is the gradient made anew for each?",
)
class GradientOfTheLastSample(Network):
    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        silent = [
            [[self.zero] * len(row)] * (len(deltas) - 1) + [row] for deltas in (o_deltas, h_deltas) for row in deltas[-1:]
        ]
        return super().gradient(stages, *silent)


@mistake(
    "The penalty is missing in the gradient.",
    wrong="g",
    right="g + l2*w",
    fix="Add l2*w to the gradient of every ih and ho weight.",
)
class PenaltyMissingInGradient(Network):
    def decay(self, gradient: list[Number]) -> None:
        pass


@mistake(
    "The penalty has a factor 2 too many in the gradient.",
    wrong="g + 2*l2*w",
    right="g + l2*w",
    fix="The derivative of l2/2*w**2 is l2*w.",
)
class PenaltyTwiceInGradient(Network):
    def decay(self, gradient: list[Number]) -> None:
        changed(self, gradient, super().decay, lambda added: 2 * added)


@mistake(
    "The penalty is left out of the gradient of the ih weights.",
    wrong="g for ih weights",
    right="g + l2*w for ih and ho weights",
    fix="Add l2*w to the gradient of both layers.",
)
class PenaltyOfIhWeightsMissing(Network):
    def decay(self, gradient: list[Number]) -> None:
        kept = gradient[: self.layout.h_biases_at]
        super().decay(gradient)
        gradient[: self.layout.h_biases_at] = kept


@mistake(
    "The penalty is left out of the gradient of the ho weights.",
    wrong="g for ho weights",
    right="g + l2*w for ih and ho weights",
    fix="Add l2*w to the gradient of both layers.",
)
class PenaltyOfHoWeightsMissing(Network):
    def decay(self, gradient: list[Number]) -> None:
        ho = slice(self.layout.ho_weights_at, self.layout.o_biases_at)
        kept = gradient[ho]
        super().decay(gradient)
        gradient[ho] = kept


@mistake(
    "The biases are drawn towards 0 as well.",
    wrong="g + l2*b for biases",
    right="g for biases",
    fix="Leave the biases out of the penalty.",
)
class PenaltyOnBiasGradient(Network):
    def decay(self, gradient: list[Number]) -> None:
        super().decay(gradient)
        layout = self.layout
        for position in (*range(layout.h_biases_at, layout.ho_weights_at), *range(layout.o_biases_at, layout.n_weights)):
            gradient[position] += self.l2 * self.flat[position]


# ---- the step


@mistake("The step goes uphill.", wrong="w + learning_rate*g", right="w - learning_rate*g", fix="Subtract the step.")
class StepUphill(Network):
    def step(self, gradient: list[Number]) -> list[Number]:
        return super().step([0 - g for g in gradient])


@mistake("The learning rate is left out.", wrong="w - g", right="w - learning_rate*g", fix="Multiply by the learning rate.")
class LearningRateMissing(Network):
    def step(self, gradient: list[Number]) -> list[Number]:
        return self.moved(gradient, self.kind.convert(1))


@mistake(
    "The step is twice as long as the learning rate says.",
    wrong="w - 2*learning_rate*g",
    right="w - learning_rate*g",
    fix="Multiply by the learning rate once; the loss brings its own factor.",
)
class LearningRateTwice(Network):
    def step(self, gradient: list[Number]) -> list[Number]:
        return self.moved(gradient, 2 * self.rate)


@mistake("The weights do not change.", wrong="w", right="w - learning_rate*g", fix="Is the step made on a copy?")
class NoStep(Network):
    def step(self, gradient: list[Number]) -> list[Number]:
        return list(self.flat)


@mistake("The biases do not change.", wrong="b", right="b - learning_rate*g", fix="Update the biases as well.")
class BiasesNotStepped(Network):
    def step(self, gradient: list[Number]) -> list[Number]:
        layout, stepped = self.layout, super().step(gradient)
        for position in (*range(layout.h_biases_at, layout.ho_weights_at), *range(layout.o_biases_at, layout.n_weights)):
            stepped[position] = self.flat[position]
        return stepped


class OtherStep(Network):
    """The step of one optimizer, entry by entry; other optimizers are left as they are."""

    optimizer_name = ""

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        """Return what is subtracted from a weight."""
        raise NotImplementedError

    def step(self, gradient: list[Number]) -> list[Number]:
        settings = {"name": "sgd", **(self.setting.optimizer or {})}
        if settings["name"] != self.optimizer_name:
            return super().step(gradient)
        made = vars(self.optimizer())
        given = {name: self.kind.convert(value) for name, value in made.items() if isinstance(value, float)}
        given["look_ahead"] = self.kind.convert(int(bool(made.get("nesterov"))))
        return [w - self.change(g, given) for w, g in zip(self.flat, gradient, strict=True)]


@mistake(
    "The momentum damps the step as well.",
    wrong="v = momentum*v - (1-momentum)*learning_rate*g",
    right="v = momentum*v - learning_rate*g",
    fix="Leave out the factor 1 - momentum.",
)
class MomentumDampsTheStep(OtherStep):
    optimizer_name = "sgd"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        velocity = (1 - given["momentum"]) * (self.rate * g)
        return velocity + given["look_ahead"] * given["momentum"] * velocity


@mistake(
    "The squares are kept with the weights exchanged.",
    wrong="c = (1-decay)*c + decay*g**2",
    right="c = decay*c + (1-decay)*g**2",
    fix="The old mean is kept by decay, the new square enters by 1 - decay.",
)
class RmspropDecayExchanged(OtherStep):
    optimizer_name = "rmsprop"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        return self.rate * g / (self.kind.sqrt(given["decay"] * (g * g)) + given["epsilon"])


@mistake(
    "The root is missing in RMSProp.",
    wrong="g / (c + epsilon)",
    right="g / (sqrt(c) + epsilon)",
    fix="Take the root of the mean square.",
)
class RmspropRootMissing(OtherStep):
    optimizer_name = "rmsprop"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        return self.rate * g / ((1 - given["decay"]) * (g * g) + given["epsilon"])


@mistake(
    "Adam lacks its corrections of the first steps.",
    wrong="m / (sqrt(v) + epsilon)",
    right="m/(1-beta1**t) / (sqrt(v/(1-beta2**t)) + epsilon)",
    fix="Divide m by 1 - beta1**t and v by 1 - beta2**t.",
)
class AdamWithoutCorrections(OtherStep):
    optimizer_name = "adam"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        m, v = (1 - given["beta1"]) * g, (1 - given["beta2"]) * (g * g)
        return self.rate * m / (self.kind.sqrt(v) + given["epsilon"])


@mistake(
    "Adam corrects its first moment only.",
    wrong="m/(1-beta1**t) / (sqrt(v) + epsilon)",
    right="m/(1-beta1**t) / (sqrt(v/(1-beta2**t)) + epsilon)",
    fix="Divide v by 1 - beta2**t as well.",
)
class AdamSecondCorrectionMissing(OtherStep):
    optimizer_name = "adam"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        return self.rate * g / (self.kind.sqrt((1 - given["beta2"]) * (g * g)) + given["epsilon"])


@mistake(
    "Adam's epsilon stands under the root.",
    wrong="m / sqrt(v + epsilon)",
    right="m / (sqrt(v) + epsilon)",
    fix="Add epsilon to the root.",
)
class AdamEpsilonUnderTheRoot(OtherStep):
    optimizer_name = "adam"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        return self.rate * g / self.kind.sqrt(g * g + given["epsilon"])


@mistake(
    "Adam counts its steps from 2.",
    wrong="t = 2 at the first step",
    right="t = 1 at the first step",
    fix="Raise t to 1 before the first step.",
)
class AdamCountsFromTwo(OtherStep):
    optimizer_name = "adam"

    def change(self, g: Number, given: dict[str, Number]) -> Number:
        beta1, beta2 = given["beta1"], given["beta2"]
        m = (1 - beta1) * g / (1 - beta1 * beta1)
        v = (1 - beta2) * (g * g) / (1 - beta2 * beta2)
        return self.rate * m / (self.kind.sqrt(v) + given["epsilon"])
