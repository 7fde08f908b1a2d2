"""Rows of what event files say: values of one step that stand one after the other, whole stretches of alike rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.importers import protobuf, tensorboard_values, told
from tracklog.importers.tensorboard_events import Later
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_FEW, _MANY = 4, 16_384
"""Alike rows that are worth telling at once, and how many are told at once."""


@dataclass(slots=True)
class Columns:
    """What a file says, as it counts, in columns of equal length."""

    path: Path
    times: NDArray[Any]
    steps: NDArray[Any]
    keys: NDArray[Any]
    """Which of `names` each value has."""
    names: list[str]
    values: NDArray[Any]
    others: NDArray[Any]
    """Which of `objects` stands in the place of a value; -1 for none."""
    objects: list[Any]
    summary: dict[str, Any]
    """What stands in the summary alone."""


def rows(columns: list[Columns]) -> Iterator[told.Told]:
    """Yield rows; several files are read side by side, by their times, each one's own values in their order."""
    held = [column for column in columns if len(column.times)]
    if held:
        yield from _stretches(_side_by_side(held))
    for column in columns:
        for tag, value in column.summary.items():
            yield told.Summary((tag,), value)


@dataclass(slots=True)
class _Values:
    """The values of all files in one order; `sources` tells which file each is from."""

    steps: NDArray[Any]
    times: NDArray[Any]
    keys: NDArray[Any]
    values: NDArray[Any]
    others: NDArray[Any]
    sources: NDArray[Any]
    names: list[str]
    columns: list[Columns]


def _side_by_side(columns: list[Columns]) -> _Values:
    import numpy as np

    names: dict[str, int] = {}
    keys = []
    for column in columns:
        numbers = np.array([names.setdefault(name, len(names)) for name in column.names], np.int64)
        keys.append(numbers[column.keys])
    lengths = [len(column.times) for column in columns]
    clocks = [np.where(np.abs(column.times) < told.LATEST, column.times, 0.0) for column in columns]
    found = _Values(
        np.concatenate([column.steps for column in columns]),
        np.concatenate(clocks),
        np.concatenate(keys),
        np.concatenate([column.values for column in columns]),
        np.concatenate([column.others for column in columns]),
        np.repeat(np.arange(len(columns)), lengths),
        list(names),
        columns,
    )
    if len(columns) > 1:
        order = np.argsort(np.concatenate([np.maximum.accumulate(clock) for clock in clocks]), kind="stable")
        for name in ("steps", "times", "keys", "values", "others", "sources"):
            setattr(found, name, getattr(found, name)[order])
    return found


def _stretches(found: _Values) -> Iterator[told.Told]:
    """Yield rows, stretches of alike ones that hold plain numbers at once."""
    import numpy as np

    steps, keys = found.steps, found.keys
    starts = np.flatnonzero(np.concatenate([[True], steps[1:] != steps[:-1]]))
    ends = np.append(starts[1:], len(steps))
    widths = ends - starts
    is_plain = np.logical_and.reduceat(np.isfinite(found.values) & (found.others < 0), starts)
    before = np.maximum(np.arange(len(steps)) - np.repeat(widths, widths), 0)
    is_alike = np.logical_and.reduceat(keys == keys[before], starts)
    is_alike[1:] &= (widths[1:] == widths[:-1]) & is_plain[1:] & is_plain[:-1]
    is_alike[0] = False
    firsts = np.flatnonzero(~is_alike)
    singly = 0  # where what is told row by row begins
    for first, end in zip(firsts.tolist(), [*firsts[1:].tolist(), len(starts)], strict=True):
        own = keys[starts[first] : ends[first]].tolist()
        if end - first >= _FEW and is_plain[first] and len(set(own)) == len(own):
            yield from _rows(found, singly, int(starts[first]))
            singly = int(ends[end - 1])
            yield from _alike(found, own, int(starts[first]), singly)
    yield from _rows(found, singly, len(steps))


def _alike(found: _Values, keys: list[int], start: int, end: int) -> Iterator[told.Rows]:
    width = len(keys)
    names = tuple(found.names[key] for key in keys)
    for at in range(start, end, _MANY * width):
        upto = min(end, at + _MANY * width)
        columns = found.values[at:upto].reshape(-1, width).T.tolist()
        times = found.times[at:upto].reshape(-1, width)[:, -1].tolist()
        yield told.Rows(names, found.steps[at:upto:width].tolist(), times, columns)


def _rows(found: _Values, start: int, end: int) -> Iterator[told.Told]:
    row: dict[str, Any] = {}
    at, when = 0, 0.0
    columns = (found.steps, found.times, found.keys, found.values, found.others, found.sources)
    cut = [column[start:end].tolist() for column in columns]
    for step, time, number, value, other, source in zip(*cut, strict=True):
        key = found.names[number]
        if step != at or key in row:
            if row:
                yield told.Row(at, when, row)
            row, at = {}, step
        what = value if other < 0 else _loaded(found.columns[source], other, key)
        if isinstance(what, told.Damage):
            yield what
            continue
        row[key] = what
        when = time
    if row:
        yield told.Row(at, when, row)


def _loaded(column: Columns, number: int, key: str) -> Any:
    """Return a value that is no float; a sentence where it cannot be read."""
    found = column.objects[number]
    if not isinstance(found, Later):
        return found
    try:
        with files.opened(column.path) as file:
            file.seek(found.offset)
            event = protobuf.Message(file.read(found.size))
        return tensorboard_values.value(event.message(5), found.number, found.plugin)
    except (OSError, ValueError, TypeError, IndexError) as error:
        where = f"{key!r} of {column.path.name}, at byte {found.offset:,}"
        return told.Damage(f"{where}, cannot be shown: {error}; it is left out")
