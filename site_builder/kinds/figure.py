"""Figures that are JSON: read, checked to be an object, handed on as a payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from site_builder.items import FigureItem, MediaValue
from site_builder.kinds import listed

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door

LARGEST = 50_000_000
"""Bytes of a figure that is shown."""


def load(value: Any, door: Door, needs: str = "") -> MediaValue:
    """Return the figures of a record; `needs` is a key that each of them has."""
    return listed.load(value, lambda record: _item(record, door, needs), FigureItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(FigureItem)


def _item(record: Any, door: Door, needs: str) -> FigureItem:
    path = record["path"]
    data = door.read(path, LARGEST)
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if not isinstance(parsed, dict) or (needs and needs not in parsed):
        raise ValueError(f"{path} is no figure: {'it has no ' + needs if isinstance(parsed, dict) else 'no object'}")
    return FigureItem(payload=door.payload(data), bytes=len(data), caption=listed.caption(record))
