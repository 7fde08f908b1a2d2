"""All files that some runs need to be looked at elsewhere: their folders, and the artifacts that they logged and used."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tracklog.errors import FormatError
from tracklog.store import claims, layout, lineage, manifests, objects, versions
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def files(folders: Iterable[Path], *, with_artifacts: bool = True) -> Iterator[tuple[Path | bytes, str]]:
    """Yield each file of runs, or what it is to hold, and where it stands below a log folder, with ``/``.

    Of artifacts that is what the runs logged and used, and what was claimed of these versions; links are left out.
    """
    runs = list(folders)
    touched: dict[Path, dict[str, None]] = {}
    for folder in runs:
        yield from _below(folder, f"{folder.parent.name}/{folder.name}")
    for folder in runs if with_artifacts else ():
        for event in lineage.of_run(folder):
            home = event.get("project")
            project = layout.project_folder(folder.parent.parent, home) if isinstance(home, str) else folder.parent
            if manifests.is_digest(event["digest"]):
                touched.setdefault(versions.folder_of(project, event["name"]), {})[event["digest"]] = None
    seen: set[str] = set()
    for folder, digests in touched.items():
        project = folder.parent.parent
        for what, path in _of_artifact(folder, digests):
            where = f"{project.name}/{path.relative_to(project).as_posix()}"
            if where not in seen:
                seen.add(where)
                yield what, where


def _of_artifact(folder: Path, digests: Iterable[str]) -> Iterator[tuple[Path | bytes, Path]]:
    """Yield what versions of an artifact consist of, as far as it is there: contents, manifests, and their claims."""
    held = objects.Objects(folder.parent.parent)
    for digest in digests:
        with contextlib.suppress(OSError, FormatError):
            for entry in manifests.read(folder / digest).entries.values():
                if entry.sha256 and held.has(entry.sha256):
                    yield held.place(entry.sha256), held.place(entry.sha256)
            yield folder / digest / manifests.FILE, folder / digest / manifests.FILE
    wanted = {digest.encode() for digest in digests}
    with contextlib.suppress(OSError):
        for name in filter(claims.is_file, sorted(os.listdir(folder))):  # noqa: PTH208
            lines = content(folder / name).splitlines(keepends=True)
            mine = [line for line in lines if any(digest in line for digest in wanted)]
            if mine:
                yield b"".join(mine), folder / name


def _below(folder: Path, where: str) -> Iterator[tuple[Path, str]]:
    for parent, inner, names in os.walk(folder):
        inner.sort()
        place = os.path.relpath(parent, folder)
        prefix = where if place == "." else f"{where}/{place.replace(os.sep, '/')}"
        for name in sorted(names):
            path = os.path.join(parent, name)  # noqa: PTH118 - there may be ten thousands
            if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114
                yield folder / os.path.relpath(path, folder), f"{prefix}/{name}"
