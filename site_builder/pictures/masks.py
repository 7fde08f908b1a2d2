"""Masks as run-length data: what a page paints them from.

Runs go row by row over the whole mask, each as two unsigned LEB128 numbers: class id, and how many pixels have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from site_builder.pictures import thumbnails

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIXELS = 40_000_000
"""Largest mask that is decoded."""
_MODES = frozenset(("1", "L", "P", "I;16"))


@dataclass(frozen=True, slots=True)
class Runs:
    """A mask that was decoded, or why it was not."""

    size: int
    time: int
    """Size in bytes and time of change in ns of its file."""
    width: int = 0
    height: int = 0
    data: bytes = b""
    ids: tuple[int, ...] = ()
    pixels: tuple[int, ...] = ()
    """Of each of the ids."""
    error: str = ""


def look(path: str) -> Runs:
    """Return a mask's file as runs; never raises."""
    sign = (-1, -1)
    try:
        data, sign = thumbnails.content(path)
        return _decoded(data, sign)
    except OSError as error:
        return Runs(*sign, error=f"cannot be read: {error.strerror}")
    except ValueError as error:
        return Runs(*sign, error=str(error))


def _decoded(data: bytes, sign: tuple[int, int]) -> Runs:
    from PIL import Image as PILImage

    if not data:
        raise ValueError("is empty: it has 0 bytes")
    try:
        with thumbnails.opened(data, ["PNG"]) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                raise ValueError(f"has {width} × {height} pixels; masks up to {PIXELS:,} pixels are shown")
            if picture.mode not in _MODES:
                raise ValueError(f"is a picture of mode {picture.mode}, which holds no class ids")
            ids = np.asarray(picture).astype("u2", copy=False)
    except PILImage.DecompressionBombError:
        raise ValueError(f"has too many pixels; masks up to {PIXELS:,} pixels are shown") from None
    except (OSError, SyntaxError, EOFError, MemoryError) as error:
        raise ValueError(f"is damaged: {str(error)[:200]}") from error
    counts = np.bincount(ids.ravel())
    found = np.flatnonzero(counts)
    return Runs(*sign, width, height, encode(ids), tuple(found.tolist()), tuple(counts[found].tolist()))


def encode(ids: NDArray[Any]) -> bytes:
    """Return an H × W array of ids (0 to 65,535) as runs."""
    flat = ids.ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(starts, append=flat.size)
    return varints(np.stack([flat[starts].astype(np.int64), lengths], axis=1).ravel())


def varints(values: NDArray[np.int64]) -> bytes:
    """Return numbers below 2**35 as unsigned LEB128."""
    size = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        size += values >= 1 << bits
    ends = np.cumsum(size)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    for place in range(5):
        has = size > place
        more = np.where(size[has] > place + 1, 0x80, 0)
        out[(ends - size)[has] + place] = ((values[has] >> (7 * place)) & 0x7F) | more
    return out.tobytes()
