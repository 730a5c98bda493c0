"""The catalogue of mistakes: each a few lines that answer as such an implementation would, what is wrong, how to mend it.

The classes override one step of `reference.oracle.steps.Network` and call the right one where they can, so that two mix.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from reference.oracle.steps import Network


class Mistake(NamedTuple):
    """A named mistake: one sentence, the wrong formula and the right one, the mending, and the network that makes it."""

    name: str
    explanation: str
    wrong: str
    right: str
    fix: str
    network: type[Network]


MISTAKES: dict[str, Mistake] = {}


def mistake(explanation: str, *, wrong: str, right: str, fix: str) -> Callable[[type[Network]], type[Network]]:
    """Put the class that follows into the catalogue, under its name in small letters with underscores."""

    def enter(network: type[Network]) -> type[Network]:
        name = re.sub("(?<!^)(?=[A-Z])", "_", network.__name__).lower()
        MISTAKES[name] = Mistake(name, explanation, wrong, right, fix, network)
        return network

    return enter
