"""Pictures made from pictures: smaller copies for tiles, and a gif's frames side by side."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

THUMB = 512
"""Longest side of a smaller copy, in pixels."""
_SIDE, _PIXELS = 16_000, 40_000_000
"""Largest sheet of frames; WebP ends at 16,383 pixels a side."""


@dataclass(frozen=True, slots=True)
class Gif:
    """What a gif says of itself, and its frames in one picture."""

    width: int
    height: int
    frames: int
    fps: float
    """By the pause after its first frame; 10 where it names none."""
    columns: int
    sheet: bytes
    """Frames row by row, `columns` in each, as WebP; empty when they would be too large together."""


def smaller(picture: Image) -> bytes:
    """Return a copy of at most `THUMB` pixels a side, as WebP."""
    picture.draft("RGB", (THUMB, THUMB))
    clear = "A" in picture.getbands() or "transparency" in picture.info
    copy = picture if picture.mode in {"RGB", "RGBA"} else picture.convert("RGBA" if clear else "RGB")
    copy.thumbnail((THUMB, THUMB), reducing_gap=2.0)
    out = io.BytesIO()
    copy.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


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


def unfolded(data: bytes) -> Gif:
    """Return the frames of a gif. Raises ValueError when it is damaged."""
    from PIL import Image as PILImage
    from PIL import UnidentifiedImageError

    try:
        with PILImage.open(io.BytesIO(data), formats=["GIF"]) as gif:
            width, height = gif.size
            count = int(getattr(gif, "n_frames", 1))
            fps = 1000 / float(gif.info.get("duration") or 100)
            columns = max(1, min(count, _SIDE // width, math.ceil(math.sqrt(count * height / width))))
            rows = math.ceil(count / columns)
            fits = rows * height <= _SIDE and rows * height * columns * width <= _PIXELS
            sheet = _sheet(gif, count, columns, rows) if fits else b""
    except (UnidentifiedImageError, OSError, SyntaxError, EOFError, PILImage.DecompressionBombError) as error:
        raise ValueError(f"it cannot be read as a gif: {str(error)[:200]}") from error
    return Gif(width, height, count, fps, columns, sheet)


def _sheet(gif: Image, count: int, columns: int, rows: int) -> bytes:
    from PIL import Image as PILImage

    width, height = gif.size
    sheet = PILImage.new("RGBA", (columns * width, rows * height))
    for n in range(count):
        gif.seek(n)
        sheet.paste(gif.convert("RGBA"), (n % columns * width, n // columns * height))
    written = io.BytesIO()
    sheet.save(written, "WEBP", lossless=True, quality=20, method=2)
    return written.getvalue()
