"""The rows of a recorded run, flat, as they were logged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tracklog.store import encoding, fold, layout, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Row = dict[str, Any]


def logged(folder: Path) -> Iterator[Row]:
    """Yield all rows in the order of their steps, nested keys joined by dots.

    Rows of several processes side by side say whose they are in ``_rank``. Two keys that would read alike keep the
    escapes of their own dots. Raises FormatError for a newer format.
    """
    log = reader.read_run(folder)
    tracks = [track for track in fold.history(log, fold.sessions(log)).tracks if not track.hidden]
    rows = [(row, {"_rank": track.label} if track.label else {}) for track in tracks for row in track.rows]
    rows.sort(key=lambda item: item[0][layout.STEP])
    plain = _plain_names(row for row, _ in rows)
    for row, rank in rows:
        flat = fold.flatten(row)
        yield {plain.get(key, key): encoding.as_logged(value) for key, value in flat.items()} | rank


def _plain_names(rows: Iterator[Row]) -> dict[str, str]:
    """Return how keys that hold escapes read without them, where no other key reads the same."""
    keys = {key for row in rows for key in fold.flatten(row)}
    plain = [layout.plain_path(key) for key in keys]
    return {key: name for key, name in zip(keys, plain, strict=True) if name != key and plain.count(name) == 1}


def system(folder: Path) -> list[Row]:
    """Return the rows of system metrics, each key after ``system.``, in the order of their sessions."""
    log = reader.read_run(folder)
    rows = (row for session in fold.sessions(log) for row in log.writers[session.writer].system)
    return [{key if key in layout.CLOCKS else f"system.{key}": value for key, value in row.items()} for row in rows]


def having(rows: Iterator[Row], keys: Sequence[str]) -> Iterator[Row]:
    """Yield of the rows that have all keys these keys, in their order; all rows when no keys are given."""
    for row in rows:
        if not keys:
            yield row
        elif all(key in row for key in keys):
            yield {key: row[key] for key in keys}


def sampled(rows: list[Row], count: int) -> list[Row]:
    """Return up to `count` rows, evenly spread, the first and the last among them; the same each time."""
    if len(rows) <= count:
        return rows
    if count == 1:
        return rows[-1:]
    return [rows[n * (len(rows) - 1) // (count - 1)] for n in range(count)]


def keys(folder: Path) -> dict[str, Any]:
    """Return for each key of the rows how many values of which type there are, in wandb's form."""
    counts: dict[str, dict[str, int]] = {}
    last: dict[str, Any] = {}
    rising: dict[str, bool] = {}
    step = -1
    for row in logged(folder):
        step = row[layout.STEP]
        for key, value in row.items():
            kind = _type(value)
            counts.setdefault(key, {}).setdefault(kind, 0)
            counts[key][kind] += 1
            rising[key] = kind == "number" and rising.get(key, True) and not value < last.get(key, value)
            last[key] = value
    found = {
        key: {
            "typeCounts": [{"type": kind, "count": count} for kind, count in kinds.items()],
            "monotonic": rising[key],
            "previousValue": last[key],
        }
        for key, kinds in counts.items()
    }
    return {"lastStep": step, "keys": found, "sets": []}


def _type(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("_type", "map"))
    known: tuple[tuple[type, str], ...] = ((bool, "bool"), (int, "number"), (float, "number"), (str, "string"))
    return next((name for kind, name in known if isinstance(value, kind)), "nil" if value is None else "list")


def frame(rows: list[Row], *, pandas: bool, missing: Callable[[], None]) -> Any:
    """Return rows as a DataFrame, or as they are: where pandas is not wanted, or (`missing` is called) not there."""
    if not pandas:
        return rows
    try:
        from pandas import DataFrame
    except ImportError:
        missing()
        return rows
    return DataFrame.from_records(rows)


def wait(is_running: Callable[[], bool], pause: float = 1.0) -> None:
    """Return once `is_running` says no, asking each `pause` seconds."""
    while is_running():
        time.sleep(pause)
