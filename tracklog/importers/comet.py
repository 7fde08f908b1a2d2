"""Comet's offline experiments: `<key>.zip` with `experiment.json`, `messages.json` and what was uploaded, as `tmp…`.

The zip is empty until the run ends, and stays so when it is killed: the messages are then in `messages.json` of a folder `tmp…`
in the system's temporary folder, whose name says nothing of the key. Such a folder is a run when it is named.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tracklog.importers import archives, clocks, folders, told
from tracklog.importers.comet_messages import Reader
from tracklog.importers.json_lines import JsonLines
from tracklog.importers.settings_files import MOST, json_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "comet", "Comet"
MARKS_END = True
_EXPERIMENT, _MESSAGES = "experiment.json", "messages.json"
_KEY = re.compile(r"[0-9A-Za-z]{32,50}\.zip")
_UNKNOWN = "Comet does not say how a run ended offline: one whose zip is filled counts as finished"


def looks_like(path: Path) -> bool:
    """Return whether a path is an offline experiment, or has some below it."""
    return any(True for _ in _zips(path)) or any(True for _ in _folders(path))


def _zips(source: Path) -> Iterator[Path]:
    for path in archives.found(source):
        names = archives.names(path)
        is_experiment = {_EXPERIMENT, _MESSAGES} <= set(names or ())
        if is_experiment or (not names and _KEY.fullmatch(path.name)):  # which is empty, or damaged
            yield path


def _folders(source: Path) -> Iterator[Path]:
    for folder, _, names in folders.walk(source):
        if _MESSAGES in names and (source.is_dir() or source.name == _MESSAGES) and _is_messages(folder / _MESSAGES):
            yield folder


def _is_messages(path: Path) -> bool:
    try:
        first = next(JsonLines(path).values(), None)
    except OSError:
        return False
    return isinstance(first, dict) and isinstance(first.get("payload"), dict) and isinstance(first.get("type"), str)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their zips and folders."""
    base = source if source.is_dir() else source.parent
    projects: set[str] = set()
    empty: list[Path] = []
    for path in _zips(source):
        place = folders.below(base, path)
        names = archives.names(path)
        if names is None:
            yield told.Damage(f"{place} cannot be read: it is no zip archive, or cut; it is left out")
            continue
        if not names:
            empty.append(path)
            continue
        try:
            origin = _origin(
                path.stem, place, (path,), _mapping(json.loads(archives.content(path, _EXPERIMENT, MOST))), path
            )
        except (told.UnreadableError, ValueError, RecursionError) as error:
            yield told.Damage(f"{place}: {_EXPERIMENT} cannot be read ({error}); it is left out")
            continue
        projects.add(origin.project)
        yield origin
    project = projects.pop() if len(projects) == 1 else ""  # of an empty one nothing is known but its key
    for path in empty:
        yield _origin(path.stem, folders.below(base, path), (path,), {"project_name": project}, path)
    for folder in _folders(source):
        every = tuple(parent / name for parent, _, names in folders.walk(folder) for name in names)
        yield _origin(folder.resolve().name, folders.below(base, folder), every, _experiment(folder), folder)


def _origin(name: str, place: str, paths: tuple[Path, ...], experiment: dict[str, Any], where: Path) -> told.Origin:
    run = str(experiment.get("offline_id") or name)
    is_zip = where.is_file()
    return told.Origin(
        id=run,
        place=place,
        files=paths,
        mark=f"comet/{run}" if is_zip else "",
        project=str(experiment.get("project_name") or ""),
        key=archives.Archive(where) if is_zip else where,
    )


def _mapping(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _experiment(folder: Path) -> dict[str, Any]:
    try:
        return _mapping(json_value(folder / _EXPERIMENT))
    except (OSError, ValueError):
        return {}


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    known = position if isinstance(position, dict) else {}
    if not isinstance(origin.key, archives.Archive):
        yield from _messages(origin.key, known, None)
        return
    path = origin.key.path
    zipped = archives.sign(path)
    if known.get("zip") == zipped:
        yield told.Position(known)
    elif not archives.names(path):
        yield told.Note(
            f"{path.name} is empty: its run goes on, or was killed. What it has logged is in {_MESSAGES} of a folder tmp… in the "
            "temporary folder of its machine, often /tmp: `tracklog import comet FOLDER` takes it"
        )
        yield told.Position({"zip": zipped})
    elif known:
        raise told.ReplacedError
    else:
        folder = origin.key.folder
        yield from map(told.Damage, origin.key.damage)
        if not (folder / _MESSAGES).is_file():
            raise told.UnreadableError(f"{origin.place}: {_MESSAGES} cannot be read; it is left out")
        yield from _messages(folder, {}, zipped)


def _messages(folder: Path, known: dict[str, Any], zipped: list[int] | None) -> Iterator[told.Told]:
    experiment = _experiment(folder)
    is_over = zipped is not None or bool(experiment)
    lines = JsonLines(folder / _MESSAGES)
    if known:
        lines.go_on(known["lines"])
    reader = Reader(folder, known.get("state", {}))
    began = clocks.of_milliseconds(experiment.get("start_time")) or _first(folder)
    if began is not None and not known:
        yield told.Began(began)
    if experiment and not known.get("over"):
        tags = experiment.get("tags")
        tags = sorted(map(str, tags)) if isinstance(tags, list) else []
        yield told.About({"entity": experiment.get("workspace"), "tags": tags})
    yield from reader.read(lines.values(is_over=is_over))
    yield from map(told.Damage, lines.damage)
    if is_over and not known.get("over"):
        yield told.Note(_UNKNOWN)
        yield told.Ended(0, clocks.of_milliseconds(experiment.get("stop_time")))
    yield told.Position({"lines": lines.position(), "state": reader.state(), "over": is_over, "zip": zipped})


def _first(folder: Path) -> float | None:
    """Return the time of the first message that has one."""
    for message in JsonLines(folder / _MESSAGES).values():
        payload = message.get("payload") if isinstance(message, dict) else None
        time = clocks.of_milliseconds(payload.get("local_timestamp")) if isinstance(payload, dict) else None
        if time is not None:
            return time
    return None
