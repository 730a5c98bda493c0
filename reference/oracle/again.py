"""Whether a candidate answers the same when it is asked again: if not, it keeps something, or it is random."""

from itertools import chain, pairwise

from reference.oracle.answers import Candidate, Misshapen, NoAnswer, ask
from reference.oracle.judging.exam import SMALL, Exam

SOME = 5  # cases that are asked once more
AGAIN = "asked again, it answers otherwise"


def notes_of_repeats(candidate: Candidate, exams: list[Exam]) -> set[str]:
    """Return a note where a candidate answers otherwise when it is asked some cases again, in another order."""
    some = exams[:: max(1, len(exams) // SOME)][:SOME][::-1]
    try:
        if all(repr(ask(candidate, exam.case).stages) == repr(exam.answer.stages) for exam in some):  # NaN for NaN
            return set()
        first, other = some[0].case, some[-1].case
        rounds = []
        for _ in range(4):
            rounds.append(list(chain.from_iterable(ask(candidate, first).stages.values())))
            ask(candidate, other)
    except (NoAnswer, Misshapen):
        return {"asked again, it gives no answer"}
    changes = [[b - a for a, b in zip(*pair, strict=True)] for pair in pairwise(rounds)]
    largest = max(map(abs, chain.from_iterable(changes)), default=0.0)
    second_changes = (abs(b - a) for before, after in pairwise(changes) for a, b in zip(before, after, strict=True))
    if all(change <= SMALL * max(1.0, largest) for change in second_changes):
        return {f"{AGAIN}: it carries something over from call to call; set sums, gradients and state to 0 first"}
    return {f"{AGAIN}, and each time otherwise: is it random, with dropout or noise left on?"}
