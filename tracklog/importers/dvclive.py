"""DVCLive's folders: `plots/metrics/<key>.tsv`, `metrics.json`, `params.yaml`, plots and pictures.

A metric is a file, whose name is its key. Between metrics nothing tells an order but their steps: those whose steps rise are put
together by step; one whose steps fall or repeat stands by itself, in its own order. No file says whether a run has ended.
"""

from __future__ import annotations

import heapq
import itertools
import operator
import os
from typing import TYPE_CHECKING, Any

from tracklog.importers import cells, folders, told
from tracklog.importers.settings_files import json_value, yaml_mapping
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "dvclive", "DVCLive"
MARKS_END = False
_METRICS, _PLOTS, _LATEST, _PARAMS = "plots/metrics", "plots", "metrics.json", "params.yaml"
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_CLOCKED = 3
"""Cells of a line that begins with its time, whatever the head says."""
_WORDS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


def looks_like(path: Path) -> bool:
    """Return whether a path is a folder of DVCLive, or has some below it."""
    return path.is_dir() and any(_is_run(folder, inner, names) for folder, inner, names in folders.walk(path))


def _is_run(folder: Path, inner: list[str], names: list[str]) -> bool:
    if _PLOTS in inner and os.path.isdir(folder / _METRICS):  # noqa: PTH112 - which raises nothing
        return True
    return _LATEST in names and (_PARAMS in names or _PLOTS in inner)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their folders."""
    if not source.is_dir():
        return
    for folder, inner, found in folders.walk(source):
        if not _is_run(folder, inner, found):
            continue
        place = folders.below(source, folder)
        name = place or folder.resolve().name
        every = tuple(parent / name for parent, _, names in folders.walk(folder) for name in names)
        yield told.Origin(id=name.replace("/", "-"), place=place, files=every, name=name, key=folder)


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    folder: Path = origin.key
    known = position if isinstance(position, dict) else {}
    if position is None:
        yield told.Note("DVCLive keeps each metric in a file of its own: rows of one step are put together")
    yield from _settings(folder, known)
    metrics = _Metrics(folder, known.get("metrics", {}))
    yield from metrics.rows()
    latest, step = _latest(folder)
    beside = {key: value for key, value in latest.items() if key not in metrics.there}
    said = {key: repr(value) for key, value in beside.items()}
    yield from (told.Summary((key,), beside[key]) for key in beside if known.get("beside", {}).get(key) != said[key])
    pictures = dict(_pictures(folder))
    seen = known.get("pictures", {})
    for name, sign in pictures.items():
        if seen.get(name) != sign:
            yield from _picture(folder, name, step if step is not None else metrics.last)
    ends = {name: metric.lines.position() for name, metric in metrics.there.items()}
    yield told.Position({"metrics": ends, "beside": said, "pictures": pictures, "params": _sign(folder / _PARAMS)})


# -- metrics


class _Metric:
    """One file of values."""

    def __init__(self, key: str, lines: cells.Lines) -> None:
        self.key, self.lines = key, lines

    def values(self) -> list[told.Row]:
        found = []
        for record in self.lines.rows():
            step = cells.value(record[-2]) if len(record) > 1 else None
            time = cells.value(record[-_CLOCKED]) if len(record) >= _CLOCKED else None
            if isinstance(step, int | float) and not isinstance(step, bool):
                seconds = time / 1000 if isinstance(time, int | float) else None
                found.append(told.Row(step, seconds, {self.key: cells.value(record[-1])}))
            else:
                self.lines.damage.append(f"{self.key}: line {self.lines.records} has no step")
        return found


class _Metrics:
    """The metrics of a run, from the places on that earlier readings came to."""

    def __init__(self, folder: Path, known: dict[str, Any]) -> None:
        self.there: dict[str, _Metric] = {}
        self.last: float | None = None
        self._damage: list[str] = []
        self._known = known
        home = folder / _METRICS
        for parent, _, names in folders.walk(home) if home.is_dir() else ():
            for name in names:
                if name.endswith(".tsv"):
                    self._open(parent / name, folders.below(home, parent / name).removesuffix(".tsv"))
        if any(key not in self.there for key in known):
            raise told.ReplacedError  # a run that was not resumed has deleted what was there

    def _open(self, path: Path, key: str) -> None:
        lines = cells.opened(path)
        if isinstance(lines, str):
            self._damage.append(lines)
            return
        lines.delimiter = "\t"
        if key in self._known:
            lines.go_on(self._known[key])
        self.there[key] = _Metric(key, lines)

    def rows(self) -> Iterator[told.Told]:
        rising: list[list[told.Row]] = []
        others: list[list[told.Row]] = []
        for metric in self.there.values():
            found = metric.values()
            steps = [row.step for row in found if row.step is not None]
            is_rising = all(itertools.starmap(operator.lt, itertools.pairwise(steps)))
            (rising if is_rising else others).append(found)
        for row in [*heapq.merge(*rising, key=lambda row: row.step or 0), *(row for found in others for row in found)]:
            self.last = row.step
            yield row
        yield from map(told.Damage, self._damage)
        yield from (told.Damage(text) for metric in self.there.values() for text in metric.lines.damage)


# -- what is beside them


def _settings(folder: Path, known: dict[str, Any]) -> Iterator[told.Told]:
    sign = _sign(folder / _PARAMS)
    if sign and known.get("params") != sign:
        found = yaml_mapping(folder / _PARAMS)
        yield told.Damage(f"{_PARAMS} {found}; it is left out") if isinstance(found, str) else told.Config(found)


def _latest(folder: Path) -> tuple[dict[str, Any], float | None]:
    """Return the last values of all metrics, by their keys, and the step that they are of."""
    try:
        found = json_value(folder / _LATEST)
    except (OSError, ValueError):
        return {}, None
    if not isinstance(found, dict):
        return {}, None
    step = found.pop("step", None)
    flat: dict[str, Any] = {}
    waiting = [("", found)]
    while waiting:
        start, inner = waiting.pop()
        for key, value in inner.items():
            if isinstance(value, dict):
                waiting.append((f"{start}{key}/", value))
            else:
                flat[f"{start}{key}"] = _WORDS.get(value, value) if isinstance(value, str) else value
    return flat, step if isinstance(step, int) else None


def _pictures(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the plots and pictures of a run, relative to it, and what tells a file from another one."""
    plots = folder / _PLOTS
    for parent, _, names in folders.walk(plots) if plots.is_dir() else ():
        for name in names:
            where = folders.below(folder, parent / name)
            if not where.startswith(_METRICS) and where.lower().endswith((*_PICTURES, ".json")):
                yield where, _sign(parent / name)


def _picture(folder: Path, where: str, step: float | None) -> Iterator[told.Told]:
    path = folder / where
    stem = path.name.rpartition(".")[0]
    key = where.removeprefix(f"{_PLOTS}/").removeprefix("images/").rpartition(".")[0]
    if stem.isdecimal() and path.parent.name != "images":  # as pictures of one name step by step
        key, step = key.rpartition("/")[0], int(stem)
    try:
        found = _table(path) if path.suffix == ".json" else _image(path)
    except (OSError, ValueError, TypeError) as error:
        yield told.Damage(f"{where} cannot be read ({error}); it is left out")
        return
    if found is not None:
        yield told.Row(step if step is not None else 0, None, {key: found})


def _image(path: Path) -> Any:
    from tracklog.media.image import Image

    return Image(str(path))


def _table(path: Path) -> Any:
    """Return a plot's rows as a table; None where it has none."""
    from tracklog.media.table import Table

    found = json_value(path)
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), None)
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return Table(columns=columns, data=[[row.get(key) for key in columns] for row in rows]) if rows else None


def _sign(path: Path) -> str:
    """Return what changes when a file does; empty where it is not there."""
    try:
        return files.hashed(path)[0][:16]
    except OSError:
        return ""
