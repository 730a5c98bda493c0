"""The computers: the loops, and the matrices on every array library, in both precisions.

The tests check the same properties for each of them.
"""

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
        """Return the network of a case."""
        return case.network(self.package, self.weights_of(case.weights), **self.settings)


def bounded_of(library: Library, precision: str) -> type[Bounded]:
    """Return the class of bounded numbers for a library and precision. Its bounds hold for every correct evaluation there."""
    limits, single = np.finfo(precision), precision == "float32"
    tiny = float(limits.smallest_subnormal if library.keeps_subnormals else limits.smallest_normal)
    functions = max(Bounded.functions, library.function_errors)
    if (tiny, functions) == (Bounded.tiny, Bounded.functions):
        return Bounded
    return Bounded.with_unit(float(limits.epsneg), tiny, float(limits.max), single, functions)


def examples_of(precision: str) -> int | None:
    """Return the default number of cases for the loops and for NumPy. It is smaller in single precision."""
    return 10 if precision == "float32" else None


def loops_of(precision: str) -> Computer:
    """Return the loops on Python floats, or on NumPy's float32."""
    make = {"float64": float, "float32": np.float32}[precision]
    bounded = bounded_of(LIBRARIES["numpy"], precision)
    return Computer(
        f"loops {precision}",
        reference,
        precision,
        bounded,
        lambda weights: [make(w) for w in weights],
        {},
        examples_of(precision),
    )


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
    """Return the matrices on an array library."""
    found = LIBRARIES[library]
    make = partial(array_of, library, precision)
    if library == "numpy":
        how = {"dtype": precision}
        return Computer(
            f"NumPy {precision}", vectorized, precision, bounded_of(found, precision), make, how, examples_of(precision)
        )
    return Computer(f"{found.name} {precision}", vectorized, precision, bounded_of(found, precision), make, examples=4)


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


def on_every_library(*precisions: str) -> list[Any]:
    """Return parameters for every computer. Without --thorough, other libraries than NumPy run in these precisions only."""
    found = [pytest.param(computer, id=computer.name) for computer in OWN]
    for library in OTHERS:
        for precision in PRECISIONS:
            computer, marks = matrices_of(library, precision), [installed(library)]
            if precision not in precisions:
                marks.append(pytest.mark.thorough)
            found.append(pytest.param(computer, id=computer.name, marks=marks))
    return found
