"""The files of a run that its rows name: where they are, and whether they are what was logged."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.store.reader import RunLog


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
    with path.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            total.update(chunk)
            size += len(chunk)
    return total.hexdigest(), size


def broken(log: RunLog) -> Iterator[str]:
    """Yield a sentence for each file that a run's rows name and its folder lacks, or holds with other content."""
    folder = log.folder / layout.FILES
    named = {ref["path"]: ref["sha256"] for writer in log.writers.values() for ref in _refs(writer.history)}
    for path, digest in named.items():
        place = inside(folder, path)
        if place is None:
            yield f"{folder / path}: the file is missing"
            continue
        try:
            if hashed(place)[0] != digest:
                yield f"{folder / path}: the file's content is not what was logged"
        except OSError as error:
            yield f"{folder / path}: the file cannot be read: {error.strerror}"


def _refs(rows: list[Any]) -> Iterator[layout.FileRef]:
    """Yield the files that rows name, those of nested records too, however deep they are nested."""
    left: list[Any] = [rows]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if all(isinstance(value.get(name), str) for name in ("_type", "path", "sha256")):
                yield layout.FileRef(path=value["path"], sha256=value["sha256"], size=-1)
            left += value.values()
        elif isinstance(value, list):
            left += value
