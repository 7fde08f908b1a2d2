"""The log framing of LevelDB, as wandb and SwanLab have it.

After a header of 7 bytes come blocks of 32,768 bytes, counted from the start of the file. A chunk is `<IHB`, a CRC-32, a length
and a type, and its data; types are FULL 1, FIRST 2, MIDDLE 3, LAST 4. Fewer than 7 bytes at the end of a block are zeros. The
CRC is zlib's, over the type's byte and the data: neither CRC-32C nor masked, as LevelDB's own is.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = 7
BLOCK = 32768
_HEAD = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_SEEDS = [zlib.crc32(bytes([kind])) for kind in range(5)]
_PIECE = 512 * BLOCK


@dataclass(slots=True)
class Log:
    """Reads the records of a file from an offset on, and knows afterwards how far it came and what was damaged."""

    file: BinaryIO
    offset: int = HEADER
    """Where the next record begins; behind `records`, where what is not whole yet begins."""
    damage: list[str] = field(default_factory=list)
    _held: list[bytes] = field(default_factory=list)
    """The chunks of a record that goes on."""
    _begun: int = 0

    def records(self) -> Iterator[bytes]:
        """Yield whole records; what is not whole at the end is left for another time. Raises OSError."""
        at = self.offset
        while True:
            base = at - at % BLOCK
            self.file.seek(base)
            data = self.file.read(_PIECE)
            is_last = len(data) < _PIECE
            yield from self._piece(data, at - base, base)
            if is_last:
                break
            at = base + len(data)
        if self._held:
            self.offset = self._begun

    def _piece(self, data: bytes, at: int, base: int) -> Iterator[bytes]:
        """Yield the records of some blocks; the last of them may be cut."""
        unpack, crc32, seeds, size = _HEAD.unpack_from, zlib.crc32, _SEEDS, len(data)
        while True:
            left = BLOCK - at % BLOCK
            if left < HEADER:
                at += left
                left = BLOCK
            if at + HEADER > size:
                break
            checksum, length, kind = unpack(data, at)
            end = at + HEADER + length
            if 0 < kind <= _LAST and length <= left - HEADER:
                if end > size:
                    break
                chunk = data[at + HEADER : end]
                if crc32(chunk, seeds[kind]) == checksum:
                    record = chunk if kind == _FULL and not self._held else self._joined(kind, chunk, base + at)
                    if record is not None:
                        yield record
                        self.offset = base + end
                    at = end
                    continue
            if not data[at:].strip(b"\0"):  # as after a power loss: it ends here
                break
            self.damage.append(f"at byte {base + at:,} a record is damaged")
            self._held.clear()
            at = self._next(data, at, end)
            self.offset = base + min(at, size)

    def _next(self, data: bytes, at: int, end: int) -> int:
        """Return where to go on behind a damaged chunk: behind it, if another stands there, else with the next block."""
        if end + HEADER <= len(data) and end % BLOCK and end // BLOCK == at // BLOCK:
            checksum, length, kind = _HEAD.unpack_from(data, end)
            chunk = data[end + HEADER : end + HEADER + length]
            if 0 < kind <= _LAST and len(chunk) == length and zlib.crc32(chunk, _SEEDS[kind]) == checksum:
                return end
        return at - at % BLOCK + BLOCK

    def _joined(self, kind: int, chunk: bytes, start: int) -> bytes | None:
        """Return a record whose last chunk has come; None while more is to come."""
        if kind in (_FULL, _FIRST):
            if self._held:
                self.damage.append(f"at byte {self._begun:,} a record has no end")
                self._held.clear()
            if kind == _FULL:
                return chunk
            self._held.append(chunk)
            self._begun = start
        elif not self._held:
            self.damage.append(f"at byte {start:,} a part of a record stands without its beginning")
        else:
            self._held.append(chunk)
            if kind == _LAST:
                record = b"".join(self._held)
                self._held.clear()
                return record
        return None
