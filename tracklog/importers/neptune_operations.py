"""Operations of neptune-scale, by the field numbers of its messages, and what values they set.

`Run{2 fork_point, 3 creation_time, 5 experiment_id}` and `UpdateRunSnapshot{1 step, 2 time, 4 assign, 5 modify_sets, 8 append}`,
whose maps go from paths to `Value{1 double, 3 int64, 5 bool, 6 string, 8 time, 12 string_set, 13 file_ref, 14 histogram}`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.importers import told
from tracklog.importers.protobuf import Message, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

_DOUBLE, _INTEGER, _BOOL, _TEXT, _TIME, _SET, _FILE, _HISTOGRAM = 1, 3, 5, 6, 8, 12, 13, 14
_ADD = 1
_MICRO = 1_000_000
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that was logged: where Neptune would have put it, and its size in bytes."""

    path: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Bins:
    """A histogram: edges, and counts of what lies between."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]

    def media(self) -> Any:
        """Return it as media. Raises ValueError for one of too many bins, or none."""
        from tracklog.media.histogram import Histogram

        return Histogram(np_histogram=(list(self.counts), list(self.edges)))


def value_of(value: Message) -> Any:
    """Return a value; None for one of a kind that is not known. Raises WireError."""
    if _DOUBLE in value:
        return value.double(_DOUBLE)
    if _INTEGER in value:
        return value.integer(_INTEGER)
    if _BOOL in value:
        return value.flag(_BOOL)
    if _TEXT in value:
        return value.text(_TEXT)
    if _TIME in value:
        return iso(timestamp(value.message(_TIME)))
    if _SET in value:
        return value.message(_SET).texts(1)
    if _FILE in value:
        file = value.message(_FILE)
        return FileRef(file.text(1), file.integer(2))
    return _bins(value.message(_HISTOGRAM)) if _HISTOGRAM in value else None


def _bins(found: Message) -> Bins:
    edges = found.doubles(1)
    counts: list[float] = [*found.message(4).ints(1)]
    if 5 in found:  # noqa: PLR2004 - densities, in the place of counts
        counts = densities(edges, found.message(5).doubles(1))
    return Bins(tuple(edges), tuple(counts))


def densities(edges: list[float], given: list[float]) -> list[float]:
    """Return the weights of bins whose densities are given."""
    return [density * (right - left) for density, left, right in zip(given, edges, edges[1:], strict=False)]


def iso(seconds: float) -> str:
    """Return a time in unix seconds as ISO 8601, in UTC."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def step_of(step: Message) -> float:
    """Return a step, as an integer where it is one."""
    whole, micro = step.integer(1), step.integer(2)
    return whole + micro / _MICRO if micro else whole


def changed_sets(update: Message) -> dict[str, dict[str, bool]]:
    """Return which texts an update adds (True) to sets or takes away, by the paths of these. Raises WireError."""
    return {
        path: {one.text(1): one.uint(2) == _ADD for one in sets.message(1).messages(1)}
        for path, sets in update.mapping(5).items()
    }


def left_behind(missing: Iterable[tuple[str, FileRef]]) -> told.Note | None:
    """Return a sentence about files that are not at hand; None where there are none."""
    every = [
        f"{path} ({ref.path.replace(chr(92), '/').rpartition('/')[2]}, {ref.size:,} bytes)" for path, ref in missing
    ]
    every = list(dict.fromkeys(every))
    if not every:
        return None
    rest = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return told.Note(f"files that were logged are not at hand: {', '.join(every[:_SHOWN])}{rest}")
