"""Check the output files of a command before its work begins. A command must never replace a file that it reads."""

import os
from collections.abc import Collection, Hashable, Iterable

from reference.specification.files import check_writable

PathOf = tuple[str, str | None]  # an option and its path; the path is None if the option is not given


def check_outputs(writes: Iterable[PathOf], reads: Iterable[PathOf] = (), standard: Collection[str] = ()) -> None:
    """Raise ValueError if two options name the same file and one of them writes it, and OSError if a file cannot be written.

    Also raise ValueError if an option that is not in `standard` writes to standard output (`-`).
    """
    option_of = {place(path): option for option, path in reads if path not in (None, "-")}
    for option, path in writes:
        if path is None:
            continue
        if path == "-" and option not in standard:
            raise ValueError(f"{option} is '-', but it needs a file; give a file name")
        if place(path) in option_of:
            raise ValueError(f"{option} and {option_of[place(path)]} both name {path}; give each its own file")
        option_of[place(path)] = option
        if path != "-":
            check_writable(path)


def place(path: str) -> Hashable:
    """Return the same key for all paths of one file, links included."""
    if os.path.isfile(path):
        status = os.stat(path)
        return status.st_dev, status.st_ino
    return os.path.realpath(path)
