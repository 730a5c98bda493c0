"""The matrices with other array libraries: accuracy, types of results, refusals, and transformations such as jit and grad."""

import copy
import math
import pickle
import re
import sys
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import reference
import reference.activations
import vectorized
from reference import Architecture, Undecided, datasets
from reference.numbers.kinds import kind_of_type
from tests.command import ROOT
from tests.network.compare import assert_within, bounds_of
from tests.network.computers import OTHERS, PRECISIONS, array_of, installed, matrices_of
from tests.strategies import Trial, cases
from vectorized.backward import backward
from vectorized.forward import forward
from vectorized.libraries import LIBRARIES, Form, library_of, name_of, namespace, to_numpy

LIBRARY = pytest.mark.parametrize("library", [pytest.param(name, marks=installed(name)) for name in OTHERS])
ALL = pytest.mark.parametrize("library", ["numpy", *(pytest.param(name, marks=installed(name)) for name in OTHERS)])
X, T = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], [[1.0, 0.0], [0.0, 1.0]]
NET = Architecture(3, 4, 2, hidden="tanh")
needs_jax, needs_torch, needs_dask = installed("jax"), installed("torch"), installed("dask")


def flat(library: str, precision: str = "float64") -> Any:
    """Return the weights of a 3-4-2 network as an array of a library."""
    return array_of(library, precision, reference.initial_weights(3, 4, 2, "glorot_uniform", 0))


def network(library: str, precision: str = "float64", **how: Any) -> Any:
    return vectorized.NeuralNetwork(3, 4, 2, hidden="tanh", weights=flat(library, precision), **how)


# Rounding errors and subnormal numbers are as the table `LIBRARIES` says.

POINTS = {"exp": (-700.0, 700.0), "log1p": (0.0, 700.0), "tanh": (-20.0, 20.0), "sqrt": (0.0, 700.0)}


@ALL
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", POINTS)
def test_rounding_errors_of_functions_are_within_the_table(library: str, precision: str, name: str) -> None:
    """These are a few random points. The errors in the table were measured at millions of points."""
    draw, (least, most), single = np.random.default_rng(0), POINTS[name], precision == "float32"
    divisor = 8.5 if single else 1.0
    points = draw.uniform(least / divisor, most / divisor, 300)
    points = np.concatenate([points, draw.uniform(max(least, -1), 1, 300), 2.0 ** draw.uniform(-60, 0, 100)]).astype(precision)
    given_points = array_of(library, precision, points)
    computed = to_numpy(getattr(namespace(given_points), name)(given_points))
    unit, exact = float(np.finfo(precision).epsneg), getattr(kind_of_type(Decimal), name)
    with localcontext() as context:
        context.prec = 40
        for x, y in zip(points.tolist(), computed.tolist(), strict=True):
            true = Fraction(exact(Decimal(x)))
            error = abs(Fraction(y) - true) / (abs(true) * Fraction(unit))
            assert error <= LIBRARIES[library].function_errors, f"{name}({x!r}) is off by {float(error):.2f} u"


@ALL
def test_libraries_keep_subnormal_numbers_as_the_table_says(library: str) -> None:
    small = array_of(library, "float64", [1e-310, 3e-320])
    assert bool(to_numpy(small * 3 == 0).all()) != LIBRARIES[library].keeps_subnormals


# Results have the library of the weights.


@LIBRARY
@pytest.mark.parametrize("precision", PRECISIONS)
def test_results_are_arrays_of_the_library_of_the_weights(library: str, precision: str) -> None:
    net, array_type = network(library, precision), type(flat(library, precision))
    answers = net.backward(X, T)
    arrays = [*net.forward(X), net.predict(X[0]), answers.o_deltas, answers.h_deltas, answers.gradient, net.classify(X)]
    assert {type(array) for array in arrays} == {np.ndarray if library == "dask" else array_type}
    assert {name_of(array.dtype) for array in arrays[:-1]} == {precision} == {net.dtype}
    assert type(net.weights) is array_type
    assert type(net.blocks().ih_weights) is array_type
    assert (type(answers.loss), type(net.loss_of(X, T)), type(net.classify(X[0]))) == (float, float, int)
    assert type(net.train(X, T, epochs=2)[1]) is float
    assert type(net.weights) is array_type


@LIBRARY
def test_lists_and_arrays_of_numpy_or_the_library_give_the_same_results(library: str) -> None:
    net = network(library)
    for given_inputs in (X, np.array(X), np.array(X, np.float32), array_of(library, "float64", X)):
        assert to_numpy(net.predict(given_inputs)).tolist() == to_numpy(net.predict(X)).tolist()
    assert net.loss_of(np.array(X), array_of(library, "float32", T)) == net.loss_of(X, T)


@LIBRARY
def test_setting_weights_sets_the_library(library: str) -> None:
    net = vectorized.NeuralNetwork(3, 4, 2, hidden="tanh")
    plain = net.weights
    net.weights = array_of(library, "float64", plain)
    assert type(net.weights) is type(flat(library))
    net.weights = to_numpy(net.weights)
    assert type(net.weights) is np.ndarray
    assert net.weights.tolist() == plain.tolist()


@pytest.mark.parametrize("library", [pytest.param(name, marks=installed(name)) for name in ("torch", "array_api_strict")])
def test_arrays_changed_by_the_caller_do_not_change_the_network(library: str) -> None:
    given_weights = flat(library)
    net = vectorized.NeuralNetwork(3, 4, 2, hidden="identity", output="identity", weights=given_weights)
    before = to_numpy(net.predict(X)).tolist()
    given_weights[0] = 77.0
    net.weights[0] = 77.0
    net.forward(X).h_sums[0, 0] = 77.0
    assert to_numpy(net.predict(X)).tolist() == before
    stages = net.forward(X)
    stages.h_sums[0, 0] = 77.0
    assert float(stages.h_nodes[0, 0]) != 77.0


@LIBRARY
def test_save_and_from_blocks_keep_the_weights(library: str, tmp_path: Any) -> None:
    net = network(library)
    net.save(tmp_path / "net.json")
    assert vectorized.NeuralNetwork.load(tmp_path / "net.json").weights.tolist() == to_numpy(net.weights).tolist()
    again = vectorized.NeuralNetwork.from_blocks(*net.blocks(), hidden="tanh", output="softmax")
    assert type(again.weights) is type(net.weights)
    assert to_numpy(again.weights).tolist() == to_numpy(net.weights).tolist()


@LIBRARY
@pytest.mark.parametrize("optimizer", ["SGD(0.5)", "RMSProp()", "Adam()"])
def test_steps_of_an_optimizer_agree_with_numpy(library: str, optimizer: str) -> None:
    here, there = (eval(optimizer, vars(vectorized)) for _ in range(2))
    weights, plain = flat(library), flat("numpy")
    for _ in range(2):
        weights, plain = here.step(weights, 0.5 * weights, 0.25), there.step(plain, 0.5 * plain, 0.25)
    assert type(weights) is type(flat(library))
    assert np.allclose(to_numpy(weights), plain, rtol=1e-14)


# Arguments that are refused.


def refusal(call: Callable[[], object], error: type[Exception] = ValueError) -> str:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    return str(caught.value)


@LIBRARY
def test_bad_weights_are_refused(library: str) -> None:
    for dtype in ("int64", "complex128"):
        weights = array_of(library, dtype, np.ones(26))
        assert refusal(lambda w=weights: vectorized.NeuralNetwork(3, 4, 2, weights=w)) == (
            f"weights are {dtype}; give them as float32 or float64"
        )
    assert refusal(lambda: network(library, dtype="float32")) == (
        "dtype is 'float32', but the weights are float64; convert the weights, or leave dtype out"
    )
    assert network(library, dtype="float64").dtype == "float64"
    spoilt = array_of(library, "float64", [0.0] * 25 + [np.nan])
    assert refusal(lambda: vectorized.NeuralNetwork(3, 4, 2, weights=spoilt)).startswith("weights[25] (b->o1) is nan")
    short = array_of(library, "float64", [0.0] * 25)
    assert "weights has shape (25,), expected (26,)" in refusal(lambda: vectorized.NeuralNetwork(3, 4, 2, weights=short))


@LIBRARY
def test_arrays_of_another_library_are_refused(library: str) -> None:
    name = LIBRARIES[library].name
    foreign = array_of(library, "float64", X)
    assert refusal(lambda: network("numpy").predict(foreign)) == (
        f"inputs is a {name} array, but the weights are NumPy; convert one of them"
    )
    assert refusal(lambda: network("numpy").loss_of(X, array_of(library, "float64", T))).startswith(
        f"targets is a {name} array"
    )


@installed("array_api_strict")
def test_an_array_on_another_device_is_refused() -> None:
    strict = import_module("array_api_strict")
    there = strict.Device("device1")
    inputs = strict.asarray(X, device=there)
    message = refusal(lambda: network("array_api_strict").predict(inputs))
    assert re.fullmatch(r"inputs is on .*device1.*, but the weights are on .*CPU.*; move one of them", message)
    moved = vectorized.NeuralNetwork(3, 4, 2, hidden="tanh", weights=strict.asarray(flat("numpy"), device=there))
    assert moved.predict(inputs).device == moved.predict(X).device == moved.weights.device == there


@LIBRARY
def test_a_number_that_is_not_finite_is_named(library: str) -> None:
    net = network(library)
    bad = array_of(library, "float64", [X[0], [1.0, np.inf, 0.0]])
    for ask in (net.predict, lambda x: net.loss_of(x, T), lambda x: net.backward(x, T), lambda x: net.train(x, T)):
        assert refusal(lambda ask=ask: ask(bad)) == "inputs[1][1] is inf, not a finite number"
    targets = array_of(library, "float64", [T[0], [np.nan, 1.0]])
    assert refusal(lambda: net.loss_of(X, targets)) == "targets[1][0] is nan, not a finite number"
    net.weights = array_of(library, "float64", np.ones(26))
    assert refusal(lambda: net.predict([1e308, 1e308, 1e308]), FloatingPointError) == (
        "h_sums[0] is inf: it overflows; scale the inputs or the weights down"
    )


@LIBRARY
def test_a_training_that_diverges_keeps_the_last_finite_weights(library: str) -> None:
    net = vectorized.NeuralNetwork(3, 4, 2, hidden="identity", output="identity", weights=flat(library))
    with pytest.raises(FloatingPointError, match=r"training diverged in epoch \d+, batch 0: "):
        net.train(X, T, epochs=1000, learning_rate=1e3)
    assert np.isfinite(to_numpy(net.weights)).all()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    tensor = type("Tensor", (), {"__module__": "torch", "dtype": "torch.float64", "shape": (26,)})
    monkeypatch.setitem(sys.modules, "array_api_compat.torch", None)
    assert refusal(lambda: namespace(tensor())) == (
        "PyTorch arrays need array-api-compat; install it with `pip install array-api-compat`"
    )


def test_objects_of_no_library_count_as_numpy() -> None:
    for thing in ([1.0], (), np.float64(1), None, "text", object()):
        assert library_of(thing) is LIBRARIES["numpy"]
    assert str(Form(LIBRARIES["numpy"], "float64")) == "NumPy float64"


# The functions `forward` and `backward`, lazy arrays, and jit.


@LIBRARY
def test_pure_functions_return_arrays_of_the_library(library: str) -> None:
    weights, inputs, targets = flat(library), array_of(library, "float64", X), array_of(library, "float64", T)
    for array in (*forward(NET, weights, inputs), *backward(NET, weights, inputs, targets, l2=0.5, rule="error_splitting")):
        assert type(array) is type(weights)


@needs_dask
def test_dask_arrays_stay_lazy_with_numpy_weights() -> None:
    da = import_module("dask.array")
    inputs, targets = (da.from_array(np.array(rows * 5), chunks=(3, -1)) for rows in (X, T))
    stages = backward(NET, flat("numpy"), inputs, targets, l2=0.25)
    assert all(isinstance(stage, da.Array) for stage in stages)
    plain = backward(NET, flat("numpy"), np.array(X * 5), np.array(T * 5), l2=0.25)
    for lazy, eager in zip(stages, plain, strict=True):
        assert np.allclose(lazy.compute(), eager, rtol=1e-13, atol=1e-15)


@needs_jax
def test_the_backward_pass_can_be_compiled_and_mapped() -> None:
    jax = import_module("jax")
    weights, inputs, targets = (array_of("jax", "float64", each) for each in (flat("numpy"), X, T))
    compiled = jax.jit(backward, static_argnums=0, static_argnames=("reduction", "rule"))
    traced = compiled(NET, weights, inputs, targets, reduction="sum", l2=0.25, rule="error_splitting")
    plain = backward(NET, weights, inputs, targets, reduction="sum", l2=0.25, rule="error_splitting")
    for there, here in zip(traced, plain, strict=True):
        assert np.allclose(there, here, rtol=1e-13, atol=1e-15)
    many = jax.vmap(partial(backward, NET), in_axes=(None, 0, 0))(weights, inputs[:, None, :], targets[:, None, :])
    assert many.gradient.shape == (2, 26)
    assert jax.tree.map(lambda leaf: leaf.shape, plain) == ((), (2, 2), (2, 4), (26,))


@needs_jax
def test_a_network_inside_jit_is_refused() -> None:
    jax = import_module("jax")
    calls = [(network("jax").predict, X), (lambda w: vectorized.NeuralNetwork(3, 4, 2, weights=w).weights, flat("numpy"))]
    for ask, numbers in calls:
        refused = refusal(lambda ask=ask, numbers=numbers: jax.jit(ask)(array_of("jax", "float64", numbers)))
        assert "call the pure functions in vectorized.forward and vectorized.backward instead" in refused


@needs_torch
def test_a_network_moves_to_another_device() -> None:
    torch = import_module("torch")
    if not torch.cuda.is_available():
        pytest.skip("no GPU: CUDA is untested on this machine")
    net = network("torch")
    before = net.predict(X)
    net.weights = net.weights.to("cuda")
    assert net.predict(X).device.type == "cuda"
    assert np.allclose(to_numpy(net.predict(X)), to_numpy(before), rtol=1e-13)
    net.train(X, T, epochs=2)
    assert net.weights.device.type == "cuda"
    assert "is on cpu, but the weights are on cuda:0" in refusal(lambda: net.predict(torch.tensor(X, dtype=torch.float64)))


# The gradient agrees with automatic differentiation.


def automatic_gradient(library: str, case: Trial) -> Any:
    """Return the gradient of our loss by the automatic differentiation of a library."""
    layout, names = case.layout, (case.hidden, case.output, case.loss)
    net = Architecture(layout.n_inputs, layout.n_hidden, layout.n_outputs, *names)
    weights, inputs, targets = (array_of(library, "float64", each) for each in (case.weights, case.inputs, case.targets))

    def loss(w: Any) -> Any:
        return backward(net, w, inputs, targets, reduction=case.reduction, l2=case.l2).loss

    if library == "jax":
        return import_module("jax").grad(loss)(weights)
    torch = import_module("torch")
    weights.requires_grad_()
    loss(weights).backward()
    gradient = torch.func.grad(loss)(weights.detach())
    assert bool((gradient == weights.grad).all())
    return gradient


def use_slopes_of_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the loops compute slopes from the node y, as automatic differentiation does: y(1 - y) and 1 - y**2."""

    def changed(name: str, slope: Callable[[Any], Any]) -> Callable[[Any], Any]:
        original = reference.activations.ACTIVATIONS[name]

        def pair(kind: Any) -> Any:
            node, _ = original(kind)
            return node, lambda z: slope(node(z))

        return pair

    for name, slope in (("sigmoid", lambda y: y * (1 - y)), ("tanh", lambda y: 1 - y * y)):
        monkeypatch.setitem(reference.activations.ACTIVATIONS, name, changed(name, slope))
    reference.activations.activation.cache_clear()


@pytest.mark.parametrize("library", [pytest.param("jax", marks=needs_jax), pytest.param("torch", marks=needs_torch)])
def test_automatic_differentiation_gives_our_gradient(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases are left out if a sum may be 0 or is beyond 300 in magnitude."""
    computer = matrices_of(library, "float64")
    examples = settings().max_examples // 4
    checked = []

    @settings(max_examples=examples)
    @given(cases(usual=True))
    def check(case: Trial) -> None:
        case = case._replace(rule="backpropagation")
        ask = partial(ask_network, case)
        try:
            stages = case.network(reference, [computer.bounded(w) for w in case.weights]).forward(case.inputs)
            sums = [z for row in (*stages.h_sums, *stages.o_sums) for z in row]
            if any(abs(z.value) > 300 or abs(z.value) <= 2 * z.error for z in sums):
                return
        except Undecided:
            return
        our_bounds = bounds_of(case, ask, computer.bounded)
        with monkeypatch.context() as patch:
            use_slopes_of_nodes(patch)
            automatic_bounds = bounds_of(case, ask, computer.bounded)
        reference.activations.activation.cache_clear()
        if our_bounds is None or automatic_bounds is None:
            return
        here, there = (
            to_numpy(computer.network(case).backward(case.inputs, case.targets, **case.how).gradient),
            automatic_gradient(library, case),
        )
        assert_within(case.layout, "gradient", here, to_numpy(there), our_bounds.gradient, automatic_bounds.gradient)
        checked.append(case)

    check()
    assert len(checked) > examples // 4


def ask_network(case: Trial, net: Any) -> Any:
    return net.backward(case.inputs, case.targets, **case.how)


# The recipes of vectorized/README.md.


def recipe(word: str) -> str:
    """Return the code block that contains a word."""
    blocks = re.findall(r"```py\n(.*?)```", (ROOT / "vectorized" / "README.md").read_text("utf-8"), re.S)
    (found,) = [block for block in blocks if word in block]
    return str(found)


def run(code: str, *modules: str) -> dict[str, Any]:
    """Run a recipe with some names already imported, and return its variables."""
    names: dict[str, Any] = {"reference": reference, "vectorized": vectorized, "backward": backward, "datasets": datasets}
    names |= {name: import_module(name) for name in modules}
    exec(code, names)
    return names


@needs_jax
def test_the_recipe_for_jax_agrees_with_train() -> None:
    names = run(recipe("lax.scan").replace("jnp.", "jax.numpy."), "jax", "jax.numpy")
    package = vectorized.NeuralNetwork(64, 32, 10, hidden="sigmoid", weights=to_numpy(names["start"]))
    data = datasets.scaled(datasets.digits(), 16)
    package.train(data.inputs[:1792], data.targets[:1792], epochs=5, batch_size=32, learning_rate=0.1)
    assert np.allclose(names["weights"], package.weights, rtol=1e-9, atol=1e-12)


@needs_torch
def test_the_recipe_for_a_gpu_agrees_with_numpy() -> None:
    names = run(recipe("is_available"), "torch")
    package, data = vectorized.NeuralNetwork(64, 32, 10, hidden="sigmoid"), names["data"]
    assert np.allclose(names["losses"], package.train(data.inputs, data.targets, epochs=5, batch_size=32), rtol=1e-9)
    assert np.allclose(names["network"].weights, package.weights, rtol=1e-9, atol=1e-12)


# Other tests.


@needs_torch
def test_a_dtype_of_pytorch_is_understood() -> None:
    torch = import_module("torch")
    assert network("torch", "float32", dtype=torch.float32).dtype == "float32"


def test_a_bad_dtype_is_refused() -> None:
    for dtype in (3, object()):
        assert refusal(lambda dtype=dtype: vectorized.NeuralNetwork(1, 1, 1, dtype=dtype)).startswith("dtype is ")


@LIBRARY
def test_copies_and_pickles_work_with_each_library(library: str) -> None:
    net = network(library)
    for duplicate in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert type(duplicate.weights) is type(net.weights)
        assert to_numpy(duplicate.predict(X)).tolist() == to_numpy(net.predict(X)).tolist()


@installed("array_api_strict")
def test_everything_works_on_another_device(tmp_path: Any) -> None:
    strict = import_module("array_api_strict")
    there = strict.Device("device1")
    net = vectorized.NeuralNetwork(3, 4, 2, hidden="tanh", weights=strict.asarray(flat("numpy"), device=there))
    plain = network("numpy")
    assert net.train(X, T, epochs=2, shuffle=0, batch_size=1) == plain.train(X, T, epochs=2, shuffle=0, batch_size=1)
    assert net.weights.device == there
    net.save(tmp_path / "net.json")
    again = vectorized.NeuralNetwork.from_blocks(*net.blocks(), hidden="tanh", output="softmax")
    assert again.weights.device == there
    assert refusal(lambda: net.predict([1.0, math.nan, 0.0])) == "inputs[1] is nan, not a finite number"


@LIBRARY
def test_a_used_optimizer_refuses_another_library(library: str) -> None:
    optimizer = vectorized.Adam()
    network(library).train(X, T, optimizer=optimizer)
    message = refusal(lambda: network("numpy").train(X, T, optimizer=optimizer))
    assert message.startswith(f"this optimizer was used with {LIBRARIES[library].name} float64")
    assert message.endswith(" weights, not NumPy float64; make one for each network")


@needs_torch
def test_results_of_methods_have_no_derivatives_in_torch() -> None:
    """For derivatives, call the pure functions."""
    torch = import_module("torch")
    net, inputs = network("torch"), torch.tensor(X, dtype=torch.float64, requires_grad=True)
    net.train(inputs, T, epochs=2, optimizer=vectorized.Adam())
    assert not any(answer.requires_grad for answer in (net.weights, net.predict(inputs), *net.backward(inputs, T)[1:]))
    assert isinstance(net.loss_of(inputs, T), float)
    weights = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
    assert not vectorized.Adam().step(weights, weights, 0.1).requires_grad


@needs_torch
def test_sparse_tensors_are_refused() -> None:
    torch = import_module("torch")
    net, sparse = network("torch"), torch.eye(2, dtype=torch.float64).to_sparse()
    for ask in (lambda: net.loss_of(X, sparse), lambda: net.train(X, sparse)):
        assert refusal(ask) == "targets is sparse, expected an array of real numbers"


@needs_dask
def test_dask_arrays_of_text_dates_or_masked_numbers_are_refused() -> None:
    da = import_module("dask.array")
    for values, word in ((["1", "2", "3"], "<U1"), (np.array(["2020"] * 3, "M8[Y]"), "datetime64[Y]")):
        inputs = da.from_array(np.array(values))
        assert refusal(lambda x=inputs: network("dask").predict(x)) == f"inputs is {word}, expected an array of real numbers"
    masked = da.ma.masked_array(da.ones(3), mask=[True, False, False])
    assert refusal(lambda: network("dask").predict(masked)) == "inputs is masked, expected an array of real numbers"


@LIBRARY
def test_a_number_beyond_single_precision_is_named(library: str) -> None:
    inputs = array_of(library, "float64", [1e300, 1.0, 1.0])
    for ask in (lambda net: net.predict(inputs), lambda net: net.train(inputs, T[0])):
        assert refusal(lambda ask=ask: ask(network(library, "float32"))).startswith("inputs[0] is ")


@needs_jax
@needs_torch
def test_blocks_of_two_libraries_are_refused() -> None:
    ih, hb, ho, ob = network("torch").blocks()
    how = {"hidden": "tanh", "output": "softmax"}
    other = array_of("jax", "float64", to_numpy(ho))
    message = refusal(lambda: vectorized.NeuralNetwork.from_blocks(ih, hb, other, ob, **how))
    assert message.startswith("the blocks are of two kinds, PyTorch float64 on cpu and JAX float64")
    mixed = vectorized.NeuralNetwork.from_blocks(to_numpy(ih), to_numpy(hb).tolist(), ho, ob, **how)
    assert type(mixed.weights) is type(ih)


@needs_jax
def test_the_loss_of_a_network_inside_grad_is_refused() -> None:
    jax = import_module("jax")
    inputs = array_of("jax", "float64", X)
    assert "call the pure functions" in refusal(lambda: jax.grad(lambda x: network("jax").loss_of(x, T))(inputs))


@pytest.mark.parametrize("library", ["numpy", pytest.param("dask", marks=needs_dask), pytest.param("jax", marks=needs_jax)])
def test_targets_of_dask_or_jax_work_with_numpy_weights_and_inputs(library: str) -> None:
    targets = array_of(library, "float64", T)
    if library in ("dask", "numpy"):
        stages = backward(NET, flat("numpy"), np.array(X), targets)
        assert np.allclose(np.asarray(stages.loss), backward(NET, flat("numpy"), np.array(X), np.array(T)).loss)
    if library == "jax":
        jax = import_module("jax")
        slope = jax.grad(lambda t: backward(NET, flat("numpy"), np.array(X), t).loss)(targets)
        assert np.isfinite(np.asarray(slope)).all()
