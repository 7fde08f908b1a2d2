"""Lines that all have the same keys and under each of them a number, read without a dict for each.

That is what a training writes nearly all the time. A record with one field for each key takes half the time of a dict to
read, nobody has to look which type each of its values has, and of records nothing is kept but their doubles. What a line
says to the letter, as whether a number was written as an integer, is told by the line itself, which is kept, too.
"""

from __future__ import annotations

import functools
import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, overload

import orjson

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracklog.store.layout import Row

_WORTH_IT = 64
"""Fewer lines are read as dicts: a type of records has to be made for their keys."""
_SHAPES = 16
"""Types of records that are kept for runs to come."""
_EXACT = 2**53
_NUMBERS = {int, float}


class Shape:
    """What lines with some keys are read as."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """Make a type of records with a field for each key. Raises ValueError for keys with quotes, backslashes or controls."""
        import msgspec

        fields = [f"f{n}" for n in range(len(keys))]
        kinds = [(field, int if key == layout.STEP else float) for field, key in zip(fields, keys, strict=True)]
        record = msgspec.defstruct(
            "Record", kinds, rename=dict(zip(fields, keys, strict=True)), forbid_unknown_fields=True, gc=False
        )
        self.keys = keys
        self.step = keys.index(layout.STEP) if layout.STEP in keys else -1
        self.width = 8 * len(keys)
        self._read = msgspec.json.Decoder(record).decode
        self._values = msgspec.structs.astuple
        self._pack = struct.Struct(f"={len(keys)}d").pack

    def fits(self, row: Row) -> bool:
        """Return whether a row has these keys in this order, and a number under each."""
        return tuple(row) == self.keys and _NUMBERS.issuperset(map(type, row.values()))

    def of_lines(self, lines: list[bytes]) -> Uniform:
        """Read lines. Raises msgspec.DecodeError, and OverflowError for a step that a double does not hold."""
        rows = map(self._values, map(self._read, lines))
        table = b"".join(itertools.starmap(self._pack, rows))
        steps = self.steps(table)
        if steps and not -_EXACT < min(steps) <= max(steps) < _EXACT:
            raise OverflowError
        return Uniform(self, table, lines)

    def steps(self, table: bytes) -> list[float]:
        """Return the steps in a table of rows; nothing where they have none."""
        return (
            cast("list[float]", memoryview(table).cast("d")[self.step :: len(self.keys)].tolist())
            if self.step >= 0
            else []
        )

    def of_rows(self, rows: Sequence[Row]) -> Uniform | None:
        """Take rows; None where they are of another shape."""
        if isinstance(rows, Uniform):
            return rows if rows.shape is self else None
        if not all(map(self.fits, rows)):
            return None
        return Uniform(self, b"".join(self._pack(*row.values()) for row in rows), list(map(orjson.dumps, rows)))


_shape = functools.lru_cache(_SHAPES)(Shape)


@dataclass(frozen=True, slots=True, eq=False)
class Uniform(Sequence["Row"]):
    """Rows of one shape: a sequence of dicts like any other, each made when it is asked for, and a table of numbers."""

    shape: Shape
    table: bytes
    """All values as native doubles, row by row in the order of keys."""
    lines: list[bytes]
    """Each row's JSON."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of each row, in their order."""
        return self.shape.keys

    @property
    def steps(self) -> list[int]:
        """Return the step of each row, of rows that have one."""
        return list(map(int, self.shape.steps(self.table)))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Uniform: ...
    def __getitem__(self, index: int | slice) -> Row | Uniform:
        """Return a row as it was written, or consecutive rows."""
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self))
            width = self.shape.width
            return Uniform(self.shape, self.table[start * width : stop * width], self.lines[start:stop])
        return cast("Row", orjson.loads(self.lines[index]))

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows as they were written."""
        return map(orjson.loads, self.lines)


def read(lines: list[bytes], *, stepped: bool) -> Uniform | None:
    """Return JSON lines as rows; None where they have not all the same keys and numbers, or are no lines of their file.

    Rows that are `stepped` have an integer step.
    """
    if len(lines) < _WORTH_IT:
        return None
    from msgspec import DecodeError

    try:
        first, last = orjson.loads(lines[0]), orjson.loads(lines[-1])
        if not isinstance(first, dict) or not isinstance(last, dict) or (stepped and layout.STEP not in first):
            return None
        shape = _shape(tuple(first))
        if not shape.fits(first) or not shape.fits(last):
            return None
        return shape.of_lines(lines)
    except (ValueError, DecodeError, OverflowError):
        return None


def joined(parts: Iterable[Sequence[Row]]) -> Sequence[Row]:
    """Return rows that come one behind the other: of one shape where all of them are."""
    there = [part for part in parts if part]
    shape = next((part.shape for part in there if isinstance(part, Uniform)), None)
    taken = [shape and shape.of_rows(part) for part in there]
    if shape is None or None in taken:
        return there[0] if len(there) == 1 else list(itertools.chain.from_iterable(there))
    found = cast("list[Uniform]", taken)
    if len(found) == 1:
        return found[0]
    lines = list(itertools.chain.from_iterable(one.lines for one in found))
    return Uniform(shape, b"".join(one.table for one in found), lines)
