"""Which layer of a black box is wrong: with a single ho weight of 1 a hidden node can be read at the outputs."""

from reference.oracle.answers import Candidate, Misshapen, NoAnswer, ask
from reference.oracle.cases import Case
from reference.oracle.judging.exam import Exam, exam_of


def through_the_outputs(candidate: Candidate, exam: Exam) -> str:
    """Return the layer that is wrong, by asking cases in which at most one hidden node reaches an output."""
    case, layout = exam.case, exam.case.layout
    silent = [0.0 if layout.ho_weights_at <= at < layout.o_biases_at else w for at, w in enumerate(case.weights)]
    if is_wrong(candidate, case._replace(weights=silent)):
        return "o_nodes (wrong even where all ho weights are 0: the o biases or the output activation)"
    for h in range(layout.n_hidden):
        weights = list(silent)
        weights[layout.position(f"h{h}->o0")] = 1.0
        if is_wrong(candidate, case._replace(weights=weights)):
            return f"h_nodes[{h}], or the ho weights that leave it (answer h_nodes as well, and it can be told which)"
    return "o_sums (every hidden node is right: the ho weights or the o biases)"


def is_wrong(candidate: Candidate, case: Case) -> bool:
    """Whether the candidate is wrong on a case."""
    try:
        return exam_of(case, ask(candidate, case)).wrong(("o_nodes",))
    except (NoAnswer, Misshapen):
        return False
