"""The text of a report: how the first wrong number arises, and what to do about it."""

import math
import re
from typing import Any

import pytest

import reference
from reference import oracle
from reference.oracle.answers import Answer
from reference.oracle.cases import Question, cases
from reference.oracle.explaining.counterexample import earlier_lines
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.report import statement_lines
from reference.oracle.explaining.words import statement
from reference.oracle.explaining.worked import worked
from reference.oracle.judging import accurate
from reference.oracle.judging.exam import exam_of
from reference.oracle.judging.steps import Network
from reference.oracle.settings import Setting
from tests.oracle.answering import Runner, outputs_of, with_change


def lines_of_network(verdict: oracle.Verdict) -> list[str]:
    """Return the lines of a report that show how numbers of the smallest network are computed."""
    text = str(verdict).split("targets [")[1].split("right numbers from")[0]
    return [line.strip() for line in text.splitlines()[1:]]


def double_first_derivative(answer: dict[str, Any], case: Question) -> None:
    answer["gradient"][0] *= 2


# ---- how the first wrong number arises


def test_a_wrong_output_is_shown_with_all_earlier_sums_and_nodes() -> None:
    verdict = oracle.check(Runner(MISTAKES["o_biases_missing"].network, view="outputs"), examples=20)
    lines = lines_of_network(verdict)
    assert [line.partition("[")[0] for line in lines[:5]] == ["h_sums", "h_nodes", "o_sums", "o_sums", "o_nodes"]
    assert lines[5].startswith("yours")
    bias = verdict.counterexample.weights[-2]  # type: ignore[union-attr]
    assert re.search(rf"^o_sums\[0\] = .* \+ \(?{bias:g}\)? = ", lines[2])


@pytest.mark.thorough
def test_a_wrong_gradient_is_shown_with_all_stages_before_it() -> None:
    lines = lines_of_network(oracle.check(with_change(double_first_derivative), examples=20))
    earlier = lines[: next(at for at, line in enumerate(lines) if line.startswith("yours")) - 1]
    assert {line.partition("[")[0] for line in earlier} == {"h_sums", "h_nodes", "o_sums", "o_nodes", "o_deltas", "h_deltas"}
    assert any(re.match(r"h_deltas\[0\] = (.*) \* \(1 - \1\) \* ", line) for line in earlier)
    assert lines[len(earlier)].startswith("gradient[0] (i0->h0) = ")


@pytest.mark.thorough
def test_the_smallest_network_shows_a_wrong_number() -> None:
    """In the smallest network, the doubled derivative must not be so near 0 that it counts as right."""
    assert any(line.get("wrong") for line in oracle.check(with_change(double_first_derivative), examples=20).record["worked"])


@pytest.mark.parametrize("batch", [None, 3])
def test_at_most_eight_earlier_lines_are_shown_in_order(batch: int | None) -> None:
    case = next(cases(Setting(), examples=1, sizes=(4, 5, 3), batch=batch))
    numbers = Network(case).answers()
    lines = worked(exam_of(case, Answer(numbers, frozenset())))
    names = [line["name"] for line in lines]
    assert len(set(names)) == len(names)
    for line in lines:
        assert all(names.index(name) < names.index(line["name"]) for name in line["uses"])
        earlier = earlier_lines(lines, line)
        assert len(earlier) <= 8
        assert set(line["uses"][:8]) <= {each["name"] for each in earlier}
        assert earlier == sorted(earlier, key=lines.index)


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_a_step_of_plain_gradient_descent_is_written_out() -> None:
    verdict = oracle.check(weights_that_jump, steps=3, learning_rate=0.25, examples=10)
    first = next(line for line in lines_of_network(verdict) if "after step 2 =" in line)
    match = re.search(r"= (\S+) - 0.25 \* \(?([^)]+)\)? = (\S+)$", first)
    assert match, first
    before, slope, after = map(float, match.groups())
    assert before - 0.25 * slope == pytest.approx(after, abs=1e-5)


@pytest.mark.thorough
@pytest.mark.usefixtures("without_slow_searches")
def test_a_step_of_another_optimizer_shows_the_weight_before_and_the_change() -> None:
    verdict = oracle.check(weights_that_jump, steps=3, optimizer="adam", examples=10)
    first = next(line for line in lines_of_network(verdict) if "after step 2 =" in line)
    match = re.search(r"= (\S+) ([-+]) (\S+) \(step 2 of adam\) = (\S+)$", first)
    assert match, first
    before, change, after = float(match[1]), float(match[2] + match[3]), float(match[4])
    assert before + change == pytest.approx(after, abs=1e-5)


def weights_that_jump(case: Question) -> dict[str, Any]:
    """Take right steps, but add 1/8 to every weight in the second step."""
    network = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden="sigmoid", weights=case.weights)
    optimizer, rows = reference.Adam() if case.optimizer else None, []
    for step in range(case.steps):
        network.train([case.inputs], [case.targets], learning_rate=case.learning_rate, optimizer=optimizer)
        if step == 1:
            network.weights = [w + 0.125 for w in network.weights]
        rows.append(network.weights)
    return {"weights": rows}


# ---- what the report says, and what it leaves out


@pytest.mark.usefixtures("without_slow_searches")
def test_the_first_line_has_the_name_of_the_grade() -> None:
    right = outputs_of(reference)
    candidates = (
        right,
        lambda case: [round(y, 5) for y in right(case)],
        lambda case: [0.1 for _ in right(case)],
        lambda case: 1j,
    )
    for candidate in candidates:
        verdict = oracle.check(candidate, examples=10)
        assert str(verdict).splitlines()[0].endswith(f" (grade: {verdict.grade})")


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_report_explains_at_most_two_other_mistakes_and_counts_the_rest(n: int) -> None:
    also = ["gradient_negative", "step_uphill", "h_biases_missing", "o_biases_missing"][:n]
    lines = statement_lines({**statement("deltas_negative", "The deltas have the opposite sign."), "also": also}, "")
    sentences = [f"      {MISTAKES[name].explanation} ({name})" for name in also[:2]]
    more = ["      and 2 more"] if n == 4 else []
    assert lines[1:] == ["    other mistakes that give the same numbers in this check:", *sentences, *more]


@pytest.mark.usefixtures("without_smallest_network")
@pytest.mark.parametrize(
    ("functions", "settings", "advice"),
    [
        ({"output": "sigmoid"}, {}, '--output sigmoid (in Python output="sigmoid")'),
        ({"hidden": "tanh"}, {}, '--hidden tanh (in Python hidden="tanh")'),
        ({"hidden": "relu"}, {"output": "tanh"}, '--hidden relu (in Python hidden="relu")'),
    ],
)
def test_the_report_names_the_option_for_the_activation_of_the_network(
    functions: dict[str, str], settings: dict[str, str], advice: str
) -> None:
    def candidate(case: Question) -> Any:
        return outputs_of(reference)(Question({**case, **functions, "loss": "half_squared_error"}))

    verdict = oracle.check(candidate, examples=20, **settings)
    assert f"fix     Use the {next(iter(functions))} activation given in the case. Or check with {advice}.\n" in str(verdict)


def test_the_report_does_not_say_how_to_get_the_right_numbers_after_an_error_or_a_wrong_shape() -> None:
    right = outputs_of(reference)
    for candidate in (lambda case: [1 / 0], lambda case: [*right(case), 1.0], lambda case: case.weights[999]):
        assert "right numbers from" not in str(oracle.check(candidate, examples=3))


def test_the_message_about_an_unknown_field_names_all_fields() -> None:
    message = str(oracle.check(lambda case: case.foo, examples=1))
    assert "a case has no 'foo'; it has n_inputs, n_hidden, n_outputs, " in message
    assert "weights, inputs, targets" in message


# ---- networks of fixed sizes

SIZES = "has the sizes {}; if your network has fixed sizes, use --sizes I-H-O (in Python sizes=(I, H, O))"


@pytest.mark.thorough
def test_a_network_of_fixed_sizes_gets_a_hint() -> None:
    def of_fixed_sizes(case: Question) -> Any:
        return [sum(case.weights[at] for at in range(20))] * case.n_outputs

    text = str(oracle.check(of_fixed_sizes, examples=5))
    assert f"note: case 0 {SIZES.format('1-2-2')}\n" in text
    assert "fixed sizes" not in str(oracle.check(of_fixed_sizes, examples=5, sizes=(1, 2, 2)))
    assert f"note: case 1 {SIZES.format('3-3-3')}\n" in str(oracle.check(lambda case: [0.5, 0.5], examples=5))


def test_a_network_that_works_only_with_one_input_gets_a_hint() -> None:
    def network(case: Question, most_inputs: int = 1) -> Any:
        if case.n_inputs > most_inputs:
            raise RuntimeError("no")
        return outputs_of(reference)(case)

    assert "fixed sizes" in str(oracle.check(network, examples=5))
    assert "fixed sizes" not in str(oracle.check(lambda case: network(case, 4), examples=40))


# ---- formulas that lose no digits


@pytest.mark.thorough
def test_a_strict_check_recommends_a_formula_that_loses_no_digits() -> None:
    def slope_from_the_node(answer: dict[str, Any], case: Question) -> None:
        errors = [delta / accurate_slope for delta, accurate_slope in zip(answer["h_deltas"], slopes(answer), strict=True)]
        answer["h_deltas"] = [y * (1 - y) * error for y, error in zip(answer["h_nodes"], errors, strict=True)]
        del answer["gradient"], answer["weights"]

    def slopes(answer: dict[str, Any]) -> list[float]:
        powers = [math.exp(-abs(z)) for z in answer["h_sums"]]
        return [power / (1 + power) / (1 + power) for power in powers]

    verdict = oracle.check(with_change(slope_from_the_node), strict=True)
    assert (verdict.grade, verdict.agrees) == ("textbook", False)
    assert f"\nto keep the digits: {accurate.SLOPES['sigmoid']}\n" in str(verdict)
    assert "keep the digits" not in str(oracle.check(with_change(slope_from_the_node)))


def value(text: str, z: float) -> float:
    """Evaluate a formula at z. It is written as in the module `accurate`."""
    text = text.split(" is ")[-1].replace("|z|", "abs(z)")
    text = re.sub(r"e\*\*(-abs\(z\)|-z|z|\(.*?abs\(z\)\))", r"exp(\1)", text)
    return float(eval(text, {"exp": math.exp, "log1p": math.log1p, "abs": abs, "max": max, "z": z}))


def test_the_recommended_formulas_are_right() -> None:
    for z in (-2.5, -0.25, 0.0, 1.5):
        y = 1 / (1 + math.exp(-z))
        assert value(accurate.SLOPES["sigmoid"], z) == pytest.approx(y * (1 - y))
        assert value(accurate.SLOPES["tanh"], z) == pytest.approx(1 - math.tanh(z) ** 2)
        first, second = accurate.LOSSES["sigmoid"].split(", and ")
        assert value(first.split(" = ")[1], z) == pytest.approx(-math.log(y))
        assert value(second.split(" = ")[1], z) == pytest.approx(-math.log(1 - y))


def test_a_formula_that_loses_no_digits_is_known_for_every_textbook_formula() -> None:
    settings = [Setting(), Setting("tanh", "sigmoid"), Setting("tanh", "tanh", "half_squared_error")]
    for formulas in accurate.SLOTS.values():
        for formula in formulas:
            (recommended,) = accurate.accurate_forms([formula], settings)
            assert recommended
