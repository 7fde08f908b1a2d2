"""A track: rows that come batch by batch, and what its series have become so far.

Series that were logged in exactly the same rows share an axis. They are one `_Group` until a row comes in which some of
them are and others are not; from there on they go separate ways, and share what was finished before. All that happens is
told by rows, never by where one batch ends: any split of the same rows gives the same blocks in the same order.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from site_builder.model import BLOCK_ROWS
from site_builder.series import columns, levels
from site_builder.series.members import Listed, Numbers, Tower
from site_builder.series.pack import gzip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from site_builder.model import Kind, Level
    from site_builder.series.columns import Column
    from site_builder.series.parts import Blocks, Place, Shelf
    from tracklog.store.layout import Row

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]
    Load = Callable[[str, Kind, object, Callable[[bytes], int]], Any]

_PAYLOAD, _GROUP, _LIST = 0, 1, 2
_NEVER = sys.maxsize


@dataclass(slots=True)
class Laid:
    """An axis with its levels, and the series that stand in its rows with theirs; block numbers are provisional."""

    size: int
    levels: tuple[Level, ...]
    monotonic: bool
    members: list[tuple[Numbers | Listed, tuple[Level, ...], dict[str, Any] | None]]
    """Series, levels, and what `extremes` tells of numbers."""


@dataclass(slots=True)
class _Finished:
    """A block that a row finished, with what orders it among others: row, series, what it is, level or turn."""

    order: tuple[int, int, int, int]
    place: Place
    data: bytes


@dataclass(slots=True)
class _Group:
    members: list[Numbers | Listed]
    clocks: Tower = field(default_factory=lambda: Tower.of(levels.AXIS))
    size: int = 0
    firm: int = -1
    """Rows that stay as they are; -1 for all."""
    last_step: float = -np.inf
    monotonic: bool = True

    @property
    def ordinal(self) -> int:
        return self.members[0].ordinal

    def copy(self) -> _Group:
        """Return one that grows by rows which may still change."""
        members = [one.copy() for one in self.members]
        return _Group(members, self.clocks.copy(shared=True), self.size, self.size, self.last_step, self.monotonic)

    def part(self, going: list[Numbers | Listed]) -> _Group:
        """Return a group of some of the members, which are in all rows so far, and let them go."""
        gone = set(map(id, going))
        self.members = [one for one in self.members if id(one) not in gone]
        return _Group(going, self.clocks.copy(), self.size, self.firm, self.last_step, self.monotonic)

    def push(self, rows: Places, clocks: list[Floats], values: list[Any]) -> Iterator[_Finished]:
        """Append rows of a batch, `values` by the order of members."""
        start = 0
        while start < len(rows):
            end = min(len(rows), start + BLOCK_ROWS - self.size % BLOCK_ROWS)
            cut = slice(start, end)
            mine = [clock[rows[cut]] for clock in clocks]
            self._follow(mine[0])
            self.clocks.push(mine)
            for member, column in zip(self.members, values, strict=True):
                if isinstance(member, Numbers):
                    member.push(column[cut])
            self.size += end - start
            if self.size % BLOCK_ROWS == 0:
                yield from self._seal(int(rows[end - 1]))
            start = end

    def _follow(self, steps: Floats) -> None:
        if self.monotonic:
            falls = steps[0] < self.last_step or bool((steps[1:] < steps[:-1]).any())
            self.monotonic = not falls and not np.isnan(steps).any()
        self.last_step = float(steps[-1])

    def _seal(self, row: int) -> Iterator[_Finished]:
        steps = self.clocks.rows()[0]
        found = self.clocks.seal()
        for member in self.members:
            if isinstance(member, Numbers):
                found += member.seal(steps)
        for level, place, data in found:
            yield _Finished((row, self.ordinal, _GROUP, level), place, data)

    def laid(self, blocks: Blocks, known: list[int]) -> Laid:
        firm = self.size if self.firm < 0 else self.firm
        axis = self.clocks.laid(blocks, known, self.size, firm)
        steps = self.clocks.rows()[0]
        found: list[tuple[Numbers | Listed, tuple[Level, ...], dict[str, Any] | None]] = []
        for member in self.members:
            if isinstance(member, Numbers):
                found.append((member, member.tower.laid(blocks, known, self.size, firm), member.told(steps)))
            else:
                found.append((member, member.laid(blocks, known), None))
        return Laid(self.size, axis, self.monotonic, found)


class Track:
    """Rows that belong together, as far as they have come."""

    def __init__(self, kind_of: Callable[[object], Kind], load: Load, shelf: Shelf, *, counted: bool = False) -> None:
        """`load` gives what the page draws of a value; a track is `counted` whose rows are its steps."""
        self._kind_of = kind_of
        self._load = load
        self._counted = counted
        self.shelf = shelf
        self.size = 0
        self._groups: list[_Group] = []
        self._series: dict[tuple[columns.Path, Kind], tuple[_Group, Numbers | Listed]] = {}

    def copy(self, load: Load) -> Track:
        """Return one that grows by itself, by rows that may still change."""
        other = Track(self._kind_of, load, self.shelf.copy(), counted=self._counted)
        other.size = self.size
        for group in self._groups:
            other._groups.append(grown := group.copy())
            other._series |= {(member.path, member.kind): (grown, member) for member in grown.members}
        return other

    def add(self, rows: Sequence[Row]) -> None:
        """Take in the next rows."""
        if not rows:
            return
        clocks, found = columns.of_rows(rows, self._kind_of)
        if self._counted:
            clocks[0] = np.arange(self.size, self.size + len(rows), dtype=np.float64)
        self._begin([one for one in found if (one.path, one.kind) not in self._series], rows)
        finished = list(self._loaded(found))
        by_group: dict[int, dict[int, Column]] = {}
        for column in found:
            group, member = self._series[column.path, column.kind]
            by_group.setdefault(id(group), {})[id(member)] = column
        for group in list(self._groups):
            there = by_group.get(id(group))
            if there:
                finished += self._grow(group, there, clocks)
        for one in sorted(finished, key=lambda one: one.order):
            one.place.number = self.shelf.add(one.data)
        self.size += len(rows)

    def laid(self, blocks: Blocks, known: list[int]) -> list[Laid]:
        """Pack what is open, and return all axes in the order of their first series.

        `known` are the provisional numbers of the blocks on the shelf, by their places.
        """
        return [group.laid(blocks, known) for group in sorted(self._groups, key=lambda group: group.ordinal)]

    # -- new series

    def _begin(self, new: list[Column], rows: Sequence[Row]) -> None:
        """Make the series that are new, in the order first logged; those that begin in the same row are a group until they part."""
        if not new:
            return
        positions = _Positions(rows)
        new.sort(key=positions.of)
        groups: dict[int, _Group] = {}
        for column in new:
            make = Numbers if column.kind in ("number", "bool") else Listed
            member = make(column.path, column.kind, len(self._series))
            group = groups.get(int(column.rows[0]))
            if group is None:
                group = groups[int(column.rows[0])] = _Group([])
                self._groups.append(group)
            group.members.append(member)
            self._series[column.path, column.kind] = (group, member)

    # -- values that are no numbers

    def _loaded(self, found: list[Column]) -> Iterator[_Finished]:
        """Load what is no number, row by row."""
        queue = []
        for column in found:
            member = self._series[column.path, column.kind][1]
            if isinstance(member, Listed):
                rows = column.rows.tolist()
                queue += [(row, member.ordinal, member, value) for row, value in zip(rows, column.values, strict=True)]
        queue.sort(key=lambda item: item[:2])
        for row, ordinal, member, value in queue:
            made: list[tuple[Place, bytes]] = []
            drawn = self._load(member.key, member.kind, value, partial(self._payload, made))
            full = member.push(drawn)
            for n, (place, block) in enumerate(made):
                yield _Finished((row, ordinal, _PAYLOAD, n), place, block)
            if full is not None:
                yield _Finished((row, ordinal, _LIST, 0), *full)

    def _payload(self, made: list[tuple[Place, bytes]], data: bytes) -> int:
        """Return the index of bulk data among the payloads; what is new is `made` a block."""
        number, place = self.shelf.payload(data)
        if place is not None:
            made.append((place, gzip(data)))
        return number

    # -- rows

    def _grow(self, group: _Group, there: dict[int, Column], clocks: list[Floats]) -> Iterator[_Finished]:
        """Append a batch to a group; where its members part, to what becomes of it."""
        waiting = [(group, [there.get(id(member)) for member in group.members], 0)]
        while waiting:
            one, found, start = waiting.pop()
            common, parted = _common(found, start)
            if common > start:
                rows = next(column.rows for column in found if column is not None)[start:common]
                values = [column.values[start:common] if column is not None else () for column in found]
                yield from one.push(rows, clocks, values)
            if parted:
                waiting += [(*piece, common) for piece in self._parted(one, found, common)]

    def _parted(
        self, group: _Group, found: list[Column | None], at: int
    ) -> Iterator[tuple[_Group, list[Column | None]]]:
        """Part a group at the first row that some of its members have and others have not."""
        nexts = [int(c.rows[at]) if c is not None and len(c.rows) > at else _NEVER for c in found]
        row = min(nexts)
        going = [member for member, its in zip(group.members, nexts, strict=True) if its != row]
        other = group.part(going)
        self._groups.append(other)
        self._series |= {(member.path, member.kind): (other, member) for member in going}
        for one, keep in ((group, True), (other, False)):
            yield one, [column for column, its in zip(found, nexts, strict=True) if (its == row) is keep]


def _common(found: list[Column | None], start: int) -> tuple[int, bool]:
    """Return up to where all columns of a group have the same rows from `start` on, and whether they part there."""
    first = found[0]
    if all(column is not None and column.rows is first.rows for column in found):  # type: ignore[union-attr]
        return len(first.rows), False  # type: ignore[union-attr]
    distinct = {id(column.rows): column.rows for column in found if column is not None}.values()
    longest = max((len(rows) for rows in distinct), default=0)
    if longest <= start:
        return start, False
    if None in found:
        return start, True
    common = min(len(rows) for rows in distinct)
    one, *others = distinct
    for other in others:
        differs = np.flatnonzero(one[start:common] != other[start:common])
        common = start + int(differs[0]) if len(differs) else common
    return common, common < longest


class _Positions:
    """Where a key stands in the row that it was first logged in."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._held: dict[int, Row] = {}
        """Rows that were looked at: they may be made when they are asked for, and are told apart by where they are."""
        self._known: dict[int, dict[str, int]] = {}

    def of(self, column: Column) -> tuple[int, ...]:
        row = int(column.rows[0])
        if row not in self._held:
            self._held[row] = self._rows[row]
        place: Any = self._held[row]
        found = [row]
        for part in column.path:
            if id(place) not in self._known:
                self._known[id(place)] = {key: n for n, key in enumerate(place)}
            found.append(self._known[id(place)][part])
            place = place[part]
        return tuple(found)
