"""Files of a source as media, by what their names say they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tracklog.importers.settings_files import json_value
from tracklog.store import files

if TYPE_CHECKING:
    from pathlib import Path

_ENDS = {
    "image": ("png", "jpg", "jpeg", "gif", "bmp", "webp"),
    "audio": ("wav", "mp3", "flac", "ogg", "m4a"),
    "video": ("mp4", "webm", "mov", "avi", "mkv"),
    "html": ("html", "htm"),
    "text": ("txt",),
    "molecule": ("pdb", "sdf", "mol", "mol2", "cif", "xyz", "pqr", "mmcif"),
    "object3d": ("obj", "gltf", "glb", "babylon", "stl", "pts.json"),
}
_LONGEST_TEXT = 1_000_000
FAILURES = (OSError, ValueError, TypeError, KeyError)
"""What `of` raises."""


def kind_of(name: str) -> str:
    """Return what the end of a name says: image, audio, video, html, text, molecule, object3d, or nothing."""
    low = name.lower()
    return next((kind for kind, ends in _ENDS.items() if low.endswith(tuple(f".{end}" for end in ends))), "")


class Named(io.BytesIO):
    """A file in memory whose name says what it is."""

    def __init__(self, data: bytes, name: str) -> None:
        """`name` ends with what it is."""
        super().__init__(data)
        self.name = name


def of(path: Path, caption: str | None = None, kind: str = "", end: str = "") -> Any:
    """Return a file as media of a kind, else of the one that its name says; None where that is none.

    `end` stands for the end of a name that has none. Raises what `FAILURES` lists, where it cannot be read.
    """
    from tracklog.media.audio import Audio
    from tracklog.media.html import Html
    from tracklog.media.image import Image
    from tracklog.media.molecule import Molecule
    from tracklog.media.object3d import Object3D
    from tracklog.media.video import Video

    kind = kind or kind_of(path.name)
    given: Any = Named(files.content(path), f"{path.name}.{end}") if end and not path.suffix else str(path)
    if kind == "image":
        return Image(given, caption=caption)
    if kind == "audio":
        return Audio(given, caption=caption)
    if kind == "video":
        return Video(given, caption=caption)
    if kind == "molecule":
        return Molecule(given, caption=caption)
    if kind == "object3d":
        return _cloud(path, caption) if path.name.endswith(".pts.json") else Object3D(given, caption=caption)
    if kind in ("text", "html"):
        with files.opened(path) as file:
            text = file.read(_LONGEST_TEXT).decode("utf-8", "replace")
        return text if kind == "text" else Html(text, inject=False, data_is_not_path=True)
    return None


def _cloud(path: Path, caption: str | None) -> Any:
    """Return the points of a file, a list of them or `{"points": …}`."""
    import numpy as np

    from tracklog.media.object3d import Object3D

    found = json_value(path)
    return Object3D(np.asarray(found["points"] if isinstance(found, dict) else found, dtype=float), caption=caption)
