"""The supported array libraries: how to recognise and create their arrays, and how accurate their functions are.

Only NumPy is required. Another library is used when the user passes one of its arrays. PyTorch, Dask and CuPy also need
array-api-compat, which gives their functions the names and the meaning of the Array API standard.
"""

import math
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from vectorized.arrays import Array, Functions

Stages = TypeVar("Stages", bound=tuple[Any, ...])


class Library(NamedTuple):
    """One array library.

    name : its name in messages
    module : the module with its functions, under the names of the standard
    function_errors : largest rounding error of exp, log1p, tanh and sqrt, in units of u = 2**-53 (single precision: 2**-24)
    keeps_subnormals : True if it keeps numbers below the smallest normal number; False if they become 0
    is_lazy : True if its arrays are computed only on request
    """

    name: str
    module: str
    function_errors: float
    keeps_subnormals: bool = True
    is_lazy: bool = False


# The errors were measured on millions of points, against 80-bit arithmetic and mpmath. The largest were 3.5 u for NumPy
# (exp in single precision), 2.0 u for PyTorch (log1p in single precision) and 8.7 u for JAX (tanh in double precision).
# The errors of CuPy are from the CUDA documentation. CuPy, and PyTorch on a GPU, have not been tested.
JAX = Library("JAX", "jax.numpy", 10, keeps_subnormals=False)
LIBRARIES = {  # keys: the package that defines the class of the array
    "numpy": Library("NumPy", "numpy", 4),
    "torch": Library("PyTorch", "array_api_compat.torch", 4),
    "jax": JAX,
    "jaxlib": JAX,
    "dask": Library("Dask", "array_api_compat.dask.array", 4, is_lazy=True),
    "cupy": Library("CuPy", "array_api_compat.cupy", 4),
    "array_api_strict": Library("array-api-strict", "array_api_strict", 4),
}
NUMPY = LIBRARIES["numpy"]


@lru_cache(maxsize=16)
def ones(n: int, dtype: Any) -> NDArray[Any]:
    """Return a column of n ones, from a cache."""
    return np.ones((n, 1), dtype)


class NumPyFunctions:
    """NumPy's functions under the names of the standard, with faster versions of `sum` and `max` for small arrays.

    For a small array, calling np.sum or np.max takes longer than the arithmetic. With few columns, sums are faster as a product
    with ones, and the largest number of each row is found faster in the transposed array.
    """

    astype = staticmethod(np.ndarray.astype)
    reshape = staticmethod(np.ndarray.reshape)
    concat = staticmethod(np.concatenate)

    def sum(self, array: NDArray[Any], axis: int | None = None, keepdims: bool = False) -> Any:
        """Return the sum of all numbers (axis None), a column with the row sums (axis -1), or the column sums (axis 0)."""
        if axis is None:
            return np.add.reduce(array, None)
        n = array.shape[axis]
        return array.dot(ones(n, array.dtype)) if axis else ones(n, array.dtype)[:, 0].dot(array)

    def max(self, array: NDArray[Any], axis: int, keepdims: bool) -> Any:
        """Return the largest number of each row, as a column."""
        return np.maximum.reduce(array.T.copy(), 0)[:, np.newaxis]

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        setattr(self, name, function)
        return function


NUMPY_FUNCTIONS = cast(Functions, NumPyFunctions())


class Form(NamedTuple):
    """The library, the precision ("float64" or "float32") and the device of the arrays of a network.

    >>> Form(NUMPY, "float32").array([1, 2])
    array([1., 2.], dtype=float32)
    """

    library: Library
    precision: str
    device: Any = None

    def __str__(self) -> str:
        return f"{self.library.name} {self.precision}" + (f" on {self.device}" if self.device else "")

    def array(self, numbers: Any) -> Array:
        """Return a new array of this form from lists or a NumPy array."""
        copy = np.array(numbers, self.precision)
        if self.library is NUMPY:
            return copy
        return self.on_device(copy)

    def on_device(self, array: Any) -> Array:
        """Convert a NumPy array to this library and device; keep its precision."""
        device = {} if self.device is None else {"device": self.device}
        xp: Functions = module_of(self.library)
        return xp.asarray(array, **device)

    def cast(self, array: Array) -> Array:
        """Cast an array of this library to this precision."""
        functions: Functions = module_of(self.library)
        with np.errstate(all="ignore"):
            return functions.astype(array, getattr(functions, self.precision))


def form_of(array: Array) -> Form:
    """Return the form of an array."""
    library = library_of(array)
    return Form(library, name_of(array.dtype), None if library is NUMPY else getattr(array, "device", None))


def name_of(dtype: Any) -> str:
    """Return the name of a library's dtype, such as float64 for torch.float64."""
    return str(dtype).rpartition(".")[2]


NO_NUMBERS = (
    "a network checks its numbers, but inside jit, grad or vmap there are none yet; "
    "call the pure functions in vectorized.forward and vectorized.backward instead"
)


def to_numpy(array: Any) -> Any:
    """Convert an array of another library to NumPy, computing it if it is lazy; return anything else unchanged."""
    library = library_of(array)
    if library is NUMPY:
        return array
    if library.name == "array-api-strict":
        array = array.to_device(module_of(library).Device("CPU_DEVICE"))
    for method in ("detach", "cpu", "get", "compute"):  # detach and cpu of PyTorch, get of CuPy, compute of Dask
        array = getattr(array, method, lambda array=array: array)()
    return np.asarray(array)


def copy_of(array: Array) -> Array:
    """Return a copy of an array."""
    return namespace(array).asarray(array, copy=True)


def compute(library: Library, arrays: Stages) -> Stages:
    """Return the arrays of a lazy library as NumPy arrays, all computed at once; return other arrays unchanged."""
    if not library.is_lazy:
        return arrays
    import dask

    return cast(Stages, getattr(arrays, "_make", tuple)(dask.compute(*arrays)))


def all_finite(*arrays: Array) -> bool:
    """Whether every number is finite."""
    return all(map(is_finite, arrays))


def is_finite(array: Array) -> bool:
    """Whether every number of an array is finite.

    If the dot product of a NumPy array with itself is finite, the numbers need no further check.
    Raises ValueError inside jit, grad or vmap, where the numbers are not known.
    """
    if type(array) is np.ndarray:
        flat = array.reshape(-1)
        return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())
    xp = namespace(array)
    try:
        with np.errstate(all="ignore"):
            return bool(xp.all(xp.isfinite(array)))
    except (TypeError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "vmap" not in str(error):  # torch.vmap raises a RuntimeError
            raise
        raise ValueError(NO_NUMBERS) from None


def number_of(array: Array) -> float:
    """Return an array without dimensions as a float. Raises ValueError inside jit, grad or vmap."""
    try:
        return float(array)
    except TypeError:
        raise ValueError(NO_NUMBERS) from None


def library_of(values: Any) -> Library:
    """Return the library of an array. Lists and all other objects count as NumPy."""
    if type(values) in (np.ndarray, list, tuple):
        return NUMPY
    for base in type(values).__mro__:
        library = LIBRARIES.get(base.__module__.partition(".")[0])
        if library:
            return library if hasattr(values, "dtype") else NUMPY
    return NUMPY


def namespace(*arrays: Array) -> Functions:
    """Return the functions for these arrays, under the names of the Array API standard.

    Raises ValueError if a package that they need is missing.
    """
    for array in arrays:
        if type(array) is not np.ndarray and (library := library_of(array)) is not NUMPY:
            return module_of(library)
    return NUMPY_FUNCTIONS


def module_of(library: Library) -> ModuleType:
    """Return the module with a library's functions. Raises ValueError if it is not installed."""
    try:
        return import_module(library.module)
    except ImportError:
        package = library.module.partition(".")[0].replace("_", "-")
        raise ValueError(f"{library.name} arrays need {package}; install it with `pip install {package}`") from None
