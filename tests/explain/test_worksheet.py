"""`explain --worksheet`: equations with blanks for the results, and the answers, as text and as a page to print."""

import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import reference
from reference.explain.shown import shown
from reference.specification.names import STAGES
from tests import command
from tests.explain.test_equations import NETWORKS, explain
from tests.thorough import thorough

FUNCTIONS = {"exp": math.exp, "ln": math.log, "tanh": math.tanh, "max": max}
BLANK = " = ________"
ROUNDED = "The given numbers are rounded to 4 significant digits."


def parts(*arguments: str) -> tuple[str, str]:
    """Return the questions, each on one line, and the answers."""
    questions, answers = explain(*arguments, "--worksheet").split("Answers\n")
    return questions.replace("\n      ", " "), answers


def answers_in(text: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\S+(?: after the step| of \w+)?)(?: \(\S+\))? = (\S+)$", text, re.M))


def solved(questions: str, answers: dict[str, str]) -> dict[str, float]:
    """Compute each blank from the printed numbers and the unrounded earlier results, as a student does."""
    results: dict[str, float] = {}

    def number(match: re.Match[str]) -> str:
        return f"({results[match[0]]!r})"

    for name, expression in re.findall(rf"^  (\S+?|slope of \w+)(?: \(\S+\))?(?: = (.*))?{BLANK}$", questions, re.M):
        if name.startswith("slope of"):
            layer, node = name[-2], name[-1]
            results[name] = float(answers[name])
            assert results[name] in (0, 0.01, 1)
            assert (results[name] == 1) == (results[f"{layer}_sums[{node}]"] > 0) or "slope = 1\n" in questions
        elif expression:
            results[name] = eval(re.sub(r"\w+\[\d+\]|slope of \w+", number, expression), {"__builtins__": {}}, FUNCTIONS)
    return results


def check(*arguments: str) -> int:
    """Assert that the rounded results of a student are the printed answers. Return the number of results."""
    questions, key = parts(*arguments)
    answers = answers_in(key)
    results = solved(questions, answers)
    for name, result in results.items():
        text = answers[name]
        digits = len(re.sub(r"e.*|\D", "", text).lstrip("0"))
        is_equal = shown(result, max(digits, 2)) == text or math.isclose(result, float(text), rel_tol=1e-12, abs_tol=1e-300)
        assert is_equal, (name, result, text)
    return len(results)


def save(folder: Path, **names: Any) -> list[str]:
    """Save a network whose weights have many digits, and return the options that load it."""
    network = reference.NeuralNetwork(2, 2, 2, **names)
    network.weights = [0.123456 * (at - 5.4321) for at in range(12)]
    network.save(folder / "own.json")
    return ["--network", str(folder / "own.json")]


@pytest.mark.parametrize(
    "arguments",
    ["--example 2-2-2 --all", "--example xor", "--example xor --all --digits 2", "--targets 1,0", "--data gate --epochs 9"],
)
def test_a_student_reaches_the_answers(arguments: str) -> None:
    assert check(*arguments.split()) > 10


@pytest.mark.parametrize("stage", ["o_sums", "o_nodes", "o_deltas", "h_deltas", "gradient", "weights"])
def test_a_student_reaches_the_answers_of_one_stage(stage: str) -> None:
    """The sheet gives the results of the earlier stages as numbers, rounded to the digits shown."""
    assert check("--example", "xor", "--stage", stage, "--all") > 0


@pytest.mark.parametrize(("hidden", "output", "loss"), [*NETWORKS[::3], *thorough(*NETWORKS[1::3], *NETWORKS[2::3])])
def test_a_student_reaches_the_answers_with_other_weights(hidden: str, output: str, loss: str, tmp_path: Path) -> None:
    network = save(tmp_path, hidden=hidden, output=output, loss=loss)
    sample = ["--inputs", "1.23456,-0.98765", "--targets", "0.123456,0.876544", "--learning-rate", "0.123456"]
    assert check(*network, *sample, "--all") > 25
    text = explain(*network, *sample, "--worksheet")
    assert max(map(len, text.splitlines())) <= 80
    assert text.count(ROUNDED) == 1
    assert "learning rate 0.1235 inputs: " in text.replace("\n", " ")
    assert "inputs: i0 1.235, i1 -0.9877\ntargets: o0 0.1235, o1 0.8765\n" in text


def test_the_answers_are_computed_from_the_rounded_numbers(tmp_path: Path) -> None:
    """An input of 1000.55 is shown as 1001, and the answer is computed with 1001."""
    network = save(tmp_path, hidden="identity", output="identity")
    questions, key = parts(*network, "--inputs", "1000.55,0")
    assert "h_sums[0] = 1001 * (-0.6706) + 0 * (-0.4237) + (-0.1768) = ________" in questions
    assert answers_in(key)["h_sums[0]"] == shown(1001 * -0.6706 - 0.1768, 4) == "-671.4"
    assert answers_in(parts("--example", "xor")[1])["o_sums[0]"] == "-0.4707"


def test_the_loss_after_the_step_has_a_question_only_if_every_new_weight_has_a_question() -> None:
    _, key = parts("--example", "2-2-2", "--all")
    assert answers_in(key)["loss after the step"] == "0.2910"
    assert "loss after" not in parts("--example", "2-2-2")[1]


def test_a_note_says_if_rounding_changes_a_number() -> None:
    assert "are rounded" not in explain("--targets", "1,0", "--worksheet")
    assert ROUNDED in explain("--example", "xor", "--worksheet").replace("\n", " ")
    assert ROUNDED not in explain("--example", "xor")


def test_no_question_gives_an_answer_away() -> None:
    questions, key = parts("--example", "2-2-2", "--all")
    data = {"0.05", "0.1", "0.01", "0.99", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4", "0.45", "0.5", "0.55", "0.6"}
    assert set(re.findall(r"(?<![\w.])\d+\.\d+", questions)) <= data
    assert questions.count(BLANK) == len(re.findall(r"^  \S", key, re.M)) == 30
    assert "(b->h0) = b->h0" not in questions, "a fixed bias has no question"


def test_a_slope_has_its_own_blank() -> None:
    questions, key = parts("--targets", "1,0")
    assert "  slope of h3 = ________\n  h_deltas[3] = slope of h3 * (0.23 * o_deltas[0] + " in questions
    assert [answers_in(key)[f"slope of h{h}"] for h in range(4)] == ["0.01", "0.01", "1", "1"]
    alone, _ = parts("--targets", "1,0", "--stage", "h_deltas")
    assert "  h_deltas[3] = 1 * (0.23 * (-0.5027) + 0.24 * 0.5027) = ________" in alone, "without h_sums, the slope is a number"


def test_a_result_without_a_question_appears_as_a_number() -> None:
    questions, key = parts("--targets", "1,0", "--stage", "o_sums", "--node", "o1")
    assert "  o_sums[1] = -0.00045 * 0.18 + (-0.0001 * 0.2) + 0.025 * 0.22 + 0.06 * 0.24 + 0.26 = ________\n" in questions
    assert answers_in(key) == {"o_sums[1]": "0.2798"}


def test_a_part_says_if_it_asks_only_for_some_numbers() -> None:
    weights, nodes = "This part asks for some of the weights only.", "This part asks for some of the nodes only."
    text = explain("--targets", "1,0", "--worksheet")
    assert [text.count(line) for line in (weights, nodes)] == [2, 0]
    assert "This part asks for some" not in explain("--targets", "1,0", "--worksheet", "--all")
    text = explain("--data", "digits", "--stage", "o_sums", "--worksheet")
    assert [text.count(line) for line in (weights, nodes)] == [0, 1]


def test_the_weights_are_tables_and_a_wide_table_is_split() -> None:
    text = explain("--worksheet")
    table = """
ih_weights (row b: h_biases)
        h0    h1    h2    h3
  i0  0.01  0.02  0.03  0.04
  i1  0.05  0.06  0.07  0.08
  i2  0.09   0.1  0.11  0.12
   b  0.13  0.14  0.15  0.16

ho_weights (row b: o_biases)
        o0    o1
  h0  0.17  0.18
"""
    assert table in text
    text = explain("--example", "xor", "--worksheet", "--digits", "15")
    assert text.count("ih_weights (row b") == 1
    text = explain("--example", "gate", "--worksheet", "--digits", "15")
    assert text.count("ih_weights (row b") == 2
    assert max(map(len, text.splitlines())) <= 80


def test_lines_fit_on_paper() -> None:
    """A blank is never alone on a line, and no line ends within a term."""
    for example in ("3-4-2", "gate", "xor", "2-2-2"):
        text = explain("--example", example, "--worksheet")
        assert max(map(len, text.splitlines())) <= 80
        assert all(f"\n{stage}: " in text for stage in STAGES)
        assert "\n      = " not in text
        assert not re.search(r" [+*/=-]\n", text)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def in_python(text: str) -> str:
    return re.sub(r"(\([^()]+\))²", r"\1 * \1", text).replace("×", "*").replace("≤", "<=")


def test_the_page_has_the_questions_and_answers_of_the_text(tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    command.output_of("reference", "explain", "--example", "2-2-2", "--worksheet", "--digits", "12", "--html", page)
    tags = Tags()
    tags.feed(page.read_text(encoding="utf-8"))
    assert tags.open == []
    assert "break-before: page" in tags.text
    questions, key = parts("--example", "2-2-2", "--digits", "12")
    on_page = in_python(tags.text.replace("\n      ", " "))
    for line in re.findall(rf"^  (\S.*){BLANK}$", questions, re.M):
        assert f"{line} = " in on_page
    for value in answers_in(key).values():
        assert value in tags.text
    assert "loss = (sum over o of (o_nodes[o] - targets[o])²) / 2" in tags.text
    assert "*" not in tags.text.split("}")[-1]


def test_the_page_has_the_lines_of_the_text(tmp_path: Path) -> None:
    """A blank stays with the end of its formula."""
    page = tmp_path / "sheet.html"
    command.output_of("reference", "explain", "--example", "xor", "--worksheet", "--html", page)
    text = page.read_text(encoding="utf-8")
    blank = '= <span class="blank"></span>\n'
    assert f"\n  o_deltas[0] = o_nodes[0] - 1 {blank}" in text.replace("</pre>", "\n")
    assert f"\n      + 0 {blank}" in text.replace("</pre>", "\n")
    assert text.count('<span class="blank">') == explain("--example", "xor", "--worksheet").count(BLANK) + 2  # name and date
    assert "\n  i0   0.9991" in text
