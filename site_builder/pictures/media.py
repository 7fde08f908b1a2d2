"""A run's media as the site has them: checked, named by their content, images with smaller copies for tiles.

Reading files is this module's job and that of `pictures`; what to do with a value is the kinds'. Nothing a run folder
says is trusted: paths never leave `files/`, and sizes are checked before anything is decoded.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_builder.items import ImageItem, LimitError
from site_builder.pictures import masks, pictures
from tracklog.store.files import content, hashed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from site_builder.model import Kind

SMALL, KEPT = 100_000, 64
"""Files up to so many bytes are kept while a run is built, so many at most: a thousand images may name their classes by one."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of the site: its place, and its bytes or where they are copied from."""

    place: str
    source: Path
    data: bytes | None
    """Bytes of what was made of it; None for the file itself, and for what the site has already."""
    size: int
    derived: bool = False
    """Whether it is made of the source: its bytes are not the source's."""


class Media:
    """The door to the files of one run or version (`kinds.loader.Door`); collects what the site must hold."""

    def __init__(
        self, find: Callable[[str], Path | None], bulk: Callable[[bytes], int], known: pictures.Known | None = None
    ) -> None:
        """`find` gives the file of a path, None where there is none that it may name; `bulk` takes payloads.

        `known` pictures are not decoded again.
        """
        self._find = find
        self.bulk = bulk
        self._read: dict[str, bytes] = {}
        self._known = known or {}
        self._asked: dict[str, pictures.Picture] = {}
        self.found: dict[str, MediaFile] = {}
        self.kinds: set[Kind] = set()
        """Kinds whose viewers the run's pages need."""

    def copy(self, bulk: Callable[[bytes], int]) -> Media:
        """Return one that knows the same and collects by itself."""
        other = Media(self._find, bulk, self._known)
        other._read, other._asked = self._read, {**self._asked}
        other.found, other.kinds = {**self.found}, {*self.kinds}
        return other

    def join(self, other: Media) -> None:
        """Take in what another one of the same folder has collected."""
        for path, known in other._asked.items():
            self._asked.setdefault(path, known)
        for place, file in other.found.items():
            self.found.setdefault(place, file)
        self.kinds |= other.kinds

    def facts(self) -> dict[str, list[Any]]:
        """Return what the manifest keeps of the pictures that were asked for."""
        return {path: known.fact() for path, known in self._asked.items()}

    def use(self, kind: Kind) -> None:
        """Say that the page will need the viewer of a kind."""
        self.kinds.add(kind)

    def payload(self, data: bytes) -> int:
        """Give bulk data a block; return the number by which a value names it."""
        return self.bulk(data)

    def file(self, path: str, extensions: Collection[str]) -> tuple[str, int]:
        """Return the place in the site of a file, and its size. Raises ValueError."""
        extension = path.rpartition(".")[2].lower()
        if extension not in extensions:
            raise LimitError(f"{path or 'the file'} is none of {', '.join(sorted(extensions))}")
        source = self._source(path)
        try:
            digest, size = hashed(source)
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from error
        return self._keep(digest, extension, source, None, size), size

    def derive(self, path: str, data: bytes, extension: str) -> str:
        """Keep a file that was made from one of the run's; return its place in the site."""
        return self._keep(hashlib.sha256(data).hexdigest(), extension, self._source(path), data, len(data))

    def read(self, path: str, limit: int) -> bytes:
        """Return the content of a file of at most `limit` bytes. Raises ValueError."""
        if path in self._read:
            return self._read[path]
        source = self._source(path)
        try:
            size = source.stat().st_size
            if size > limit:
                raise LimitError(f"{path} has {size / 1e6:.1f} MB; up to {limit / 1e6:g} MB are shown")
            data = content(source)
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from error
        if size <= SMALL and len(self._read) < KEPT:
            self._read[path] = data
        return data

    def _source(self, path: str) -> Path:
        source = self._find(path)
        if source is None:
            raise ValueError(f"{path or 'the file'} is not in this folder")
        return source

    def image(self, path: str) -> ImageItem:
        """Return an image by its path below `files/`; never raises."""
        source = self._find(path)
        if source is None:
            return ImageItem(error=f"{path or 'the image'} is not in this folder")
        known = self._asked.get(path) or self._known.get(path)
        if not isinstance(known, pictures.Picture) or (
            path not in self._asked and not pictures.fresh(known, str(source))
        ):
            known = pictures.look(str(source))
        self._asked[path] = known
        if known.error:
            return ImageItem(error=f"{path} {known.error}", whole=known.whole)
        made = dict(known.made)
        for place in dict.fromkeys((known.src, known.thumb)):
            self.found.setdefault(
                place, MediaFile(place, source, made.get(place), known.size, self._derived(place, known))
            )
        return ImageItem(
            src=known.src, thumb=known.thumb, width=known.width, height=known.height, bytes=known.size, note=known.note
        )

    @staticmethod
    def _derived(place: str, known: pictures.Picture) -> bool:
        return bool(known.note) or place != known.src

    def image_within(self, path: str, data: bytes) -> ImageItem:
        """Return an image whose bytes stand inside of the file `path`; never raises."""
        known = pictures.within(data)
        source = self._find(path)
        if known.error or source is None:
            return ImageItem(error=known.error or "is gone")
        shown = dict(known.made).get(known.src, data)
        self.found.setdefault(known.src, MediaFile(known.src, source, shown, len(shown), derived=True))
        return ImageItem(src=known.src, width=known.width, height=known.height, bytes=known.size, note=known.note)

    def mask(self, path: str) -> masks.Runs:
        """Return a mask by its path below `files/`. Raises ValueError with a sentence for people."""
        source = self._source(path)
        known = self._known.get(path)
        if not isinstance(known, masks.Runs) or not pictures.fresh(known, str(source)):
            known = masks.look(str(source))
        if known.error:
            raise ValueError(f"{path} {known.error}")
        return known

    def _keep(self, digest: str, extension: str, source: Path, data: bytes | None, size: int) -> str:
        place = pictures.place_of(digest, extension)
        self.found.setdefault(place, MediaFile(place, source, data, size, data is not None))
        return place
