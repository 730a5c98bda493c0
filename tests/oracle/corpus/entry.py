"""Helpers for the networks of the corpus: add an entry, read a case as arrays, and answer with plain lists."""

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Candidate = Callable[[Any], dict[str, Any]]
STAGES = ("h_sums", "h_nodes", "o_sums", "o_nodes", "loss", "o_deltas", "h_deltas", "gradient")
FINITE_DIFFERENCES = "finite_differences"


class Entry(NamedTuple):
    """A right network, and what is known about it."""

    name: str
    candidate: Candidate
    settings: tuple[dict[str, Any], ...]  # keyword arguments of `oracle.check`; the network is right in each setting
    stages: tuple[str, ...] = STAGES
    needs: tuple[str, ...] = ()  # Python packages, or the programs "cc" and "node"
    convention: str | None = None  # None for a network that must agree
    epsilon: float = 0.0  # added to an output before the logarithm, or the limit at which an output is clipped


ENTRIES: list[Entry] = []


def entry(*settings: dict[str, Any], stages: str | None = None, name: str | None = None, **more: Any) -> Any:
    """Add the decorated function to the corpus. The docstring of the function says who writes such a network.

    `more` are further fields of the Entry.
    """

    def add(candidate: Candidate) -> Candidate:
        names = tuple(stages.split()) if stages else STAGES
        ENTRIES.append(Entry(name or candidate.__name__, quiet(candidate), settings or ({},), names, **more))
        return candidate

    return add


def quiet(candidate: Candidate) -> Candidate:
    """Return the candidate without its warnings: in many styles, exp overflows."""

    @functools.wraps(candidate)
    def quietly(case: Any) -> dict[str, Any]:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return candidate(case)

    return quietly


def only(candidate: Candidate, *stages: str) -> Candidate:
    def restricted(case: Any) -> dict[str, Any]:
        answers = candidate(case)
        return {stage: answers[stage] for stage in stages}

    return restricted


def matrices(case: Any, dtype: Any = np.float64) -> tuple[Any, Any, Any, Any]:
    """Return W1 (n_inputs, n_hidden), b1, W2 (n_hidden, n_outputs), b2."""
    return split(case, np.array(case["weights"], dtype))


def split(case: Any, weights: Any) -> tuple[Any, Any, Any, Any]:
    """Return the four blocks of a flat array."""
    i, h, o = case["n_inputs"], case["n_hidden"], case["n_outputs"]
    first, second, third = i * h, i * h + h, i * h + h + h * o
    return weights[:first].reshape(i, h), weights[first:second], weights[second:third].reshape(h, o), weights[third:]


def samples(case: Any, dtype: Any = np.float64) -> tuple[Any, Any]:
    """Return the inputs and the targets as rows, one row for each sample."""
    return np.atleast_2d(np.array(case["inputs"], dtype)), np.atleast_2d(np.array(case["targets"], dtype))


def flat(*blocks: Any) -> Any:
    """Return the blocks as one array."""
    return np.concatenate([np.ravel(block) for block in blocks])


def answer(case: Any, stages: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return stages as plain numbers and lists. For one sample, the axis of the samples is removed."""
    answers = {}
    for stage, value in {**(stages or {}), **more}.items():
        array = np.asarray(value)
        if array.ndim == 2 and stage != "weights" and np.ndim(case["inputs"]) == 1:
            array = array[0]
        answers[stage] = array.tolist()
    return answers


def n_steps(case: Any) -> int:
    return int(case.get("steps", 1))


def rows_or_one(rows: list[Any]) -> Any:
    """Return a row of weights for each step, or a flat array if there is only one step."""
    return np.array(rows) if len(rows) > 1 else np.array(rows[0])
