"""Mistakes with several processes: each computes losses and gradients of some rows, and these are combined."""

from typing import Any

import numpy as np

from tests.oracle.corpus.entry import answer, flat
from tests.oracle.wild.batch import Batch
from tests.oracle.wild.entry import wild

UNEQUAL = {"batch": 5, "hidden": "tanh"}


class Processes(Batch):
    n_processes = 2

    def shares(self) -> list[Any]:
        return np.array_split(np.arange(self.n), self.n_processes)

    def worker(self, rows: Any) -> Any:
        """Return the summed loss and gradient of some rows."""
        dW1, dW2 = self.X[rows].T @ self.d1[rows], self.A1[rows].T @ self.d2[rows]
        return np.sum(self.costs()[rows]), flat(dW1, self.d1[rows].sum(axis=0), dW2, self.d2[rows].sum(axis=0))

    def decay(self) -> Any:
        return self.penalty(), self.case.l2 * flat(self.W1, 0 * self.b1, self.W2, 0 * self.b2)

    def together(self, results: list[Any], counts: list[int]) -> Any:
        whole, (penalty, decay) = sum(counts) if self.case.reduction == "mean" else 1, self.decay()
        return sum(r[0] for r in results) / whole + penalty, sum(r[1] for r in results) / whole + decay

    def answer(self) -> dict[str, Any]:
        answered = super().answer()
        shares = self.shares()
        loss, gradient = self.together([self.worker(rows) for rows in shares], [len(rows) for rows in shares])
        return answered | answer(self.case, loss=loss, gradient=gradient)


@wild("loss gradient", "mean of means", "unequal", "share", "processes", **UNEQUAL)
class MeanOfMeans(Processes):
    def together(self, results, counts):
        losses = [loss / n for (loss, _), n in zip(results, counts, strict=True)]
        gradients = [gradient / n for (_, gradient), n in zip(results, counts, strict=True)]
        return np.mean(losses), np.mean(gradients, axis=0)


@wild("loss gradient", "process", "sum.*mean", "reduc", "twice", "factor", batch=4)
class SumOverProcessesForTheMean(Processes):
    def together(self, results, counts):
        return sum(r[0] / n for r, n in zip(results, counts, strict=True)), sum(
            r[1] / n for r, n in zip(results, counts, strict=True)
        )


@wild("loss gradient", "pad", "twice", "first (row|sample)", "repeated", **UNEQUAL)
class PaddingRowsCounted(Processes):
    def shares(self):
        rows = list(range(self.n))
        rows += rows[: -self.n % self.n_processes]
        return [np.array(rows[rank :: self.n_processes]) for rank in range(self.n_processes)]


@wild("loss gradient", "last (row|sample)", "dropped", "left out", **UNEQUAL)
class LastRowsDropped(Processes):
    def shares(self):
        each = self.n // self.n_processes
        return [np.arange(rank * each, (rank + 1) * each) for rank in range(self.n_processes)]


@wild("loss gradient", "penalty", "l2", "process", batch=4, l2=0.25, reduction="sum")
class PenaltyOncePerProcess(Processes):
    def worker(self, rows):
        (loss, gradient), (penalty, decay) = super().worker(rows), self.decay()
        return loss + penalty, gradient + decay

    def together(self, results, counts):
        return sum(r[0] for r in results), sum(r[1] for r in results)


@wild("loss gradient", "same rows", "first (half|rows|share)", "rows", "half", batch=4, hidden="tanh")
class EveryProcessWithTheSameRows(Processes):
    rank = 0

    def shares(self):
        return [np.arange(self.n)[self.rank :: self.n_processes] for _ in range(self.n_processes)]


@wild("loss", "rank 0", "first (process|share|rows)", "rows", "half", batch=4)
class LossOfTheFirstProcessOnly(Processes):
    def together(self, results, counts):
        return results[0][0] / counts[0], super().together(results, counts)[1]


@wild("gradient", "process", "divided", "half", "twice", batch=4, hidden="tanh")
class DividedByTheNumberOfProcessesToo(Processes):
    def together(self, results, counts):
        loss, gradient = super().together(results, counts)
        return loss, gradient / self.n_processes
