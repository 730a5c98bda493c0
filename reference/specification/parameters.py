"""Checks of single parameters, such as sizes and rates. Each check returns the value, or raises one clear ValueError."""

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from reference.layout import Layout
from reference.numbers.description import describe
from reference.numbers.kinds import finite, kind_of_type, whole
from reference.numbers.number import Number

T = TypeVar("T")


def expect(good: bool, value: object, what: str, requirement: str) -> None:
    """Raise ValueError, e.g. 'epochs is -1, expected a whole number of at least 0', unless the value is good."""
    if not good:
        raise ValueError(f"{what} is {describe(value)}, expected {requirement}")


def whole_number(value: object, what: str, least: int = 0) -> int:
    """Return a whole number of at least `least` as a Python integer."""
    integer = whole(value)
    expect(integer is not None and integer >= least, value, what, f"a whole number of at least {least}")
    return integer  # type: ignore[return-value]


def number(value: T, what: str, holds: Callable[[Any], bool], requirement: str) -> T:
    """Return a finite number that meets the condition `holds`. `requirement` says the condition in words."""
    kind = kind_of_type(type(value))
    good = kind is not None and finite(kind, cast(Number, value)) and holds(value)
    expect(good, value, what, f"a finite number {requirement}")
    return value


def not_negative(value: T, what: str) -> T:
    """Return a finite number of at least 0."""
    return number(value, what, lambda x: x >= 0, "of at least 0")


def positive(value: T, what: str) -> T:
    """Return a finite number above 0."""
    return number(value, what, lambda x: x > 0, "above 0")


def fraction_of_one(value: T, what: str) -> T:
    """Return a finite number of at least 0 and below 1."""
    return number(value, what, lambda x: 0 <= x < 1, "of at least 0 and below 1")


def yes_or_no(value: object, what: str) -> bool:
    """Return True or False. Texts are refused, because bool("False") is True."""
    expect(type(value).__name__ in ("bool", "bool_"), value, what, "True or False")
    return bool(value)


def function_or_none(value: T, what: str) -> T:
    """Return a function or None."""
    expect(value is None or callable(value), value, what, "a function or None")
    return value


def has_step(value: T) -> T:
    """Return an object with a method `step`. A class is refused."""
    good = callable(getattr(value, "step", None)) and not isinstance(value, type)
    expect(good, value, "optimizer", "SGD(), RMSProp(), Adam() or another object with a method step")
    return value


def fits_in_memory(layout: Layout, bytes_per_weight: int) -> None:
    """Raise ValueError if a network needs more than the machine's memory. This check allocates nothing."""
    try:
        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        available = 2**40  # the size of the memory is not known, so only very large networks are refused
    need = layout.n_weights * bytes_per_weight
    if need > available:
        raise ValueError(
            f"a network of {describe(layout.n_inputs)}-{describe(layout.n_hidden)}-{describe(layout.n_outputs)} nodes needs "
            f"{describe(need >> 30)} GiB for its weights, but this machine has {available >> 30} GiB; choose smaller sizes"
        )
