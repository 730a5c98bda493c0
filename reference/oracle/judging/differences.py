"""Gradients by finite differences, for networks without a backward pass."""

from reference.numbers.number import Row, Rows
from reference.oracle.judging.steps import Network
from reference.oracle.judging.textbook import Formula
from reference.specification.stages import Forward


class Differences(Network):
    """For every weight w: (loss(w + distance) - loss(w - distance)) / (2*distance).

    If not `central`: (loss(w + distance) - loss(w)) / distance.
    """

    distance = 1e-5
    central = True

    def gradient(self, samples: list[Forward[Row]], o_deltas: Rows, h_deltas: Rows) -> Row:
        """Return the difference quotient of the loss for each weight."""
        weights, stages, gradient = self.weights, self.stages, []
        self.stages = {}  # the forward passes below must not overwrite the stored stages
        loss_at_w = self.zero if self.central else self.loss(self.forward())
        for position, w in enumerate(weights):
            losses = []
            for sign in (1, -1) if self.central else (1,):
                point = self.kind.convert(self.kind.value(w) + sign * self.distance)
                self.weights = [*weights[:position], point, *weights[position + 1 :]]
                losses.append(self.loss(self.forward()))
            between = self.kind.convert(2 * self.distance if self.central else self.distance)
            gradient.append((losses[0] - (losses[1] if self.central else loss_at_w)) / between)
        self.weights, self.stages = weights, stages
        return gradient


DIFFERENCES = [
    Formula(
        f"the gradient by {'central' if central else 'forward'} differences of {distance:g}",
        "it loses a third of the digits or more",
        type("Differences", (Differences,), {"distance": distance, "central": central}),
        lambda setting: True,
    )
    for central in (True, False)
    for distance in (1e-5, 1e-6, 1e-4, 1e-7, 1e-3, 1e-8, 2.0**-26, 2.0 ** (-52 / 3), 1e-2)
]
