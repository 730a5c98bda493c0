"""What the tests of the page are given by name."""

from tests.explain.browser import browser as browser
from tests.explain.browser import visit as visit
