"""What files held when they were last kept: a file that has not been touched since need not be read again.

As an index of git: size, times, inode and device of a file tell whether it was written. A file that was written so
recently that its next change may bear the same time is not taken down.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import socket
import time
from typing import TYPE_CHECKING

import orjson

from tracklog.store import encoding, files
from tracklog.store.objects import Stamp, Stored, stamp

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = ".known"
_RACY = 2_000_000_000
"""Nanoseconds between a change and its taking down: two seconds are what the coarsest file systems tell apart."""
_SURPLUS = 1000


class Known:
    """What the files of one folder held, as this machine saw them, kept with a project's contents."""

    def __init__(self, objects: Path, folder: str) -> None:
        """`objects` is where the contents are, `folder` an absolute path; nothing is written before `add`."""
        owner = hashlib.sha256(f"{socket.gethostname()}\0{folder}".encode("utf-8", "surrogateescape")).hexdigest()
        self._file = objects / FOLDER / f"{owner[:32]}.jsonl"
        self._found: dict[str, tuple[Stamp, Stored]] = {}
        self._read()

    def get(self, name: str, status: os.stat_result) -> Stored | None:
        """Return what a file held, if it is as it was then; `name` is relative to the folder."""
        found = self._found.get(name)
        return found[1] if found is not None and found[0] == stamp(status) else None

    def add(self, news: Iterable[tuple[str, Stored]], began: int) -> None:
        """Take down what files held; `began` (ns) is before the first was read. That it cannot be written costs time alone."""
        lines = []
        for name, stored in news:
            seen = stored.stamp
            if seen is not None and not stored.changed and max(seen[1], seen[2]) + _RACY < began:
                lines.append(encoding.dumps([name, *seen, stored.sha256, stored.md5], orjson.OPT_APPEND_NEWLINE))
                self._found[name] = (seen, Stored(stored.sha256, stored.md5, stored.size))
        if lines:
            with contextlib.suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("ab", buffering=0) as file:
                    file.write(b"".join(lines))

    def _read(self) -> None:
        try:
            lines = files.content(self._file).split(b"\n")
        except OSError:
            return
        for line in lines:
            with contextlib.suppress(orjson.JSONDecodeError, TypeError, ValueError):
                name, size, mtime, ctime, inode, device, sha256, md5 = orjson.loads(line)
                self._found[name] = ((size, mtime, ctime, inode, device), Stored(sha256, md5, size))
        if len(lines) > 2 * len(self._found) + _SURPLUS:
            self._shorten()

    def _shorten(self) -> None:
        """Write anew, with what counts of each file alone."""
        aside = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}")
        lines = (
            encoding.dumps([name, *seen, stored.sha256, stored.md5], orjson.OPT_APPEND_NEWLINE)
            for name, (seen, stored) in self._found.items()
        )
        with contextlib.suppress(OSError):
            aside.write_bytes(b"".join(lines))
            aside.replace(self._file)


def now() -> int:
    """Return the time that `Known.add` compares with, in ns."""
    return time.time_ns()
