"""The smallest network, number by number: how each is computed, its right value and the candidate's value."""

from typing import NotRequired, TypedDict, cast

from reference.activations import activation
from reference.numbers.kinds import kind_of_type
from reference.numbers.number import Row
from reference.numbers.traced import Traced, expression_of
from reference.oracle.cases import Case
from reference.oracle.judging.exam import Exam
from reference.oracle.judging.steps import Network
from reference.specification.names import STAGES


class Line(TypedDict):
    """A number of the network."""

    name: str
    stage: str
    made: str  # how the number is computed
    uses: list[str]  # the earlier numbers that it is computed from
    right: float
    theirs: NotRequired[float]  # the candidate's number
    error: NotRequired[float]  # only judged numbers have an error
    allowance: NotRequired[float]
    wrong: NotRequired[bool]


MOST_TERMS = 8  # of a longer sum, only this many terms and the last term are shown


def worked(exam: Exam) -> list[Line]:
    """Return a line for each number, up to the last answered stage."""
    case, answers = exam.case, exam.answer.stages
    right_numbers = Network(case, Traced).answers()
    last = max(map(STAGES.index, answers))
    lines: list[Line] = []
    slopes = slopes_of(case, right_numbers.get("h_sums", []))
    before: dict[int, list[str]] = {}  # the names of the numbers of earlier stages, by id
    uses: list[str] = []

    def leaf(x: Traced) -> str | None:
        if id(x) in before:
            uses.extend(before[id(x)])
            return short(x.value)
        if id(x) in slopes:
            _, text, sums = slopes[id(x)]
            uses.extend(sums)
            return text
        return None if x.operation else short(x.value)

    for stage in STAGES[: last + 1]:
        numbers = right_numbers.get(stage, [])
        for at, number in enumerate(numbers):
            assert isinstance(number, Traced)
            uses.clear()
            if stage == "weights":
                text = step_of(case, at, right_numbers["weights"])
                uses.append(origin_of(case, at))
            elif id(number) in before:
                text = short(number.value)
                uses.extend(before[id(number)])
            else:
                text = expression_of(number, leaf, MOST_TERMS)
                if stage == "o_deltas":
                    text = text.replace(" * 1 - ", " - ")  # the 1 is the sum of the targets
            names = list(dict.fromkeys(uses))
            line: Line = {"name": name_of(case, stage, at), "stage": stage, "made": text, "uses": names, "right": number.value}
            if stage in answers:
                line["theirs"] = answers[stage][at]
            if stage in exam.right and exam.counts(stage, at):
                right = exam.right[stage][at]
                line["error"], line["allowance"] = right.error(line["theirs"]), right.allowance
                line["wrong"] = not right.ratio(line["theirs"]) <= 1
            lines.append(line)
        for at, number in enumerate(numbers):
            before.setdefault(id(number), []).append(name_of(case, stage, at))  # equal computations give the same object
    return lines


def slopes_of(case: Case, h_sums: Row) -> dict[int, tuple[Traced, str, list[str]]]:
    """Return the hidden slopes by id, each with a text such as tanh'(0.5) and the name of its sum."""
    kind, name = kind_of_type(Traced), case.setting.hidden
    assert kind is not None
    slopes: dict[int, tuple[Traced, str, list[str]]] = {}
    for at, z in enumerate(cast(list[Traced], h_sums)):
        slope = cast(Traced, activation(name, kind)[1](z))
        text, sums = f"{name}'({short(z.value)})", [name_of(case, "h_sums", at)]
        if id(slope) in slopes and slopes[id(slope)][1] != text:  # the same slope at two sums
            text, sums = short(slope.value), []
        slopes[id(slope)] = slope, text, sums
    return {key: entry for key, entry in slopes.items() if entry[0].operation}


def step_of(case: Case, at: int, weights: Row) -> str:
    """Return how a new weight is computed. For optimizers with a state, return only the old weight and its change."""
    after = cast(Traced, weights[at])
    optimizer = case.setting.optimizer or {"name": "sgd", "momentum": 0.0}
    if optimizer["name"] == "sgd" and not optimizer["momentum"]:
        _, product = after.parts
        return expression_of(after, lambda x: None if x is product else short(x.value))
    step, position = divmod(at, case.layout.n_weights)
    if step == 0:
        before = case.weights[position]
    else:
        before = case.path[step - 1][position] if case.path else cast(Traced, weights[at - case.layout.n_weights]).value
    change = after.value - before
    return f"{short(before)} {'-' if change < 0 else '+'} {short(abs(change))} (step {step + 1} of {optimizer['name']})"


def origin_of(case: Case, at: int) -> str:
    """Return the name of the gradient that a new weight is computed from or, in a later step, of the previous weight."""
    earlier = at - case.layout.n_weights
    return name_of(case, "gradient", at) if earlier < 0 else name_of(case, "weights", earlier)


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
