"""The check: cases are asked, answers judged, and what is wrong is placed, named and made small."""

import math
from itertools import chain, pairwise
from typing import Any

from reference.oracle.answers import Candidate, Misshapen, NoAnswer, ask
from reference.oracle.cases import Case, cases
from reference.oracle.diagnose import Explanation, explained, explanation_by_name, small_mistake
from reference.oracle.expected import answers_of
from reference.oracle.explanation import Explained, on_fresh_cases, place_of, statements
from reference.oracle.judge import SMALL, Exam, exam, explanation_of, is_small, with_raised
from reference.oracle.judge import Explanation as Formulas
from reference.oracle.localise import through_the_outputs
from reference.oracle.mistakes import MISTAKES
from reference.oracle.reason import SameReason
from reference.oracle.selftest import self_test
from reference.oracle.settings import counts, setting_of, sizes_of
from reference.oracle.shrink import smallest
from reference.oracle.verdict import Verdict, accuracy, summary
from reference.oracle.worked import name_of, worked
from reference.specification.door import yes_or_no
from reference.specification.names import DTYPES, TARGETS, one_of

SOME = 5  # cases that are asked once more
AGAIN = "asked again, it answers otherwise"
PATIENCE = 2.0  # seconds for the smallest network


def check(
    candidate: Candidate,
    *,
    hidden: str = "sigmoid",
    output: str = "softmax",
    loss: str | None = None,
    reduction: str = "mean",
    l2: float = 0.0,
    rule: str = "backpropagation",
    optimizer: Any = None,
    learning_rate: float = 0.1,
    steps: int = 1,
    biases: bool = True,
    batch: int | None = None,
    examples: int = 200,
    seed: int = 0,
    sizes: tuple[int, int, int] | None = None,
    precision: str | None = None,
    targets: str = "usual",
    strict: bool = False,
) -> Verdict:
    """Ask a candidate about networks drawn from a seed, and judge every number it answers.

    Parameters
    ----------
    candidate : function of one case, whose fields n_inputs, n_hidden, n_outputs, hidden, output, loss, reduction, l2,
        rule, optimizer, learning_rate, steps, weights (the flat vector), inputs and targets are plain numbers and lists. It
        returns its outputs, or a mapping with any of h_sums, h_nodes, o_sums, o_nodes, loss, o_deltas, h_deltas,
        gradient, and weights (after one step; for more steps a row after each). Only what it returns is judged.
    hidden, output, loss, reduction, l2, rule, learning_rate : as in `reference.NeuralNetwork`; a loss of None is
        cross_entropy for softmax, else half_squared_error
    optimizer : None for plain gradient descent, "sgd", "rmsprop", "adam", or one of reference's optimizers
    steps : how many steps on the same batch; each is judged from the candidate's own weights before it, and all stages
        but the weights are those of the first
    biases : False draws biases of zero and does not judge their gradient
    batch : None asks one sample at a time; a number asks batches of so many rows
    examples, seed, sizes : how many cases, which, and of which sizes if they are fixed
    precision : None accepts single precision from the first stage on that is computed in it, "float32" everywhere,
        "float64" nowhere
    targets : "usual" asks what a loss is used with: one row of zeros and a one for softmax with cross-entropy, zeros and
        ones for sigmoid outputs with it, any numbers for squared errors; "distribution" asks rows that add up to 1, "any"
        asks numbers between 0 and 1 for cross-entropy, else any
    strict : True asks for numbers within the proven bound; textbook formulas that lose digits do not agree then

    Returns
    -------
    Verdict : grade, agrees, first_wrong, diagnoses, counterexample; its text is the report. Right networks are "exact",
        "within_bound" or "textbook": these agree, however a textbook writes the formulas.

    Raises
    ------
    ValueError
        for a setting that cannot be.

    >>> import reference
    >>> def candidate(case):
    ...     network = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden=case.hidden,
    ...                                       output=case.output, loss=case.loss, weights=case.weights)
    ...     return network.predict(case.inputs)
    >>> check(candidate, examples=20).grade
    'exact'
    """
    setting = setting_of(hidden, output, loss, reduction, l2, rule, optimizer, learning_rate, biases, steps)
    examples, seed, batch = counts(examples, seed, batch)
    if precision is not None:
        one_of(DTYPES, precision, "precision")
    one_of(TARGETS, targets, "targets")
    yes_or_no(strict, "strict")
    asked = list(cases(setting, examples=examples, seed=seed, batch=batch, sizes=sizes_of(sizes), targets=targets))
    record: dict[str, Any] = {
        "setting": setting._asdict(), "batch": batch, "examples": examples, "seed": seed, "sizes": sizes,
        "precision": precision, "targets": targets, "strict": strict, "notes": [],
    }  # fmt: skip
    return verdict_on(candidate, asked, record)


def assert_agrees(candidate: Candidate, **settings: Any) -> None:
    """Raise AssertionError, whose message is the report, unless the candidate agrees; takes the settings of `check`."""
    verdict = check(candidate, **settings)
    if not verdict.agrees:
        raise AssertionError(f"\n{verdict}")


def assert_right(candidate: Candidate, case: Case) -> None:
    """Raise AssertionError, whose message is the report, unless the candidate is right on this very case."""
    record = {"setting": case.setting._asdict(), "batch": None if case.one else len(case.inputs), "examples": 1, "seed": None}
    verdict = verdict_on(candidate, [case], record | {"sizes": None, "precision": None, "notes": []}, more=False)
    if not verdict.agrees:
        raise AssertionError(f"\n{verdict}")


def verdict_on(candidate: Candidate, asked: list[Case], record: dict[str, Any], *, more: bool = True) -> Verdict:
    """Return the verdict on the answers to these cases; `record` says how they were asked, `more` whether others may be."""
    self_test()
    exams: list[Exam] = []
    raised: list[tuple[Case, NoAnswer]] = []
    notes: set[str] = set()
    for at, case in enumerate(asked):
        try:
            answer = ask(candidate, case)
        except NoAnswer as error:
            error.args = (f"case {at}: {error}",)
            raised.append((case, error))
            if error.raised is None and not error.crashed:
                return closed(record, "undecided", why=str(error), case=case)
            continue
        except Misshapen as error:
            return closed(record, "wrong", first_wrong=str(error), why=f"case {at}: {error}", case=case)
        notes |= answer.notes
        exams.append(exam(case, answer))
    if more:
        notes |= asked_again(candidate, exams)
    if hasattr(candidate, "check_unasked"):
        try:
            candidate.check_unasked()
        except NoAnswer as error:
            return closed(record, "undecided", why=f"after the last case: {error}")
    record = record | {"notes": each_kind_once(notes)}
    numbers = [number for at, each in enumerate(exams) for number in each.marked(at)]
    if not numbers:
        why = str(raised[0][1]) if raised else "no number of the answers can be judged"
        return closed(record, "undecided", why=why, case=raised[0][0] if raised else None)
    record["summary"] = summary(numbers)
    if not raised and not any(each.wrong() for each in exams):
        record["accuracy"] = accuracy(exams, Formulas())
        return closed(record, "exact" if all(map(is_exact, exams)) else "within_bound")
    explanation = explanation_of(exams, record["precision"])
    if explanation is not None and raised:
        explanation = with_raised(exams, [case for case, _ in raised], explanation)
        if explanation is None or any(error.raised is None for _, error in raised):
            return closed(record, "undecided", why=str(raised[0][1]), case=raised[0][0])
        names = ", ".join(sorted({str(error.raised) for _, error in raised}))
        record["notes"].append(f"in {len(raised)} of {len(asked)} cases it raised {names}, where a formula overflows")
    if explanation is not None:
        return right_by_formula(exams, explanation, record)
    if raised:
        record["notes"].append(f"it raised an error in {len(raised)} of {len(asked)} cases; {raised[0][1]}")
    if is_small(exams):
        name = small_mistake(exams)
        if name is None:
            return closed(record, "low_precision")
        return wrong(candidate, exams, explanation_by_name(exams, name), record, more)
    return wrong(candidate, exams, explained(exams), record, more)


def right_by_formula(exams: list[Exam], explanation: Formulas, record: dict[str, Any]) -> Verdict:
    """Return the verdict on a right network whose digits differ: by textbook formulas, or by single precision."""
    record = record | {"accuracy": accuracy(exams, explanation), "formulas": [each.name for each in explanation.formulas]}
    if explanation.conventions:
        record["conventions"] = [{"name": each.name, "note": each.note} for each in explanation.conventions]
        return closed(record, "another_convention", first_wrong=first_outside(exams))
    numbers = [x for each in exams for stage in each.answer.stages.values() for x in stage]
    if n_missing := sum(not math.isfinite(x) for x in numbers):
        record["notes"].append(f"{n_missing} of {len(numbers):,} numbers are NaN or infinite, where a formula overflows")
    if explanation.single_from is not None and record["precision"] == "float64":
        return closed(record, "low_precision")
    grade = "textbook" if explanation.formulas else "within_bound"
    return closed(record, grade, agrees=not (record.get("strict") and explanation.formulas))


def first_outside(exams: list[Exam]) -> str:
    """Return the first number outside its allowance, e.g. "weights[3] (b->o1)"."""
    at, number = next((at, number) for at, each in enumerate(exams) for number in each.marked(at) if number.ratio > 1)
    return name_of(exams[at].case, number.stage, number.at)


def is_exact(exam: Exam) -> bool:
    """Whether all answers are the very numbers of the reference loops."""
    own = answers_of(exam.case, float, tuple(exam.right))
    return all(
        mine == theirs
        for stage in exam.right
        for at, (mine, theirs) in enumerate(zip(exam.answer.stages[stage], own[stage], strict=True))
        if exam.counts(stage, at)
    )


def closed(
    record: dict[str, Any],
    grade: str,
    *,
    agrees: bool | None = None,
    first_wrong: str | None = None,
    names: list[str] | None = None,
    case: Case | None = None,
    why: str | None = None,
) -> Verdict:
    """Return the verdict, and put into its record what a report needs."""
    agrees = grade in ("exact", "within_bound", "textbook") if agrees is None else agrees
    names = names or []
    record = record | {"grade": grade, "agrees": agrees, "first_wrong": first_wrong, "diagnoses": names, "why": why}
    record.setdefault("counterexample", None if case is None else dict(case.asked()) | {"purpose": case.purpose})
    return Verdict(grade, agrees, first_wrong, names, case, record)


def each_kind_once(notes: set[str]) -> list[str]:
    """Return the notes, those on shapes in one."""
    shapes = sorted(note for note in notes if " has shape " in note)
    found = sorted(notes.difference(shapes))
    if not shapes:
        return found
    stages = list(dict.fromkeys(note.split()[0] for note in shapes))
    others = f"; so it is with other sizes, of {', '.join(stages)}" if len(shapes) > 1 else ""
    return [*found, shapes[-1] + others]


def asked_again(candidate: Candidate, exams: list[Exam]) -> set[str]:
    """Return a note where a candidate answers otherwise when it is asked again, in another order."""
    some = exams[:: max(1, len(exams) // SOME)][:SOME][::-1]
    try:
        if all(same(ask(candidate, each.case).stages, each.answer.stages) for each in some):
            return set()
        first, other = some[0].case, some[-1].case
        turns = []
        for _ in range(4):
            turns.append([x for numbers in ask(candidate, first).stages.values() for x in numbers])
            ask(candidate, other)
    except (NoAnswer, Misshapen):
        return {"asked again, it gives no answer"}
    changes = [[b - a for a, b in zip(*pair, strict=True)] for pair in pairwise(turns)]
    largest = max(map(abs, chain.from_iterable(changes)), default=0.0)
    if all(
        abs(b - a) <= SMALL * max(1.0, largest) for here, there in pairwise(changes) for a, b in zip(here, there, strict=True)
    ):
        return {f"{AGAIN}: it carries something over from call to call; set sums, gradients and state to 0 first"}
    return {f"{AGAIN}, and each time otherwise: is it random, with dropout or noise left on?"}


def same(these: dict[str, list[float]], those: dict[str, list[float]]) -> bool:
    """Whether two answers are the same, NaN for NaN."""
    return repr(these) == repr(those)


def small_first(case: Case) -> tuple[bool, int, int]:
    """Return by what cases are sorted, the smallest first; a softmax of one output, which is always 1, comes last."""
    return case.setting.output == "softmax" and case.layout.n_outputs == 1, case.layout.n_weights, len(case.inputs)


def wrong(candidate: Candidate, exams: list[Exam], explanation: Explanation, record: dict[str, Any], more: bool) -> Verdict:
    """Return the verdict on a wrong candidate: placed, explained, made small."""
    if more:
        explanation = on_fresh_cases(candidate, explanation, exams, record)
    step, failing = explanation.blame[0]
    stage, first = step.partition(".")[0], exams[failing[0]]
    place = place_of(explanation, exams, stage)
    if (
        more
        and stage == "o_nodes"
        and not {"h_sums", "h_nodes", "o_sums"} & set(first.answer.stages)
        and not explanation.complete
    ):
        place = through_the_outputs(candidate, first) or place
    by_size = sorted((exams[at].case for at in failing), key=small_first)
    small = by_size[0]
    if more and PATIENCE and explanation.findings:
        still = SameReason(candidate, explanation, step, exams)
        start = next((case for case in by_size[:20] if still(case)), small)
        small = smallest(start, still, keep_sizes=record["sizes"] is not None, seconds=PATIENCE)
    record = record | {
        "first_wrong_case": failing[0],
        "failing": sum(each.wrong() for each in exams),
        "explanation": statements(explanation, exams),
        "complete": explanation.complete,
        "fresh": more,
        "worked": worked(exam(small, ask(candidate, small)), stage),
    }
    names = [statement["name"] for statement in record["explanation"] if statement["name"]]
    verdict = closed(record, "wrong", first_wrong=place, names=names, case=small)
    return verdict._replace(explanation=Explained(explanation, exams[0]) if explanation.complete else None)


__all__ = ["MISTAKES", "assert_agrees", "assert_right", "check"]
