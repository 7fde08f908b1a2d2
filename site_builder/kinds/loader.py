"""What a loader is, all it may ask of the run's files, and what is damaged in what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from site_builder.items import BoxSet, ImageItem, MaskSet, MediaValue, TableItem
from site_builder.model import HistogramValue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from site_builder.model import Kind
    from site_builder.pictures import Runs


class Door(Protocol):
    """What a loader may ask of a run's files. Paths are relative to `files/` and never lead outside of it."""

    def image(self, path: str) -> ImageItem:
        """Return an image, checked, with its place in the site; never raises."""

    def mask(self, path: str) -> Runs:
        """Return a mask, decoded. Raises ValueError with a sentence for people."""

    def file(self, path: str, extensions: Collection[str]) -> tuple[str, int]:
        """Return the place in the site of a file that the page asks for by URL, and its size in bytes.

        Raises ValueError with a sentence for people when it is not there, or its extension is none of these.
        """

    def read(self, path: str, limit: int) -> bytes:
        """Return the content of a file. Raises ValueError when it is not there or has more than `limit` bytes."""

    def derive(self, path: str, data: bytes, extension: str) -> str:
        """Keep a file that was made from one of the run's, for the page to ask for by URL; return its place."""

    def payload(self, data: bytes) -> int:
        """Give bulk data a place beside the values; return the number by which a value names it."""

    def use(self, kind: Kind) -> None:
        """Say that the page will need the viewer of a kind."""


class Loader(Protocol):
    """A module of this package."""

    KIND: Kind
    TYPES: tuple[str, ...]
    """The ``_type`` of the records it reads."""
    ASSETS: tuple[str, ...]
    """Scripts that its viewer consists of, by the names `build.mjs` gives them; the first is the viewer's."""

    def load(self, value: Any, door: Any, /) -> Any:
        """Return what the page draws. Raises KeyError, TypeError, ValueError… for a record that is not its own."""

    def broken(self) -> Any:
        """Return what stands for a record that cannot be read."""


def loaded(loader: Loader, value: object, door: Door) -> Any:
    """Return what the page draws for a value; one that is not as it should be is shown as empty or missing."""
    door.use(loader.KIND)
    try:
        return loader.load(value, door)
    except Exception:  # whatever a stranger's record does to a loader costs this value alone
        return loader.broken()


def damage(value: object) -> Iterator[str]:
    """Yield what of a loaded value is damaged or missing, as sentences."""
    if isinstance(value, HistogramValue) and not value.counts:
        yield "a histogram is damaged"
    for item in value.items if isinstance(value, MediaValue) else ():
        sets: tuple[MaskSet | BoxSet, ...] = (*item.masks, *item.boxes) if isinstance(item, ImageItem) else ()
        partly = item.note if isinstance(item, TableItem) and item.cut else ""
        said = (item.error if not item.whole else "", partly, *(one.error for one in sets))
        yield from (text for text in said if text)
