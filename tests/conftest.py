"""What is run: by default enough to trust a change in a minute, with --thorough everything, and hypothesis at random."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "default", max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=SLOW
)
settings.register_profile(
    "thorough", max_examples=400, derandomize=False, print_blob=True, deadline=None, suppress_health_check=SLOW
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --thorough."""
    parser.addoption("--thorough", action="store_true", help="run the thorough tests too, with many more examples")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how hypothesis draws, before a test module reads it; by default BLAS has one thread: products are small."""
    settings.load_profile("thorough" if config.getoption("--thorough") else "default")
    if not config.getoption("--thorough"):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the thorough tests out unless they are asked for."""
    if not config.getoption("--thorough"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("thorough")])
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


@pytest.fixture
def not_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the search for the smallest network."""
    monkeypatch.setattr("reference.oracle.wrong.PATIENCE", 0.0)


@pytest.fixture
def not_explained(not_made_small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes the oracle long once a candidate is wrong: formulas without a name, and the smallest network."""
    monkeypatch.setattr("reference.oracle.explaining.search.PATIENCE", 0.0)


def pytest_collection_finish() -> None:
    """Let no search for garbage go through all that pytest holds."""
    gc.freeze()
