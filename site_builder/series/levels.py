"""Pyramids: the same series in fewer buckets, so that a page loads what a screen can show.

Level 0 is the rows; a bucket of level ``l`` stands for ``4**l`` consecutive rows. What a bucket says is exact (first,
last, min, max, counts), so a spike of one row is in every level. `mean` is rounded to float32: it is only drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FACTOR = 4
MOST = 2048
"""Buckets of the coarsest level, at most."""


@dataclass(slots=True)
class Buckets:
    """A level of a number series; arrays of one length."""

    first: Floats
    last: Floats
    min: Floats
    max: Floats
    sum: Floats
    finite: Floats
    nan: Floats
    posinf: Floats
    neginf: Floats

    def columns(self) -> list[Floats]:
        """Return the columns as the contract orders them (`site_builder.model`)."""
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            # Sums of values near the largest double overflow; a mean never leaves its bucket's range.
            mean = np.clip(np.where(self.finite > 0, self.sum / self.finite, np.nan), self.min, self.max)
            single = mean.astype(np.float32).astype(np.float64)
            single = np.where(np.isfinite(single), single, mean)
        return [self.first, self.last, self.min, self.max, single, self.finite, self.nan, self.posinf, self.neginf]


def count(size: int) -> int:
    """Return how many levels a series of `size` rows has, the rows included."""
    levels = 1
    while size > MOST:
        size = -(-size // FACTOR)
        levels += 1
    return levels


def of_numbers(values: Floats) -> Iterator[Buckets]:
    """Yield levels 1, 2, … of a number series, the last with at most `MOST` buckets."""
    if len(values) <= MOST:
        return
    level = _single(values)
    while len(level.first) > MOST:
        level = _coarser(level)
        yield level


def of_axis(columns: list[Floats]) -> Iterator[list[Floats]]:
    """Yield levels 1, 2, … of clock columns: min and max of each, in their order."""
    pairs = [(column, column) for column in columns]
    while len(pairs[0][0]) > MOST:
        starts = np.arange(0, len(pairs[0][0]), FACTOR)
        pairs = [(np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)) for low, high in pairs]
        yield [column for pair in pairs for column in pair]


def _single(values: Floats) -> Buckets:
    """Return the rows as buckets of one."""
    finite = np.isfinite(values)
    kept = np.where(finite, values, np.nan)
    return Buckets(
        first=values,
        last=values,
        min=kept,
        max=kept,
        sum=np.where(finite, values, 0.0),
        finite=finite.astype(np.float64),
        nan=np.isnan(values).astype(np.float64),
        posinf=(values == np.inf).astype(np.float64),
        neginf=(values == -np.inf).astype(np.float64),
    )


def _coarser(level: Buckets) -> Buckets:
    size = len(level.first)
    starts = np.arange(0, size, FACTOR)
    ends = np.minimum(starts + FACTOR, size) - 1
    with np.errstate(over="ignore"):
        sums = np.add.reduceat(level.sum, starts)
    return Buckets(
        first=level.first[starts],
        last=level.last[ends],
        min=np.fmin.reduceat(level.min, starts),
        max=np.fmax.reduceat(level.max, starts),
        sum=sums,
        finite=np.add.reduceat(level.finite, starts),
        nan=np.add.reduceat(level.nan, starts),
        posinf=np.add.reduceat(level.posinf, starts),
        neginf=np.add.reduceat(level.neginf, starts),
    )
