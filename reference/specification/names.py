"""The names of stages, activations, losses, rules and other options, in both packages."""

from collections.abc import Collection
from difflib import get_close_matches

from reference.numbers.description import describe

FORWARD = ("h_sums", "h_nodes", "o_sums", "o_nodes")
BACKWARD = ("loss", "o_deltas", "h_deltas", "gradient")
STAGES = (*FORWARD, *BACKWARD, "weights")
HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
OUTPUT = (*HIDDEN, "softmax")
SQUARED_ERRORS = ("half_squared_error", "squared_error", "mean_squared_error")
LOSSES = (*SQUARED_ERRORS, "cross_entropy")
OPTIMIZERS = {"sgd": "SGD", "rmsprop": "RMSProp", "adam": "Adam"}  # name: class
REDUCTIONS = ("mean", "sum")
RULES = ("backpropagation", "error_splitting")
INITS = ("glorot_uniform", "he_normal", "truncated_normal", "uniform", "unit_uniform", "normal", "ramp")
SCALES = ("none", "max", "minmax", "standard")
TASKS = ("classification", "regression")
DTYPES = ("float64", "float32")
TARGETS = ("usual", "distribution", "any")


def one_of(names: Collection[str], value: object, what: str) -> str:
    """Return `value` if it is a known name. Otherwise, raise a ValueError that lists the known names.

    >>> one_of(HIDDEN, "sigmiod", "hidden")
    Traceback (most recent call last):
    ValueError: hidden is 'sigmiod', not one of sigmoid, tanh, relu, leaky_relu, identity; did you mean 'sigmoid'?
    """
    if isinstance(value, str) and value in names:
        return value
    raise ValueError(f"{what} is {describe(value)}, not one of {', '.join(names)}{suggestion(value, names)}")


def suggestion(value: object, names: Collection[str]) -> str:
    """Return e.g. "; did you mean 'sigmoid'?", or an empty text if no name is similar."""
    near = get_close_matches(value[:50].lower(), names, 1, 0.5) if isinstance(value, str) else []
    return f"; did you mean {near[0]!r}?" if near else ""
