"""Trackio's store: a database for each project, media beside it, and an inbox of lines that are in no database yet.

Rows are in the order of their ids. All rows of about half a second bear one time. The database does not hold the project's name,
of which its own name has lost what does not suit a file. No table says whether a run has ended.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers import clocks, folders, told
from tracklog.importers.sqlite import Database, tables
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "trackio", "Trackio"
MARKS_END = False
_TABLES = {"metrics", "configs", "system_metrics", "project_metadata"}
_INBOX = "inbox"
_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_COARSE = "Trackio stamps all rows of about half a second alike: times are that coarse"
_NAMED = (
    "Trackio's database does not hold the project's name, and its own may have lost characters: --project gives another"
)
_DEEPEST = 64


@dataclass(slots=True)
class Key:
    """Where a run is."""

    run: str
    media: Path
    database: Database | None = None
    inbox: list[dict[str, Any]] = field(default_factory=list)
    """Its lines that may be in no database."""


def looks_like(path: Path) -> bool:
    """Return whether a path is a database of Trackio, or has some below it."""
    return any(True for _ in _databases(path)) or any(True for _ in _inbox_files(path))


def _databases(source: Path) -> Iterator[Path]:
    for folder, _, names in folders.walk(source):
        for name in names:
            path = folder / name
            if (path == source or name.endswith(".db")) and tables(path) >= _TABLES:
                yield path


def _inbox_files(source: Path) -> Iterator[Path]:
    for folder, _, names in folders.walk(source) if source.is_dir() else ():
        if folder.parent.name == _INBOX:
            yield from (folder / name for name in names if name.endswith(".jsonl"))


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their ids."""
    waiting, damage = _waiting(source)
    yield from damage
    for path in _databases(source):
        database = Database(path)
        query = "SELECT run_id, max(run_name) FROM metrics GROUP BY run_id UNION SELECT run_id, run_name FROM configs"
        try:
            names = {str(run): str(name) for run, name in database.rows(query)}
        except told.UnreadableError as error:
            yield told.Damage(str(error))
            continue
        for run, name in names.items():
            key = Key(run, path.parent / "media", database, waiting.pop(run, []))
            seen = (path, path.with_name(f"{path.name}-wal"))
            yield told.Origin(
                id=run,
                place=folders.below(source, path),
                files=seen,
                mark=f"trackio/{run}",
                project=path.stem,
                name=name,
                key=key,
            )
    for run, lines in waiting.items():
        first = lines[0]
        key = Key(run, source / "media", None, lines)
        yield told.Origin(
            id=run,
            place=_INBOX,
            files=(),
            mark=f"trackio/{run}",
            project=str(first.get("project") or ""),
            name=str(first.get("run") or run),
            key=key,
        )


def _waiting(source: Path) -> tuple[dict[str, list[dict[str, Any]]], list[told.Damage]]:
    """Return the lines of the inbox by run, in the order of its files."""
    found: dict[str, list[dict[str, Any]]] = {}
    damage = []
    for path in _inbox_files(source):
        try:
            lines = files.content(path).split(b"\n")[:-1]
        except OSError as error:
            damage.append(told.Damage(f"{folders.below(source, path)} cannot be read: {error.strerror or error}"))
            continue
        for line in filter(None, lines):
            record = _json(line)
            if isinstance(record, dict) and isinstance(record.get("run_id"), str):
                found.setdefault(record["run_id"], []).append(record)
            else:
                damage.append(
                    told.Damage(f"{folders.below(source, path)} has a line that is none of Trackio's; it is left out")
                )
    return found, damage


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    key: Key = origin.key
    known = position if isinstance(position, dict) else {}
    reading = _Reading(key, known)
    if position is None:
        yield told.Note(_COARSE)
        yield told.Note(_NAMED)
    yield from reading.config()
    yield from reading.rows()
    yield from reading.beside()
    yield told.Position(reading.position())


class _Reading:
    """One reading of a run."""

    def __init__(self, key: Key, known: dict[str, Any]) -> None:
        self._key = key
        self._known = known
        self._ends: dict[str, int] = {}
        self._taken: list[str] = list(known.get("taken", ()))
        """Log ids of lines of the inbox: they come into the database later."""
        self._config = known.get("config")

    def position(self) -> dict[str, Any]:
        return {"ends": {**self._known.get("ends", {}), **self._ends}, "taken": self._taken, "config": self._config}

    def _rows(self, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
        if self._key.database is None:
            return
        last = self._known.get("ends", {}).get(table, 0)
        query = f"SELECT id, {columns} FROM {table} WHERE run_id = ? AND id > ? ORDER BY id"  # noqa: S608 - names of our own
        for row in self._key.database.rows(query, self._key.run, last):
            self._ends[table] = row[0]
            yield row[1:]

    def config(self) -> Iterator[told.Told]:
        found: Any = None
        if self._key.database is not None:
            query = "SELECT config FROM configs WHERE run_id = ?"
            found = next((_json(row[0]) for row in self._key.database.rows(query, self._key.run)), None)
        found = found or next(
            (line["config"] for line in self._key.inbox if isinstance(line.get("config"), dict)), None
        )
        sign = hashlib.sha256(repr(found).encode("utf-8", "replace")).hexdigest()[:16]
        if not isinstance(found, dict) or sign == self._config:
            return
        self._config = sign
        began = clocks.of_iso(found.get("_Created"))
        if began is not None:
            yield told.Began(began)
        if found.get("_Group"):
            yield told.About({"group": found["_Group"]})
        own = {key: value for key, value in found.items() if not key.startswith("_")}
        if own:
            yield told.Config(own)

    def rows(self) -> Iterator[told.Told]:
        taken = set(self._taken)
        there: set[str] = set()
        for timestamp, step, metrics, log_id in self._rows("metrics", "timestamp, step, metrics, log_id"):
            there.add(str(log_id))
            if log_id not in taken:
                yield from self._row(step, timestamp, _json(metrics))
        query = "SELECT log_id FROM metrics WHERE run_id = ?"
        if self._key.inbox and self._key.database is not None:
            there |= {str(log_id) for (log_id,) in self._key.database.rows(query, self._key.run)}
        for line in self._key.inbox:
            log_id = str(line.get("log_id"))
            if line.get("kind") == "metric" and log_id not in there and log_id not in taken:
                self._taken.append(log_id)
                yield from self._row(line.get("step"), line.get("timestamp"), line.get("metrics"))

    def _row(self, step: Any, timestamp: Any, metrics: Any) -> Iterator[told.Told]:
        if not isinstance(metrics, dict):
            yield told.Damage(f"a row of step {step!r} holds no metrics; it is left out")
            return
        is_step = isinstance(step, int | float) and not isinstance(step, bool)
        values = {_unrenamed(name): self._value(value) for name, value in metrics.items()}
        yield told.Row(step if is_step else None, clocks.of_iso(timestamp), values)

    def beside(self) -> Iterator[told.Told]:
        for timestamp, metrics in self._rows("system_metrics", "timestamp, metrics"):
            found = _json(metrics)
            if isinstance(found, dict):
                yield told.System(
                    clocks.of_iso(timestamp) or 0.0,
                    {_unrenamed(name): self._value(value) for name, value in found.items()},
                )
        for timestamp, title, text, level in self._rows("alerts", "timestamp, title, text, level"):
            fields = {"title": str(title or ""), "text": str(text or ""), "level": str(level or "info").upper()}
            yield told.Happened("alert", fields, clocks.of_iso(timestamp))

    def _value(self, value: Any, depth: int = 0) -> Any:
        """Return a value of a metric: numbers that JSON lacks, and media for their records."""
        if isinstance(value, str):
            return _NUMBERS.get(value, value)
        if isinstance(value, list) and depth < _DEEPEST:
            return [self._value(item, depth + 1) for item in value]
        if not isinstance(value, dict) or depth >= _DEEPEST:
            return value
        kind = str(value.get("_type", ""))
        if not kind.startswith("trackio."):
            return {name: self._value(item, depth + 1) for name, item in value.items()}
        try:
            return self._media(kind.removeprefix("trackio."), value)
        except (OSError, ValueError, TypeError, KeyError) as error:
            return f"a {kind} that cannot be shown: {error}"

    def _media(self, kind: str, record: dict[str, Any]) -> Any:
        from tracklog.media.audio import Audio
        from tracklog.media.histogram import Histogram
        from tracklog.media.image import Image
        from tracklog.media.table import Table
        from tracklog.media.video import Video

        if kind == "histogram":
            return Histogram(np_histogram=(record["values"], record["bins"]))
        if kind == "table":
            rows = [row for row in record.get("_value") or () if isinstance(row, dict)]
            columns = list(dict.fromkeys(name for row in rows for name in row))
            return Table(columns=columns, data=[[self._value(row.get(name), 1) for name in columns] for row in rows])
        makers: dict[str, Any] = {"image": Image, "audio": Audio, "video": Video}
        path = files.inside(self._key.media, str(record.get("file_path")))
        if path is None:
            raise FileNotFoundError(2, "its file is not in the store", str(record.get("file_path")))
        if kind not in makers:
            return f"{kind}: {path.name}"
        return makers[kind](str(path), caption=record.get("caption"))


def _unrenamed(name: str) -> str:
    """Return a key as it was logged: Trackio puts two underscores before those that it keeps for itself."""
    return name.removeprefix("__") if name.startswith("__") else name


def _json(data: Any) -> Any:
    try:
        return json.loads(data)
    except (ValueError, TypeError, RecursionError):
        return None
