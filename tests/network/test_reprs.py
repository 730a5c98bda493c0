"""The display of each object in Python and in notebooks is short, differs between the packages, and computes no lazy arrays."""

import pickle
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import reference
import vectorized
from reference import Architecture, Bounded, datasets, oracle
from reference.numbers.dual import Dual
from reference.numbers.traced import Traced
from reference.specification.stages import Backward, Forward
from tests.network.computers import OTHERS, array_of, installed
from vectorized.backward import backward
from vectorized.forward import forward

PACKAGES = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
WIDTH = 100
KINDS = [Fraction, Decimal, Bounded, np.float32, Dual.of(float), Dual.of(Fraction), Traced]
X, T = [3.0, 4.0, -4.5], [0.0, 1.0]
RAMP = [n / 64 for n in range(26)]


def results(network: Any, inputs: Any = X, targets: Any = T) -> list[Any]:
    return [network.forward(inputs), network.backward(inputs, targets), network.blocks()]


def display_of(result: Any) -> tuple[str, str]:
    """Return the display as text and as HTML. Assert that both are short and the HTML is well-formed."""
    text, html = repr(result), result._repr_html_()
    lines = text.splitlines()
    assert len(lines) <= 8
    assert max(map(len, lines)) <= WIDTH * (1 + text.startswith(("reference.", "vectorized.")))
    assert len(html) <= 6000
    ElementTree.fromstring(f"<div>{html.replace('<br>', '<br/>')}</div>")
    return text, html


@PACKAGES
def test_the_display_of_a_large_network_is_short(package: ModuleType) -> None:
    network = package.NeuralNetwork(784, 100, 10)
    assert "78,400" in display_of(network)[1]
    inputs, targets = [[0.1] * 784] * 64, [[1.0] + [0.0] * 9] * 64
    texts = [display_of(result)[0] for result in results(network, inputs, targets)]
    assert "(64, 100)" in texts[0]
    assert "(79510,)" in texts[1]
    assert "(784, 100)" in texts[2]
    assert all("first row of each" in text and "…" in text for text in texts)


def test_the_packages_have_different_displays() -> None:
    loops, matrices = reference.NeuralNetwork(3, 4, 2), vectorized.NeuralNetwork(3, 4, 2)
    call = "NeuralNetwork(3, 4, 2, hidden='leaky_relu', output='softmax', loss='cross_entropy'"
    assert repr(loops) == f"reference.{call})"
    assert repr(matrices) == f"vectorized.{call})"
    assert repr(vectorized.NeuralNetwork(3, 4, 2, dtype="float32")) == f"vectorized.{call}, dtype='float32')"
    for own, other in zip([loops, *results(loops)], [matrices, *results(matrices)], strict=True):
        assert all(a != b for a, b in zip(display_of(own), display_of(other), strict=True))
    loops.weights = RAMP
    assert repr(loops.forward(X)).splitlines() == [
        "Forward: lists of float",
        "h_sums           (4,)      -0.125    -0.07031    -0.01562     0.03906",
        "h_nodes          (4,)    -0.00125  -0.0007031  -0.0001563     0.03906",
        "o_sums           (2,)      0.3879      0.4041",
        "o_nodes          (2,)      0.4959      0.5041",
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_the_display_names_the_kind_of_number(kind: Any) -> None:
    how = {"hidden": "relu", "output": "identity"}
    network = reference.NeuralNetwork(3, 4, 2, **how, weights=[kind(w) for w in RAMP])
    assert display_of(network)[0].endswith(f", weights=<{kind.__name__}>)")
    for result in results(network):
        text, html = display_of(result)
        assert f"lists of {kind.__name__}" in text
        assert "h_" in html


@pytest.mark.parametrize("library", ["numpy", *(pytest.param(name, marks=installed(name)) for name in OTHERS)])
def test_the_display_names_the_library_and_the_precision(library: str) -> None:
    network = vectorized.NeuralNetwork(3, 4, 2, weights=array_of(library, "float32", RAMP), dtype="float32")
    assert "float32" in display_of(network)[0]
    for result in results(network):
        assert "float32" in display_of(result)[0]
    name = "numpy" if library == "dask" else library
    assert f"{name} float32" in repr(network.forward(X))
    assert repr(network.forward(X)).count("0.03906") == 2
    if library != "dask":
        stages = forward(network.architecture, network.weights, array_of(library, "float32", [X]))
        assert repr(stages).count("0.03906") == 2


def check_display(weights: Any, rows: Any, targets: Any, expected: str = "not computed") -> Any:
    net = Architecture(3, 4, 2)
    back = backward(net, weights, rows, targets)
    for result in (forward(net, weights, rows), back):
        assert all(expected in text for text in display_of(result))
    return back


@installed("jax")
def test_traced_jax_arrays_are_not_computed() -> None:
    jax = import_module("jax")
    flat, x, t = (array_of("jax", "float64", numbers) for numbers in (RAMP, [X], [T]))
    jax.jit(check_display)(flat, x, t)
    jax.grad(lambda weights: check_display(weights, x, t, "(1, 4)").loss)(flat)
    jax.vmap(check_display, (0, None, None))(flat[None], x, t)


@installed("torch")
def test_torch_arrays_inside_vmap_are_not_computed() -> None:
    func = import_module("torch").func
    flat, x, t = (array_of("torch", "float64", numbers) for numbers in (RAMP, [X], [T]))
    func.vmap(check_display, (0, None, None))(flat[None], x, t)
    flat.requires_grad = True
    assert "loss                       0.6851" in repr(backward(Architecture(3, 4, 2), flat, x, t))


@installed("dask")
def test_dask_arrays_are_not_computed() -> None:
    dask = import_module("dask")

    computed = []
    with dask.config.set(scheduler=lambda *args, **how: computed.append(args)):
        check_display(*(array_of("dask", "float64", numbers) for numbers in (RAMP, [X], [T])))
    assert not computed


@PACKAGES
def test_results_stay_named_tuples(package: ModuleType) -> None:
    result = package.NeuralNetwork(3, 4, 2).backward(X, T)
    loss, *_, gradient = result
    assert isinstance(result, tuple)
    assert list(result._asdict()) == ["loss", "o_deltas", "h_deltas", "gradient"]
    assert result._replace(loss=1.0)[1:] == result[1:]
    assert repr(pickle.loads(pickle.dumps(result))) == repr(result)
    assert (loss, len(gradient)) == (result.loss, 26)
    assert Forward(1, 2, 3, 4) == (1, 2, 3, 4)
    assert display_of(Backward(None, (0,), "axes", []))[0].startswith("Backward: list\nloss                     None")


@installed("jax")
def test_jax_treats_results_as_pytrees() -> None:
    shapes = import_module("jax").tree.map(np.shape, vectorized.NeuralNetwork(3, 4, 2).forward(X))
    assert shapes == Forward((4,), (4,), (2,), (2,))
    display_of(shapes)


def test_the_display_of_data_sets() -> None:
    text, html = display_of(datasets.iris())
    assert text == "Dataset: 150 samples, 4 inputs, 3 classes (setosa, versicolor, virginica)"
    assert "sepal_length_cm" in html
    assert html.count("setosa") == 6
    assert "…" in display_of(datasets.digits())[1]
    name = "<script>" * 20
    odd = datasets.Dataset([[1.0]] * 9, [[2.5]] * 9, [], (name,), (), ("<b>", "y"))
    text, html = display_of(odd)
    assert text == "Dataset: 9 samples, 1 input, 2 targets (<b>, y)"
    assert "<script>" not in html
    assert "<b>" not in html
    assert len(repr(odd._replace(target_columns=(name, name)))) == WIDTH


def loops_answer(case: Any, factor: int = 1) -> Any:
    names = {name: case[name] for name in ("hidden", "output", "loss", "weights")}
    network = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, **names)
    return {"o_nodes": network.predict([factor * x for x in case.inputs])}


def test_the_display_of_verdicts(without_smallest_network: None) -> None:
    text, html = display_of(oracle.check(loops_answer, examples=20))
    assert text == "Verdict('exact', agrees=True)"
    assert "yes, this is the network" in html
    wrong = oracle.check(lambda case: loops_answer(case, -1), examples=20)
    text, html = display_of(wrong)
    assert text.startswith("Verdict('wrong', agrees=False, first_wrong='o_nodes[")
    assert "<details><summary>report</summary><pre" in html
    assert ">WRONG (grade: wrong)\n" in html
    odd = wrong._replace(first_wrong="<script>", diagnoses=["<script>" * 40])
    assert "<script>" not in display_of(odd)[1]
    text, html = display_of(oracle.check(lambda case: None, examples=20))
    assert text.startswith("Verdict('undecided', agrees=False, why='")
    assert "could not tell" in html
    assert str(wrong).startswith("WRONG (grade: wrong)\n")
