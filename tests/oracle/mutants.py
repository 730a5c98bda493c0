"""Measure how well the oracle explains slips in ordinary networks: `python -m tests.oracle.mutants --every 40`.

A mutant is a network of the corpus with one change in its source. This module decides without the oracle whether a mutant is
wrong, and which stage is the first wrong one: it compares the answers of the mutant with those of the original network.
"""

import argparse
import ast
import functools
import importlib
import inspect
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from reference import oracle
from reference.oracle.answers import NoAnswer, time_limit
from reference.oracle.cases import Case, Question
from tests.oracle.corpus import ENTRIES, entry
from tests.oracle.corpus.entry import quiet
from tests.oracle.mutation import edits, line_pair, node_of
from tests.oracle.ruler import ORDER, is_right, is_same, ordinary_cases, right_answers

NETWORKS = {  # the name of an entry, and the position of the setting to use
    "textbook_vectors": 0, "column_vectors": 0, "batch_matmul": 0, "einsum_everywhere": 0, "bias_as_an_input": 0,
    "parameters_and_cache": 0, "fancy_indexing": 0, "closures": 1, "dataclass_layers": 0, "error_times_slope_added": 1,
    "nested_loops": 0, "dictionaries_of_neurons": 0, "builtin_sum": 0, "momentum_velocity": 1, "adam_with_hats": 1,
}  # fmt: skip
WITH_READERS = "batch_matmul"  # in this network, the functions in READERS are mutated too
READERS = ("split", "matrices", "samples")
EXAMPLES, SEED, FRESH_SEED = 60, 20240229, 4711
N_CASES, N_FRESH = 500, 100
SECONDS = 60.0  # the time limit for the answers of a network to a list of cases
ACCEPTED_EPSILON = "1e-07"  # textbooks add this epsilon in a logarithm, so a mutant that adds it is right
SCORED_KINDS = ("explained", "unexplained", "explained falsely", "missed", "oracle raises")
OTHER_KINDS = ("right", "right but refused", "unusable", "equivalent")
FAULTS = ("missed", "oracle raises", "explained falsely", "right but refused")

Answers = list[dict[str, Any] | None]


class Mutant(NamedTuple):
    """The source of a network with one change at one place."""

    network: str
    operator: str
    place: str
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.network}, {self.place}: {self.before}  ->  {self.after}  [{self.operator}]"


class Outcome(NamedTuple):
    """The outcome of a mutant: its kind, the first stage in which it differs, and what the oracle reported."""

    mutant: Mutant
    kind: str  # one of SCORED_KINDS or OTHER_KINDS
    stage: str | None = None
    first_wrong: str | None = None
    diagnoses: tuple[str, ...] = ()
    seconds: float = 0.0


def entry_of(name: str) -> Any:
    return next(each for each in ENTRIES if each.name == name)


def parts_of(name: str) -> tuple[list[ast.stmt], list[Any]]:
    """Return the imports of a network's module, and the classes and functions that the network uses.

    Decorators and return types are removed from the functions.
    """
    module = importlib.import_module(inspect.unwrap(entry_of(name).candidate).__module__)
    tree = ast.parse(inspect.getsource(module)).body
    if name == WITH_READERS:
        tree += [part for part in ast.parse(inspect.getsource(entry)).body if getattr(part, "name", "") in READERS]
    definitions = {part.name: part for part in tree if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    parts: dict[str, Any] = {}
    queue = [name]
    while queue:
        part = definitions[queue.pop()]
        parts[part.name] = part
        names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
        queue += sorted(names & set(definitions) - set(parts) - {"entry", "optimizer"} - set(queue))
    for part in parts.values():
        if isinstance(part, ast.FunctionDef):
            part.decorator_list, part.returns = [], None
    return [part for part in tree if isinstance(part, ast.Import | ast.ImportFrom)], list(parts.values())


def mutants_of(name: str, every: int = 1) -> Iterator[Mutant]:
    """Yield the mutants of a network. If `every` is 5, for example, yield every fifth mutant."""
    imports, parts = parts_of(name)
    whole = ast.Module([*imports, *parts], [])
    changes = [(part, edit) for part in parts for edit in edits(part)]
    for part, edit in changes[every // 2 :: every]:
        before = ast.unparse(part)
        edit.place.put(node_of(edit.text, edit.place))
        lines, source = line_pair(before, ast.unparse(part)), ast.unparse(whole)
        edit.place.put(edit.place.node)
        at = next(n.lineno for n in (edit.place.node, edit.place.parent, part) if hasattr(n, "lineno")) - part.lineno + 1
        yield Mutant(name, edit.operator, f"{part.name} line {at}", *lines, source)


def original_of(name: str) -> Mutant:
    """Return the unchanged network as a mutant."""
    imports, parts = parts_of(name)
    return Mutant(name, "none", name, "", "", ast.unparse(ast.Module([*imports, *parts], [])))


def control_of(name: str) -> Mutant:
    """Return a mutant that certainly gives other answers: it multiplies every weight by 1.5."""
    original = original_of(name)
    line = 'case = type(case)({**case, "weights": [1.5 * w for w in case["weights"]]})'
    head = f"def {name}(case):\n"
    return original._replace(operator="control", source=original.source.replace(head, f"{head}    {line}\n"))


def network_of(mutant: Mutant) -> Callable[[Any], Any]:
    """Run the source of a mutant in a new namespace, and return its network."""
    namespace: dict[str, Any] = {"__name__": f"mutant_of_{mutant.network}"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(mutant.source, str(mutant), "exec"), namespace)
    return quiet(namespace[mutant.network])


def answer_to(candidate: Callable[[Any], Any], question: Question) -> dict[str, Any] | None:
    """Return the stages as arrays, or None if the candidate raises an error or does not return numbers."""
    try:
        return {stage: np.asarray(value, float) for stage, value in candidate(question).items()}
    except NoAnswer:  # raised at the time limit of `answers_to`
        raise
    except Exception:
        return None


def answers_to(candidate: Callable[[Any], Any], drawn: list[Case]) -> Answers:
    """Return the answers to all cases. All are None after a timeout, or if the first 20 are None."""
    answers: Answers = []
    try:
        with time_limit(SECONDS):
            for case in drawn:
                answers.append(answer_to(candidate, case.question()))
                if len(answers) == 20 and not any(answers):
                    break
    except NoAnswer:
        answers = []
    return answers + [None] * (len(drawn) - len(answers))


def is_well_formed(answer: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether an answer has the right stages and shapes, and only finite numbers."""
    return set(answer) == set(right) and all(
        answer[stage].shape == right[stage].shape and np.isfinite(answer[stage]).all() for stage in right
    )


class Ruler:
    """Compares the mutants of one network with the original on the same cases. The original must be right."""

    def __init__(self, name: str, check: Callable[..., Any] = oracle.check) -> None:
        self.settings = entry_of(name).settings[NETWORKS.get(name, 0)]
        self.cases = ordinary_cases(self.settings, N_CASES, SEED)
        self.fresh = ordinary_cases(self.settings, N_FRESH, FRESH_SEED)
        original = network_of(original_of(name))
        self.right = []
        for case, answer in zip(self.cases, answers_to(original, self.cases), strict=True):
            right = right_answers(case)
            if answer is None or not all(is_right(answer[stage], right[stage]) for stage in answer):
                raise ValueError(f"{name} is not right before any change")
            self.right.append(answer)
        if not check(original, **self.settings, examples=EXAMPLES).agrees:
            raise ValueError(f"the oracle does not agree with {name} before any change")
        if self.difference(network_of(control_of(name)))[0] != "differs":
            raise ValueError(f"{name} with other weights gives the same answers, so this ruler finds no difference")

    def difference(self, candidate: Callable[[Any], Any]) -> tuple[str, str | None]:
        """Return "differs" and the first stage that differs. Otherwise return "equivalent" or "unusable", and None."""
        answers = answers_to(candidate, self.cases)
        pairs = [
            (answer, right)
            for answer, right in zip(answers, self.right, strict=True)
            if answer and is_well_formed(answer, right)
        ]
        if len(pairs) <= len(answers) / 2:
            return "unusable", None
        differing = {stage for answer, right in pairs for stage in right if not is_same(answer[stage], right[stage])}
        if differing:
            return "differs", min(differing, key=ORDER.index)
        return ("equivalent" if len(pairs) == len(answers) else "unusable"), None

    def names_stage(self, first_wrong: str | None, stage: str | None) -> bool:
        """Whether `first_wrong` names `stage` or an earlier stage.

        An earlier stage is accepted only if the network does not return it, and the next returned stage is `stage`.
        """
        named = (first_wrong or "").split("[")[0].split(" ")[0]
        if named not in ORDER or stage is None:
            return False
        between = ORDER[ORDER.index(named) : ORDER.index(stage)]
        return named == stage or (bool(between) and not set(between) & set(self.right[0]))

    def reproduces(self, explanation: Any, candidate: Callable[[Any], Any]) -> bool:
        """Whether `explanation`, a function with the mistakes that the oracle found, gives the mutant's answers on fresh cases.

        Cases in which the mutant fails, or does not give finite numbers, are left out.
        """
        answers, explained = answers_to(candidate, self.fresh), answers_to(quiet(explanation), self.fresh)
        pairs = [
            (answer, other)
            for answer, other in zip(answers, explained, strict=True)
            if answer and is_well_formed(answer, answer)
        ]
        return bool(pairs) and all(
            other is not None and set(other) == set(answer) and all(is_same(other[stage], answer[stage]) for stage in answer)
            for answer, other in pairs
        )

    def outcome(self, mutant: Mutant, check: Callable[..., Any] = oracle.check) -> Outcome:
        try:
            candidate = network_of(mutant)
        except SyntaxError:
            return Outcome(mutant, "unusable")
        kind, stage = self.difference(candidate)
        if kind == "equivalent":
            return Outcome(mutant, kind)
        start = time.perf_counter()
        try:
            verdict = check(candidate, **self.settings, examples=EXAMPLES)
        except Exception as error:  # the oracle must not fail, whatever the mutant does
            return Outcome(mutant, "oracle raises", stage, f"{type(error).__name__}: {error}")
        seconds = time.perf_counter() - start
        fields = stage, verdict.first_wrong, tuple(verdict.diagnoses), seconds
        one_log = mutant.after.count("log(") == 1  # with two logarithms, an epsilon in only one of them is a mistake
        if one_log and ACCEPTED_EPSILON in mutant.after and ACCEPTED_EPSILON not in mutant.before:
            return Outcome(mutant, "right" if verdict.agrees else "right but refused", *fields)
        if verdict.agrees:
            return Outcome(mutant, "missed", *fields)
        if kind == "unusable":
            return Outcome(mutant, kind, *fields)
        if verdict.explanation is None:
            return Outcome(mutant, "unexplained", *fields)
        holds = self.names_stage(verdict.first_wrong, stage) and self.reproduces(verdict.explanation, candidate)
        return Outcome(mutant, "explained" if holds else "explained falsely", *fields)


@functools.cache
def ruler_of(name: str) -> Ruler:
    return Ruler(name)


def score(mutants: Iterable[Mutant]) -> Iterator[Outcome]:
    for mutant in mutants:
        yield ruler_of(mutant.network).outcome(mutant)


def counts(outcomes: list[Outcome], key: Callable[[Mutant], str]) -> dict[str, Counter[str]]:
    """Count the outcomes of each kind, in each group of mutants and in all. `key` returns the group of a mutant."""
    kinds: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        kinds.setdefault(key(outcome.mutant), Counter())[outcome.kind] += 1
    return {**kinds, "all": sum(kinds.values(), Counter())}


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def markdown(outcomes: list[Outcome], title: str, key: Callable[[Mutant], str]) -> str:
    """Return the counts as a Markdown table."""
    heads = (title, "mutants", *OTHER_KINDS, "scored", *SCORED_KINDS, "caught", "share explained")
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for name, kinds in counts(outcomes, key).items():
        scored = sum(kinds[kind] for kind in SCORED_KINDS)
        cells = [kinds.total(), *(kinds[kind] for kind in OTHER_KINDS), scored, *(kinds[kind] for kind in SCORED_KINDS)]
        shares = share(scored - kinds["missed"] - kinds["oracle raises"], scored), share(kinds["explained"], scored)
        lines.append("| " + " | ".join(map(str, [name, *cells, *shares])) + " |")
    return "\n".join(lines)


def details(outcome: Outcome) -> str:
    names = ", ".join(outcome.diagnoses) or "none"
    return (
        f"{outcome.kind}: {outcome.mutant}\n    differs in {outcome.stage}, the oracle says {outcome.first_wrong}; "
        f"diagnoses: {names}; {outcome.seconds:.1f} s"
    )


def main() -> int:
    """Score the mutants and print the tables. Return 1 if the kind of any outcome is in FAULTS, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="score only one mutant in N (default 1)")
    parser.add_argument("--network", action="append", choices=NETWORKS, help="score only this network; may be repeated")
    parser.add_argument("--list-unexplained", action="store_true", help="list unexplained and wrongly judged mutants")
    choice = parser.parse_args()
    if choice.every < 1:
        parser.error("--every must be at least 1")
    mutants = [mutant for name in choice.network or NETWORKS for mutant in mutants_of(name, choice.every)]
    outcomes = []
    for outcome in track(score(mutants), "mutants", len(mutants), console=Console(stderr=True)):
        outcomes.append(outcome)
        if choice.list_unexplained and outcome.kind in (*FAULTS, "unexplained"):
            print(details(outcome), flush=True)
    print(f"One mutant in {choice.every}, seeds {SEED} and {FRESH_SEED}.\n")
    print(markdown(outcomes, "network", lambda mutant: mutant.network), end="\n\n")
    print(markdown(outcomes, "operator", lambda mutant: mutant.operator), end="\n\n")
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    print(f"The slowest diagnosis took {slowest.seconds:.1f} s: {slowest.mutant}")
    return int(any(outcome.kind in FAULTS for outcome in outcomes))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
