"""Mark arguments of tests that run only with --thorough."""

from collections.abc import Iterable
from typing import Any

import pytest


def thorough(*cases: tuple[Any, ...]) -> list[Any]:
    """Return the arguments of some cases of a test, marked as thorough."""
    return [pytest.param(*case, marks=pytest.mark.thorough) for case in cases]


def but_thorough(cases: Iterable[Any], *slow: Any) -> list[Any]:
    """Return all cases of a test, with some of them marked as thorough."""
    return [thorough((case,))[0] if case in slow else case for case in cases]
