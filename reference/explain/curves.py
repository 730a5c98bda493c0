"""The command `plot-activations`: plot every activation and its derivative."""

import argparse
import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from reference.activations import activation, softmax
from reference.commands import plots
from reference.commands.line import Commands, console
from reference.commands.outputs import check_outputs
from reference.commands.plots import BLUE, ORANGE
from reference.commands.report import say
from reference.numbers.kinds import FLOAT, exact_float

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = Callable[[float], float]
REACH, STEPS = 5, 400  # from -5 to 5, as in document 000
BEYOND_0 = math.ulp(0.0)  # the smallest number above 0, to draw a derivative that jumps at 0
SUMS = sorted({BEYOND_0, *(2 * REACH * step / STEPS - REACH for step in range(STEPS + 1))})
GREY = "#555555"
ROWS: tuple[tuple[str, ...], ...] = (("sigmoid", "tanh", "softmax"), ("relu", "leaky_relu", "identity"))  # a row has one y axis
FORMULAS = {  # the function and its derivative
    "sigmoid": ("1/(1 + e⁻ᶻ)", "f(z)·(1 − f(z))"),
    "tanh": ("tanh z", "1 − f(z)²"),
    "softmax": ("eᶻ/(eᶻ + 1)", "f(z)·(1 − f(z))"),
    "relu": ("max(z, 0)", "1 for z > 0, else 0"),
    "leaky_relu": ("max(z, z/100)", "1 for z > 0, else 1/100"),
    "identity": ("z", "1"),
}


def add_to(commands: Commands) -> None:
    """Add the command `plot-activations`."""
    parser = commands.add_parser(
        "plot-activations",
        help="plot every activation and its derivative",
        description="Plot every activation (solid) and its derivative (dashed).\n"
        "Softmax depends on several sums. It is drawn for two sums, z and 0, where it equals the sigmoid of z.",
        epilog="Example:\n  python -m reference plot-activations activations.svg",
    )
    parser.add_argument("file", metavar="FILE", help="the picture, .png or .svg; needs matplotlib")
    parser.set_defaults(run=run, prog=parser.prog)


def run(options: argparse.Namespace) -> int:
    """Draw the picture and return the exit status."""
    plots.check(options.file, "FILE")
    check_outputs([("FILE", options.file)])
    plots.save(figure(), options.file)
    say(console(), f"picture of the activations in {options.file}")
    return 0


def pair_of(name: str) -> tuple[Curve, Curve]:
    """Return an activation and its derivative. Softmax of z and 0 has the nodes y and 1 - y, and the slope y * (1 - y)."""
    if name != "softmax":
        f, slope = activation(name, FLOAT)
        return lambda z: exact_float(f(z)), lambda z: exact_float(slope(z))

    def slope_of_softmax(z: float) -> float:
        y, other = softmax([z, 0.0], FLOAT)
        return exact_float(y * other)

    return lambda z: exact_float(softmax([z, 0.0], FLOAT)[0]), slope_of_softmax


def figure() -> "Figure":
    """Return the figure, with one panel for each activation."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(11, 3.8 * len(ROWS)), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    figure.suptitle("The activations f of a sum z: f(z) solid, the derivative f′(z) dashed")
    panels = figure.subplots(len(ROWS), len(ROWS[0]), sharex=True, sharey="row")
    for row, names in zip(panels, ROWS, strict=True):
        for axes, name in zip(row, names, strict=True):
            draw_pair(axes, name)
    return figure


def draw_pair(axes: "Axes", name: str) -> None:
    """Draw f and f′. Where f′ jumps, its line has a gap: a dot marks f′(0), a ring marks the limit from the right."""
    (f, slope), (formula, slope_formula) = pair_of(name), FORMULAS[name]
    jumps, sums = slope(0.0) != slope(BEYOND_0), list(SUMS)
    note = "for two sums that differ by z" if name == "softmax" else ""
    if jumps:
        sums.insert(sums.index(BEYOND_0), math.nan)
    axes.plot(SUMS, [f(z) for z in SUMS], "-", color=BLUE, linewidth=2.6, label=f"f(z) = {formula}")
    slopes = [math.nan if math.isnan(z) else slope(z) for z in sums]
    axes.plot(sums, slopes, "--", color=ORANGE, linewidth=1.8, label=f"f′(z) = {slope_formula}")
    if jumps:
        for z, fill in ((BEYOND_0, "white"), (0.0, ORANGE)):
            axes.plot(0.0, slope(z), "o", color=ORANGE, markerfacecolor=fill, markersize=7, clip_on=False)
        note = f"the dot: f′(0) = {fraction(slope(0.0))}"
    axes.set_title(name, loc="left", fontweight="bold", pad=44)
    axes.set_title(note, loc="right", fontsize=9, color=GREY, pad=44)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.03, 1.0), frameon=False, borderaxespad=0.2, handlelength=2.6)
    axes.set_xlabel("z")
    axes.tick_params(labelbottom=True)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def fraction(slope: float) -> str:
    """Return a slope as a simple fraction.

    >>> fraction(0.01), fraction(0.0)
    ('1/100', '0')
    """
    return str(Fraction(slope).limit_denominator(1000))
