"""The events of a run in the order in which they count: those of its sessions, and edits from outside among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracklog.store import layout

if TYPE_CHECKING:
    from tracklog.store.layout import Event
    from tracklog.store.reader import RunLog, WriterLog
    from tracklog.store.sessions import Session


def of_kind(log: WriterLog, kind: str) -> list[Event]:
    """Return the events of one kind that a writer wrote."""
    return [event for event in log.events if event.get("event") == kind]


def recorded(log: RunLog, found: list[Session], kind: str) -> list[Event]:
    """Return what the sessions say, one after the other."""
    return [e for session in found if session.writer in log.writers for e in of_kind(log.writers[session.writer], kind)]


def from_outside(log: RunLog, found: list[Session], kind: str) -> list[Event]:
    """Return what writers without a session (edits) say, in the order of time."""
    inside = {session.writer for session in found}
    return sorted(
        (e for name, writer in log.writers.items() if name not in inside for e in of_kind(writer, kind)), key=when
    )


def with_edits(log: RunLog, found: list[Session], kind: str) -> list[Event]:
    """Return what the sessions say, each edit from outside behind the last of it that was before that."""
    own = recorded(log, found, kind)
    result: list[Event] = []
    taken = 0
    for edit in from_outside(log, found, kind):
        end = max((n + 1 for n, event in enumerate(own) if when(event) <= when(edit)), default=0)
        result += [*own[taken:end], edit]
        taken = max(taken, end)
    return result + own[taken:]


def when(line: Event) -> float:
    """Return the time of a line, in unix seconds; 0 where it has none."""
    return layout.number(line.get(layout.TIMESTAMP))
