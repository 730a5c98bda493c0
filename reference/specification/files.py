"""Files: read up to a limit, and written whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import IO, Any

LARGEST_FILE = 2**29  # bytes of a file that is read

Path = str | os.PathLike[str]


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there, so that no one ever sees half of it."""
    target = place_of(path)
    with new_file(target, path) as beside:
        with open(beside, "xb") as file:
            if os.path.exists(target):
                shutil.copymode(target, beside)
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)


def check_writable(path: Path) -> None:
    """Raise OSError where `write_whole` would: now, and not after hours of work."""
    target = place_of(path)
    with new_file(target, path) as beside:
        with contextlib.suppress(FileNotFoundError):
            os.lstat(target)  # a name too long
        open(beside, "xb").close()
        os.unlink(beside)


def place_of(path: Path) -> str:
    """Return the file that a path leads to; OSError for what is no regular file."""
    target = os.path.realpath(os.fsdecode(path))
    if os.path.exists(target) and not os.path.isfile(target):
        raise OSError(f"{os.fspath(path)!r} is no regular file, give the name of one")
    return target


@contextlib.contextmanager
def new_file(target: str, path: Path) -> Iterator[str]:
    """Yield the name of a new file beside the target; if writing it fails, nothing of it stays."""
    beside = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.unfinished")
    try:
        yield beside
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        if isinstance(error, OSError) and error.errno is not None:  # it names the unfinished file, which nobody knows
            raise OSError(error.errno, error.strerror, os.fspath(path)) from None
        raise


def read_limited(name: str, largest: int = LARGEST_FILE) -> bytes:
    """Return what is in a file; ValueError where that is more than `largest` bytes, OSError where there is no such file."""
    with open(name, "rb") as file:
        return content_of(file, name, largest)


def content_of(file: IO[Any], name: str, largest: int = LARGEST_FILE) -> bytes:
    """Return what an open file still holds, in either mode; ValueError where that is more than `largest` bytes."""
    parts, size = [], 0
    while part := file.read(2**20):
        parts.append(part.encode(errors="surrogatepass") if isinstance(part, str) else part)
        size += len(parts[-1])
        if size > largest:
            raise ValueError(f"{name}: holds more than {largest >> 20} MiB; is this the right file?")
    return b"".join(parts)
