"""The array libraries that the matrices run on: whose arrays these are, how theirs are made, how exact their functions are.

NumPy is the only one needed. Another comes in with the first array of it that is given; PyTorch, Dask and CuPy need
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

    name : as messages say it
    module : where its functions are, under the names of the standard
    function_errors : the largest of its exp, log1p, tanh and sqrt, in units of u (2**-53, in single precision 2**-24)
    keeps_subnormals : whether numbers below the smallest normal one survive; elsewhere they become 0
    is_lazy : whether its arrays are computed only when they are asked for
    """

    name: str
    module: str
    function_errors: float
    keeps_subnormals: bool = True
    is_lazy: bool = False


# The errors were measured on millions of points, against 80-bit arithmetic and mpmath; the worst seen was 3.5 u for NumPy
# (exp in single precision), 2.0 for PyTorch (log1p in single precision), 8.7 for JAX (tanh in double precision). CuPy's are
# those that CUDA states; neither CuPy nor PyTorch on a GPU has been tested here.
JAX = Library("JAX", "jax.numpy", 10, keeps_subnormals=False)
LIBRARIES = {  # by the package of the array's class
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
    """Return a column of ones, made once for a length."""
    return np.ones((n, 1), dtype)


class NumPyFunctions:
    """NumPy's functions under the names of the standard, some of them faster on small arrays.

    The wrapper of a method costs as much as a small array does. A few columns are added faster as a product with ones, and
    compared faster as rows.
    """

    astype = staticmethod(np.ndarray.astype)
    reshape = staticmethod(np.ndarray.reshape)
    concat = staticmethod(np.concatenate)

    def sum(self, array: NDArray[Any], axis: int | None = None, keepdims: bool = False) -> Any:
        """Return the sum of all numbers, of each row as a column (axis -1) or of each column (axis 0)."""
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
    """What the arrays of a network are: of which library, in which precision ("float64" or "float32"), on which device.

    >>> Form(NUMPY, "float32").array([1, 2])
    array([1., 2.], dtype=float32)
    """

    library: Library
    precision: str
    device: Any = None

    def __str__(self) -> str:
        return f"{self.library.name} {self.precision}" + (f" on {self.device}" if self.device else "")

    def array(self, numbers: Any) -> Array:
        """Return a new array of this form from numbers in lists or in an array of NumPy's."""
        copy = np.array(numbers, self.precision)
        if self.library is NUMPY:
            return copy
        return self.on_device(copy)

    def on_device(self, array: Any) -> Array:
        """Return an array of NumPy's as one of this library, on its device; the precision stays."""
        device = {} if self.device is None else {"device": self.device}
        xp: Functions = module_of(self.library)
        return xp.asarray(array, **device)

    def cast(self, array: Array) -> Array:
        """Return an array of the library in this precision."""
        functions: Functions = module_of(self.library)
        with np.errstate(all="ignore"):
            return functions.astype(array, getattr(functions, self.precision))


def form_of(array: Array) -> Form:
    """Return the form of an array."""
    library = library_of(array)
    return Form(library, name_of(array.dtype), None if library is NUMPY else getattr(array, "device", None))


def name_of(dtype: Any) -> str:
    """Return the name of a library's dtype, e.g. float64 for torch.float64."""
    return str(dtype).rpartition(".")[2]


NO_NUMBERS = (
    "a network looks at its numbers, and while a function is traced there are none; "
    "call the pure functions of vectorized.forward and vectorized.backward there"
)


def to_numpy(array: Any) -> Any:
    """Return an array of another library as one of NumPy's, computed; anything else as it is."""
    library = library_of(array)
    if library is NUMPY:
        return array
    if library.name == "array-api-strict":
        array = array.to_device(module_of(library).Device("CPU_DEVICE"))
    for way in ("detach", "cpu", "get", "compute"):  # PyTorch's, PyTorch's, CuPy's, Dask's
        array = getattr(array, way, lambda array=array: array)()
    return np.asarray(array)


def copy_of(array: Array) -> Array:
    """Return a copy of an array."""
    return namespace(array).asarray(array, copy=True)


def compute(library: Library, arrays: Stages) -> Stages:
    """Return a tuple of arrays as it is; those of a lazy library are computed all at once, and are NumPy's then."""
    if not library.is_lazy:
        return arrays
    import dask

    return cast(Stages, getattr(arrays, "_make", tuple)(dask.compute(*arrays)))


def all_finite(*arrays: Array) -> bool:
    """Whether every number is finite."""
    return all(map(is_finite, arrays))


def is_finite(array: Array) -> bool:
    """Whether every number of an array is finite.

    The dot product with itself is one fast pass; only where it overflows is each number asked.
    Raises ValueError where there are no numbers to look at, as a function is being traced.
    """
    if type(array) is np.ndarray:
        flat = array.reshape(-1)
        return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())
    xp = namespace(array)
    try:
        with np.errstate(all="ignore"):
            return bool(xp.all(xp.isfinite(array)))
    except (TypeError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "vmap" not in str(error):  # PyTorch's for a function that is mapped
            raise
        raise ValueError(NO_NUMBERS) from None


def number_of(loss: Array) -> float:
    """Return an array of no dimension as a float."""
    try:
        return float(loss)
    except TypeError:
        raise ValueError(NO_NUMBERS) from None


def library_of(values: Any) -> Library:
    """Return the library that an array belongs to; lists, and whatever else is no array of another one, count as NumPy's."""
    if type(values) in (np.ndarray, list, tuple):
        return NUMPY
    for base in type(values).__mro__:
        library = LIBRARIES.get(base.__module__.partition(".")[0])
        if library:
            return library if hasattr(values, "dtype") else NUMPY
    return NUMPY


def namespace(*arrays: Array) -> Functions:
    """Return the functions for these arrays, as the Array API standard names them: NumPy's where all are NumPy's.

    Raises ValueError where a package is missing.
    """
    for array in arrays:
        if type(array) is not np.ndarray and (library := library_of(array)) is not NUMPY:
            return module_of(library)
    return NUMPY_FUNCTIONS


def module_of(library: Library) -> ModuleType:
    """Return the module that has a library's functions; ValueError where it is not installed."""
    try:
        return import_module(library.module)
    except ImportError:
        package = library.module.partition(".")[0].replace("_", "-")
        raise ValueError(f"{library.name} arrays need {package}; install it with `pip install {package}`") from None
