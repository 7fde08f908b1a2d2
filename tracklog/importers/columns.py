"""What the columns of a CSV file are: step, time, runs, metrics; and its lines as rows of a run."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracklog.importers import cells, clocks, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STEPS = ("_step", "global_step", "step", "steps", "iteration", "iter", "epoch")
_TIMES = ("_timestamp", "timestamp", "wall_time", "time", "datetime")
_RUNS = ("_run", "run_id", "run")
_LEFT = ("", "_runtime", "unnamed: 0")
"""Columns that repeat what others say: an index, the time since the run began."""
_EXPORT = re.compile(r"(.+?) - (.+)", re.DOTALL)
_BESIDE = ("__MIN", "__MAX")
_MILLISECONDS = 1e11


def export_runs(head: Sequence[str]) -> list[str]:
    """Return the runs of which W&B has exported a metric: its columns are ``<run> - <metric>`` with ``__MIN`` and ``__MAX``."""
    found = {name for name in head if _EXPORT.fullmatch(name)}
    if not any(f"{name}__MIN" in found and f"{name}__MAX" in found for name in found):
        return []
    own = [name for name in head if not name.endswith(_BESIDE)]
    return list(dict.fromkeys(match[1] for name in own if (match := _EXPORT.fullmatch(name))))


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a head mean what; None where there is none."""

    step: int | None
    time: int | None
    run: int | None
    metric: int | None
    """Of a long file: the column of names, beside which stands that of values."""
    value: int | None

    @classmethod
    def of(cls, head: Sequence[str]) -> Columns:
        """Return what the names of a head tell."""
        names = [name.lower() for name in head]

        def first(known: Sequence[str]) -> int | None:
            return next((names.index(name) for name in known if name in names), None)

        metric, value = first(("metric", "key", "tag")), first(("value",))
        is_long = metric is not None and value is not None
        return cls(first(_STEPS), first(_TIMES), first(_RUNS), metric if is_long else None, value if is_long else None)


@dataclass(slots=True)
class Wide:
    """The lines of a file as rows of one run."""

    lines: cells.Lines
    export: str | None
    """The run of W&B's export whose columns count."""
    run: str
    """What the column of runs must hold, if there is one."""

    @property
    def _columns(self) -> Columns:
        return Columns.of(self.lines.head)

    def said(self) -> Iterator[told.Told]:
        """Yield what was taken for what."""
        columns, head, name = self._columns, self.lines.head, self.lines.path.name
        step = f"the step is its column {head[columns.step]!r}" if columns.step is not None else "its rows are counted"
        time = f"the time {head[columns.time]!r}" if columns.time is not None else "it has no time"
        yield told.Note(f"{name}: {step}, {time}")
        if self.export is not None:
            yield told.Note(f"{name} is an export of W&B, which samples; what it says of a sample's range is left out")

    def rows(self) -> Iterator[told.Row]:
        """Yield rows in the order of the file."""
        columns, names = self._columns, self._names()
        for record in self.lines.rows():
            if columns.run is None or self.export is not None or _cell(record, columns.run) == self.run:
                row = self._row(record, columns, names)
                if row is not None:
                    yield row

    def _names(self) -> dict[int, str]:
        """Return the keys of the columns that hold values."""
        columns = self._columns
        head = self.lines.head
        if self.export is not None:
            start = f"{self.export} - "
            mine = {n: name[len(start) :] for n, name in enumerate(head) if name.startswith(start)}
            return {n: name for n, name in mine.items() if not name.endswith(_BESIDE)}
        apart = {columns.step, columns.time, columns.run}
        return {n: name for n, name in enumerate(head) if n not in apart and name.lower() not in _LEFT}

    def _row(self, record: list[str], columns: Columns, names: dict[int, str]) -> told.Row | None:
        step = _step(_cell(record, columns.step))
        time = _time(_cell(record, columns.time))
        if len(record) > len(self.lines.head):
            self.lines.damage.append(
                f"{self.lines.path.name}: record {self.lines.records} has more cells than the head; the rest is left out"
            )
        if columns.metric is not None:
            key = _cell(record, columns.metric)
            taken = {key: _cell(record, columns.value)}
        else:
            taken = {names[n]: cell for n, cell in enumerate(record) if n in names}
        values = {key: cells.value(cell) for key, cell in taken.items() if cell not in cells.MISSING}
        return told.Row(step, time, values) if values else None


def _cell(record: list[str], n: int | None) -> str:
    return record[n] if n is not None and n < len(record) else ""


def _step(cell: str) -> float | None:
    found = cells.value(cell) if cell not in cells.MISSING else None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return int(found) if found == int(found) else found


def _time(cell: str) -> float | None:
    """Return unix seconds of a number, in seconds or milliseconds, or of an ISO 8601 time, in UTC where it names no zone."""
    if not cell:
        return None
    found = cells.value(cell)
    if isinstance(found, int | float) and not isinstance(found, bool):
        if not math.isfinite(found):
            return None
        return found / 1000 if abs(found) > _MILLISECONDS else float(found)
    return clocks.of_iso(cell)
