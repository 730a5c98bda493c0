"""The output of `python -m reference explain`."""

import contextlib
import math
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

import reference
from reference import Bounded, datasets
from reference.__main__ import stages_of_vectorized
from reference.datasets.scales import Scaling
from reference.explain.explanation import explanation_of
from reference.explain.history import history_of
from reference.explain.lessons import lesson_of
from reference.explain.printing import difference
from reference.explain.shown import shown
from reference.explain.subject import Subject
from reference.explain.text import Style, equation, term_lines
from reference.numbers.traced import expression_of, symbol
from reference.specification.names import HIDDEN
from tests import command
from tests.explain.test_equations import check, explain
from tests.terminal import in_terminal
from tests.thorough import thorough


@pytest.mark.parametrize("width", [3, 5, 12])
def test_the_lines_of_a_shortened_sum_add_up_to_the_whole_sum(width: int) -> None:
    network = reference.NeuralNetwork(40, 3, 2, seed=1)
    explanation = explanation_of(network, [math.sin(i) for i in range(40)])
    for entry in explanation.of("h_sums"):
        lines = term_lines(entry, Style(4, width))
        assert len(lines) == width
        assert lines[-1].edge == f"the {41 - (width - 1)} other terms"
        assert "b->" in lines[-2].edge, "the bias is always shown"
        assert math.isclose(sum(float(line.value) for line in lines), entry.value, abs_tol=width * 5e-4)


# ---- the text of the command


def test_the_network_of_document_001() -> None:
    text = explain("--inputs", "3,4,-4.5")
    assert "h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]" in text
    assert re.search(r"i2->h0 +\[8\] +-4\.5 \* 0\.09 = -0\.405 +-0\.175\n", text)
    assert re.search(r"b->h0 +\[12\] +0\.13 = +0\.13 +-0\.045\n", text)
    assert "h_nodes[0] = max(h_sums[0], h_sums[0] / 100) = max(-0.045, -0.045 / 100) = -0.00045" in text
    assert re.search(r"o_nodes\[0\] = .* ≈ 0\.4973\n", text)
    assert text.count("matrices: ") == 4
    assert "matrices: h_sums = inputs @ ih_weights + h_biases\n" in text
    assert text.count("in all stages, the matrices give the same numbers as the loops\n") == 1
    assert text.startswith("The 3-4-2 network: weights 0.01, 0.02, ... 0.26\nhidden leaky_relu")
    assert "Numbers are rounded to 4 significant digits for display and computed at full precision." in text
    assert "h_sums[1] = 3 * 0.02 + 4 * 0.06 + (-4.5 * 0.1) + 0.14 = -0.01\n" in text, "only the first sum is a table"
    assert "\x1b" not in text


def test_targets_add_the_backward_pass() -> None:
    text = explain("--targets", "1,0", "--learning-rate", "0.5", "--all")
    for part in (
        "loss = -ln(o_nodes[0]) = -ln(0.4973) = 0.6986",
        "o_deltas[0] = o_nodes[0] - targets[0] = 0.4973 - 1 = -0.5027",
        "h_deltas[0] = slope * sum = 0.01 * 0.005027",
        "gradient[0] (i0->h0) = inputs[0] * h_deltas[0]",
    ):
        assert part in text
    assert re.search(r"weights\[22\] \(h3->o0\) = 0\.23 - 0\.5 \* ", text)
    assert "weights[0] (i0->h0) = weights[0] - rate * gradient[0] = 0.01 - 0.5 * " in text
    assert "the loss falls from 0.6986 to " in text
    assert len(explain("--targets", "1,0").splitlines()) < 100


def test_textbook_formulas_are_shown_unless_they_lose_digits() -> None:
    for example, formulas in {
        "gate": [
            "1 / (1 + exp(-",
            "h_deltas[0] = h_nodes[0] * (1 - h_nodes[0]) * sum",
            "(o_nodes[0] - targets[0]) * (o_nodes[0] * (1 -",
        ],
        "xor": [
            "tanh(",
            "h_deltas[0] = (1 - h_nodes[0] * h_nodes[0]) * sum",
            "o_deltas[0] = o_nodes[0] - targets[0]",
            "loss = -ln(",
        ],
    }.items():
        text = explain("--example", example)
        assert all(formula in text for formula in formulas), example
        assert "would lose digits" not in text
    text = explain("--inputs", "3,4,-450000", "--targets", "1,0")
    assert "largest is the largest number of o_sums, " in text
    assert "would lose digits" in text


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(
    ("output", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "cross_entropy"), ("tanh", "squared_error")]
)
def test_the_shown_formulas_give_the_results_of_the_loops(hidden: str, output: str, loss: str) -> None:
    for size in (0.1, 1.0, 10.0, 1000.0):
        network = reference.NeuralNetwork(2, 3, 2, hidden=hidden, output=output, loss=loss, seed=3)
        for entry in explanation_of(network, [size, -0.7 * size], [0.25, 0.75]).entries:
            assert math.isclose(entry.plain.value, entry.value, rel_tol=1e-10, abs_tol=1e-300), (size, entry.name)


def test_a_loss_of_0_does_not_change_a_later_explanation() -> None:
    """With targets of 0, the loss is the constant 0. All constants 0 are one object, so a copy gets the name `loss`."""
    network = reference.NeuralNetwork(3, 4, 2, init="ramp")
    first = explanation_of(network, [3.0, 4.0, -4.5], [0.0, 0.0])
    assert equation(first.of("loss")[0], Style()) == "loss = 0"
    second = explanation_of(network, [3.0, 4.0, -4.5], [1.0, 0.0])
    assert len(second.of("h_sums")[0].terms) == 4
    assert expression_of(second.of("weights")[23].number, symbol) == "h3->o1 - rate * gradient[23]"


def test_the_only_term_of_a_hidden_delta_has_an_edge() -> None:
    explanation = explanation_of(reference.NeuralNetwork(3, 4, 1, hidden="sigmoid", output="sigmoid"), [0.0, 1.0, 1.0], [1.0])
    for h, entry in enumerate(explanation.of("h_deltas")):
        assert [term.edge for term in entry.terms] == [f"h{h}->o0"]


def test_gradient_and_weights_show_the_same_edges() -> None:
    text = explain("--targets", "1,0")
    shown_edges = [re.findall(rf"{stage}\[\d+\] \((\S+)\) = ", text) for stage in ("gradient", "weights")]
    assert shown_edges[0] == shown_edges[1]
    assert len(shown_edges[0]) == 6


def test_a_table_without_column_names(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1,2,0\n3,4,1.0\n5,6,0\n7,8,1\n")
    text = explain("--data", str(path), "--no-header", "--sample", "1")
    assert "Row 1 of" in text
    assert "targets: o0 1\n" in text
    assert "with an untrained 2-8-" in text


def test_the_options_node_and_stage_leave_out_other_numbers() -> None:
    text = explain("--targets", "1,0", "--node", "h2", "--stage", "h_sums", "--digits", "2")
    assert "h_sums[2] ≈ 0.025" in text
    assert "h_sums[1]" not in text
    assert "h_nodes" not in text
    text = explain("--targets=1,0", "--node", "i0->h2", "--all")
    assert "gradient[2]" in text
    assert "weights[2]" in text


def test_the_option_node_shows_the_terms_of_an_input_or_an_edge() -> None:
    text = explain("--node", "i1")
    assert re.findall(r"i1->(h\d) \[\d\] +4 \* \S+ = +\S+ +part of h_sums\[(\d)\]", text) == [
        (f"h{h}", str(h)) for h in range(4)
    ]
    text = explain("--node", "i1", "--targets", "1,0")
    assert re.findall(r"(\w+)\[\d+\] \(i1->h(\d)\)", text) == [(s, str(h)) for s in ("gradient", "weights") for h in range(4)]
    assert "h0->o1 [17]   -0.00045 * 0.18 = -0.000081   part of o_sums[1]" in explain("--node", "h0->o1")


def test_the_shown_step_has_the_learning_rate_of_the_training() -> None:
    assert re.search(r"weights\[0\] .* - 1 \* ", explain("--epochs", "3", "--all"))
    assert re.search(r"weights\[0\] .* - 0 \* ", explain("--epochs", "3", "--learning-rate", "0", "--all"))


def test_the_matrices_differ_only_by_rounding() -> None:
    network, inputs = reference.NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5]
    loops, matrices = network.forward(inputs), stages_of_vectorized(network, inputs, None, 0.1)
    network.weights = [Bounded(w) for w in network.weights]
    for stage, numbers in network.forward(inputs)._asdict().items():
        for loop, value, number in zip(getattr(loops, stage), matrices[stage], numbers, strict=True):
            assert abs(loop - value) <= 2 * number.error


def test_the_largest_difference_of_all_stages_is_printed() -> None:
    explanation = explanation_of(reference.NeuralNetwork(3, 4, 2, init="ramp"), [3.0, 4.0, -4.5])
    package = {stage: [entry.value for entry in explanation.of(stage)] for stage in ("h_sums", "h_nodes", "o_sums", "o_nodes")}
    assert difference(explanation, package) == "the matrices give the same numbers as the loops"
    package["h_sums"][1] += 2**-20
    package["o_nodes"][0] -= 2**-10
    differing = "the numbers of the matrices differ from those of the loops by at most 0.00098"
    assert difference(explanation, package) == differing


def test_rows_of_data_are_scaled_as_in_training(tmp_path: Path) -> None:
    file = str(tmp_path / "iris.json")
    command.output_of("reference", "train", "iris", "--epochs", "3", "--save", file)
    text = explain("--network", file, "--data", "iris", "--sample", "60")
    heading = "Row 60 of iris, scaled as in training, with the 4-32-3 network\nbefore scaling: "
    values = zip(datasets.iris().columns, datasets.iris().inputs[60], strict=True)
    assert heading + ", ".join(f"{name} {x:g}" for name, x in values) + "\noutputs: o0 setosa, " in text
    assert "answer: versicolor; target: versicolor\n" in text
    assert "targets: o0 0, o1 1, o2 0\n" in text
    preparation = reference.Preparation.of(reference.NeuralNetwork.load(file))
    (inputs,) = preparation.inputs.apply([datasets.iris().inputs[60]])
    assert "inputs: " + ", ".join(f"i{i} {shown(x, 4)}" for i, x in enumerate(inputs)) + "\n" in text
    note = "the inputs are used as they are, not scaled as in training; only rows of --data are scaled\n"
    assert note not in text
    assert f"The 4-32-3 network\n{note}" in explain("--network", file, "--inputs", "1,2,3,4")
    assert "Row 17 of digits, with an untrained 64-8-10 network" in explain("--data", "digits", "--sample", "17")


HOUSES = "area,rooms,price\n80,3,210000\n120,5,390000\n60,0,140000\n95,4,240000\n"


def test_targets_and_answers_have_the_units_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_text(HOUSES)
    command.output_of(
        "reference", "train", "houses.csv", "--epochs", "3", "--test-fraction", "0", "--save", "h.json", folder=tmp_path
    )
    network = reference.NeuralNetwork.load(tmp_path / "h.json")
    scaling = network.data["targets"]

    def output(*more: str) -> str:
        return command.output_of("reference", "explain", "--network", "h.json", *more, folder=tmp_path)

    text = output("--data", "houses.csv", "--node", "o0", "--targets", "300000")
    target = (300000 - scaling["shift"][0]) / scaling["divisor"][0]
    assert f"targets: o0 {shown(target, 4)}\n" in text
    (line,) = re.findall(r"\n  answer: price = (.*); target: 300000\n", text)
    y, divisor, shift, sign, price = re.fullmatch(r"(\S+) \* (\S+) \+ (\S+) (.) (\S+)", line).groups()  # type: ignore[union-attr]
    assert [divisor, shift] == [shown(scaling[name][0], 4) for name in ("divisor", "shift")]
    assert sign == ("=" if abs(float(y) * float(divisor) + float(shift) - float(price)) < 0.5 else "≈")
    assert "targets: o0 0.5\n" in output("--inputs", "1,2", "--targets", "0.5"), "without --data, targets are already scaled"
    flower = explain("--data", "iris", "--targets", "virginica")
    assert "targets: o0 0, o1 0, o2 1\n" in flower
    assert "; target: virginica\n" in flower


def test_the_default_is_the_example_3_4_2_and_missing_targets_are_reported() -> None:
    assert explain() == explain("--example", "3-4-2")
    assert explain("--worksheet") == explain("--example", "3-4-2", "--worksheet")
    for more in ([], ["--worksheet"]):
        assert explain("--inputs", "1,2,3", *more).splitlines()[-1].startswith("no targets: ")


@pytest.mark.thorough
def test_the_output_says_what_is_left_out_of_a_wide_network() -> None:
    text = explain("--data", "digits", "--stage", "h_sums", "--stage", "o_sums")
    assert "... and 2 more nodes; use --all to see all of them" in text
    assert "the 54 other terms" in text
    assert check(text, 4) > 20
    all_nodes = [f"--node={layer}{at}" for layer, n in (("h", 8), ("o", 10)) for at in range(n)]
    assert check(explain("--data", "digits", *all_nodes), 4) > 300
    assert "... and" not in explain("--data", "digits", "--stage", "o_sums", "--all")


@pytest.mark.parametrize("columns", ["200", *thorough(("40",))])
@pytest.mark.parametrize("plain", [True, False])
def test_no_color_turns_off_colours_and_changes_no_text(columns: str, plain: bool) -> None:
    more = {"COLUMNS": columns, **({"NO_COLOR": "1"} if plain else {})}
    status, text = in_terminal("reference", command.ROOT, "explain", "--node", "h0", **more)
    assert status == 0
    assert bool(re.search(r"\x1b\[38;5;\d+m", text)) is not plain
    assert re.sub(r"\x1b\[[\d;]*m", "", text) == explain("--node", "h0")


BAD = [
    (
        ["--inputs", "1,2"],
        "--inputs has 2 numbers, but the network has 3 inputs; to use your own network, save it in Python with",
    ),
    (["--inputs", "1,2"], 'reference.NeuralNetwork.from_blocks(...).save("own.json") and add --network own.json\n'),
    (["--example", "xor", "--targets", "1,0"], "--targets has 2 numbers, but the network has 1 output\n"),
    (["--inputs", "-1,2,3"], "expected one argument (a value that begins with - needs =, as in --inputs=-1,2)"),
    (["--inputs", "1,x,3"], "--inputs: entry 1 is 'x', not a finite number"),
    (["--inputs", "1,nan,3"], "--inputs: entry 1 is 'nan', not a finite number"),
    (["--targets", "1"], "--targets has 1 number, but the network has 2 outputs"),
    (["--network", "README.md"], "README.md"),
    (["--network", "no_such_file"], "no_such_file"),
    (["--node", "h9"], "--node h9: this 3-4-2 network has the nodes i0 .. i2, h0 .. h3, o0 .. o1 and edges"),
    (["--inputs", "1,2,3", "--stage", "o_deltas"], "--stage o_deltas needs --targets"),
    (["--stage", "nothing"], "stage"),
    (["--digits", "40"], "--digits is 40, expected 2 to 15"),
    (["--data", "iris", "--sample", "150"], "--sample is 150, but iris has rows 0 .. 149"),
    (["--data", "iris", "--inputs", "1,2,3,4"], "use only one"),
    (["--epochs", "-1"], "--epochs is -1"),
    (["--epochs", "5", "--inputs", "1,2,3"], "--epochs needs targets; add --targets"),
    (["--learning-rate", "-1"], "--learning-rate is -1"),
    (["--html", "page.html", "--node", "h0"], "leave --node and --stage out"),
    (["--node", "i0", "--stage", "loss", "--targets", "1,0"], "no numbers of i0 in loss"),
    (["--data", "iris", "--targets", "rose"], "--targets: 'rose' is not one of the classes setosa, versicolor, virginica\n"),
    (["--example", "xor", "--data", "iris"], "--example has its own network and data; leave --data out"),
    (["--example", "xor", "--sample", "0"], "--example has its own network and data; leave --sample out"),
    (["--sample", "0"], "--sample needs --data"),
    (["--no-header"], "--no-header needs --data"),
    (
        ["--targets", "1,0", "--learning-rate", "1e308"],
        "with the new weights the sums overflow; try a --learning-rate below 1e+308",
    ),
    (
        ["--worksheet", "--example", "2-2-2", "--node", "b->h0", "--stage", "weights"],
        "--worksheet: there is nothing to compute",
    ),
    (["--worksheet", "--data", "digits"], "--worksheet: h_sums[0] has 65 terms, too many for paper"),
    (["--targets", "1,0,0", "--epochs", "5"], "--targets has 3 numbers"),
    (["--targets", "1e308,1e308"], "o_deltas[0] is inf: it overflows"),
    (["--html", "no/such/folder/page.html"], "no/such/folder"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_gets_one_line(arguments: list[str], expected: str) -> None:
    assert expected in command.error_of("reference", "explain", *arguments)


def test_inputs_without_column_names_are_not_pixels() -> None:
    subject = Subject(reference.NeuralNetwork(2, 3, 1), [1.0, 2.0], None, "", scale=Scaling([0.0, 0.0], [1.0, 1.0]))
    assert lesson_of(subject, "")["largestPixel"] is None
    pixels = subject._replace(columns=("pixel 0", "pixel 1"), scale=Scaling([0.0, 1.0], [1.0, 8.0]))
    assert lesson_of(pixels, "")["largestPixel"] == 17.0


def test_the_title_of_a_page_names_a_row_only_if_there_is_one_row() -> None:
    subject = Subject(reference.NeuralNetwork(1, 1, 1), [1.0], None, "Row 7 of new.csv, with the network")
    assert lesson_of(subject, "")["title"] == subject.title
    several = subject._replace(rows=([[0.0], [1.0]], [[0.0], [1.0]]), row=1)
    assert lesson_of(several, "")["title"] == "new.csv, with the network", "the page has a list of rows"


def test_the_page_gets_no_scaling_that_leaves_all_numbers_unchanged() -> None:
    subject = Subject(reference.NeuralNetwork(2, 3, 1), [1.0, 2.0], None, "")
    subject = subject._replace(scale=Scaling([0.0, 0.0], [1.0, 1.0]), target_scale=Scaling([5.0], [1.0]))
    assert lesson_of(subject, "")["scales"] == {"inputs": None, "targets": {"shift": [5.0], "divisor": [1.0]}}


def test_the_recipe_of_the_help_runs(tmp_path: Path) -> None:
    help_text = command.output_of("reference", "explain", "--help")
    recipe, line = re.findall(
        r"Your own weights: .*\n((?:.*\n){3})Then give its file:\n  python -m reference (.*)\n", help_text
    )[0]
    with contextlib.chdir(tmp_path):
        exec(textwrap.dedent(recipe), {})
    text = command.output_of("reference", *line.split(), folder=tmp_path)
    assert text.startswith("The 2-2-1 network\nhidden sigmoid")
    assert re.search(r"h_sums\[1\] = 1 \* \(-0\.2\) \+ 2 \* 0\.4 \+ \(-0\.5\) = 0\.1\n", text)


# ---- the training


def loss_of(text: str) -> float:
    return float(re.findall(r"^  loss (?:.* )?[=≈] ([\d.e-]+)$", text, re.M)[-1])


def test_the_option_targets_sets_the_targets_of_the_training() -> None:
    for arguments in ("--targets 1,0", "--inputs 1,2,3 --targets 0,1", "--example 2-2-2", "--example 3-4-2 --targets 0,1"):
        losses = [loss_of(explain(*arguments.split(), "--epochs", str(epochs))) for epochs in (0, 50)]
        assert losses[1] < losses[0] / 1.2, arguments
    assert "after 50 epochs" in explain("--targets", "1,0", "--epochs", "50")
    usual, other = (explain("--data", "gate", "--epochs", "2000", *more) for more in ((), ("--targets", "0")))
    assert "targets: o0 0\n" in other
    assert loss_of(other) < 0.05
    assert usual != other


def save_network(folder: Path, **settings: Any) -> str:
    file = str(folder / "network.json")
    reference.NeuralNetwork(1, 1, 2, **settings).save(file)
    return file


def test_the_option_target_is_accepted_only_if_the_network_file_has_no_column_names(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("x,a,b\n1,2,0\n3,4,1.0\n")
    table = ["--data", str(tmp_path / "table.csv"), "--target", "a", "--target", "b"]
    text = explain("--network", save_network(tmp_path, output="identity"), *table, "--epochs", "2")
    assert "inputs: i0 1\n" in text
    assert "targets: o0 2, o1 0\n" in text
    command.output_of("reference", "train", "iris", "--epochs", "1", "--save", tmp_path / "iris.json")
    error = command.error_of(
        "reference", "explain", "--network", tmp_path / "iris.json", "--data", "iris", "--target", "species"
    )
    assert "leave --target out" in error


def test_a_loss_whose_textbook_formula_loses_digits(tmp_path: Path) -> None:
    """For an output y near 1, -ln(1 - y) loses digits. The loss shown is still the loss of the loops."""
    file = save_network(tmp_path, output="sigmoid", loss="cross_entropy", weights=[1.0, 0.0, -40.0, 40.0, 0.0, 0.0])
    text = explain("--network", file, "--inputs", "1", "--targets", "0,1")
    network = reference.NeuralNetwork.load(file)
    assert loss_of(text) == pytest.approx(network.loss_of([1.0], [0.0, 1.0]), rel=1e-3)
    assert "would lose digits" in text
    assert check(text, 4) > 10


def test_very_large_targets_are_accepted(tmp_path: Path) -> None:
    sample = "--inputs", "1", "--targets", "1e300,1e300"
    explain("--network", save_network(tmp_path, output="softmax"), *sample, "--learning-rate", "0")


def test_the_fixed_biases_of_the_example_2_2_2_stay() -> None:
    text = explain("--example", "2-2-2", "--all", "--digits", "9")
    assert "weights[4] (b->h0) = b->h0 = 0.35\n" in text
    assert "the loss falls from 0.298371109 to 0.291027774\n" in text
    assert "b->h0 = 0.35\n" in explain("--example", "2-2-2", "--all", "--epochs", "30")


def test_a_history_has_the_weights_and_losses_of_one_call_of_train() -> None:
    inputs, targets = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[1.0], [0.0], [1.0]]

    def network() -> reference.NeuralNetwork:
        return reference.NeuralNetwork(2, 3, 1, hidden="sigmoid", output="sigmoid", seed=3)

    subject = Subject(network(), inputs[0], targets[0], "", (inputs, targets), 0.5, "sum")
    history = history_of(subject, 37)
    whole = network()
    losses = whole.train(inputs, targets, epochs=37, learning_rate=0.5, reduction="sum")
    assert history[-1].weights == whole.weights
    assert [moment.epoch for moment in history] == [*range(10), 10, 20, 30, 37]
    assert [moment.loss for moment in history if moment.epoch < 37] == [losses[m.epoch] for m in history if m.epoch < 37]
