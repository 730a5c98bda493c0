"""Mark some cases of a test, so that these cases run only with --thorough."""

from collections.abc import Iterable
from typing import Any

import pytest


def thorough(*cases: tuple[Any, ...]) -> list[Any]:
    """Return the arguments of these cases of a test, marked to run only with --thorough."""
    return [pytest.param(*case, marks=pytest.mark.thorough) for case in cases]


def but_thorough(cases: Iterable[Any], *slow: Any) -> list[Any]:
    """Return all cases of a test. Those that are in `slow` are marked to run only with --thorough."""
    return [thorough((case,))[0] if case in slow else case for case in cases]
