"""Images: one, or several logged at once, with their masks and boxes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from site_builder.items import ImageItem, MediaValue
from site_builder.kinds import listed, overlays

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "image"
TYPES = ("image-file", "images", "images/separated")
ASSETS = ("image",)


def load(value: Any, door: Door) -> MediaValue:
    """Return the images of a record, each with its caption and what is drawn above it."""
    if value["_type"] == "images/separated":
        value = {"items": _separated(value)}
    return listed.load(value, lambda record: _item(record, door), ImageItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(ImageItem)


def _separated(value: Any) -> list[dict[str, Any]]:
    """Return a record of each image of a list as the reference writes it."""
    fields = {"caption": "captions", "masks": "all_masks", "boxes": "all_boxes"}
    records: list[dict[str, Any]] = [{"path": path} for path in value["filenames"]]
    for field, name in fields.items():
        for record, found in zip(records, value.get(name) or (), strict=False):
            record[field] = found
    return records


def _item(record: Any, door: Door) -> ImageItem:
    path = record.get("path")
    item = dataclasses.replace(door.image(path if isinstance(path, str) else ""), caption=listed.caption(record))
    if item.error:
        return item
    grouping = record.get("grouping")
    return dataclasses.replace(
        item,
        grouping=grouping if isinstance(grouping, int) and 0 < grouping <= 100 else 0,  # noqa: PLR2004 - columns
        masks=overlays.masks(record.get("masks"), item, door),
        boxes=overlays.boxes(record.get("boxes"), item, door),
    )
