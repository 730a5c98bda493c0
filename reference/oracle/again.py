"""Check that a candidate gives the same answers when it is called again. If not, it keeps state or is random."""

from itertools import chain, pairwise

from reference.oracle.answers import Candidate, NoAnswer, WrongShape, ask
from reference.oracle.judging.exam import SMALL, Exam

N_REPEATS = 5
AGAIN = "called again, it gives other numbers"


def notes_of_repeats(candidate: Candidate, exams: list[Exam]) -> set[str]:
    """Ask up to N_REPEATS cases again. If an answer differs or is missing, return a set with one note, else an empty set."""
    repeats = exams[:: max(1, len(exams) // N_REPEATS)][:N_REPEATS][::-1]
    try:
        # compare texts, because NaN != NaN
        if all(repr(ask(candidate, exam.case).stages) == repr(exam.answer.stages) for exam in repeats):
            return set()
        first, other = repeats[0].case, repeats[-1].case
        rounds = []
        for _ in range(4):
            rounds.append(list(chain.from_iterable(ask(candidate, first).stages.values())))
            ask(candidate, other)
    except (NoAnswer, WrongShape):
        return {"called again, it gives no answer"}
    changes = [[b - a for a, b in zip(*pair, strict=True)] for pair in pairwise(rounds)]
    largest = max(map(abs, chain.from_iterable(changes)), default=0.0)
    second_changes = (abs(b - a) for before, after in pairwise(changes) for a, b in zip(before, after, strict=True))
    # if the candidate keeps a sum or a count, the change of a number is the same in all rounds
    if all(change <= SMALL * max(1.0, largest) for change in second_changes):
        advice = "set sums, gradients and state to 0 first, and check that no index is wrong"
        return {f"{AGAIN}: it keeps something from call to call, so its first answer may be right; {advice}"}
    return {f"{AGAIN} each time: is it random, with dropout or noise left on?"}
