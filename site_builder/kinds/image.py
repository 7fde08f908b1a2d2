"""Images: one, or several logged at once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from site_builder.model import ImageItem, ImageValue

if TYPE_CHECKING:
    from site_builder.kinds import Media


def load(value: Any, media: Media) -> ImageValue:
    """Return the images of a record, each with its caption."""
    if value["_type"] == "images/separated":
        captions = value.get("captions") or []
        records = [
            {"path": path, "caption": captions[n] if n < len(captions) else ""}
            for n, path in enumerate(value["filenames"])
        ]
    else:
        records = value["items"] if value["_type"] == "images" else [value]
    return ImageValue(tuple(_item(record, media) for record in records))


def _item(record: Any, media: Media) -> ImageItem:
    path = record.get("path")
    caption = record.get("caption")
    item = media.image(path if isinstance(path, str) else "")
    return dataclasses.replace(item, caption=caption if isinstance(caption, str) else "")
