"""A network that trains, and ordinary mistakes in it."""

from typing import Any

import numpy as np

from tests.oracle.corpus.entry import answer, flat, split
from tests.oracle.wild.batch import Batch


class Steps(Batch):
    """Each training step has its own forward and backward pass."""

    def load(self, w: Any) -> None:
        self.W1, self.b1, self.W2, self.b2 = self.unpack(w)

    def store(self) -> Any:
        return flat(self.W1, self.b1, self.W2, self.b2)

    def rate(self) -> float:
        return self.case.learning_rate

    def step_gradients(self) -> Any:
        return self.gradients()

    def step(self) -> None:
        self.W1, self.b1, self.W2, self.b2 = (
            p - self.rate() * g for p, g in zip((self.W1, self.b1, self.W2, self.b2), self.step_gradients(), strict=True)
        )

    def answer(self) -> dict[str, Any]:
        answered, rows = super().answer(), []
        for _ in range(self.case.steps):
            self.forward()
            self.d2 = self.delta2()
            self.d1 = self.delta1()
            self.step()
            rows.append(self.store())
        return answered | answer(self.case, weights=rows if self.case.steps > 1 else rows[0])


class GradientTransposed(Steps):
    def pack(self, dW1: Any, db1: Any, dW2: Any, db2: Any) -> Any:
        return flat(dW1.T, db1, dW2.T, db2)


class AllWrittenTransposed(GradientTransposed):
    def store(self) -> Any:
        return flat(self.W1.T, self.b1, self.W2.T, self.b2)


class LoadedTransposed(Steps):
    def unpack(self, w: Any) -> Any:
        i, h, o = self.case.n_inputs, self.case.n_hidden, self.case.n_outputs
        W1, b1, W2, b2 = split(self.case, w)
        return W1.ravel().reshape(h, i).T, b1, W2.ravel().reshape(o, h).T, b2


class LoadedTransposedWithoutHiddenBiases(LoadedTransposed):
    def Z1_of(self, X: Any) -> Any:
        return X @ self.W1


class AllTransposedWithoutHiddenBiases(LoadedTransposedWithoutHiddenBiases):
    def pack(self, dW1: Any, db1: Any, dW2: Any, db2: Any) -> Any:
        return flat(dW1.T, db1, dW2.T, db2)


class RateOfAHalf(Steps):
    def rate(self) -> float:
        return 0.5


class RateOfAHalfAndNoBiasStep(RateOfAHalf):
    def step_gradients(self) -> Any:
        dW1, db1, dW2, db2 = self.gradients()
        return dW1, 0 * db1, dW2, 0 * db2


class NoOutputSlope(Steps):
    def delta2(self) -> Any:
        return self.Y - self.T


class StoredTransposed(Steps):
    """The matrices are stored transposed, and one of them (`misread`) is read as if it were not."""

    misread = ""

    def untransposed(self, W: Any) -> Any:
        return W.T.ravel().reshape(W.shape)

    def Z1_of(self, X: Any) -> Any:
        return X @ (self.untransposed(self.W1) if self.misread == "ih" else self.W1) + self.b1

    def Z2_of(self, A1: Any) -> Any:
        return A1 @ (self.untransposed(self.W2) if self.misread == "ho" else self.W2) + self.b2

    def delta1(self) -> Any:
        return self.d2 @ (self.untransposed(self.W2) if self.misread == "back" else self.W2).T * self.f_prime()


class IhStoredTransposed(StoredTransposed):
    misread = "ih"


class HoStoredTransposed(StoredTransposed):
    misread = "ho"


class HoStoredTransposedGoingBack(StoredTransposed):
    misread = "back"


class GradientNotReset(Steps):
    def step_gradients(self) -> Any:
        so_far = getattr(self, "so_far", None) or [0.0] * 4
        self.so_far = [a + b for a, b in zip(so_far, self.gradients(), strict=True)]
        return self.so_far


class UpdatedTooEarly(Steps):
    """The backward pass is right, but the training step repeats it with new ho weights."""

    def step_gradients(self) -> Any:
        _, _, dW2, db2 = self.gradients()
        d1 = self.d2 @ (self.W2 - self.rate() * dW2).T * self.f_prime()
        return self.X.T @ d1 / self.n, d1.sum(axis=0) / self.n, dW2, db2


class NoHiddenSlope(Steps):
    def f_prime(self) -> Any:
        return 1.0


class Summed(Steps):
    def divisor(self) -> int:
        return 1


class NoBiasGradient(Steps):
    def gradients(self) -> Any:
        dW1, db1, dW2, db2 = super().gradients()
        return dW1, 0 * db1, dW2, 0 * db2


class NoOutputBiases(Steps):
    def Z2_of(self, A1: Any) -> Any:
        return A1 @ self.W2


class NoOutputSlopeAndNoHiddenBiases(NoOutputSlope):
    def Z1_of(self, X: Any) -> Any:
        return X @ self.W1


class RootOfTheGradient(Steps):
    def step_gradients(self) -> Any:
        return [np.sqrt(np.abs(g)) for g in self.gradients()]


class NoBiasStepAndRoot(Steps):
    def step_gradients(self) -> Any:
        dW1, db1, dW2, db2 = self.gradients()
        return -3 * dW1, 0 * db1, np.sqrt(np.abs(dW2)), 0 * db2


class CubicRoot(Steps):
    def f(self, Z1: Any) -> Any:
        return np.cbrt(Z1)
