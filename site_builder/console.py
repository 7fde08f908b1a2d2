"""Console output as a terminal would show it: the lines of each stream's screen, colours kept."""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from tracklog.store import layout, screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_ERROR = re.compile(r"(?:error|exception)\b|\b(?:fatal|critical|traceback|nccl warn|out of memory)\b", re.IGNORECASE)
_WARNING = re.compile(r"\bwarn(?:ing)?s?\b|\wwarning\b|^\[?W\b", re.IGNORECASE)
LONGEST = screen.WIDEST
"""Columns of a line that are kept; a longer one says how many there were."""
STREAMS = ("stdout", "stderr")


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


def lines(*writers: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """Yield the lines of the console records of each writer, in the order in which they became what they are."""
    streams = [_lines(records, number) for records in writers for number in range(len(STREAMS))]
    return (line for _, line in heapq.merge(*streams, key=itemgetter(0)))


def _lines(records: Iterable[dict[str, Any]], stream: int) -> Iterator[tuple[float, Line]]:
    """Yield (when it was last changed, line) of one stream; each of the times is at least the one before."""
    shown = screen.Screen()
    latest = 0.0
    for record in records:
        text, timestamp = record.get("text"), record.get(layout.TIMESTAMP)
        if (record.get("stream") == STREAMS[1]) != stream:
            continue
        if not isinstance(text, str) or not isinstance(timestamp, int | float):
            continue
        shown.write(text, float(timestamp))
        more = record.get("updates")
        if isinstance(more, int):
            shown.rows[shown.row].updates += max(0, more)
        for row in shown.finished():
            if not row.erased:
                latest = max(latest, row.changed)
                yield latest, _line(row, stream)
    while len(shown.rows) > shown.row and not shown.rows[-1].width:
        shown.rows.pop()  # where the next line would begin, or where bars stood
    for row in shown.rows:
        if not row.erased:
            latest = max(latest, row.changed)
            yield latest, _line(row, stream)


def _line(row: screen.Row, stream: int) -> Line:
    text = row.painted()
    if row.width > LONGEST:
        text = f"{text}… ({row.width:,} characters)"
    return Line(row.began or row.changed, stream, text, row.updates)
