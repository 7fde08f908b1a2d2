"""A history whose rows only ever come behind those that are there, folded batch by batch: nothing of it is kept.

That is the history of nearly every run: one process logs, or several do one after the other, each going on behind the
last. What may still change of it is its last row, to which a line of the same step may come. Everything else (processes
that log at once, steps that fall, a session that logs again where another was) is folded by `rows`, over all of it: who
reads such a run is told by `NotStraightError`.
"""

from __future__ import annotations

import copy
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.store import happenings, layout
from tracklog.store.metrics import Statistics, definitions
from tracklog.store.reader import ReplacedError
from tracklog.store.rows import Joint, merged
from tracklog.store.summaries import Resets, counted, set_summary, with_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracklog.store.layout import Event, Row
    from tracklog.store.reader import RunLog
    from tracklog.store.sessions import Session


_STEP = operator.itemgetter(layout.STEP)


class NotStraightError(Exception):
    """Rows that were there may have changed: the history is to be folded as a whole."""


@dataclass(slots=True)
class _Part:
    """What one session has logged and set, as far as it was taken in."""

    session: Session
    lines: int = 0
    settled: int = 0
    """Lines in rows that stay as they are."""
    step: int = -1
    """Its last step."""
    events: int = 0
    """Summary events that were seen."""
    waiting: list[Event] = field(default_factory=list)
    """Those of them that come behind the settled rows."""
    closed: bool = False
    """Whether a later session has logged."""
    goes_on: bool = False
    """Whether sessions before it have logged."""
    first: Row | None = None
    """Its first row, once that stays as it is."""

    @property
    def is_there(self) -> bool:
        return bool(self.lines or self.events)


@dataclass(slots=True)
class Straight:
    """A history as far as it has been read: `follow` takes what is new, the rest tells what has come of it."""

    rows: int = 0
    """Rows that stay as they are."""
    step: int = -1
    """The last step, the open row's included; -1 without rows."""
    open: Row | None = None
    """The last row, to which more may come."""
    _parts: dict[str, _Part] = field(default_factory=dict)
    _owner: _Part | None = None
    """Whose the open row is."""
    _result: dict[str, Any] = field(default_factory=dict)
    _kept: Statistics | None = None
    _defined: int = 0
    _since: Resets = field(default_factory=lambda: Resets(()))

    def follow(self, log: RunLog, found: list[Session], streams: list[tuple[str, str]]) -> Iterator[list[Row]]:
        """Read the new lines that the last `look` saw in these streams; yield rows that stay as they are from now on.

        Raises NotStraightError, and ReplacedError where what was folded before would come out otherwise now.
        """
        logged = {writer for stream, writer in streams if stream == layout.HISTORY}
        if logged - {session.writer for session in found} or happenings.from_outside(log, found, "summary"):
            raise NotStraightError
        self._define(log, found)
        for session in found:
            part = self._parts.setdefault(session.writer, _Part(session))
            part.session = session
            self._listen(log, part)
            for lines in log.batches(layout.HISTORY, session.writer) if session.writer in logged else ():
                yield from self._begun(part) if not part.lines else ()
                yield self._take(part, lines)
        self._check()

    def joints(self) -> list[Joint]:
        """Return where later sessions go on."""
        going = [(part, part.first or self.open) for part in self._parts.values() if part.goes_on]
        return [Joint(row[layout.STEP], layout.number(row.get(layout.TIMESTAMP)), 0) for _, row in going if row]

    def summary(self) -> dict[str, Any]:
        """Return what `summaries.summary` makes of the same lines."""
        result = self._result
        for part in self._parts.values():
            rows = [(part.lines, self.open)] if part is self._owner and self.open is not None else []
            result = _over(result, rows, part.waiting)
        result = dict(result)
        if self._kept is not None:
            kept = Statistics(
                self._kept.definitions, {path: copy.copy(one) for path, one in self._kept.by_path.items()}
            )
            counted(kept, [] if self.open is None else [self.open], self._since, frozenset())
            kept.overlay(result, kept.by_path)
        return result

    # -- events

    def _define(self, log: RunLog, found: list[Session]) -> None:
        """Take in what the script said of its metrics, and when it set what by hand."""
        events = happenings.recorded(log, found, "metric")
        if len(events) != self._defined:
            known = definitions(events)
            if self.rows and (known.has_statistics or self._kept is not None):
                raise ReplacedError(log.folder)
            self._kept = Statistics(known) if known.has_statistics else None
            self._defined = len(events)
        if self._kept is not None:
            self._since = Resets(happenings.recorded(log, found, "summary"))

    def _listen(self, log: RunLog, part: _Part) -> None:
        """Take in what a session set by hand."""
        events = happenings.of_kind(log.writers[part.session.writer], "summary")
        new, part.events = events[part.events :], len(events)
        if new and (part.closed or any(_row(event) < part.settled for event in new) or self._has_counted(new)):
            raise ReplacedError(log.folder)
        part.waiting = sorted([*part.waiting, *new], key=_row)

    def _has_counted(self, events: list[Event]) -> bool:
        """Return whether numbers are kept of what was set by hand meanwhile, or of what is around or within it."""
        paths = [list(layout.split_path(path)) for path in self._kept.by_path] if self._kept is not None else []
        named = [event["path"] for event in events if isinstance(event.get("path"), list)]
        return any(path[: len(parts)] == parts[: len(path)] for path in named for parts in paths)

    def _check(self) -> None:
        """Make sure that all that was logged and set came one behind the other. Raises NotStraightError."""
        there = [part for part in self._parts.values() if part.is_there]
        for n, part in enumerate(there):
            session = part.session
            if session.is_child or any(before.session.writer not in session.after for before in there[:n]):
                raise NotStraightError
        for part in self._parts.values():
            before = [one.step for one in there if one.session.writer in part.session.after]
            if part.session.rewind and max(before, default=-1) >= part.session.start_step:
                raise NotStraightError

    # -- lines

    def _begun(self, part: _Part) -> Iterator[list[Row]]:
        """Settle what came before the first lines of a session."""
        before = [one for one in self._parts.values() if one is not part]
        part.goes_on = any(one.lines and one.session.writer in part.session.after for one in before)
        if self._owner is not None and self.open is not None:
            row, self.open = self.open, None
            yield self._settle(self._owner, [row], [self._owner.lines])
        for one in before:
            self._result, one.waiting, one.closed = _over(self._result, [], one.waiting), [], True
        self._owner = part

    def _take(self, part: _Part, lines: list[Row]) -> list[Row]:
        if part.closed:
            raise NotStraightError
        steps = list(map(_STEP, lines))
        if steps[0] > self.step and all(map(operator.lt, steps, steps[1:])):
            rows = lines[:-1] if self.open is None else [self.open, *lines[:-1]]
            ends: Sequence[int] = range(part.lines + (self.open is None), part.lines + len(lines))
            self.open, self.step = lines[-1], steps[-1]
        else:
            rows, ends = self._joined(part, lines, steps)
        part.lines += len(lines)
        part.step = self.step
        return self._settle(part, rows, ends)

    def _joined(self, part: _Part, lines: list[Row], steps: list[int]) -> tuple[list[Row], list[int]]:
        """Join lines of one step; return the rows that are settled, and the last line of each."""
        rows: list[Row] = []
        ends: list[int] = []
        for line, (row, step) in enumerate(zip(lines, steps, strict=True), start=part.lines + 1):
            if step < self.step or (step == self.step and self.open is None):
                raise NotStraightError
            if step == self.step:
                self.open = merged(self.open or {}, row)
                continue
            if self.open is not None:
                rows.append(self.open)
                ends.append(line - 1)
            self.open, self.step = row, step
        return rows, ends

    def _settle(self, part: _Part, rows: list[Row], ends: Sequence[int]) -> list[Row]:
        if rows:
            part.first = part.first or rows[0]
            part.settled = ends[-1]
            self.rows += len(rows)
            events = [event for event in part.waiting if _row(event) < part.settled]
            part.waiting = part.waiting[len(events) :]
            pairs = list(zip(ends, rows, strict=True)) if events else []
            self._result = _over(self._result, pairs, events) if events else with_rows(self._result, rows)
            if self._kept is not None:
                counted(self._kept, rows, self._since, frozenset())
        return rows


def _row(event: Event) -> int:
    return int(layout.number(event.get("row")))


def _over(result: dict[str, Any], rows: list[tuple[int, Row]], events: list[Event]) -> dict[str, Any]:
    """Return a summary with rows over it, each with its last line, and what was set between them."""
    position = 0
    for event in events:
        end = position
        while end < len(rows) and rows[end][0] <= _row(event):
            end += 1
        result = dict(with_rows(result, [row for _, row in rows[position:end]]))
        set_summary(result, event)
        position = end
    return with_rows(result, [row for _, row in rows[position:]])
