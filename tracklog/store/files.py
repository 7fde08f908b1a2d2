"""The files of a run: how any of them is opened, never blocking, and where those that its rows name are."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

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
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, kind_of(status), str(path))
    return os.fdopen(handle, "rb")


def kind_of(status: os.stat_result) -> str:
    """Return what something that is no file is, as a part of a sentence: "is a named pipe, not a file"."""
    return f"is {_KINDS.get(stat.S_IFMT(status.st_mode), 'no file')}, not a file"


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


def begins(one: str | Path, other: str | Path) -> bool:
    """Return whether the shorter of two files is the beginning of the longer one. Raises OSError."""
    with opened(one) as first, opened(other) as second:
        left = min(os.fstat(first.fileno()).st_size, os.fstat(second.fileno()).st_size)
        while left > 0:
            piece = min(left, 1 << 20)
            if first.read(piece) != second.read(piece):
                return False
            left -= piece
    return True


def same(one: Path, other: Path) -> bool:
    """Return whether two small files hold the same bytes; not where one cannot be read."""
    try:
        return content(one) == content(other)
    except OSError:
        return False


def folders(parent: Path) -> list[Path]:
    """Return the folders in a folder, by name; hidden ones and links are none, nor is anything where there is no such folder."""
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        names = [e.name for e in entries if not e.name.startswith(".") and e.is_dir(follow_symlinks=False)]
        return [parent / name for name in sorted(names)]
    return []
