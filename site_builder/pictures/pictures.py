"""Picture files of runs: what is to be known of each. One file at a time, so that processes can share the work.

What is known is kept in the site's manifest by the file's size and time, so that a run that grew is not decoded again.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_builder import jobs
from site_builder.items import LimitError
from site_builder.pictures import masks, thumbnails
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from PIL.Image import Image

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "BMP": "bmp"}
PIXELS = 120_000_000
"""Largest image that is opened, in pixels; beyond it a file is taken for a decompression bomb."""
THUMB_ABOVE = 768
"""Images up to this side and `THUMB_BYTES` are their own tile."""
THUMB_BYTES = 200_000
MANY = 64
"""A run with more new pictures than this has them looked at by all processes."""
_FOLDERS = ("images", "masks")
_DEEP = frozenset(("I;16", "I;16B", "I", "F"))
"""Modes of more than 8 bits, which browsers show nearly black or not at all."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of an image file."""

    size: int
    time: int
    """Size in bytes and time of change in ns: a file that has others is another one."""
    src: str = ""
    """Place in the site of what is shown at full size; empty when it is not shown."""
    thumb: str = ""
    width: int = 0
    height: int = 0
    error: str = ""
    """Why it is not shown; the file is named by whoever says it."""
    note: str = ""
    """What was done to show it; only pictures of more than 8 bits have one."""
    whole: bool = False
    """Nothing is wrong with what is not shown, but that it is too large."""
    made: tuple[tuple[str, bytes], ...] = ()
    """Files of the site that were made of it, as far as they are not there yet: place and content."""

    def fact(self) -> list[Any]:
        """Return what the manifest keeps."""
        return [self.size, self.time, self.src, self.thumb, self.width, self.height, self.error, self.note, self.whole]


Known = dict[str, Picture | masks.Runs]
"""Pictures and masks of a run by their path below `files/`."""


def from_facts(facts: Mapping[str, Sequence[Any]], there: Collection[str]) -> Known:
    """Return what a manifest kept of pictures whose files are `there` in the site."""
    found = {path: Picture(*fact) for path, fact in facts.items()}
    return {path: one for path, one in found.items() if one.error or (one.src in there and one.thumb in there)}


def place_of(digest: str, extension: str) -> str:
    """Return where the site has a file of some content."""
    return f"media/{digest[:2]}/{digest[2:34]}.{extension}"


def ahead(files: str, known: Known, count: int) -> Iterator[tuple[str, Picture | masks.Runs]]:
    """Look at the new pictures and masks of a run in `count` processes, if they are many.

    `files` is the run's `files/` folder. Yields each with its path below that, in order.
    """
    new = [path for path in _found(files) if not fresh(known.get(path), f"{files}/{path}")]
    if len(new) <= MANY:
        return
    yield from zip(new, jobs.results(_look, [f"{files}/{path}" for path in new], count), strict=True)


def fresh(known: Picture | masks.Runs | None, path: str) -> bool:
    """Return whether a file is still the one that something is known of."""
    try:
        status = os.stat(path)  # noqa: PTH116 - as strings: there may be ten thousands
    except OSError:
        return False
    return known is not None and (known.size, known.time) == (status.st_size, status.st_mtime_ns)


def _found(files: str) -> Iterator[str]:
    for name in _FOLDERS:
        folder = f"{layout.MEDIA}/{name}"
        try:
            with os.scandir(f"{files}/{folder}") as entries:
                yield from sorted(f"{folder}/{e.name}" for e in entries if e.is_file(follow_symlinks=False))
        except OSError:
            continue


def _look(path: str) -> Picture | masks.Runs:
    return masks.look(path) if f"/{layout.MEDIA}/masks/" in path else look(path)


def look(path: str) -> Picture:
    """Return what is to be known of an image file, with smaller copies made of it; never raises."""
    try:
        data, sign = thumbnails.content(path)
    except OSError as error:
        return Picture(-1, -1, error=f"cannot be read: {error.strerror}")
    except LimitError as error:
        return Picture(-1, -1, error=str(error), whole=True)
    if not data:
        return Picture(*sign, error="is empty: it has 0 bytes")
    return _checked(data, sign)


def within(data: bytes) -> Picture:
    """Return what is to be known of an image that stands in a file, as it is and without smaller copies; never raises."""
    return _checked(data, (len(data), 0), tile=False)


def _checked(data: bytes, sign: tuple[int, int], *, tile: bool = True) -> Picture:
    from PIL import Image as PILImage
    from PIL import UnidentifiedImageError

    try:
        with thumbnails.opened(data, list(FORMATS)) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                return Picture(*sign, error=_too_many(width, height), whole=True)
            return _shown(picture, data, sign, tile=tile)
    except PILImage.DecompressionBombError:
        return Picture(*sign, error=_too_many(0, 0), whole=True)
    except UnidentifiedImageError:
        return Picture(*sign, error=f"is no image of a kind that is shown ({', '.join(FORMATS)})")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        return Picture(*sign, error=f"is damaged: {str(error)[:200]}")


def _too_many(width: int, height: int) -> str:
    size = f"has {width} × {height} pixels" if width else "has too many pixels"
    return f"{size}; images up to {PIXELS:,} pixels are shown"


def _shown(picture: Image, data: bytes, sign: tuple[int, int], *, tile: bool) -> Picture:
    width, height = picture.size
    if picture.mode in _DEEP:
        return _deep(picture, sign)
    src = thumb = place_of(hashlib.sha256(data).hexdigest(), FORMATS[picture.format or "PNG"])
    made: tuple[tuple[str, bytes], ...] = ()
    if tile and (max(width, height) > THUMB_ABOVE or len(data) > THUMB_BYTES):
        small, extension = thumbnails.smaller(picture)
        thumb = place_of(hashlib.sha256(small).hexdigest(), extension)
        made = ((thumb, small),)
    else:
        picture.load()
    return Picture(*sign, src=src, thumb=thumb, width=width, height=height, made=made)


def _deep(picture: Image, sign: tuple[int, int]) -> Picture:
    """Show a picture of more than 8 bits by its own range: browsers would cut its lower bits off."""
    width, height = picture.size
    scaled, low, high = thumbnails.scaled(picture)
    src = place_of(hashlib.sha256(scaled).hexdigest(), "png")
    note = f"values from {low:g} to {high:g} are shown from black to white"
    return Picture(*sign, src=src, thumb=src, width=width, height=height, note=note, made=((src, scaled),))
