"""Videos: the file for the browser's player; gifs, which it cannot stop, as a sheet of their frames."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from site_builder.kinds import listed
from site_builder.model import MediaValue, VideoItem

if TYPE_CHECKING:
    from PIL.Image import Image

    from site_builder.kinds import Door
    from site_builder.model import Kind

KIND: Kind = "video"
TYPES = ("video-file", "videos")
ASSETS = ("video",)
EXTENSIONS = ("gif", "mp4", "webm", "ogg", "ogv")
GIF_BYTES = 30_000_000
"""Larger gifs play as browsers play them."""
_SHEET_SIDE, _SHEET_PIXELS = 16_000, 40_000_000
"""WebP ends at 16,383 pixels a side."""


def load(value: Any, door: Door) -> MediaValue:
    """Return the videos of a record."""
    return listed.load(value, lambda record: _item(record, door), VideoItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(VideoItem)


def _item(record: Any, door: Door) -> VideoItem:
    path = record["path"]
    src, size = door.file(path, EXTENSIONS)
    extension = path.rpartition(".")[2].lower()
    facts: dict[str, Any] = {name: _whole(record.get(name)) for name in ("width", "height", "frames")}
    facts |= {"fps": _rate(record.get("fps")), "caption": listed.caption(record), "format": extension}
    if extension == "gif" and size <= GIF_BYTES:
        facts |= _sheet(path, door, facts)
    return VideoItem(src=src, bytes=size, **facts)


def _sheet(path: str, door: Door, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a gif says of itself, with a sheet of its frames where that fits into a picture."""
    from PIL import Image as PILImage
    from PIL import UnidentifiedImageError

    try:
        with PILImage.open(io.BytesIO(door.read(path, GIF_BYTES)), formats=["GIF"]) as gif:
            width, height = gif.size
            count = int(getattr(gif, "n_frames", 1))
            pause = gif.info.get("duration") or 100
            found = {"width": width, "height": height, "frames": count, "fps": facts["fps"] or 1000 / pause}
            columns = max(1, min(count, _SHEET_SIDE // width, math.ceil(math.sqrt(count * height / width))))
            rows = math.ceil(count / columns)
            if rows * height > _SHEET_SIDE or rows * height * columns * width > _SHEET_PIXELS:
                return found
            sheet = _drawn(gif, count, columns, rows)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        PILImage.DecompressionBombError,
    ) as error:
        raise ValueError(f"{path} is damaged: {str(error)[:200]}") from error
    return found | {"sheet": door.derive(path, sheet, "webp"), "columns": columns}


def _drawn(gif: Image, count: int, columns: int, rows: int) -> bytes:
    from PIL import Image as PILImage

    width, height = gif.size
    sheet = PILImage.new("RGBA", (columns * width, rows * height))
    for n in range(count):
        gif.seek(n)
        sheet.paste(gif.convert("RGBA"), (n % columns * width, n // columns * height))
    written = io.BytesIO()
    sheet.save(written, "WEBP", lossless=True, quality=20, method=2)
    return written.getvalue()


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31 else 0


def _rate(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < math.inf else 0.0
