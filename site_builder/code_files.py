"""The code that a run keeps: which of its files is the program, and that file as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from site_builder import highlight
from site_builder.files import text
from tracklog.store import layout
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_builder.artifact_model import RunFile


@dataclass(frozen=True, slots=True)
class Script:
    """The program of a run, as its page shows it before it comes to life."""

    path: str
    """Relative to ``files/``."""
    html: Markup
    """The inside of a ``pre``; empty for a file that is too long for a page."""


def script(folder: Path, files: Iterable[RunFile], program: object) -> Script | None:
    """Return the program among the files of a run's ``files/``; None when it was not kept.

    `program` is the path by which Python was started, from whatever folder that was.
    """
    path = likest([file for file in files if file.kind == "text"], program)
    if path is None:
        return None
    try:
        data = content(folder / path)
    except OSError:  # gone since it was listed: the list stays
        return Script(path, Markup())
    return Script(path, highlight.spans(path, text(data)) if len(data) <= highlight.LONGEST else Markup())


def likest(files: Iterable[RunFile], program: object) -> str | None:
    """Return the code file that has a program's name and most of its last folders; of equal ones the outermost."""
    if not isinstance(program, str):
        return None
    words = program.replace("\\", "/").split("/")
    found: list[tuple[int, int, str]] = []
    for file in files:
        inside, _, path = file.path.partition("/")
        parts = path.split("/")
        alike = _alike(parts, words)
        if inside == layout.CODE and alike:
            found.append((-alike, len(parts), file.path))
    return min(found)[2] if found else None


def _alike(a: list[str], b: list[str]) -> int:
    """Return how many of the last words of two lists are the same."""
    count = 0
    for one, other in zip(reversed(a), reversed(b), strict=False):
        if one != other or not one:
            break
        count += 1
    return count
