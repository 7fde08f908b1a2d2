"""A history whose rows come behind those that are there, folded batch by batch: of it only what may still change is kept.

That is the history of nearly every run: one process logs, or several do one after the other, each going on behind the
last or some steps before its end, as from a checkpoint. What may still change of it is its last row, to which a line of
the same step may come, and the rows from a later session's first step on, until that session is behind them: these are
held, and folded by `rows`. Everything else (processes that log at once, steps that fall) is folded so over all of it: who
reads such a run is told by `NotStraightError`.
"""

from __future__ import annotations

import itertools
import math
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.store import happenings, layout
from tracklog.store.numeric import Numeric, joined
from tracklog.store.reader import ReplacedError, WriterLog
from tracklog.store.rows import Joint, history, merged
from tracklog.store.summaries import set_summary, with_rows
from tracklog.store.tally import Tally

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
    horizon: float = math.inf
    """The first step that a session behind it may log again."""
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


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a track: the rows that may still change, behind all that were given out of it."""

    rows: list[Row]
    name: str = ""
    """By which rows are given out; empty for the run's main track."""
    label: str = ""
    """As people are told."""


@dataclass(frozen=True, slots=True)
class Now:
    """What a history comes to at one moment."""

    tails: list[Tail]
    """Of each track, in their order; one may have no rows at all."""
    joints: list[Joint]
    summary: dict[str, Any]
    """Nested, as logged."""
    step: int
    """The greatest of all rows that count; -1 without any."""


@dataclass(slots=True)
class Straight:
    """A history as far as it has been read: `follow` takes what is new, the rest tells what has come of it."""

    columnar: bool = True
    """Whether rows of numbers come as `Numeric` ones; to who looks into each of them dicts cost less."""
    _edge: int = -1
    """Step of the last row that stays as it is; -1 without one."""
    _open: Row | None = None
    """The last row, to which more may come."""
    _owner: _Part | None = None
    """Whose the open row is."""
    _parts: dict[str, _Part] = field(default_factory=dict)
    _held: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of each writer that may still change."""
    _superseded: dict[tuple[int, float], int] = field(default_factory=dict)
    """Rows of earlier sessions of which a session that begins at a step and time logged something again."""
    _result: dict[str, Any] = field(default_factory=dict)
    _tally: Tally = field(default_factory=Tally)
    _followed: bool = False

    @property
    def step(self) -> int:
        """Return the greatest step that was logged; -1 without rows."""
        return max((part.step for part in self._parts.values()), default=-1)

    @property
    def open(self) -> Row | None:
        """Return the last row, to which more may come."""
        return self._open

    @property
    def first(self) -> Row | None:
        """Return the first row of the session that logged last, as it is now."""
        return None if self._owner is None else self._owner.first or self._open

    def again(self) -> Straight:
        """Return one that begins afresh."""
        return Straight()

    def follow(
        self, log: RunLog, found: list[Session], streams: list[tuple[str, str]]
    ) -> Iterator[tuple[str, Sequence[Row]]]:
        """Read the new lines that the last `look` saw in these streams; yield rows that stay as they are from now on.

        They come with the name of their track, which is empty: there is one.

        Raises NotStraightError, and ReplacedError where what was folded before would come out otherwise now.
        """
        logged = {writer for stream, writer in streams if stream == layout.HISTORY}
        if logged - {session.writer for session in found} or happenings.from_outside(log, found, "summary"):
            raise NotStraightError
        self._tally.define(log, found, begun=self._followed)
        self._look_ahead(log, found)
        read = log.columnar if self.columnar else log.batches
        for session in found:
            part = self._parts[session.writer]
            self._listen(log, part)
            for lines in read(layout.HISTORY, session.writer) if session.writer in logged else ():
                yield from (("", rows) for rows in self._taken(part, lines) if rows)
        self._check()
        self._followed = True

    def _taken(self, part: _Part, lines: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """Take in lines of one session; yield the rows that stay as they are from then on."""
        if not part.lines:
            yield from self._begun(part)
        yield self._counted(self._take(part, lines))
        yield self._counted(self._released())

    def _look_ahead(self, log: RunLog, found: list[Session]) -> None:
        """Learn of sessions, and of each from which step on others may log again."""
        for session in found:
            is_new = session.writer not in self._parts
            if is_new and self._followed and self._edge >= session.start_step and not session.is_child:
                raise ReplacedError(log.folder)
            part = self._parts.setdefault(session.writer, _Part(session))
            part.session = session
            behind = [o.start_step for o in found if session.writer in o.after and not o.is_child]
            part.horizon = min(behind, default=math.inf)

    def now(self, _found: list[Session]) -> Now:
        """Return what the lines come to at this moment."""
        tail = self._tail()
        step = tail[-1][layout.STEP] if tail else self._edge
        return Now([Tail(tail)], self._joints(), self._summary(tail), step)

    def _tail(self) -> list[Row]:
        """Return the rows that may still change, as they are now."""
        last = [] if self._open is None else [self._open]
        if not self._held or self._owner is None:
            return last
        mine = self._held.get(self._owner.session.writer, [])
        return self._fold({**self._held, self._owner.session.writer: [*mine, *last]})

    def _joints(self) -> list[Joint]:
        """Return where later sessions go on, by what was folded last."""
        going = [(part, part.first or self._open) for part in self._parts.values() if part.goes_on]
        places = [(row[layout.STEP], layout.number(row.get(layout.TIMESTAMP))) for _, row in going if row]
        return [Joint(*place, self._superseded.get(place, 0)) for place in places]

    def _summary(self, tail: list[Row]) -> dict[str, Any]:
        """Return what `summaries.summary` makes of the same lines."""
        result = self._result
        for part in self._parts.values():
            rows = [(part.lines, self._open)] if part is self._owner and self._open is not None else []
            result = _over(result, rows, part.waiting)
        result = dict(result)
        self._tally.overlay(result, [("", tail)])
        return result

    # -- events

    def _listen(self, log: RunLog, part: _Part) -> None:
        """Take in what a session set by hand."""
        events = happenings.of_kind(log.writers[part.session.writer], "summary")
        new, part.events = events[part.events :], len(events)
        if new and (part.closed or any(_row(event) < part.settled for event in new) or self._tally.has_counted(new)):
            raise ReplacedError(log.folder)
        part.waiting = sorted([*part.waiting, *new], key=_row)

    def _check(self) -> None:
        """Make sure that all that was logged and set came one behind the other. Raises NotStraightError."""
        there = [part for part in self._parts.values() if part.is_there]
        for n, part in enumerate(there):
            session = part.session
            if session.is_child or any(before.session.writer not in session.after for before in there[:n]):
                raise NotStraightError

    # -- lines

    def _begun(self, part: _Part) -> Iterator[Sequence[Row]]:
        """Settle what came before the first lines of a session."""
        before = list(itertools.takewhile(lambda one: one is not part, self._parts.values()))
        if any(one.is_there and one.session.writer not in part.session.after for one in before):
            raise NotStraightError
        part.goes_on = any(one.lines and one.session.writer in part.session.after for one in before)
        yield self.over()
        for one in before:
            self._result, one.waiting, one.closed = _over(self._result, [], one.waiting), [], True
        self._owner = part

    def over(self) -> Sequence[Row]:
        """Take no more lines to come to the open row; return what stays as it is with that."""
        if self._owner is None or self._open is None:
            return []
        row, self._open = self._open, None
        return self._counted(self._settle(self._owner, [row], [self._owner.lines]))

    def _take(self, part: _Part, lines: Sequence[Row]) -> Sequence[Row]:
        """Take in lines of one session; return the rows that stay as they are."""
        if part.closed:
            raise NotStraightError
        before, part.lines = part.lines, part.lines + len(lines)
        ends: Sequence[int] = range(before + 1, part.lines + 1)
        steps = lines.steps if isinstance(lines, Numeric) else list(map(_STEP, lines))
        rise = _rise(steps)
        if isinstance(lines, Numeric) and not rise:
            lines, counts = lines.by_step()
            ends, steps = [before + count for count in counts], lines.steps
            rise = _rise(steps)
        if steps[0] <= self._edge:
            raise NotStraightError
        if rise and steps[0] > part.step:
            rows, ends = lines[:-1], ends[:-1]
            if self._open is not None:
                rows, ends = joined([[self._open], rows]), [before, *ends]
            self._open, part.step = lines[-1], steps[-1]
        else:
            rows, ends = self._together(part, lines, steps, [before, *ends])
        return self._settle(part, rows, ends)

    def _together(
        self, part: _Part, lines: Sequence[Row], steps: list[int], ends: list[int]
    ) -> tuple[list[Row], list[int]]:
        """Join lines of one step; return the rows that are whole, and the last line of each.

        `ends` are the last line of the open row, and of each that is new.
        """
        rows: list[Row] = []
        last: list[int] = []
        for end, row, step in zip(ends, lines, steps, strict=False):
            if step < part.step or (step == part.step and self._open is None):
                raise NotStraightError
            if step == part.step:
                self._open = merged(self._open or {}, row)
                continue
            if self._open is not None:
                rows.append(self._open)
                last.append(end)
            self._open, part.step = row, step
        return rows, last

    def _settle(self, part: _Part, rows: Sequence[Row], ends: Sequence[int]) -> Sequence[Row]:
        """Fold rows of a session that are whole into the summary; return those that no later session can change."""
        if not rows:
            return rows
        part.first = part.first or rows[0]
        part.settled = ends[-1]
        events = [event for event in part.waiting if _row(event) < part.settled]
        part.waiting = part.waiting[len(events) :]
        if events:
            self._result = _over(self._result, list(zip(ends, rows, strict=True)), events)
        else:
            self._result = with_rows(self._result, rows.lasting() if isinstance(rows, Numeric) else list(rows))
        if self._held or rows[-1][layout.STEP] >= part.horizon:
            stay = 0 if self._held else next(n for n, row in enumerate(rows) if row[layout.STEP] >= part.horizon)
            self._held.setdefault(part.session.writer, []).extend(rows[stay:])
            rows = rows[:stay]
        return rows

    def _released(self) -> list[Row]:
        """Return the held rows, folded, once the session that may log them again is behind them all."""
        if not self._held or self._owner is None or self._open is None or self._owner.horizon < math.inf:
            return []
        others = [rows[-1][layout.STEP] for writer, rows in self._held.items() if writer != self._owner.session.writer]
        if max(others, default=-1) >= self._open[layout.STEP]:
            return []
        held, self._held = self._held, {}
        return self._fold(held)

    def _fold(self, held: dict[str, list[Row]]) -> list[Row]:
        """Fold held rows as a whole history is."""
        found = [part.session for part in self._parts.values()]
        folded = history(_Kept({name: WriterLog(name, history=rows) for name, rows in held.items()}), found)
        if len(folded.tracks) > 1 or folded.children:
            raise NotStraightError
        self._superseded |= {(joint.step, joint.timestamp): joint.superseded for joint in folded.joints}
        return folded.tracks[0].rows if folded.tracks else []

    def _counted(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Count rows that stay as they are."""
        if rows:
            if rows[0][layout.STEP] <= self._edge:
                raise NotStraightError
            self._edge = rows[-1][layout.STEP]
            self._tally.count(rows)
        return rows


@dataclass(slots=True)
class _Kept:
    """Rows by their writers, as `rows.history` asks for them."""

    writers: dict[str, WriterLog]


def _rise(steps: list[int]) -> bool:
    return all(map(operator.lt, steps, steps[1:]))


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
