"""What a training leaves behind: the network, its losses as a table and as a picture, its blocks as text."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from reference.commands import plots
from reference.commands.line import file_of
from reference.commands.outputs import check_outputs
from reference.specification.files import write_whole

BLOCKS = ("ih_weights", "h_biases", "ho_weights", "o_biases")


def check_targets(options: argparse.Namespace) -> None:
    """Raise ValueError or OSError now for what could not be written at the end, or would overwrite the data."""
    folder = options.weights_text
    if folder is not None and os.path.lexists(folder or ".") and not os.path.isdir(folder or "."):
        raise ValueError(f"--weights-text {folder}: is no folder; give the name of one")
    for name in (folder or "").split(os.sep):
        with suppress(FileNotFoundError):
            os.lstat(name)  # a name too long
    writes = [("--save", options.save), ("--loss-file", options.loss_file), ("--plot", options.plot)]
    made = text_files(folder) if os.path.isdir(folder or ".") else [first_missing(folder)]
    writes += [("--weights-text", path) for path in made]
    check_outputs(writes, [("DATA", file_of(options.data))], standard=("--save", "--loss-file"))
    if options.plot is not None:
        plots.check(options.plot)


def text_files(folder: str | None) -> list[str]:
    """Return the files that the blocks are written to."""
    return [] if folder is None else [os.path.join(folder or ".", f"{block}.txt") for block in BLOCKS]


def first_missing(folder: str) -> str:
    """Return the folder itself, or the outermost folder around it that is not there: it is made at the end."""
    outer = os.path.dirname(folder.rstrip(os.sep))
    return folder if not outer or os.path.exists(outer) else first_missing(outer)


def keep(network: Any, options: argparse.Namespace, epochs: Any) -> Iterator[str]:
    """Write all that the options ask for, and yield what stands where."""
    if options.save is not None:
        network.save(sys.stdout if options.save == "-" else options.save)
        yield f"network in {shown_name(options.save)}"
    if options.loss_file is not None:
        text = "epoch,loss\n" + "".join(f"{epoch},{loss!r}\n" for epoch, loss in enumerate(epochs.training))
        if options.loss_file == "-":
            sys.stdout.write(text)
        else:
            write_whole(options.loss_file, text)
        yield f"losses in {shown_name(options.loss_file)}"
    if options.plot is not None:
        plots.plot_losses(options.plot, *epochs.per_row())
        yield f"picture of the losses in {options.plot}"
    if options.weights_text is not None:
        os.makedirs(options.weights_text or ".", exist_ok=True)
        for path, values in zip(text_files(options.weights_text), network.blocks(), strict=True):
            write_whole(path, text_of(values))
        yield f"blocks as text in {options.weights_text or '.'}"


def shown_name(path: str) -> str:
    """Return the name of a file, or what - stands for."""
    return "standard output" if path == "-" else path


def text_of(block: Iterable[Any]) -> str:
    r"""Return a block as text: a matrix a line for each source node, biases a line each; NumPy's loadtxt reads it.

    >>> text_of([[0.1, 0.2], [0.3, 0.4]]), text_of([0.5, 1.0])
    ('0.1 0.2\n0.3 0.4\n', '0.5\n1.0\n')
    """
    return "".join(f"{' '.join(map(str, row)) if hasattr(row, '__len__') else row}\n" for row in block)
