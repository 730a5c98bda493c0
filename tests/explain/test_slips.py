"""The page of the documents' slips: its examples, each section alone, and what it claims beside them."""

import doctest
import keyword
import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vectorized
from reference import oracle
from reference.oracle import MISTAKES
from reference.oracle.cases import cases
from reference.oracle.settings import setting_of
from reference.specification.names import STAGES
from tests.thorough import but_thorough

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "reference" / "explain" / "SLIPS.md").read_text(encoding="utf-8")
OPENING, *SECTIONS = re.split(r"(?m)^(?=##)", PAGE)
SLIPS = [section for section in SECTIONS if section.startswith("### ")]
SIGMOIDS: dict[str, Any] = {"hidden": "sigmoid", "output": "sigmoid"}
FEW: dict[str, Any] = {"examples": 12}


@cache
def run(section: str) -> tuple[int, dict[str, Any]]:
    """Return how many examples of a section fail after the opening block, and the names that they define."""
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    test = doctest.DocTestParser().get_doctest(OPENING + section, {}, "SLIPS.md", None, 0)
    runner.run(test, clear_globs=False)
    return runner.summarize(verbose=False).failed, test.globs


def oracle_part(section: str) -> str:
    (text,) = re.findall(r"(?s)\*\*Oracle\*\*: (.+?)\n\n", section)
    return str(text)


def names_in(text: str) -> set[str]:
    """Return the words in backticks that can be names of mistakes."""
    words = set(re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+)+)`", text))
    return words - set(STAGES)


def names_printed(section: str) -> set[str]:
    """Return the diagnoses that the examples of a section print."""
    wants = "".join(example.want for example in doctest.DocTestParser().get_examples(section))
    return set(re.findall(r"'([a-z0-9_]+)'", "".join(re.findall(r"\['[^\]]*'\]", wants)))) & set(MISTAKES)


def number(section: str) -> int:
    return int(section[4:].split(".")[0])


SLOW = [section for section in SLIPS if number(section) in (1, 2, 8, 12, 17, 18, 24, 25, 30, 34, 35, 36)]
each_slip = pytest.mark.parametrize("section", SLIPS, ids=number)
each_run = pytest.mark.parametrize("section", but_thorough(SLIPS, *SLOW), ids=number)


@each_run
def test_each_section_runs_after_the_opening_block(section: str) -> None:
    assert run(section)[0] == 0


@each_slip
def test_each_slip_is_told_whole(section: str) -> None:
    """Its place, what the oracle says, both in a few lines; the names printed are the names told, and all are names."""
    assert "**Where**: " in section
    assert len(section.strip().splitlines()) <= 25
    assert names_printed(section) <= names_in(oracle_part(section)) <= set(MISTAKES)


def test_the_five_documents_are_the_readmes() -> None:
    """Every document has its heading, number and title as in the README, and slips below it, numbered through."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    titles = [row.split("|")[1].strip() for row in readme.splitlines() if re.match(r"\| 00\d ", row)]
    headings = [section.splitlines()[0][3:] for section in SECTIONS if section.startswith("## ")]
    assert [heading for heading in headings if heading[0] == "0"] == titles
    assert len(titles) == 5
    for before, after in pairwise(SECTIONS):
        assert not (before.startswith("## 0") and after.startswith("## "))
    assert list(map(number, SLIPS)) == list(range(1, len(SLIPS) + 1))
    assert "](reference/explain/SLIPS.md)" in readme[readme.index("## The five documents") :]


def test_the_contents_lead_to_headings() -> None:
    headings = [section.splitlines()[0].lstrip("# ") for section in SECTIONS if section.startswith("## ")]
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) == anchors


def test_the_page_is_shipped() -> None:
    """It is package data, and names no path outside the repository."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "SLIPS.md" in settings["tool"]["setuptools"]["package-data"]["reference.explain"]
    assert not re.findall(r"(?<![\w.])/\w+/", PAGE)


# ---- what the page says of the oracle without an example


def network_of(case: Any) -> Any:
    sizes = case.n_inputs, case.n_hidden, case.n_outputs
    names = {"hidden": case.hidden, "output": case.output, "loss": case.loss}
    return vectorized.NeuralNetwork(*sizes, **names, weights=case.weights)


def test_a_candidate_that_raises_is_undecided() -> None:
    """Sections 4, 7, 12, 15, 23."""
    verdict = oracle.check(lambda case: int("no number"), **SIGMOIDS, **FEW)
    assert (verdict.grade, verdict.agrees) == ("undecided", False)


@pytest.mark.usefixtures("not_explained")
def test_the_slope_of_relu_at_0() -> None:
    """Section 4: at 0 any slope between the two sides is right, and none far outside them."""

    def deltas(case: Any, at_zero: float) -> Any:
        stages, right = network_of(case).forward(case.inputs), network_of(case).backward(case.inputs, case.targets)
        slopes = np.where(stages.h_sums > 0, 1, np.where(stages.h_sums < 0, 0, at_zero))
        return {"o_deltas": right.o_deltas, "h_deltas": network_of(case).blocks().ho_weights @ right.o_deltas * slopes}

    for at_zero in (0, 0.5, 1):
        assert oracle.check(lambda case, at=at_zero: deltas(case, at), hidden="relu", output="identity", **FEW).agrees
    assert oracle.check(lambda case: deltas(case, 3), hidden="relu", output="identity", **FEW).grade == "wrong"


def test_the_logistic_is_1_above_37() -> None:
    """Section 2."""
    assert 1 / (1 + np.exp(-36.0)) < 1
    assert list(1 / (1 + np.exp(-np.array([37.0, 38.0, 1000.0])))) == [1, 1, 1]


def test_a_column_is_taken_with_a_note() -> None:
    """Section 5."""
    verdict = oracle.check(lambda case: network_of(case).predict(case.inputs)[:, None], **SIGMOIDS, **FEW)
    assert verdict.agrees
    (note,) = verdict.record["notes"]
    assert note.startswith("o_nodes has shape (3, 1) where (3,) is meant; it is taken for that")


def test_a_network_that_remembers_is_asked_about_it() -> None:
    """Section 6."""
    sums: dict[tuple[float, ...], Any] = {}

    def remembering(case: Any) -> Any:
        network = network_of(case)
        sums[tuple(case.weights)] = sums.get(tuple(case.weights), 0) + network.forward(case.inputs).h_sums
        return {"h_sums": sums[tuple(case.weights)]}

    (note,) = oracle.check(remembering, hidden="leaky_relu", **FEW).record["notes"]
    assert note.startswith("asked again, it answers otherwise: it carries something over from call to call; set sums")


@pytest.mark.usefixtures("not_explained")
def test_four_digits_are_not_enough() -> None:
    """Sections 9 and 22."""

    def rounding(case: Any) -> Any:
        return [round(y, 4) for y in network_of(case).predict(case.inputs).tolist()]

    assert oracle.check(rounding, **SIGMOIDS, examples=1).grade == "wrong"


def test_altered_inputs_are_noted() -> None:
    """Section 10."""

    def altering(case: Any) -> Any:
        outputs = network_of(case).predict(case.inputs)
        case.inputs[0] = 99.0
        return outputs

    assert any("alters its inputs" in note for note in oracle.check(altering, **SIGMOIDS, **FEW).record["notes"])


def test_the_weights_of_the_cases() -> None:
    """Section 13: from -2 to 2, and wider."""
    drawn = [abs(w) for case in cases(setting_of("sigmoid", "softmax", None, "mean", 0.0, "backpropagation", None, 0.1, True))
             for w in case.weights]  # fmt: skip
    assert max(drawn) > 2
    assert sum(w <= 2 for w in drawn) > len(drawn) / 2


@pytest.mark.parametrize("name", ["o_biases_subtracted", "deltas_negative", "hidden_slope_of_node_at_the_sum"])
def test_names_that_are_told_and_not_printed(name: str) -> None:
    """Sections 20, 27, 34."""

    def candidate(case: Any) -> Any:
        network, right = network_of(case), network_of(case).backward(case.inputs, case.targets)
        stages, blocks = network.forward(case.inputs), network.blocks()
        if name == "o_biases_subtracted":
            return {"h_nodes": stages.h_nodes, "o_sums": stages.h_nodes @ blocks.ho_weights - blocks.o_biases}
        if name == "deltas_negative":
            return {"gradient": -right.gradient}
        slopes = stages.h_sums * (1 - stages.h_sums)
        return {"o_deltas": right.o_deltas, "h_deltas": blocks.ho_weights @ right.o_deltas * slopes}

    assert name in oracle.check(candidate, **SIGMOIDS, **FEW).diagnoses
    (section,) = (section for section in SLIPS if f"`{name}`" in section)
    assert name in names_in(oracle_part(section))


def test_a_verdict_can_be_had_again() -> None:
    """Section 37."""
    verdict = oracle.check(lambda case: network_of(case).predict(case.inputs), **SIGMOIDS, **FEW)
    again = str(verdict).splitlines()[-1]
    assert again.startswith("again: oracle.check(candidate, ")
    assert "seed=0" in again


@pytest.mark.parametrize(("kind", "last"), [(np.float64, 709), (np.float32, 88)])
def test_where_the_power_overflows(kind: Any, last: int) -> None:
    """Sections 8 and 38."""
    with np.errstate(over="raise"):
        assert np.isfinite(np.exp(kind(last)))
        with pytest.raises(FloatingPointError):
            np.exp(kind(last + 1))


@pytest.mark.parametrize(
    ("at", "candidate", "settings"),
    [
        (12, "query", {"biases": False, "sizes": (3, 3, 3)}),
        (24, "of_the_nodes", {"loss": "squared_error"}),
        (35, "believed", {"biases": False, "sizes": (3, 4, 2)}),
    ],
)
@pytest.mark.thorough
def test_two_names_are_both_at_once(at: int, candidate: str, settings: dict[str, Any]) -> None:
    (section,) = (section for section in SLIPS if section.startswith(f"### {at}. "))
    verdict = oracle.check(run(section)[1][candidate], **SIGMOIDS, **FEW, **settings)
    assert len(verdict.diagnoses) == 2
    assert "both at once" in oracle_part(section)


def test_the_plain_logistic_is_not_wrong() -> None:
    """Section 38."""

    def plain(case: Any) -> Any:
        with np.errstate(over="ignore"):
            return {"h_nodes": 1 / (1 + np.exp(-network_of(case).forward(case.inputs).h_sums))}

    assert oracle.check(plain, **SIGMOIDS).agrees


# ---- slips of the pen, and what is no slip


def test_the_accent_of_the_second_graph() -> None:
    """000: the accent is U+0301, a combining acute; the prime is made without a backslash."""
    parse = pytest.importorskip("matplotlib.mathtext").MathTextParser("path").parse
    wrong, right = ({glyph[2] for glyph in parse(label).glyphs} for label in (r"$\sigma\'(x)$", r"$\sigma'(x)$"))
    assert 0x301 in wrong
    assert 0x301 not in right


def test_self_is_no_keyword() -> None:
    assert not keyword.iskeyword("self")


@pytest.mark.parametrize(
    ("how", "diagnoses"),
    [
        ({"learning_rate": 1.0, "biases": False}, []),
        ({"learning_rate": 0.25, "biases": False}, ["learning_rate_missing"]),
        ({"learning_rate": 1.0}, ["biases_not_stepped"]),
    ],
)
@pytest.mark.usefixtures("not_explained")
def test_the_step_of_003_and_004(how: dict[str, Any], diagnoses: list[str]) -> None:
    """No learning rate, errors of target minus output that are added, offsets left alone."""

    def step(case: Any) -> Any:
        network, stages = network_of(case), network_of(case).forward(case.inputs)
        _, h_biases, ho_weights, o_biases = blocks = network.blocks()
        o_deltas = 2 * (np.array(case.targets) - stages.o_nodes) * slope(stages.o_sums)
        h_deltas = o_deltas @ ho_weights.T * slope(stages.h_sums)
        ih_weights = blocks.ih_weights + np.array(case.inputs).T @ h_deltas
        return {"weights": [*ih_weights.flat, *h_biases, *(ho_weights + stages.h_nodes.T @ o_deltas).flat, *o_biases]}

    verdict = oracle.check(step, **SIGMOIDS, loss="squared_error", reduction="sum", batch=2, **how, **FEW)
    assert (verdict.agrees, verdict.diagnoses) == (not diagnoses, diagnoses)


def slope(z: Any) -> Any:
    """Return the derivative of the sigmoid by its sum."""
    return np.exp(-np.logaddexp(0, -z) - np.logaddexp(0, z))
