"""The files of an artifact's versions: what each is, and the bytes of those that travel with the site."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson

from site_builder import kinds
from site_builder.artifact_model import ArtifactFile, RunFile
from site_builder.contents import Contents
from site_builder.files import IMAGES, kind_of, text
from site_builder.pictures import Media, MediaFile
from tracklog.store.files import content
from tracklog.store.objects import Objects

if TYPE_CHECKING:
    from pathlib import Path

    from site_builder.model import Kind
    from site_builder.series import Blocks
    from tracklog.store.manifests import Entry, Manifest

LISTED = 20_000
"""Files of a version that the page lists."""
LARGE_FILES = 5
"""All files of an artifact that travel with the site have as many bytes as so many of the largest that may."""


@dataclass(slots=True)
class Shelf:
    """The contents of an artifact as the site takes them, those of its newest versions first, until its room is spent."""

    project: Path
    blocks: Blocks
    max_file: int
    contents: Contents = field(default_factory=Contents)
    media: dict[str, MediaFile] = field(default_factory=dict)
    kinds: set[Kind] = field(default_factory=set)
    """Kinds whose viewers its page needs."""
    damage: list[str] = field(default_factory=list)
    left_out: int = 0
    """Contents that had no room."""
    _objects: Objects = field(init=False)
    _room: int = field(init=False)
    _taken: dict[tuple[str, str], RunFile] = field(default_factory=dict)
    """What became of a content, by its SHA-256 and the ending of its name, which decides how it is shown."""

    def __post_init__(self) -> None:
        """Open the project's contents."""
        self._objects = Objects(self.project)
        self._room = LARGE_FILES * self.max_file

    def files(self, manifest: Manifest) -> list[ArtifactFile]:
        """Return the files of a version by name, `LISTED` at most."""
        media = Media(lambda path: self._place(manifest, path), self.blocks.payload)
        names = sorted(manifest.entries)[:LISTED]
        found = [self._file(manifest.entries[name], media) for name in names]
        self.media |= media.found
        self.kinds |= media.kinds
        return found

    def _place(self, manifest: Manifest, path: str) -> Path | None:
        entry = manifest.entries.get(path)
        return self._objects.place(entry.sha256) if entry and self._objects.has(entry.sha256, entry.size) else None

    def _file(self, entry: Entry, media: Media) -> ArtifactFile:
        path = entry.path.encode("utf-8", "replace").decode()
        size = -1 if entry.size is None else entry.size
        if not entry.sha256:
            return ArtifactFile(RunFile(path, size, "binary", note="a reference"), entry.digest, entry.ref)
        kind, value = self._value(entry, media)
        suffix = PurePosixPath(path).suffix.lower()
        taken = self._taken.get((entry.sha256, suffix))
        if taken is None:
            taken = self._taken[entry.sha256, suffix] = self._take(entry, suffix, media)
        return ArtifactFile(replace(taken, path=path, size=size), entry.digest, entry.ref, kind, value)

    def _take(self, entry: Entry, suffix: str, media: Media) -> RunFile:
        """Return what the site has of a content: a picture, its bytes, or why neither."""
        size = entry.size or 0
        blank = RunFile(entry.path, size, "binary")
        if not self._objects.has(entry.sha256, entry.size):
            self.damage.append(f"{entry.path}: its content is missing")
            return replace(blank, note="its content is missing")
        if size > self.max_file:
            return replace(blank, note=f"larger than {self.max_file / 1e6:g} MB (--max-file)")
        if size > self._room:
            self.left_out += 1
            limit = LARGE_FILES * self.max_file / 1e6
            return replace(
                blank, note=f"more than {limit:g} MB of an artifact do not travel ({LARGE_FILES} × --max-file)"
            )
        self._room -= size
        image = media.image(entry.path) if suffix in IMAGES else None
        if image is not None and image.src:
            return RunFile(entry.path, size, "image", src=image.src)
        try:
            data = content(self._objects.place(entry.sha256))
        except OSError as error:
            self.damage.append(f"{entry.path}: its content cannot be read: {error.strerror}")
            return replace(blank, note=f"cannot be read: {error.strerror}")
        kind = kind_of(data)
        kept = self.contents.add(entry.path, data, text(data) if kind == "text" else None)
        return RunFile(entry.path, size, kind, content=kept.digest, marks=kept.has_marks)

    def _value(self, entry: Entry, media: Media) -> tuple[str, Any]:
        """Return kind and items of the table or the picture that `Artifact.add` put into an entry."""
        record = self._record(entry)
        kind = kinds.kind_of(record) if record else "other"
        if kind == "other" or record is None:
            return "", None
        value = kinds.load(kind, record, media)
        return kind, value

    def _record(self, entry: Entry) -> dict[str, Any] | None:
        """Return what a run would have logged for the value in an entry; None where it holds none."""
        name, ending = PurePosixPath(entry.path).stem, PurePosixPath(entry.path).suffix
        kind = name.rpartition(".")[2]
        if ending != ".json" or kind == name or (entry.size or 0) > self.max_file:
            return None
        if kind == "table":
            return {"_type": "table-file", "path": entry.path}
        if not self._objects.has(entry.sha256, entry.size):
            return None
        try:
            record = orjson.loads(content(self._objects.place(entry.sha256)))
        except (OSError, orjson.JSONDecodeError):
            return None
        if not isinstance(record, dict) or record.get("_type") != kind:
            return None
        tables = record.get("tables")
        if kind == "joined-table" and isinstance(tables, list):
            return {"_type": "tables", "items": [{"_type": "table-file", "path": path} for path in tables]}
        return record
