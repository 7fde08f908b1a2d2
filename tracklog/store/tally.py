"""The numbers that a summary keeps of defined metrics, counted while rows come: track by track, the first that has one wins."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.store import happenings, layout
from tracklog.store.metrics import Statistics, definitions
from tracklog.store.reader import ReplacedError
from tracklog.store.summaries import Resets, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracklog.store.layout import Event, Row
    from tracklog.store.metrics import Definitions
    from tracklog.store.reader import RunLog
    from tracklog.store.sessions import Session


@dataclass(slots=True)
class Tally:
    """What `summaries.statistics` makes of rows that stay as they are."""

    _definitions: Definitions | None = None
    """None where the summary keeps nothing but last values."""
    _tracks: dict[str, Statistics] = field(default_factory=dict)
    _defined: int = 0
    _since: Resets = field(default_factory=lambda: Resets(()))

    def define(self, log: RunLog, found: list[Session], *, begun: bool) -> None:
        """Take in what the script said of its metrics, and when it set what by hand.

        Raises ReplacedError where rows were counted (`begun`) that would have been counted otherwise.
        """
        events = happenings.recorded(log, found, "metric")
        if len(events) != self._defined:
            known = definitions(events)
            if begun and (known.has_statistics or self._definitions is not None):
                raise ReplacedError(log.folder)
            self._definitions = known if known.has_statistics else None
            self._defined = len(events)
        if self._definitions is not None:
            self._since = Resets(happenings.recorded(log, found, "summary"))

    def has_counted(self, events: list[Event]) -> bool:
        """Return whether numbers are kept of what was set by hand meanwhile, or of what is around or within it."""
        paths = [list(layout.split_path(path)) for track in self._tracks.values() for path in track.by_path]
        named = [event["path"] for event in events if isinstance(event.get("path"), list)]
        return any(path[: len(parts)] == parts[: len(path)] for path in named for parts in paths)

    def count(self, rows: Sequence[Row], track: str = "") -> None:
        """Count rows of a track that stay as they are."""
        if self._definitions is not None:
            kept = self._tracks.setdefault(track, Statistics(self._definitions))
            counted(kept, rows, self._since, frozenset())

    def overlay(self, summary: dict[str, Any], tails: Iterable[tuple[str, list[Row]]]) -> None:
        """Put what is kept into a nested summary; `tails` are the tracks in their order, with rows that may still change."""
        if self._definitions is None:
            return
        shown = Statistics(self._definitions)
        for track, tail in tails:
            known = self._tracks[track].by_path if track in self._tracks else {}
            kept = Statistics(self._definitions, {path: copy.copy(one) for path, one in known.items()})
            counted(kept, tail, self._since, frozenset())
            for path, one in kept.by_path.items():
                shown.by_path.setdefault(path, one)
        shown.overlay(summary, shown.by_path)
