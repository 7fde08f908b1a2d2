"""Tables: columns with a type each, their cells in blocks; what of a damaged one is whole is shown."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from site_builder.items import MediaValue, TableColumn, TableItem
from site_builder.kinds import drawn, listed
from site_builder.kinds.loader import damage
from site_builder.kinds.table_blocks import Cells, blocks
from site_builder.values import exact
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "table"
TYPES = layout.TABLES
ASSETS = ("table",)
LARGEST = 500_000_000
"""Bytes of a file that is read."""
ROWS = 200_000
COLUMNS = 2_000
_EXACT = 2**53
_INTEGER = re.compile(r"-?\d{16,}")


def load(value: Any, door: Door) -> MediaValue:
    """Return the tables of a record."""
    return listed.load(value, lambda record: _item(record, door), TableItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(TableItem)


def _item(record: Any, door: Door) -> TableItem:
    data = door.read(record["path"], LARGEST)
    content, notes = _content(data)
    cut = bool(notes)
    names, types, columns, rows = _columns(content, notes)
    declared = record.get("nrows")
    if isinstance(declared, int) and declared > rows and not notes:
        notes.append(f"{rows:,} of {declared:,} rows are in its file")
    cells = [_cells(name, kind, column, door) for name, kind, column in zip(names, types, columns, strict=True)]
    damaged = [text for one in cells if one.numbers is None for text in _damage(one.values)]
    if damaged:
        cut = True
        more = f" and {len(damaged) - 1:,} more" if len(damaged) > 1 else ""
        notes.append(f"in a cell, {damaged[0]}{more}")
    payloads = tuple(door.payload(block) for block in blocks(cells, rows))
    increment = record.get("increment", -1)
    return TableItem(
        rows=rows,
        columns=tuple(one.column for one in cells),
        blocks=payloads,
        bytes=len(data),
        note="; ".join(notes),
        cut=cut,
        increment=increment if isinstance(increment, int) else -1,
        caption=listed.caption(record),
    )


def _content(data: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return what a file holds, and what is wrong with it. Raises ValueError when that is everything."""
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        content = _whole_rows(data.decode("utf-8", "replace"))
        if content is None:
            raise ValueError("the file of this table is damaged") from error
        return content, [f"the file is cut off: {len(content['data']):,} whole rows were read"]
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        raise ValueError("the file of this table holds no rows")  # noqa: TRY004 - a sentence for people
    return content, []


def _whole_rows(text: str) -> dict[str, Any] | None:
    """Return columns and rows up to where a file is damaged; None when there are none."""
    decoder = json.JSONDecoder()
    start = text.find('"data":')
    if start < 0:
        return None
    try:
        head: dict[str, Any] = orjson.loads(text[:start].rstrip().rstrip(",") + "}")
    except orjson.JSONDecodeError:
        return None
    rows: list[Any] = []
    at = text.find("[", start) + 1
    while at > 0:
        try:
            row, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        rows.append(row)
        at = at + 1 if text[at : at + 1] == "," else 0
    return head | {"data": rows}


def _columns(content: dict[str, Any], notes: list[str]) -> tuple[list[str], list[str], list[Sequence[Any]], int]:
    """Return names and declared types of columns, their cells, and the number of rows; adds to `notes`."""
    rows, names = content["data"], content.get("columns")
    names = [str(name) for name in names] if isinstance(names, list) else []
    if len(rows) > ROWS:
        notes.append(f"the first {ROWS:,} of {len(rows):,} rows are shown")
        rows = rows[:ROWS]
    kept = rows if all(map(list.__instancecheck__, rows)) else [row for row in rows if isinstance(row, list)]
    if len(kept) < len(rows):
        notes.append(f"{len(rows) - len(kept):,} of {len(rows):,} rows are no lists of cells and left out")
    widths = set(map(len, kept))
    width = min(max(widths | {len(names)}), COLUMNS)
    if widths - {len(names)}:
        ragged = sum(len(row) != len(names) for row in kept)
        notes.append(f"{ragged:,} of {len(kept):,} rows have another number of cells than the {len(names)} columns")
        kept = [(row + [None] * (width - len(row)))[:width] for row in kept]
    if max(widths | {len(names)}) > COLUMNS:
        notes.append(f"the first {COLUMNS:,} of {max(widths | {len(names)}):,} columns are shown")
    names = names[:width] + [f"column {n + 1}" for n in range(len(names), width)]
    types = content.get("types")
    types = [str(kind) for kind in types][:width] if isinstance(types, list) else []
    columns: list[Sequence[Any]] = list(zip(*kept, strict=True)) if kept else [()] * width
    return names, types + [""] * (width - len(types)), columns[:width], len(kept)


def _cells(name: str, declared: str, column: Sequence[Any], door: Door) -> Cells:
    """Return a column by what its cells are, whatever was declared."""
    found = set(map(type, column)) - {type(None)}
    if not found:
        return _values(name, _MISSING.get(declared, "string"), column)
    if found == {bool}:
        return _numbers(name, "bool", column, float)
    if found <= {int, float, str} and (found <= {int, float} or _spelled(column)):
        return _numbers(name, "number", column, _number)
    if found <= {str, dict} and all(cell is None or isinstance(_plain(cell), str) for cell in column):
        texts = [_plain(cell) for cell in column]
        return (_dates(name, texts) if declared == "timestamp" else None) or _values(name, "string", texts)
    if found == {dict}:
        kind, *others = {drawn.kind_of(cell) for cell in column if cell is not None}
        if kind and not others:
            return _media(name, kind, column, door)
    return _values(name, "mixed", [_mixed(cell, door) for cell in column])


_MISSING = {"number": "number", "boolean": "bool", "timestamp": "date"}


def _plain(cell: Any) -> Any:
    """Return a text that was wrapped, since it looks like the name of a number."""
    if isinstance(cell, dict) and cell.get("_type") == "string" and isinstance(cell.get("value"), str):
        return cell["value"]
    return cell


def _spelled(column: Sequence[Any]) -> bool:
    """Tell whether all texts of a column are names of numbers, or integers that JSON has no room for."""
    found = {cell for cell in column if cell.__class__ is str}
    some = any(cell.__class__ in (int, float) for cell in column)
    names = found & layout.NON_FINITE.keys()
    return (some or bool(names)) and all(text in names or _INTEGER.fullmatch(text) for text in found)


def _number(cell: Any) -> float:
    return layout.NON_FINITE[cell] if cell in layout.NON_FINITE else float(cell)


def _numbers(name: str, kind: str, column: Sequence[Any], convert: Callable[[Any], float]) -> Cells:
    null = [n for n, cell in enumerate(column) if cell is None] if None in column else []
    try:
        plain = np.array(column) if not null else np.zeros(0, object)
    except (ValueError, OverflowError):
        plain = np.zeros(0, object)
    numbers = (
        plain.astype(np.float64)
        if plain.dtype.kind in "biuf"
        else np.array([np.nan if cell is None else convert(cell) for cell in column], np.float64)
    )
    wide: tuple[tuple[int, str], ...] = ()
    if kind == "number" and (np.abs(numbers) >= _EXACT).any():
        large = np.flatnonzero(np.abs(numbers) >= _EXACT).tolist()
        wide = tuple(
            (n, str(column[n]))
            for n in large
            if not isinstance(column[n], float) and column[n] not in layout.NON_FINITE
        )
    return Cells(TableColumn(name, kind), numbers, (), np.array(null, np.int64), wide)


def _values(name: str, kind: str, values: Sequence[Any]) -> Cells:
    if kind in {"number", "bool", "date"}:
        empty = np.full(len(values), np.nan)
        return Cells(TableColumn(name, kind), empty, (), np.arange(len(values)))
    return Cells(TableColumn(name, kind), None, values, np.zeros(0, np.int64))


def _dates(name: str, texts: Sequence[str | None]) -> Cells | None:
    """Return a column of dates; None when one of them is no date."""
    null = np.array([n for n, text in enumerate(texts) if text is None], np.int64)
    try:
        moments = [None if text is None else _moment(text) for text in texts]
    except ValueError:
        return None
    numbers = np.array([np.nan if moment is None else moment[0] for moment in moments], np.float64)
    zone = any(moment is not None and moment[1] for moment in moments)
    return Cells(TableColumn(name, "date", zone=zone), numbers, (), null)


def _moment(text: str) -> tuple[float, bool]:
    """Return milliseconds since 1970, and whether a time zone was given. Raises ValueError."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return float(np.datetime64(text, "us").astype(np.int64)) / 1000, False
    zone = found.tzinfo is not None
    since = (found if zone else found.replace(tzinfo=dt.timezone.utc)) - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    return since / dt.timedelta(milliseconds=1), zone


def _media(name: str, kind: Kind, column: Sequence[Any], door: Door) -> Cells:
    """Return a column of media."""
    cells = [None if cell is None else drawn.items(cell, door) for cell in column]
    return _values(name, f"media:{kind}", cells)


def _damage(values: Sequence[Any]) -> list[str]:
    """Return what of the media in a column of cells is damaged or missing."""
    lists = (cell.get("items") if isinstance(cell, dict) else cell for cell in values if isinstance(cell, tuple | dict))
    return [text for items in lists if isinstance(items, tuple) for text in damage(MediaValue(items))]


def _mixed(cell: Any, door: Door) -> Any:
    """Return any cell; media among others as ``{"kind", "items"}``."""
    kind = drawn.kind_of(cell) if isinstance(cell, dict) else None
    return {"_type": "media", "kind": kind, "items": drawn.items(cell, door)} if kind else exact(cell)
