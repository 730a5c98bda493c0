"""A picture of a run: times over multiply-adds with lines and limits, ratios with intervals, the parts of a step."""

import io
import math
import os
from typing import Any

from benchmarks.intervals import break_even, interval, ratio
from benchmarks.limits import PRODUCT_LIMIT
from benchmarks.parts import PARTS
from benchmarks.results import Results, Row
from benchmarks.run import TWINS
from benchmarks.shapes import OPERATIONS
from benchmarks.tables import LOOPS, MATRICES, digits, large_line, lines_of, loop_limit
from reference.commands.plots import BLUE, ORANGE
from reference.specification.files import write_whole

COLOURS = {LOOPS: ORANGE, MATRICES: BLUE}
MARKS = {LOOPS: "s", MATRICES: "o"}
WORDS = {LOOPS: "loops", MATRICES: "matrices"}
SHADES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#bbbbbb")  # told apart by every kind of sight
HATCHES = ("", "//", "", "..", "", "xx")


def draw(path: str, results: Results, operation: str) -> None:
    """Draw the picture of an operation; ValueError where the results hold none of it."""
    import matplotlib
    from matplotlib.figure import Figure

    rows, parts = results.of("operations", operation), results.of("parts")
    rows = [row for row in rows if MATRICES in row.seconds]
    if not rows:
        raise ValueError(f"there is no row of the {OPERATIONS[operation]} in these results; choose another --operation")
    with matplotlib.rc_context(
        {
            "svg.hashsalt": "nodesum",
            "svg.fonttype": "none",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    ):
        bars = 0.9 + 0.55 * len(parts) if parts else 0.0
        figure = Figure(figsize=(10, 5 + bars), layout="constrained")
        grid = figure.add_gridspec(2 if parts else 1, 2, height_ratios=[5, bars] if parts else [1])
        precisions = " and ".join(dict.fromkeys(row.shape.dtype for row in rows))
        draw_times(figure.add_subplot(grid[0, 0]), rows, f"{OPERATIONS[operation]}, sigmoid and softmax, {precisions}")
        draw_ratios(figure.add_subplot(grid[0, 1]), rows)
        if parts:
            draw_parts(figure.add_subplot(grid[1, :]), parts)
        facts = results.machine
        figure.suptitle(
            f"{facts['processor']}, Python {facts['python']}, NumPy {facts['numpy']}, {facts['kernel'] or 'unknown'} kernel, "
            f"{' and '.join(map(str, facts['threads']))} thread, load {facts['load']}, revision {facts['revision']}",
            fontsize=9,
            color="#555555",
        )
        picture = io.BytesIO()
        ending = os.path.splitext(path)[1][1:].lower()
        figure.savefig(picture, format=ending, dpi=150, metadata={"Date": None} if ending == "svg" else None)
    write_whole(path, picture.getvalue())


def draw_times(axes: Any, rows: list[Row], title: str) -> None:
    """Draw the time of each twin over the multiply-adds, its line, its limit, and where the lines cross."""
    found = lines_of(rows)
    sizes = sorted(row.multiply_adds for row in rows)
    grid = [sizes[0] * (sizes[-1] / sizes[0]) ** (step / 100) for step in range(101)] if sizes[0] < sizes[-1] else sizes
    for name in TWINS:
        timed = [row for row in rows if name in row.seconds]
        medians = [interval(row.seconds[name]) for row in timed]
        spread = [[m.middle - m.low for m in medians], [m.high - m.middle for m in medians]]
        x = [row.multiply_adds for row in timed]
        colour = COLOURS[name]
        axes.errorbar(x, [m.middle for m in medians], spread, fmt=MARKS[name], color=colour, markersize=6, label=WORDS[name])
        through = found[name]
        if through:
            axes.plot(grid, [through.at(m) for m in grid], "-", color=colour, linewidth=1, label=f"line of the {WORDS[name]}")
    limits = {
        LOOPS: [(row.multiply_adds, interval(loop_limit(row)).middle) for row in rows],
        MATRICES: [(row.multiply_adds, interval(row.seconds[PRODUCT_LIMIT]).middle) for row in rows],
    }
    for name, label in ((LOOPS, "bare loop"), (MATRICES, PRODUCT_LIMIT)):
        axes.plot(
            *zip(*limits[name], strict=True), "_", color=COLOURS[name], markersize=13, alpha=0.55, label=f"limit: {label}"
        )
    loops, matrices = found[LOOPS], found[MATRICES]
    crossing = break_even(loops, matrices) if loops and matrices else None
    if crossing and sizes[0] <= crossing <= sizes[-1]:
        axes.axvline(crossing, color="#555555", linewidth=0.8, linestyle="--")
        axes.annotate(
            f"break-even\n{digits(crossing, float('inf'))}",
            (crossing, 0.97),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            va="top",
            fontsize=9,
        )
    axes.set(xscale="log", yscale="log", xlabel="multiply-adds", ylabel="seconds", title=title)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, loc="lower right")


def draw_ratios(axes: Any, rows: list[Row]) -> None:
    """Draw for each shape how many times as long the loops take, with its interval."""
    timed, predicted = ([row for row in rows if (LOOPS in row.seconds) is there] for there in (True, False))
    found = [ratio(row.seconds[LOOPS], row.seconds[MATRICES]) for row in timed]
    places = range(len(timed))
    spread = [[r.middle - r.low for r in found], [r.high - r.middle for r in found]]
    axes.errorbar([r.middle for r in found], places, xerr=spread, fmt="o", color=BLUE, capsize=3, markersize=5)
    for place, each in zip(places, found, strict=True):
        axes.annotate(
            digits(each.middle, (each.high - each.low) / 2),
            (each.middle, place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.axvline(1, color="#555555", linewidth=0.8, linestyle="--")
    large = large_line(rows)
    shown = [*timed, *(predicted if large else [])]
    for place, row in enumerate(shown[len(timed) :], len(timed)):
        guess = large.at(row.multiply_adds) / interval(row.seconds[MATRICES]).middle if large else 0.0
        axes.plot([guess], [place], "o", markerfacecolor="none", color=BLUE)
        told = f"≈ {digits(guess, math.inf)}"
        axes.annotate(told, (guess, place), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8)
    axes.set_yticks(range(len(shown)), [f"{row.shape.network} ×{row.shape.n_samples}" for row in shown])
    axes.set_ylim(len(shown) - 0.4, -0.9)
    axes.margins(x=0.12)
    axes.set(xscale="log", xlabel="time of the loops / time of the matrices", title="how many times faster are matrices?")
    axes.grid(alpha=0.25, axis="x")


def draw_parts(axes: Any, rows: list[Row]) -> None:
    """Draw the shares of the parts of a step, a bar for each shape."""
    names = [*PARTS, "Python between them"]
    left = [0.0] * len(rows)
    for name, shade, hatch in zip(names, SHADES, HATCHES, strict=True):
        if name in PARTS:
            shares = [100 * ratio(row.seconds[name], row.seconds["step"]).middle for row in rows]
        else:
            shares = [max(0.0, 100 - there) for there in left]
        bars = axes.barh(range(len(rows)), shares, left=left, color=shade, hatch=hatch, edgecolor="white", label=name)
        axes.bar_label(bars, [f"{share:.0f}" if share >= 4 else "" for share in shares], label_type="center", fontsize=8)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(rows)), [f"{row.shape.network} ×{row.shape.n_samples}" for row in rows])
    axes.invert_yaxis()
    axes.set(xlim=(0, 100), xlabel="per cent of the step", title="where a training step of the matrices spends its time")
    axes.legend(ncols=6, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.22))
