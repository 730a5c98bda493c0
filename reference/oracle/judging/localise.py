"""Find the wrong layer from the outputs alone: if one ho weight is 1 and the others are 0, an output shows a hidden node."""

from reference.oracle.answers import Candidate, NoAnswer, WrongShape, ask
from reference.oracle.judging.exam import Exam, exam_of


def wrong_layer(candidate: Candidate, exam: Exam) -> str:
    """Return the layer that is wrong. In the cases asked here, at most one hidden node reaches an output."""
    case, layout = exam.case, exam.case.layout
    silent = [0.0 if layout.ho_weights_at <= at < layout.o_biases_at else w for at, w in enumerate(case.weights)]
    if is_wrong(candidate, exam._replace(case=case._replace(weights=silent))):
        return "o_nodes (wrong even if all ho weights are 0: check the o biases and the output activation)"
    for h in range(layout.n_hidden):
        weights = list(silent)
        weights[layout.position(f"h{h}->o0")] = 1.0
        if is_wrong(candidate, exam._replace(case=case._replace(weights=weights))):
            return f"h_nodes[{h}], or the ho weights that leave it (return h_nodes as well to find out which)"
    return "o_sums (every hidden node is right: check the ho weights and the o biases)"


def is_wrong(candidate: Candidate, exam: Exam) -> bool:
    """Whether the candidate's outputs for the case are wrong. False if there is no answer or its shape is wrong."""
    try:
        return exam_of(exam.case, ask(candidate, exam.case)).with_unit(exam.unit).wrong(("o_nodes",))
    except (NoAnswer, WrongShape):
        return False
