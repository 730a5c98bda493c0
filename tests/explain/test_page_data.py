"""Pages that show a data set or a worked example: names of columns and classes, pixel images, and names with HTML."""

from fractions import Fraction
from pathlib import Path

import pytest

import reference
from tests.command import error_of, output_of
from tests.explain.arithmetic import unit
from tests.explain.browser import Open, Visit, examples, page_of_subjects
from tests.explain.test_page_equations import random_subject

pytestmark = pytest.mark.thorough
HOSTILE = ["</script><img src=x onerror=alert(1)>", "<b>bold</b>", "\"it's'", "${x} $title $$", "<!--<script>", "&lt;&amp;"]
HOSTILE = sorted([*HOSTILE, "x" * 300])


def page_from(folder: Path, *arguments: object) -> str:
    output_of("reference", "explain", *arguments, "--html", "page.html", folder=folder)
    return (folder / "page.html").read_text(encoding="utf-8")


def cut(name: str) -> str:
    """Return a name as the page shows it."""
    return name if len(name) <= 30 else name[:29] + "…"


def whole_text(page: Visit) -> str:
    """Return all text of the page, also in closed parts."""
    text: str = page.js("document.querySelector('main').textContent + byId('top').textContent")
    return text


def test_the_page_of_iris_shows_the_names_of_columns_and_classes(visit: Open, tmp_path: Path) -> None:
    output_of("reference", "train", "iris", "--epochs", "3", "--n-hidden", "5", "--save", "iris.json", folder=tmp_path)
    page = visit(page_from(tmp_path, "--network", "iris.json", "--data", "iris", "--sample", "60"), "#at=h.0")
    columns, classes = reference.datasets.iris().columns, reference.datasets.iris().classes
    assert page.texts("#drawing g.i text.name") == [name if len(name) <= 16 else f"{name[:15]}…" for name in columns]
    assert page.texts("#drawing g.o text.name") == list(classes)
    assert page.texts("#panel .terms th[scope=row]") == [*columns, "bias"]
    page.press("End")
    assert page.texts("#panel .terms th[scope=row]") == [*classes, "loss"]
    assert page.texts("#numbers .block:nth-child(2) th") == list(classes)
    assert page.js("now.targets") == [0, 1, 0]
    assert page.page.locator('select[data-set="row"] option').count() == 150
    assert page.texts("h1")[0].startswith("iris, scaled as ")


HOUSES = """area,rooms,price
80,3,210000
120,5,390000
60,0,140000
95,4,240000
"""


def test_the_page_also_shows_the_numbers_before_scaling(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_text(HOUSES, encoding="utf-8")
    training = ("train", "houses.csv", "--target", "price", "--epochs", "3", "--save", "houses.json")
    output_of("reference", *training, folder=tmp_path)
    page = visit(page_from(tmp_path, "--network", "houses.json", "--data", "houses.csv", "--sample", "2"))
    assert page.texts('select[data-set="row"] option') == ["0: 80, 3", "1: 120, 5", "2: 60, 0", "3: 95, 4"]
    before_scaling = "Before scaling: area 60, rooms 0."
    assert before_scaling in page.texts("#panel p")
    (line,) = page.texts("#panel .nodes li")
    price = page.js("shown(now.o_nodes[0] * lesson.scales.targets.divisor[0] + lesson.scales.targets.shift[0])")
    assert line.endswith(f". Before scaling: {price}, target 140000.")
    page.button("Hide answers")
    assert price not in page.texts("#panel .nodes li")[0]
    page = visit(examples())
    assert "Before scaling" not in whole_text(page)


def test_a_target_that_was_not_given_is_called_a_placeholder(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_text(HOUSES, encoding="utf-8")
    (tmp_path / "new.csv").write_text("area,rooms\n100,4\n", encoding="utf-8")
    output_of("reference", "train", "houses.csv", "--epochs", "3", "--save", "houses.json", folder=tmp_path)
    page = visit(page_from(tmp_path, "--network", "houses.json", "--data", "new.csv"))
    (line,) = page.texts("#panel .nodes li")
    assert "(a placeholder). Before scaling: " in line
    assert ", target " not in line
    page.type("t0", "1", "#panel")
    (line,) = page.texts("#panel .nodes li")
    assert "placeholder" not in line
    assert ", target " in line


def test_digits_are_pictures(visit: Open, tmp_path: Path) -> None:
    output_of("reference", "train", "digits", "--epochs", "1", "--save", "digits.json", folder=tmp_path)
    text = page_from(tmp_path, "--network", "digits.json", "--data", "digits", "--sample", "7")
    assert len(text.encode()) < 2_000_000
    page = visit(text)
    cells = page.page.locator("#drawing rect.cell.ink")
    places = cells.evaluate_all("(all) => all.map((one) => [+one.getAttribute('x'), +one.getAttribute('y')])")
    assert [len({place[side] for place in places}) for side in (0, 1)] == [8, 8]
    assert places == sorted(places, key=lambda place: (place[1], place[0]))
    ink = cells.evaluate_all("(all) => all.map((one) => +one.style.fillOpacity)")
    pixels = reference.datasets.digits().inputs[7]
    assert ink == pytest.approx([0.04 + 0.96 * pixel / 16 for pixel in pixels], abs=0.006)
    page.press("ArrowRight")
    page.choose("node", "17")
    assert "hidden node h17" in page.page.locator("#panel-title").inner_text()
    assert page.page.locator("#panel .terms tbody tr").count() == 13
    page.page.get_by_role("button", name="the 53 other terms").click()
    assert page.page.locator("#panel .terms tbody tr").count() == 65


def test_names_with_html_stay_text(visit: Open, tmp_path: Path) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in HOSTILE]
    lines, columns = [",".join([*quoted, "class"])], range(len(HOSTILE))
    for row, name in enumerate(quoted):
        lines.append(",".join([*(str((row * 7 + column) % 5) for column in columns), name]))
    (tmp_path / "<img src=x onerror=alert(2)>.csv").write_text("\n".join(lines), encoding="utf-8")
    text = page_from(tmp_path, "--data", "<img src=x onerror=alert(2)>.csv", "--sample", "0")
    page = visit(text, "#at=h.0")
    assert page.js("lesson.names.inputs") == page.js("lesson.names.outputs") == HOSTILE
    for step in ("all", "h.0", "o.0", "o.2", "y.0", "y.2", "loss", "do.6", "wo.2", "wh.0.0", "next"):
        page.js("(name) => { go(stepOfName(state.net, name)); render(); }", step)
        assert page.js("[document.images.length, document.scripts.length]") == [0, 2]
        assert page.page.locator("#panel th b, #panel th script, #numbers b, #drawing b, h1 b").count() == 0
    page.js("(name) => { go(stepOfName(state.net, name)); render(); }", "h.0")
    assert page.texts("#panel .terms th[scope=row]") == [*(cut(name) for name in HOSTILE), "bias"]
    assert all(name in whole_text(page) for name in HOSTILE)


def test_a_long_name_does_not_widen_the_page(visit: Open) -> None:
    subject = random_subject((2, 3, 2), 1, output="softmax")._replace(columns=("x" * 300, "y z"), outputs=("a", "X" * 300))
    page = visit(page_of_subjects(subject))
    wide = []
    for step in page.walk("node"):
        width = page.js("document.documentElement.scrollWidth")
        if width > 1280:
            wide.append((step, width))
    assert wide == []


def test_a_network_that_is_too_large_for_a_page_is_refused(tmp_path: Path) -> None:
    reference.NeuralNetwork(2, 10_000, 2).save(tmp_path / "wide.json")
    arguments = ("--network", "wide.json", "--inputs", "1,2", "--html", "page.html")
    assert "but a page can show at most" in error_of("reference", "explain", *arguments, folder=tmp_path)
    assert not (tmp_path / "page.html").exists()


def test_only_the_page_of_a_trained_network_has_a_training_history(visit: Open, tmp_path: Path) -> None:
    page = visit(page_from(tmp_path, "--epochs", "50"))
    assert page.js("[state.trace.length, state.trace.at(-1).epoch, state.learn]") == [15, 50, "all"]
    assert page.js("state.trace.map(({ epoch }) => epoch)") == [*range(11), 20, 30, 40, 50]
    page.button("Take one step")
    assert page.js("state.trace.at(-1).epoch") == 51
    page = visit(page_from(tmp_path, "--data", "iris"))
    assert page.js("[state.trace.length, state.rows.inputs.length, state.net.output]") == [1, 150, "softmax"]


def test_the_examples_are_chosen_by_name(visit: Open) -> None:
    page = visit(examples(), "#at=o.1")
    for key, sizes in [("gate", [3, 4, 1]), ("xor", [2, 3, 1]), ("2-2-2", [2, 2, 2]), ("3-4-2", [3, 4, 2])]:
        page.choose("example", key)
        assert page.js("[now.net.n_inputs, now.net.n_hidden, now.net.n_outputs]") == sizes
        assert page.page.locator("#drawing g.h").count() == sizes[1]
        assert page.page.locator("#panel-title").inner_text() == "The whole network"
        assert page.js("past.length") == 0


def test_the_example_chosen_in_the_command_comes_first(visit: Open, tmp_path: Path) -> None:
    page = visit(page_from(tmp_path, "--example", "xor"))
    assert page.js("data.lessons.map(({ name }) => name)") == ["xor", "3-4-2", "gate", "2-2-2"]
    assert page.js("lesson.name") == "xor"


MAZUR = {
    "now.o_nodes[0]": "0.75136507",
    "now.o_nodes[1]": "0.772928465",
    "now.loss": "0.298371109",
    "now.gradient[hoAt(now.net, 0, 0)]": "0.082167041",
    "now.next[hoAt(now.net, 0, 0)]": "0.35891648",
    "now.gradient[ihAt(now.net, 0, 0)]": "0.000438568",
    "now.next[ihAt(now.net, 0, 0)]": "0.149780716",
}


def test_the_numbers_of_an_article(visit: Open) -> None:
    """Source: Matt Mazur, "A Step by Step Backpropagation Example"."""
    page = visit(examples(), "#example=2-2-2")
    for number, printed in MAZUR.items():
        assert abs(Fraction(page.js(number)) - Fraction(printed)) <= unit(printed) / 2, number


def test_the_page_learns_xor(visit: Open) -> None:
    page = visit(examples(), "#example=xor")
    for _ in range(10):
        page.button("Train 100")
    outputs = page.js("state.rows.inputs.map((inputs) => forward(state.net, state.weights, inputs).o_nodes[0])")
    assert [round(output) for output in outputs] == [0, 1, 1, 0]


def test_typing_a_weight_and_choosing_a_node_in_a_wide_layer(visit: Open) -> None:
    page = visit(page_of_subjects(random_subject((3, 16, 2), 1)), "#at=o.0")
    assert page.texts("figcaption") == ["the weights into o0, arranged like the hidden nodes"]
    field = page.page.locator('#panel input[data-edit^="w"]').first
    edit = field.get_attribute("data-edit")
    field.click()
    page.page.keyboard.type("0.0005")
    assert page.js("[document.activeElement.dataset.edit, fullValue(document.activeElement.dataset.edit)]") == [edit, 0.0005]
    page.js("() => { go(stepOfName(state.net, 'h.3')); render(); }")
    page.choose("node", "")
    assert page.js("nameOfStep(view.step)") == "h"


def test_targets_given_in_the_command_change_only_the_chosen_row(visit: Open, tmp_path: Path) -> None:
    page = visit(page_from(tmp_path, "--data", "iris", "--sample", "2", "--targets", "0,0,1"))
    assert page.js("[state.row, now.targets]") == [2, [0, 0, 1]]
    page.choose("row", "1")
    assert page.js("now.targets") == [1, 0, 0]


def test_a_page_with_only_some_rows_says_how_many_rows_it_has(visit: Open, tmp_path: Path) -> None:
    page = visit(page_from(tmp_path, "--data", "digits", "--sample", "1000"))
    count = page.js("state.rows.inputs.length")
    assert count < 1000
    assert page.page.locator('select[data-set="row"] option:checked').inner_text() == "1000"
    assert f"the {count} rows on this page" in page.texts('select[data-set="learn"] option')
