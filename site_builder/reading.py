"""A run as far as it has been read: batches of lines go into its tracks and are let go.

What is kept of a straight history (`tracklog.store.straight`) are its open blocks, so that a run that goes on costs what is
new. Any other history is kept as rows, and its tracks are made of all of them each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_builder import kinds, manifest, series
from site_builder.console import Console
from site_builder.pictures import Media
from tracklog.store import fold, layout, reader
from tracklog.store.files import inside
from tracklog.store.reader import ReplacedError
from tracklog.store.straight import NotStraightError, Straight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from site_builder import pictures
    from site_builder.model import Kind
    from site_builder.sources import Source
    from tracklog.store.layout import Row

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
    shelf: series.Shelf
    """Where the finished blocks of its history stand."""
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
        self, source: Source, store: series.Store, known: pictures.Known | None = None, *, straight: bool = True
    ) -> None:
        """Prepare; `known` pictures are not decoded again, `straight` tells how its history is folded."""
        self.source, self.store, self.known = source, store, known or {}
        self.entry = f"r/{source.project}/{source.run}"
        self.log = reader.RunLog(Path(source.folder), copies=tuple(map(Path, source.others)))
        self._straight = Straight() if straight else None
        self._values = Values(Media(partial(inside, self.log.folder / layout.FILES), _no_payload, self.known), {})
        self._shelf = self._new_shelf()
        self._main = series.Track(kinds.kind_of, self._values.load, self._shelf)
        self._waiting: Sequence[Row] = ()
        """The last batch: with the open row behind it, a short run is one batch."""
        self._system: dict[str, series.Track] = {}
        self.console = Console(self._new_shelf())
        self._sessions: list[fold.Session] = []
        self._media = ""
        """Signature of the media of which some were damaged or missing."""

    def _new_shelf(self) -> series.Shelf:
        return series.Shelf(self.entry, self.store)

    def update(self) -> None:
        """Read what is new. Raises FormatError, NotStraightError and ReplacedError."""
        if self._values.damage and self._media != manifest.media_signature(self.source.folder):
            raise ReplacedError(self.log.folder)  # what was damaged or missing has come, perhaps
        streams = self.log.look()
        found = fold.sessions(self.log)
        if self._straight is not None:
            for rows in self._straight.follow(self.log, found, streams):
                self._main.add(self._waiting)
                self._waiting = rows
        else:
            for _, writer in (one for one in streams if one[0] == layout.HISTORY):
                for rows in self.log.batches(layout.HISTORY, writer):
                    self.log.writers[writer].history.extend(rows)
        self._beside(streams)
        self._sessions = found = fold.sessions(self.log)
        over = {session.writer for session in found if session.exit_code is not None}
        self.console.settle(over.union(*(session.after for session in found)))
        self._media = manifest.media_signature(self.source.folder) if self._values.damage else ""

    def _beside(self, streams: list[tuple[str, str]]) -> None:
        """Read what is new of system metrics and consoles."""
        for stream, writer in streams:
            if stream == layout.SYSTEM:
                for rows in self.log.batches(stream, writer):
                    self._track_of(writer).add(rows)
            elif stream == layout.CONSOLE:
                for rows in self.log.batches(stream, writer):
                    self.console.add(writer, rows)

    def _track_of(self, writer: str) -> series.Track:
        if writer not in self._system:
            self._system[writer] = series.Track(kinds.kind_of, self._values.load, self._new_shelf(), counted=True)
        return self._system[writer]

    def told(self, *, last: bool) -> Told:
        """Return what the lines come to; `last` where nothing is read any more, so that nothing is to be left as it is."""
        found = self._sessions
        system = [self._system[writer] for writer in sorted(self._system)]
        console = self.console.rest()
        if self._straight is None:
            return self._folded(found, system, console)
        values, track = self._values, self._main
        now = self._straight.now()
        tail = now.tail
        if last:
            tail = [*self._waiting, *tail]
        else:
            track.add(self._waiting)
            values = values.copy()
            track = track.copy(values.load)
        self._waiting = ()
        track.add(tail)
        return Told(
            history=[Part(track)] if track.size else [],
            shelf=track.shelf,
            system=system,
            console=console,
            values=values,
            sessions=found,
            joints=now.joints,
            summary=now.summary,
            rows=track.size,
            step=self._straight.step,
        )

    def _folded(self, found: list[fold.Session], system: list[series.Track], console: Console) -> Told:
        """Fold all rows, of which those before may have changed."""
        history = fold.history(self.log, found)
        values = Values(self._values.media.copy(_no_payload), {})
        shelf = self._new_shelf()
        parts = []
        for track in history.tracks:
            part = Part(series.Track(kinds.kind_of, values.load, shelf), track.label, track.hidden)
            for rows in _slices(track.rows):
                part.track.add(rows)
            parts.append(part)
        shown = [row for track in history.tracks if not track.hidden for row in track.rows]
        return Told(
            history=parts,
            shelf=shelf,
            system=system,
            console=console,
            values=values,
            sessions=found,
            joints=history.joints,
            summary=fold.summary(self.log, found, history),
            rows=len(shown),
            step=max((row[layout.STEP] for row in shown), default=-1),
        )


def read(source: Source, store: series.Store, known: pictures.Known | None = None) -> Reading:
    """Read a run from its beginning. Raises FormatError when it was written by a newer tracklog."""
    straight, tries = True, TRIES
    while True:
        reading = Reading(source, store, known, straight=straight)
        try:
            reading.update()
        except NotStraightError:
            straight = False
        except ReplacedError:
            tries -= 1
            straight = straight and tries > TRIES // 2
            if not tries:
                return reading
        else:
            return reading


def updated(reading: Reading) -> Reading:
    """Read what is new of a run; where it is no longer what was read before, read it from its beginning."""
    try:
        reading.update()
    except (NotStraightError, ReplacedError):
        return read(reading.source, reading.store, reading.known)
    return reading


def _slices(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + _SLICE] for start in range(0, len(rows), _SLICE))


def _no_payload(_data: bytes) -> int:
    msg = "bulk data belongs to a value of a track"
    raise RuntimeError(msg)
