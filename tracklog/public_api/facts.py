"""What is known of a run but its rows: read once, small enough to be held of thousands of runs."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tracklog.store import encoding, fold, layout, reader

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Facts:
    """A run as its folder says it is."""

    known: dict[str, Any]
    """`run.json`, with git, hardware and edits."""
    config: dict[str, Any]
    """As it was logged, nested."""
    summary: dict[str, Any]
    """As it was logged, nested; media and tensors as their records."""
    state: str
    """``running``, ``finished``, ``failed`` or ``crashed``."""
    clocks: dict[str, Any]
    """``_step``, ``_runtime`` and ``_timestamp`` of the row of the last step; empty before the first."""
    last_sign: float
    """Unix seconds of its last line."""
    system: dict[str, float]
    """The last value of each system metric."""


def read(folder: Path) -> Facts:
    """Return the facts of a run's folder. Raises FormatError for a newer format."""
    log = reader.read_run(folder)
    found = fold.sessions(log)
    folded = fold.history(log, found)
    state = fold.state(found, time.time())
    rows = (row for track in folded.tracks if not track.hidden for row in track.rows)
    last = max(rows, key=itemgetter(layout.STEP), default={})
    return Facts(
        known=_named(fold.environment(log, found), folder),
        config=fold.config_values(log, found),
        summary=encoding.as_logged(fold.summary(log, found, folded)),
        state="running" if state == "silent" else state,
        clocks={key: last[key] for key in layout.CLOCKS if key in last},
        last_sign=max((session.last_sign for session in found), default=0.0),
        system=_system(log, found),
    )


def _named(known: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what is known, with the names of its folders where a run's own record is damaged."""
    for key, place in (("id", folder), ("project", folder.parent)):
        if not isinstance(known.get(key), str) or not known[key]:
            known[key] = layout.original_name(place.name) or place.name
    return known


def _system(log: reader.RunLog, found: list[fold.Session]) -> dict[str, float]:
    rows = (row for session in found for row in log.writers[session.writer].system)
    return {f"system.{key}": value for row in rows for key, value in row.items() if key not in layout.CLOCKS}


def moment(seconds: float) -> str:
    """Return unix seconds as wandb writes a time: ISO 8601 to the second, in UTC; "" when a clock wrote nonsense."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return ""


def seconds(moment_: object) -> float | None:
    """Return the unix seconds of an ISO 8601 time (UTC where it names no zone), a datetime or a number; else None."""
    if isinstance(moment_, int | float) and not isinstance(moment_, bool):
        return float(moment_)
    try:
        found = moment_ if isinstance(moment_, dt.datetime) else dt.datetime.fromisoformat(_plain(str(moment_)))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=dt.timezone.utc)).timestamp()


def _plain(text: str) -> str:
    # Python 3.10 knows no Z.
    return f"{text[:-1]}+00:00" if text.endswith("Z") else text
