"""What one key and kind of a track has come to: numbers with their pyramid, or values as lists of JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from site_builder.model import BLOCK_BUCKETS, BLOCK_ROWS, OPEN_BUCKETS, OPEN_ROWS, Level
from site_builder.series import levels
from site_builder.series.extremes import Extremes
from site_builder.series.levels import Pyramid
from site_builder.series.pack import pack
from site_builder.series.parts import Place, TextList
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from site_builder.model import Kind
    from site_builder.series.parts import Blocks

    Floats = NDArray[np.float64]


@dataclass(slots=True)
class Tower:
    """Columns of numbers over the same rows and all their levels: finished blocks by their places, open rows as they are."""

    rules: tuple[levels.Rule, ...]
    pyramid: Pyramid
    places: list[list[Place]] = field(default_factory=lambda: [[]])
    """Of each level, its finished blocks."""
    packed: dict[tuple[int, int], tuple[int, bytes]] = field(default_factory=dict)
    """Blocks of what is open whose rows stay as they are, by level and first item, with how many rows there were."""
    _open: list[list[Floats]] = field(default_factory=list)
    """Columns of the batches that came since the last whole block of rows."""

    @classmethod
    def of(cls, rules: tuple[levels.Rule, ...]) -> Tower:
        """Return one without rows."""
        return cls(rules, Pyramid(rules))

    def copy(self, *, shared: bool = False) -> Tower:
        """Return one that grows by itself; `shared` where what it packs of firm rows is kept for this one, too."""
        packed = self.packed if shared else {**self.packed}
        return Tower(self.rules, self.pyramid.copy(), [[*one] for one in self.places], packed, [*self._open])

    def push(self, columns: list[Floats]) -> None:
        """Append rows; they never go beyond the end of a block."""
        self._open.append(columns)

    def rows(self) -> list[Floats]:
        """Return the columns of the rows since the last whole block."""
        if len(self._open) > 1:
            self._open = [[np.concatenate(parts) for parts in zip(*self._open, strict=True)]]
        return self._open[0] if self._open else [np.empty(0)] * (3 if self.rules is levels.AXIS else 1)

    def seal(self) -> list[tuple[int, Place, bytes]]:
        """Finish the block of rows that is full; return level, place and content of all blocks that this finishes."""
        rows = self.rows()
        found = [(0, self._place(0), pack(rows))]
        for level, buckets in self.pyramid.add(_single(rows, self.rules)):
            found.append((level, self._place(level), pack(levels.shown(buckets, self.rules))))
        self._open = []
        self.packed.clear()
        return found

    def _place(self, level: int) -> Place:
        while len(self.places) <= level:
            self.places.append([])
        place = Place()
        self.places[level].append(place)
        return place

    def laid(self, blocks: Blocks, known: list[int], size: int, firm: int) -> tuple[Level, ...]:
        """Pack what is open; return the levels with provisional numbers.

        `known` are the numbers of finished blocks by their places; of the `size` rows the first `firm` stay as they are.
        """
        total = levels.count(size)
        rows = self.rows()
        found = [self._level(0, rows, blocks, known, size, firm, is_last=total == 1)]
        for level, buckets in self.pyramid.rest(_single(rows, self.rules), total) if total > 1 else ():
            shown = levels.shown(buckets, self.rules)
            found.append(self._level(level, shown, blocks, known, size, firm, is_last=level == total - 1))
        return tuple(found)

    def _level(
        self, level: int, items: list[Floats], blocks: Blocks, known: list[int], rows: int, firm: int, *, is_last: bool
    ) -> Level:
        done = [known[place.number] for place in self.places[level]] if level < len(self.places) else []
        whole, cut = (BLOCK_BUCKETS, OPEN_BUCKETS) if level else (BLOCK_ROWS, OPEN_ROWS)
        width = levels.FACTOR**level
        size = -(-rows // width)
        cut = max(size, 1) if is_last else cut
        first = len(done) * whole
        opened = []
        for start in range(0, len(items[0]), cut):
            end = min((first + start + cut) * width, rows)
            kept = self.packed.get((level, first + start))
            block = kept[1] if kept is not None and kept[0] == end <= firm else None
            if block is None:
                block = pack([column[start : start + cut] for column in items])
                if end <= firm:
                    self.packed[level, first + start] = end, block
            opened.append(blocks.add(block, later=not is_last))
            if is_last:
                blocks.coarsest[opened[-1]] = items
        return Level(size, (*done, *opened), None, len(done))


def _single(rows: list[Floats], rules: tuple[levels.Rule, ...]) -> list[Floats]:
    return levels.of_clocks(rows) if rules is levels.AXIS else levels.of_values(rows[0])


@dataclass(slots=True)
class Numbers:
    """A series of numbers."""

    path: tuple[str, ...]
    kind: Kind
    ordinal: int
    """Which of the track's series it is, in the order first logged."""
    tower: Tower = field(default_factory=lambda: Tower.of(levels.NUMBER))
    extremes: Extremes = field(default_factory=Extremes)
    """Of the rows in whole blocks."""

    @property
    def key(self) -> str:
        """Return its path as one name."""
        return layout.join_path(self.path)

    def copy(self) -> Numbers:
        """Return one that grows by itself."""
        return Numbers(self.path, self.kind, self.ordinal, self.tower.copy(shared=True), self.extremes.copy())

    def push(self, values: Floats) -> None:
        """Append values."""
        self.tower.push([values])

    def seal(self, steps: Floats) -> Iterator[tuple[int, Place, bytes]]:
        """Finish the block of rows that is full, logged at `steps`."""
        self.extremes.add(self.tower.rows()[0], steps)
        yield from self.tower.seal()

    def told(self, steps: Floats) -> dict[str, Any]:
        """Return the fields of a `model.Series` that tell of its values; the last rows were logged at `steps`."""
        found = self.extremes.copy()
        found.add(self.tower.rows()[0], steps)
        return found.fields()


@dataclass(slots=True)
class Listed:
    """A series of anything else: what the page draws of each value, as JSON lists of ``[row, value]``."""

    path: tuple[str, ...]
    kind: Kind
    ordinal: int
    texts: TextList = field(default_factory=TextList)
    places: list[Place] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return its path as one name."""
        return layout.join_path(self.path)

    def copy(self) -> Listed:
        """Return one that grows by itself."""
        return Listed(self.path, self.kind, self.ordinal, self.texts.copy(), [*self.places])

    def push(self, value: Any) -> tuple[Place, bytes] | None:
        """Append a drawn value; return place and content of the block that it fills."""
        block = self.texts.add(orjson.dumps([self.texts.count, value]))
        if block is None:
            return None
        self.places.append(Place())
        return self.places[-1], block

    def laid(self, blocks: Blocks, known: list[int]) -> tuple[Level, ...]:
        """Return its one level with provisional numbers."""
        block, starts = self.texts.rest()
        numbers = [known[place.number] for place in self.places]
        if block is not None:
            numbers.append(blocks.add(block))
        return (Level(self.texts.count, tuple(numbers), starts, 0),)
