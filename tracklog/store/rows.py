"""The rows of a run: lines of one step joined, superseded values left out, processes told apart.

A session that logs again at steps where sessions before it have been supersedes them key by key: of each key that it
logs, what they logged from its first value on. Keys that it never logs, and what lies before, stay whole. Superseded
values are kept on disk and not counted.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracklog.store.layout import Row
    from tracklog.store.reader import WriterLog
    from tracklog.store.sessions import Session


class Written(Protocol):
    """What writers have written, whole or in part."""

    @property
    def writers(self) -> dict[str, WriterLog]:
        """Return it by their names."""


@dataclass(slots=True)
class Track:
    """Rows that belong together: the run's main ones, one rank's, or those of accidental children."""

    label: str
    rows: list[Row]
    hidden: bool = False


@dataclass(slots=True)
class Joint:
    """Where a later session goes on, and of how many rows of earlier ones it supersedes a value or all."""

    step: int
    timestamp: float
    superseded: int


@dataclass(slots=True)
class History:
    """The folded rows of a run."""

    tracks: list[Track]
    joints: list[Joint]
    children: list[Row]
    """Rows of keys that only child processes logged, in the order of their time; a track has them, too."""


def history(log: Written, found: list[Session]) -> History:
    """Fold the history lines of all writers into tracks of rows, each ascending in step where its writer was."""
    by_writer = {s.writer: merge_lines(log.writers[s.writer].history) if s.writer in log.writers else [] for s in found}
    joints: list[Joint] = []
    for session in found:
        joint = _supersede(session, by_writer)
        if joint is not None:
            joints.append(joint)
    own = [session for session in found if not session.is_child and by_writer[session.writer]]
    tracks = _own_tracks(own, by_writer)
    shown = {key for track in tracks for row in track.rows for key in row} - layout.CLOCKS
    children = [session for session in found if session.is_child and by_writer[session.writer]]
    alone = [row for session in children for row in _kept(by_writer[session.writer], shown, keep=False)]
    alone.sort(key=lambda row: layout.number(row.get(layout.TIMESTAMP)))
    if alone:
        tracks.append(Track("", alone))
    beside = {s.writer: _kept(by_writer[s.writer], shown, keep=True) for s in children}
    given = [beside[s.writer] for s in children if s.attached and beside[s.writer]]
    tracks += [Track(f"child process {n}", rows) for n, rows in enumerate(given, 1)]
    stray = [row for s in children if not s.attached for row in beside[s.writer]]
    if stray:
        tracks.append(Track("child processes", stray, hidden=True))
    return History(tracks, joints, alone)


def _kept(rows: list[Row], keys: set[str], *, keep: bool) -> list[Row]:
    """Return rows with only these keys, or with only the others, without those that lose all."""
    return [row for row in (without(row, keys, keep=keep) for row in rows) if row.keys() - layout.CLOCKS]


def without(row: Row, keys: set[str], *, keep: bool) -> Row:
    """Return a row with only these keys, or with only the others; the clocks stay."""
    return {key: value for key, value in row.items() if key in layout.CLOCKS or (key in keys) == keep}


def merge_lines(lines: list[Row]) -> list[Row]:
    """Join lines of one writer with the same `_step`: later values win, nested ones merge deeply.

    A row that was logged at a step behind is one of its own: what is open then stays open. Rows stand in the order of their
    last lines, where they take effect.
    """
    if all(one[layout.STEP] < other[layout.STEP] for one, other in itertools.pairwise(lines)):
        return lines
    rows: list[Row] = []
    front = 0
    for line in lines:
        step = line[layout.STEP]
        if rows and rows[-1][layout.STEP] == step:
            rows[-1] = merged(rows[-1], line)
        elif rows and rows[front][layout.STEP] == step:
            rows.append(merged(rows.pop(front), line))
            front = len(rows) - 1
        else:
            if rows and step > rows[front][layout.STEP]:
                front = len(rows)
            rows.append(line)
    return rows


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return `old` with `new` over it: plain nested dicts merge, everything else is replaced."""
    result = dict(old)
    for key, value in new.items():
        before = result.get(key)
        if layout.is_nesting(before) and layout.is_nesting(value):
            result[key] = merged(before, value)  # type: ignore[arg-type]
        else:
            result[key] = value
    return result


def _supersede(session: Session, by_writer: dict[str, list[Row]]) -> Joint | None:
    rows = by_writer[session.writer]
    earlier = [writer for writer in session.after if by_writer.get(writer)]
    if session.is_child or not (rows or session.rewind) or not earlier:
        return None
    if session.rewind:
        return _rewind(session, earlier, by_writer)
    starts: dict[tuple[str, ...], int] = {}
    superseded = 0
    for writer in earlier:
        # Most sessions go on behind the ones before them: nothing of those is looked at then.
        if max(row[layout.STEP] for row in by_writer[writer]) < session.start_step:
            continue
        starts = starts or _starts(rows, session.start_step)
        left = [_before(row, starts) for row in by_writer[writer]]
        pairs = list(zip(left, by_writer[writer], strict=True))
        superseded += sum(row is not old for row, old in pairs)
        by_writer[writer] = [row for row, old in pairs if row is old or row.keys() - layout.CLOCKS]
    return Joint(rows[0][layout.STEP], layout.number(rows[0].get(layout.TIMESTAMP)), superseded)


def _rewind(session: Session, earlier: list[str], by_writer: dict[str, list[Row]]) -> Joint | None:
    superseded = 0
    for writer in earlier:
        left = [row for row in by_writer[writer] if row[layout.STEP] < session.start_step]
        superseded += len(by_writer[writer]) - len(left)
        by_writer[writer] = left
    rows = by_writer[session.writer]
    return Joint(rows[0][layout.STEP], layout.number(rows[0].get(layout.TIMESTAMP)), superseded) if rows else None


def _starts(rows: list[Row], start_step: int) -> dict[tuple[str, ...], int]:
    """Return the first step of each series of a session; nothing before `start_step` counts."""
    starts: dict[tuple[str, ...], int] = {}
    for row in rows:
        step = max(row[layout.STEP], start_step)
        for path in _paths(row):
            if step < starts.get(path, step + 1):
                starts[path] = step
    return starts


def _paths(values: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        if layout.is_nesting(value) and value:
            yield from _paths(value, (*prefix, key))
        elif prefix or key not in layout.CLOCKS:
            yield (*prefix, key)


def _before(row: Row, starts: Mapping[tuple[str, ...], int]) -> Row:
    """Return the row without what lies at or behind the start of its series; the row itself when all of it stays."""
    gone = [path for path in _paths(row) if starts.get(path, row[layout.STEP] + 1) <= row[layout.STEP]]
    for path in gone:
        row = _removed(row, path)
    return row


def _removed(values: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    result = dict(values)
    if len(path) > 1:
        result[path[0]] = _removed(values[path[0]], path[1:])
    if len(path) == 1 or not result[path[0]]:
        del result[path[0]]
    return result


def _own_tracks(own: list[Session], by_writer: dict[str, list[Row]]) -> list[Track]:
    if len(own) == 1:
        return [Track("", by_writer[own[0].writer])]
    shared = _concurrent_keys(own, by_writer)
    main = [row for session in own for row in by_writer[session.writer]]
    if shared:
        main = [without(row, shared, keep=False) for row in main]
        main = [row for row in main if row.keys() - layout.CLOCKS]
    main.sort(key=lambda row: row[layout.STEP])
    tracks = [Track("", joined(main))] if main else []
    for label, sessions_ in _ranks(own).items():
        rows = [without(row, shared, keep=True) for session in sessions_ for row in by_writer[session.writer]]
        rows = [row for row in rows if row.keys() - layout.CLOCKS]
        if rows:
            tracks.append(Track(label, rows))
    return tracks


def joined(rows: list[Row]) -> list[Row]:
    """Join rows of one step that stand one behind the other; the clocks are those of the first."""
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


def _covers(last: Row, rows: list[Row]) -> bool:
    """Return whether nothing of other rows can be seen behind the last one."""
    return all(map(last.keys().__ge__, map(dict.keys, rows))) and not any(map(layout.is_nesting, last.values()))


def last_values(rows: list[Row]) -> dict[str, Any]:
    """Return what folding all rows one over the other gives, looking at as few of them as possible."""
    if rows and _covers(rows[-1], rows):
        return {key: value for key, value in rows[-1].items() if key not in layout.CLOCKS}
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
            if layout.is_nesting(value):
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
