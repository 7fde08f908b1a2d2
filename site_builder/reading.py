"""A run as far as it has been read: batches of lines go into its tracks and are let go.

What is kept of a history that can be followed (`tracklog.store.straight`, else `ranks`) are its open blocks, so that a run
that goes on costs what is new. Any other history is kept as rows, and its tracks are made of all of them each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from site_builder import kinds, manifest, series
from site_builder.console import Console
from site_builder.pictures import Media
from tracklog.store import fold, layout, reader
from tracklog.store.files import inside
from tracklog.store.numeric import joined
from tracklog.store.ranks import Ranks
from tracklog.store.reader import ReplacedError
from tracklog.store.straight import NotStraightError, Straight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from site_builder import pictures
    from site_builder.model import Kind
    from site_builder.sources import Source
    from tracklog.store.layout import Row
    from tracklog.store.reader import RunLog
    from tracklog.store.straight import Now

TRIES = 5
"""How often a run is read afresh whose files are replaced while it is read."""
_SLICE = 4_096


@dataclass(slots=True)
class Values:
    """What is no number, on its way to the page: loads it, and collects what of it is damaged."""

    media: Media
    damage: dict[str, None]
    """Each sentence once, in order."""

    def load(self, key: str, kind: Kind, value: object, payload: Callable[[bytes], int]) -> Any:
        """Return what the page draws of a value."""
        self.media.bulk = payload
        drawn = kinds.load(kind, value, self.media)
        self.damage |= dict.fromkeys(f"{key}: {text}" for text in kinds.damage(drawn))
        return drawn

    def copy(self) -> Values:
        """Return one that collects by itself."""
        return Values(self.media.copy(self.media.bulk), {**self.damage})

    def join(self, other: Values) -> None:
        """Take in what came of values behind these."""
        self.media.join(other.media)
        self.damage |= {text: None for text in other.damage if text not in self.damage}


class Folding(Protocol):
    """A history that is folded while it is read, as `Straight` says it; others raise NotStraightError."""

    def again(self) -> Folding:
        """Return one that begins afresh."""

    def follow(
        self, log: RunLog, found: list[fold.Session], streams: list[tuple[str, str]], /
    ) -> Iterator[tuple[str, Sequence[Row]]]:
        """Read what is new; yield rows that stay as they are with the name of their track."""

    def now(self, found: list[fold.Session], /) -> Now:
        """Return what the lines come to, with the sessions as they are behind them."""


@dataclass(slots=True)
class Growing:
    """A track of rows that stay as they are."""

    track: series.Track
    values: Values
    waiting: Sequence[Row] = ()
    """The last batch: with the open row behind it, a short run is one batch."""

    def add(self, rows: Sequence[Row]) -> None:
        """Take in the next rows."""
        self.track.add(self.waiting)
        self.waiting = rows

    def told(self, tail: Sequence[Row], *, last: bool) -> tuple[series.Track, Values]:
        """Return it with rows that may still change; `last` where nothing comes any more."""
        track, values = self.track, self.values
        if last:
            tail = joined([self.waiting, tail])
        else:
            track.add(self.waiting)
            values = values.copy()
            track = track.copy(values.load)
        self.waiting = ()
        track.add(tail)
        return track, values


@dataclass(slots=True)
class Part:
    """A track and how it is called."""

    track: series.Track
    label: str = ""
    hidden: bool = False


@dataclass(slots=True)
class Told:
    """All that a run's lines come to at one moment."""

    history: list[Part]
    system: list[series.Track]
    console: Console
    values: Values
    sessions: list[fold.Session]
    joints: list[Any]
    summary: dict[str, Any]
    """Nested, as logged."""
    rows: int
    step: int


class Reading:
    """Reads a run, again and again."""

    def __init__(
        self, source: Source, store: series.Store, known: pictures.Known | None, folding: Folding | None
    ) -> None:
        """Prepare; `known` pictures are not decoded again, without a `folding` all rows are kept."""
        self.source, self.store, self.known = source, store, known or {}
        self.folding = folding
        self.entry = f"r/{source.project}/{source.run}"
        self.log = reader.RunLog(Path(source.folder), copies=tuple(map(Path, source.others)))
        self._media = Media(partial(inside, self.log.folder / layout.FILES), _no_payload, self.known)
        self._history: dict[str, Growing] = {}
        self._now: Now | None = None
        self._grown: tuple[list[Part], Values] | None = None
        """What several tracks have come to: whether they can be told of is seen while reading."""
        self._system: dict[str, series.Track] = {}
        self._values = self._new_values()
        """Of system metrics."""
        self.console = Console(self._new_shelf())
        self._sessions: list[fold.Session] = []
        self._signature = ""
        """Of the media of which some were damaged or missing."""

    def _new_shelf(self) -> series.Shelf:
        return series.Shelf(self.entry, self.store)

    def _new_values(self) -> Values:
        return Values(self._media.copy(_no_payload), {})

    def update(self) -> None:
        """Read what is new. Raises FormatError, NotStraightError and ReplacedError."""
        if self._has_damage and self._signature != manifest.media_signature(self.source.folder):
            raise ReplacedError(self.log.folder)  # what was damaged or missing has come, perhaps
        streams = self.log.look()
        found = fold.sessions(self.log)
        if self.folding is not None:
            for name, rows in self.folding.follow(self.log, found, streams):
                self._track_named(name).add(rows)
        else:
            for _, writer in (one for one in streams if one[0] == layout.HISTORY):
                for rows in self.log.batches(layout.HISTORY, writer):
                    self.log.writers[writer].history.extend(rows)
        self._beside(streams)
        self._sessions = found = fold.sessions(self.log)
        over = {session.writer for session in found if session.exit_code is not None}
        self.console.settle(over.union(*(session.after for session in found)))
        if self.folding is not None:
            self._now = self.folding.now(found)
            self._grown = self._grow(self._now, last=False) if len(self._now.tails) > 1 else None
        self._signature = manifest.media_signature(self.source.folder) if self._has_damage else ""

    @property
    def _has_damage(self) -> bool:
        return any(values.damage for values in (self._values, *(one.values for one in self._history.values())))

    def _beside(self, streams: list[tuple[str, str]]) -> None:
        """Read what is new of system metrics and consoles."""
        for stream, writer in streams:
            if stream == layout.SYSTEM:
                for rows in self.log.columnar(stream, writer):
                    self._track_of(writer).add(rows)
            elif stream == layout.CONSOLE:
                for rows in self.log.batches(stream, writer):
                    self.console.add(writer, rows)

    def _track_named(self, name: str) -> Growing:
        if name not in self._history:
            values = self._new_values()
            self._history[name] = Growing(series.Track(kinds.kind_of, values.load, self._new_shelf()), values)
        return self._history[name]

    def _track_of(self, writer: str) -> series.Track:
        if writer not in self._system:
            self._system[writer] = series.Track(kinds.kind_of, self._values.load, self._new_shelf(), counted=True)
        return self._system[writer]

    def told(self, *, last: bool) -> Told:
        """Return what the lines come to; `last` where nothing is read any more, so that nothing is to be left as it is."""
        found = self._sessions
        system = [self._system[writer] for writer in sorted(self._system)]
        console = self.console.rest()
        if self._now is None:
            return self._folded(found, system, console)
        now = self._now
        parts, values = self._grown or self._grow(now, last=last)
        return Told(
            history=parts,
            system=system,
            console=console,
            values=values,
            sessions=found,
            joints=now.joints,
            summary=now.summary,
            rows=sum(part.track.size for part in parts),
            step=now.step,
        )

    def _grow(self, now: Now, *, last: bool) -> tuple[list[Part], Values]:
        """Put the tails behind what stays as it is. Raises NotStraightError where payloads would be numbered by chance."""
        parts: list[Part] = []
        values = self._new_values()
        for tail in now.tails:
            track, its = self._track_named(tail.name).told(tail.rows, last=last)
            values.join(its)
            if track.size:
                parts.append(Part(track, tail.label))
        if sum(bool(part.track.shelf.payloads) for part in parts) > 1:
            raise NotStraightError
        values.join(self._values)
        return parts, values

    def _folded(self, found: list[fold.Session], system: list[series.Track], console: Console) -> Told:
        """Fold all rows, of which those before may have changed."""
        history = fold.history(self.log, found)
        values = self._new_values()
        named = 0
        parts = []
        for track in history.tracks:
            shelf = self._new_shelf()
            shelf.named = named
            part = Part(series.Track(kinds.kind_of, values.load, shelf), track.label, track.hidden)
            for rows in _slices(track.rows):
                part.track.add(rows)
            named += len(shelf.payloads)
            parts.append(part)
        values.join(self._values)
        shown = [row for track in history.tracks if not track.hidden for row in track.rows]
        return Told(
            history=parts,
            system=system,
            console=console,
            values=values,
            sessions=found,
            joints=history.joints,
            summary=fold.summary(self.log, found, history),
            rows=len(shown),
            step=max((row[layout.STEP] for row in shown), default=-1),
        )


def read(
    source: Source, store: series.Store, known: pictures.Known | None = None, folding: Folding | None = None
) -> Reading:
    """Read a run from its beginning, at first by a `folding`. Raises FormatError when it was written by a newer tracklog."""
    way: Folding | None = folding or Straight()
    tries = TRIES
    while True:
        reading = Reading(source, store, known, way)
        try:
            reading.update()
        except NotStraightError:
            way = Ranks() if isinstance(way, Straight) else None
        except ReplacedError:
            tries -= 1
            way = way.again() if way is not None and tries > TRIES // 2 else None
            if not tries:
                return reading
        else:
            return reading


def updated(reading: Reading) -> Reading:
    """Read what is new of a run; where it is no longer what was read before, read it from its beginning."""
    try:
        reading.update()
    except (NotStraightError, ReplacedError):
        folding = reading.folding.again() if reading.folding is not None else None
        return read(reading.source, reading.store, reading.known, folding)
    return reading


def _slices(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + _SLICE] for start in range(0, len(rows), _SLICE))


def _no_payload(_data: bytes) -> int:
    msg = "bulk data belongs to a value of a track"
    raise RuntimeError(msg)
