"""The files of a run: how any of them is opened, where those that its rows name are, and whether they are what was logged."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

    from tracklog.store.reader import RunLog


_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def opened(path: str | Path) -> BufferedReader:
    """Open a file for reading. Raises OSError, also for what is no regular file, which might never give an end."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    kind = stat.S_IFMT(os.fstat(handle).st_mode)
    if kind != stat.S_IFREG:
        os.close(handle)
        raise OSError(errno.EINVAL, f"is {_KINDS.get(kind, 'no file')}, not a file", str(path))
    return os.fdopen(handle, "rb")


def content(path: str | Path) -> bytes:
    """Return what a file holds. Raises OSError as `opened` does."""
    with opened(path) as file:
        return file.read()


def inside(folder: Path, path: str) -> Path | None:
    """Return a file below a folder; None when it is not there, no file, or a link leads outside."""
    if not path:
        return None
    try:
        target = (folder / path).resolve(strict=True)
        return target if target.is_file() and target.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None


def hashed(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file's content, and its size in bytes. Raises OSError."""
    total, size = hashlib.sha256(), 0
    with opened(path) as file:
        while chunk := file.read(1 << 20):
            total.update(chunk)
            size += len(chunk)
    return total.hexdigest(), size


def broken(log: RunLog) -> Iterator[str]:
    """Yield a sentence for each file that a run's rows name and its folder lacks, or holds with other content.

    Those that cells of tables and values of the summary name are among them.
    """
    folder = log.folder / layout.FILES
    named = {
        path: digest for writer in log.writers.values() for path, digest in _named([writer.history, writer.events])
    }
    left = list(named.items())
    while left:
        path, digest = left.pop()
        place = inside(folder, path)
        try:
            wrong = "is missing" if place is None else "" if hashed(place)[0] == digest else "is not what was logged"
            if place is not None and path.endswith(".table.json"):
                cells = {key: value for key, value in _named(orjson.loads(content(place))) if key not in named}
                named |= cells
                left += cells.items()
        except OSError as error:
            wrong = f"cannot be read: {error.strerror}"
        except orjson.JSONDecodeError:
            wrong = wrong or "is damaged"
        if wrong:
            yield f"{folder / path if path else f'{log.folder}: a file that could not be kept'}: it {wrong}"


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Yield path and SHA-256 of the files that records name, however deep they are nested."""
    left: list[Any] = [value] if isinstance(value, dict | list) else []
    while left:
        now = left.pop()
        if isinstance(now, dict):
            if all(isinstance(now.get(name), str) for name in ("_type", "path", "sha256")):
                yield now["path"], now["sha256"]
            now = list(now.values())
        left += [item for item in now if isinstance(item, dict | list)]
