"""Fixtures for the tests of the page."""

from tests.explain.browser import browser as browser
from tests.explain.browser import visit as visit
