"""The verdict on a wrong candidate."""

from reference.oracle.answers import Candidate, NoAnswer, ask
from reference.oracle.cases import Case
from reference.oracle.explaining.diagnose import Explanation
from reference.oracle.explaining.explanation import Explained, on_fresh_cases, place_of
from reference.oracle.explaining.reason import SameReason
from reference.oracle.explaining.shrink import smallest
from reference.oracle.explaining.statements import statements
from reference.oracle.explaining.worked import worked
from reference.oracle.judging.exam import Exam, exam_of
from reference.oracle.judging.localise import wrong_layer
from reference.oracle.verdict import Record, Verdict, verdict_of

MOST_STARTS = 20  # at most this many failing cases are tried as the start of the search for the smallest network
PATIENCE = 2.0  # seconds of this search


def wrong_verdict(candidate: Candidate, exams: list[Exam], explanation: Explanation, record: Record, ask_more: bool) -> Verdict:
    """Return the verdict on a wrong candidate: the first wrong number, its explanation, and a small network that shows it."""
    if ask_more:
        explanation = on_fresh_cases(candidate, explanation, exams, record)
    step, failing = explanation.wrong_steps[0]
    stage, first = step.partition(".")[0], exams[failing[0]]
    place = place_of(explanation, exams, stage)
    is_black_box = {"h_sums", "h_nodes", "o_sums"}.isdisjoint(first.answer.stages)
    if ask_more and stage == "o_nodes" and is_black_box and not explanation.complete:
        place = wrong_layer(candidate, first)
    sorted_cases = sorted((exams[at].case for at in failing), key=size_of)
    small = sorted_cases[0]
    if ask_more and PATIENCE and explanation.findings:
        fails_alike = SameReason(candidate, explanation, step, exams)
        starts = sorted_cases[:MOST_STARTS]
        start = next(filter(fails_alike, starts), None)
        if start is None:
            fails_alike.must_be_visible = False
            start = next(filter(fails_alike, starts), small)
        small = smallest(start, fails_alike, keep_sizes=record["sizes"] is not None, seconds=PATIENCE)
    try:
        shown = exam_of(small, ask(candidate, small)).with_unit(first.unit)
    except NoAnswer:  # the candidate raises an error in some calls only; show the first wrong case with its first answer
        small, shown = first.case, first
    record = record | {
        "first_wrong_case": first.number,
        "failing": sum(exam.wrong() for exam in exams) + record.get("errors", 0),
        "explanation": statements(explanation, exams),
        "complete": explanation.complete,
        "fresh": ask_more,
        "worked": worked(shown),
    }
    names = [statement["name"] for statement in record["explanation"] if statement["name"]]
    verdict = verdict_of(record, "wrong", first_wrong=place, names=names, case=small)
    return verdict._replace(explanation=Explained(explanation, exams[0]) if explanation.complete else None)


def size_of(case: Case) -> tuple[bool, int, int]:
    """Return a key that sorts cases by size. A softmax with one output comes last, because this output is always 1."""
    return case.setting.output == "softmax" and case.layout.n_outputs == 1, case.layout.n_weights, len(case.inputs)
