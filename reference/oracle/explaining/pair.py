"""Find two mistakes of the forward pass that hide each other: one of the whole network, and one of a single step."""

import re
from time import process_time

from reference.oracle.explaining.alternatives import best_ways, mistakes_in
from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.models import Model
from reference.oracle.explaining.search import Search, chain
from reference.oracle.explaining.whole import alternatives, misses
from reference.oracle.judging.exam import Exam

LIKELY = re.compile(r"i?h?o?_weights_transposed|hidden_is_.*|output_is_.*|inputs_.*|output_layer_first|.*_biases|neuron_.*")


def model_of_pair(exams: list[Exam], model: Model, wrong_steps: list[str], steps: list[str]) -> tuple[Model, list[str]]:
    """Return the model of a whole network that explains the first wrong step together with a named mistake.

    Of several models, return the first that explains most of the other wrong steps. If there is none, return the right model.
    """
    step, found = wrong_steps[0], (model, list[str]())
    cost, here = 2 * len(wrong_steps), chain(step, steps)
    own = Search(Inquiry(exams, model), step, here)
    own.right_way()  # this chooses the cases for the quick tests
    for names, change in alternatives(model.setting):
        if names and all(map(LIKELY.fullmatch, names)):
            other = Search(Inquiry(exams, change(model)), step, here)
            other.quick = own.quick
            for _, formulas in mistakes_in(other.setting, here):
                if process_time() > own.end or not cost:
                    return found
                way = best_ways(other.setting, formulas)
                if other.fits(way):
                    ways = dict.fromkeys(wrong_steps, way)
                    left = misses([exams[at] for at in own.quick], other.inquiry.model, wrong_steps, cost, ways)
                    if left < cost:
                        found, cost = (other.inquiry.model, names), left
    return found
