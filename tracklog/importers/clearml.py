"""ClearML's offline sessions: the folder `offline-<id>/` with `task.json`, `metrics.jsonl`, `log.jsonl`, `data/`, and its zip.

Both are one run; the zip is written when the run ends, however it does. A line is a list of events. NaN and infinities were
stored as 0.0, as zeros are.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.importers import archives, clearml_task, clocks, files_as_media, folders, told
from tracklog.importers.json_lines import JsonLines
from tracklog.importers.settings_files import MOST, json_value
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

NAME, TITLE = "clearml", "ClearML"
MARKS_END = True
_TASK, _METRICS, _LOG = "task.json", "metrics.jsonl", "log.jsonl"
_NAME = re.compile(r"offline-[0-9a-f]+(?:\.zip)?")
_SINGLE, _SUMMARY = -(2**31), "Summary"
_MACHINE = ":monitor:"
_ZEROS = "ClearML stores NaN and infinities as 0: some of its zeros may have been such"
_RECODED = "ClearML keeps pictures as JPEG, whatever they were"
_UNKNOWN = "ClearML does not say how a run ended: one that has its zip counts as finished"


@dataclass(slots=True)
class Key:
    """Where a run is: as a folder, as a zip, or as both."""

    folder: Path | None
    archive: archives.Archive | None

    def place(self) -> Path:
        """Return a folder with the files of the run. Raises UnreadableError."""
        if self.folder is not None:
            return self.folder
        assert self.archive is not None  # noqa: S101 - one of the two is there
        return self.archive.folder


def looks_like(path: Path) -> bool:
    """Return whether a path is an offline session, or has some below it."""
    return any(
        _is_session(folder, names) or any(_is_zip(folder / name) for name in names)
        for folder, _, names in folders.walk(path)
    )


def _is_zip(path: Path) -> bool:
    if not path.name.lower().endswith(".zip"):
        return False
    names = archives.names(path)
    return _NAME.fullmatch(path.name) is not None or (
        names is not None and _TASK in names and (_METRICS in names or _LOG in names)
    )


def _is_session(folder: Path, names: list[str]) -> bool:
    return _TASK in names and (_METRICS in names or _LOG in names or _NAME.fullmatch(folder.resolve().name) is not None)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their ids; of folder and zip of one id, the folder is read."""
    base = source if source.is_dir() else source.parent
    sessions: dict[str, Path] = {}
    zips: dict[str, Path] = {}
    for folder, _, names in folders.walk(source):
        if _is_session(folder, names):
            sessions.setdefault(
                folder.resolve().name if _NAME.fullmatch(folder.resolve().name) else _id(folder), folder
            )
        for name in names:
            if _is_zip(folder / name):
                zips.setdefault(name[:-4], folder / name)
    for run in sorted({*sessions, *zips}):
        yield _origin(run, sessions.get(run), zips.get(run), base)


def _origin(run: str, folder: Path | None, path: Path | None, base: Path) -> told.Origin | told.Damage:
    """Return a run by its folder, its zip, or both."""
    place = folders.below(base, folder if folder is not None else path if path is not None else base)
    task = _task(folder, path)
    if isinstance(task, str):
        return told.Damage(f"{place} {task}; it is left out")
    every = [parent / name for parent, _, names in folders.walk(folder) for name in names] if folder is not None else []
    return told.Origin(
        id=str(task.get("id") or run),
        place=place,
        files=(*every, *([path] if path is not None else [])),
        mark=f"clearml/{task.get('id') or run}",
        project=str(task.get("project_name") or ""),
        name=str(task.get("name") or ""),
        key=Key(folder, archives.Archive(path) if path is not None else None),
    )


def _id(folder: Path) -> str:
    task = _task(folder, None)
    return str(task.get("id")) if isinstance(task, dict) else folder.resolve().name


def _task(folder: Path | None, path: Path | None) -> dict[str, Any] | str:
    """Return what the `task.json` of a folder, else of a zip, holds; or why there is none, as the end of a sentence."""
    try:
        if folder is not None:
            found = json_value(folder / _TASK)
        else:
            found = json.loads(archives.content(path, _TASK, MOST)) if path is not None else None
    except (told.UnreadableError, OSError, ValueError, RecursionError) as error:
        return f"has no {_TASK} that can be read ({error})"
    return found if isinstance(found, dict) else f"has a {_TASK} that holds no task"


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    key: Key = origin.key
    known = position if isinstance(position, dict) else {}
    zipped = archives.sign(key.archive.path) if key.archive is not None else None
    if known and zipped is not None and known.get("zip") == zipped:
        yield told.Position(known)
        return
    folder = key.place()
    reading = _Reading(folder, known)
    yield from reading.began()
    task = _task(folder, None)
    task = task if isinstance(task, dict) else {}
    sign = hashlib.sha256(repr(task).encode("utf-8", "replace")).hexdigest()[:16]
    if known.get("task") != sign:
        yield from clearml_task.told_of(task, folder, known.get("saved", {}))
    yield from reading.events(_METRICS, reading.metric, is_over=zipped is not None)
    yield from reading.events(_LOG, reading.printed, is_over=zipped is not None)
    if key.archive is not None:
        yield from map(told.Damage, key.archive.damage)
        if not known.get("zip"):
            yield told.Note(_UNKNOWN)
            yield told.Ended(0, reading.last)
    yield told.Position({"lines": reading.ends, "task": sign, "saved": clearml_task.artifacts(task), "zip": zipped})


class _Reading:
    """One reading of the events of a run."""

    def __init__(self, folder: Path, known: dict[str, Any]) -> None:
        self._folder = folder
        self._known: dict[str, Any] = known.get("lines", {})
        self.ends: dict[str, Any] = dict(self._known)
        self.last: float | None = None

    def began(self) -> Iterator[told.Told]:
        """Yield when the run began: the time of its first event."""
        times = [self._first(name) for name in (_METRICS, _LOG)]
        found = [time for time in times if time is not None]
        if found:
            yield told.Began(min(found))

    def _first(self, name: str) -> float | None:
        path = files.inside(self._folder, name)
        first = next(JsonLines(path).values(), None) if path is not None else None
        event = first[0] if isinstance(first, list) and first else None
        return clocks.of_milliseconds(event.get("timestamp")) if isinstance(event, dict) else None

    def events(
        self, name: str, take: Callable[[dict[str, Any], float | None], Iterable[told.Told]], *, is_over: bool
    ) -> Iterator[told.Told]:
        """Yield what the new events of a file say."""
        path = files.inside(self._folder, name)
        if path is None:
            if name in self._known:
                raise told.ReplacedError
            return
        lines = JsonLines(path)
        if name in self._known:
            lines.go_on(self._known[name])
        for line in lines.values(is_over=is_over):
            for event in line if isinstance(line, list) else [line]:
                if not isinstance(event, dict):
                    lines.damage.append(f"{name} has a line that holds no events; it is left out")
                    continue
                time = clocks.of_milliseconds(event.get("timestamp"))
                self.last = max(filter(None, (self.last, time)), default=None)
                yield from take(event, time)
        yield from map(told.Damage, lines.damage)
        self.ends[name] = lines.position()

    def printed(self, event: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        """Yield what was printed."""
        text = event.get("msg")
        if isinstance(text, str) and text:
            stream = "stderr" if event.get("level") in ("error", "critical", "fatal") else "stdout"
            yield told.Printed(time, stream, text if text.endswith("\n") else f"{text}\n")

    def metric(self, event: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        """Yield what an event of `metrics.jsonl` says."""
        kind, metric, variant = event.get("type"), str(event.get("metric") or ""), str(event.get("variant") or "")
        step = event.get("iter")
        if isinstance(step, bool) or not isinstance(step, int | float):
            yield told.Damage(f"an event of {metric!r} has no iteration; it is left out")
            return
        key = "/".join(part for part in (metric, variant) if part)
        if kind == "training_stats_scalar":
            yield from _scalar(event.get("value"), metric, variant, key, told.Row(step, time, {}))
        elif kind == "plot":
            yield from _plot(event.get("plot_str"), key, step, time)
        elif kind == "training_debug_image":
            yield from self._picture(event, key, step, time)
        elif kind == "training_stats_vector" and isinstance(event.get("values"), list):
            yield told.Row(step, time, {key: event["values"]})
        else:
            yield told.Note(f"events of the kind {kind!r} are left out: tracklog has none of that kind")

    def _picture(self, event: dict[str, Any], key: str, step: float, time: float | None) -> Iterator[told.Told]:
        where = str(event.get("key") or "")
        path = files.inside(self._folder, f"data/{where}") if where else None
        path = path or clearml_task.data_file(self._folder, event.get("url"))
        if path is None:
            yield told.Damage(f"{key!r} at iteration {step}: its file is not in the session; it is left out")
            return
        try:
            found = files_as_media.of(path)
        except files_as_media.FAILURES as error:
            yield told.Damage(f"{key!r} at iteration {step}: its file cannot be read ({error}); it is left out")
            return
        if found is None:
            yield told.Saved(f"debug_samples/{key}/{path.name}", path)
            return
        if path.suffix == ".jpeg":
            yield told.Note(_RECODED)
        yield told.Row(step, time, {key: found})


def _scalar(value: Any, metric: str, variant: str, key: str, row: told.Row) -> Iterator[told.Told]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield told.Damage(f"{key!r} at iteration {row.step} has no value; it is left out")
        return
    if value == 0:
        yield told.Note(_ZEROS)
    if row.step == _SINGLE and metric == _SUMMARY:
        yield told.Summary((variant,), value, row.time)
    elif metric.startswith(_MACHINE):
        yield told.System(row.time or 0.0, {key.removeprefix(_MACHINE): value})
    else:
        yield told.Row(row.step, row.time, {key: value})


def _plot(text: Any, key: str, step: float, time: float | None) -> Iterator[told.Told]:
    from tracklog.media.figure import Plotly

    try:
        yield told.Row(step, time, {key: Plotly(json.loads(text))})
    except (ValueError, TypeError, RecursionError):
        yield told.Damage(f"the plot {key!r} at iteration {step} is no figure of Plotly; it is left out")
