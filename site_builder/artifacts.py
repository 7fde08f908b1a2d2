"""The artifacts of a project: where they are, what makes their pages stale, and what the pages show of them."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import series, sources
from site_builder.artifact_files import LISTED, Shelf
from site_builder.artifact_model import ArtifactHead, ArtifactRow, ArtifactVersion
from site_builder.series import gzip
from site_builder.values import written
from tracklog.errors import FormatError
from tracklog.store import fold, layout, typed, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_builder.artifact_model import ArtifactFile
    from site_builder.contents import Content
    from site_builder.model import Kind
    from site_builder.pictures import MediaFile
    from site_builder.sources import Source
    from tracklog.store.versions import Collection, Version

Uses = list[tuple[str, str, str]]
"""Of an artifact: use, digest of the version and entry of the run, of all runs in the site."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an artifact is read from, and what it is called in the site."""

    folder: Path
    project: str
    """File name of its project in the site."""
    name: str
    """File name of the artifact in the site."""
    root: str
    """Label of its root; empty when there is one."""
    max_file: int


@dataclass(slots=True)
class Built:
    """What one artifact gives to the site."""

    place: Place
    row: ArtifactRow
    head: ArtifactHead
    latest: list[ArtifactFile]
    """The files of its last version."""
    parts: list[list[series.Entry]]
    contents: list[Content]
    media: list[MediaFile]
    kinds: set[Kind]


def find(runs: Iterable[Source]) -> dict[str, Place]:
    """Return the artifacts of the projects that some runs are of, by ``<root>/<project>/artifacts/<name>``."""
    projects = {Path(run.folder).parent: run for run in runs}
    found: dict[str, Place] = {}
    taken: set[tuple[str, str]] = set()
    for project, run in sorted(projects.items()):
        folders = {folder.name: folder for folder in _folders(project)}
        for own, name in sources.places(folders, frozenset()).items():
            shown = f"{name[:80]}~~{run.root}" if (run.project, name) in taken else name
            taken.add((run.project, shown))
            key = f"{run.root}/{run.project}/{layout.ARTIFACTS}/{shown}"
            found[key] = Place(folders[own], run.project, shown, run.root, run.max_file)
    return found


def exist(project: Path) -> bool:
    """Return whether a project has an artifact, and so a page of them."""
    return any(True for _ in _folders(project))


def _folders(project: Path) -> Iterable[Path]:
    for folder in _scan(project / layout.ARTIFACTS):
        own = folder.is_dir(follow_symlinks=False) and not folder.name.startswith(".")
        if own and any(file.name.startswith("claims-") for file in _scan(Path(folder.path))):
            yield Path(folder.path)


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def uses(runs: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Uses]:
    """Return who logged and used what, by the file names of project and artifact; `runs` are the manifest's."""
    found: dict[tuple[str, str], Uses] = {}
    for run in runs:
        for use, project, name, digest in run["artifacts"]:
            place = (project or run["project"], layout.file_name(name))
            found.setdefault(place, []).append((use, digest, run["row"]["entry"]))
    return found


def signature(place: Place, known: Uses) -> str:
    """Return a hash of what an artifact's page depends on: its claims, which versions are there, who used them."""
    total = hashlib.sha256(orjson.dumps(sorted(known)))
    for entry in _scan(place.folder):
        status = entry.stat(follow_symlinks=False)
        total.update(
            f"{entry.name}\0{status.st_ino}\0{status.st_mtime_ns}\0{status.st_size}\0".encode("utf-8", "replace")
        )
    return total.hexdigest()[:20]


def build(place: Place, known: Uses) -> Built:
    """Turn an artifact into what the site says of it. Damage costs the version that it is in."""
    collection = versions.read(place.folder)
    name = f"a/{place.project}/{place.name}"
    blocks = series.Blocks()
    shelf = Shelf(place.folder.parent.parent, blocks, place.max_file)
    shown: list[ArtifactVersion] = []
    latest: list[ArtifactFile] = []
    for version in reversed(collection.versions):
        files, note = _files(shelf, version)
        block = blocks.add(gzip(orjson.dumps(files)), later=bool(shown)) if files is not None else -1
        latest = latest if shown else files or []
        shown.insert(0, _version(version, block, note, known))
    # Where a project lies on somebody's disk is nobody's business.
    damage = [text.replace(f"{place.folder}/", "") for text in (*collection.damage, *shelf.damage)]
    head = ArtifactHead((), (), collection.name, collection.type, tuple(shown), tuple(dict.fromkeys(damage)))
    head, entries = _laid_out(head, blocks, name)
    contents, media = list(shelf.contents.found.values()), list(shelf.media.values())
    return Built(place, _row(place, name, collection), head, latest, entries, contents, media, shelf.kinds)


def _files(shelf: Shelf, version: Version) -> tuple[list[ArtifactFile] | None, str]:
    """Return the files of a version, None where they cannot be read, and what is to be said of them."""
    try:
        manifest = version.manifest()
    except FormatError:
        shelf.damage.append(f"v{version.number}: its manifest is damaged")
        return None, "Its manifest is damaged"
    except OSError:
        return None, "Its files were deleted"
    if manifest.damage:
        shelf.damage.append(f"v{version.number}: {len(manifest.damage)} of its entries cannot be read")
    left_out = shelf.left_out
    files = shelf.files(manifest)
    notes = [f"{len(manifest.damage):,} entries cannot be read"] if manifest.damage else []
    notes += [f"The first {LISTED:,} of {len(manifest.entries):,} files are listed"] * (len(manifest.entries) > LISTED)
    if shelf.left_out > left_out:
        notes.append(f"{shelf.left_out - left_out:,} files are listed and not in this site: the artifact is too large")
    return files, "; ".join(notes)


def _version(version: Version, block: int, note: str, known: Uses) -> ArtifactVersion:
    mine = [(use, run) for use, digest, run in known if digest == version.digest]
    logged = tuple(dict.fromkeys(run for use, run in mine if use == "logged"))
    ids = dict.fromkeys(run for run, _ in version.logged if run)
    return ArtifactVersion(
        number=version.number,
        digest=version.digest,
        aliases=tuple(version.aliases),
        tags=tuple(version.tags),
        description=version.description or "",
        metadata=_pairs(version.metadata),
        created=version.created,
        size=version.size,
        files=version.files,
        listed=block,
        note=note,
        logged=logged,
        elsewhere=() if logged else tuple(ids),
        used=tuple(dict.fromkeys(run for use, run in mine if use == "used")),
    )


def _pairs(metadata: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    flat = fold.flatten(typed.encode(metadata, (), {}))
    return tuple(
        (key.replace("\\.", "."), value if isinstance(value, str) else written(value)) for key, value in flat.items()
    )


def _laid_out(head: ArtifactHead, blocks: series.Blocks, name: str) -> tuple[ArtifactHead, list[list[series.Entry]]]:
    """Number the blocks for good, and gather head and blocks into files."""
    numbers, laid = blocks.layout()
    head = dataclasses.replace(
        head,
        payloads=tuple(numbers[n] for n in blocks.payloads),
        versions=tuple(
            dataclasses.replace(version, listed=numbers[version.listed]) if version.listed >= 0 else version
            for version in head.versions
        ),
    )
    return series.with_head(head, blocks, laid, name)


def _row(place: Place, name: str, collection: Collection) -> ArtifactRow:
    last = collection.versions[-1] if collection.versions else None
    return ArtifactRow(
        entry=name,
        parts=(),
        page=f"{place.project}/{layout.ARTIFACTS}/{place.name}.html",
        name=collection.name,
        type=collection.type,
        digests=tuple(version.digest for version in collection.versions),
        aliases=tuple(last.aliases) if last else (),
        size=last.size if last else 0,
        files=last.files if last else 0,
        updated=max((version.updated for version in collection.versions), default=0.0),
        root=place.root,
    )
