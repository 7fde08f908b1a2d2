"""The files a run saved: which there are, and the bytes of those that travel with the site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_builder.artifact_model import RunFile
from site_builder.series import gzip
from tracklog.store import layout
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_builder.contents import Contents
    from site_builder.pictures import Media
    from site_builder.series import Blocks

IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_PROBE = 8192


def run_files(folder: Path, blocks: Blocks, contents: Contents, media: Media, max_file: int) -> tuple[RunFile, ...]:
    """Return the files of a run's `files/` but its media, with their bytes up to `max_file` each.

    Code, patch and packages, which many runs have in common, become `contents`; the others, its own, become `blocks`.
    """
    files = sorted(saved_files(folder))
    return tuple(_file(folder, path, size, blocks, contents, media, max_file) for path, size in files)


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


def _file(
    folder: Path, path: str, size: int, blocks: Blocks, contents: Contents, media: Media, max_file: int
) -> RunFile:
    shown = path.encode("utf-8", "replace").decode()
    if Path(path).suffix.lower() in IMAGES and size <= max_file:
        image = media.image(path)
        if image.src:
            return RunFile(shown, size, "image", src=image.src)
    if size > max_file:
        note = f"larger than {max_file / 1e6:g} MB (--max-file): {folder / path}"
        return RunFile(shown, size, "binary", note=note)
    try:
        data = content(folder / path)
    except OSError as error:
        return RunFile(shown, size, "binary", note=f"cannot be read: {error.strerror}")
    is_code = path.startswith(f"{layout.CODE}/") or path == layout.PATCH
    kind = kind_of(data, code=is_code)
    if not is_code and path != layout.REQUIREMENTS:
        return RunFile(shown, len(data), kind, block=blocks.add(gzip(data), later=True))
    kept = contents.add(path, data, text(data) if is_code and kind == "text" else None)
    return RunFile(shown, len(data), kind, content=kept.digest, marks=kept.has_marks)


def kind_of(data: bytes, *, code: bool = False) -> Literal["text", "binary"]:
    """Tell whether people can read what a file holds; of `code` in whatever encoding it was written."""
    return "text" if _is_text(data) or (code and b"\0" not in data) else "binary"


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
