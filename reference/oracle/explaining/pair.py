"""Find two mistakes of the forward pass that hide each other: one of the whole network, and one of a single step."""

import re
from time import process_time

from reference.oracle.explaining.alternatives import best_ways, mistakes_in
from reference.oracle.explaining.inquiry import Inquiry
from reference.oracle.explaining.models import Model
from reference.oracle.explaining.search import Search, chain
from reference.oracle.explaining.whole import alternatives, misses
from reference.oracle.judging.exam import Exam

# the mistakes of the whole network that are tried
LIKELY = re.compile(r"i?h?o?_weights_transposed|hidden_is_.*|output_is_.*|inputs_.*|output_layer_first|.*_biases|neuron_.*")


def model_of_pair(exams: list[Exam], model: Model, wrong_steps: list[str], steps: list[str]) -> tuple[Model, list[str]]:
    """Return a model with one alternative for the whole network, and the names of its mistakes.

    Together with a named mistake of single steps, this model explains the first wrong step. Of several models, return the first
    that leaves the fewest wrong steps unexplained. If none is found in time, return the right model and no names.
    """
    step, found = wrong_steps[0], (model, list[str]())
    cost, here = 2 * len(wrong_steps), chain(step, steps)
    search = Search(Inquiry(exams, model), step, here)
    search.right_way()  # this sets search.quick: the cases for the quick tests
    for names, change in alternatives(model.setting):
        if names and all(map(LIKELY.fullmatch, names)):
            other = Search(Inquiry(exams, change(model)), step, here)
            other.quick = search.quick
            for _, formulas in mistakes_in(other.setting, here):
                if process_time() > search.end or not cost:
                    return found
                way = best_ways(other.setting, formulas)
                if other.fits(way):
                    ways = dict.fromkeys(wrong_steps, way)
                    n_missing = misses([exams[at] for at in search.quick], other.inquiry.model, wrong_steps, cost, ways)
                    if n_missing < cost:
                        found, cost = (other.inquiry.model, names), n_missing
    return found
