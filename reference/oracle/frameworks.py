"""Networks of PyTorch, scikit-learn and Keras: convert their weights to and from the flat vector, and check them.

PyTorch stores each matrix as (out, in), scikit-learn and Keras as (in, out), like the flat vector.

A PyTorch module that returns logits, with its loss and the gradient from autograd::

    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Sigmoid(), torch.nn.Linear(4, 2)).double()
    candidate = frameworks.candidate_of_torch(module, outputs="o_sums", loss=torch.nn.functional.cross_entropy)
    print(oracle.check(candidate, hidden="sigmoid", output="softmax", loss="cross_entropy", sizes=(3, 4, 2)))

A fitted scikit-learn estimator (for two classes it has one sigmoid output, for more classes softmax outputs)::

    estimator = MLPClassifier(hidden_layer_sizes=(4,), activation="tanh", max_iter=300).fit(inputs, labels)
    candidate = frameworks.candidate_of_sklearn(estimator)
    print(oracle.check(candidate, hidden="tanh", output="softmax", sizes=frameworks.flat_of_sklearn(estimator).sizes))

A Keras model. By default, it has single precision. All backends but TensorFlow multiply even float64 matrices in single
precision::

    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((3,)), dense(4, activation="relu"), dense(1, activation="sigmoid")])
    candidate = frameworks.candidate_of_keras(model)
    print(oracle.check(candidate, hidden="relu", output="sigmoid", sizes=(3, 4, 1)))

Instead of a model, you can pass a function that makes a model for a case. Then leave out `sizes`::

    def build(case):
        first, second = torch.nn.Linear(case.n_inputs, case.n_hidden), torch.nn.Linear(case.n_hidden, case.n_outputs)
        return torch.nn.Sequential(first, torch.nn.Tanh(), second).double()

    print(oracle.check(frameworks.candidate_of_torch(build), hidden="tanh", output="identity"))

Copy the weights in both directions::

    sizes, weights = frameworks.flat_of_torch(module)
    network = NeuralNetwork(*sizes, hidden="sigmoid", output="softmax", weights=weights)
    frameworks.into_torch(module, network.weights)

The module and `check` must use the same loss. `mse_loss` is "mean_squared_error". PyTorch's `binary_cross_entropy` is a mean
over the outputs, but the "cross_entropy" of `check` is a sum over the outputs: pass `reduction="sum"` to both. Autograd
computes the slopes of sigmoid and tanh as y*(1-y) and 1-y*y, which lose digits if y is near 1. PyTorch's `cross_entropy` loses
digits if the loss is near 0. Unless `strict=True`, the check accepts both, and the report names them. The check also accepts
single precision unless `precision="float64"`. Below 0, a leaky ReLU has the slope 0.01 in PyTorch, as here. Keras has another
default.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.numbers.description import describe
from reference.numbers.number import Numbers
from reference.oracle.answers import Candidate
from reference.oracle.candidates.layers import Answers, Flat, Layers, Rows, candidate_of, numbers
from reference.oracle.cases import Question

if TYPE_CHECKING:
    import keras
    import numpy as np
    import torch
    from sklearn.neural_network import MLPClassifier, MLPRegressor

# ---- PyTorch


def torch_layers(module: "torch.nn.Module") -> "Layers[torch.Tensor]":
    """Return the linear layers of a module, in the order in which they were registered."""
    parts: list[tuple[torch.Tensor, torch.Tensor | None]] = []
    for part in module.modules():
        tensors = dict(part.named_parameters(recurse=False))
        if not tensors:
            continue
        is_linear = set(tensors) <= {"weight", "bias"} and hasattr(part, "bias") and "weight" in tensors
        if not (is_linear and tensors["weight"].ndim == 2):
            raise ValueError(f"{describe(part)} has {', '.join(tensors)}, expected linear layers and no other parameters")
        if any(tensors["weight"] is weight for weight, _ in parts):
            raise ValueError(f"two layers share one weight of shape {tuple(tensors['weight'].shape)}; expected two weights")
        parts.append((tensors["weight"], tensors.get("bias")))
    return Layers(parts, True, lambda tensor, values: tensor.detach().copy_(tensor.new_tensor(values)))


def flat_of_torch(module: "torch.nn.Module") -> Flat:
    """Return the sizes and the flat vector of a torch.nn.Module.

    Parameters
    ----------
    module : a module with two linear layers and no other parameters, registered in the order of use. The matrices are
        (out, in) and are transposed here. A layer without a bias gets biases of 0

    Raises
    ------
    ValueError
        if there are more or fewer layers, other or shared parameters, or shapes that do not fit together.
    """
    return torch_layers(module).flat()


def into_torch(module: "torch.nn.Module", weights: Numbers) -> None:
    """Write a flat vector into a torch.nn.Module, in place, on its device and rounded to its dtype.

    Raises ValueError as `flat_of_torch` does, or if the weights do not fit, or have a nonzero bias for a layer without a bias.
    """
    torch_layers(module).put(weights)


def candidate_of_torch(
    module: "torch.nn.Module | Callable[[Question], torch.nn.Module]",
    *,
    outputs: str = "o_nodes",
    loss: "Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None" = None,
) -> Candidate:
    """Return a candidate for `check` that answers with a torch.nn.Module.

    Parameters
    ----------
    module : a module, or a function that makes a module for a case. The module is called with a batch, in its current mode
        (training or evaluation)
    outputs : what the module returns: "o_nodes", or "o_sums" for logits
    loss : None, or a function that returns the loss for outputs and targets of shape (n_samples, n_outputs). The answer then
        also has the loss, and the gradient from autograd
    """

    def answer(module: "torch.nn.Module", rows: Rows, targets: Rows) -> Answers:
        layers = torch_layers(module)
        parameters = list(module.parameters())
        answers = {outputs: module(parameters[0].new_tensor(rows))}
        if loss is not None:
            earlier_gradients = [parameter.grad for parameter in parameters]
            module.zero_grad()
            answers["loss"] = loss(answers[outputs], parameters[0].new_tensor(targets))
            answers["loss"].backward()
            parts = [(gradient_of(weight), None if bias is None else gradient_of(bias)) for weight, bias in layers.parts]
            answers["gradient"] = layers._replace(parts=parts).flat().weights
            for parameter, gradient in zip(parameters, earlier_gradients, strict=True):
                parameter.grad = gradient
        return answers

    return candidate_of(module, torch_layers, answer)


def gradient_of(parameter: "torch.Tensor") -> "torch.Tensor":
    """Return the gradient that autograd left in a parameter."""
    if parameter.grad is None:
        raise ValueError("a weight has no gradient: is it frozen or detached?")
    return parameter.grad


# ---- scikit-learn


def sklearn_layers(estimator: "MLPClassifier | MLPRegressor") -> "Layers[np.ndarray]":
    """Return the layers of a fitted estimator."""
    if not hasattr(estimator, "coefs_"):
        raise ValueError(f"{describe(estimator)} has no weights yet; fit it, or partial_fit it once")
    parts = list(zip(estimator.coefs_, estimator.intercepts_, strict=True))
    return Layers(parts, False, lambda array, values: array.__setitem__(..., values))


def flat_of_sklearn(estimator: "MLPClassifier | MLPRegressor") -> Flat:
    """Return the sizes and the flat vector of a fitted MLPClassifier or MLPRegressor with one hidden layer.

    Raises ValueError if the estimator is not fitted, or has more or fewer layers.

    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> coefs = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[7.0], [8.0]])]
    >>> estimator = SimpleNamespace(coefs_=coefs, intercepts_=[np.array([5.0, 6.0]), np.array([9.0])])
    >>> flat_of_sklearn(estimator)
    Flat(sizes=(2, 2, 1), weights=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    >>> into_sklearn(estimator, [0.5] * 9)
    >>> coefs[1].tolist()
    [[0.5], [0.5]]
    """
    return sklearn_layers(estimator).flat()


def into_sklearn(estimator: "MLPClassifier | MLPRegressor", weights: Numbers) -> None:
    """Write a flat vector into a fitted estimator, in place.

    Raises ValueError as `flat_of_sklearn` does, or if the weights do not fit.
    """
    sklearn_layers(estimator).put(weights)


def candidate_of_sklearn(
    estimator: "MLPClassifier | MLPRegressor | Callable[[Question], MLPClassifier | MLPRegressor]",
) -> Candidate:
    """Return a candidate for `check` from a fitted estimator, or from a function that makes an estimator for a case.

    A classifier for two classes has one sigmoid output, the probability of the second class. For more classes it has softmax
    outputs. A classifier fitted to a matrix of 0/1 labels has one sigmoid output per column. A regressor has identity outputs.
    """

    def answer(estimator: "MLPClassifier | MLPRegressor", rows: Rows, targets: Rows) -> Answers:
        if not hasattr(estimator, "predict_proba"):
            nodes = estimator.predict(rows)
        else:
            nodes = estimator.predict_proba(rows)
            nodes = nodes[:, 1:] if estimator.n_outputs_ == 1 else nodes
        return {"o_nodes": nodes.reshape(len(rows), -1)}

    return candidate_of(estimator, sklearn_layers, answer)


# ---- Keras


def keras_layers(model: "keras.Model") -> "Layers[keras.Variable]":
    """Return the Dense layers of a model and of its nested models, in order."""
    parts: list[tuple[keras.Variable, keras.Variable | None]] = []
    for layer in model.layers:
        if hasattr(layer, "layers"):
            parts += keras_layers(layer).parts
            continue
        shapes = [tuple(array.shape) for array in layer.get_weights()]
        if not hasattr(layer, "units"):
            if shapes:
                raise ValueError(
                    f"{describe(layer)} has weights of shapes {shapes}, expected Dense layers and no other weights"
                )
            continue
        if not shapes:
            raise ValueError(f"{describe(layer)} has no weights yet; call the model once")
        if [len(shape) for shape in shapes] not in ([2], [2, 1]):
            raise ValueError(f"{describe(layer)} has weights of shapes {shapes}, expected a matrix and a bias")
        parts.append((layer.kernel, layer.bias if len(shapes) == 2 else None))
    return Layers(parts, False, lambda variable, values: variable.assign(values))


def flat_of_keras(model: "keras.Model") -> Flat:
    """Return the sizes and the flat vector of a built Keras model with two Dense layers and no other weights.

    Raises ValueError if the model is not built, or has more or fewer layers, other weights, or shapes that do not fit together.
    """
    return keras_layers(model).flat()


def into_keras(model: "keras.Model", weights: Numbers) -> None:
    """Write a flat vector into a Keras model, in place, rounded to its dtype. Raises ValueError as `into_torch` does."""
    keras_layers(model).put(weights)


def candidate_of_keras(model: "keras.Model | Callable[[Question], keras.Model]", *, outputs: str = "o_nodes") -> Candidate:
    """Return a candidate for `check` from a Keras model, or from a function that makes a model for a case.

    `outputs` is what the model returns: "o_nodes", or "o_sums" for logits.
    """

    def answer(model: "keras.Model", rows: Rows, targets: Rows) -> Answers:
        import numpy as np

        return {outputs: numbers(model(np.array(rows)))}

    return candidate_of(model, keras_layers, answer)
