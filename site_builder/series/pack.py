"""Columns of numbers as few bytes, without loss: what `pack` writes, ``lib/pack.ts`` reads.

A block is one gzip member of::

    uint8   number of columns
    then for each column
    uint8   encoding: 0 decimal deltas, 1 float32, 2 float64
    uint8   k, the decimal exponent (encoding 0)
    uint8   width, bytes of an element: 1, 2, 4 or 8
    uint8   0
    uint32  n, number of values
    float64 first, the first decimal as an integer (encoding 0; else 0)
    payload (n - 1 elements for encoding 0, n for the others), byte-shuffled: all lowest bytes, all next bytes, …

all little-endian. Encoding 0: value ``i`` is ``(first + d[0] + … + d[i-1]) / 10**k``, where ``d`` are signed integers
and no sum leaves ±2**53, so that the sums are exact in a double and the division, rounded once, gives the same bits in
NumPy and in JavaScript. It is chosen only where that holds for every value (NaN, infinities and -0.0 are none), float32
only where the conversion is exact. Byte shuffling is that of Blosc (https://www.blosc.org).
"""

from __future__ import annotations

import math
import struct
import zlib
from typing import TYPE_CHECKING, Any

import deflate
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TEXT, NUMBERS = 6, 1
"""Levels of libdeflate: of text, above which it gets hardly smaller; of shuffled numbers, where the sixth saves two percent."""

_HEADER = struct.Struct("<BBBBId")
_LIMIT = float(2**53)
_POWERS = 10.0 ** np.arange(10)
_TENS = tuple(_POWERS.tolist())
_PROBE = 8
_SMALL = 1e5


def pack(columns: Sequence[Floats]) -> bytes:
    """Pack float64 columns (1-D, any length) into one block."""
    return gzip(packed(columns), NUMBERS)


def packed(columns: Sequence[Floats]) -> bytes:
    """Return what `pack` compresses, for payloads that hold more than columns."""
    with np.errstate(over="ignore", invalid="ignore"):
        return b"".join([bytes([len(columns)]), *map(_column, columns)])


def gzip(data: bytes, level: int = TEXT) -> bytes:
    """Compress to one gzip member without time or name, so that equal data give equal bytes."""
    return bytes(deflate.gzip_compress(data, level))


def unpack(block: bytes) -> list[Floats]:
    """Return the columns of a block, bit for bit as packed (any NaN comes back as the one quiet NaN)."""
    return unpacked(zlib.decompress(block, 31))


def unpacked(data: bytes) -> list[Floats]:
    """Return the columns that `packed` packed."""
    columns: list[Floats] = []
    position = 1
    for _ in range(data[0]):
        encoding, exponent, width, _, n, first = _HEADER.unpack_from(data, position)
        position += _HEADER.size
        count = max(n - 1, 0) if encoding == 0 else n
        payload = data[position : position + count * width]
        position += count * width
        columns.append(_decode(encoding, exponent, width, n, first, payload))
    return columns


def _decode(encoding: int, exponent: int, width: int, n: int, first: float, payload: bytes) -> Floats:
    raw = np.frombuffer(payload, np.uint8).reshape(width, -1).T.tobytes()
    if encoding:
        return np.frombuffer(raw, "<f4" if encoding == 1 else "<f8").astype(np.float64)
    if n == 0:
        return np.empty(0)
    deltas = np.frombuffer(raw, f"<i{width}")
    sums = np.cumsum(np.concatenate([[int(first)], deltas.astype(np.int64)]))
    return np.asarray(sums.astype(np.float64) / _POWERS[exponent])


def _column(values: Floats) -> bytes:
    decimal = _decimal(values)
    if decimal is not None:
        return decimal
    single = values.astype("<f4")
    exact = _are_same(single, values)
    chosen: NDArray[Any] = single if exact else values.astype("<f8", copy=False)
    return _HEADER.pack(1 if exact else 2, 0, chosen.itemsize, 0, len(values), 0.0) + _shuffle(chosen)


def _are_same(single: NDArray[np.float32], values: Floats) -> bool:
    if single[0] != values[0] == values[0]:
        return False  # which the first value tells of nearly all columns that are not
    same = single == values
    return bool((same | np.isnan(values)).all())


def _decimal(values: Floats) -> bytes | None:
    """Encode as decimal deltas, or return None where that would not be exact or not be smaller."""
    if len(values) == 0:
        return _HEADER.pack(0, 0, 1, 0, 0, 0.0)
    first = float(values[0])
    if first == values[-1] and (values == first).all():
        return None if first == 0 and np.signbit(values).any() else _constant(first, len(values))
    found = _integers(values)
    if found is None:
        return None
    exponent, integers = found
    deltas = integers[1:] - integers[:-1]
    low, high = (int(deltas.min()), int(deltas.max())) if len(deltas) else (0, 0)
    width = next(w for w in (1, 2, 4, 8) if -(1 << (8 * w - 1)) <= low and high < 1 << (8 * w - 1))
    return _HEADER.pack(0, exponent, width, 0, len(values), float(integers[0])) + _shuffle(deltas.astype(f"<i{width}"))


def _constant(value: float, count: int) -> bytes | None:
    """Encode a column of one value as `_decimal` does: counts of buckets nearly always are one."""
    exponent = next((k for k, power in enumerate(_TENS) if _fits(value, power)), None)
    if exponent is None:
        return None
    return _HEADER.pack(0, exponent, 1, 0, count, float(round(value * _TENS[exponent]))) + bytes(count - 1)


def _integers(values: Floats) -> tuple[int, NDArray[np.int64]] | None:
    """Return the least k for which every value is an integer over 10**k, with these integers; None when there is none."""
    for k in range(_least(values[:: max(1, len(values) // _PROBE)].tolist()), len(_TENS)):
        scaled = np.rint(values * _POWERS[k] if k else values)
        if ((scaled / _POWERS[k] if k else scaled) == values).all() and (np.abs(scaled) < _LIMIT).all():
            integers = scaled.astype(np.int64)
            has_zeros = np.count_nonzero(integers) < len(integers)
            return None if has_zeros and np.signbit(values[integers == 0]).any() else (k, integers)
    return None


def _least(some: list[float]) -> int:
    """Return below which k not all of some values are integers over 10**k, without the cost of an array."""
    # What fits any power fits the last one, if it is small enough for its integer to be exact there.
    if abs(some[0]) < _SMALL and not _fits(some[0], _TENS[-1]):
        return len(_TENS)
    least = 0
    for value in some:
        while least < len(_TENS) and not _fits(value, _TENS[least]):
            least += 1
    return least


def _fits(value: float, power: float) -> bool:
    """Return whether a value is exactly an integer over `power`, and that one small enough."""
    scaled = value * power
    return math.isfinite(scaled) and abs(whole := round(scaled)) < _LIMIT and whole / power == value


def _shuffle(values: NDArray[Any]) -> bytes:
    rows = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), values.itemsize)
    return bytes(rows.T.tobytes())
