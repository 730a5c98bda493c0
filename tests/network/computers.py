"""The ways to compute a network: the loops, and the matrices on every array library, in both precisions."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import pytest

import reference
import vectorized
from reference import Bounded
from tests.strategies import Trial
from vectorized.libraries import LIBRARIES, Library

PRECISIONS = ("float64", "float32")
EXAMPLES = {"float64": None, "float32": 10}  # `Computer.examples` for the loops and for NumPy


class Computer(NamedTuple):
    """One way to compute a network.

    package : the package of the network and the optimizers
    bounded : the class of bounded numbers for this precision and library
    weights_of : a function that makes weights of the right library and precision
    settings : other arguments of the network
    examples : the number of cases by default (16 times as many with --thorough); None for the number in tests/conftest.py
    """

    name: str
    package: Any
    precision: str
    bounded: type[Bounded]
    weights_of: Callable[[list[float]], Any]
    settings: dict[str, Any] = {}  # noqa: RUF012  # it is never changed
    examples: int | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def width(self) -> int:
        """Number of bits of its numbers."""
        return int(self.precision[-2:])

    def network(self, case: Trial) -> Any:
        return case.network(self.package, self.weights_of(case.weights), **self.settings)


def bounded_of(library: Library, precision: str) -> type[Bounded]:
    """Return the class of bounded numbers for the rounding errors of a library in a precision."""
    limits, single = np.finfo(precision), precision == "float32"
    tiny = float(limits.smallest_subnormal if library.keeps_subnormals else limits.smallest_normal)
    functions = max(Bounded.functions, library.function_errors)
    if (tiny, functions) == (Bounded.tiny, Bounded.functions):
        return Bounded
    return Bounded.with_unit(float(limits.epsneg), tiny, float(limits.max), single, functions)


def loops_of(precision: str) -> Computer:
    """Return the loops on Python floats, or on NumPy's float32."""
    make = {"float64": float, "float32": np.float32}[precision]
    bounded = bounded_of(LIBRARIES["numpy"], precision)
    many = EXAMPLES[precision]
    return Computer(f"loops {precision}", reference, precision, bounded, lambda weights: list(map(make, weights)), {}, many)


def array_of(library: str, precision: str, numbers: Any) -> Any:
    """Return an array of a library. JAX is set to keep double precision."""
    array = np.array(numbers, precision)
    if library == "jax":
        import_module("jax").config.update("jax_enable_x64", True)
        return import_module("jax.numpy").asarray(array)
    if library == "torch":
        return import_module("torch").tensor(array)
    if library == "dask":
        return import_module("dask.array").from_array(array, chunks=2 if array.ndim == 1 else (2, -1))
    return import_module(library).asarray(array)


def matrices_of(library: str, precision: str) -> Computer:
    found = LIBRARIES[library]
    how, examples = ({"dtype": precision}, EXAMPLES[precision]) if library == "numpy" else ({}, 4)
    bounded, make = bounded_of(found, precision), partial(array_of, library, precision)
    return Computer(f"{found.name} {precision}", vectorized, precision, bounded, make, how, examples)


LOOPS, NUMPY = (loops_of("float64"), matrices_of("numpy", "float64"))
OWN = [LOOPS, loops_of("float32"), NUMPY, matrices_of("numpy", "float32")]
OTHERS = ("torch", "jax", "dask", "array_api_strict", "cupy")  # CuPy needs a GPU


def missing(library: str) -> str:
    """Return the packages to install for a library, or "" if nothing is missing."""
    return " and ".join(name for name in (library, "array_api_compat") if find_spec(name) is None)


def installed(library: str) -> Any:
    """Return the mark that skips a test, with the reason, if a library is not installed."""
    how = "needs a GPU and CuPy" if library == "cupy" else "pip install -e '.[arrays]' --group libraries"
    return pytest.mark.skipif(bool(missing(library)), reason=f"{missing(library)} not installed: {how}")


def on_every_library() -> list[Any]:
    """Return parameters for every computer. Only --thorough runs libraries other than NumPy in single precision."""
    found = [pytest.param(computer, id=computer.name) for computer in OWN]
    for library in OTHERS:
        for precision in PRECISIONS:
            computer, marks = matrices_of(library, precision), [installed(library)]
            if precision == "float32":
                marks.append(pytest.mark.thorough)
            found.append(pytest.param(computer, id=computer.name, marks=marks))
    return found
