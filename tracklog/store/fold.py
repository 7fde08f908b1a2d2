"""From lines to meaning: rows, sessions, state, config, summary. One fold for recorder, Api and builder.

Writers are ordered by the `after` lists of their sessions: a writer in another's `after` came before it, all others are
concurrent. Rows of earlier writers at or above a later session's `start_step` are superseded: kept on disk, not counted.
"""

from __future__ import annotations

import itertools
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracklog.store.layout import Event, Row
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
    start_step: int = 0
    parent: str = ""
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
        """Whether this is a forked child that never called `init`."""
        return bool(self.parent)


@dataclass(slots=True)
class Track:
    """Rows that belong together: the run's main ones, one rank's, or those of accidental children."""

    label: str
    rows: list[Row]
    hidden: bool = False


@dataclass(slots=True)
class Joint:
    """Where a later session goes on, and how many rows of earlier ones it supersedes."""

    step: int
    timestamp: float
    superseded: int


@dataclass(slots=True)
class History:
    """The folded rows of a run."""

    tracks: list[Track]
    joints: list[Joint]


def sessions(log: RunLog) -> list[Session]:
    """Return the sessions of a run in the order of `order`; writers without a session event (edits) are none."""
    found = [_session(writer) for writer in log.writers.values()]
    return order([session for session in found if session is not None])


def _session(log: WriterLog) -> Session | None:
    session: Session | None = None
    for event in log.events:
        kind = event.get("event")
        if kind == "session":
            session = session or Session(log.name, began=_number(event.get(layout.TIMESTAMP)))
            _apply_session(session, event)
        elif kind == "finish" and session is not None:
            code = event.get("exit_code")
            session.exit_code = code if isinstance(code, int) else 0
            session.lost = int(_number(event.get("lost")))
    if session is None and (log.history or log.system):
        session = Session(log.name)
    if session is not None:
        session.last_sign = _last_sign(log)
    return session


def _apply_session(session: Session, event: Event) -> None:
    if isinstance(event.get("rank"), int):
        session.rank = event["rank"]
    if isinstance(event.get("start_step"), int):
        session.start_step = event["start_step"]
    if isinstance(event.get("parent"), str):
        session.parent = event["parent"]
    if isinstance(event.get("after"), list):
        session.after = frozenset(str(writer) for writer in event["after"])
    if "pid" in event:
        session.place = {key: event.get(key) for key in ("host", "boot", "pidns", "pid", "started")}


def _last_sign(log: WriterLog) -> float:
    lines = (stream[-1] for stream in (log.events, log.history, log.system, log.console) if stream)
    return max((_number(line.get(layout.TIMESTAMP)) for line in lines), default=0.0)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


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


# -- state --------------------------------------------------------------------------------------------------------


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


# -- rows ---------------------------------------------------------------------------------------------------------


def history(log: RunLog, found: list[Session]) -> History:
    """Fold the history lines of all writers into tracks of rows, each ascending in step where its writer was."""
    by_writer = {session.writer: merge_lines(log.writers[session.writer].history) for session in found}
    joints: list[Joint] = []
    for session in found:
        joint = _supersede(session, by_writer)
        if joint is not None:
            joints.append(joint)
    children = [by_writer[session.writer] for session in found if session.is_child]
    own = [session for session in found if not session.is_child and by_writer[session.writer]]
    tracks = _own_tracks(own, by_writer)
    if any(children):
        rows = [row for rows in children for row in rows]
        shown = {key for track in tracks for row in track.rows for key in row} - layout.CLOCKS
        beside = [_without(row, shown, keep=True) for row in rows]
        alone = [_without(row, shown, keep=False) for row in rows]
        tracks += [
            Track("child processes", [row for row in part if row.keys() - layout.CLOCKS], hidden=hidden)
            for part, hidden in ((beside, True), (alone, False))
            if any(row.keys() - layout.CLOCKS for row in part)
        ]
    return History(tracks, joints)


def _without(row: Row, keys: set[str], *, keep: bool) -> Row:
    return {key: value for key, value in row.items() if key in layout.CLOCKS or (key in keys) == keep}


def merge_lines(lines: list[Row]) -> list[Row]:
    """Join consecutive lines of one writer with the same `_step`: later values win, nested ones merge deeply."""
    if all(one[layout.STEP] != other[layout.STEP] for one, other in itertools.pairwise(lines)):
        return lines
    rows: list[Row] = []
    for line in lines:
        step = line[layout.STEP]
        if rows and rows[-1][layout.STEP] == step:
            rows[-1] = merged(rows[-1], line)
        else:
            rows.append(line)
    return rows


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return `old` with `new` over it: plain nested dicts merge, everything else is replaced."""
    result = dict(old)
    for key, value in new.items():
        before = result.get(key)
        if _is_nesting(before) and _is_nesting(value):
            result[key] = merged(before, value)  # type: ignore[arg-type]
        else:
            result[key] = value
    return result


def _is_nesting(value: object) -> bool:
    return isinstance(value, dict) and not layout.is_record(value)


def _supersede(session: Session, by_writer: dict[str, list[Row]]) -> Joint | None:
    rows = by_writer[session.writer]
    if session.is_child or not rows:
        return None
    earlier = [writer for writer in session.after if by_writer.get(writer)]
    if not earlier:
        return None
    superseded = 0
    for writer in earlier:
        kept = [row for row in by_writer[writer] if row[layout.STEP] < session.start_step]
        superseded += len(by_writer[writer]) - len(kept)
        by_writer[writer] = kept
    return Joint(rows[0][layout.STEP], _number(rows[0].get(layout.TIMESTAMP)), superseded)


def _own_tracks(own: list[Session], by_writer: dict[str, list[Row]]) -> list[Track]:
    if len(own) == 1:
        return [Track("", by_writer[own[0].writer])]
    shared = _concurrent_keys(own, by_writer)
    main = [row for session in own for row in by_writer[session.writer]]
    if shared:
        main = [_without(row, shared, keep=False) for row in main]
        main = [row for row in main if row.keys() - layout.CLOCKS]
    main.sort(key=lambda row: row[layout.STEP])
    tracks = [Track("", _joined(main))] if main else []
    for label, sessions_ in _ranks(own).items():
        rows = [_without(row, shared, keep=True) for session in sessions_ for row in by_writer[session.writer]]
        rows = [row for row in rows if row.keys() - layout.CLOCKS]
        if rows:
            tracks.append(Track(label, rows))
    return tracks


def _joined(rows: list[Row]) -> list[Row]:
    result: list[Row] = []
    for row in rows:
        if result and result[-1][layout.STEP] == row[layout.STEP]:
            clocks = {key: result[-1][key] for key in layout.CLOCKS if key in result[-1]}
            result[-1] = merged(result[-1], row) | clocks
        else:
            result.append(row)
    return result


def _concurrent_keys(own: list[Session], by_writer: dict[str, list[Row]]) -> set[str]:
    """Return the keys that two writers logged, neither of which came before the other."""
    keys = {s.writer: {key for row in by_writer[s.writer] for key in row} - layout.CLOCKS for s in own}
    shared: set[str] = set()
    for i, one in enumerate(own):
        for other in own[i + 1 :]:
            if one.writer not in other.after and other.writer not in one.after:
                shared |= keys[one.writer] & keys[other.writer]
    return shared


def _ranks(own: list[Session]) -> dict[str, list[Session]]:
    ranks: dict[str, list[Session]] = {}
    for n, session in enumerate(own):
        label = f"rank {session.rank}" if session.rank is not None else f"process {n + 1}"
        ranks.setdefault(label, []).append(session)
    return dict(sorted(ranks.items(), key=lambda item: (item[1][0].rank is None, item[1][0].rank or 0)))


# -- config, summary, edits -----------------------------------------------------------------------------------------


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


def edits(log: RunLog) -> dict[str, Any]:
    """Return name, notes, tags and id as last set, by the recorder or by `tracklog edit`."""
    events = [event for writer in log.writers.values() for event in writer.events if event.get("event") == "edit"]
    result: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: _number(event.get(layout.TIMESTAMP))):
        result.update({key: event[key] for key in ("name", "notes", "tags", "id") if key in event})
    return result


def environment(log: RunLog, found: list[Session]) -> dict[str, Any]:
    """Return `run.json` with what the recorder learned after it was written (git, hardware) and later edits."""
    result: dict[str, Any] = dict(log.run)
    for event in _events(log, found, "environment"):
        result.update({key: value for key, value in event.items() if key not in ("event", layout.TIMESTAMP, "row")})
    return result | edits(log)


def _events(log: RunLog, found: list[Session], kind: str) -> list[Event]:
    names = [session.writer for session in found]
    names += [name for name in log.writers if name not in set(names)]
    return [event for name in names for event in log.writers[name].events if event.get("event") == kind]


def summary(log: RunLog, found: list[Session], folded: History) -> dict[str, Any]:
    """Return the last value of every key, overridden by what the script set itself, nested as logged."""
    if len(found) == 1 and not any(e.get("event") == "summary" for e in log.writers[found[0].writer].events):
        rows = folded.tracks[0].rows if folded.tracks else []
        return last_values(rows)
    result: dict[str, Any] = {}
    for generation in _generations(found):
        for session in sorted(generation, key=_precedence):
            result = _apply_writer(result, log.writers[session.writer], _kept_from(session, found))
    members = {session.writer for session in found}
    for name, writer in log.writers.items():
        if name not in members:
            for event in writer.events:
                if event.get("event") == "summary":
                    _set_summary(result, event)
    return result


def last_values(rows: list[Row]) -> dict[str, Any]:
    """Return what folding all rows one over the other gives, looking at as few of them as possible."""
    shapes: dict[str, Any] = {}
    plain: set[str] = set(layout.CLOCKS)
    nested: list[Row] = []
    for row in reversed(rows):
        if row.keys() <= plain:
            continue
        rest = False
        for key, value in row.items():
            if key in plain:
                continue
            if _is_nesting(value):
                rest = True
            else:
                plain.add(key)
                if not any(key in other for other in nested):
                    shapes[key] = value
        if rest:
            nested.append({key: value for key, value in row.items() if key not in plain})
    for row in reversed(nested):
        shapes = merged(shapes, row)
    return shapes


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


def _kept_from(session: Session, found: list[Session]) -> int | None:
    """Return the step from which on this session's rows are superseded."""
    later = [other.start_step for other in found if session.writer in other.after and not other.is_child]
    return min(later, default=None)


def _apply_writer(result: dict[str, Any], log: WriterLog, stop: int | None) -> dict[str, Any]:
    events = sorted(
        (event for event in log.events if event.get("event") == "summary"),
        key=lambda event: int(_number(event.get("row"))),
    )
    rows: list[tuple[int, Row]] = []
    for n, line in enumerate(log.history):
        step = line[layout.STEP]
        if stop is not None and step >= stop:
            continue
        if rows and rows[-1][1][layout.STEP] == step:
            rows[-1] = (n + 1, merged(rows[-1][1], line))
        else:
            rows.append((n + 1, line))
    position = 0
    for event in events:
        end = int(_number(event.get("row")))
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
        place[part] = dict(inner) if _is_nesting(inner) else {}  # type: ignore[arg-type]
        place = place[part]
    if event.get("delete") is True:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = event.get("value")


def flatten(values: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return nested dicts as one row under their paths; empty dicts and records stay values."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if _is_nesting(value) and value:
            flat.update(flatten(value, (*prefix, key)))
        else:
            flat[layout.join_path((*prefix, key))] = value
    return flat
