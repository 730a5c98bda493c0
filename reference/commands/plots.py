"""Draw pictures with matplotlib, which is an optional dependency."""

import io
import os
from typing import TYPE_CHECKING

from reference.specification.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg")
BLUE, ORANGE = "#0072b2", "#d55e00"  # also distinct for colour-blind readers


def check(path: str, what: str) -> None:
    """Raise ValueError if matplotlib is not installed, or if the picture is neither .png nor .svg."""
    ending = os.path.splitext(path)[1].lower()
    if ending not in FORMATS:
        raise ValueError(f"{what} {path}: expected a name that ends in {' or '.join(FORMATS)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ValueError(f"{what} needs matplotlib; install it with: pip install matplotlib") from None


def save(figure: "Figure", path: str) -> None:
    """Write a figure, completely or not at all. An SVG has the same bytes every time. Its text is not drawn as curves."""
    import matplotlib

    ending, picture = os.path.splitext(path)[1][1:].lower(), io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "nodesum", "svg.fonttype": "none"}):
        figure.savefig(picture, format=ending, dpi=150, metadata={"Date": None} if ending == "svg" else None)
    write_whole(path, picture.getvalue())
