"""Media records of another tracker: their files come into the run, and the record says where they are then.

Records have a ``_type`` and a ``path`` below the folder of the source's files, as those of tracklog have below `files/`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tracklog.media.base import Media
from tracklog.store import files

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import MediaDoor

_KINDS = {"audio-file": "audio", "image-file": "images", "video-file": "videos"}
_KNOWN = (".pts.json", ".table.json", ".plotly.json", ".mask.png")


class Recorded(Media):
    """A record as it was, but for the places of its files."""

    def __init__(self, record: dict[str, Any], folder: Path) -> None:
        """`folder` is what paths are relative to. Raises FileNotFoundError for a file that is not there, or lies outside."""
        self._record = record
        self._files = dict(_found(record, folder))

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return the record with its files in the run."""
        placed: dict[str, object] = self._placed(self._record, door)
        return placed

    def _placed(self, value: Any, door: MediaDoor) -> Any:
        if isinstance(value, list):
            return [self._placed(item, door) for item in value]
        if not isinstance(value, dict):
            return value
        record = {key: self._placed(item, door) for key, item in value.items()}
        file = self._files.get(value["path"]) if isinstance(value.get("path"), str) else None
        if file is not None:
            kind = str(value.get("_type") or "files")
            record |= door.put_path(_KINDS.get(kind, kind.removesuffix("-file")), file, extension(file.name))
        return record


def _found(value: Any, folder: Path) -> list[tuple[str, Path]]:
    if isinstance(value, list):
        return [pair for item in value for pair in _found(item, folder)]
    if not isinstance(value, dict):
        return []
    pairs = [pair for item in value.values() for pair in _found(item, folder)]
    path = value.get("path")
    return [*pairs, (path, there(folder, path))] if isinstance(path, str) and "_type" in value else pairs


def there(folder: Path, name: object) -> Path:
    """Return a file below a folder. Raises FileNotFoundError where it is not there, or lies outside."""
    found = files.inside(folder, name) if isinstance(name, str) else None
    if found is None:
        raise FileNotFoundError(2, "there is no such file in the source", str(name))
    return found


def extension(name: str) -> str:
    """Return the end of a file's name that says what it is: ``pts.json``, ``png``."""
    return next((end[1:] for end in _KNOWN if name.endswith(end)), PurePosixPath(name).suffix[1:])
