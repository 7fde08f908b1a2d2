"""From lines to meaning, for recorder, Api and builder alike: rows and sessions by their modules, config and summary here."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from tracklog.store import layout, typed
from tracklog.store.metrics import Definition, Definitions, Statistics, definitions
from tracklog.store.rows import History, history, last_values, merged
from tracklog.store.sessions import Session, State, duration, ended, rewound, sessions, state, this_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracklog.store.layout import Event, Row
    from tracklog.store.reader import RunLog, WriterLog

__all__ = [
    "History",
    "Session",
    "State",
    "config",
    "config_values",
    "duration",
    "edits",
    "ended",
    "environment",
    "flatten",
    "history",
    "last_values",
    "merged",
    "metrics",
    "rewound",
    "sessions",
    "state",
    "statistics",
    "summary",
    "this_place",
]


def config(log: RunLog, found: list[Session]) -> dict[str, Any]:
    """Return the folded config, nested as written."""
    result: dict[str, Any] = {}
    for event in _events(log, found, "config"):
        data = event.get("set")
        if isinstance(data, dict):
            result.update(data)
        for key in event.get("delete") or ():
            result.pop(key, None)
    return result


def config_values(log: RunLog, found: list[Session]) -> dict[str, Any]:
    """Return the folded config as it was given: floats that JSON lacks, tuples, sets, enums, integers of any size."""
    types: dict[str, str] = {}
    for event in _events(log, found, "config"):
        if isinstance(event.get("set"), dict):
            for key in event["set"]:
                types = {path: kind for path, kind in types.items() if path not in typed.of_key(types, key)}
        if isinstance(event.get("types"), dict):
            types |= {path: kind for path, kind in event["types"].items() if isinstance(kind, str)}
    return {key: typed.decode(value, types, (key,)) for key, value in config(log, found).items()}


def edits(log: RunLog) -> dict[str, Any]:
    """Return name, notes, tags and id as last set, by the recorder or by `tracklog edit`."""
    events = [event for writer in log.writers.values() for event in writer.events if event.get("event") == "edit"]
    result: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: layout.number(event.get(layout.TIMESTAMP))):
        result.update({key: event[key] for key in ("name", "notes", "tags", "id") if key in event})
    return result


def environment(log: RunLog, found: list[Session]) -> dict[str, Any]:
    """Return `run.json` with what the recorder learned after it was written (git, hardware) and later edits."""
    result: dict[str, Any] = dict(log.run)
    for event in _events(log, found, "environment"):
        result.update({key: value for key, value in event.items() if key not in ("event", layout.TIMESTAMP, "row")})
    return result | edits(log)


def metrics(log: RunLog, found: list[Session]) -> Definitions:
    """Return what `define_metric` said of the run's metrics."""
    return definitions(_events(log, found, "metric"))


def statistics(log: RunLog, found: list[Session], folded: History) -> Statistics:
    """Return the numbers that the summary keeps of defined metrics, since their definition or a value set by hand.

    Of a metric that several processes logged at once those of the first count, as for its last value.
    """
    result = Statistics(metrics(log, found))
    if not result.definitions.has_statistics:
        return result
    since: dict[str, float] = {}
    for event in _events(log, found, "summary"):
        path = event.get("path")
        if isinstance(path, list) and all(isinstance(part, str) for part in path):
            since[layout.join_path(tuple(path))] = layout.number(event.get(layout.TIMESTAMP))
    done: set[str] = set()
    for track in folded.tracks:
        if not track.hidden:
            done |= _counted(result, track.rows, since, frozenset(done))
    return result


def _counted(result: Statistics, rows: list[Row], since: Mapping[str, float], done: frozenset[str]) -> set[str]:
    """Count rows from the time on that a metric's statistics begin; return the paths that are done with them."""
    found: set[str] = set()
    now = 0.0

    def counts(path: str, definition: Definition) -> bool:
        return path not in done and now >= definition.since and now > since.get(path, 0.0)

    for row in rows:
        now = layout.number(row.get(layout.TIMESTAMP))
        found.update(result.add(row, counts))
    return found


def _events(log: RunLog, found: list[Session], kind: str) -> list[Event]:
    names = [session.writer for session in found]
    names += [name for name in log.writers if name not in set(names)]
    return [event for name in names for event in log.writers[name].events if event.get("event") == kind]


def summary(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    """Return the last value of every key, overridden by what the script set itself, nested as logged.

    Superseded values need no look here: the session that supersedes them has values of its own for their keys.
    """
    result = _last(log, found, folded)
    kept = statistics(log, found, folded)
    kept.overlay(result, kept.by_path)
    return result


def _last(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    if len(found) == 1 and not any(e.get("event") == "summary" for e in log.writers[found[0].writer].events):
        rows = folded.tracks[0].rows if folded.tracks else []
        return last_values(rows)
    result = _of_children(log, found, folded)
    for generation in _generations(found):
        for session in sorted(generation, key=_precedence):
            if session.writer in log.writers:
                result = _apply_writer(result, log.writers[session.writer], _cut(session, found))
    members = {session.writer for session in found}
    for name, writer in log.writers.items():
        if name not in members:
            for event in _of_kind(writer, "summary"):
                _set_summary(result, event)
    return result


def _of_children(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    """Return what only child processes logged, and what they set themselves: the run's own values come over it."""
    result = last_values(folded.children)
    for session in found:
        if session.is_child:
            for event in _of_kind(log.writers[session.writer], "summary"):
                _set_summary(result, event)
    return result


def _of_kind(log: WriterLog, kind: str) -> list[Event]:
    return [event for event in log.events if event.get("event") == kind]


def _cut(session: Session, found: list[Session]) -> float:
    """Return the step from which on a later session has rewound a session."""
    starts = [other.start_step for other in found if other.rewind and session.writer in other.after]
    return min(starts, default=math.inf)


def _generations(found: list[Session]) -> list[list[Session]]:
    generations: list[list[Session]] = []
    for session in found:
        if session.is_child:
            continue
        if generations and not any(other.writer in session.after for other in generations[-1]):
            generations[-1].append(session)
        else:
            generations.append([session])
    return generations


def _precedence(session: Session) -> tuple[bool, int, float]:
    # Applied in this order, so that the lowest rank is applied last and wins; without ranks the latest does.
    return (session.rank is not None, -(session.rank or 0), session.last_sign)


def _apply_writer(result: dict[str, Any], log: WriterLog, cut: float) -> dict[str, Any]:
    lines = log.history
    if cut < math.inf:
        lines = list(itertools.takewhile(lambda line: line[layout.STEP] < cut, lines))
    events = sorted(_of_kind(log, "summary"), key=lambda event: int(layout.number(event.get("row"))))
    if len(lines) < len(log.history):
        events = [event for event in events if layout.number(event.get("row")) <= len(lines)]
    rows: list[tuple[int, Row]] = []
    for n, line in enumerate(lines):
        step = line[layout.STEP]
        if rows and rows[-1][1][layout.STEP] == step:
            rows[-1] = (n + 1, merged(rows[-1][1], line))
        else:
            rows.append((n + 1, line))
    position = 0
    for event in events:
        end = int(layout.number(event.get("row")))
        batch = []
        while position < len(rows) and rows[position][0] <= end:
            batch.append(rows[position][1])
            position += 1
        result = merged(result, last_values(batch))
        _set_summary(result, event)
    return merged(result, last_values([row for _, row in rows[position:]]))


def _set_summary(result: dict[str, Any], event: Event) -> None:
    path = event.get("path")
    if not isinstance(path, list) or not path or not all(isinstance(part, str) for part in path):
        return
    place = result
    for part in path[:-1]:
        inner = place.get(part)
        # A copy, since rows of the log share their nested dicts with the result.
        place[part] = dict(inner) if layout.is_nesting(inner) else {}  # type: ignore[arg-type]
        place = place[part]
    if event.get("delete") is True:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = event.get("value")


def shown(summary: dict[str, Any]) -> dict[str, Any]:
    """Return a flat summary without the tables that custom charts are drawn from: these are theirs, not the run's."""
    inside = {f"{key}_table" for key, value in summary.items() if _type(value) in layout.CHARTS}
    return {key: value for key, value in summary.items() if key not in inside or _type(value) not in layout.TABLES}


def _type(value: object) -> object:
    return value.get("_type") if isinstance(value, dict) else None


def flatten(values: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return nested dicts as one row under their paths; empty dicts and records stay values."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if layout.is_nesting(value) and value:
            flat.update(flatten(value, (*prefix, key)))
        else:
            flat[layout.join_path((*prefix, key))] = value
    return flat
