"""SwanLab's records by their field numbers, and the rows that its two kinds of files hold.

A record of the log is `{1 num, 2 time of writing}` and one of 10 start, 11 finish, 12 column, 13 scalar, 14 media, 16 log. Within
one flush records are sorted by kind, so rows are put in the order of their own times. Of values that were logged at one step the
log keeps the first, the lines of local mode the last.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers import clocks, folders, told
from tracklog.importers.protobuf import Message, WireError, timestamp
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

START, FINISH, COLUMN, SCALAR, MEDIA, LOG = 10, 11, 12, 13, 14, 16
_SYSTEM_CLASS = 2
SYSTEM = "__swanlab__."
"""What the keys of readings of the machine begin with."""
TEXT = 4
"""The type of columns of texts."""


@dataclass(slots=True)
class Item:
    """One piece of media: a file by its name, or a text."""

    name: str
    caption: str | None = None
    text: str | None = None


@dataclass(slots=True)
class Records:
    """What the log of a run says, collected."""

    order: list[str] = field(default_factory=list)
    """Keys in the order in which they were first logged."""
    types: dict[str, int] = field(default_factory=dict)
    system: set[str] = field(default_factory=set)
    start: Message | None = None
    finish: Message | None = None
    rows: dict[str, list[told.Row]] = field(default_factory=dict)
    printed: list[tuple[int, float, int, str]] = field(default_factory=list)
    """Number, time, level and text of each line."""
    damage: list[str] = field(default_factory=list)

    def take(self, found: Iterable[bytes]) -> None:
        """Take records; what is none is named."""
        for data in found:
            self._take(data)

    def _take(self, data: bytes) -> None:
        takers = {COLUMN: self._column, SCALAR: self._scalar, MEDIA: self._media, LOG: self._log}
        try:
            record = Message(data)
            for kind, take in takers.items():
                if kind in record:
                    take(record.message(kind))
            if START in record:
                self.start = record.message(START)
            if FINISH in record:
                self.finish = record.message(FINISH)
        except WireError as error:
            self.damage.append(f"a record {error}; it is left out")

    def _column(self, column: Message) -> None:
        self.types[column.text(3)] = column.uint(2)
        if column.uint(1) == _SYSTEM_CLASS:
            self.system.add(column.text(3))

    def _row(self, message: Message, value: Any) -> None:
        key = message.text(1)
        if key not in self.rows:
            self.rows[key] = []
        if key not in self.order:
            self.order.append(key)
        self.rows[key].append(told.Row(message.integer(2), timestamp(message.message(4)), {key: value}))

    def _scalar(self, scalar: Message) -> None:
        self._row(scalar, scalar.message(5).double(1))

    def _media(self, media: Message) -> None:
        self.types.setdefault(media.text(1), media.uint(3))
        items = [Item(one.text(1), one.text(4) or None) for one in media.message(5).messages(1)]
        self._row(media, items)

    def _log(self, log: Message) -> None:
        self.printed.append((log.integer(4), timestamp(log.message(3)), log.uint(2), log.text(1)))


class Lines:
    """The lines of local mode: `logs/<number of the column>/<n>.log`, each `{"index", "data", "create_time", "more"}`.

    A file is written anew where a step is logged again, so what was read of one is known by its hash.
    """

    def __init__(self, folder: Path, known: dict[str, Any]) -> None:
        """`folder` is `logs`; `known` is what `ends` were."""
        self._folder = folder
        self._known = known
        self.ends: dict[str, Any] = {}
        self.damage: list[str] = []

    def numbers(self) -> list[int]:
        """Return the numbers of the columns that are there."""
        if not self._folder.is_dir() or self._folder.is_symlink():
            return []
        there = next(folders.walk(self._folder))[1]
        return sorted(int(name) for name in there if name.isascii() and name.isdecimal() and len(name) < 10)  # noqa: PLR2004

    def rows(self, number: int, key: str, *, is_text: bool) -> list[told.Row]:
        """Return the new rows of a column. Raises ReplacedError where lines that were read are others now."""
        found: list[told.Row] = []
        place = self._folder / str(number)
        names = [name for name in next(folders.walk(place))[2] if name.endswith(".log") and name[:-4].isdecimal()]
        for name in sorted(names, key=lambda name: int(name[:-4])):
            for line in self._new(f"{number}/{name}"):
                row = _row(line, key, is_text=is_text)
                if row is None:
                    self.damage.append(f"logs/{number}/{name} has a line that is none of SwanLab's; it is left out")
                else:
                    found.append(row)
        return found

    def _new(self, place: str) -> list[bytes]:
        try:
            data = files.content(self._folder / place)
        except OSError as error:
            self.damage.append(f"logs/{place} cannot be read: {error.strerror or error}")
            return []
        known = self._known.get(place)
        start = known["end"] if known else 0
        if known and _sign(data[:start]) != known["sign"]:
            raise told.ReplacedError
        end = data.rfind(b"\n") + 1
        self.ends[place] = {"end": end, "sign": _sign(data[:end])}
        return [line for line in data[start:end].split(b"\n") if line.strip()]


def _row(line: bytes, key: str, *, is_text: bool) -> told.Row | None:
    try:
        found = json.loads(line)
        step, data = found["index"], found["data"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if isinstance(step, bool) or not isinstance(step, int | float):
        return None
    if isinstance(data, list):
        more = found.get("more") or []
        captions = [one.get("caption") if isinstance(one, dict) else None for one in more] + [None] * len(data)
        data = [
            Item(str(name), caption, str(name) if is_text else None)
            for name, caption in zip(data, captions, strict=False)
        ]
    return told.Row(step, clocks.of_iso(found.get("create_time")), {key: data})


def _sign(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
