"""What a command writes: possible before the work begins, and never over a file that it reads."""

import os
from collections.abc import Collection, Hashable, Iterable

from reference.specification.files import check_writable

PathOf = tuple[str, str | None]  # an option and its path, None without one


def check_outputs(writes: Iterable[PathOf], reads: Iterable[PathOf] = (), standard: Collection[str] = ()) -> None:
    """Raise ValueError where two options name the same file, OSError where a file could not be written in the end.

    A path may lead to a file by another spelling or by a link. `-` is standard input or output; `standard` are the options
    that may write there.
    """
    option_of = {place(path): option for option, path in reads if path not in (None, "-")}
    for option, path in writes:
        if path is None:
            continue
        if path == "-" and option not in standard:
            raise ValueError(f"{option} is '-', but this needs a file; give the name of one")
        if place(path) in option_of:
            raise ValueError(f"{option} and {option_of[place(path)]} both name {path}; give each its own file")
        option_of[place(path)] = option
        if path != "-":
            check_writable(path)


def place(path: str) -> Hashable:
    """Return what is the same for two names of one file."""
    if os.path.isfile(path):
        status = os.stat(path)
        return status.st_dev, status.st_ino
    return os.path.realpath(path)
