"""The smallest network written out: every node as the sum it is, right and as the candidate has it."""

from typing import NotRequired, TypedDict

from reference.numbers.traced import Traced, expression_of, to_traced
from reference.oracle.cases import Case
from reference.oracle.judging.exam import Exam
from reference.oracle.judging.expected import answers_of
from reference.specification.names import STAGES


class Line(TypedDict):
    """A number: its name, how it is made, its right value, and where the candidate gave it theirs, error and allowance."""

    name: str
    stage: str
    made: str
    right: float
    theirs: NotRequired[float]
    error: NotRequired[float]
    allowance: NotRequired[float]
    wrong: NotRequired[bool]


def worked(exam: Exam, stage: str) -> list[Line]:
    """Return a line for every number of every stage as far as the candidate answered."""
    case, answers = exam.case, exam.answer.stages
    own = answers_of(case, to_traced, STAGES)
    last = max(map(STAGES.index, answers))
    lines: list[Line] = []
    before: set[int] = set()  # the numbers of the stages before, of which a number is made

    def leaf(x: Traced) -> str | None:
        return short(x.value) if not x.operation or id(x) in before else None

    for stage in STAGES[: last + 1]:
        numbers = own.get(stage, [])
        for at, number in enumerate(numbers):
            assert isinstance(number, Traced)
            text = step_of(case, at) if stage == "weights" else expression_of(number, leaf)
            line: Line = {"name": name_of(case, stage, at), "stage": stage, "made": text, "right": number.value}
            if stage in answers:
                line["theirs"] = answers[stage][at]
            if stage in exam.right and exam.counts(stage, at):
                right = exam.right[stage][at]
                line["error"], line["allowance"] = right.error(line["theirs"]), right.allowance
                line["wrong"] = not right.ratio(line["theirs"]) <= 1
            lines.append(line)
        before |= set(map(id, numbers))
    return lines


def step_of(case: Case, at: int) -> str:
    """Return how a weight after a step is made; an optimizer's sum would be longer than anybody reads."""
    name = case.setting.optimizer["name"] if case.setting.optimizer else "sgd"
    step, position = divmod(at, case.layout.n_weights)
    return f"after step {step + 1} of {name}" if step else f"{short(case.weights[position])} after a step of {name}"


def name_of(case: Case, stage: str, at: int) -> str:
    """Return e.g. "h_sums[1]", "h_sums[1] of sample 0", "gradient[3] (i1->h1)"."""
    if stage == "loss":
        return stage
    if stage in ("gradient", "weights"):
        step, at = divmod(at, case.layout.n_weights)
        after = f" after step {step + 1}" if stage == "weights" and case.setting.steps > 1 else ""
        return f"{stage}[{at}] ({case.layout.name_of(at)}){after}"
    size = case.layout.n_hidden if stage.startswith("h") else case.layout.n_outputs
    return f"{stage}[{at % size}]" + ("" if case.one else f" of sample {at // size}")


def short(x: float) -> str:
    """Return a number to six digits, whole ones as they are."""
    return "NaN" if x != x else f"{x:.6g}"
