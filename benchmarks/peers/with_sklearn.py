"""The network as scikit-learn's `MLPClassifier`."""

import warnings

import numpy as np

from benchmarks.plain import Plain
from benchmarks.problem import RATE, Array, Problem
from benchmarks.shapes import BATCH_OF_DIGITS
from vectorized.blocks import flat_of


class ScikitLearn(Plain):
    """An `MLPClassifier`, which returns no gradient.

    For up to 1024 samples, a call of `partial_fit` takes one step. For more samples, it trains one epoch in batches.
    """

    def __init__(self, problem: Problem) -> None:
        from sklearn.neural_network import MLPClassifier

        super().__init__(problem)
        n_samples, n_outputs = problem.shape.n_samples, problem.shape.n_outputs
        if n_outputs < 3:
            raise ValueError("scikit-learn uses one logistic output for two classes; choose a shape with three outputs or more")
        self.labels = problem.targets.argmax(axis=1)
        self.model = MLPClassifier(
            (problem.shape.n_hidden,),
            activation="logistic",
            solver="sgd",
            alpha=0.0,
            momentum=0.0,
            nesterovs_momentum=False,
            learning_rate_init=RATE,
            batch_size=min(n_samples, BATCH_OF_DIGITS) if n_samples > 1024 else n_samples,
            shuffle=n_samples > 1024,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model.partial_fit(self.inputs, self.labels, classes=range(n_outputs))  # creates the model's arrays
        for array, block in zip(self.blocks(), self.weights, strict=True):
            array[...] = block

    def blocks(self) -> tuple[Array, Array, Array, Array]:
        """Return the model's arrays, in the order of the flat vector."""
        (ih, ho), (h_biases, o_biases) = self.model.coefs_, self.model.intercepts_
        return ih, h_biases, ho, o_biases

    def outputs(self, inputs: Array) -> Array:
        """Return the probabilities."""
        return np.asarray(self.model.predict_proba(inputs))

    def step(self, n: int) -> Array:
        """Return the weights after n steps."""
        for _ in range(n):
            self.model.partial_fit(self.inputs, self.labels)
        return np.asarray(flat_of(*self.blocks()))

    epoch = step
