"""What the answers are consistent with: the mistakes of the catalogue, one alone or two at once, that reproduce them."""

import math
from collections.abc import Iterable
from itertools import combinations
from time import monotonic

from reference.bounded import Bounded
from reference.oracle import mistakes_backward, mistakes_forward
from reference.oracle.judge import Exam, fits
from reference.oracle.mistakes import MISTAKES
from reference.oracle.steps import Network

__all__ = ["MISTAKES", "diagnoses", "mistakes_backward", "mistakes_forward", "pairs"]

Names = tuple[str, ...]


def explains(names: Names, exams: Iterable[Exam], bounded: type[Bounded] = Bounded, base: type[Network] = Network) -> bool:
    """Whether a network with these mistakes gives all the answers; at least one of the wrong ones must be decided."""
    network, decided_wrong = with_mistakes(names, base), False
    for each in exams:
        fit = fits(each, network, bounded)
        if fit is False:
            return False
        decided_wrong = decided_wrong or bool(fit and each.wrong())
    return decided_wrong


def with_mistakes(names: Names, base: type[Network] = Network) -> type[Network]:
    """Return the network that makes all these mistakes, and computes as `base` does otherwise."""
    return type("Wrong", (*(MISTAKES[name].network for name in names), *([base] if base is not Network else [])), {})


def diagnoses(exams: list[Exam], bounded: type[Bounded] = Bounded, base: type[Network] = Network) -> list[str]:
    """Return the single mistakes that explain all the answers, in the order of the catalogue."""
    return [name for name in MISTAKES if explains((name,), exams, bounded, base)]


def pairs(
    exams: list[Exam], bounded: type[Bounded] = Bounded, base: type[Network] = Network, most: int = 4, seconds: float = math.inf
) -> list[Names]:
    """Return the pairs of mistakes that together explain all the answers, as far as the time suffices."""
    found: list[Names] = []
    end = monotonic() + seconds
    smallest = sorted(exams, key=lambda each: (not each.wrong(), each.case.layout.n_weights))
    for names in combinations(MISTAKES, 2):
        if explains(names, smallest, bounded, base):
            found.append(names)
            if len(found) == most:
                break
        if monotonic() > end:
            break
    return found
