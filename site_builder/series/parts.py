"""What a run's data become: numbered blocks, gathered into files of at most 256 KB."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from site_builder.artifact_model import ArtifactHead
from site_builder.model import BLOCK_BUCKETS, BLOCK_ROWS, Level, RunHead
from site_builder.series import levels
from site_builder.series.pack import gzip, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Head = TypeVar("Head", RunHead, ArtifactHead)

FILE_BYTES = 256_000
"""A data file is closed before it grows beyond this; a larger block has a file of its own."""
JSON_BYTES = 100_000
"""JSON values are cut into blocks of about this size before compression."""

_FIRST, _LATER = 0, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A named value of the site: JSON text, or the bytes of a gzip member."""

    name: str
    data: str | bytes

    @property
    def cost(self) -> int:
        """Bytes it takes in a file, about."""
        return len(self.data) if isinstance(self.data, str) else len(self.data) * 4 // 3


@dataclass(slots=True)
class Blocks:
    """Numbered blocks of a run; what is drawn first is numbered first when `numbered` lays them out."""

    _data: list[bytes] = field(default_factory=list)
    _order: list[int] = field(default_factory=list)
    payloads: list[int] = field(default_factory=list)
    """Provisional number of each payload's block."""
    _known: dict[bytes, int] = field(default_factory=dict)

    def payload(self, data: bytes) -> int:
        """Keep bulk data of a value in a block of its own, equal data once; return its index into `payloads`."""
        digest = hashlib.sha256(data).digest()
        if digest not in self._known:
            self._known[digest] = len(self.payloads)
            self.payloads.append(self.add(gzip(data), later=True))
        return self._known[digest]

    def add(self, data: bytes, *, later: bool = False) -> int:
        """Keep a block; `later` ones come after all others. Returns its provisional number."""
        self._data.append(data)
        self._order.append(_LATER if later else _FIRST)
        return len(self._data) - 1

    def layout(self) -> tuple[list[int], list[bytes]]:
        """Return the final number of each provisional one, and the blocks in final order."""
        by_place = sorted(range(len(self._data)), key=lambda n: (self._order[n], n))
        numbers = [0] * len(by_place)
        for place, n in enumerate(by_place):
            numbers[n] = place
        return numbers, [self._data[n] for n in by_place]

    def rows(self, columns: list[Floats], *, last: bool) -> Level:
        """Pack the rows of an axis or series (level 0)."""
        return self._cut(columns, BLOCK_ROWS, last=last)

    def buckets(self, columns: list[Floats], *, last: bool) -> Level:
        """Pack a level of buckets."""
        return self._cut(columns, BLOCK_BUCKETS, last=last)

    def _cut(self, columns: list[Floats], length: int, *, last: bool) -> Level:
        size = len(columns[0])
        numbers = tuple(
            self.add(pack([column[start : start + length] for column in columns]), later=not last)
            for start in range(0, size, length)
        )
        return Level(size, numbers, None)

    def values(self, rows: Sequence[int], items: Iterable[Any], *, later: bool = False) -> Level:
        """Cut JSON values `[row, value]` into blocks."""
        texts = [orjson.dumps([row, item]) for row, item in zip(rows, items, strict=True)]
        blocks, starts = self.lists(texts, later=later)
        return Level(len(texts), blocks, starts)

    def lists(self, texts: Iterable[bytes], *, later: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Join JSON texts into lists of about `JSON_BYTES`; return their blocks and the first index of each."""
        growing = self.growing_list(later=later)
        for text in texts:
            growing.add(text)
        return growing.end()

    def growing_list(self, *, later: bool) -> GrowingList:
        """Begin lists of JSON texts, of which no more than one is held uncompressed."""
        return GrowingList(self, later)


@dataclass(slots=True)
class GrowingList:
    """JSON texts that are joined into lists of about `JSON_BYTES`, each a block."""

    _blocks: Blocks
    _later: bool
    count: int = 0
    total: int = 0
    """Bytes of all the texts."""
    _numbers: list[int] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _batch: list[bytes] = field(default_factory=list)
    _size: int = 0

    def add(self, text: bytes) -> None:
        """Append a text."""
        self._batch.append(text)
        self._size += len(text)
        self.total += len(text)
        self.count += 1
        if self._size >= JSON_BYTES:
            self._close()

    def end(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the blocks, and the first index of each."""
        if self._batch:
            self._close()
        return tuple(self._numbers), tuple(self._starts)

    def _close(self) -> None:
        self._numbers.append(self._blocks.add(gzip(b"[" + b",".join(self._batch) + b"]"), later=self._later))
        self._starts.append(self.count - len(self._batch))
        self._batch, self._size = [], 0


def number_levels(blocks: Blocks, values: Floats) -> tuple[Level, ...]:
    """Pack a number series: its rows, and buckets until a screen can show them all."""
    total = levels.count(len(values))
    result = [blocks.rows([values], last=total == 1)]
    for n, level in enumerate(levels.of_numbers(values), start=2):
        result.append(blocks.buckets(level.columns(), last=n == total))
    return tuple(result)


def axis_levels(blocks: Blocks, columns: list[Floats]) -> tuple[Level, ...]:
    """Pack the clocks of an axis: step, runtime, timestamp."""
    total = levels.count(len(columns[0]))
    result = [blocks.rows(columns, last=total == 1)]
    for n, level in enumerate(levels.of_axis(columns), start=2):
        result.append(blocks.buckets(level, last=n == total))
    return tuple(result)


def with_head(head: Head, blocks: list[bytes], name: str) -> tuple[Head, list[list[Entry]]]:
    """Gather blocks into files, the first of which begins with the head; return it as it names them, and their entries."""
    starts, parts = files(len(orjson.dumps(head)), blocks, name)
    head = dataclasses.replace(head, part_starts=tuple(starts))
    parts[0].insert(0, Entry(name, orjson.dumps(head).decode()))
    return head, parts


def files(head: int, blocks: list[bytes], name: str) -> tuple[list[int], list[list[Entry]]]:
    """Gather blocks into files; return the first block of each file, and the entries of each without the head.

    `head` is the size of the head entry, which stands in the first file.
    """
    starts, parts = [0], [list[Entry]()]
    size = head
    for number, block in enumerate(blocks):
        entry = Entry(f"{name}/{number}", block)
        if size and size + entry.cost > FILE_BYTES and (parts[-1] or len(parts) == 1):
            parts.append([])
            starts.append(number)
            size = 0
        parts[-1].append(entry)
        size += entry.cost
    return starts, parts
