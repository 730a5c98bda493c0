"""SLIPS.md: its examples run, and each row of its table and most other claims have a check."""

import doctest
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vectorized
from reference import oracle
from reference.oracle import MISTAKES
from reference.oracle.cases import cases
from reference.oracle.settings import setting_of
from tests.explain.slips import CHECKS, INPUTS, SIGMOIDS, TARGETS, derivative, gate_network, network_of, sigmoid
from tests.thorough import mark_slow_in, thorough

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "reference" / "explain" / "SLIPS.md").read_text(encoding="utf-8")
OPENING, *PARTS = re.split(r"(?m)^(?=## )", PAGE)
*SECTIONS, TABLE, NO_SLIPS = PARTS
ROWS = dict(re.findall(r"(?m)^\| (\w+\.\d+) (\|.*\|)$", TABLE))
FEW: dict[str, Any] = {"examples": 12}


def number(section: str) -> str:
    return section[3]


def code_of(section: str) -> str:
    """Return the code of the examples in a section."""
    return "".join(example.source for example in doctest.DocTestParser().get_examples(section))


def prose_of(section: str) -> str:
    return re.sub(r"(?s)```.*?```", "", section)


def failures(section: str) -> int:
    """Run the opening block and then a section, and return the number of examples that fail."""
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(doctest.DocTestParser().get_doctest(OPENING + section, {}, "SLIPS.md", None, 0))
    return runner.summarize(verbose=False).failed


# ---- the sections

each_section = pytest.mark.parametrize("section", SECTIONS, ids=number)


@each_section
def test_the_examples_before_the_part_about_the_oracle_run(section: str) -> None:
    assert failures(section.split("**What the oracle says**")[0]) == 0


@pytest.mark.parametrize("section", mark_slow_in(SECTIONS, SECTIONS[1], *SECTIONS[3:]), ids=number)
def test_each_section_runs_after_the_opening_block(section: str) -> None:
    assert failures(section) == 0


RIGHT_LINE = "self.h_sums = x_values @ ih_weights + h_biases"  # only test_the_right_lines_of_section_3 runs this line


@each_section
def test_each_section_is_complete(section: str) -> None:
    """The four parts are in order, and the examples run the wrong and the right lines of the table."""
    parts = ["**Where**: Document ", "| wrong | right |", "**What goes wrong**: ", "**What the oracle says**: "]
    places = [section.index(part) for part in parts]
    assert places == sorted(places)
    table = section[places[1] : places[2]].split("|---|---|")[1].split("\n\n")[0]
    absent = [line for line in re.findall(r"`([^`]+)`", table) if line not in code_of(section)]
    assert absent == ([RIGHT_LINE] if number(section) == "3" else [])
    assert code_of(section[places[2] : places[3]]).count("show(") > 0
    assert "wrong | " in section[places[3] :]


@each_section
def test_no_number_in_the_prose_of_a_section(section: str) -> None:
    """The code prints all numbers, except the numbers of documents and the shapes in section 4."""
    prose = re.sub(r"\b00[0-4]\b|^## \d\.", "", prose_of(section).replace("`(4, 3)`", "").replace("`(1, 4)`", ""))
    prose = prose.replace("`(3, 4)` and `(4, 1)`", "").replace("(1 - ", "")
    assert not re.findall(r"(?<![\w])\d", re.sub(r"(?m)^\|.*\|$", "", prose))


@each_section
def test_the_names_in_the_prose_are_names_of_mistakes(section: str) -> None:
    text = prose_of(section[section.index("**What the oracle says**") :])
    assert set(re.findall(r"`(\w+_\w+)`", text)) <= set(MISTAKES)
    assert set(re.findall(r"`(\w+_\w+)`", text)) == {name for name, at in IN_PROSE.items() if at == number(section)}


IN_PROSE = {
    "output_slope_of_node_at_the_sum": "1",
    "hidden_slope_at_the_node": "1",
    "hidden_slope_of_node_at_the_sum": "1",
    "step_uphill": "6",
}


@pytest.mark.parametrize("name", mark_slow_in(IN_PROSE, "hidden_slope_at_the_node", "hidden_slope_of_node_at_the_sum"))
@pytest.mark.usefixtures("without_slow_searches")
def test_the_oracle_finds_a_mistake_that_is_named_only_in_the_prose(name: str) -> None:
    def candidate(case: Any) -> Any:
        network, right = network_of(case), network_of(case).backward(case.inputs, case.targets)
        if name == "step_uphill":
            return {"gradient": right.gradient, "weights": case.weights + case.learning_rate * right.gradient}
        stages = network.forward(case.inputs)
        if name == "output_slope_of_node_at_the_sum":
            return {"o_deltas": (stages.o_nodes - case.targets) * stages.o_sums * (1 - stages.o_sums)}
        slopes = derivative(stages.h_nodes) if name == "hidden_slope_at_the_node" else stages.h_sums * (1 - stages.h_sums)
        return {"o_deltas": right.o_deltas, "h_deltas": network.blocks().ho_weights @ right.o_deltas * slopes}

    assert oracle.check(candidate, **SIGMOIDS, **FEW).diagnoses == [name]


# ---- what the page says without an example; each docstring begins with the section or the row


def test_the_wrong_slope_of_section_1_is_never_small() -> None:
    """Section 1: documents 002 and 003 take the derivative at a node."""
    nodes = sigmoid(np.linspace(-30, 30, 61))
    assert derivative(nodes).min() > 0.19


def test_the_wrong_rule_may_reduce_the_loss() -> None:
    """Section 2: the wrong rule more than halves the loss of the network of document 004."""
    losses = gate_network().train(INPUTS, TARGETS, epochs=100, learning_rate=1, train_biases=False, rule="error_splitting")
    assert losses[-1] < losses[0] / 2


@pytest.mark.usefixtures("without_smallest_network")
def test_matrices_of_the_shapes_that_document_004_states_are_transposed() -> None:
    """Section 4: the page has the right shapes. With the stated shapes, the oracle says that both matrices are transposed."""
    blocks = gate_network().blocks()
    assert f"`{blocks.ih_weights.shape}` and `{blocks.ho_weights.shape}`" in SECTIONS[3]

    def candidate(case: Any) -> Any:
        ih_weights, _, ho_weights, _ = network_of(case).blocks()
        return sigmoid(sigmoid(case.inputs @ ih_weights.reshape(4, 3).T) @ ho_weights.reshape(2, 4).T)

    verdict = oracle.check(candidate, **SIGMOIDS, **FEW, biases=False, sizes=(3, 4, 2))
    assert verdict.diagnoses == ["ih_weights_transposed", "ho_weights_transposed"]


def test_the_wrong_line_in_a_square_network_transposes_the_matrices() -> None:
    """Section 4: in a square network, `np.dot(weights, x)` in both layers gives the outputs of the transposed matrices."""
    ih_weights, h_biases, ho_weights, o_biases = vectorized.NeuralNetwork(3, 3, 3, **SIGMOIDS, init="uniform").blocks()
    other = vectorized.NeuralNetwork.from_blocks(ih_weights.T, h_biases, ho_weights.T, o_biases, **SIGMOIDS)
    sample = np.array([1.0, 2.0, 3.0])
    assert np.allclose(sigmoid(np.dot(ho_weights, sigmoid(np.dot(ih_weights, sample)))), other.predict(sample))


@pytest.mark.parametrize("sizes", [(3, 4, 2), (2, 3, 3)])
def test_a_candidate_that_fails_is_undecided(sizes: tuple[int, int, int]) -> None:
    """Section 4, and the introduction of the table: if every case raises an error, the grade is undecided."""

    def query(case: Any) -> Any:
        ih_weights, _, ho_weights, _ = network_of(case).blocks()
        return sigmoid(ho_weights @ sigmoid(ih_weights @ case.inputs))

    verdict = oracle.check(query, **SIGMOIDS, **FEW, biases=False, sizes=sizes)
    assert (verdict.grade, verdict.agrees) == ("undecided", False)
    assert "If a candidate raises an error in every case, its grade is `undecided`" in " ".join(TABLE.split())


def test_a_candidate_that_fails_in_some_cases_can_be_wrong() -> None:
    """The introduction of the table: if only some cases raise an error, the oracle judges the others."""

    def candidate(case: Any) -> Any:
        if case.n_hidden > 2:
            raise ValueError
        return network_of(case).predict(case.inputs) + 1

    assert oracle.check(candidate, **SIGMOIDS, **FEW).grade == "wrong"


def test_the_right_lines_of_section_3() -> None:
    """Section 3: with = instead of +=, the class of the section gives the right outputs at each call."""
    names: dict[str, Any] = {}
    source = code_of(SECTIONS[2].split("**What the oracle says**")[0]).replace("_sums +=", "_sums =")
    assert RIGHT_LINE in source
    exec(code_of(OPENING) + re.sub(r"show\(.*\n", "pass\n", source), names)
    network, x_values = names["Network"](), names["x_values"]
    for _ in range(2):
        assert np.allclose(network.eval(x_values), names["right"].predict(x_values))


@pytest.mark.usefixtures("without_slow_searches")
def test_the_slope_of_relu_at_0() -> None:
    """000.4: at 0, every slope from 0 to 1 is right, and a slope far outside is wrong."""

    def deltas(case: Any, at_zero: float) -> Any:
        stages, right = network_of(case).forward(case.inputs), network_of(case).backward(case.inputs, case.targets)
        slopes = np.where(stages.h_sums > 0, 1, np.where(stages.h_sums < 0, 0, at_zero))
        return {"o_deltas": right.o_deltas, "h_deltas": network_of(case).blocks().ho_weights @ right.o_deltas * slopes}

    for at_zero in (0, 0.5, 1):
        assert oracle.check(lambda case, at=at_zero: deltas(case, at), hidden="relu", output="identity", **FEW).agrees
    assert oracle.check(lambda case: deltas(case, 3), hidden="relu", output="identity", **FEW).grade == "wrong"


def test_a_network_that_remembers_gets_a_note() -> None:
    """Section 3: a candidate that adds up its sums from call to call gets a note."""
    sums: dict[tuple[float, ...], Any] = {}

    def candidate(case: Any) -> Any:
        weights = tuple(case.weights)
        sums[weights] = sums.get(weights, 0) + network_of(case).forward(case.inputs).h_sums
        return {"h_sums": sums[weights]}

    (note,) = oracle.check(candidate, hidden="leaky_relu", **FEW).record["notes"]
    assert note.startswith(
        "called again, it gives other numbers: it keeps something from call to call, so its first answer may be right; set sums"
    )


# ---- the table


def test_every_row_has_its_check() -> None:
    """Each check also has a row. The numbers of the rows count from 1 in each document."""
    assert len(ROWS) == len(re.findall(r"(?m)^\| ", TABLE)) - 1
    assert list(ROWS) == list(CHECKS)
    groups = [key.split(".") for key in ROWS]
    names = list(dict.fromkeys(group for group, _ in groups))
    assert names == ["000", "001", "002", "003", "004", "several"]
    assert groups == [[name, str(at)] for name in names for at in range(1, 1 + sum(group == name for group, _ in groups))]


SLOW = {"002.4", "003.6", "004.7"}


@pytest.mark.parametrize("key", mark_slow_in(ROWS, *SLOW))
@pytest.mark.usefixtures("without_smallest_network")
def test_each_row(key: str) -> None:
    """The row has the texts that its check returns, and no other number or name of a mistake."""
    texts = CHECKS[key]()
    rest = ROWS[key]
    for text in texts:
        assert text in ROWS[key]
        rest = rest.replace(text, "")
    assert not re.findall(r"(?<!\w)\d", re.sub(r"`if x <= 0`|`o_sum\[0\]`", "", rest))
    assert not set(re.findall(r"`(\w+)`", rest)) & set(MISTAKES)


def test_the_names_in_the_last_column_are_names_of_mistakes() -> None:
    names = [name for row in ROWS.values() for name in re.findall(r"\. `(\w+)` \|$", row)]
    assert len(names) == 4
    assert set(names) <= set(MISTAKES)


# ---- the page


def test_the_page_has_the_documents_of_documents_md() -> None:
    table = (ROOT / "reference" / "DOCUMENTS.md").read_text(encoding="utf-8")
    numbers = re.findall(r"(?m)^\| (00\d) ", table)
    assert len(numbers) == 5
    assert sorted({key[:3] for key in ROWS} - {"sev"}) == numbers
    assert set(re.findall(r"\b00\d\b", prose_of(PAGE))) == set(numbers)
    assert "](../DOCUMENTS.md)" in PAGE
    assert "[Six common mistakes](explain/SLIPS.md)" in table
    assert PAGE.startswith("# Six common mistakes\n")


def test_the_contents_lead_to_headings() -> None:
    headings = [part.splitlines()[0].lstrip("# ") for part in PARTS]
    anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert re.findall(r"\]\(#([^)]+)\)", PAGE) == anchors
    assert [number(section) for section in SECTIONS] == list("123456")


def test_the_page_is_package_data_and_has_no_absolute_paths_and_no_long_lines() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "SLIPS.md" in settings["tool"]["setuptools"]["package-data"]["reference.explain"]
    assert not re.findall(r"(?<![\w.`])/\w+/", PAGE)
    assert max(map(len, PAGE.splitlines())) <= 140
    assert "doctest:" not in PAGE, "every printed number is compared exactly"


# ---- more about the oracle


@pytest.mark.usefixtures("without_slow_searches")
def test_four_digits_are_not_enough() -> None:
    """001.3 and 003.4: the oracle compares within the proven bound, so outputs rounded to four decimals do not agree."""

    def candidate(case: Any) -> Any:
        return [round(y, 4) for y in network_of(case).predict(case.inputs).tolist()]

    assert oracle.check(candidate, **SIGMOIDS, examples=1).grade == "low_precision"


def test_a_column_is_accepted_with_a_note() -> None:
    """000.5: an answer of shape (3, 1) in place of (3,) agrees."""
    verdict = oracle.check(lambda case: network_of(case).predict(case.inputs)[:, None], **SIGMOIDS, **FEW)
    assert verdict.agrees
    (note,) = verdict.record["notes"]
    assert note.startswith("o_nodes has shape (3, 1) in place of (3,), which is accepted")


def test_the_weights_of_the_cases() -> None:
    """002.1: most weights of the cases are from -2 to 2, and some are outside this range."""
    setting = setting_of("sigmoid", "softmax", None, "mean", 0.0, "backpropagation", None, 0.1, True)
    drawn = [abs(weight) for case in cases(setting) for weight in case.weights]
    assert max(drawn) > 2
    assert sum(weight <= 2 for weight in drawn) > len(drawn) / 2


@pytest.mark.thorough
def test_biases_of_the_output_that_are_subtracted() -> None:
    """003.2: the oracle also names the mistake if the biases of the outputs are subtracted."""

    def candidate(case: Any) -> Any:
        stages, blocks = network_of(case).forward(case.inputs), network_of(case).blocks()
        return {"h_nodes": stages.h_nodes, "o_sums": stages.h_nodes @ blocks.ho_weights - blocks.o_biases}

    assert "o_biases_subtracted" in oracle.check(candidate, **SIGMOIDS, **FEW).diagnoses


def test_a_verdict_can_be_repeated() -> None:
    """several.1: the last line of the oracle's report says how to repeat the check, with its seed."""
    verdict = oracle.check(lambda case: network_of(case).predict(case.inputs), **SIGMOIDS, **FEW)
    again = str(verdict).splitlines()[-1]
    assert again.startswith("repeat with: oracle.check(candidate, ")
    assert "seed=0" in again


def test_the_plain_sigmoid_is_not_wrong() -> None:
    """several.2: 1 / (1 + exp(-z)) agrees although exp may overflow."""

    def candidate(case: Any) -> Any:
        with np.errstate(over="ignore"):
            return {"h_nodes": 1 / (1 + np.exp(-network_of(case).forward(case.inputs).h_sums))}

    assert oracle.check(candidate, **SIGMOIDS).agrees


# ---- what is not a slip


@pytest.mark.parametrize(
    ("settings", "diagnoses"),
    [
        ({"learning_rate": 1.0, "biases": False}, []),
        ({"learning_rate": 0.25, "biases": False}, ["learning_rate_missing"]),
        *thorough(({"learning_rate": 1.0}, ["biases_not_stepped"])),
    ],
)
@pytest.mark.usefixtures("without_slow_searches")
def test_the_step_of_003_and_004(settings: dict[str, Any], diagnoses: list[str]) -> None:
    """The candidate takes target minus output as the error, and adds the step. It has no learning rate and changes no bias."""

    def candidate(case: Any) -> Any:
        network, stages = network_of(case), network_of(case).forward(case.inputs)
        _, h_biases, ho_weights, o_biases = blocks = network.blocks()
        o_deltas = 2 * (np.array(case.targets) - stages.o_nodes) * derivative(stages.o_sums)
        h_deltas = o_deltas @ ho_weights.T * derivative(stages.h_sums)
        ih_weights = blocks.ih_weights + np.array(case.inputs).T @ h_deltas
        return {"weights": [*ih_weights.flat, *h_biases, *(ho_weights + stages.h_nodes.T @ o_deltas).flat, *o_biases]}

    verdict = oracle.check(candidate, **SIGMOIDS, loss="squared_error", reduction="sum", batch=2, **settings, **FEW)
    assert (verdict.agrees, verdict.diagnoses) == (not diagnoses, diagnoses)
    assert all(f"the oracle says `{name}`" in NO_SLIPS for name in diagnoses)


def test_the_numbers_that_are_not_slips_are_in_the_tests_of_their_documents() -> None:
    power = Decimal("-3.4").exp()
    printed = 1 / (1 + float(power))
    assert f"{printed!r} for the sigmoid of 3.4 (000): the float nearest to the exact value ends in 5" in NO_SLIPS
    assert repr(float(1 / (1 + power))) == "0.9677045353015495"
    bullets = re.findall(r"(?m)^\* (0\..*) \((00\d)\): ", NO_SLIPS)
    assert [document for _, document in bullets] == ["000", "004"]
    for bullet, document in bullets:
        tests = (ROOT / "tests" / "network" / f"test_document_{document}.py").read_text(encoding="utf-8")
        assert all(digits in tests for digits in re.findall(r"0\.\d+", bullet))
    rest = re.sub(r"\b00\d\b|0\.\d{5,}|of 3\.4 |ends in 5|ReLU at 0 |A slope of 0 |the rate is 1\.", "", NO_SLIPS)
    assert not re.findall(r"\d", rest)
