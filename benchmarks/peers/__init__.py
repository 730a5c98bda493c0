"""The same network in scikit-learn, PyTorch, JAX and numba, as their users write it, and `vectorized` in JAX.

Each is a contender like `Loops` and `Matrices`. Its package is imported only when the contender is created.
"""

from importlib.util import find_spec

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
MODULES = {"scikit-learn": "sklearn", "pytorch": "torch", "jax": "jax", "vectorized-in-jax": "jax", "numba": "numba"}
WITHOUT_GRADIENT = ("scikit-learn",)


def is_installed(name: str) -> bool:
    """Whether the package of a contender is installed."""
    return name in CONTENDERS or find_spec(MODULES[name]) is not None
