"""Mark cases of a parametrized test that run only with --thorough."""

from collections.abc import Iterable
from typing import Any

import pytest


def thorough(*cases: tuple[Any, ...]) -> list[Any]:
    """Return the cases, all marked. A case is a tuple of arguments."""
    return [pytest.param(*case, marks=pytest.mark.thorough) for case in cases]


def mark_slow_in(cases: Iterable[Any], *slow: Any) -> list[Any]:
    """Return the cases. The cases in `slow` run only with --thorough."""
    return [thorough((case,))[0] if case in slow else case for case in cases]
