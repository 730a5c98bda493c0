"""Where it goes wrong first: every stage is computed again from the candidate's own stage before.

A node that is wrong by itself is named; one that only inherits is not blamed.
"""

from collections.abc import Iterator
from typing import NamedTuple

from reference.bounded import Bounded, Undecided
from reference.forward import Forward
from reference.kinds import Number, Rows
from reference.oracle.answers import Candidate, Misshapen, NoAnswer, ask
from reference.oracle.cases import Case
from reference.oracle.judge import Exam, exam
from reference.oracle.steps import CANNOT, Network, flat
from reference.oracle.worked import name_of


class Place(NamedTuple):
    """A number that is wrong by itself."""

    stage: str
    sample: int
    node: int
    answer: float
    expected: Bounded

    def name(self, exam: Exam) -> str:
        """Return e.g. 'h_sums[2] of sample 3', or 'gradient[14] (b->h2)'."""
        if self.stage == "loss":
            return "loss"
        if self.stage in ("gradient", "weights"):
            return name_of(exam.case, self.stage, self.node)
        return f"{self.stage}[{self.node}]" + ("" if exam.case.one else f" of sample {self.sample}")


def wrong_by_themselves(exam: Exam) -> list[Place]:
    """Return the numbers that do not follow from the candidate's own stage before, in the order of the stages."""
    places: list[Place] = []
    try:
        for stage, numbers in forced(exam):
            places += differing(exam, stage, numbers)
    except CANNOT:
        pass
    return places


def differing(exam: Exam, stage: str, numbers: list[Number]) -> Iterator[Place]:
    """Yield the answers of a stage that are not the numbers given, within their bounds."""
    if stage not in exam.answer.stages:
        return
    n_samples = len(exam.case.inputs)
    size = len(numbers) if stage in ("loss", "gradient", "weights") else len(numbers) // n_samples
    for at, (mine, expected) in enumerate(zip(exam.answer.stages[stage], numbers, strict=True)):
        try:
            off = exam.counts(stage, at) and not abs(mine - expected.value) <= 2 * expected.error
        except Undecided:
            continue
        if off:
            yield Place(stage, at // size, at % size, mine, expected)


def forced(exam: Exam) -> Iterator[tuple[str, list[Number]]]:
    """Yield each stage as it follows from the candidate's own stages before it, or from the right ones where it gave none."""
    network = Network(exam.case, Bounded)
    blocks, n_samples = network.blocks(), len(exam.case.inputs)

    def taught(stage: str, rows: Rows) -> Rows:
        """Return the candidate's own rows of a stage, if it gave any."""
        given = exam.answer.stages.get(stage)
        if given is None:
            return rows
        size = len(given) // n_samples
        return [[Bounded(x) for x in given[s * size : (s + 1) * size]] for s in range(n_samples)]

    h_sums = [network.hidden_sums(row, blocks) for row in network.inputs]
    yield "h_sums", flat(h_sums)
    h_sums = taught("h_sums", h_sums)
    h_nodes = [network.hidden_nodes(row, blocks) for row in h_sums]
    yield "h_nodes", flat(h_nodes)
    h_nodes = taught("h_nodes", h_nodes)
    o_sums = [network.output_sums(row, blocks) for row in h_nodes]
    yield "o_sums", flat(o_sums)
    o_sums = taught("o_sums", o_sums)
    o_nodes = [network.output_nodes(row, blocks) for row in o_sums]
    yield "o_nodes", flat(o_nodes)
    o_nodes = taught("o_nodes", o_nodes)
    stages = [Forward(*rows) for rows in zip(h_sums, h_nodes, o_sums, o_nodes, strict=True)]
    yield "loss", [network.loss(stages)]
    o_deltas = network.all_output_deltas(stages)
    yield "o_deltas", flat(o_deltas)
    o_deltas = taught("o_deltas", o_deltas)
    h_deltas = network.all_hidden_deltas(stages, o_deltas)
    yield "h_deltas", flat(h_deltas)
    h_deltas = taught("h_deltas", h_deltas)
    gradient = network.gradient(stages, o_deltas, h_deltas)
    yield "gradient", gradient
    if "gradient" in exam.answer.stages:
        gradient = [Bounded(g) for g in exam.answer.stages["gradient"]]
    yield "weights", network.steps(gradient)


def through_the_outputs(candidate: Candidate, exam_: Exam) -> str | None:
    """Return which layer of a black box is wrong: with a single ho weight of 1 a hidden node can be read at the outputs."""
    case, layout = exam_.case, exam_.case.layout
    silent = [*case.weights[: layout.ho_weights_at], *[0.0] * (layout.n_weights - layout.ho_weights_at)]
    if wrong_on(candidate, case._replace(weights=silent)):
        return "o_nodes (wrong without any ho weight: the output activation, or what it is given)"
    for h in range(layout.n_hidden):
        weights = list(silent)
        weights[layout.position(f"h{h}->o0")] = 1.0
        if wrong_on(candidate, case._replace(weights=weights)):
            return f"h_nodes[{h}], or the ho weights that leave it (read through one of 1)"
    return "o_sums (every hidden node is right, read through an ho weight of 1)"


def wrong_on(candidate: Candidate, case: Case) -> bool:
    """Whether the candidate is wrong on a case."""
    try:
        marked = exam(case, ask(candidate, case)).marked(0)
        return any(number.ratio > 1 for number in marked if number.stage == "o_nodes")
    except (NoAnswer, Misshapen):
        return False
