"""What media are made from when it is not data: paths, open files, bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from tracklog.media.base import FileRef, MediaDoor

_URL = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """A media file before it is in a run: its path, or its bytes."""

    content: Path | bytes
    extension: str
    """Lower case, without the dot."""

    def put(self, door: MediaDoor, kind: str) -> FileRef:
        """Keep it in the run, byte for byte. Raises OSError."""
        if isinstance(self.content, bytes):
            return door.put_bytes(kind, self.content, self.extension)
        return door.put_path(kind, self.content, self.extension)

    def read(self) -> bytes:
        """Return its bytes. Raises OSError."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def is_file(value: object) -> bool:
    """Tell whether a value names or is a file."""
    return isinstance(value, (str, PathLike)) or hasattr(value, "read")


def take(value: Any, noun: str, extensions: Collection[str], file_type: str | None = None) -> File:
    """Return a path or open file as `File`; an open file is read here, by its name where it was opened as text.

    ``file_type`` is the extension of files without a name. Raises ValueError when the extension is none of `extensions`,
    or the path is a URL; FileNotFoundError and other OSErrors when there is nothing to read.
    """
    if not hasattr(value, "read"):
        refuse_url(value, noun)
        extension = _extension(str(value), noun, extensions, file_type)
        return File(_path(value, noun), extension)
    name = getattr(value, "name", None)
    named = name if isinstance(name, str) else ""
    extension = _extension(named, noun, extensions, file_type)
    content = value.read() if "b" in getattr(value, "mode", "b") or not named else Path(named).read_bytes()
    return File(content.encode() if isinstance(content, str) else bytes(content), extension)


def refuse_url(value: str | PathLike[str], noun: str) -> None:
    """Raise ValueError when a path is a URL: nothing is downloaded here."""
    if _URL.match(str(value)):
        raise ValueError(f"{noun} is read from a file, not from {str(value)[:200]!r}; download it first")


def _path(value: str | PathLike[str], noun: str) -> Path:
    path = Path(value)
    if not path.is_file():
        raise FileNotFoundError(2, f"{noun} is read from a file, and there is none", str(path))
    return path


def _extension(name: str, noun: str, extensions: Collection[str], file_type: str | None) -> str:
    extension = (file_type or Path(name).suffix).lower().lstrip(".")
    if extension in extensions:
        return extension
    known = ", ".join(extensions)
    if not extension:
        raise ValueError(f"{noun} needs a type to be read: pass a file with a name, or file_type= as one of {known}")
    raise ValueError(f"{noun} is read from files of type {known}, not {extension!r}")
