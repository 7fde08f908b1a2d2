"""Runs that other trackers recorded: a folder like any other, of one writer, that grows when its source does.

A run is written aside and put in place whole. What comes later is appended, and behind it an event says how far the source
has come to be read, and how long the files were then::

    {"event":"import","_timestamp":1.7e9,"row":40,"position":{…},"sizes":{"history":1834,"system":0,"console":0},"state":{…}}

Lines beyond these sizes are those of an import that was killed: they are cut off, and read again from the source. `run.json`
says where the run came from: `imported` {format, source, run, mark, notes}; a folder whose `mark` is another's is left alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.store import files, layout, reader
from tracklog.store.writer import Files, create_run, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.store.layout import RunFile

WRITER = "imported"
"""The writer of all lines of an imported run."""
LOCK = ".import.lock"
_LINES = (layout.HISTORY, layout.SYSTEM, layout.CONSOLE)
_BATCH = 1 << 20
_MOST_IDS = 10_000


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier import left."""

    position: Any
    """What the format said of how far it has read."""
    state: dict[str, Any]
    """What the importer noted for going on."""
    sizes: dict[str, int]
    """Bytes of each stream, the events up to and with the event that says so."""
    rows: int
    """Lines of history."""
    time: float
    """The last time that the source told, in unix seconds."""


def home(root: Path, project: str, run_id: str, mark: str) -> tuple[str, Path]:
    """Return the id and the folder of a run: a further number where its own is taken by a run from elsewhere."""
    for n in range(1, _MOST_IDS):
        candidate = run_id if n == 1 else f"{run_id}-{n}"
        folder = layout.run_folder(root, project, candidate)
        if not os.path.lexists(folder) or mark_of(folder) == mark:
            return candidate, folder
    raise FileExistsError(17, f"there are {_MOST_IDS} runs of this id", str(layout.run_folder(root, project, run_id)))


def mark_of(folder: Path) -> str | None:
    """Return what tells where a run was imported from; None for one that was not."""
    try:
        run = orjson.loads(files.content(folder / layout.RUN_FILE))
        found = run["imported"]["mark"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def done(folder: Path) -> Done | None:
    """Return what the last whole import of a run left; None where there is none to go on from."""
    try:
        lines = files.content(folder / layout.writer_file(layout.EVENTS, WRITER)).splitlines(keepends=True)
    except OSError:
        return None
    end = sum(map(len, lines))
    for line in reversed(lines):
        event = _event(line)
        if event is not None:
            found = _done(event, end)
            return found if found is not None and _is_there(folder, found) else None
        end -= len(line)
    return None


def _event(line: bytes) -> dict[str, Any] | None:
    if not line.startswith(b'{"event":"import"') or not line.endswith(b"\n"):
        return None
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return event if isinstance(event, dict) else None


def _done(event: dict[str, Any], end: int) -> Done | None:
    sizes, state = event.get("sizes"), event.get("state")
    if not isinstance(sizes, dict) or not isinstance(state, dict):
        return None
    known = {stream: sizes.get(stream) for stream in _LINES}
    if not all(isinstance(size, int) for size in known.values()):
        return None
    counts = {stream: int(size) for stream, size in known.items() if size is not None}
    row, time = layout.number(event.get("row")), layout.number(event.get(layout.TIMESTAMP))
    return Done(event.get("position"), state, {**counts, layout.EVENTS: end}, int(row), time)


def _is_there(folder: Path, found: Done) -> bool:
    return all(_size(folder / layout.writer_file(stream, WRITER)) >= size for stream, size in found.sizes.items())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of history that imports wrote."""
    log = reader.RunLog(folder)
    for stream, writer in log.look():
        if stream == layout.HISTORY and writer == WRITER:
            for batch in log.batches(stream, writer):
                yield from batch


@contextlib.contextmanager
def locked(root: Path, project: str) -> Iterator[None]:
    """Keep other imports from writing to a project meanwhile; its folder is made if need be. Raises OSError."""
    folder = layout.project_folder(root, project)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        with contextlib.suppress(ImportError, OSError):  # Windows, and disks without locks
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # which ends the lock


@dataclass(slots=True)
class Lines:
    """The lines of one stream, appended in batches."""

    path: Path
    size: int = 0
    """Bytes, those included that wait."""
    count: int = 0
    _waiting: list[bytes] = field(default_factory=list)
    _bytes: int = 0

    def append(self, line: bytes) -> None:
        """Take a line, which ends with a newline. Raises OSError when a batch cannot be written."""
        self._waiting.append(line)
        self._bytes += len(line)
        self.count += 1
        if self._bytes > _BATCH:
            self.flush()

    def extend(self, lines: bytes, count: int) -> None:
        """Take many lines at once, each ended by a newline. Raises OSError when they cannot be written."""
        self.append(lines)
        self.count += count - 1

    def flush(self) -> None:
        """Write what waits. Raises OSError."""
        if self._waiting:
            with self.path.open("ab") as file:
                file.write(b"".join(self._waiting))
            self.size += self._bytes
            self._waiting.clear()
            self._bytes = 0


class Folder:
    """A run's folder as one import writes it: anew, aside until `commit` puts it in place, or behind what is there."""

    def __init__(self, target: Path, before: Done | None) -> None:
        """Prepare to go on from `before`, whose files are cut to what it says, or to begin. Raises OSError."""
        self.target = target
        self.before = before
        self.folder = target if before else target.with_name(f".{target.name[:100]}.import")
        if before is None:
            shutil.rmtree(self.folder, ignore_errors=True)  # what a killed import left
            (self.folder / layout.FILES).mkdir(parents=True)
        self.files = Files(self.folder)
        self.streams = {s: Lines(self.folder / layout.writer_file(s, WRITER)) for s in layout.STREAMS}
        if before is not None:
            for stream, lines in self.streams.items():
                lines.size = before.sizes[stream]
            self.streams[layout.HISTORY].count = before.rows
            self._cut()

    def _cut(self) -> None:
        for lines in self.streams.values():
            if _size(lines.path) > lines.size:
                os.truncate(lines.path, lines.size)

    def line(self, stream: str, line: dict[str, Any]) -> None:
        """Append a line to one of the streams but that of the events. Raises OSError."""
        self.streams[stream].append(encode(line))

    def lines(self, stream: str, lines: list[dict[str, Any]]) -> None:
        """Append lines whose texts hold no `},{`, as one. Raises OSError."""
        data = orjson.dumps(lines)[1:-1].replace(b"},{", b"}\n{")
        self.streams[stream].extend(data + b"\n", len(lines))

    def event(self, event: str, time: float, **fields: Any) -> None:
        """Append an event at the present row. Raises OSError."""
        row = self.streams[layout.HISTORY].count
        self.streams[layout.EVENTS].append(encode({"event": event, layout.TIMESTAMP: time, "row": row, **fields}))

    def commit(self, run: RunFile, time: float, position: Any, state: dict[str, Any]) -> None:
        """Write what waits and how far it goes; a folder that is new, or afresh, comes into its place. Raises OSError."""
        for stream in _LINES:
            self.streams[stream].flush()
        sizes = {stream: self.streams[stream].size for stream in _LINES}
        self.event("import", time, position=position, sizes=sizes, state=state)
        self.streams[layout.EVENTS].flush()
        if self.before is None:
            create_run(self.folder, run)
            self._put()

    def abandon(self) -> None:
        """Leave everything as it was."""
        if self.before is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self._cut()

    def _put(self) -> None:
        """Put the folder in place; what others wrote to the one that was there (edits) comes along."""
        if not os.path.lexists(self.target):
            self.folder.rename(self.target)
            return
        for stream, writer, entry in reader.writer_files(self.target):
            if writer != WRITER:
                shutil.copy2(entry.path, self.folder / layout.writer_file(stream, writer))
        old = self.target.with_name(f".{self.target.name[:100]}.replaced")
        shutil.rmtree(old, ignore_errors=True)
        self.target.rename(old)
        self.folder.rename(self.target)
        shutil.rmtree(old, ignore_errors=True)
