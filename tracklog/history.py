"""`log()`: the state machine of steps, and one line for each call.

The row being built has step ``S``. A call without ``step`` commits it; with ``step`` or ``commit=False`` it stays open,
and further calls merge into it: lines with the same step are one row. So every call is on disk when it returns. A step that
lies behind gives a row of its own: callbacks of libraries count for themselves, and what they log is not lost.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import isfinite
from time import monotonic_ns, time_ns
from typing import TYPE_CHECKING, Any

import orjson
from orjson import dumps

from tracklog.errors import warn
from tracklog.store import encoding, fold, layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import RLock

    from tracklog.metrics import Metrics
    from tracklog.store.writer import Writer

_NEWLINE = orjson.OPT_APPEND_NEWLINE
_CLOCKS = layout.CLOCKS
_STEP, _RUNTIME, _TIMESTAMP = layout.STEP, layout.RUNTIME, layout.TIMESTAMP
_OWN = len(_CLOCKS)
_PLAIN = frozenset((float, int, bool))
_SLOW_WRITE = 200_000
"""Nanoseconds a write may take in the median before it is worth a warning."""
_SAMPLE_EVERY = 64
_SAMPLES = 9
_FAR = 2**63


class History:
    """The rows of a run, as this process logs them."""

    def __init__(
        self,
        writer: Writer,
        lock: RLock,
        encode: Callable[[Any], Any],
        *,
        start_step: int,
        runtime: float,
        last: dict[str, Any],
    ) -> None:
        """Begin at `start_step`, `runtime` seconds after the run began; `last` is the summary that rows update."""
        self.step = start_step
        self._last = last
        self.metrics: Metrics | None = None
        """What `define_metric` said, once it said something."""
        self.resumed_at = start_step or None
        """Where a resumed session goes on, while it has logged nothing; an explicit step may lie below."""
        self._writer = writer
        self._lock = lock
        self._encode = encode
        self._began = time.monotonic_ns() - int(runtime * 1e9)
        self._open: dict[str, Any] = {}
        self._front: dict[str, Any] = {_STEP: -_FAR}
        """The row with the greatest step, as far as a row behind was compared with it: what is logged there again joins it."""
        self._behind: list[dict[str, Any]] = []
        """Rows at steps behind that came while a row was open."""
        self._line = b""
        self._calls = 0
        self._times: list[int] = []

    def log(self, data: Mapping[str, Any] | None, step: int | None, commit: bool | None) -> None:
        """Merge `data` into the open row and append it; see the module.

        Raises TypeError when `data` is no mapping with string keys, ValueError when `step` is no number.
        """
        with self._lock:
            if step is None and commit is not False and not self._open and data.__class__ is dict:
                if self.metrics is not None:
                    data = self.metrics.filled(data)
                line = self._plain_line(data)
                if line is not None:
                    self._append(line)
                    self.step += 1
                    self.resumed_at = None
                    self._last.update(data)
                    if self.metrics is not None and self.metrics.counts:
                        self.metrics.count(data)
                    return
            self._log(data, step, commit)

    def runtime(self) -> float:
        """Return seconds since the run began, earlier sessions included."""
        return (time.monotonic_ns() - self._began) // 1000 / 1e6

    def commit(self) -> None:
        """Close the open row, as `finish` does."""
        with self._lock:
            if self.metrics is not None and self._open:
                self._write(self.metrics.lacking(self._open))
            if self._open:
                self._front = {**self._open, _STEP: self.step}
            self._keep(self._open)
            self._keep_behind()
            self._open = {}

    def renew(self, lock: RLock) -> None:
        """Take a new lock, after a fork."""
        self._lock = lock

    def _plain_line(self, data: dict[str, Any]) -> bytes | None:
        """Return the line of a row of finite numbers; None when there is anything else in it."""
        values = data.values()
        # Of exactly these types: what else can be added up may warn, wait for a device, or be somebody's own number.
        if not _PLAIN.issuperset(map(type, values)):
            return None
        try:
            if not isfinite(sum(values)):
                return None
            row = {
                _STEP: self.step,
                _RUNTIME: (monotonic_ns() - self._began) // 1000 / 1e6,
                _TIMESTAMP: time_ns() // 1000 / 1e6,
                **data,
            }
            # Nothing in it, or clocks of the script's own.
            return None if not data or len(row) != len(data) + _OWN else dumps(row, None, _NEWLINE)
        except (TypeError, OverflowError):
            return None

    @property
    def last(self) -> dict[str, Any]:
        """The summary: last values, and what definitions keep in their place."""
        self.settle()
        return self._last

    @property
    def hidden(self) -> frozenset[str]:
        """Paths of the last values that definitions hide."""
        return self.metrics.hidden(fold.flatten(self.last)) if self.metrics is not None else frozenset()

    def settle(self) -> None:
        """Make the summary what it is by now: counting rows leaves that for whoever reads it."""
        if self.metrics is not None:
            with self._lock:
                self.metrics.settle(self._last)

    def clocks(self) -> dict[str, Any]:
        """Return step, run time (s) and timestamp (unix s) of the last row; nothing before there is one."""
        row = orjson.loads(self._line) if self._line else {}
        return {key: row[key] for key in _CLOCKS if key in row}

    def _append(self, line: bytes) -> None:
        self._line = line
        self._calls += 1
        if self._calls % _SAMPLE_EVERY:
            self._writer.history.append(line)
            return
        before = time.perf_counter_ns()
        self._writer.history.append(line)
        self._times.append(time.perf_counter_ns() - before)
        if len(self._times) >= _SAMPLES:
            self._judge()

    def _judge(self) -> None:
        median = sorted(self._times)[_SAMPLES // 2]
        self._times.clear()
        if median > _SLOW_WRITE:
            warn(
                "slow-disk",
                f"writing one line to {self._writer.folder} takes {median / 1000:.0f} µs: the disk is slow, as network "
                "disks are. Set TRACKLOG_DIR to a local folder and copy it afterwards to log faster.",
            )

    def _log(self, data: Mapping[str, Any] | None, step: float | None, commit: bool | None) -> None:
        row = self._checked(data)
        if _STEP in row or _RUNTIME in row:
            warn(
                "own-keys", f"{_STEP} and {_RUNTIME} are counted by the run and left out; log(..., step=…) sets a step"
            )
        encoded = self._encode({key: value for key, value in row.items() if key not in _CLOCKS})
        if step is not None and not self._go_to(step):
            self._write_late(self._whole(step), encoded, row.get(_TIMESTAMP))
            return
        commits = commit is True or (commit is None and step is None)
        if commits and encoded and self.metrics is not None:
            encoded |= self.metrics.lacking(fold.merged(self._open, encoded))
        self._write(encoded, row.get(_TIMESTAMP))
        if commits:
            self.commit()
            self.step += 1
            self.resumed_at = None

    def _write(self, encoded: dict[str, Any], timestamp: object = None) -> None:
        """Append values to the open row."""
        if encoded:
            self._keep_behind()
            self._append(encoding.dumps({**self._clocks(self.step, timestamp), **encoded}, _NEWLINE))
            self._open = fold.merged(self._open, encoded)

    def _write_late(self, step: int, encoded: dict[str, Any], timestamp: object) -> None:
        """Append a row of its own at a step that was passed; the open row stays as it is."""
        if not encoded:
            return
        if self.metrics is not None:
            encoded |= self.metrics.lacking(encoded)
        front = self._in_front()
        self._append(encoding.dumps({**self._clocks(step, timestamp), **encoded}, _NEWLINE))
        # A row takes effect at its last line: whether the open one gets another is seen later.
        if self._open:
            self._behind.append(encoded)
        elif step == front[_STEP]:
            self._front = {**fold.merged(front, encoded), _STEP: step}
            self._keep({key: value for key, value in self._front.items() if key not in _CLOCKS})
        else:
            self._keep(encoded)

    def _in_front(self) -> dict[str, Any]:
        row = orjson.loads(self._line) if self._line else self._front
        if row[_STEP] > self._front[_STEP]:
            self._front = row
        return self._front

    def _keep_behind(self) -> None:
        for row in self._behind:
            self._keep(row)
        self._behind.clear()

    def _keep(self, row: dict[str, Any]) -> None:
        """Take a row into the last values."""
        self._last.update(fold.merged(self._last, row))
        if self.metrics is not None and self.metrics.counts:
            self.metrics.keep(row, self._last)

    def _clocks(self, step: int, timestamp: object) -> dict[str, float]:
        clocks = {_STEP: step, _RUNTIME: self.runtime(), _TIMESTAMP: time.time_ns() // 1000 / 1e6}
        if isinstance(timestamp, int | float) and isfinite(timestamp):
            clocks[_TIMESTAMP] = float(timestamp)
        return clocks

    @staticmethod
    def _checked(data: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, Mapping):
            msg = f"log() takes a dictionary of metrics, not {data.__class__.__name__}: {data!r:.80}"
            raise TypeError(msg)
        for key in data:
            if not isinstance(key, str):
                msg = f"log() takes string keys, not {key.__class__.__name__}: {key!r:.80}"
                raise TypeError(msg)
        return data

    def _go_to(self, step: float) -> bool:
        """Move to an explicit step; return False when it lies behind."""
        wanted = self._whole(step)
        if wanted < self.step and self.resumed_at is not None and not self._open:
            warn(
                "resume-step",
                f"the resumed run goes on at step {wanted}, below its last step {self.resumed_at - 1}: what earlier "
                "sessions logged from there on under the same keys is kept but superseded",
            )
            self._writer.event("session", start_step=wanted)
            self.step, self.resumed_at = wanted, None
            return True
        if wanted < self.step:
            warn(
                "step-order",
                f"log(step={wanted}) lies behind the current step {self.step}: the row is kept at step {wanted}, out of "
                "order. For an x axis of its own, log it as a metric and call define_metric(name, step_metric=...)",
            )
            return False
        if wanted > self.step:
            self.commit()
            self.step = wanted
        self.resumed_at = None
        return True

    @staticmethod
    def _whole(step: float) -> int:
        try:
            whole = int(round(float(step)))  # noqa: RUF046 - numpy's round returns numpy numbers
            exact = float(step) == whole
        except (TypeError, ValueError, OverflowError) as error:
            msg = f"step={step!r:.80} is no number; pass an integer"
            raise ValueError(msg) from error
        if not exact:
            warn("step-rounded", f"step={step!r} is no integer; it is rounded to {whole}")
        if abs(whole) >= _FAR:
            msg = f"step={step!r:.80} is too far: steps have 64 bits"
            raise ValueError(msg)
        return whole
