"""A history that several processes log at once, folded batch by batch: of it only what may still change is kept.

Each process's own rows come one behind the other, as `straight` follows them; it may go on behind the last step of others
before it. Keys that two of them log at once are a track for each rank; the others join by their steps once every process has
come past a step, has ended, or is too far behind to be waited for. Which keys are whose is learnt while reading: where that
was wrong of rows that were given out, the run is to be read afresh by one that knows (`again`). What is told by
`NotStraightError` is folded as a whole: sessions that log again where others were, forked children that log, steps that fall,
two processes of one rank at once, and summaries where what one process said of a key depends on what others said of it (it was
deleted, or was both a number and nested).
"""

from __future__ import annotations

import bisect
import itertools
import operator
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracklog.store import happenings, layout
from tracklog.store.reader import ReplacedError
from tracklog.store.rows import Joint, joined, merged, without
from tracklog.store.straight import NotStraightError, Now, Straight, Tail
from tracklog.store.summaries import generations, precedence
from tracklog.store.tally import Tally
from tracklog.store.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracklog.store.layout import Row
    from tracklog.store.reader import RunLog
    from tracklog.store.sessions import Session

    Given = tuple[str, Sequence[Row]]
    """Rows that stay as they are, with the name of their track."""

MOST_HELD = 20_000
"""Rows that wait to be joined; beyond them nobody waits for the process that is furthest behind."""
_STEP = operator.itemgetter(layout.STEP)


@dataclass(slots=True, eq=False)
class _Rank:
    """What one process has logged, as far as it was taken in."""

    session: Session
    rows: Straight = field(default_factory=lambda: Straight(columnar=False))
    keys: set[str] = field(default_factory=set)
    """Those of its rows that stay as they are."""
    touched: Touched = field(default_factory=Touched)
    held: list[Row] = field(default_factory=list)
    """What of its rows waits to be joined."""
    events: int = 0
    """Summary events that were seen."""
    given: str | None = None
    """The name of its own track, once rows of it were taken in for good."""

    @property
    def name(self) -> str:
        return f"/{self.session.writer}" if self.session.rank is None else self.label(0)

    @property
    def has_rows(self) -> bool:
        return self.rows.step >= 0

    @property
    def floor(self) -> int:
        """The step at which it may log next."""
        return self.rows.step if self.has_rows else self.session.start_step

    def beside(self, other: _Rank) -> bool:
        one, two = self.session, other.session
        return one.writer not in two.after and two.writer not in one.after

    def label(self, n: int) -> str:
        return f"process {n + 1}" if self.session.rank is None else f"rank {self.session.rank}"


@dataclass(slots=True)
class Ranks:
    """A history as far as it has been read, as `Straight` is one."""

    shared: set[str] = field(default_factory=set)
    """Keys that two processes log, or are said to by one that has read the same before."""
    _seen: set[str] = field(default_factory=set)
    """Those that were seen to be."""
    _loggers: dict[str, list[_Rank]] = field(default_factory=dict)
    """Who logged a key."""
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

        They come with the name of their track, which is empty where they are joined. Raises NotStraightError, and
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
        if self._wrong:
            raise ReplacedError(log.folder)
        for rank in self._ranks.values():
            if rank.rows.open is not None:
                self._fits(log, rank, self._parted([rank.rows.open])[0])
        self._check()
        self._begun = True

    def now(self, found: list[Session]) -> Now:
        """Return what the lines come to at this moment; `found` are the sessions as they are behind all that was read."""
        there = [rank for rank in self._ranks.values() if rank.has_rows]
        opens = [self._parted([rank.rows.open]) if rank.rows.open is not None else ([], []) for rank in there]
        main = [row for rank, (mine, _) in zip(there, opens, strict=True) for row in (*rank.held, *mine)]
        tails = [Tail(joined(sorted(main, key=_STEP)))]
        if len(there) > 1:
            tails += self._own_tails(there, [theirs for _, theirs in opens])
        summary: dict[str, Any] = {}
        for generation in generations([one for one in found if one.writer in self._ranks]):
            for session in sorted(generation, key=precedence):
                summary = merged(summary, self._ranks[session.writer].rows.now([session]).summary)
        self._tally.overlay(summary, [(tail.name, tail.rows) for tail in tails])
        step = max((tail.rows[-1][layout.STEP] for tail in tails if tail.rows), default=-1)
        return Now(tails, list(self._joints()), summary, max(self._top, step))

    @staticmethod
    def _own_tails(there: list[_Rank], rows: list[Sequence[Row]]) -> Iterator[Tail]:
        """Yield the ends of the tracks of ranks; a rank may be that of one process after another."""
        found: dict[str, Tail] = {}
        by_rank = sorted(enumerate(there), key=lambda one: (one[1].session.rank is None, one[1].session.rank or 0))
        for n, rank in by_rank:
            found.setdefault(rank.name, Tail([], rank.name, rank.label(n))).rows.extend(rows[n])
        yield from found.values()

    def _joints(self) -> Iterator[Joint]:
        """Yield where processes go on with what others logged before them."""
        for rank in self._ranks.values():
            first = rank.rows.first
            if first is not None and any(one.has_rows for one in self._before(rank)):
                yield Joint(first[layout.STEP], layout.number(first.get(layout.TIMESTAMP)), 0)

    def _before(self, rank: _Rank) -> Iterator[_Rank]:
        return (one for one in self._ranks.values() if one.session.writer in rank.session.after)

    # -- processes and what they set

    def _meet(self, log: RunLog, found: list[Session], logged: list[str]) -> None:
        """Learn of sessions."""
        names = {session.writer for session in found}
        own = [session for session in found if not session.is_child]
        if set(logged) - names or happenings.from_outside(log, found, "summary"):
            raise NotStraightError
        if any(session.rewind and session.after & names for session in own):
            raise NotStraightError
        for child in (session for session in found if session.is_child):
            has_rows = child.writer in logged and any(log.batches(layout.HISTORY, child.writer))
            if has_rows or happenings.of_kind(log.writers[child.writer], "summary"):
                raise NotStraightError
        if [session.writer for session in own if session.writer in self._ranks] != list(self._ranks):
            raise ReplacedError(log.folder)
        self._ranks = {session.writer: self._ranks.get(session.writer) or _Rank(session) for session in own}
        for session in own:
            rank = self._ranks[session.writer]
            before, rank.session = rank.session, session
            if before.after != session.after or rank.given not in (None, rank.name):
                raise ReplacedError(log.folder)

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
        if any(one.name == two.name and one.beside(two) for one, two in itertools.combinations(there, 2)):
            raise NotStraightError
        if any(one.rows.step >= rank.session.start_step for rank in there for one in self._before(rank)):
            raise NotStraightError
        if self.shared - self._seen:
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
        begun: set[_Rank] = set()
        while reading:
            writers = {rank.session.writer for rank in reading}
            ready = [rank for rank in reading if not rank.session.after & writers]
            if not ready:
                raise NotStraightError
            # The first batch of each is looked at before any is parted: most keys are known to be shared then.
            turn = [rank for rank in ready if rank not in begun] or [min(ready, key=lambda one: one.floor)]
            begun.update(turn)
            batches = [(rank, batch) for rank in turn if (batch := self._next(log, rank, reading))]
            for rank, batch in batches:
                self._know(rank, batch)
            self._new.clear()
            for rank, batch in batches:
                yield from self._taken(log, rank, batch)
            yield from self._joinable(log, reading)

    @staticmethod
    def _next(log: RunLog, rank: _Rank, reading: dict[_Rank, Iterator[Given]]) -> Sequence[Row]:
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

    def _know(self, rank: _Rank, rows: Sequence[Row]) -> None:
        """Learn whose the keys of rows are."""
        new = rank.touched.by_rows(rows) - rank.keys
        rank.keys |= new
        for key in new:
            others = self._loggers.setdefault(key, [])
            if not others:
                self._new.add(key)
            if any(map(rank.beside, others)):
                self._share(key)
            others.append(rank)

    def _share(self, key: str) -> None:
        """Learn that a key is shared."""
        self._seen.add(key)
        if key not in self.shared:
            parted = (key in self._loggers and key not in self._new) or (self._blank and not self.shared)
            self._wrong = self._wrong or parted
            self.shared.add(key)

    def _look_at_open(self) -> None:
        """Learn whose the keys of open rows are."""
        loggers: dict[str, list[_Rank]] = {}
        for rank in self._ranks.values():
            row = rank.rows.open
            for key in rank.touched.by_rows([row], firm=False) - rank.keys if row is not None else ():
                others = loggers.setdefault(key, [*self._loggers.get(key, ())])
                if any(map(rank.beside, others)):
                    self._share(key)
                others.append(rank)

    def _fits(self, log: RunLog, rank: _Rank, mine: Sequence[Row]) -> None:
        """Make sure that rows come behind those that were given out."""
        behind = (one for one in self._ranks.values() if one.given is not None)
        if (mine and mine[0][layout.STEP] <= self._edge) or any(
            rank.session.writer in one.session.after for one in behind
        ):
            raise ReplacedError(log.folder) if self._begun else NotStraightError

    def _taken(self, log: RunLog, rank: _Rank, rows: Sequence[Row]) -> Iterator[Given]:
        """Take in rows of a process whose keys are known."""
        if self._wrong:
            return
        for before in self._before(rank):
            yield from self._over(log, before)
        mine, theirs = self._parted(rows)
        self._fits(log, rank, mine)
        rank.given = rank.name
        rank.held += mine
        self._blank = self._blank or (not self.shared and not all(row.keys() - layout.CLOCKS for row in mine))
        self._top = max(self._top, *(part[-1][layout.STEP] for part in (mine, theirs) if part), -1)
        if theirs:
            self._tally.count(theirs, rank.name)
            yield rank.name, theirs

    def _parted(self, rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
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
            rows = self._join(min((rank.floor for rank in going), default=sys.maxsize))
            if rows:
                self._tally.count(rows)
                yield "", rows
            last = min(going, key=lambda one: one.floor, default=None)
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
