"""Which run logged and used which version: events of runs, read without the rest of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.store import files, layout, reader

if TYPE_CHECKING:
    from pathlib import Path

LOGGED, USED = "logged", "used"
_MARK = b'"event":"artifact"'


def of_run(folder: Path) -> list[dict[str, Any]]:
    """Return the artifact events of a run in the order of their time: use, name, version, digest, type, aliases, project."""
    found: list[dict[str, Any]] = []
    for stream, _, entry in reader.writer_files(folder):
        if stream == layout.EVENTS:
            with contextlib.suppress(OSError):
                found += [event for line in files.content(entry.path).split(b"\n")[:-1] if (event := _event(line))]
    return sorted(found, key=lambda event: layout.number(event.get(layout.TIMESTAMP)))


def _event(line: bytes) -> dict[str, Any] | None:
    if _MARK not in line:
        return None
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    texts = isinstance(found, dict) and all(isinstance(found.get(key), str) for key in ("use", "name", "digest"))
    return found if texts and found.get("event") == "artifact" else None


def users(project: Path, name: str, digest: str) -> list[Path]:
    """Return the folders of the runs that used a version, in its project and in those beside it."""
    own = layout.original_name(project.name) or project.name
    found: list[Path] = []
    for beside, runs in reader.projects(project.parent).items():
        theirs = layout.original_name(beside) or beside
        for run in runs:
            wanted = (USED, name, digest, own)
            events = of_run(run)
            if any((e["use"], e["name"], e["digest"], e.get("project") or theirs) == wanted for e in events):
                found.append(run)
    return found
