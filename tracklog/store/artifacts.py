"""The artifacts of a project: which there are, what of them is damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracklog.errors import FormatError
from tracklog.store import layout, versions
from tracklog.store.files import folders, hashed
from tracklog.store.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.store.manifests import Entry
    from tracklog.store.versions import Collection


def collections(project: Path) -> list[Collection]:
    """Return the artifacts of a project that have a version, by their folders' names."""
    found = (versions.read(folder) for folder in folders(project / layout.ARTIFACTS))
    return [collection for collection in found if collection.versions]


def collection(project: Path, name: str) -> Collection | None:
    """Return an artifact by its name; None when there is none."""
    found = versions.read(versions.folder_of(project, name))
    return found if found.versions else None


def broken(project: Path) -> Iterator[str]:
    """Yield a sentence for everything of a project's artifacts that is damaged or missing; each content is read once."""
    objects = Objects(project)
    checked: dict[str, str] = {}
    for found in collections(project):
        yield from found.damage
        for version in found.versions:
            label = f"{found.folder}: {found.name}:v{version.number}"
            try:
                manifest = version.manifest()
            except FormatError as error:
                yield str(error)
                continue
            except OSError as error:
                yield f"{label}: its manifest cannot be read: {error.strerror or error}"
                continue
            yield from manifest.damage
            for entry in manifest.entries.values():
                wrong = _wrong(objects, entry, checked) if entry.sha256 else ""
                if wrong:
                    yield f"{label}: {entry.path!r}: its content {wrong}"


def _wrong(objects: Objects, entry: Entry, checked: dict[str, str]) -> str:
    if entry.sha256 not in checked:
        place = objects.place(entry.sha256)
        try:
            if place.is_symlink():
                checked[entry.sha256] = f"is a link, {place}"
            else:
                checked[entry.sha256] = "" if hashed(place)[0] == entry.sha256 else f"is not what was logged, {place}"
        except FileNotFoundError:
            checked[entry.sha256] = f"is missing, {place}"
        except OSError as error:
            checked[entry.sha256] = f"cannot be read, {place}: {error.strerror or error}"
    return checked[entry.sha256]
