"""A picture of a run: the times, also of the bare loop and the bare products, the ratios, and the parts of a training step."""

import textwrap
from typing import TYPE_CHECKING

from benchmarks import machine
from benchmarks.answer import clear_sides, loop_limit, loops_over_matrices
from benchmarks.intervals import interval, quotient, ratio
from benchmarks.limits import PRODUCT_LIMIT
from benchmarks.lines import LOOPS, MATRICES, prediction
from benchmarks.parts import PARTS
from benchmarks.results import Results, Row
from benchmarks.shapes import OPERATIONS
from benchmarks.texts import digits
from reference.commands.plots import BLUE, ORANGE, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = {LOOPS: ("loops", ORANGE, "s", "limit: bare loop"), MATRICES: ("matrices", BLUE, "o", "limit: bare products")}
GREY = "#555555"
SHADES = ("#7fb8e6", "#f5b83d", "#5fc9a5", "#e3a3c6", "#f0e68c", "#d0d0d0")  # light, so that black numbers stand out


def draw(path: str, results: Results, operation: str) -> None:
    """Draw the picture of an operation. Raises ValueError if the matrices were timed in no row of this operation."""
    import matplotlib
    from matplotlib.figure import Figure

    rows, parts = results.rows_of("operations", operation), results.rows_of("parts")
    rows = [row for row in rows if MATRICES in row.seconds]
    if not rows:
        raise ValueError(
            f"these results do not compare loops with matrices in the {OPERATIONS[operation]}; choose another --operation, "
            "or measure without --peers and --contender, which replace this comparison"
        )
    with matplotlib.rc_context():
        matplotlib.rcParams.update({"font.size": 11, "axes.titlesize": 12})
        matplotlib.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
        heights = [max(4.6, 1.2 + 0.4 * len(rows)), *([1.3 + 0.45 * len(parts)] if parts else [])]
        figure = Figure(figsize=(10, 0.5 + sum(heights)), layout="constrained")
        grid = figure.add_gridspec(len(heights), 2, height_ratios=heights)
        precisions = " and ".join(dict.fromkeys(row.shape.dtype for row in rows))
        draw_times(figure.add_subplot(grid[0, 0]), rows, f"Time of one {OPERATIONS[operation]}, {precisions}")
        draw_ratios(figure.add_subplot(grid[0, 1]), rows)
        if parts:
            draw_parts(figure.add_subplot(grid[1, :]), parts)
        caption = "\n".join(textwrap.fill(line, 140) for line in machine.lines(results.machine))
        figure.suptitle(caption, fontsize=9, color=GREY)
        save(figure, path)


def draw_times(axes: "Axes", rows: list[Row], title: str) -> None:
    """Plot times, also of the bare loop and products, against the multiply-adds. Mark the break-even sizes for one sample."""
    from matplotlib.ticker import EngFormatter

    sizes = [row.multiply_adds for row in rows]
    for name, (label, colour, mark, limit_label) in STYLES.items():
        points = [row for row in rows if name in row.seconds]
        medians = [interval(row.seconds[name]).middle for row in points]
        axes.plot([row.multiply_adds for row in points], medians, mark, color=colour, label=label)
        predicted = [(row.multiply_adds, interval(t).middle) for row in rows if name == LOOPS and (t := prediction(row, rows))]
        if predicted:
            axes.plot(*zip(*predicted, strict=True), mark, color=colour, markerfacecolor="none", label="predicted")
        limits = [interval(loop_limit(row) if name == LOOPS else row.seconds[PRODUCT_LIMIT]).middle for row in rows]
        axes.plot(sizes, limits, "_", color=colour, markersize=11, alpha=0.7, label=limit_label)
    axes.set(xscale="log", yscale="log", xlabel="multiply-adds", title=title)
    low, high = axes.get_ylim()
    axes.set_ylim(low / 10, high)  # room for the text
    loops, matrices = clear_sides([row for row in rows if row.shape.n_samples == 1])
    if loops and matrices:
        low, high = loops[-1].multiply_adds, matrices[0].multiply_adds
        axes.axvspan(low, high, color=GREY, alpha=0.15, linewidth=0)
        text = f"break-even for\none sample:\n{low:,} to {high:,}"
        axes.annotate(text, (high, 0.02), xycoords=("data", "axes fraction"), xytext=(5, 0), textcoords="offset points")
    axes.yaxis.set_major_formatter(EngFormatter(unit="s"))
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.17), frameon=False)


def draw_ratios(axes: "Axes", rows: list[Row]) -> None:
    """Draw loops / matrices for each shape, with the 95 % interval. Loops that were not timed are predicted."""
    predicted = [prediction(row, rows) for row in rows]
    shown = [(row, t) for row, t in zip(rows, predicted, strict=True) if t or LOOPS in row.seconds]
    rows = [row for row, _ in shown]
    for place, (row, t) in enumerate(shown):
        times = quotient(t, row.seconds[MATRICES]) if t else loops_over_matrices(row)
        middle, low, high = times
        text = f"{'≈ ' if t else ''}{digits(middle, times.spread * middle)}"
        ends, fill = [[middle - low], [high - middle]], "none" if t else BLUE
        axes.errorbar(middle, place, xerr=ends, fmt="o", color=BLUE, markerfacecolor=fill, capsize=3)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        axes.annotate(text, (high, place), xytext=(8, 0), textcoords="offset points", va="center", bbox=box)
    axes.axvline(1, color=GREY, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(rows)), [row.shape.label for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set(xscale="log", xlabel="time of the loops / time of the matrices", title="How many times as fast are matrices?")
    low, high = axes.get_xlim()
    axes.set_xlim(low, high * 6)  # room for the last number
    axes.grid(alpha=0.25, axis="x")


def draw_parts(axes: "Axes", rows: list[Row]) -> None:
    """Draw the shares of the parts of a step, a bar for each shape."""
    left = [0.0] * len(rows)
    for name, shade in zip([*PARTS, "the rest"], SHADES, strict=True):
        if name in PARTS:
            shares = [100 * ratio(row.seconds[name], row.seconds["step"]).middle for row in rows]
        else:
            shares = [max(0.0, 100 - end) for end in left]
        bars = axes.barh(range(len(rows)), shares, left=left, color=shade, edgecolor="white", label=name)
        axes.bar_label(bars, [f"{share:.0f}" if share >= 3 else "" for share in shares], label_type="center")
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(rows)), [row.shape.label for row in rows])
    axes.invert_yaxis()
    title = "Where a training step of the matrices spends its time\n\n"
    axes.set(xlim=(0, 100), xlabel="per cent of the time of the step", title=title)
    axes.legend(ncols=6, fontsize=10, loc="lower center", bbox_to_anchor=(0.45, 1.0), frameon=False, columnspacing=1.2)
