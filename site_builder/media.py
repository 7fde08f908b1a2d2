"""A run's images as the site has them: checked, named by their content, with smaller copies for tiles.

Reading files is this module's job; what to do with a value is the kinds'. Nothing a run folder says is trusted: paths
never leave `files/`, formats are only those named here, and sizes are checked before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder.model import ImageItem

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "BMP": "bmp"}
PIXELS = 120_000_000
"""Largest image that is opened, in pixels; beyond it a file is taken for a decompression bomb."""
THUMB = 512
"""Longest side of a smaller copy, in pixels."""
THUMB_ABOVE = 768
"""Images up to this side and `THUMB_BYTES` are their own tile."""
THUMB_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of the site: its place, and its bytes or where they are copied from."""

    place: str
    source: Path
    data: bytes | None
    """Bytes of a smaller copy; None for the file itself."""
    size: int


class RunMedia:
    """The media door of one run (`kinds.Media`); collects what the site must hold."""

    def __init__(self, files: Path) -> None:
        """`files` is the run's `files/` folder."""
        self._files = files
        self._seen: dict[str, ImageItem] = {}
        self.found: dict[str, MediaFile] = {}

    def image(self, path: str) -> ImageItem:
        """Return an image by its path below `files/`; never raises."""
        if path not in self._seen:
            self._seen[path] = self._image(path)
        return self._seen[path]

    def _image(self, path: str) -> ImageItem:
        source = inside(self._files, path)
        if source is None:
            return _missing(f"{path or 'the image'} is not in this folder")
        try:
            data = source.read_bytes()
        except OSError as error:
            return _missing(f"{path} cannot be read: {error.strerror}")
        return self._checked(path, source, data)

    def _checked(self, path: str, source: Path, data: bytes) -> ImageItem:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(io.BytesIO(data), formats=list(FORMATS)) as picture:
                width, height = picture.size
                extension = FORMATS[picture.format or "PNG"]
                if width * height > PIXELS:
                    return _missing(f"{path} has {width} × {height} pixels; images up to {PIXELS:,} pixels are shown")
                place = self._keep(hashlib.sha256(data).hexdigest(), extension, source, None, len(data))
                thumb = place
                if max(width, height) > THUMB_ABOVE or len(data) > THUMB_BYTES:
                    small = _smaller(picture)
                    thumb = self._keep(hashlib.sha256(small).hexdigest(), "webp", source, small, len(small))
                else:
                    picture.load()
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            EOFError,
            Image.DecompressionBombError,
        ) as error:
            return _missing(f"{path} is damaged: {str(error)[:200]}".replace(str(self._files), ""))
        return ImageItem(place, thumb, width, height, "", "", len(data))

    def _keep(self, digest: str, extension: str, source: Path, data: bytes | None, size: int) -> str:
        place = f"media/{digest[:2]}/{digest[2:34]}.{extension}"
        self.found.setdefault(place, MediaFile(place, source, data, size))
        return place


def inside(folder: Path, path: str) -> Path | None:
    """Return a file below a folder; None when it is not there, no file, or a link leads outside."""
    if not path:
        return None
    try:
        target = (folder / path).resolve(strict=True)
        return target if target.is_file() and target.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None


def _smaller(picture: Image) -> bytes:
    picture.draft("RGB", (THUMB, THUMB))
    copy = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
    copy.thumbnail((THUMB, THUMB))
    out = io.BytesIO()
    copy.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def _missing(reason: str) -> ImageItem:
    return ImageItem("", "", 0, 0, "", reason, 0)
