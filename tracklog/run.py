"""`Run`: one experiment, as the script sees it."""

from __future__ import annotations

import datetime as dt
import functools
import glob as globbing
import os
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import missing, values
from tracklog.config import Config
from tracklog.errors import Error, UsageError, warn
from tracklog.history import History
from tracklog.media import tensor
from tracklog.metrics import Metric, Metrics, definition
from tracklog.pending import PendingRow
from tracklog.recording import End
from tracklog.settings import Settings, check_tags
from tracklog.store import fold, layout
from tracklog.store.metrics import Definitions, Statistics
from tracklog.store.writer import write_for_people
from tracklog.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from tracklog.recording import Recording


_ALERT_LEVELS = ("INFO", "WARN", "ERROR")
_ALERT_PAUSE = 60.0
"""Seconds between two alerts of one title, unless the caller says otherwise."""


class Run:
    """An experiment that is being recorded; made by `init`."""

    def __init__(self, settings: Settings, folder: Path, recording: Recording, start: Mapping[str, Any]) -> None:
        """Take over a prepared folder.

        `start` holds id, project, name, notes, tags, group, job_type, entity, created, resumed, and of a resumed run:
        start_step, runtime, config, summary.
        """
        self._settings = settings
        self._folder = folder
        self._recording = recording
        self._start = dict(start)
        self._tags = tuple(start["tags"])
        self._finished = False
        self._alerts_after: dict[str, float] = {}
        """When an alert of a title is let through again."""
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
        self.summary = Summary(last, self._summary_written)
        self.start_time = time.time()

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
        or ``commit=False``, further calls with the same step merge into it. A lower step than the current one is
        dropped with a warning. Without `data` the open row is committed. `sync` is taken for scripts of 2020.

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

    def save(
        self, glob_str: str | os.PathLike[str] | None = None, base_path: str | None = None, policy: str = "live"
    ) -> list[str]:
        """Copy the files that match into the run; return where they are.

        The folders below `base_path` (default: the working folder) are kept. Unless `policy` is ``now``, files that
        change later are copied again when the run ends. Raises ValueError for an unknown policy or a path outside
        `base_path`, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("save files into")
        if policy not in ("live", "now", "end"):
            msg = f"policy={policy!r} does not exist; choose one of live, now, end"
            raise ValueError(msg)
        if glob_str is None:
            return []
        pattern = os.fspath(glob_str)
        if isinstance(pattern, bytes):
            pattern = os.fsdecode(pattern)
        base = Path(base_path).resolve() if base_path else self._base_of(pattern)
        saved = []
        for name in sorted(globbing.glob(pattern, recursive=True)):  # noqa: PTH207 - patterns may be absolute
            source = Path(name)
            if source.is_file():
                saved += self._save_file(source.resolve(), base, again=policy != "now")
        return saved

    def _save_file(self, source: Path, base: Path, *, again: bool) -> list[str]:
        try:
            relative = source.relative_to(base).as_posix()
        except ValueError:
            msg = f"save({str(source)!r}) lies outside base_path={str(base)!r}"
            raise ValueError(msg) from None
        target = self._recording.save_file(source, relative, again=again)
        return [] if target is None else [str(target)]

    @staticmethod
    def _base_of(pattern: str) -> Path:
        if not Path(pattern).is_absolute():
            return Path.cwd().resolve()
        # As W&B does: an absolute path keeps the name of its folder only.
        fixed = Path(pattern.partition("*")[0])
        return (fixed.parent if "*" not in pattern else fixed if fixed.is_dir() else fixed.parent).resolve().parent

    def alert(
        self,
        title: str,
        text: str = "",
        level: str | None = None,
        wait_duration: float | dt.timedelta | None = None,
    ) -> None:
        """Record an alert; one of the same title within `wait_duration` seconds (default: 60) is left out.

        `level` is ``INFO`` (default), ``WARN`` or ``ERROR``. Raises ValueError for another one, TypeError for a
        duration that is none, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("alert from")
        name = "INFO" if level is None else str(getattr(level, "value", level)).upper()
        if name not in _ALERT_LEVELS:
            msg = f"level={level!r} does not exist; choose one of {', '.join(_ALERT_LEVELS)}"
            raise ValueError(msg)
        pause = wait_duration.total_seconds() if isinstance(wait_duration, dt.timedelta) else wait_duration
        if pause is not None and (isinstance(pause, bool) or not isinstance(pause, int | float)):
            msg = f"wait_duration={wait_duration!r} is no duration; pass seconds or a timedelta"
            raise TypeError(msg)
        now = time.monotonic()
        if now < self._alerts_after.get(title, now):
            return
        self._alerts_after[title] = now + (_ALERT_PAUSE if pause is None else pause)
        self._recording.event("alert", title=str(title), text=str(text), level=name)

    # -- the end

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """Close the run: commit the open row, stop the recorders, write `config.yaml` and `summary.json`."""
        self._close(exit_code or 0, quiet=quiet)

    def _close(self, exit_code: int, *, error: Mapping[str, Any] | None = None, quiet: bool | None = None) -> None:
        recording = self._recording
        with recording.lock:
            if self._finished:
                return
            self._finished = True
        self._history.commit()
        recording.stop()
        lost = recording.close(exit_code, error)
        self._for_people()
        end = End(exit_code, self._history.last, self._settings.quiet if quiet is None else quiet)
        for tell in recording.watchers:
            tell(end)
        if lost:
            warn("lost", f"{lost:,} lines of {self._folder} could not be written and are lost")

    def _forked(self) -> None:
        """Go on in a forked child, which may log by accident and never ends the run."""
        self._recording.forked(fold.this_place())
        self._history.renew(self._recording.lock)

    def _for_people(self) -> None:
        try:
            config = values.json_numbers(self.config.as_dict())
            write_for_people(self._folder, config, fold.flatten(self._history.last))
        except (OSError, ValueError, TypeError) as error:
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

    # -- what it is

    id = property(lambda self: self._start["id"], doc="The run's id, its folder's name.")
    project = property(lambda self: self._start["project"], doc="The project's name.")
    entity = property(lambda self: self._start["entity"], doc="As given; tracklog has no accounts.")
    group = property(lambda self: self._start["group"], doc='The group, "" when unset.')
    job_type = property(lambda self: self._start["job_type"], doc='The job type, "" when unset.')
    resumed = property(lambda self: self._start["resumed"], doc="Whether it goes on with an earlier session.")
    starting_step = property(lambda self: self._start.get("start_step", 0), doc="First step of this session.")
    step = property(lambda self: self._history.step, doc="Step of the next log().")
    dir = property(lambda self: str(self._folder / layout.FILES), doc="The folder for files of the run.")
    sync_dir = property(lambda self: str(self._folder), doc="The run's folder.")
    path = property(
        lambda self: "/".join(p for p in (self.entity, self.project, self.id) if p), doc="entity/project/id."
    )
    settings = property(lambda self: self._settings, doc="The settings it was started with.")
    disabled = property(lambda _: False, doc="Whether nothing is recorded.")
    offline = property(lambda _: True, doc="Always: nothing is ever sent.")
    mode = property(lambda self: self._settings.mode, doc="As given.")
    project_url = property(lambda _: None, doc="None: there is no server.")
    sweep_id = property(lambda _: None, doc="None: there are no sweeps.")
    sweep_url = property(lambda _: None, doc="None: there are no sweeps.")

    @property
    def url(self) -> str | None:
        """File URL of the run's page in the site beside the log folder or in the working folder; None until there is one.

        A site that was built before the run began gets the page with its next build.
        """
        root = self._folder.parent.parent
        sites = [site for site in (root.with_name("site"), Path("site")) if layout.is_site(site)]
        pages = [site / self._folder.parent.name / "runs" / f"{self._folder.name}.html" for site in sites]
        found = next((page for page in pages if page.is_file()), pages[0] if pages else None)
        return None if found is None else found.resolve().as_uri()

    @property
    def name(self) -> str:
        """The name people see; setting it records an edit."""
        return str(self._start["name"])

    @name.setter
    def name(self, value: str) -> None:
        self._edit(name=str(value))

    @property
    def notes(self) -> str:
        """Markdown notes; setting them records an edit."""
        return str(self._start["notes"])

    @notes.setter
    def notes(self, value: str) -> None:
        self._edit(notes=str(value))

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags; setting them records an edit, tags that cannot be one are refused with a warning."""
        return self._tags

    @tags.setter
    def tags(self, value: Iterable[str]) -> None:
        tags = (value,) if isinstance(value, str) else tuple(value)
        try:
            check_tags(tags)
        except ValueError as error:
            warn("tags", str(error))
            return
        self._tags = tags
        self._edit(tags=list(tags))

    def _edit(self, **changes: Any) -> None:
        if self._finished:
            self._refuse("change")
        self._start.update(changes)
        self._recording.event("edit", **changes)

    def project_name(self) -> str:
        """Return the project's name."""
        return str(self.project)

    def get_url(self) -> str | None:
        """Return `url`."""
        return self.url

    def __getattr__(self, name: str) -> Any:
        """Say of wandb's names that are not there yet what to do instead."""
        msg = missing.of_run(name) or f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the run itself: there is one."""
        return self

    def __repr__(self) -> str:
        """Name the run and its folder."""
        return f"<tracklog run {self.name!r} in {self._folder}>"

    # -- what its parts tell it

    def _encode(self, value: Any) -> Any:
        return values.encode(value, self._recording)

    def _config_written(self, changes: dict[str, Any]) -> None:
        if self._finished:
            self._refuse("change the config of")
        self._recording.event("config", set=values.json_numbers(changes))

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

    def _refuse(self, verb: str) -> None:
        msg = f"cannot {verb} run {self.id}: it has finished; call init() for a new one, or init(id=…, resume='allow')"
        raise UsageError(msg)


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
