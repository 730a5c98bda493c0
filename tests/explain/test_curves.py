"""The picture of the activations shows what the loops compute, and the functions and derivatives are correct."""

import math
import os
import re
import sys
from collections.abc import Callable
from decimal import Decimal, localcontext
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.colors import to_hex

from reference import Bounded
from reference.activations import ACTIVATIONS, activation, softmax
from reference.commands.plots import BLUE, ORANGE
from reference.explain import curves
from reference.numbers.kinds import FLOAT, kind_of_type
from reference.specification.names import OUTPUT
from tests import truth
from tests.command import error_of, output_of, process
from tests.thorough import mark_slow_in

BOUNDED = kind_of_type(Bounded)

Lines = dict[str, tuple[list[tuple[float, float]], list[tuple[float, float]]]]


def points(line: Any) -> list[tuple[float, float]]:
    """Return the points of a line, without the NaN that makes a gap."""
    return [(float(z), float(y)) for z, y in zip(*line.get_data(), strict=True) if not math.isnan(z)]


def panels() -> dict[str, Any]:
    return {axes.get_title(loc="left"): axes for axes in curves.figure().axes}


def lines() -> Lines:
    """Return the points of each activation and of its derivative."""
    return {name: (points(axes.lines[0]), points(axes.lines[1])) for name, axes in panels().items()}


# What is drawn.


def check_equal_to_loops(curves_of: Lines) -> None:
    """Assert that every point equals the result of the loops, bit for bit, and that the points are close together.

    The loops have no derivative of softmax, so that curve is not compared.
    """
    assert sorted(curves_of) == sorted(OUTPUT)
    for name, (of_node, of_slope) in curves_of.items():
        if name == "softmax":
            assert of_node == [(z, softmax([z, 0.0], FLOAT)[0]) for z, _ in of_node]
        else:
            f, slope = activation(name, FLOAT)
            assert of_node == [(z, f(z)) for z, _ in of_node], name
            assert of_slope == [(z, slope(z)) for z, _ in of_slope], name
        at = [z for z, _ in of_node]
        assert [z for z, _ in of_slope] == at
        assert (at[0], at[-1]) == (-5, 5)
        assert all(0 < after - before <= 10 / 300 for before, after in pairwise(at))


def test_the_curves_are_the_functions_of_the_loops() -> None:
    check_equal_to_loops(lines())


def true_slope(name: str, z: Decimal) -> Decimal:
    """Return the derivative at z as a difference quotient, which is exact for relu and leaky_relu."""
    f = truth.ACTIVATIONS["sigmoid" if name == "softmax" else name][0]
    step = Decimal("1e-30")
    if name in ("relu", "leaky_relu"):
        return (f(z) - f(z - step)) / step if z <= 0 else (f(z + step) - f(z)) / step
    return (f(z + step) - f(z - step)) / (2 * step)


def bounded(name: str) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return an activation and its derivative on `Bounded` numbers. Their results have proven error bounds."""
    if name != "softmax":
        return activation(name, BOUNDED)
    return lambda z: softmax([z, Bounded(0.0)], BOUNDED)[0], lambda z: math.prod(softmax([z, Bounded(0.0)], BOUNDED))


QUOTIENT_ERROR = Decimal("1e-59")  # more than step**2 / 6 * the third derivative (at most 2) plus the rounding to 100 digits


def check_within_bounds(curves_of: Lines) -> None:
    """Assert that every point differs from the true value by at most the proven bound."""
    for name, (of_node, of_slope) in curves_of.items():
        f, slope = bounded(name)
        true = truth.ACTIVATIONS["sigmoid" if name == "softmax" else name][0]
        with localcontext(truth.DIGITS):
            for z, y in of_node:
                assert abs(Decimal(y) - true(Decimal(z))) <= Decimal(f(Bounded(z)).error), f"{name} at {z}"
            for z, y in of_slope:
                bound = Decimal(slope(Bounded(z)).error) + QUOTIENT_ERROR
                assert abs(Decimal(y) - true_slope(name, Decimal(z))) <= bound, f"derivative of {name} at {z}"


def test_functions_and_derivatives_are_correct() -> None:
    check_within_bounds(lines())


@pytest.mark.parametrize(
    ("function", "mistake"),
    [
        ("activation", lambda name, kind: (activation(name, kind)[0], lambda z: 1.0)),
        ("softmax", lambda o_sums, kind: softmax([z / 2 for z in o_sums], kind)),
    ],
)
def test_a_mistake_is_found(function: str, mistake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, function, mistake)
    with pytest.raises(AssertionError):
        check_within_bounds(lines())
    with pytest.raises(AssertionError):
        check_equal_to_loops(lines())


def test_the_picture_has_every_activation() -> None:
    assert sorted(name for row in curves.ROWS for name in row) == sorted([*ACTIVATIONS, "softmax"])
    assert sorted(curves.FORMULAS) == sorted(OUTPUT)


# How it is drawn.


def marks(axes: Any) -> list[tuple[float, float, bool]]:
    """Return (z, slope, is filled) for each mark in a panel."""
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    return sorted((*points(dot)[0], to_hex(dot.get_markerfacecolor()) == ORANGE) for dot in dots)


def test_a_dot_is_the_derivative_at_0_and_a_ring_the_limit_from_the_right() -> None:
    for name, axes in panels().items():
        value = {"relu": 0.0, "leaky_relu": 0.01}.get(name)
        assert marks(axes) == ([] if value is None else [(0.0, value, True), (0.0, 1.0, False)]), name
        note = axes.get_title(loc="right")
        assert ("f′(0) = " in note) == bool(marks(axes))
        z = [float(z) for z in axes.lines[1].get_xdata()]
        gaps = [at for at in range(len(z)) if math.isnan(z[at])]
        assert [(z[at - 1], z[at + 1]) for at in gaps] == [(0.0, math.ulp(0.0))] * bool(marks(axes))
    assert panels()["leaky_relu"].get_title(loc="right").endswith("f′(0) = 1/100")


def test_functions_are_solid_and_derivatives_dashed_and_each_row_has_one_scale() -> None:
    axes_of = panels()
    for axes in axes_of.values():
        assert [line.get_linestyle() for line in axes.lines[:2]] == ["-", "--"]
        assert [to_hex(line.get_color()) for line in axes.lines[:2]] == [BLUE, ORANGE]
        assert [text.get_text() for text in axes.get_legend().get_texts()] == [line.get_label() for line in axes.lines[:2]]
    for row in curves.ROWS:
        assert len({(axes_of[name].get_xlim(), axes_of[name].get_ylim()) for name in row}) == 1


def meaning(formula: str) -> Any:
    """Return a formula of the picture as Python code."""
    for sign, code in {"eᶻ": "exp(z)", "e⁻ᶻ": "exp(-z)", "tanh z": "tanh(z)", "·": "*", "−": "-", "²": "**2"}.items():
        formula = formula.replace(sign, code)
    formula = re.sub(r"(.+) for (.+), else (.+)", r"(\1) if \2 else (\3)", formula)
    return compile(re.sub(r"\d+", r"Decimal(\g<0>)", formula), formula, "eval")


@pytest.mark.parametrize("name", mark_slow_in(OUTPUT, "sigmoid", "relu", "identity"))
def test_the_curves_follow_the_formulas(name: str) -> None:
    axes = panels()[name]
    codes = [meaning(line.get_label().split(" = ")[1]) for line in axes.lines[:2]]
    words = {"Decimal": Decimal, "exp": Decimal.exp, "tanh": truth.tanh, "max": max}
    with localcontext(truth.DIGITS):

        def f(z: Decimal) -> Decimal:
            return eval(codes[0], words | {"z": z})

        for line, code, bound in zip(axes.lines, codes, bounded(name), strict=False):
            for z, y in points(line):
                expected = eval(code, words | {"z": Decimal(z), "f": f})
                assert abs(Decimal(y) - expected) <= Decimal(bound(Bounded(z)).error) + QUOTIENT_ERROR, (name, z)


# The command.


def test_an_svg_contains_names_and_formulas_as_text(tmp_path: Path) -> None:
    text = output_of("reference", "plot-activations", "activations.svg", folder=tmp_path)
    assert text == "picture of the activations in activations.svg\n"
    picture = (tmp_path / "activations.svg").read_bytes()
    root = ElementTree.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for name, formulas in curves.FORMULAS.items():
        assert name in texts
        for sign, formula in zip(("f", "f′"), formulas, strict=True):
            assert f"{sign}(z) = {formula}" in texts
    assert b"<dc:date>" not in picture
    assert os.listdir(tmp_path) == ["activations.svg"]


@pytest.mark.thorough
def test_a_picture_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        assert process("-m", "reference", "plot-activations", name, folder=tmp_path).status == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


BAD = {
    "": "FILE",
    "a.pdf": "FILE a.pdf: expected a name that ends in .png or .svg",
    "-": "FILE -: expected a name that ends in .png or .svg",
    "no/such/a.svg": "no/such/a.svg: the folder does not exist",
    "folder.svg": "'folder.svg' is not a regular file",
    "a.svg b.svg": "b.svg",
}


@pytest.mark.parametrize("arguments", BAD)
def test_bad_input_gives_an_error_of_one_line_and_changes_no_file(arguments: str, tmp_path: Path) -> None:
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "a.svg").write_text("mine")
    assert BAD[arguments] in error_of("reference", "plot-activations", *arguments.split(), folder=tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["a.svg", "folder.svg"]
    assert (tmp_path / "a.svg").read_text() == "mine"


@pytest.mark.thorough
def test_a_picture_as_png(tmp_path: Path) -> None:
    output_of("reference", "plot-activations", "a.PNG", folder=tmp_path)
    picture = (tmp_path / "a.PNG").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.endswith(b"IEND\xaeB`\x82")
    assert os.listdir(tmp_path) == ["a.PNG"]


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = error_of("reference", "plot-activations", "a.svg", folder=tmp_path)
    assert "FILE needs matplotlib; install it with: pip install matplotlib" in message
    assert not (tmp_path / "a.svg").exists()
