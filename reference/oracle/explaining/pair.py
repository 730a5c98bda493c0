"""Find a mistake of the whole network and a mistake in a formula that together explain a wrong stage of the forward pass."""

import re
from time import process_time

from reference.oracle.explaining.alternatives import best_ways, mistakes_in
from reference.oracle.explaining.grammar import suspects
from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.models import Model
from reference.oracle.explaining.search import Search
from reference.oracle.explaining.whole import cost_of, model_changes
from reference.oracle.judging.exam import Exam

# of the mistakes of the whole network, only these are tried
LIKELY = re.compile(r"i?h?o?_weights_transposed|hidden_is_.*|output_is_.*|inputs_.*|output_layer_first|.*_biases|neuron_.*")


def model_of_pair(exams: list[Exam], model: Model, wrong_steps: list[str], steps: list[str]) -> tuple[Model, list[str]]:
    """Find a mistake of the whole network that, together with a mistake in a formula, explains the first wrong stage.

    Return the model with the mistake of the whole network, and the names of this mistake. If several pairs fit, choose the
    pair with the lowest cost (see `cost_of`). If no pair fits, return `model` and [].
    """
    step, found = wrong_steps[0], (model, list[str]())
    cost, here = 2 * len(wrong_steps), suspects(step, steps)
    search = Search(Inquiry(exams, model), step, here)
    for names, change in model_changes(model.setting):
        if names and all(map(LIKELY.fullmatch, names)):
            inquiry = Inquiry(exams, change(model))
            for _, mistake in mistakes_in(inquiry.model.setting, here):
                if process_time() > search.end or not cost:
                    return found
                formulas = best_ways(inquiry.model.setting, mistake)
                fits_few = all(inquiry.fits(at, step, formulas, quick=True) for at in search.few_cases)
                if fits_few and inquiry.confirms(step, formulas):
                    few = [exams[at] for at in search.few_cases]
                    other_cost = cost_of(few, inquiry.model, wrong_steps, cost, dict.fromkeys(wrong_steps, formulas))
                    if other_cost < cost:
                        found, cost = (inquiry.model, names), other_cost
    return found
