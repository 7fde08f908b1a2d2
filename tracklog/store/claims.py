"""Who logged which content of an artifact when, under which aliases: lines of ``claims-<writer>.jsonl``, under a lock.

::

    {"claim":"log","_timestamp":1.7e9,"name":"model","type":"model","digest":"<md5>","version":3,"run":"a1b2",
     "aliases":["best"],"tags":[],"metadata":{"acc":0.9},"description":"…","size":120,"files":2}
    {"claim":"edit","_timestamp":1.7e9,"digest":"<md5>","aliases":["good"],"without":["best"]}

The lock keeps processes of one log folder from taking the same number; folders that are merged later may hold a number
twice, which the order of versions settles (`tracklog.store.versions`).
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import warn
from tracklog.store import files, layout
from tracklog.store.writer import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".lock"
_BEGIN, _END = "claims-", ".jsonl"
_PATIENCE, _PAUSE = 30.0, 0.005
"""Seconds to wait for the lock, and between two looks at it."""

Claim = dict[str, Any]


def read(folder: Path) -> tuple[list[Claim], list[str]]:
    """Return the claims of an artifact in the order of their time, and a sentence for each line that is damaged."""
    found: list[tuple[float, str, int, Claim]] = []
    damage: list[str] = []
    for path in _files(folder):
        try:
            lines = files.content(path).split(b"\n")
        except OSError as error:
            damage.append(f"{path}: cannot be read: {error.strerror or error}")
            continue
        for number, line in enumerate(lines[:-1], 1):  # what has no newline behind it does not exist yet
            claim = _parsed(line)
            if claim is not None:
                found.append((layout.number(claim.get(layout.TIMESTAMP)), path.name, number, claim))
            elif line:
                damage.append(f"{path}: line {number}: is no claim")
    found.sort(key=lambda item: item[:3])
    return [claim for *_, claim in found], damage


def _files(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        names = [entry.name for entry in entries if not entry.is_symlink()]
        return [folder / name for name in sorted(names) if is_file(name)]
    return []


def is_file(name: str) -> bool:
    """Return whether a file is called as one of claims."""
    return name.startswith(_BEGIN) and name.endswith(_END)


def _parsed(line: bytes) -> Claim | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("digest"), str) else None


def append(folder: Path, writer: str, claim: Claim) -> None:
    """Append a claim; who reads and appends together holds `locked`. Raises OSError."""
    path = folder / f"{_BEGIN}{writer}{_END}"
    line = encode(claim)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":  # a disk was full in the middle of a line
            line = b"\n" + line
        if os.write(handle, line) != len(line):
            raise OSError(28, os.strerror(28), str(path))
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes and threads from claiming meanwhile; the folder is made if need be. Raises OSError.

    Where the file system has no locks, or somebody stands still with this one, it is said and gone on without: the order
    of versions copes with a number that was taken twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        reason = _lock(handle)
        if reason:
            warn("artifact-lock", f"{folder / LOCK} could not be locked ({reason}); versions are numbered without")
        yield
    finally:
        os.close(handle)  # which ends the lock


def _lock(handle: int) -> str:
    """Lock a file; return why that was not possible."""
    try:
        import fcntl
    except ImportError:  # Windows
        return "this system has no such locks"
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # noqa: PERF203 - each try is another one
            if time.monotonic() > until:
                return f"another process holds it for {_PATIENCE:.0f} s"
            time.sleep(_PAUSE)
        except OSError as error:
            return error.strerror or str(error)
        else:
            return ""
