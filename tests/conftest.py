"""Choose the tests to run: by default the fast tests, with --thorough all tests, on new random examples."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

SUPPRESSED_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "default", max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=SUPPRESSED_CHECKS
)
settings.register_profile(
    "thorough", max_examples=400, derandomize=False, print_blob=True, deadline=None, suppress_health_check=SUPPRESSED_CHECKS
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="run the thorough tests too, with many more examples")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the settings of hypothesis before test modules are imported."""
    settings.load_profile("thorough" if config.getoption("--thorough") else "default")
    if not config.getoption("--thorough"):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no effect after NumPy is imported


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--thorough"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("thorough")])
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


@pytest.fixture
def without_smallest_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle does not search for the smallest network that is wrong."""
    monkeypatch.setattr("reference.oracle.wrong.PATIENCE", 0.0)


@pytest.fixture
def without_slow_searches(without_smallest_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle tries only single known mistakes, and does not search for the smallest network that is wrong."""
    monkeypatch.setattr("reference.oracle.explaining.search.PATIENCE", 0.0)


def pytest_collection_finish() -> None:
    gc.freeze()  # from now on, the garbage collector does not search the objects that exist already
