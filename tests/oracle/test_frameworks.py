"""Networks of PyTorch, scikit-learn and Keras: the oracle checks them, and weights are converted both ways bit for bit."""

import functools
import importlib.util
import os
import random
import re
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference
from reference import oracle
from reference.oracle import frameworks

SLOPE_FORMULA = "the hidden slope from the node, h*(1-h) or 1-h**2"
SIZES = (3, 4, 2)
os.environ.setdefault("KERAS_BACKEND", "torch")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from Keras, under NumPy 2


def draw_numbers(count: int) -> list[float]:
    """Return numbers that single precision holds exactly, including -0.0 and a subnormal one."""
    draw = random.Random(5)
    return [-0.0, 2.0**-149, *(draw.randrange(-(2**24), 2**24) * 2.0 ** draw.randrange(-60, 20) for _ in range(count - 2))]


def same_bits(numbers: list[float], others: list[float]) -> bool:
    """Whether numbers are equal. -0.0 differs from 0.0."""
    return [number.hex() for number in numbers] == [number.hex() for number in others]


# ---- without a framework


def stand_in(coefs: list[Any], intercepts: list[Any]) -> Any:
    """Return an object with the weights and biases of a scikit-learn estimator."""
    return SimpleNamespace(coefs_=list(map(np.array, coefs)), intercepts_=list(map(np.array, intercepts)))


def test_no_framework_is_imported_with_the_module() -> None:
    assert not {"torch", "sklearn", "keras", "numpy"} & set(vars(frameworks))


@pytest.mark.parametrize(
    ("coefs", "parts"),
    [
        ([np.ones((2, 3))], ["1 layer", "(2, 3)"]),
        ([np.ones((2, 3)), np.ones((3, 4)), np.ones((4, 1))], ["3 layers", "(2, 3), (3, 4), (4, 1)"]),
        ([np.ones((2, 3)), np.ones((4, 1))], ["(in, out) shapes (2, 3), (4, 1)", "do not fit together"]),
        ([], ["0 layers"]),
    ],
)
def test_unsuitable_layers_are_refused_with_their_shapes(coefs: list[Any], parts: list[str]) -> None:
    estimator = stand_in(coefs, [np.zeros(each.shape[1]) for each in coefs])
    for ask in (frameworks.flat_of_sklearn, lambda model: frameworks.into_sklearn(model, [0.0] * 9)):
        with pytest.raises(ValueError, match=".*".join(map(re.escape, parts))):
            ask(estimator)


def test_a_bias_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("biases (3,) and (2,)")):
        frameworks.flat_of_sklearn(stand_in([np.ones((2, 3)), np.ones((3, 1))], [np.zeros(3), np.zeros(2)]))


@pytest.mark.parametrize("weights", [[0.5] * 12, [0.5] * 14, [[0.5] * 13], [0.5] * 12 + [float("nan")], "weights"])
def test_weights_that_do_not_fit_change_nothing(weights: Any) -> None:
    estimator = stand_in([np.ones((2, 3)), np.ones((3, 1))], [np.zeros(3), np.zeros(1)])
    before = frameworks.flat_of_sklearn(estimator)
    with pytest.raises(ValueError, match="weights"):
        frameworks.into_sklearn(estimator, weights)
    assert frameworks.flat_of_sklearn(estimator) == before


def test_an_estimator_that_is_not_fitted_is_refused() -> None:
    with pytest.raises(ValueError, match="has no weights yet"):
        frameworks.flat_of_sklearn(SimpleNamespace())


def test_the_verdict_says_which_sizes_to_pass() -> None:
    estimator = stand_in([np.ones((2, 3)), np.ones((3, 1))], [np.zeros(3), np.zeros(1)])
    estimator.get_params = dict  # marks it as an estimator, not as a function that builds one
    verdict = oracle.check(frameworks.candidate_of_sklearn(estimator), examples=5)
    assert verdict.grade == "undecided"
    assert "pass sizes=(2, 3, 1)" in verdict.record["why"]


def test_nan_weights_are_reported_and_left_unchanged() -> None:
    estimator = stand_in([np.full((2, 3), np.nan), np.ones((3, 1))], [np.zeros(3), np.zeros(1)])
    estimator.get_params = dict
    verdict = oracle.check(frameworks.candidate_of_sklearn(estimator), sizes=(2, 3, 1), examples=5)
    assert verdict.grade == "undecided"
    assert "nan" in verdict.record["why"]
    assert np.isnan(estimator.coefs_[0]).all()
    frameworks.into_sklearn(estimator, [0.5] * 13)
    assert frameworks.flat_of_sklearn(estimator).weights == [0.5] * 13


# ---- PyTorch

HIDDEN = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky_relu": "LeakyReLU", "identity": "Identity"}


def needs_torch() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def torch_net(
    sizes: tuple[int, int, int] = SIZES, hidden: str = "sigmoid", output: str = "identity", bias: Any = (True, True)
) -> Any:
    nn = needs_torch().nn
    last = nn.Softmax(dim=1) if output == "softmax" else getattr(nn, HIDDEN[output])()
    first, second = nn.Linear(sizes[0], sizes[1], bias=bias[0]), nn.Linear(sizes[1], sizes[2], bias=bias[1])
    return nn.Sequential(first, getattr(nn, HIDDEN[hidden])(), second, last).double()


def torch_builder(hidden: str = "sigmoid", output: str = "identity", bias: Any = (True, True)) -> Any:
    return lambda case: torch_net((case.n_inputs, case.n_hidden, case.n_outputs), hidden, output, bias)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_torch_weights_are_converted_both_ways(dtype: str) -> None:
    torch = needs_torch()
    module = torch_net().to(getattr(torch, dtype))
    arrays, weights = [parameter.data_ptr() for parameter in module.parameters()], draw_numbers(26)
    frameworks.into_torch(module, weights)
    flat = frameworks.flat_of_torch(module)
    assert flat.sizes == SIZES
    assert same_bits(flat.weights, weights)
    assert module[0].weight[3, 1].item() == weights[1 * 4 + 3]  # (out, in): from i1 to h3
    assert module[2].weight[1, 2].item() == weights[16 + 2 * 2 + 1]
    assert [parameter.data_ptr() for parameter in module.parameters()] == arrays
    assert all(parameter.requires_grad and parameter.grad is None for parameter in module.parameters())
    frameworks.into_torch(module, torch.tensor(weights, dtype=torch.float64))
    assert same_bits(frameworks.flat_of_torch(module).weights, weights)


@pytest.mark.parametrize("output", [*HIDDEN, "softmax"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_torch_outputs_agree_in_double_precision(hidden: str, output: str) -> None:
    candidate = frameworks.candidate_of_torch(torch_builder(hidden, output))
    for batch in (None, 3):
        oracle.assert_agrees(candidate, hidden=hidden, output=output, batch=batch, examples=30)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize(
    ("hidden", "formula"), [("sigmoid", SLOPE_FORMULA), ("tanh", SLOPE_FORMULA), ("relu", ""), ("identity", "")]
)
@pytest.mark.parametrize("loss", ["cross_entropy", "mse_loss"])
def test_torch_gradients_agree(hidden: str, formula: str, loss: str, batch: int | None) -> None:
    functional = needs_torch().nn.functional
    entropy = loss == "cross_entropy"
    outputs = "o_sums" if entropy else "o_nodes"
    candidate = frameworks.candidate_of_torch(torch_builder(hidden), outputs=outputs, loss=getattr(functional, loss))
    settings: dict[str, Any] = (
        {"output": "softmax", "loss": loss} if entropy else {"output": "identity", "loss": "mean_squared_error"}
    )
    verdict = oracle.check(candidate, hidden=hidden, batch=batch, examples=60, **settings)
    assert verdict.agrees, str(verdict)
    assert set(verdict.record["summary"]["by_stage"]) == {outputs, "loss", "gradient"}
    assert "single" not in verdict.record.get("accuracy", "")
    formulas = verdict.record.get("formulas", [])
    if formula:
        assert formula in formulas
    elif not entropy:
        assert verdict.grade in ("exact", "within_bound")


def test_torch_binary_cross_entropy_is_right_as_a_sum_and_wrong_as_a_mean() -> None:
    binary = needs_torch().nn.functional.binary_cross_entropy_with_logits
    settings: dict[str, Any] = {"hidden": "relu", "output": "sigmoid", "loss": "cross_entropy", "batch": 2, "examples": 20}
    as_sum = functools.partial(binary, reduction="sum")
    candidate = frameworks.candidate_of_torch(torch_builder("relu"), outputs="o_sums", loss=as_sum)
    oracle.assert_agrees(candidate, reduction="sum", **settings)
    as_mean = frameworks.candidate_of_torch(torch_builder("relu"), outputs="o_sums", loss=binary)
    assert oracle.check(as_mean, **settings).grade == "wrong"


def test_a_torch_module_is_unchanged_after_a_check() -> None:
    torch = needs_torch()
    module = torch_net()
    module(torch.ones(1, 3, dtype=torch.float64)).sum().backward()
    weights, gradients = frameworks.flat_of_torch(module).weights, [parameter.grad.clone() for parameter in module.parameters()]
    candidate = frameworks.candidate_of_torch(module, loss=torch.nn.functional.mse_loss)
    verdict = oracle.check(
        candidate, output="identity", loss="mean_squared_error", sizes=SIZES, precision="float32", examples=30
    )
    assert verdict.agrees
    assert same_bits(frameworks.flat_of_torch(module).weights, weights)
    assert all(torch.equal(parameter.grad, before) for parameter, before in zip(module.parameters(), gradients, strict=True))


@pytest.mark.parametrize("bias", [(False, True), (True, False), (False, False)])
def test_a_torch_layer_without_bias_accepts_only_zeros(bias: tuple[bool, bool]) -> None:
    module = torch_net(bias=bias)
    flat = frameworks.flat_of_torch(module)
    zeros = [at for at, b in zip((slice(12, 16), slice(24, 26)), bias, strict=True) if not b]
    assert all(not any(flat.weights[at]) for at in zeros)
    with pytest.raises(ValueError, match=r"biases are .* has no bias"):
        frameworks.into_torch(module, [0.5] * 26)
    assert same_bits(frameworks.flat_of_torch(module).weights, flat.weights)
    weights = [0.5] * 26
    for at in zeros:
        weights[at] = [0.0] * len(weights[at])
    frameworks.into_torch(module, weights)
    assert same_bits(frameworks.flat_of_torch(module).weights, weights)
    loss = needs_torch().nn.functional.mse_loss
    candidate = frameworks.candidate_of_torch(torch_builder("relu", bias=bias), loss=loss)
    settings: dict[str, Any] = {"hidden": "relu", "output": "identity", "loss": "mean_squared_error", "examples": 40}
    oracle.assert_agrees(candidate, biases=False, **settings)


@pytest.mark.filterwarnings("ignore:Lazy modules:UserWarning")
def test_unsuitable_torch_modules_are_refused() -> None:
    nn = needs_torch().nn
    tied = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    tied[1].weight = tied[0].weight
    normed = nn.utils.parametrizations.weight_norm(nn.Linear(3, 4))
    for module, message in (
        (nn.Linear(3, 2), r"1 layer, with the \(out, in\) shapes \(2, 3\)"),
        (nn.ReLU(), "0 layers"),
        (nn.Sequential(nn.Linear(4, 2), nn.Linear(3, 4)), r"\(2, 4\), \(4, 3\).* do not fit together"),
        (tied, r"share one weight of shape \(3, 3\)"),
        (nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)), "BatchNorm1d"),
        (nn.Sequential(normed, nn.Linear(4, 2)), "has original0, original1|ParametrizedLinear"),
        (nn.Sequential(nn.LazyLinear(4), nn.Linear(4, 2)), "LazyLinear"),
    ):
        with pytest.raises(ValueError, match=message):
            frameworks.flat_of_torch(module)


def test_a_frozen_torch_layer_is_reported() -> None:
    module = torch_net()
    module[0].weight.requires_grad_(False)
    candidate = frameworks.candidate_of_torch(module, loss=needs_torch().nn.functional.mse_loss)
    verdict = oracle.check(candidate, output="identity", loss="mean_squared_error", sizes=SIZES, examples=5)
    assert verdict.grade == "undecided"
    assert "no gradient" in verdict.record["why"]


# ---- scikit-learn

SKLEARN = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu", "identity": "identity"}


def sklearn_builder(output: str, hidden: str) -> Any:
    """Return a function that builds an estimator for a case. It calls partial_fit, which creates the weights."""
    neural = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is not installed")

    def make(case: Any) -> Any:
        options = {"hidden_layer_sizes": (case.n_hidden,), "activation": SKLEARN[hidden], "random_state": 0}
        k, zeros = case.n_outputs, np.zeros((max(case.n_outputs, 2), case.n_inputs))
        if output == "identity":
            targets = np.zeros((len(zeros), k)) if k > 1 else np.zeros(len(zeros))
            return neural.MLPRegressor(**options).partial_fit(zeros, targets)
        estimator = neural.MLPClassifier(**options)
        if output == "sigmoid" and k > 1:
            return estimator.partial_fit(zeros, np.ones((len(zeros), k), dtype=int), classes=range(k))
        return estimator.partial_fit(zeros, range(len(zeros)), classes=range(len(zeros)))

    return make


def test_sklearn_weights_are_converted_both_ways() -> None:
    estimator = sklearn_builder("softmax", "relu")(SimpleNamespace(n_inputs=2, n_hidden=4, n_outputs=3))
    arrays, weights = [id(array) for array in estimator.coefs_], draw_numbers(27)
    frameworks.into_sklearn(estimator, weights)
    flat = frameworks.flat_of_sklearn(estimator)
    assert flat.sizes == (2, 4, 3)
    assert same_bits(flat.weights, weights)
    assert [id(array) for array in estimator.coefs_] == arrays
    network = reference.NeuralNetwork(*flat.sizes, hidden="relu", output="softmax", weights=flat.weights)
    assert [block.tolist() for block in estimator.coefs_] == [network.blocks().ih_weights, network.blocks().ho_weights]


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", SKLEARN)
def test_sklearn_predictions_agree(hidden: str, output: str, batch: int | None) -> None:
    candidate = frameworks.candidate_of_sklearn(sklearn_builder(output, hidden))
    sizes = (2, 4, 3) if output == "softmax" else None  # softmax needs three classes
    oracle.assert_agrees(candidate, hidden=hidden, output=output, batch=batch, sizes=sizes, examples=40)


# ---- Keras


def needs_keras() -> Any:
    if os.environ["KERAS_BACKEND"] == "torch" and importlib.util.find_spec("torch") is None:
        pytest.skip("Keras's backend, PyTorch, is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras", reason="Keras is not installed")


def keras_net(sizes: tuple[int, int, int], hidden: str, output: str, dtype: str = "float32") -> Any:
    keras = needs_keras()
    dense = functools.partial(keras.layers.Dense, dtype=dtype)
    return keras.Sequential([keras.Input((sizes[0],)), dense(sizes[1], activation=hidden), dense(sizes[2], activation=output)])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keras_weights_are_converted_both_ways(dtype: str) -> None:
    model, weights = keras_net(SIZES, "tanh", "softmax", dtype), draw_numbers(26)
    frameworks.into_keras(model, weights)
    flat = frameworks.flat_of_keras(model)
    assert flat.sizes == SIZES
    assert same_bits(flat.weights, weights)
    assert model.layers[0].get_weights()[0][1, 3] == weights[1 * 4 + 3]  # (in, out): from i1 to h3


@pytest.mark.filterwarnings("ignore:You are using a softmax:UserWarning")  # Keras warns of a softmax with one output
@pytest.mark.parametrize("output", ["softmax", "sigmoid", "linear"])
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "linear"])
def test_keras_outputs_agree_in_single_precision(hidden: str, output: str) -> None:
    needs_keras()

    def make(case: Any) -> Any:
        return keras_net((case.n_inputs, case.n_hidden, case.n_outputs), hidden, output)

    names = [name.replace("linear", "identity") for name in (hidden, output)]
    for batch in (None, 3):
        candidate = frameworks.candidate_of_keras(make)
        verdict = oracle.check(candidate, hidden=names[0], output=names[1], batch=batch, examples=30)
        assert verdict.agrees, str(verdict)


def test_a_keras_model_with_logits_agrees_and_is_unchanged() -> None:
    model = keras_net(SIZES, "tanh", "linear")
    before = frameworks.flat_of_keras(model)
    candidate = frameworks.candidate_of_keras(model, outputs="o_sums")
    oracle.assert_agrees(candidate, hidden="tanh", output="softmax", sizes=SIZES, precision="float32", examples=30)
    assert frameworks.flat_of_keras(model) == before


def test_keras_layers_may_be_nested_and_have_no_bias() -> None:
    keras = needs_keras()
    dense = keras.layers.Dense
    inner = keras.Sequential([keras.Input((3,)), dense(4, use_bias=False)])
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dropout(0.5), dense(2)])
    flat = frameworks.flat_of_keras(model)
    assert flat.sizes == SIZES
    assert flat.weights[12:16] == [0.0] * 4
    frameworks.into_keras(model, flat.weights)
    with pytest.raises(ValueError, match=r"h_biases are .* has no bias"):
        frameworks.into_keras(model, [0.5] * 26)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("not built", "no weights yet"),
        ("norm", "BatchNormalization.*shapes"),
        ("recurrent", "expected a matrix and a bias"),
    ],
)
def test_unsuitable_keras_models_are_refused(name: str, message: str) -> None:
    keras = needs_keras()
    layers = keras.layers
    start = [keras.Input((3,)), layers.Dense(4)]
    model = keras.Sequential(
        {
            "not built": [layers.Dense(4), layers.Dense(2)],
            "norm": [*start, layers.BatchNormalization(), layers.Dense(2)],
            "recurrent": [keras.Input((2, 3)), layers.SimpleRNN(4), layers.Dense(2)],
        }[name]
    )
    with pytest.raises(ValueError, match=message):
        frameworks.flat_of_keras(model)


# ---- the examples in the module's docstring

DOCSTRING = frameworks.__doc__ or ""
EXAMPLES = [re.sub(r"(?m)^    ", "", block) for block in re.findall(r"::\n\n((?:(?:    .*)?\n)+)", DOCSTRING)]


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # training need not converge
@pytest.mark.parametrize("at", range(5))
def test_the_examples_in_the_docstring(at: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(EXAMPLES) == 5
    example = EXAMPLES[0] + EXAMPLES[4] if at == 4 else EXAMPLES[at]  # the last example uses the module of the first
    names: dict[str, Any] = {"frameworks": frameworks, "oracle": oracle, "NeuralNetwork": reference.NeuralNetwork}
    names |= {"inputs": [[0, 0], [0, 1], [1, 0]] * 10, "labels": [0, 1, 2] * 10}
    if "torch" in example:
        names["torch"] = needs_torch()
    if "MLP" in example:
        names |= vars(pytest.importorskip("sklearn.neural_network", reason="scikit-learn is not installed"))
    if "keras" in example:
        names["keras"] = needs_keras()
    exec(example, names)
    assert capsys.readouterr().out.startswith("AGREES: ")
