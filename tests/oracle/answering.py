"""Scenarios (settings of a check) and candidates that the tests share."""

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

NetworkFactory = Callable[..., Any]  # takes a case and a kind of number; returns a network with a method `answers`
VIEWS = {"all": STAGES, "outputs": ("o_nodes",), "gradient": ("gradient",), "weights": ("weights",)}
OUTPUTS_AND_LOSSES = [*product(("softmax", "sigmoid"), ("cross_entropy",))]
OUTPUTS_AND_LOSSES += product(("sigmoid", "tanh", "identity", "softmax"), SQUARED_ERRORS)
OUTPUTS_AND_LOSSES += [("relu", "half_squared_error"), ("leaky_relu", "half_squared_error")]
STATEFUL: dict[str, Any] = {
    "momentum": SGD(momentum=0.75),
    "nesterov": SGD(momentum=0.75, nesterov=True),
    "rmsprop": "rmsprop",
    "adam": "adam",
}


class Scenario(NamedTuple):
    """A setting, the number of samples in a batch (None: one sample at a time), and the kind of targets."""

    setting: Setting
    batch: int | None
    targets: str = "usual"

    def __str__(self) -> str:
        functions = "-".join(self.setting[:3])
        usual = Scenario(setting_of(*self.setting[:3]), None)
        return ", ".join(
            [functions, *(f"{name}={value}" for name, value in self.fields() if (name, value) not in usual.fields())]
        )

    def fields(self) -> list[tuple[str, Any]]:
        return [*self.setting._asdict().items(), ("batch", self.batch), ("targets", self.targets)]

    def verdict(self, candidate: Candidate, *, examples: int, ask_more: bool = False) -> Verdict:
        """Return the verdict on a candidate. With `ask_more`, the oracle may call the candidate with further cases."""
        record = record_of(self.setting, batch=self.batch, examples=examples, seed=0, targets=self.targets)
        return verdict_on(candidate, self.cases(examples), record, ask_more=ask_more)

    def cases(self, examples: int, seed: int = 0) -> list[Case]:
        return list(cases(self.setting, examples=examples, seed=seed, batch=self.batch, targets=self.targets))


def scenario_of(
    hidden: str, output: str, loss: str, batch: int | None = None, *, targets: str = "usual", **more: Any
) -> Scenario:
    """Return a scenario. `more` are further settings, such as l2. The remaining settings keep their defaults."""
    return Scenario(setting_of(hidden, output, loss, **more), batch, targets)


def scenarios() -> list[Scenario]:
    """Return scenarios in which every output, loss, hidden activation, optimizer and rule occurs."""
    usual = (
        ("sigmoid", "sigmoid", "half_squared_error"),
        ("tanh", "softmax", "cross_entropy"),
        ("relu", "identity", SQUARED_ERRORS[0]),
    )
    hidden = cycle(HIDDEN)
    items = [scenario_of(next(hidden), *pair, batch) for batch in (None, 3) for pair in OUTPUTS_AND_LOSSES]
    items += [scenario_of(name, "softmax", "cross_entropy", 2, reduction="sum") for name in HIDDEN]
    for functions, (batch, reduction) in zip(usual, ((None, "mean"), (3, "mean"), (3, "sum")), strict=True):
        items.append(scenario_of(*functions, batch, l2=0.25, reduction=reduction))
    for at, (optimizer, batch) in enumerate(product(STATEFUL.values(), (None, 3))):
        items.append(scenario_of(*usual[at % 3], batch, optimizer=optimizer))
    items += [scenario_of(*usual[1], batch, targets=targets) for batch, targets in ((None, "any"), (2, "distribution"))]
    return items + [scenario_of(*functions, 2, rule="error_splitting") for functions in usual[::2]]


def network_with(*names: str) -> NetworkFactory:
    """Return a function that builds a network with these mistakes of MISTAKES."""

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
    """Return the names of the mistakes in a verdict, and of other mistakes that give the same numbers."""
    return {name for each in verdict.record["explanation"] for name in (each["name"], *each["also"]) if name}


class Runner:
    """A candidate that runs a network with numbers of one type. A stage that cannot be computed becomes NaN."""

    def __init__(self, network: NetworkFactory, number: type = float, view: str = "all") -> None:
        self.network, self.number, self.stages = network, number, VIEWS[view]

    def __call__(self, question: Question) -> dict[str, Any]:
        case = case_of(question)
        stages = self.network(case, self.number).answers(self.stages)
        answer: dict[str, Any] = {}
        for stage in self.stages:
            whole = stage in ("loss", "gradient", "weights")  # one answer for the whole batch, not one for each sample
            size = case.layout.n_weights if whole else case.layout.n_hidden if stage[0] == "h" else case.layout.n_outputs
            answer[stage] = in_shape(case, stage, [float(x) for x in stages.get(stage, [math.nan] * (size * len(case.inputs)))])
        return answer


class PackageRunner:
    """A candidate that runs the NeuralNetwork of a package. `settings` are further arguments of NeuralNetwork."""

    def __init__(self, package: Any, **settings: Any) -> None:
        self.package, self.settings = package, settings

    def __call__(self, question: Question) -> dict[str, Any]:
        functions = {name: question[name] for name in ("hidden", "output", "loss", "weights")}
        network = self.package.NeuralNetwork(
            question.n_inputs, question.n_hidden, question.n_outputs, **functions, **self.settings
        )
        how = {"reduction": question.reduction, "l2": question.l2, "rule": question.rule}
        forward, backward = network.forward(question.inputs), network.backward(question.inputs, question.targets, **how)
        fields = dict(question.optimizer or {"name": "sgd"})
        optimizer = getattr(self.package, OPTIMIZERS[fields.pop("name")])(**fields)
        case = case_of(question)
        network.train(case.inputs, case.targets, learning_rate=question.learning_rate, optimizer=optimizer, **how)
        return {**forward._asdict(), **backward._asdict(), "weights": list(map(float, network.weights))}


def differs(right: list[dict[str, list[Number]]], network: NetworkFactory, drawn_cases: list[Case]) -> bool:
    """Whether a network's answers differ from the right ones by more than rounding."""
    return any(
        not math.isclose(number, right_number, rel_tol=1e-6, abs_tol=1e-12)
        for case, answers in zip(drawn_cases, right, strict=True)
        for stage, numbers in network(case).answers().items()
        for number, right_number in zip(numbers, answers.get(stage, []), strict=stage in answers)
    )


def outputs_of(package: Any) -> Candidate:
    """Return a candidate that answers only the outputs of a package's network."""

    def candidate(case: Question) -> Any:
        sizes, names = (case.n_inputs, case.n_hidden, case.n_outputs), ("hidden", "output", "loss", "weights")
        return package.NeuralNetwork(*sizes, **{name: case[name] for name in names}).predict(case.inputs)

    return candidate


def candidate_with(*names: str) -> Candidate:
    return Runner(network_with(*names))


def with_change(change: Callable[[dict[str, Any], Question], Any]) -> Candidate:
    """Return a candidate that computes the right answer. Then `change(answer, case)` edits this answer or returns another."""

    def candidate(case: Question) -> Any:
        answer = Runner(Network)(case)
        other = change(answer, case)
        return answer if other is None else other

    return candidate
