"""What an entry of a site says: the text in its packed bytes, and the bytes for another one."""

from __future__ import annotations

import re
import zlib

from site_builder.series import gzip

_STRINGS = re.compile(rb"[\x20-\x7e\t\r\n]{6,}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PROBE = 8192


def raw(data: bytes | str) -> bytes:
    """Return the bytes of an entry, unpacked."""
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else zlib.decompress(data, 31)


def is_numbers(data: bytes) -> bool:
    """Return whether unpacked bytes are columns of numbers (`series.pack`)."""
    return len(data) > 4 and data[0] > 0 and data[1] <= 2 and data[3] in (1, 2, 4, 8) and data[4] == 0  # noqa: PLR2004


def cells(data: bytes) -> int:
    """Return where the JSON text of a block of table cells ends (`kinds.table_blocks`), which begins at 4; 0 for others."""
    end = 4 + int.from_bytes(data[:4], "little")
    return end if data[4:5] == b"[" and end <= len(data) and data[end - 1 : end] == b"]" else 0


def is_binary(data: bytes) -> bool:
    """Return whether a file is no text."""
    return b"\0" in data[:_PROBE] and data[:2] not in _UTF16


def text(data: bytes) -> str:
    """Return the text of a file; of one that is none, what can be read in it, a line each."""
    if data[:2] in _UTF16:
        return data.decode("utf-16", "replace")
    if is_binary(data):
        return b"\n".join(_STRINGS.findall(data)).decode("ascii")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def with_cells(data: bytes, end: int, cells: bytes) -> bytes:
    """Return a block of table cells with another JSON text."""
    return len(cells).to_bytes(4, "little") + cells + data[end:]


def pack(data: bytes) -> bytes:
    """Return the bytes of an entry."""
    return gzip(data)
