"""Contenders: the same network in scikit-learn, PyTorch, JAX and numba, as their users write it, and `vectorized` in JAX.

A library is imported only when its contender is created.
"""

from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.peers.with_jax import Jax, VectorizedInJax
from benchmarks.peers.with_numba import Numba
from benchmarks.peers.with_sklearn import ScikitLearn
from benchmarks.peers.with_torch import PyTorch

PEERS: dict[str, type[Contender]] = {
    "scikit-learn": ScikitLearn,
    "pytorch": PyTorch,
    "jax": Jax,
    "numba": Numba,
    "vectorized-in-jax": VectorizedInJax,
}
PACKAGES = {"scikit-learn": "scikit-learn", "pytorch": "torch", "jax": "jax", "vectorized-in-jax": "jax", "numba": "numba"}
WITHOUT_GRADIENT = ("scikit-learn",)


def is_installed(name: str) -> bool:
    """Whether the package of a contender is installed."""
    return name in CONTENDERS or bool(versions([name]))


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of the installed packages of these contenders."""
    found = {}
    for package in sorted({PACKAGES[name] for name in names if name in PACKAGES}):
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
