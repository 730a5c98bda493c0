"""A picture of a run: times over multiply-adds with lines and limits, ratios with intervals, the parts of a step."""

import math
from typing import TYPE_CHECKING

from benchmarks.intervals import interval, ratio
from benchmarks.limits import PRODUCT_LIMIT
from benchmarks.lines import LOOPS, MATRICES, break_even, large_line, line_of
from benchmarks.parts import PARTS
from benchmarks.results import Results, Row
from benchmarks.shapes import OPERATIONS
from benchmarks.tables import loop_limit
from benchmarks.texts import digits
from reference.commands.plots import BLUE, ORANGE, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TWINS = {LOOPS: ("loops", ORANGE, "s", "bare loop"), MATRICES: ("matrices", BLUE, "o", PRODUCT_LIMIT)}
GREY = "#555555"
SHADES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#bbbbbb")  # distinct with every kind of colour vision
HATCHES = ("", "//", "", "..", "", "xx")


def draw(path: str, results: Results, operation: str) -> None:
    """Draw the picture of an operation; ValueError where the results hold none of it."""
    import matplotlib
    from matplotlib.figure import Figure

    rows, parts = results.rows_of("operations", operation), results.rows_of("parts")
    rows = [row for row in rows if MATRICES in row.seconds]
    if not rows:
        raise ValueError(f"there is no row of the {OPERATIONS[operation]} in these results; choose another --operation")
    with matplotlib.rc_context():
        matplotlib.rcParams.update({"font.size": 10})
        matplotlib.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
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
            color=GREY,
        )
        save(figure, path)


def draw_times(axes: "Axes", rows: list[Row], title: str) -> None:
    """Draw the time of each twin over the multiply-adds, its line, its limit, and where the lines cross."""
    sizes = sorted(row.multiply_adds for row in rows)
    grid = [sizes[0] * (sizes[-1] / sizes[0]) ** (step / 100) for step in range(101)]
    for name, (label, colour, mark, limit_label) in TWINS.items():
        points = [row for row in rows if name in row.seconds]
        medians = [interval(row.seconds[name]) for row in points]
        spread = [[m.middle - m.low for m in medians], [m.high - m.middle for m in medians]]
        x, y = [row.multiply_adds for row in points], [m.middle for m in medians]
        axes.errorbar(x, y, spread, fmt=mark, color=colour, markersize=6, label=label)
        line = line_of(name, rows)
        if line:
            axes.plot(grid, [line.at(m) for m in grid], "-", color=colour, linewidth=1, label=f"line of the {label}")
        limits = [interval(loop_limit(row) if name == LOOPS else row.seconds[PRODUCT_LIMIT]).middle for row in rows]
        x = [row.multiply_adds for row in rows]
        axes.plot(x, limits, "_", color=colour, markersize=13, alpha=0.55, label=f"limit: {limit_label}")
    crossing = break_even(line_of(LOOPS, rows), line_of(MATRICES, rows))
    if crossing and sizes[0] <= crossing <= sizes[-1]:
        axes.axvline(crossing, color=GREY, linewidth=0.8, linestyle="--")
        axes.annotate(
            f"break-even\n{digits(crossing, math.inf)}",
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


def draw_ratios(axes: "Axes", rows: list[Row]) -> None:
    """Draw for each shape how many times as long the loops take, with its interval, or as predicted by their line."""
    prediction = large_line(rows)
    rows_with_loops = [row for row in rows if LOOPS in row.seconds]
    rows = [*rows_with_loops, *(row for row in rows if LOOPS not in row.seconds and prediction)]
    for place, row in enumerate(rows):
        if LOOPS in row.seconds:
            times = ratio(row.seconds[LOOPS], row.seconds[MATRICES])
            middle, text = times.middle, digits(times.middle, (times.high - times.low) / 2)
            spread = [[middle - times.low], [times.high - middle]]
            axes.errorbar([middle], [place], xerr=spread, fmt="o", color=BLUE, capsize=3, markersize=5)
        elif prediction:
            middle = prediction.at(row.multiply_adds) / interval(row.seconds[MATRICES]).middle
            text = f"≈ {digits(middle, math.inf)}"
            axes.plot([middle], [place], "o", markerfacecolor="none", color=BLUE)
        axes.annotate(text, (middle, place), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8)
    axes.axvline(1, color=GREY, linewidth=0.8, linestyle="--")
    axes.set_yticks(range(len(rows)), [f"{row.shape.network} ×{row.shape.n_samples}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.9)
    axes.margins(x=0.12)
    axes.set(xscale="log", xlabel="time of the loops / time of the matrices", title="how many times faster are matrices?")
    axes.grid(alpha=0.25, axis="x")


def draw_parts(axes: "Axes", rows: list[Row]) -> None:
    """Draw the shares of the parts of a step, a bar for each shape."""
    left = [0.0] * len(rows)
    for name, shade, hatch in zip([*PARTS, "Python between them"], SHADES, HATCHES, strict=True):
        if name in PARTS:
            shares = [100 * ratio(row.seconds[name], row.seconds["step"]).middle for row in rows]
        else:
            shares = [max(0.0, 100 - end) for end in left]
        bars = axes.barh(range(len(rows)), shares, left=left, color=shade, hatch=hatch, edgecolor="white", label=name)
        axes.bar_label(bars, [f"{share:.0f}" if share >= 4 else "" for share in shares], label_type="center", fontsize=8)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(rows)), [f"{row.shape.network} ×{row.shape.n_samples}" for row in rows])
    axes.invert_yaxis()
    axes.set(xlim=(0, 100), xlabel="per cent of the step", title="where a training step of the matrices spends its time")
    axes.legend(ncols=6, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.22))
