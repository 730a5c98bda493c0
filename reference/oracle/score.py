"""The oracle's own score: every mistake of the catalogue in every setting where it changes an answer, and every right variant.

A mistake is caught if the grade is wrong, and named if its name is among the diagnoses. The other names beside it must be
its class: mistakes whose answers are its own on cases that were not asked. A false alarm is a right variant graded wrong.
"""

import argparse
import importlib
import math
import random
import statistics
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, product
from multiprocessing import get_context
from time import monotonic
from typing import Any, ClassVar, NamedTuple, Self

from rich.box import SIMPLE_HEAD as PLAIN
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from reference.blocks import Blocks
from reference.commands.line import console
from reference.forward import Forward
from reference.kinds import Kind, Number, Rows, register
from reference.layout import Layout
from reference.oracle import judge
from reference.oracle.answers import Candidate
from reference.oracle.cases import Asked, Case, Setting, cases
from reference.oracle.check import verdict_on
from reference.oracle.expected import Right
from reference.oracle.mistakes import MISTAKES
from reference.oracle.settings import setting_of
from reference.oracle.steps import STAGES, Network
from reference.oracle.textbook import SLOTS
from reference.oracle.verdict import Verdict

CASES = 24  # asked in each setting
FRESH = 12  # not asked: there the names of a class must agree
VIEWS = {"all": STAGES, "outputs": ("o_nodes",), "gradient": ("gradient",), "weights": ("weights",)}
LEAN = -4.0  # standard errors, beyond which the errors lean to 0
EXAMPLES = """Examples:
  python -m reference score --quick
  python -m reference score --markdown > score.md"""

# ---- settings


class Asking(NamedTuple):
    """What a mistake is looked for in: a setting, one sample at a time or batches of so many rows, and the kind of targets."""

    setting: Setting
    batch: int | None
    targets: str = "usual"

    def __str__(self) -> str:
        told = self.setting._asdict() | {"batch": self.batch, "targets": self.targets}
        defaults = {
            "learning_rate": 0.1,
            "batch": None,
            "biases": True,
            "rule": "backpropagation",
            "l2": 0.0,
            "reduction": "mean",
            "targets": "usual",
        }
        return ", ".join(f"{name}={value!r}" for name, value in told.items() if value != defaults.get(name))

    def verdict(self, candidate: Candidate, *, examples: int, more: bool = False, seed: int = 0) -> Verdict:
        """Return the verdict on a candidate."""
        record: dict[str, Any] = {
            "setting": self.setting._asdict(), "batch": self.batch, "examples": examples, "seed": seed, "sizes": None,
            "precision": None, "targets": self.targets, "notes": [],
        }  # fmt: skip
        return verdict_on(candidate, self.cases(examples, seed), record, more=more)

    def cases(self, examples: int, seed: int = 0) -> list[Case]:
        """Return the cases."""
        return list(cases(self.setting, examples=examples, seed=seed, batch=self.batch, targets=self.targets))


HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")
ENDS = [*product(("softmax", "sigmoid"), ("cross_entropy",)), *product(("sigmoid", "tanh", "identity", "softmax"), SQUARED)]
ENDS += [("relu", "half_squared_error"), ("leaky_relu", "half_squared_error")]
STEPS: dict[str, Any] = {
    "momentum": {"name": "sgd", "momentum": 0.75, "nesterov": False},
    "nesterov": {"name": "sgd", "momentum": 0.75, "nesterov": True},
    "rmsprop": "rmsprop",
    "adam": "adam",
}


def asking(hidden: str, output: str, loss: str, batch: int | None = None, **more: Any) -> Asking:
    """Return a setting with what is not told as `check` has it."""
    told: dict[str, Any] = {
        "reduction": "mean", "l2": 0.0, "rule": "backpropagation", "optimizer": None, "learning_rate": 0.1, "biases": True,
    } | more  # fmt: skip
    step, targets = told.pop("optimizer"), told.pop("targets", "usual")
    setting = setting_of(hidden, output, loss, optimizer=step if isinstance(step, str) else None, **told)
    return Asking(setting._replace(optimizer=step) if isinstance(step, dict) else setting, batch, targets)


def settings(quick: bool) -> list[Asking]:
    """Return the settings: outputs and losses with the hidden functions in turn, batches, penalties, steps and rules."""
    usual = ("sigmoid", "sigmoid", "half_squared_error"), ("tanh", "softmax", "cross_entropy"), ("relu", "identity", SQUARED[0])
    if quick:
        return [
            asking(*usual[0], 3, reduction="sum", optimizer=STEPS["nesterov"]),
            asking(*usual[1], l2=0.25, targets="any"),
            asking("leaky_relu", "softmax", "mean_squared_error", 3, optimizer="adam"),
        ]
    turns = cycle(HIDDEN)
    found = [asking(next(turns), *end, batch) for batch in (None, 3) for end in ENDS]
    found += [asking(hidden, "softmax", "cross_entropy", 2, reduction="sum") for hidden in HIDDEN]
    for way, (batch, reduction) in zip(usual, PENALISED, strict=True):
        found.append(asking(*way, batch, l2=0.25, reduction=reduction))
    for at, (step, batch) in enumerate(product(STEPS.values(), (None, 3))):
        found.append(asking(*usual[at % 3], batch, optimizer=step))
    found += [asking(*usual[1], batch, targets=targets) for batch, targets in ((None, "any"), (2, "distribution"))]
    return found + [asking(*way, 2, rule="error_splitting") for way in usual[::2]]


PENALISED = ((None, "mean"), (3, "mean"), (3, "sum"))

# ---- candidates


def case_of(asked: Asked) -> Case:
    """Return the case that a candidate was asked."""
    one = not isinstance(asked.inputs[0], list)
    rows, targets = ([asked.inputs], [asked.targets]) if one else (asked.inputs, asked.targets)
    setting = Setting(**{name: asked[name] for name in Setting._fields if name in asked})
    layout = Layout(asked.n_inputs, asked.n_hidden, asked.n_outputs)
    return Case(setting, layout, asked.weights, rows, targets, one, "")


class Answering:
    """A candidate that answers with a network of the steps, on numbers of a kind; NaN where it cannot compute."""

    def __init__(self, network: type[Network], number: type = float, view: str = "all") -> None:
        self.network, self.number, self.stages = network, number, VIEWS[view]

    def __call__(self, asked: Asked) -> dict[str, Any]:
        """Return the stages of a case."""
        case = case_of(asked)
        n_samples, layout = len(case.inputs), case.layout
        found = self.network(case, self.number).answers(self.stages)
        answer: dict[str, Any] = {}
        for stage in self.stages:
            size = layout.n_weights if stage in STAGES[7:] else layout.n_hidden if stage[0] == "h" else layout.n_outputs
            numbers = [float(number) for number in found.get(stage, [math.nan] * (size * n_samples))]
            rows = [numbers[s * size : (s + 1) * size] for s in range(n_samples)]
            answer[stage] = numbers[0] if stage == "loss" else rows[0] if case.one or stage in STAGES[7:] else rows
        return answer


class OfTwin:
    """A candidate that answers with the network of a package, in one of its precisions."""

    def __init__(self, package: str, **settings: Any) -> None:
        self.twin, self.settings = importlib.import_module(package), settings

    def __call__(self, asked: Asked) -> dict[str, Any]:
        """Return the stages of a case."""
        functions = {name: asked[name] for name in ("hidden", "output", "loss", "weights")}
        network = self.twin.NeuralNetwork(asked.n_inputs, asked.n_hidden, asked.n_outputs, **functions, **self.settings)
        given, how = (asked.inputs, asked.targets), {"reduction": asked.reduction, "l2": asked.l2}
        answer: dict[str, Any] = (
            network.forward(asked.inputs)._asdict() | network.backward(*given, **how, rule=asked.rule)._asdict()
        )
        step = dict(asked.optimizer or {"name": "sgd"})
        optimizer = {"sgd": self.twin.SGD, "rmsprop": self.twin.RMSProp, "adam": self.twin.Adam}[step.pop("name")](**step)
        rows = [given] if isinstance(asked.inputs[0], list) else [([asked.inputs], [asked.targets])]
        network.train(*rows[0], learning_rate=asked.learning_rate, optimizer=optimizer, rule=asked.rule, **how)
        answer["weights"] = list(map(float, network.weights))
        return answer


# ---- numbers that round otherwise


class Rounded:
    """A number that rounds after every operation: to the precision of a struct format."""

    __slots__ = ("x",)
    code: ClassVar[str] = "d"

    def __init__(self, x: Any) -> None:
        self.x = self.kept(float(x))

    def kept(self, x: float) -> float:
        """Return x in this precision; beyond its range infinity."""
        try:
            return float(struct.unpack(self.code, struct.pack(self.code, x))[0])
        except OverflowError:
            return math.copysign(math.inf, x)

    def added(self, a: float, b: float) -> float:
        """Return a sum before it is rounded."""
        return a + b

    def __float__(self) -> float:
        return self.x

    def __add__(self, other: Any) -> Self:
        return type(self)(self.added(self.x, float(other)))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Self:
        return type(self)(self.added(self.x, -float(other)))

    def __rsub__(self, other: Any) -> Self:
        return type(self)(self.added(float(other), -self.x))

    def __mul__(self, other: Any) -> Self:
        return type(self)(self.x * float(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Self:
        return type(self)(self.x / float(other))

    def __rtruediv__(self, other: Any) -> Self:
        return type(self)(float(other) / self.x)

    def __lt__(self, other: Any) -> bool:
        return self.x < float(other)

    def __le__(self, other: Any) -> bool:
        return self.x <= float(other)

    def __gt__(self, other: Any) -> bool:
        return self.x > float(other)

    def __ge__(self, other: Any) -> bool:
        return self.x >= float(other)

    def __eq__(self, other: object) -> bool:
        return self.x == float(other)  # type: ignore[arg-type]

    __hash__ = None  # type: ignore[assignment]


class Single(Rounded):
    """A number of single precision."""

    __slots__ = ()
    code = "f"


class Truncating(Rounded):
    """A double whose sums are cut off, not rounded."""

    __slots__ = ()

    def added(self, a: float, b: float) -> float:
        """Return a sum, a step nearer to 0 where it was rounded away from it."""
        total = a + b
        part = total - a
        lost = (a - (total - part)) + (b - part)
        return math.nextafter(total, 0.0) if lost * total < 0 else total


def function_of(number: type[Rounded], name: str) -> Callable[[Any], Any]:
    """Return a function of the math module on rounded numbers."""
    function = getattr(math, name)
    return lambda x: number(function(float(x)))


for rounded in (Single, Truncating):
    exp, log, log1p, tanh, sqrt = (function_of(rounded, name) for name in ("exp", "log", "log1p", "tanh", "sqrt"))
    register(Kind(rounded, rounded, exp, log, log1p, tanh, sqrt, is_finite=lambda x: math.isfinite(x.x), value=float))

# ---- right networks that add up otherwise


def forwards(terms: list[Number]) -> Number:
    """Return the sum from the first to the last."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def pairwise(terms: list[Number]) -> Number:
    """Return the sum of the sums of two halves."""
    half = len(terms) // 2
    return pairwise(terms[:half]) + pairwise(terms[half:]) if half else terms[0]


def exactly(terms: list[Number]) -> Number:
    """Return the sum rounded once."""
    return type(terms[0])(math.fsum(map(float, terms)))


def shuffled(terms: list[Number]) -> Number:
    """Return the sum in a random order, the same for as many terms."""
    return forwards(random.Random(len(terms)).sample(terms, len(terms)))


ORDERS: dict[str, Callable[[list[Number]], Number]] = {
    "forwards": forwards,
    "reversed": lambda terms: forwards(terms[::-1]),
    "sorted": lambda terms: forwards(sorted(terms)),
    "shuffled": shuffled,
    "pairwise": pairwise,
    "exact (fsum)": exactly,
}


class OtherOrder(Network):
    """A right network whose sums are added up in another order, with the bias first or last."""

    order = "forwards"
    bias_first = False

    def total(self, terms: list[Number]) -> Number:
        """Return a sum."""
        return ORDERS[self.order](terms)

    def layer(self, nodes: list[Number], rows: Rows, biases: list[Number]) -> list[Number]:
        """Return the sums of a layer."""
        sums = []
        for at, bias in enumerate(biases):
            terms = [node * row[at] for node, row in zip(nodes, rows, strict=True)]
            sums.append(self.total([bias, *terms] if self.bias_first else [*terms, bias]))
        return sums

    def hidden_sums(self, inputs: list[Number], blocks: Blocks) -> list[Number]:
        """The sums of the hidden layer."""
        return self.layer(inputs, blocks.ih_weights, blocks.h_biases)

    def output_sums(self, h_nodes: list[Number], blocks: Blocks) -> list[Number]:
        """The sums of the output layer."""
        return self.layer(h_nodes, blocks.ho_weights, blocks.o_biases)

    def loss(self, stages: list[Forward]) -> Number:
        """The loss, over the samples in the same order."""
        losses = [self.sample_loss(sample, targets) for sample, targets in zip(stages, self.targets, strict=True)]
        return self.reduced(self.total(losses)) + self.penalty()

    def hidden_deltas(self, stages: Forward, blocks: Blocks, back: list[Number]) -> list[Number]:
        """The sum over the outputs, the slope inside it where the bias comes first."""
        deltas = []
        for slope, row in zip(self.hidden_slopes(stages), self.ho_weights_back(blocks), strict=True):
            terms = [w * delta for w, delta in zip(row, back, strict=True)]
            deltas.append(self.total([slope * term for term in terms]) if self.bias_first else slope * self.total(terms))
        return deltas

    def gradient(self, stages: list[Forward], o_deltas: Rows, h_deltas: Rows) -> list[Number]:
        """The sum over the samples; divided by their number before it where the bias comes first."""
        n, parts = len(self.inputs), []
        share = n if self.bias_first and self.setting.reduction == "mean" else 1
        for x, h_nodes, h_row, o_row in zip(self.inputs, (s.h_nodes for s in stages), h_deltas, o_deltas, strict=True):
            part: list[Number] = []
            for nodes, row in ((x, h_row), (h_nodes, o_row)):
                taken = [delta / share for delta in row]
                part += [node * delta for node in nodes for delta in taken] + taken
            parts.append(part)
        total = [self.total(list(column)) for column in zip(*parts, strict=True)]
        gradient = total if share > 1 else [self.reduced(g) for g in total]
        if self.setting.l2:
            self.decay(gradient)
        return gradient


class Variant(NamedTuple):
    """A right network: the candidate, the grades it may get, the formulas that may be named, whether its sums are cut off."""

    candidate: Callable[[], Candidate]
    grades: tuple[str, ...]
    formulas: tuple[str, ...] = ()
    leans: bool = False


EPSILONS = (0.0, 1e-7, 1e-12)  # of the formulas guarded by one, these are tried
EXACT, CLOSE, RIGHT = ("exact",), ("exact", "within_bound"), ("exact", "within_bound", "textbook")


def variants(twins: tuple[str, ...]) -> dict[str, Variant]:
    """Return the right variants: orders of summation in double and single, formulas, truncation, twins."""
    found = {}
    for (order, first), (number, name) in product(product(ORDERS, (False, True)), ((float, "double"), (Single, "single"))):
        network = type("Ordered", (OtherOrder,), {"order": order, "bias_first": first})
        how = f"{order}, bias {'first' if first else 'last'}, {name}"
        found[how] = Variant(partial(Answering, network, number), CLOSE)
    found["sums truncated"] = Variant(partial(Answering, Network, Truncating), CLOSE, leans=True)
    for slot in SLOTS.values():
        names = tuple(formula.name for formula in slot)  # several of a slot may explain the same numbers
        for formula in slot:
            if getattr(formula.network, "epsilon", 0.0) not in EPSILONS:
                continue
            found[formula.name] = Variant(partial(Answering, formula.network), RIGHT, names)
    for twin in twins:
        found[twin] = Variant(partial(OfTwin, twin), EXACT if twin == "reference" else CLOSE)
        if twin != "reference":
            found[f"{twin}, float32"] = Variant(partial(OfTwin, twin, dtype="float32"), CLOSE)
    return found


def alarms(variant: Variant, verdict: Verdict, where: Asking) -> list[str]:
    """Return what is wrong with the verdict on a right variant."""
    found = [] if verdict.grade in variant.grades else [f"graded {verdict.grade}"]
    found += [f"named {name}" for name in verdict.record.get("formulas", ()) if name not in variant.formulas]
    rounds = where.setting.hidden in ("sigmoid", "tanh", "leaky_relu")  # elsewhere few sums are rounded at all
    if variant.leans and rounds and verdict.record["summary"]["lean"] > LEAN:
        found.append(f"leans by {verdict.record['summary']['lean']:.1f} only")
    return found


# ---- the work


class Caught(NamedTuple):
    """What came of a mistake in a setting, seen in a view."""

    mistake: str
    where: Asking
    view: str
    grade: str
    names: tuple[str, ...]
    strangers: tuple[str, ...]
    nodes: int | None

    @property
    def caught(self) -> bool:
        """Whether it was graded wrong."""
        return self.grade == "wrong"

    @property
    def first(self) -> bool:
        """Whether it is the first name."""
        return self.names[:1] == (self.mistake,)

    @property
    def named(self) -> bool:
        """Whether it is named, and only with mistakes that are equal to it."""
        return self.mistake in self.names and not self.strangers


class Graded(NamedTuple):
    """What came of a right variant in a setting."""

    variant: str
    where: Asking
    grade: str
    alarms: tuple[str, ...]


def applying(where: Asking, view: str) -> list[str]:
    """Return the mistakes that change an answer of this view in these cases."""
    asked = where.cases(CASES)
    own = [Network(case).answers(VIEWS[view]) for case in asked]
    return [name for name in MISTAKES if differs(own, MISTAKES[name].network, asked, view)]


def differs(own: list[dict[str, list[Number]]], network: type[Network], asked: list[Case], view: str) -> bool:
    """Whether the answers of a network are others, by more than rounding."""
    return any(
        not math.isclose(mine, theirs, rel_tol=1e-6, abs_tol=1e-12)
        for case, right in zip(asked, own, strict=True)
        for stage, numbers in network(case).answers(VIEWS[view]).items()
        for mine, theirs in zip(numbers, right.get(stage, []), strict=bool(right.get(stage)))
    )


def looked_for(where: Asking, view: str, name: str, shrunk: bool) -> Caught:
    """Return what the oracle says of a mistake in a setting."""
    verdict = where.verdict(Answering(MISTAKES[name].network, view=view), examples=CASES, more=shrunk)
    fresh = where.cases(FRESH, seed=1)
    own = [MISTAKES[name].network(case).answers(VIEWS[view]) for case in fresh]
    names = verdict.diagnoses
    if verdict.record.get("together"):
        strangers = names
    else:
        strangers = [other for other in names if differs(own, MISTAKES[other].network, fresh, view)]
    small = verdict.counterexample.layout if shrunk and verdict.counterexample else None
    nodes = None if small is None else small.n_inputs + small.n_hidden + small.n_outputs
    return Caught(name, where, view, verdict.grade, tuple(names), tuple(strangers), nodes)


class Job(NamedTuple):
    """A piece of the work, for one process; of the mistakes every so many is made small, another in each setting."""

    where: Asking
    view: str = ""
    number: int = 0
    made_small: int = 0
    variant: str = ""
    twins: tuple[str, ...] = ()

    def __call__(self) -> list[Caught | Graded]:
        """Do it."""
        if not self.variant:
            small = {name for at, name in enumerate(MISTAKES) if self.made_small and (at + self.number) % self.made_small == 0}
            return [looked_for(self.where, self.view, name, name in small) for name in applying(self.where, self.view)]
        variant = variants(self.twins)[self.variant]
        verdict = self.where.verdict(variant.candidate(), examples=200 if variant.leans else CASES)
        return [Graded(self.variant, self.where, verdict.grade, tuple(alarms(variant, verdict, self.where)))]


def done(job: Job) -> list[Caught | Graded]:
    """Do a job; what is right is computed once for all candidates that are asked the same."""
    known: dict[str, dict[str, list[Right]]] = {}
    computed = vars(judge)["right"]

    def right(case: Case, precision: str, wanted: tuple[str, ...]) -> dict[str, list[Right]]:
        """Return what is right, from memory where it is there."""
        key = repr((case, precision, job.view))
        if key not in known:
            known[key] = computed(case, precision, VIEWS.get(job.view, STAGES))
        return {stage: numbers for stage, numbers in known[key].items() if stage in wanted}

    vars(judge)["right"] = right
    try:
        return job()
    finally:
        vars(judge)["right"] = computed


def jobs(quick: bool, twins: tuple[str, ...]) -> list[Job]:
    """Return all the work, or a slice of it: the longest first."""
    places = settings(quick)
    work = [Job(where, "all", at, 48 if quick else 64) for at, where in enumerate(places)]
    if quick:
        work.append(Job(places[0], "gradient"))
    else:
        work += [Job(where, "outputs") for where in places]
        work += [Job(where, view) for at, where in enumerate(places) for view in (("gradient", "weights")[at % 2],)]
    for at, name in enumerate(variants(twins)):
        work += [Job(where, variant=name, twins=twins) for where in places[at % 3 :: 3]]
    return work


def worked(work: list[Job], processes: int) -> Iterator[list[Caught | Graded]]:
    """Do the work in so many processes."""
    if processes == 1:
        yield from map(done, work)
        return
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(done, work)


def score(quick: bool, twins: tuple[str, ...] = ("reference",), processes: int = 2) -> list[Caught | Graded]:
    """Do all the work, or a slice of it, with progress on standard error; return every outcome."""
    found: list[Caught | Graded] = []
    to = console(stderr=True)
    with Progress(console=to, transient=True, disable=not to.is_terminal) as bar:
        work = jobs(quick, twins)
        task = bar.add_task("mistakes and variants", total=len(work))
        said = monotonic()
        for at, outcomes in enumerate(worked(work, processes)):
            found += outcomes
            bar.advance(task)
            if not to.is_terminal and monotonic() - said > 10:
                said = monotonic()
                print(f"{at + 1} of {len(work)} pieces of work done", file=sys.stderr, flush=True)
    return found


# ---- the tables


def counts_of(outcomes: list[Caught]) -> list[str]:
    """Return the cells of a row: settings, caught, named first, named within its class, size of the smallest network."""
    nodes = [outcome.nodes for outcome in outcomes if outcome.nodes is not None]
    counts = [len(outcomes), *(sum(getattr(o, what) for o in outcomes) for what in ("caught", "first", "named"))]
    return [*(f"{count:,}" for count in counts), f"{statistics.median(nodes):g}" if nodes else "-"]


def mistake_rows(found: list[Caught]) -> Iterator[list[str]]:
    """Yield a row for every mistake, all views together."""
    for name in MISTAKES:
        yield [name, *counts_of([outcome for outcome in found if outcome.mistake == name])]


def view_rows(found: list[Caught]) -> Iterator[list[str]]:
    """Yield a row for every view, all mistakes together."""
    for view in VIEWS:
        outcomes = [outcome for outcome in found if outcome.view == view]
        if outcomes:
            yield ["all stages" if view == "all" else f"{view} alone", *counts_of(outcomes)]
    yield ["together", *counts_of(found)]


GRADES = ("exact", "within_bound", "textbook", "low_precision", "wrong", "undecided")


def variant_rows(found: list[Graded]) -> Iterator[list[str]]:
    """Yield a row of grades for every right variant."""
    for name in dict.fromkeys(outcome.variant for outcome in found):
        outcomes = [outcome for outcome in found if outcome.variant == name]
        grades = Counter(outcome.grade for outcome in outcomes)
        alarm = sum(bool(outcome.alarms) for outcome in outcomes)
        yield [name, *(f"{grades[grade]:,}" if grades[grade] else "·" for grade in GRADES), f"{alarm:,}"]


HEADINGS = ("settings", "caught", "named first", "named in its class", "nodes of the smallest, median")


def table(headings: list[str], rows: Iterator[list[str]]) -> Table:
    """Return a table whose first column are names."""
    made = Table(box=PLAIN)
    for at, heading in enumerate(headings):
        made.add_column(heading, justify="right" if at else "left", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def markdown(headings: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'---:|' * (len(headings) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def failures(found: list[Caught | Graded]) -> Iterator[str]:
    """Yield a line for everything that is not as it should be."""
    for outcome in found:
        where = str(outcome.where)
        if isinstance(outcome, Graded):
            for alarm in outcome.alarms:
                yield f"false alarm: {outcome.variant} {alarm}; {where}"
        elif not outcome.caught:
            yield f"not caught: {outcome.mistake} ({outcome.view}) is {outcome.grade}; {where}"
        elif not outcome.named:
            names = f"named {', '.join(outcome.names) or 'nothing'}, no equals: {', '.join(outcome.strangers) or 'none'}"
            yield f"not named: {outcome.mistake} ({outcome.view}) {names}; {where}"


def add_to(commands: Any, twins: tuple[str, ...] = ("reference", "vectorized")) -> None:
    """Add the command to those of `python -m reference`; `twins` are the packages that are candidates as well."""
    parser = commands.add_parser(
        "score",
        help="the oracle's own score: its mistakes caught and named, its false alarms",
        description="Try the oracle: every mistake of its catalogue in every setting, and right variants of the network.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--quick", action="store_true", help="a slice, within a minute")
    parser.add_argument("--markdown", action="store_true", help="print the totals for a README")
    parser.set_defaults(run=partial(run, twins), prog=parser.prog)


def run(twins: tuple[str, ...], options: argparse.Namespace) -> int:
    """Print the tables; return 0 if every mistake is caught and named and there is no false alarm, 1 otherwise."""
    found = score(options.quick, twins)
    mistakes = [outcome for outcome in found if isinstance(outcome, Caught)]
    graded = [outcome for outcome in found if isinstance(outcome, Graded)]
    heads = ["answered", *HEADINGS], ["right variant", *GRADES, "false alarms"]
    if options.markdown:
        for headings, rows in zip(heads, (view_rows(mistakes), variant_rows(graded)), strict=True):
            print("\n".join(markdown(headings, rows)), end="\n\n")
    else:
        out: Console = console()
        out.print(table(["mistake", *HEADINGS], mistake_rows(mistakes)))
        out.print(table(heads[0], view_rows(mistakes)))
        out.print(table(heads[1], variant_rows(graded)))
    wrong = list(failures(found))
    for line in wrong:
        print(line, file=sys.stderr if options.markdown else sys.stdout)
    return int(bool(wrong))
