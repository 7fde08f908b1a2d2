"""Contents of artifacts: each kept once for a whole project, under its SHA-256, whatever names it has.

A content is copied (a reflink where the file system has them, never a hard link: a file that somebody can write must not
be one that others rely on) and hashed while it is copied, so a digest is always that of what was stored. It is written
aside and renamed into place: a content is whole or not there.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import os
import re
import secrets
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog.store import files, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader

FOLDER, PARTS = ".objects", ".parts"
_PIECE = 1 << 20
_READ_ONLY = 0o444
"""Mode of contents: nobody changes what versions rely on by mistake."""
_FICLONE = 0x40049409
"""The ioctl of Linux that makes a file share another one's blocks until either is written (`man ioctl_ficlone`)."""
_STALE = 24 * 3600.0
"""Seconds after which a half-written content belongs to a process that was killed."""
_HEX = re.compile(r"[0-9a-f]{64}")


Stamp = tuple[int, int, int, int, int]
"""Size, times of change of content and of status (ns), inode and device of a file: what changes when it is written."""


def stamp(status: os.stat_result) -> Stamp:
    """Return the stamp of a file."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)


@dataclass(frozen=True, slots=True)
class Stored:
    """A content: its SHA-256 in hex, its MD5 in base64 (what wandb calls a file's digest), its size in bytes."""

    sha256: str
    md5: str
    size: int
    changed: bool = False
    """Whether the file that it came from changed meanwhile: then this is what was read."""
    stamp: Stamp | None = None
    """Of the file that it came from, as it was opened."""


@dataclass(slots=True)
class _Part:
    """A content that is being written."""

    name: str
    descriptor: int
    is_settled: bool = False


_count = itertools.count()


class SourceError(OSError):
    """A file that was to be kept cannot be read: the caller's affair, where a store that cannot be written is not."""


class Objects:
    """The contents of a project's artifacts."""

    def __init__(self, project: Path) -> None:
        """`project` is the project's folder; nothing is made before the first content."""
        self.folder = project / layout.ARTIFACTS / FOLDER
        self._home = str(self.folder)
        self._token = secrets.token_hex(6)
        self._sweep(self.folder / PARTS)

    def place(self, sha256: str) -> Path:
        """Return where a content is or would be. Raises ValueError for what is no SHA-256, which might lead outside."""
        return Path(self._place(sha256))

    def _place(self, sha256: str) -> str:
        # Of tens of thousands of files a text is told ten times as fast as a path.
        if not _HEX.fullmatch(sha256):
            msg = f"{sha256!r:.80} is no SHA-256 in hex"
            raise ValueError(msg)
        return f"{self._home}/{sha256[:2]}/{sha256}"

    def has(self, sha256: str, size: int | None = None) -> bool:
        """Return whether a content is there, of that size where one is given."""
        try:
            status = os.lstat(self._place(sha256))
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(status.st_mode) and (size is None or status.st_size == size)

    def put_file(self, source: str | Path) -> Stored:
        """Keep what a file holds. Raises SourceError when it cannot be read, OSError when it cannot be kept."""
        with _source(source) as file:
            before = os.fstat(file.fileno())
            stored = self._put_small(file, before) if before.st_size < _PIECE else None
            if stored is None:
                with self._part() as part:
                    stored = _copied(file, part.descriptor)
                    self._settle(part, stored)
            return _with_stamp(stored, before, os.fstat(file.fileno()))

    def _put_small(self, file: BufferedReader, before: os.stat_result) -> Stored | None:
        """Keep a file that one piece holds: hashed first, so that nothing is written where its content is there.

        Returns None, the file being at its begin, when it has grown meanwhile.
        """
        piece = next(_pieces(file), memoryview(b""))
        if len(piece) != before.st_size:
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            return None
        stored = of_bytes(piece)
        if not self.has(stored.sha256, stored.size):
            with self._part() as part:
                shares = _cloned(file.fileno(), part.descriptor)
                if shares and stamp(os.fstat(file.fileno())) != stamp(before):  # it may share what came later
                    shares = False
                    os.ftruncate(part.descriptor, 0)
                if not shares:
                    _write(part.descriptor, piece)
                self._settle(part, stored)
        return stored

    def put_bytes(self, data: bytes) -> Stored:
        """Keep bytes. Raises OSError."""
        stored = of_bytes(data)
        if not self.has(stored.sha256, stored.size):
            with self._part() as part:
                _write(part.descriptor, memoryview(data))
                self._settle(part, stored)
        return stored

    @contextlib.contextmanager
    def _part(self) -> Iterator[_Part]:
        """Give a file to write a content to; it is gone afterwards unless it was settled."""
        name = f"{self._home}/{PARTS}/{os.getpid()}-{self._token}-{next(_count)}"  # forked children count alike
        part = _Part(name, self._opened(name))
        try:
            yield part
        finally:
            os.close(part.descriptor)
            if not part.is_settled:
                with contextlib.suppress(OSError):
                    os.unlink(name)  # noqa: PTH108 - a string

    def _opened(self, name: str) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        try:
            return os.open(name, flags, _READ_ONLY)
        except FileNotFoundError:
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
            return os.open(name, flags, _READ_ONLY)

    def _settle(self, part: _Part, stored: Stored) -> None:
        """Put a content in its place, unless it is there."""
        if self.has(stored.sha256, stored.size):
            return
        target = self._place(stored.sha256)
        try:
            os.replace(part.name, target)  # noqa: PTH105 - strings
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - strings
            os.replace(part.name, target)  # noqa: PTH105 - strings
        part.is_settled = True

    def _sweep(self, parts: Path) -> None:
        """Delete what processes left that were killed long ago."""
        with contextlib.suppress(OSError), os.scandir(parts) as entries:
            for entry in entries:
                if time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE:
                    os.unlink(entry.path)  # noqa: PTH108 - an entry's path is a string

    def give(self, sha256: str, target: Path) -> Stored:
        """Copy a content to a new file, and return what was copied. Raises SourceError, OSError."""
        return copy(self.place(sha256), target)


def copy(source: Path, target: Path) -> Stored:
    """Copy a file to another that is made anew, whole or not at all; return what was copied.

    Raises SourceError when it cannot be read, OSError when the copy cannot be written.
    """
    aside = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.part")
    with _source(source) as file:
        try:
            with aside.open("xb+", buffering=0) as into:
                stored = _copied(file, into.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    return stored


def of_file(source: str | Path) -> Stored:
    """Return what a file holds, without keeping it. Raises SourceError."""
    with _source(source) as file:
        before = os.fstat(file.fileno())
        stored = _read(file, lambda _: None)
        return _with_stamp(stored, before, os.fstat(file.fileno()))


def of_bytes(data: bytes | memoryview) -> Stored:
    """Return what bytes are as a content."""
    md5 = hashlib.md5(data, usedforsecurity=False).digest()
    return Stored(hashlib.sha256(data).hexdigest(), base64.b64encode(md5).decode(), len(data))


def _source(source: str | Path) -> BufferedReader:
    try:
        return files.opened(source)
    except OSError as error:
        raise _unreadable(error, str(source)) from error


def _unreadable(error: OSError, name: str) -> SourceError:
    return SourceError(error.errno, error.strerror or str(error), name)


def _copied(file: BufferedReader, target: int) -> Stored:
    """Copy an open file to a new one, and return what the copy holds."""
    if _cloned(file.fileno(), target):
        with os.fdopen(os.dup(target), "rb") as clone:
            return _read(clone, lambda _: None)
    return _read(file, lambda piece: _write(target, piece))


def _cloned(source: int, target: int) -> bool:
    """Make a new file share another one's blocks; return whether the file system does that."""
    try:
        import fcntl

        fcntl.ioctl(target, _FICLONE, source)
    except (ImportError, OSError):
        return False
    return True


def _read(file: BufferedReader, take: Callable[[memoryview], None]) -> Stored:
    """Read a file to its end, piece by piece, for its hashes and for `take`. Raises SourceError, and what `take` does."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    for piece in _pieces(file):
        sha256.update(piece)
        md5.update(piece)
        take(piece)
        size += len(piece)
    return Stored(sha256.hexdigest(), base64.b64encode(md5.digest()).decode(), size)


def _pieces(file: BufferedReader) -> Iterator[memoryview]:
    """Yield a file's content in pieces, each valid until the next. Raises SourceError."""
    buffer = memoryview(_buffer())
    while True:
        try:
            count = file.raw.readinto(buffer)
        except OSError as error:
            raise _unreadable(error, str(file.name)) from error
        if not count:
            return
        yield buffer[:count]


_buffers = threading.local()


def _buffer() -> bytearray:
    """Return this thread's piece of memory to read into."""
    found: bytearray | None = getattr(_buffers, "piece", None)
    if found is None:
        found = _buffers.piece = bytearray(_PIECE)
    return found


def _write(target: int, piece: memoryview) -> None:
    while piece:
        piece = piece[os.write(target, piece) :]


def _with_stamp(stored: Stored, before: os.stat_result, after: os.stat_result) -> Stored:
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and stored.size == after.st_size
    return Stored(stored.sha256, stored.md5, stored.size, not same, stamp(before))
