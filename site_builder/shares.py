"""What a run gives to the packs of its project: each of its number series in at most 128 buckets.

A share is made from the coarsest level of a series (`site_builder.model`), and so from files that the site holds anyway.
Shares of many runs stand in one file (`encoded`), from which they can be taken again, equal to the bit (`decoded`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from site_builder.series import Entry, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from site_builder.model import Level, RunHead, Series

    Floats = NDArray[np.float64]

BUCKETS = 128
"""Buckets of a series in a pack, at most."""
VALUES, RANGES = "v", "r"
"""How the names of a key's entries begin: the key follows."""
CLOCKS = ("t1", "t2")
"""Entries of run times and of clock times."""
NONE, ELSEWHERE = 0, -1
"""In the place of a number of buckets: the run has no such series; it has one that its own entries tell."""


@dataclass(slots=True)
class Axis:
    """Buckets of rows: for step, run time and clock time the middle of each, and the least and the greatest of all."""

    middles: list[Floats]
    spans: list[tuple[float, float]]


@dataclass(slots=True)
class Line:
    """One series in buckets."""

    axis: int
    """Index into `Share.axes`."""
    rows: int
    stride: int
    """Rows of a bucket; the last one may have fewer."""
    last: float
    values: Floats
    """Mean, least and greatest of each bucket's finite values, 3 × buckets; NaN where there is none.

    Unless a bucket is a row, means are rounded to float32, the others to it outwards. One array: it goes to another process.
    """
    odd: tuple[Floats, Floats, Floats] | None
    """How many are NaN, +inf and -inf; None where all are finite."""

    @property
    def means(self) -> Floats:
        """Return the means."""
        return cast("Floats", self.values[0])

    @property
    def low(self) -> Floats:
        """Return the least values."""
        return cast("Floats", self.values[1])

    @property
    def high(self) -> Floats:
        """Return the greatest values."""
        return cast("Floats", self.values[2])


@dataclass(slots=True)
class Share:
    """What one run gives."""

    axes: list[Axis] = field(default_factory=list)
    lines: dict[str, Line | None] = field(default_factory=dict)
    """By key; None where the page has to look at the run's own entries: series of ranks, or of two kinds."""

    @property
    def size(self) -> int:
        """Bytes it takes in memory, about."""
        arrays = [line.values.nbytes for line in self.lines.values() if line]
        return sum(arrays) + sum(middle.nbytes for axis in self.axes for middle in axis.middles) + 500 * len(arrays)


def of_run(head: RunHead, columns: Callable[[Level], list[Floats]]) -> Share:
    """Return the share of a run; `columns` gives those of its coarsest levels."""
    by_key: dict[str, list[Series]] = {}
    for series in head.series:
        if series.stream == "history" and series.kind in ("number", "bool") and series.size:
            by_key.setdefault(series.key, []).append(series)
    share = Share(lines=dict.fromkeys(by_key))
    by_axis: dict[int, list[Series]] = {}
    for found in by_key.values():
        shown = [series for series in found if not series.hidden] or found
        if len(shown) == 1 and not shown[0].rank:
            by_axis.setdefault(shown[0].axis, []).append(shown[0])
    for number, members in by_axis.items():
        axis = head.axes[number]
        for several in _alike(members, len(axis.levels)):
            share.lines |= _lines(several, len(share.axes), columns)
        share.axes.append(_axis(columns(axis.levels[-1]), raw=len(axis.levels) == 1))
    return share


def _alike(members: list[Series], levels: int) -> Iterator[list[Series]]:
    """Yield the series of an axis, so many together as arrays of a few megabytes hold."""
    whole = [series for series in members if len(series.levels) == levels]
    for start in range(0, len(whole), 256):
        yield whole[start : start + 256]


def from_blocks(level: Level, block: Callable[[int], bytes]) -> list[Floats]:
    """Return the columns of a level from the bytes of its blocks."""
    parts = [unpack(block(number)) for number in level.blocks]
    return parts[0] if len(parts) == 1 else [np.concatenate(columns) for columns in zip(*parts, strict=True)]


def _stride(items: int) -> int:
    return -(-items // BUCKETS)


def _axis(columns: list[Floats], *, raw: bool) -> Axis:
    table = np.array(columns)
    low, high = (table, table) if raw else (table[::2], table[1::2])
    starts = np.arange(0, table.shape[1], _stride(table.shape[1]))
    least, greatest = np.fmin.reduceat(low, starts, axis=1), np.fmax.reduceat(high, starts, axis=1)
    ends = _clean(np.fmin.reduce(least, axis=1)), _clean(np.fmax.reduce(greatest, axis=1))
    return Axis(list(_clean((least + greatest) / 2)), list(zip(*(end.tolist() for end in ends), strict=True)))


def _lines(members: list[Series], axis: int, of: Callable[[Level], list[Floats]]) -> dict[str, Line]:
    """Return the lines of series that stand in the same rows, together: most of a run's do."""
    columns = [of(series.levels[-1]) for series in members]
    top = len(members[0].levels) - 1
    items = len(columns[0][0])
    stride = _stride(items)
    starts = np.arange(0, items, stride)
    exact = top == 0 and stride == 1
    if top == 0:
        values = np.array([series[0] for series in columns])
        finite = np.isfinite(values)
        whole = bool(finite.all())
        counts = finite.astype(np.float64)
        low = high = values if whole else np.where(finite, values, np.nan)
        sums = values if whole else np.where(finite, values, 0.0)
        odd = [] if whole else [np.isnan(values), values == np.inf, values == -np.inf]
    else:
        _, _, low, high, means, counts, *odd = (
            np.array([series[n] for series in columns]) for n in range(len(columns[0]))
        )
        with np.errstate(over="ignore", invalid="ignore"):
            sums = np.where(counts > 0, means * counts, 0.0)
    least, greatest = np.fmin.reduceat(low, starts, axis=1), np.fmax.reduceat(high, starts, axis=1)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        total = np.add.reduceat(counts, starts, axis=1)
        mean = np.where(total > 0, np.clip(np.add.reduceat(sums, starts, axis=1) / total, least, greatest), np.nan)
    if not exact:
        mean, least, greatest = _single(mean), _outwards(least, -np.inf), _outwards(greatest, np.inf)
    values = _clean(np.stack([mean, least, greatest], axis=1))
    lost = [np.add.reduceat(one.astype(np.float64), starts, axis=1) for one in odd]
    return {
        series.key: Line(
            axis,
            series.size,
            stride * 4**top,
            float(columns[n][0 if top == 0 else 1][-1]),
            values[n],
            (lost[0][n], lost[1][n], lost[2][n]) if lost and any(one[n].any() for one in lost) else None,
        )
        for n, series in enumerate(members)
    }


def _clean(values: Floats) -> Floats:
    """Return values with one kind of NaN alone, so that equal ones are equal bytes."""
    return np.where(np.isnan(values), np.nan, values)


def _single(values: Floats) -> Floats:
    with np.errstate(over="ignore"):
        single = values.astype(np.float32).astype(np.float64)
    return np.where(np.isfinite(single), single, values)


def _outwards(values: Floats, way: float) -> Floats:
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    short = single > values if way < 0 else single < values
    wide = np.where(short, np.nextafter(single, np.float32(way)), single).astype(np.float64)
    return np.where(np.isfinite(wide), wide, values)


def encoded(shares: Sequence[Share]) -> list[Entry]:
    """Return the entries of a pack, by their names as JavaScript compares them.

    An entry ``v<key>`` has for each run: buckets (or `NONE`, `ELSEWHERE`), rows, rows of a bucket, number of the axis, last
    value, least and greatest step; then of all runs one after the other: steps (the middles of buckets), means, and, each
    empty where all are 0, how many are NaN, +inf and -inf. ``r<key>``: least and greatest values of the same buckets.
    ``t1`` (run times) and ``t2`` (clock times): for each run the number of its axes; of all these axes buckets, least,
    greatest; then the middles of all buckets.
    """
    entries = [_clock(shares, n, name) for n, name in enumerate(CLOCKS, start=1)]
    for key in {key: None for share in shares for key in share.lines}:
        entries += _of_key(shares, key)
    return sorted(entries, key=lambda entry: utf16(entry.name))


def utf16(name: str) -> bytes:
    """Return what sorts names as JavaScript does."""
    return name.encode("utf-16-be", "surrogatepass")


def _clock(shares: Sequence[Share], n: int, name: str) -> Entry:
    axes = [axis for share in shares for axis in share.axes]
    columns = [
        np.array([len(share.axes) for share in shares], np.float64),
        np.array([len(axis.middles[n]) for axis in axes], np.float64),
        *(np.array([axis.spans[n][end] for axis in axes], np.float64) for end in (0, 1)),
        _joined([axis.middles[n] for axis in axes]),
    ]
    return Entry(name, pack(columns))


def _of_key(shares: Sequence[Share], key: str) -> Iterator[Entry]:
    told: list[tuple[float, ...]] = []
    there: list[tuple[Line, Floats]] = []
    for share in shares:
        line = share.lines.get(key)
        if line is None:
            told.append((ELSEWHERE if key in share.lines else NONE, 0, 0, 0, 0, 0, 0))
            continue
        axis = share.axes[line.axis]
        told.append((len(line.means), line.rows, line.stride, line.axis, line.last, *axis.spans[0]))
        there.append((line, axis.middles[0]))
    facts = np.array(told, np.float64).T
    strange = any(line.odd for line, _ in there)
    odd = [
        _joined([line.odd[n] if line.odd else np.zeros(len(line.means)) for line, _ in there] if strange else [])
        for n in range(3)
    ]
    columns = [_joined([steps for _, steps in there]), _joined([line.means for line, _ in there]), *odd]
    yield Entry(VALUES + key, pack([*facts, *columns]))
    if there:
        yield Entry(
            RANGES + key, pack([_joined([line.low for line, _ in there]), _joined([line.high for line, _ in there])])
        )


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)


def decoded(entries: Mapping[str, bytes], runs: int) -> list[Share]:
    """Return the shares of a pack's runs from the bytes of its entries. Raises KeyError, ValueError and its like."""
    clocks = [unpack(entries[name]) for name in CLOCKS]
    shares = [Share() for _ in range(runs)]
    at = number = 0
    for run, count in enumerate(clocks[0][0]):
        for _ in range(int(count)):
            size = int(clocks[0][1][number])
            axis = Axis([np.empty(0)], [(np.nan, np.nan)])
            for clock in clocks:
                axis.middles.append(clock[4][at : at + size])
                axis.spans.append((float(clock[2][number]), float(clock[3][number])))
            shares[run].axes.append(axis)
            at, number = at + size, number + 1
    for name in entries:
        if name.startswith(VALUES):
            _take(shares, name[len(VALUES) :], entries)
    return shares


def _take(shares: list[Share], key: str, entries: Mapping[str, bytes]) -> None:
    *facts, steps, means, nan, above, below = unpack(entries[VALUES + key])
    ranges = unpack(entries[RANGES + key]) if len(means) else []
    at = 0
    for share, (buckets, rows, stride, axis, last, low, high) in zip(shares, zip(*facts, strict=True), strict=True):
        if buckets == ELSEWHERE:
            share.lines[key] = None
        if buckets <= 0:
            continue
        part = slice(at, at + int(buckets))
        at = part.stop
        odd = (nan[part], above[part], below[part]) if len(nan) else None
        share.axes[int(axis)].middles[0] = steps[part]
        share.axes[int(axis)].spans[0] = (float(low), float(high))
        share.lines[key] = Line(
            int(axis),
            int(rows),
            int(stride),
            float(last),
            np.array([means[part], ranges[0][part], ranges[1][part]]),
            odd if odd and any(one.any() for one in odd) else None,
        )
