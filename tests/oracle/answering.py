"""The settings in which the tests use the oracle, and candidates made from its own networks."""

import math
from collections.abc import Callable
from itertools import cycle, product
from typing import Any, NamedTuple

from reference import SGD
from reference.numbers.kinds import kind_of_type
from reference.numbers.number import Number
from reference.oracle.answers import Candidate
from reference.oracle.cases import Case, Question, cases
from reference.oracle.decide import verdict_on
from reference.oracle.explaining.explanation import case_of, in_shape
from reference.oracle.explaining.grammar import expand
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import Formulas, Frame, model_of
from reference.oracle.judging.steps import Network
from reference.oracle.settings import Setting, setting_of
from reference.oracle.verdict import Verdict, record_of
from reference.specification.names import HIDDEN, OPTIMIZERS, SQUARED_ERRORS, STAGES

Made = Callable[..., Any]  # what makes the network of a case and a kind of number, which has `answers`
VIEWS = {"all": STAGES, "outputs": ("o_nodes",), "gradient": ("gradient",), "weights": ("weights",)}
ENDS = [*product(("softmax", "sigmoid"), ("cross_entropy",))]
ENDS += product(("sigmoid", "tanh", "identity", "softmax"), SQUARED_ERRORS)
ENDS += [("relu", "half_squared_error"), ("leaky_relu", "half_squared_error")]
STEPS: dict[str, Any] = {
    "momentum": SGD(momentum=0.75),
    "nesterov": SGD(momentum=0.75, nesterov=True),
    "rmsprop": "rmsprop",
    "adam": "adam",
}


class Asking(NamedTuple):
    """A setting, the number of rows of a batch (None: one sample at a time), and the kind of targets."""

    setting: Setting
    batch: int | None
    targets: str = "usual"

    def __str__(self) -> str:
        ends = "-".join(self.setting[:3])
        usual = Asking(setting_of(*self.setting[:3]), None)
        return ", ".join([ends, *(f"{name}={value}" for name, value in self.fields() if (name, value) not in usual.fields())])

    def fields(self) -> list[tuple[str, Any]]:
        """Return the names and values of everything that a setting can change."""
        return [*self.setting._asdict().items(), ("batch", self.batch), ("targets", self.targets)]

    def verdict(self, candidate: Candidate, *, examples: int, more: bool = False) -> Verdict:
        """Return the verdict on a candidate. `more` allows further cases, for a small counterexample."""
        record = record_of(self.setting, batch=self.batch, examples=examples, seed=0, targets=self.targets)
        return verdict_on(candidate, self.cases(examples), record, ask_more=more)

    def cases(self, examples: int, seed: int = 0) -> list[Case]:
        """Return the cases."""
        return list(cases(self.setting, examples=examples, seed=seed, batch=self.batch, targets=self.targets))


def asking(hidden: str, output: str, loss: str, batch: int | None = None, *, targets: str = "usual", **more: Any) -> Asking:
    """Return a setting. `more` are settings of `oracle.check`; the others have its defaults."""
    return Asking(setting_of(hidden, output, loss, **more), batch, targets)


def settings() -> list[Asking]:
    """Return the settings: every output and loss with varying hidden functions, batches, penalties, steps and rules."""
    usual = (
        ("sigmoid", "sigmoid", "half_squared_error"),
        ("tanh", "softmax", "cross_entropy"),
        ("relu", "identity", SQUARED_ERRORS[0]),
    )
    hidden = cycle(HIDDEN)
    items = [asking(next(hidden), *end, batch) for batch in (None, 3) for end in ENDS]
    items += [asking(name, "softmax", "cross_entropy", 2, reduction="sum") for name in HIDDEN]
    for functions, (batch, reduction) in zip(usual, ((None, "mean"), (3, "mean"), (3, "sum")), strict=True):
        items.append(asking(*functions, batch, l2=0.25, reduction=reduction))
    for at, (step, batch) in enumerate(product(STEPS.values(), (None, 3))):
        items.append(asking(*usual[at % 3], batch, optimizer=step))
    items += [asking(*usual[1], batch, targets=targets) for batch, targets in ((None, "any"), (2, "distribution"))]
    return items + [asking(*functions, 2, rule="error_splitting") for functions in usual[::2]]


def network_with(*names: str) -> Made:
    """Return a network that makes all these mistakes of the catalogue."""

    def network(case: Case, number: type = float) -> Frame:
        model = model_of(case.setting)
        for name in names:
            model = MISTAKES[name].change(model)
        formulas: Formulas = {}
        for name in names:
            trees = MISTAKES[name].trees(model.setting)
            formulas |= {step: expand(model.setting, formula)[0] for step, formula in trees.items()}
        return Frame(case, model, formulas, kind=kind_of_type(number))

    return network


def names_of(verdict: Verdict) -> set[str]:
    """Return all names in a verdict, with the mistakes that are equal to them in its setting."""
    return {name for each in verdict.record["explanation"] for name in (each["name"], *each["also"]) if name}


class Answering:
    """A candidate that runs a network in one kind of number. It returns NaN where it cannot compute."""

    def __init__(self, network: Made, number: type = float, view: str = "all") -> None:
        self.network, self.number, self.stages = network, number, VIEWS[view]

    def __call__(self, question: Question) -> dict[str, Any]:
        """Return the stages of a case."""
        case = case_of(question)
        stages = self.network(case, self.number).answers(self.stages)
        answer: dict[str, Any] = {}
        for stage in self.stages:
            whole = stage in ("loss", "gradient", "weights")  # not one row for each sample
            size = case.layout.n_weights if whole else case.layout.n_hidden if stage[0] == "h" else case.layout.n_outputs
            answer[stage] = in_shape(case, stage, [float(x) for x in stages.get(stage, [math.nan] * (size * len(case.inputs)))])
        return answer


class OfTwin:
    """A candidate that runs the network of a package in one precision."""

    def __init__(self, twin: Any, **settings: Any) -> None:
        self.twin, self.settings = twin, settings

    def __call__(self, question: Question) -> dict[str, Any]:
        """Return the stages of a case."""
        functions = {name: question[name] for name in ("hidden", "output", "loss", "weights")}
        network = self.twin.NeuralNetwork(
            question.n_inputs, question.n_hidden, question.n_outputs, **functions, **self.settings
        )
        how = {"reduction": question.reduction, "l2": question.l2, "rule": question.rule}
        forward, backward = network.forward(question.inputs), network.backward(question.inputs, question.targets, **how)
        fields = dict(question.optimizer or {"name": "sgd"})
        optimizer = getattr(self.twin, OPTIMIZERS[fields.pop("name")])(**fields)
        case = case_of(question)
        network.train(case.inputs, case.targets, learning_rate=question.learning_rate, optimizer=optimizer, **how)
        return {**forward._asdict(), **backward._asdict(), "weights": list(map(float, network.weights))}


def differs(right: list[dict[str, list[Number]]], network: Made, questions: list[Case]) -> bool:
    """Whether a network's answers differ from the right ones by more than rounding."""
    return any(
        not math.isclose(own, other, rel_tol=1e-6, abs_tol=1e-12)
        for case, answers in zip(questions, right, strict=True)
        for stage, numbers in network(case).answers().items()
        for own, other in zip(numbers, answers.get(stage, []), strict=stage in answers)
    )


def outputs_of(package: Any) -> Candidate:
    """Return a candidate that returns only the outputs."""

    def candidate(case: Question) -> Any:
        sizes, names = (case.n_inputs, case.n_hidden, case.n_outputs), ("hidden", "output", "loss", "weights")
        return package.NeuralNetwork(*sizes, **{name: case[name] for name in names}).predict(case.inputs)

    return candidate


def making(*names: str) -> Candidate:
    """Return a candidate that makes these mistakes."""
    return Answering(network_with(*names))


def with_change(change: Callable[[dict[str, Any], Question], Any]) -> Candidate:
    """Return a right candidate with a changed answer."""

    def candidate(case: Question) -> Any:
        answer = Answering(Network)(case)
        other = change(answer, case)
        return answer if other is None else other

    return candidate
