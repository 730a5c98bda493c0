"""What a command writes: possible before the work begins, and never over a file that it reads."""

import os
import stat
import sys
from collections.abc import Collection, Iterable
from typing import Any

from reference.specification.files import check_writable

Named = tuple[str, str | None]  # an option and the path it was given, None where it was not


def check_outputs(writes: Iterable[Named], reads: Iterable[Named] = (), standard: Collection[str] = ()) -> None:
    """Raise ValueError where two options name the same file, OSError where a file could not be written in the end.

    A path may lead to a file by another spelling or by a link. `-` is standard input or output, and may lead to one, too;
    `standard` are the options that may write there.
    """
    taken = {place(path, "stdin"): option for option, path in reads if path is not None}
    for option, path in writes:
        if path is None:
            continue
        if path == "-" and option not in standard:
            raise ValueError(f"{option} is '-', but this needs a file; give the name of one")
        if (here := place(path, "stdout")) in taken:
            raise ValueError(f"{option} and {taken[here]} both name {path}; give each its own file")
        taken[here] = option
        if path != "-":
            check_writable(path)


def place(path: str, stream: str) -> Any:
    """Return what is the same for two names of one file; `-` is this standard stream."""
    try:
        status = os.fstat(getattr(sys, stream).fileno()) if path == "-" else os.stat(path)
        if stat.S_ISREG(status.st_mode):
            return status.st_dev, status.st_ino
    except (OSError, ValueError, AttributeError):  # there is no such file yet, or the stream is closed
        pass
    return stream if path == "-" else os.path.realpath(path)
