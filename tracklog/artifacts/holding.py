"""Objects in artifacts: tables and media are added as entries, and come back as objects.

An object of the name ``x`` is the entry ``x.<kind>.json``: a table's file, or the record of another object; the files that it
names are entries below ``media``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tracklog.media.base import Media
from tracklog.media.boxes import BoundingBoxes2D
from tracklog.media.classes import Classes
from tracklog.media.masks import ImageMask
from tracklog.media.table import Table
from tracklog.media.table_unions import JoinedTable, PartitionedTable
from tracklog.store import encoding, layout
from tracklog.store.files import content
from tracklog.store.objects import of_bytes, of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tracklog.artifacts.draft import Draft
    from tracklog.store.layout import FileRef

_JOINED, _PARTITIONED, _TABLE = "joined-table", "partitioned-table", "table"
_KINDS = (
    _TABLE, _JOINED, _PARTITIONED, "audio-file", "bokeh-file", "boxes2D", "classes", "histogram", "html-file", "image-file",
    "mask", "molecule-file", "object3D-file", "plotly-file", "vega-file", "video-file",
)  # fmt: skip


class _Door:
    """Takes the files of media into a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        """Take bytes."""
        sha256 = of_bytes(data).sha256
        path = f"{layout.MEDIA}/{layout.file_name(kind)}/{sha256[:20]}.{ext}"
        self._draft.add_bytes(path, data, overwrite=True)
        return {"path": path, "sha256": sha256, "size": len(data)}

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        """Take a copy of a file."""
        stored = of_file(path)
        name = f"{layout.MEDIA}/{layout.file_name(kind)}/{stored.sha256[:20]}.{ext}"
        self._draft.add_file(name, path, overwrite=True)
        return {"path": name, "sha256": stored.sha256, "size": stored.size}


def add(draft: Draft, obj: Any, name: str, *, overwrite: bool) -> str:
    """Add an object to a draft, and return the name of its entry.

    Raises TypeError for what is no table, media or classes, ValueError for a name that is taken.
    """
    door = _Door(draft)
    if isinstance(obj, Table):
        return draft.add_bytes(entry_name(name, _TABLE), obj.to_file(door), overwrite=overwrite)
    if isinstance(obj, JoinedTable):
        inner = [door.put_bytes("table", table.to_file(door), "table.json")["path"] for table in obj.tables]
        record: dict[str, Any] = {"_type": _JOINED, "tables": inner, "join_key": obj.join_key}
    elif isinstance(obj, PartitionedTable):
        record = {"_type": _PARTITIONED, "parts_path": obj.parts_path}
    elif isinstance(obj, Classes):
        record = obj.to_record()
    elif isinstance(obj, Media | ImageMask | BoundingBoxes2D):
        record = obj.to_record(door)
    else:
        msg = f"add() takes tables, media and classes, not {type(obj).__name__}; add_file() and new_file() take files"
        raise TypeError(msg)
    return draft.add_bytes(entry_name(name, str(record["_type"])), encoding.dumps(record), overwrite=overwrite)


def entry_name(name: str, kind: str) -> str:
    """Return the name of an object's entry; a script may give the whole of it."""
    ending = f".{kind}.json"
    return name if name.endswith(ending) else name + ending


def find(names: Iterable[str], name: str) -> str | None:
    """Return the entry that holds the object of a name; None when there is none."""
    known = set(names)
    if name in known:
        return name
    return next((entry for kind in _KINDS if (entry := f"{name}.{kind}.json") in known), None)


def read(names: Iterable[str], path: str, place: Callable[[str], Path]) -> Any:
    """Return the object in an entry; None where that is a file.

    Raises ValueError for a damaged one, OSError.
    """
    from tracklog.media.restored import restored, restored_table

    if not path.endswith(".json"):
        return None
    data = content(place(path))
    try:
        if path.endswith(f".{_TABLE}.json"):
            return restored_table(data, place)
        record = orjson.loads(data)
        if not isinstance(record, dict) or not path.endswith(f".{record.get('_type')}.json"):
            return None
        if record["_type"] == _JOINED:
            first, second = (restored_table(content(place(inner)), place) for inner in record["tables"])
            return JoinedTable(first, second, record["join_key"])
        if record["_type"] == _PARTITIONED:
            return _partitioned(names, record["parts_path"], place)
        return restored(record, place)
    except (KeyError, TypeError, IndexError, AttributeError, orjson.JSONDecodeError) as error:
        msg = f"the object in {path!r} is damaged: {type(error).__name__}: {error}"
        raise ValueError(msg) from error


def _partitioned(names: Iterable[str], below: str, place: Callable[[str], Path]) -> PartitionedTable:
    from tracklog.media.restored import restored_table

    made = PartitionedTable(below)
    prefix = f"{below.strip('/')}/" if below.strip("/") else ""
    paths = sorted(name for name in names if name.startswith(prefix) and name.endswith(f".{_TABLE}.json"))
    made.parts = [restored_table(content(place(path)), place) for path in paths]
    return made
