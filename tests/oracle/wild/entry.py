"""Entries for wrong networks, with the known facts about each mistake."""

import inspect
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.oracle.corpus.entry import Candidate, only, quiet


class Wild(NamedTuple):
    """A wrong network, and what is known about it."""

    name: str
    candidate: Candidate
    settings: dict[str, Any]  # keyword arguments of `oracle.check`
    stages: tuple[str, ...]  # the stages that are wrong by themselves, not because of an earlier stage
    says: tuple[str, ...]  # regular expressions; a right explanation matches one of them
    state: bool = False  # whether answers depend on earlier calls or on chance
    answers: tuple[str, ...] | None = None  # the stages that the candidate returns; None for all that the network computes

    @property
    def module(self) -> str:
        return self.candidate.__module__.split(".")[-1]

    def named_by(self, text: str) -> bool:
        """Whether a text contains one of the right explanations. Underscores count as spaces."""
        text = text.replace("_", " ")
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.says)


SQUARES = {"output": "sigmoid", "loss": "half_squared_error"}
REGRESSION = {"output": "identity", "loss": "half_squared_error"}
WILD: list[Wild] = []


def wild(stages: str, *says: str, state: bool = False, answers: str | None = None, **settings: Any) -> Callable[[Any], Any]:
    """Add the decorated class or function. Its name, in lower case with underscores, is the name of the entry."""

    def add(network: Any) -> Any:
        name = re.sub("(?<!^)(?=[A-Z])", "_", network.__name__).lower() if inspect.isclass(network) else network.__name__
        names = tuple(answers.split()) if answers else None
        candidate = quiet(candidate_of(network))
        candidate = only(candidate, *names) if names else candidate
        candidate.__module__ = network.__module__
        WILD.append(Wild(name, candidate, settings, tuple(stages.split()), says, state, names))
        return network

    return add


def candidate_of(network: Any) -> Candidate:
    """Return a candidate. A class makes a new network for each case."""
    if not inspect.isclass(network):
        return network

    def candidate(case: Any) -> dict[str, Any]:
        return network(case).answer()

    return candidate
