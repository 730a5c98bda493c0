"""The numbers of the counterexample: how each number is computed, its right value and the candidate's value."""

import math
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
    slopes = slopes_of(case, right_numbers)
    before: dict[int, list[str]] = {}  # the names of the numbers of earlier stages, by id
    uses: list[str] = []

    def leaf(x: Traced) -> str | None:
        if id(x) in before:
            uses.extend(before[id(x)])
            return short(x.value)
        if id(x) in slopes:
            _, text, names = slopes[id(x)]
            uses.extend(names)
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
            elif stage[2:] == "nodes" and activations_of(case)[stage[0]] == "sigmoid":
                z = cast(Traced, right_numbers[stage[0] + "_sums"][at])
                text = f"1 / (1 + exp({short(0 - z.value)}))"
                uses.append(name_of(case, f"{stage[0]}_sums", at))
            else:
                text = expression_of(number, leaf, MOST_TERMS)
                if stage == "o_deltas":
                    text = text.replace(" * 1 - ", " - ")  # for y * 1 - t, where 1 is the sum of the targets
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


def activations_of(case: Case) -> dict[str, str]:
    """Return the activation of each layer, h and o."""
    return {"h": case.setting.hidden, "o": case.setting.output}


def slopes_of(case: Case, right_numbers: dict[str, Row]) -> dict[int, tuple[Traced, str, list[str]]]:
    """Return the slopes of all nodes by id, each with its formula as text and the name of the number that the formula uses."""
    kind = kind_of_type(Traced)
    assert kind is not None
    slopes: dict[int, tuple[Traced, str, list[str]]] = {}
    for layer, activation_name in activations_of(case).items():
        pairs = zip(right_numbers.get(f"{layer}_sums", []), right_numbers.get(f"{layer}_nodes", []), strict=False)
        for at, (z, y) in enumerate(pairs if activation_name != "softmax" else ()):
            z, y, slope = (cast(Traced, x) for x in (z, y, activation(activation_name, kind)[1](z)))
            text, stage = slope_text(activation_name, z.value, short(y.value), slope.value)
            names = [name_of(case, f"{layer}_{stage}", at)]
            if id(slope) in slopes and slopes[id(slope)][1] != text:  # the same slope at two nodes
                text, names = short(slope.value), []
            slopes[id(slope)] = slope, text, names
    return {key: entry for key, entry in slopes.items() if entry[0].operation}


def slope_text(activation_name: str, z: float, y: str, slope: float) -> tuple[str, str]:
    """Return a slope as a formula, and the stage in the formula. The node y is used only if the rounded y is exact enough."""
    node = float(y)
    if activation_name == "sigmoid" and math.isclose(node * (1 - node), slope, rel_tol=1e-3):
        return f"{y} * (1 - {y})", "nodes"
    if activation_name == "tanh" and math.isclose(1 - node * node, slope, rel_tol=1e-3):
        return f"(1 - {y} * {y})" if node >= 0 else f"(1 - ({y}) * ({y}))", "nodes"
    return f"{activation_name}'({short(z)})", "sums"


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
    """Return the name of the number that a new weight is computed from: in step 1 its gradient, later the previous weight."""
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
