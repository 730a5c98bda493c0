"""A table of what the oracle reports about every wrong network.

python -m tests.oracle.wild                                a line for each network, and the totals
python -m tests.oracle.wild --only log10 --only uphill     only these networks, each with its report
python -m tests.oracle.wild --every 10                     every tenth network
"""

import argparse
import statistics

from tests.oracle.wild import WILD
from tests.oracle.wild.outcome import Outcome, differing_stages, outcome_of

HEAD = f"{'name':52} {'caught':6} {'place':5} {'named':5} {'explained':9} {'seconds':>7}  first wrong; diagnoses"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.oracle.wild", description="What the oracle reports about every wrong network."
    )
    names = [entry.name for entry in WILD]
    parser.add_argument(
        "--only", action="append", choices=names, metavar="NAME", help="this network, with its report; repeatable"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th network")
    parser.add_argument("--examples", type=int, default=60, help="number of cases for each network (default 60)")
    return parser.parse_args()


def word(value: bool | None) -> str:
    return "-" if value is None else "yes" if value else "NO"


def line(outcome: Outcome) -> str:
    verdict = outcome.verdict
    explained = "FALSELY" if outcome.explained_falsely else word(outcome.explained)
    what = f"{verdict.first_wrong or verdict.grade}; {', '.join(verdict.diagnoses) or '-'}"
    words = [word(outcome.caught), word(outcome.placed), word(outcome.named)]
    return f"{outcome.entry.name:52} {words[0]:6} {words[1]:5} {words[2]:5} {explained:9} {outcome.seconds:7.1f}  {what}"


def report(outcome: Outcome) -> str:
    """Return what is known about a network, and the whole report of the oracle."""
    entry = outcome.entry
    wrong, differing = (" ".join(stages) for stages in (entry.stages, differing_stages(entry)))
    stages = f"stages wrong by themselves: {wrong}; stages that differ: {differing}"
    return f"settings {entry.settings}; {stages}\n{outcome.verdict}\n"


def totals(outcomes: list[Outcome]) -> str:
    n = len(outcomes)
    places = [outcome.placed for outcome in outcomes if outcome.placed is not None]
    diagnosed = [outcome for outcome in outcomes if outcome.verdict.diagnoses]
    seconds = [outcome.seconds for outcome in outcomes]
    return "\n".join([
        f"caught              {sum(outcome.caught for outcome in outcomes)} of {n}",
        f"first stage right   {sum(places)} of {len(places)}",
        f"with a diagnosis    {len(diagnosed)} of {n}, {sum(outcome.named for outcome in diagnosed)} of these as expected",
        f"explained           {sum(outcome.explained for outcome in outcomes)} of {n}",
        f"explained falsely   {sum(outcome.explained_falsely for outcome in outcomes)}",
        f"seconds             {sum(seconds):.0f} in all, median {statistics.median(seconds):.1f}, largest {max(seconds):.1f}",
    ])  # fmt: skip


def main() -> None:
    choice = options()
    outcomes = []
    print(HEAD)
    for entry in [entry for entry in WILD if not choice.only or entry.name in choice.only][:: choice.every]:
        outcomes.append(outcome_of(entry, choice.examples))
        print(line(outcomes[-1]), flush=True)
        if choice.only:
            print(report(outcomes[-1]), flush=True)
    print(totals(outcomes))


if __name__ == "__main__":
    main()
