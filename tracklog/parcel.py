"""Runs as one zip file: unzipped anywhere it is a log folder, from which the same pages are built."""

from __future__ import annotations

import os
import shutil
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracklog.errors import UsageError
from tracklog.store import bundle, files, layout

if TYPE_CHECKING:
    from pathlib import Path

_PACKED = frozenset(
    ("png", "jpg", "jpeg", "gif", "webp", "mp4", "webm", "mp3", "ogg", "flac", "zip", "gz", "npz", "glb")
)
"""Extensions of files that do not get smaller."""


@dataclass(slots=True)
class Packed:
    """What a zip file holds."""

    files: int = 0
    bytes: int = 0
    """Of the zip file."""
    left: list[str] = field(default_factory=list)
    """A sentence for each file that could not be read."""


def write(folders: list[Path], target: Path, *, with_artifacts: bool = True) -> Packed:
    """Write the folders of runs, and the artifacts that they logged and used, into a zip file.

    In it they stand below a folder that is called like the file. Raises UsageError when two of the runs would stand in one
    place, OSError when the file cannot be written.
    """
    _check(folders)
    result = Packed()
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(aside, "w", strict_timestamps=False) as parcel:
            for what, where in bundle.files(folders, with_artifacts=with_artifacts):
                if isinstance(what, bytes):
                    parcel.writestr(f"{target.stem}/{where}", what, zipfile.ZIP_DEFLATED)
                    result.files += 1
                else:
                    _add(parcel, what, f"{target.stem}/{where}", result)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    result.bytes = target.stat().st_size
    return result


def _check(folders: list[Path]) -> None:
    places: dict[tuple[str, str], Path] = {}
    for folder in folders:
        other = places.setdefault((folder.parent.name, folder.name), folder)
        if other.resolve() != folder.resolve():
            msg = f"{other} and {folder} would stand in one place; merge their log folders first (tracklog merge)"
            raise UsageError(msg)


def _add(parcel: zipfile.ZipFile, path: Path, where: str, result: Packed) -> None:
    try:
        with files.opened(path) as file:
            info = zipfile.ZipInfo.from_file(path, where, strict_timestamps=False)
            packed = path.suffix.lower().lstrip(".") in _PACKED and path.parent.name != layout.CODE
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            with parcel.open(info, "w") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
    except OSError as error:
        result.left.append(f"{path} cannot be read: {error.strerror or error}")
    else:
        result.files += 1
