"""The smallest network written out: the sum of every node, its right value, and the candidate's value."""

from typing import NotRequired, TypedDict, cast

from reference.activations import activation
from reference.numbers.kinds import kind_of_type
from reference.numbers.number import Row
from reference.numbers.traced import Traced, expression_of, to_traced
from reference.oracle.cases import Case
from reference.oracle.judging.exam import Exam
from reference.oracle.judging.expected import answers_of
from reference.specification.names import STAGES


class Line(TypedDict):
    """A number: how it is computed (`made`), the right value and, if there are any, the answer (`theirs`) and its judgement."""

    name: str
    stage: str
    made: str
    right: float
    theirs: NotRequired[float]
    error: NotRequired[float]
    allowance: NotRequired[float]
    wrong: NotRequired[bool]


MOST_TERMS = 8  # most terms of a sum that is written out


def worked(exam: Exam) -> list[Line]:
    """Return a line for every number, up to the last stage that the candidate answered."""
    case, answers = exam.case, exam.answer.stages
    own = answers_of(case, to_traced, STAGES)
    last = max(map(STAGES.index, answers))
    lines: list[Line] = []
    slopes = slopes_of(case, own.get("h_sums", []))
    before: set[int] = set()  # numbers of earlier stages; a sum shows them by value

    def leaf(x: Traced) -> str | None:
        if not x.operation or id(x) in before:
            return short(x.value)
        return slopes[id(x)][1] if id(x) in slopes else None

    for stage in STAGES[: last + 1]:
        numbers = own.get(stage, [])
        for at, number in enumerate(numbers):
            assert isinstance(number, Traced)
            text = leaf(number) if id(number) in before else expression_of(number, leaf, MOST_TERMS)
            if stage == "weights" and (case.setting.optimizer or at >= case.layout.n_weights):
                text = weight_in_words(case, at, own["gradient"])
            line: Line = {"name": name_of(case, stage, at), "stage": stage, "made": text or "", "right": number.value}
            if stage in answers:
                line["theirs"] = answers[stage][at]
            if stage in exam.right and exam.counts(stage, at):
                right = exam.right[stage][at]
                line["error"], line["allowance"] = right.error(line["theirs"]), right.allowance
                line["wrong"] = not right.ratio(line["theirs"]) <= 1
            lines.append(line)
        before |= set(map(id, numbers))
    return lines


def slopes_of(case: Case, h_sums: Row) -> dict[int, tuple[Traced, str]]:
    """Return the computed hidden slopes with texts such as tanh'(0.5), by the id of the number."""
    kind, name = kind_of_type(Traced), case.setting.hidden
    assert kind is not None
    slopes: dict[int, tuple[Traced, str]] = {}
    for z in cast(list[Traced], h_sums):
        slope = cast(Traced, activation(name, kind)[1](z))
        text = f"{name}'({short(z.value)})"
        other = slopes.get(id(slope), (slope, text))[1]
        slopes[id(slope)] = slope, text if text == other else short(slope.value)  # the same slope at two sums
    return {at: entry for at, entry in slopes.items() if entry[0].operation}


def weight_in_words(case: Case, at: int, gradient: Row) -> str:
    """Describe how a weight after a step is computed; the whole formula would be too long."""
    name = case.setting.optimizer["name"] if case.setting.optimizer else "sgd"
    step, position = divmod(at, case.layout.n_weights)
    if step:
        return f"after step {step + 1} of {name}"
    slope = cast(Traced, gradient[position]).value
    return f"{short(case.weights[position])} after a step of {name}, gradient {short(slope)}"


def name_of(case: Case, stage: str, at: int) -> str:
    """Return the name of a number, such as "h_sums[1]", "h_sums[1] of sample 0" or "gradient[3] (i1->h1)"."""
    if stage == "loss":
        return stage
    if stage in ("gradient", "weights"):
        step, at = divmod(at, case.layout.n_weights)
        after = f" after step {step + 1}" if stage == "weights" and case.setting.steps > 1 else ""
        return f"{stage}[{at}] ({case.layout.name_of(at)}){after}"
    size = case.layout.n_hidden if stage.startswith("h") else case.layout.n_outputs
    return f"{stage}[{at % size}]" + ("" if case.one else f" of sample {at // size}")


def short(x: float) -> str:
    """Return a number with six significant digits."""
    return "NaN" if x != x else f"{x:.6g}"
