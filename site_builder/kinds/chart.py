"""Custom charts: the rows of a table, the columns that a preset asks for, and the preset where it is a user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from site_builder.items import ChartData, ChartItem, MediaValue
from site_builder.kinds import listed
from tracklog.store import layout

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "chart"
TYPES = layout.CHARTS
ASSETS = ("chart", "vega")
LARGEST = 50_000_000
"""Bytes of a table that is drawn."""
MOST = 50_000
"""Rows that are drawn; a chart of more is no longer read."""


def load(value: Any, door: Door) -> MediaValue:
    """Return the charts of a record."""
    return listed.load(value, lambda record: _item(record, door), ChartItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(ChartItem)


def _item(record: Any, door: Door) -> ChartItem:
    columns, rows = _table(record["table"]["path"], door)
    spec, refused = _preset(record.get("preset"), door)
    note = f"the first {MOST:,} of {len(rows):,} rows are drawn" if len(rows) > MOST else ""
    data = ChartData(
        columns=columns,
        rows=tuple(tuple(map(_cell, row)) for row in rows[:MOST]),
        fields=_texts(record.get("fields")),
        strings=_texts(record.get("string_fields")),
        spec=spec,
        refused=refused,
        note=note,
    )
    text = orjson.dumps(data)
    return ChartItem(preset=str(record["spec_name"]), payload=door.payload(text), bytes=len(text))


def _table(path: str, door: Door) -> tuple[tuple[str, ...], list[list[Any]]]:
    try:
        table = orjson.loads(door.read(path, LARGEST))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    columns, rows = table["columns"], table["data"]
    return tuple(str(column) for column in columns), [row for row in rows if isinstance(row, list)]


def _preset(file: Any, door: Door) -> tuple[Any, str]:
    """Return a user's preset and what is wrong with it."""
    if not isinstance(file, dict):
        return None, ""
    try:
        spec = orjson.loads(door.read(file["path"], LARGEST))
    except orjson.JSONDecodeError as error:
        return None, f"its preset is no JSON: {error}"
    except (ValueError, KeyError) as error:
        return None, f"its preset is missing: {error}"
    return (spec, "") if isinstance(spec, dict) else (None, "its preset is no JSON object")


def _cell(value: Any) -> Any:
    """Return a cell as charts can draw it: media and nested values are nothing to draw."""
    if isinstance(value, dict):
        return value.get("value") if value.get("_type") == "string" else None
    return None if isinstance(value, list) or value in ("NaN", "Infinity", "-Infinity") else value


def _texts(mapping: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(mapping, dict):
        return ()
    return tuple((str(name), text) for name, text in mapping.items() if isinstance(text, str))
