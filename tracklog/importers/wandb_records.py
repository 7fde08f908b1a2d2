"""wandb's records by their bytes (wandb/proto/wandb_internal.proto): which kind they are, and the items they hold.

An item is `{1 key, 2 repeated nested_key, 16 value_json}`. A row of plain numbers is a list of items of one key each; these
are put together to one text of JSON, which is read at once.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from tracklog.importers.protobuf import Message, WireError, parse, varint

HISTORY, SUMMARY, OUTPUT, CONFIG, FILES, STATS, ARTIFACT = 2, 3, 4, 5, 6, 7, 8
ALERT, METRIC, OUTPUT_RAW, RUN, EXIT, PREEMPTING, ENVIRONMENT = 10, 12, 13, 17, 18, 23, 26
_KINDS = frozenset((
    HISTORY, SUMMARY, OUTPUT, CONFIG, FILES, STATS, ARTIFACT, ALERT, METRIC, OUTPUT_RAW, RUN, EXIT, PREEMPTING, ENVIRONMENT,
))  # fmt: skip
_ITEM = 0x0A
_VALUE = b"\x82\x01"
_LONG = 0x80
_BYTES = 2

_PLAIN = re.compile(rb"\x08[\x80-\xff]{0,9}[\x00-\x7f][\x12\x1a](?=.)", re.DOTALL).match
"""Its number, and the key of a row or a summary behind it."""

Path = tuple[str, ...]


def kind_of(record: bytes) -> tuple[int, bytes]:
    """Return which of the known kinds a record is, and its message; 0 for any other. Raises WireError."""
    plain = _PLAIN(record)
    if plain is not None:
        at = plain.end()
        size = record[at]
        if size < _LONG:
            return record[at - 1] >> 3, record[at + 1 : at + 1 + size]
        size, at = varint(record, at)
        return record[plain.end() - 1] >> 3, record[at : at + size]
    for number, values in parse(record).items():
        if number in _KINDS and isinstance(values[-1], bytes):
            return number, values[-1]
    return 0, b""


class Items:
    """Reads items; the text of a key is made once."""

    def __init__(self) -> None:
        self._begins: dict[bytes, bytes] = {}

    def row(self, message: bytes) -> dict[str, Any]:
        """Return what the items of a message (field 1) hold, nested keys as nested dicts. Raises WireError."""
        parts: list[bytes] = []
        rest: list[bytes] = []
        begins = self._begins
        at, end = 0, len(message)
        try:
            while at < end:
                size, behind = message[at + 1], at + 6 + message[at + 3]  # as of an item and its one key, both short
                begin = begins.get(message[at + 2 : behind])
                if begin is not None and size < _LONG and message[at] == _ITEM:
                    stop = at + 2 + size
                    if behind + 1 + message[behind] == stop <= end and message[behind] < _LONG:
                        parts.append(begin)
                        parts.append(message[behind + 1 : stop])
                        at = stop
                        continue
                at = self._slowly(message, at, parts, rest)
        except IndexError:
            while at < end:
                at = self._slowly(message, at, parts, rest)
        found = _loaded(parts)
        for item in rest:
            path, value = _item(Message(item))
            _put(found, path, value)
        return found

    def _slowly(self, message: bytes, at: int, parts: list[bytes], rest: list[bytes]) -> int:
        """Take one field of a row; return the position behind it. Raises WireError."""
        if message[at] != _ITEM:
            return _skip(message, at)
        size, body = varint(message, at + 1)
        stop = body + size
        if stop > len(message):
            raise WireError("ends within an item")
        item = Message(message[body:stop])
        path, text = _path(item), item.raw(16)
        if len(path) > 1 or item.fields.keys() - {1, 2, 16}:
            rest.append(message[body:stop])
            return stop
        begin = b"," + orjson.dumps(path[0]) + b":"
        head = message[body : body + size - len(text) - 1]
        if size < _LONG and len(text) < _LONG and head[2:-2] == path[0].encode() and head[-2:] == _VALUE:
            self._begins[head] = begin
        parts += [begin, text]
        return stop


def items(message: bytes, number: int = 1) -> list[tuple[Path, Any]]:
    """Return path and value of the repeated items of a message. Raises WireError."""
    return [_item(item) for item in Message(message).messages(number)]


def removed(message: bytes) -> list[Path]:
    """Return the paths that a summary or config takes away (field 2). Raises WireError."""
    return [_path(item) for item in Message(message).messages(2)]


def value_of(text: bytes) -> Any:
    """Return a value of JSON in which NaN and infinities may stand bare; what is none is a text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.decode("utf-8", "replace")


def _loaded(parts: list[bytes]) -> dict[str, Any]:
    """Return keys and values that stand in turns, each key with a comma before and a colon behind it."""
    if not parts:
        return {}
    try:
        found: dict[str, Any] = orjson.loads(b"{" + b"".join(parts)[1:] + b"}")
    except orjson.JSONDecodeError:
        found = {}
        for begin, text in zip(parts[::2], parts[1::2], strict=True):
            found[str(orjson.loads(begin[1:-1]))] = value_of(text)
    return found


def _item(item: Message) -> tuple[Path, Any]:
    return _path(item), value_of(item.raw(16))


def _path(item: Message) -> Path:
    return tuple(item.texts(2)) or (item.text(1),)


def _put(found: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        inner = found.get(part)
        if not isinstance(inner, dict):
            inner = found[part] = {}
        found = inner
    found[path[-1]] = value


def _skip(message: bytes, at: int) -> int:
    """Return the position behind a field that is no item."""
    key, at = varint(message, at)
    if key & 7 == _BYTES:
        size, at = varint(message, at)
        return at + size
    if key & 7 == 0:
        return varint(message, at)[1]
    return at + (8 if key & 7 == 1 else 4)
