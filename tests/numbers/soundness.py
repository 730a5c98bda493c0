"""Check the proven bounds on rounding errors in random networks. `python -m tests.numbers.soundness --cases 100000`.

An evaluation is one correct way to compute a network. The exit status is 1 if an error |evaluation - truth| exceeds its bound.
"""

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_UP, Context, Decimal
from multiprocessing import get_context
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import reference
from reference import Bounded, Undecided
from reference.numbers.single import SINGLE
from tests.draws import PRECISIONS, REGIMES, Draw, draw, draw_wide
from tests.numbers.evaluations import EVALUATIONS, Stages, answers_of, network_of
from tests.truth import STAGES, truth_of

KINDS = {"float64": Bounded, "float32": SINGLE}

# Rounding up never lifts a difference above its bound: the result has 1200 digits, and the bound, a float, at most 767.
EXACT = Context(prec=1200, rounding=ROUND_UP, Emin=MIN_EMIN, Emax=MAX_EMAX)


def distance(candidate: float, truth: Decimal) -> Decimal:
    """Return |candidate - truth| with 1200 digits, rounded up."""
    return EXACT.subtract(Decimal(candidate), truth).copy_abs()


def over_bound(candidates: Iterable[float], truth: Decimal, bound: float) -> float:
    """Return the largest |candidate - truth| / bound. The ratio is above 1 only if an error exceeds the bound.

    The ratio is infinite if a candidate is not finite, or if the bound is 0 and the error is not.
    """
    candidates = list(candidates)
    if not all(map(math.isfinite, candidates)):
        return math.inf
    worst = max(distance(min(candidates), truth), distance(max(candidates), truth))
    if worst == 0:
        return 0.0
    if bound == 0:
        return math.inf
    ratio = float(worst / Decimal(bound))
    return max(ratio, math.nextafter(1, 2)) if worst > bound else min(ratio, 1.0)


class Outcome(NamedTuple):
    """The results of some cases.

    worst : the largest ratio of error and bound in each stage, and its place
    compared : the number of comparisons
    undecided : for each stage, the number of cases in which `reference` raises Undecided, as a bound is too wide
    cases : the number of cases
    """

    worst: dict[str, tuple[float, str]]
    compared: int
    undecided: Counter[str]
    cases: int = 1

    def __add__(self, other: "Outcome") -> "Outcome":
        worst = {stage: max(self.worst.get(stage, NO_RATIO), other.worst.get(stage, NO_RATIO)) for stage in STAGES}
        return Outcome(worst, self.compared + other.compared, self.undecided + other.undecided, self.cases + other.cases)

    def ratio(self) -> tuple[float, str]:
        """Return the largest ratio of all stages, and its place."""
        return max(self.worst.values(), default=NO_RATIO)


NO_RATIO = 0.0, ""
NO_OUTCOME = Outcome({}, 0, Counter(), 0)


def bounds_of(case: Draw, kind: type[Bounded]) -> dict[str, list[Bounded]]:
    """Return the stages that the loops compute on bounded numbers, without undecided stages."""
    return answers_of(network_of(reference, case, [kind(w) for w in case.weights]), case, Undecided)


def check_case(
    case: Draw, evaluations: dict[str, Callable[[Draw], Stages]] = EVALUATIONS, kind: type[Bounded] | None = None
) -> Outcome:
    """Compare every evaluation of a case, and the values of the bounded numbers, with the truth."""
    bounds, truth = bounds_of(case, kind or KINDS[case.precision]), truth_of(case)
    answers = {name: evaluation(case) for name, evaluation in evaluations.items()} if bounds else {}
    worst, compared = {}, 0
    for stage, numbers in bounds.items():
        ratios = []
        for at, number in enumerate(numbers):
            candidates = [answer[stage][at] if stage in answer else math.inf for answer in answers.values()]
            ratios.append(over_bound([*candidates, number.value], truth[stage][at], number.error))
        worst[stage] = (max(ratios), f"case {case.number}: {stage}[{ratios.index(max(ratios))}]")
        compared += len(numbers) * len(answers)
    return Outcome(worst, compared, Counter(stage for stage in STAGES if stage not in bounds))


def check_numbers(numbers: range) -> list[tuple[str, str, Outcome]]:
    """Check the cases with these numbers, and return (regime, precision, outcome) of each case."""
    cases = map(draw, numbers)
    return [(case.regime, case.precision, check_case(case)) for case in cases]


def looseness(n_inputs: int, n_hidden: int, precision: str, repeats: int) -> dict[str, float]:
    """Return for each stage the median of bound / (largest error of the evaluations)."""
    found: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for repeat in range(repeats):
        case = draw_wide(repeat, n_inputs, n_hidden, precision)
        truth, answers = truth_of(case), [evaluation(case) for evaluation in EVALUATIONS.values()]
        for stage, numbers in bounds_of(case, KINDS[precision]).items():
            for at, number in enumerate(numbers):
                ratio = over_bound([answer[stage][at] for answer in answers], truth[stage][at], number.error)
                found[stage].append(1 / ratio if ratio else math.inf)
    return {stage: median(ratios) for stage, ratios in found.items() if ratios}


def table_of_ratios(found: dict[tuple[str, str], Outcome]) -> Table:
    undecided = [f"{name} undecided" for name in ("forward", "loss", "backward")]
    table = Table("regime", "precision", "worst error/bound", "where", "comparisons", "cases", *undecided)
    for key, outcome in found.items():
        ratio, where = outcome.ratio()
        counts = outcome.compared, outcome.cases, *(outcome.undecided[stage] for stage in ("o_nodes", "loss", "gradient"))
        table.add_row(*key, f"{ratio:.3f}", where, *(f"{count:,}" for count in counts))
    return table


def table_of_looseness() -> Table:
    table = Table("network", "precision", *STAGES)
    for sizes in [(n, 8) for n in (2, 8, 32, 128, 512)] + [(8, n) for n in (2, 32, 128, 512)]:
        for precision in PRECISIONS:
            loose = looseness(*sizes, precision, repeats=5)
            table.add_row(f"{sizes[0]}-{sizes[1]}-3", precision, *(f"{loose.get(stage, math.nan):.3g}" for stage in STAGES))
    return table


def main() -> int:
    """Check the cases in several processes, print the results and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.numbers.soundness", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1000, help="how many cases (default 1000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (default 0)")
    parser.add_argument("--processes", type=int, default=2, help="how many processes (default 2)")
    options = parser.parse_args()
    if min(options.cases, options.processes) < 1 or options.first < 0:
        parser.error("--cases and --processes are at least 1, --first at least 0")
    console, start, end = (
        Console(highlight=False, width=None if sys.stdout.isatty() else 150),
        time.perf_counter(),
        options.first + options.cases,
    )
    found = {(regime, precision): NO_OUTCOME for regime in REGIMES for precision in PRECISIONS}
    chunks = [range(first, min(first + 100, end)) for first in range(options.first, end, 100)]
    with get_context("spawn").Pool(options.processes) as pool, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("cases", total=options.cases)
        for outcomes in pool.imap_unordered(check_numbers, chunks):
            for regime, precision, outcome in outcomes:
                found[regime, precision] += outcome
            progress.advance(task, len(outcomes))
    seconds, total = time.perf_counter() - start, sum(found.values(), NO_OUTCOME)
    console.print(table_of_ratios(found))
    console.print("Worst error/bound of each stage:")
    for stage, (ratio, where) in total.worst.items():
        console.print(f"{stage:9} {ratio:.3f} ({where})")
    console.print("Bound divided by the largest error (median):", table_of_looseness())
    verdict = "a number is OUTSIDE its bound" if total.ratio()[0] > 1 else "every number is within its bound"
    console.print(f"{total.cases:,} cases, {total.compared:,} comparisons, {seconds:.0f} s: {verdict}")
    return int(total.ratio()[0] > 1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
