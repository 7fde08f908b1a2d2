"""`Run`: one experiment, as the script sees it."""

from __future__ import annotations

import functools
import os
import time
import traceback
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tracklog import alerts, missing, values
from tracklog.alerts import AlertLevel, Alerts
from tracklog.artifactkeeping import ArtifactKeeping
from tracklog.config import Config, encoded
from tracklog.errors import Error, FormatError, warn
from tracklog.history import History
from tracklog.media import tensor
from tracklog.metrics import Metric, Metrics, definition
from tracklog.pending import PendingRow
from tracklog.recording import End
from tracklog.store import edits, fold
from tracklog.store.metrics import Definitions, Statistics
from tracklog.store.writer import write_for_people
from tracklog.summary import Summary

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from tracklog.recording import Recording
    from tracklog.settings import Settings


class Run(ArtifactKeeping):
    """An experiment that is being recorded; made by `init`."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        recording: Recording,
        start: Mapping[str, Any],
        attach: Callable[..., Run],
    ) -> None:
        """Take over a prepared folder.

        `start` holds id, project, name, notes, tags, group, job_type, entity, created, resumed, and of a resumed run:
        start_step, runtime, config, summary. `attach` makes a run of this folder in another process.
        """
        self._settings = settings
        self._folder = folder
        self._recording = recording
        self._start = dict(start)
        self._attach = attach
        self._pid = os.getpid()
        self._finished = False
        self._alerts = Alerts()
        last: dict[str, Any] = dict(start.get("summary") or {})
        self._history = History(
            recording.writer,
            recording.lock,
            self._encode,
            start_step=start.get("start_step", 0),
            runtime=start.get("runtime", 0.0),
            last=last,
        )
        if start.get("statistics") is not None:
            self._history.metrics = Metrics(start["statistics"], last)
        recording.runtime = self._history.runtime
        self.config = Config(self._config_written, allow_val_change=bool(start.get("allow_val_change")))
        self.config._restore(start.get("config") or {})  # noqa: SLF001 - its owner
        self.summary = Summary(last, self._summary_written, clocks=self._history.clocks, settle=self._history.settle)
        self.start_time = time.time() - start.get("runtime", 0.0)

    # -- logging

    def log(
        self,
        data: Mapping[str, Any] | None = None,
        step: int | None = None,
        commit: bool | None = None,
        sync: bool | None = None,
    ) -> None:
        """Record a row of values: ``run.log({"train/loss": 0.3, "sample": tracklog.Image(pixels)})``.

        `data` maps keys to numbers, bools, texts, arrays and tensors (one value is a number, more than 32 a histogram),
        media such as `Image` and `Table`, figures, or dicts of all these; the part of a key before the first ``/`` is
        its section in the page. Each call is on disk when it returns.

        Rows have steps, 0, 1, 2, … Without `step` the row is committed and the next call begins a new one; with `step`,
        or ``commit=False``, further calls with the same step merge into it. A row at a lower step than the current one
        is kept there, with a warning. Without `data` the open row is committed. `sync` is taken for scripts of 2020.

        Raises TypeError when `data` is no mapping with string keys, ValueError when `step` is no number, UsageError
        after `finish`. A value that cannot be encoded becomes a text that says why, with one warning for each key.
        """
        if self._finished:
            self._refuse("log")
        if sync is not None:
            warn("no-effect-sync", f"log(sync={sync!r}) has no effect: every row is on disk when log() returns")
        self._history.log(data, step, commit)

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        r"""Say how a metric is meant: ``run.define_metric("val/*", step_metric="epoch", summary="min")``.

        `name` is a metric's, nested keys joined by ``.`` (``\.`` is a dot of a key), or begins those of several and ends
        with ``*``; exact names win over globs, longer globs over shorter ones. It is drawn over `step_metric`; with
        `step_sync` (the default then) rows without that one get its last value, at first 0. `hidden` leaves out its
        chart. `summary` lists what the summary keeps in place of the last value: ``min``, ``max``, ``mean``, ``last``,
        ``first``, ``best`` (by `goal`: ``minimize``, the default, or ``maximize``), as a dict, NaN left out; ``none``
        keeps nothing, ``copy`` the last value. Several definitions of a name add up unless `overwrite`.

        Raises Error for arguments that cannot be, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("define metrics of")
        new = definition(name, step_metric, step_sync, hidden, summary, goal)
        if overwrite is not None and not isinstance(overwrite, bool):
            raise Error(f"define_metric(overwrite={overwrite!r:.80}): a bool, not {type(overwrite).__name__}")
        with self._recording.lock:
            metrics = self._history.metrics = self._history.metrics or Metrics(Statistics(Definitions()), {})
            whole, is_news = metrics.define(new, self._history.last, overwrite=bool(overwrite))
            if is_news:
                self._recording.event("metric", **new.fields(), **({"overwrite": True} if overwrite else {}))
        return Metric(whole)

    @functools.cached_property
    def history(self) -> PendingRow:
        """The row that is being filled, for scripts of 2020; from its first use on, `log` keeps that row, too."""
        pending = PendingRow(self.log, functools.partial(getattr, self, "step"))
        # In place of the method, so that `log` costs nothing more for those who never ask.
        self.__dict__["log"] = pending.log
        return pending

    def alert(
        self,
        title: str,
        text: str = "",
        level: str | AlertLevel | None = None,
        wait_duration: float | dt.timedelta | None = None,
    ) -> None:
        """Record an alert; one of the same title within `wait_duration` seconds (default: 60) is left out.

        `level` is ``INFO`` (default), ``WARN`` or ``ERROR``. Raises ValueError for another one, TypeError for a
        duration that is none, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("alert from")
        name = alerts.level(level)
        if self._alerts.lets_through(title, wait_duration):
            self._recording.event("alert", title=str(title), text=str(text), level=name)

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> list[Any]:
        """Record histograms of a PyTorch model's gradients, its parameters or both every `log_freq` backward passes.

        `log` is ``gradients``, ``parameters``, ``all`` or None. See `tracklog.integrations.torch.watch`.
        """
        if self._finished:
            self._refuse("watch models with")
        from tracklog.integrations import torch

        self._recording.recorders.append(lambda: torch.unwatch(self))
        return torch.watch(self, models, criterion, log, log_freq, idx, log_graph)

    def unwatch(self, models: Any = None) -> None:
        """Take back `watch`, of these models or of all."""
        from tracklog.integrations import torch

        torch.unwatch(self, models)

    def write_logs(self, text: str) -> None:
        """Append a text to the run's console log, without printing it."""
        if self._finished:
            self._refuse("write to the log of")
        self._recording.console("stdout", text if text.endswith("\n") else f"{text}\n", time.time(), 0)

    def mark_preempting(self) -> None:
        """Record that the machine may be taken away; the run goes on when it is resumed.

        Raises UsageError after `finish`.
        """
        if self._finished:
            self._refuse("mark")
        self._recording.event("preempting")

    def pin_config_keys(self, keys: Sequence[str]) -> None:
        """Say that columns are chosen in the run table: nothing else comes of it."""
        if self._finished:
            self._refuse("pin config keys of")
        warn("no-effect-pin", f"pin_config_keys({keys!r:.80}) has no effect: choose the columns in the run table")

    def _label(self, **_: object) -> None:
        """Take what libraries tell W&B of themselves: nobody here counts it."""

    def status(self) -> SimpleNamespace:
        """Return how many files wait to be sent: none ever do."""
        return SimpleNamespace(sync_items_total=0, sync_items_pending=0, sync_time=None)

    def plot_table(
        self,
        vega_spec_name: str,
        data_table: Any,
        fields: Mapping[str, str],
        string_fields: Mapping[str, str] | None = None,
    ) -> Any:
        """Return what `tracklog.plot_table` returns."""
        from tracklog.plot import plot_table

        return plot_table(vega_spec_name, data_table, fields, string_fields)

    # -- the end

    def join(self, exit_code: int | None = None) -> None:
        """`finish`, as it was called in 2020."""
        self.finish(exit_code)

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """Close the run: commit the open row, stop the recorders, write `config.yaml` and `summary.json`."""
        self._close(exit_code or 0, quiet=quiet)

    def when_ended(self, tell: Callable[[Run], None]) -> None:
        """Have somebody told when the run has ended."""
        self._recording.watchers.append(lambda _: tell(self))

    def _close(self, exit_code: int, *, error: Mapping[str, Any] | None = None, quiet: bool | None = None) -> None:
        recording = self._recording
        with recording.lock:
            if self._finished:
                return
            self._keep_config()
            self._finished = True
        self._history.commit()
        recording.stop()
        lost = recording.close(exit_code, error)
        self._for_people()
        quiet = self._settings.quiet if quiet is None else quiet
        end = End(exit_code, self._history.last, self._history.hidden, quiet)
        for tell in recording.watchers:
            tell(end)
        if lost:
            warn("lost", f"{lost:,} lines of {self._folder} could not be written and are lost")

    def _keep_config(self) -> None:
        try:
            self.config.persist()
        except TypeError as error:
            warn("config-nested", f"what was changed inside of config values is not kept: {error}")

    def _forked(self) -> None:
        """Go on in a forked child, which may log by accident and never ends the run."""
        self._recording.forked(fold.this_place())
        self._history.renew(self._recording.lock)

    @property
    def has_finished(self) -> bool:
        """Whether its end has begun."""
        return self._finished

    @property
    def is_inherited(self) -> bool:
        """Whether this process was forked with the run: it is its parent's."""
        return self._pid != os.getpid()

    def _adopt(self) -> Run:
        """Return the run in a forked child that was given it: what it logs is meant."""
        self._recording.writer.adopt()
        return self

    @property
    def _attach_id(self) -> str:
        """What `tracklog._attach` takes in another process."""
        return str(self._folder)

    def __reduce__(self) -> Any:
        """Pickle how to attach to it: in another process it writes files of its own into the run's folder."""
        known = ("id", "project", "name", "notes", "tags", "group", "job_type", "entity", "created")
        start = {key: self._start[key] for key in known}
        start |= {
            "start_step": self._history.step,
            "config": self.config.as_dict(),
            "summary": dict(self._history.last),
        }
        return self._attach, (str(self._folder), start, self.start_time, self._recording.writer.name)

    def _for_people(self) -> None:
        try:
            if edits.were_made(self._folder):
                edits.refresh_copies(self._folder)
                return
            config, _ = encoded(self.config.as_dict())
            write_for_people(self._folder, config, fold.flatten(self._history.last))
        except (OSError, ValueError, TypeError, FormatError) as error:
            warn("for-people", f"config.yaml and summary.json of {self._folder} could not be written: {error}")

    def __enter__(self) -> Self:
        """Return the run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish; an exception is printed, makes the exit code 1 and goes on."""
        if error is None or (isinstance(error, SystemExit) and not error.code):
            self.finish()
            return
        if not isinstance(error, SystemExit):
            traceback.print_exception(kind, error, trace)
        self._close(exit_code_of(error), error=describe_error(error))

    def __setattr__(self, name: str, value: Any) -> None:
        """Set what a run has; AttributeError for a public name that it has not, which would mean nothing to anybody."""
        is_begun = "start_time" in self.__dict__
        if is_begun and name in ("config", "summary"):
            raise AttributeError(f"run.{name} cannot be replaced; call run.{name}.update(...)")
        if is_begun and not (name.startswith("_") or name in self.__dict__ or hasattr(type(self), name)):
            msg = f"{type(self).__name__!r} object has no attribute {name!r} to set; what belongs to a run goes to its config"
            raise AttributeError(msg)
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        """Say of wandb's names that are not there yet what to do instead."""
        msg = missing.of_run(name) or f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)

    @property
    def step(self) -> int:
        """Step of the next log()."""
        return self._history.step

    def _edit(self, **changes: Any) -> None:
        if self._finished:
            self._refuse("change")
        super()._edit(**changes)
        self._recording.event("edit", **changes)

    # -- what its parts tell it

    def _encode(self, value: Any) -> Any:
        return values.encode(value, self._recording)

    def _config_written(self, changes: dict[str, Any], types: dict[str, str]) -> None:
        if self._finished:
            self._refuse("change the config of")
        self._recording.event("config", set=changes, **({"types": types} if types else {}))

    def _summary_written(self, path: tuple[str, ...], value: Any, deleted: bool) -> None:
        if self._finished:
            self._refuse("change the summary of")
        with self._recording.lock:
            place = self._history.last
            if self._history.metrics is not None:
                self._history.metrics.forget(path)
            for part in path[:-1]:
                place = place.setdefault(part, {})
            if deleted:
                place.pop(path[-1], None)
                self._recording.event("summary", path=list(path), delete=True)
            else:
                place[path[-1]] = encoded = values.kept(path[-1], tensor.whole(value), self._recording)
                self._recording.event("summary", path=list(path), value=encoded)


def exit_code_of(error: BaseException) -> int:
    """Return the exit code that an exception gives a process."""
    if isinstance(error, KeyboardInterrupt):
        return 255
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    return 1


def describe_error(error: BaseException) -> dict[str, Any]:
    """Return type, message, file and line of an exception."""
    frames = traceback.extract_tb(error.__traceback__)
    where = {"file": frames[-1].filename, "line": frames[-1].lineno} if frames else {}
    return {"type": type(error).__qualname__, "message": str(error)[:2000], **where}
