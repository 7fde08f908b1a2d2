"""The files a run saved: which there are, and the bytes of those that travel with the site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_builder import highlight
from site_builder.model import RunFile
from site_builder.pack import gzip
from tracklog.store import layout
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_builder.media import RunMedia
    from site_builder.parts import Blocks

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_PROBE = 8192


def run_files(folder: Path, blocks: Blocks, media: RunMedia, max_file: int) -> tuple[RunFile, ...]:
    """Return the files of a run's `files/` but its media; their bytes become blocks, up to `max_file` bytes each."""
    return tuple(_file(folder, path, size, blocks, media, max_file) for path, size in sorted(saved_files(folder)))


def saved_files(folder: Path, below: str = "") -> Iterator[tuple[str, int]]:
    """Yield (path, size) of the regular files below a folder, media left out; links are not followed."""
    try:
        entries = list(os.scandir(folder / below if below else folder))
    except OSError:
        return
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            if path != layout.MEDIA:
                yield from saved_files(folder, path)
        elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(".part"):
            yield path, entry.stat(follow_symlinks=False).st_size


def _file(folder: Path, path: str, size: int, blocks: Blocks, media: RunMedia, max_file: int) -> RunFile:
    shown = path.encode("utf-8", "replace").decode()
    if Path(path).suffix.lower() in _IMAGES and size <= max_file:
        image = media.image(path)
        if image.src:
            return RunFile(shown, size, "image", -1, image.src, "", -1)
    if size > max_file:
        return RunFile(
            shown, size, "binary", -1, "", f"larger than {max_file / 1e6:g} MB (--max-file): {folder / path}", -1
        )
    try:
        data = content(folder / path)
    except OSError as error:
        return RunFile(shown, size, "binary", -1, "", f"cannot be read: {error.strerror}", -1)
    is_code = path.startswith(f"{layout.CODE}/") or path == layout.PATCH
    kind: Literal["text", "binary"] = "text" if _is_text(data) or (is_code and b"\0" not in data) else "binary"
    marks = highlight.marks(path, text(data)) if is_code and kind == "text" else b""
    return RunFile(
        shown,
        len(data),
        kind,
        blocks.add(gzip(data), later=True),
        "",
        "",
        blocks.add(gzip(marks), later=True) if marks else -1,
    )


def text(data: bytes) -> str:
    """Return what a page shows of a text: UTF-8, or what Windows and old editors wrote where it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _is_text(data: bytes) -> bool:
    probe = data[:_PROBE]
    if b"\0" in probe:
        return False
    try:
        probe.decode()
    except UnicodeDecodeError as error:
        # A character that the probe's end cuts is no reason to call a text binary.
        return len(data) > _PROBE and error.start >= _PROBE - 4
    return True
