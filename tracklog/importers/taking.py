"""From what a format tells of a run to lines of a run's folder."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import time
from typing import TYPE_CHECKING, Any

from tracklog import values as encoder
from tracklog.importers import folders, told
from tracklog.importers.stepping import NumberedError, Steps
from tracklog.store import imported, layout, typed
from tracklog.store.encoding import LEAST, number, text
from tracklog.store.sessions import DEAD_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tracklog.importers.told import Taken

_EDITED = ("name", "notes", "tags")
_MOST_NOTES = 50
_SAFE = LEAST + 1, 2**63 - 1


class Taking:
    """One reading of a run, into a folder of its own or behind what is there."""

    def __init__(
        self, target: Path, run: dict[str, Any], before: imported.Done | None, numbered: str | None, changed: float
    ) -> None:
        """`run` is what `run.json` says before the source is asked; `numbered` the key of its step where rows are counted.

        `changed` is when the source was written last, which stands for times that it does not tell.
        """
        self.changed = changed
        self.folder = imported.Folder(target, before)
        self.before = before
        self.run = run
        state = before.state if before else {}
        self.began: float | None = state.get("began")
        self.time: float = before.time if before else -math.inf
        self.ended: int | None = None
        self.notes: list[str] = list(state.get("notes", ()))
        self.new_notes: list[str] = []
        self.damage: list[str] = []
        self.counts: dict[str, int] = {}
        self.rows = 0
        self.position: Any = before.position if before else None
        greatest = state.get("greatest")
        self.steps = Steps(
            numbered if before is None else state.get("numbered"),
            count=before.rows if before else 0,
            greatest=-math.inf if greatest is None else greatest,
            fell=state.get("fell") is True,
            written=self._written,
        )
        self._open: told.Row | None = None
        self._has_ended = state.get("ended") is True
        if numbered is not None and before is None:
            self._step_metric = numbered
        else:
            self._step_metric = ""
        self._held: list[told.Told] = []

    # -- what is told

    def take(self, records: Iterable[told.Told], *, is_over: bool = False) -> None:
        """Take all that a format tells. Raises as the format does, NumberedError, and OSError when it cannot be written.

        A run that `is_over` has ended unless the format says otherwise.
        """
        for record in records:
            if record.__class__ is told.Row:
                self._row(record)
            elif record.__class__ is told.Rows:
                self._rows(record)
            else:
                self._other(record)
        self._close()
        if is_over and not self._has_ended and self.ended is None:
            self.ended = 0

    def _row(self, row: told.Row) -> None:
        before = self._open
        if before is None:
            self._open = row
        elif before.step == row.step and before.values.keys().isdisjoint(row.values) and row.step is not None:
            self._open = before.joined(row)
        else:
            self._write(before)
            self._open = row

    def _rows(self, rows: told.Rows) -> None:
        """Take rows of the same keys, at once where their steps rise."""
        first = 0 if self._open is None else 1  # which may belong to the row that is open
        self._singly(rows, 0, first)
        keys, steps, times, columns = rows
        steps, times, columns = steps[first:], times[first:], [column[first:] for column in columns]
        self._close()
        odd = not layout.CLOCKS.isdisjoint(keys) or any("},{" in key for key in keys)
        if not steps or odd or not self.steps.rise(steps, keys):
            self._singly(rows, first, len(rows.steps))
            return
        self._goes_on()
        self._at(times[0])
        began = self.began or 0.0
        self.time = max(self.time, *times)
        spent = [round((time - began) * 1e6) / 1e6 for time in times]
        names = (layout.STEP, layout.RUNTIME, layout.TIMESTAMP, *keys)
        lines = [dict(zip(names, line, strict=True)) for line in zip(steps, spent, times, *columns, strict=True)]
        self.folder.lines(layout.HISTORY, lines)
        self.rows += len(lines)

    def _singly(self, rows: told.Rows, first: int, end: int) -> None:
        for n in range(first, end):
            values = {key: column[n] for key, column in zip(rows.keys, rows.columns, strict=True)}
            self._row(told.Row(rows.steps[n], rows.times[n], values))

    def _close(self) -> None:
        if self._open is not None:
            row, self._open = self._open, None
            self._write(row)

    def _write(self, row: told.Row) -> None:
        self._goes_on()
        step, found = self.steps.of(row)
        line: dict[str, Any] = {layout.STEP: step}
        if row.time is not None and abs(row.time) < told.LATEST:
            self._at(row.time)
            line[layout.RUNTIME] = round((row.time - (self.began or 0.0)) * 1e6) / 1e6
            line[layout.TIMESTAMP] = row.time
        elif self.began is None:
            self._at(None)
        if not layout.CLOCKS.isdisjoint(found):
            found = {f"{key}_" if key in layout.CLOCKS else key: value for key, value in found.items()}
        for key, value in found.items():
            if value.__class__ is float and value - value == 0:
                line[key] = value
            else:
                line[key] = self._encoded(key, value)
        self.folder.line(layout.HISTORY, line)
        self.rows += 1

    def _encoded(self, key: str, value: Any) -> Any:
        kind = value.__class__
        if kind is float:
            return number(value)
        if kind is int and _SAFE[0] < value < _SAFE[1]:
            return value
        return encoder.kept(key, value, self.folder.files)

    def _other(self, record: told.Told) -> None:
        if isinstance(record, told.System):
            time = self._at(record.time)
            line = {layout.RUNTIME: round(time - (self.began or 0.0), 6), layout.TIMESTAMP: time}
            self.folder.line(layout.SYSTEM, {**self._mapping(record.values), **line})
            self._count("system rows")
        elif isinstance(record, told.Printed):
            moment = self._at(record.time)
            self.folder.line(
                layout.CONSOLE, {layout.TIMESTAMP: moment, "stream": record.stream, "text": text(record.text)}
            )
            self._count("console texts")
        elif isinstance(record, told.Position):
            self.position = record.value
        elif isinstance(record, told.Began):
            self._begin(record.time)
        elif isinstance(record, told.About):
            self._about(record)
        elif isinstance(record, told.Note):
            self._note(record.text)
        elif isinstance(record, told.Damage):
            self.damage.append(record.text)
            self._note(record.text)
        elif isinstance(record, told.Ended):
            self._close()
            self._at(record.time)
            self.ended = record.exit_code
        elif isinstance(record, told.Saved):
            self._save(record)
        else:
            self._event(record)

    def _event(self, record: told.Told) -> None:
        self._close()  # an event stands behind the rows before it
        if isinstance(record, told.Config):
            self._config(record)
        elif isinstance(record, told.Summary):
            path = [text(part) for part in record.path]
            what = {"delete": True} if record.value is ... else {"value": self._encoded(path[-1], record.value)}
            self.folder.event("summary", self._at(record.time), path=path, **what)
            self._count("summary")
        elif isinstance(record, told.Metric):
            self.folder.event("metric", self._at(None), **record.fields)
        elif isinstance(record, told.Happened):
            self.folder.event(record.event, self._at(record.time), **self._mapping(record.fields))
            if record.event != "heartbeat":
                self._count(f"{record.event}s")

    def _config(self, record: told.Config) -> None:
        if not record.values and not record.removed:
            return
        time, types = self._at(record.time), typed.Types()
        if record.values:
            found = {
                text(key): typed.encode(encoder.config(v), (text(key),), types) for key, v in record.values.items()
            }
            self.folder.event("config", time, set=found, **({"types": types} if types else {}))
        if record.removed:
            self.folder.event("config", time, delete=[text(key) for key in record.removed])
        self._count("config")

    def _about(self, record: told.About) -> None:
        fields = {key: value for key, value in self._mapping(record.fields).items() if value not in (None, "", [], {})}
        if self.before is None:
            self.run.update(fields)
            return
        edits = {key: fields.pop(key) for key in _EDITED if key in fields}
        if edits:
            self.folder.event("edit", self._at(record.time), **edits)
        if fields:
            self.folder.event("environment", self._at(record.time), **fields)

    def _save(self, record: told.Saved) -> None:
        name = folders.safe_name(record.name)
        if name is None:
            self.damage.append(f"the file {record.name!r} has a name that leads elsewhere; it is left out")
            return
        if isinstance(record.content, bytes):
            self.folder.files.put_file(name, record.content)
        else:
            self.folder.files.copy(record.content, name)
        self._count("files")

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)
            self.new_notes.append(sentence)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _mapping(self, found: dict[str, Any]) -> dict[str, Any]:
        return encoder.mapping(found, self.folder.files)

    def _written(self) -> Iterable[dict[str, Any]]:
        self.folder.streams[layout.HISTORY].flush()
        return imported.rows(self.folder.folder)

    # -- times

    def _at(self, time: float | None) -> float:
        """Return when something happened: its own time, else the last one that was told; the first begins the session."""
        if time is None or not abs(time) < told.LATEST:
            time = self.time if self.time > -math.inf else self.changed
        if self.began is None:
            self.began = time
            fields: dict[str, Any] = {"rank": None, "start_step": 0, "after": []}
            self.folder.event("session", time, **fields)
            if self._step_metric:
                self.folder.event("metric", time, name="*", step_metric=self._step_metric)
        self.time = max(self.time, time)
        return time

    def _begin(self, time: float) -> None:
        if self.began is None:
            self._at(time)
        elif self.before is not None and not self.before.rows and time != self.began:
            raise told.ReplacedError  # what was known of it then was only that it is there

    def _goes_on(self) -> None:
        """A run that had ended goes on: its end is not the end, and is not written any more."""
        if self._has_ended:
            raise told.ReplacedError
        self.ended = None

    # -- the end

    @property
    def is_new(self) -> bool:
        """Whether anything was told that is not there yet."""
        return bool(
            self.before is None
            or self.rows
            or self.counts
            or self.new_notes
            or self.position != self.before.position
            or self.folder.streams[layout.EVENTS].count
            or (self.ended is not None and not self._has_ended)
        )

    def finish(self) -> None:
        """Put what was taken in place. Raises OSError."""
        if self.began is None:
            self._at(None)
        if self.ended is not None and not self._has_ended:
            self.folder.event("finish", self.time, exit_code=self.ended, lost=0)
        if self.steps.fell:
            self._note("Steps fall now and then; rows stand in the order of the source")
        origin = {**self.run["imported"], "notes": self.notes[:_MOST_NOTES]}
        if self.before is not None and self.new_notes:
            self.folder.event("environment", self.time, imported=origin)
        run = {"created": _iso(self.began or 0.0), **self.run, "imported": origin}
        state = {
            "began": self.began,
            "numbered": self.steps.name,
            "greatest": self.steps.greatest if math.isfinite(self.steps.greatest) else None,
            "fell": self.steps.fell,
            "ended": self._has_ended or self.ended is not None,
            "notes": self.notes[:_MOST_NOTES],
        }
        self.folder.commit(run, self.time, self.position, state)  # type: ignore[arg-type]


def take(
    read: Callable[[Any], Iterable[told.Told]], target: Path, run: dict[str, Any], taken: Taken, *, marks_end: bool
) -> None:
    """Bring a run's folder up to its source, by reading what is new of it, or all. Raises OSError.

    `read` is given the position to go on from, or None; `taken` is told what became of it. A format that marks no end says
    nothing of how a run ended: one that nothing was written of for half an hour counts as finished, not as crashed.
    """
    changed = _changed(taken.origin.files)
    is_over = not marks_end and time.time() - changed > DEAD_AFTER
    before = imported.done(target) if target.is_dir() else None
    is_there = target.is_dir()
    numbered: str | None = before.state.get("numbered") if before else None
    why = ""
    while True:
        taking = Taking(target, dict(run), before, numbered, changed)
        try:
            if why:
                taking.take([told.Note(why)])
            taking.take(read(before.position if before else None), is_over=is_over)
            if not taking.is_new:
                taking.folder.abandon()
                return
            taking.finish()
        except told.ReplacedError:
            taking.folder.abandon()
            if before is None:
                raise
            before, numbered = None, None
        except NumberedError as error:
            taking.folder.abandon()
            before, numbered = None, error.name
            why = (
                f"{error.why}: rows are counted, and the source's steps are the key {error.name!r}"
                if error.why
                else why
            )
            continue
        except BaseException:
            taking.folder.abandon()
            raise
        else:
            _tell(taken, taking, is_there=is_there)
            return


def _changed(paths: Iterable[Path]) -> float:
    """Return when any of some files was written last, in unix seconds."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            found.append(path.stat().st_mtime)
    return max(found, default=0.0)


def _tell(taken: Taken, taking: Taking, *, is_there: bool) -> None:
    taken.rows, taken.counts = taking.rows, taking.counts
    taken.is_new = not is_there
    taken.is_afresh = is_there and taking.before is None
    taken.notes, taken.damage = taking.new_notes, taking.damage


def _iso(time: float) -> str:
    try:
        return dt.datetime.fromtimestamp(time, dt.timezone.utc).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return dt.datetime.fromtimestamp(0, dt.timezone.utc).isoformat(timespec="milliseconds")
