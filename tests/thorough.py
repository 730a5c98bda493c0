"""Which arguments of a test are left out unless pytest is given --thorough."""

from typing import Any

import pytest


def thorough(*cases: tuple[Any, ...]) -> list[Any]:
    """Return the arguments of some cases of a test, marked as thorough."""
    return [pytest.param(*case, marks=pytest.mark.thorough) for case in cases]
