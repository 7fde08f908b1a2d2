"""Lines in which every value is a number, read without a dict for each.

That is what a training writes nearly all the time. A record with a field for each key takes half the time of a dict to read,
nobody has to look which type each of its values has, and of records nothing is kept but their doubles. What a line says to
the letter, as whether a number was written as an integer, is told by the line itself, which is kept, too.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, overload

import orjson

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracklog.store.layout import Row

_WORTH_IT = 64
"""Fewer lines are read as dicts: a type of records has to be made for their keys."""
_SHAPES = 16
"""Types of records that are kept for runs to come."""
_TRIES = 4
"""How often lines are read anew because one of them has other keys, as that of an evaluation among those of training."""
_SPARSE = 4
"""Keys of all rows over those of the one that has most, at most: of a table with more nearly nothing is there."""
_EXACT = 2**53
_NUMBERS = {int, float}


class Shape:
    """What lines with some keys are read as: JSON has no NaN, so that NaN stands where a line has no such key."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """Make a type of records with a field for each key. Raises ValueError for keys with quotes, backslashes or controls."""
        import msgspec

        fields = [f"f{n}" for n in range(len(keys))]
        record = msgspec.defstruct(
            "Record",
            [(f, int) if key == layout.STEP else (f, float, math.nan) for f, key in zip(fields, keys, strict=True)],
            rename=dict(zip(fields, keys, strict=True)),
            forbid_unknown_fields=True,
            kw_only=True,
            gc=False,
        )
        self.keys = keys
        self.step = keys.index(layout.STEP) if layout.STEP in keys else -1
        self.width = 8 * len(keys)
        self._known = frozenset(keys)
        self._read = msgspec.json.Decoder(record).decode
        self._values = msgspec.structs.astuple
        self._pack = struct.Struct(f"={len(keys)}d").pack

    def of_lines(self, lines: list[bytes]) -> Iterator[bytes]:
        """Yield the doubles of each line. Raises msgspec.DecodeError, and OverflowError for a step that is no double."""
        return itertools.starmap(self._pack, map(self._values, map(self._read, lines)))

    def of_rows(self, rows: Sequence[Row]) -> Numeric | None:
        """Take rows; None where one has other keys, or something else than numbers."""
        if isinstance(rows, Numeric):
            return rows if rows.shape is self else None
        if not all(_is_numeric(row) and row.keys() <= self._known for row in rows):
            return None
        return Numeric(self, b"".join(map(self.packed, rows)), list(map(orjson.dumps, rows)))

    def packed(self, row: Row) -> bytes:
        """Return the doubles of a row that has these keys, or some of them."""
        return self._pack(*[row.get(key, math.nan) for key in self.keys])


_shape = functools.lru_cache(_SHAPES)(Shape)


@dataclass(frozen=True, slots=True, eq=False)
class Numeric(Sequence["Row"]):
    """Rows of numbers: a sequence of dicts like any other, each made when it is asked for, and one table."""

    shape: Shape
    table: bytes
    """All values as native doubles, row by row in the order of keys; NaN where a row lacks a key."""
    lines: list[bytes]
    """Each row's JSON."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys that any row may have."""
        return self.shape.keys

    @property
    def steps(self) -> list[int]:
        """Return the step of each row, of rows that have one."""
        return list(map(int, self.column(self.shape.step)))

    def column(self, number: int) -> list[float]:
        """Return the values of one key."""
        return cast("list[float]", memoryview(self.table).cast("d")[number :: len(self.keys)].tolist())

    def by_step(self) -> tuple[Numeric, list[int]]:
        """Return rows with those of one step that follow each other as one, and how many there were up to each."""
        steps = self.column(self.shape.step)
        ends = [n for n, (one, other) in enumerate(itertools.pairwise(steps), 1) if one != other] + [len(self)]
        if len(ends) == len(self):
            return self, ends
        lines, tables, width, start = [], [], self.shape.width, 0
        for end in ends:
            if end == start + 1:
                lines.append(self.lines[start])
                tables.append(self.table[start * width : end * width])
            else:
                row = functools.reduce(operator.or_, self[start:end])
                lines.append(orjson.dumps(row))
                tables.append(self.shape.packed(row))
            start = end
        return Numeric(self.shape, b"".join(tables), lines), ends

    def lasting(self) -> list[Row]:
        """Return rows, in their order, among which are those with the last value of each key: others are folded over."""
        import numpy as np

        if all(map(math.isfinite, memoryview(self.table)[-self.shape.width :].cast("d"))):
            return [self[-1]]
        there = np.isfinite(np.frombuffer(self.table).reshape(len(self), -1))
        return [self[int(n)] for n in np.unique(len(self) - 1 - there[::-1].argmax(axis=0))]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Numeric: ...
    def __getitem__(self, index: int | slice) -> Row | Numeric:
        """Return a row as it was written, or consecutive rows."""
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self))
            width = self.shape.width
            return Numeric(self.shape, self.table[start * width : stop * width], self.lines[start:stop])
        return cast("Row", orjson.loads(self.lines[index]))

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows as they were written."""
        return map(orjson.loads, self.lines)


def read(lines: list[bytes], *, stepped: bool) -> Numeric | None:
    """Return JSON lines as rows; None where something in them is no number, or they are no lines of their file.

    Rows that are `stepped` have an integer step.
    """
    if len(lines) < _WORTH_IT:
        return None
    try:
        found = _read(lines)
    except (ValueError, OverflowError):
        return None
    if found is None or (stepped and found.shape.step < 0):
        return None
    # Steps beyond are no doubles, and further on no integers to who reads lines as dicts.
    steps = found.column(found.shape.step) if found.shape.step >= 0 else [0.0]
    return found if -_EXACT < min(steps) <= max(steps) < _EXACT else None


def _read(lines: list[bytes]) -> Numeric | None:
    """Read lines by the keys of the first and the last, and of those between that have others. Raises ValueError, OverflowError."""
    from msgspec import DecodeError

    keys: dict[str, None] = {}
    widest = 0
    odd = [lines[0], lines[-1]]
    for _ in range(_TRIES):
        for row in map(orjson.loads, odd):
            if not _is_numeric(row):
                return None
            keys |= dict.fromkeys(row)
            widest = max(widest, len(row))
        if len(keys) > _SPARSE * widest:
            return None
        shape = _shape(tuple(keys))
        parts: list[bytes] = []
        try:
            parts.extend(shape.of_lines(lines))
        except DecodeError:
            odd = [lines[len(parts)]]  # what was read before it is in the list
        else:
            return Numeric(shape, b"".join(parts), lines)
    return None


def _is_numeric(row: Any) -> bool:
    return isinstance(row, dict) and _NUMBERS.issuperset(map(type, row.values()))


def joined(parts: Iterable[Sequence[Row]]) -> Sequence[Row]:
    """Return rows that come one behind the other: as a table where they can be one."""
    there = [part for part in parts if part]
    shape = next((part.shape for part in there if isinstance(part, Numeric)), None)
    taken = [shape and shape.of_rows(part) for part in there]
    if shape is None or None in taken:
        return there[0] if len(there) == 1 else list(itertools.chain.from_iterable(there))
    found = cast("list[Numeric]", taken)
    if len(found) == 1:
        return found[0]
    lines = list(itertools.chain.from_iterable(one.lines for one in found))
    return Numeric(shape, b"".join(one.table for one in found), lines)
