"""The wire format of protocol buffers, read by field number.

A key is the varint ``field << 3 | wire``; wire 0 is a varint, 1 eight bytes, 2 a varint length and that many bytes, 5 four
bytes (https://protobuf.dev/programming-guides/encoding/). Absent fields mean 0, an empty text or False; unknown ones are
left alone.
"""

from __future__ import annotations

import struct
from typing import Any

_SIGN, _WRAP = 1 << 63, 1 << 64
_LONGEST_VARINT = 10
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_MOST_NESTED = 32


class WireError(ValueError):
    """Bytes that are no message."""


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the unsigned varint at a position, and the position behind it. Raises WireError."""
    result = shift = 0
    for n in range(at, min(at + _LONGEST_VARINT, len(data))):
        byte = data[n]
        result |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return result & (_WRAP - 1), n + 1
        shift += 7
    raise WireError("ends within a number")


def signed(value: int) -> int:
    """Return an unsigned varint as the int64 that it stands for: negative ones are two's complements of ten bytes."""
    return value - _WRAP if value >= _SIGN else value


def parse(data: bytes) -> dict[int, list[Any]]:
    """Return what a message holds by field number, in its order: integers of varints, else bytes. Raises WireError."""
    found: dict[int, list[Any]] = {}
    at, end = 0, len(data)
    while at < end:
        key = data[at]
        at += 1
        if key >= 0x80:  # noqa: PLR2004 - a field number beyond 15
            key, at = varint(data, at - 1)
        wire = key & 7
        if wire == _VARINT:
            value: Any
            value, at = varint(data, at)
        else:
            if wire == _BYTES:
                size, at = varint(data, at)
            elif wire in (_EIGHT, _FOUR):
                size = 8 if wire == _EIGHT else 4
            else:
                raise WireError(f"has a field of the unknown wire type {wire}")
            if at + size > end:
                raise WireError("ends within a field")
            value = data[at : at + size]
            at += size
        known = found.get(key >> 3)
        if known is None:
            found[key >> 3] = [value]
        else:
            known.append(value)
    return found


class Message:
    """A message; of a field that stands several times the last one counts, as it does for protobuf itself."""

    __slots__ = ("fields",)

    def __init__(self, data: bytes = b"") -> None:
        """Read a message. Raises WireError."""
        self.fields = parse(data)

    def __contains__(self, number: int) -> bool:
        return number in self.fields

    def raw(self, number: int) -> bytes:
        """Return a field of bytes; empty where it is absent or of another wire type."""
        value = self.fields.get(number, [b""])[-1]
        return value if isinstance(value, bytes) else b""

    def text(self, number: int) -> str:
        """Return a text; what is no UTF-8 is replaced."""
        return self.raw(number).decode("utf-8", "replace")

    def texts(self, number: int) -> list[str]:
        """Return a repeated text."""
        return [value.decode("utf-8", "replace") for value in self.raws(number)]

    def uint(self, number: int) -> int:
        """Return an unsigned integer, or the number of an enum."""
        value = self.fields.get(number, [0])[-1]
        return value if isinstance(value, int) else 0

    def integer(self, number: int) -> int:
        """Return an int32 or int64."""
        return signed(self.uint(number))

    def flag(self, number: int) -> bool:
        """Return a truth value."""
        return self.uint(number) != 0

    def double(self, number: int) -> float:
        """Return a double or, by its four bytes, a float; 0 where it is absent."""
        return _float(self.fields.get(number, [b""])[-1])

    def message(self, number: int) -> Message:
        """Return an inner message, an empty one where it is absent. Raises WireError."""
        return Message(self.raw(number))

    def messages(self, number: int) -> list[Message]:
        """Return a repeated message. Raises WireError."""
        return [Message(value) for value in self.raws(number)]

    def raws(self, number: int) -> list[bytes]:
        """Return a repeated field of bytes."""
        return [value for value in self.fields.get(number, ()) if isinstance(value, bytes)]

    def doubles(self, number: int) -> list[float]:
        """Return repeated doubles, packed or one by one."""
        return self._floats(number, "d", 8)

    def floats(self, number: int) -> list[float]:
        """Return repeated floats, packed or one by one."""
        return self._floats(number, "f", 4)

    def ints(self, number: int) -> list[int]:
        """Return repeated int32 or int64, packed or one by one. Raises WireError."""
        found = []
        for value in self.fields.get(number, ()):
            if isinstance(value, bytes):
                at = 0
                while at < len(value):
                    one, at = varint(value, at)
                    found.append(signed(one))
            else:
                found.append(signed(value))
        return found

    def mapping(self, number: int) -> dict[str, Message]:
        """Return a map from texts to messages. Raises WireError."""
        return {one.text(1): one.message(2) for one in self.messages(number)}

    def _floats(self, number: int, code: str, size: int) -> list[float]:
        found: list[float] = []
        for value in self.raws(number):
            whole = len(value) // size
            found += struct.unpack_from(f"<{whole}{code}", value)
        return found


def _float(value: Any) -> float:
    if not isinstance(value, bytes):
        return float(value)
    if len(value) == 8:  # noqa: PLR2004 - a double
        return float(struct.unpack("<d", value)[0])
    return float(struct.unpack("<f", value)[0]) if len(value) == 4 else 0.0  # noqa: PLR2004 - a float


def timestamp(message: Message) -> float:
    """Return a `google.protobuf.Timestamp` in unix seconds."""
    return message.integer(1) + message.integer(2) / 1e9


def value(message: Message, depth: int = 0) -> Any:
    """Return a `google.protobuf.Value` as Python has it. Raises WireError for one that is nested beyond 32 levels."""
    if depth > _MOST_NESTED:
        raise WireError(f"is nested beyond {_MOST_NESTED} levels")
    if 2 in message:  # noqa: PLR2004 - number_value, string_value, bool_value, struct_value, list_value
        return message.double(2)
    if 3 in message:  # noqa: PLR2004
        return message.text(3)
    if 4 in message:  # noqa: PLR2004
        return message.flag(4)
    if 5 in message:  # noqa: PLR2004
        return {key: value(one, depth + 1) for key, one in message.message(5).mapping(1).items()}
    if 6 in message:  # noqa: PLR2004
        return [value(one, depth + 1) for one in message.message(6).messages(1)]
    return None
