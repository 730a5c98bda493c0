"""Networks of scikit-learn and Keras, with their own passes, losses and optimizers."""

import functools
import os
from typing import Any

import numpy as np

from reference import SGD, Adam, RMSProp
from tests.oracle.corpus.conventions import EPSILON_UNDER_THE_ROOT, EPSILON_UNSCALED
from tests.oracle.corpus.entry import answer, entry, flat, matrices, n_steps, rows_or_one, samples, split
from tests.oracle.corpus.optimizers import with_steps

SKLEARN = {"needs": ("sklearn",)}
KERAS = {"needs": ("keras", "torch")}
FLOAT32_PRODUCTS = {"precision": "float32"}  # Keras' backends multiply float64 as float32, then continue in float64
SIZES = {"sizes": (3, 4, 3)}
BINARY = {"output": "sigmoid", "loss": "cross_entropy"}


def scikit(case: Any, estimator: Any, loss: str, activation: str, output: str, weights: Any = None) -> tuple[Any, Any]:
    """Return a scikit-learn network and its stages. Its weights are those of the case, unless `weights` are passed."""
    (W1, b1, W2, b2), (X, T) = matrices(case) if weights is None else split(case, weights), samples(case)
    net = estimator(hidden_layer_sizes=(case.n_hidden,), activation=activation, alpha=case.l2 * len(X))
    net.coefs_, net.intercepts_, net.n_layers_ = [W1, W2], [b1, b2], 3
    net.n_outputs_, net.out_activation_, net.loss = case.n_outputs, output, loss
    activations, deltas = [X, None, None], [None, None]
    loss, coefs, intercepts = net._backprop(X, T, None, activations, deltas, [None, None], [None, None])
    stages = {"h_nodes": activations[1], "o_nodes": activations[2], "loss": loss, "o_deltas": deltas[1], "h_deltas": deltas[0]}
    return net, stages | {"gradient": flat(coefs[0], intercepts[0], coefs[1], intercepts[1])}


CLASSIFIER_STAGES = "h_nodes o_nodes loss o_deltas h_deltas gradient"


@entry({"hidden": "relu", "batch": 4, "l2": 0.03125}, {"hidden": "relu"}, stages=CLASSIFIER_STAGES, epsilon=2.0**-52, **SKLEARN)
def scikit_classifier(case):
    """A user of MLPClassifier with ReLU; its penalty is alpha/n, its outputs are clipped at the eps of the dtype."""
    from sklearn.neural_network import MLPClassifier

    return answer(case, scikit(case, MLPClassifier, "log_loss", "relu", "softmax")[1])


@entry({**BINARY, "batch": 4}, BINARY, stages=CLASSIFIER_STAGES, epsilon=2.0**-52, **SKLEARN)
def scikit_multilabel(case):
    """A user of MLPClassifier with several labels at once: logistic outputs and binary_log_loss."""
    from sklearn.neural_network import MLPClassifier

    return answer(case, scikit(case, MLPClassifier, "log_loss", "logistic", "logistic")[1])


@entry({"hidden": "tanh", "output": "identity", "batch": 4}, stages="h_nodes o_nodes o_deltas h_deltas gradient", **SKLEARN)
def scikit_regressor(case):
    """A user of MLPRegressor, which divides the loss by the number of outputs, but not the gradient."""
    from sklearn.neural_network import MLPRegressor

    stages = scikit(case, MLPRegressor, "squared_error", "tanh", "identity")[1]
    del stages["loss"]
    return answer(case, stages)


def scikit_steps(case: Any, make: Any) -> dict[str, Any]:
    """Return the weights after each step of a scikit-learn optimizer."""
    from sklearn.neural_network import MLPClassifier

    rows, optimizer, weights = [], None, np.array(case.weights)
    for _ in range(n_steps(case)):
        _, stages = scikit(case, MLPClassifier, "log_loss", "logistic", "softmax", weights)
        params = list(split(case, weights.copy()))
        optimizer = optimizer or make(params)
        optimizer.update_params(params, split(case, stages["gradient"]))
        weights = flat(*params)
        rows.append(weights)
    return answer(case, weights=rows_or_one(rows))


@entry(*with_steps({"optimizer": SGD(0.75, nesterov=True)}, {"optimizer": SGD(0.75)}), stages="weights", **SKLEARN)
def scikit_sgd(case):
    """A user of solver="sgd", with Nesterov's momentum or without."""
    from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

    o = case.optimizer
    return scikit_steps(
        case, lambda params: SGDOptimizer(params, case.learning_rate, momentum=o["momentum"], nesterov=o["nesterov"])
    )


@entry(*with_steps({"optimizer": Adam(epsilon=2.0**-10)}), stages="weights", convention=EPSILON_UNSCALED, **SKLEARN)
def scikit_adam(case):
    """A user of solver="adam", which adds epsilon before the bias correction."""
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

    o = case.optimizer
    return scikit_steps(case, lambda params: AdamOptimizer(params, case.learning_rate, o["beta1"], o["beta2"], o["epsilon"]))


@functools.cache
def keras_model(hidden: str, output: str, dtype: str) -> Any:
    """Return a Keras model. It is cached, because making a model takes longer than a hundred cases."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    i, h, o = SIZES["sizes"]
    model = keras.Sequential([keras.Input((i,), dtype=dtype)])
    model.add(keras.layers.Dense(h, activation=hidden, dtype=dtype))
    model.add(keras.layers.Dense(o, activation=output, dtype=dtype))
    return model


def keras_stages(case: Any, hidden: str, output: str, dtype: str, loss: Any) -> dict[str, Any]:
    """Return the stages of a Keras model. Its backend, PyTorch, computes the gradient."""
    import torch

    model = keras_model(hidden, output, dtype)
    model.set_weights(list(matrices(case)))
    model.zero_grad()
    X, T = (torch.tensor(rows, dtype=getattr(torch, dtype)) for rows in samples(case))
    nodes = model.layers[0](X)
    y = model.layers[1](nodes)
    value = loss(T, y)
    value.backward()
    gradient = flat(*(variable.value.grad.numpy() for variable in model.trainable_variables))
    return answer(case, h_nodes=nodes.detach(), o_nodes=y.detach(), loss=value.detach(), gradient=gradient)


@entry(
    {**SIZES, "hidden": "tanh", "batch": 3, **FLOAT32_PRODUCTS},
    SIZES | {"hidden": "tanh"} | FLOAT32_PRODUCTS,
    stages="h_nodes o_nodes loss gradient",
    epsilon=1e-7,
    **KERAS,
)
def keras_double(case):
    """A Keras user in float64: CategoricalCrossentropy of softmax outputs, divided by their sum and clipped at 1e-7."""
    keras_model("tanh", "softmax", "float64")
    import keras

    return keras_stages(case, "tanh", "softmax", "float64", keras.losses.CategoricalCrossentropy(dtype="float64"))


@entry({**SIZES, "hidden": "relu", "batch": 3}, stages="h_nodes o_nodes loss gradient", epsilon=1e-7, **KERAS)
def keras_default_precision(case):
    """A Keras user who keeps the default precision, float32."""
    keras_model("relu", "softmax", "float32")
    import keras

    return keras_stages(case, "relu", "softmax", "float32", keras.losses.CategoricalCrossentropy())


@entry({**SIZES, "hidden": "tanh", "batch": 3, **FLOAT32_PRODUCTS}, stages="h_nodes o_nodes loss gradient", **KERAS)
def keras_from_logits(case):
    """A Keras user with from_logits=True, and softmax only for the answer."""
    keras_model("tanh", "linear", "float64")
    import keras

    loss = keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64")
    answered = keras_stages(case, "tanh", "linear", "float64", loss)
    e = np.exp(np.array(answered["o_nodes"]))
    return {**answered, "o_nodes": (e / e.sum(axis=-1, keepdims=True)).tolist()}


def keras_steps(case: Any, make: Any) -> dict[str, Any]:
    """Return the weights after each step of a Keras optimizer."""
    import torch

    model = keras_model("sigmoid", "linear", "float64")
    import keras

    model.set_weights(list(matrices(case)))
    X, T = map(torch.tensor, samples(case))
    optimizer, rows = make(keras.optimizers), []
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64")
    for _ in range(n_steps(case)):
        model.zero_grad()
        loss(T, model(X)).backward()
        with torch.no_grad():
            optimizer.apply([variable.value.grad for variable in model.trainable_variables], model.trainable_variables)
        rows.append(flat(*model.get_weights()))
    return answer(case, weights=rows_or_one(rows))


def keras_settings(*settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return settings with a learning rate that is exact in float32, because Keras stores it in float32."""
    return with_steps(*({**SIZES, "learning_rate": 0.125, **setting, **FLOAT32_PRODUCTS} for setting in settings))


@entry(*keras_settings({"optimizer": SGD(0.75, nesterov=True)}, {"optimizer": SGD(0.75)}), stages="weights", **KERAS)
def keras_sgd(case):
    """A user of keras.optimizers.SGD with momentum, Nesterov's or not."""
    o = case.optimizer
    return keras_steps(case, lambda optimizers: optimizers.SGD(case.learning_rate, o["momentum"], o["nesterov"]))


@entry(*keras_settings({"optimizer": RMSProp(0.875, 2.0**-10)}), stages="weights", convention=EPSILON_UNDER_THE_ROOT, **KERAS)
def keras_rmsprop(case):
    """A user of keras.optimizers.RMSprop, whose epsilon is under the root."""
    o = case.optimizer
    return keras_steps(case, lambda optimizers: optimizers.RMSprop(case.learning_rate, o["decay"], epsilon=o["epsilon"]))


@entry(*keras_settings({"optimizer": Adam(epsilon=2.0**-10)}), stages="weights", convention=EPSILON_UNSCALED, **KERAS)
def keras_adam(case):
    """A user of keras.optimizers.Adam, which adds epsilon before the bias correction."""
    o = case.optimizer
    return keras_steps(
        case, lambda optimizers: optimizers.Adam(case.learning_rate, o["beta1"], o["beta2"], epsilon=o["epsilon"])
    )
