"""Lines of a CSV file as they grow, and what a cell of one means.

A file is read as text line by line: UTF-8, else Windows-1252, so that a line that another program appended costs none of the
others. Records end where quotes say so (RFC 4180); one that is not whole yet is left for the next reading.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers.told import ReplacedError
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WHOLE = re.compile(r"[+-]?(?:0|[1-9]\d{0,30})")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORDS: dict[str, Any] = {
    "nan": float("nan"),
    "inf": float("inf"),
    "+inf": float("inf"),
    "-inf": float("-inf"),
    "infinity": float("inf"),
    "-infinity": float("-inf"),
    "true": True,
    "false": False,
}
MISSING = frozenset(("", "NA", "N/A", "null", "None", "<NA>"))
"""Cells that hold no value."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 1 << 20
"""Bytes within which a head must end."""
_TAIL = 4096


def value(cell: str) -> Any:
    """Return what a cell means: a whole number, a float, NaN or an infinity, a bool, else its text."""
    text = cell.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return _WORDS.get(text.lower(), cell)


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number, NaN and infinities among them."""
    found = value(cell)
    return isinstance(found, int | float) and not isinstance(found, bool)


@dataclass(slots=True)
class Lines:
    """The records of a file from a place on."""

    path: Path
    head: list[str] = field(default_factory=list)
    delimiter: str = ","
    offset: int = 0
    """Bytes of whole records that were read."""
    records: int = 0
    damage: list[str] = field(default_factory=list)
    recoded: int = 0
    """Lines that were no UTF-8."""

    def position(self) -> dict[str, Any]:
        """Return how far the file was read, so that `go_on` finds the place again."""
        return {"offset": self.offset, "records": self.records, "sign": _sign(self.path, self.offset)}

    def go_on(self, position: Any) -> None:
        """Stand where an earlier reading ended. Raises ReplacedError where the file has become another one."""
        try:
            offset, records, sign = position["offset"], position["records"], position["sign"]
        except (TypeError, KeyError):
            raise ReplacedError from None
        if not isinstance(offset, int) or not isinstance(records, int) or _sign(self.path, offset) != sign:
            raise ReplacedError
        self.offset, self.records = offset, records

    def rows(self) -> Iterator[list[str]]:
        """Yield the whole records behind the place that was read to."""
        with files.opened(self.path) as file:
            file.seek(self.offset)
            source = _Source(self, file)
            while True:
                reader = csv.reader(source, delimiter=self.delimiter, strict=True)
                try:
                    for record in reader:
                        self._taken(source)
                        if record:
                            yield record
                except csv.Error as error:
                    if "unexpected end of data" in str(error):
                        return
                    self._taken(source)
                    self.damage.append(f"{self.path.name}: record {self.records}: {error}")
                    continue
                return

    def _taken(self, source: _Source) -> None:
        self.offset += source.bytes
        source.bytes = 0
        self.records += 1


class _Source:
    """Gives lines of text, whole ones alone, and counts their bytes."""

    def __init__(self, lines: Lines, file: Any) -> None:
        self._lines, self._file = lines, file
        self.bytes = 0

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        line: bytes = self._file.readline()
        if not line.endswith(b"\n"):
            raise StopIteration
        self.bytes += len(line)
        text, is_utf8 = _decoded(line)
        self._lines.recoded += not is_utf8
        return text.replace("\0", "")


def _decoded(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace"), False


def _sign(path: Path, offset: int) -> str:
    """Return a hash of the head of a file and of what stands before a place in it."""
    try:
        with files.opened(path) as file:
            total = hashlib.sha256(file.readline(_HEAD))
            file.seek(max(0, offset - _TAIL))
            total.update(file.read(min(offset, _TAIL)))
    except OSError:
        return ""
    return total.hexdigest()[:20]


def _told_apart(names: list[str]) -> list[str]:
    """Return the names of columns, those that come again with a number behind them, as pandas has it."""
    found: list[str] = []
    for name in names:
        n, other = 0, name
        while name and other in found:
            n += 1
            other = f"{name}.{n}"
        found.append(other)
    return found


def opened(path: Path) -> Lines | str:
    """Return a file's records, its head being read, or a sentence about why it has none."""
    try:
        with files.opened(path) as file:
            start = file.read(_HEAD)
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror or error}"
    if start.startswith(_UTF16):
        return f"{path.name} is UTF-16; save it as UTF-8"
    if b"\0" in start[:_TAIL]:
        return f"{path.name} is no text"
    if b"\n" not in start:
        return f"{path.name} has no line below its head"
    first = start.partition(b"\n")[0]
    lines = Lines(path, delimiter=max(",\t;|", key=_decoded(first)[0].count))
    try:
        lines.head = _told_apart([cell.strip() for cell in next(lines.rows(), [])])
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror or error}"
    return lines if lines.head else f"{path.name} has no head"
