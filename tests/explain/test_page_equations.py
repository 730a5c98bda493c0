"""The equations of the page, parsed from its text, use = and ≈ correctly.

With =, the shown numbers give the shown result. With ≈, only the unrounded numbers do.
"""

import random
from typing import Any, NamedTuple

import pytest

import reference
from reference.explain.subject import Subject
from reference.specification.names import HIDDEN
from tests.explain.arithmetic import evaluate, sign_is_right
from tests.explain.browser import LEVELS, Open, Visit, examples, page_of_subjects
from tests.strategies import PAIRS
from tests.thorough import thorough

# Returns the parts of each `Equation` (see below). In a table, the left side is the text of the cells before the sign.
EQUATIONS = """
(levels) => {
  const text = (cell) => (cell.querySelector("input") ? cell.querySelector("input").getAttribute("value") : cell.textContent);
  const found = [];
  for (const step of new Set(levels.flatMap((level) => stepsOf(state.net, level)).map(nameOfStep))) {
    const panel = html`<div>${explanation(stepOfName(state.net, step))}</div>`;
    for (const line of panel.querySelectorAll(".equation")) {
      const parts = [".left", ".sign", ".right"].map((part) => line.querySelector(part));
      if (parts.every(Boolean)) found.push([step, ...parts.map((part) => part.textContent), ""]);
    }
    for (const cell of panel.querySelectorAll("td[data-left]")) {
      if (!cell.dataset.left) continue;
      const cells = [...cell.parentElement.querySelectorAll("td")], sign = cells.indexOf(cell) - 1;
      const left = cells.slice(0, sign).map((one) => (one.matches(".sign") ? text(one) : `(${text(one)})`)).join(" ");
      found.push([step, left, text(cells[sign]), text(cell), cell.dataset.left]);
    }
  }
  return found;
}
"""


class Equation(NamedTuple):
    """An equation in a step. In a table, `evaluated` is the expression that the page evaluated. Elsewhere it is ""."""

    step: str
    left: str
    sign: str
    right: str
    evaluated: str


def equations(page: Visit, levels: list[str]) -> list[Equation]:
    return [Equation(*parts) for parts in page.js(EQUATIONS, levels)]


def wrong(found: list[Equation]) -> list[Equation]:
    """Return the equations whose sign is wrong, or whose left side has another value than `evaluated`."""
    return [
        one
        for one in found
        if not sign_is_right(one.left, one.sign, one.right) or (one.evaluated and evaluate(one.left) != evaluate(one.evaluated))
    ]


def random_subject(sizes: tuple[int, int, int], seed: int, **names: Any) -> Subject:
    draw = random.Random(seed)
    network = reference.NeuralNetwork(*sizes, **names, seed=seed)
    inputs = [round(draw.uniform(-3, 3), draw.randint(0, 6)) for _ in range(sizes[0])]
    targets = [round(draw.uniform(0, 1), draw.randint(0, 3)) for _ in range(sizes[2])]
    if names.get("output") == "softmax" and seed % 2:
        targets = [float(o == 0) for o in range(sizes[2])]
    is_unbounded = names.get("output") in ("relu", "leaky_relu", "identity")
    return Subject(network, inputs, targets, "a random network", rate=0.01 if is_unbounded else 0.1)


ALL = [
    random_subject((3, 4, 2), seed, hidden=hidden, output=output, loss=loss)
    for seed, (hidden, output, loss) in enumerate((hidden, *pair) for hidden in HIDDEN for pair in PAIRS)
]
SIZES = [(1, 1, 1), (2, 1, 5), (20, 3, 2), (3, 14, 9)]


@pytest.mark.parametrize("levels", [["layer"], *thorough((LEVELS,))])
def test_every_sign_is_right_for_the_examples(visit: Open, levels: list[str]) -> None:
    page = visit(examples())
    for example in page.js("data.lessons.map(({ name }) => name)"):
        page.js("openLesson", example)
        found = equations(page, levels)
        assert len(found) > 10
        assert wrong(found) == []


def test_a_sum_that_is_0_except_for_rounding(visit: Open) -> None:
    """In floats, -0.2 + 2 * 0.4 - 0.6 is 1.110e-16. The shown decimals give exactly 0, so the sign must be ≈."""
    network = reference.NeuralNetwork(2, 1, 1, hidden="tanh", output="tanh", weights=[-0.2, 0.4, -0.6, 1.0, 0.5])
    found = equations(visit(page_of_subjects(Subject(network, [1.0, 2.0], [1.0], ""))), ["node"])
    assert "1.110e−16" in {one.right for one in found if one.sign == "≈"}
    assert wrong(found) == []


@pytest.mark.thorough
@pytest.mark.parametrize("steps", [0, 100])
def test_every_sign_is_right_for_every_output_and_loss(visit: Open, steps: int) -> None:
    page, count = visit(page_of_subjects(*ALL)), 0
    for at, subject in enumerate(ALL):
        page.js("([at, steps]) => { openLesson(String(at)); if (steps) act('step', steps); }", [at, steps])
        assert page.js("view.message") == ""
        found = equations(page, LEVELS)
        assert wrong(found) == [], subject.network
        count += len(found)
    assert count > 20_000


@pytest.mark.thorough
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_every_sign_is_right_for_other_sizes(visit: Open, sizes: tuple[int, int, int]) -> None:
    subjects = [random_subject(sizes, 7 + at, output=output, loss=loss) for at, (output, loss) in enumerate(PAIRS[::3])]
    page = visit(page_of_subjects(*subjects))
    for at in range(len(subjects)):
        page.js("(at) => { openLesson(String(at)); view.everyTerm = at % 2 === 1; }", at)
        assert wrong(equations(page, LEVELS)) == [], PAIRS[3 * at]


@pytest.mark.thorough
@pytest.mark.parametrize("rows", ["row", "all"])
def test_every_sign_is_right_for_examples_with_several_rows(visit: Open, rows: str) -> None:
    page = visit(examples())
    for example in ("gate", "xor"):
        page.js("([example, rows]) => { openLesson(example); act('learn', rows); act('step', 7); }", [example, rows])
        assert wrong(equations(page, LEVELS)) == []


@pytest.mark.thorough
def test_a_page_that_always_writes_the_same_sign_is_found(visit: Open) -> None:
    text = examples()
    right = "return Math.abs(value - valueOf(text)) < half * (1 - 1e-9);"
    assert text.count(right) == 1
    assert wrong(equations(visit(text.replace(right, "return true;")), LEVELS))
    assert wrong(equations(visit(text.replace(right, "return false;")), LEVELS))


@pytest.mark.parametrize(
    ("equation", "right"),
    [
        ("3 × 0.01 = 0.03", True),
        ("3 × 0.01 ≈ 0.03", False),
        ("3 × 0.01 = 0.0303", False),
        ("0.5 × (−0.3) = −0.15", True),
        ("0.2798 − 0.2690 ≈ 0.01084", True),
        ("0.2798 − 0.2690 ≈ 0.01184", False),
        ("((0.4973 − 1)² + (0.25 − 0)²) / 2 = 0.1576", True),
        ("−ln(0.5) = 0.6931", True),
        ("−ln(0.5) = 0.6932", False),
        ("1 / (1 + exp(−0.5000)) = 0.6225", True),
        ("max(−0.045, −0.045 / 100) = −0.00045", True),
        ("0.3 × 0.04115 = 0.01235", False),  # exactly 0.012345, halfway between two rounded numbers
        ("0.3 × 0.04115 ≈ 0.01235", True),
    ],
)
def test_the_check_of_a_sign_finds_wrong_signs(equation: str, right: bool) -> None:
    sign = "=" if "=" in equation else "≈"
    left, result = equation.split(f" {sign} ")
    assert sign_is_right(left, sign, result) is right
