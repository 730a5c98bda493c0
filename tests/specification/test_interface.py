"""The shared interface: its examples print the same in both packages, and `help` shows all of it."""

import doctest
import inspect
from types import ModuleType
from typing import Any

import pytest

import reference
import vectorized
from reference.specification import interface, optimizers

PACKAGES = pytest.mark.parametrize("package", [reference, vectorized], ids=["reference", "vectorized"])
CLASSES = {name: value for name, value in vars(optimizers).items() if name in vectorized.__all__}
CLASSES["NeuralNetwork"] = interface.NeuralNetwork


def examples(module: ModuleType, names: dict[str, Any]) -> list[doctest.DocTest]:
    return [test for test in doctest.DocTestFinder().find(module, globs=dict(names)) if test.examples]


@PACKAGES
def test_the_examples_print_the_same(package: ModuleType) -> None:
    names = {name: getattr(package, name) for name in CLASSES}
    tests = examples(interface, names) + examples(optimizers, names)
    assert len(tests) >= 10
    for test in tests:
        assert doctest.DocTestRunner().run(test).failed == 0, test.name


def test_an_example_that_prints_something_else_fails() -> None:
    class Wrong(vectorized.NeuralNetwork):
        def _largest(self, o_nodes: Any) -> Any:
            return 1 - super()._largest(o_nodes)

    names = {"NeuralNetwork": Wrong}
    silent = doctest.DocTestRunner(verbose=False)
    failed = [test.name for test in examples(interface, names) if silent.run(test, out=lambda text: None).failed]
    assert "reference.specification.interface.NeuralNetwork.classify" in failed


@PACKAGES
@pytest.mark.parametrize("name", CLASSES)
def test_public_members_have_docstrings_that_both_packages_share(package: ModuleType, name: str) -> None:
    base, actual = CLASSES[name], getattr(package, name)
    for member in [member for member in dir(actual) if not member.startswith("_")] + ["__init__"]:
        assert inspect.getdoc(getattr(actual, member)), member
    for member, value in inspect.getmembers(base, inspect.isroutine):
        if not member.startswith("_"):
            assert inspect.getdoc(getattr(actual, member)) == inspect.getdoc(value), member


@PACKAGES
def test_help_names_the_other_package_and_the_parameters(package: ModuleType) -> None:
    assert "computes the same with" in (package.NeuralNetwork.__doc__ or "")
    assert "Parameters" in (inspect.getdoc(package.NeuralNetwork.__init__) or "")
    assert "beta1" in (inspect.getdoc(package.Adam.__init__) or "")
