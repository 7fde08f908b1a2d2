"""What all media share, and the one door through which their files reach a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from tracklog.store.layout import FileRef

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileRef", "Media", "MediaDoor"]


class MediaDoor(Protocol):
    """Takes the files of media into a run, each under the hash of its content."""

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        """Keep bytes as ``media/<kind>/<hash>.<ext>``."""

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        """Keep a copy of a file as ``media/<kind>/<hash>.<ext>``."""


class Media(ABC):
    """A value that `log` records as more than a number."""

    caption: str | None = None

    @abstractmethod
    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return the JSON value that stands in the row, its ``_type`` first; files go through ``door``."""
