"""The network as a PyTorch module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.plain import Plain
from benchmarks.problem import RATE, Array, Problem
from benchmarks.shapes import BATCH_OF_DIGITS
from benchmarks.threads import n_threads
from vectorized.blocks import flat_of

if TYPE_CHECKING:
    import torch


class PyTorch(Plain):
    """Two linear layers, `cross_entropy` and `SGD`, without compilation."""

    def __init__(self, problem: Problem) -> None:
        import torch

        super().__init__(problem)
        self.torch = torch
        torch.set_num_threads(n_threads())
        n_inputs, n_hidden, n_outputs = problem.shape.sizes
        dtype = getattr(torch, problem.shape.dtype)
        hidden, output = torch.nn.Linear(n_inputs, n_hidden, dtype=dtype), torch.nn.Linear(n_hidden, n_outputs, dtype=dtype)
        self.model = torch.nn.Sequential(hidden, torch.nn.Sigmoid(), output)
        self.parameters = hidden.weight, hidden.bias, output.weight, output.bias
        with torch.no_grad():
            for parameter, block in zip(self.parameters, self.weights, strict=True):
                parameter.copy_(torch.from_numpy(np.ascontiguousarray(block.T)))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)
        self.rows = torch.from_numpy(np.array(self.inputs))
        self.labels = torch.from_numpy(np.array(self.targets.argmax(axis=1)))

    def outputs(self, inputs: Array) -> Array:
        """Return the probabilities. `inputs` is not used, because PyTorch already holds the samples."""
        with self.torch.no_grad():
            return np.asarray(self.torch.softmax(self.model(self.rows), dim=1).numpy())

    def differentiate(self, rows: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return the loss, and set the gradient of every parameter."""
        self.optimizer.zero_grad()
        loss = self.torch.nn.functional.cross_entropy(self.model(rows), labels)
        loss.backward()
        return loss

    def gradient(self, n: int) -> object:
        """Return the gradient."""
        for _ in range(n):
            self.differentiate(self.rows, self.labels)
        return self.flat_of(parameter.grad for parameter in self.parameters)

    def one_step(self, rows: torch.Tensor, labels: torch.Tensor) -> None:
        """Take one step, and then read the loss that the network had before the step."""
        loss = self.differentiate(rows, labels)
        self.optimizer.step()
        loss.item()

    def step(self, n: int) -> object:
        """Return the weights after n steps."""
        for _ in range(n):
            self.one_step(self.rows, self.labels)
        return self.flat_of(parameter.detach() for parameter in self.parameters)

    def epoch(self, n: int) -> object:
        """Return the weights after n epochs."""
        for _ in range(n):
            for batch in self.torch.randperm(len(self.rows)).split(BATCH_OF_DIGITS):
                self.one_step(self.rows[batch], self.labels[batch])
        return self.flat_of(parameter.detach() for parameter in self.parameters)

    def flat_of(self, parameters: Iterable[torch.Tensor]) -> Array:
        """Return one flat vector of the parameters. PyTorch's weight matrices have the target node as the row."""
        return np.asarray(flat_of(*(parameter.numpy().T for parameter in parameters)))
