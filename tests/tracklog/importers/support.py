"""What tests of importers ask for: an import, and what is in the log folder then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tracklog import importing
from tracklog.store import encoding, fold, layout, reader

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.importing import Outcome


def take(source: Path, root: Path, format_name: str = "") -> Outcome:
    """Import a source into the project `p`."""
    return importing.bring(source, root, format_name=format_name, project="p")


def lines(folder: Path, stream: str = layout.HISTORY) -> list[dict[str, Any]]:
    """Return the lines of a stream as they were written."""
    return [orjson.loads(line) for file in folder.glob(f"{stream}-*.jsonl") for line in file.read_bytes().splitlines()]


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a run as they count, without the clocks but the step."""
    log = reader.read_run(folder)
    assert log.damage == []
    found = fold.history(log, fold.sessions(log)).tracks
    return [
        encoding.decoded({key: value for key, value in row.items() if key not in ("_runtime", "_timestamp")})
        for track in found
        for row in track.rows
    ]


def series(folder: Path, key: str) -> list[tuple[int, Any]]:
    """Return step and value of each row that has a key."""
    return [(row["_step"], row[key]) for row in rows(folder) if key in row]


def state(folder: Path, now: float) -> str:
    """Return the state of a run at a moment."""
    return fold.state(fold.sessions(reader.read_run(folder)), now)


def summary(folder: Path) -> dict[str, Any]:
    """Return the summary of a run."""
    log = reader.read_run(folder)
    found = fold.sessions(log)
    kept: dict[str, Any] = encoding.decoded(fold.summary(log, found, fold.history(log, found)))
    return kept


def config(folder: Path) -> dict[str, Any]:
    """Return the config of a run."""
    log = reader.read_run(folder)
    return fold.config_values(log, fold.sessions(log))


def about(folder: Path) -> dict[str, Any]:
    """Return what a run says of itself."""
    log = reader.read_run(folder)
    return fold.environment(log, fold.sessions(log))


def everything(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return the content of all files below a folder, and when each was changed."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
