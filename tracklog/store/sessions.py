"""The sessions of a run: one process's part each, their order, and the state of the run that follows from them.

Writers are ordered by the `after` lists of their sessions: a writer in another's `after` came before it, all others are
concurrent.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracklog.store.layout import Event
    from tracklog.store.reader import RunLog, WriterLog

State = Literal["running", "silent", "finished", "failed", "crashed"]

SIGN_AFTER = 120.0
"""Seconds without a line after which a run on another machine counts as silent."""
DEAD_AFTER = 1800.0
"""Seconds without a line after which it counts as crashed."""


@dataclass(slots=True)
class Session:
    """One process's part in a run, folded from its events."""

    writer: str
    rank: int | None = None
    job: list[str] | None = None
    """What tells the processes of one launch from those of another; None outside a launcher."""
    start_step: int = 0
    parent: str = ""
    attached: bool = False
    """Whether the child was given the run, and logs to it on purpose."""
    rewind: bool = False
    """Whether all that sessions before it logged from `start_step` on is superseded, whatever it logs itself."""
    after: frozenset[str] = frozenset()
    began: float = 0.0
    last_sign: float = 0.0
    exit_code: int | None = None
    """None while it has not finished."""
    lost: int = 0
    place: dict[str, Any] = field(default_factory=dict)
    """host, boot, pidns, pid, started: what tells whether the process lives."""

    @property
    def is_child(self) -> bool:
        """Whether this is a child process, forked or given the run: its end is not the run's."""
        return bool(self.parent)


def sessions(log: RunLog) -> list[Session]:
    """Return the sessions of a run in the order of `order`; writers without a session event (edits) are none."""
    found = [_session(writer) for writer in log.writers.values()]
    return order([session for session in found if session is not None])


def _session(log: WriterLog) -> Session | None:
    session: Session | None = None
    for event in log.events:
        kind = event.get("event")
        if kind == "session":
            session = session or Session(log.name, began=layout.number(event.get(layout.TIMESTAMP)))
            _apply_session(session, event)
        elif kind == "finish" and session is not None:
            code = event.get("exit_code")
            session.exit_code = code if isinstance(code, int) else 0
            session.lost = int(layout.number(event.get("lost")))
    if session is None and (log.newest(layout.HISTORY) or log.newest(layout.SYSTEM)):
        session = Session(log.name)
    if session is not None:
        session.last_sign = _last_sign(log)
    return session


def _apply_session(session: Session, event: Event) -> None:
    if isinstance(event.get("rank"), int):
        session.rank = event["rank"]
    if isinstance(event.get("job"), list):
        session.job = [str(part) for part in event["job"]]
    if isinstance(event.get("start_step"), int):
        session.start_step = event["start_step"]
    if isinstance(event.get("parent"), str):
        session.parent = event["parent"]
    session.attached = session.attached or event.get("attached") is True
    session.rewind = session.rewind or event.get("rewind") is True
    if isinstance(event.get("after"), list):
        session.after = frozenset(str(writer) for writer in event["after"])
    if "pid" in event:
        session.place = {key: event.get(key) for key in ("host", "boot", "pidns", "pid", "started")}


def rewound(found: list[Session], session: Mapping[str, Any]) -> list[Session]:
    """Return sessions and one behind them that is about to begin by superseding what they logged from a step on."""
    after = frozenset(session["after"])
    return [*found, Session("", start_step=session["start_step"], after=after, rewind=True)]


def _last_sign(log: WriterLog) -> float:
    lines = (log.newest(stream) for stream in layout.STREAMS)
    return max((layout.number(line.get(layout.TIMESTAMP)) for line in lines if line), default=0.0)


def order(found: list[Session]) -> list[Session]:
    """Order sessions so that those in another's `after` come first, then by when they began, then by name."""
    left = sorted(found, key=lambda session: (session.began, session.writer))
    names = {session.writer for session in left}
    placed: list[Session] = []
    done: set[str] = set()
    while left:
        ready = next((s for s in left if s.after & names <= done), left[0])
        left.remove(ready)
        placed.append(ready)
        done.add(ready.writer)
    return placed


def duration(found: Iterable[Session]) -> float:
    """Return seconds during which any session was on, gaps between them and forked children left out."""
    total, end = 0.0, 0.0
    for session in sorted((s for s in found if not s.is_child), key=lambda session: session.began):
        total += max(0.0, session.last_sign - max(session.began, end))
        end = max(end, session.last_sign)
    return round(total, 6)


# -- state


def state(found: Iterable[Session], now: float) -> State:
    """Return the state of a run from its sessions; a run without any is crashed before it began."""
    own = [session for session in found if not session.is_child]
    signs = [_life(session, now) for session in own if session.exit_code is None]
    if "running" in signs:
        return "running"
    if "silent" in signs:
        return "silent"
    earlier = frozenset[str]().union(*(session.after for session in own))
    last = [session for session in own if session.writer not in earlier]
    if any(session.exit_code for session in last):
        return "failed"
    if not last or any(session.exit_code is None for session in last):
        return "crashed"
    return "finished"


def ended(found: Iterable[Session], now: float) -> list[str]:
    """Return the writers whose session has finished or whose process is dead; children are none of them."""
    return [s.writer for s in found if not s.is_child and (s.exit_code is not None or _life(s, now) == "dead")]


def _life(session: Session, now: float) -> Literal["running", "silent", "dead"]:
    alive = is_alive(session.place)
    if alive is not None:
        return "running" if alive else "dead"
    silence = now - session.last_sign
    return "running" if silence < SIGN_AFTER else "silent" if silence < DEAD_AFTER else "dead"


def is_alive(place: Mapping[str, Any]) -> bool | None:
    """Return whether a session's process exists; None when this machine cannot tell."""
    here = this_place()
    pid = place.get("pid")
    if (
        not isinstance(pid, int)
        or not here["boot"]
        or any(place.get(key) != here[key] for key in ("host", "boot", "pidns"))
    ):
        return None
    return process_start(pid) == place.get("started")


_place: dict[int, dict[str, Any]] = {}


def this_place() -> dict[str, Any]:
    """Return host, boot id, pid namespace, pid and start time of this process; empty strings where unknown."""
    pid = os.getpid()
    if pid not in _place:
        _place.clear()
        _place[pid] = {
            "host": socket.gethostname(),
            "boot": _boot(),
            "pidns": _pid_namespace(),
            "pid": pid,
            "started": process_start(pid),
        }
    return _place[pid]


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        pass
    try:
        import psutil

        return str(int(psutil.boot_time()))
    except Exception:
        return ""


def _pid_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def process_start(pid: int) -> float | None:
    """Return when a process began (clock ticks since boot on Linux, else unix seconds); None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return _process_start_elsewhere(pid) if not Path("/proc/self/stat").exists() else None
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    # A zombie has ended, whether or not its parent has asked.
    return None if fields[0] in "ZX" else float(fields[19])


def _process_start_elsewhere(pid: int) -> float | None:
    try:
        import psutil

        return float(psutil.Process(pid).create_time())
    except Exception:
        return None
