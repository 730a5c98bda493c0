"""Reading files up to a size limit, and writing them completely or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import IO, Any

LARGEST_FILE = 2**29  # bytes

Path = str | os.PathLike[str]


def write_whole(path: Path, content: str | bytes) -> None:
    """Write to a new file in the same folder, then rename it, so that nobody can read a half-written file."""
    target = place_of(path)
    with new_file(target, path) as temporary:
        with open(temporary, "xb") as file:
            if os.path.exists(target):
                shutil.copymode(target, temporary)
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)


def check_writable(path: Path) -> None:
    """Raise OSError if `write_whole` cannot create the file. Call this before long work, so that its result is not lost."""
    target = place_of(path)
    with new_file(target, path) as temporary:
        with contextlib.suppress(FileNotFoundError):
            os.lstat(target)  # raises OSError if the target's name is too long, even if the temporary name is not
        open(temporary, "xb").close()
        os.unlink(temporary)


def place_of(path: Path) -> str:
    """Return the real path of a file. Raises OSError if the path exists and is not a regular file."""
    target = os.path.realpath(os.fsdecode(path))
    if os.path.exists(target) and not os.path.isfile(target):
        raise OSError(f"{os.fspath(path)!r} is not a regular file; give a file name")
    return target


@contextlib.contextmanager
def new_file(target: str, path: Path) -> Iterator[str]:
    """Yield the name of a new file beside the target. If writing fails, the new file is removed."""
    temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.unfinished")
    try:
        yield temporary
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and error.errno is not None:  # name the user's path, not the unfinished file
            missing = isinstance(error, FileNotFoundError) and not os.path.isdir(os.path.dirname(target))
            raise OSError(error.errno, "the folder does not exist" if missing else error.strerror, os.fspath(path)) from None
        raise


def read_limited(name: str, largest: int = LARGEST_FILE) -> bytes:
    """Return the content of a file. Raises ValueError if it has more than `largest` bytes, OSError if it cannot be read."""
    with open(name, "rb") as file:
        return content_of(file, name, largest)


def content_of(file: IO[Any], name: str, largest: int = LARGEST_FILE) -> bytes:
    """Return the rest of an open file, text or binary, as bytes. Raises ValueError if it has more than `largest` bytes."""
    parts, size = [], 0
    while part := file.read(2**20):
        parts.append(part.encode(errors="surrogatepass") if isinstance(part, str) else part)
        size += len(parts[-1])
        if size > largest:
            raise ValueError(f"{name}: holds more than {largest >> 20} MiB; is this the right file?")
    return b"".join(parts)
