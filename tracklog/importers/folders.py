"""The files of a source: a stranger's, so links are not followed, and there is an end to looking."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST = 1_000_000
"""Entries that are looked at in one source."""
DEEPEST = 32


def walk(source: Path, most: int = MOST) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield each folder from the source on with the names of its folders and its files, all by name.

    Links are left out, and folders below 32 levels; a file as the source is its folder with that file alone.
    """
    if not source.is_dir():
        yield source.parent, [], [source.name] if source.is_file() else []
        return
    waiting = [(source, 0)]
    seen = 0
    while waiting and seen < most:
        folder, depth = waiting.pop()
        folders, files = _entries(folder)
        seen += len(folders) + len(files)
        yield folder, folders, files
        if depth < DEEPEST:
            waiting += [(folder / name, depth + 1) for name in reversed(folders)]


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except OSError:
        return [], []
    return sorted(folders), sorted(files)


def closed(source: Path) -> Iterator[str]:
    """Yield a sentence for each folder of a source that may not be looked into."""
    for folder, inner, names in walk(source):
        if not inner and not names and folder != source.parent:
            try:
                os.scandir(folder).close()
            except OSError as error:
                yield f"{below(source, folder) or folder} cannot be looked into: {error.strerror}; what it holds is left out"


def below(source: Path, path: Path) -> str:
    """Return the way from a source to something inside it, with `/`; empty for the source itself."""
    way = path.relative_to(source).as_posix() if path != source else ""
    return "" if way == "." else way


def safe_name(name: str) -> str | None:
    """Return a name below `files/` for one that a source gives; None where it leads elsewhere."""
    parts = name.replace("\\", "/").split("/")
    if (
        not name
        or name.startswith("/")
        or any(part in ("", ".", "..") or "\0" in part or ":" in part for part in parts)
    ):
        return None
    return "/".join(parts)
