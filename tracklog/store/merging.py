"""Log folders of several people as one: everything is copied, nothing that is there is written over.

Runs of one folder name are the same run where their `run.json` is equal byte for byte: then their lines are united,
writer by writer (of one writer's file the longer copy, of which the other is the beginning), and their files. Any other
run is put beside under a new id, ``<id>.<folder>``, told by an edit event; ``<folder>`` is the log folder's name, or, where
that is called tracklogs, the name of the one around it. Claims of artifacts are copied as they are, so that versions are
numbered by the rule of `tracklog.store.versions`: by the number that was claimed, then by time.
Merging again takes what is new.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from tracklog.errors import FormatError, UsageError
from tracklog.store import claims, files, layout, manifests, objects, reader, writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PIECE = 1 << 20
_DEFAULT = "tracklogs"
"""What most log folders are called: the folder that they lie in tells them apart."""
OLDER = ".older"
"""Ends the name of a saved file that another copy of its run has in a later state."""


@dataclass(slots=True)
class Merged:
    """What came of a merge."""

    runs: int = 0
    """Runs that are new in the target, or have grown there."""
    same: int = 0
    """Runs that were there, and stay as they are."""
    files: int = 0
    """Files that were copied."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Folder of each run that has a new id, and that id."""
    left: list[str] = field(default_factory=list)
    """A sentence for all that could not be taken."""


def merge(roots: list[Path], target: Path) -> Merged:
    """Copy the runs, artifacts and sweeps of log folders into another one, which need not exist.

    Raises UsageError when a root is no folder, or the target is one of them or within one; OSError when it cannot be
    written.
    """
    place = target.resolve()
    for root in roots:
        if not root.is_dir():
            msg = f"no log folder at {root}; name the folder that init(dir=...) or TRACKLOG_DIR gave"
            raise UsageError(msg)
        if place.is_relative_to(root.resolve()) or root.resolve().is_relative_to(place):
            msg = f"{target} and {root} lie within each other; merge into a folder of its own"
            raise UsageError(msg)
    result = Merged()
    for root in roots:
        _Merge(root, place, result).all()
    return result


class _Merge:
    """One root on its way into the target."""

    def __init__(self, root: Path, target: Path, result: Merged) -> None:
        self.root, self.target, self.result = root, target, result
        own = root.resolve()
        self._label = own.parent.name if own.name == _DEFAULT else own.name
        self._ids: dict[str, str] = {}
        """New ids of runs of the present project, by the ones they had."""

    def all(self) -> None:
        for project in files.folders(self.root):
            self._ids = {}
            for folder in reader.run_folders(project):
                self._run(folder, self.target / project.name)
            for collection in files.folders(project / layout.ARTIFACTS):
                self._collection(collection, self.target / project.name)
            for sweep in files.folders(project / layout.SWEEPS):
                self._tree(sweep, self.target / project.name / layout.SWEEPS / sweep.name)

    # -- runs

    def _run(self, folder: Path, project: Path) -> None:
        place = self._place(folder, project)
        before = self.result.files
        if not place.exists():
            aside = project / f".{place.name}.part"  # a reader sees a run that is whole, or none
            shutil.rmtree(aside, ignore_errors=True)
            self._unite(folder, aside)
            aside.rename(place)
        else:
            self._unite(folder, place)
        if place.name != folder.name:
            self._rename(folder, place)
        self.result.runs += self.result.files > before
        self.result.same += self.result.files == before

    def _place(self, folder: Path, project: Path) -> Path:
        """Return where a run goes: to its own copy, to a place that is free, or under a name of its root's."""
        place = project / folder.name
        n = 1
        while place.exists() and not files.same(folder / layout.RUN_FILE, place / layout.RUN_FILE):
            run = _id(folder)
            name = f"{run}.{self._label}" + (f".{n}" if n > 1 else "")
            place = project / layout.file_name(name, layout.RESERVED_RUNS)
            self._ids[run] = name
            n += 1
        return place

    def _rename(self, folder: Path, place: Path) -> None:
        name = self._ids[_id(folder)]
        if not any(b'"event":"edit"' in line and orjson.dumps(name) in line for line in _events(place)):
            writer.edit(place, {"id": name})
            self.result.renamed[str(folder)] = name

    def _unite(self, folder: Path, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        for stream, name, entry in reader.writer_files(folder):
            self._grow(folder / entry.name, place / layout.writer_file(stream, name))
        for name in (layout.CONFIG_FILE, layout.SUMMARY_FILE):
            self._told(folder / name, place / name)
        self._tree(folder / layout.FILES, place / layout.FILES)
        self._newest(folder / layout.RUN_FILE, place / layout.RUN_FILE)

    def _told(self, source: Path, target: Path) -> None:
        """Copy a file that only repeats for people what lines say, unless the copy is as new."""
        with contextlib.suppress(OSError):
            if not target.exists() or source.stat().st_mtime > target.stat().st_mtime:
                self._copy(source, target)

    def _grow(self, source: Path, target: Path) -> None:
        """Copy a file of lines, or what it has more than its copy."""
        try:
            if not target.exists():
                self._copy(source, target)
            elif not files.begins(source, target):
                self.result.left.append(
                    f"{source} and {target} have the same name and different lines; the latter stays"
                )
            elif source.stat().st_size > (size := target.stat().st_size):
                with files.opened(source) as mine, target.open("ab") as file:
                    mine.seek(size)
                    shutil.copyfileobj(mine, file, _PIECE)
                self.result.files += 1
        except OSError as error:
            self._missed(source, error)

    def _newest(self, source: Path, target: Path) -> None:
        """Copy a file; where there is another content, the later one has the name and the earlier one is kept beside."""
        try:
            if not target.exists():
                if source.is_file():
                    self._copy(source, target)
                return
            if not source.is_file() or files.hashed(source) == files.hashed(target):
                return
            older = target.with_name(target.name + OLDER)
            if source.stat().st_mtime <= target.stat().st_mtime:
                if not older.exists() or files.hashed(older) != files.hashed(source):
                    self._copy(source, _free(older))
                return
            target.rename(_free(older))
            self._copy(source, target)
        except OSError as error:
            self._missed(source, error)

    def _tree(self, source: Path, target: Path) -> None:
        for name in sorted(_files(source)):
            self._newest(source / name, target / name)

    # -- artifacts

    def _collection(self, folder: Path, project: Path) -> None:
        """Copy an artifact: contents, manifests and only then the claims that speak of them."""
        target = project / layout.ARTIFACTS / folder.name
        held, wanted = objects.Objects(folder.parent.parent), objects.Objects(project)
        for version in files.folders(folder):
            with contextlib.suppress(OSError, FormatError):
                for entry in manifests.read(version).entries.values():
                    if entry.sha256 and held.has(entry.sha256) and not wanted.has(entry.sha256):
                        self._take(wanted, held.place(entry.sha256))
            if not (target / version.name / manifests.FILE).exists():
                self._tree(version, target / version.name)
        names = [entry for entry in _files(folder) if claims.is_file(entry)]
        if not names:
            return
        with claims.locked(target):
            for name in names:
                self._claims(folder / name, target / name)

    def _take(self, wanted: objects.Objects, source: Path) -> None:
        try:
            wanted.put_file(source)
        except objects.SourceError as error:
            self._missed(source, error)
        else:
            self.result.files += 1

    def _claims(self, source: Path, target: Path) -> None:
        """Copy claims, in which runs that have new ids are called by these."""
        lines = files.content(source).split(b"\n")[:-1]
        there = set(files.content(target).split(b"\n")) if target.exists() else set()
        new = [line for line in map(self._called, lines) if line not in there]
        if new:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("ab") as file:
                file.write(b"\n".join([*new, b""]))
            self.result.files += 1

    def _called(self, line: bytes) -> bytes:
        if not self._ids:
            return line
        with contextlib.suppress(orjson.JSONDecodeError, TypeError):
            claim = orjson.loads(line)
            if isinstance(claim, dict) and claim.get("run") in self._ids:
                return writer.encode(claim | {"run": self._ids[claim["run"]]}).rstrip(b"\n")
        return line

    # -- files

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name[:80]}.{os.getpid()}.part")
        try:
            with files.opened(source) as file, aside.open("xb") as copy:
                shutil.copyfileobj(file, copy, _PIECE)
            shutil.copystat(source, aside)
            aside.rename(target)
        finally:
            aside.unlink(missing_ok=True)
        self.result.files += 1

    def _missed(self, source: Path, error: OSError) -> None:
        self.result.left.append(f"{source} cannot be copied: {error.strerror or error}")


def _id(folder: Path) -> str:
    """Return the id that a run began with."""
    with contextlib.suppress(OSError, orjson.JSONDecodeError, AttributeError):
        found = orjson.loads(files.content(folder / layout.RUN_FILE)).get("id")
        if isinstance(found, str) and found:
            return found
    return layout.original_name(folder.name) or folder.name


def _events(folder: Path) -> Iterator[bytes]:
    for stream, _, entry in reader.writer_files(folder):
        if stream == layout.EVENTS:
            yield from files.content(entry.path).split(b"\n")


def _free(path: Path) -> Path:
    n, place = 1, path
    while place.exists():
        n += 1
        place = path.with_name(f"{path.name}{n}")
    return place


def _files(folder: Path) -> Iterator[str]:
    """Yield the paths of the files below a folder, relative to it; links are none, nor what is half written."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - there may be ten thousands
            if not os.path.islink(path) and not (name.startswith(".") and name.endswith(".part")):  # noqa: PTH114
                yield os.path.relpath(path, folder)
