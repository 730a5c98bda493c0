"""Which arguments of a test are left out unless pytest is given --thorough."""

from collections.abc import Iterable
from typing import Any

import pytest


def thorough(*cases: tuple[Any, ...]) -> list[Any]:
    """Return the arguments of some cases of a test, marked as thorough."""
    return [pytest.param(*case, marks=pytest.mark.thorough) for case in cases]


def but_thorough(cases: Iterable[Any], *slow: Any) -> list[Any]:
    """Return the cases of a test, of which some are thorough."""
    return [thorough((case,))[0] if case in slow else case for case in cases]
