"""Which layer of a black box is wrong: with a single ho weight of 1 a hidden node can be read at the outputs."""

from reference.oracle.answers import Candidate, Misshapen, NoAnswer, ask
from reference.oracle.cases import Case
from reference.oracle.judge import Exam, exam


def through_the_outputs(candidate: Candidate, exam_: Exam) -> str | None:
    """Return which layer of a black box is wrong: with a single ho weight of 1 a hidden node can be read at the outputs."""
    case, layout = exam_.case, exam_.case.layout
    silent = [0.0 if layout.ho_weights_at <= at < layout.o_biases_at else w for at, w in enumerate(case.weights)]
    if wrong_on(candidate, case._replace(weights=silent)):
        return "o_nodes (wrong even where all ho weights are 0: the o biases or the output activation)"
    for h in range(layout.n_hidden):
        weights = list(silent)
        weights[layout.position(f"h{h}->o0")] = 1.0
        if wrong_on(candidate, case._replace(weights=weights)):
            return f"h_nodes[{h}], or the ho weights that leave it (answer h_nodes as well, and it can be told which)"
    return "o_sums (every hidden node is right: the ho weights or the o biases)"


def wrong_on(candidate: Candidate, case: Case) -> bool:
    """Whether the candidate is wrong on a case."""
    try:
        marked = exam(case, ask(candidate, case)).marked(0)
        return any(number.ratio > 1 for number in marked if number.stage == "o_nodes")
    except (NoAnswer, Misshapen):
        return False
