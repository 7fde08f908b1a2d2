"""wandb's media as tracklog has them: records with a ``_type`` whose paths are below `files/`.

Lists have one record for all (``images/separated`` with ``filenames``), boxes and masks are files beside their image, a table
is ``{"columns": […], "data": [[…]]}`` in which NaN may stand bare.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tracklog.importers.recorded import Recorded, there
from tracklog.importers.wandb_records import value_of
from tracklog.media.base import Media
from tracklog.store import encoding, files

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import MediaDoor

_STYLE = re.compile(r'(?:<base target="_blank">)?<link [^<>]*href="https://app\.wandb\.ai/[^<>]*>')
_LARGEST = 200_000_000
"""Bytes of a table or of boxes that are read."""
_MOST_BINS = 512


def media(record: dict[str, Any], folder: Path, labels: dict[str, Any], key: str) -> Any:
    """Return what a record stands for; one of an unknown type as it is.

    `labels` are the names of classes by kind, key and set. Raises OSError, ValueError and TypeError for what is not there
    or damaged.
    """
    kind = record["_type"]
    if kind == "image-file":
        return _image(record, folder, labels, key)
    if kind == "images/separated":
        return _images(record, folder, labels, key)
    if kind == "histogram":
        return _histogram(record)
    if kind == "table-file":
        return Table(record, folder)
    if kind == "html-file":
        return _html(there(folder, record.get("path")))
    listed = [value for value in record.values() if isinstance(value, list) and value and _are_records(value)]
    if listed:
        return Recorded({"_type": kind, "count": len(listed[0]), "items": listed[0]}, folder)
    return Recorded(record, folder)


def _are_records(value: list[Any]) -> bool:
    return all(isinstance(one, dict) and isinstance(one.get("_type"), str) for one in value)


def _image(record: dict[str, Any], folder: Path, labels: dict[str, Any], key: str) -> Media:
    from tracklog.media.image import Image

    masks, boxes = record.get("masks"), record.get("boxes")
    return Image(
        there(folder, record.get("path")),
        caption=record.get("caption"),
        grouping=record.get("grouping"),
        masks={name: _mask(one, folder, labels, key, name) for name, one in masks.items()} if masks else None,
        boxes={name: _boxes(one, folder) for name, one in boxes.items()} if boxes else None,
    )


def _mask(record: dict[str, Any], folder: Path, labels: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"path": there(folder, record.get("path"))}
    label = labels.get(f"{key}_wandb_delimeter_{name}")
    return found | ({"class_labels": _labels(label)} if isinstance(label, dict) else {})


def _boxes(record: dict[str, Any], folder: Path) -> dict[str, Any]:
    found = value_of(content(there(folder, record.get("path"))))
    if not isinstance(found, dict):
        return {}
    labels = found.get("class_labels")
    return found | {"class_labels": _labels(labels) if isinstance(labels, dict) else None}


def _labels(given: dict[str, Any]) -> dict[Any, Any]:
    """Return names of classes by their ids, which JSON has as texts."""
    return {int(key) if key.lstrip("-").isdecimal() else key: name for key, name in given.items()}


def _images(record: dict[str, Any], folder: Path, labels: dict[str, Any], key: str) -> list[Media]:
    names, captions = record.get("filenames") or [], record.get("captions")
    every = [{"path": name} for name in names]
    for n, one in enumerate(every):
        for field, single in (("all_masks", "masks"), ("all_boxes", "boxes")):
            given = record.get(field)
            if isinstance(given, list) and n < len(given) and isinstance(given[n], dict):
                one[single] = given[n]
        if isinstance(captions, list) and n < len(captions) and captions[n]:
            one["caption"] = captions[n]
    return [_image(one, folder, labels, key) for one in every]


def _html(path: Path) -> Media:
    """Return a document without the style that wandb links from its server: a page loads nothing from anywhere."""
    from tracklog.media.html import Html

    text = content(path).decode("utf-8", "replace")
    own = _STYLE.sub("", text)
    return Html(own, inject=own != text, data_is_not_path=True)


def _histogram(record: dict[str, Any]) -> Any:
    from tracklog.media.histogram import Histogram

    counts, edges, packed = record.get("values"), record.get("bins"), record.get("packedBins")
    if isinstance(packed, dict):
        edges = [packed["min"] + n * packed["size"] for n in range(int(packed["count"]) + 1)]
    if isinstance(counts, list) and isinstance(edges, list) and len(counts) <= _MOST_BINS:
        return Histogram(np_histogram=(counts, edges))
    return {"_type": "histogram", "counts": counts, "bins": edges}


class Table(Media):
    """A table by its file; media in its cells come along."""

    def __init__(self, record: dict[str, Any], folder: Path) -> None:
        """Read it. Raises OSError, and ValueError for what is no table."""
        found = value_of(content(there(folder, record.get("path"))))
        if not isinstance(found, dict) or not all(isinstance(found.get(part), list) for part in ("columns", "data")):
            raise ValueError("it holds no table: columns and data are missing")
        self._columns = found["columns"]
        self._rows = [[_cell(cell, folder) for cell in row] for row in found["data"] if isinstance(row, list)]

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``table-file`` with path, sha256, size, ncols and nrows."""
        from tracklog.values import encode

        rows = [[encode(cell, door) for cell in row] for row in self._rows]
        data = encoding.dumps({"columns": self._columns, "data": rows})
        counts = {"ncols": len(self._columns), "nrows": len(rows)}
        return {"_type": "table-file", **door.put_bytes("table", data, "table.json"), **counts}


def _cell(value: Any, folder: Path) -> Any:
    if isinstance(value, dict) and isinstance(value.get("_type"), str):
        try:
            return media(value, folder, {}, "")
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return value  # a table has its own place for what is missing
    return value


class Chart(Media):
    """A table, and the preset that draws it."""

    def __init__(self, table: Table, panel: dict[str, Any]) -> None:
        """`panel` is wandb's: panelDefId, fieldSettings, stringSettings."""
        self._table, self._panel = table, panel

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``custom-chart`` with spec_name, fields, string_fields and table."""
        panel = self._panel
        return {
            "_type": "custom-chart",
            "spec_name": str(panel.get("panelDefId")),
            "fields": panel.get("fieldSettings") or {},
            "string_fields": panel.get("stringSettings") or {},
            "table": self._table.to_record(door),
        }


def content(path: Path) -> bytes:
    """Return what a file of some size holds. Raises OSError, and ValueError for one that is too large."""
    with files.opened(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"it has more than {_LARGEST:,} bytes")
    return data
