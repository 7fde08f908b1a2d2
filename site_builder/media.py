"""A run's media as the site has them: checked, named by their content, images with smaller copies for tiles.

Reading files is this module's job; what to do with a value is the kinds'. Nothing a run folder says is trusted: paths
never leave `files/`, formats are only those named here, and sizes are checked before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder import thumbnails
from site_builder.model import ImageItem

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from site_builder.model import Kind
    from site_builder.parts import Blocks

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "BMP": "bmp"}
PIXELS = 120_000_000
"""Largest image that is opened, in pixels; beyond it a file is taken for a decompression bomb."""
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
    """The door to the files of one run (`kinds.Door`); collects what the site must hold."""

    def __init__(self, files: Path, blocks: Blocks) -> None:
        """`files` is the run's `files/` folder; payloads become `blocks`."""
        self._files = files
        self._blocks = blocks
        self._seen: dict[str, ImageItem] = {}
        self.found: dict[str, MediaFile] = {}
        self.kinds: set[Kind] = set()
        """Kinds whose viewers the run's pages need."""

    def use(self, kind: Kind) -> None:
        """Say that the page will need the viewer of a kind."""
        self.kinds.add(kind)

    def payload(self, data: bytes) -> int:
        """Give bulk data a block; return the number by which a value names it."""
        return self._blocks.payload(data)

    def file(self, path: str, extensions: Collection[str]) -> tuple[str, int]:
        """Return the place in the site of a file, and its size. Raises ValueError."""
        extension = path.rpartition(".")[2].lower()
        if extension not in extensions:
            raise ValueError(f"{path or 'the file'} is none of {', '.join(sorted(extensions))}")
        source = self._source(path)
        try:
            digest, size = _hashed(source)
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from error
        return self._keep(digest, extension, source, None, size), size

    def derive(self, path: str, data: bytes, extension: str) -> str:
        """Keep a file that was made from one of the run's; return its place in the site."""
        return self._keep(hashlib.sha256(data).hexdigest(), extension, self._source(path), data, len(data))

    def read(self, path: str, limit: int) -> bytes:
        """Return the content of a file of at most `limit` bytes. Raises ValueError."""
        source = self._source(path)
        try:
            size = source.stat().st_size
            if size > limit:
                raise ValueError(f"{path} has {size / 1e6:.1f} MB; up to {limit / 1e6:g} MB are shown")
            return source.read_bytes()
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from error

    def _source(self, path: str) -> Path:
        source = inside(self._files, path)
        if source is None:
            raise ValueError(f"{path or 'the file'} is not in this folder")
        return source

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
                    small = thumbnails.smaller(picture)
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
        return ImageItem(src=place, thumb=thumb, width=width, height=height, bytes=len(data))

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


def _hashed(source: Path) -> tuple[str, int]:
    total, size = hashlib.sha256(), 0
    with source.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            total.update(chunk)
            size += len(chunk)
    return total.hexdigest(), size


def _missing(reason: str) -> ImageItem:
    return ImageItem(error=reason)
