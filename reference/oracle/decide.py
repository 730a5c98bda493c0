"""Turn answers into a verdict: right, right by other formulas, low precision, another convention, wrong or undecided."""

import math
from typing import NamedTuple

from reference.oracle.again import notes_of_repeats
from reference.oracle.answers import Candidate, NoAnswer, WrongShape, ask
from reference.oracle.cases import Case
from reference.oracle.explaining.diagnose import explanation_by_name, explanation_of, small_mistake
from reference.oracle.explaining.worked import name_of
from reference.oracle.judging.accurate import accurate_forms
from reference.oracle.judging.exam import Exam, exam_of, is_small
from reference.oracle.judging.judge import Variant, variant_of, with_overflows
from reference.oracle.judging.printed import printed_digits
from reference.oracle.judging.steps import Network
from reference.oracle.summary import accuracy, summary
from reference.oracle.verdict import Record, Verdict, verdict_of
from reference.oracle.wrong import wrong_verdict
from reference.specification.names import STAGES

SIZES = "if your network has fixed sizes, use --sizes I-H-O (in Python sizes=(I, H, O))"
SIZE_ERRORS = ("IndexError", "shape", "dimension")  # words in the errors of networks that get a case of other sizes
ADVICE = "if your program prints its numbers, print 17 significant digits (%.17g)"


class Failure(NamedTuple):
    """A case without an answer, the reason, and the name of the raised error; None if an overflow cannot cause this error."""

    case: Case
    why: str
    raised: str | None


def verdict_on(candidate: Candidate, cases: list[Case], record: Record, *, ask_more: bool = True) -> Verdict:
    """Call a candidate with these cases and return the verdict. `ask_more` allows calls with other cases."""
    exams: list[Exam] = []
    failures: list[Failure] = []
    notes: set[str] = set()
    for number, case in enumerate(cases):
        try:
            answer = ask(candidate, case)
        except (WrongShape, NoAnswer) as error:
            why = f"{place(candidate, number)}: {error}"
            if not failures and ask_more and record["sizes"] is None and may_have_fixed_sizes(error, case, exams):
                notes.add(note_on_sizes(number, case))
            if isinstance(error, WrongShape):
                if extra := extra_line(candidate):  # after an extra line, an answer may belong to another case
                    return verdict_of(record, "undecided", why=f"{place(candidate, number)}: {extra}")
                record = record | {"notes": combine_shape_notes(notes)}
                return verdict_of(record, "wrong", first_wrong=str(error), why=why, case=case)
            failures.append(Failure(case, why, error.raised))
            if error.raised is None and not error.crashed:
                return undecided_verdict(record | {"notes": combine_shape_notes(notes)}, failures[-1])
        else:
            notes |= answer.notes
            exams.append(exam_of(case, answer)._replace(number=number))
    if ask_more:
        notes |= notes_of_repeats(candidate, exams)
    if extra := extra_line(candidate):
        return verdict_of(record, "undecided", why=f"after the last case: {extra}")
    return judge_answers(candidate, exams, failures, record | {"notes": combine_shape_notes(notes)}, ask_more)


def extra_line(candidate: Candidate) -> str:
    """Return what is wrong if a program wrote more lines than it had cases; otherwise return ""."""
    try:
        getattr(candidate, "check_extra_line", lambda: None)()
    except NoAnswer as error:
        return str(error)
    return ""


def place(candidate: Candidate, number: int) -> str:
    """Return the number of a case and, for a program, the number of its input line."""
    line = getattr(candidate, "line_number", None)
    return f"case {number}" + (f" (input line {line})" if line else "")


def note_on_sizes(number: int, case: Case) -> str:
    """Return a note for a candidate that may have failed because it takes one sample, or networks of one size."""
    if number == 0 and not case.one:
        return f"the inputs of a case have {len(case.inputs)} rows; if your network takes one sample, leave out the batch"
    return f"case {number} has the sizes {'-'.join(map(str, case.layout.sizes))}; {SIZES}"


def may_have_fixed_sizes(error: Exception, case: Case, exams: list[Exam]) -> bool:
    """Whether the candidate may have failed because its network has fixed sizes."""
    if isinstance(error, WrongShape):
        return error.other_sizes
    answered_sizes = {exam.case.layout.sizes for exam in exams}
    is_second_size = len(answered_sizes) == 1 and case.layout.sizes not in answered_sizes
    has_size_error = is_second_size or any(word in str(error) for word in SIZE_ERRORS)
    return has_size_error and "more than one line" not in str(error)


def judge_answers(candidate: Candidate, exams: list[Exam], failures: list[Failure], record: Record, ask_more: bool) -> Verdict:
    """Return the verdict on the answered cases (`exams`) and the cases without an answer (`failures`)."""
    n_cases = len(exams) + len(failures)
    numbers = [number for exam in exams for number in exam.marks(exam.number)]
    if not numbers:
        return undecided_verdict(record, failures[0] if failures else None)
    record["summary"] = summary(numbers)
    if not failures and not any(number.ratio > 1 for number in numbers):
        record["accuracy"] = accuracy(exams, Variant())
        return verdict_of(record, "exact" if all(map(is_exact, exams)) else "within_bound")
    variant = variant_of(exams, record["precision"])
    if variant and failures:
        variant = with_overflows(exams, [failure.case for failure in failures], variant)
        if variant is None or any(failure.raised is None for failure in failures):
            return undecided_verdict(record, failures[0])
        names = ", ".join(sorted({str(failure.raised) for failure in failures}))
        record["notes"].append(f"in {len(failures)} of {n_cases} cases it raised {names}, because a formula overflows")
    if variant:
        return verdict_by_formula(exams, variant, record)
    if not failures and (printed := printed_digits(exams)):
        exams = [exam.with_unit(printed.unit) for exam in exams]
        if variant_of(exams, "float32" if printed.single else None):
            why = f"all your numbers are right, but have only {printed.words}; {ADVICE}"
            return verdict_of(record, "low_precision", why=why)
        record["notes"].append(f"your numbers have only {printed.words}; print 17 significant digits, and check again")
    if failures:
        record["errors"], n_wrong = len(failures), sum(exam.wrong() for exam in exams)
        text = f"it raised an error in {len(failures)} of {n_cases} cases, and gave wrong numbers in {n_wrong} of the others"
        record["notes"].append(f"{text}; {failures[0].why}")
    name = small_mistake(exams) if is_small(exams) else None
    explanation = explanation_by_name(exams, name) if name else explanation_of(exams)
    if explanation.wrong_steps:
        stage = explanation.wrong_steps[0][0].partition(".")[0]
        if not (failures or printed) and (few := printed_digits([exam.of_stages([stage]) for exam in exams])):
            record["notes"].append(f"your {stage} have only {few.words}; give 17 significant digits, and check again")
        return wrong_verdict(candidate, exams, explanation, record, ask_more)
    stage = first_rough_stage(exams, record["precision"])
    causes = "is a variable there in single precision (float), or does your program print fewer than 17 digits?"
    return verdict_of(record, "low_precision", why=f"no known formula explains the digits that are lost in {stage}: {causes}")


def first_rough_stage(exams: list[Exam], precision: str | None) -> str:
    """Return the first stage with lost digits that no known formulas explain."""
    answered = [stage for stage in STAGES if any(stage in exam.answer.stages for exam in exams)]
    for at, stage in enumerate(answered):
        if variant_of([exam.of_stages(answered[: at + 1]) for exam in exams], precision) is None:
            return stage
    return answered[-1]


def is_exact(exam: Exam) -> bool:
    """Whether all judged numbers are exactly those of the reference loops."""
    right = Network(exam.case).answers(tuple(exam.right))
    return all(
        x == y
        for stage in exam.right
        for at, (x, y) in enumerate(zip(exam.answer.stages[stage], right[stage], strict=True))
        if exam.counts(stage, at)
    )


def verdict_by_formula(exams: list[Exam], variant: Variant, record: Record) -> Verdict:
    """Return the verdict on answers that follow a variant: textbook formulas, single precision or another convention."""
    record = record | {"accuracy": accuracy(exams, variant), "formulas": [each.name for each in variant.formulas]}
    if variant.conventions:
        record["conventions"] = [{"name": each.name, "note": each.note} for each in variant.conventions]
        at, number = next((at, n) for at, exam in enumerate(exams) for n in exam.marks(at) if n.ratio > 1)
        return verdict_of(record, "another_convention", first_wrong=name_of(exams[at].case, number.stage, number.at))
    numbers = [x for exam in exams for stage in exam.answer.stages.values() for x in stage]
    if n_missing := sum(not math.isfinite(x) for x in numbers):
        record["notes"].append(f"{n_missing} of {len(numbers):,} numbers are NaN or infinite, because a formula overflows")
    if variant.single_from is not None and record["precision"] == "float64":
        return verdict_of(record, "low_precision")
    if not variant.formulas:
        return verdict_of(record, "within_bound")
    if record["strict"]:
        record["accurate_forms"] = accurate_forms(variant.formulas, [exam.case.setting for exam in exams])
    return verdict_of(record, "textbook", agrees=not record["strict"])


def combine_shape_notes(notes: set[str]) -> list[str]:
    """Return the notes as a list, with all notes on shapes combined into one."""
    shapes = sorted(note for note in notes if " has shape " in note)
    others = sorted(notes.difference(shapes))
    if not shapes:
        return others
    stages = list(dict.fromkeys(note.split()[0] for note in shapes))
    more = f"; similar shapes of {', '.join(stages)} are accepted too" if len(shapes) > 1 else ""
    return [*others, shapes[-1] + more]


def undecided_verdict(record: Record, failure: Failure | None) -> Verdict:
    """Return the verdict if a case has no answer, or if no number can be judged."""
    if failure is None:
        return verdict_of(record, "undecided", why="none of the answered numbers can be judged")
    return verdict_of(record, "undecided", why=failure.why, case=failure.case)
