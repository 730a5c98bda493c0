"""Judging: every number of every answer against the truth and its allowance, and the formulas that explain all of them.

Right is one question, accurate another. Numbers within the proven bound need no explanation. Others are explained where one
listed formula in each part of the network gives all of them, in all cases, in double precision, or in single precision from
the first stage on that is computed in it.
"""

import math
import struct
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from reference.numbers.bounded import Bounded, Undecided
from reference.numbers.number import Number
from reference.oracle.answers import Answer
from reference.oracle.cases import Case, Setting
from reference.oracle.conventions import CONVENTIONS
from reference.oracle.expected import SINGLE, Right, right
from reference.oracle.ieee import Ieee, IeeeSingle
from reference.oracle.steps import STAGES, Network
from reference.oracle.textbook import DIFFERENCES, SLOTS, Formula

FEW = 40  # cases that a gradient by finite differences must explain: each takes two passes for every weight
NEAR = 1e-4  # of 1 and the largest number of a gradient
SMALL = 2.0**-20  # of the largest right number of a stage: differences below it are lost digits
MOSTLY = 0.9  # of the numbers of a stage that single precision rounds: so many of it are single, and so is the stage
ORDER = (  # the stages in the order of the network, and the slots that they depend on
    (STAGES[:4], ("logistic", "tanh", "softmax")),
    (("loss",), ("loss",)),
    (STAGES[5:7], ("o_deltas", "slopes")),
    (("gradient",), ()),
    (("weights",), ()),
)


class Judged(NamedTuple):
    """One number of an answer beside what is right."""

    case: int
    stage: str
    at: int
    answer: float
    right: Right

    @property
    def ratio(self) -> float:
        """Error over allowance; infinite for what is no number."""
        return self.right.ratio(self.answer) if math.isfinite(self.answer) else math.inf


class Exam(NamedTuple):
    """A case, its answer, what is right in double precision in every stage answered that the bounds decide, and the stages
    whose numbers may all be single.
    """

    case: Case
    answer: Answer
    right: dict[str, list[Right]]
    single: frozenset[str] = frozenset()

    def marked(self, number: int) -> Iterator[Judged]:
        """Yield every number of the answer that can be judged."""
        for stage, rights in self.right.items():
            for at, (answer, expected) in enumerate(zip(self.answer.stages[stage], rights, strict=True)):
                if self.counts(stage, at) and (expected.allowance < math.inf or not math.isfinite(answer)):
                    yield Judged(number, stage, at, answer, expected)

    def counts(self, stage: str, at: int) -> bool:
        """Whether a number is judged: without biases their gradient and step are not."""
        if self.case.setting.biases or stage not in ("gradient", "weights"):
            return True
        return not self.case.layout.name_of(at % self.case.layout.n_weights).startswith("b")

    def wrong(self, stages: tuple[str, ...] = STAGES) -> bool:
        """Whether any number of these stages leaves its allowance."""
        return any(number.ratio > 1 for number in self.marked(0) if number.stage in stages)


class Explanation(NamedTuple):
    """The formulas that explain all answers, the first stage in single precision if any, and other conventions of the step."""

    formulas: tuple[Formula, ...] = ()
    single_from: str | None = None
    conventions: tuple[Formula, ...] = ()


def exam(case: Case, answer: Answer) -> Exam:
    """Return a case, its answer and what is right; each step more is judged from the answered weights before it."""
    unknown = unjudged(case, answer)
    return unknown._replace(right=right(unknown.case, "float64", tuple(answer.stages)))


def unjudged(case: Case, answer: Answer) -> Exam:
    """Return a case and its answer, without what is right."""
    if case.setting.steps > 1 and "weights" in answer.stages:
        weights, size = answer.stages["weights"], case.layout.n_weights
        rows = tuple(tuple(weights[at : at + size]) for at in range(0, len(weights) - size, size))
        case = case._replace(path=rows if all(map(math.isfinite, weights)) else ())
    return Exam(case, answer, {}, frozenset(stage for stage, numbers in answer.stages.items() if all(map(is_single, numbers))))


@cache
def composed(formulas: tuple[Formula, ...]) -> type[Network]:
    """Return the network of these formulas, of which the later ones come first, as they build on the others."""
    return type("Explained", (*(formula.network for formula in reversed(formulas)), Network), {})


def fits(
    exam: Exam, network: type[Network], bounded: type[Bounded], stages: tuple[str, ...] = STAGES, *, lenient: bool = False
) -> bool | None:
    """Whether all numbers of an answer in these stages are those of this network in this precision.

    None where it decides none of them, or not those that are wrong.
    The value beside the bound and the answer may each be one bound away from the true number of that network. The lenient
    pass over numbers within the bound of the right network, and where this network has no bound, as it overflows, take what
    it gives in plain arithmetic: NaN and the infinities for each other, and the others to the digits that may be lost.
    """
    wanted = tuple(stage for stage in exam.answer.stages if stage in stages)
    answers: dict[str, list[Number]] = network(exam.case, bounded).answers(wanted)
    plain: dict[str, list[float]] | None = None
    decided, undecided = False, False
    for stage in wanted:
        rights = exam.right.get(stage)
        for at, mine in enumerate(exam.answer.stages[stage]):
            if not exam.counts(stage, at):
                continue
            needs = rights is None or not (math.isfinite(mine) and rights[at].ratio(mine) <= 1)
            if lenient and not needs:
                decided = True
                continue
            try:
                theirs = answers[stage][at]
                mine = nearest_single(mine) if bounded.single and is_single(mine) else mine
                within = math.isfinite(mine) and abs(mine - theirs.value) <= 2 * theirs.error
            except (KeyError, Undecided) as error:
                if not lenient or rights is None:
                    undecided = undecided or (rights is not None and needs)
                    continue
                if isinstance(error, Undecided) and math.isfinite(mine):
                    continue  # an entry without a bound is left out, alone
                plain = plain or network(exam.case, IeeeSingle if bounded.single else Ieee).answers(wanted)
                largest = max(abs(right.value) for right in rights)
                within = stage in plain and overflows_alike(mine, plain[stage][at], largest)
            if not within:
                return False
            decided = True
    return True if decided and (lenient or not undecided) else None


def overflows_alike(mine: float, theirs: float, largest: float) -> bool:
    """Whether two numbers of a formula that overflows are both no numbers, or differ by lost digits at most."""
    if math.isfinite(mine) and math.isfinite(theirs):
        return abs(mine - theirs) <= SMALL * largest
    return not math.isfinite(mine) and not math.isfinite(theirs)


def explanation_of(exams: list[Exam], precision: str | None = None) -> Explanation | None:
    """Return what explains all answers; None where nothing does."""
    starts = list(dict.fromkeys(["h_sums" if precision == "float32" else single_from(exams), None]))
    if precision is None and "gradient" not in exams[0].answer.stages and is_small(exams):
        starts.append("gradient")  # one in single precision that was not answered may have led to the weights
    for start in starts:
        found = explained(exams, start)
        if found:
            return found
    return None


def with_raised(exams: list[Exam], raised: list[Case], explanation: Explanation) -> Explanation | None:
    """Return the explanation with the formulas that overflow where the candidate raised an error; None where none does.

    A formula joins the others where it explains all answers as well.
    """
    chosen, stages = explanation.formulas, tuple(exams[0].answer.stages)
    bounded = SINGLE if explanation.single_from else Bounded
    for case in raised:
        if overflows(case, chosen, bounded, stages):
            continue
        for formula in applying([formula for slot in SLOTS.values() for formula in slot], [case.setting]):
            more = (*chosen, formula)
            if (
                formula not in chosen
                and overflows(case, more, bounded, stages)
                and all(explains(each, more, explanation.single_from, stages) for each in by_size(exams))
            ):
                chosen = more
                break
        else:
            return None
    return explanation._replace(formulas=chosen)


def overflows(case: Case, formulas: tuple[Formula, ...], bounded: type[Bounded], stages: tuple[str, ...]) -> bool:
    """Whether the network of these formulas may overflow in a case, so that a stage cannot be computed."""
    return len(composed(formulas)(case, bounded).answers(stages)) < len(stages)


def settings_of(exams: list[Exam]) -> list[Setting]:
    """Return the settings of all cases, each once."""
    return list({id(each.case.setting): each.case.setting for each in exams}.values())


def applying(formulas: list[Formula], settings: list[Setting]) -> list[Formula]:
    """Return the formulas that make a difference in any of the settings."""
    return [formula for formula in formulas if any(map(formula.applies, settings))]


def explained(exams: list[Exam], single: str | None) -> Explanation | None:
    """Return the formulas that explain all answers, stage after stage, with one formula for each slot."""
    chosen: tuple[Formula, ...] = ()
    known: dict[str, list[Formula]] = {}
    pending: list[list[Formula]] = []
    seen: tuple[str, ...] = ()
    settings = settings_of(exams)
    for stages, slots in ORDER:
        if stages == ("loss",) and not any("loss" in each.answer.stages for each in exams):
            continue  # no other stage depends on how the loss is written
        new = {slot: applying(SLOTS[slot], settings) for slot in slots}
        known, pending = known | new, pending + list(new.values())
        if not any(stage in each.answer.stages for each in exams for stage in stages):
            continue
        seen += stages
        failing = [each for each in exams if each.wrong(stages)]
        if failing:
            asked = by_size([each for each in exams if each.wrong(seen)])
            choices = [(*chosen, *added) for added in simplest_first(pending)]
            rough = by_differences(asked[0], chosen) if single is None and is_rough(failing, stages) else []
            # lost digits may also be those of a formula within the bounds of its own stage, or of another that fits there
            again = simplest_first(list(known.values())) if single or is_small(failing) else []
            for choice, some in [(each, asked) for each in choices + again] + [(each, asked[:FEW]) for each in rough]:
                if all(explains(each, choice, single, seen) for each in some):
                    chosen = choice
                    break
            else:
                return by_convention(exams, choices, single) if stages == ("weights",) else None
        if stages == ("loss",):
            known["loss"] = [formula for formula in known["loss"] if formula in chosen]
        if failing or stages != STAGES[5:7]:  # deltas within their bounds may still leave a gradient outside
            pending = []
    return Explanation(chosen, single)


def by_convention(exams: list[Exam], choices: list[tuple[Formula, ...]], single: str | None) -> Explanation | None:
    """Return the explanation with another convention of the step, which must give all the weights; None where none does."""
    conventions = simplest_first([applying(formulas, settings_of(exams)) for formulas in CONVENTIONS.values()])[1:]
    asked = by_size(exams)
    for convention, choice in product(conventions, choices):
        if all(explains(each, (*choice, *convention), single, ("weights",), lenient=False) for each in asked):
            return Explanation(choice, single, convention)
    return None


def by_differences(exam: Exam, chosen: tuple[Formula, ...]) -> list[tuple[Formula, ...]]:
    """Return every choice with a gradient by finite differences, of the loss as it was found or as it may be."""
    losses = [each for each in SLOTS["loss"] if each.applies(exam.case.setting)] if "loss" not in exam.answer.stages else []
    choices = [(*chosen, *choice, difference) for choice in simplest_first([losses]) for difference in DIFFERENCES]
    return [choice for choice in choices if is_near(exam, composed(choice))]


def is_near(exam: Exam, network: type[Network]) -> bool:
    """Whether a gradient may be that of a network: the same to four digits in plain floats, which is quickly seen."""
    theirs = network(exam.case).answers(("gradient",)).get("gradient", [])
    mine = exam.answer.stages["gradient"]
    scale = 1 + max((abs(g) for g in theirs), default=math.inf)
    return all(
        abs(a - b) <= NEAR * scale
        for at, (a, b) in enumerate(zip(mine, theirs, strict=bool(theirs)))
        if exam.counts("gradient", at)
    )


def is_rough(exams: list[Exam], stages: tuple[str, ...]) -> bool:
    """Whether most numbers of the gradients lose digits, as those by finite differences do, and not a few at large sums."""
    numbers = [number for each in exams for number in each.marked(0) if number.stage == "gradient" and "gradient" in stages]
    return 2 * sum(number.ratio > 1 for number in numbers) > len(numbers)


def by_size(exams: list[Exam]) -> list[Exam]:
    """Return exams, the smallest networks first: most formulas that do not fit are seen at the first."""
    return sorted(exams, key=lambda each: each.case.layout.n_weights)


def simplest_first(slots: list[list[Formula]]) -> list[tuple[Formula, ...]]:
    """Return every choice of at most one formula for each slot, those with the fewest first."""
    choices = product(*([None, *formulas] for formulas in slots))
    made = [tuple(formula for formula in choice if formula is not None) for choice in choices]
    return sorted(made, key=len)


def explains(
    exam: Exam, formulas: tuple[Formula, ...], single: str | None, stages: tuple[str, ...], *, lenient: bool = True
) -> bool:
    """Whether formulas explain an answer: its stages in single precision from one on, those before in double."""
    network = composed(formulas)
    at = len(STAGES) if single is None else STAGES.index(single)
    double_stages = tuple(stage for stage in stages if STAGES.index(stage) < at)
    single_stages = tuple(stage for stage in stages if STAGES.index(stage) >= at)
    for bounded, part in ((Bounded, double_stages), (SINGLE, single_stages)):
        if any(stage in exam.answer.stages for stage in part) and fits(exam, network, bounded, part, lenient=lenient) is False:
            return False
    return True


def single_from(exams: list[Exam]) -> str | None:
    """Return the first stage that is computed in single precision, None where none is."""
    for stage in STAGES:
        rounded = [n.answer for each in exams for n in each.marked(0) if n.stage == stage and not is_single(n.right.value)]
        if rounded and sum(map(is_single, rounded)) >= MOSTLY * len(rounded):
            return stage
    return None


def is_single(x: float) -> bool:
    """Whether single precision holds a number, or the number is the nine digits that a program prints of one."""
    nearest = nearest_single(x)
    return x in (nearest, float(f"{nearest:.9g}"))


def nearest_single(x: float) -> float:
    """Return the number of single precision that is nearest to x."""
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)


def is_small(exams: list[Exam]) -> bool:
    """Whether every difference is below 2**-20 of the largest right number of its stage and case."""
    for each in exams:
        numbers = list(each.marked(0))
        for stage in each.right:
            of_stage = [number for number in numbers if number.stage == stage]
            largest = max((abs(number.right.value) for number in of_stage), default=0.0)
            if any(not abs(n.answer - n.right.value) <= SMALL * largest for n in of_stage if n.ratio > 1):
                return False
    return True


def bits_of(numbers: list[Judged]) -> float:
    """Return the effective bits: 53 less what the worst ratio of error to allowance takes."""
    worst = max((number.ratio for number in numbers if math.isfinite(number.ratio)), default=0.0)
    return max(0.0, 53.0 - max(0.0, math.log2(worst))) if worst else 53.0
