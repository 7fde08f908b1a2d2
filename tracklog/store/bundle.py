"""All files that some runs need to be looked at elsewhere: their folders, and the artifacts that they logged and used."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tracklog.errors import FormatError
from tracklog.store import claims, layout, lineage, manifests, objects, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def files(folders: Iterable[Path], *, with_artifacts: bool = True) -> Iterator[tuple[Path, str]]:
    """Yield each file of runs and where it stands below a log folder, with ``/``; links are left out."""
    runs = list(folders)
    wanted: dict[str, None] = {}
    for folder in runs:
        yield from _below(folder, f"{folder.parent.name}/{folder.name}")
    if not with_artifacts:
        return
    for folder in runs:
        for event in lineage.of_run(folder):
            home = event.get("project")
            project = layout.project_folder(folder.parent.parent, home) if isinstance(home, str) else folder.parent
            for path in _of_version(project, event["name"], event["digest"]):
                where = f"{project.name}/{path.relative_to(project).as_posix()}"
                if where not in wanted:
                    wanted[where] = None
                    yield path, where


def _of_version(project: Path, name: str, digest: str) -> Iterator[Path]:
    """Yield the files of a version that are there: contents, manifest, and all claims of its artifact."""
    folder = versions.folder_of(project, name)
    if not manifests.is_digest(digest):
        return
    held = objects.Objects(project)
    with contextlib.suppress(OSError, FormatError):
        for entry in manifests.read(folder / digest).entries.values():
            if entry.sha256 and held.has(entry.sha256):
                yield held.place(entry.sha256)
        yield folder / digest / manifests.FILE
    with contextlib.suppress(OSError):
        yield from (folder / claim for claim in sorted(os.listdir(folder)) if claims.is_file(claim))  # noqa: PTH208


def _below(folder: Path, where: str) -> Iterator[tuple[Path, str]]:
    for parent, inner, names in os.walk(folder):
        inner.sort()
        place = os.path.relpath(parent, folder)
        prefix = where if place == "." else f"{where}/{place.replace(os.sep, '/')}"
        for name in sorted(names):
            path = os.path.join(parent, name)  # noqa: PTH118 - there may be ten thousands
            if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114
                yield folder / os.path.relpath(path, folder), f"{prefix}/{name}"
