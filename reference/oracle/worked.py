"""The smallest network written out: every node as the sum it is, right and as the candidate has it."""

from typing import Any

from reference.oracle.cases import Case
from reference.oracle.exam import Exam
from reference.oracle.expected import answers_of
from reference.oracle.steps import STAGES


def worked(exam: Exam, stage: str) -> list[dict[str, Any]]:
    """Return a line for every number of every stage as far as the candidate answered.

    Each holds its name, how it is made, its right value, and where the candidate gave it theirs, error and allowance.
    """
    case = exam.case
    own = answers_of(case, float, STAGES)
    last = max(STAGES.index(stage) for stage in exam.answer.stages)
    lines = []
    for stage in STAGES[: last + 1]:
        for at, value in enumerate(own.get(stage, [])):
            line = {"name": name_of(case, stage, at), "stage": stage, "made": made(case, own, stage, at), "right": value}
            if stage in exam.answer.stages:
                line["theirs"] = exam.answer.stages[stage][at]
            if stage in exam.right and exam.counts(stage, at):
                expected = exam.right[stage][at]
                line |= {"error": expected.error(line["theirs"]), "allowance": expected.allowance}
                line["wrong"] = not expected.ratio(line["theirs"]) <= 1
            lines.append(line)
    return lines


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


def made(case: Case, own: dict[str, list[float]], stage: str, at: int) -> str:
    """Return how a number is made of those before it."""
    layout, setting, weights = case.layout, case.setting, case.weights
    n_hidden, n_outputs = layout.n_hidden, layout.n_outputs
    if stage in ("loss", "gradient", "weights"):
        return whole_batch(case, own, stage, at)
    s, node = divmod(at, n_hidden if stage.startswith("h") else n_outputs)

    def of(what: str, size: int) -> list[float]:
        return own[what][s * size : (s + 1) * size]

    if stage == "h_sums":
        column = [weights[layout.position(f"i{i}->h{node}")] for i in range(layout.n_inputs)]
        return f"{products(case.inputs[s], column)} + {short(weights[layout.position(f'b->h{node}')])}"
    if stage == "h_nodes":
        return f"{setting.hidden}({short(own['h_sums'][at])})"
    if stage == "o_sums":
        column = [weights[layout.position(f"h{h}->o{node}")] for h in range(n_hidden)]
        return f"{products(of('h_nodes', n_hidden), column)} + {short(weights[layout.position(f'b->o{node}')])}"
    if stage == "o_nodes":
        sums = of("o_sums", n_outputs)
        if setting.output == "softmax":
            powers = [f"e^{short(z)}" for z in sums]
            return f"{powers[node]} / ({' + '.join(powers)})"
        return f"{setting.output}({short(sums[node])})"
    if stage == "o_deltas":
        output, target = short(own["o_nodes"][at]), short(case.targets[s][node])
        return f"d loss / d o_sums[{node}], for the output {output} and the target {target}"
    row = [weights[layout.position(f"h{node}->o{o}")] for o in range(n_outputs)]
    if setting.rule == "error_splitting":
        back = [y - t for y, t in zip(of("o_nodes", n_outputs), case.targets[s], strict=True)]
    else:
        back = of("o_deltas", n_outputs)
    return f"{setting.hidden}'({short(own['h_sums'][at])}) * ({products(row, back)})"


def whole_batch(case: Case, own: dict[str, list[float]], stage: str, at: int) -> str:
    """Return how the loss, an entry of the gradient or a weight after the step is made of all samples."""
    setting, layout = case.setting, case.layout
    if stage == "loss":
        size = layout.n_outputs
        rows = [own["o_nodes"][at : at + size] for at in range(0, len(own["o_nodes"]), size)]
        pairs = [
            f"({', '.join(map(short, row))}) for ({', '.join(map(short, t))})"
            for row, t in zip(rows, case.targets, strict=True)
        ]
        return f"{setting.loss} of {' and '.join(pairs)}" + (f", {setting.reduction} over samples" if len(rows) > 1 else "")
    name = setting.optimizer["name"] if setting.optimizer else "sgd"
    if stage == "weights" and at >= layout.n_weights:
        return f"after step {at // layout.n_weights + 1} of {name}"
    if stage == "weights":
        return f"{short(case.weights[at])} after a step of {name}, gradient {short(own['gradient'][at])}"
    source, target = layout.name_of(at).split("->")
    deltas, size = (own["h_deltas"], layout.n_hidden) if target[0] == "h" else (own["o_deltas"], layout.n_outputs)
    terms = []
    for s, inputs in enumerate(case.inputs):
        delta = deltas[s * size + int(target[1:])]
        nodes = inputs if source[0] == "i" else own["h_nodes"][s * layout.n_hidden : (s + 1) * layout.n_hidden]
        terms.append(short(delta) if source == "b" else f"{short(nodes[int(source[1:])])}*{short(delta)}")
    text = " + ".join(terms)
    if setting.reduction == "mean" and len(terms) > 1:
        text = f"({text})/{len(terms)}"
    return text + (f" + {short(setting.l2)}*{short(case.weights[at])}" if setting.l2 and source != "b" else "")


def products(here: list[float], there: list[float]) -> str:
    """Return e.g. "1*0.5 + 2*-1"."""
    return " + ".join(f"{short(a)}*{short(b)}" for a, b in zip(here, there, strict=True))


def shown(numbers: list[float]) -> str:
    """Return numbers with commas between them."""
    return ", ".join(map(short, numbers))


def short(x: float) -> str:
    """Return a number to six digits, whole ones as they are."""
    return "NaN" if x != x else f"{x:.6g}"
