"""Sweeps on disk: a definition, and a file for each trial, which belongs to whoever makes it.

So any number of agents share a sweep without a process between them: a trial's number is taken by making its file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from tracklog.errors import FormatError
from tracklog.store import layout
from tracklog.store.files import content
from tracklog.store.writer import put_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracklog.store.layout import SweepFile, TrialFile

_SWEEP, _JOURNAL = "sweep.json", "search.journal"


def create(root: Path, sweep: SweepFile) -> Path:
    """Make a sweep's folder, with what the definition says. Raises OSError, FileExistsError for an id in use."""
    project = root / layout.file_name(sweep["project"], layout.RESERVED_PROJECTS)
    folder = project / layout.SWEEPS / layout.file_name(sweep["id"])
    folder.mkdir(parents=True, exist_ok=True)
    if not put_once(folder / _SWEEP, {"format": layout.FORMAT, **sweep}):
        raise FileExistsError(17, "there is a sweep of that id", str(folder))
    return folder


def find(roots: Iterable[Path], project: str, sweep_id: str) -> Path | None:
    """Return the folder of a sweep: that of a project, else of any in the log folders; None when it is not there."""
    own = [root / layout.file_name(project, layout.RESERVED_PROJECTS) for root in roots]
    every = [place for root in roots if root.is_dir() for place in sorted(root.iterdir())]
    places = (place / layout.SWEEPS / layout.file_name(sweep_id) for place in [*own, *every])
    return next((place for place in places if (place / _SWEEP).is_file()), None)


def folders(project: Path) -> list[Path]:
    """Return the folders of a project's sweeps, by name."""
    return sorted(path.parent for path in (project / layout.SWEEPS).glob(f"*/{_SWEEP}"))


def read(folder: Path) -> SweepFile:
    """Return what a sweep is. Raises FormatError for a damaged one or a newer format, OSError."""
    found = _object(folder / _SWEEP)
    version = found.get("format")
    if not isinstance(version, int) or version > layout.FORMAT:
        msg = f"{folder / _SWEEP} has format {version}; this version of tracklog reads formats up to {layout.FORMAT}"
        raise FormatError(msg)
    if not isinstance(found.get("definition"), dict) or not isinstance(found.get("project"), str):
        msg = f"{folder / _SWEEP} holds no definition of a sweep; make a new one by sweep()"
        raise FormatError(msg)
    return cast("SweepFile", found)


def taken(folder: Path) -> int:
    """Return the number after those of the trials that were taken."""
    numbers = [path.stem.removeprefix("trial-") for path in folder.glob("trial-*.json")]
    return max((int(number) + 1 for number in numbers if number.isdecimal()), default=0)


def take(folder: Path, number: int, trial: TrialFile) -> Path | None:
    """Take a trial; return its file, or None when another agent has that number. Raises OSError."""
    file = folder / f"trial-{number}.json"
    return file if put_once(file, dict(trial)) else None


def runs(folder: Path) -> list[str]:
    """Return the ids of the runs of all trials that were taken, by number; damaged trials are left out."""
    files = (folder / f"trial-{number}.json" for number in range(taken(folder)))
    return [run for file in files if (run := _run_of(file)) is not None]


def _run_of(file: Path) -> str | None:
    try:
        return trial(file)["run"]
    except (OSError, FormatError):
        return None


def trial(file: Path) -> TrialFile:
    """Return a trial. Raises FormatError when it is damaged, OSError."""
    found = _object(file)
    if not isinstance(found.get("run"), str) or not isinstance(found.get("params"), dict):
        msg = f"{file} holds no trial of a sweep"
        raise FormatError(msg)
    return cast("TrialFile", found)


def journal(folder: Path) -> Path:
    """Return the file in which a search keeps what it learned."""
    return folder / _JOURNAL


def _object(file: Path) -> dict[str, Any]:
    try:
        found = orjson.loads(content(file))
    except orjson.JSONDecodeError as error:
        msg = f"{file} is no JSON: {error}"
        raise FormatError(msg) from error
    if not isinstance(found, dict):
        msg = f"{file} is no JSON object"
        raise FormatError(msg)
    return found
