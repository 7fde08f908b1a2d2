"""From lines to meaning, for recorder, Api and builder alike: rows, sessions and summary by their modules, config here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.store import layout, typed
from tracklog.store.happenings import from_outside, recorded, when, with_edits
from tracklog.store.rows import History, history, last_values, merged
from tracklog.store.sessions import Session, State, duration, ended, rewound, sessions, state, this_place
from tracklog.store.summaries import metrics, statistics, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracklog.store.reader import RunLog

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
    """Return the folded config, nested as written; an edit from outside holds until the run sets the key again."""
    return _config(log, found)[0]


def config_values(log: RunLog, found: list[Session]) -> dict[str, Any]:
    """Return the folded config as it was given: floats that JSON lacks, tuples, sets, enums, integers of any size."""
    result, types = _config(log, found)
    return {key: typed.decode(value, types.get(key, {}), (key,)) for key, value in result.items()}


def _config(log: RunLog, found: list[Session]) -> tuple[dict[str, Any], dict[str, typed.Types]]:
    """Return the values of all keys as JSON, and notes of their types by key."""
    result: dict[str, Any] = {}
    types: dict[str, typed.Types] = {}
    for event in with_edits(log, found, "config"):
        data, notes = event.get("set"), event.get("types")
        if isinstance(data, dict):
            result.update(data)
            known = notes if isinstance(notes, dict) else {}
            types.update({key: typed.of_key(known, key) for key in data})
        for key in event.get("delete") or ():
            result.pop(key, None)
    return result, types


def edits(log: RunLog) -> dict[str, Any]:
    """Return name, notes, tags and id as last set, by the recorder or by `tracklog edit`."""
    events = [event for writer in log.writers.values() for event in writer.events if event.get("event") == "edit"]
    result: dict[str, Any] = {}
    for event in sorted(events, key=when):
        result.update({key: event[key] for key in ("name", "notes", "tags", "id") if key in event})
    return result


def environment(log: RunLog, found: list[Session]) -> dict[str, Any]:
    """Return `run.json` with what the recorder learned after it was written (git, hardware) and later edits."""
    result: dict[str, Any] = dict(log.run)
    for event in (*recorded(log, found, "environment"), *from_outside(log, found, "environment")):
        result.update({key: value for key, value in event.items() if key not in ("event", layout.TIMESTAMP, "row")})
    return result | edits(log)


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
