"""Neptune's runs: `.neptune/<project>_<run>_<ns>/run_operations.sqlite3` of neptune-scale, and neptune-exporter's parquet.

Folders of one run id are one run. A process that closed its run leaves no ``-wal`` beside the database; one that was killed, or
goes on, does.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, neptune_exports, told
from tracklog.importers.interleaving import by_time
from tracklog.importers.neptune_attributes import Attributes
from tracklog.importers.neptune_operations import FileRef, changed_sets, left_behind, step_of, value_of
from tracklog.importers.protobuf import Message, WireError, timestamp
from tracklog.importers.sqlite import Database
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "neptune", "Neptune"
MARKS_END = True
_DATABASE = "run_operations.sqlite3"
_CREATED, _UPDATED = 1, 0
_VERSION = "v5"


@dataclass(slots=True)
class Part:
    """One process's part of a run."""

    folder: Path
    place: str
    database: Database


def looks_like(path: Path) -> bool:
    """Return whether a path is a folder of neptune-scale or neptune-exporter, or has some below it."""
    return any(True for _ in _databases(path)) or any(True for _ in neptune_exports.files_of(path))


def _databases(source: Path) -> Iterator[Path]:
    for folder, _, names in folders.walk(source):
        if _DATABASE in names:
            yield folder / _DATABASE


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by project and run id."""
    base = source if source.is_dir() else source.parent
    found: dict[tuple[str, str], list[Part]] = {}
    for path in sorted(_databases(source), key=lambda path: (_began(path), path)):
        database = Database(path)
        place = folders.below(base, path.parent)
        try:
            metadata = next(database.rows("SELECT version, project, run_id FROM metadata"), None)
        except told.UnreadableError as error:
            database.close()
            yield told.Damage(f"{place}: {error}; it is left out")
            continue
        if metadata is None or metadata[0] != _VERSION:
            version = "no version" if metadata is None else f"the version {metadata[0]}"
            yield told.Damage(f"{place}: {_DATABASE} says {version}, where {_VERSION} is known; it is left out")
            continue
        found.setdefault((str(metadata[1]), str(metadata[2])), []).append(Part(path.parent, place, database))
    for (project, run), parts in found.items():
        yield told.Origin(
            id=run,
            place=parts[0].place,
            files=tuple(part.folder / f"{_DATABASE}{end}" for part in parts for end in ("", "-wal")),
            mark=f"neptune/{project}/{run}",
            project=project.rpartition("/")[2],
            name=run,
            key=(project, parts),
        )
    yield from neptune_exports.runs(source)


def _began(path: Path) -> int:
    """Return the time, in ns, that ends the name of a database's folder."""
    last = path.parent.name.rpartition("_")[2]
    return int(last) if last.isascii() and last.isdecimal() else 0


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    known = position if isinstance(position, dict) else {}
    if isinstance(origin.key, neptune_exports.Key):
        yield from neptune_exports.read(origin.key, known)
        return
    project, parts = origin.key
    ends: dict[str, int] = dict(known.get("ends", {}))
    if set(ends) - {part.folder.name for part in parts}:
        raise told.ReplacedError
    if not known:
        entity = project.rpartition("/")[0]
        yield told.About({"entity": entity} if entity else {})
        if len(parts) > 1:
            yield told.Note(f"its {len(parts)} folders are one run; their rows are put together by their times")
    sets = {path: list(texts) for path, texts in known.get("sets", {}).items()}
    readings = [_Reading(part, ends.get(part.folder.name, 0), sets) for part in parts]
    yield from readings[0].records() if len(readings) == 1 else _together(readings)
    missing = left_behind(one for reading in readings for one in reading.attributes.missing)
    if missing is not None:
        yield missing
    is_over = _is_over(parts)
    if is_over and not known.get("over"):
        yield told.Ended(0, max((reading.last for reading in readings if reading.last), default=None))
    now = {reading.name: reading.end for reading in readings}
    yield told.Position({"ends": now, "sets": sets, "over": is_over})


def _is_over(parts: list[Part]) -> bool:
    """Return whether the last process has closed the run, and no other one has written since that began."""
    *_, last = parts
    begun = _began(last.folder / _DATABASE)
    for part in parts:
        with contextlib.suppress(OSError):
            written = (part.folder / f"{_DATABASE}-wal").stat().st_mtime_ns
            if part is last or written >= begun:
                return False
    return True


def _together(readings: list[_Reading]) -> Iterator[told.Told]:
    """Yield what several processes say, their rows last, in the order of their times."""
    rows: list[list[told.Row]] = [[] for _ in readings]
    for reading, own in zip(readings, rows, strict=True):
        for record in reading.records():
            if isinstance(record, told.Row):
                own.append(record)
            else:
                yield record
    yield from by_time(rows)


class _Reading:
    """One reading of one process's part."""

    def __init__(self, part: Part, end: int, sets: dict[str, list[str]]) -> None:
        self.name, self.end = part.folder.name, end
        self.last: float | None = None
        self._part = part
        self._files: dict[str, str] = {}
        self.attributes = Attributes(partial(_kept, self._part.folder, self._files), sets)

    def records(self) -> Iterator[told.Told]:
        """Yield what operations behind the end of the last reading say."""
        database = self._part.database
        first = next(database.rows("SELECT max(sequence_id) FROM run_operations"), (None,))[0]
        if (first or 0) < self.end:
            raise told.ReplacedError
        query = "SELECT destination, source_path FROM file_upload_requests WHERE is_temporary = 1"
        self._files.update({str(destination): str(path) for destination, path in database.rows(query)})
        query = "SELECT sequence_id, operation_type, operation FROM run_operations WHERE sequence_id > ? ORDER BY sequence_id"
        for number, kind, operation in database.rows(query, self.end):
            self.end = number
            try:
                message = Message(operation if isinstance(operation, bytes) else b"")
                if kind == _CREATED:
                    yield from self._created(message)
                elif kind == _UPDATED:
                    yield from self._updated(message)
            except WireError as error:
                yield told.Damage(f"{self.name}: operation {number} {error}; it is left out")
        database.close()

    def _created(self, run: Message) -> Iterator[told.Told]:
        yield told.Began(timestamp(run.message(3)))
        if run.text(5):
            yield told.About({"name": run.text(5)})
        fork = run.message(2)
        if fork.text(2):
            step = step_of(fork.message(4))
            yield told.Note(f"it was forked from the run {fork.text(2)!r} at step {step:g}, which has the rows before")

    def _updated(self, update: Message) -> Iterator[told.Told]:
        time = timestamp(update.message(2)) if 2 in update else None  # noqa: PLR2004 - its time
        self.last = max(filter(None, (self.last, time)), default=None)
        config: dict[str, Any] = {}
        for path, one in sorted(update.mapping(4).items()):
            for record in self.attributes.single(path, value_of(one)):
                if isinstance(record, told.Config):
                    config |= record.values
                else:
                    yield record
        if config:
            yield told.Config(config, time)
        for path, changes in changed_sets(update).items():
            yield from self.attributes.changed(path, changes)
        step = step_of(update.message(1))
        for path, one in sorted(update.mapping(8).items()):
            yield from self.attributes.series(path, step, time, value_of(one))


def _kept(folder: Path, names: dict[str, str], ref: FileRef) -> Path | None:
    """Return where the file is that Neptune kept beside the database, as it does of bytes alone."""
    name = names.get(ref.path)
    return files.inside(folder, PurePosixPath(name.replace("\\", "/")).name) if name else None
