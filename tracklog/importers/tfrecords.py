"""The framing of TensorBoard's event files: length, its checksum, the record, its checksum.

A record of n bytes is a little-endian u64 n, the masked CRC-32C of those 8 bytes, the n bytes and their masked CRC-32C
(tensorflow/core/lib/io/record_writer.h). CRC-32C: reflected polynomial 0x82F63B78, start and final XOR 0xFFFFFFFF; masked
``(crc >> 15 | crc << 17) + 0xa282ead8``. Checksums of many records are computed at once, byte position by byte position.
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HEAD, FOOT = 12, 4
_POLYNOMIAL, _ALL, _DELTA = 0x82F63B78, 0xFFFFFFFF, 0xA282EAD8
_CHUNK = 1 << 24
_LONGEST = 1 << 31
"""Bytes of a record, at most: longer ones are not written by anybody."""
_PIECE = 256
_FEW = 24
"""Records of one length, below which they are computed together with those of other lengths."""
_ALIKE_IN_A_ROW, _LOOKED_AT = 8, 8192
_ALIKE = 512
"""Bytes of records that are looked at by their length."""


@dataclass(slots=True)
class Batch:
    """Whole records of one piece of a file."""

    data: bytes
    base: int
    """Where the piece begins in the file."""
    starts: NDArray[Any]
    """Where each record begins in `data`, int64 (k,)."""
    sizes: NDArray[Any]
    """Bytes of each record, int64 (k,)."""


@dataclass(slots=True)
class Reading:
    """Reads the records of a file from an offset on, and knows afterwards how far it came and what was damaged."""

    file: BinaryIO
    offset: int
    damage: list[tuple[int, str]] = field(default_factory=list)
    """Offset and reason of each damaged place."""

    def batches(self) -> Iterator[Batch]:
        """Yield whole records with right checksums; what is not whole at the end is left for another time."""
        self.file.seek(self.offset)
        held, room, lost = b"", _CHUNK, False
        while piece := self.file.read(room):
            data, base = held + piece, self.offset
            if lost:
                skipped = _next_head(data, 0)
                lost = skipped is None
                cut = max(0, len(data) - HEAD + 1) if skipped is None else skipped
                held, self.offset = data[cut:], base + cut
                if lost or not held:
                    continue
                data, base = held, self.offset
            starts, sizes, end, lost = self._framed(data, base)
            self.offset = base + end
            held = data[end:]
            room = _CHUNK if end or lost else max(_CHUNK, len(data))
            if len(starts):
                yield from self._checked(Batch(data, base, starts, sizes))

    def _framed(self, data: bytes, base: int) -> tuple[NDArray[Any], NDArray[Any], int, bool]:
        """Return starts and sizes of whole records, the end of the last, and whether the way to the next is lost."""
        import numpy as np

        found: list[int] = []
        at, lost = 0, False
        while True:
            at = _hop(data, at, found)
            starts = np.array(found, dtype=np.int64)
            bad = _first_bad_head(data, starts)
            if bad is not None:
                at = found[bad]
                del found[bad:]
            elif len(data) - at < HEAD or _head_is_whole(data, at):
                break
            self.damage.append((base + at, "the checksum of a record's length is wrong"))
            following = _next_head(data, at + 1)
            if following is None:
                at, lost = max(at, len(data) - HEAD + 1), True
                break
            at = following
        starts = np.array(found, dtype=np.int64)
        heads = _heads(data, starts)
        return starts + HEAD, heads["size"].astype(np.int64), at, lost

    def _checked(self, batch: Batch) -> Iterator[Batch]:
        """Yield the records whose own checksum is right, and note the others."""
        import numpy as np

        right = checksums(batch) == stored(batch)
        if not right.all():
            for n in np.flatnonzero(~right).tolist():
                self.damage.append((batch.base + int(batch.starts[n]) - HEAD, "the checksum of a record is wrong"))
            batch = Batch(batch.data, batch.base, batch.starts[right], batch.sizes[right])
        if len(batch.starts):
            yield batch


def _hop(data: bytes, at: int, found: list[int]) -> int:
    """Note where records begin, from one length to the next; return where the last whole one ends."""
    length = struct.Struct("<Q").unpack_from
    whole, last, add = len(data), len(data) - HEAD, found.append
    before, alike = -1, 0
    while at <= last:
        size = length(data, at)[0]
        end = at + size + HEAD + FOOT
        if end > whole:
            break
        add(at)
        at = end
        if size != before:
            before, alike = size, 0
            continue
        alike += 1
        if alike == _ALIKE_IN_A_ROW:
            count, alike = _further(data, at, size), 0
            found.extend(range(at, at + count * (size + HEAD + FOOT), size + HEAD + FOOT))
            at += count * (size + HEAD + FOOT)
    return at


def _further(data: bytes, at: int, size: int) -> int:
    """Return how many whole records of a size, of a few thousand that are looked at, follow each other from a place on."""
    import numpy as np

    stride = size + HEAD + FOOT
    count = min((len(data) - at) // stride, _LOOKED_AT)
    if not count:
        return 0
    others = np.flatnonzero(np.ndarray((count,), "<u8", data, at, (stride,)) != size)
    return int(others[0]) if len(others) else count


def _heads(data: bytes, starts: NDArray[Any]) -> NDArray[Any]:
    """Return size and checksum of records' heads."""
    import numpy as np

    kind = np.dtype([("size", "<u8"), ("crc", "<u4")])
    raw = np.frombuffer(data, np.uint8)
    return raw[starts[:, None] + np.arange(HEAD)].view(kind).reshape(-1)


def _first_bad_head(data: bytes, starts: NDArray[Any]) -> int | None:
    import numpy as np

    if not len(starts):
        return None
    heads = _heads(data, starts)
    sizes, which = np.unique(heads["size"], return_inverse=True)
    right = np.array([masked(struct.pack("<Q", size)) for size in sizes.tolist()], np.uint32)
    bad = np.flatnonzero(right[which] != heads["crc"])
    return int(bad[0]) if len(bad) else None


def _head_is_whole(data: bytes, at: int) -> bool:
    """Return whether a head has its right checksum, so that its record is only not there yet."""
    size, crc = struct.unpack_from("<QI", data, at)
    return bool(size <= _LONGEST and masked(data[at : at + 8]) == crc)


def _next_head(data: bytes, at: int) -> int | None:
    """Return where the next head with a right checksum begins."""
    import numpy as np

    raw = np.frombuffer(data, np.uint8)[at:]
    if len(raw) < HEAD:
        return None
    count = len(raw) - HEAD + 1
    # The upper four bytes of a length are zeros in all files that there are.
    zeros = (raw[4 : 4 + count] | raw[5 : 5 + count] | raw[6 : 6 + count] | raw[7 : 7 + count]) == 0
    places: list[int] = np.flatnonzero(zeros).tolist()
    for place in places:
        if _head_is_whole(data, at + place):
            return at + place
    return None


# -- CRC-32C


@functools.cache
def _tables() -> tuple[NDArray[Any], NDArray[Any], list[list[int]]]:
    """Return the steps of one byte, of two bytes, and, by byte of the register, of `_PIECE` zero bytes."""
    import numpy as np

    one = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        one = np.where(one & 1, (one >> 1) ^ np.uint32(_POLYNOMIAL), one >> 1).astype(np.uint32)
    two = np.arange(65536, dtype=np.uint32)
    for _ in range(2):
        two = one[two & 0xFF] ^ (two >> 8)
    far = np.concatenate([np.arange(256, dtype=np.uint32) << shift for shift in (0, 8, 16, 24)])
    for _ in range(_PIECE // 2):
        far = two[far & 0xFFFF] ^ (far >> 16)
    return one, two, far.reshape(4, 256).tolist()


def masked(data: bytes) -> int:
    """Return the masked CRC-32C of a few bytes."""
    table, crc = _byte_table(), _ALL
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return _mask(crc ^ _ALL)


@functools.cache
def _byte_table() -> list[int]:
    found: list[int] = _tables()[0].tolist()
    return found


def _mask(crc: int) -> int:
    return (((crc >> 15) | (crc << 17)) + _DELTA) & _ALL


def stored(batch: Batch) -> NDArray[Any]:
    """Return the checksums that stand behind records, uint32 (k,)."""
    import numpy as np

    raw = np.frombuffer(batch.data, np.uint8)
    ends = batch.starts + batch.sizes
    found: NDArray[Any] = raw[ends[:, None] + np.arange(FOOT)].view("<u4").reshape(-1)
    return found


def checksums(batch: Batch) -> NDArray[Any]:
    """Return the masked CRC-32C of records, uint32 (k,)."""
    import numpy as np

    result = np.zeros(len(batch.starts), np.uint32)
    raw = np.frombuffer(batch.data, np.uint8)
    rest = []
    for size, places in by_size(batch):
        if len(places) < _FEW or size > _ALIKE:
            rest.append(places)
        else:
            result[places] = _of_one_size(raw, batch.starts[places], size)
    if rest:
        places = np.sort(np.concatenate(rest))
        records = [
            batch.data[start : start + size]
            for start, size in zip(batch.starts[places].tolist(), batch.sizes[places].tolist(), strict=True)
        ]
        result[places] = _of_any_size(records)
    found = result ^ np.uint32(_ALL)
    turned: NDArray[Any] = (found >> np.uint32(15)) | (found << np.uint32(17))
    turned += np.uint32(_DELTA)  # which wraps around, as the mask has it
    return turned


def by_size(batch: Batch) -> list[tuple[int, NDArray[Any]]]:
    """Return the sizes of a batch, each with the places of its records, in their order."""
    import numpy as np

    order = np.argsort(batch.sizes, kind="stable")
    sizes, firsts = np.unique(batch.sizes[order], return_index=True)
    return list(zip(sizes.tolist(), np.split(order, firsts[1:]), strict=True))


def _of_one_size(raw: NDArray[Any], starts: NDArray[Any], size: int) -> NDArray[Any]:
    """Return the register after records of one size, two bytes at a time."""
    import numpy as np

    one, two, _ = _tables()
    crc = np.full(len(starts), _ALL, np.uint32)
    for at in range(0, size - 1, 2):
        pair = raw[starts + at].astype(np.uint32) | raw[starts + (at + 1)].astype(np.uint32) << np.uint32(8)
        crc = two[(crc ^ pair) & np.uint32(0xFFFF)] ^ (crc >> np.uint32(16))
    if size % 2:
        crc = one[(crc ^ raw[starts + (size - 1)]) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
    return crc


def _of_any_size(records: list[bytes]) -> list[int]:
    """Return the register after each record.

    A register that begins with zeros ignores leading zeros, and its begin with ones is that of a record whose first four
    bytes are turned: so records become pieces of equal length, which are computed together and joined one by one.
    """
    import numpy as np

    _, two, far = _tables()
    short = {n: _plain(record) for n, record in enumerate(records) if len(record) < FOOT}
    counts = [-(-len(record) // _PIECE) if n not in short else 0 for n, record in enumerate(records)]
    padded = b"".join(
        bytes(count * _PIECE - len(record)) + bytes(byte ^ 0xFF for byte in record[:4]) + record[4:]
        for record, count in zip(records, counts, strict=True)
        if count
    )
    pairs = np.ascontiguousarray(np.frombuffer(padded, "<u2").reshape(-1, _PIECE // 2).T)
    crc = np.zeros(pairs.shape[1], np.uint32)
    for pair in pairs:
        crc = two[(crc ^ pair) & np.uint32(0xFFFF)] ^ (crc >> np.uint32(16))
    pieces = iter(crc.tolist())
    a, b, c, d = far
    result = []
    for n, count in enumerate(counts):
        total = short.get(n, 0)
        for _ in range(count):
            total = a[total & 255] ^ b[total >> 8 & 255] ^ c[total >> 16 & 255] ^ d[total >> 24] ^ next(pieces)
        result.append(total)
    return result


def _plain(data: bytes) -> int:
    table, crc = _byte_table(), _ALL
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc
