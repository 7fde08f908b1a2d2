"""Copies of a site at a URL (``s3://…`` and all else that fsspec writes): what changed travels, ``version.js`` last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import manifest
from site_builder.mirror import file_system
from site_builder.output import VERSION
from tracklog.errors import UsageError
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH = 32_000_000
"""Bytes that travel at once."""
_MANIFEST = f"{layout.SITE_FOLDER}/{layout.SITE_MANIFEST}"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy took."""

    files: int
    bytes: int
    removed: int


def copy(site: Path, url: str) -> Copied:
    """Bring the copy of a site at a URL up to date. Raises UsageError where that is something else, or out of reach."""
    system, root = file_system(url)
    mine = manifest.load(site).known()
    try:
        there = _there(system, root, url)
        changed = [path for path, digest in mine.items() if there.get(path) != digest and path != VERSION]
        # Pages ask for data, and are told by version.js that there is something new.
        changed.sort(key=lambda path: (not path.startswith(("data/", "media/", "assets/")), path))
        sent = 0
        for batch in _batches(site, changed):
            system.pipe({f"{root}/{path}": data for path, data in batch.items()})
            sent += sum(map(len, batch.values()))
        for path in (VERSION, _MANIFEST):
            data = (site / path).read_bytes()
            system.pipe_file(f"{root}/{path}", data)
            sent += len(data)
        gone = sorted(there.keys() - mine.keys())
        for path in gone:
            if system.exists(f"{root}/{path}"):
                system.rm_file(f"{root}/{path}")
    except OSError as error:
        msg = f"{url} cannot be written: {error}"
        raise UsageError(msg) from error
    return Copied(len(changed) + 2, sent, len(gone))


def _there(system: Any, root: str, url: str) -> dict[str, str]:
    """Return what the copy holds, by its own manifest. Raises UsageError for a place that is not ours."""
    system.invalidate_cache()
    try:
        data = orjson.loads(system.cat_file(f"{root}/{_MANIFEST}"))
    except FileNotFoundError:
        if system.exists(root) and system.find(root):
            msg = f"{url} is not empty and holds no site of tracklog; choose another place with --to"
            raise UsageError(msg) from None
        return {}
    except orjson.JSONDecodeError:
        return {}
    return manifest.of_json(data).known()


def _batches(site: Path, paths: list[str]) -> Iterator[dict[str, bytes]]:
    batch: dict[str, bytes] = {}
    size = 0
    for path in paths:
        batch[path] = (site / path).read_bytes()
        size += len(batch[path])
        if size >= BATCH:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch
