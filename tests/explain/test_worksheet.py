"""`explain --worksheet`: equations with blanks for the results, and the answers, as text and as a page to print."""

import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reference.specification.names import STAGES
from tests import command
from tests.explain.test_equations import explain

FUNCTIONS = {"exp": math.exp, "ln": math.log, "tanh": math.tanh, "max": max}
BLANK = " = ________"


def parts(*arguments: str) -> tuple[str, str]:
    """Return the questions, each on one line, and the answers."""
    questions, answers = explain(*arguments, "--worksheet").split("Answers\n")
    return questions.replace("\n      ", " "), answers


def answers_in(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^  (\S+(?: after the step)?)(?: \(\S+\))? = (\S+)$", text, re.M)}


@pytest.mark.parametrize(
    "arguments", ["--example 2-2-2 --all", "--example xor", "--targets 1,0", "--example gate --stage h_deltas"]
)
def test_the_answers_solve_the_questions(arguments: str) -> None:
    """Computing each blank from the earlier answers, to 10 digits, gives the printed answer."""
    questions, key = parts(*arguments.split(), "--digits", "10")
    answers = answers_in(key)
    lines = re.findall(rf"^  (\S+?)(?: \(\S+\))? = (.*){BLANK}$", questions, re.M)
    for name, expression in lines:
        slope = 0.01 if answers.get(name.replace("deltas", "sums"), 1) <= 0 else 1
        code = re.sub(r"\w+\[\d+\]", lambda match: f"({answers[match[0]]!r})", expression)
        solved = eval(code, {"__builtins__": {}}, {**FUNCTIONS, "slope": slope})
        assert solved == pytest.approx(answers[name], rel=1e-8), (name, expression)
    assert len(lines) > 3


def test_no_question_gives_an_answer_away() -> None:
    questions, key = parts("--example", "2-2-2", "--all")
    data = {"0.05", "0.1", "0.01", "0.99", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4", "0.45", "0.5", "0.55", "0.6"}
    assert set(re.findall(r"(?<![\w.])\d+\.\d+", questions)) <= data
    assert questions.count(BLANK) == len(re.findall(r"^  \S", key, re.M)) == 30
    assert "loss after the step = 0.2910" in key
    assert "(b->h0) = b->h0" not in questions, "a fixed bias is no question"


def test_only_some_nodes_and_stages() -> None:
    """A result that has no question appears as a number: the question of o_sums shows the values of h_nodes."""
    questions, key = parts("--targets", "1,0", "--stage", "o_sums", "--node", "o1")
    assert "  o_sums[1] = -0.00045 * 0.18 + (-0.0001 * 0.2) + 0.025 * 0.22 + 0.06 * 0.24 + 0.26 = ________\n" in questions
    assert answers_in(key) == {"o_sums[1]": 0.2798}
    assert "loss after" not in key


def test_lines_fit_on_paper() -> None:
    for example in ("3-4-2", "gate", "xor", "2-2-2"):
        text = explain("--example", example, "--worksheet")
        assert max(map(len, text.splitlines())) <= 80
        assert all(f"\n{stage}: " in text for stage in STAGES)


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


def test_a_page_to_print(tmp_path: Path) -> None:
    """It has the same questions and answers as the text. --stage, --node and many digits are allowed."""
    page = tmp_path / "sheet.html"
    command.output_of("reference", "explain", "--example", "2-2-2", "--worksheet", "--digits", "12", "--html", page)
    tags = Tags()
    tags.feed(page.read_text(encoding="utf-8"))
    assert tags.open == []
    assert "break-before: page" in tags.text
    questions, key = parts("--example", "2-2-2", "--digits", "12")
    for line in re.findall(rf"^  (\S.*){BLANK}$", questions, re.M):
        assert f"{line} = " in tags.text
    for value in answers_in(key).values():
        assert f"{value:.6g}"[:6] in tags.text
