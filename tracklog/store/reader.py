"""Reading runs: whole lines only, damage named, nothing ever raised for a file's content.

A line without a newline does not exist yet. A last line that is unparsable or holds NUL bytes (NFS, power loss) is not
read past, since more of it may come. A damaged line elsewhere is skipped and reported with its file and line.
"""

from __future__ import annotations

import contextlib
import hashlib
import operator
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import FormatError
from tracklog.store import files, layout, numeric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Take = Callable[[str, list[bytes], "Tail", list["Damage"], bool], Sequence[dict[str, Any]]]
    """Makes rows of a file's whole lines: its name, the lines, how far it was read, what is damaged, whether they are its last."""

_TAIL = 4096
_PIECE = 500_000
"""Bytes of a file that are parsed at once: more of them leave the processor's caches, fewer cost more calls."""
_NULS = "holds NUL bytes, as after a power loss"


class ReplacedError(Exception):
    """What was read of a file before is not there any more: the run must be read afresh."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that could not be read: `file` relative to the run, `line` from 1 (0: the whole file), `offset` in bytes."""

    file: str
    line: int
    offset: int
    reason: str


@dataclass(slots=True)
class Tail:
    """How far a file has been read, so that only new bytes are read next time."""

    offset: int = 0
    lines: int = 0
    inode: int = 0
    digest: bytes = b""
    """Hash of the up to 4 KB before `offset`."""
    left: int = 0
    """Bytes after `offset` that are no whole line yet."""


@dataclass(slots=True)
class WriterLog:
    """What one writer has written, as read so far."""

    name: str
    events: list[layout.Event] = field(default_factory=list)
    history: list[layout.Row] = field(default_factory=list)
    system: list[layout.Row] = field(default_factory=list)
    console: list[dict[str, Any]] = field(default_factory=list)
    tails: dict[str, Tail] = field(default_factory=dict)
    latest: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The last line of each stream, also of those whose lines are not kept."""

    def stream(self, name: str) -> list[dict[str, Any]]:
        """Return the lines of one of the four streams."""
        return {
            layout.HISTORY: self.history,
            layout.EVENTS: self.events,
            layout.SYSTEM: self.system,
            layout.CONSOLE: self.console,
        }[name]

    def newest(self, name: str) -> dict[str, Any] | None:
        """Return the last line of a stream; None when it has none."""
        kept = self.stream(name)
        return kept[-1] if kept else self.latest.get(name)


@dataclass(slots=True)
class RunLog:
    """A run's folder as read so far; `update` reads what came since."""

    folder: Path
    copies: tuple[Path, ...] = ()
    """Other folders that hold the same run; of each writer's file the longest is read."""
    run: layout.RunFile = field(default_factory=layout.RunFile)
    writers: dict[str, WriterLog] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    _seen: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """The files that the last look found, and how many bytes they had."""
    _compared: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of copies of which it is known whether they agree."""

    def update(self) -> bool:
        """Read what is new; return False when a file was replaced or cut, and the run must be read afresh."""
        try:
            for stream, writer in self.look():
                log = self.writers[writer]
                for rows in self.batches(stream, writer):
                    log.stream(stream).extend(rows)
        except ReplacedError:
            return False
        return True

    def look(self) -> list[tuple[str, str]]:
        """Read `run.json` and what is new of all events; return the other streams, each with its writer, by name.

        What `batches` gives of these afterwards was there before the events were read: an event that comes later can only
        tell of what comes later. Raises ReplacedError, and FormatError as `read_run_file`.
        """
        if not self.run:
            self.read_run_file()
        self._seen = self._files()
        for stream, writer in self._seen:
            log = self.writers.setdefault(writer, WriterLog(writer))
            if stream == layout.EVENTS:
                for events in self.batches(stream, writer):
                    log.events.extend(events)
        return [(stream, writer) for stream, writer in self._seen if stream != layout.EVENTS]

    def batches(self, stream: str, writer: str) -> Iterator[Sequence[dict[str, Any]]]:
        """Yield the new whole lines of a stream that `look` saw, as many at once as fit some memory.

        Raises ReplacedError when what was read before is not there any more.
        """
        yield from self._batches(stream, writer, _taken)

    def columnar(self, stream: str, writer: str) -> Iterator[Sequence[dict[str, Any]]]:
        """Yield the same lines; those in which all is numbers as `Numeric` rows, for who turns them into columns."""
        yield from self._batches(stream, writer, _columnar)

    def _batches(self, stream: str, writer: str, take: Take) -> Iterator[Sequence[dict[str, Any]]]:
        path, size = self._seen[stream, writer]
        log = self.writers[writer]
        tail = log.tails.setdefault(stream, Tail())
        for rows in _new(Path(path), tail, size, self.damage, take):
            if rows:
                log.latest[stream] = rows[-1]
                yield rows

    def _files(self) -> dict[tuple[str, str], tuple[str, int]]:
        """Return the files of each stream and writer with their sizes; of several copies the longest."""
        found: dict[tuple[str, str], tuple[str, int]] = {}
        for folder in (self.folder, *self.copies):
            for stream, writer, entry in writer_files(folder):
                size = _size(entry)
                if (stream, writer) in found:
                    self._compare(found[stream, writer][0], entry.path)
                if size > found.get((stream, writer), ("", -1))[1]:
                    found[stream, writer] = entry.path, size
        return found

    def _compare(self, one: str, other: str) -> None:
        """Tell of two copies of a file that neither is the beginning of the other: only one of them is shown."""
        if (one, other) in self._compared:
            return
        self._compared.add((one, other))
        with contextlib.suppress(OSError):
            if not files.begins(one, other):
                name = os.path.basename(one)  # noqa: PTH119 - it is a text already
                reason = (
                    f"its copies in {os.path.dirname(one)} and {os.path.dirname(other)} differ; the longer one is shown"  # noqa: PTH120
                )
                self.damage.append(Damage(name, 0, 0, reason))

    def unfinished(self) -> list[Damage]:
        """Return what stands after the last whole line of each file: damage in a run that has ended."""
        return [
            Damage(
                layout.writer_file(stream, log.name),
                tail.lines + 1,
                tail.offset,
                f"ends inside a record: {tail.left} bytes",
            )
            for log in self.writers.values()
            for stream, tail in log.tails.items()
            if tail.left > 0
        ]

    def read_run_file(self) -> None:
        """Read `run.json`; what is wrong with it is damage. Raises FormatError for one of a newer tracklog."""
        path = self.folder / layout.RUN_FILE
        try:
            run = orjson.loads(files.content(path))
        except OSError as error:
            self._damaged(f"cannot be read: {error.strerror}")
            return
        except orjson.JSONDecodeError as error:
            self._damaged(f"is no JSON: {error}")
            return
        if not isinstance(run, dict):
            self._damaged("is no JSON object")
            return
        version = run.get("format")
        if not isinstance(version, int):
            self._damaged(f"has no format number: {version!r}")
        elif version > layout.FORMAT:
            msg = (
                f"{path} has format {version}; this version of tracklog reads formats up to {layout.FORMAT}. "
                "Install a newer tracklog to read it."
            )
            raise FormatError(msg)
        self.run = run  # type: ignore[assignment]

    def _damaged(self, reason: str) -> None:
        damage = Damage(layout.RUN_FILE, 0, 0, f"{layout.RUN_FILE} {reason}")
        if damage not in self.damage:
            self.damage.append(damage)


def read_run(folder: Path) -> RunLog:
    """Read a run's folder. Raises FormatError when it was written by a newer tracklog."""
    log = RunLog(folder)
    log.update()
    return log


def read_run_file(folder: Path) -> RunLog:
    """Read a run's `run.json` alone; `update` reads the rest. Raises FormatError as `read_run`."""
    log = RunLog(folder)
    log.read_run_file()
    return log


def run_folders(project: str | Path) -> list[Path]:
    """Return the run folders of a project's folder, by name; links that lead outside are left out."""
    return [
        Path(entry.path) for entry in _folders(project) if entry.name not in layout.RESERVED_RUNS and is_run(entry.path)
    ]


def is_run(folder: str | Path) -> bool:
    """Return whether a folder is a run: it has `run.json`, or a writer's file that outlived it.

    One that may not be looked into counts as well, so that it is told as damage rather than left out.
    """
    try:
        return _is_there(Path(folder, layout.RUN_FILE)) or any(True for _ in writer_files(folder))
    except PermissionError:
        return True


def _is_there(path: Path) -> bool:
    try:
        return not stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def projects(root: Path) -> dict[str, list[Path]]:
    """Return the run folders of a root by their project's folder name; folders without a run are none."""
    found = {entry.name: run_folders(entry.path) for entry in _folders(root)}
    return {name: folders for name, folders in found.items() if folders}


def linked(root: Path) -> list[Path]:
    """Return the links in the place of a root's projects and runs that lead to some: they are not followed."""
    found = [Path(entry.path) for entry in _links(root) if run_folders(entry.path)]
    for project in _folders(root):
        found += [Path(entry.path) for entry in _links(project.path) if is_run(entry.path)]
    return found


def _folders(parent: str | Path) -> list[os.DirEntry[str]]:
    return _entries(parent, lambda entry: entry.is_dir(follow_symlinks=False))


def _links(parent: str | Path) -> list[os.DirEntry[str]]:
    return _entries(parent, lambda entry: entry.is_symlink() and entry.is_dir())


def _entries(parent: str | Path, is_one: Callable[[os.DirEntry[str]], bool]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(parent) as entries:
            found = [entry for entry in entries if not entry.name.startswith(".") and is_one(entry)]
    except OSError:
        return []
    return sorted(found, key=lambda entry: entry.name)


def writer_files(folder: str | Path) -> Iterator[tuple[str, str, os.DirEntry[str]]]:
    """Yield (stream, writer, entry) of a run's own line files, by name."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        split = layout.split_writer_file(entry.name)
        if split is not None and not entry.is_symlink() and not entry.is_dir(follow_symlinks=False):
            yield (*split, entry)


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return 0  # it went meanwhile, or may not be looked at: reading it says so


def _new(path: Path, tail: Tail, size: int, damage: list[Damage], take: Take) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield the new whole lines among the first `size` bytes of a file. Raises ReplacedError."""
    try:
        with files.opened(path) as file:
            status = os.fstat(file.fileno())
            if tail.offset and not _continues(file, status, tail):
                raise ReplacedError(path)
            if size > tail.offset:
                tail.inode = status.st_ino
                yield from _read_on(file, path.name, min(size, status.st_size), tail, damage, take)
                tail.left = size - tail.offset
                file.seek(max(0, tail.offset - _TAIL))
                tail.digest = hashlib.sha256(file.read(min(tail.offset, _TAIL))).digest()
    except OSError as error:
        found = Damage(path.name, 0, tail.offset, f"cannot be read: {error.strerror}")
        if found not in damage:
            damage.append(found)


def _continues(file: Any, status: os.stat_result, tail: Tail) -> bool:
    if status.st_ino != tail.inode or status.st_size < tail.offset:
        return False
    file.seek(max(0, tail.offset - _TAIL))
    return hashlib.sha256(file.read(min(tail.offset, _TAIL))).digest() == tail.digest


def _read_on(
    file: Any, name: str, size: int, tail: Tail, damage: list[Damage], take: Take
) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield the whole lines up to `size`, a piece of the file at a time, so that memory holds rows and not text too."""
    file.seek(tail.offset)
    left = size - tail.offset
    held: list[bytes] = []
    torn = 0  # bytes of a line that holds NULs: there may be a disk full of them, and none is worth keeping
    while left and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        if torn:
            before, newline, piece = piece.partition(b"\n")
            torn += len(before) + len(newline)
            if not newline or not (left or piece):
                continue
            tail.lines += 1
            damage.append(Damage(name, tail.lines, tail.offset, _NULS))
            tail.offset += torn
            torn = 0
        *lines, rest = piece.split(b"\n")
        if lines:
            lines[0] = b"".join([*held, lines[0]])
            held.clear()
            yield take(name, lines, tail, damage, not left)
        held.append(rest)
        if b"\0" in held[-1]:
            torn = sum(map(len, held))
            held.clear()


def _columnar(
    name: str, lines: list[bytes], tail: Tail, damage: list[Damage], is_last: bool
) -> Sequence[dict[str, Any]]:
    rows = numeric.read(lines, stepped=name.startswith(f"{layout.HISTORY}-"))
    if rows is None:
        return _taken(name, lines, tail, damage, is_last)
    _advance(tail, lines)
    return rows


def _taken(name: str, lines: list[bytes], tail: Tail, damage: list[Damage], is_last: bool) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = list(map(orjson.loads, lines))
    except orjson.JSONDecodeError:
        rows = []
    # NUL bytes are no JSON either, so that lines that all can be parsed need no look for them.
    if not rows or not _are_rows(name, rows):
        return _taken_singly(name, lines, tail, damage, is_last=is_last)
    _advance(tail, lines)
    return rows


def _advance(tail: Tail, lines: list[bytes]) -> None:
    tail.lines += len(lines)
    tail.offset += sum(map(len, lines)) + len(lines)


def _taken_singly(
    name: str, lines: list[bytes], tail: Tail, damage: list[Damage], *, is_last: bool
) -> list[dict[str, Any]]:
    parsed = [_parse(line, _rows_of(name)) for line in lines]
    # Only the last line of the file may still be growing: it is left for the next reading.
    left = is_last and isinstance(parsed[-1], str) and lines[-1] != b""
    stop = len(lines) - 1 if left else len(lines)
    rows: list[dict[str, Any]] = []
    for line, row in zip(lines[:stop], parsed[:stop], strict=True):
        tail.lines += 1
        if isinstance(row, str):
            if line:
                damage.append(Damage(name, tail.lines, tail.offset, row))
        else:
            rows.append(row)
        tail.offset += len(line) + 1
    return rows


def _are_rows(name: str, found: list[Any]) -> bool:
    """Return whether JSON values all can be lines of a file, as `_rows_of` tells it of one."""
    if set(map(type, found)) != {dict}:
        return False
    if not name.startswith(f"{layout.HISTORY}-"):
        return True
    try:
        return set(map(type, map(operator.itemgetter(layout.STEP), found))) == {int}
    except KeyError:
        return False


def _rows_of(name: str) -> Callable[[Any], bool]:
    """Return what tells whether a JSON value can be a line of a file."""
    return _is_history if name.startswith(f"{layout.HISTORY}-") else _is_object


def _is_object(row: Any) -> bool:
    return row.__class__ is dict


def _is_history(row: Any) -> bool:
    return row.__class__ is dict and row.get(layout.STEP).__class__ is int


def _parse(line: bytes, is_row: Callable[[Any], bool]) -> dict[str, Any] | str:
    """Return the row, or why there is none."""
    if b"\0" in line:
        return _NULS
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"is no JSON: {error}"
    if is_row(row):
        return dict(row)
    return f"has no integer {layout.STEP}" if isinstance(row, dict) else "is no JSON object"
