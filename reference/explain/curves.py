"""The command `plot-activations`: every activation with its derivative, drawn from the functions that the loops call.

Softmax is no curve of one sum. Of two it is one of their difference, the sigmoid, and so it is drawn; its derivative is what
dual numbers say of the very function.
"""

import argparse
import io
import math
import os
from fractions import Fraction
from typing import Any

from reference.activations import Pair, activation, softmax
from reference.commands import plots
from reference.commands.line import console
from reference.commands.outputs import check_outputs
from reference.commands.plots import BLUE, ORANGE
from reference.commands.report import say
from reference.numbers.kinds import FLOAT, kind_of_type
from reference.specification.door import expect, number
from reference.specification.files import write_whole

START, STOP = -5.0, 5.0  # as document 000 draws them
FARTHEST, NARROWEST = 100.0, 0.01
STEPS = 400
BEYOND_0 = math.ulp(0.0)  # the least number above 0: where a derivative jumps there, it is drawn up to its very end
GREY = "#555555"
ROWS = (("sigmoid", "tanh", "softmax"), ("relu", "leaky_relu", "identity"))  # a row has one scale
FORMULAS = {  # of the function and of its derivative
    "sigmoid": ("1/(1 + e⁻ᶻ)", "f(z)·(1 − f(z))"),
    "tanh": ("tanh z", "1 − f(z)²"),
    "softmax": ("eᶻ/(eᶻ + 1)", "f(z)·(1 − f(z))"),
    "relu": ("max(z, 0)", "1 for z > 0, else 0"),
    "leaky_relu": ("max(z, z/100)", "1 for z > 0, else 1/100"),
    "identity": ("z", "1"),
}
SOFTMAX_NOTE = "of two sums that differ by z"
EXAMPLES = """Examples:
  python -m reference plot-activations activations.svg
  python -m reference plot-activations near_zero.png --from -1 --to 1"""


def add_to(commands: Any) -> None:
    """Add the command to those of `python -m reference`."""
    parser = commands.add_parser(
        "plot-activations",
        help="a picture of every activation with its derivative",
        description="Draw every activation (solid) with its derivative (dashed), from the functions that the loops call.\n"
        "Softmax is no curve of one sum: it is drawn for two, z and 0, where it is the sigmoid of their difference.",
        epilog=EXAMPLES,
    )
    parser.add_argument("file", metavar="FILE", help="the picture, .png or .svg; needs matplotlib")
    told = f"the {{}} sum (default {{:g}}), within ±{FARTHEST:g}"
    parser.add_argument("--from", dest="start", type=float, default=START, metavar="Z", help=told.format("least", START))
    parser.add_argument("--to", dest="stop", type=float, default=STOP, metavar="Z", help=told.format("largest", STOP))
    parser.set_defaults(run=run, prog=parser.prog)


def run(options: argparse.Namespace) -> int:
    """Draw the picture, and return the exit status."""
    for flag, z in (("--from", options.start), ("--to", options.stop)):
        number(z, flag, lambda z: abs(z) <= FARTHEST, f"within ±{FARTHEST:g}")
    wide = round(options.stop - options.start, 9) >= NARROWEST
    expect(wide, options.start, "--from", f"a number below --to, which is {options.stop!r}, by at least {NARROWEST:g}")
    plots.check(options.file, "FILE")
    check_outputs([("FILE", options.file)])
    draw(options.file, options.start, options.stop)
    say(console(), f"picture of the activations in {options.file}")
    return 0


def pair_of(name: str) -> Pair:
    """Return the function and its derivative, of floats: those that the loops call, softmax of the two sums z and 0."""
    if name != "softmax":
        return activation(name, FLOAT)
    from reference.numbers.dual import Dual

    dual = Dual.of(float)
    kind = kind_of_type(dual)
    assert kind is not None
    return lambda z: softmax([z, 0.0], FLOAT)[0], lambda z: softmax([dual(z, 1), dual(0)], kind)[0].slope


def sums(start: float, stop: float) -> list[float]:
    """Return the sums to draw at, evenly from start to stop; among them are 0 and the least number above it.

    >>> sums(-1.0, 1.0)[199:203]
    [-0.005, 0.0, 5e-324, 0.005]
    """
    evenly = {(start * (STEPS - step) + stop * step) / STEPS for step in range(STEPS + 1)}
    return sorted(evenly | {z for z in (0.0, BEYOND_0) if start <= z <= stop})


def figure_of(start: float, stop: float) -> Any:
    """Return the figure: a panel for each activation, titled with its name; the first two lines in it are f and f′."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(11, 7.6), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    figure.suptitle("What a node makes of the sum z that reaches it: f(z) solid, its derivative f′(z) dashed")
    panels: Any = figure.subplots(2, 3, sharex=True, sharey="row")
    for axes, name in zip(panels.flat, [name for row in ROWS for name in row], strict=True):
        draw_pair(axes, name, sums(start, stop))
    if start < 0:
        tallest = max(map(abs, panels[1][1].get_ylim()))
        panels[1][1].set_ylim(-tallest, tallest)
        enlarge(panels[1][1])
    return figure


def draw_pair(axes: Any, name: str, at: list[float]) -> None:
    """Draw f and f′, which is cut where it jumps at 0: a dot is the value that it has there, a ring the one it has not."""
    (f, slope), (of_node, of_slope) = pair_of(name), FORMULAS[name]
    slopes, jumps = [slope(z) for z in at], slope(0.0) != slope(BEYOND_0)
    axes.plot(at, [f(z) for z in at], "-", color=BLUE, linewidth=2.6, label=f"f(z) = {of_node}")
    if jumps and BEYOND_0 in at:
        cut = at.index(BEYOND_0)
        at, slopes = [*at[:cut], math.nan, *at[cut:]], [*slopes[:cut], math.nan, *slopes[cut:]]
    axes.plot(at, slopes, "--", color=ORANGE, linewidth=1.8, label=f"f′(z) = {of_slope}")
    dotted = jumps and 0.0 in at
    if dotted:
        dot = {"color": ORANGE, "markersize": 7, "clip_on": False}
        if BEYOND_0 in at:
            axes.plot(0.0, slope(BEYOND_0), "o", markerfacecolor="white", **dot)
        axes.plot(0.0, slope(0.0), "o", **dot)
    axes.set_title(name, loc="left", fontweight="bold", pad=44)
    note = SOFTMAX_NOTE if name == "softmax" else f"the dot: f′(0) = {shown_slope(slope(0.0))}" if dotted else ""
    axes.set_title(note, loc="right", fontsize=9, color=GREY, pad=44)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.03, 1.0), frameon=False, borderaxespad=0.2, handlelength=2.6)
    axes.set_xlabel("z")
    axes.tick_params(labelbottom=True)
    axes.locator_params(axis="x", nbins=6, steps=(1, 2, 5, 10))
    axes.ticklabel_format(useOffset=False)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def shown_slope(slope: float) -> str:
    """Return the simple fraction that a slope is the float of.

    >>> shown_slope(0.01), shown_slope(0.0)
    ('1/100', '0')
    """
    return str(Fraction(slope).limit_denominator(1000))


def enlarge(axes: Any) -> None:
    """Draw the negative side of a panel again in its free lower half, so high that a slope of 1/100 shows."""
    inset = axes.inset_axes((0.2, 0.1, 0.76, 0.3))
    for line in axes.lines[:2]:
        points = [(z, y) for z, y in zip(*line.get_data(), strict=True) if z <= 0]
        style = {"color": line.get_color(), "linestyle": line.get_linestyle(), "linewidth": line.get_linewidth()}
        inset.plot(*zip(*points, strict=True), **style)
    inset.set_title(f"enlarged: slope {shown_slope(points[0][1])}", loc="right", fontsize=9, color=GREY, pad=2)
    inset.locator_params(nbins=4)
    inset.ticklabel_format(useOffset=False)
    inset.tick_params(labelsize=8)
    inset.grid(alpha=0.3)
    inset.spines[["top", "right"]].set_visible(False)


def draw(path: str, start: float, stop: float) -> None:
    """Draw the picture of the sums from start to stop; the same SVG every time, its text as text."""
    import matplotlib

    ending, picture = os.path.splitext(path)[1][1:].lower(), io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "nodesum", "svg.fonttype": "none", "font.size": 10}):
        figure_of(start, stop).savefig(picture, format=ending, dpi=150, metadata={"Date": None} if ending == "svg" else None)
    write_whole(path, picture.getvalue())
