"""Pictures, drawn by matplotlib, an extra: losses over epochs."""

import io
import math
import os
from typing import Any

from reference.specification.files import write_whole

FORMATS = (".png", ".svg")
BLUE, ORANGE = "#0072b2", "#d55e00"  # told apart by every kind of sight
FALLS = 10.0  # from this ratio of first to last on, a logarithmic axis shows more


def check(path: str, asked_by: str = "--plot") -> None:
    """Raise ValueError for a picture that cannot be drawn: no matplotlib, or another format than .png and .svg."""
    ending = os.path.splitext(path)[1].lower()
    if ending not in FORMATS:
        raise ValueError(f"{asked_by} {path}: expected a name that ends in {' or '.join(FORMATS)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ValueError(f"{asked_by} needs matplotlib; install it with: pip install matplotlib") from None


def plot_losses(path: str, training: list[float], held_out: list[float]) -> None:
    """Draw the loss of the training part, and of the held-out part if there is one, over the epochs."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes: Any = figure.add_subplot()
    parts = [
        ("training part, while it learns", training, BLUE, "-"),
        ("held-out part, after the epoch", held_out, ORANGE, "--"),
    ]
    for label, losses, colour, dash in parts:
        if losses:
            mark = "o" if len(losses) < 30 else ""
            axes.plot(range(len(losses)), losses, dash, color=colour, marker=mark, markersize=4, label=label)
    finite = [loss for loss in training + held_out if math.isfinite(loss)]
    least, largest = min(finite, default=0.0), max(finite, default=0.0)
    if least > 0 and largest / least > FALLS:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss per row")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    if training:
        axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format=os.path.splitext(path)[1][1:].lower(), dpi=150)
    write_whole(path, picture.getvalue())
