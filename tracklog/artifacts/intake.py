"""Keeping many files at once: those that have not been touched since cost a look, others are copied by several threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tracklog.errors import warn
from tracklog.store import files
from tracklog.store.known import Known, now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tracklog.store.objects import Objects, Stored

_TOGETHER = 32
"""Files that a thread takes at a time."""
_THREADS = min(8, 2 * (os.cpu_count() or 1))
"""More than there are CPUs: half of them wait for the disk."""
WORTH_KNOWING = 1 << 18
"""Bytes of a single file from which on it is quicker to look up what it held than to read it."""


class Intake:
    """Takes files into a project's contents."""

    def __init__(self, objects: Objects) -> None:
        """`objects` are the contents that files are taken into."""
        self.objects = objects
        self._known: dict[str, Known] = {}

    def take(self, folder: str, names: Sequence[str]) -> list[Stored]:
        """Keep files of a folder (absolute path), by their names relative to it; return what they held, in this order.

        Raises SourceError for a file that cannot be read, OSError when nothing can be kept.
        """
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = Known(self.objects.folder, folder)
        began = now()
        found: dict[int, Stored] = {}
        left: list[int] = []
        for n, name in enumerate(names):
            stored = self._as_before(known, folder, name)
            if stored is None:
                left.append(n)
            else:
                found[n] = stored
        copied = self._copied([f"{folder}/{names[n]}" for n in left])
        found |= dict(zip(left, copied, strict=True))
        known.add(((names[n], found[n]) for n in left), began)
        return [found[n] for n in range(len(names))]

    def take_one(self, path: Path) -> Stored:
        """Keep a file. Raises as `take`."""
        try:
            if path.stat().st_size >= WORTH_KNOWING:
                return self.take(os.path.abspath(path.parent), [path.name])[0]  # noqa: PTH100 - links stay links
        except FileNotFoundError:
            pass  # put_file says so
        return _told(self.objects.put_file(path), str(path))

    def _as_before(self, known: Known, folder: str, name: str) -> Stored | None:
        try:
            stored = known.get(name, os.stat(f"{folder}/{name}"))  # noqa: PTH116 - a string is quicker
        except OSError:
            return None
        return stored if stored is not None and self.objects.has(stored.sha256, stored.size) else None

    def _copied(self, paths: list[str]) -> Iterator[Stored]:
        if len(paths) <= 1:
            yield from (_told(self.objects.put_file(path), path) for path in paths)
            return
        groups = [paths[n : n + _TOGETHER] for n in range(0, len(paths), _TOGETHER)]
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tracklog-artifact")
        try:
            for group in pool.map(self._put, groups):
                yield from group
        finally:
            pool.shutdown(cancel_futures=True)

    def _put(self, paths: list[str]) -> list[Stored]:
        return [_told(self.objects.put_file(path), path) for path in paths]


def _told(stored: Stored, path: str) -> Stored:
    if stored.changed:
        warn(f"artifact-changed-{path}", f"{path} changed while it was copied: what was read of it is kept")
    return stored


def walk(folder: str) -> Iterator[str]:
    """Yield the names of all files below a folder, relative to it, sorted; links are followed, but never in a circle.

    What is no file, and links that lead nowhere, are left out with a warning. Raises OSError for a folder that cannot be read.
    """
    yield from _walk(folder, "", frozenset())


def _walk(folder: str, prefix: str, above: frozenset[tuple[int, int]]) -> Iterator[str]:
    place = f"{folder}/{prefix}"
    status = os.stat(place)  # noqa: PTH116 - as its strings
    own = (status.st_dev, status.st_ino)
    if own in above:
        warn(f"artifact-circle-{place}", f"{place} is a link to a folder that holds it: it is left out of the artifact")
        return
    with os.scandir(place) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_file():
            yield prefix + entry.name
        elif entry.is_dir():
            yield from _walk(folder, f"{prefix}{entry.name}/", above | {own})
        else:
            said = "leads nowhere" if entry.is_symlink() else files.kind_of(entry.stat(follow_symlinks=False))
            warn(f"artifact-left-{entry.path}", f"{entry.path} {said}: it is left out of the artifact")
