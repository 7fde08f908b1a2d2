"""Aim's repositories, whose values are in RocksDB in an encoding of Aim's own: found, and said how to bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "aim", "Aim"
MARKS_END = False
_FOLDER, _DATABASE, _META = ".aim", "run_metadata.sqlite", "meta"


def looks_like(path: Path) -> bool:
    """Return whether a path is a repository of Aim, or has some below it."""
    return path.is_dir() and any(True for _ in _repositories(path))


def _repositories(source: Path) -> Iterator[Path]:
    for folder, inner, names in folders.walk(source):
        if _META in inner and (folder.resolve().name == _FOLDER or _DATABASE in names):
            yield folder


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield a sentence about each repository."""
    for folder in _repositories(source) if source.is_dir() else ():
        yield told.Damage(
            f"{folders.below(source, folder) or folder.name} is a repository of Aim, which Aim alone can read: "
            "export its metrics as CSV in Aim, then `tracklog import csv FILE`"
        )


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield nothing: there is no run that could be read."""
    del origin, position
    yield from ()
