"""Sacred's file storage: `<basedir>/<n>/{config,run,metrics,info}.json, cout.txt`.

Times are UTC and do not say so. Metrics, console and info are written with each heartbeat, every ten seconds; a run that was
killed says RUNNING for ever, and is told by the age of its heartbeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.importers import clocks, folders, told
from tracklog.importers.interleaving import by_time
from tracklog.importers.settings_files import json_value
from tracklog.store import files, layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "sacred", "Sacred"
MARKS_END = True
_RUN, _CONFIG, _METRICS, _INFO, _CONSOLE = "run.json", "config.json", "metrics.json", "info.json", "cout.txt"
_ENDS = {"COMPLETED": 0, "FAILED": 1, "INTERRUPTED": 130, "TIMEOUT": 124}
"""Exit codes: those of shells where a signal or a limit ended it."""
_FILES = (_RUN, _CONFIG, _METRICS, _INFO, _CONSOLE)


def looks_like(path: Path) -> bool:
    """Return whether a path is a run of Sacred, or has some below it."""
    return path.is_dir() and any(_is_run(folder, names) for folder, _, names in folders.walk(path))


def _is_run(folder: Path, names: list[str]) -> bool:
    return _RUN in names and _CONFIG in names and isinstance(_object(folder / _RUN).get("experiment"), dict)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their folders."""
    if not source.is_dir():
        return
    for folder, _, names in folders.walk(source):
        if not _is_run(folder, names):
            continue
        place = folders.below(source, folder)
        run = _object(folder / _RUN)
        experiment = run["experiment"]
        title = experiment.get("name") if isinstance(experiment.get("name"), str) else ""
        name = place or folder.resolve().name
        yield told.Origin(
            id=name.replace("/", "-"),
            place=place,
            files=tuple(folder / name for name in _FILES if name in names),
            mark=f"{title}/{folder.resolve().name}/{run.get('start_time')}",
            project=title or "",
            name=f"{title} {folder.resolve().name}".strip(),
            key=folder,
        )


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    folder: Path = origin.key
    known = position if isinstance(position, dict) else {}
    run = _object(folder / _RUN)
    if position is None:
        yield from _began(folder, run)
    printed = _Console(folder / _CONSOLE, known.get("printed", 0))
    metrics = _Metrics(folder / _METRICS, known.get("metrics", {}))
    yield from metrics.rows()
    yield from printed.texts(clocks.of_iso(run.get("heartbeat")))
    info = {key: _plain(value) for key, value in _object(folder / _INFO).items()}
    said = {key: repr(value) for key, value in info.items()}
    yield from (told.Summary(("info", key), info[key]) for key in info if known.get("info", {}).get(key) != said[key])
    status, heartbeat = run.get("status"), run.get("heartbeat")
    if heartbeat != known.get("heartbeat"):
        yield told.Happened("heartbeat", {}, clocks.of_iso(heartbeat))
    if status in _ENDS and known.get("status") != status:
        yield from _ended(folder, run)
        yield told.Ended(_ENDS[status], clocks.of_iso(run.get("stop_time")))
    yield told.Position(
        {"printed": printed.end, "metrics": metrics.ends, "info": said, "heartbeat": heartbeat, "status": status}
    )


# -- metrics


class _Metrics:
    """All metrics of a run, in the order of their times; each keeps its own order whatever its times do."""

    def __init__(self, path: Path, known: dict[str, Any]) -> None:
        self.ends: dict[str, int] = {}
        self._found: list[list[told.Row]] = []
        self._damage: list[str] = []
        if not path.exists():
            return
        try:
            found = json_value(path)
        except (OSError, ValueError) as error:
            self._damage.append(f"{_METRICS} cannot be read ({error}); its metrics are left out")
            return
        for key, lists in found.items() if isinstance(found, dict) else ():
            self._add(key, lists, known.get(key, 0))

    def _add(self, key: str, lists: Any, first: int) -> None:
        columns = [lists.get(name) if isinstance(lists, dict) else None for name in ("steps", "timestamps", "values")]
        if not all(isinstance(column, list) for column in columns):
            self._damage.append(f"{_METRICS}: {key!r} has no lists of steps, timestamps and values; it is left out")
            return
        size = min(map(len, columns))  # type: ignore[arg-type]
        if size < first:
            raise told.ReplacedError
        self.ends[key] = size
        new = zip(*(column[first:size] for column in columns), strict=True)  # type: ignore[index]
        self._found.append(
            [told.Row(_step(step), clocks.of_iso(moment), {key: _plain(value)}) for step, moment, value in new]
        )

    def rows(self) -> Iterator[told.Told]:
        yield from by_time(self._found)
        yield from map(told.Damage, self._damage)


def _step(found: Any) -> float | None:
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


# -- what is beside them


class _Console:
    """What was printed, from a byte on."""

    def __init__(self, path: Path, end: int) -> None:
        self._path, self.end = path, end

    def texts(self, time: float | None) -> Iterator[told.Told]:
        try:
            data = files.content(self._path)
        except OSError:
            return
        if len(data) < self.end:
            raise told.ReplacedError
        if len(data) > self.end:
            yield told.Printed(time, "stdout", data[self.end :].decode("utf-8", "replace"))
            self.end = len(data)


def _began(folder: Path, run: dict[str, Any]) -> Iterator[told.Told]:
    began = clocks.of_iso(run.get("start_time"))
    if began is not None:
        yield told.Began(began)
    experiment, host = _mapping(run.get("experiment")), _mapping(run.get("host"))
    repositories = [one for one in experiment.get("repositories") or () if isinstance(one, dict)]
    git = (
        {
            "remote": repositories[0].get("url"),
            "commit": repositories[0].get("commit"),
            "dirty": repositories[0].get("dirty"),
        }
        if repositories
        else None
    )
    system = host.get("os")
    yield told.About(
        {
            "program": experiment.get("mainfile"),
            "args": [run["command"]] if isinstance(run.get("command"), str) else [],
            "host": host.get("hostname"),
            "os": " ".join(map(str, system)) if isinstance(system, list) else system,
            "python": host.get("python_version"),
            "git": git,
        }
    )
    config = _object(folder / _CONFIG)
    if config:
        yield told.Config({key: _plain(value) for key, value in config.items()})
    packages = [item for item in experiment.get("dependencies") or () if isinstance(item, str)]
    if packages:
        yield told.Saved(layout.REQUIREMENTS, "".join(f"{item}\n" for item in packages).encode())
    for source in experiment.get("sources") or ():
        if isinstance(source, list) and len(source) > 1 and all(isinstance(part, str) for part in source):
            name, place = source[0], source[1]
            found = files.inside(folder.parent, place)
            if found is not None:
                yield told.Saved(f"{layout.CODE}/{name}", found)


def _ended(folder: Path, run: dict[str, Any]) -> Iterator[told.Told]:
    if run.get("result") is not None:
        yield told.Summary(("result",), _plain(run["result"]))
    for name in run.get("artifacts") or ():
        found = files.inside(folder, name) if isinstance(name, str) else None
        if found is not None:
            yield told.Saved(f"artifacts/{name}", found)
        else:
            yield told.Damage(f"the artifact {name!r} is not in the run's folder; it is left out")
    trace = run.get("fail_trace")
    if isinstance(trace, list) and trace:
        yield told.Printed(clocks.of_iso(run.get("stop_time")), "stderr", "".join(map(str, trace)))


def _object(path: Path) -> dict[str, Any]:
    try:
        found = json_value(path)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _mapping(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    """Return a value without what jsonpickle wraps around NumPy's."""
    if isinstance(value, dict):
        if str(value.get("py/object", "")).startswith("numpy"):
            return value.get("values", value.get("value"))
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
