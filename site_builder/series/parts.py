"""What a run's data become: numbered blocks, gathered into files of at most 256 KB.

What is finished goes on a `Shelf`, whose full files are written once and never again; what may still change is gathered
anew by `Blocks` with every build.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import orjson

from site_builder.artifact_model import ArtifactHead
from site_builder.model import RunHead
from site_builder.series.pack import gzip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

Head = TypeVar("Head", RunHead, ArtifactHead)

FILE_BYTES = 256_000
"""A data file is closed before it grows beyond this; a larger block has a file of its own."""
JSON_BYTES = 100_000
"""JSON values are cut into blocks of about this size before compression."""

_FIRST, _LATER = 0, 1


class Entry(NamedTuple):
    """A named value of the site: JSON text, or the bytes of a gzip member."""

    name: str
    data: str | bytes

    @property
    def cost(self) -> int:
        """Bytes it takes in a file, about."""
        return cost(self.data)


def cost(data: str | bytes) -> int:
    """Return the bytes that some data take in a file, about."""
    return len(data) if isinstance(data, str) else len(data) * 4 // 3


class Store(Protocol):
    """Where finished files go: into the site, or beside a run's other bytes."""

    files: dict[str, list[Entry]]
    """Those that it holds in memory, by their names."""

    def keep(self, name: str, entries: Sequence[Entry], /) -> None:
        """Keep a file under its name, the digest of its content, unless it is there."""

    def taken(self) -> list[str]:
        """Return the paths of files that were put into a site since this was asked last."""


@dataclass(slots=True)
class Place:
    """Where a finished block stands among those of its track."""

    number: int = -1
    """-1 while the batch in which it was finished is taken in: blocks are numbered by their last rows."""


@dataclass(slots=True)
class Shelf:
    """Finished blocks of one track in the order in which they were finished, and the files that they fill."""

    entry: str
    """Name of the run's entry: entries are ``<entry>/<digest of the file>/<place in it>``."""
    store: Store
    files: list[tuple[int, str]] = field(default_factory=list)
    """First block of each full file, and its digest."""
    pending: list[bytes] = field(default_factory=list)
    """Blocks of the file that is not full yet."""
    full: int = 0
    """Blocks in full files."""
    payloads: dict[bytes, tuple[int, Place]] = field(default_factory=dict)
    """Bulk data of values by its digest: the number by which values name it, and where its block stands."""
    named: int = 0
    """How many payloads stand on the shelves before this one: their numbers are taken."""
    _size: int = 0

    def copy(self) -> Shelf:
        """Return one that is filled by itself."""
        return Shelf(
            self.entry, self.store, [*self.files], [*self.pending], self.full, {**self.payloads}, self.named, self._size
        )

    def payload(self, data: bytes) -> tuple[int, Place | None]:
        """Return the number by which values name some data, and where its block is to stand if it has none yet."""
        digest = hashlib.sha256(data).digest()
        if digest in self.payloads:
            return self.payloads[digest][0], None
        place = Place()
        number = self.named + len(self.payloads)
        self.payloads[digest] = number, place
        return number, place

    def add(self, block: bytes) -> int:
        """Put a finished block behind the others; return its number."""
        size = cost(block)
        if self.pending and self._size + size > FILE_BYTES:
            self._close()
        self.pending.append(block)
        self._size += size
        return self.full + len(self.pending) - 1

    def _close(self) -> None:
        total = hashlib.sha256()
        for block in self.pending:
            total.update(len(block).to_bytes(8, "little") + block)
        digest = total.hexdigest()[:16]
        self.store.keep(digest, [Entry(f"{self.entry}/{digest}/{n}", block) for n, block in enumerate(self.pending)])
        self.files.append((self.full, digest))
        self.full += len(self.pending)
        self.pending, self._size = [], 0


@dataclass(slots=True)
class Blocks:
    """The blocks of a run for one build. What is drawn first is numbered first, behind what stands in full files."""

    files: list[tuple[int, str]] = field(default_factory=list)
    """First block of each full file, and its digest."""
    full: int = 0
    """Blocks in full files."""
    payloads: list[int] = field(default_factory=list)
    """Provisional number of each payload's block."""
    coarsest: dict[int, list[NDArray[np.float64]]] = field(default_factory=dict)
    """Columns of the coarsest levels, by the provisional numbers of their blocks."""
    _known: dict[bytes, int] = field(default_factory=dict)
    _data: list[bytes] = field(default_factory=list)
    _order: list[int] = field(default_factory=list)

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

    def adopt(self, shelf: Shelf) -> list[int]:
        """Take in a shelf; return the provisional numbers of its blocks: of those in full files they are below zero."""
        self.files += [(self.full + first, digest) for first, digest in shelf.files]
        known = [-1 - self.full - n for n in range(shelf.full)]
        self.full += shelf.full
        known += [self.add(block, later=True) for block in shelf.pending]
        for digest, (number, place) in shelf.payloads.items():
            self._known[digest] = number
            self.payloads.append(known[place.number])
        return known

    def layout(self) -> tuple[BlockNumbers, list[bytes]]:
        """Return what tells the final number of each provisional one, and the blocks in final order."""
        by_place = sorted(range(len(self._data)), key=self._order.__getitem__)
        numbers = [0] * len(by_place)
        for place, n in enumerate(by_place, start=self.full):
            numbers[n] = place
        return BlockNumbers(numbers), [self._data[n] for n in by_place]


@dataclass(frozen=True, slots=True)
class BlockNumbers:
    """The final numbers of blocks, by their provisional ones."""

    open: list[int]

    def __getitem__(self, provisional: int) -> int:
        """Return the final number."""
        return -1 - provisional if provisional < 0 else self.open[provisional]


@dataclass(slots=True)
class TextList:
    """JSON texts that are joined into lists of about `JSON_BYTES`."""

    count: int = 0
    total: int = 0
    """Bytes of all the texts."""
    starts: list[int] = field(default_factory=list)
    """First text of each list that is full."""
    _batch: list[bytes] = field(default_factory=list)
    _size: int = 0

    def copy(self) -> TextList:
        """Return one that grows by itself."""
        return TextList(self.count, self.total, [*self.starts], [*self._batch], self._size)

    def add(self, text: bytes) -> bytes | None:
        """Append a text; return the block of the list that it fills."""
        self._batch.append(text)
        self._size += len(text)
        self.total += len(text)
        self.count += 1
        return self._closed() if self._size >= JSON_BYTES else None

    def rest(self) -> tuple[bytes | None, tuple[int, ...]]:
        """Return the block of the list that is not full, if it holds anything, and the first text of each list."""
        if not self._batch:
            return None, tuple(self.starts)
        return gzip(self._joined()), (*self.starts, self.count - len(self._batch))

    def _closed(self) -> bytes:
        block = gzip(self._joined())
        self.starts.append(self.count - len(self._batch))
        self._batch, self._size = [], 0
        return block

    def _joined(self) -> bytes:
        return b"[" + b",".join(self._batch) + b"]"


def with_head(head: Head, blocks: Blocks, laid: list[bytes], name: str) -> tuple[Head, list[list[Entry]]]:
    """Gather blocks into files, the first of which begins with the head; return it as it names them, and their entries."""
    text = orjson.dumps(head)
    entries = [Entry(f"{name}/{number}", block) for number, block in enumerate(laid, start=blocks.full)]
    parts = gathered(entries, FILE_BYTES, len(text))
    starts, number = [first for first, _ in blocks.files], blocks.full
    for part in parts:
        starts.append(number)
        number += len(part)
    # The head is large, and only its first field is not known before the files are.
    text = text.replace(b'"part_starts":[]', b'"part_starts":' + orjson.dumps(starts), 1)
    parts[0].insert(0, Entry(name, text.decode()))
    return dataclasses.replace(head, part_starts=tuple(starts)), parts


def gathered(entries: Iterable[Entry], limit: int, size: int = 0) -> list[list[Entry]]:
    """Gather entries into files of at most about `limit` bytes, in their order; the first file has `size` already."""
    files: list[list[Entry]] = [[]]
    for entry in entries:
        if size and size + entry.cost > limit:
            files.append([])
            size = 0
        files[-1].append(entry)
        size += entry.cost
    return files
