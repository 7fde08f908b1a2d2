"""Console output as a terminal would show it: the lines of each stream's screen, colours kept."""

from __future__ import annotations

import collections
import math
import re
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

import orjson

from site_builder.model import LogMark, Logs
from site_builder.series import TextList
from tracklog.store import layout, screen
from tracklog.store.reader import ReplacedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from site_builder.series import Blocks, Shelf

_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_ERROR = re.compile(r"(?:error|exception)\b|\b(?:fatal|critical|traceback|nccl warn|out of memory)\b", re.IGNORECASE)
_WARNING = re.compile(r"\bwarn(?:ing)?s?\b|\wwarning\b|^\[?W\b", re.IGNORECASE)
LONGEST = screen.WIDEST
"""Columns of a line that are kept; a longer one says how many there were."""
STREAMS = ("stdout", "stderr")
IDLE = 1_000
"""Records of its writer after which nothing more is expected to change the lines of a stream."""
MARKS = 5_000
"""Warnings and errors that are marked beside the scroll bar, at most."""
TAIL = 12
"""Last lines that are kept for the page of the run."""


@dataclass(slots=True)
class Line:
    """A line: unix seconds when it began, 0 for stdout or 1 for stderr, its text, and how many repaints it had."""

    timestamp: float
    stream: int
    text: str
    updates: int

    def level(self) -> Literal["warn", "error"] | None:
        """Return what the line seems to be."""
        plain = _COLOUR.sub("", self.text) if "\x1b" in self.text else self.text
        return "error" if _ERROR.search(plain) else "warn" if _WARNING.search(plain) else None


@dataclass(slots=True)
class _Stream:
    """What one process printed to stdout or stderr."""

    shown: screen.Screen = field(default_factory=screen.Screen)
    used: int = 0
    """Which of the writer's records was its last one; 0 when it has none."""
    latest: float = 0.0
    """When the last line was changed that left the screen; each of the times is at least the one before."""
    left: collections.deque[tuple[float, Line]] = field(default_factory=collections.deque)
    """Lines that nothing can change any more."""

    def write(self, text: str, timestamp: float, updates: object, stream: int) -> None:
        shown = self.shown
        if not self.used:
            self.latest = timestamp
        shown.write(text, timestamp)
        if isinstance(updates, int):
            shown.rows[shown.row].updates += max(0, updates)
        self.left += self._after(shown.finished(), stream)

    def _after(self, rows: Iterable[screen.Row], stream: int) -> Iterator[tuple[float, Line]]:
        for row in rows:
            if not row.erased:
                self.latest = max(self.latest, row.changed)
                yield self.latest, _line(row, stream)

    def retire(self, stream: int) -> None:
        """Let all lines leave the screen."""
        self.left += self._after(_there(self.shown), stream)
        self.shown = screen.Screen()
        self.used = 0

    def remaining(self, stream: int) -> list[tuple[float, Line]]:
        """Return the lines that left the screen and those on it."""
        latest = self.latest
        found = [*self.left, *self._after(_there(self.shown), stream)]
        self.latest = latest
        return found

    def bound(self, now: float) -> float:
        """Return a time before which no further line can be; what comes from now on is not before `now`."""
        if not self.used:
            return now
        # An erased line is left out, unless something is written there again.
        first = self.shown.rows[0]
        return self.latest if first.erased else max(self.latest, first.changed)


def _there(shown: screen.Screen) -> list[screen.Row]:
    """Return the lines on a screen without those below the last one: where the next would begin, or where bars stood."""
    rows = list(shown.rows)
    while len(rows) > shown.row and not rows[-1].width:
        rows.pop()
    return rows


@dataclass(slots=True)
class _Writer:
    streams: tuple[_Stream, _Stream] = field(default_factory=lambda: (_Stream(), _Stream()))
    records: int = 0
    time: float = 0.0
    """The latest of its records."""


class Console:
    """The lines of all writers in the order in which they became what they are, as far as they have come."""

    def __init__(self, shelf: Shelf) -> None:
        """Begin without a line."""
        self.shelf = shelf
        self.stderr = 0
        self.marks: list[LogMark] = []
        self.tail: collections.deque[str] = collections.deque(maxlen=TAIL)
        self._texts = TextList()
        self._blocks: list[int] = []
        self._until = 0.0
        """When the last line was changed of those that are in their place."""
        self._writers: dict[str, _Writer] = {}

    def add(self, name: str, records: Iterable[dict[str, Any]]) -> None:
        """Take in what a writer recorded."""
        writer = self._writers.setdefault(name, _Writer())
        for record in records:
            text, timestamp = record.get("text"), record.get(layout.TIMESTAMP)
            if not isinstance(text, str) or not isinstance(timestamp, int | float):
                continue
            writer.records += 1
            writer.time = max(writer.time, timestamp)
            number = int(record.get("stream") == STREAMS[1])
            one, other = writer.streams[number], writer.streams[1 - number]
            one.write(text, float(timestamp), record.get("updates"), number)
            one.used = writer.records
            if other.used and writer.records - other.used >= IDLE:
                other.retire(1 - number)

    def settle(self, ended: Collection[str]) -> None:
        """Put the lines in their place before which no other can come; of writers that `ended` none will.

        Raises ReplacedError when one did come: all is to be read afresh.
        """
        bounds = [
            stream.bound(writer.time)
            for name, writer in self._writers.items()
            if name not in ended
            for stream in writer.streams
        ]
        bound = min(bounds, default=math.inf)
        ready = []
        for name, writer in self._writers.items():
            for number, stream in enumerate(writer.streams):
                mine = []
                while stream.left and stream.left[0][0] < bound:
                    mine.append(stream.left.popleft())
                ready += _ordered(mine, name, number)
        self._take(ready)

    def rest(self) -> Console:
        """Return all there is with the lines that may still change, in a console that grows no more."""
        found = Console(self.shelf.copy())
        found.stderr, found.marks = self.stderr, [*self.marks]
        found.tail.extend(self.tail)
        found._texts, found._blocks, found._until = self._texts.copy(), [*self._blocks], self._until
        found._take(
            item
            for name, writer in self._writers.items()
            for number, stream in enumerate(writer.streams)
            for item in _ordered(stream.remaining(number), name, number)
        )
        return found

    def _take(self, ready: Iterable[tuple[float, str, int, int, Line]]) -> None:
        for latest, _, _, _, line in sorted(ready, key=itemgetter(slice(4))):
            if latest < self._until:
                raise ReplacedError(f"a line of {latest} comes behind one of {self._until}")
            self._until = latest
            level = line.level()
            if level is not None and len(self.marks) < MARKS:
                self.marks.append(LogMark(self._texts.count, level))
            block = self._texts.add(orjson.dumps([line.timestamp, line.stream, line.text, line.updates]))
            if block is not None:
                self._blocks.append(self.shelf.add(block))
            self.stderr += line.stream
            self.tail.append(line.text)

    def laid(self, blocks: Blocks) -> Logs:
        """Return what the page knows of it, with provisional block numbers."""
        known = blocks.adopt(self.shelf)
        numbers = [known[n] for n in self._blocks]
        block, starts = self._texts.rest()
        if block is not None:
            numbers.append(blocks.add(block, later=True))
        return Logs(self._texts.count, self.stderr, self._texts.total, tuple(numbers), starts, tuple(self.marks))


def _ordered(lines: Iterable[tuple[float, Line]], name: str, stream: int) -> list[tuple[float, str, int, int, Line]]:
    """Return lines with what orders them: when they were last changed, then whose they are."""
    return [(latest, name, stream, n, line) for n, (latest, line) in enumerate(lines)]


def _line(row: screen.Row, stream: int) -> Line:
    text = row.painted()
    if row.width > LONGEST:
        text = f"{text}… ({row.width:,} characters)"
    return Line(row.began or row.changed, stream, text, row.updates)
