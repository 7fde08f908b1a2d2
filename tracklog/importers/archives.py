"""Zip archives of a stranger: unpacked into a folder of their own, within bounds, and nowhere else."""

from __future__ import annotations

import contextlib
import lzma
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog.importers import folders
from tracklog.importers.told import UnreadableError
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 8 << 30
"""Of all that an archive holds, unpacked."""
MOST_FILES = 200_000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OSError,
)


def names(path: Path) -> list[str] | None:
    """Return the names of the files in an archive; None for what is none."""
    try:
        with files.opened(path) as file, zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except _BROKEN:
        return None


def content(path: Path, name: str, most: int) -> bytes:
    """Return a file in an archive. Raises UnreadableError for what is none, not there, or of more than `most` bytes."""
    try:
        with files.opened(path) as file, zipfile.ZipFile(file) as archive, archive.open(name) as packed:
            found = packed.read(most + 1)
    except (*_BROKEN, KeyError) as error:
        raise UnreadableError(f"{path.name} cannot be read: {error}; it is left out") from error
    if len(found) > most:
        raise UnreadableError(f"{path.name}: {name} has more than {most:,} bytes; it is left out")
    return found


def sign(path: Path) -> list[int]:
    """Return what changes when an archive does. Raises OSError."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


class Archive:
    """An archive, unpacked when its folder is first asked for; the folder is gone with this object."""

    def __init__(self, path: Path) -> None:
        """`path` is the file that is unpacked."""
        self.path = path
        self.damage: list[str] = []
        self._place: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        """Where the files are. Raises UnreadableError for what is no archive, or too large."""
        if self._place is None:
            place = tempfile.TemporaryDirectory(prefix="tracklog-")
            try:
                with files.opened(self.path) as file, zipfile.ZipFile(file) as archive:
                    self._unpack(archive, Path(place.name))
            except _BROKEN as error:
                place.cleanup()
                raise UnreadableError(f"{self.path.name} cannot be read: {error}; it is left out") from error
            self._place = place
        return Path(self._place.name)

    def _unpack(self, archive: zipfile.ZipFile, place: Path) -> None:
        found = [one for one in archive.infolist() if not one.is_dir()]
        total = sum(one.file_size for one in found)  # which bounds what is read of them
        free = shutil.disk_usage(place).free
        if total > min(MOST_BYTES, free) or len(found) > MOST_FILES:
            raise ValueError(
                f"it would unpack to {total:,} bytes in {len(found):,} files; "
                f"{min(MOST_BYTES, free):,} bytes and {MOST_FILES:,} files are the most"
            )
        for one in found:
            name = folders.safe_name(one.filename)
            if name is None:
                self.damage.append(
                    f"{self.path.name}: {one.filename!r} has a name that leads elsewhere; it is left out"
                )
                continue
            target = place / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(one) as packed, target.open("xb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, 1 << 20)
            except _BROKEN as error:
                self.damage.append(f"{self.path.name}: {one.filename!r} cannot be read ({error}); it is left out")
                with contextlib.suppress(OSError):
                    target.unlink()

    def close(self) -> None:
        """Let the folder go."""
        if self._place is not None:
            self._place.cleanup()
        self._place = None

    def __del__(self) -> None:
        """Let the folder go, if nobody has."""
        with contextlib.suppress(Exception):
            self.close()


def found(source: Path) -> Iterator[Path]:
    """Yield the archives at or below a source."""
    for folder, _, inside in folders.walk(source):
        yield from (folder / name for name in inside if name.lower().endswith(".zip"))
