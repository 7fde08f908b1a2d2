"""Files of pictures, and pictures made from pictures: smaller copies for tiles, a gif's frames side by side."""

from __future__ import annotations

import io
import math
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder.items import LimitError
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

LARGEST = 200_000_000
"""Bytes of a file that is read; decoded, it may take many times as many."""
THUMB = 512
"""Longest side of a smaller copy, in pixels."""
_SIDE, _PIXELS = 16_000, 40_000_000
"""Largest sheet of frames; WebP ends at 16,383 pixels a side."""
_PAUSE = 100
"""Milliseconds of a frame that names none."""
_TICKS = 5_000
"""A gif of more is shown frame by frame, whatever their pauses."""


@dataclass(frozen=True, slots=True)
class Gif:
    """What a gif says of itself, and its frames in one picture."""

    width: int
    height: int
    frames: int
    fps: float
    """Of these frames."""
    columns: int
    sheet: bytes
    """Frames row by row, `columns` in each, as WebP; empty when they would be too large together."""


def content(path: str) -> tuple[bytes, tuple[int, int]]:
    """Return what the file of a picture holds, with its size in bytes and its time of change in ns.

    Raises LimitError when it has more than `LARGEST` bytes, and OSError.
    """
    with files.opened(path) as file:
        status = os.fstat(file.fileno())
        if status.st_size > LARGEST:
            raise LimitError(f"has {status.st_size / 1e6:,.0f} MB; pictures up to {LARGEST / 1e6:g} MB are shown")
        return file.read(LARGEST), (status.st_size, status.st_mtime_ns)


@contextmanager
def opened(data: bytes, formats: list[str]) -> Iterator[Image]:
    """Open a picture, whose pixels are not decoded yet, without Pillow's word on its size: that is checked here."""
    from PIL import Image as PILImage

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PILImage.DecompressionBombWarning)
        with PILImage.open(io.BytesIO(data), formats=formats) as picture:
            yield picture


def smaller(picture: Image) -> tuple[bytes, str]:
    """Return a copy of at most `THUMB` pixels a side, and its extension.

    Photographs stay JPEG, which takes a third of the time; anything else, with its sharp edges and clear pixels, is WebP.
    """
    from PIL import Image as PILImage

    is_photo = picture.format == "JPEG"
    picture.draft("RGB", (THUMB, THUMB))
    clear = "A" in picture.getbands() or "transparency" in picture.info
    copy = picture if picture.mode in {"RGB", "RGBA"} else picture.convert("RGBA" if clear else "RGB")
    copy.thumbnail((THUMB, THUMB), PILImage.Resampling.BILINEAR, reducing_gap=2.0)
    out = io.BytesIO()
    if is_photo:
        copy.save(out, "JPEG", quality=80)
    else:
        copy.save(out, "WEBP", quality=80, method=2)
    return out.getvalue(), "jpg" if is_photo else "webp"


def scaled(picture: Image) -> tuple[bytes, float, float]:
    """Return a grey picture of more than 8 bits as a PNG of 8, by its own range, and that range."""
    import numpy as np
    from PIL import Image as PILImage

    values = np.nan_to_num(np.asarray(picture).astype(float))
    low, high = float(values.min()), float(values.max())
    grey = ((values - low) * (255 / ((high - low) or 1))).astype(np.uint8)
    out = io.BytesIO()
    PILImage.fromarray(grey).save(out, "PNG")
    return out.getvalue(), low, high


def unfolded(data: bytes, fps: float) -> Gif:
    """Return the frames of a gif as they are at `fps` (0: at its shortest pause). Raises ValueError when it is damaged.

    Writers of gifs join equal frames into one that stays longer; here each is there as often as it is seen.
    """
    from PIL import Image as PILImage
    from PIL import UnidentifiedImageError

    try:
        with PILImage.open(io.BytesIO(data), formats=["GIF"]) as gif:
            width, height = gif.size
            shown, fps = _shown(gif, fps)
            columns = max(1, min(len(shown), _SIDE // width, math.ceil(math.sqrt(len(shown) * height / width))))
            rows = math.ceil(len(shown) / columns)
            fits = rows * height <= _SIDE and rows * height * columns * width <= _PIXELS
            sheet = _sheet(gif, shown, columns, rows) if fits else b""
    except UnidentifiedImageError as error:  # whose text names the bytes in memory
        raise ValueError("it is no gif") from error
    except (OSError, SyntaxError, EOFError, PILImage.DecompressionBombError) as error:
        raise ValueError(f"it cannot be read as a gif: {str(error)[:200]}") from error
    return Gif(width, height, len(shown), fps, columns, sheet)


def _shown(gif: Image, fps: float) -> tuple[list[int], float]:
    """Return which frame is seen at each tick, and ticks a second."""
    pauses = []
    for n in range(int(getattr(gif, "n_frames", 1))):
        gif.seek(n)
        pauses.append(float(gif.info.get("duration") or _PAUSE))
    fps = fps or 1000 / min(pauses)
    ticks = [max(1, round(pause * fps / 1000)) for pause in pauses]
    if sum(ticks) > _TICKS:
        return list(range(len(pauses))), fps
    return [n for n, times in enumerate(ticks) for _ in range(times)], fps


def _sheet(gif: Image, shown: list[int], columns: int, rows: int) -> bytes:
    from PIL import Image as PILImage

    width, height = gif.size
    sheet = PILImage.new("RGBA", (columns * width, rows * height))
    for place, n in enumerate(shown):
        gif.seek(n)
        sheet.paste(gif.convert("RGBA"), (place % columns * width, place // columns * height))
    written = io.BytesIO()
    sheet.save(written, "WEBP", lossless=True, quality=20, method=2)
    return written.getvalue()
