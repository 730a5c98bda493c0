"""A table of what the oracle says of every wrong network.

python -m tests.oracle.wild                                a line for each network, and the totals
python -m tests.oracle.wild --only log10 --only uphill     these alone, each with its whole report
python -m tests.oracle.wild --list-unexplained             the names alone of those without a true explanation
python -m tests.oracle.wild --module steps --quick         the networks of one file, without a search for the smallest one
"""

import argparse
import importlib
import statistics

from tests.oracle.wild import WILD, Wild
from tests.oracle.wild.outcome import Outcome, differing_stages, outcome_of

HEAD = f"{'name':52} {'caught':6} {'place':5} {'named':5} {'explained':9} {'seconds':>7}  first wrong; diagnoses"


def options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.oracle.wild", description="What the oracle says of every wrong network."
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this network, with its report; repeatable")
    parser.add_argument("--module", action="append", default=[], help="the networks of this file, such as steps; repeatable")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th network")
    parser.add_argument("--examples", type=int, default=60, help="cases asked of each network (default 60)")
    parser.add_argument("--list-unexplained", action="store_true", help="the names alone of networks not truly explained")
    parser.add_argument("--list", action="store_true", help="the names, files and settings alone; nothing is asked")
    parser.add_argument("--quick", action="store_true", help="do not search for the smallest network or pairs of mistakes")
    return parser.parse_args()


def chosen(given: argparse.Namespace) -> list[Wild]:
    """Return the networks that are asked for."""
    if unknown := set(given.only) - {entry.name for entry in WILD}:
        raise SystemExit(f"no wrong network is named {', '.join(sorted(unknown))}; --list names them all")
    entries = [entry for entry in WILD if not given.only or entry.name in given.only]
    entries = [entry for entry in entries if not given.module or entry.module in given.module]
    return entries[:: given.every]


def word(value: bool | None) -> str:
    """Return yes, NO, or a dash for what does not apply."""
    return "-" if value is None else "yes" if value else "NO"


def line(outcome: Outcome) -> str:
    """Return the line of a network."""
    verdict = outcome.verdict
    explained = "FALSELY" if outcome.explained_falsely else word(outcome.explained)
    what = f"{verdict.first_wrong or verdict.grade}; {', '.join(verdict.diagnoses) or '-'}"
    words = [word(outcome.caught), word(outcome.placed), word(outcome.named)]
    return f"{outcome.entry.name:52} {words[0]:6} {words[1]:5} {words[2]:5} {explained:9} {outcome.seconds:7.1f}  {what}"


def totals(outcomes: list[Outcome]) -> str:
    """Return the counts."""
    n = len(outcomes)
    places = [outcome.placed for outcome in outcomes if outcome.placed is not None]
    diagnosed = [outcome for outcome in outcomes if outcome.verdict.diagnoses]
    seconds = [outcome.seconds for outcome in outcomes]
    return "\n".join([
        f"caught              {sum(outcome.caught for outcome in outcomes)} of {n}",
        f"first stage right   {sum(places)} of {len(places)}",
        f"with a diagnosis    {len(diagnosed)} of {n}, {sum(outcome.named for outcome in diagnosed)} of these honest",
        f"explained           {sum(outcome.explained for outcome in outcomes)} of {n}",
        f"explained falsely   {sum(outcome.explained_falsely for outcome in outcomes)}",
        f"seconds             {sum(seconds):.0f} in all, median {statistics.median(seconds):.1f}, largest {max(seconds):.1f}",
    ])  # fmt: skip


def listed(entry: Wild) -> str:
    """Return what is known of a network, and in which stages it differs from the reference."""
    differs = " ".join(differing_stages(entry))
    return f"{entry.module:10} {entry.name:52} {entry.settings}; true: {' '.join(entry.stages)}; differs: {differs}"


def main() -> None:
    """Print the table."""
    given = options()
    entries = chosen(given)
    if given.quick:
        importlib.import_module("reference.oracle.decide").PATIENCE = 0.0
    if given.list:
        print("\n".join(map(listed, entries)))
        return
    outcomes = []
    if not given.list_unexplained:
        print(HEAD)
    for entry in entries:
        outcome = outcome_of(entry, given.examples)
        outcomes.append(outcome)
        if given.list_unexplained:
            if not outcome.explained:
                print(entry.name, flush=True)
            continue
        print(line(outcome), flush=True)
        if given.only:
            print(f"settings {entry.settings}; true stages {' '.join(entry.stages)}\n{outcome.verdict}\n", flush=True)
    if outcomes and not given.list_unexplained:
        print(totals(outcomes))


if __name__ == "__main__":
    main()
