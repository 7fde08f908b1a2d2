"""Images: one, or several logged at once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from site_builder.kinds import listed
from site_builder.model import ImageItem, MediaValue

if TYPE_CHECKING:
    from site_builder.kinds import Door
    from site_builder.model import Kind

KIND: Kind = "image"
TYPES = ("image-file", "images", "images/separated")
ASSETS = ("image",)


def load(value: Any, door: Door) -> MediaValue:
    """Return the images of a record, each with its caption."""
    if value["_type"] == "images/separated":
        captions = value.get("captions") or []
        records = [
            {"path": path, "caption": captions[n] if n < len(captions) else ""}
            for n, path in enumerate(value["filenames"])
        ]
        value = {"items": records}
    return listed.load(value, lambda record: _item(record, door), ImageItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(ImageItem)


def _item(record: Any, door: Door) -> ImageItem:
    path = record.get("path")
    item = door.image(path if isinstance(path, str) else "")
    return dataclasses.replace(item, caption=listed.caption(record))
