"""Judge answers: find right formulas that explain all numbers of all answers.

Numbers within the proven bound need no explanation. All other numbers, in all cases, must be explained by one set of known
formulas, with at most one formula for each slot (a part of the network, such as the loss). The network may compute in double
precision, or in single precision from one stage on.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from reference.numbers.single import is_single
from reference.oracle.cases import Case
from reference.oracle.judging.conventions import CONVENTIONS
from reference.oracle.judging.differences import DIFFERENCES
from reference.oracle.judging.exam import Exam, is_small
from reference.oracle.judging.fits import Formulas, explains, network_of, overflows
from reference.oracle.judging.steps import Network, numbers_of
from reference.oracle.judging.textbook import SLOTS, Formula
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

FEW = 40  # at most so many cases are checked with finite differences, because these need many passes
NEAR = 1e-4  # `is_near` allows differences up to NEAR * (1 + the largest magnitude in the gradient)
# A stage counts as computed in single precision if at least this share of its numbers are exact in single precision. Numbers
# whose right value is exact in single precision are left out.
SINGLE_SHARE = 0.9
DELTAS = STAGES[5:7]
ORDER = (  # groups of stages in the order of computation, each with the slots that no earlier group uses
    (STAGES[:4], ("logistic", "tanh", "softmax")),
    (("loss",), ("loss",)),
    (DELTAS, ("o_deltas", "slopes")),
    (("gradient",), ()),
    (("weights",), ()),
)


class Variant(NamedTuple):
    """A network that gives all answers: its formulas, its first single-precision stage, and its training conventions."""

    formulas: Formulas = ()
    single_from: str | None = None
    conventions: Formulas = ()


def variant_of(exams: list[Exam], precision: str | None = None) -> Variant | None:
    """Return the variant that explains all answers; None if there is none."""
    starts = list(dict.fromkeys(["h_sums" if precision == "float32" else single_from(exams), None]))
    if precision is None and "gradient" not in exams[0].answer.stages and is_small(exams):
        starts.append("gradient")  # a gradient that was not answered may be in single precision
    return next((variant for start in starts if (variant := variant_from(exams, start))), None)


def single_from(exams: list[Exam]) -> str | None:
    """Return the first stage that seems to be computed in single precision; None if there is none."""
    for stage in STAGES:
        rounded = [n.answer for each in exams for n in each.marks() if n.stage == stage and not is_single(n.right.value)]
        if rounded and sum(map(is_single, rounded)) >= SINGLE_SHARE * len(rounded):
            return stage
    return None


def variant_from(exams: list[Exam], single: str | None) -> Variant | None:
    """Return the variant that explains all answers, in single precision from `single` on; None if there is none."""
    formulas: Formulas = ()
    options: dict[str, list[Formula]] = {}
    open_slots: list[list[Formula]] = []  # the formulas of each slot that is not decided yet
    so_far: tuple[str, ...] = ()  # the answered stages up to this one
    settings = settings_of(exams)
    answered_stages = {stage for exam in exams for stage in exam.answer.stages}
    for stages, slots in ORDER:
        if stages == ("loss",) and "loss" not in answered_stages:
            continue  # no other stage depends on how the loss is written
        new = {slot: formulas_for(SLOTS[slot], settings) for slot in slots}
        options, open_slots = options | new, open_slots + list(new.values())
        if answered_stages.isdisjoint(stages):
            continue
        so_far += stages
        failures = [exam for exam in exams if exam.wrong(stages)]
        if failures:
            wrong_exams = smallest_first([exam for exam in exams if exam.wrong(so_far)])
            choices = [(*formulas, *more) for more in simplest_first(open_slots)]
            # the rounding errors of a formula may be within the bounds in its own stage, but not here: try all slots again
            all_choices = simplest_first(list(options.values())) if single or is_small(failures) else []
            choice = first_choice(choices + all_choices, wrong_exams, single, so_far)
            if choice is None and single is None and is_rough(failures, stages):
                choice = first_choice(difference_choices(wrong_exams[0], formulas), wrong_exams[:FEW], None, so_far)
            if choice is None:
                return convention_variant(exams, choices, single) if stages == ("weights",) else None
            formulas = choice
        if stages == ("loss",):
            options["loss"] = [formula for formula in options["loss"] if formula in formulas]
        # if all deltas are within their bounds, the slots of the deltas stay open: the gradient may need a formula for a delta
        if failures or stages != DELTAS:
            open_slots = []
    return Variant(formulas, single)


def first_choice(
    choices: Iterable[Formulas], exams: list[Exam], single: str | None, stages: tuple[str, ...]
) -> Formulas | None:
    """Return the first choice of formulas that explains all answers in these stages; None if none does."""
    return next((each for each in choices if all(explains(exam, each, single, stages) for exam in exams)), None)


def settings_of(exams: list[Exam]) -> list[Setting]:
    """Return the settings of all cases, each once."""
    return list({id(exam.case.setting): exam.case.setting for exam in exams}.values())


def formulas_for(formulas: list[Formula], settings: list[Setting]) -> list[Formula]:
    """Return the formulas that apply in any of the settings."""
    return [formula for formula in formulas if any(map(formula.applies, settings))]


def smallest_first(exams: list[Exam]) -> list[Exam]:
    """Sort exams by the size of the network: most wrong formulas fail on small networks, which take little time."""
    return sorted(exams, key=lambda exam: exam.case.layout.n_weights)


def simplest_first(slots: list[list[Formula]]) -> list[Formulas]:
    """Return every choice of at most one formula for each slot, starting with the fewest formulas."""
    choices = product(*([None, *formulas] for formulas in slots))
    return sorted((tuple(formula for formula in choice if formula is not None) for choice in choices), key=len)


def convention_variant(exams: list[Exam], choices: list[Formulas], single: str | None) -> Variant | None:
    """Return the variant whose training step follows another convention and explains all weights; None if there is none."""

    def explain(part: list[Exam], formulas: Formulas) -> bool:
        return all(explains(exam, formulas, single, ("weights",), lenient=False) for exam in part)

    conventions = simplest_first([formulas_for(formulas, settings_of(exams)) for formulas in CONVENTIONS.values()])[1:]
    sorted_exams = smallest_first(exams)
    all_conventions = [formula for formulas in CONVENTIONS.values() for formula in formulas]
    unaffected = [exam for exam in sorted_exams if not formulas_for(all_conventions, [exam.case.setting])]
    possible = [choice for choice in choices if explain(unaffected, choice)]
    for convention, choice in product(conventions, possible):
        if explain(sorted_exams, (*choice, *convention)):
            return Variant(choice, single, convention)
    return None


def is_rough(exams: list[Exam], stages: tuple[str, ...]) -> bool:
    """Whether more than half of the gradient's numbers are outside their bounds, as with finite differences."""
    numbers = [number for exam in exams for number in exam.marks() if number.stage == "gradient" and "gradient" in stages]
    return 2 * sum(number.ratio > 1 for number in numbers) > len(numbers)


def difference_choices(exam: Exam, formulas: Formulas) -> Iterator[Formulas]:
    """Yield the finite differences near the answered gradient. If no loss was answered, combine them with each loss formula."""
    losses = [each for each in SLOTS["loss"] if each.applies(exam.case.setting)] if "loss" not in exam.answer.stages else []
    for choice, difference in product(simplest_first([losses]), DIFFERENCES):
        more = (*formulas, *choice, difference)
        if is_near(exam, network_of(more)):
            yield more


def is_near(exam: Exam, network: type[Network]) -> bool:
    """Whether the answered gradient is near the gradient of a network, computed quickly in floats."""
    gradient = numbers_of(float, network(exam.case).answers(("gradient",))).get("gradient", [])
    scale = 1 + max(map(abs, gradient), default=math.inf)
    return all(
        abs(a - b) <= NEAR * scale
        for at, (a, b) in enumerate(zip(exam.answer.stages["gradient"], gradient, strict=bool(gradient)))
        if exam.counts("gradient", at)
    )


def with_overflows(exams: list[Exam], cases: list[Case], variant: Variant) -> Variant | None:
    """Add formulas that can overflow in these cases to the variant. In each of the cases, the candidate raised an error.

    The new variant must still explain all answers. Return None if no such formulas are found.
    """
    stages, single, sorted_exams = tuple(exams[0].answer.stages), variant.single_from, smallest_first(exams)
    for case in cases:
        formulas = variant.formulas
        if overflows(case, formulas, single, stages):
            continue
        others = [formula for slot in SLOTS.values() for formula in slot if formula.applies(case.setting)]
        choices = ((*formulas, each) for each in others if each not in formulas)
        for choice in choices:
            if overflows(case, choice, single, stages) and all(explains(e, choice, single, stages) for e in sorted_exams):
                variant = variant._replace(formulas=choice)
                break
        else:
            return None
    return variant
