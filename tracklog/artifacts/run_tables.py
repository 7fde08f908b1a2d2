"""Tables that runs logged, as artifacts: ``run-<id>-<key>``, of the type ``run_table``, without a second copy of them.

They are made of the run's rows when somebody asks for them: each content that was logged under the key is a version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tracklog.artifacts.held import Held
from tracklog.errors import FormatError
from tracklog.names import make_artifact_name_safe
from tracklog.store import fold, layout, manifests, reader
from tracklog.store.files import content, inside
from tracklog.store.manifests import Entry
from tracklog.store.objects import SourceError, of_file
from tracklog.store.versions import Collection, Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.artifacts.home import Home
    from tracklog.artifacts.naming import Address

TYPE = "run_table"


def find(home: Home, wanted: Address) -> Held | None:
    """Return the version of a run's table that an address names; None when no run logged it."""
    if not wanted.name.startswith("run-"):
        return None
    for folder in reader.run_folders(home.project):
        run = layout.original_name(folder.name) or folder.name
        if wanted.name.startswith(f"run-{make_artifact_name_safe(run)}-"):
            held = _of_run(home, folder, run, wanted)
            if held is not None:
                return held
    return None


def _of_run(home: Home, folder: Path, run: str, wanted: Address) -> Held | None:
    versions: dict[str, tuple[Version, dict[str, Entry], dict[str, Path]]] = {}
    for key, record, when in _logged(folder):
        if make_artifact_name_safe(f"run-{run}-{key}") != wanted.name:
            continue
        entries, places = _entries(folder / layout.FILES, key, record)
        if entries:
            digest = manifests.digest(entries.values())
            version = Version(folder, wanted.name, TYPE, digest, created=when, updated=when, logged=[(run, when)])
            version.size, version.files = sum(entry.size or 0 for entry in entries.values()), len(entries)
            versions.setdefault(digest, (version, entries, places))
    if not versions:
        return None
    for number, (version, _, _) in enumerate(versions.values()):
        version.number = number
    list(versions.values())[-1][0].aliases = ["latest"]
    found = Collection(folder, wanted.name, [version for version, _, _ in versions.values()]).find(wanted.alias)
    return None if found is None else Held(home, found, *versions[found.digest][1:])


def _logged(folder: Path) -> list[tuple[str, dict[str, Any], float]]:
    try:
        log = reader.read_run(folder)
    except FormatError:
        return []
    rows = (row for track in fold.history(log, fold.sessions(log)).tracks for row in track.rows)
    return [
        (layout.plain_path(key), value, layout.number(row.get(layout.TIMESTAMP)))
        for row in rows
        for key, value in fold.flatten(row).items()
        if isinstance(value, dict) and value.get("_type") == "table-file" and isinstance(value.get("path"), str)
    ]


def _entries(files: Path, key: str, record: dict[str, Any]) -> tuple[dict[str, Entry], dict[str, Path]]:
    """Return the entries of a table and of the media in its cells, and where they are; nothing for what is not there."""
    names = {f"{key}.table.json": record["path"]}
    place = inside(files, record["path"])
    try:
        cells = orjson.loads(content(place)) if place is not None else None
    except (OSError, orjson.JSONDecodeError):
        return {}, {}
    names |= {path: path for path in _media(cells)}
    entries, places = {}, {}
    for name, path in names.items():
        found = inside(files, path)
        if found is None or not manifests.is_inside(name):
            continue
        try:
            stored = of_file(found)
        except SourceError:
            continue
        entries[name], places[name] = Entry(name, stored.md5, stored.size, stored.sha256), found
    return entries, places


def _media(cells: Any) -> Iterator[str]:
    """Yield the paths of media that records in cells name: their files, and the classes of masks and boxes."""
    left = [cells]
    while left:
        now = left.pop()
        if isinstance(now, dict):
            yield from (
                path for key in ("path", "classes") if isinstance(path := now.get(key), str) and _is_media(path)
            )
            left += now.values()
        elif isinstance(now, list):
            left += now


def _is_media(path: str) -> bool:
    return path.startswith(f"{layout.MEDIA}/")
