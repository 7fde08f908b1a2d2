"""The summary of a run: the last value of every metric, what was set, and what definitions keep in their place."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from tracklog.store import layout
from tracklog.store.happenings import from_outside, of_kind, recorded, when
from tracklog.store.metrics import Definition, Definitions, Statistics, definitions
from tracklog.store.rows import History, last_values, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tracklog.store.layout import Event, Row
    from tracklog.store.reader import RunLog, WriterLog
    from tracklog.store.sessions import Session


def metrics(log: RunLog, found: list[Session]) -> Definitions:
    """Return what `define_metric` said of the run's metrics."""
    return definitions(recorded(log, found, "metric"))


def summary(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    """Return the last value of every key, overridden by what was set, by the script or from outside, nested as logged.

    What is set holds until the key is recorded again. Superseded values need no look here: the session that supersedes
    them has values of its own for their keys; what a rewinding session cut off is left out.
    """
    result = _last(log, found, folded)
    kept = statistics(log, found, folded)
    kept.overlay(result, kept.by_path)
    return result


def statistics(log: RunLog, found: list[Session], folded: History) -> Statistics:
    """Return the numbers that the summary keeps of defined metrics, since their definition or a value set by hand.

    Of a metric that several processes logged at once those of the first count, as for its last value.
    """
    result = Statistics(metrics(log, found))
    if not result.definitions.has_statistics:
        return result
    since = Resets([*recorded(log, found, "summary"), *from_outside(log, found, "summary")])
    done: set[str] = set()
    for track in folded.tracks:
        if not track.hidden:
            done |= counted(result, track.rows, since, frozenset(done))
    return result


class Resets:
    """When the summary of a path, or of anything around or within it, was last set by hand."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Take what was set."""
        self._known = [(event["path"], when(event)) for event in events if isinstance(event.get("path"), list)]
        self._found: dict[str, float] = {}

    def __call__(self, path: str) -> float:
        """Return the moment, in unix seconds; 0 where it never was."""
        if path not in self._found:
            parts = list(layout.split_path(path))
            moments = (moment for other, moment in self._known if other[: len(parts)] == parts[: len(other)])
            self._found[path] = max(moments, default=0.0)
        return self._found[path]


def counted(result: Statistics, rows: Sequence[Row], since: Callable[[str], float], done: frozenset[str]) -> set[str]:
    """Count rows from the time on that a metric's statistics begin; return the paths that are done with them."""
    found: set[str] = set()
    now = 0.0

    def counts(path: str, definition: Definition) -> bool:
        return path not in done and now >= definition.since and now > since(path)

    for row in rows:
        now = layout.number(row.get(layout.TIMESTAMP))
        found.update(result.add(row, counts))
    return found


def _last(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    if len(found) == 1 and not of_kind(log.writers[found[0].writer], "summary"):
        result = last_values(folded.tracks[0].rows if folded.tracks else [])
    else:
        result = _over(_of_children(log, found, folded), log, found)
    for since, edits in itertools.groupby(from_outside(log, found, "summary"), when):
        for edit in edits:
            set_summary(result, edit)
        result = _over(result, log, found, since)
    return result


def _over(result: dict[str, Any], log: RunLog, found: list[Session], since: float = -math.inf) -> dict[str, Any]:
    """Return a summary with what the sessions recorded after a moment over it."""
    for generation in generations(found):
        for session in sorted(generation, key=precedence):
            if session.writer in log.writers:
                result = _apply_writer(result, log.writers[session.writer], _cut(session, found), since)
    return result


def _of_children(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    """Return what only child processes logged, and what they set themselves: the run's own values come over it."""
    result = last_values(folded.children)
    for session in found:
        if session.is_child:
            for event in of_kind(log.writers[session.writer], "summary"):
                set_summary(result, event)
    return result


def _cut(session: Session, found: list[Session]) -> float:
    """Return the step from which on a later session has rewound a session."""
    starts = [other.start_step for other in found if other.rewind and session.writer in other.after]
    return min(starts, default=math.inf)


def generations(found: list[Session]) -> list[list[Session]]:
    """Group sessions that are side by side, those of one group before those of the next; children are left out."""
    groups: list[list[Session]] = []
    for session in found:
        if session.is_child:
            continue
        if groups and not any(other.writer in session.after for other in groups[-1]):
            groups[-1].append(session)
        else:
            groups.append([session])
    return groups


def precedence(session: Session) -> tuple[bool, int, float]:
    """Order sessions that are side by side: the lowest rank comes last and wins; without ranks the latest does."""
    return (session.rank is not None, -(session.rank or 0), session.last_sign)


def _apply_writer(result: dict[str, Any], log: WriterLog, cut: float, since: float) -> dict[str, Any]:
    """Return a summary with what a writer recorded after a moment over it; `cut` is the step from which on nothing counts."""
    lines = log.history
    if cut < math.inf:
        lines = list(itertools.takewhile(lambda line: line[layout.STEP] < cut, lines))
    last = len(lines) if len(lines) < len(log.history) else math.inf
    events = [e for e in of_kind(log, "summary") if when(e) > since and layout.number(e.get("row")) <= last]
    first = len(lines) if since > -math.inf else 0
    while first and when(lines[first - 1]) > since:
        first -= 1
    rows: list[tuple[int, Row]] = []
    for n, line in enumerate(lines[first:], first):
        step = line[layout.STEP]
        if rows and rows[-1][1][layout.STEP] == step:
            rows[-1] = (n + 1, merged(rows[-1][1], line))
        else:
            rows.append((n + 1, line))
    position = 0
    for event in sorted(events, key=lambda event: int(layout.number(event.get("row")))):
        end = int(layout.number(event.get("row")))
        batch = []
        while position < len(rows) and rows[position][0] <= end:
            batch.append(rows[position][1])
            position += 1
        result = with_rows(result, batch)
        set_summary(result, event)
    return with_rows(result, [row for _, row in rows[position:]])


def with_rows(result: dict[str, Any], rows: list[Row]) -> dict[str, Any]:
    """Return a summary with rows folded over it, in its order."""
    return result | last_values([result, *rows]) if rows else result


def set_summary(result: dict[str, Any], event: Event) -> None:
    """Set, or delete, in a summary what an event says."""
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
