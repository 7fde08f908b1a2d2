"""Videos: the file for the browser's player; gifs, which it cannot stop, as a sheet of their frames."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from site_builder.items import MediaValue, VideoItem
from site_builder.kinds import listed
from site_builder.pictures import unfolded

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "video"
TYPES = ("video-file", "videos")
ASSETS = ("video",)
EXTENSIONS = ("gif", "mp4", "webm", "ogg", "ogv")
GIF_BYTES = 30_000_000
"""Larger gifs play as browsers play them."""


def load(value: Any, door: Door) -> MediaValue:
    """Return the videos of a record."""
    return listed.load(value, lambda record: _item(record, door), VideoItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(VideoItem)


def _item(record: Any, door: Door) -> VideoItem:
    path = record["path"]
    src, size = door.file(path, EXTENSIONS)
    extension = listed.extension(path)
    facts: dict[str, Any] = {name: _whole(record.get(name)) for name in ("width", "height", "frames")}
    facts |= {"fps": _rate(record.get("fps")), "caption": listed.caption(record), "format": extension}
    if extension == "gif" and size <= GIF_BYTES:
        facts |= _gif(path, door, facts["fps"])
    return VideoItem(src=src, bytes=size, **facts)


def _gif(path: str, door: Door, fps: float) -> dict[str, Any]:
    """Return what a gif says of itself, with a sheet of its frames where that fits into a picture."""
    try:
        gif = unfolded(door.read(path, GIF_BYTES), fps)
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    facts: dict[str, Any] = {"width": gif.width, "height": gif.height, "frames": gif.frames, "fps": gif.fps}
    if not gif.sheet:
        return facts
    return facts | {"sheet": door.derive(path, gif.sheet, "webp"), "columns": gif.columns}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31 else 0


def _rate(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < math.inf else 0.0
