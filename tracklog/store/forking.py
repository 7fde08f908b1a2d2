"""A new run that goes on from a step of another one: the parent's rows are copied, so that each stands alone."""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.store import fold, layout, reader, typed
from tracklog.store.writer import Files, Writer, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def fork(parent: Path, folder: Path, step: int) -> reader.RunLog:
    """Copy what a run logged up to a step, its config and its definitions, into a new run's folder; return that one read.

    The copies stand in a writer of their own, which has ended: what is logged next comes after them. Media that cannot be
    copied are said once.
    """
    log = reader.read_run(parent)
    found = fold.sessions(log)
    pieces = {"start_step": 0, "after": [], "forked_from": {"id": log.run.get("id", parent.name), "step": step}}
    copy = Writer(folder, pieces, time.time)
    copy.start()
    types: typed.Types = {}
    config = {k: typed.encode(value, (k,), types) for k, value in fold.config_values(log, found).items()}
    if config:
        copy.event("config", set=config, **({"types": types} if types else {}))
    for definition in fold.metrics(log, found).by_name.values():
        copy.event("metric", **definition.fields())
    files = Files(folder)
    for track in fold.history(log, found).tracks:
        if track.hidden or track.label:
            continue
        for row in track.rows:
            if row[layout.STEP] <= step:
                _copy_media(row, parent / layout.FILES, files)
                copy.history.append(encode(row))
    copy.close_streams()
    copy.event("finish", exit_code=0, lost=0)
    copy.close()
    return reader.read_run(folder)


def _copy_media(row: layout.Row, source: Path, files: Files) -> None:
    for name in _paths(row):
        place = source / name
        if files.place(name).exists() or not place.is_file() or place.is_symlink():
            continue
        try:
            files.copy(place, name)
        except OSError as error:
            warn("fork-media", f"{place} could not be copied into the fork: {error.strerror or error}")


def _paths(value: Any) -> Iterator[str]:
    """Yield the files that the records of a row name, those only that lie among the media of their run."""
    if isinstance(value, dict):
        for key, item in value.items():
            names = item if isinstance(item, list) else [item]
            if key in ("path", "filenames"):
                yield from (name for name in names if isinstance(name, str) and _is_media(name))
            else:
                yield from _paths(item)
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item)


def _is_media(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] == layout.MEDIA and ".." not in parts
