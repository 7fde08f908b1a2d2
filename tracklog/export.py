"""The folded rows of runs as CSV or JSON Lines, for `tracklog history`."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import UsageError, visible
from tracklog.store import encoding, fold, layout, reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Row = dict[str, Any]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
"""What a spreadsheet takes for a number, not for a formula."""


def history(folders: list[Path], keys: tuple[str, ...], form: str) -> Iterator[str]:
    """Yield the rows of runs as text, `form` being ``csv`` or ``jsonl``; of several runs each row names its own.

    Columns are called as they were logged, nested keys joined by dots; two that would read alike keep their escapes.
    Raises UsageError when no row has any of `keys`.
    """
    rows = [row for folder in folders for row in _rows(folder, named=len(folders) > 1)]
    if keys:
        rows = _chosen(rows, keys, " and ".join(folder.name for folder in folders[:3]))
    if form == "jsonl":
        yield from (orjson.dumps(row).decode() + "\n" for row in rows)
        return
    yield from _csv(rows)


def _rows(folder: Path, *, named: bool) -> list[Row]:
    log = reader.read_run(folder)
    found = fold.sessions(log)
    tracks = [track for track in fold.history(log, found).tracks if not track.hidden]
    run = {"_run": fold.environment(log, found).get("id") or folder.name} if named else {}
    return [
        run | fold.flatten(row) | ({"_rank": track.label} if track.label else {})
        for track in tracks
        for row in track.rows
    ]


def _chosen(rows: list[Row], keys: tuple[str, ...], runs: str) -> list[Row]:
    known = dict.fromkeys(key for row in rows for key in row if not key.startswith("_"))
    wanted = {key for key in known if key in keys or layout.plain_path(key) in keys}
    if not wanted:
        names = ", ".join(visible(layout.plain_path(key)) for key in known)
        msg = f"no row of {visible(runs)} has {' or '.join(keys)}; it has {names or 'none at all'}"
        raise UsageError(msg)
    return [{k: v for k, v in row.items() if k.startswith("_") or k in wanted} for row in rows if wanted & row.keys()]


def _csv(rows: list[Row]) -> Iterator[str]:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    plain = [layout.plain_path(key) for key in columns]
    names = [name if plain.count(name) == 1 else key for key, name in zip(columns, plain, strict=True)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_guarded(name) for name in names])
    for row in rows:
        writer.writerow([_cell(row[key]) if key in row else "" for key in columns])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cell(value: Any) -> Any:
    """Return a flat cell that no spreadsheet takes for a formula: of media the path, of lists their JSON."""
    if layout.is_record(value):
        # A text that reads "NaN" was guarded: a table has no other way to say it.
        value = value.get("value") if value["_type"] == "string" else value.get("path", value)
    if isinstance(value, dict | list):
        return encoding.written(encoding.decoded(value))
    if value is None:
        return "null"  # unlike a cell that the row does not have
    return _guarded(value) if isinstance(value, str) and value not in layout.NON_FINITE else value


def _guarded(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" and text and not _NUMBER.fullmatch(text) else text
