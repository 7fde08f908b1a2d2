"""Pyramids: the same series in fewer buckets, so that a page loads what a screen can show.

Level 0 is the rows; a bucket of level ``l`` stands for ``4**l`` consecutive rows. What a bucket says is exact (first,
last, min, max, counts), so a spike of one row is in every level. `mean` is rounded to float32: it is only drawn.

A level is a list of float64 columns of one length, and what becomes of four buckets is told column by column (`NUMBER`,
`AXIS`). Rows come in blocks: a `Pyramid` keeps of all blocks before what no finished block of buckets holds yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from site_builder.model import BLOCK_BUCKETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = list[Floats]

FACTOR = 4
MOST = 2048
"""Buckets of the coarsest level, at most."""

Rule = Literal["first", "last", "min", "max", "sum"]

NUMBER: tuple[Rule, ...] = ("first", "last", "min", "max", "sum", "sum", "sum", "sum", "sum")
"""first, last, min, max, sum, and counts of finite, NaN, +inf, -inf."""
AXIS: tuple[Rule, ...] = ("min", "max", "min", "max", "min", "max")
"""min and max of step, runtime and timestamp."""


def count(size: int) -> int:
    """Return how many levels a series of `size` rows has, the rows included."""
    levels = 1
    while size > MOST:
        size = -(-size // FACTOR)
        levels += 1
    return levels


def of_values(values: Floats) -> Columns:
    """Return the rows of a number series as buckets of one."""
    finite = np.isfinite(values)
    if finite.all():
        none = np.zeros(len(values))
        return [values, values, values, values, values, np.ones(len(values)), none, none, none]
    kept = np.where(finite, values, np.nan)
    counts = (finite, np.isnan(values), values == np.inf, values == -np.inf)
    return [
        values,
        values,
        kept,
        kept,
        np.where(finite, values, 0.0),
        *(which.astype(np.float64) for which in counts),
    ]


def of_clocks(clocks: Columns) -> Columns:
    """Return the rows of an axis as buckets of one."""
    return [clock for clock in clocks for _ in range(2)]


def coarser(level: Columns, rules: tuple[Rule, ...]) -> Columns:
    """Return the next level: a bucket of each four; of what is left at the end one more."""
    size = len(level[0])
    whole = size // FACTOR * FACTOR
    result = [_fours(column[:whole], rule) for column, rule in zip(level, rules, strict=True)]
    if whole == size:
        return result
    rest = [_rest(column[whole:], rule) for column, rule in zip(level, rules, strict=True)]
    return [np.concatenate((column, (last,))) for column, last in zip(result, rest, strict=True)]


def _fours(column: Floats, rule: Rule) -> Floats:
    if rule == "first":
        return column[::FACTOR]
    if rule == "last":
        return column[FACTOR - 1 :: FACTOR]
    a, b, c, d = (column[n::FACTOR] for n in range(FACTOR))
    if rule == "min":
        return np.fmin(np.fmin(a, b), np.fmin(c, d))
    if rule == "max":
        return np.fmax(np.fmax(a, b), np.fmax(c, d))
    with np.errstate(over="ignore"):
        return np.asarray((a + b) + (c + d))


def _rest(column: Floats, rule: Rule) -> float:
    if rule == "first":
        return float(column[0])
    if rule == "last":
        return float(column[-1])
    if rule == "sum":
        with np.errstate(over="ignore"):
            return float(np.sum(column))
    return float((np.fmin if rule == "min" else np.fmax).reduce(column))


def shown(level: Columns, rules: tuple[Rule, ...]) -> Columns:
    """Return the columns as the contract orders them (`site_builder.model`)."""
    if rules is AXIS:
        return level
    first, last, low, high, total, finite, *counts = level
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        # Sums of values near the largest double overflow; a mean never leaves its bucket's range.
        mean = np.clip(np.where(finite > 0, total / finite, np.nan), low, high)
        single = mean.astype(np.float32).astype(np.float64)
        single = np.where(np.isfinite(single), single, mean)
    return [first, last, low, high, single, finite, *counts]


@dataclass(slots=True)
class _Waiting:
    """Of one level: finished buckets that no finished block holds, and up to three that no coarser bucket holds."""

    buckets: Columns
    sealed: int = 0
    """Blocks that are finished."""
    carried: Columns = field(default_factory=list)


@dataclass(slots=True)
class Pyramid:
    """The levels of a series above its rows, as far as whole blocks of rows have come."""

    rules: tuple[Rule, ...]
    _levels: list[_Waiting] = field(default_factory=list)
    """From level 1 on; level 0 carries nothing, since a block of rows fills its buckets."""

    def copy(self) -> Pyramid:
        """Return one that grows by itself; arrays are never changed in place, so that they are shared."""
        return Pyramid(self.rules, [_Waiting(one.buckets, one.sealed, one.carried) for one in self._levels])

    def add(self, rows: Columns) -> Iterator[tuple[int, Columns]]:
        """Take the next block of rows, as buckets of one; yield (level, buckets) of each block that it finishes."""
        finer = rows
        for level in range(1, 64):
            whole = len(finer[0]) // FACTOR * FACTOR
            if level > 1:
                self._levels[level - 2].carried = [column[whole:] for column in finer]
            if not whole:
                return
            if level > len(self._levels):
                self._levels.append(_Waiting([np.empty(0)] * len(self.rules), 0, [np.empty(0)] * len(self.rules)))
            waiting = self._levels[level - 1]
            new = coarser([column[:whole] for column in finer], self.rules)
            waiting.buckets = _joined(waiting.buckets, new)
            # A first block is not finished before there is more: until then its level is the coarsest, which is drawn first.
            while len(waiting.buckets[0]) >= BLOCK_BUCKETS + (waiting.sealed == 0):
                yield level, [column[:BLOCK_BUCKETS] for column in waiting.buckets]
                waiting.buckets = [column[BLOCK_BUCKETS:].copy() for column in waiting.buckets]
                waiting.sealed += 1
            finer = _joined(waiting.carried, new)

    def rest(self, tail: Columns, levels: int) -> Iterator[tuple[int, Columns]]:
        """Yield (level, buckets) of what is in no finished block, of levels 1 to below `levels`.

        `tail` are the rows behind the last whole block, as buckets of one.
        """
        finer = tail
        for level in range(1, levels):
            new = coarser(finer, self.rules) if len(finer[0]) else finer
            if level > len(self._levels):
                yield level, new
                finer = new
            else:
                waiting = self._levels[level - 1]
                yield level, _joined(waiting.buckets, new)
                finer = _joined(waiting.carried, new)


def _joined(one: Columns, other: Columns) -> Columns:
    if not len(one[0]):
        return other
    return [np.concatenate(pair) for pair in zip(one, other, strict=True)] if len(other[0]) else one
