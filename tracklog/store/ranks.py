"""A history that several processes log at once, folded batch by batch: of it only what may still change is kept.

Each process's own rows come one behind the other, as `straight` follows them. Of these, keys that two of them log are a
track for each; the others join by their steps once every process has come past a step, has ended, or is too far behind to be
waited for. Which keys are whose is learnt while reading: where that was wrong of rows that were given out, the run is to be
read afresh by one that knows (`again`). What is told by `NotStraightError` is folded as a whole: sessions behind others,
forked children that log, steps that fall, two processes of one rank, and summaries where what one process said of a key
depends on what others said of it (it was deleted, or was both a number and nested).
"""

from __future__ import annotations

import bisect
import operator
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracklog.store import happenings, layout
from tracklog.store.reader import ReplacedError
from tracklog.store.rows import joined, merged, without
from tracklog.store.straight import NotStraightError, Now, Straight, Tail
from tracklog.store.summaries import precedence
from tracklog.store.tally import Tally
from tracklog.store.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.store.layout import Row
    from tracklog.store.reader import RunLog
    from tracklog.store.sessions import Session

    Given = tuple[str, list[Row]]
    """Rows that stay as they are, with the name of their track."""

MOST_HELD = 20_000
"""Rows that wait to be joined; beyond them nobody waits for the process that is furthest behind."""
_STEP = operator.itemgetter(layout.STEP)


@dataclass(slots=True, eq=False)
class _Rank:
    """What one process has logged, as far as it was taken in."""

    session: Session
    rows: Straight = field(default_factory=Straight)
    keys: set[str] = field(default_factory=set)
    """Those of its rows that stay as they are."""
    touched: Touched = field(default_factory=Touched)
    held: list[Row] = field(default_factory=list)
    """What of its rows waits to be joined."""
    events: int = 0
    """Summary events that were seen."""

    @property
    def has_rows(self) -> bool:
        return self.rows.step >= 0

    def label(self, n: int) -> str:
        return f"process {n + 1}" if self.session.rank is None else f"rank {self.session.rank}"


@dataclass(slots=True)
class Ranks:
    """A history as far as it has been read, as `Straight` is one."""

    shared: set[str] = field(default_factory=set)
    """Keys that two processes log, or are said to by one that has read the same before."""
    _seen: set[str] = field(default_factory=set)
    """Those that were seen to be."""
    _first: dict[str, _Rank] = field(default_factory=dict)
    """Who logged a key first."""
    _new: set[str] = field(default_factory=set)
    """Keys of which no rows were parted yet."""
    _ranks: dict[str, _Rank] = field(default_factory=dict)
    """In the order of their sessions."""
    _edge: int = -1
    """Step of the last joined row that was given out."""
    _top: int = -1
    """The greatest step of rows that count."""
    _tally: Tally = field(default_factory=Tally)
    _blank: bool = False
    """Whether there were rows without any key: they are rows of the run only while no key is shared."""
    _wrong: bool = False
    """Whether rows were parted by what turned out otherwise: what is left is read for its keys only."""
    _begun: bool = False

    def again(self) -> Ranks:
        """Return one that begins afresh, and knows which keys are shared."""
        return Ranks(set(self.shared))

    def follow(self, log: RunLog, found: list[Session], streams: list[tuple[str, str]]) -> Iterator[Given]:
        """Read the new lines that the last `look` saw in these streams; yield rows that stay as they are from now on.

        They come with the name of their track: that of a writer, or none where they are joined. Raises NotStraightError, and
        ReplacedError where what was given out before would come out otherwise now.
        """
        logged = [writer for stream, writer in streams if stream == layout.HISTORY]
        self._meet(log, found, logged)
        self._tally.define(log, found, begun=self._begun)
        self._listen(log)
        yield from self._read(log, logged)
        for rank in self._ranks.values():
            if rank.session.exit_code is not None:
                yield from self._over(log, rank)
        yield from self._joinable(log, {})
        self._look_at_open()
        if self._wrong or any(row[layout.STEP] <= self._edge for row in self._opens()):
            raise ReplacedError(log.folder)
        self._check()
        self._begun = True

    def now(self, found: list[Session]) -> Now:
        """Return what the lines come to at this moment; `found` are the sessions as they are behind all that was read."""
        there = [rank for rank in self._ranks.values() if rank.has_rows]
        opens = [self._parted([rank.rows.open]) if rank.rows.open is not None else ([], []) for rank in there]
        main = [row for rank, (mine, _) in zip(there, opens, strict=True) for row in (*rank.held, *mine)]
        tails = [Tail(joined(sorted(main, key=_STEP)))]
        if len(there) > 1:
            by_rank = sorted(enumerate(there), key=lambda one: (one[1].session.rank is None, one[1].session.rank or 0))
            tails += [Tail(opens[n][1], rank.session.writer, rank.label(n)) for n, rank in by_rank]
        summary: dict[str, Any] = {}
        for session in sorted((one for one in found if one.writer in self._ranks), key=precedence):
            summary = merged(summary, self._ranks[session.writer].rows.now([session]).summary)
        self._tally.overlay(summary, [(tail.name, tail.rows) for tail in tails])
        step = max((tail.rows[-1][layout.STEP] for tail in tails if tail.rows), default=-1)
        return Now(tails, [], summary, max(self._top, step))

    # -- processes and what they set

    def _meet(self, log: RunLog, found: list[Session], logged: list[str]) -> None:
        """Learn of sessions. Raises NotStraightError where they are not side by side."""
        names = {session.writer for session in found}
        own = [session for session in found if not session.is_child]
        if set(logged) - names or happenings.from_outside(log, found, "summary"):
            raise NotStraightError
        if any(session.after & names for session in own):
            raise NotStraightError
        for child in (session for session in found if session.is_child):
            has_rows = child.writer in logged and any(log.batches(layout.HISTORY, child.writer))
            if has_rows or happenings.of_kind(log.writers[child.writer], "summary"):
                raise NotStraightError
        if [session.writer for session in own if session.writer in self._ranks] != list(self._ranks):
            raise ReplacedError(log.folder)
        self._ranks = {session.writer: self._ranks.get(session.writer) or _Rank(session) for session in own}
        for session in own:
            self._ranks[session.writer].session = session

    def _listen(self, log: RunLog) -> None:
        """Take in what was set by hand."""
        for writer, rank in self._ranks.items():
            events = happenings.of_kind(log.writers[writer], "summary")
            new, rank.events = events[rank.events :], len(events)
            if new and self._tally.has_counted(new):
                raise ReplacedError(log.folder)
            rank.touched.by_hand(new)

    def _check(self) -> None:
        """Make sure that all is as it is taken to be. Raises NotStraightError."""
        there = [rank for rank in self._ranks.values() if rank.has_rows]
        labels = {rank.label(n) for n, rank in enumerate(there)}
        if len(labels) < len(there) or self.shared - self._seen:
            raise NotStraightError
        for rank in self._ranks.values():
            others = (one.touched for one in self._ranks.values() if one is not rank)
            if rank.touched.odd and any(rank.touched.odd & other.keys for other in others):
                raise NotStraightError

    # -- lines

    def _read(self, log: RunLog, logged: list[str]) -> Iterator[Given]:
        """Read all processes side by side: whoever is furthest behind comes next."""
        reading = {
            rank: rank.rows.follow(_alone(log, writer), [rank.session], _streams(writer, logged))
            for writer, rank in self._ranks.items()
        }
        # The first batch of each is looked at before any is parted: most keys are known to be shared then.
        batches = [(rank, batch) for rank in list(reading) if (batch := self._next(log, rank, reading))]
        for rank, batch in batches:
            self._know(rank, batch)
        self._new.clear()
        for rank, batch in batches:
            yield from self._taken(log, rank, batch)
        while reading:
            rank = min(reading, key=lambda one: one.rows.step)
            batch = self._next(log, rank, reading)
            if batch:
                self._know(rank, batch)
                self._new.clear()
                yield from self._taken(log, rank, batch)
            yield from self._joinable(log, reading)

    @staticmethod
    def _next(log: RunLog, rank: _Rank, reading: dict[_Rank, Iterator[Given]]) -> list[Row]:
        """Return the next rows of a process that stay as they are; none at the end of its lines."""
        was_over = rank.has_rows and rank.rows.open is None
        try:
            for _, rows in reading[rank]:
                return rows
        except NotStraightError:
            if was_over:  # and yet there is more of it, to rows that were given out
                raise ReplacedError(log.folder) from None
            raise
        del reading[rank]
        return []

    def _know(self, rank: _Rank, rows: list[Row]) -> None:
        """Learn whose the keys of rows are."""
        new = rank.touched.by_rows(rows) - rank.keys
        rank.keys |= new
        for key in new:
            if key not in self._first:
                self._new.add(key)
            if self._first.setdefault(key, rank) is not rank:
                self._share(key)

    def _share(self, key: str) -> None:
        """Learn that a key is shared."""
        self._seen.add(key)
        if key not in self.shared:
            parted = (key in self._first and key not in self._new) or (self._blank and not self.shared)
            self._wrong = self._wrong or parted
            self.shared.add(key)

    def _look_at_open(self) -> None:
        """Learn whose the keys of open rows are."""
        first: dict[str, _Rank] = {}
        for rank in self._ranks.values():
            row = rank.rows.open
            for key in rank.touched.by_rows([row], firm=False) - rank.keys if row is not None else ():
                if first.setdefault(key, self._first.get(key, rank)) is not rank:
                    self._share(key)

    def _opens(self) -> list[Row]:
        """Return what of open rows is to be joined."""
        return self._parted([rank.rows.open for rank in self._ranks.values() if rank.rows.open is not None])[0]

    def _taken(self, log: RunLog, rank: _Rank, rows: list[Row]) -> Iterator[Given]:
        """Take in rows of a process whose keys are known."""
        if self._wrong:
            return
        mine, theirs = self._parted(rows)
        if mine and mine[0][layout.STEP] <= self._edge:
            raise ReplacedError(log.folder)
        rank.held += mine
        self._blank = self._blank or (not self.shared and not all(row.keys() - layout.CLOCKS for row in mine))
        self._top = max(self._top, *(part[-1][layout.STEP] for part in (mine, theirs) if part), -1)
        if theirs:
            self._tally.count(theirs, rank.session.writer)
            yield rank.session.writer, theirs

    def _parted(self, rows: list[Row]) -> tuple[list[Row], list[Row]]:
        """Return what of rows is joined with others, and what is a process's own track."""
        if not self.shared:
            return rows, []
        mine: list[Row] = []
        theirs: list[Row] = []
        whole = self.shared | layout.CLOCKS
        for row in rows:
            if row.keys() <= whole:
                if row.keys() - layout.CLOCKS:
                    theirs.append(row)
            elif self.shared.isdisjoint(row):
                mine.append(row)
            else:
                mine.append(without(row, self.shared, keep=False))
                theirs.append(without(row, self.shared, keep=True))
        return mine, theirs

    # -- joining

    def _over(self, log: RunLog, rank: _Rank) -> Iterator[Given]:
        """Wait no longer for a process: more of it comes behind what is there, or makes the run be read afresh."""
        rows = rank.rows.over()
        if rows:
            self._know(rank, rows)
            self._new.clear()
            yield from self._taken(log, rank, rows)

    def _joinable(self, log: RunLog, reading: dict[_Rank, Iterator[Given]]) -> Iterator[Given]:
        """Join the rows that every process has come past."""
        while True:
            going = [rank for rank in self._ranks.values() if rank in reading or rank.rows.open is not None]
            rows = self._join(min((rank.rows.step for rank in going), default=sys.maxsize))
            if rows:
                self._tally.count(rows)
                yield "", rows
            last = min(going, key=lambda one: one.rows.step, default=None)
            if last is None or last in reading or sum(len(one.held) for one in self._ranks.values()) <= MOST_HELD:
                return
            yield from self._over(log, last)

    def _join(self, step: int) -> list[Row]:
        """Join the held rows before a step."""
        found: list[Row] = []
        for rank in self._ranks.values():
            end = bisect.bisect_left(rank.held, step, key=_STEP)
            found += rank.held[:end]
            del rank.held[:end]
        if not found:
            return found
        rows = joined(sorted(found, key=_STEP))
        self._edge = rows[-1][layout.STEP]
        return rows


def _alone(log: RunLog, writer: str) -> RunLog:
    """Return what one writer wrote, as if it were alone; what its script said of metrics is left out."""
    one = log.writers[writer]
    return replace(log, writers={writer: replace(one, events=happenings.of_kind(one, "summary"))})


def _streams(writer: str, logged: list[str]) -> list[tuple[str, str]]:
    return [(layout.HISTORY, writer)] if writer in logged else []
