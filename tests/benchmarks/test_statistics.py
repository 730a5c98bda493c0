"""Intervals, ratios, fitted lines, and the order in which contenders are timed."""

import gc
import math
import time

import pytest

from benchmarks import intervals, lines
from benchmarks.measure import Pace, Seconds, interleave


@pytest.mark.parametrize("n", range(6, 40))
def test_the_interval_is_the_narrowest_with_at_least_95_percent_confidence(n: int) -> None:
    k = intervals.rank(n)
    misses = [sum(2 * math.comb(n, j) for j in range(ranks)) / 2**n for ranks in (k, k + 1)]
    assert misses[0] <= 0.05
    assert misses[1] > 0.05 or k == n // 2


def test_a_machine_that_becomes_slower_changes_no_ratio() -> None:
    pace = [1.0] * 7 + [10.0] * 8
    assert intervals.ratio([3 * t for t in pace], pace) == (3, 3, 3)
    assert intervals.interval([3 * t for t in pace]).spread > 0.4


@pytest.mark.parametrize(("start", "each"), [(1e-5, 2e-8), (0.0, 1e-9), (3e-6, 0.0)])
def test_a_line_is_found(start: float, each: float) -> None:
    sizes = [2, 20, 500, 70_000, 10**8]
    line = lines.line(sizes, [start + each * m for m in sizes])
    assert line is not None
    assert math.isclose(line.start, start, rel_tol=1e-6, abs_tol=1e-12)
    assert math.isclose(line.each, each, rel_tol=1e-6, abs_tol=1e-20)
    assert math.isclose(line.misfit, 1)


def test_the_line_gives_no_negative_time_for_size_0() -> None:
    line = lines.line([10, 20, 30], [1.0, 3.0, 5.0])
    assert line is not None
    assert line.start == 0
    assert line.misfit > 1


def test_every_round_times_all_contenders_in_random_order() -> None:
    calls: list[str] = []
    works = {name: lambda n, name=name: calls.append(name) for name in "abc"}
    samples = interleave(works, Pace(rounds=40, sample=0.0))
    rounds = [tuple(calls[at : at + 3]) for at in range(len(calls) - 120, len(calls), 3)]
    assert all(sorted(order) == ["a", "b", "c"] for order in rounds)
    assert len(set(rounds)) == 6, "some order never comes up"
    assert {len(times) for times in samples.values()} == {40}


def test_garbage_collection_is_off_only_while_contenders_are_timed() -> None:
    states: list[bool] = []
    interleave({"a": lambda n: states.append(gc.isenabled())}, Pace(rounds=3, sample=0.0))
    assert states[-3:] == [False] * 3
    assert gc.isenabled()


def test_a_time_measured_in_another_process_is_used() -> None:
    samples = interleave({"far": lambda n: (time.sleep(0.002), Seconds(n * 0.5))[1]}, Pace(rounds=3, sample=0.1))
    assert samples["far"] == [0.5] * 3
