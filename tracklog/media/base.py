"""What all media share, and the one door through which their files reach a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from tracklog.store.layout import FileRef

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["FileRef", "Media", "MediaDoor"]


class MediaDoor(Protocol):
    """Takes the files of media into a run, each under the hash of its content."""

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        """Keep bytes as ``media/<kind>/<hash>.<ext>``."""

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        """Keep a copy of a file as ``media/<kind>/<hash>.<ext>``."""


class _Nowhere:
    """The door of media that are asked for their record without a run."""

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        del data
        msg = f"to_json(run) keeps a file media/{kind}/….{ext}: give the run that it belongs to"
        raise ValueError(msg)

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        del path
        return self.put_bytes(kind, b"", ext)


class Media(ABC):
    """A value that `log` records as more than a number."""

    LIST_TYPE: ClassVar[str] = ""
    """``_type`` of a list of them."""
    caption: str | None = None

    @abstractmethod
    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return the JSON value that stands in the row, its ``_type`` first; files go through ``door``."""

    def to_json(self, run: Any = None) -> dict[str, object]:
        """Return its record as `log` keeps it; files go into `run`. Raises ValueError for files without a run."""
        return self.to_record(getattr(run, "_recording", None) or _Nowhere())

    def bind_to_run(self, run: Any, key: str, step: int | str, id_: int | str | None = None) -> None:
        """Return, for scripts that call it before `to_json`: files go into a run when they are needed there."""
        del run, key, step, id_

    def companions(self, key: str) -> dict[str, Any]:  # noqa: ARG002 - most have none
        """Return what is logged beside it when it is logged under a key."""
        return {}

    @classmethod
    def batch_record(cls, items: Sequence[Media], door: MediaDoor) -> dict[str, object]:
        """Return the value of media logged as one list: their count and, as items, a record of each."""
        return {"_type": cls.LIST_TYPE, "count": len(items), "items": [item.to_record(door) for item in items]}
